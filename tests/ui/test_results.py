#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results taken back from paper by fast hands or a scanner, with the server stopped: each line is answered by itself."""

import datetime
import re
import time
import zoneinfo

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = None
screen = None
repair = others = None


def named(name):
    return re.compile("^" + re.escape(name))


def top(name):
    return next((w for w in first.app.root.children() if w.has("visible") and w.name.startswith(name)), None)


def finished():
    """A minute ago, as it is written on a sheet."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo("America/Mexico_City")) - datetime.timedelta(minutes=1)
    return now.strftime("%d/%m/%Y %H:%M")


def field(column, line):
    return screen.find("text", "%s, line %d" % (column, line))


def says(pattern):
    return driver.wait_for(lambda: screen.maybe("label", re.compile(pattern)), "a line to say " + pattern)


def type_line(number, *fields):
    """As a scanner and ten fingers do it."""
    driver.type_text(number)
    driver.keys("Return")
    time.sleep(0.25)
    for i, text in enumerate(fields):
        if i > 0:
            driver.keys("Tab")
        if text:
            driver.type_text(text)
    driver.keys("Return")
    time.sleep(0.3)


@tests.case("/paper/S0-46/closed_by_code_time_and_answers_without_touching_the_mouse")
def _():
    global first, screen, repair, others
    first = Window(session.app(server, "dispatcher")).wait_until_open()
    first.open_tab("Assigned")
    rows = first.rows(40)
    repair = next(n for n, (_row, cells) in rows.items() if any("Reparación" in cell for cell in cells))
    others = [n for n in rows if n != repair][:6]
    server.stop()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 60)
    first.app.bring_to_front()
    driver.keys("ctrl+r")
    screen = driver.wait_for(lambda: top("Results from paper"), "the screen")
    time.sleep(0.5)
    driver.type_text(repair)
    # Whose sheet it is stands beside it before anything else is typed.
    says("Reparación · .* · C-\\d\\d .* · Assigned")
    driver.keys("Return")
    driver.type_text("s03")
    driver.keys("Tab")
    driver.type_text(finished())
    driver.keys("Tab")
    driver.type_text("yx")
    says("answered with y and n")
    driver.keys("BackSpace")
    driver.type_text("n")
    driver.keys("Tab")
    driver.type_text("19.4847, -99.1190")
    driver.keys("Tab")
    driver.type_text("Cable nuevo")
    says("^→ Closed: S03 Se cambi")
    driver.keys("Return")
    says("^✓ Closed")
    first.app.screenshot("results-closed")


@tests.case("/paper/S0-43/rejected_by_a_shortened_code")
def _():
    type_line(others[0], "sin-acc")
    says("^✓ Rejected")


@tests.case("/paper/S0-44/back_to_be_rescheduled_and_with_a_date_rescheduled")
def _():
    type_line(others[1], "cliente-aus")
    says("^✓ Needs rescheduling")
    day = datetime.datetime.now(zoneinfo.ZoneInfo("America/Mexico_City")) + datetime.timedelta(days=3)
    while day.weekday() == 6:                   # the office is closed on Sundays
        day += datetime.timedelta(days=1)
    type_line(others[2], "cliente-pide", day.strftime("%d/%m/%Y 12:00"))
    says("^✓ Rescheduled")


@tests.case("/paper/S0-46/what_cannot_be_is_told_in_its_own_line_and_stays")
def _():
    type_line("999999", "s03")
    says("There is no order 999999")
    first.app.screenshot("results-unknown")
    number = field("Number", 5)
    assert number.text == "999999", number.text
    number.set_text(repair)
    says("Not possible: the order is “Closed”")
    number.set_text(others[3])
    code = field("Code", 5)
    code.set_text("s")
    says("“s” could be ")
    code.set_text("zzz")
    says("There is no code “zzz”")
    code.set_text("s03 sin-acc")
    says("either closed or not")
    code.set_text("amenazas")
    says("^→ Rejected: ")
    # The codes are there for a sheet that nobody can read.
    driver.keys("alt+c")
    driver.wait_for(lambda: screen.maybe("label", re.compile(r"sin-acceso  No se puede llegar")), "the codes")
    first.app.screenshot("results-codes")
    driver.keys("alt+c")


@tests.case("/paper/S0-46/a_line_is_taken_back")
def _():
    before = len(list(screen.find_all("label", re.compile("^✓ "))))
    undo = list(screen.find_all("push button", "Undo this line"))
    assert len(undo) == before == 4, (len(undo), before)
    undo[1].press()                             # the rejection
    driver.wait_for(lambda: len(list(screen.find_all("label", re.compile("^✓ ")))) == before - 1, "one saved line less")
    code = field("Code", 2)
    assert code.text == "sin-acc", code.text
    says("^→ Rejected: No se puede llegar")


@tests.case("/paper/S0-46/nothing_that_was_typed_is_lost_by_closing")
def _():
    first.app.bring_to_front()
    field("Code", 5).click()
    driver.keys("Escape")
    dialog = driver.wait_for(lambda: first.app.root.maybe("label", "2 lines are not saved"), "the question")
    assert dialog
    first.app.screenshot("results-close")
    driver.keys("Escape")
    time.sleep(0.5)
    assert top("Results from paper") is not None
    assert field("Code", 5).text == "amenazas"


@tests.case("/paper/S0-46/sent_once_when_the_server_is_back")
def _():
    global server
    assert re.search(r"\b3\b", first.sign()), first.sign()
    server = server.restarted()
    driver.wait_for(lambda: first.sign().startswith("online"), "the sign to say online", 60)
    driver.wait_for(lambda: re.search(r"\b0 waiting", first.sign()), "nothing to wait", 30)
    # The server has them: one that was closed is closed in its history too.
    said = server.ctl("verify")
    assert said is not None
    field("Number", 6).set_text(repair)
    says("Not possible: the order is “Closed”")


@tests.case("/paper/S0-46/whoever_may_not_close_is_told_before_pressing_anything")
def _():
    global first, screen
    server.ctl("user", "add", "lectora", "--profile", "auditor", "--scope", "all")
    first.app.stop()
    first = Window(session.app(server, "lectora")).wait_until_open()
    driver.keys("ctrl+r")
    screen = driver.wait_for(lambda: top("Results from paper"), "the screen")
    time.sleep(0.5)
    driver.type_text(others[3])
    driver.keys("Return")
    driver.type_text("amenazas")
    says("Your profile does not allow this")


try:
    tests.main()
finally:
    session.close()
