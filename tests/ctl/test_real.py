#!/usr/bin/python3
# test_real.py: the office on the real reports, built in one go, has what the data say
# SPDX-License-Identifier: GPL-3.0-or-later
"""Needs the folder of the real data, which the environment variable DESPACHO_DATA names; skipped without."""
import contextlib
import csv
import lzma
import os
import pathlib
import sqlite3
import subprocess

import ctl
from ctl import SOURCE, Skip, check, equal, test

BUILD_S = 900
REPORTS = "orders/sacmex_leak_reports_2022-01_2023-06.csv.xz"


def query(office, sql):
    with contextlib.closing(sqlite3.connect(f"file:{office.database}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def first_reports(path):
    """Of each report that follows from another of the same incident, the number of the incident's first."""
    incidents, numbers = {}, {}
    with lzma.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            order = (row["fecha_reporte"], row["hora_reporte"], row["id_reporte"])
            incident = row["folio"] if row["folio"] not in ("", "NA") else None
            numbers[row["id_reporte"]] = incident
            if incident is not None:
                incidents[incident] = min(incidents.get(incident, order), order)
    return {number: incidents[incident][2] for number, incident in numbers.items()
            if incident is not None and incidents[incident][2] != number}


@test("S0-27 S0-30: the real catalogue, boundaries and reports, twice: every row is there once and the history is whole")
def _(office):
    if not os.environ.get("DESPACHO_DATA"):
        raise Skip("DESPACHO_DATA names no folder of real data")
    data = pathlib.Path(os.environ["DESPACHO_DATA"])
    built = subprocess.run([str(SOURCE / "tests/real/build"), str(data), str(office.database)], capture_output=True, text=True,
                           timeout=BUILD_S, env=dict(os.environ, DESPACHOCTL=str(ctl.DESPACHOCTL)))
    refused = office.folder / "d.db.refused"
    check(built.returncode == 0, "an office", built.stdout + built.stderr + (refused.read_text()[-2000:] if refused.exists() else ""))
    for line in (".zip: 155922 read, 155922 added, 0 changed, 0 unchanged, 0 refused", "32003 postal codes",
                 "2023-06.csv.xz: 75577 read, 70897 added, 0 changed, 0 unchanged, 4680 refused"):
        check(line in built.stdout, f"“{line}”", built.stdout)

    equal(office.count("settlement"), 155922, "settlements")
    equal(query(office, "SELECT count(*) FROM postal_code WHERE state IS NOT NULL"), [(32003,)], "codes of the catalogue")
    leaks = "FROM \"order\" WHERE account LIKE 'SAC-%'"
    equal(query(office, f"SELECT count(*) {leaks}"), [(70897,)], "reports of leaks")
    equal(query(office, f"SELECT count(*) {leaks} AND postal_code IS NULL"), [(255,)], "reports without postal code")
    equal(dict(query(office, f"SELECT number, parent {leaks} AND parent IS NOT NULL")), first_reports(data / REPORTS), "parents")

    before = query(office, 'SELECT * FROM "order" ORDER BY id')
    office.load("orders", data / REPORTS, "--mapping", SOURCE / "data/mappings/sacmex.json").counts(75577, 0, 0, 70897, 4680)
    office.load("postal-codes", data / "postal/CPdescarga_2024-10-03.zip").counts(155922, 0, 0, 155922, 0)
    check(query(office, 'SELECT * FROM "order" ORDER BY id') == before, "the orders as they were")
    office.whole()


if __name__ == "__main__":
    ctl.run()
