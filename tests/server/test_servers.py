#!/usr/bin/python3
# test_servers.py: several despachod on one PostgreSQL are one server, whichever of them is asked, and whichever dies
# SPDX-License-Identifier: GPL-3.0-or-later
"""DESPACHO_TEST_POSTGRES names the cluster (tests/with-postgres). DESPACHO_SEED replays a run."""
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import uuid

BUILD = pathlib.Path(os.environ["DSP_BUILD_ROOT"])
POSTGRES = os.environ.get("DESPACHO_TEST_POSTGRES")
SEED = int(os.environ.get("DESPACHO_SEED") or random.randrange(1 << 32))
# Bounds of waits, never a way to wait.
PATIENCE_S = 60


class Failure(Exception):
    """A promise that does not hold."""


def check(holds, promise, seen=""):
    if not holds:
        raise Failure(f"expected {promise}, got: {seen}")


class Server:
    """One despachod of a company."""

    def __init__(self, company):
        self.company, self.port, self.process, self.code = company, 0, None, None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="server-", dir=company.folder))
        self.socket = self.folder / "socket"
        self.start()

    def start(self):
        with open(self.company.folder / "servers.log", "ab") as errors:
            self.process = subprocess.Popen(
                [BUILD / "src/server/despachod", "--database", self.company.uri, "--listen", f"127.0.0.1:{self.port}", "--no-tls",
                 "--socket", self.socket, "--state", self.company.folder / "state", "--sign-ins-per-minute", "0",
                 "--requests-per-second", "0", "--commands-per-minute", "0"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
        for line in self.process.stdout:
            if "one-time key " in line:
                self.code = line.split("one-time key ")[1].split()[0]
            if line.startswith("listening"):
                self.port = int(line.split()[1].rsplit(":", 1)[1])
                return
        raise Failure(f"despachod did not start: {self.company.log()}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            check(self.process.wait(PATIENCE_S) == 0, "a server that ends by itself", self.company.log())


class Company:
    """A schema of its own, and its servers."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="despacho-servers-"))
        self.uri = f"{POSTGRES}&options=-csearch_path%3Dtest_{uuid.uuid4().hex}"
        self.servers, self.others = [], []

    def log(self):
        return (self.folder / "servers.log").read_text(errors="replace")[-2000:]

    def serve(self, n):
        self.servers = [Server(self) for _ in range(n)]
        return self.servers

    def client(self, name, *servers, key=None):
        client = Client(*(server.port for server in servers))
        key = key if key is not None else self.servers[-1].code  # the newest counts
        client.sign_in(name, key)
        return client

    def user(self, root, name, profile="supervisor", over="00000000-0000-0000-0000-000000000003", at=0):
        ident = root.give("user.create", name=name)
        grant = root.give("grant.create", user_id=ident, profile_id=root.profile(profile), over=over)
        ctl = subprocess.run([BUILD / "src/ctl/despachoctl", "--database", self.uri, "--socket", self.servers[at].socket, "user", "key", name],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
        check(ctl.returncode == 0, "a key for the user", ctl.stderr)
        return ident, grant, ctl.stdout.split()[-1]

    def verify(self):
        told = subprocess.run([BUILD / "src/ctl/despachoctl", "--database", self.uri, "verify"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE_S)
        check(told.returncode == 0, "a whole history", told.stderr)

    def sql(self, text):
        run = subprocess.run(["psql", "-XAtq", self.uri, "-c", text], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        check(run.returncode == 0, text, run.stderr)
        return run.stdout.strip()

    def close(self):
        for process in self.others:
            process.kill()
            process.wait()
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Client:
    """A device. Asks the server of the moment; goes to the next one when that does not answer."""

    def __init__(self, *ports):
        self.ports, self.at, self.connection, self.token = ports, 0, None, None
        self.no = 0

    def move(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None
        self.at = (self.at + 1) % len(self.ports)

    def call(self, method, path, body=None):
        """(status, reply); status 0: nobody answered, or the answer was lost."""
        fields = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            fields["Authorization"] = f"Bearer {self.token}"
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.ports[self.at], timeout=PATIENCE_S)
            self.connection.request(method, f"/{path}", json.dumps(body) if body is not None else None, fields)
            reply = self.connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return 0, None
        try:
            return reply.status, json.loads(text)
        except ValueError:  # a balancer's own page
            return reply.status, None

    def must(self, method, path, body=None, status=200):
        told, reply = self.call(method, path, body)
        check(told == status, f"{status} of {path}", f"{told} {reply}")
        return reply

    def sign_in(self, name, key):
        reply = self.must("POST", "v1/session", {"user": name, "key": key, "program": "test"})
        self.token, self.device, self.epoch, self.no = reply["token"], reply["device"], reply["epoch"], reply["last"]
        self.user = reply["user"]["id"]

    def push(self, commands, first=None):
        return self.call("POST", "v1/commands", {"device": self.device, "epoch": self.epoch,
                                                 "first": first if first is not None else self.no + 1, "commands": commands})

    def give(self, kind, ident=None, **args):
        ident = ident or str(uuid.uuid4())
        status, reply = self.push([{"no": self.no + 1, "v": 1, "kind": kind, "id": ident, "args": args}])
        check(status == 200 and reply["results"][0]["status"] == "applied", f"{kind} to be applied", f"{status} {reply}")
        self.no += 1
        return ident

    def profile(self, name):
        rows = self.must("GET", "v1/profile?limit=100")["rows"]
        return next(row["id"] for row in rows if row["body"]["name"] == name)

    def order(self, number):
        return self.give("order.create", number=number, account="A", group="g", type="t", created_at="2026-11-20T10:00:00Z")

    def changes(self, cursor=None, wait=0):
        return self.call("GET", f"v1/changes?wait={wait}" + (f"&cursor={cursor}" if cursor else ""))

    def head(self):
        """The cursor behind all that there is."""
        cursor, more = None, True
        while more:
            status, page = self.changes(cursor)
            check(status == 200, "a page", f"{status} {page}")
            cursor, more = page["cursor"], page["more"]
        return cursor


class Follower(threading.Thread):
    """Reads the feed from wherever it is answered, as a client does, and keeps the order in which it came."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.client, self.seqs, self.numbers, self.fault, self.ending = client, [], [], None, False
        self.cursor = client.head()

    def run(self):
        try:
            while not self.ending:
                self.read(1)
                if random.random() < 0.2:
                    self.client.move()
            while self.read(0):
                pass
        except Exception as fault:  # pylint: disable=broad-except
            self.fault = fault

    def read(self, wait):
        status, page = self.client.changes(self.cursor, wait)
        if status in (0, 502, 503):
            self.client.move()
            time.sleep(0.05)
            return True
        check(status == 200, "a page of changes", f"{status} {page}")
        self.cursor = page["cursor"]
        for change in page["changes"]:
            self.seqs.append(change["seq"])
            if change["entity"] == "order":
                self.numbers.append(change["body"]["number"])
        return bool(page["changes"]) or page["more"]


class Worker(threading.Thread):
    """Gives orders to any server, again and again until it knows what became of them."""

    def __init__(self, name, client, rand, until):
        super().__init__(daemon=True)
        self.name_, self.client, self.rand, self.until = name, client, rand, until
        self.acknowledged, self.n_moves, self.longest_s, self.fault = [], 0, 0.0, None

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.give()
        except Exception as fault:  # pylint: disable=broad-except
            self.fault = fault

    def give(self):
        client, n = self.client, self.rand.randint(1, 5)
        numbers = [f"{self.name_}-{client.no + 1 + i}" for i in range(n)]
        commands = [{"no": client.no + 1 + i, "v": 1, "kind": "order.create", "id": str(uuid.uuid4()),
                     "args": {"number": number, "account": "A", "group": "g", "type": "t", "created_at": "2026-11-20T10:00:00Z"}}
                    for i, number in enumerate(numbers)]
        started = time.monotonic()
        while True:
            status, reply = client.push(commands, client.no + 1)
            if status == 200:
                break
            check(status in (0, 429, 502, 503), "an answer, or none", f"{status} {reply}")
            check(time.monotonic() - started < PATIENCE_S, "an answer in the end", f"{status} {reply}")
            client.move()
            self.n_moves += 1
            time.sleep(0.02)
        self.longest_s = max(self.longest_s, time.monotonic() - started)
        check([result["status"] for result in reply["results"]] == ["applied"] * n, "each to be applied", reply)
        client.no += n
        check(reply["last"] == client.no, f"number {client.no} to be the last", reply)
        # What was said once is said again, by any server.
        if self.rand.random() < 0.2:
            client.move()
            status, again = client.push(commands, client.no - n + 1)
            check(status in (0, 502, 503) or again["results"] == reply["results"], f"{reply['results']} again", again)
        if self.rand.random() < 0.3:
            client.move()
        self.acknowledged += numbers


def everything_once(company, workers, follower):
    for worker in workers:
        worker.join(PATIENCE_S * 2)
        check(not worker.is_alive() and worker.fault is None, "a client that ends well", worker.fault)
    follower.ending = True
    follower.join(PATIENCE_S)
    check(not follower.is_alive() and follower.fault is None, "a follower that ends well", follower.fault)
    given = [number for worker in workers for number in worker.acknowledged]
    check(len(given) > 0, "work")
    check(sorted(follower.numbers) == sorted(given), "each order once in the feed",
          f"{len(follower.numbers)} of {len(given)}, missing {sorted(set(given) - set(follower.numbers))[:5]}")
    check(follower.seqs == list(range(follower.seqs[0], follower.seqs[0] + len(follower.seqs))), "a feed without gap, in order")
    stored = company.sql("SELECT string_agg(number, ' ') FROM \"order\"").split()
    check(sorted(stored) == sorted(given), "each order once in the table", len(stored))
    print(f"# {len(given)} orders in {len(follower.seqs)} changes, {sum(w.n_moves for w in workers)} moves to another server,"
          f" longest wait {max(w.longest_s for w in workers):.2f} s")
    for server in company.servers:
        server.stop()
    company.verify()


def office_of_workers(company, n, ports=None):
    """Signed in users, who ask all servers, or the @ports."""
    one = company.servers[0]
    root = company.client("root", one)
    ports = ports or [server.port for server in company.servers]
    clients = []
    for i in range(n + 1):
        _, _, key = company.user(root, f"user{i}")
        client = company.client(f"user{i}", one, key=key)
        client.ports = ports[i % len(ports):] + ports[:i % len(ports)]
        client.connection.close()
        client.connection = None
        clients.append(client)
    return clients


tests = []


def test(name):
    def add(function):
        tests.append((name, function))
        return function
    return add


@test("a token, a change and a refusal of one server are those of the other")
def _(company):
    one, two = company.serve(2)
    root = company.client("root", one)
    there = Client(two.port)
    there.token, there.device, there.epoch, there.no, there.user = root.token, root.device, root.epoch, root.no, root.user
    cursor = there.head()
    order = root.order("A1")
    status, page = there.changes(cursor, 20)
    check(status == 200 and [c["id"] for c in page["changes"]] == [order], "the order at the other server", page)
    check(there.must("GET", f"v1/order/{order}")["body"]["number"] == "A1", "the order")
    # The same number of a device, the same command: the same answer; another command: quarantine, at both.
    there.no = root.no
    check(there.order("A2") and root.push([{"no": root.no + 1, "v": 1, "kind": "order.create", "id": str(uuid.uuid4()), "args": {
        "number": "A3", "account": "A", "group": "g", "type": "t", "created_at": "2026-11-20T10:00:00Z"}}])[0] == 409,
        "a reused number to be found out at the other server")
    check(there.push([])[0] in (400, 409), "the device to be quarantined at both")


@test("who waits at one server hears of a commit at the other; many times, and none is missed")
def _(company):
    one, two = company.serve(2)
    root = company.client("root", one)
    waiting = Client(two.port)
    waiting.token = root.token
    cursor, delays = waiting.head(), []
    for i in range(40):
        told = []

        def wait(after=cursor, into=told):
            into.append((waiting.changes(after, 20), time.monotonic()))
        thread = threading.Thread(target=wait)
        thread.start()
        if i % 2:
            time.sleep(0.03)  # parked, or not yet: both must work
        order = root.order(f"W{i}")
        given = time.monotonic()
        thread.join(PATIENCE_S)
        (status, page), at = told[0]
        check(status == 200 and [c["id"] for c in page["changes"]] == [order], f"order {i} at the other server", page)
        cursor = page["cursor"]
        delays.append(at - given)
    delays.sort()
    print(f"# a change of the other server reaches who waits in {1000 * delays[20]:.1f} ms (median), {1000 * delays[-1]:.1f} ms at most")


@test("what one server takes from a user, the other no longer gives")
def _(company):
    one, two = company.serve(2)
    root = company.client("root", one)
    distributor = root.give("distributor.create", code="D1", name="D1")
    _, grant, key = company.user(root, "ana", profile="distributor", over=distributor, at=0)
    ana = company.client("ana", two, key=key)
    mine = root.give("order.create", number="D1-1", account="A", group="g", type="t", created_at="2026-11-20T10:00:00Z", distributor_id=distributor)
    ana.must("GET", f"v1/order/{mine}")
    cursor = ana.head()
    told = []
    thread = threading.Thread(target=lambda: told.append(ana.changes(cursor, 20)))
    thread.start()
    time.sleep(0.1)
    root.give("grant.delete", ident=grant)
    thread.join(PATIENCE_S)
    status, page = told[0]
    check(status == 200 and distributor in page["grants"]["del"] and not page["changes"], "to be told to drop it", page)
    ana.must("GET", f"v1/order/{mine}", status=404)
    # A session that ends at one server ends at the other, and who waits there is told.
    cursor = ana.head()
    told.clear()
    thread = threading.Thread(target=lambda: told.append(ana.changes(cursor, 20)))
    again = Client(one.port)
    again.token = ana.token
    again.must("GET", "v1/session")
    thread.start()
    time.sleep(0.1)
    again.must("POST", "v1/session/end", {})
    thread.join(PATIENCE_S)
    check(told[0][0] == 401, "401 for who waits", told)
    ana.must("GET", "v1/session", status=401)
    again.must("GET", "v1/session", status=401)


@test("many clients, two servers, one of them killed again and again: each order once, in one order")
def _(company):
    company.serve(2)
    rand = random.Random(SEED)
    clients = office_of_workers(company, 6)
    # An idle transaction of anybody stops nothing.
    idle = subprocess.Popen(["psql", "-Xq", company.uri], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    company.others.append(idle)
    idle.stdin.write("BEGIN; SELECT count(*) FROM \"order\";\n")
    idle.stdin.flush()
    follower = Follower(clients.pop())
    until = time.monotonic() + 8
    workers = [Worker(f"w{i}", client, random.Random(rand.random()), until) for i, client in enumerate(clients)]
    for thread in [follower, *workers]:
        thread.start()
    while time.monotonic() < until - 1:
        time.sleep(rand.uniform(0.1, 1.2))
        victim = rand.choice(company.servers)
        victim.kill()
        time.sleep(rand.uniform(0, 0.3))
        victim.start()
    everything_once(company, workers, follower)


@test("behind a balancer nobody notices more than a moment when a server dies for good")
def _(company):
    if shutil.which("haproxy") is None:
        return "there is no haproxy here"
    company.serve(2)
    with tempfile.TemporaryDirectory(dir=company.folder) as folder, socket.create_server(("127.0.0.1", 0), backlog=512) as door:
        config = pathlib.Path(folder) / "haproxy.cfg"
        config.write_text("defaults\n mode http\n timeout connect 2s\n timeout client 75s\n timeout server 75s\n option redispatch\n retries 3\n"
                          f"frontend office\n bind fd@{door.fileno()}\n default_backend servers\n"
                          "backend servers\n balance leastconn\n option httpchk\n"
                          " http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host office\n"
                          " default-server check inter 200ms fall 2 rise 2\n" +
                          "".join(f" server s{i} 127.0.0.1:{server.port}\n" for i, server in enumerate(company.servers)))
        with open(company.folder / "servers.log", "ab") as errors:
            balancer = subprocess.Popen(["haproxy", "-db", "-f", config], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                                        pass_fds=[door.fileno()])
        company.others.append(balancer)
        port = door.getsockname()[1]
        rand = random.Random(SEED)
        clients = office_of_workers(company, 6, ports=[port])
        follower = Follower(clients.pop())
        until = time.monotonic() + 6
        workers = [Worker(f"b{i}", client, random.Random(rand.random()), until) for i, client in enumerate(clients)]
        for thread in [follower, *workers]:
            thread.start()
        time.sleep(2)
        company.servers[rand.randrange(2)].kill()
        everything_once_without_dead(company, workers, follower)


def everything_once_without_dead(company, workers, follower):
    company.servers = [server for server in company.servers if server.process.poll() is None]
    everything_once(company, workers, follower)
    longest = max(worker.longest_s for worker in workers)
    check(longest < 10, "clients that go on within seconds", f"{longest:.1f} s")


RACE = """
CREATE TABLE race_state (one INTEGER PRIMARY KEY, seq BIGINT NOT NULL); INSERT INTO race_state VALUES (1, 0);
CREATE SEQUENCE race_seq; CREATE TABLE race (seq BIGINT PRIMARY KEY); CREATE TABLE race_read (n BIGINT NOT NULL);
CREATE TABLE race_idle (n INTEGER);
CREATE PROCEDURE race_write(n INTEGER, locked BOOLEAN) LANGUAGE plpgsql AS $$ DECLARE s BIGINT; BEGIN
  FOR i IN 1..n LOOP
    IF locked THEN UPDATE race_state SET seq = seq + 1 RETURNING seq INTO s; ELSE s := nextval('race_seq'); END IF;
    INSERT INTO race VALUES (s); PERFORM pg_sleep(random() * 0.004); COMMIT;
  END LOOP; END $$;
CREATE PROCEDURE race_follow(n INTEGER) LANGUAGE plpgsql AS $$ DECLARE place BIGINT := 0; s BIGINT; seen BIGINT := 0; idle INTEGER := 0; BEGIN
  WHILE idle < 400 LOOP
    idle := idle + 1;
    FOR s IN SELECT seq FROM race WHERE seq > place ORDER BY seq LOOP place := s; seen := seen + 1; idle := 0; END LOOP;
    EXIT WHEN seen = n; COMMIT; PERFORM pg_sleep(0.001);
  END LOOP; INSERT INTO race_read VALUES (seen); COMMIT; END $$;
"""


def race(company, locked, n_writers=8, n_each=60):
    """How many of the writers' rows somebody misses who follows them by their numbers."""
    schema = company.uri.rsplit("%3D", 1)[1]
    company.sql(f"CREATE SCHEMA {schema}")
    company.sql(RACE)
    calls = [f"CALL race_follow({n_writers * n_each})"] + [f"CALL race_write({n_each}, {locked})"] * n_writers
    # Somebody's transaction that stays open from before to after: it must not hold up the feed either.
    calls.append("BEGIN; INSERT INTO race_idle VALUES (1); SELECT pg_sleep(2); ROLLBACK")
    running = [subprocess.Popen(["psql", "-XAtq", company.uri, "-c", call], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
               for call in calls]
    for process, call in zip(running, calls):
        _, told = process.communicate(timeout=PATIENCE_S)
        check(process.returncode == 0, call, told)
    equal_rows = int(company.sql("SELECT count(*) FROM race"))
    check(equal_rows == n_writers * n_each, "all rows written", equal_rows)
    return equal_rows - int(company.sql("SELECT n FROM race_read"))


@test("T6 numbers that are given under the lock of one row, as the feed's are, are followed without a miss")
def _(company):
    missed = race(company, True)
    check(missed == 0, "nothing missed", missed)


@test("T6 the control: numbers of a sequence, which come in another order than the commits, are missed")
def _(company):
    missed = race(company, False)
    print(f"# {missed} of 480 missed")
    check(missed > 0, "a feed that a sequence numbers to lose rows here, else this race proves nothing", missed)


def main():
    if POSTGRES is None:
        print("1..0 # SKIP DESPACHO_TEST_POSTGRES names no server")
        return 0
    print(f"# seed: DESPACHO_SEED={SEED}")
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        company = Company()
        try:
            skipped = function(company)
            print(f"ok {number} {name}" + (f" # SKIP {skipped}" if skipped else ""), flush=True)
        except Exception as fault:  # pylint: disable=broad-except
            failed += 1
            for line in (traceback.format_exc() if not isinstance(fault, Failure) else str(fault)).splitlines():
                print(f"# {line}")
            try:
                for line in company.log().splitlines()[-20:]:
                    print(f"# {line}")
            except OSError:
                pass
            print(f"not ok {number} {name}", flush=True)
        finally:
            company.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
