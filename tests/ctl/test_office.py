#!/usr/bin/python3
# test_office.py: the administrator's records by hand and from files
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import stat

import ctl
from ctl import SOURCE, check, equal, test

DEMO = SOURCE / "data" / "demo"


def contractors(office):
    office.init()
    office.ctl("master", "add", "code=M1", "name=Máster Uno").ok()
    office.ctl("distributor", "add", "code=D1", "name=Uno", "master=M1").ok()
    office.ctl("distributor", "add", "code=D2", "name=Dos", "master=M1").ok()


def people(office):
    contractors(office)
    office.ctl("crew", "add", "code=C1", "name=Norte 1", "distributor=D1").ok()
    office.ctl("crew", "add", "code=C2", "name=Sur 1", "distributor=D2").ok()
    office.ctl("technician", "add", "code=T1", "name=Ana Ruiz", "distributor=D1").ok()


def orders(office, *numbers):
    rows = "".join(f"{number},2026-03-02 10:00\n" for number in numbers)
    return office.load("orders", office.file("o.csv", "n,at\n" + rows), "--mapping", office.mapping())


@test("init makes a database that only its owner can read, and a second time leaves it as it is")
def _(office):
    said = office.ctl("init").ok()
    check(str(office.database) in said.out, "the database's name", said)
    equal(stat.S_IMODE(os.stat(office.database).st_mode), 0o600, "mode of the database")
    office.ctl("master", "add", "code=M1", "name=Máster Uno").ok()
    office.ctl("init").ok()
    equal(len(office.rows("master")), 1, "number of masters")
    office.whole()


@test("A database that is not there is made by init alone: a mistyped name is told")
def _(office):
    office.ctl("crew", "list").fails(office.database)
    check(not office.database.exists(), "no database")
    office.ctl("verify").fails(office.database)
    office.ctl("init", database="postgresql://somewhere/else").fails("postgresql://somewhere/else")
    office.ctl("init", database=f"sqlite:{office.folder}/none/d.db").fails(f"{office.folder}/none/d.db")


@test("A file that is no database is told as such and stays as it is")
def _(office):
    office.file("d.db", "not a database, " * 400)
    before = office.database.read_bytes()
    office.ctl("crew", "list").fails(office.database)
    office.ctl("init").fails(office.database)
    equal(office.database.read_bytes(), before, "the file")


@test("Without a database, a command or one of its words, what is missing is said")
def _(office):
    office.ctl("crew", "list", database="").fails("--database")
    office.ctl("crew", "list", database="d.db").fails("d.db", "sqlite:FILE")
    office.init()
    office.ctl("nonsense").fails("nonsense", "--help")
    office.ctl("import", "orders").fails("import")
    office.ctl("import", "wishes", office.file("w.csv", "a\n")).fails("wishes")
    office.ctl("import", "settlements", office.file("s.csv", "name\nX\n")).fails("settlements")
    office.ctl("settlement", "add", "name=X").fails("settlement", "create")
    office.ctl("give", "order.dance", office.file("g.csv", "number\n1\n")).fails("order.dance")
    office.ctl("give", "order.assign", office.folder / "none.csv").fails("none.csv")
    office.ctl("user", "key").fails("user key", "NAME")
    office.ctl("import", "orders", office.file("o.csv", "a\n")).fails("--mapping")
    office.ctl("crew", "dance", "C1").fails("dance")
    office.ctl("crew", "add", "code").fails("code", "FIELD=VALUE")
    office.ctl("crew", "add", "colour=red").fails("colour")
    office.ctl("crew", "change").fails("change")
    office.ctl("--nonsense").fails("nonsense", code=2)


@test("--help names every command and option")
def _(office):
    said = office.ctl("--help").ok().out
    for word in ["init", "import postal-codes", "import coordinates", "import boundaries", "import orders", "user add",
                 "user key", "user grant|revoke", "add FIELD=VALUE", "change KEY", "list", "retire", "verify",
                 "--database", "--mapping", "--property", "--json", "--socket", "--reason", "--profile", "--scope"]:
        check(word in said, f"“{word}”", said)


@test("S0-12 S0-13 S0-14: masters, distributors and crews are added, changed and listed")
def _(office):
    contractors(office)
    office.ctl("distributor", "change", "D1", "name=Uno y Medio", "zone=031*|Benito Juárez").ok()
    equal(office.row("distributor", code="D1")["name"], "Uno y Medio", "name")
    equal(office.row("distributor", code="D1")["zone"], ["031*", "Benito Juárez"], "zone")
    office.ctl("master", "change", "M1", "phone=5500000000").ok()
    equal(office.row("master", code="M1")["phone"], "5500000000", "phone")
    office.ctl("crew", "add", "code=C1", "name=Norte 1", "distributor=D1", "skills=Fuga|Revisión", "capacity=6",
               "starts=08:30", "ends=18:00", "days_off=7|2026-12-25", "home_lat=19.4326", "home_lon=-99.1332").ok()
    crew = office.row("crew", code="C1")
    equal((crew["starts"], crew["ends"], crew["home_lat_e7"], crew["home_lon_e7"], crew["days_off"]),
          (510, 1080, 194326000, -991332000, ["7", "2026-12-25"]), "hours, home and days off")
    office.ctl("crew", "change", "C1", "capacity=").ok()
    check("capacity" not in office.row("crew", code="C1"), "no capacity")
    office.ctl("crew", "change", "C9", "name=X").fails("C9")
    office.ctl("crew", "add", "code=C1", "name=Again", "distributor=D1").fails("C1")
    office.ctl("crew", "add", "code=C2", "name=X", "distributor=D9").fails("D9")
    office.ctl("crew", "add", "code=C2", "name=X", "starts=25:00").fails("25:00")
    office.ctl("crew", "add", "code=C2", "name=X", "home_lat=nan").fails("nan")
    office.ctl("crew", "add", "code=C2", "name=X", "distributor=D1", "days_off=8").fails("8")
    equal(len(office.rows("crew")), 1, "number of crews")


@test("S0-12: a crew with open orders is not retired; without them it is, and comes back")
def _(office):
    people(office)
    orders(office, "A-1", "A-2").counts(2, 2, 0, 0, 0)
    assign = office.file("assign.csv", "number,crew\nA-1,C1\n")
    office.ctl("give", "order.assign", assign, "--json").counts(1, 0, 1, 0, 0)
    office.ctl("crew", "retire", "C1").fails("C1", "1 open order")
    check("retired" not in office.row("crew", code="C1"), "a crew that is not retired")
    office.ctl("crew", "retire", "C2", "--reason", "vehicle sold").ok()
    equal(office.row("crew", code="C2")["retired"], "yes", "retired")
    office.ctl("crew", "retire", "C2").fails("C2")
    refused = office.ctl("give", "order.assign", office.file("again.csv", "number,crew\nA-2,C2\n"), "--json")
    refused.counts(1, 0, 0, 0, 1).says("again.csv", "line 2", "C2")
    office.ctl("crew", "restore", "C2").ok()
    check(office.row("crew", code="C2").get("retired") != "yes", "a crew that is back")


@test("S0-13 S0-14: technicians, distributors and masters are retired and restored")
def _(office):
    people(office)
    for entity, key in ("technician", "T1"), ("distributor", "D2"), ("master", "M1"):
        office.ctl(entity, "retire", key).ok()
        equal(office.row(entity, code=key)["retired"], "yes", f"{entity} {key} retired")
        office.ctl(entity, "restore", key).ok()
        check(office.row(entity, code=key).get("retired") != "yes", f"{entity} {key} back")
    office.ctl("master", "retire", "M9").fails("M9")


@test("S0-12: a technician is in a crew from a day until a day, and never in two at once")
def _(office):
    people(office)
    office.ctl("membership", "add", "crew=C1", "technician=T1", "from=2026-01-01").ok()
    office.ctl("membership", "add", "crew=C2", "technician=T1", "from=2026-02-01").fails("T1")
    office.ctl("membership", "change", "C1/T1", "until=2026-01-31").ok()
    equal(office.row("membership")["until"], "2026-01-31", "last day")
    office.ctl("membership", "add", "crew=C2", "technician=T1", "from=2026-02-01").ok()
    office.ctl("membership", "change", "C2/T1", "until=2026-01-31").fails("before")
    office.ctl("membership", "change", "C2/T1", "until=2026-02-31").fails("2026-02-31")
    office.ctl("membership", "change", "C2/T9", "until=2026-03-31").fails("C2/T9")
    office.ctl("membership", "delete", "C2/T1").ok()
    equal(len(office.rows("membership")), 1, "number of memberships")


@test("S0-09: users are made with profile and scope, and get in by a key of the administrator's, once")
def _(office):
    people(office)
    orders(office, "A-1", "A-2").counts(2, 2, 0, 0, 0)
    office.ctl("order", "list").ok()
    office.ctl("user", "add", "ana", "full_name=Ana Ruiz", "--profile", "dispatcher", "--scope", "all").ok()
    office.ctl("user", "add", "dos", "--profile", "distributor", "--scope", "distributor D2").ok()
    office.ctl("user", "add", "jefa", "--profile", "supervisor", "--scope", "master M1").ok()
    office.ctl("user", "add", "admin", "--profile", "administrator", "--scope", "all").ok()
    office.ctl("user", "add", "ana").fails("ana")
    office.ctl("user", "add", "ana ruiz").fails("ana ruiz")
    office.ctl("user", "add", "eva", "--profile", "queen", "--scope", "all").fails("queen")
    check(not [row for row in office.rows("user") if row["name"] == "eva"], "no user without the profile asked for")
    office.ctl("user", "add", "eva", "--profile", "dispatcher", "--scope", "distributor D9").fails("D9")
    office.ctl("user", "add", "eva", "--profile", "dispatcher", "--scope", "planet").fails("planet")
    check(not [row for row in office.rows("user") if row["name"] == "eva"], "no user without the scope asked for")
    office.ctl("user", "key", "nobody").fails("nobody")
    office.ctl("user", "grant", "ana", "--profile", "supervisor", "--scope", "all").ok()
    office.ctl("user", "grant", "ana", "--profile", "supervisor", "--scope", "all").ok()
    equal(len(office.rows("grant")), 5, "number of grants")
    office.ctl("user", "revoke", "ana", "--profile", "supervisor", "--scope", "all").ok()
    equal(len(office.rows("grant")), 4, "number of grants")
    office.ctl("user", "revoke", "ana", "--profile", "supervisor", "--scope", "all").fails("ana", "supervisor")

    office.serve()
    token = office.sign_in("ana")
    equal(len(office.http("GET", "/v1/order", token=token)[1]["rows"]), 2, "orders that ana sees")
    equal([row["body"]["code"] for row in office.http("GET", "/v1/crew", token=office.sign_in("dos"))[1]["rows"]],
          ["C2"], "crews that dos sees")
    key = office.ctl("user", "key", "jefa").ok().out.split()[-1]
    for expected in 200, 401:
        body = {"user": "jefa", "key": key, "program": "test 1"}
        equal(office.http("POST", "/v1/session", body)[0], expected, "answer to the key")
    office.ctl("user", "change", "ana", "disabled=yes").ok()
    equal(office.http("GET", "/v1/order", token=token)[0], 401, "answer to a user who is disabled")
    office.stop_server()


@test("S0-12 S0-13 S0-14: files of masters, distributors, crews, technicians, memberships and users, twice")
def _(office):
    office.init()
    for what, n in (("masters", 2), ("distributors", 3), ("crews", 24), ("technicians", 48), ("memberships", 48), ("users", 5)):
        path = DEMO / f"{what}.csv"
        office.load(what, path).counts(n, n, 0, 0, 0)
        office.load(what, office.xz(office.file(path.name, path.read_bytes()))).counts(n, 0, 0, n, 0)
    office.whole()


@test("Catalogues come from a folder or by the file, twice; the first names the second")
def _(office):
    office.init()
    folder = SOURCE / "data/catalogues"
    office.ctl("import", "catalogue", folder).ok()
    for what, n in (("order_types", 8), ("reason_codes", 28), ("slots", 5), ("penalty_rules", 9), ("office_settings", 1)):
        result = office.ctl("import", "catalogue", folder / f"{what}.csv", "--json").ok()
        equal(json.loads(result.out), {"read": n, "added": 0, "changed": 0, "unchanged": n, "refused": 0, "warned": 0}, f"second run of {what}")
    equal(office.row("penalty_rule", code="ATENCION")["amount"], "180.00", "amount")
    path = office.file("policies.csv", "code,min_days,max_days\nGENERAL,9,2\n")
    office.ctl("import", "catalogue", path).fails("9", "2")
    office.ctl("import", "catalogue", office.file("colours.csv", "code\nred\n")).fails("colours.csv", "order_types.csv")
    office.whole()


@test("S0-04: Amounts are written and read with the digits of the office's currency; one that nobody knows is refused by its name")
def _(office):
    office.init()
    settings = "name,time_zone,starts,ends,currency\nX,UTC,08:00,18:00,%s\n"
    office.ctl("import", "catalogue", office.file("office_settings.csv", settings % "PES")).fails("PES", "MXN")
    for currency, amount, stored in (("MXN", "1234.50", 123450), ("JPY", "1234", 1234), ("KWD", "1.234", 1234)):
        office.ctl("import", "catalogue", office.file("office_settings.csv", settings % currency)).ok()
        office.ctl("rate", "add", "code=" + currency, "pays=service", "type=" + currency, "from=2026-01-01", "amount=" + amount).ok()
        equal(office.row("rate", code=currency)["amount"], f"{stored // 100}.{stored % 100:02d}", "hundredths of minor units")
        listed = office.ctl("rate", "list").ok().out
        check("," + amount + "," in listed, amount, listed)
        office.ctl("import", "catalogue", office.file("rates.csv", listed), "--json").counts(len(listed.splitlines()) - 1, 0, 0,
                                                                                            len(listed.splitlines()) - 1, 0)
    office.ctl("rate", "change", "JPY", "amount=1234.5").ok()
    office.ctl("import", "catalogue", office.file("office_settings.csv", settings % "JPY")).ok()
    office.ctl("rate", "change", "JPY", "amount=1234.5").fails("1234.5")


@test("S0-13 S0-14: an RFC with a wrong check digit is refused with the right one, and so is a CLABE")
def _(office):
    office.init()
    office.ctl("master", "add", "code=M1", "name=Uno", "tax_id=EKU9003173C8").fails("EKU9003173C8", "9")
    office.ctl("master", "add", "code=M1", "name=Uno", "tax_id=EKU9003173C9").ok()
    office.ctl("distributor", "add", "code=D1", "name=Uno", "bank_account=002010077777777772").fails("002010077777777772")


@test("What list writes is what import reads: nothing changes")
def _(office):
    office.init()
    for what in "masters", "distributors", "crews", "technicians":
        office.load(what, DEMO / f"{what}.csv").ok()
        listed = office.ctl(what[:-1], "list").ok().out
        n = len(office.rows(what[:-1]))
        office.load(what, office.file("listed.csv", listed)).counts(n, 0, 0, n, 0)


@test("A row of a file of crews that is wrong is refused by its line; the others are in")
def _(office):
    people(office)
    path = office.file("more.csv", "code,name,distributor,home_lat,home_lon,starts\n"
                       "C3,Tres,D1,19.4,-99.1,08:00\n"
                       "C4,Cuatro,D9,19.4,-99.1,08:00\n"
                       "C5,Cinco,D1,north,-99.1,08:00\n"
                       "C6,Seis,D1,19.4,-99.1,8 am\n"
                       ",Nadie,D1,19.4,-99.1,08:00\n"
                       "C7,Siete,D1,19.4,-99.1\n"
                       "C8,Ocho,D1,,,\n")
    said = office.load("crews", path).counts(7, 2, 0, 0, 5)
    said.says("more.csv, line 3: ", "D9", "line 4: ", "north", "line 5: ", "8 am", "line 6: ", "code", "line 7: ")
    equal(sorted(row["code"] for row in office.rows("crew")), ["C1", "C2", "C3", "C8"], "crews")
    office.ctl("import", "crews", office.file("odd.csv", "code,colour\nC9,red\n")).fails("odd.csv", "colour")
    office.ctl("import", "crews", office.file("odd.csv", "name\nX\n")).fails("odd.csv", "code")


@test("A formula in a name is written by list so that a spreadsheet takes it as text, and by --json as it is")
def _(office):
    contractors(office)
    formula = '=HYPERLINK("http://example.org/";"A")'
    office.ctl("crew", "add", "code=C1", f"name={formula}", "distributor=D1").ok()
    office.ctl("crew", "add", "code=C2", "name=@SUM(A1)", "distributor=D1", "home_lat=19.4", "home_lon=-99.1").ok()
    said = office.ctl("crew", "list").ok().out
    check('"\'=HYPERLINK(""http://example.org/"";""A"")"' in said, "an apostrophe before the formula", said)
    check("'@SUM(A1)" in said and ",-991000000," in said, "an apostrophe before @, none before a number", said)
    equal(office.row("crew", code="C1")["name"], formula, "the name")
    office.load("crews", office.file("back.csv", said)).counts(2, 0, 0, 2, 0)


@test("list takes the filters of the lists, and says what it does not understand")
def _(office):
    people(office)
    orders(office, "A-1", "A-2").counts(2, 2, 0, 0, 0)
    equal([row["number"] for row in office.rows("order", "number=A-2")], ["A-2"], "orders by number")
    office.ctl("order", "list", "colour=red").fails("colour")


@test("The demonstration's whole folder loads, and a second time changes nothing of it")
def _(office):
    office.init()
    office.ctl("demo", "load", DEMO).ok()
    before = office.rows("order")
    equal(len(before), 1200, "number of orders")
    second = office.ctl("demo", "load", DEMO, "--json").ok()
    for line in second.out.splitlines():
        told = json.loads(line)
        equal((told["added"], told["changed"]), (0, 0), f"added and changed in {second}")
    equal(office.rows("order"), before, "orders after the second time")
    office.whole()


@test("A path that is no folder, or one without files of an office, is told")
def _(office):
    office.init()
    office.ctl("demo", "load", office.folder / "none").fails("none")
    (office.folder / "empty").mkdir()
    office.ctl("demo", "load", office.folder / "empty").fails("empty")


if __name__ == "__main__":
    ctl.run()
