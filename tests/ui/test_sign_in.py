#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in from outside: who has a second factor is asked for its code, everybody sets up his own and sees where he is
signed in, and the address names the company."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import ssl
import struct
import subprocess
import time

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


def call(method, path, body=None, token=None):
    """(status, answer) of the server, as another program gets it."""
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=driver.TIMEOUT, context=ssl._create_unverified_context())
    connection.request(method, path, json.dumps(body) if body is not None else None,
                       {"Content-Type": "application/json", **({"Authorization": "Bearer " + token} if token else {})})
    reply = connection.getresponse()
    answer = reply.status, json.loads(reply.read() or b"null")
    connection.close()
    return answer


def elsewhere(user, **more):
    """A sign-in at another computer."""
    key = server.ctl("user", "key", user).split()[-1]
    return call("POST", "/v1/session", {"user": user, "key": key, "program": "despacho 0, ventanilla", **more})


def is_in(token):
    return call("GET", "/v1/session", token=token)[0] == 200


def code_of(secret):
    """The code of now, by the words of RFC 6238."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    return "%06d" % ((struct.unpack(">I", digest[digest[19] & 15:][:4])[0] & 0x7fffffff) % 1000000)


def find(role, name, **options):
    return state["app"].find(role, name, tables=False, **options)


def answer(name):
    """Presses a button of the question that is asked."""
    button = re.compile("^_?%s" % name)
    driver.wait_for(lambda: state["app"].dialog() is not None and state["app"].dialog().maybe("push button", button), "the question")
    state["app"].dialog().find("push button", button).press()


def open_account():
    list(state["app"].find_all("push button", "Main menu", tables=False))[-1].press()
    item = driver.wait_for(lambda: state["app"].maybe("menu item", re.compile("My account"), tables=False), "the menu")
    time.sleep(0.3)
    item.press()
    return driver.wait_for(lambda: state["app"].maybe("frame", "My account", tables=False), "the window of the account")


@tests.case("S0-sign-ins a person sees where he is signed in, and ends one of these")
def own_sign_ins():
    state["app"] = session.app(server, "administrator")
    Window(state["app"]).wait_until_open()
    token = elsewhere("administrator")[1]["token"]
    account = open_account()
    account.find("label", "This computer")
    account.find("push button", "End: ventanilla").press()
    answer("End it")
    driver.wait_for(lambda: account.maybe("push button", "End: ventanilla") is None, "the sign-in to go from the list")
    assert not is_in(token), "the other computer is out"


@tests.case("S0-factor a person sets it up by a picture that a camera reads, and gets recovery codes this once")
def set_factor():
    account = state["app"].maybe("frame", "My account", tables=False)
    account.find("push button", "Set up…").press()
    window = driver.wait_for(lambda: state["app"].maybe("frame", "Second factor", tables=False), "the window that sets it up")
    code = window.find("text", "Code that it shows now")
    read = subprocess.run(["zbarimg", "--quiet", "--raw", state["app"].screenshot("second-factor")], stdout=subprocess.PIPE, text=True, check=False).stdout
    secret = re.search(r"otpauth://totp/Despacho:administrator[?]secret=([A-Z2-7]+)&", read).group(1)
    letters = window.find("label", re.compile("^[A-Z2-7]{4} ")).name
    assert letters.replace(" ", "") == secret, "picture and letters are the same"
    button = window.find("push button", "Turn on")
    assert not button.has("sensitive"), "nothing to send yet"
    code.set_text("000000")
    button.press()
    window.find("label", re.compile("^The code is wrong or was used already"))
    code.set_text(code_of(secret))
    button.press()
    driver.wait_for(lambda: window.maybe("push button", "I have kept them"), "the recovery codes")
    state["recovery"] = [element.name for element in window.find_all("label", re.compile("^[A-Z0-9]{4}-"))]
    assert len(set(state["recovery"])) == 10, state["recovery"]
    window.find("push button", "I have kept them").press()
    account.find("label", re.compile("^On[.] 10 recovery codes are left"))
    assert elsewhere("administrator")[0] == 401, "a sign-in needs a code now"
    assert elsewhere("administrator", code=state["recovery"][0])[0] == 200, "a recovery code counts"


@tests.case("S0-factor a person takes it away with a code, and a wrong one is told")
def drop_factor():
    account = state["app"].maybe("frame", "My account", tables=False)
    account.find("push button", "Turn off…").press()
    for code, heard in (("000000", "^The code is wrong"), (state["recovery"][1], None)):
        find("text", "Code, or a recovery code").set_text(code)
        answer("Turn off")
        if heard is not None:
            find("label", re.compile(heard))
    account.find("label", re.compile("^Off[.]"))
    assert elsewhere("administrator")[0] == 200, "a key alone is enough"


@tests.case("S0-sign-ins an administrator sees those of any user, and ends one")
def sign_ins_of_another():
    token = elsewhere("dispatcher")[1]["token"]
    state["app"].maybe("frame", "My account", tables=False).find("push button", "Close").press()
    driver.wait_for(lambda: state["app"].maybe("frame", "My account", tables=False) is None, "the account to close")
    find("push button", "Catalogues").click()
    find("list", "Catalogues").find("list item", "Sign-ins").click()
    find("text", "User id").set_text("dispatcher")
    find("text", "User id").click()
    driver.keys("Return")
    find("list", "Sign-ins").find("push button", "End: ventanilla").press()
    answer("End it")
    find("label", "Nobody is signed in as this user.")
    assert not is_in(token), "the other is out"


@tests.case("S0-sign-ins without the server the account says so, and shows it again with the server")
def account_offline():
    server.kill()
    account = open_account()
    account.find("label", "This is at the server alone, and it cannot be reached now.")
    globals()["server"] = server.restarted()
    driver.wait_for(lambda: account.maybe("push button", "Try again"), "the button").press()
    account.find("label", "This computer", timeout=60)
    state["app"].close()


@tests.case("S3-04 the address typed at sign-in names the company; another name, or none, is explained")
def company():
    server.stop()
    config = os.path.join(server.folder, "despachod.conf")
    with open(config, "w", encoding="utf-8") as out:
        out.write("[server]\nlisten=127.0.0.1:%d\nstate=%s/state\n[company norte]\ndatabase=%s\n[company sur]\ndatabase=sqlite:%s/sur.db\n"
                  % (server.port, server.folder, server.database, server.folder))
    house = driver.Program(session, "house", [driver.program("src/server/despachod"), "--config", config])
    house.read_line("listening")
    app = state["app"] = session.app(server, "administrator", key=False)
    find(None, "I have a one-time key").press()
    ctl = [driver.program("src/ctl/despachoctl"), "--config", config, "--company"]
    key = driver.run(*ctl, "norte", "user", "key", "administrator").split()[-1]
    for ending, heard in (("", "^This server has several companies: its address ends in the name of yours"),
                          ("/poniente", "^This server has no company “poniente”"),
                          ("/sur", "^User or password is wrong"), ("/norte/", None)):
        for name, text in (("Server address", server.url + ending), ("User id", "administrator"), ("One-time key", key)):
            app.find(None, re.compile("^" + name)).set_text(text)
        button = app.find("push button", "Sign in")
        driver.wait_for(lambda: button.has("sensitive"), "the button to be usable")
        button.press()
        if ending == "":
            answer("Trust this server")
        if heard is not None:
            driver.wait_for(lambda: app.maybe(None, re.compile(heard)), "the sentence " + heard)
    driver.wait_for(lambda: app.maybe("push button", "Catalogues", tables=False), "the window of that company")
    signed_in = driver.run(*ctl, "norte", "sessions", "list", "administrator")
    assert "despacho" in signed_in.splitlines()[1], signed_in
    app.close()
    house.stop()


if __name__ == "__main__":
    with session:
        tests.main()
