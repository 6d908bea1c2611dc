#!/usr/bin/python3
# test_copy.py: a company moves from one store to the other and goes on
# SPDX-License-Identifier: GPL-3.0-or-later
"""DESPACHO_TEST_POSTGRES names the cluster (tests/with-postgres)."""
import json
import os
import signal
import subprocess
import uuid

from ctl import check, equal, run, test

N_ORDERS = 3000


def schema():
    """A schema that is not there yet."""
    return f"{os.environ['DESPACHO_TEST_POSTGRES']}&options=-csearch_path%3Dtest_{uuid.uuid4().hex}"


def sql(uri, text):
    told = subprocess.run(["psql", "-XAtq", uri, "-c", text], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    check(told.returncode == 0, text, told.stderr)
    return told.stdout.strip()


def filled(office):
    """Orders of an import, a user, and what a client did."""
    office.init()
    office.ctl("distributor", "add", "code=D1", "name=Uno").ok()
    office.ctl("crew", "add", "code=C-1", "name=Ñandú", "distributor_id=D1").ok()
    office.ctl("user", "add", "ana", "full_name=Ana Ö", "--profile", "supervisor", "--scope", "all").ok()
    lines = ["n,at"] + [f"{n},2026-11-20 10:00" for n in range(N_ORDERS)]
    office.load("orders", office.file("orders.csv", "\n".join(lines)), "--mapping", office.mapping()).counts(N_ORDERS, N_ORDERS, 0, 0, 0)
    return office


class Device:
    """A client over HTTP, which lives through the move."""

    def __init__(self, office, name):
        key = office.ctl("user", "key", name, *office.where).ok().out.split()[-1]
        status, reply = office.http("POST", "/v1/session", {"user": name, "key": key, "program": "test"})
        equal(status, 200, "answer to the key")
        self.office, self.token, self.device, self.epoch, self.no = office, reply["token"], reply["device"], reply["epoch"], 0

    def push(self, *commands):
        body = {"device": self.device, "epoch": self.epoch, "first": self.no + 1,
                "commands": [{"no": self.no + 1 + i, "v": 1, **command} for i, command in enumerate(commands)]}
        return self.office.http("POST", "/v1/commands", body, self.token)

    def order(self, number):
        command = {"kind": "order.create", "id": str(uuid.uuid4()),
                   "args": {"number": number, "account": "A", "group": "g", "type": "t", "created_at": "2026-11-20T10:00:00Z"}}
        status, reply = self.push(command)
        check(status == 200 and reply["results"][0]["status"] == "applied", "order.create to be applied", f"{status} {reply}")
        self.no += 1

    def cursor(self):
        cursor, more = "", True
        while more:
            status, page = self.office.http("GET", f"/v1/changes?wait=0{cursor}", token=self.token)
            equal(status, 200, "a page of changes")
            cursor, more = f"&cursor={page['cursor']}", page["more"]
        return cursor


def move(office, source, target):
    """Server on one, copy, server on the other: what a client knew holds, but for the epoch."""
    office.where = ["--socket", office.socket]
    office.serve(database=source)
    device = Device(office, "ana")
    device.order("before")
    cursor = device.cursor()
    office.stop_server()
    before = orders(office, source)

    told = office.ctl("copy", "--from", source, "--to", target).ok()
    check("read back and the same" in told.out and f"order: {N_ORDERS + 1} of {N_ORDERS + 1}" in told.err, "progress and proof", told)
    office.ctl("verify", database=target).ok()
    equal(orders(office, target), before, "orders of the copy")

    office.serve(database=target)
    status, reply = office.http("GET", f"/v1/changes?wait=0{cursor}", token=device.token)
    equal((status, reply["error"]["code"]), (409, "epoch"), "answer to a cursor of the old history")
    status, reply = device.push()
    equal((status, reply["error"]["code"], reply["last"]), (409, "epoch", 1), "answer to the old epoch")
    device.epoch = reply["epoch"]
    device.order("after")
    office.ctl("crew", "add", "code=C-2", "name=Dos", "distributor_id=D1", "--socket", office.socket, database=target).ok()
    office.stop_server()
    office.ctl("verify", database=target).ok()
    names = [order["number"] for order in orders(office, target)]
    check("before" in names and "after" in names and len(names) == N_ORDERS + 2, "all orders", len(names))


def orders(office, database):
    told = office.ctl("order", "list", "--json", database=database).ok()
    return sorted((json.loads(line) for line in told.out.splitlines()), key=lambda order: order["number"])


@test("S0-copy an office moves from SQLite to PostgreSQL, and its server goes on")
def to_postgres(office):
    filled(office)
    move(office, f"sqlite:{office.database}", schema())


@test("S0-copy an office moves from PostgreSQL to SQLite, and its server goes on")
def to_sqlite(office):
    filled(office)
    source = schema()
    office.ctl("copy", "--from", f"sqlite:{office.database}", "--to", source).ok()
    target = office.folder / "back.db"
    move(office, source, f"sqlite:{target}")
    equal(oct(target.stat().st_mode & 0o777), "0o600", "rights of the file")


@test("S0-copy what is there is not written over, and what is used is not copied")
def refused(office):
    office.init()
    source, target = f"sqlite:{office.database}", schema()
    office.ctl("copy", "--from", source).fails("copy --from DATABASE --to DATABASE")
    office.ctl("copy", "--from", source, "--to", source).fails("are the same")
    office.ctl("copy", "--from", f"sqlite:{office.folder}/none.db", "--to", target).fails("none.db")
    office.ctl("copy", "--from", source, "--to", target).ok()
    office.ctl("copy", "--from", source, "--to", target).fails("is not empty")
    office.ctl("copy", "--from", target, "--to", source).fails("exists: move it away first")
    office.serve()
    office.ctl("copy", "--from", source, "--to", schema()).fails("another program has it open")
    office.stop_server()


@test("S0-copy stopped by Ctrl+C it leaves nothing, and can be done again")
def stopped(office):
    filled(office)
    for target in (schema(), f"sqlite:{office.folder}/copy.db"):
        process = office.start("copy", "--from", f"sqlite:{office.database}", "--to", target)
        first = process.stderr.readline()
        check("of" in first, "progress", first)
        process.send_signal(signal.SIGINT)
        office.end(process).fails("stopped", "holds nothing of it", code=130)
        if target.startswith("sqlite:"):
            equal([path.name for path in office.folder.glob("copy.db*") if path.suffix != ".lock"], [], "files of the copy")
        else:
            equal(sql(target, 'SELECT (SELECT count(*) FROM "order") + (SELECT count(*) FROM feed_state)'), "0", "rows of the copy")
        told = office.start("user", "list", database=target)
        check(office.end(told).code != 0, "no database there")
        office.ctl("copy", "--from", f"sqlite:{office.database}", "--to", target).ok()
        office.ctl("verify", database=target).ok()


@test("S0-copy a row that is not the same when it is read back refuses the whole")
def different(office):
    filled(office)
    target = schema()
    process = office.start("copy", "--from", f"sqlite:{office.database}", "--to", target)
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    office.end(process)
    sql(target, "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'ana' THEN NEW.full_name := 'Eva';"
                " END IF; RETURN NEW; END $$; CREATE TRIGGER other BEFORE INSERT ON \"user\" FOR EACH ROW EXECUTE FUNCTION other()")
    office.ctl("copy", "--from", f"sqlite:{office.database}", "--to", target).fails("table user is not the same")
    equal(sql(target, 'SELECT count(*) FROM "order"'), "0", "orders of the copy")


if __name__ == "__main__":
    run()
