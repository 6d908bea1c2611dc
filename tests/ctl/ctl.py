# ctl.py: drives despachoctl and despachod from outside, and speaks TAP
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the administrator's commands share: an office on a database of its own, despachoctl on it, a real
despachod that holds it, and the frame that runs test functions one by one."""
import contextlib
import http.client
import json
import lzma
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile

BUILD = pathlib.Path(os.environ["DSP_BUILD_ROOT"])
SOURCE = pathlib.Path(os.environ["DSP_SOURCE_ROOT"])
DESPACHOCTL = BUILD / "src/ctl/despachoctl"
DESPACHOD = BUILD / "src/server/despachod"
# Bounds of waits, never a way to wait.
PATIENCE_S = 60
COUNTS = ["read", "added", "changed", "unchanged", "refused"]


class Failure(Exception):
    """A promise that does not hold, or a program that does something else than it should."""


class Skip(Exception):
    """What this test needs is not there."""


class Result:
    """How one run of despachoctl ended."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def __str__(self):
        return f"despachoctl {' '.join(map(str, self.words))}\nended with {self.code}\n{self.out}{self.err}"

    def ok(self):
        check(self.code == 0, "exit status 0", self)
        return self

    def fails(self, *texts, code=1):
        """The whole failed, with a message that has each of the texts, and without a crash."""
        check(self.code == code, f"exit status {code}", self)
        return self.says(*texts)

    def says(self, *texts):
        for text in texts:
            check(str(text) in self.err, f"“{text}” in the standard error", self)
        return self

    def counts(self, *expected):
        """The five counts in the order of COUNTS, from the one object that --json prints."""
        self.ok()
        told = json.loads(self.out)
        check(list(told) == COUNTS + ["warned"], f"exactly the members {COUNTS} and warned", self)
        check([told[name] for name in COUNTS] == list(expected), f"{list(expected)} of {COUNTS}", self)
        return self


def check(holds, promise, seen=""):
    if not holds:
        raise Failure(f"expected {promise}, got:\n{seen}")


def equal(seen, expected, what):
    check(seen == expected, f"{what} to be {expected!r}", repr(seen))


class Office:
    """A folder with a database, and the programs that work on it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="despacho-ctl-"))
        self.database = self.folder / "d.db"
        self.socket = self.folder / "d.db.socket"
        self.server = None
        self.running = []
        self.cleanups = []

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()
        if self.server is not None:
            self.kill_server()
        for cleanup in reversed(self.cleanups):
            cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Files

    def file(self, name, content, encoding="utf-8"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def xz(self, path):
        packed = path.with_name(path.name + ".xz")
        packed.write_bytes(lzma.compress(path.read_bytes(), preset=0))
        return packed

    def zip(self, path):
        packed = path.with_name(path.name + ".zip")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, path.name)
        return packed

    def mapping(self, name="map.json", **more):
        """A mapping of columns n and at (and what more says), as a file."""
        fields = {"number": {"column": "n", "required": True, "unique": True}, "account": {"const": "1"},
                  "group": {"const": "G"}, "type": {"const": "T"},
                  "created_at": {"column": "at", "time": "%Y-%m-%d %H:%M", "required": True}}
        fields.update(more.pop("fields", {}))
        return self.file(name, json.dumps({"format": 1, "time_zone": "America/Mexico_City", "fields": fields, **more}))

    # despachoctl

    def start(self, *words, database=None, env=None, before=None, stderr=subprocess.PIPE):
        """despachoctl, running. It is waited for by its communicate(), or killed at the end of the test."""
        command = [DESPACHOCTL, "--database", f"sqlite:{self.database}" if database is None else database, *words]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=stderr, text=True, encoding="utf-8", errors="replace",
                                   env=dict(os.environ, **(env or {})), preexec_fn=before)
        process.words = words
        self.running.append(process)
        return process

    def end(self, process):
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise Failure(f"still running after {PATIENCE_S} s: {Result(process.words, None, out, err)}") from None
        self.running.remove(process)
        err = err or ""
        result = Result(process.words, process.returncode, out, err)
        check("Sanitizer" not in err and "CRITICAL" not in err and "WARNING" not in err, "no fault of its own", result)
        return result

    def ctl(self, *words, **options):
        return self.end(self.start(*words, **options))

    def init(self):
        self.ctl("init").ok()
        return self

    def load(self, what, path, *words):
        return self.ctl("import", what, path, *words, "--json")

    def rows(self, entity, filter=None):
        words = [entity, "list", *([filter] if filter else []), "--json"]
        return [json.loads(line) for line in self.ctl(*words).ok().out.splitlines()]

    def row(self, entity, **values):
        """The one record with these values."""
        found = [row for row in self.rows(entity) if all(row.get(name) == value for name, value in values.items())]
        check(len(found) == 1, f"one {entity} with {values}", found)
        return found[0]

    def whole(self):
        self.ctl("verify").ok()

    def count(self, table):
        """Rows of a table as another process sees them now, the database being in use or not."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=PATIENCE_S)) as db:
            return db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]

    def wait_for_rows(self, table, n, process):
        """Until an import that runs has put so many rows into the database."""
        until = time.monotonic() + PATIENCE_S
        while self.count(table) < n:
            check(process.poll() is None, f"an import that still runs at {n} rows of {table}", process.returncode)
            check(time.monotonic() < until, f"{n} rows of {table} in {PATIENCE_S} s")
            time.sleep(0.002)

    # despachod

    def serve(self, *words, database=None):
        """A real despachod on the database, on a free port without TLS, and on the socket where despachoctl looks."""
        if database is not None:
            words = ("--socket", self.socket, *words)
        return self.launch("--database", f"sqlite:{self.database}" if database is None else database, "--listen", "127.0.0.1:0",
                           "--no-tls", "--state", self.folder / "state", *words)

    def launch(self, *words, **options):
        """A real despachod, set up by these words alone. What it said before it listened is in self.told."""
        errors = open(self.folder / "server.log", "ab")
        self.server = subprocess.Popen([str(DESPACHOD), *map(str, words)],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, **options)
        errors.close()
        self.told = []
        for line in self.server.stdout:
            self.told.append(line)
            if line.startswith("listening"):
                self.port = int(re.search(r":(\d+)( |$)", line).group(1))
                return self
        raise Failure(f"despachod did not start:\n{self.log()}")

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def kill_server(self, signal_number=signal.SIGKILL):
        self.server.send_signal(signal_number)
        code = self.server.wait(PATIENCE_S)
        self.server.stdout.close()
        self.server = None
        return code

    def stop_server(self):
        equal(self.kill_server(signal.SIGTERM), 0, f"exit status of despachod, which said {self.log()}")

    def http(self, method, target, body=None, token=None):
        status, text = self.get(method, target, body, token)
        return status, json.loads(text or b"null")

    def get(self, method, target, body=None, token=None, over=None):
        """(status, bytes) of an answer. over: a UNIX socket instead of the port."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        if over is not None:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(PATIENCE_S)
            connection.sock.connect(str(over))
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, target, json.dumps(body) if body is not None else None, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def sign_in(self, name):
        """A token, by a one-time key as an administrator issues it."""
        key = self.ctl("user", "key", name).ok().out.split()[-1]
        status, reply = self.http("POST", "/v1/session", {"user": name, "key": key, "program": "test 1"})
        equal(status, 200, f"answer to the key of {name}")
        return reply["token"]


# ---- the frame ----

cases = []


def test(name):
    """Makes a function that takes an Office a case. Its name is a promise, with the requirement's id where one is."""

    def add(function):
        cases.append((name, function))
        return function

    return add


def run():
    """Runs all cases of the program, or those whose name has the words given."""
    chosen = [(name, function) for name, function in cases if all(word in name for word in sys.argv[1:])]
    failed = 0
    # A limit that a test sets on the size of files is an error of write(), not a signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    print(f"1..{len(chosen)}", flush=True)
    for number, (name, function) in enumerate(chosen, 1):
        began = time.monotonic()
        try:
            office = Office()
            try:
                function(office)
            finally:
                office.close()
            said = f"ok {number} - {name}"
        except Skip as reason:
            said = f"ok {number} - {name} # SKIP {reason}"
        except Exception as fault:
            failed += 1
            text = str(fault) if isinstance(fault, Failure) else traceback.format_exc()
            at = traceback.extract_tb(fault.__traceback__)
            where = next((f for f in reversed(at) if not f.filename.endswith("/ctl.py")), at[-1])
            print(f"# {where.filename}:{where.lineno}")
            print("\n".join("# " + line for line in text.splitlines()))
            said = f"not ok {number} - {name}"
        print(f"{said}", flush=True)
        print(f"# {time.monotonic() - began:.2f} s", flush=True)
    sys.exit(1 if failed else 0)
