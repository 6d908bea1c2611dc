#!/usr/bin/python3
# test_sessions.py: where users are signed in, who may know it, and how one sign-in ends
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import threading

from ctl import check, equal, run, test


def served(office):
    office.init()
    office.serve()
    for name, profile in (("ana", "dispatcher"), ("beto", "supervisor"), ("root", "administrator")):
        office.ctl("user", "add", name, "--profile", profile, "--scope", "all").ok()
    return {name: office.sign_in(name) for name in ("ana", "beto", "root")}


def listed(office, token, user=None):
    status, reply = office.http("GET", "/v1/sign-ins" + (f"?user={user}" if user else ""), token=token)
    equal(status, 200, f"list of {user}: {reply}")
    return reply["sign_ins"]


def is_in(office, token):
    return office.http("GET", "/v1/session", token=token)[0] == 200


@test("S0-sign-ins a user sees his own, with program, address and when, and ends one of them")
def own(office):
    tokens = served(office)
    second = office.sign_in("ana")
    told = listed(office, tokens["ana"])
    equal(len(told), 2, "sign-ins")
    equal(sorted(told[0]), ["address", "began_at", "current", "device", "id", "program", "seen_at"], "what is told")
    equal([one["current"] for one in told].count(True), 1, "the present one")
    for one in told:
        equal((one["program"], one["address"]), ("test 1", "127.0.0.1"), "program and address")
        check(one["seen_at"] >= one["began_at"], "seen after it began", one)
    seen = [{one["id"]: one["current"] for one in listed(office, token, "ana")} for token in (tokens["ana"], second)]
    equal(seen[0], {id: not current for id, current in seen[1].items()}, "the same seen from the other")
    other = next(one["id"] for one in listed(office, tokens["ana"]) if not one["current"])
    # Who waits with it is told at once.
    waits = []
    cursor = office.http("GET", "/v1/changes?wait=0", token=second)[1]["cursor"]
    waiter = threading.Thread(target=lambda: waits.append(office.http("GET", f"/v1/changes?cursor={cursor}&wait=50", token=second)[0]))
    waiter.start()
    equal(office.http("POST", "/v1/sign-ins/end", {"id": other}, tokens["ana"])[0], 200, "the end of one")
    waiter.join()
    equal(waits, [401], "answer to who waited")
    check(not is_in(office, second) and is_in(office, tokens["ana"]), "only that one to end")
    equal(office.http("POST", "/v1/sign-ins/end", {"id": other}, tokens["ana"])[0], 404, "the end of what has ended")
    equal(len(listed(office, tokens["ana"])), 1, "sign-ins then")
    # It is ended in the database too.
    office.stop_server()
    office.serve()
    check(not is_in(office, second) and is_in(office, tokens["ana"]), "the same after a restart")


@test("S0-sign-ins those of others are for whoever may change users; to the rest another's sign-in does not exist")
def others(office):
    tokens = served(office)
    ana = listed(office, tokens["ana"])[0]["id"]
    for user in ("ana", "nobody-of-that-name"):
        status, reply = office.http("GET", f"/v1/sign-ins?user={user}", token=tokens["beto"])
        check(status in (403, 404), f"nothing of {user} for a supervisor", (status, reply))
    equal(office.http("POST", "/v1/sign-ins/end", {"id": ana}, tokens["beto"])[0], 404, "another's sign-in as one's own")
    check(office.http("POST", "/v1/sign-ins/end", {"id": ana, "user": "ana"}, tokens["beto"])[0] in (403, 404), "another's sign-in")
    check(is_in(office, tokens["ana"]), "ana to be in still")
    equal(office.http("GET", "/v1/sign-ins?user=nobody", token=tokens["root"])[0], 404, "nobody's")
    equal([one["id"] for one in listed(office, tokens["root"], "ana")], [ana], "ana's for an administrator")
    equal(office.http("POST", "/v1/sign-ins/end", {"id": ana, "user": "beto"}, tokens["root"])[0], 404, "ana's as beto's")
    equal(office.http("POST", "/v1/sign-ins/end", {"id": ana, "user": "ana"}, tokens["root"])[0], 200, "the end by an administrator")
    check(not is_in(office, tokens["ana"]) and is_in(office, tokens["beto"]), "ana alone to be out")
    for body in ({}, {"id": "x"}, {"id": None}):
        equal(office.http("POST", "/v1/sign-ins/end", body, tokens["root"])[0], 400, f"answer to {body}")


@test("S0-sign-ins despachoctl lists and ends them, with the server and without")
def by_tool(office):
    tokens = served(office)
    for live in (True, False):
        told = json.loads(office.ctl("sessions", "list", "ana", "--json").ok().out)["sign_ins"]
        equal(len(told), 1, "sign-ins")
        shown = office.ctl("sessions", "list", "ana").ok().out
        check(told[0]["id"] in shown and "127.0.0.1" in shown and "test 1" in shown, "the same for people", shown)
        if live:
            office.stop_server()
    office.ctl("sessions", "end", "ana", told[0]["id"]).ok()
    office.ctl("sessions", "end", "ana", told[0]["id"]).fails("there is no such sign-in")
    office.serve()
    check(not is_in(office, tokens["ana"]) and is_in(office, tokens["beto"]), "ana alone to be out")
    office.ctl("sessions", "list", "nobody").fails("there is no such user")
    office.ctl("sessions", "list").fails("missing")
    office.ctl("sessions", "kill", "ana").fails("“kill” is neither")


if __name__ == "__main__":
    run()
