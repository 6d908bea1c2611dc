#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pre-invoice goes into files, from the window: each form is read back with a program of its own."""

import csv
import datetime
import json
import os
import re
import subprocess
import time
import xml.etree.ElementTree as xml
import zipfile

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = None
number = None
title = None            # of the window that saves
written = {}            # form -> path


def day(ago):
    return (datetime.date.today() - datetime.timedelta(days=ago)).strftime("%d/%m/%Y")


def named(name):
    return re.compile("^" + re.escape(name))


def top(name):
    """The window of the program whose title begins so."""
    return next((w for w in first.app.root.children() if w.has("visible") and w.name.startswith(name)), None)


def wait_top(name):
    return driver.wait_for(lambda: top(name), "the window " + name)


def panel():
    return first.app.find("panel", "Pre-invoices", tables=False)


def button(name):
    return driver.wait_for(lambda: next((e for e in panel().find_all("push button", name, tables=False) if e.has("visible")), None),
                           "the button " + name)


def pre_invoices():
    table = driver.wait_for(lambda: panel().maybe("tree table", "Pre-invoices"), "the list")
    return [(row, cells) for row, cells in first.app.rows(table) if re.match(r"^[A-Z]*\d+$", cells[0])]


def save_as(form, name):
    """The button, the form, the name, Save. Returns the window and the path."""
    path = os.path.join(session.folder, name)
    button("Print or export").click()
    dialog = wait_top(title)
    dialog.find(None, named(form)).press()
    time.sleep(0.2)
    if form == "PDF document":
        first.app.screenshot("pre-invoice-export")
    Window.dialog_button(dialog, "Save").press()
    chooser = wait_top("Save pre-invoice")
    chooser.find("text", named("Name")).set_text(path)
    time.sleep(0.3)
    Window.dialog_button(chooser, "Save").press()
    return dialog, path


def close():
    Window.dialog_button(wait_top(title), "Close").press()
    driver.wait_for(lambda: top(title) is None, "the window to close")


@tests.case("/documents/S0-04/a_pre_invoice_is_saved_in_each_form")
def _():
    global first, number, title
    # The platform's own file chooser is not free of warnings.
    first = Window(session.app(server, "distributor", env={"G_DEBUG": ""})).wait_until_open()
    first.app.find("push button", "Pre-invoices", tables=False).click()
    time.sleep(0.5)
    button("New pre-invoice").click()
    dialog = wait_top("New pre-invoice")
    dialog.find("text", named("From")).set_text(day(60))
    dialog.find("text", named("Until")).set_text(day(0))
    driver.wait_for(lambda: Window.dialog_button(dialog, "Generate").has("sensitive"), "a preview")
    Window.dialog_button(dialog, "Generate").press()
    driver.wait_for(pre_invoices, "the pre-invoice with its number", 40)
    row, cells = pre_invoices()[0]
    number = cells[0]
    title = "Pre-invoice " + number
    row.click()
    for form, end in (("PDF document", "pdf"), ("Spreadsheet (XLSX)", "xlsx"), ("Lines as CSV", "csv"), ("Exchange file (JSON)", "json"),
                      ("Exchange file (XML)", "xml")):
        dialog, path = save_as(form, "document." + end)
        driver.wait_for(lambda: dialog.maybe("label", re.compile(r"(pages?|lines?) written$")), "the end of " + form)
        assert dialog.maybe("label", path), "it does not say where the file is"
        written[end] = path
        if end == "pdf":
            first.app.screenshot("pre-invoice-export-done")
        close()


@tests.case("/documents/S0-04/all_forms_say_the_same_and_add_up")
def _():
    document = json.load(open(written["json"], encoding="utf-8"))
    head, lines = document["pre_invoice"], document["lines"]
    assert document["format"] == "despacho.pre_invoice" and document["version"] == 1 and head["number"] == number
    assert len(lines) == head["n_lines"] > 3
    assert sum(line["amount"] for line in lines) == head["subtotal"] - head["deductions"]
    assert head["total"] == head["subtotal"] - head["deductions"] + head["vat"] - head["vat_withheld"] - head["income_withheld"]
    tree = xml.parse(written["xml"]).getroot()
    assert tree.find("pre_invoice/total").text == str(head["total"])
    assert [line.find("id").text for line in tree.findall("lines/line")] == [line["id"] for line in lines]
    rows = list(csv.DictReader(open(written["csv"], encoding="utf-8-sig", newline="")))
    assert [round(float(row["Amount"]) * 100) for row in rows] == [line["amount"] for line in lines]
    with zipfile.ZipFile(written["xlsx"]) as book:
        front = book.read("xl/worksheets/sheet1.xml").decode()
    total = re.search(r"<t>Total</t></is></c><c [^>]*><f>ROUND\(B[^<]*</f><v>([\d.]+)</v>", front)
    assert total and round(float(total.group(1)) * 100) == head["total"], front
    words = " ".join(subprocess.run(["pdftotext", "-layout", written["pdf"], "-"], stdout=subprocess.PIPE, text=True, check=True).stdout.split())
    for text in ("Pre-invoice " + number, head["issuer"], "Amount in words", "page 1 of ", "{:,.2f}".format(head["total"] / 100)):
        assert text in words, (text, words)
    assert all(line["number"] in words for line in lines)


@tests.case("/documents/S0-04/printed_through_the_dialog_of_the_system")
def _():
    def papers():
        return {name for name in os.listdir(session.folder) if name.endswith(".pdf")}
    def system():
        return next((w for w in first.app.root.children() if w.has("visible") and w.maybe("label", re.compile("Print to File"))), None)
    before = papers()
    button("Print or export").click()
    Window.dialog_button(wait_top(title), "Print").press()
    dialog = driver.wait_for(system, "the print dialog")
    first.app.screenshot("pre-invoice-print")
    # The only printer here writes a file.
    dialog.find("label", re.compile("Print to File")).click()
    driver.wait_for(lambda: Window.dialog_button(dialog, "Print").has("sensitive"), "the printer to be chosen")
    Window.dialog_button(dialog, "Print").press()
    driver.wait_for(lambda: papers() - before, "the printed file", 30)
    driver.wait_for(lambda: len([w for w in first.app.root.children() if w.has("visible")]) == 1, "the print dialog to close")
    path = os.path.join(session.folder, (papers() - before).pop())
    printed, saved = (subprocess.run(["pdftotext", "-layout", file, "-"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
                      for file in (path, written["pdf"]))
    assert printed == saved, "what is printed is not what is saved"


@tests.case("/documents/S0-04/left_with_escape_and_nothing_is_written")
def _():
    before = sorted(os.listdir(session.folder))
    button("Print or export").click()
    wait_top(title)
    driver.keys("Escape")
    driver.wait_for(lambda: top(title) is None, "the window to close")
    assert sorted(os.listdir(session.folder)) == before


try:
    tests.main()
finally:
    session.close()
