#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in page from outside: who has a second factor is asked for its code, and only who has one."""

import json
import re

import driver
from window import Window

tests = driver.Tests()
session = driver.Session()
server = session.demo_server()
USER = "supervisor"
state = {}


def code_row(app):
    return app.maybe("text", re.compile("^Code that your authenticator shows"))


def says(app, text):
    return driver.wait_for(lambda: app.maybe(None, re.compile(text)), "the sentence “%s”" % text)


def submit(app, code):
    row = driver.wait_for(lambda: code_row(app), "the row of the code")
    row.set_text(code)
    button = app.find("push button", "Sign in")
    driver.wait_for(lambda: button.has("sensitive"), "the button to be usable")
    button.press()


@tests.case("S0-factor whoever has a second factor is asked for its code after password or key were right")
def code_is_asked():
    state["codes"] = json.loads(server.ctl("user", "totp", USER, "--json"))["codes"]
    app = state["app"] = session.app(server, USER)
    driver.wait_for(lambda: code_row(app), "the row of the code")
    assert not app.find("push button", "Sign in").has("sensitive"), "nothing to send yet"
    submit(app, "000000")
    says(app, "^The code is wrong or was used already")
    driver.wait_for(lambda: not app.find("push button", "Sign in").has("sensitive"), "the wrong code to go")


@tests.case("S0-factor a recovery code opens the window, and the key was not used up by the wrong one")
def recovery_code():
    app = state["app"]
    submit(app, state["codes"][0])
    Window(app).wait_until_open()
    app.close()


@tests.case("S0-factor another user at the same page is not asked for a code that he does not have")
def another_user():
    app = session.app(server, USER, key=False)
    app.find(None, "I have a one-time key").press()
    key = server.ctl("user", "key", USER).split()[-1]
    for name, text in (("Server address", server.url), ("User id", USER), ("One-time key", key)):
        app.find(None, re.compile("^" + name)).set_text(text)
    app.find("push button", "Sign in").press()
    Window.dialog_button(driver.wait_for(app.dialog, "the question about the certificate"), "Trust this server").press()
    driver.wait_for(lambda: code_row(app), "the row of the code")
    app.find("text", re.compile("^User id")).set_text("despachador")
    driver.wait_for(lambda: code_row(app) is None, "the row of the code to go")
    app.close()


if __name__ == "__main__":
    with session:
        tests.main()
