#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of an order from outside: its window, the dialogs, many at once, with and without the server."""

import datetime
import re
import time

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = second = None


def tops(window):
    """The windows of the program that show."""
    return [element for element in window.app.root.children() if element.has("visible")]


def open_order(window, number):
    """The order's own window, from the number in the list."""
    row, _cells = window.rows()[number]
    row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    driver.wait_for(lambda: order_window(window, number) is not None, "the window of order " + number)
    return order_window(window, number)


def order_window(window, number):
    return next((w for w in tops(window) if ("Order " + number) in w.name), None)


def dialog_of(window, title):
    return driver.wait_for(lambda: next((w for w in tops(window) if w.name.startswith(title)), None), "the dialog " + title)


def named(name):
    """The accessible name of a field begins with its label."""
    return re.compile("^" + re.escape(name))


def choose_in(window, dialog, name, text):
    window.app.choose(dialog.find("combo box", named(name)), text)


def write_in(dialog, name, text):
    dialog.find("text", named(name)).set_text(text)


def save(dialog):
    dialog.find("push button", named("Save")).press()


def press_toggle(dialog, name):
    dialog.find(None, name).press()


def closed(window, title):
    driver.wait_for(lambda: not any(w.name.startswith(title) for w in tops(window)), "the dialog %s to close" % title)


def close_window(window, number):
    window.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: order_window(window, number) is None, "the order's window to close")


@tests.case("/processes/S0-39/S0-40/number_opens_the_order_with_its_processes_across_the_top")
def _():
    global first
    first = Window(session.app(server, "supervisor")).wait_until_open()
    first.open_tab("Unassigned")
    number = first.numbers()[0]
    order = open_order(first, number)
    names = ["Change of order type", "Cancellation", "Reject", "Reschedule", "Close", "Update address"]
    buttons = [order.find("push button", name) for name in names]
    places = [button.extents()[0] for button in buttons]
    assert places == sorted(places), places
    # Nobody closes as attended what no crew had; the button says so.
    assert not buttons[4].has("sensitive")
    assert "Unassigned" in buttons[4].description, buttons[4].description
    first.app.screenshot("order-window")
    # Down and up go to its neighbours in the list behind.
    following = first.numbers()[1]
    first.app.bring_to_front()
    driver.keys("Down")
    driver.wait_for(lambda: order_window(first, following), "the next order of the list")
    driver.keys("Up")
    driver.wait_for(lambda: order_window(first, number), "the order before")
    close_window(first, number)


def order_at(window, text):
    """The first orders' windows, until one's place is told with that text; and that text."""
    for number in window.numbers():
        order = open_order(window, number)
        told = order.find("label", re.compile("position", re.I))
        if text in told.name:
            return number, order, told.name
        close_window(window, number)
    raise AssertionError("no order with a place told as " + text)


@tests.case("/processes/S0-39/a_small_map_shows_the_orders_place_and_says_how_exact_it_is")
def _():
    for text, pattern in (("own position", r": 1\d\.\d{5}, -9\d\.\d{5}$"), ("the centre of postal code", r" \d{5}$")):
        number, order, told = order_at(first, text)
        assert re.search(pattern, told), told
        # The map comes after the window's first picture, and tells the same to those who do not see it.
        order.find("image", told)
        first.app.screenshot("order-place")
        close_window(first, number)
    order = open_order(first, number)
    order.find("push button", "Show on the big map").press()
    driver.wait_for(lambda: first.selected().startswith("1 selected"), "the order to be selected in the list")
    first.app.bring_to_front()
    close_window(first, number)
    first.select_nothing()
    # It was looked for among all orders.
    first.open_tab("Unassigned")


@tests.case("/processes/S0-42/cancelled_when_it_was_solved_before_anybody_came")
def _():
    number = first.numbers()[0]
    before = first.count("Unassigned")
    order = open_order(first, number)
    order.find("push button", "Cancellation").press()
    dialog = dialog_of(first, "Cancellation")
    save(dialog)
    driver.wait_for(lambda: dialog.maybe("label", re.compile("How it was solved is needed")), "the missing field to be named")
    write_in(dialog, "How it was solved", "Se resolvió por teléfono")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Unassigned → Cancelled")), "what saving would mean")
    first.app.screenshot("process-cancel")
    save(dialog)
    closed(first, "Cancellation")
    driver.wait_for(lambda: first.count("Unassigned") == before - 1, "one order less")
    close_window(first, number)


@tests.case("/processes/S0-44/rescheduled_to_another_day")
def _():
    number = first.numbers()[0]
    order = open_order(first, number)
    order.find("push button", "Reschedule").press()
    dialog = dialog_of(first, "Reschedule")
    when = dialog.find("text", named("New attention date"))
    when.set_text("31/02/2027 10:00")
    choose_in(first, dialog, "Reason", re.compile("El cliente pidi"))
    choose_in(first, dialog, "Who asked", "The customer")
    save(dialog)
    driver.wait_for(lambda: dialog.maybe("label", re.compile("31/02/2027")), "the day that there is not to be named")
    # Nobody works on the Sunday, and the policy says so.
    day = datetime.date.today() + datetime.timedelta(days=3)
    if day.weekday() == 6:
        day += datetime.timedelta(days=1)
    when.set_text(day.strftime("%d/%m/%Y 10:00"))
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Attention date: ")), "the new date")
    first.app.screenshot("process-reschedule")
    save(dialog)
    closed(first, "Reschedule")
    close_window(first, number)


# The first sentence that a Sunday breaks; for some types it is too far, too.
BROKEN = re.compile("(The office does not work on that day|That day is after the latest)")


def next_sunday():
    """In the office's own time."""
    today = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=6)).date()
    return today + datetime.timedelta(days=6 - today.weekday() or 7)


def places_of(dialog):
    """The days that can be chosen, by their name, with the places that are left."""
    found = [(button, re.match(r"^(.*): (\d+) places?$", button.name)) for button in dialog.find_all("push button")]
    return [(button, match.group(1), int(match.group(2))) for button, match in found if match and button.has("sensitive")]


@tests.case("/processes/S0-45/the_dialog_ticks_and_crosses_the_policys_sentences")
def _():
    number = first.numbers()[1]
    order = open_order(first, number)
    order.find("push button", "Reschedule").press()
    dialog = dialog_of(first, "Reschedule")
    when = dialog.find("text", named("New attention date"))
    choose_in(first, dialog, "Reason", re.compile("El cliente pidi"))
    choose_in(first, dialog, "Who asked", "The customer")
    assert dialog.maybe("label", re.compile("^Kept: Rescheduled 0 of")), "how often it was rescheduled"
    assert dialog.maybe("label", re.compile("^Not judged yet: On a day on which the office works"))
    # A Sunday evening: two sentences are crossed, and it is not saved.
    when.set_text(next_sunday().strftime("%d/%m/%Y 20:30"))
    driver.wait_for(lambda: dialog.maybe("label", re.compile("^Not kept: On a day on which the office works: ")), "the Sunday to be crossed")
    assert dialog.maybe("label", re.compile("^Not kept: In one of its slots")), "the evening to be crossed"
    assert dialog.maybe("label", re.compile("^Kept: Not in the past"))
    first.app.screenshot("policy-crossed")
    save(dialog)
    driver.wait_for(lambda: dialog.maybe("label", BROKEN), "the rule to be named")
    when.set_text("01/01/2020 10:00")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("^Not kept: Not in the past")), "the past to be crossed")
    # The calendar offers what is left: the day and its first slot are written for us, and everything is ticked.
    button, _day, _left = places_of(dialog)[0]
    button.press()
    driver.wait_for(lambda: not dialog.maybe("label", re.compile("^Not kept")), "nothing to be crossed")
    assert dialog.maybe("label", re.compile(r"^Kept: Where a place is left: \d+ of")), "the places that are left"
    slot = dialog.find(None, re.compile(r"^\d\d:\d\d–\d\d:\d\d · \d+ places?"))
    assert slot.has("checked"), slot
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Attention date: ")), "what saving would mean")
    first.app.screenshot("policy-ticked")
    save(dialog)
    closed(first, "Reschedule")
    close_window(first, number)


@tests.case("/processes/S0-45/a_place_that_is_taken_is_gone_from_every_calendar")
def _():
    number = first.numbers()[2]
    order = open_order(first, number)
    order.find("push button", "Reschedule").press()
    dialog = dialog_of(first, "Reschedule")
    choose_in(first, dialog, "Reason", re.compile("El cliente pidi"))
    choose_in(first, dialog, "Who asked", "The customer")
    button, day, left = places_of(dialog)[1]
    button.press()
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Attention date: ")), "what saving would mean")
    save(dialog)
    closed(first, "Reschedule")
    order = driver.wait_for(lambda: order_window(first, number), "the order's window")
    order.find("push button", "Reschedule").press()
    dialog = dialog_of(first, "Reschedule")
    # Its own place does not count against it; the second time is told.
    assert (day, left) in [(name, places) for _b, name, places in places_of(dialog)], (day, left)
    assert dialog.maybe("label", re.compile("^Kept: Rescheduled 1 of"))
    driver.keys("Escape")
    closed(first, "Reschedule")
    close_window(first, number)


@tests.case("/processes/S0-43/rejected_by_one_of_three_families_and_returned_by_the_supervisor")
def _():
    number = first.numbers()[0]
    order = open_order(first, number)
    order.find("push button", "Reject").press()
    dialog = dialog_of(first, "Reject")
    choose_in(first, dialog, "Reason", re.compile("^High-risk zone"))
    save(dialog)
    closed(first, "Reject")
    order = driver.wait_for(lambda: order_window(first, number), "the order's window")
    driver.wait_for(lambda: not order.find("push button", "Reject").has("sensitive"), "a rejected order not to be rejected again")
    close_window(first, number)
    assert number not in first.numbers()


@tests.case("/processes/S0-46/closed_only_when_attended_completely_and_the_customer_is_satisfied")
def _():
    first.open_tab("Assigned")
    number = next((n for n, (_row, cells) in first.rows().items() if any("Reparación" in cell for cell in cells)), None)
    assert number, "no repair among the assigned orders"
    order = open_order(first, number)
    order.find("push button", "Close").press()
    dialog = dialog_of(first, "Close")
    save(dialog)
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Resolution is needed")), "the missing field to be named")
    assert dialog.maybe("label", re.compile("At least 1 solution code is needed")), "the type asks for a solution code"
    # Neither answer is given by itself; what is typed keeps the focus while the rest is still missing.
    resolution = dialog.find("text", named("Resolution"))
    resolution.set_text("Se cambió el conector")
    time.sleep(0.5)
    assert not dialog.maybe("label", re.compile("Assigned → Closed"))
    press_toggle(dialog, "Attended completely: Yes")
    press_toggle(dialog, "Customer satisfied: No")
    time.sleep(0.5)                             # the errors have gone and the lines below them moved up
    dialog.find("check box", re.compile("^S03")).click()
    for question in ("¿Se probó el servicio con el cliente?", "¿La falla se encontró en la red del cliente?"):
        press_toggle(dialog, question + ": Yes")
    time.sleep(0.5)
    assert not dialog.maybe("label", re.compile("Assigned → Closed")), "closed with an unsatisfied customer"
    first.app.screenshot("process-close-refused")
    press_toggle(dialog, "Customer satisfied: Yes")
    # This order's own place is not known, and its type asks where it was attended.
    driver.wait_for(lambda: dialog.maybe("label", re.compile("the position")), "the missing position to be named")
    write_in(dialog, "Latitude", "19.4847")
    write_in(dialog, "Longitude", "-99.1190")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Assigned → Closed")), "what saving would mean")
    first.app.screenshot("process-close")
    save(dialog)
    closed(first, "Close")
    driver.wait_for(lambda: order_window(first, number).maybe("label", "Se cambió el conector"), "the resolution in the order's window")
    close_window(first, number)
    driver.wait_for(lambda: number not in first.numbers(), "the closed order to leave the assigned ones")


@tests.case("/processes/S0-47/the_postal_code_says_the_rest_of_the_address")
def _():
    first.open_tab("Unassigned")
    number = first.numbers()[0]
    order = open_order(first, number)
    order.find("push button", "Update address").press()
    dialog = dialog_of(first, "Update address")
    code = dialog.find("text", named("Postal code"))
    municipality = dialog.find("text", named("Municipality"))
    other = "06800" if code.text != "06800" else "11200"
    code.set_text(other)
    wanted = {"06800": "Cuauhtémoc", "11200": "Miguel Hidalgo"}[other]
    driver.wait_for(lambda: municipality.text == wanted, "the municipality of " + other)
    choose_in(first, dialog, "Cause", re.compile("moved"))
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Postal code: .* → " + other)), "what saving would mean")
    first.app.screenshot("process-address")
    save(dialog)
    closed(first, "Update address")
    close_window(first, number)


@tests.case("/processes/S0-41/the_type_is_chosen_from_the_catalogue")
def _():
    number = first.numbers()[0]
    order = open_order(first, number)
    order.find("push button", "Change of order type").press()
    dialog = dialog_of(first, "Change of order type")
    choose_in(first, dialog, "Order type", re.compile("Garantía"))
    choose_in(first, dialog, "Reason", re.compile("."))
    first.app.screenshot("process-retype")
    dialog.find("push button", named("Cancel")).press()
    closed(first, "Change of order type")
    close_window(first, number)


@tests.case("/processes/S1-18/follow_up_is_written_in_place_and_stands_in_the_history")
def _():
    number = first.numbers()[0]
    order = open_order(first, number)
    field = order.find("text", named("Follow-up"))
    field.set_text("Nadie contesta")
    field.click()
    driver.keys("Return")
    driver.wait_for(lambda: order.maybe("label", "Nadie contesta"), "the follow-up in the history", 15)
    first.app.screenshot("order-follow-up")
    close_window(first, number)


@tests.case("/processes/many_are_rescheduled_at_once_with_an_answer_row_by_row")
def _():
    first.open_tab("All")
    first.select_nothing()
    numbers = first.numbers()[:3]
    for number in numbers:
        first.tick(number)
    driver.wait_for(lambda: first.selected().startswith("3 selected"), "three selected orders")
    first.app.find("push button", "Processes", tables=False).press()
    time.sleep(0.3)
    first.app.find("push button", "Follow-up", tables=False).press()
    dialog = dialog_of(first, "Follow-up")
    write_in(dialog, "Text", "Se llamó a los tres")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("3 orders will be changed")), "what saving would mean")
    first.app.screenshot("process-many")
    save(dialog)
    closed(first, "Follow-up")
    first.select_nothing()


@tests.case("/processes/S0-45/many_are_judged_row_by_row_by_the_policy")
def _():
    first.open_tab("Unassigned")
    first.select_nothing()
    for number in first.numbers()[:3]:
        first.tick(number)
    driver.wait_for(lambda: first.selected().startswith("3 selected"), "three selected orders")
    first.app.find("push button", "Processes", tables=False).press()
    time.sleep(0.3)
    first.app.find("push button", "Reschedule", tables=False).press()
    dialog = dialog_of(first, "Reschedule")
    choose_in(first, dialog, "Reason", re.compile("El cliente pidi"))
    choose_in(first, dialog, "Who asked", "The customer")
    dialog.find("text", named("New attention date")).set_text(next_sunday().strftime("%d/%m/%Y 10:00"))
    driver.wait_for(lambda: dialog.maybe("label", re.compile("0 orders will be changed; 3 will not")), "three refusals")
    assert len(list(dialog.find_all("label", re.compile(r"^✗ 90\d{4}: " + BROKEN.pattern)))) == 3
    first.app.screenshot("policy-many")
    driver.keys("Escape")
    closed(first, "Reschedule")
    first.select_nothing()


@tests.case("/processes/go_on_without_the_server_and_are_sent_once")
def _():
    global server
    first.open_tab("Unassigned")
    number = first.numbers()[0]
    before = first.count("Unassigned")
    server.stop()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 30)
    order = open_order(first, number)
    order.find("push button", "Cancellation").press()
    dialog = dialog_of(first, "Cancellation")
    write_in(dialog, "How it was solved", "Volvió solo")
    save(dialog)
    closed(first, "Cancellation")
    driver.wait_for(lambda: first.count("Unassigned") == before - 1, "the change in the window, without a server")
    close_window(first, number)
    server = server.restarted()
    driver.wait_for(lambda: first.sign().startswith("online"), "the sign to say online", 60)
    driver.wait_for(lambda: not re.search(r"\b1\b", first.sign()), "nothing to wait", 30)


try:
    tests.main()
finally:
    session.close()
