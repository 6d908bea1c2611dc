#!/usr/bin/python3
# test_doctor.py: despachoctl doctor finds each thing that is not as it should be
# SPDX-License-Identifier: GPL-3.0-or-later
"""DESPACHO_TEST_POSTGRES names a cluster for the questions to that store (tests/with-postgres)."""
import contextlib
import json
import os
import sqlite3
import subprocess
import uuid

from ctl import Skip, check, equal, run, test


def look(office, *words, **options):
    """How it ended, and what each check said: [(status, text)]."""
    told = office.ctl("doctor", "--json", *words, **options)
    said = {}
    for line in json.loads(told.out):
        equal(sorted(line), ["check", "status", "text"], "members of a line")
        said.setdefault(line["check"], []).append((line["status"], line["text"]))
    return told, said


def complains(office, what, status, text, *words, **options):
    told, said = look(office, *words, **options)
    told.fails("complaint")
    check(any(grade == status and text in told_text for grade, told_text in said[what]), f"{what}: {status}: {text}", said)
    shown = office.ctl("doctor", *words, **options).fails("complaint")
    check(text in shown.out, f"“{text}” for people", shown)
    return said


def write(office, sql):
    with contextlib.closing(sqlite3.connect(office.database)) as db, db:
        db.execute(sql)


def served(office):
    office.init()
    office.serve()
    return office.folder / "state"


@test("S0-doctor an office as it should be has no complaint, with its server and without")
def fine(office):
    state = served(office)
    told, said = look(office, "--state", state)
    told.ok()
    for what in ("rights", "disk", "server", "schema", "settings"):
        check(all(status == "ok" for status, _ in said[what]), f"{what} to be fine", said[what])
    equal(said["backup"][0][0], "notice", "backup before there is one")
    office.ctl("user", "add", "ana", "--profile", "dispatcher", "--scope", "all").ok()
    office.stop_server()
    office.ctl("backup", office.folder / "b.db").ok()
    told, said = look(office, "--state", state)
    told.ok()
    equal(said["server"][0][0], "notice", "server that is stopped")
    equal(said["backup"], [("ok", "a verified one is known")], "backup")


@test("S0-doctor rights: files that others can read, and of another owner")
def rights(office):
    state = served(office)
    for path in (office.database, state, state / "files"):
        mode = path.stat().st_mode & 0o777
        path.chmod(mode | 0o044)
        complains(office, "rights", "warning", f"{path}: others than its owner may use it", "--state", state)
        path.chmod(mode)
    if os.geteuid() == 0:
        os.chown(state, 65534, 65534)
        complains(office, "rights", "fault", f"{state} belongs to user 65534", "--state", state)
    complains(office, "rights", "fault", "No such file", "--state", office.folder / "nowhere")


@test("S0-doctor disk: less room than was asked for")
def disk(office):
    office.init()
    complains(office, "disk", "warning", "fewer than 100000000", "--free", "100000000")


def ended(office, key):
    """A certificate of long ago. Only the small authority of openssl lets one choose the days."""
    folder = office.folder / "ca"
    folder.mkdir()
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    (folder / "conf").write_text(f"[ca]\ndefault_ca=d\n[d]\nnew_certs_dir={folder}\ndatabase={folder}/index\nserial={folder}/serial\n"
                                 "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=n\n[n]\n")
    for words in (["req", "-new", "-key", key, "-out", folder / "csr", "-subj", "/CN=office", "-config", folder / "conf"],
                  ["ca", "-batch", "-selfsign", "-config", folder / "conf", "-in", folder / "csr", "-keyfile", key, "-notext",
                   "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-out", folder / "pem"]):
        told = subprocess.run(["openssl", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        equal(told.returncode, 0, f"exit status of openssl, which said {told.stderr}")
    return folder / "pem"


@test("S0-doctor certificate: near its end, ended, or none at all")
def certificate(office):
    office.init()
    pem, key = office.folder / "c.pem", office.folder / "k.pem"
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                           "-out", pem, "-days", "20", "-subj", "/CN=office"], stdin=subprocess.DEVNULL, capture_output=True)
    if made.returncode != 0:
        raise Skip("there is no openssl to make a certificate")
    complains(office, "certificate", "warning", "ends on", "--certificate", pem)
    told, said = look(office, "--certificate", pem, "--days", "10")
    told.ok()
    check("is good until" in said["certificate"][0][1], "a good certificate", said)
    complains(office, "certificate", "fault", "ended on 2020-02-01", "--certificate", ended(office, key))
    key.write_text("no certificate")
    complains(office, "certificate", "fault", str(key), "--certificate", key)
    complains(office, "certificate", "fault", "none.pem", "--certificate", office.folder / "none.pem")


@test("S0-doctor clock: behind what is already in the history")
def clock(office):
    office.init()
    write(office, 'UPDATE history SET "at" = 4102444800000000 WHERE _row = 2')
    complains(office, "clock", "fault", "of 2100-01-01")


@test("S0-doctor schema: of a newer version, of an older one, and no office at all")
def schema(office):
    office.init()
    write(office, "UPDATE schema_part SET version = version + 1 WHERE name = 'server'")
    complains(office, "schema", "fault", "a newer version of the program wrote it: server")
    write(office, "UPDATE schema_part SET version = version - 2 WHERE name = 'server'")
    told, said = look(office)
    told.ok()
    check(said["schema"][0][0] == "notice" and "when it starts" in said["schema"][0][1], "an older schema to be noticed", said)
    write(office, "DELETE FROM schema_part")
    complains(office, "schema", "fault", "there is no database of an office")


@test("S0-doctor settings: a journal that does not survive a loss of power")
def journal(office):
    office.init()
    with contextlib.closing(sqlite3.connect(office.database)) as db:
        equal(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0], "delete", "journal mode")
    complains(office, "settings", "fault", "journal_mode is delete")


@test("S0-doctor database: none there, or no database")
def database(office):
    complains(office, "database", "fault", "no such file")
    office.database.write_text("this is no database " * 100)
    complains(office, "database", "fault", "")


@test("S0-doctor words: what cannot be meant is refused")
def words(office):
    office.ctl("doctor", database="").fails("--database is missing")


@test("S0-doctor settings of PostgreSQL: commits that do not wait for the disk")
def postgres(office):
    cluster = os.environ.get("DESPACHO_TEST_POSTGRES")
    if not cluster:
        raise Skip("without PostgreSQL")
    name = f"test_{uuid.uuid4().hex}"
    uri = f"{cluster}&options=-csearch_path%3D{name}"
    office.ctl("init", database=uri).ok()
    told, said = look(office, database=uri)
    told.ok()
    equal([status for status, _ in said["settings"]], ["ok"] * 3, "settings")
    equal(said["backup"], [("ok", "is PostgreSQL's own")], "backup")
    complains(office, "settings", "fault", "synchronous_commit is off", database=f"{uri}%20-csynchronous_commit%3Doff")
    complains(office, "database", "fault", "", database=f"{cluster}&options=-csearch_path%3D{name}_no")


if __name__ == "__main__":
    run()
