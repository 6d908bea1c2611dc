#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of orders in the window: columns guessed, wrong cells mended in place, a result by row, nothing twice."""

import json
import os
import re
import time

import driver
from sheet_file import write_sheets
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
office = None
FILE = os.path.join(session.folder, "ordenes.csv")

ROWS = """SOLICITUD,CUENTA,TIPO,CP,F_CREACION,CLIENTE,TELEFONO,CALLE,RENGLON
801001,660001,Reparación,06800,27/11/2026 10:00,Ana Robles,5510000001,Bolívar 1,a
801002,660002,Reparación,0680x,27/11/2026 10:30,Beto Salas,5510000002,Bolívar 2,b
801003,,Reparación,06800,31/02/2026 11:00,Carla Ríos,5510000003,Bolívar 3,c
801004,660004,Garantía,99998,27/11/2026 11:30,"Díaz, Elsa",5510000004,Bolívar 4,d
801001,660009,Reparación,06800,27/11/2026 12:00,Otra,5510000009,Bolívar 9,e
"""


def tops(who=None):
    return [element for element in (who or office).app.root.children() if element.has("visible")]


def window(who=None):
    return next((w for w in tops(who) if w.name.startswith("Import orders")), None)


def choose_file(importing, button, path, who=None):
    before = len(tops(who))
    importing.find("push button", re.compile("^_?" + button)).press()
    driver.wait_for(lambda: len(tops(who)) > before, "the file chooser")
    time.sleep(0.5)
    driver.type_text(path)                      # a slash opens the field for a path
    time.sleep(0.5)
    driver.keys("Return")
    driver.wait_for(lambda: len(tops(who)) == before, "the file chooser to close")


def open_file(path, who=None):
    (who or office).app.bring_to_front()
    driver.keys("ctrl+i")
    importing = driver.wait_for(lambda: window(who), "the import window")
    choose_file(importing, "Choose a file", path, who)
    driver.wait_for(lambda: importing.maybe("label", os.path.basename(path)), "the file in the window")
    return importing


def status(importing, pattern):
    return driver.wait_for(lambda: importing.maybe("label", re.compile(pattern)), "the status " + pattern)


def cell(importing, column, line):
    return importing.find("text", "%s, line %d" % (column, line))


def results(importing):
    """What the table says of each line."""
    table = importing.find("tree table", "Rows of the file")
    return {cells[0]: cells[1] for _row, cells in office.app.rows(table, 10)}


def exception(name):
    """The number on a chip above the list."""
    chip = office.app.find(None, re.compile("^" + name), tables=False)
    return int(re.sub(r"\D", "", chip.name))


def press_import(importing):
    importing.find("push button", re.compile("^_?Import")).press()


@tests.case("/import/without_permission_it_says_so")
def _():
    viewer = Window(session.app(server, "dispatcher")).wait_until_open()
    viewer.app.bring_to_front()
    driver.keys("ctrl+i")
    driver.wait_for(lambda: viewer.says(re.compile("Import orders: Your profile does not allow this")), "the reason")
    viewer.app.close()


@tests.case("/import/columns_are_guessed_from_their_headings_and_mistakes_stand_in_their_cells")
def _():
    global office
    with open(FILE, "w", encoding="utf-8") as f:
        f.write(ROWS)
    office = Window(session.app(server, "administrator")).wait_until_open()
    importing = open_file(FILE)
    status(importing, "2 good rows, 3 with mistakes")
    for column, field in (("SOLICITUD", "Request number"), ("CP", "Postal code"), ("F_CREACION", "Creation date"),
                          ("CLIENTE", "Customer"), ("RENGLON", "(not imported)")):
        chosen = importing.find("combo box", "Column %s is" % column)
        assert chosen.maybe("label", field), "%s is not %s" % (column, field)
    said = results(importing)
    assert "0680x" in said["3"], said
    # What comes in all the same is told, too.
    assert said["5"] == "Postal code 99998 is not in the catalogue", said
    assert "is needed" in said["4"] or "needed" in said["4"], said
    assert "stands in line 2 already" in said["6"], said
    # Both mistakes of one row stand in their own cells.
    assert cell(importing, "CUENTA", 4) and cell(importing, "F_CREACION", 4)
    office.app.screenshot("import-mistakes")


@tests.case("/import/wrong_cells_are_mended_in_place_and_each_row_gets_its_result")
def _():
    importing = window()
    before = office.count("All")
    unknown = exception("Without known postal code")
    cell(importing, "CP", 3).set_text("06800")
    cell(importing, "CUENTA", 4).set_text("660003")
    cell(importing, "F_CREACION", 4).set_text("28/02/2026 11:00")
    status(importing, "4 good rows, 1 with a mistake")
    entry = importing.find("text", "Its value in all rows")
    office.app.choose(importing.find("combo box", "Field that is the same in all rows"), "Group")
    entry.set_text("Mantenimiento")
    entry.click()
    driver.keys("Return")
    driver.wait_for(lambda: importing.maybe("push button", re.compile("Group: Mantenimiento")), "the constant")
    press_import(importing)
    status(importing, "4 added, 0 changed, 0 unchanged, 0 refused")
    said = results(importing)
    assert [said[n] for n in "2345"] == ["Added"] * 3 + ["Added: Postal code 99998 is not in the catalogue"], said
    driver.wait_for(lambda: office.count("All") == before + 4, "four orders more", 30)
    driver.wait_for(lambda: exception("Without known postal code") == unknown + 1, "the chip to count the unknown postal code")
    office.app.screenshot("import-added")
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/the_second_time_nothing_changes_and_what_differs_is_changed")
def _():
    before = office.count("All")
    mended = (ROWS.replace("0680x", "06800").replace("801003,,", "801003,660003,").replace("31/02", "28/02")
              .replace("5510000004", "5599999999"))
    with open(FILE, "w", encoding="utf-8") as f:
        f.write(mended)
    importing = open_file(FILE)
    # The choices of the last time are remembered with the constant.
    driver.wait_for(lambda: importing.maybe("push button", re.compile("Group: Mantenimiento")), "the constant of the last time")
    status(importing, "4 good rows, 1 with a mistake")
    press_import(importing)
    status(importing, "0 added, 1 changed, 3 unchanged, 0 refused")
    said = results(importing)
    assert said["2"] == "Unchanged" and said["5"].startswith("Changed"), said
    driver.wait_for(lambda: re.search(r"\b0 waiting", office.sign()), "everything to be sent", 30)
    assert office.count("All") == before
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/a_column_may_be_chosen_by_hand_and_a_needed_one_missing_is_named")
def _():
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("x;y;z\n801101;660101;Reparación\n")
    importing = open_file(FILE)
    status(importing, "Say which column is: Request number")
    for column, field in (("x", "Request number"), ("y", "Account"), ("z", "Order type")):
        office.app.choose(importing.find("combo box", "Column %s is" % column), field)
    status(importing, "1 good row, 0 with")
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/a_mapping_file_means_the_same_as_for_despachoctl_which_brought_these_orders_in")
def _():
    demo = os.path.join(driver.SOURCE, "data", "demo")
    importing = open_file(os.path.join(demo, "orders.csv"))
    choose_file(importing, "Mapping file", os.path.join(demo, "orders.mapping.json"))
    status(importing, "orders.csv by orders.mapping.json")
    status(importing, "1200 good rows, 0 with mistakes")
    press_import(importing)
    status(importing, "0 added, 0 changed, 1200 unchanged, 0 refused")
    office.app.screenshot("import-mapping-file")
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/a_file_whose_dates_are_moved_keeps_the_day_of_its_first_import")
def _():
    mapping = os.path.join(session.folder, "moved.json")
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("FOLIO,CUENTA,TIPO,CREADA\n801301,660301,Reparación,09/03/2026 03:23\n801302,660302,Reparación,12/03/2026 10:00\n")
    with open(mapping, "w", encoding="utf-8") as f:
        f.write('{"format":1,"time_zone":"America/Mexico_City","shift_dates":"newest-is-today","fields":{'
                '"number":{"column":"FOLIO","unique":true},"account":"CUENTA","type":"TIPO",'
                '"created_at":{"column":"CREADA","time":"%d/%m/%Y %H:%M"}}}')
    before = office.count("All")
    server.ctl("import", "orders", FILE, "--mapping", mapping, "--today", "2026-11-02")
    driver.wait_for(lambda: office.count("All") == before + 2, "what despachoctl brought in", 30)
    importing = open_file(FILE)
    choose_file(importing, "Mapping file", mapping)
    status(importing, "2 good rows, 0 with mistakes")
    press_import(importing)
    status(importing, "0 added, 0 changed, 2 unchanged, 0 refused")
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/a_workbook_of_several_sheets_of_which_one_is_chosen")
def _():
    book = os.path.join(session.folder, "noviembre.xlsx")
    heading = ["Folio", "Cuenta", "Tipo", "CP", "Cliente"]
    write_sheets(book, {
        "Norte": [["Ordenes del norte"], heading, [801601, 660601, "Reparación", 6800, "Ana"], [801602, 660602, "Reparación", "x", "Beto"]],
        "Sur": [heading, [801603, 660603, "Garantía", "03100", "Carla"], [801604, "#N/A", "Garantía", "03100", "Elsa"]]})
    before = office.count("All")
    importing = open_file(book)
    status(importing, "1 good row, 1 with a mistake")
    cell(importing, "CP", 4).set_text("06800")
    status(importing, "2 good rows, 0 with")
    office.app.screenshot("import-workbook")
    # What was mended is of this sheet: it is asked about when the list of sheets closes.
    sheets = importing.find("combo box", "Sheet of the workbook")
    sheets.press()
    driver.wait_for(lambda: sheets.maybe(name="GtkPopover"), "the sheets").find("label", "Sur").click()
    driver.wait_for(lambda: office.says("Discard what you typed?"), "the question")
    Window.dialog_button(office.app.dialog(), "Keep editing").press()
    driver.wait_for(lambda: not office.says("Discard what you typed?"), "the question to close")
    press_import(importing)
    status(importing, "2 added, 0 changed, 0 unchanged, 0 refused")
    office.app.choose(importing.find("combo box", "Sheet of the workbook"), "Sur")
    status(importing, "1 good row, 1 with a mistake")
    assert "“#N/A” is an error of the workbook" in results(importing)["3"], results(importing)
    press_import(importing)
    status(importing, "1 added, 0 changed, 0 unchanged, 0 refused")
    driver.wait_for(lambda: office.count("All") == before + 3, "three orders more", 30)
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/tens_of_thousands_of_rows_are_looked_at_without_holding_the_window_up")
def _():
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("Folio,Cuenta,Tipo,CP\n")
        f.writelines("%d,66%06d,Reparación,%s\n" % (5000000 + n, n, "06800" if n != 39999 else "x") for n in range(40000))
    importing = open_file(FILE)
    status(importing, "39999 good rows, 1 with a mistake")
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/without_the_server_it_waits_and_what_was_mended_is_not_dropped_unasked")
def _():
    global server
    server.stop()
    driver.wait_for(lambda: office.sign().startswith("offline"), "the sign to say offline", 30)
    before = office.count("All")
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("Folio,Cuenta,Tipo,CP\n801201,660201,Reparación,06800\n801202,660202,Reparación,x\n")
    importing = open_file(FILE)
    press_import(importing)
    status(importing, "1 added, 0 changed, 0 unchanged, 0 refused")
    driver.wait_for(lambda: office.count("All") == before + 1, "the order in the list, without a server")
    cell(importing, "CP", 3).set_text("03100")
    status(importing, "1 good row, 0 with")
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: office.says("Discard what you typed?"), "the question")
    Window.dialog_button(office.app.dialog(), "Discard").press()
    driver.wait_for(lambda: window() is None, "the window to close")
    server = server.restarted()
    driver.wait_for(lambda: re.search("^online.*0 waiting", office.sign()), "it to be sent", 60)
    assert office.count("All") == before + 1


@tests.case("/import/what_the_server_refuses_later_is_told_with_its_number_and_waits_to_be_settled")
def _():
    global server
    server.ctl("user", "add", "ana", "--profile", "administrator", "--scope", "distributor D01")
    ana = Window(session.app(server, "ana")).wait_until_open()
    server.stop()
    driver.wait_for(lambda: ana.sign().startswith("offline"), "the sign to say offline", 30)
    before = ana.count("All")
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("Folio,Cuenta,Tipo,CP,Distribuidor\n801501,660501,Reparación,06800,D01\n801502,660502,Reparación,06800,D01\n")
    # Meanwhile one of the numbers became another distributor's, whose orders she does not see.
    theirs = os.path.join(session.folder, "ajenas.csv")
    with open(theirs, "w", encoding="utf-8") as f:
        f.write("n,at\n801502,2026-11-01 10:00\n")
    mapping = os.path.join(session.folder, "ajenas.json")
    with open(mapping, "w", encoding="utf-8") as f:
        json.dump({"format": 1, "time_zone": "America/Mexico_City", "fields": {
            "number": "n", "created_at": {"column": "at", "time": "%Y-%m-%d %H:%M"}, "account": {"const": "660999"},
            "type": {"const": "Garantía"}, "distributor": {"const": "D02"}}}, f)
    server.ctl("import", "orders", theirs, "--mapping", mapping)
    importing = open_file(FILE, ana)
    press_import(importing)
    status(importing, "2 added, 0 changed, 0 unchanged, 0 refused")
    ana.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window(ana) is None, "the window to close")
    driver.wait_for(lambda: ana.count("All") == before + 2, "both orders in the list, without a server")
    server = server.restarted()
    driver.wait_for(lambda: re.search("^online.*0 waiting", ana.sign()), "both to be sent", 60)
    driver.wait_for(lambda: ana.count("All") == before + 1, "the refused order to leave the list")
    # It is asked about at once, by its number, and stays where it is until it is settled.
    asked = driver.wait_for(ana.app.dialog, "the question")
    assert ana.says("Refused: Import, 801502"), [label.name for label in asked.find_all("label")]
    Window.dialog_button(asked, "Decide later").press()
    driver.wait_for(lambda: ana.app.dialog() is None, "the question to close")
    ana.app.bring_to_front()
    driver.keys("ctrl+o")
    tray = driver.wait_for(lambda: next((w for w in tops(ana) if w.name == "Waiting and refused changes"), None), "the list of refused changes")
    driver.wait_for(lambda: tray.maybe("label", re.compile("801502")), "the number that was refused")
    assert not tray.maybe("label", re.compile("801501"))
    ana.app.screenshot("import-refused-later")
    ana.app.close()


@tests.case("/import/the_main_window_asks_before_it_closes_over_mended_cells")
def _():
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("Folio,Cuenta,Tipo,CP\n801401,660401,Reparación,x\n")
    importing = open_file(FILE)
    cell(importing, "CP", 2).set_text("06800")
    status(importing, "1 good row, 0 with")
    driver.run("xdotool", "windowfocus", office.app.windows()[0])
    driver.keys("ctrl+q")
    driver.wait_for(lambda: office.says("Discard what you typed?"), "the question")
    Window.dialog_button(office.app.dialog(), "Keep editing").press()
    driver.wait_for(lambda: not office.says("Discard what you typed?"), "the question to close")
    assert office.app.running() and cell(window(), "CP", 2).text == "06800"
    press_import(importing)
    status(importing, "1 added")
    office.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: window() is None, "the window to close")


@tests.case("/import/what_is_no_file_of_rows_is_told")
def _():
    with open(FILE, "wb") as f:
        f.write(b"")
    office.app.bring_to_front()
    driver.keys("ctrl+i")
    importing = driver.wait_for(window, "the import window")
    choose_file(importing, "Choose a file", FILE)
    driver.wait_for(lambda: importing.maybe("label", re.compile("ordenes.csv")), "what is wrong with the file")


try:
    tests.main()
finally:
    session.close()
