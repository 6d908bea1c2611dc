#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rates' page from outside: what is paid for what, from when, and why (S0-15, S0-18)."""

import datetime
import os
import re
import time

import driver
from sheet_file import SheetFile, column_name
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
window = None
REPAIR = "904236"                               # in the demonstration: a repair


def day(ahead):
    return (datetime.date.today() + datetime.timedelta(days=ahead)).strftime("%d/%m/%Y")


def find(role, name, **options):
    return window.app.find(role, name, tables=False, **options)


def page():
    return find("panel", "Rates and taxes")


def last(role, name, what):
    """The form stands behind the table, taxes behind rates: what is looked at is the last one of that name."""
    return driver.wait_for(lambda: (list(page().find_all(role, name, tables=False)) or [None])[-1], what)


def first(role, name, what):
    return driver.wait_for(lambda: page().maybe(role, name, tables=False), what)


def field(name):
    return last("text", re.compile("^" + re.escape(name)), "the field " + name)


def button(name):
    return last("push button", re.compile("^" + name), "the button " + name)


def says(pattern):
    return page().maybe("label", re.compile(pattern), tables=False)


def choose(name, value):
    """In the filter above the table."""
    window.app.choose(first("combo box", re.compile("^" + name), "the choice " + name), value)
    time.sleep(0.3)


def lines(name="Rates"):
    """The table's rows: code -> (element, texts)."""
    return {texts[0]: (row, texts) for row, texts in window.app.rows(page().find("tree table", name)) if texts}


def shows(code):
    return driver.wait_for(lambda: lines().get(code), "the rate %s in the table" % code)


def saved():
    driver.wait_for(lambda: not button("Save$").has("sensitive"), "the record to be saved")


@tests.case("/rates/S0_18_the_table_says_for_what_and_how_specific")
def _():
    global window
    window = Window(session.app(server, "administrator")).wait_until_open()
    find("push button", "Rates").click()
    texts = shows("REPARACION")[1]
    assert "Reparación" in texts and "order type" in texts and "$310.00" in texts and "01/01/2026" in texts, texts
    order = list(lines())
    assert order.index("REPARACION") < order.index("SERVICIO"), order         # the more specific first
    assert "10 %" in lines()["BONO-MISMO-DIA"][1] and "$4.85/km" in lines()["KM"][1]


@tests.case("/rates/S0_18_the_filter_leaves_what_may_apply")
def _():
    choose("Order type", "Reparación")
    driver.wait_for(lambda: "REPARACION" in lines() and "SERVICIO" in lines() and "INSTALACION" not in lines(), "what may apply to repairs")
    choose("Order type", "Any order type")
    choose("Pays", "Kilometre")
    driver.wait_for(lambda: list(lines()) == ["KM"], "kilometres only")
    choose("Pays", "Anything paid")
    choose("When it holds", "To come")
    driver.wait_for(lambda: says("^Nothing matches"), "no rate to come")
    choose("When it holds", "In force today")
    shows("KM")


@tests.case("/rates/S0_18_an_overlap_shows_both_and_the_ways_out")
def _():
    button("New rate").press()
    time.sleep(1)                               # the form is emptied first
    field("Code").set_text("SERVICIO-2")
    window.app.choose(last("combo box", re.compile("^Pays"), "the choice in the form"), "Service")
    field("From").set_text(day(30))
    first("text", re.compile("^Amount"), "the amount").set_text("-5")
    button("Save$").press()
    driver.wait_for(lambda: says("-5.00"), "the negative amount to be named")
    first("text", re.compile("^Amount"), "the amount").set_text("1000000000000000")
    button("Save$").press()
    driver.wait_for(lambda: says("1000000000000000"), "the impossible amount to be named")
    first("text", re.compile("^Amount"), "the amount").set_text("300")
    driver.wait_for(lambda: says("^Both are for the same"), "the overlap to be said before it is saved")
    button("Save$").press()
    time.sleep(1)
    assert says("^Both are for the same") and "SERVICIO-2" not in lines()
    assert says("^\\$300.00$") and says("^\\$260.00$") and says("since 01/01/2026, without end") and says("since %s, without end" % day(30))
    window.app.screenshot("rates-overlap")
    button("End SERVICIO on " + day(29)).press()
    driver.wait_for(lambda: not says("^Both are for the same"), "the overlap to be gone")
    button("Save$").press()
    saved()
    assert day(29) in shows("SERVICIO")[1]


@tests.case("/rates/S0_18_one_ends_and_the_next_begins")
def _():
    shows("REPARACION")[0].click()
    driver.wait_for(lambda: field("Code").text == "REPARACION", "the form of the rate")
    field("On the day").set_text("31/12/2025")
    button("Begin the next one").press()
    driver.wait_for(lambda: says("has to begin after 01/01/2026"), "the day before to be refused")
    field("On the day").set_text(day(60))
    last("text", re.compile("^Amount"), "the next amount").set_text("333.50")
    button("Begin the next one").press()
    driver.wait_for(lambda: field("Code").text == "REPARACION-2", "the next one in the form")
    assert field("From").text == day(60) and first("text", re.compile("^Amount"), "the amount").text == "333.50"
    assert day(59) in shows("REPARACION")[1]
    choose("When it holds", "To come")
    shows("REPARACION-2")
    choose("When it holds", "In force today")


@tests.case("/rates/S0_18_undo_takes_the_end_back_and_retires_the_next")
def _():
    driver.wait_for(lambda: window.sign().startswith("online · 0"), "both to be sent")
    shows("REPARACION")[0].click()
    driver.keys("ctrl+z")
    driver.wait_for(lambda: day(59) not in lines()["REPARACION"][1], "the end to be taken back")
    choose("When it holds", "To come")
    driver.wait_for(lambda: "REPARACION-2" not in lines(), "the next one to be retired")
    choose("When it holds", "In force today")


@tests.case("/rates/S0_18_by_keyboard_alone")
def _():
    first(None, "Find in this list", "the search").click()
    driver.type_text("GARANT")
    driver.wait_for(lambda: list(lines()) == ["GARANTIA"], "the search")
    driver.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Down", "Up")
    driver.keys("space")
    driver.wait_for(lambda: field("Code").text == "GARANTIA", "the form of the rate")
    first(None, "Find in this list", "the search").set_text("")


@tests.case("/rates/S0_18_taxes_likewise")
def _():
    find(None, "Taxes").click()
    rows = driver.wait_for(lambda: lines("Tax rules"), "the tax rules")
    assert "VAT 8 %" in rows["IVA-8-FRONTERA"][1], rows["IVA-8-FRONTERA"][1]
    rows["IVA-16"][0].click()
    driver.wait_for(lambda: field("Code").text == "IVA-16", "the form of the rule")
    field("On the day").set_text(day(60))
    button("Begin the next one").press()
    driver.wait_for(lambda: field("Code").text == "IVA-16-2", "the next rule")


@tests.case("/rates/S0_18_why_this_rate_for_an_order")
def _():
    find(None, "Why this rate").click()
    pane = find("panel", "Why this rate")
    number = pane.find("text", re.compile("^Order's number"), tables=False)
    number.click()
    driver.type_text("000000")
    time.sleep(1)
    assert not pane.maybe("label", re.compile("applies because"), tables=False), "an answer for an order that is not there"
    number.set_text(REPAIR)
    driver.wait_for(lambda: pane.maybe("label", re.compile("^REPARACION .*applies because it is the most specific one that fits, by: order type"),
                                       tables=False), "the rate and its reason")
    assert pane.maybe("label", "order type ✗", tables=False), "a rate for another type says so"
    assert pane.maybe("label", "fits, less specific", tables=False)
    window.app.screenshot("rates-why")
    window.app.choose(pane.find("combo box", re.compile("^Pays"), tables=False), "Bonus: at night")
    driver.wait_for(lambda: pane.maybe("label", re.compile("^BONO-NOCHE .* applies because no more specific rate fits"), tables=False), "the bonus")


@tests.case("/rates/S0_18_who_may_not_sees_no_page")
def _():
    other = Window(session.app(server, "dispatcher")).wait_until_open()
    assert other.app.maybe("push button", "Crews", tables=False) and not other.app.maybe("push button", "Rates", tables=False)


def tops():
    return [top for top in window.app.root.children() if top.has("visible")]


def choose_file(name, path):
    before = len(tops())
    window.app.bring_to_front()
    first("push button", name, "the button " + name).press()
    driver.wait_for(lambda: len(tops()) > before, "the file chooser")
    time.sleep(0.5)
    driver.type_text(path)                      # a slash opens the field for a path
    time.sleep(0.5)
    driver.keys("Return")


@tests.case("/rates/S0_18_a_workbook_comes_back_and_says_by_its_cells_what_is_wrong")
def _():
    page().find(None, "Rates", tables=False).click()
    path = os.path.join(session.folder, "rates.xlsx")
    first("push button", "Export…", "the button Export").press()
    chooser = driver.wait_for(lambda: next((t for t in tops() if t.name.startswith("Export to a workbook")), None), "the chooser")
    chooser.find("text", re.compile("^_?N_?a_?m_?e")).set_text(path)
    Window.dialog_button(chooser, "Save").press()
    driver.wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 0, "the workbook")
    driver.wait_for(lambda: window.says(re.compile("^Written: ")), "the message that it is written")
    sheet = SheetFile(path)
    line_of = {sheet.line(line)[0]: line for line in sheet.rows if line > 1}
    garantia, km, night = line_of["GARANTIA"], line_of["KM"], line_of["BONO-NOCHE"]
    sheet.write(garantia, "amount", "155.50")
    sheet.write_formula(km, "amount", "2+3", "5")
    place = column_name(sheet.names.index("until"))
    sheet.merge("%s%d:%s%d" % (place, night, place, night + 1))
    choose_file("Import…", sheet.save(os.path.join(session.folder, "changed.xlsx")))
    driver.wait_for(lambda: window.app.maybe("label", "What the file would do", tables=False), "the preview", 60)
    dialog = window.app.dialog()
    said = [e.name.removeprefix("✗ ") for e in dialog.find_all("label", re.compile("^(✗ )?Line "))]
    window.app.screenshot("rates-import-workbook")
    assert any(re.match("Line %d · GARANTIA · Amount: .* → 155.50" % garantia, text) for text in said), said
    assert any("Line %d · KM · cell " % km in text and "is a formula" in text for text in said), said
    assert any("Line %d · BONO-NOCHE · the cells %s%d:%s%d are merged" % (night, place, night, place, night + 1) in text for text in said), said
    Window.dialog_button(dialog, "Apply").press()
    driver.wait_for(lambda: "$155.50" in lines()["GARANTIA"][1], "what was changed outside")
    driver.keys("ctrl+z")
    driver.wait_for(lambda: "$155.50" not in lines()["GARANTIA"][1], "the import to be taken back")


@tests.case("/rates/S0_18_a_file_comes_back_offline_and_is_seen_first")
def _():
    path = os.path.join(session.folder, "rates.csv")
    with open(path, "w", encoding="utf-8") as out:
        out.write("code,pays,type,from,until,amount\n"
                  "FIBRA,service,Fibra,2026-01-01,,612.50\n"
                  "KM,kilometre,,2026-01-01,,5.10\n"
                  "KM-OTRA,kilometre,,2026-06-01,,6.00\n"
                  "MUCHO,service,Enlace,2026-01-01,,1000000000000000\n"
                  "TARDE,service,Enlace,2026-31-12,,5.00\n")
    server.kill()
    page().find(None, "Rates", tables=False).click()
    choose_file("Import…", path)
    driver.wait_for(lambda: window.app.maybe("label", "What the file would do", tables=False), "the preview", 60)
    dialog = window.app.dialog()
    lines_of = [e.name.removeprefix("✗ ") for e in dialog.find_all("label", re.compile("^(✗ )?Line "))]
    assert any(re.match("Line 2 · FIBRA · New", text) for text in lines_of), lines_of
    assert any("Line 3 · KM · Amount: 4.85 → 5.10" in text for text in lines_of), lines_of
    assert any(re.match("Line 4 · KM-OTRA · .*KM .*", text) for text in lines_of), lines_of
    assert any(text.startswith("Line 5 · MUCHO") and "1000000000000000" in text for text in lines_of), lines_of
    assert any(text.startswith("Line 6 · TARDE") and "2026-31-12" in text for text in lines_of), lines_of
    window.app.screenshot("rates-import")
    assert "FIBRA" not in lines()
    Window.dialog_button(dialog, "Apply").press()
    driver.wait_for(lambda: "FIBRA" in lines(), "what was new")
    assert "KM-OTRA" not in lines() and "MUCHO" not in lines() and "$5.10/km" in lines()["KM"][1]
    lines()["KM"][0].click()
    driver.keys("ctrl+z")
    driver.wait_for(lambda: "FIBRA" not in lines() and "$4.85/km" in lines()["KM"][1], "the import to be taken back as one")


try:
    tests.main()
finally:
    session.close()
