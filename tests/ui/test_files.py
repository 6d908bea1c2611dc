#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of an order from outside: attached in its window, seen by others, signed at the closing."""

import os
import re
import time

import driver
from window import Window, picture

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = second = None


def tops(window):
    return [element for element in window.app.root.children() if element.has("visible")]


def order_window(window, number):
    return next((w for w in tops(window) if ("Order " + number) in w.name), None)


def open_order(window, number):
    row, _cells = window.rows()[number]
    row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    return driver.wait_for(lambda: order_window(window, number), "the window of order " + number)


def close_window(window, number):
    window.app.bring_to_front()
    driver.keys("Escape")
    driver.wait_for(lambda: order_window(window, number) is None, "the order's window to close")


@tests.case("/files/S0-40/a_photo_is_attached_to_the_order_and_seen_by_another")
def _():
    global first, second
    # The platform's own file chooser, with a path typed into it, is not free of warnings.
    first = Window(session.app(server, "dispatcher", env={"G_DEBUG": ""})).wait_until_open()
    first.open_tab("Unassigned")
    number = first.numbers()[0]
    path = os.path.join(session.folder, "acometida.png")
    picture(path)
    order = open_order(first, number)
    order.find("push button", "Attach files").press()
    first.choose_file(path)
    driver.wait_for(lambda: order.maybe("push button", "acometida.png"), "the file in the order's window")
    first.app.screenshot("files-order")
    close_window(first, number)
    second = Window(session.app(server, "supervisor")).wait_until_open()
    second.open_tab("Unassigned")
    order = open_order(second, number)
    driver.wait_for(lambda: order.maybe("push button", "acometida.png"), "the file in the other's window")
    close_window(second, number)
    second.app.close()


@tests.case("/files/what_is_not_a_picture_whatever_its_name_is_refused")
def _():
    path = os.path.join(session.folder, "foto.jpg")
    with open(path, "wb") as out:
        out.write(b"MZ\x90\x00 not a photograph")
    number = first.numbers()[0]
    order = open_order(first, number)
    order.find("push button", "Attach files").press()
    first.choose_file(path)
    driver.wait_for(lambda: order.maybe("label", re.compile("not a JPEG, PNG or WebP")), "the refusal")
    assert not order.maybe("push button", "foto.jpg")
    close_window(first, number)


@tests.case("/files/a_file_beyond_the_offices_quota_is_refused_by_its_name")
def _():
    folder = os.path.join(session.folder, "quota")
    os.mkdir(folder)
    with open(os.path.join(folder, "office_settings.csv"), "w", encoding="utf-8") as out:
        out.write("name,time_zone,starts,ends,weekdays,federal_holidays,risk_minutes,files_quota\n"
                  "Oficina de despacho,America/Mexico_City,08:00,18:00,1|2|3|4|5|6,yes,240,1\n")
    server.ctl("import", "catalogue", folder)
    path = os.path.join(session.folder, "larga.txt")
    with open(path, "w", encoding="utf-8") as out:
        out.write("una línea\n" * 120000)
    number = first.numbers()[0]
    order = open_order(first, number)
    time.sleep(1)                               # the new setting is on its way
    order.find("push button", "Attach files").press()
    first.choose_file(path)
    driver.wait_for(lambda: order.maybe("label", re.compile(r"quota of the distributor's files is 1.0\sMiB")), "the refusal")
    assert not order.maybe("push button", "larga.txt")
    first.app.screenshot("files-quota")
    close_window(first, number)


@tests.case("/files/S0-46/a_closing_that_asks_for_a_signature_is_signed")
def _():
    folder = os.path.join(session.folder, "signed")
    os.mkdir(folder)
    with open(os.path.join(folder, "order_types.csv"), "w", encoding="utf-8") as out:
        out.write("code,group,type,subtype,limit_minutes,counts,solutions,equipment,position,signature,checklist\n"
                  "REP,Mantenimiento,Reparación,,2880,calendar,0,,,yes,\n")
    server.ctl("import", "catalogue", folder)
    first.open_tab("Assigned")
    number = next(n for n, (_row, cells) in first.rows().items() if any("Reparación" in cell for cell in cells))
    order = open_order(first, number)
    order.find("push button", "Close").press()
    dialog = driver.wait_for(lambda: next((w for w in tops(first) if w.name.startswith("Close")), None), "the dialog")
    dialog.find("text", re.compile("^Resolution")).set_text("Se cambió el conector")
    for question in ("Attended completely: Yes", "Customer satisfied: Yes"):
        dialog.find(None, question).press()
    dialog.find("push button", re.compile("^Save")).press()
    driver.wait_for(lambda: dialog.maybe("label", "Signature is needed."), "the missing signature to be named")
    pad = dialog.find(None, "Pad for the signature")
    x, y, width, height = pad.extents()
    ox, oy = pad.centre()[0] - (x + width // 2), pad.centre()[1] - (y + height // 2)
    for a, b in (((0.2, 0.6), (0.4, 0.3)), ((0.4, 0.3), (0.5, 0.7)), ((0.55, 0.6), (0.8, 0.4))):
        driver.drag((x + ox + a[0] * width, y + oy + a[1] * height), (x + ox + b[0] * width, y + oy + b[1] * height))
    dialog.find("push button", re.compile("^Signature")).press()
    driver.wait_for(lambda: dialog.maybe("label", "Kept"), "the signature to be kept")
    first.app.screenshot("files-signature")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Assigned → Closed")), "what saving would mean")
    dialog.find("push button", re.compile("^Save")).press()
    driver.wait_for(lambda: not any(w.name.startswith("Close") for w in tops(first)), "the dialog to close")
    driver.wait_for(lambda: order.maybe("push button", "Signature.png"), "the signature among the order's files")
    driver.wait_for(lambda: first.sign().startswith("online · 0"), "everything to be sent")
    close_window(first, number)


@tests.case("/order/the_visits_of_one_problem_lead_to_each_other")
def _():
    first.open_tab("Unassigned")
    for number in first.numbers():
        order = open_order(first, number)
        time.sleep(0.5)
        if order.maybe("label", "Visits"):
            break
        close_window(first, number)
    parent = order.find("push button", re.compile(r"^90\d{4} · "))
    theirs = parent.name[:6]
    assert theirs != number and order.maybe("label", "Parent")
    first.app.screenshot("order-visits")
    parent.press()
    other = driver.wait_for(lambda: order_window(first, theirs), "the parent's window")
    driver.wait_for(lambda: other.maybe("push button", re.compile("^%s · " % number)), "the visit that came from it")


try:
    tests.main()
finally:
    session.close()
