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
        """Through the menu and the chooser. Returns the path."""
        path = os.path.join(session.folder, name)
        self.app.find("push button", "Export", tables=False).press()
        entry = driver.wait_for(lambda: self.app.maybe(None, item, tables=False), item)
        time.sleep(0.3)
        entry.click()
        chooser = driver.wait_for(lambda: next((top for top in self.tops() if top.name.startswith("Save ")), None), "the chooser")
        chooser.find("text", re.compile("^_?N_?a_?m_?e")).set_text(path)
        time.sleep(0.3)
        Window.dialog_button(chooser, "Save").press()
        driver.wait_for(lambda: self.window.says(re.compile(r"open services? in %s" % re.escape(name))), name + " to be written")
        return path


@tests.case("/macro/S0-19/the_page_shows_all_open_services_of_the_filter")
def _():
    global desk
    desk = Macro(Window(session.app(server, "supervisor")).wait_until_open()).open()
    driver.wait_for(lambda: desk.says_count(n_open()), "all open services to be counted")
    desk.app.screenshot("macro-sheet")


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


if __name__ == "__main__":
    with session:
        tests.main()
