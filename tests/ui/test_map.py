#!/usr/bin/python3
# test_map.py: the map alone, under real pointer and keys
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives map-demo, whose invented areas are a grid of thirty by thirty: code 01000 + column + 30 * row from the south."""

import os
import re
import select
import sys
import time

import driver
from driver import App, Session, Tests, drag, keys, lasso, program, type_text, wait_for

tests = Tests()

HERE = ("01397", "01398", "01399", "01427", "01428", "01429", "01457", "01458")
ARGUMENTS = ["size=1000x640", "target", "centre=19.31,-99.26,12.6"] + ["where=" + code for code in HERE]


class Map:
    """A map-demo with what it has told."""

    def __init__(self, session, *more):
        self.app = App(session, ARGUMENTS + list(more), executable=program("tests/ui/map-demo"))
        self.app.read_line(r"(?m)^ready$")
        text = self.app.output.decode()
        self.at = {code: (int(x), int(y)) for code, x, y in re.findall(r"where (\d+): (-?\d+) (-?\d+)", text)}
        self.app.root                                   # on the accessibility bus: the window is up
        wait_for(lambda: self.app.windows(), "the window")

    def after(self, action, pattern, timeout=8):
        """Does something and returns what the map then says."""
        out = self.app.process.stdout
        while select.select([out], [], [], 0.4)[0] and os.read(out.fileno(), 65536):
            pass                                        # what was said late belongs to what was done before
        self.app.output = b""
        action()
        return self.app.read_line(pattern, timeout)

    def click(self, code, **options):
        return self.after(lambda: driver.click(*self.at[code], **options), r"(?m)^selected: ?(.*)$").group(1)

    @property
    def layer(self):
        return self.app.find(name="Map of orders")


@tests.case("/map/click-selects-ctrl-adds-and-takes-away")
def _():
    with Session() as session:
        m = Map(session)
        assert m.click("01428") == "01428"
        assert m.click("01429", ctrl=True) == "01428 01429"
        assert m.click("01428", ctrl=True) == "01429"
        assert m.click("01397") == "01397"
        said = m.after(lambda: keys("Escape"), r"(?m)^selected: ?(.*)$").group(1)
        assert said == "", said


@tests.case("/map/double-click-activates")
def _():
    with Session() as session:
        m = Map(session)
        said = m.after(lambda: driver.click(*m.at["01428"], times=2), r"(?m)^activated: (\d+)$").group(1)
        assert said == "01428", said


@tests.case("/map/shift-drag-and-tools-select-what-lies-inside")
def _():
    with Session() as session:
        m = Map(session, "select=01397")
        (x0, y0), (x1, y1) = m.at["01427"], m.at["01399"]       # north west, south east
        box = ((x0 - 20, y0 - 20), (x1 + 20, y1 + 20))
        said = m.after(lambda: drag(*box, shift=True), r"(?m)^selected: ?(.*)$").group(1).split()
        inside = {"01397", "01398", "01399", "01427", "01428", "01429"}
        assert set(said) and set(said) <= inside, said
        full = set(said)

        m.app.find(name="Select with a lasso").click()
        x, y = m.at["01428"]
        loop = [(x - 25, y - 25), (x + 25, y - 25), (x + 25, y + 25), (x - 25, y + 25), (x - 25, y - 20)]
        said = m.after(lambda: lasso(loop, shift=False), r"(?m)^selected: ?(.*)$").group(1).split()
        assert said == ["01428"], said

        m.layer.click()
        m.after(lambda: keys("Escape"), r"")
        m.app.find(name="Select with a box").click()
        said = m.after(lambda: drag(*box), r"(?m)^selected: ?(.*)$").group(1).split()
        assert set(said) == full, said


@tests.case("/map/a-drag-pans-but-takes-a-selected-area-along")
def _():
    with Session() as session:
        m = Map(session)
        x, y = m.at["01428"]
        before = m.after(lambda: drag((x, y), (x + 120, y)), r"(?m)^region: (\S+) (\S+)")
        assert "selected" not in m.app.output.decode(), m.app.output
        x += 120

        assert m.after(lambda: driver.click(x, y), r"(?m)^selected: ?(.*)$").group(1) == "01428"
        target = m.app.find(name="Crew")
        said = m.after(lambda: drag((x, y), target.centre()), r"(?m)^dropped: (.*)$").group(1)
        assert said == "01428", said
        assert "region:" not in m.app.output.decode(), m.app.output
        assert float(before.group(2)) < -99.26


@tests.case("/map/a-drag-takes-the-whole-selection")
def _():
    with Session() as session:
        m = Map(session, "select=01397,01428,01429")
        target = m.app.find(name="Crew")
        said = m.after(lambda: drag(m.at["01429"], target.centre()), r"(?m)^dropped: (.*)$").group(1)
        assert said == "01397 01428 01429", said


@tests.case("/map/pans-at-its-edge-while-dragging")
def _():
    with Session() as session:
        m = Map(session, "select=01428")
        x, y, width, height = m.layer.place()
        edge = (x + width - 8, y + height // 2)
        centre = m.after(lambda: drag(m.at["01428"], edge, pause=lambda: time.sleep(1.5), cancel=True),
                         r"(?m)^region: (\S+) (\S+) (\S+)$")
        assert float(centre.group(2)) > -99.26, centre.group(0)


@tests.case("/map/keyboard-walks-codes-and-tells-them")
def _():
    with Session() as session:
        m = Map(session)
        assert m.click("01428") == "01428"
        m.after(lambda: keys("ctrl+Right"), r"")
        m.after(lambda: keys("ctrl+Right"), r"")
        told = wait_for(lambda: re.match(r"(\d{5}): ", m.layer.description), "the code under the cursor").group(1)
        said = m.after(lambda: keys("space"), r"(?m)^selected: ?(.*)$").group(1).split()
        assert set(said) == {"01428", told}, (said, told)
        wait_for(lambda: "selected" in m.layer.description, "the selection being told")
        said = m.after(lambda: keys("Return"), r"(?m)^activated: (\d+)$").group(1)
        assert said == told

        centre = m.after(lambda: keys("Right"), r"(?m)^region: (\S+) (\S+) (\S+)$")
        assert float(centre.group(2)) > -99.26
        assert float(m.after(lambda: keys("plus"), r"(?m)^region: \S+ \S+ (\S+)$").group(1)) > 12.6


@tests.case("/map/find-shows-a-code-or-says-that-there-is-none")
def _():
    with Session() as session:
        m = Map(session)
        entry = m.app.find(name="Find a postal code")
        entry.click()
        type_text("01899")
        centre = m.after(lambda: keys("Return"), r"(?m)^region: (\S+) (\S+) (\S+)$")
        assert float(centre.group(1)) > 19.4, centre.group(0)
        wait_for(lambda: m.layer.description.startswith("01899: "), "the code being told")

        entry.click()
        entry.set_text("99999")
        keys("Return")
        wait_for(lambda: "99999" in entry.description, "the entry saying that there is none")


@tests.case("/map/pins-are-chosen-and-dragged-one-by-one")
def _():
    with Session() as session:
        m = Map(session, "centre=19.31,-99.26,15", "pin")
        x, y, width, height = m.layer.place()
        middle = (x + width // 2, y + height // 2)
        assert m.after(lambda: driver.click(*middle), r"(?m)^pins: (\d+)$").group(1) == "1"
        target = m.app.find(name="Crew")
        assert m.after(lambda: drag(middle, target.centre()), r"(?m)^drag: (.*), (\d+) pins$").groups() == ("", "1")


@tests.case("/map/every-control-has-a-name")
def _():
    with Session() as session:
        m = Map(session)
        names = [found.name for found in m.app.find_all() if found.role in ("push button", "toggle button", "text",
                                                                            "combo box")]
        for wanted in ("Select with a box", "Select with a lasso", "Show all orders", "Show the selection",
                       "Find a postal code", "What the colours show", "Zoom in", "Zoom out", "Legend"):
            assert wanted in names, (wanted, names)
        m.app.screenshot("map")


if __name__ == "__main__":
    sys.exit(tests.main())
