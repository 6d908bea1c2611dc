#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is looking at an order now, in the windows of two people who have it open."""

import re

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = second = None

LOOKS = re.compile("looking at this order now")


def order_window(window, number):
    return next((top for top in window.app.root.children() if top.has("visible") and "Order " + number in top.name), None)


def open_order(window, number):
    row, _cells = window.rows()[number]
    row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    return driver.wait_for(lambda: order_window(window, number), "the window of order " + number)


def close_order(window, number):
    window.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: order_window(window, number) is None, "the order's window to close")


def told(order):
    """What the order's window says of others, or None."""
    label = order.maybe("label", LOOKS, tables=False)
    return label and label.name


@tests.case("/presence/S1-dispatch/nobody_else_looks_nothing_is_said")
def _():
    global first, second
    first = Window(session.app(server, "dispatcher")).wait_until_open()
    second = Window(session.app(server, "dispatcher2")).wait_until_open()
    for window in (first, second):
        window.open_tab("Unassigned")
    first.app.bring_to_front()
    assert told(open_order(first, first.numbers()[0])) is None


@tests.case("/presence/S1-dispatch/the_second_to_open_it_and_the_first_are_told_by_name")
def _():
    number = first.numbers()[0]
    other = open_order(second, number)
    driver.wait_for(lambda: told(other) == "Marisol Treviño is looking at this order now", "the second to be told", 10)
    own = order_window(first, number)
    driver.wait_for(lambda: told(own) == "Gerardo Olvera is looking at this order now", "the first to be told", 10)
    # The face has the name too, for whoever hears the window.
    assert own.maybe(None, "Gerardo Olvera", tables=False) is not None
    first.app.screenshot("presence")


@tests.case("/presence/S1-dispatch/closing_the_window_ends_it_and_so_does_going_on_to_the_next_order")
def _():
    number = first.numbers()[0]
    close_order(second, number)
    driver.wait_for(lambda: told(order_window(first, number)) is None, "nobody to look any more", 10)
    open_order(second, number)
    driver.wait_for(lambda: told(order_window(first, number)), "the other to look again", 10)
    driver.keys("Down")
    driver.wait_for(lambda: told(order_window(first, number)) is None, "the other to have gone on", 10)


@tests.case("/presence/S1-dispatch/who_is_cut_off_is_not_shown")
def _():
    number = first.numbers()[0]
    second.app.bring_to_front()
    driver.keys("Up")
    driver.wait_for(lambda: told(order_window(first, number)), "the other to look again", 10)
    second.app.kill()
    driver.wait_for(lambda: told(order_window(first, number)) is None, "the other to be gone", 15)


try:
    tests.main()
finally:
    session.close()
