#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes on paper, from the window: the files are read back with pdftotext and a barcode reader."""

import os
import re
import shutil
import subprocess
import time

import driver
from window import Window, picture

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
first = None
chosen = []


def named(name):
    return re.compile("^" + re.escape(name))


def top(name):
    """The window of the program whose title begins so."""
    return next((w for w in first.app.root.children() if w.has("visible") and w.name.startswith(name)), None)


def wait_top(name):
    return driver.wait_for(lambda: top(name), "the window " + name)


def read(path):
    """The words of a PDF file, page by page."""
    out = subprocess.run(["pdftotext", "-layout", path, "-"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [" ".join(page.split()) for page in out.split("\f") if page.strip()]


def images(path):
    """The pictures in a PDF file, by their size."""
    out = subprocess.run(["pdfimages", "-list", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return ["x".join(line.split()[3:5]) for line in out.splitlines()[2:] if line.split()[2] == "image"]


def scan(path, page):
    """What a scanner reads on a page."""
    prefix = path + "-%d" % page
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", "-f", str(page), "-l", str(page), path, prefix], check=True)
    return subprocess.run(["zbarimg", "--quiet", "--raw", prefix + ".png"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split()


def save_as(dialog, name):
    """Step by step as a person does it: the button, the name, Save. Returns the path."""
    path = os.path.join(session.folder, name)
    Window.dialog_button(dialog, "Save as PDF").press()
    chooser = wait_top("Save as PDF")
    entry = chooser.find("text", named("Name"))
    entry.set_text(path)
    time.sleep(0.3)
    Window.dialog_button(chooser, "Save").press()
    return path


def close(dialog_name):
    Window.dialog_button(wait_top(dialog_name), "Close").press()
    driver.wait_for(lambda: top(dialog_name) is None, "the window %s to close" % dialog_name)


def keep(path, name):
    """Where the pictures of tests are, for whoever wants to look at the sheets."""
    folder = os.path.join(driver.BUILD, "screenshots")
    os.makedirs(folder, exist_ok=True)
    shutil.copy(path, os.path.join(folder, name))


@tests.case("/paper/S0-17/the_selection_as_work_order_sheets_in_one_file")
def _():
    global first
    # A file is attached later; the platform's own file chooser is not free of warnings.
    first = Window(session.app(server, "dispatcher", env={"G_DEBUG": ""})).wait_until_open()
    first.open_tab("Assigned")
    chosen[:] = first.numbers()[:3]
    for number in chosen:
        first.tick(number)
    driver.wait_for(lambda: first.selected().startswith("3 selected"), "three selected orders")
    first.app.bring_to_front()
    driver.keys("ctrl+p")
    dialog = wait_top("Print")
    driver.wait_for(lambda: dialog.maybe("label", "3 work order sheets"), "what would be printed")
    first.app.screenshot("paper-dialog")
    path = save_as(dialog, "sheets.pdf")
    driver.wait_for(lambda: dialog.maybe("label", "3 pages written"), "the end")
    assert dialog.maybe("label", path), "it does not say where the file is"
    first.app.screenshot("paper-done")
    close("Print")
    pages = read(path)
    assert len(pages) == 3, len(pages)
    # In the order of the list, each with what the technician needs.
    for number, page in zip(chosen, pages):
        assert number in page.split()[:40], (number, page[:300])
        for word in ("Name", "Street", "Crew", "Technicians", "Result of the visit", "Rejected", "sin-acceso", "cliente-ausente", "page 1 of 1"):
            assert word in page, (word, page)
    keep(path, "work-order-sheets.pdf")


@tests.case("/paper/S0-17/the_barcode_of_each_sheet_is_its_number")
def _():
    path = os.path.join(session.folder, "sheets.pdf")
    for page, number in enumerate(chosen, 1):
        assert scan(path, page) == [number], (scan(path, page), number)


@tests.case("/paper/S0-17/one_order_from_its_own_window")
def _():
    number = chosen[1]
    row, _cells = first.rows()[number]
    row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    wait_top("Order " + number)
    time.sleep(0.5)
    driver.keys("ctrl+p")
    dialog = wait_top("Print")
    assert dialog.maybe("label", "1 work order sheet")
    path = save_as(dialog, "one.pdf")
    driver.wait_for(lambda: dialog.maybe("label", "1 page written"), "the end")
    close("Print")
    assert scan(path, 1) == [number]
    driver.keys("Escape")
    driver.wait_for(lambda: top("Order " + number) is None, "the order's window to close")


@tests.case("/paper/S0-17/photos_are_printed_with_their_order_unless_one_does_not_want_them")
def _():
    number = chosen[1]
    row, _cells = first.rows()[number]
    row.find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    order = wait_top("Order " + number)
    for name in ("acometida.png", "nota.txt"):
        path = os.path.join(session.folder, name)
        if name.endswith("png"):
            picture(path)
        else:
            with open(path, "w", encoding="utf-8") as out:
                out.write("Tocar dos veces.\n")
        order.find("push button", "Attach files").press()
        first.choose_file(path)
        driver.wait_for(lambda: order.maybe("push button", name), "the file in the order's window")
    driver.keys("ctrl+p")
    dialog = wait_top("Print")
    first.app.screenshot("paper-dialog-files")
    path = save_as(dialog, "photos.pdf")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("pages? written")), "the end")
    close("Print")
    words = " ".join(read(path))
    assert "acometida.png" in words and "Not printed here: nota.txt" in words, words
    assert images(path) == ["64x64"], images(path)
    keep(path, "work-order-with-photo.pdf")
    driver.keys("ctrl+p")
    dialog = wait_top("Print")
    dialog.find(None, "With photos and signature").press()
    path = save_as(dialog, "bare.pdf")
    driver.wait_for(lambda: dialog.maybe("label", "1 page written"), "the end")
    close("Print")
    assert images(path) == [] and "acometida.png" not in " ".join(read(path))
    driver.keys("Escape")
    driver.wait_for(lambda: top("Order " + number) is None, "the order's window to close")


@tests.case("/paper/S0-17/the_list_as_it_stands_on_A4")
def _():
    first.select_nothing()
    n = first.count("Assigned")
    first.app.bring_to_front()
    driver.keys("ctrl+p")
    dialog = wait_top("Print")
    driver.wait_for(lambda: dialog.maybe("label", "List of %d orders" % n), "the list")
    first.app.choose(dialog.find("combo box", named("Paper")), "A4")
    path = save_as(dialog, "list.pdf")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("pages? written")), "the end")
    close("Print")
    words = " ".join(read(path)).split()
    numbers = [word for word in words if re.fullmatch(r"90\d{4}", word)]
    assert len(set(numbers)) == n, (len(set(numbers)), n)
    info = subprocess.run(["pdfinfo", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert "841.89 x 595.28 pts (A4)" in info, info
    keep(path, "list-of-orders.pdf")


@tests.case("/paper/S0-17/the_file_cannot_be_written_there")
def _():
    first.app.bring_to_front()
    driver.keys("ctrl+p")
    dialog = wait_top("Print")
    locked = os.path.join(session.folder, "locked")
    os.makedirs(os.path.join(locked, "sheets.pdf"), exist_ok=True)
    first.app.choose(dialog.find("combo box", named("Paper")), "Letter")
    save_as(dialog, os.path.join("locked", "sheets.pdf"))
    # The chooser goes into a folder of that name: nothing is overwritten; Escape leaves it.
    time.sleep(0.5)
    while top("Save as PDF") is not None:
        driver.keys("Escape")
        time.sleep(0.4)
    wait_top("Print")
    driver.keys("Escape")
    driver.wait_for(lambda: top("Print") is None, "the window to close")
    assert os.path.isdir(os.path.join(locked, "sheets.pdf"))


def print_to_file(name):
    """In the system's dialog, to the only printer there is here, which writes a file; returns its path."""
    driver.wait_for(lambda: next((w for w in first.app.root.children() if w.has("visible") and w.maybe("label", re.compile("Print to File"))), None),
                    "the print dialog")
    first.app.screenshot("print-dialog")
    path = os.path.join(session.folder, name + ".pdf")
    dialog = next(w for w in first.app.root.children() if w.has("visible") and w.maybe("label", re.compile("Print to File")))
    dialog.find("label", re.compile("Print to File")).click()
    time.sleep(0.5)
    Window.dialog_button(dialog, "Print").press()
    driver.wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 1000, "the printed file", 30)
    driver.wait_for(lambda: len([w for w in first.app.root.children() if w.has("visible")]) == 1, "the print dialog to close")
    return path


@tests.case("/paper/S0-17/through_the_print_dialog_of_the_system")
def _():
    for number in chosen[:2]:
        first.tick(number)
    first.app.bring_to_front()
    driver.keys("ctrl+p")
    Window.dialog_button(wait_top("Print"), "Print").press()
    path = print_to_file("Work order sheets")
    pages = read(path)
    assert len(pages) == 2 and chosen[0] in pages[0] and chosen[1] in pages[1], pages
    assert scan(path, 1) == [chosen[0]]


@tests.case("/paper/S0-17/the_map_as_it_is_shown")
def _():
    first.app.find("push button", "Main menu", tables=False).press()
    item = driver.wait_for(lambda: first.app.maybe("menu item", named("Print the map")), "the main menu")
    time.sleep(0.3)
    item.press()
    path = print_to_file("Map of orders")
    pages = read(path)
    assert len(pages) == 1 and "Map of orders" in pages[0] and "All orders" in pages[0], pages
    # The legend and whose map it is are on it.
    assert "Unassigned orders" in pages[0] and "Natural Earth" in pages[0], pages
    keep(path, "map.pdf")


@tests.case("/paper/S0-17/a_crews_day_from_its_card_with_map_and_totals")
def _():
    first.select_nothing()
    card = first.crew_card("C-03")
    card.find("push button", named("Menu of C-03")).press()
    item = driver.wait_for(lambda: first.app.maybe("menu item", named("Print the day")), "the card's menu")
    item.press()
    dialog = wait_top("Print")
    driver.wait_for(lambda: dialog.maybe("label", named("Day of C-03")), "what would be printed")
    path = save_as(dialog, "day.pdf")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("pages? written")), "the end")
    close("Print")
    pages = read(path)
    assert re.search(r"C-03 Norte 3 .*\d+ orders?.* · capacity \d+ a day · [\d.]+ km", pages[0]), pages[0][:400]
    n = int(re.search(r"(\d+) orders?", pages[0]).group(1))
    numbers = re.findall(r"\b90\d{4}\b", " ".join(pages))
    assert len(numbers) == n > 0, (numbers, n)
    # The scale of the map, and the numbers of the visits.
    assert re.search(r"\bkm\b", pages[0])
    keep(path, "crew-day.pdf")


@tests.case("/paper/S0-17/the_contingency_pack_with_the_server_stopped")
def _():
    open_orders = first.count("Unassigned") + first.count("Assigned")
    server.stop()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 60)
    first.app.bring_to_front()
    driver.keys("ctrl+shift+p")
    dialog = wait_top("Print")
    driver.wait_for(lambda: dialog.maybe("label", "Contingency pack"), "the pack")
    first.app.screenshot("paper-pack")
    path = save_as(dialog, "pack.pdf")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("pages written")), "the end", 60)
    assert dialog.maybe("label", path), "it does not say where the file is"
    close("Print")
    pages = read(path)
    assert "Contingency pack" in pages[0] and "C-03 Norte 3" in pages[0] and "Without crew" in " ".join(pages[:2]), pages[0][:300]
    numbers = set(re.findall(r"\b90\d{4}\b", " ".join(pages)))
    assert len(numbers) == open_orders, (len(numbers), open_orders)
    # The table of contents is true.
    page = int(re.search(r"C-03 Norte 3 · \d+ orders? (\d+)", pages[0]).group(1))
    assert "C-03 Norte 3" in pages[page - 1] and "page 1 of" in pages[page - 1], pages[page - 1][:200]
    there = re.findall(r"\b90\d{4}\b", pages[page])
    assert there and set(there) <= set(numbers)
    assert sorted(scan(path, page + 1)) == sorted(there), (scan(path, page + 1), there)
    keep(path, "contingency-pack.pdf")


@tests.case("/paper/S0-17/the_pack_as_one_file_a_crew")
def _():
    first.app.bring_to_front()
    driver.keys("ctrl+shift+p")
    dialog = wait_top("Print")
    driver.wait_for(lambda: dialog.maybe("label", "One PDF file a crew"), "the switch")
    dialog.find(None, "One PDF file a crew").click()
    folder = os.path.join(session.folder, "by-crew")
    os.makedirs(folder)
    Window.dialog_button(dialog, "Save as PDF").press()
    chooser = wait_top("Folder for the files")
    time.sleep(0.5)
    driver.type_text("/")
    time.sleep(0.5)
    driver.type_text(folder[1:])
    time.sleep(0.5)
    Window.dialog_button(chooser, "Save").press()
    driver.wait_for(lambda: dialog.maybe("label", re.compile("pages written")), "the end", 60)
    close("Print")
    files = sorted(os.listdir(folder))
    assert any(name.startswith("C-03 Norte 3") and name.endswith(".pdf") for name in files), files
    assert any(name.startswith("Without crew") for name in files), files
    one = read(os.path.join(folder, next(name for name in files if name.startswith("C-03"))))
    assert "C-03 Norte 3" in one[0] and "C-01 Norte 1" not in " ".join(one)


@tests.case("/paper/S0-17/paper_is_proposed_when_the_server_stays_away")
def _():
    notice = driver.wait_for(lambda: first.app.maybe("label", re.compile("there is the contingency pack"), tables=False), "the notice", 90)
    assert notice
    first.app.screenshot("paper-notice")
    first.press("Contingency pack…")
    dialog = wait_top("Print")
    driver.keys("Escape")
    driver.wait_for(lambda: top("Print") is None, "the window to close")
    assert dialog is not None


try:
    tests.main()
finally:
    session.close()
