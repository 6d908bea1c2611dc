#!/usr/bin/python3
# test_whole.py: whatever happens in the middle of an import, the database stays whole and a second run goes on
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import fcntl
import json
import resource
import signal
import socket
import sqlite3
import subprocess
import threading

import ctl
from ctl import Skip, check, equal, test

MANY = 12000


def many(office, n=MANY, name="many.csv"):
    return office.file(name, "n,at\n" + "".join(f"{i},2026-03-01 09:00\n" for i in range(n)))


def import_orders(office, path, **options):
    return office.start("import", "orders", path, "--mapping", office.mapping(), "--json", **options)


def goes_on(office, path, n=MANY):
    """The second run adds what the first did not, and only that."""
    office.whole()
    there = office.count("order")
    check(0 < there < n, f"a part of {n} orders", there)
    office.end(import_orders(office, path)).counts(n, n - there, 0, there, 0)
    equal(office.count("order"), n, "orders after the second run")
    office.whole()


@test("Ctrl+C in the middle of an import leaves the database whole, and says what was done")
def _(office):
    office.init()
    path = many(office)
    process = import_orders(office, path)
    office.wait_for_rows("order", 1, process)
    process.send_signal(signal.SIGINT)
    said = office.end(process).fails("stopped", code=130)
    told = json.loads(said.out)
    equal(told["added"], office.count("order"), "the number told as added")
    goes_on(office, path)


@test("kill -9 in the middle of an import leaves the database whole")
def _(office):
    office.init()
    path = many(office)
    process = import_orders(office, path)
    office.wait_for_rows("order", 1, process)
    process.kill()
    equal(office.end(process).code, -signal.SIGKILL, "exit status")
    goes_on(office, path)


@test("kill -9 of the server in the middle of an import: despachoctl says so, and a new server goes on")
def _(office):
    office.init().serve()
    path = many(office)
    process = import_orders(office, path)
    office.wait_for_rows("order", 1, process)
    office.kill_server()
    office.end(process).fails("many.csv", "server")
    office.serve()
    goes_on(office, path)
    office.stop_server()


@test("Through a running server everything is the same, and its users see it")
def _(office):
    office.init().serve()
    office.ctl("distributor", "add", "code=D1", "name=Uno").ok()
    office.ctl("crew", "add", "code=C1", "name=Norte 1", "distributor=D1").ok()
    office.ctl("user", "add", "ana", "--profile", "dispatcher", "--scope", "all").ok()
    path = many(office, 500)
    office.end(import_orders(office, path)).counts(500, 500, 0, 0, 0)
    office.end(import_orders(office, path)).counts(500, 0, 0, 500, 0)
    office.ctl("import", "coordinates", office.file("p.csv", "cp,lat,lon\n03100,19.38,-99.17\n")).ok()
    equal(len(office.rows("crew")), 1, "crews")
    status, reply = office.http("GET", "/v1/order?counts=status&limit=1", token=office.sign_in("ana"))
    equal((status, reply["counts"]["status"]["unassigned"]), (200, 500), "what a dispatcher sees")
    office.whole()
    office.stop_server()
    equal(len(office.rows("order", "number=7")), 1, "orders with that number without the server")


@test("A server that runs without --socket listens where despachoctl looks")
def _(office):
    office.init()
    office.serve()
    check(office.socket.exists(), "a socket beside the database")
    office.ctl("master", "add", "code=M1", "name=Uno").ok()
    office.stop_server()


@test("Two imports at once through the server: both end well, and each order is there once")
def _(office):
    office.init().serve()
    path = many(office, 3000)
    both = [office.end(process) for process in [import_orders(office, path), import_orders(office, path)]]
    told = [json.loads(said.ok().out) for said in both]
    equal(sum(counts["added"] for counts in told), 3000, "added by both")
    equal([counts["refused"] for counts in told], [0, 0], "refused by either")
    equal(office.count("order"), 3000, "orders")
    office.whole()
    office.stop_server()


@test("Two despachoctl at once without a server: one works, the other waits for it or says who is in the way")
def _(office):
    office.init()
    path = many(office)
    first = import_orders(office, path)
    office.wait_for_rows("order", 1, first)
    second = office.ctl("master", "add", "code=M1", "name=Uno")
    if second.code != 0:
        second.fails(office.database, "another program")
    office.end(first).counts(MANY, MANY, 0, 0, 0)
    office.ctl("master", "list").ok()
    office.whole()


@test("A lock held by a program that does not answer is told at once, with what to do")
def _(office):
    office.init()
    with open(f"{office.database}.lock", "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        office.ctl("crew", "list").fails(office.database, "another program", "--socket")
        office.ctl("import", "crews", office.file("c.csv", "code,name\n")).fails("another program")
        office.ctl("init").fails(office.database, "another program")
    office.ctl("crew", "list").ok()


@test("A socket whose program never answers, or that is something else, is told; a dead one is passed over")
def _(office):
    office.init()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(office.socket))
        silent.listen(8)
        office.ctl("crew", "list").fails(office.socket, "does not answer")
        stop = threading.Event()

        def mumble():
            silent.settimeout(0.2)
            while not stop.is_set():
                try:
                    connection, _ = silent.accept()
                except socket.timeout:
                    continue
                with connection, contextlib.suppress(BrokenPipeError):
                    connection.sendall(b"220 mail.example.org ESMTP\r\n")

        thread = threading.Thread(target=mumble)
        thread.start()
        office.ctl("crew", "list").fails(office.socket)
        stop.set()
        thread.join()
    office.ctl("crew", "list").ok()


def small_disk(office, size):
    """The office's database on a disk of its own, which only root can have."""
    disk = office.folder / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip("a disk of its own needs root; the limit on the size of files is tested instead")
    office.cleanups.append(lambda: subprocess.run(["umount", "-l", str(disk)], check=True))
    office.database = disk / "d.db"
    return disk


@test("A full disk is told, nothing is half done, and with more room a second run goes on")
def _(office):
    disk = small_disk(office, "3m")
    office.init()
    path = many(office)
    office.end(import_orders(office, path)).fails("many.csv", "full")
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    goes_on(office, path)


@test("A disk that is full from the start: init says so")
def _(office):
    disk = small_disk(office, "64k")
    office.ctl("init").fails(office.database, "full")
    subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
    office.init().whole()


@test("A file that may not grow is told like a full disk, and a second run without the limit goes on")
def _(office):
    office.init()
    path = many(office)
    limit = 3 << 20
    process = import_orders(office, path, before=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                                          resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    office.end(process).fails("many.csv", "full")
    goes_on(office, path)


@test("A folder that may not be written is told by name")
def _(office):
    office.init()
    office.ctl("init", database="sqlite:/proc/d.db").fails("/proc/d.db")
    office.ctl("crew", "list", env={"TMPDIR": str(office.folder / "none")}).fails("none")


@test("verify says what was changed behind the program's back")
def _(office):
    office.init()
    office.end(import_orders(office, many(office, 50))).counts(50, 50, 0, 0, 0)
    office.whole()
    with contextlib.closing(sqlite3.connect(office.database)) as db, db:
        db.execute('UPDATE "order" SET "type" = \'X\' WHERE number = \'7\'')
    office.ctl("verify").fails("not as")


if __name__ == "__main__":
    ctl.run()
