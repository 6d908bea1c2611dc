#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of kilometres from outside: a crew's office enters and submits, a supervisor decides, with and without server."""

import collections
import json
import os
import re
import time
import uuid

import control
import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
desk = None


def listed(entity):
    return [json.loads(line) for line in server.ctl("--json", entity, "list").splitlines()]


def busiest_days():
    """(crew's code, its id, day, numbers of its orders) by how many were attended, the most first."""
    with open(os.path.join(driver.SOURCE, "data", "demo", "assignments.csv"), encoding="utf-8") as file:
        codes = dict(line.strip().split(",") for line in file)
    days = collections.defaultdict(list)
    for order in listed("order"):
        # Crews that stand in a list without scrolling.
        if order.get("closed_at") and codes.get(order["number"], "C-99") < "C-09":
            days[codes[order["number"]], order["crew_id"], order["closed_at"][:10]].append(order["number"])
    return [(*key, numbers) for key, numbers in sorted(days.items(), key=lambda one: -len(one[1]))]


def claim(crew, day, metres, **more):
    record = str(uuid.uuid4())
    control.give(server, ("mileage.create", record, dict(crew_id=crew, day=day, claimed=metres, **more)), ("mileage.submit", record, None))
    return record


class Desk:
    """The page of kilometres, in the words of those who use it."""

    def __init__(self, user):
        self.window = Window(session.app(server, user)).wait_until_open()
        self.app = self.window.app
        self.app.find("push button", "Mileage", tables=False).press()
        driver.wait_for(lambda: self.view("All"), "the page of kilometres")

    def view(self, name):
        return self.app.maybe("push button", re.compile("^%s [0-9,]+$" % name), tables=False)

    def count(self, name):
        return int(self.view(name).name.rsplit(" ", 1)[1].replace(",", ""))

    def open(self, name):
        self.view(name).click()
        driver.wait_for(lambda: self.view(name).has("pressed"), "the view " + name)
        time.sleep(0.3)

    def rows(self, limit=12):
        """Cells of the first rows, from the top: day, crew, order, claimed, proposed, above, approved, status."""
        table = driver.wait_for(lambda: self.app.maybe("tree table", "Claims of kilometres"), "the list")
        return [(row, cells) for row, cells in self.app.rows(table, limit)]

    def choose_row(self, position):
        row, cells = self.rows()[position]
        row.click()
        title = re.compile("^%s · %s" % (re.escape(cells[1]), re.escape(cells[0])))
        driver.wait_for(lambda: self.app.maybe("label", title, tables=False), "the facts of %s" % cells[1])
        return cells

    def says(self, pattern):
        return self.app.maybe("label", re.compile(pattern), tables=False)

    def new_claim(self):
        self.app.find("push button", "Claim kilometres", tables=False).press()
        return driver.wait_for(self.app.dialog, "the form")

    def write(self, dialog, name, text):
        dialog.find("text", re.compile("^" + re.escape(name))).click()
        driver.keys("ctrl+a")
        driver.type_text(text)

    def choose(self, dialog, list_of, text):
        """One of a list, by the beginning of its name."""
        self.app.choose(dialog.find("combo box", re.compile("^" + list_of)), re.compile("^%s " % text))

    def press(self, dialog, button):
        self.window.dialog_button(dialog, button).press()


def local(day):
    """2026-11-28 as it is typed."""
    return "/".join(reversed(day.split("-")))


days = busiest_days()


@tests.case("/mileage/S0-03/the_crews_office_sees_the_proposal_beside_the_claim_and_submits")
def _():
    office = Desk("distributor")
    dialog = office.new_claim()
    office.choose(dialog, "Crew", "C-09")
    driver.wait_for(lambda: office.says("^When the crew, the day and the kilometres are said"), "what is still missing")
    office.write(dialog, "Claimed (km)", "31.5")
    driver.wait_for(lambda: office.says(r"^31\.5 km are claimed\.$"), "the claim")
    driver.wait_for(lambda: office.says(r"^[\d.]+ km are proposed\. Straight line|^Nothing is proposed"), "the proposal")
    office.app.screenshot("mileage-form")
    office.press(dialog, "Save and submit")
    driver.wait_for(lambda: office.app.dialog() is None, "the form to close")
    driver.wait_for(lambda: office.count("To approve") == 1, "the submitted claim")
    office.app.close()


@tests.case("/mileage/S0-03/bad_input_is_refused_with_both_figures_and_the_form_keeps_what_was_typed")
def _():
    office = Desk("dispatcher")
    dialog = office.new_claim()
    office.choose(dialog, "Crew", "C-03")
    office.write(dialog, "At the start (km)", "12000.5")
    office.write(dialog, "At the end (km)", "11990")
    driver.wait_for(lambda: office.says(r"runs backwards: from 12000\.5 km to 11990\.0 km"), "the odometer's two figures")
    office.app.screenshot("mileage-backwards")
    office.write(dialog, "At the end (km)", "99999999999")
    office.press(dialog, "Save")
    driver.wait_for(lambda: office.says("99999999999"), "the huge figure to be named")
    office.write(dialog, "At the end (km)", "5")
    driver.keys("Home")
    driver.keys("minus")
    office.press(dialog, "Save")
    driver.wait_for(lambda: office.says("-5"), "the negative figure to be named")
    office.write(dialog, "At the end (km)", "12030")
    office.write(dialog, "Day", "31/12/2098")
    driver.wait_for(lambda: office.says("2098-12-31, a day that has not come"), "the day to come to be named")
    assert dialog.find("text", re.compile("^At the start")).text == "12000.5"
    driver.keys("Escape")
    driver.wait_for(lambda: office.app.dialog() is None, "the form to close")
    office.app.close()


@tests.case("/mileage/S0-03/by_order_its_own_way_is_proposed")
def _():
    global desk
    desk = Desk("supervisor")
    code, _crew, day, numbers = days[-2]
    dialog = desk.new_claim()
    desk.choose(dialog, "Crew", code)
    desk.write(dialog, "Day", local(day))
    time.sleep(1)                               # the day's orders are offered a moment after the day was typed
    desk.choose(dialog, "Of the whole day", numbers[0])
    desk.write(dialog, "Claimed (km)", "4")
    driver.wait_for(lambda: desk.says(r"^[\d.]+ km are proposed\. Straight line"), "the way to that order")
    desk.press(dialog, "Save")
    driver.wait_for(lambda: desk.app.dialog() is None, "the form to close")
    desk.open("Captured")
    driver.wait_for(lambda: [cells[2] for _r, cells in desk.rows()] == [numbers[0]], "the claim of order " + numbers[0])


@tests.case("/mileage/S0-03/exceptions_come_first_and_are_told_by_sign_and_figure")
def _():
    for (_code, crew, day, _numbers), metres in zip(days, [30000, 900000, 1000, 45000, 60000, 2000]):
        claim(crew, day, metres)
    desk.open("To approve")
    driver.wait_for(lambda: desk.count("To approve") >= 6, "the submitted claims", 40)
    above = lambda: [float(re.sub("[^0-9−]", "", cells[5]).replace("−", "-") or "-999") for _r, cells in desk.rows()]
    driver.wait_for(lambda: above() == sorted(above(), reverse=True) and above()[0] > 100, "those farthest above first")
    marked = [cells for _r, cells in desk.rows() if "▲" in cells[5]]
    assert len(marked) == desk.count("Above the proposal") > 0, marked
    desk.choose_row(0)
    driver.wait_for(lambda: desk.says("above the proposal|more than ten times"), "how far above in words")
    assert desk.says("^Straight line with the office's factor$"), "who proposes"
    desk.app.screenshot("mileage-exceptions")


@tests.case("/mileage/S0-15/the_orders_that_a_claim_pays_stand_beside_it_and_the_kilometres_of_the_list_are_added_up")
def _():
    code, crew, day, numbers = days[0]
    position = next(i for i, (_r, cells) in enumerate(desk.rows()) if cells[1].startswith(code + " ") and cells[0] == local(day))
    desk.choose_row(position)

    def beside():
        shown = (re.match(r"^Open order (\S+),", button.name) for button in desk.app.find_all("push button", re.compile("^Open order ."), tables=False))
        return sorted(match.group(1) for match in shown if match)
    driver.wait_for(lambda: beside() == sorted(numbers), "the orders of that day: %s" % numbers)
    driver.wait_for(lambda: desk.says("^%d orders, [0-9.]+ km for each$" % len(numbers)), "how many there are")
    claims = [c for c in listed("mileage") if c["state"] == "submitted"]
    claimed = "%.1f" % (sum(c["claimed"] for c in claims) / 1000)
    driver.wait_for(lambda: desk.says(r"^%d claims · claimed: %s km · approved: 0\.0 km$" % (len(claims), re.escape(claimed))), "the sum %s" % claimed)
    desk.app.find("push button", re.compile("^Open order %s," % numbers[0]), tables=False).click()
    driver.wait_for(lambda: desk.app.maybe("frame", re.compile(re.escape(numbers[0])), tables=False), "the order's window")
    driver.keys("Escape")
    driver.wait_for(lambda: not desk.app.maybe("frame", re.compile(re.escape(numbers[0])), tables=False), "the order's window to close")


@tests.case("/mileage/S0-03/one_key_approves_and_the_next_one_stands_there")
def _():
    before, approved = desk.count("To approve"), desk.count("Approved")
    desk.choose_row(0)
    second = desk.rows()[1][1]
    driver.keys("a")
    driver.wait_for(lambda: desk.count("To approve") == before - 1 and desk.count("Approved") == approved + 1, "one less")
    driver.wait_for(lambda: desk.says("^%s · %s" % (re.escape(second[1]), re.escape(second[0]))), "the claim after it")


@tests.case("/mileage/S0-03/adjusted_with_a_reason_to_what_was_proposed")
def _():
    before = desk.count("To approve")
    cells = desk.choose_row(0)
    driver.keys("u")
    field = driver.wait_for(lambda: desk.app.maybe("text", "Approved (km)", tables=False), "the field for the kilometres")
    assert abs(float(field.text) - float(cells[4].replace(",", ""))) < 0.1, (field.text, cells)
    driver.type_text("99999999")
    driver.keys("Return")
    driver.wait_for(lambda: desk.says("99999999"), "the figure that is too large to be named")
    driver.keys("ctrl+a")
    driver.type_text("0.5")
    driver.keys("Return")
    driver.wait_for(lambda: desk.says("needs its reason"), "the missing reason to be named")
    driver.type_text("Hay un camino más corto")
    driver.keys("Return")
    driver.wait_for(lambda: desk.count("To approve") == before - 1, "one less")
    desk.open("Approved")
    driver.wait_for(lambda: ("0.5", "Adjusted") in [(c[6], c[7]) for _r, c in desk.rows()], "the adjusted claim")
    desk.open("To approve")


@tests.case("/mileage/S0-03/refused_with_a_reason_and_corrected_by_whoever_claimed")
def _():
    refused = desk.count("Refused")
    desk.choose_row(0)
    driver.keys("r")
    driver.wait_for(lambda: desk.app.maybe("text", "Why is it refused?", tables=False), "the question for the reason")
    time.sleep(0.2)
    driver.type_text("Falta la foto del tablero")
    driver.keys("Return")
    driver.wait_for(lambda: desk.count("Refused") == refused + 1, "the refused claim")
    desk.open("Refused")
    desk.choose_row(0)
    driver.wait_for(lambda: desk.says("^Falta la foto del tablero$"), "the reason among the facts")
    desk.app.find("push button", "Change claim", tables=False).press()
    dialog = driver.wait_for(desk.app.dialog, "the form")
    desk.write(dialog, "Claimed (km)", "7")
    desk.press(dialog, "Save and submit")
    driver.wait_for(lambda: desk.count("Refused") == refused, "the claim to be submitted again")
    desk.open("To approve")


@tests.case("/mileage/S0-03/many_are_approved_at_once_and_without_the_server")
def _():
    global server
    server.stop()
    driver.wait_for(lambda: desk.window.sign().startswith("offline"), "the sign to say offline", 30)
    before, approved = desk.count("To approve"), desk.count("Approved")
    assert before >= 3, before
    desk.choose_row(0)
    driver.keys("shift+Down")
    driver.keys("shift+Down")
    driver.keys("a")
    driver.wait_for(lambda: desk.says(r"^3 claims, [\d.]+ km$"), "how many, and what they come to")
    desk.app.screenshot("mileage-many")
    driver.keys("Return")
    driver.wait_for(lambda: desk.count("To approve") == before - 3 and desk.count("Approved") == approved + 3, "three less")
    dialog = desk.new_claim()
    desk.choose(dialog, "Crew", days[-1][0])
    desk.write(dialog, "Day", local(days[-1][2]))
    desk.write(dialog, "Claimed (km)", "12.3")
    driver.wait_for(lambda: desk.says(r"^[\d.]+ km are proposed\. Straight line"), "the proposal, without the server")
    desk.press(dialog, "Save and submit")
    driver.wait_for(lambda: desk.count("To approve") == before - 2, "the claim that waits to be sent")
    server = server.restarted()
    driver.wait_for(lambda: desk.window.sign().startswith("online"), "the sign to say online", 60)
    driver.wait_for(lambda: sum(c["state"] in ("approved", "adjusted") for c in listed("mileage")) == approved + 3 and
                    any(c["claimed"] == "12.3" or c["claimed"] == 12300 for c in listed("mileage")), "all of it at the server", 40)
    desk.app.screenshot("mileage-after")


if __name__ == "__main__":
    with session:
        tests.main()
