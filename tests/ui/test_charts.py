#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts from outside: their figures are those of the server's database, a bar opens its orders, files are whole."""

import collections
import csv
import datetime
import os
import re
import sqlite3
import struct
import subprocess
import time
import uuid
import xml.dom.minidom

import control
import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
desk = None


def stored(sql):
    """What a plain question to the server's database says, as {first column: second}."""
    with sqlite3.connect("file:%s?mode=ro" % server.database.removeprefix("sqlite:"), uri=True) as db:
        return dict(db.execute(sql).fetchall())


def number(text):
    return int(re.sub(r"[^0-9-]", "", text))


class Charts:
    """The page of charts, in the words of those who use it."""

    def __init__(self, window):
        self.window = window
        self.app = window.app

    def open(self):
        self.app.find("push button", "Charts", tables=False).click()
        driver.wait_for(lambda: self.app.maybe("list", "Charts"), "the list of charts")
        return self

    def choose(self, title):
        row = self.app.find("list", "Charts").find(None, title)
        row.click()
        driver.wait_for(lambda: self.picture(re.escape(title)), "the picture of " + title)

    def table(self):
        return self.app.maybe("tree table", "Figures")

    def figures(self, limit=80):
        """The rows of the table of figures: name and texts."""
        return [cells for _row, cells in self.app.rows(driver.wait_for(self.table, "the figures"), limit)]

    def wait_for_figures(self, wanted, what):
        driver.wait_for(lambda: {cells[0]: number(cells[1]) for cells in self.figures()} == wanted, what)

    def picture(self, text):
        """The picture of the chart that is shown, by what it says to those who do not see it."""
        return self.app.maybe("image", re.compile(text), tables=False)

    def chips(self):
        return {button.name.removeprefix("Remove filter ")
                for button in self.app.find_all("push button", re.compile("^Remove filter "), tables=False)}

    def save_as(self, item, name):
        """Through the menu and the chooser, as a person does it. Returns the path."""
        path = os.path.join(session.folder, name)
        self.app.find("push button", "Export", tables=False).press()
        entry = driver.wait_for(lambda: self.app.maybe(None, item), item)
        time.sleep(0.3)
        entry.click()
        chooser = driver.wait_for(lambda: next((top for top in self.app.root.children() if top.has("visible") and top.name == "Save chart"), None),
                                  "the chooser")
        chooser.find("text", re.compile("^_?N_?a_?m_?e")).set_text(path)
        time.sleep(0.3)
        Window.dialog_button(chooser, "Save").press()
        driver.wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 0, path)
        return path


@tests.case("/charts/S0-16/the_overview_shows_the_four_that_matter_to_a_supervisor")
def _():
    global desk
    desk = Charts(Window(session.app(server, "supervisor")).wait_until_open()).open()
    for title in ("Penalized share and cost", "Time to attention", "First-visit success", "Assigned and unassigned through the day"):
        driver.wait_for(lambda wanted=title: desk.picture("^" + wanted), title)
    desk.app.screenshot("charts-overview")


@tests.case("/charts/S0-16/figures_are_the_databases")
def _():
    words = {"unassigned": "Unassigned", "assigned": "Assigned", "in_progress": "In progress", "to_reschedule": "To reschedule", "closed": "Closed",
             "cancelled": "Cancelled", "rejected": "Rejected", "annulled": "Annulled"}
    desk.choose("Orders by status")
    desk.wait_for_figures({words[state]: n for state, n in stored('SELECT "status", count(*) FROM "order" GROUP BY 1').items()}, "orders by status")
    desk.app.screenshot("charts-status")
    for title, column in (("Orders by group", "group"), ("Orders by type", "type")):
        desk.choose(title)
        desk.wait_for_figures(stored('SELECT "%s", count(*) FROM "order" GROUP BY 1' % column), title)
    desk.choose("Orders by day")
    days = stored("SELECT strftime('%d/%m/%Y', \"created_at\" / 1000000 - 6 * 3600, 'unixepoch'), count(*) FROM \"order\" GROUP BY 1")
    driver.wait_for(lambda: {cells[0]: number(cells[1]) for cells in desk.figures() if number(cells[1]) > 0} == days, "the office's days")
    desk.choose("Orders by distributor")
    names = stored('SELECT d."code" || \' \' || d."name", count(*) FROM "order" o JOIN "distributor" d ON d."id" = o."distributor_id" GROUP BY 1')
    driver.wait_for(lambda: {cells[0]: number(cells[1]) for cells in desk.figures() if cells[0] != "Without distributor"} == names, "distributors")


@tests.case("/charts/S0-16/enter_on_a_bar_opens_its_orders_and_the_way_back_finds_the_chart")
def _():
    types = stored('SELECT "type", count(*) FROM "order" GROUP BY 1')
    first = max(types, key=types.get)
    desk.choose("Orders by type")
    for _turn in range(6):
        driver.keys("Tab")
        if driver.try_for(lambda: desk.picture(r"^%s\. Orders: " % re.escape(first)), 0.5):
            break
    bar = driver.wait_for(lambda: desk.picture(r"^%s\. Orders: " % re.escape(first)), "the first bar in words", 5)
    assert re.search(r"\. 1 of %d\. Orders by type$" % len(types), bar.name), bar.name
    driver.keys("Down")
    bar = driver.wait_for(lambda: desk.picture(r"\. 2 of %d\. Orders by type$" % len(types)), "the second bar in words", 5)
    second = re.match(r"^(.*?)\. Orders", bar.name).group(1)
    driver.keys("Return")
    driver.wait_for(lambda: desk.window.count("All") == types[second], "the orders of " + second, 10)
    assert "Order type: " + second in desk.chips(), desk.chips()
    desk.open()
    desk.wait_for_figures(types, "all types again")
    assert not desk.chips(), desk.chips()


@tests.case("/charts/S0-16/a_row_of_the_figures_opens_them_too")
def _():
    desk.choose("Penalized share and cost")
    driver.wait_for(lambda: desk.figures() and len(desk.figures()[0]) == 5, "share, number, cost and orders")
    row, cells = desk.app.rows(desk.table(), 5)[0]
    assert re.match(r"^[0-9.]+ %$", cells[1]) and cells[3].startswith("$"), cells
    row.click(times=2)
    driver.wait_for(lambda: desk.window.count("All") == number(cells[2]), "the penalized orders of " + cells[0])
    assert "Penalized" in desk.chips(), desk.chips()
    desk.open()


@tests.case("/charts/S0-16/a_click_on_a_bar_opens_its_orders")
def _():
    desk.choose("Orders by status")
    states = stored('SELECT "status", count(*) FROM "order" GROUP BY 1')
    picture = driver.wait_for(lambda: desk.picture(r"^Orders by status\. Chart"), "the picture")
    x, y, width, _height = picture.place()
    driver.click(x + width // 4, y + 55)
    driver.wait_for(lambda: any(chip.startswith("Status: ") for chip in desk.chips()), "the filter of the first bar")
    driver.wait_for(lambda: desk.window.count("All") in states.values(), "the orders of one state")
    desk.open()


def closed_days():
    """{(crew, day): numbers of the orders that it attended then}, of orders that have both."""
    days = collections.defaultdict(list)
    with sqlite3.connect("file:%s?mode=ro" % server.database.removeprefix("sqlite:"), uri=True) as db:
        for number_of, crew, day in db.execute("SELECT number, hex(crew_id), strftime('%Y-%m-%d', closed_at / 1000000 - 6 * 3600, 'unixepoch')"
                                               " FROM \"order\" WHERE status = 'closed' AND closed_at IS NOT NULL AND crew_id IS NOT NULL"):
            days[str(uuid.UUID(crew)), day].append(number_of)
    return days


@tests.case("/charts/S0-16/kilometres_are_shared_by_the_orders_of_the_day")
def _():
    days = closed_days()
    (crew, day), numbers = max(days.items(), key=lambda one: len(one[1]))
    claim = str(uuid.uuid4())
    control.give(server, ("mileage.create", claim, {"crew_id": crew, "day": day, "claimed": 1000 * 12 * len(numbers)}),
                 ("mileage.submit", claim, None), ("mileage.approve", claim, None))
    desk.choose("Kilometres per order")
    driver.wait_for(lambda: [cells[1:4] for cells in desk.figures() if number(cells[3])] == [
        ["12.0 km", "%s km" % format(12.0 * len(numbers), ",.1f"), "%d" % len(numbers)]], "twelve kilometres for each order")
    row = next(row for row, cells in desk.app.rows(desk.table(), 80) if number(cells[3]))
    orders = number(next(cells for _row, cells in desk.app.rows(desk.table(), 80) if number(cells[3]))[4])
    row.click(times=2)
    driver.wait_for(lambda: desk.window.count("All") == orders, "the closed orders of that crew")
    desk.open()
    desk.app.screenshot("charts-kilometres")


@tests.case("/charts/S0-16/amounts_of_pre_invoices_are_those_that_they_hold")
def _():
    desk.choose("Pre-invoice amounts by month")
    today = datetime.date.today()
    server.ctl("pre_invoice", "add", "distributor=D01", "from=%s" % (today - datetime.timedelta(days=60)), "until=%s" % today)
    total = next(iter(stored('SELECT "number", "total" FROM "pre_invoice"').values()))

    def amounts():
        return [sum(column) for column in zip(*([number(text) for text in cells[1:4]] for cells in desk.figures()))]
    driver.wait_for(lambda: amounts() == [0, total, total], "the amounts of a draft")
    bill = str(uuid.UUID(next(iter(stored('SELECT hex("id"), 0 FROM "pre_invoice"')))))
    control.give(server, ("pre_invoice.submit", bill, None), ("pre_invoice.approve", bill, None))
    driver.wait_for(lambda: amounts() == [total, 0, total], "the same, approved")
    desk.app.screenshot("charts-amounts")


@tests.case("/charts/S0-16/files_are_whole")
def _():
    types = stored('SELECT "type", count(*) FROM "order" GROUP BY 1')
    desk.choose("Orders by type")
    desk.wait_for_figures(types, "orders by type")
    path = desk.save_as("Figures (CSV)", "chart.csv")
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    assert rows[0] == ["Order type", "Orders"] and {name: int(n) for name, n in rows[1:]} == types, rows
    path = desk.save_as("Picture (PNG)", "chart.png")
    with open(path, "rb") as f:
        head = f.read(24)
    assert head[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", head[16:24])[0] > 1000, head
    path = desk.save_as("Drawing (SVG)", "chart.svg")
    assert xml.dom.minidom.parse(path).documentElement.tagName == "svg"
    path = desk.save_as("Document (PDF)", "chart.pdf")
    said = subprocess.run(["pdftotext", "-layout", path, "-"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert "Orders by type" in said and all(name in said for name in types), said
    subprocess.run(["pdftoppm", "-r", "72", "-png", "-singlefile", path, os.path.join(driver.SCREENSHOTS, "charts-file")], check=False)


@tests.case("/charts/S0-16/every_chart_opens_in_spanish_and_dark_at_1366x768_but_those_of_records_that_he_does_not_see")
def _():
    spanish = Charts(Window(session.app(server, "dispatcher", env={
        "LC_ALL": "es_MX.UTF-8", "DESPACHO_LOCALE_DIR": os.path.join(driver.BUILD, "po"), "ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})))
    driver.wait_for(lambda: spanish.app.maybe("push button", "Gráfica", tables=False), "the window", 40)
    time.sleep(1.5)
    if spanish.app.dialog() is not None:
        driver.keys("Escape")
        driver.wait_for(lambda: spanish.app.dialog() is None, "the question to close")
    spanish.app.resize(1366, 768)
    spanish.app.find("push button", "Gráfica", tables=False).press()
    charts = driver.wait_for(lambda: spanish.app.maybe("list", "Gráfica"), "the list of charts")
    spanish.app.screenshot("charts-es-dark-overview")
    names = [row.name for row in charts.children()]
    assert "Kilómetros por orden" in names and "Importes de prefacturas por mes" not in names, names
    for row in charts.children()[1:]:
        row.click()
        driver.wait_for(lambda wanted=row.name: spanish.picture("^" + re.escape(wanted)), row.name)
        assert spanish.app.running()
    spanish.app.screenshot("charts-es-dark")
    spanish.app.close()


if __name__ == "__main__":
    with session:
        tests.main()
