#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workbook of open services from outside: on the screen, out into a file, changed there, and back in."""

import csv
import os
import re
import sqlite3
import subprocess
import time

import driver
from sheet_file import SheetFile
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
desk = None

OPEN = "'unassigned', 'assigned', 'in_progress', 'to_reschedule'"


def stored(sql, *values):
    """What a plain question to the server's database says: its rows."""
    with sqlite3.connect("file:%s?mode=ro" % server.database.removeprefix("sqlite:"), uri=True) as db:
        return db.execute(sql, values).fetchall()


def n_open(condition="1 = 1"):
    return stored('SELECT count(*) FROM "order" WHERE "status" IN (%s) AND %s' % (OPEN, condition))[0][0]


class Macro:
    """The page, in the words of those who use it."""

    def __init__(self, window):
        self.window = window
        self.app = window.app

    def open(self):
        self.app.find("push button", "Workbook", tables=False).click()
        driver.wait_for(self.table, "the sheet of open services")
        return self

    def table(self):
        return self.app.maybe("tree table", "Open services")

    def says_count(self, n):
        return self.app.maybe("label", re.compile(r"^%s open services?" % "{:,}".format(n).replace(",", ",?")), tables=False)

    def rows(self, limit=12):
        return [cells for _row, cells in self.app.rows(self.table(), limit)]

    def tops(self):
        return [top for top in self.app.root.children() if top.has("visible")]

    def export(self, item, name):
        """Through the menu and the chooser. Returns the path. The page has so many cells that a message may be gone before it is found
        among them: the file, which appears when it is whole, says that it is there."""
        path = os.path.join(session.folder, name)
        self.app.find("push button", "Export open services", tables=False).press()
        entry = driver.wait_for(lambda: self.app.maybe(None, item, tables=False), item)
        time.sleep(0.3)
        entry.click()
        chooser = driver.wait_for(lambda: next((top for top in self.tops() if top.name.startswith("Save ")), None), "the chooser")
        chooser.find("text", re.compile("^_?N_?a_?m_?e")).set_text(path)
        time.sleep(0.3)
        Window.dialog_button(chooser, "Save").press()
        driver.wait_for(lambda: os.path.exists(path), name + " to be written")
        return path


@tests.case("/macro/S0-19/the_page_shows_all_open_services_of_the_filter")
def _():
    global desk
    desk = Macro(Window(session.app(server, "supervisor")).wait_until_open()).open()
    driver.wait_for(lambda: desk.says_count(n_open()), "all open services to be counted")
    desk.app.screenshot("macro-sheet")


@tests.case("/macro/S0-19/subtotals_stand_between_the_lines_and_come_to_what_the_database_counts")
def _():
    crews = dict(stored('SELECT c."code" || \' \' || c."name", count(*) FROM "order" o JOIN "crew" c ON c."id" = o."crew_id"'
                        ' WHERE o."status" IN (%s) GROUP BY 1 ORDER BY 1' % OPEN))
    first, second = sorted(crews)[:2]

    def total(cells):
        return next((int(cell.split()[1]) for cell in cells if re.match(r"^Σ \d+$", cell)), None)

    def subtotals():
        lines = desk.rows(crews[first] + crews[second] + 2)
        return [(name, n, at) for at, cells in enumerate(lines) for n in [total(cells)] if n for name in crews if name in cells]
    desk.app.choose(desk.app.find("combo box", "Subtotals", tables=False), "By: Crew")
    driver.wait_for(lambda: subtotals() == [(first, crews[first], crews[first]), (second, crews[second], crews[first] + crews[second] + 1)],
                    "the subtotals of %s and %s under their lines" % (first, second))
    desk.app.screenshot("macro-subtotals")
    driver.keys("ctrl+a")
    driver.wait_for(lambda: desk.app.maybe("label", re.compile("^%s" % n_open()), tables=False), "all services, and no subtotal, to be selected")
    desk.app.choose(desk.app.find("combo box", "Subtotals", tables=False), "Without subtotals")
    driver.wait_for(lambda: not subtotals(), "the lines alone")


@tests.case("/macro/S0-19/the_workbook_holds_each_of_them_once_with_its_version")
def _():
    sheet = SheetFile(desk.export("Workbook (XLSX)", "open.xlsx"))
    assert sheet.names[:4] == ["order_id", "version", "was", "number"], sheet.names
    written = {record["number"]: record["version"] for record in sheet.records().values()}
    there = {number: str(version) for number, version in stored('SELECT "number", "version" FROM "order" WHERE "status" IN (%s)' % OPEN)}
    assert written == there, (len(written), len(there))
    assert b"dataValidation" in sheet.parts["xl/worksheets/sheet1.xml"] and b"sheetProtection" in sheet.parts["xl/worksheets/sheet1.xml"]


@tests.case("/macro/S0-19/the_text_has_the_same_services")
def _():
    with open(desk.export("Text (CSV)", "open.csv"), encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    place = rows[0].index("Request number")
    assert sorted(row[place] for row in rows[1:]) == sorted(row[0] for row in stored('SELECT "number" FROM "order" WHERE "status" IN (%s)' % OPEN))


def press_cell(row, column):
    """The figure at a row and a column: it is a button."""
    return desk.app.find("tree table", "Pivot").find("push button", re.compile(r"^%s, %s: " % (re.escape(row), re.escape(column))))


@tests.case("/macro/S0-19/the_pivot_counts_what_the_database_counts")
def _():
    desk.app.find(None, "Pivot", tables=False).click()
    table = driver.wait_for(lambda: desk.app.maybe("tree table", "Pivot"), "the pivot")
    types = dict(stored('SELECT "type", count(*) FROM "order" WHERE "status" IN (%s) GROUP BY 1' % OPEN))
    total = driver.wait_for(lambda: press_cell("Total", "Total"), "the total")
    assert int(re.sub(r"\D", "", total.name)) == n_open(), total.name
    for name, n in types.items():
        assert int(re.sub(r"\D", "", press_cell("Total", name).name.rsplit(":", 1)[1])) == n, name
    free_of = dict(stored('SELECT "type", count(*) FROM "order" WHERE "status" IN (%s) AND "crew_id" IS NULL GROUP BY 1' % OPEN))
    for name, n in free_of.items():
        assert int(re.sub(r"\D", "", press_cell("Without crew", name).name.rsplit(":", 1)[1])) == n, name
    assert table
    desk.app.screenshot("macro-pivot")


@tests.case("/macro/S0-19/a_figure_of_the_pivot_opens_its_orders_and_the_way_back_finds_it_again")
def _():
    name, n = stored('SELECT "type", count(*) FROM "order" WHERE "status" IN (%s) AND "crew_id" IS NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 1' % OPEN)[0]
    press_cell("Without crew", name).press()
    driver.wait_for(lambda: desk.window.count("All") == n, "the orders of the cell")
    desk.app.find("push button", "Workbook", tables=False).click()
    driver.wait_for(lambda: desk.app.maybe("tree table", "Pivot"), "the pivot again")
    driver.wait_for(lambda: desk.says_count(n_open()), "the filter as it was")


@tests.case("/macro/S0-19/the_pivot_goes_out_as_text_and_as_workbook")
def _():
    path = desk.export("Text (CSV)", "pivot.csv")
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    assert rows[0][0] == "Crew" and rows[-1][0] == rows[0][-1] == "Total" and int(rows[-1][-1]) == n_open(), (rows[0], rows[-1])
    assert all(sum(int(cell or 0) for cell in row[1:-1]) == int(row[-1]) for row in rows[1:]), rows
    sheet = SheetFile(desk.export("Workbook (XLSX)", "pivot.xlsx"))
    assert sheet.line(2) == rows[0] and sheet.line(len(rows) + 1) == rows[-1], (sheet.line(2), sheet.line(len(rows) + 1))
    desk.app.find(None, "Sheet", tables=False).click()
    driver.wait_for(desk.table, "the sheet again")


class Import:
    """The window of a workbook that comes back."""

    def __init__(self, macro):
        self.macro = macro
        self.app = macro.app

    def window(self):
        return next((top for top in self.macro.tops() if top.name == "Import workbook"), None)

    def open(self, path, status=None):
        if self.window() is None:
            self.app.bring_to_front()
            self.app.find("push button", "Import workbook", tables=False).press()
        window = driver.wait_for(self.window, "the import window")
        button = window.maybe("push button", re.compile("^_?C_?h_?o_?o_?s_?e a file")) or window.find("push button", re.compile("^_?Open"))
        before = len(self.macro.tops())
        button.press()
        driver.wait_for(lambda: len(self.macro.tops()) > before, "the file chooser")
        time.sleep(0.5)
        driver.type_text(path)
        time.sleep(0.5)
        driver.keys("Return")
        driver.wait_for(lambda: len(self.macro.tops()) == before, "the file chooser to close")
        if status is not None:
            self.wait_for_status(status)
        return self

    def wait_for_status(self, pattern):
        return driver.wait_for(lambda: self.window().maybe("label", re.compile(pattern)), "the status " + pattern)

    def lines(self):
        """What the table says of each order: (what it would do, result)."""
        table = self.window().find("tree table", "Changes in the workbook")
        return {cells[1]: (cells[2], cells[3]) for _row, cells in self.app.rows(table, 30)}

    def press(self, name):
        self.window().find("push button", re.compile("^_?" + name)).press()

    def close(self):
        # Without a window manager nobody hands the keyboard on when the file chooser has gone.
        driver.xdo("search", "--onlyvisible", "--name", "^Import workbook$", "windowfocus")
        for _turn in range(3):                  # a key may still be on its way to where the keyboard was
            time.sleep(0.3)
            driver.keys("Escape")
            if driver.try_for(lambda: self.window() is None, 3):
                return
        raise driver.Failure("the import window does not close")


def order(number):
    """Status, crew's code, attention and version of an order, as the server has it."""
    return stored('SELECT o."status", c."code", o."attention_at", o."version" FROM "order" o LEFT JOIN "crew" c ON c."id" = o."crew_id"'
                  ' WHERE o."number" = ?', number)[0]


def some(condition, n):
    return [row[0] for row in stored('SELECT "number" FROM "order" WHERE "status" IN (%s) AND %s ORDER BY "number" LIMIT %d' % (OPEN, condition, n))]


def crews():
    """Titles as cells say them, by code."""
    return {code: "%s %s" % (code, name) for code, name in stored('SELECT "code", "name" FROM "crew" ORDER BY "code"')}


importing = None
free = []
crew = None


@tests.case("/macro/S0-19/what_was_typed_outside_comes_back_as_commands_in_words_before_anything_changes")
def _():
    global importing, free, crew
    free = some('"status" = \'unassigned\' AND "crew_id" IS NULL AND "attention_at" IS NOT NULL', 8)
    crew = sorted(crews())[0]
    sheet = SheetFile(desk.export("Workbook (XLSX)", "back.xlsx"))
    sheet.write(sheet.line_of(free[0]), "crew", crews()[crew])
    sheet.write(sheet.line_of(free[1]), "crew", crew.lower())
    sheet.write(sheet.line_of(free[2]), "note", "El cliente llama de nuevo")
    sheet.write(sheet.line_of(free[3]), "crew", "Cuadrilla que no hay")
    sheet.write(sheet.line_of(free[4]), "status", "In progress")
    sheet.write_formula(sheet.line_of(free[5]), "crew", "CONCATENATE(\"C\",\"-01\")", "C-01")
    sheet.write(sheet.line_of(free[6]), "order_id", "0123")
    sheet.write(sheet.line_of(free[7]), "attention_at", "mañana")
    before = [order(number) for number in free]
    importing = Import(desk).open(sheet.save(), r"3 changes · 5 refused")
    importing.wait_for_status("^%s rows read" % "{:,}".format(len(sheet.records())).replace(",", ",?"))
    lines = importing.lines()
    assert lines[free[0]] == ("Assign: " + crews()[crew], "Will be done"), lines[free[0]]
    assert lines[free[1]][0].startswith("Assign: ") and lines[free[1]][1] == "Will be done", lines[free[1]]
    assert lines[free[2]] == ("Follow-up: El cliente llama de nuevo", "Will be done"), lines[free[2]]
    for number, why in ((free[3], "there is no crew “Cuadrilla que no hay”"), (free[4], "Not possible in the state"), (free[5], "is a formula"),
                        (free[6], "key columns were changed"), (free[7], "“mañana” is no date")):
        assert lines[number][1].startswith("Refused: ") and why in lines[number][1], (number, lines[number])
    assert re.search(r"Cell [A-Z]+%d \(Crew\)" % sheet.line_of(free[3]), lines[free[3]][1]), lines[free[3]]
    assert [order(number) for number in free] == before
    importing.app.screenshot("macro-preview")


@tests.case("/macro/S0-19/only_the_refused_are_shown_when_one_asks")
def _():
    importing.press("Only refused")
    driver.wait_for(lambda: len(importing.lines()) == 5, "the five refused lines")
    importing.press("Only refused")
    driver.wait_for(lambda: len(importing.lines()) == 8, "all lines again")


@tests.case("/macro/S0-19/the_accepted_are_applied_and_taken_back_as_one_action")
def _():
    importing.press("Apply 3 changes")
    importing.wait_for_status(r"3 applied · 5 refused")
    assert {line[1] for line in importing.lines().values() if not line[1].startswith("Refused")} == {"Done"}
    driver.wait_for(lambda: order(free[0])[:2] == ("assigned", crew) and order(free[1])[:2] == ("assigned", crew), "the orders to be assigned at the server")
    importing.app.screenshot("macro-applied")
    importing.press("Undo")
    importing.wait_for_status(r"undone · ")
    driver.wait_for(lambda: order(free[0])[0] == "unassigned" and order(free[1])[0] == "unassigned", "the orders to be without crew again")
    importing.close()


def give(command, rows):
    """Somebody else's command, by despachoctl."""
    path = os.path.join(session.folder, "give.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write(rows)
    server.ctl("give", command, path)


@tests.case("/macro/S0-19/a_row_that_somebody_changed_since_is_refused")
def _():
    number, other = free[3], sorted(crews())[1]
    sheet = SheetFile(desk.export("Workbook (XLSX)", "late.xlsx"))
    sheet.write(sheet.line_of(number), "crew", crews()[crew])
    give("order.assign", "number,crew\n%s,%s\n" % (number, other))
    driver.wait_for(lambda: desk.says_count(n_open()) and order(number)[0] == "assigned", "the other's assignment")
    time.sleep(1)                               # it has to reach the window, too
    importing.open(sheet.save(), r"0 changes · 1 refused")
    assert "Changed by somebody since" in importing.lines()[number][1], importing.lines()
    assert order(number)[1] == other
    importing.close()


@tests.case("/macro/S0-19/text_comes_back_too")
def _():
    path = desk.export("Text (CSV)", "back.csv")
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    line = next(row for row in rows if row[rows[0].index("Request number")] == free[4])
    line[rows[0].index("Crew")] = crews()[crew]
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(rows)
    importing.open(path, r"1 change · 0 refused")
    importing.press("Apply 1 change")
    importing.wait_for_status(r"1 applied · 0 refused")
    driver.wait_for(lambda: order(free[4])[:2] == ("assigned", crew), "the order to be assigned at the server")


@tests.case("/macro/S0-19/a_file_that_is_no_workbook_of_here_is_named_and_nothing_happens")
def _():
    path = os.path.join(session.folder, "foreign.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("a,b\n1,2\n")
    importing.open(path)
    driver.wait_for(lambda: importing.window().maybe("label", re.compile("foreign.csv has no key columns")), "the reason")
    importing.wait_for_status(r"1 applied · 0 refused")  # of the file before


@tests.case("/macro/S0-19/without_the_server_it_works_and_what_the_server_refuses_later_is_told")
def _():
    global server
    lost, kept, other = free[5], free[6], sorted(crews())[1]
    importing.close()
    sheet = SheetFile(desk.export("Workbook (XLSX)", "away.xlsx"))
    server.stop()
    driver.wait_for(lambda: desk.window.sign().startswith("offline"), "the sign to say offline", 60)
    for number in (lost, kept):
        sheet.write(sheet.line_of(number), "crew", crews()[crew])
    importing.open(sheet.save(), r"2 changes · 0 refused")
    importing.press("Apply 2 changes")
    importing.wait_for_status(r"2 applied · 0 refused")
    give("order.assign", "number,crew\n%s,%s\n" % (lost, other))
    server = server.restarted()
    importing.wait_for_status(r"1 applied · 1 refused")
    assert importing.lines()[lost][1].startswith("Refused: ") and other in importing.lines()[lost][1], importing.lines()
    assert importing.lines()[kept][1] == "Done"
    assert order(lost)[1] == other and order(kept)[1] == crew
    importing.app.screenshot("macro-refused-later")


if __name__ == "__main__":
    with session:
        tests.main()
