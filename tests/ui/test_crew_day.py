#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A crew's day on its card, from outside: put in another order by key and by drag, seen by others, taken back, offline."""

import re

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
CREW = "C-01"
first = second = None
as_planned = []


def open_card(window):
    card = window.crew_card(CREW)
    card.find("push button", re.compile("^Day of ")).press()
    return driver.wait_for(lambda: window.stops(CREW), "the day on the card")


def moved(numbers, what, to):
    left = [n for n in numbers if n != what]
    left.insert(to, what)
    return left


def drag_above(stop, other):
    """To the upper edge of the other; the stops stay where they are while cards grow by their answers."""
    x, y, width, _height = other.place()
    stop.drag_to((x + width // 2, y + 4))


def wait_for_day(window, numbers, timeout=20):
    driver.wait_for(lambda: window.stops(CREW) == numbers, "the day to be %s" % numbers, timeout)


@tests.case("/crew-day/opens_to_the_ordered_list_of_the_day")
def _():
    global first, second, as_planned
    first = Window(session.app(server, "dispatcher")).wait_until_open()
    second = Window(session.app(server, "dispatcher2")).wait_until_open()
    as_planned = open_card(first)
    assert len(as_planned) >= 4, as_planned
    assert open_card(second) == as_planned


@tests.case("/crew-day/alt_and_arrows_move_a_visit_and_keep_the_focus")
def _():
    first.app.bring_to_front()
    button = first.crew_card(CREW).find("push button", re.compile("^Day of "))
    button.click()
    driver.wait_for(lambda: not first.stops(CREW), "the card to close")
    button.click()
    wait_for_day(first, as_planned)
    for _ in range(4):
        if not first.stop(CREW, as_planned[0]).has("focused"):
            driver.keys("Tab")
    assert first.stop(CREW, as_planned[0]).has("focused")
    driver.keys("alt+Down")
    wait_for_day(first, moved(as_planned, as_planned[0], 1))
    driver.keys("alt+Down")
    wait_for_day(first, moved(as_planned, as_planned[0], 2))
    driver.keys("alt+Up")
    wait_for_day(first, moved(as_planned, as_planned[0], 1))
    assert first.stop(CREW, as_planned[0]).has("focused")
    first.app.screenshot("crew-day-by-key")


@tests.case("/crew-day/another_dispatcher_sees_the_new_order")
def _():
    wait_for_day(second, moved(as_planned, as_planned[0], 1))


@tests.case("/crew-day/undo_gives_the_place_back")
def _():
    first.app.bring_to_front()
    for left in (2, 1, 0):
        driver.keys("ctrl+z")
        wait_for_day(first, moved(as_planned, as_planned[0], left))
    wait_for_day(second, as_planned)


@tests.case("/crew-day/a_stop_is_dragged_to_another_place")
def _():
    first.app.bring_to_front()
    last, top = (first.stop(CREW, n) for n in (as_planned[3], as_planned[0]))
    drag_above(last, top)
    wait_for_day(first, moved(as_planned, as_planned[3], 0))
    wait_for_day(second, moved(as_planned, as_planned[3], 0))


@tests.case("/crew-day/a_stop_is_dragged_back_to_unassigned")
def _():
    before = first.count("Unassigned")
    first.app.bring_to_front()
    first.open_tab("Unassigned")
    first.stop(CREW, as_planned[3]).drag_to(first.table())
    driver.try_for(first.app.dialog, 2) and first.give_reason("Wrongly assigned before", "Reassign")
    driver.wait_for(lambda: first.count("Unassigned") == before + 1, "the order among those without crew")
    wait_for_day(first, moved(as_planned, as_planned[3], 0)[1:])


@tests.case("/crew-day/works_on_without_the_server")
def _():
    global server
    day = first.stops(CREW)
    server.stop()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 30)
    first.app.bring_to_front()
    drag_above(first.stop(CREW, day[1]), first.stop(CREW, day[0]))
    wait_for_day(first, moved(day, day[1], 0))
    assert second.stops(CREW) == day
    server = server.restarted()
    wait_for_day(second, moved(day, day[1], 0), 90)


try:
    tests.main()
finally:
    session.close()
