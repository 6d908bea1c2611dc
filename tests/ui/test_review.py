#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The review desk from outside: a supervisor goes through penalties by keyboard, alone and many, with and without server."""

import json
import os
import re
import time

import driver
from window import Window, picture

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
desk = other = None


class Desk:
    """The page of the review desk, in the words of those who use it."""

    def __init__(self, window):
        self.window = window
        self.app = window.app

    def open(self):
        self.app.find("push button", "Review desk", tables=False).click()
        driver.wait_for(lambda: self.view("To review"), "the review desk")
        driver.wait_for(lambda: self.count("To review") > 0, "penalties of the demonstration", 40)
        return self

    def view(self, name):
        return self.app.maybe("push button", re.compile("^%s [0-9,]+$" % name), tables=False)

    def count(self, name):
        return int(self.view(name).name.rsplit(" ", 1)[1].replace(",", ""))

    def queue(self):
        return driver.wait_for(lambda: self.app.maybe("tree table", "Penalties"), "the queue")

    def rows(self, limit=12):
        """(number, cells) of the first rows, from the top."""
        return [(cells[0], row, cells) for row, cells in self.app.rows(self.queue(), limit)]

    def chosen(self):
        """The number of the order whose facts are shown."""
        label = self.app.maybe("label", re.compile(r"^Order 90\d{4}$"), tables=False)
        return label.name.split()[1] if label else None

    def choose(self, position):
        number, row, _cells = self.rows()[position]
        row.click()
        driver.wait_for(lambda: self.chosen() == number, "the facts of order " + number)
        return number

    def write(self, text):
        """In the field that has the keyboard, over what stands there."""
        driver.keys("ctrl+a")
        driver.type_text(text)

    def judged(self):
        """How many are no longer to be reviewed: those to review grow by themselves while orders become late."""
        return self.count("All") - self.count("To review")

    def says(self, pattern):
        return self.app.maybe("label", re.compile(pattern), tables=False)


@tests.case("/review/S0-28/penalties_come_to_the_supervisors_desk_by_themselves_with_their_facts")
def _():
    global desk
    # The platform's own file chooser is not free of warnings.
    desk = Desk(Window(session.app(server, "supervisor", env={"G_DEBUG": ""})).wait_until_open()).open()
    rows = desk.rows()
    assert len(rows) > 3, rows
    driver.wait_for(lambda: desk.chosen() == rows[0][0], "the first case chosen by itself")
    driver.keys("j")
    driver.wait_for(lambda: desk.chosen() == rows[1][0], "the next case by its key, without a click")
    money = [float(cells[3].replace("$", "").replace(",", "")) for _n, _r, cells in rows]
    assert money == sorted(money, reverse=True) and money[0] > 0, money
    desk.choose(0)
    for title in ("Fault", "Crew of that day", "Order", "Earlier verdicts", "Time line"):
        assert desk.says("^%s$" % title), title
    assert desk.says("late by")
    desk.app.screenshot("review-desk")


@tests.case("/review/one_key_confirms_and_the_next_case_stands_there")
def _():
    before, confirmed = desk.judged(), desk.count("Confirmed")
    first, second = desk.choose(0), desk.rows()[1][0]
    driver.keys("c")
    driver.wait_for(lambda: desk.chosen() == second, "the case after " + first)
    driver.wait_for(lambda: desk.judged() == before + 1, "one case less")
    assert desk.count("Confirmed") == confirmed + 1
    third = desk.rows()[1][0]
    driver.keys("j")
    driver.wait_for(lambda: desk.chosen() == third, "the next case")
    driver.keys("k")
    driver.wait_for(lambda: desk.chosen() == second, "the case before")


@tests.case("/review/a_penalty_is_waived_with_its_reason_and_the_order_turns_back")
def _():
    before, waived, number = desk.judged(), desk.count("Waived"), desk.chosen()
    driver.keys("e")
    driver.wait_for(lambda: desk.app.maybe("text", "Why is it waived?", tables=False), "the question for the reason")
    time.sleep(0.2)
    driver.keys("Return")
    driver.wait_for(lambda: desk.says("needs its reason"), "the missing reason to be named")
    desk.write("Corte de luz en la zona")
    path = os.path.join(session.folder, "corte-de-luz.png")
    picture(path)
    desk.app.find("push button", "Document", tables=False).press()
    desk.window.choose_file(path, "Document")
    driver.wait_for(lambda: desk.app.maybe("push button", "Document attached", tables=False), "the document to be attached")
    desk.app.screenshot("review-waive")
    desk.app.find("text", "Why is it waived?", tables=False).click()
    driver.keys("Return")
    driver.wait_for(lambda: desk.judged() == before + 1, "one case less")
    driver.wait_for(lambda: desk.chosen() not in (None, number), "the next case")
    assert desk.count("Waived") == waived + 1
    desk.view("Waived").click()
    driver.wait_for(lambda: [n for n, _r, _c in desk.rows()] == [number], "the waived penalty in its list")
    desk.choose(0)
    driver.wait_for(lambda: desk.says("^Corte de luz en la zona$"), "the reason among the facts")
    driver.wait_for(lambda: desk.app.maybe("push button", "corte-de-luz.png"), "the document among the facts")
    # It is the verdict's own at the server, and the order's window tells what became of the penalty.
    kept = [json.loads(line) for line in server.ctl("penalty", "list", "number=" + number, "--json").splitlines()]
    assert [bool(p.get("document_id")) for p in kept if p["state"] == "waived"] == [True], kept
    desk.view("To review").click()
    driver.wait_for(lambda: len(desk.rows()) > 1, "the queue")


@tests.case("/review/escape_leaves_a_verdict_that_was_begun")
def _():
    before, number = desk.judged(), desk.choose(0)
    driver.keys("e")
    driver.wait_for(lambda: desk.app.maybe("text", "Why is it waived?", tables=False), "the question for the reason")
    time.sleep(0.2)
    driver.keys("Escape")
    driver.wait_for(lambda: desk.app.maybe("push button", "Confirm", tables=False), "the verdicts again")
    time.sleep(0.3)
    assert desk.judged() == before and desk.chosen() == number


@tests.case("/review/another_party_bears_it")
def _():
    before, number = desk.judged(), desk.choose(0)
    own = desk.rows()[0][2][4]
    driver.keys("t")
    to = driver.wait_for(lambda: desk.app.maybe("combo box", "Distributor who bears it", tables=False), "the distributors")
    names = [name for name in ("D01", "D02", "D03") if not own.startswith(name)]
    desk.app.choose(to, re.compile("^%s " % names[0]))
    reason = desk.app.find("text", "Why does another party bear it?", tables=False)
    reason.click()
    desk.write("La otra empresa dejó el cable suelto")
    driver.keys("Return")
    driver.wait_for(lambda: desk.judged() == before + 1, "one case less")
    driver.wait_for(lambda: desk.chosen() not in (None, number), "the next case")


@tests.case("/review/many_at_once_say_how_many_and_what_they_come_to")
def _():
    before = desk.judged()
    desk.choose(0)
    driver.keys("shift+Down")
    driver.keys("shift+Down")
    driver.keys("c")
    driver.wait_for(lambda: desk.says(r"^3 penalties, \$"), "the sum of three")
    desk.app.screenshot("review-many")
    driver.keys("Return")
    driver.wait_for(lambda: desk.judged() == before + 3, "three cases less")


@tests.case("/review/each_crew_says_its_numbers_and_a_filter_without_penalties_how_to_go_back")
def _():
    desk.app.find("push button", re.compile("^Crew$"), tables=False).press()
    item = lambda: next((e for e in desk.app.find_all("list item") if re.match(r"C-\d\d ", e.name) and
                         re.match(r"[\d,]+ · \$[\d,.]+$", e.description)), None)
    crew = driver.wait_for(item, "how many penalties each crew has, and what they come to")
    code, numbers = crew.name.split()[0], crew.description
    desk.app.screenshot("review-crews")
    crew.click()
    n, money = numbers.split(" · ")
    driver.wait_for(lambda: desk.says("^%s penalt(y|ies) · %s$" % (n, re.escape(money))), "the queue of crew %s: %s" % (code, numbers))
    desk.app.find("push button", re.compile("^Crew: "), tables=False).press()
    time.sleep(0.3)
    desk.app.find("list item", "Every crew").click()
    desk.app.find("push button", re.compile("^Fault$"), tables=False).press()
    driver.wait_for(lambda: desk.app.maybe(None, "Equipment not returned"), "the faults")
    time.sleep(0.3)
    desk.app.find("list item", "Equipment not returned").click()
    driver.wait_for(lambda: desk.says("^No penalty with these filters$"), "the empty queue")
    desk.app.screenshot("review-empty")
    desk.app.find("push button", "Remove the filters", tables=False).press()
    driver.wait_for(lambda: len(desk.rows()) > 0, "the queue")


@tests.case("/review/a_distributor_appeals_once_and_the_answer_ends_it")
def _():
    theirs = Desk(Window(session.app(server, "distributor")).wait_until_open()).open()
    assert not theirs.app.maybe("push button", "Confirm", tables=False), "a distributor judges his own penalties"
    assert all(cells[4].startswith("D02") for _n, _r, cells in theirs.rows()), "another distributor's penalties"
    waived, number = theirs.count("Waived"), theirs.choose(0)
    driver.keys("a")
    driver.wait_for(lambda: theirs.app.maybe("text", "The distributor's words", tables=False), "the field for the words")
    time.sleep(0.2)
    theirs.write("Llegamos y no había nadie")
    driver.keys("Return")
    driver.wait_for(lambda: theirs.count("Appealed") == 1, "the appeal in its list")
    theirs.app.screenshot("review-distributor")
    desk.app.bring_to_front()
    driver.wait_for(lambda: desk.count("Appealed") == 1, "the appeal at the supervisor")
    desk.view("Appealed").click()
    driver.wait_for(lambda: [n for n, _r, _c in desk.rows()] == [number], "the appeal alone")
    desk.choose(0)
    driver.wait_for(lambda: desk.says("^Llegamos y no había nadie$"), "the distributor's words")
    driver.keys("e")
    time.sleep(0.3)
    desk.write("Procede: el domicilio estaba mal")
    desk.app.screenshot("review-appeal")
    driver.keys("Return")
    driver.wait_for(lambda: desk.count("Appealed") == 0, "the answered appeal to go")
    desk.view("To review").click()
    driver.wait_for(lambda: theirs.count("Appealed") == 0 and theirs.count("Waived") == waived + 1, "the answer at the distributor")
    theirs.app.close()


@tests.case("/review/verdicts_go_on_without_the_server_and_arrive_once")
def _():
    global server, other
    server.stop()
    driver.wait_for(lambda: desk.window.sign().startswith("offline"), "the sign to say offline", 30)
    before = desk.judged()
    desk.choose(0)
    driver.keys("c")
    driver.wait_for(lambda: desk.judged() == before + 1, "one case less")
    server = server.restarted()
    driver.wait_for(lambda: desk.window.sign().startswith("online"), "the sign to say online", 60)
    other = Desk(Window(session.app(server, "administrator")).wait_until_open()).open()
    driver.wait_for(lambda: other.judged() == before + 1, "the verdict at the server")


@tests.case("/review/of_two_opposite_verdicts_the_first_holds_and_the_second_is_explained")
def _():
    global server
    before = desk.judged()
    server.stop()
    for one in (desk, other):
        driver.wait_for(lambda: one.window.sign().startswith("offline"), "the sign to say offline", 30)
    desk.app.bring_to_front()
    number = desk.choose(0)
    driver.keys("c")
    driver.wait_for(lambda: desk.judged() == before + 1, "the first verdict")
    other.app.bring_to_front()
    assert other.choose(0) == number
    driver.keys("e")
    time.sleep(0.3)
    other.write("No fue culpa suya")
    driver.keys("Return")
    driver.wait_for(lambda: other.judged() == before + 1, "the second verdict")
    server = server.restarted()
    for one in (desk, other):
        driver.wait_for(lambda: one.window.sign().startswith("online · 0"), "both to have sent what they had", 90)
    told = driver.wait_for(lambda: [one for one in (desk, other) if one.window.says(re.compile("Somebody was faster|refused"))],
                           "one of them to be told", 20)
    told[0].app.screenshot("review-refused")
    for one in (desk, other):
        one.window.close_dialogs()
    driver.wait_for(lambda: all(desk.count(view) == other.count(view) for view in ("Confirmed", "Waived", "To review")),
                    "the same in both windows")
    other.app.close()


def open_order(window, number):
    """The order's own window, from the list of all orders."""
    window.app.find("push button", "Assignments", tables=False).click()
    window.open_tab("All")
    window.rows()[number][0].find("label", re.compile(r"^\s*%s\s*$" % number)).click()
    return driver.wait_for(lambda: next((w for w in window.app.root.children() if ("Order " + number) in w.name and w.has("visible")),
                                        None), "the window of order " + number)


def fault_button(window, order):
    order.find("push button", "More").press()
    return driver.wait_for(lambda: window.app.maybe("push button", "Note a fault", tables=False), "the menu")


@tests.case("/review/a_supervisor_notes_a_fault_that_no_clock_sees_and_the_server_takes_it")
def _():
    global other
    window = desk.window
    window.app.bring_to_front()
    window.app.find("push button", "Assignments", tables=False).click()
    window.open_tab("All")
    number = window.numbers()[0]
    order = open_order(window, number)
    fault_button(window, order).press()
    dialog = driver.wait_for(lambda: next((w for w in window.app.root.children() if w.name.startswith("Note a fault")), None),
                             "the form")
    window.app.choose(dialog.find("combo box", re.compile("^Fault")), re.compile(r"^Nobody came · .* · \$"))
    driver.wait_for(lambda: dialog.maybe("label", re.compile(r"A penalty is noted: Nobody came, \$\d")), "what it costs")
    assert dialog.maybe("label", re.compile("Distributor: D0")), "who bears it is not told"
    save = dialog.find("push button", re.compile("^Save"))
    save.press()
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Reason is needed")), "the missing reason to be named")
    dialog.find("text", re.compile("^Reason")).set_text("El cliente esperó todo el día")
    when = dialog.find("text", re.compile("^When it happened"))
    now = when.text
    when.set_text("01/01/2099 10:00")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("future")), "a fault in the future to be refused")
    when.set_text(now)
    dialog.find("text", re.compile("^Amount")).set_text("321.50")
    driver.wait_for(lambda: dialog.maybe("label", re.compile(r"Nobody came, \$321\.50")), "an amount of its own")
    window.app.screenshot("note-fault")
    save.press()
    driver.wait_for(lambda: not any(w.name.startswith("Note a fault") for w in window.app.root.children()), "the form to close")
    # The order's own window shows it at once, with what it costs and why.
    driver.wait_for(lambda: order.maybe("label", re.compile(r"^Nobody came · \$321\.50 · To review$")), "the fault in the order's window")
    assert order.maybe("label", re.compile("El cliente esperó todo el día$"))
    window.app.screenshot("noted-fault-order")
    other = Desk(Window(session.app(server, "administrator")).wait_until_open()).open()
    noted = lambda: [cells for n, _r, cells in other.rows(60) if n == number and "Nadie se presentó" in cells]
    other.app.find("push button", re.compile("^Fault$"), tables=False).press()
    driver.wait_for(lambda: other.app.maybe(None, "Nobody came"), "the faults")
    time.sleep(0.3)
    other.app.find("list item", "Nobody came").click()
    driver.wait_for(noted, "the noted fault at the server")
    assert any("321.50" in cell for cell in noted()[0]), noted()
    other.choose(0)
    driver.wait_for(lambda: other.says("^El cliente esperó todo el día$"), "the reason among the facts")
    other.app.screenshot("noted-fault")
    other.app.close()


@tests.case("/review/S0-7/who_may_not_judge_has_no_review_desk_and_notes_no_fault")
def _():
    window = Window(session.app(server, "dispatcher")).wait_until_open()
    assert window.app.maybe("push button", "Assignments", tables=False)
    assert not window.app.maybe("push button", "Review desk", tables=False)
    button = fault_button(window, open_order(window, window.numbers()[0]))
    assert not button.has("sensitive")
    assert button.description, "it does not say why"


if __name__ == "__main__":
    with session:
        tests.main()
