#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administration page from outside: catalogues, rules and settings are changed in forms, and processes follow them."""

import re
import time

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
window = None
catalogue = ""


def find(role, name, **options):
    return window.app.find(role, name, tables=False, **options)


def open_catalogue(name):
    global catalogue
    find("list", "Catalogues").find("list item", name).click()
    catalogue = name
    time.sleep(0.3)


def record(pattern):
    return find("list", catalogue).maybe("list item", re.compile(pattern))


def choose_record(pattern):
    driver.wait_for(lambda: record(pattern), "the record " + pattern).click()
    time.sleep(0.3)


def last(role, name, what):
    """Catalogues that were opened before stay behind the newest, which is the last one of the page."""
    return driver.wait_for(lambda: (list(find("panel", "Catalogues").find_all(role, name, tables=False)) or [None])[-1], what)


def field(name):
    return last("text", re.compile("^" + re.escape(name)), "the field " + name)


def button(name):
    return last("push button", name, "the button " + name)


def begin(name):
    """A pressed button acts a moment later; the form has its name as a title then, beside the button's own."""
    button(name).press()
    driver.wait_for(lambda: len(list(find("panel", "Catalogues").find_all("label", name, tables=False))) > 1, "the empty form")


def says(pattern):
    return window.app.maybe("label", re.compile(pattern), tables=False)


def save():
    driver.wait_for(lambda: button("Save").has("sensitive"), "the button to be usable")
    button("Save").press()


def saved():
    driver.wait_for(lambda: not button("Save").has("sensitive"), "the record to be saved")


@tests.case("/administration/a_question_keeps_its_commas")
def _():
    global window
    window = Window(session.app(server, "administrator")).wait_until_open()
    find("push button", "Catalogues").click()
    open_catalogue("Order types")
    choose_record("^REP ")
    field("Checklist").set_text("¿Se probó, y con quién? | ¿Quedó limpio?")
    save()
    saved()
    assert field("Checklist").text == "¿Se probó, y con quién? | ¿Quedó limpio?", field("Checklist").text


@tests.case("/administration/a_penalty_rule_is_changed_and_a_wrong_one_is_named")
def _():
    open_catalogue("Penalty rules")
    choose_record("^CITA ")
    assert field("Amount").text == "90.00", field("Amount").text
    window.app.screenshot("admin-rule")
    field("Amount").set_text("noventa")
    save()
    driver.wait_for(lambda: says("noventa"), "the wrong amount to be named")
    field("Amount").set_text("95.50")
    share = "Percent of the order's pay"
    for wrong in ("doce", "12.345", "101"):
        field(share).set_text(wrong)
        save()
        # In English a message calls a field by its name on the wire.
        driver.wait_for(lambda: says("percent .*%s" % re.escape(wrong)), "the wrong percentage %s to be named" % wrong)
    field(share).set_text("12.5 %")
    save()
    saved()
    choose_record("^ATENCION ")
    choose_record("^CITA ")
    assert field(share).text == "12.5", field(share).text


@tests.case("/administration/what_may_stay_empty_stays_empty")
def _():
    open_catalogue("Penalty rules")
    choose_record("^ATENCION ")
    assert field("At most").text == "" and field("Amount").text == "180.00"
    field("Evidence asked for").set_text("Línea de tiempo")
    save()
    saved()
    assert field("At most").text == ""
    choose_record("^CITA ")
    choose_record("^ATENCION ")
    assert field("At most").text == "" and field("Evidence asked for").text == "Línea de tiempo"


@tests.case("/administration/a_reason_that_was_made_is_offered_in_its_process")
def _():
    open_catalogue("Reasons")
    begin("New reason")
    field("Name").set_text("El cliente ya no vive ahí")
    window.app.choose(last("combo box", re.compile("^Process"), "the process"), "Cancellation")
    field("Code").set_text("C90")
    save()
    saved()
    window.app.screenshot("admin-reason")
    other = Window(session.app(server, "supervisor")).wait_until_open()
    other.open_tab("Unassigned")
    number = other.numbers()[0]
    row, _cells = other.rows()[number]
    row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    order = driver.wait_for(lambda: next((w for w in other.app.root.children() if ("Order " + number) in w.name), None), "the order")
    order.find("push button", "Cancellation").press()
    dialog = driver.wait_for(lambda: next((w for w in other.app.root.children() if w.name.startswith("Cancellation")), None), "the dialog")
    other.app.choose(dialog.find("combo box", re.compile("^Reason")), re.compile("ya no vive"))
    other.app.close()


@tests.case("/administration/S0-45/a_policy_says_its_sentences_and_one_that_contradicts_itself_is_refused")
def _():
    open_catalogue("Rescheduling policies")
    choose_record("^GENERAL")
    driver.wait_for(lambda: says(r"At the latest 15 days from today$"), "what the policy says")
    driver.wait_for(lambda: says(r"^First visit that can be booked: "), "the first visit that can be booked")
    assert says(r"^Order 90\d{4} · "), "a sample order"
    assert says(r"^Kept: At the latest 15 days from today$"), "a ticked sentence of the sample"
    window.app.screenshot("policy-editor")
    # As it is written, not only when it is saved.
    field("Latest day from today").set_text("4")
    driver.wait_for(lambda: says(r"At the latest 4 days from today$"), "the sentence to follow")
    field("Earliest day from today").set_text("9")
    driver.wait_for(lambda: says(r"^No visit can be booked within "), "nothing left to book")
    button("Save").press()
    driver.wait_for(lambda: says(r"its earliest day \(9\) is after its latest \(4\)"), "the contradiction to be named")
    window.app.screenshot("policy-contradiction")
    button("Cancel").press()
    driver.wait_for(lambda: says(r"At the latest 15 days from today$"), "the policy as it is")


@tests.case("/administration/a_holiday_is_added_and_deleted")
def _():
    window.app.bring_to_front()
    open_catalogue("Holidays")
    begin("New holiday")
    field("Name").set_text("Aniversario de la oficina")
    field("Day").set_text("31/02/2027")
    save()
    driver.wait_for(lambda: says("31/02/2027"), "the day that there is not to be named")
    field("Day").set_text("14/04/2027")
    save()
    saved()
    choose_record("^Aniversario")
    button("Delete").press()
    dialog = driver.wait_for(window.app.dialog, "the question")
    window.dialog_button(dialog, "Delete").press()
    driver.wait_for(lambda: not record("^Aniversario"), "the holiday to go")


@tests.case("/administration/the_office_has_one_record_of_settings")
def _():
    open_catalogue("Office")
    assert field("Time zone").text == "America/Mexico_City"
    field("Office closes").set_text("07:00")
    save()
    driver.wait_for(lambda: says("it ends at"), "hours that end before they start to be named")
    window.app.screenshot("admin-settings")
    field("Office closes").set_text("19:30")
    save()
    saved()
    assert field("Office closes").text == "19:30"


@tests.case("/administration/S0-7/who_does_not_administer_has_no_such_page")
def _():
    other = Window(session.app(server, "dispatcher")).wait_until_open()
    assert other.app.maybe("push button", "Crews", tables=False)
    assert not other.app.maybe("push button", "Catalogues", tables=False)


try:
    tests.main()
finally:
    session.close()
