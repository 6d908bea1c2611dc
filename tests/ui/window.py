# window.py: the window of Despacho in the words of those who use it
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests do with the main window: tabs, rows by order number, the action bar, the crew cards. Everything is found
by its accessible name, which is English when LANG is C."""

import re
import struct
import time
import zlib

from gi.repository import GLib

import driver

NUMBER = re.compile(r"^\s*(90\d{4})\s*$")


def picture(path):
    """A small PNG: a red square."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xc0\x20\x20" * 64 for _ in range(64))
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)) +
                  chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Window:
    """The main window of a despacho that is signed in."""

    def __init__(self, app):
        self.app = app
        self._found = {}

    def _part(self, role, name):
        """A part of the window that stays, by the beginning of its name. Looked for once: there are many nodes."""
        element = self._found.get((role, name))
        try:
            if element is not None and element.name.startswith(name):
                return element
        except GLib.Error:
            pass                                # it has gone
        element = self.app.maybe(role, re.compile("^" + re.escape(name)), tables=False)
        self._found[role, name] = element
        return element

    def wait_until_open(self, password=None, timeout=40):
        """Signed in and showing orders. Who came with a one-time key is asked for a password: set it, or put it off."""
        driver.wait_for(lambda: self.count("All") > 0, "orders in the window of %s" % self.app.label, timeout)
        dialog = driver.try_for(self.app.dialog, 2)
        if dialog is None:
            return self
        first = dialog.find("text", "New password")
        if password is None:
            self.dialog_button(dialog, "Later").press()
        else:
            first.set_text(password)
            dialog.find("text", "Once more").set_text(password)
            self.dialog_button(dialog, "Set password").press()
        driver.wait_for(lambda: self.app.dialog() is None, "the question to close")
        return self

    @staticmethod
    def dialog_button(dialog, name):
        """A button of a dialog. The mnemonic's underscore is part of an accessible name."""
        return dialog.find("push button", re.compile("^" + "_?".join([""] + [re.escape(c) for c in name])))

    # Tabs and counts

    def _tab(self, name):
        return self._part("push button", name + ": ")

    def count(self, name):
        """The number that a tab shows."""
        tab = self._tab(name)
        digits = re.sub(r"\D", "", tab.name.split(":")[1]) if tab else ""
        return int(digits) if digits else 0

    def open_tab(self, name):
        self._tab(name).click()
        driver.wait_for(lambda: self._tab(name).has("pressed"), "the tab " + name)
        time.sleep(0.2)

    # The list

    def table(self):
        return driver.wait_for(lambda: self._part("tree table", "Orders"), "the list of orders")

    def rows(self, limit=12):
        """The first rows, by number: (element, texts of the cells)."""
        found = {}
        for row, cells in self.app.rows(self.table(), limit):
            number = next((NUMBER.match(cell).group(1) for cell in cells if NUMBER.match(cell)), None)
            if number:
                found[number] = (row, cells)
        return found

    def numbers(self, limit=12):
        return list(self.rows(limit))

    def tick(self, number):
        """Step 1: the box of a row."""
        row, _cells = self.rows()[number]
        row.find("check box", "Select order").click()

    def selected(self):
        """What the action bar says about the selection, or nothing."""
        label = self._part("status bar", "")
        said = label.name if label is not None else ""
        return "" if said == "Nothing selected" else said

    # The action bar

    def choose_crew(self, code):
        """Step 2: a crew in the drop-down."""
        def on_screen():
            """Pages that are not shown have one too, without a size."""
            return next((box for box in self.app.find_all("combo box", "Crew", tables=False) if box.extents()[2] > 0), None)
        self.app.choose(driver.wait_for(on_screen, "the choice of a crew"), re.compile("^%s " % re.escape(code)))

    def press(self, name):
        """Step 3, or any other button of the page."""
        button = self.app.find("push button", name, tables=False)
        driver.wait_for(lambda: button.has("sensitive"), "the button %s to be usable" % name)
        button.press()

    def assign(self, code, reason="Agreed with the crew"):
        """Steps 2 and 3; a crew that the rules warn about is given a reason."""
        self.choose_crew(code)
        self.press("Assign")
        self.give_reason(reason)

    def give_reason(self, reason, button="Assign"):
        dialog = driver.try_for(self.app.dialog, 1)
        if dialog is None:
            return                              # nothing to warn about
        dialog.find("text", "Reason").set_text(reason)
        self.dialog_button(dialog, button).press()
        driver.wait_for(lambda: self.app.dialog() is None, "the question to close")

    # The header bar

    def sign(self):
        """What the connection sign says."""
        button = self._found.get("sign")
        if button is None:
            button = self.app.find("push button", re.compile("^(online|offline|connecting|fetching)"), tables=False)
            self._found["sign"] = button
        return button.name

    def says(self, pattern):
        """Whether a toast, a dialog or a notice says something."""
        return self.app.maybe("label", pattern, tables=False)

    def select_nothing(self):
        if self.selected():
            self.press("Select nothing")
            driver.wait_for(lambda: self.selected() == "", "nothing to be selected")

    def close_dialogs(self):
        while self.app.dialog() is not None:
            self.app.bring_to_front()
            driver.keys("Escape")
            time.sleep(0.5)

    # The crews

    def cards(self):
        return driver.wait_for(lambda: self._part("list", "Crews"), "the crew cards")

    def crew_card(self, code):
        """The card of a crew: its name says the load, as in "C-01 Norte 1, 5/6"."""
        return self.cards().find("panel", re.compile("^%s " % re.escape(code)))

    # Files

    def choose_file(self, path, title="Attach files"):
        """In the platform's chooser of files to attach a path is typed. Its warnings are not ours: G_DEBUG must be empty."""
        def open_chooser():
            return any(w.has("visible") and w.name == title for w in self.app.root.children())
        driver.wait_for(open_chooser, "the file chooser")
        time.sleep(0.5)
        driver.type_text("/")
        time.sleep(0.3)
        driver.keys("ctrl+a")
        driver.type_text(path)
        time.sleep(0.5)
        driver.keys("Return")
        driver.wait_for(lambda: not open_chooser(), "the file chooser to close")

    def stops(self, code):
        """The numbers of the orders in a crew's day, as its open card lists them."""
        card = self.crew_card(code)
        names = (e.name for e in card.find_all("push button", re.compile(r"^Order \d+ at ")))
        return [re.match(r"Order (\d+)", name).group(1) for name in names]

    def stop(self, code, number):
        return self.crew_card(code).find("push button", re.compile(r"^Order %s at " % number))
