# window.py: the window of Despacho in the words of those who use it
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests do with the main window: tabs, rows by order number, the action bar, the crew cards. Everything is found
by its accessible name, which is English when LANG is C."""

import re
import time

import driver

NUMBER = re.compile(r"^\s*(90\d{4})\s*$")


class Window:
    """The main window of a despacho that is signed in."""

    def __init__(self, app):
        self.app = app

    def wait_until_open(self, timeout=40):
        """Signed in and showing orders."""
        driver.wait_for(lambda: self.count("All") > 0, "orders in the window of %s" % self.app.label, timeout)
        return self

    # Tabs and counts

    def _tab(self, name):
        return self.app.maybe("toggle button", re.compile("^%s: " % name), tables=False)

    def count(self, name):
        """The number that a tab shows."""
        tab = self._tab(name)
        digits = re.sub(r"\D", "", tab.name.split(":")[1]) if tab else ""
        return int(digits) if digits else 0

    def open_tab(self, name):
        self._tab(name).click()
        driver.wait_for(lambda: self._tab(name).has("checked") or self._tab(name).has("pressed"), "the tab " + name)
        time.sleep(0.2)

    # The list

    def table(self):
        return self.app.find("tree table", "Orders")

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
        label = self.app.maybe("label", re.compile(r"^[\d,.]+ selected"), tables=False)
        return label.text if label is not None and label.has("showing") else ""

    # The action bar

    def choose_crew(self, code):
        """Step 2: a crew in the drop-down."""
        self.app.choose(self.app.find("combo box", "Crew", tables=False), re.compile("^%s " % re.escape(code)))

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

    def give_reason(self, reason):
        try:
            entry = driver.wait_for(lambda: self.app.maybe("text", "Reason", tables=False), "a question for a reason", 1)
        except driver.Failure:
            return                              # nothing to warn about
        entry.set_text(reason)
        dialog = entry
        while dialog.role not in ("dialog", "alert", "frame", "window"):
            dialog = dialog.parent
        dialog.find("push button", re.compile("^_?(Assign|Move|Reassign)")).press()
        driver.wait_for(lambda: self.app.maybe("text", "Reason", tables=False) is None, "the question to close")

    # The header bar

    def sign(self):
        """What the connection sign says."""
        button = self.app.maybe("push button", re.compile("^(Online|Offline|Connecting|Synchroni)", re.IGNORECASE),
                                tables=False)
        if button is None:
            return ""
        return button.name

    def crew_card(self, code):
        return self.app.find(None, re.compile("^%s " % re.escape(code)), tables=False)
