# replay.py: a log of what really happened, given as commands to a private despachod
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the replays share: an office whose clock the log drives, a client of the public API that sends commands in batches,
orders and history read back through the same API, and tables as text and JSON.

Nothing here is of the system: the server is started with --replay-from, so that its clock goes on by the times that the
commands carry, and every command and every answer goes over HTTP with the token of a user who has a supervisor's profile.
"""
import collections
import csv
import datetime
import http.client
import json
import lzma
import os
import pathlib
import re
import sys
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("DSP_SOURCE_ROOT", str(ROOT))
os.environ.setdefault("DSP_BUILD_ROOT", str(ROOT / "build"))
sys.path.insert(0, str(ROOT / "tests/ctl"))
import ctl  # noqa: E402

COMMANDS_MAX = 100
BODY_MAX = 200 << 10
USER = "replay"
DISTRIBUTOR = "LOG"
NAMESPACE = uuid.UUID("6f1b2a52-5c1d-4c0e-9d59-0c9f5f3e7a10")


def key(*words):
    """The id of a record that the replay makes: the same one in each run."""
    return str(uuid.uuid5(NAMESPACE, "/".join(words)))


def instant(moment):
    """How an instant travels."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text):
    return datetime.datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")


def read_csv(path):
    path = pathlib.Path(path)
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


class Api:
    """A device of one user, whose commands are numbered and sent up to a hundred at a time."""

    def __init__(self, office):
        self.connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=ctl.PATIENCE_S)
        status, reply = self.call("POST", "/v1/session", {"user": USER, "program": "replay 1",
                                                          "key": office.ctl("user", "key", USER).ok().out.split()[-1]})
        ctl.equal(status, 200, f"answer to the key of {USER}")
        self.token, self.device, self.epoch = reply["token"], reply["device"], reply["epoch"]
        self.next_no = reply["last"] + 1
        self.waiting, self.size = [], 0
        self.sent = collections.Counter()
        self.refused = []  # of (tag, kind, code, sentence)
        self.pushes = 0

    def call(self, method, target, body=None):
        headers = {"Content-Type": "application/json"}
        if getattr(self, "token", None):
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request(method, target, json.dumps(body) if body is not None else None, headers)
        reply = self.connection.getresponse()
        return reply.status, json.loads(reply.read() or b"null")

    def get(self, target):
        status, reply = self.call("GET", target)
        ctl.equal(status, 200, f"answer to {target}")
        return reply

    def give(self, at, kind, record, args, tag=None):
        """One command, given at that moment; goes out with the next batch. tag comes back with its refusal."""
        command = {"no": self.next_no, "kind": kind, "v": 1, "id": record, "at": instant(at), "args": args}
        size = len(json.dumps(command)) + 1
        if len(self.waiting) == COMMANDS_MAX or self.size + size > BODY_MAX:
            self.flush()
        self.waiting.append((command, tag))
        self.size += size
        self.next_no += 1

    def flush(self):
        """Sends what waits."""
        if not self.waiting:
            return
        batch, self.waiting, self.size = self.waiting, [], 0
        commands = [command for command, tag in batch]
        status, reply = self.call("POST", "/v1/commands", {"device": self.device, "epoch": self.epoch,
                                                           "first": commands[0]["no"], "commands": commands})
        ctl.check(status == 200, "commands to be answered", (status, reply))
        self.pushes += 1
        for (command, tag), result in zip(batch, reply["results"]):
            self.sent[command["kind"]] += 1
            if result["status"] == "rejected":
                self.refused.append((tag, command["kind"], result["code"], result.get("message", "")))

    def rows(self, entity):
        """All records of an entity, page by page."""
        after = None
        while True:
            page = self.get(f"/v1/{entity}?limit=1000" + (f"&after={after}" if after else ""))
            yield from page["rows"]
            after = page["next"]
            if not after:
                return

    def history(self, record):
        return [entry["body"] for entry in self.get(f"/v1/history?entity=order&id={record}")["entries"]]


class Replay:
    """A private office, its server, and the table of what came of it."""

    def __init__(self, title, begin):
        self.title, self.began = title, time.monotonic()
        self.phases = {}
        self.office = ctl.Office().init()
        # The clock starts before the log does, so that what the office is made of comes first in its history.
        start = begin - datetime.timedelta(days=1)
        self.office.serve("--replay-from", instant(start), "--requests-per-second", 0, "--commands-per-minute", 0)
        self.office.ctl("distributor", "add", f"code={DISTRIBUTOR}", f"name={title}").ok()
        self.office.ctl("user", "add", USER, "--profile", "supervisor", "--scope", "all").ok()

    def close(self):
        self.office.close()

    def catalogue(self, **tables):
        """Catalogues by the name of their file: rows as dicts."""
        folder = self.office.folder / "catalogue"
        folder.mkdir()
        for name, rows in tables.items():
            with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        self.office.ctl("import", "catalogue", folder).ok()

    def crews(self, names):
        """Makes a crew of each name."""
        path = self.office.folder / "crews.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["code", "name", "distributor"])
            writer.writerows([name[:20], name, DISTRIBUTOR] for name in names)
        self.office.ctl("import", "crews", path).ok()

    def phase(self, name):
        now = time.monotonic()
        self.phases[name] = round(now - self.began, 1)
        self.began = now

    def end(self):
        """The history of what was replayed is whole, on disk, without the server."""
        self.office.stop_server()
        self.office.whole()
        self.phase("verify")


def refusals(refused):
    """Refusals counted: what the log said, the command, the rule, and its sentence without the order's number."""
    counts = collections.Counter()
    for tag, kind, code, sentence in refused:
        counts[tag[1], kind, code, re.sub(r"order \S+", "order …", sentence)] += 1
    return [{"log": said, "command": kind, "rule": code, "sentence": sentence, "count": n}
            for (said, kind, code, sentence), n in counts.most_common()]


def lines(rows, indent="  "):
    """Rows of texts and numbers in columns; numbers to the right."""
    texts = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in texts) for i in range(len(texts[0]))] if texts else []
    for row, shown in zip(rows, texts):
        yield indent + "  ".join(text.rjust(width) if isinstance(cell, (int, float)) else text.ljust(width)
                                 for cell, text, width in zip(row, shown, widths)).rstrip()


def of(n, total):
    return f"{n:,} of {total:,} ({100 * n / total:.2f} %)" if total else "none"


def write(report, path):
    if path is not None:
        pathlib.Path(path).write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
