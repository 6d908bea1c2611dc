#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver proves itself on a small window before it judges a large one."""

import os

import driver

tests = driver.Tests()
session = driver.Session()
app = driver.App(session, [], executable=driver.program("tests/ui/sample"), label="sample")


def said():
    return app.find("label", description="What happened").text


def expect(text):
    driver.wait_for(lambda: said() == text, "'%s' (it says '%s')" % (text, said()), 5)


@tests.case("/driver/presses_a_button")
def _():
    app.find("push button", "Press me").press()
    expect("clicked")


@tests.case("/driver/types_into_an_entry")
def _():
    entry = app.find("text", "Customer")
    entry.set_text("Úrsula")
    expect("entry: Úrsula")
    entry.click()
    driver.keys("End")
    driver.type_text(" Ruiz")
    expect("entry: Úrsula Ruiz")


@tests.case("/driver/ticks_a_box_by_clicking")
def _():
    check = app.find("check box", "Tick me")
    check.click()
    expect("check: 1")
    assert check.has("checked")


@tests.case("/driver/chooses_in_a_drop_down")
def _():
    app.choose(app.find("combo box", "Crew"), "South")
    expect("drop-down: 2")


@tests.case("/driver/clicks_rows_with_ctrl")
def _():
    rows = app.rows(app.find("tree table"))
    assert rows[3][1] == ["Row 3"], rows[3]
    rows[1][0].children()[0].click()
    expect("selected: 1")


@tests.case("/driver/drags_and_drops")
def _():
    app.find("label", "Drag me").drag_to(app.find("label", "Drop here"))
    expect("dropped: three orders")


@tests.case("/driver/takes_pictures")
def _():
    assert os.path.getsize(app.screenshot("driver-sample")) > 1000


@tests.case("/driver/drives_two_programs_on_one_display")
def _():
    other = driver.App(session, [], executable=driver.program("tests/ui/sample"), label="other")
    other.find("check box", "Tick me").click()
    driver.wait_for(lambda: other.find("label", description="What happened").text == "check: 1", "the other's tick", 5)
    app.find("check box", "Tick me").click()
    expect("check: 0")
    other.kill()
    assert not other.running()


try:
    tests.main()
finally:
    session.close()
