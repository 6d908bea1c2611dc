#!/usr/bin/python3
# test_factor.py: a second factor is asked of whoever has one, counts once, and is as slow to guess as a password
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codes are computed here by the words of RFC 4226 and 6238, not by the library that the server uses."""
import base64
import contextlib
import hashlib
import hmac
import json
import sqlite3
import struct
import time

from ctl import check, equal, run, test

STEP_S = 30


def code_at(secret, at):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // STEP_S), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7fffffff) % 1000000:06d}"


def early():
    """A moment at which no step ends before the server has looked."""
    while time.time() % STEP_S > STEP_S - 8:
        time.sleep(0.2)
    return time.time()


class Person:
    """A user with a password; the owner of the files sets up what he needs."""

    def __init__(self, office, name, profile="supervisor"):
        self.office, self.name, self.password = office, name, f"correct horse {name}"
        office.ctl("user", "add", name, "--profile", profile, "--scope", "all").ok()
        self.token = office.sign_in(name)
        equal(office.http("POST", "/v1/password", {"password": self.password}, self.token)[0], 200, "answer to a new password")

    def factor(self):
        told = json.loads(self.office.ctl("user", "totp", self.name, "--json").ok().out)
        self.secret, self.codes = told["secret"], told["codes"]
        return told

    def sign_in(self, code=None, **more):
        body = {"user": self.name, "program": "test", **({"code": code} if code is not None else {}), **more}
        if "key" not in body:
            body.setdefault("password", self.password)
        status, reply = self.office.http("POST", "/v1/session", body)
        if status == 200:
            self.token = reply["token"]
        return status, reply.get("error", {}).get("code")

    def call(self, method, path, body=None):
        """The user's own second factor."""
        return self.office.http(method, "/v1/second-factor" + (f"/{path}" if path else ""), body, self.token)

    def is_in(self):
        return self.office.http("GET", "/v1/session", token=self.token)[0] == 200


def served(office, *words):
    return office.init().serve("--sign-ins-per-minute", "0", *words)


@test("S0-factor RFC 6238: the code of today, and of one step to either side, once each and never an older one")
def steps(office):
    equal(code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59), "287082", "RFC 6238's first example")
    served(office)
    ana = Person(office, "ana")
    told = ana.factor()
    check(told["uri"].startswith(f"otpauth://totp/Despacho:ana?secret={ana.secret}&"), "the same secret as an address", told)
    equal(len(set(ana.codes)), 10, "recovery codes")
    equal(ana.sign_in(), (401, "second_factor"), "answer without a code")
    now = early()
    equal(ana.sign_in(code_at(ana.secret, now - 2 * STEP_S)), (401, "second_factor"), "answer to two steps before")
    equal(ana.sign_in(code_at(ana.secret, now + 2 * STEP_S)), (401, "second_factor"), "answer to two steps after")
    equal(ana.sign_in(code_at(ana.secret, now - STEP_S))[0], 200, "answer to the step before")
    equal(ana.sign_in(code_at(ana.secret, now - STEP_S)), (401, "second_factor"), "answer to a code that was used")
    half = code_at(ana.secret, now)
    equal(ana.sign_in(f"{half[:3]} {half[3:]}")[0], 200, "answer to the code of now, in two halves")
    equal(ana.sign_in(code_at(ana.secret, now + STEP_S))[0], 200, "answer to the step after")
    equal(ana.sign_in(code_at(ana.secret, now)), (401, "second_factor"), "answer to an older step")


@test("S0-factor the password has to be right first, and nothing tells who has a factor")
def password_first(office):
    served(office)
    ana, eva = Person(office, "ana"), Person(office, "eva")
    ana.factor()
    for person in (ana, eva):
        equal(person.sign_in(password="wrong horse battery"), (401, "sign_in"), f"answer to a wrong password of {person.name}")
    equal(ana.sign_in(code_at(ana.secret, early()), password="wrong horse battery"), (401, "sign_in"), "answer to a wrong password with a code")
    equal(ana.sign_in(code_at(ana.secret, early()))[0], 200, "answer to both right: the code was not used up")
    equal(eva.sign_in()[0], 200, "answer to who has no factor")


@test("S0-factor guesses are slowed down as passwords are, and asking for the code does not forgive them")
def guesses(office):
    served(office)
    ana = Person(office, "ana")
    ana.factor()
    right = {code_at(ana.secret, time.time() + i * STEP_S) for i in range(-2, 4)}
    wrong = [f"{n:06d}" for n in range(20) if f"{n:06d}" not in right]
    for n in range(5):
        equal(ana.sign_in(wrong[n]), (401, "second_factor"), f"answer to guess {n}")
        if n < 4:
            equal(ana.sign_in(), (401, "second_factor"), "answer without a code")
    equal(ana.sign_in(wrong[5]), (429, "wait"), "answer to one guess too many")
    equal(ana.sign_in(code_at(ana.secret, time.time())), (429, "wait"), "answer to the right one, too soon")


@test("S0-factor recovery codes let in without the authenticator, each once, in any spelling")
def recovery(office):
    served(office)
    ana, eva = Person(office, "ana"), Person(office, "eva")
    ana.factor()
    eva.factor()
    equal(ana.sign_in(ana.codes[0])[0], 200, "answer to a recovery code")
    equal(ana.sign_in(ana.codes[0]), (401, "second_factor"), "answer to it again")
    equal(ana.sign_in(ana.codes[1].lower().replace("-", " "))[0], 200, "answer to another one, typed by hand")
    equal(ana.sign_in(eva.codes[0]), (401, "second_factor"), "answer to another user's")
    for strange in ("", "12345", "1234567", "x" * 8000, "'; DROP TABLE recovery_code; --", "\u202e123456"):
        equal(ana.sign_in(strange), (401, "second_factor"), f"answer to “{strange[:20]}”")
        office.stop_server()  # a restart forgives the failures
        office.serve("--sign-ins-per-minute", "0")
    old = ana.codes[2]
    ana.factor()
    equal(ana.sign_in(old), (401, "second_factor"), "answer to a code of the former secret")


@test("S0-factor setting it ends the sessions; taking it away as well, and then a password is enough")
def on_and_off(office):
    served(office)
    ana = Person(office, "ana")
    check(ana.is_in(), "a session before")
    told = office.ctl("user", "totp", "ana").ok()
    check("otpauth://totp/Despacho:ana" in told.out and told.out.count("\n  ") == 10, "secret, address and codes for people", told)
    check(not ana.is_in(), "no session after")
    ana.factor()
    equal(ana.sign_in(ana.codes[0])[0], 200, "answer to a recovery code")
    office.ctl("user", "totp", "ana", "off").ok()
    check(not ana.is_in(), "no session after it was taken away")
    equal(ana.sign_in()[0], 200, "answer to the password alone")
    office.ctl("user", "totp", "nobody").fails("there is no user “nobody”")
    office.ctl("user", "totp", "ana", "on").fails("“on” is not off")
    office.ctl("user", "totp").fails("the name is missing")
    equal(office.http("POST", "/v1/admin/user-factor", {"user": "ana"}, ana.token)[0], 405, "answer over the network")


@test("S0-factor a one-time key needs the code too, and is not used up without it")
def with_key(office):
    served(office)
    ana = Person(office, "ana")
    ana.factor()
    key = office.ctl("user", "key", "ana").ok().out.split()[-1]
    equal(ana.sign_in(key=key), (401, "second_factor"), "answer to the key alone")
    equal(ana.sign_in("000000" if code_at(ana.secret, time.time()) != "000000" else "000001", key=key), (401, "second_factor"), "answer to a wrong code")
    equal(ana.sign_in(key="AAAA-" + key[5:]), (401, "sign_in"), "answer to a wrong key")
    equal(ana.sign_in(code_at(ana.secret, early()), key=key)[0], 200, "answer to both")
    equal(ana.sign_in(ana.codes[0], key=key), (401, "sign_in"), "answer to the key again")
    equal(ana.sign_in(ana.codes[0])[0], 200, "answer to the recovery code, which was not used up")


@test("S0-factor where it is required, supervisors and administrators are not let in without one; others are")
def required(office):
    served(office)
    people = {profile: Person(office, profile[:4], profile) for profile in ("supervisor", "administrator", "dispatcher")}
    office.stop_server()
    office.serve("--sign-ins-per-minute", "0", "--require-second-factor")
    for profile in ("supervisor", "administrator"):
        equal(people[profile].sign_in(), (403, "second_factor_missing"), f"answer to the {profile}")
        equal(people[profile].sign_in(password="wrong horse battery"), (401, "sign_in"), f"answer to a wrong password of the {profile}")
        people[profile].factor()
        equal(people[profile].sign_in(people[profile].codes[0])[0], 200, f"answer to the {profile} with a code")
    equal(people["dispatcher"].sign_in()[0], 200, "answer to the dispatcher")


@test("S0-factor neither the log nor the database shows a recovery code, and the log no secret")
def secrets(office):
    served(office)
    ana = Person(office, "ana")
    ana.factor()
    ana.sign_in(ana.codes[0])
    ana.sign_in("123123")
    office.stop_server()
    log = (office.folder / "server.log").read_text()
    data = b"".join(path.read_bytes() for path in office.folder.glob("d.db*") if path.is_file())
    for code in ana.codes:
        plain = code.replace("-", "")
        check(code not in log and code.encode() not in data and plain.encode() not in data, "no recovery code in clear", code)
    check(ana.secret not in log and "123123" not in log, "no secret in the log", log)
    with contextlib.closing(sqlite3.connect(f"file:{office.database}?mode=ro", uri=True)) as db:
        equal(db.execute("SELECT count(*) FROM recovery_code").fetchone()[0], 10, "recovery codes")
    equal(office.database.stat().st_mode & 0o77, 0, "rights of others on the file that holds the secret")


def new_factor(person):
    """What the window does: a secret, which goes into an authenticator."""
    status, told = person.call("POST", "new", {})
    equal(status, 200, "answer to a new secret")
    person.secret = told["secret"]
    check(told["uri"].startswith(f"otpauth://totp/Despacho:{person.name}?secret={person.secret}&"), "the same secret as an address", told)
    return told


@test("S0-factor a user sets up his own: password and a code of the new secret, and nothing is stored before")
def own(office):
    served(office)
    ana = Person(office, "ana")
    elsewhere = ana.token
    equal(ana.sign_in()[0], 200, "a second sign-in")
    equal(ana.call("GET", ""), (200, {"has": False, "codes": 0}), "what there is before")
    new_factor(ana)
    equal(ana.call("GET", ""), (200, {"has": False, "codes": 0}), "what there is after a secret alone")
    body = {"secret": ana.secret, "code": code_at(ana.secret, early()), "old": ana.password}
    for change, code in (({"old": "wrong horse battery"}, "password"), ({"code": code_at(ana.secret, time.time() + 5 * STEP_S)}, "code"),
                         ({"code": "x"}, "code")):
        status, reply = ana.call("POST", "", {**body, **change})
        equal((status, reply["error"]["code"]), (403, code), f"answer with {list(change)} wrong")
    for change in ({"secret": "AAAA"}, {"secret": None}, {"secret": "no secret"}, {"code": None}):
        equal(ana.call("POST", "", {**body, **change})[0], 400, f"answer with {change}")
    body["code"] = code_at(ana.secret, early())
    status, told = ana.call("POST", "", body)
    equal((status, list(told), len(set(told["codes"]))), (200, ["codes"], 10), "answer to all right")
    check(ana.is_in(), "this session to go on")
    equal(office.http("GET", "/v1/session", token=elsewhere)[0], 401, "the other one")
    equal(ana.call("GET", ""), (200, {"has": True, "codes": 10}), "what there is then")
    equal(ana.sign_in(), (401, "second_factor"), "a sign-in without a code")
    equal(ana.sign_in(body["code"]), (401, "second_factor"), "the code that set it up, again")
    equal(ana.sign_in(told["codes"][0])[0], 200, "a recovery code")
    equal(ana.call("GET", ""), (200, {"has": True, "codes": 9}), "recovery codes left")
    status, reply = ana.call("POST", "", {**body, "code": code_at(ana.secret, early())})
    equal((status, reply["error"]["code"]), (409, "second_factor"), "another one over it")
    for change, code in (({"old": "wrong horse battery"}, "password"), ({"code": told["codes"][0]}, "code")):
        status, reply = ana.call("POST", "off", {"old": ana.password, "code": told["codes"][1], **change})
        equal((status, reply["error"]["code"]), (403, code), f"taking it away with {list(change)} wrong")
    equal(ana.call("POST", "off", {"old": ana.password, "code": told["codes"][1]}), (200, {}), "taking it away")
    check(ana.is_in(), "this session to go on")
    equal(ana.sign_in()[0], 200, "a sign-in by password alone")
    status, reply = ana.call("POST", "off", {"old": ana.password, "code": "123456"})
    equal((status, reply["error"]["code"]), (409, "second_factor"), "taking away what is not there")


@test("S0-factor whoever must have one can replace it by an administrator only, and nobody touches another's")
def own_required(office):
    served(office)
    ana = Person(office, "ana")
    ana.factor()
    office.stop_server()
    office.serve("--sign-ins-per-minute", "0", "--require-second-factor")
    equal(ana.sign_in(ana.codes[0])[0], 200, "a recovery code")
    status, reply = ana.call("POST", "off", {"old": ana.password, "code": ana.codes[1]})
    equal((status, reply["error"]["code"]), (409, "second_factor_missing"), "taking it away")
    equal(ana.call("GET", "")[1]["codes"], 9, "recovery codes: none was used up by that")
    for method, path in (("GET", ""), ("POST", "new"), ("POST", ""), ("POST", "off")):
        equal(office.http(method, f"/v1/second-factor{'/' if path else ''}{path}", {} if method == "POST" else None)[0], 401, f"{method} {path} without a token")


if __name__ == "__main__":
    run()
