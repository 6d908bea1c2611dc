#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an office settles in the morning, from outside: who came and who came instead, by keyboard, with and without the
server; which zones are closed today."""

import itertools
import os
import re
import time

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = second = None
# LC_ALL counts before LANG, and whoever runs the tests may have set it.
SPANISH_DARK = {"LC_ALL": "es_MX.UTF-8", "DESPACHO_LOCALE_DIR": os.path.join(driver.BUILD, "po"), "ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}


def tops(window):
    return [element for element in window.app.root.children() if element.has("visible")]


def roll_call(window):
    return next((w for w in tops(window) if w.name.startswith("Roll call")), None)


def open_roll_call(window):
    window.app.bring_to_front()
    driver.keys("F7")
    return driver.wait_for(lambda: roll_call(window), "the roll call")


def close(window):
    driver.keys("Escape")
    driver.wait_for(lambda: roll_call(window) is None, "the roll call to close")


def lines(dialog, limit=9):
    """The first lines by what a screen reader says of them."""
    items = list(itertools.islice(dialog.find_all("list item"), limit))
    return [re.sub(r"\s+", " ", " ".join(label.text for label in item.find_all("label") if label.text and label.text != "●")).strip()
            for item in items]


def line(dialog, n):
    return lines(dialog, n + 1)[n]


def until(dialog, n, pattern, what):
    driver.wait_for(lambda: re.search(pattern, line(dialog, n)), "%s, not: %s" % (what, lines(dialog)))


def subtitle(dialog, pattern):
    driver.wait_for(lambda: dialog.maybe("label", re.compile(pattern)), "“%s” above the list" % pattern)


@tests.case("/roll-call/S0-12/space_says_who_did_not_come_and_enter_saves_the_crew")
def _():
    global first
    first = Window(session.app(server, "dispatcher")).wait_until_open()
    dialog = open_roll_call(first)
    subtitle(dialog, r"^0 of \d+ crews called")
    until(dialog, 0, "Not called", "a crew that nobody called")
    driver.keys("Down", "space")
    until(dialog, 1, "Absent", "the first member absent")
    until(dialog, 0, "Not saved", "a crew to be saved")
    driver.keys("space", "space")
    until(dialog, 1, "Absent", "present and absent again")
    driver.keys("Return")
    until(dialog, 0, "Called", "a crew that was called")
    subtitle(dialog, r"^1 of \d+ crews called · 1 absent")
    first.app.screenshot("roll-call")


@tests.case("/roll-call/S0-12/somebody_came_instead_with_another_vehicle")
def _():
    dialog = roll_call(first)
    driver.keys("Down", "space")
    until(dialog, 4, "Absent", "the second crew's first member absent")
    first.app.choose(dialog.find("combo box", re.compile("^Replaced by")), re.compile("^Roberto Tomás"))
    until(dialog, 4, r"by Roberto.* Replaced", "somebody instead")
    until(dialog, 7, r"Roberto.* Absent", "him to be missing in his own crew")
    dialog.find("text", re.compile("^Vehicle")).set_text("Hilux 4")
    until(dialog, 3, "Hilux 4 Not saved", "the vehicle in the crew's line")
    subtitle(dialog, "· 2 absent · 1 replaced")
    first.app.screenshot("roll-call-replaced")
    close(first)                                # and what was not saved is


@tests.case("/roll-call/S0-12/another_office_sees_it_and_the_cards_say_it")
def _():
    global second
    second = Window(session.app(server, "supervisor")).wait_until_open()
    dialog = open_roll_call(second)
    subtitle(dialog, r"^3 of \d+ crews called · 2 absent · 1 replaced")
    until(dialog, 1, "Absent", "who did not come")
    until(dialog, 4, r"by \S+.* Replaced", "who came instead")
    until(dialog, 3, "Hilux 4 Called", "the other vehicle")
    close(second)
    # Of the first crew only the second member came.
    details = [label.text for label in second.crew_card("C-01").find_all("label") if label.text and "km" in label.text]
    assert details and "," not in details[0].split("km")[-1], details


@tests.case("/roll-call/S0-12/without_the_server_the_rest_is_called_at_once_and_sent_later")
def _():
    global server
    server.stop()
    dialog = open_roll_call(first)
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 60)
    driver.keys("ctrl+Return")
    subtitle(dialog, r"^(\d+) of \1 crews called · 2 absent · 1 replaced")
    close(first)
    server = server.restarted()
    driver.wait_for(lambda: re.search(r"online.*\b0\b", first.sign()), "everything to be sent", 60)
    dialog = open_roll_call(second)
    subtitle(dialog, r"^(\d+) of \1 crews called")
    close(second)


@tests.case("/roll-call/S0-33/a_crew_of_whom_nobody_came_warns_before_orders_are_given_to_it")
def _():
    dialog = open_roll_call(first)
    driver.keys("space")                        # the head: all of them; who was absent is present
    until(dialog, 2, "Present", "all present")
    driver.keys("space")
    until(dialog, 2, "Absent", "all absent")
    driver.keys("Return")
    until(dialog, 0, "Called", "the crew to be saved")
    close(first)
    first.open_tab("Unassigned")
    first.tick(first.numbers()[0])
    driver.wait_for(lambda: "obody of it came today" in first.crew_card("C-01").name, "the card to warn")
    first.app.screenshot("roll-call-warning")


def zones(window):
    return next((w for w in tops(window) if w.name.startswith("Closed zones")), None)


def row_named(dialog, name):
    return dialog.find("text", re.compile("^" + re.escape(name)))


@tests.case("/zones/S0-45/what_is_wrong_with_a_closing_is_said_with_the_value")
def _():
    global closed_code
    first.app.bring_to_front()
    driver.keys("F9")
    dialog = driver.wait_for(lambda: zones(first), "the closed zones")
    assert dialog.find("label", re.compile("No zone is closed"))
    # The orders that are selected say which zone is meant.
    zone = row_named(dialog, "Postal codes")
    assert re.match(r"^\d{5}$", zone.text), zone.text
    code = closed_code = zone.text
    button = dialog.find("push button", "Close the zone")
    button.press()
    driver.wait_for(lambda: dialog.maybe("label", re.compile("^Write why")), "the reason to be asked for")
    row_named(dialog, "Reason").set_text("Inundación")
    for name, text, said in (("Postal codes", "0310", "“0310” is no postal code"), ("From", "31/02/2027", "31/02/2027"),
                             ("Until", "01/01/2020", "“01/01/2020” has passed")):
        row = row_named(dialog, name)
        before = row.text
        row.set_text(text)
        button.press()
        driver.wait_for(lambda: dialog.maybe("label", re.compile(said)), "“%s” to be named" % text)
        row.set_text(before)
    driver.wait_for(lambda: dialog.maybe("label", re.compile(r"^[1-9]\d* open orders? ha")), "the orders that it touches")
    first.app.screenshot("zones")
    button.press()
    driver.wait_for(lambda: dialog.maybe("push button", "Open again: " + code), "the zone to be closed")
    driver.keys("Escape")
    driver.wait_for(lambda: zones(first) is None, "the closed zones to close")


@tests.case("/zones/S0-33/a_closed_zone_warns_before_orders_are_given_to_a_crew")
def _():
    driver.wait_for(lambda: "zone closed: Inundación" in first.crew_card("C-02").name, "the cards to warn")
    first.app.screenshot("zones-warning")


@tests.case("/zones/S0-45/the_map_hatches_the_zones_of_the_day_on_view_and_says_so")
def _():
    legend = lambda: first.app.find("image", re.compile("^Legend, from pale"), tables=False).name
    driver.wait_for(lambda: "hatched: 1 postal code closed today" in legend(), "the legend to tell the closed zone")
    # The keyboard's cursor on it tells why.
    entry = first.app.find("text", "Find a postal code", tables=False)
    entry.set_text(closed_code)
    entry.click()
    driver.keys("Return")
    layer = first.app.find(None, "Map of orders", tables=False)
    driver.wait_for(lambda: layer.description.startswith(closed_code + " ") and "closed: Inundación" in layer.description,
                    "the map to say why it is closed")
    time.sleep(0.5)
    first.app.screenshot("zones-map")


@tests.case("/zones/S0-45/the_maps_other_button_offers_to_close_what_is_selected")
def _():
    layer = first.app.find(None, "Map of orders", tables=False)
    before = first.selected()
    assert before, "nothing is selected"
    x, y = layer.centre()
    driver.click(x, y, button=3)
    item = driver.wait_for(lambda: first.app.maybe(None, re.compile("^Close these zones for a day"), tables=False), "what the other button offers")
    first.app.screenshot("zones-other-button")
    item.click()
    dialog = driver.wait_for(lambda: zones(first), "the closed zones")
    assert re.match(r"^\d{5}", row_named(dialog, "Postal codes").text), row_named(dialog, "Postal codes").text
    driver.keys("Escape")
    driver.wait_for(lambda: zones(first) is None, "the closed zones to close")
    assert first.selected() == before
    first.select_nothing()
    driver.click(x, y, button=3)
    driver.wait_for(lambda: first.app.maybe(None, re.compile("^Print the map"), tables=False), "what the other button offers now")
    assert not first.app.maybe(None, re.compile("^Close these zones for a day"), tables=False)
    driver.keys("Escape")


@tests.case("/zones/S0-45/without_the_server_it_is_opened_again_and_another_office_sees_it")
def _():
    global server
    second.app.bring_to_front()
    driver.keys("F9")
    other = driver.wait_for(lambda: zones(second), "the closed zones of another office")
    driver.wait_for(lambda: other.maybe("push button", re.compile("^Open again: ")), "the zone there")
    server.stop()
    first.app.bring_to_front()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 60)
    driver.keys("F9")
    dialog = driver.wait_for(lambda: zones(first), "the closed zones")
    dialog.find("push button", re.compile("^Open again: ")).press()
    driver.wait_for(lambda: dialog.maybe("label", re.compile("No zone is closed")), "no zone to be closed here")
    server = server.restarted()
    driver.wait_for(lambda: other.maybe("label", re.compile("No zone is closed")), "no zone to be closed there", 60)
    driver.wait_for(lambda: "hatched" not in first.app.find("image", re.compile("^Legend, from pale"), tables=False).name,
                    "the map without hatching")


@tests.case("/contractors/S0-14/a_tax_id_with_a_wrong_check_digit_is_told_at_its_field")
def _():
    second.app.bring_to_front()
    while zones(second) is not None:
        driver.keys("Escape")
        time.sleep(0.3)
    driver.keys("alt+4")
    item = driver.wait_for(lambda: second.app.maybe("list item", re.compile("^D0")), "the distributors")
    item.click()
    # The page of the masters has one too, which is empty.
    field = driver.wait_for(lambda: next((f for f in second.app.root.find_all("text", re.compile("^Tax id")) if f.text), None),
                            "a distributor's tax id")
    before = field.text
    wrong = before[:-1] + ("1" if before[-1] != "1" else "2")
    field.set_text(wrong)
    field.click()
    driver.keys("Tab")                          # on to the next field
    driver.wait_for(lambda: second.app.maybe("label", re.compile(re.escape(wrong))), "the wrong tax id to be named")
    second.app.screenshot("tax-id")
    field.set_text(before)
    driver.wait_for(lambda: not second.app.maybe("label", re.compile(re.escape(wrong))), "the sentence to go")


@tests.case("/roll-call/the_search_finds_a_technician_and_spanish_dark_fits_1366x768")
def _():
    spanish = Window(session.app(server, "supervisor", env=SPANISH_DARK))
    driver.wait_for(lambda: spanish.app.maybe("push button", re.compile("^Todas: ")), "the window in Spanish", 60)
    later = driver.try_for(lambda: spanish.app.dialog(), 4)
    if later is not None:
        later.find("push button", re.compile("después", re.I)).press()
    time.sleep(1)
    spanish.app.bring_to_front()
    driver.keys("F7")
    dialog = driver.wait_for(lambda: next((w for w in tops(spanish) if w.name.startswith("Pase de lista")), None), "the roll call in Spanish")
    driver.wait_for(lambda: re.search("Lista pasada", line(dialog, 0)), "a line in Spanish")
    spanish.app.screenshot("roll-call-es-dark")
    driver.keys("ctrl+f")
    driver.type_text("norte 2")
    driver.wait_for(lambda: len(lines(dialog)) in (2, 3, 4) and "Norte 2" in line(dialog, 0), "one crew to be found")
    driver.keys("Escape")                       # the search, and then the window
    driver.wait_for(lambda: len(lines(dialog)) > 4, "all crews again")
    driver.keys("Escape")
    driver.wait_for(lambda: not any(w.name.startswith("Pase de lista") for w in tops(spanish)), "the roll call to close")
    driver.keys("F9")
    dialog = driver.wait_for(lambda: next((w for w in tops(spanish) if w.name.startswith("Zonas cerradas")), None), "the zones in Spanish")
    spanish.app.screenshot("zones-es-dark")


try:
    tests.main()
finally:
    session.close()
