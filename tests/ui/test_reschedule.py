#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rescheduling dialog refuses, from outside: a slot without places, a closed zone, one time too many."""

import json
import os
import re
import time

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
boss = clerk = None


def prepare():
    """One place a day and municipality for a type of its own, and three orders of it, the most urgent of all."""
    folder = os.path.join(session.folder, "tight")
    os.mkdir(folder)
    for name, text in (("policies", "code,group,type,min_days,max_days,notice_minutes,max_reschedules\nUNA,,Poste,0,30,0,3\n"),
                       ("slots", "policy,starts,ends,places,weekdays\nUNA,09:00,17:00,1,\n")):
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as out:
            out.write(text)
    server.ctl("import", "catalogue", folder)
    mapping, orders = os.path.join(session.folder, "m.json"), os.path.join(session.folder, "o.csv")
    with open(mapping, "w", encoding="utf-8") as out:
        json.dump({"format": 1, "time_zone": "America/Mexico_City", "fields": {
            "number": "n", "account": {"const": "660777"}, "created_at": {"column": "at", "time": "%Y-%m-%d"},
            "penalty_at": {"field": "created_at", "plus": {"minutes": 60}}, "type": {"const": "Poste"},
            "postal_code": "cp", "municipality": "m", "distributor": {"const": "D01"}}}, out)
    with open(orders, "w", encoding="utf-8") as out:
        out.write("n,at,cp,m\n909001,2026-01-01,06800,Cuauhtémoc\n909002,2026-01-02,06800,Cuauhtémoc\n"
                  "909003,2026-01-03,11200,Miguel Hidalgo\n")
    server.ctl("import", "orders", orders, "--mapping", mapping)


def tops(window):
    return [element for element in window.app.root.children() if element.has("visible")]


def named(window, title):
    return next((w for w in tops(window) if w.name.startswith(title)), None)


def open_dialog(window, number, reason="El cliente pidi"):
    """The dialog of an order that is to be rescheduled, with reason and who asked."""
    window.open_tab("Unassigned")
    if named(window, "Order " + number) is None:
        row, _cells = window.rows()[number]
        row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    order = driver.wait_for(lambda: named(window, "Order " + number), "the window of order " + number)
    order.find("push button", "Reschedule").press()
    dialog = driver.wait_for(lambda: named(window, "Reschedule"), "the dialog")
    window.app.choose(dialog.find("combo box", re.compile("^Reason")), re.compile(reason))
    window.app.choose(dialog.find("combo box", re.compile("^Who asked")), "The customer")
    return dialog


def close_all(window, number):
    for title in ("Reschedule", "Order " + number):
        if named(window, title) is not None:
            window.app.bring_to_front()
            driver.keys("Escape")
            driver.wait_for(lambda t=title: named(window, t) is None, "%s to close" % title)


def days(dialog, note):
    """The days of the calendar that say something, in order: (button, the day's name)."""
    found = [(button, re.match("^(.*): %s$" % note, button.name)) for button in dialog.find_all("push button")]
    return [(button, match.group(1)) for button, match in found if match]


def when(dialog):
    return dialog.find("text", re.compile("^New attention date"))


def save(dialog):
    dialog.find("push button", re.compile("^Save")).press()


def says(dialog, text):
    return driver.wait_for(lambda: dialog.maybe("label", re.compile(text)), "“%s”" % text)


def reschedule(window, number, position, **options):
    """To one of the days with a place; returns the day's name and what was written for it."""
    dialog = open_dialog(window, number, **options)
    button, day = driver.wait_for(lambda: days(dialog, "1 place"), "days with a place")[position]
    button.press()
    says(dialog, "Attention date: ")
    written = when(dialog).text
    save(dialog)
    driver.wait_for(lambda: named(window, "Reschedule") is None, "the dialog to close")
    return day, written


@tests.case("/reschedule/S0-45/a_slot_whose_last_place_is_taken_is_refused_with_the_rules_name")
def _():
    global boss, taken
    prepare()
    boss = Window(session.app(server, "supervisor")).wait_until_open()
    day, taken = reschedule(boss, "909001", 2)
    close_all(boss, "909001")
    dialog = open_dialog(boss, "909002")
    full = driver.wait_for(lambda: [b for b, name in days(dialog, "no place is left") if name == day], "the day to be full")
    assert not full[0].has("sensitive")
    when(dialog).set_text(taken)
    says(dialog, "^Not kept: Where a place is left: 0 of 1 in Cuauhtémoc")
    save(dialog)
    says(dialog, "^That slot has no place left")
    assert when(dialog).text == taken, "what was typed is gone"
    boss.app.screenshot("reschedule-full")
    # In another municipality there is one.
    close_all(boss, "909002")
    dialog = open_dialog(boss, "909003")
    when(dialog).set_text(taken)
    says(dialog, "^Kept: Where a place is left: 1 of 1 in Miguel Hidalgo")
    close_all(boss, "909003")


@tests.case("/reschedule/S0-45/a_day_on_which_the_zone_is_closed_is_grey_and_refused_with_its_reason")
def _():
    dialog = open_dialog(boss, "909002")
    _button, day = driver.wait_for(lambda: days(dialog, "1 place"), "days with a place")[-1]
    _button.press()
    says(dialog, "Attention date: ")
    written = when(dialog).text
    close_all(boss, "909002")
    boss.app.bring_to_front()
    driver.keys("F9")
    zones = driver.wait_for(lambda: named(boss, "Closed zones"), "the closed zones")
    for name, text in (("Postal codes", "06800"), ("From", written.split()[0]), ("Reason", "Inundación")):
        zones.find("text", re.compile("^" + name)).set_text(text)
    zones.find("push button", "Close the zone").press()
    driver.wait_for(lambda: zones.maybe("push button", "Open again: 06800"), "the zone to be closed")
    driver.keys("Escape")
    driver.wait_for(lambda: named(boss, "Closed zones") is None, "the closed zones to close")
    dialog = open_dialog(boss, "909002")
    closed = driver.wait_for(lambda: [b for b, name in days(dialog, "the zone is closed") if name == day], "the day to be closed")
    assert not closed[0].has("sensitive")
    when(dialog).set_text(written)
    says(dialog, "^Not kept: Not in a zone that is closed that day: Inundación")
    save(dialog)
    says(dialog, "^The zone is closed on that day")
    boss.app.screenshot("reschedule-closed")
    close_all(boss, "909002")


@tests.case("/reschedule/S0-45/the_fourth_time_is_a_supervisors")
def _():
    global clerk
    clerk = Window(session.app(server, "dispatcher")).wait_until_open()
    for n in range(3):
        # The distributor's fault leaves the penalty date, and the order where it is in the list.
        reschedule(clerk, "909003", n + 3, reason="Faltó material")
    dialog = open_dialog(clerk, "909003")
    says(dialog, "^Not kept: Rescheduled 3 of 3 times; after that by a supervisor")
    days(dialog, "1 place")[0][0].press()
    time.sleep(0.3)
    save(dialog)
    says(dialog, "as often as the policy allows")
    clerk.app.screenshot("reschedule-fourth")
    close_all(clerk, "909003")
    driver.wait_for(lambda: clerk.sign().startswith("online · 0"), "everything to be sent")
    boss.app.bring_to_front()
    dialog = open_dialog(boss, "909003")
    says(dialog, "^Kept: Rescheduled 3 of 3 times.*: you may")
    days(dialog, "1 place")[0][0].press()
    says(dialog, "Attention date: ")
    save(dialog)
    driver.wait_for(lambda: named(boss, "Reschedule") is None, "the supervisor's to be saved")


if __name__ == "__main__":
    with session:
        tests.main()
