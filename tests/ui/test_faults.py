#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not go wrong, in the real window: two dispatchers at once, a client and a server that lose power, a user
who may see only a part, a wrong key."""

import os
import re

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
PASSWORD = "una frase bastante larga"
first = second = None


@tests.case("/window/S0-01/a_wrong_key_says_only_that_it_is_wrong")
def _():
    wrong = os.path.join(session.folder, "wrong")
    with open(os.open(wrong, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
        f.write("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA\n")
    app = driver.App(session, ["--server", server.url, "--fingerprint", server.fingerprint, "--user", "dispatcher",
                               "--key-file", wrong])
    app.find(None, re.compile("is wrong"), tables=False)
    app.screenshot("sign-in-refused")
    app.stop()


@tests.case("/window/a_distributor_sees_only_his_own_orders_and_crews")
def _():
    app = session.app(server, "distributor")
    window = Window(app).wait_until_open()
    assert 300 < window.count("All") < 700, window.count("All")
    cards = window.cards()
    names = [name for _found, role, name, _text in cards.walk(limit=40) if role == "panel" and name]
    assert names and all(name.startswith("C-") for name in names), names
    assert all("Sur" in name for name in names), names
    app.screenshot("distributor")
    app.stop()


@tests.case("/window/a_drag_shows_each_crews_answer_and_assigns")
def _():
    global first
    first = Window(session.app(server, "dispatcher")).wait_until_open(PASSWORD)
    before = first.count("Unassigned")
    card = first.crew_card("C-02")
    answers = []

    def look():
        driver.time.sleep(0.6)
        first.app.screenshot("drag-answers", raise_window=False)
        answers.extend(name for _found, role, name, _text in first.cards().walk(limit=200) if role == "label")
    row, _cells = first.rows()[first.numbers()[0]]
    cell = row.children()[4]
    cell.drag_to(card, pause=look)
    assert any(re.search(r"fits|capacity|zone|late|skill", answer, re.IGNORECASE) for answer in answers), answers
    first.give_reason("No other crew is free")
    driver.wait_for(lambda: first.count("Unassigned") == before - 1, "the dragged order to have a crew")


@tests.case("/window/the_second_of_two_dispatchers_is_told_who_was_faster")
def _():
    global second, server
    second = Window(session.app(server, "dispatcher2")).wait_until_open()
    driver.wait_for(lambda: second.count("Unassigned") == first.count("Unassigned"), "the same counts in both windows")
    first.select_nothing()
    second.select_nothing()
    server.stop()
    for window in (first, second):
        driver.wait_for(lambda w=window: w.sign().startswith("offline"), "the sign to say offline", 60)
    number = first.numbers()[0]
    assert number in second.numbers()
    first.tick(number)
    first.assign("C-01")
    second.tick(number)
    second.assign("C-02")
    server = server.restarted()
    driver.wait_for(lambda: first.sign().startswith("online · 0") and second.sign().startswith("online · 0"),
                    "both to have sent what they had", 120)
    told = driver.wait_for(lambda: [w for w in (first, second) if w.says(re.compile("assigned|refused|was not done"))],
                           "one of them to be told", 20)
    told[0].app.screenshot("conflict")
    first.close_dialogs()
    second.close_dialogs()
    driver.wait_for(lambda: first.count("Unassigned") == second.count("Unassigned"), "both to show the same", 20)


@tests.case("/window/a_killed_server_loses_nothing_that_it_confirmed")
def _():
    global server
    first.select_nothing()
    before = second.count("Unassigned")
    first.tick(first.numbers()[0])
    first.assign("C-04")
    driver.wait_for(lambda: second.count("Unassigned") == before - 1, "the other window to show it")
    server.kill()
    server = server.restarted()
    assert "whole" in server.ctl("verify")
    driver.wait_for(lambda: first.sign().startswith("online"), "the sign to say online", 90)
    assert first.count("Unassigned") == before - 1


@tests.case("/window/a_killed_client_still_has_what_it_had_not_sent")
def _():
    global first, server
    first.select_nothing()
    before = second.count("Unassigned")
    folder = first.app.folder
    server.stop()
    driver.wait_for(lambda: first.sign().startswith("offline"), "the sign to say offline", 60)
    first.tick(first.numbers()[0])
    first.assign("C-05")
    driver.wait_for(lambda: first.count("Unassigned") == before - 1, "the change in the window")
    first.app.kill()
    server = server.restarted()
    app = session.app(server, "dispatcher", folder=folder)
    first = Window(app)
    driver.wait_for(lambda: first.count("All") > 0, "orders in the window again", 60)
    first.close_dialogs()                       # among them the question about the order that somebody else had first
    driver.wait_for(lambda: second.count("Unassigned") == before - 1, "the other window to show it", 90)
    assert first.count("Unassigned") == before - 1


try:
    tests.main()
finally:
    session.close()
