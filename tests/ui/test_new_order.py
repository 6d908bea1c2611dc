#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An order that is taken down in the window: by keyboard, with mistakes, without the server, without permission."""

import datetime
import os
import re
import time

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
office = None
NUMBER = re.compile(r"D\d{7}")


def form(window=None):
    """The window of the form, or None."""
    window = window or office
    return next((w for w in window.app.root.children() if w.has("visible") and w.name.startswith("New order")), None)


def open_form():
    office.app.bring_to_front()
    driver.keys("ctrl+n")
    return driver.wait_for(form, "the form")


def field(dialog, name):
    return dialog.find("text", re.compile("^" + re.escape(name)))


def write(dialog, **texts):
    for name, text in texts.items():
        field(dialog, name.replace("_", " ")).set_text(text)


def choose(dialog, name, text):
    office.app.choose(dialog.find("combo box", re.compile("^" + re.escape(name))), text)


def press(dialog, name):
    dialog.find("push button", re.compile("^" + name + "(?! and)")).press()


def tab_to(element):
    for _step in range(15):
        if element.has("focused") or any(e.has("focused") for e in element.children()):
            return
        driver.keys("Tab")
        time.sleep(0.05)
    raise driver.Failure("%r is not reached by Tab" % element)


def closed():
    driver.wait_for(lambda: form() is None, "the form to close")


def told(dialog, pattern):
    return driver.wait_for(lambda: dialog.maybe("label", re.compile(pattern)), "the sentence " + pattern)


def answer(name):
    """The question whether what was typed is to be dropped."""
    driver.wait_for(lambda: office.says("Discard what you typed?"), "the question")
    Window.dialog_button(office.app.dialog(), name).press()
    driver.wait_for(lambda: not office.says("Discard what you typed?"), "the question to close")


def discard():
    driver.keys("Escape")
    answer("Discard")
    closed()


def toast():
    """The number that the toast of the window tells."""
    label = driver.wait_for(lambda: office.says(re.compile(r"^Created: order ")), "the toast with the number")
    return NUMBER.search(label.name).group(0)


def accounts(account):
    """The numbers that the top of the list shows for an account."""
    return [next(c for c in cells if re.match(r"\s*[D~]", c)).strip()
            for _row, cells in office.app.rows(office.table(), 8) if any(c.strip() == account for c in cells)]


@tests.case("/new_order/without_permission_the_button_says_why_and_the_key_too")
def _():
    window = Window(session.app(server, "dispatcher")).wait_until_open()
    button = window.app.find("push button", "New order", tables=False)
    driver.wait_for(lambda: not button.has("sensitive"), "the button to be unusable")
    assert "profile" in button.description, button.description
    window.app.bring_to_front()
    driver.keys("ctrl+n")
    driver.wait_for(lambda: window.says(re.compile("New order: Your profile does not allow this")), "the reason")
    assert form(window) is None
    window.app.close()


@tests.case("/new_order/S0-02/S1-06/taken_down_by_keyboard_alone")
def _():
    global office
    office = Window(session.app(server, "supervisor")).wait_until_open()
    office.open_tab("Unassigned")
    for _time in range(2):                      # the newest numbers first
        office.table().find("label", "Number").click()
        time.sleep(0.3)
    before = office.count("Unassigned")
    dialog = open_form()
    time.sleep(0.3)
    driver.type_text("770001")
    driver.keys("Tab")
    driver.type_text("Julia Prado")
    driver.keys("Tab")
    driver.type_text("5511112222")
    driver.keys("Tab", "space")                 # the types of the catalogue
    kinds = dialog.find("combo box", re.compile("^Order type"))
    popover = driver.wait_for(lambda: kinds.maybe(name="GtkPopover"), "the types")
    labels = [e.name for e in popover.find_all("label")]
    time.sleep(0.3)
    driver.keys(*["Down"] * next(i for i, label in enumerate(labels) if "Reparación" in label), "Return")
    time.sleep(0.3)
    tab_to(field(dialog, "Postal code"))
    driver.type_text("06800")
    driver.wait_for(lambda: field(dialog, "Municipality").text == "Cuauhtémoc", "the municipality of the code")
    assert field(dialog, "Neighbourhood").text == "Obrera"
    tab_to(field(dialog, "Street"))
    driver.type_text("Bolivar")
    told(dialog, "Status: Unassigned")
    told(dialog, "Penalty date: ")
    told(dialog, "A customer is recorded for account 770001")
    office.app.screenshot("new-order")
    driver.keys("ctrl+Return")
    closed()
    number = toast()
    driver.wait_for(lambda: office.count("Unassigned") == before + 1, "one order more")
    office.app.screenshot("new-order-toast")
    office.app.find("push button", re.compile("^Open"), tables=False).press()
    order = driver.wait_for(lambda: next((w for w in office.app.root.children() if w.has("visible") and "Order " + number in w.name), None),
                            "the new order's window")
    for text in ("Julia Prado", "5511112222", "770001"):
        assert order.maybe("label", re.compile(text)), text
    office.app.bring_to_front()
    driver.keys("Escape")
    time.sleep(0.4)


@tests.case("/new_order/S0-02/what_is_known_of_the_account_is_filled_in_and_its_open_order_told")
def _():
    dialog = open_form()
    write(dialog, Account="770001")
    told(dialog, "This account has 1 open order already")
    assert dialog.maybe("push button", re.compile(r"D\d+ · Reparación · Unassigned"))
    assert field(dialog, "Customer").text == "Julia Prado"
    assert field(dialog, "Street").text == "Bolivar"
    office.app.screenshot("new-order-known-account")
    # Another account: what was not typed by anybody goes again.
    write(dialog, Account="770002")
    driver.wait_for(lambda: field(dialog, "Customer").text == "", "the other's name to go")
    assert not dialog.maybe("label", re.compile("open order already"))
    discard()


@tests.case("/new_order/missing_and_impossible_values_are_told_at_their_fields_and_nothing_is_lost")
def _():
    before = office.count("Unassigned")
    dialog = open_form()
    write(dialog, Description="Sin señal desde ayer")
    driver.keys("ctrl+Return")
    for name in ("Account", "Order type", "Street"):
        told(dialog, "^%s is needed" % name)
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    write(dialog, Account="770003", Street="Bolívar", Attention_date=yesterday.strftime("%d/%m/%Y 10:00"))
    choose(dialog, "Order type", re.compile("Reparación"))
    press(dialog, "Save")
    told(dialog, "That date has passed")
    write(dialog, Attention_date="31/02/2027 10:00")
    press(dialog, "Save")
    told(dialog, "31/02/2027")
    day = datetime.date.today() + datetime.timedelta(days=2)
    write(dialog, Attention_date=day.strftime("%d/%m/%Y 10:00"), Attention_until="09:00")
    press(dialog, "Save")
    told(dialog, "end before it begins")
    office.app.screenshot("new-order-wrong")
    # Escape asks; to stay keeps what was typed.
    office.app.bring_to_front()
    driver.keys("Escape")
    answer("Keep editing")
    time.sleep(0.4)
    assert field(form(), "Description").text == "Sin señal desde ayer"
    assert office.count("Unassigned") == before
    discard()


@tests.case("/new_order/S0-30/a_postal_code_that_there_is_not_and_one_with_a_leading_zero")
def _():
    dialog = open_form()
    write(dialog, Account="770004", Street="Bolívar", Postal_code="99999")
    choose(dialog, "Order type", re.compile("Reparación"))
    told(dialog, "There is no postal code 99999")   # at once
    press(dialog, "Save")
    time.sleep(0.5)
    assert form() is not None and told(dialog, "There is no postal code 99999")
    write(dialog, Postal_code="680")
    press(dialog, "Save")
    told(dialog, "“680” is not a postal code")
    office.app.screenshot("new-order-postal-code")
    write(dialog, Postal_code="06800")
    driver.wait_for(lambda: field(dialog, "Municipality").text == "Cuauhtémoc", "the municipality of the code")
    write(dialog, Municipality="Iztapalapa")
    press(dialog, "Save")
    told(dialog, "Postal code 06800 is of Cuauhtémoc, not of Iztapalapa")
    write(dialog, Municipality="Cuauhtémoc")
    press(dialog, "Save")
    closed()
    number = toast()
    driver.wait_for(lambda: accounts("770004") == [number], "the order in the list")
    _row, cells = next((r, c) for r, c in office.app.rows(office.table(), 8) if number in [x.strip() for x in c])
    assert "06800" in [c.strip() for c in cells], cells


@tests.case("/new_order/S0-47/a_neighbourhood_that_is_not_of_its_postal_code_is_told_naming_both")
def _():
    dialog = open_form()
    write(dialog, Account="770008", Street="Bolívar", Neighbourhood="Polanco")
    choose(dialog, "Order type", re.compile("Reparación"))
    write(dialog, Postal_code="06800")
    told(dialog, "Postal code 06800 has no neighbourhood “Polanco”")
    assert field(dialog, "Neighbourhood").text == "Polanco"
    office.app.screenshot("new-order-neighbourhood")
    write(dialog, Neighbourhood="OBR")          # it may become the catalogue's
    driver.wait_for(lambda: not dialog.maybe("label", re.compile("has no neighbourhood")), "the warning to go")
    write(dialog, Neighbourhood="OBRX")
    told(dialog, "Postal code 06800 has no neighbourhood “OBRX”")
    press(dialog, "Save")                       # it may be newer than the catalogue
    closed()
    toast()


def one_place_a_day():
    """A type of order of which one visit fits into each day."""
    folder = os.path.join(session.folder, "tight")
    os.mkdir(folder)
    for name, text in (("order_types", "code,group,type\nPOSTE,Obra,Poste\n"),
                       ("policies", "code,group,type,min_days,max_days,notice_minutes,max_reschedules\nUNA,Obra,Poste,0,30,0,3\n"),
                       ("slots", "policy,starts,ends,places,weekdays\nUNA,09:00,17:00,1,\n")):
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as out:
            out.write(text)
    server.ctl("import", "catalogue", folder)


def open_calendar(dialog):
    dialog.find("push button", "Choose among the free places").press()
    return driver.wait_for(lambda: dialog.maybe("push button", re.compile(": (1 place|no place is left)$")), "the calendar")


def days(dialog, note):
    found = [(button, re.match("^(.*): %s$" % note, button.name)) for button in dialog.find_all("push button")]
    return [(button, match.group(1)) for button, match in found if match]


@tests.case("/new_order/S0-45/the_appointment_is_chosen_among_the_places_that_are_free")
def _():
    one_place_a_day()
    dialog = open_form()
    write(dialog, Account="770009", Street="Bolívar", Postal_code="06800")
    driver.wait_for(lambda: field(dialog, "Municipality").text == "Cuauhtémoc", "the municipality of the code")
    choose(dialog, "Order type", re.compile("Poste"))
    open_calendar(dialog)
    button, day = days(dialog, "1 place")[1]
    button.press()
    driver.wait_for(lambda: re.search(" 09:00$", field(dialog, "Attention date").text), "the slot's beginning")
    assert field(dialog, "Attention until").text == "17:00", field(dialog, "Attention until").text
    assert dialog.maybe(None, re.compile("09:00–17:00 · 1 place"))
    office.app.screenshot("new-order-calendar")
    office.app.bring_to_front()
    driver.keys("Escape")                       # the calendar, not the form
    time.sleep(0.3)
    press(dialog, "Save")
    closed()
    toast()
    # Its place is gone for the next one.
    dialog = open_form()
    write(dialog, Account="770010", Street="Bolívar", Postal_code="06800")
    driver.wait_for(lambda: field(dialog, "Municipality").text == "Cuauhtémoc", "the municipality of the code")
    choose(dialog, "Order type", re.compile("Poste"))
    open_calendar(dialog)
    full = days(dialog, "no place is left")
    assert [name for _button, name in full] == [day], full
    assert not full[0][0].has("sensitive")
    office.app.bring_to_front()
    driver.keys("Escape")
    time.sleep(0.3)
    discard()


@tests.case("/new_order/a_number_that_there_is_already_is_refused_at_its_field")
def _():
    taken = next(n for n in office.numbers() if n.startswith("90"))
    dialog = open_form()
    write(dialog, Account="770005", Street="Bolívar", Request_number=taken)
    choose(dialog, "Order type", re.compile("Reparación"))
    told(dialog, "Another record has this code or number already")      # what saving would mean
    press(dialog, "Save")
    driver.wait_for(lambda: len(list(dialog.find_all("label", re.compile("Another record has this code or number")))) == 2,
                    "the same at the field")
    office.app.screenshot("new-order-number-taken")
    write(dialog, Request_number="770005-A")
    press(dialog, "Save and another")
    driver.wait_for(lambda: dialog.maybe("label", "Created: order 770005-A"), "the number, in the form")
    driver.wait_for(lambda: field(dialog, "Account").text == "", "the form for another")
    assert field(dialog, "Account").has("focused") or any(e.has("focused") for e in field(dialog, "Account").children())
    office.app.bring_to_front()
    driver.wait_for(lambda: not dialog.maybe("label", "Created: order 770005-A"), "the toast to go", 15)
    driver.keys("Escape")                       # nothing was typed: it does not ask
    closed()


@tests.case("/new_order/S0-01/without_the_server_it_is_in_the_list_at_once_and_is_numbered_once_later")
def _():
    global server
    server.stop()
    driver.wait_for(lambda: office.sign().startswith("offline"), "the sign to say offline", 30)
    before = office.count("Unassigned")
    dialog = open_form()
    write(dialog, Account="770006", Street="Bolívar", Customer="Rosa Lima", Postal_code="06800")
    choose(dialog, "Order type", re.compile("Reparación"))
    press(dialog, "Save")
    closed()
    driver.wait_for(lambda: office.says(re.compile("gets its number when it is sent")), "the toast")
    driver.wait_for(lambda: office.count("Unassigned") == before + 1, "one order more, without a server")
    assert [n[0] for n in accounts("770006")] == ["~"], accounts("770006")
    office.app.screenshot("new-order-offline")
    server = server.restarted()
    driver.wait_for(lambda: office.sign().startswith("online"), "the sign to say online", 60)
    driver.wait_for(lambda: [n for n in accounts("770006") if NUMBER.match(n)], "the server's number", 30)
    assert len(accounts("770006")) == 1, accounts("770006")
    assert office.count("Unassigned") == before + 1


@tests.case("/new_order/the_window_asks_before_it_closes_over_what_was_typed")
def _():
    dialog = open_form()
    write(dialog, Account="770007")
    time.sleep(0.3)
    window = office.app.windows()[0]
    driver.run("xdotool", "windowfocus", window)
    driver.keys("ctrl+q")
    answer("Keep editing")
    assert office.app.running() and field(form(), "Account").text == "770007"


try:
    tests.main()
finally:
    session.close()
