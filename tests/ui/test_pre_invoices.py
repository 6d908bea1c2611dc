#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running statement and pre-invoices from outside: a distributor and a supervisor, from the preview to the payment, by
keyboard and mouse, with and without the server."""

import datetime
import glob
import os
import re
import sqlite3
import time

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
theirs = desk = None
number = None           # of the pre-invoice that goes the whole way


def day(ago):
    return (datetime.date.today() - datetime.timedelta(days=ago)).strftime("%d/%m/%Y")


def starts(text):
    return re.compile("^" + re.escape(text))


def label_of(button):
    """The mnemonic's underscore is part of an accessible name."""
    return re.compile("^" + "_?".join([""] + [re.escape(c) for c in button]))


class Money:
    """The pages of the money, in the words of those who use them."""

    def __init__(self, window):
        self.window = window
        self.app = window.app

    def page(self, name):
        self.app.find("push button", name, tables=False).click()
        self.root = self.app.find("panel", name, tables=False)
        time.sleep(0.4)

    def shown(self, role, name):
        """On the page. What an action asks with stands behind its button, so the first one is the button."""
        return next((e for e in self.root.find_all(role, name, tables=False) if e.has("visible")), None)

    def press(self, name):
        button = driver.wait_for(lambda: self.shown("push button", name), "the button " + name)
        driver.wait_for(lambda: button.has("sensitive"), "the button %s to be usable" % name)
        button.click()
        time.sleep(0.2)

    def offers(self, *names):
        return [name for name in names if self.shown("push button", name)]

    def says(self, pattern):
        return self.shown("label", re.compile(pattern))

    def field(self, name):
        return driver.wait_for(lambda: self.shown("text", starts(name)), "the field " + name)

    def table(self, name):
        return driver.wait_for(lambda: self.root.maybe("tree table", name), "the list " + name)

    def rows(self, name, limit=40):
        return self.app.rows(self.table(name), limit)

    def choose(self, name, position):
        row, cells = self.rows(name, position + 1)[position]
        row.click()
        driver.wait_for(lambda: self.says("^%s$" % re.escape(cells[1])), "the facts of line " + cells[1])
        return cells[1]

    def cells(self, name, line):
        return next((cells for _row, cells in self.rows(name) if cells[1] == line), None)

    def write(self, text):
        """In the field that has the keyboard."""
        time.sleep(0.3)
        self.app.bring_to_front()
        driver.type_text(text)

    def dialog(self, name):
        return driver.wait_for(lambda: next((w for w in self.app.root.children() if w.name == name and w.has("visible")), None),
                               "the window " + name)

    def dialog_gone(self, name):
        driver.wait_for(lambda: not any(w.name == name for w in self.app.root.children()), "the window %s to close" % name)

    def bill(self):
        self.press("New pre-invoice")
        return self.dialog("New pre-invoice")

    def preview(self):
        """The window of a new pre-invoice with a preview of the last two months."""
        dialog = self.bill()
        dialog.find("text", starts("From")).set_text(day(60))
        dialog.find("text", starts("Until")).set_text(day(0))
        driver.wait_for(lambda: dialog.find("push button", label_of("Generate")).has("sensitive"), "a preview")
        return dialog

    def list(self):
        """The pre-invoices by number: their cells."""
        return {cells[0]: cells for _row, cells in self.rows("Pre-invoices")}

    def open(self, which):
        row = next(row for row, cells in self.rows("Pre-invoices") if cells[0] == which)
        row.click()
        driver.wait_for(lambda: self.says("^%s · " % re.escape(which)), "pre-invoice " + which)

    def waits(self, pattern):
        driver.wait_for(lambda: self.says(pattern), "the pre-invoice to say " + pattern, 40)


LINES = "Lines of the pre-invoice"


@tests.case("/pre-invoices/S0-21/the_distributor_sees_his_own_statement_with_the_evidence_of_each_line")
def _():
    global theirs
    theirs = Money(Window(session.app(server, "distributor")).wait_until_open())
    theirs.page("Statement")
    theirs.press("Not billed yet")
    driver.wait_for(lambda: theirs.says(r"^\d+ lines · \d+ not billed yet: \$[\d,.]+"), "lines that are not billed", 40)
    assert not theirs.offers("Adjustment"), "a distributor adjusts his own statement"
    assert not theirs.shown("combo box", "Distributor"), "a choice among one"
    line = theirs.choose("Lines of the statement", 0)
    for title in ("Evidence", "Amounts", "Rate", "This rate applies because of"):
        assert theirs.says("^%s$" % title), title
    theirs.app.screenshot("statement")
    theirs.press("Open order")
    driver.wait_for(lambda: any(("Order " + line) in w.name for w in theirs.app.root.children()), "the line's order")
    driver.keys("Escape")
    kind = theirs.shown("push button", starts("Services "))
    n = int(re.match(r"Services (\d+)", kind.name).group(1))
    kind.click()
    driver.wait_for(lambda: theirs.says(r"^%d lines? · " % n), "the services alone")
    theirs.press("Not billed yet")


@tests.case("/pre-invoices/S0-18/a_preview_is_left_without_a_trace_and_bad_periods_are_named")
def _():
    theirs.page("Pre-invoices")
    assert not theirs.list()
    dialog = theirs.bill()
    since, until = dialog.find("text", starts("From")), dialog.find("text", starts("Until"))
    until.set_text("01/01/2020")
    since.set_text("02/01/2020")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("ends on 2020-01-01, before it begins on 2020-01-02")), "the period's end before its beginning")
    until.set_text("01/01/2120")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("longer than a year")), "a hundred years to be refused")
    until.set_text("31/02/2020")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("Say whose")), "a day that there is not")
    until.set_text("31/01/2020")
    driver.wait_for(lambda: dialog.maybe("label", "There is nothing to bill in these days."), "an empty period")
    assert not dialog.find("push button", label_of("Generate")).has("sensitive")
    since.set_text(day(60))
    until.set_text(day(0))
    driver.wait_for(lambda: dialog.find("push button", label_of("Generate")).has("sensitive"), "a preview")
    assert dialog.maybe(None, re.compile(r"^\d+ lines? (is|are) left out$")), "what is left out is not listed apart"
    theirs.app.screenshot("pre-invoice-preview")
    driver.keys("Escape")
    theirs.dialog_gone("New pre-invoice")
    assert not theirs.list(), "a preview that was left made something"


@tests.case("/pre-invoices/S0-18/a_generation_is_stopped_and_nothing_was_made")
def _():
    dialog = theirs.preview()
    # As long as something else writes to the cache, what was generated waits for its turn.
    path, = glob.glob(os.path.join(theirs.app.folder, "**", "*.sqlite"), recursive=True)
    with sqlite3.connect(path, isolation_level=None) as busy:
        busy.execute("BEGIN IMMEDIATE")
        dialog.find("push button", label_of("Generate")).press()
        driver.wait_for(lambda: dialog.maybe("label", "Generating the pre-invoice"), "how far the generation is")
        theirs.app.screenshot("pre-invoice-generating")
        stop = dialog.find("push button", "Stop")
        driver.wait_for(lambda: stop.has("focused"), "the keyboard at what can be done")
        driver.keys("space")
        driver.wait_for(lambda: not stop.has("sensitive"), "the press to be felt")
        busy.execute("ROLLBACK")
    driver.wait_for(lambda: dialog.find("label", "Stopped. Nothing was generated.").extents()[2] > 0, "the word that it was stopped")
    assert not theirs.list(), "a stopped generation made something"
    assert theirs.window.sign().startswith("online · 0"), "something waits to be sent"
    driver.wait_for(lambda: dialog.find("push button", "Preview again").has("focused"), "the keyboard at the way back")
    driver.keys("space")
    driver.wait_for(lambda: dialog.find("push button", label_of("Generate")).has("sensitive"), "the preview again")
    driver.keys("Escape")
    theirs.dialog_gone("New pre-invoice")


@tests.case("/pre-invoices/S0-18/a_generation_is_undone_from_its_message")
def _():
    dialog = theirs.preview()
    dialog.find("push button", label_of("Generate")).press()
    theirs.dialog_gone("New pre-invoice")
    driver.wait_for(theirs.list, "the new pre-invoice")
    driver.wait_for(lambda: theirs.window.says("Pre-invoice generated"), "the message")
    theirs.app.screenshot("pre-invoice-undo")
    driver.keys("ctrl+z")
    driver.wait_for(lambda: not theirs.list(), "the list without it")
    driver.wait_for(lambda: theirs.window.sign().startswith("online · 0"), "the server to know")
    theirs.page("Statement")
    theirs.press("Not billed yet")
    driver.wait_for(lambda: theirs.says(r"^\d+ lines · \d+ not billed yet: \$[\d,.]+"), "the lines to be free again")
    theirs.page("Pre-invoices")


@tests.case("/pre-invoices/S0-18/S0-04/generated_as_seen_and_submitted")
def _():
    global number
    dialog = theirs.preview()
    lines = len(theirs.app.rows(dialog.find("tree table", "Lines that it would have")))
    dialog.find("push button", label_of("Generate")).press()
    theirs.dialog_gone("New pre-invoice")
    # The number is the server's.
    driver.wait_for(lambda: [n for n in theirs.list() if re.match(r"^[A-Z]*\d+$", n)], "the new pre-invoice with its number", 40)
    number, cells = next(iter(theirs.list().items()))
    assert cells[3] == "Draft" and cells[4] == "Distributor: to submit it" and int(cells[6]) >= lines > 3, cells
    theirs.open(number)
    assert theirs.offers("Submit", "Discard draft", "Approve", "Send back with observations") == ["Submit", "Discard draft"]
    theirs.app.screenshot("pre-invoice-draft")
    theirs.press("Submit")
    theirs.waits("Submitted · Master: to review it")
    assert not theirs.offers("Submit", "Approve", "Reject pre-invoice"), "a distributor judges his own pre-invoice"


@tests.case("/pre-invoices/S0-04/a_line_is_observed_with_words_and_the_whole_sent_back")
def _():
    global desk
    desk = Money(Window(session.app(server, "supervisor")).wait_until_open())
    desk.page("Pre-invoices")
    driver.wait_for(lambda: number in desk.list(), "the submitted pre-invoice", 40)
    desk.open(number)
    line = desk.choose(LINES, 0)
    desk.press("Observe")
    time.sleep(0.3)
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: desk.says("Observation is needed"), "the missing words to be named")
    desk.write("Falta la foto del equipo")
    desk.app.screenshot("pre-invoice-observe")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: desk.cells(LINES, line)[5] == "Observed", "the line to be observed")
    driver.wait_for(lambda: desk.says("1 line in question"), "how many lines are in question")
    assert desk.says("^Falta la foto del equipo$"), "the observation is not told"
    desk.press("Approve")
    driver.wait_for(lambda: desk.window.says(re.compile("observed lines")), "a pre-invoice with a line in question not to be approved")
    desk.press("Send back with observations")
    time.sleep(0.3)
    desk.write("Ver la primera línea")
    driver.keys("ctrl+Return")
    desk.waits("Observed · Distributor: what was observed")


@tests.case("/pre-invoices/S0-04/the_distributor_defends_one_withdraws_another_and_asks_about_a_third")
def _():
    theirs.app.bring_to_front()
    theirs.waits("Observed · Distributor: what was observed")
    line = theirs.choose(LINES, 0)
    assert theirs.says("^Falta la foto del equipo$")
    theirs.press("Defend")
    theirs.write("La foto es la tercera")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: theirs.cells(LINES, line)[5] == "Defended", "the line to be defended")
    before = len(theirs.rows(LINES))
    second = theirs.choose(LINES, 1)
    theirs.press("Withdraw line")
    theirs.write("Se cobra el mes que viene")
    driver.keys("Escape")
    time.sleep(0.3)
    assert theirs.cells(LINES, second), "a withdrawal that was left"
    theirs.press("Withdraw line")
    theirs.write("Se cobra el mes que viene")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: theirs.cells(LINES, second) is None, "the line to leave")
    assert len(theirs.rows(LINES)) == before - 1
    third = theirs.choose(LINES, 1)
    theirs.press("Ask")
    theirs.write("Falta el bono de la noche")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: theirs.cells(LINES, third)[5] == "Asked", "the question in place")
    theirs.app.screenshot("pre-invoice-distributor")
    theirs.press("Submit")
    theirs.waits("Submitted · Master: to review it")


@tests.case("/pre-invoices/S0-04/the_question_is_answered_the_line_accepted_and_the_whole_approved")
def _():
    desk.app.bring_to_front()
    desk.waits("Submitted · Master: to review it")
    driver.wait_for(lambda: any(cells[5] == "Asked" for _r, cells in desk.rows(LINES)), "the question", 40)
    position = next(i for i, (_r, cells) in enumerate(desk.rows(LINES)) if cells[5] == "Asked")
    line = desk.choose(LINES, position)
    driver.wait_for(lambda: desk.says("Falta el bono de la noche"), "the question's words")
    desk.press("Answer")
    desk.write("Es la del tipo de orden")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: desk.cells(LINES, line)[5] == "Answered", "the answer in place")
    first = desk.choose(LINES, 0)
    assert desk.says("^La foto es la tercera$"), "the defence is not told"
    desk.press("Accept line")
    driver.wait_for(lambda: desk.cells(LINES, first)[5] == "In a pre-invoice", "the accepted line")
    desk.press("Approve")
    desk.waits("Approved · Distributor: the tax invoice")
    assert not desk.offers("Observe", "Withdraw line", "Correct amount"), "an approved one still changes"
    desk.app.screenshot("pre-invoice-approved")


@tests.case("/pre-invoices/S0-04/the_tax_invoice_is_recorded_and_a_wrong_uuid_named")
def _():
    theirs.app.bring_to_front()
    theirs.waits("Approved · Distributor: the tax invoice")
    theirs.press("Record the tax invoice")
    uuid = theirs.field("Tax invoice's UUID")
    uuid.set_text("not-a-uuid")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: theirs.says("not-a-uuid"), "the wrong UUID to be named")
    uuid.set_text("6128396F-C09B-4EC6-8699-43C5F7E3B230")
    theirs.app.screenshot("pre-invoice-uuid")
    driver.keys("ctrl+Return")
    theirs.waits("Invoiced · Master: to pay it")
    assert theirs.says("6128396F-C09B-4EC6-8699-43C5F7E3B230")


@tests.case("/pre-invoices/S0-04/the_payment_is_recorded_without_the_server_and_arrives")
def _():
    global server
    desk.app.bring_to_front()
    desk.waits("Invoiced · Master: to pay it")
    server.stop()
    driver.wait_for(lambda: desk.window.sign().startswith("offline"), "the sign to say offline", 30)
    desk.press("Record the payment")
    desk.field("Payment reference").set_text("SPEI 884213")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: desk.says("SPEI 884213"), "the payment in its place")
    desk.waits("· Paid$")
    driver.keys("Escape")
    server = server.restarted()
    driver.wait_for(lambda: desk.window.sign().startswith("online · 0"), "what waited to be sent", 60)
    theirs.app.bring_to_front()
    driver.wait_for(lambda: theirs.says("SPEI 884213"), "the payment at the distributor", 60)


@tests.case("/pre-invoices/S0-04/a_withdrawn_line_is_billed_again_and_a_discarded_draft_is_gone")
def _():
    theirs.app.bring_to_front()
    driver.keys("Escape")
    time.sleep(0.5)
    dialog = theirs.preview()
    dialog.find("push button", label_of("Generate")).press()
    theirs.dialog_gone("New pre-invoice")
    driver.wait_for(lambda: any(cells[3] == "Draft" for cells in theirs.list().values()), "the draft")
    draft = next(n for n, cells in theirs.list().items() if cells[3] == "Draft")
    assert theirs.list()[draft][6] == "1", theirs.list()
    theirs.open(draft)
    theirs.press("Discard draft")
    question = driver.wait_for(theirs.app.dialog, "the question")
    question.find("push button", starts("Discard draft")).press()
    driver.wait_for(lambda: not theirs.list(), "the list without it")


STATEMENT = "Lines of the statement"
EVERY = r"^\d+ lines? · \d+ not billed yet: "


def open_statement(money):
    """What is not billed yet of the distributor."""
    money.app.bring_to_front()
    money.page("Statement")
    whose = money.shown("combo box", "Distributor")
    if whose:
        money.app.choose(whose, re.compile("^D02"))
    button = driver.wait_for(lambda: money.shown("push button", "Not billed yet"), "the choice")
    if not button.has("pressed"):
        button.click()
    driver.wait_for(lambda: money.says(EVERY), "what is not billed")


def only(kind):
    """The lines of one kind."""
    desk.shown("push button", starts(kind + " ")).click()


def adjust(number, amount, reason):
    """The window of an adjustment, filled in."""
    desk.press("Adjustment")
    dialog = desk.dialog("Adjustment")
    for name, text in (("Number", number), ("Amount", amount), ("Reason", reason)):
        dialog.find("text", starts(name)).set_text(text)
    Window.dialog_button(dialog, "Save").press()
    return dialog


@tests.case("/pre-invoices/S0-04/an_adjustment_needs_its_reason_and_is_a_line_at_once")
def _():
    open_statement(desk)
    dialog = adjust("UNIFORMES", "-150", "")
    driver.wait_for(lambda: dialog.maybe("label", re.compile("reason")), "the missing reason to be named")
    desk.app.screenshot("pre-invoice-adjustment")
    dialog.find("text", starts("Reason")).set_text("Faltan dos uniformes")
    Window.dialog_button(dialog, "Save").press()
    desk.dialog_gone("Adjustment")
    only("Adjustments")
    driver.wait_for(lambda: desk.cells(STATEMENT, "UNIFORMES"), "the adjustment among the lines")
    adjust("BONO", "900", "Convenio de la semana")
    desk.dialog_gone("Adjustment")
    driver.wait_for(lambda: desk.cells(STATEMENT, "BONO"), "the other one")
    assert "−$150.00" in desk.cells(STATEMENT, "UNIFORMES"), desk.cells(STATEMENT, "UNIFORMES")


@tests.case("/pre-invoices/S0-04/an_amount_is_corrected_with_a_reason")
def _():
    position = next(i for i, (_r, cells) in enumerate(desk.rows(STATEMENT)) if cells[1] == "UNIFORMES")
    desk.choose(STATEMENT, position)
    desk.press("Correct amount")
    desk.field("Amount").set_text("-100")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: desk.says("Reason is needed"), "the missing reason to be named")
    desk.field("Reason").set_text("Era uno")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: "−$100.00" in desk.cells(STATEMENT, "UNIFORMES"), "the corrected amount")
    assert desk.says("^Era uno$"), "the reason is not told"


@tests.case("/pre-invoices/S0-04/many_lines_are_priced_again_at_once_and_say_why")
def _():
    only("Services")
    driver.wait_for(lambda: not desk.cells(STATEMENT, "UNIFORMES"), "the services alone")
    before = [cells[1] for _row, cells in desk.rows(STATEMENT, 100) if "260.00" in cells[4]]
    assert before, desk.rows(STATEMENT)
    # The list stands where it stood: to its first lines.
    desk.table(STATEMENT).click()
    driver.keys("Home")
    server.ctl("rate", "change", "SERVICIO", "amount=275.00")
    one = before[0]
    position = next(i for i, (_r, cells) in enumerate(desk.rows(STATEMENT, 100)) if cells[1] == one)
    desk.choose(STATEMENT, position)
    desk.press("Why this rate")
    why = desk.dialog("Why this rate")
    driver.wait_for(lambda: why.maybe("label", re.compile(r"^The line was priced by SERVICIO because no more specific")), "what was frozen")
    assert why.maybe("label", re.compile(r"^By the rates as they are now it would be SERVICIO \(\$275.00\)")), "the price of now is not told"
    desk.app.screenshot("pre-invoice-why")
    driver.keys("Escape")
    desk.dialog_gone("Why this rate")
    desk.choose(STATEMENT, position)

    def all_chosen():
        # Without a window manager nobody hands the keyboard on when a window has gone.
        desk.app.bring_to_front()
        driver.keys("ctrl+a")
        return driver.try_for(lambda: desk.says(r"^\d+ lines$"), 1)
    driver.wait_for(all_chosen, "all lines to be chosen")
    desk.press("Price again")
    driver.wait_for(lambda: any(cells[1] == one and "275.00" in cells[4] for _row, cells in desk.rows(STATEMENT, 100)), "the price of now")
    desk.app.screenshot("pre-invoice-priced-again")
    only("All")


@tests.case("/pre-invoices/S0-04/a_rejected_pre_invoice_sets_its_lines_free")
def _():
    open_statement(theirs)
    free = driver.wait_for(lambda: theirs.says(EVERY), "what is not billed").name
    theirs.page("Pre-invoices")
    dialog = theirs.preview()
    dialog.find("push button", label_of("Generate")).press()
    theirs.dialog_gone("New pre-invoice")
    draft = driver.wait_for(lambda: next((n for n, cells in theirs.list().items() if cells[3] == "Draft" and re.match(r"^[A-Z]*\d+$", n)), None),
                            "the draft with its number", 40)
    theirs.open(draft)
    theirs.press("Submit")
    theirs.waits("Submitted · Master: to review it")
    desk.app.bring_to_front()
    desk.page("Pre-invoices")
    driver.keys("Escape")                       # from the one that was open to the list
    driver.wait_for(lambda: draft in desk.list(), "the submitted pre-invoice", 40)
    desk.open(draft)
    desk.press("Reject pre-invoice")
    driver.keys("ctrl+Return")
    driver.wait_for(lambda: desk.says("Reason is needed"), "the missing reason to be named")
    desk.field("Reason").set_text("El periodo está mal")
    desk.app.screenshot("pre-invoice-reject")
    driver.keys("ctrl+Return")
    desk.waits("· Rejected")
    assert not desk.rows(LINES), "a rejected pre-invoice holds lines"
    theirs.app.bring_to_front()
    driver.wait_for(lambda: theirs.says("El periodo está mal"), "the reason at the distributor", 40)
    open_statement(theirs)
    driver.wait_for(lambda: theirs.says(EVERY).name == free, "the lines to be free again")


@tests.case("/pre-invoices/S0-7/who_has_nothing_to_do_with_pay_has_no_page_of_it")
def _():
    window = Window(session.app(server, "dispatcher")).wait_until_open()
    assert window.app.maybe("push button", "Assignments", tables=False)
    for page in ("Statement", "Pre-invoices"):
        assert not window.app.maybe("push button", page, tables=False), page


if __name__ == "__main__":
    with session:
        tests.main()
