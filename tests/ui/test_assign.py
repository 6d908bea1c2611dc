#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from outside: sign in, see orders, give them to crews, see what others do, go on without the server."""

import re

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = second = None
KEPT = {"GSETTINGS_BACKEND": "keyfile"}         # settings that a later start finds


@tests.case("/window/S0-06/signs_in_with_a_one_time_key")
def _():
    global first
    first = Window(session.app(server, "dispatcher", env=KEPT)).wait_until_open()
    first.app.screenshot("assignments")


@tests.case("/window/S0-35/shows_orders_without_crew_and_assigned_ones")
def _():
    unassigned, assigned, everything = (first.count(name) for name in ("Unassigned", "Assigned", "All"))
    assert everything == 1200, everything
    assert unassigned > 100 and assigned > 100, (unassigned, assigned)
    first.open_tab("Unassigned")
    assert len(first.numbers()) > 5
    first.open_tab("Assigned")
    assert len(first.numbers()) > 5
    first.open_tab("Unassigned")


@tests.case("/window/S0-32/S0-33/S0-34/assigns_by_tick_drop_down_and_button")
def _():
    before = first.count("Unassigned"), first.count("Assigned")
    numbers = first.numbers()[:2]
    for number in numbers:
        first.tick(number)
    driver.wait_for(lambda: first.selected().startswith("2 selected"), "two selected orders")
    first.app.screenshot("two-selected")
    first.assign("C-01")
    driver.wait_for(lambda: (first.count("Unassigned"), first.count("Assigned")) == (before[0] - 2, before[1] + 2),
                    "two orders to change lists")
    assert not set(numbers) & set(first.numbers())
    driver.wait_for(lambda: first.selected() == "", "nothing to be selected any more")
    first.app.screenshot("assigned")


@tests.case("/window/another_dispatcher_sees_it_within_seconds")
def _():
    global second
    second = Window(session.app(server, "dispatcher2")).wait_until_open()
    driver.wait_for(lambda: second.count("Unassigned") == first.count("Unassigned"), "the same counts in both windows")
    before = second.count("Unassigned")
    first.tick(first.numbers()[0])
    first.assign("C-02")
    driver.wait_for(lambda: second.count("Unassigned") == before - 1, "the other window to show it", 3)


@tests.case("/window/S0-36/S0-37/reassign_returns_the_order_to_the_unassigned")
def _():
    first.open_tab("Assigned")
    before = first.count("Unassigned"), first.count("Assigned")
    number = first.numbers()[0]
    first.tick(number)
    first.press("Reassign")
    first.give_reason("Wrongly assigned before", "Reassign")
    driver.wait_for(lambda: (first.count("Unassigned"), first.count("Assigned")) == (before[0] + 1, before[1] - 1),
                    "one order to come back")
    driver.wait_for(lambda: second.count("Unassigned") == before[0] + 1, "the other window to show it", 3)
    first.open_tab("Unassigned")


@tests.case("/window/undo_takes_the_last_assignment_back")
def _():
    before = first.count("Unassigned")
    first.tick(first.numbers()[0])
    first.assign("C-01")
    driver.wait_for(lambda: first.count("Unassigned") == before - 1, "one order less")
    first.app.bring_to_front()
    driver.keys("ctrl+z")
    driver.wait_for(lambda: first.count("Unassigned") == before, "the order to be back")


@tests.case("/window/works_on_while_the_server_is_away_and_sends_once_when_it_is_back")
def _():
    global server
    before = first.count("Unassigned")
    server.stop()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 30)
    first.tick(first.numbers()[0])
    first.assign("C-03")
    driver.wait_for(lambda: first.count("Unassigned") == before - 1, "the change in the window, without a server")
    driver.wait_for(lambda: re.search(r"\b1\b", first.sign()), "one change that waits")
    first.app.screenshot("offline-with-waiting-change")
    assert second.count("Unassigned") == before
    server = server.restarted()
    driver.wait_for(lambda: second.count("Unassigned") == before - 1, "the other window to show it", 90)
    driver.wait_for(lambda: first.sign().startswith("online"), "the sign to say online", 30)


def pane(name):
    """The window of a pane, or None."""
    return next((w for w in first.app.root.children() if w.has("visible") and w.role == "frame" and w.name == name), None)


@tests.case("/window/list_map_and_crews_stand_in_windows_of_their_own_and_share_one_selection")
def _():
    first.app.bring_to_front()
    driver.keys("ctrl+alt+1")
    orders = driver.wait_for(lambda: pane("Orders"), "the list's window")
    first._found.clear()                        # what was known of the list is elsewhere
    number = first.numbers()[0]
    first.tick(number)
    driver.wait_for(lambda: first.selected().startswith("1 selected"), "the main window to know of it")
    # What the keys do in the main window they do here, too.
    driver.keys("ctrl+a")
    driver.wait_for(lambda: not first.selected().startswith("1 selected"), "everything to be selected")
    driver.keys("ctrl+alt+3")
    crews = driver.wait_for(lambda: pane("Crews"), "the crews' window")
    assert crews.maybe("panel", re.compile("^C-01 "))
    driver.keys("ctrl+alt+2")
    driver.wait_for(lambda: pane("Map"), "the map's window")
    assert pane("Map").maybe(None, "Map of orders")
    driver.wait_for(lambda: first.says("List and map are in windows of their own"), "the main window to say so")
    first.app.screenshot("panes")
    pane("Map").find("push button", "Put back").press()
    driver.wait_for(lambda: pane("Map") is None, "the map to be put back")
    driver.wait_for(lambda: not first.says("List and map are in windows of their own"), "the map in the main window")
    orders.find("push button", "Put back").press()
    driver.wait_for(lambda: pane("Orders") is None, "the list to be put back")
    first._found.clear()
    assert number in first.numbers()
    first.select_nothing()


@tests.case("/window/a_pane_in_a_window_of_its_own_is_there_again_after_a_restart")
def _():
    global first
    folder = first.app.folder
    assert pane("Crews")
    first.app.bring_to_front()
    driver.keys("ctrl+q")
    driver.wait_for(lambda: not first.app.running(), "the program to end with its windows")
    first = Window(session.app(server, "dispatcher", folder, KEPT))
    crews = driver.wait_for(lambda: pane("Crews"), "the crews' window", 60)
    crews.find("push button", "Put back").press()
    driver.wait_for(lambda: pane("Crews") is None, "the crews to be put back")
    first.wait_until_open()
    assert first.crew_card("C-01")


try:
    tests.main()
finally:
    session.close()
