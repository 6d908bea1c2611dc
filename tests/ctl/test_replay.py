#!/usr/bin/python3
# test_replay.py: logs given as commands to a server whose clock they drive, and what came of them
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small logs of our own making are always replayed; the whole real ones if the environment variable DESPACHO_DATA names the
folder of the real data."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import sqlite3
import subprocess
import sys

import ctl
from ctl import SOURCE, Skip, check, equal, test

REAL = SOURCE / "tests/real"
sys.path.insert(0, str(REAL))


def script(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(REAL / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def data(path):
    if not os.environ.get("DESPACHO_DATA"):
        raise Skip("DESPACHO_DATA names no folder of real data")
    return pathlib.Path(os.environ["DESPACHO_DATA"]) / path


def told(text):
    """The table, as comments of the test's output."""
    print("\n".join("# " + line for line in text.getvalue().splitlines()))


@test("S0-01 S0-37 S0-48: a log of incidents ends as the log says; a reassignment of a closed one is refused and counted")
def _(office):
    said = io.StringIO()
    report = script("replay-uci").run(REAL / "sample-uci.csv", out=said)
    equal(report["equal"], {"state": 5, "reassignments": 4, "reopenings": 5, "moments": 29}, "what equals the log")
    equal([(row["log"], row["command"], row["rule"], row["count"]) for row in report["refused"]],
          [("Resolved, reassigned", "order.move", "state", 1)], "refusals")
    equal(report["different"], {"reassignments": [{"incident": "T3", "log": "2", "despacho": 1}]}, "differences")
    check("4 of 5 (80.00 %)" in said.getvalue() and "order.move is not possible" in said.getvalue(), "a table", said.getvalue())


@test("S0-28 S0-41: the penalty clock keeps and breaks the deadlines of the log, also of one whose type changed")
def _(office):
    report = script("replay-uci").run(REAL / "sample-uci.csv", "confirmed", office.folder / "report.json", io.StringIO())
    equal(report["equal"], {"state": 5, "reassignments": 5, "reopenings": 5, "moments": 29}, "what equals the log")
    equal(report["refused"], [], "refusals")
    equal((report["disagreements"], report["penalized"], report["penalties"]), ([], 2, 2), "deadlines")
    check((office.folder / "report.json").read_text().startswith('{\n "closing": "confirmed"'), "a report for programs")


@test("S0-42 S0-46: a log of road incidents ends as the log says, to the second; one that ends before it begins is refused")
def _(office):
    said = io.StringIO()
    report = script("replay-c5").run(REAL / "sample-c5.csv", out=said)
    equal((report["equal"], report["different"]), ({"end": 5, "time": 5}, ["M/6"]), "what equals the log")
    equal([(row["log"], row["rule"]) for row in report["refused"]], [("(A) ended", "no_such_record")], "refusals")
    equal([(name, n) for name, n, bar in report["chart"] if n > 0], [("≤ 5 min", 1), ("≤ 10 min", 1), ("≤ 30 min", 2), ("≤ 2 h", 1)],
          "the chart")


@test("The clock of a replay stands where it was started as long as no command carries a time")
def _(office):
    office.init().serve("--replay-from", "2016-02-29T06:00:00Z")
    for code in "AB":
        office.ctl("master", "add", f"code={code}", "name=Uno").ok()
    with contextlib.closing(sqlite3.connect(f"file:{office.database}?mode=ro", uri=True)) as db:
        times = db.execute("SELECT \"at\" FROM history WHERE entity = 'master'").fetchall()
    equal(times, [(1456725600 * 1000000,)] * 2, "the instant of both entries")
    office.stop_server()
    office.whole()


@test("A server whose clock commands drive is refused where others could reach it, and with a time that is none")
def _(office):
    office.init()
    for words, text in (["--listen", "0.0.0.0:0", "--replay-from", "2016-02-29T06:00:00Z"], "this machine's own address"), \
                       (["--listen", "127.0.0.1:0", "--replay-from", "29/02/2016"], "29/02/2016"):
        process = subprocess.run([str(ctl.DESPACHOD), "--database", f"sqlite:{office.database}", "--no-tls", *words],
                                     capture_output=True, text=True, timeout=ctl.PATIENCE_S)
        check(process.returncode != 0 and text in process.stderr, f"a refusal with “{text}”", process.stderr)


@test("S0-01 S0-37 S0-48: 12,438 real incidents end as their log says, but for reassignments of closed ones")
def _(office):
    said = io.StringIO()
    report = script("replay-uci").run(data("orders/uci_incident_events_even.csv.xz"), out=said)
    told(said)
    total = report["incidents"]
    equal((total, report["equal"]["state"], report["equal"]["reopenings"]), (12438, total, total), "incidents like the log")
    equal(report["equal"]["moments"], report["moments"], "moments like the log")
    equal({row["rule"] for row in report["refused"]}, {"state"}, "rules that refused")
    equal({row["log"] for row in report["refused"]}, {"Resolved, reassigned"}, "what was refused")
    equal(total - report["equal"]["reassignments"], len(report["different"]["reassignments"]), "differences listed")


@test("S0-28: of 12,438 real deadlines the clock tells at least 98 of a hundred as their log does")
def _(office):
    said = io.StringIO()
    report = script("replay-uci").run(data("orders/uci_incident_events_even.csv.xz"), "confirmed", out=said)
    told(said)
    equal([report["equal"][name] for name in ("state", "reassignments", "reopenings")], [12438] * 3, "incidents like the log")
    agree = sum(half["agree"] for half in report["clock"].values())
    check(agree > 0.98 * 12438, "98 of a hundred", agree)


@test("S0-42 S0-46: 1,650 real road incidents end as their log says, to the second")
def _(office):
    said = io.StringIO()
    report = script("replay-c5").run(data("orders/c5_incidents_iztapalapa_2018-04a.csv.xz"), out=said)
    told(said)
    equal((report["equal"], report["refused"]), ({"end": 1650, "time": 1650}, []), "incidents like the log")


ctl.run()
