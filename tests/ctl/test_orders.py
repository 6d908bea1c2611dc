#!/usr/bin/python3
# test_orders.py: orders from any CSV by a mapping
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import json
import os
import pty

import ctl
from ctl import SOURCE, check, equal, test

ZONE = datetime.timedelta(hours=-6)


def today():
    """Mexico City has been six hours behind UTC all year since 2022."""
    return (datetime.datetime.now(datetime.timezone.utc) + ZONE).date()


def day(order, name="created_at"):
    """A time of an order, as Mexico City's clocks and calendar show it."""
    return datetime.datetime.fromisoformat(order[name].replace("Z", "+00:00")).replace(tzinfo=None) + ZONE


@test("A column, columns joined, a constant, a map, a date format and a default each fill their field")
def _(office):
    office.init()
    mapping = office.mapping(null_words=["NA"], fields={
        "created_at": {"columns": ["d", "h"], "time": "%d/%m/%Y %H:%M:%S"},
        "attention_at": {"field": "created_at", "plus": {"minutes": 90}},
        "type": {"column": "t", "map": {"REP": "Reparación"}, "unmapped": "refuse"},
        "state": {"const": "Ciudad de México"}, "description": {"columns": ["t", "what"], "join": " · "},
        "postal_code": {"column": "cp", "postal_code": "pad"},
        "priority": {"column": "what", "map": {"leak": "1"}, "default": "3"},
        "lat_e7": {"column": "lat", "degrees": "latitude"}, "lon_e7": {"column": "lon", "degrees": "longitude"}})
    path = office.file("o.csv", "n,d,h,t,what,cp,lat,lon\n"
                       "007,05/03/2026,23:30:00,REP,leak,1020,19.35,-99.18\n"
                       "8,06/03/2026,00:10:00,REP,noise,NA,NA,NA\n"
                       "9,06/03/2026,00:10:00,REP,NA,NA,NA,NA\n")
    said = office.ctl("import", "orders", path, "--mapping", mapping).ok()
    check("o.csv: 3 read, 3 added, 0 changed, 0 unchanged, 0 refused" in said.out, "the five counts as text", said)
    office.load("orders", path, "--mapping", mapping).counts(3, 0, 0, 3, 0)
    order = office.row("order", number="007")
    equal((order["type"], order["state"], order["description"], order["postal_code"], order["priority"]),
          ("Reparación", "Ciudad de México", "REP · leak", "01020", 1), "fields")
    equal((order["created_at"], order["attention_at"]), ("2026-03-06T05:30:00Z", "2026-03-06T07:00:00Z"), "times")
    equal((order["lat_e7"], order["lon_e7"], order["status"]), (193500000, -991800000, "unassigned"), "place and status")
    other = office.row("order", number="8")
    check("postal_code" not in other and "lat_e7" not in other, "no postal code and no place", other)
    equal(other["priority"], 3, "the default of a value that is not in the map")
    other = office.row("order", number="9")
    equal((other["description"], other.get("priority")), ("REP", None), "what is left of joined columns, and of nothing")


@test("S0-02 S0-27: an order brings its customer once, and its parent is the first report of the same incident")
def _(office):
    office.init()
    mapping = office.mapping(fields={
        "account": "acc", "contact_name": "who", "phone": "tel",
        "parent": {"first_of": {"same": "incident", "take": "n", "by": ["at", "n"]}}})
    path = office.file("o.csv", "n,at,acc,who,tel,incident\n"
                       "3,2026-03-02 12:00,A,Ana Ruiz,5511111111,I1\n"
                       "1,2026-03-01 09:00,A,Ana Ruiz,5511111111,I1\n"
                       "2,2026-03-01 10:00,B,Eva Paz,5522222222,I2\n")
    office.load("orders", path, "--mapping", mapping).counts(3, 3, 0, 0, 0)
    equal(sorted(row["account"] for row in office.rows("customer")), ["A", "B"], "customers")
    equal({row["number"]: row.get("parent") for row in office.rows("order")}, {"3": "1", "1": None, "2": None}, "parents")
    equal([row["number"] for row in office.rows("order", "parent=1")], ["3"], "orders found by their parent")
    equal(len({row["customer_id"] for row in office.rows("order")}), 2, "customers that orders name")
    office.load("orders", path, "--mapping", mapping).counts(3, 0, 0, 3, 0)
    equal(len(office.rows("customer")), 2, "customers after a second run")


@test("Exact duplicates are refused on every run, by the line that has the number already")
def _(office):
    office.init()
    path = office.file("o.csv", "n,at\n1,2026-03-01 09:00\n2,2026-03-01 09:00\n1,2026-03-01 09:00\n")
    mapping = office.mapping()
    office.load("orders", path, "--mapping", mapping).counts(3, 2, 0, 0, 1).says("o.csv, line 4: ", "“1”", "line 2")
    office.load("orders", path, "--mapping", mapping).counts(3, 0, 0, 2, 1).says("o.csv, line 4: ")
    changed = office.file("o.csv", "n,at\n1,2026-03-01 09:30\n2,2026-03-01 09:00\n")
    office.load("orders", changed, "--mapping", mapping).counts(2, 0, 1, 1, 0)


@test("S0-30: a postal code that the catalogue does not have is taken, and told with its line")
def _(office):
    office.init()
    mapping = office.mapping(fields={"postal_code": "cp"})
    rows = "".join(f"{n},2026-03-01 09:00,{90000 + n}\n" for n in range(1, 31))
    path = office.file("o.csv", "n,at,cp\n" + rows)
    # An office that has no catalogue is not told so with each order.
    office.load("orders", office.file("p.csv", "n,at,cp\n99,2026-03-01 09:00,90099\n"), "--mapping", mapping).counts(1, 1, 0, 0, 0)
    office.ctl("import", "postal-codes", SOURCE / "data/demo/postal-codes.txt").ok()
    result = office.load("orders", path, "--mapping", mapping).counts(30, 30, 0, 0, 0)
    result.says("o.csv, line 2, taken with a warning: ", "90001")
    equal(json.loads(result.out)["warned"], 30, "rows with a warning")
    equal(result.err.count("taken with a warning"), 20, "warnings that are told one by one")
    equal(office.row("order", number="7")["postal_code"], "90007", "the postal code as the file has it")
    said = office.ctl("import", "orders", path, "--mapping", mapping).ok()
    check("30 rows were taken with a warning" in said.out, "the sum as text", said)


@test("What a file does not say leaves an order as a person made it")
def _(office):
    office.init()
    mapping = office.mapping(fields={"street": "street"})
    office.load("orders", office.file("o.csv", "n,at,street\n1,2026-03-01 09:00,Roma 1\n"), "--mapping", mapping).counts(1, 1, 0, 0, 0)
    office.load("orders", office.file("p.csv", "n,at,street\n1,2026-03-01 09:00,\n"), "--mapping", mapping).counts(1, 0, 0, 1, 0)
    equal(office.row("order", number="1")["street"], "Roma 1", "street")


@test("shift_dates moves every date by the same days, so that the newest is today; a run on another day changes nothing")
def _(office):
    office.init()
    mapping = office.mapping(shift_dates="newest-is-today", shift_by="created_at", fields={
        "penalty_at": {"field": "created_at", "plus": {"minutes": 1440}}})
    path = office.file("o.csv", "n,at\n1,2023-06-01 09:00\n2,2023-06-05 23:50\n3,2023-06-05 00:10\n")
    before = today()
    office.load("orders", path, "--mapping", mapping).counts(3, 3, 0, 0, 0)
    after = today()
    orders = {row["number"]: row for row in office.rows("order")}
    check(before <= day(orders["2"]).date() <= after, f"{before} to {after}", orders["2"])
    equal(day(orders["2"]) - day(orders["1"]), datetime.timedelta(days=4, hours=14, minutes=50), "what lies between")
    equal(day(orders["3"]), day(orders["2"]).replace(hour=0, minute=10), "time of day")
    equal(day(orders["2"], "penalty_at") - day(orders["2"]), datetime.timedelta(days=1), "time until the penalty")

    later = str(today() + datetime.timedelta(days=3))
    office.load("orders", path, "--mapping", mapping, "--today", later).counts(3, 0, 0, 3, 0)
    grown = office.file("o.csv", path.read_text() + "4,2023-06-07 08:00\n")
    office.load("orders", grown, "--mapping", mapping, "--today", later).counts(4, 1, 0, 3, 0)
    equal(day(office.row("order", number="4")) - day(orders["1"]), datetime.timedelta(days=5, hours=23), "the new row's days")


@test("--today says which day the newest report is moved to; what is no day is told")
def _(office):
    office.init()
    mapping = office.mapping(shift_dates="newest-is-today", shift_by="created_at")
    path = office.file("o.csv", "n,at\n1,2023-06-01 09:00\n")
    office.ctl("import", "orders", path, "--mapping", mapping, "--today", "2026-02-31").fails("2026-02-31")
    office.load("orders", path, "--mapping", mapping, "--today", "2026-03-04").counts(1, 1, 0, 0, 0)
    equal(str(day(office.row("order", number="1")).date()), "2026-03-04", "day")


@test("S0-30: rows with a bad code, date or quote are refused by line and value; the good rows are in")
def _(office):
    office.init()
    mapping = office.mapping(fields={"postal_code": {"column": "cp", "postal_code": "refuse"}, "group": "g",
                                     "priority": "p", "type": {"column": "t", "map": {"A": "Alta"}, "unmapped": "refuse"}})
    path = office.file("o.csv", "\ufeff" "n,at,cp,g,p,t\n"
                       "1,2026-03-01 09:00,03100,G,1,A\n"
                       "2,2026-02-31 09:00,03100,G,1,A\n"
                       "3,2026-03-01 09:00,0310A,G,1,A\n"
                       "4,2026-03-01 09:00,3100,G,1,A\n"
                       "5,2026-03-01 09:00,03100,\"G\"x,1,A\n"
                       "6,2026-03-01 09:00,03100,G,9,A\n"
                       "7,2026-03-01 09:00,03100,G,1,B\n"
                       ",2026-03-01 09:00,03100,G,1,A\n"
                       "10,2026-03-01 09:00,03100,G,1\n"
                       "11,2026-03-01 25:00,03100,G,1,A\n"
                       "12,2026-03-01 09:00,03100,\"G, \"\"G\"\"\",1,A\n"
                       "13,2026-03-01 09:00,03100,G,1,\"A\n")
    said = office.load("orders", path, "--mapping", mapping).counts(12, 2, 0, 0, 10)
    for line, value in ((3, "2026-02-31 09:00"), (4, "0310A"), (5, "“3100”"), (6, "quote"), (7, "9"), (8, "“B”"), (9, "n"),
                        (10, "5 fields"), (11, "2026-03-01 25:00"), (13, "quote")):
        found = [text for text in said.err.splitlines() if text.startswith(f"o.csv, line {line}: ")]
        check(len(found) == 1 and value in found[0], f"line {line} with “{value}”", said)
    equal(sorted(row["number"] for row in office.rows("order")), ["1", "12"], "orders")
    equal(office.row("order", number="12")["group"], 'G, "G"', "quotes within quotes")


@test("A mapping that does not fit is told before anything is read: its file, and what is wrong in it")
def _(office):
    office.init()
    path = office.file("o.csv", "n,at\n1,2026-03-01 09:00\n")
    for name, text, word in (("text.json", "hello", "text.json"), ("half.json", '{"format": 1, "fields": {', "half.json"),
                             ("empty.json", "", "empty.json"), ("list.json", "[]", "list.json"),
                             ("new.json", '{"format": 2, "fields": {}}', "format")):
        office.ctl("import", "orders", path, "--mapping", office.file(name, text)).fails(name, word)
    office.ctl("import", "orders", path, "--mapping", office.folder / "none.json").fails("none.json")
    office.ctl("import", "orders", path, "--mapping", office.folder).fails(office.folder)
    office.ctl("import", "orders", path, "--mapping", office.mapping(fields={"street": "nowhere"})).fails("nowhere", "o.csv")
    office.ctl("import", "orders", path, "--mapping", office.mapping(fields={"colour": "n"})).fails("colour", "map.json")
    office.ctl("import", "orders", path, "--mapping", office.mapping(fields={"street": {"column": "n", "dance": 1}})).fails("dance", "map.json")
    office.ctl("import", "orders", path, "--mapping", office.mapping(time_zone="Mars/Crater")).fails("Mars/Crater")
    equal(office.rows("order"), [], "orders")


@test("What is no CSV is told by its name: nothing, a folder, no file, one without its columns, bytes of another kind")
def _(office):
    office.init()
    mapping = office.mapping()
    office.ctl("import", "orders", office.file("empty.csv", ""), "--mapping", mapping).fails("empty.csv")
    office.ctl("import", "orders", office.folder, "--mapping", mapping).fails(office.folder, "folder")
    office.ctl("import", "orders", office.folder / "none.csv", "--mapping", mapping).fails("none.csv")
    office.ctl("import", "orders", office.file("o.csv", "n,when\n1,2\n"), "--mapping", mapping).fails("o.csv", "at")
    office.ctl("import", "orders", office.file("bytes.csv", bytes(range(256)) * 9), "--mapping", mapping).fails("bytes.csv")
    twice = office.file("twice.csv", "n,at,at\n1,2026-03-01 09:00,x\n")
    office.ctl("import", "orders", twice, "--mapping", mapping).fails("twice.csv", "at")
    latin = office.file("latin.csv", "n,at\nñ,2026-03-01 09:00\n2,2026-03-01 09:00\n", "latin-1")
    office.load("orders", latin, "--mapping", mapping).counts(2, 1, 0, 0, 1).says("latin.csv, line 2: ", "UTF-8")
    none = office.load("orders", office.file("zero.csv", "n,at\n"), "--mapping", mapping)
    none.counts(0, 0, 0, 0, 0)


@test("A file of which every row is refused is a failure of the whole, with its counts all the same")
def _(office):
    office.init()
    path = office.file("o.csv", "n,at\n1,yesterday\n2,tomorrow\n")
    said = office.load("orders", path, "--mapping", office.mapping()).fails("o.csv, line 2: ", "yesterday", "line 3: ", "tomorrow")
    equal(json.loads(said.out)["refused"], 2, "refused")


@test("Packed as .xz, .gz or .zip, and given by standard name, a file of orders is the same file")
def _(office):
    office.init()
    mapping = office.mapping()
    path = office.file("o.csv", "n,at\n" + "".join(f"{n},2026-03-01 09:00\n" for n in range(1500)))
    office.load("orders", office.xz(path), "--mapping", mapping).counts(1500, 1500, 0, 0, 0)
    office.load("orders", office.zip(path), "--mapping", mapping).counts(1500, 0, 0, 1500, 0)
    office.whole()


@test("On a terminal a bar shows how far the file is read; a pipe gets none")
def _(office):
    office.init()
    path = office.file("o.csv", "n,at\n" + "".join(f"{n},2026-03-01 09:00\n" for n in range(3000)))
    mapping = office.mapping()
    terminal, end = pty.openpty()
    # A terminal holds a few kilobytes until they are read; a bar takes less.
    process = office.start("import", "orders", path, "--mapping", mapping, "--json", stderr=end)
    os.close(end)
    office.end(process).counts(3000, 3000, 0, 0, 0)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    check("o.csv [" in shown and "%" in shown and shown.endswith("\x1b[K"), "a bar that is taken away at the end", repr(shown))
    check("[" not in office.load("orders", path, "--mapping", mapping).ok().err, "no bar")


@test("A name that is a formula comes in as it is, and goes out of list as text")
def _(office):
    office.init()
    mapping = office.mapping(fields={"contact_name": "who"})
    path = office.file("o.csv", "n,at,who\n1,2026-03-01 09:00,=1+1\n2,2026-03-01 09:00,-2 años\n")
    office.load("orders", path, "--mapping", mapping).counts(2, 2, 0, 0, 0)
    equal(office.row("order", number="1")["contact_name"], "=1+1", "name")
    said = office.ctl("order", "list").ok()
    check(",'=1+1," in said.out and ",'-2 años," in said.out, "apostrophes", said)


if __name__ == "__main__":
    ctl.run()
