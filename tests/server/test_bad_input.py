#!/usr/bin/python3
# test_bad_input.py: what must happen to bad input, row by row, against a real despachod (T9)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of bad input as one table here: each row is a case of that name, and says what the server answered to each of its
inputs. `meson test -C build bad-input` runs it; `tests/server/bad-input-table BUILD` prints the answers as a table.

DESPACHO_IDLE_SOCKETS says how many sockets lie idle (2,000; the table asks for 20,000, which wants `ulimit -n 65536`)."""
import base64
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import resource
import socket
import ssl
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from ctl import Failure, Office, cases, check, equal, run, test  # noqa: E402

ALL = "00000000-0000-0000-0000-000000000003"
N_IDLE = int(os.environ.get("DESPACHO_IDLE_SOCKETS", "2000"))
# Of the server, with something for a busy machine.
HEADER_S, BODY_S, REPLY_S, SLACK_S = 5, 15, 20, 8

answers = []  # (row, input, what came)


# ---- talking ----


class Answer:
    """What came on a connection: the statuses of all replies, the last one's code, and whether the server closed it."""

    def __init__(self, data, closed):
        self.data, self.closed = data, closed
        self.statuses = [int(n) for n in re.findall(rb"HTTP/1\.[01] (\d{3})", data)]
        code = re.findall(rb'"code":"([^"]*)"', data)
        self.code = code[-1].decode() if code else ""
        self.body = data.rsplit(b"\r\n\r\n", 1)[-1] if self.statuses else b""

    @property
    def status(self):
        return self.statuses[0] if self.statuses else 0

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        words = [" ".join(map(str, self.statuses)) or "no answer"]
        words += sorted({word.decode() for word in re.findall(rb'"status":"(applied|merged|rejected)"', self.data)})
        if self.code:
            words.append(self.code)
        if self.closed:
            words.append("closed")
        return ", ".join(words)


class Server(Office):
    """An office with a despachod, and people in it."""

    row = ""

    def begin(self, tls=False, **options):
        self.tls = tls
        return self.launch("--database", f"sqlite:{self.database}", "--listen", "127.0.0.1:0", *([] if tls else ["--no-tls"]), "--state",
                           self.folder / "state", "--sign-ins-per-minute", "0", "--requests-per-second", "0", "--commands-per-minute", "0", **options)

    def people(self):
        """An administrator, two distributors with an order each, and a user of the first one."""
        self.d1, self.d2 = self.make("distributor", code="D1", name="One"), self.make("distributor", code="D2", name="Two")
        self.o1, self.o2 = self.order("S-1", self.d1), self.order("S-2", self.d2)
        profiles = {row["body"]["name"]: row["id"] for row in self.socket_call("GET", "/v1/profile?limit=100")[1]["rows"]}
        for name, profile, over in [("ana", "supervisor", ALL), ("dario", "distributor", self.d1)]:
            user = self.make("user", name=name)
            self.make("grant", user_id=user, profile_id=profiles[profile], over=over)
        self.ana, self.dario = Person(self, "ana"), Person(self, "dario")
        return self

    def push_local(self, kind, ident, **args):
        status, session = self.socket_call("GET", "/v1/session")
        equal(status, 200, "answer on the socket")
        status, reply = self.socket_call("POST", "/v1/admin/commands", {
            "device": session["device"], "epoch": session["epoch"], "first": 0,
            "commands": [{"no": 0, "v": 1, "kind": kind, "id": ident, "args": args}]})
        check(status == 200 and reply["results"][0]["status"] == "applied", f"{kind} applied", reply)
        return ident

    def make(self, entity, **args):
        return self.push_local(f"{entity}.create", str(uuid.uuid4()), **args)

    def order(self, number, distributor, **more):
        return self.make("order", number=number, account="A", group="g", type="t", created_at="2026-11-20T10:00:00Z",
                         distributor_id=distributor, **more)

    def socket_call(self, method, path, body=None):
        text = json.dumps(body).encode() if body is not None else None
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(30)
            peer.connect(str(self.socket))
            peer.sendall(head(method, path, body=text) + (text or b""))
            answer = receive(peer)
        return answer.status, answer.json()

    def connect(self, source=None, tls=None):
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(source, 0) if source else None)
        if tls if tls is not None else self.tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            peer = context.wrap_socket(peer)
        return peer

    def send(self, *pieces, pause=0, source=None):
        """Raw bytes on a connection of its own, and all that comes of it."""
        with self.connect(source) as peer:
            try:
                for piece in pieces:
                    peer.sendall(piece)
                    time.sleep(pause)
            except OSError:
                pass  # refused before all was sent: what was answered is read
            return receive(peer)

    def note(self, what, answer):
        answers.append((self.row, what, str(answer)))
        return answer

    def expect(self, what, answer, *allowed, closed=None):
        """The first reply has one of these statuses (0: none came), and no second one follows."""
        self.note(what, answer)
        check(answer.status in allowed, f"{what}: {allowed}", answer)
        # Its own page about a broken request the library begins with its head twice.
        check(not any(status < 400 for status in answer.statuses[1:]), f"{what}: nothing after it served", answer)
        if closed is not None:
            check(answer.closed == closed, f"{what}: the connection {'closed' if closed else 'left open'}", answer)
        return answer

    def honest(self):
        """Somebody else is answered within a second meanwhile."""
        began = time.monotonic()
        answer = self.send(head("GET", "/healthz"), source="127.0.0.9")
        took = time.monotonic() - began
        check(answer.status == 200 and took < 1 + SLACK_S / 8, "an honest request answered within a second", f"{answer} after {took:.2f} s")

    def memory_kb(self):
        text = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+)", text).group(1))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def raw_log(self):
        return (self.folder / "server.log").read_bytes()


class Person:
    """Signed in, on a device."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        key = server.socket_call("POST", "/v1/admin/user-key", {"user": name})[1]["key"]
        self.session = self.post("/v1/session", {"user": name, "key": key, "program": "test"}, token=None).json()
        self.token, self.device, self.epoch = self.session["token"], self.session["device"], self.session["epoch"]
        self.no = self.session["last"]

    def get(self, path):
        return self.server.send(head("GET", path, token=self.token))

    def post(self, path, body, token=""):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.server.send(head("POST", path, token=self.token if token == "" else token, body=text) + text)

    def push(self, *commands, first=None, device=None, **more):
        """Commands with the next numbers, or from @first on."""
        numbered, start = [], self.no + 1 if first is None else first
        for n, command in enumerate(commands):
            numbered.append({"no": start + n, "v": 1, **command})
        answer = self.post("/v1/commands", {"device": device or self.device, "epoch": self.epoch, "first": start, "commands": numbered, **more})
        if first is None and answer.status == 200:
            self.no += len(commands)
        return answer


def head(method, path, token=None, body=None, fields=""):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n" + fields + "\r\n").encode()


def receive(peer, quiet_s=0.05):
    """All that comes until the other side closes, or says nothing more after a whole reply."""
    data, closed = b"", False
    peer.settimeout(30)
    while True:
        try:
            piece = peer.recv(65536)
        except (TimeoutError, socket.timeout):
            break
        except OSError:
            closed = True
            break
        if not piece:
            closed = True
            break
        data += piece
        length = re.search(rb"Content-Length: (\d+)", data)
        whole = length and b"\r\n\r\n" in data and len(data.split(b"\r\n\r\n", 1)[1]) >= int(length.group(1))
        peer.settimeout(quiet_s if whole else 30)
    return Answer(data, closed)


def create(number="N", **args):
    return {"kind": "order.create", "id": str(uuid.uuid4()),
            "args": {"number": number, "account": "A", "group": "g", "type": "t", "created_at": "2026-11-20T10:00:00Z", **args}}


def row(number, words):
    """A row of the table: the function gets a server that runs."""

    def add(function):
        def case(office):
            office.__class__ = Server
            office.row = f"{number:02} {words}"
            office.begin()
            function(office)
            office.honest()
            office.stop_server()

        test(f"T9/row-{number:02} {words}")(case)
        return function

    return add


SECOND = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


# ---- the rows ----


@row(1, "JSON over the cap, too deep, too long, twice the same key, not text, no number")
def json_limits(office):
    office.people()
    big = b'{"a":"' + b"x" * (300 << 10) + b'"}'
    office.expect("over the cap", office.ana.post("/v1/commands", big), 400, 413)
    begin, end = b'{"device":"', b'","first":1,"commands":[]}'
    for what, body in [
            ("depth 17", b"[" * 17 + b"]" * 17), ("depth 100,000", b"[" * 100000 + b"]" * 100000), ("a string of 9 KiB", begin + b"x" * 9216 + end),
            ("12,000 nodes", b'{"first":1,"commands":[' + b",".join([b"1"] * 12000) + b"]}"), ("a key twice", b'{"first":1,"first":2,"commands":[]}'),
            ("bad UTF-8", begin + b"\xff\xfe" + end), ("U+0000", begin + b"\\u0000" + end), ("a lone surrogate", begin + b"\\ud800" + end),
            ("1e3", b'{"first":1e3,"commands":[]}'), ("1.5", b'{"first":1.5,"commands":[]}'), ("beyond 64 bits", b'{"first":9223372036854775808,"commands":[]}'),
            ("not JSON", b"first=1"), ("nothing", b""), ("two values", b"{} {}")]:
        office.expect(what, office.ana.post("/v1/commands", body), 400)
        equal(office.ana.post("/v1/commands", body).code, "json", f"code for {what}")


@row(2, "no Host, two, two lengths, a length with Transfer-Encoding, a chunked body, an odd length")
def framing(office):
    post, host = b"POST /v1/session HTTP/1.1\r\n", b"Host: localhost\r\n"
    typed = b"Content-Type: application/json\r\n"
    for what, bytes_, *allowed in [
            ("no Host", b"GET /healthz HTTP/1.1\r\n\r\n", 400), ("two Hosts", b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("two lengths", post + host + typed + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", 400, 413),
            ("length and Transfer-Encoding", post + host + typed + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400, 411),
            ("chunked", post + host + typed + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
            ("Transfer-Encoding: xchunked", post + host + typed + b"Transfer-Encoding: xchunked\r\n\r\n", 411),
            ("length -1", post + host + typed + b"Content-Length: -1\r\n\r\n", 400), ("length +2", post + host + typed + b"Content-Length: +2\r\n\r\n{}", 400),
            ("length 0x2", post + host + typed + b"Content-Length: 0x2\r\n\r\n{}", 400),
            ("length of 11 digits", post + host + typed + b"Content-Length: 00000000002\r\n\r\n{}", 400, 413),
            ("length 4294967298", post + host + typed + b"Content-Length: 4294967298\r\n\r\n{}", 413),
            ("GET with a body", b"GET /healthz HTTP/1.1\r\n" + host + b"Content-Length: 2\r\n\r\n{}", 400)]:
        office.expect(what, office.send(bytes_ + SECOND), *allowed, closed=True)


@row(3, "malformed field line: space before the colon, no colon, a control byte")
def field_lines(office):
    for what, line in [("space before the colon", b"X-A : b"), ("no colon", b"nothing"), ("a control byte in the value", b"X-A: a\x01b"),
                       ("a control byte in the name", b"X\x02A: b")]:
        office.expect(what, office.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + line + b"\r\n\r\n" + SECOND), 400, 0, closed=True)


@row(4, "LF alone, a folded field, NUL in path or value")
def lenient(office):
    # The library may take these for one request; never for two.
    for what, bytes_ in [("LF as line end", b"GET /healthz HTTP/1.1\nHost: localhost\n\n"),
                         ("LF in the middle of a value", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: a\nGET /v1/order HTTP/1.1\r\n\r\n"),
                         ("a folded field", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n b\r\n\r\n"),
                         ("a folded length", b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length:\r\n 2\r\n\r\n{}"),
                         ("an empty name", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n: b\r\n\r\n"),
                         ("NUL in the path", b"GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                         ("%00 in the path", b"GET /healthz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                         ("NUL in a value", b"GET /healthz HTTP/1.1\r\nHost: local\0host\r\n\r\n")]:
        answer = office.note(what, office.send(bytes_))
        check(len(answer.statuses) <= 1 and answer.status in (0, 200, 400, 401, 404, 411), f"{what}: at most one request served", answer)
        if "NUL in the path" in what or "%00" in what:
            check(answer.status != 200, f"{what}: not taken for /healthz", answer)


@row(5, "16,000 ranges, 5,000 fields, 64 KiB field or target, 5,000 arguments")
def too_much(office):
    office.honest()
    before = office.memory_kb()
    ranges = "Range: bytes=" + ",".join("0-1" for _ in range(16000)) + "\r\n"
    few = "Range: bytes=0-1,2-3\r\n"
    fields = "".join(f"X-{n}: b\r\n" for n in range(5000))
    for what, bytes_, *allowed in [
            ("16,000 ranges", head("GET", "/healthz", fields=ranges), 0, 400, 413, 431), ("5,000 fields", head("GET", "/healthz", fields=fields), 0, 400, 431),
            ("65 fields", head("GET", "/healthz", fields="".join(f"X-{n}: b\r\n" for n in range(65))), 400, 431),
            ("a field of 64 KiB", head("GET", "/healthz", fields="X-A: " + "b" * 65536 + "\r\n"), 0, 400, 413, 431),
            ("a target of 64 KiB", head("GET", "/" + "a" * 65536), 0, 414), ("a target of 3 KiB", head("GET", "/" + "a" * 3072), 414),
            ("5,000 arguments", head("GET", "/v1/order?" + "&".join(f"a{n}=1" for n in range(5000))), 0, 400, 414)]:
        office.expect(what, office.send(bytes_), *allowed)
    full = office.expect("two ranges", office.send(head("GET", "/healthz", fields=few)), 200)
    equal(full.json(), {"status": "ok"}, "the whole reply")
    for _ in range(30):
        office.send(head("GET", "/healthz", fields=fields))
        office.send(head("GET", "/healthz", fields=ranges))
    grown = office.memory_kb() - before
    office.note("memory after 60 more", f"+{grown} KiB")
    check(grown < 16 * 1024, "memory unchanged", f"{grown} KiB more")


def drip(office, first, piece, pause, limit_s, read=True, tls=None):
    """Sends @first, then @piece every @pause s. Returns when the server has closed it."""
    peer = office.connect(tls=tls) if tls is not None else office.connect()
    began = time.monotonic()
    try:
        peer.sendall(first)
        peer.settimeout(pause)
        while time.monotonic() - began < limit_s + 3 * SLACK_S:
            try:
                if not peer.recv(4096 if read else 1):
                    break
            except (TimeoutError, socket.timeout):
                peer.sendall(piece)
    except OSError:
        pass
    finally:
        peer.close()
    return time.monotonic() - began


def slow_reader(office):
    """Asks for much, and does not read it."""
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(("127.0.0.1", office.port))
        began = time.monotonic()
        peer.sendall(head("GET", "/v1/openapi.json") * 40)
        while time.monotonic() - began < REPLY_S * 3 + 3 * SLACK_S:
            time.sleep(0.25)
            state = pathlib.Path("/proc/net/tcp").read_text()
            mine = f"{peer.getsockname()[1]:04X}"
            # The server's end is gone, or is only being flushed.
            if not re.search(rf":{office.port:04X} 0100007F:{mine} 01", state):
                break
        return time.monotonic() - began


@row(6, "header, body or handshake drip, slow or no reading")
def drips(office):
    tls = Server()
    try:
        tls.begin(tls=True)
        body = head("POST", "/v1/session", body=b"x" * 8000)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            jobs = [("header, a byte each 0.3 s", HEADER_S, pool.submit(drip, office, b"GET /healthz HTTP/1.1\r\n", b"X", 0.3, HEADER_S)),
                    ("header, then silence", HEADER_S, pool.submit(drip, office, b"GET /healthz HTTP/1.1\r\n", b"", 0.3, HEADER_S)),
                    ("body, a byte each 0.3 s", BODY_S, pool.submit(drip, office, body, b"x", 0.3, BODY_S)),
                    ("handshake, then silence", HEADER_S, pool.submit(drip, tls, b"\x16\x03\x01", b"", 0.3, HEADER_S, tls=False)),
                    ("handshake, a byte each 0.3 s", HEADER_S, pool.submit(drip, tls, b"\x16\x03\x01\x02\x00\x01", b"\x01", 0.3, HEADER_S, tls=False)),
                    ("no reading", REPLY_S * 2, pool.submit(slow_reader, office))]
            while not all(job.done() for _, _, job in jobs):
                office.honest()
                time.sleep(0.5)
            for what, limit, job in jobs:
                took = job.result()
                office.note(what, f"closed after {took:.1f} s")
                check(took <= limit + SLACK_S, f"{what}: closed at the deadline of {limit} s", f"{took:.1f} s")
        tls.honest()
        tls.stop_server()
    finally:
        tls.close()


@row(7, "peer leaves while its poll is parked")
def leaves(office):
    office.people()
    first = office.ana.get("/v1/changes?wait=0").json()
    while first["more"]:
        first = office.ana.get(f"/v1/changes?cursor={first['cursor']}&wait=0").json()
    before = office.descriptors()
    peers = []
    for name in ("ana", "dario"):
        token = Person(office, name).token
        for _ in range(2):
            peer = office.connect()
            peer.sendall(head("GET", f"/v1/changes?cursor={first['cursor']}&wait=50" if name == "ana" else "/v1/changes?wait=50", token=token))
            peers.append(peer)
    time.sleep(0.3)
    parked = office.descriptors()
    check(parked >= before + 2, "polls that wait", f"{parked} descriptors, {before} before")
    began = time.monotonic()
    for peer in peers:
        peer.close()
    while office.descriptors() > before and time.monotonic() - began < 1 + SLACK_S:
        time.sleep(0.02)
    took = time.monotonic() - began
    office.note(f"{parked - before} descriptors of polls", f"freed after {took * 1000:.0f} ms")
    check(took < 1 + SLACK_S / 4, "descriptors freed within 1 s", f"{took:.2f} s")


@row(8, "idle sockets, descriptor exhaustion")
def idle(office):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(N_IDLE + 200, hard), hard))
    n = min(N_IDLE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)
    before, peers = office.descriptors(), []
    try:
        for i in range(n):
            try:
                peers.append(socket.create_connection(("127.0.0.1", office.port), timeout=10, source_address=(f"127.0.{1 + i // 250 % 250}.{1 + i % 250}", 0)))
            except OSError:
                pass
            if i % 250 == 0:
                office.honest()
        most = office.descriptors()
        office.note(f"{n} idle sockets", f"{most - before} descriptors held, an honest request answered within 1 s")
        check(most < before + 1000, "caps that hold", f"{most} descriptors")
    finally:
        for peer in peers:
            peer.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    # It has few descriptors itself: it takes no more than it can, and works again when they leave.
    small = Server()
    try:
        small.row = office.row
        small.begin(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96)))
        peers = []
        for i in range(150):
            peers.append(socket.create_connection(("127.0.0.1", small.port), timeout=10, source_address=(f"127.0.3.{1 + i}", 0)))
        time.sleep(0.3)
        check(small.server.poll() is None, "a server that goes on", small.log())
        for peer in peers:
            peer.close()
        small.honest()
        small.note("150 sockets at 96 descriptors", "works again when they leave")
        small.stop_server()
    finally:
        small.close()


@row(9, "dots, %2e, %2f, %00, overlong UTF-8, LF in the path")
def paths(office):
    office.people()
    for path in ["/../etc/passwd", "/v1/../../etc/passwd", "/v1/%2e%2e/%2e%2e/etc/passwd", "/v1/files/..%2f..%2fetc%2fpasswd", "/v1/order%00", "/v1/%c0%ae%c0%ae/x",
                 "/v1/order%0aX", "/v1/files/%2fetc%2fpasswd", "//etc/passwd", "/v1/files/../../../etc/passwd", "/v1/%e0%80%af", "/.", "/v1/."]:
        answer = office.expect(path, office.ana.get(path), 400, 404)
        check(b"root:" not in answer.data, f"{path}: no file outside the store", answer.data)


@row(10, "quote, semicolon, NUL, 1 MiB of text in any field")
def texts(office):
    office.people()
    for what, text in [("a quote", "O'Brien\"; DROP TABLE \"order\";--"), ("a semicolon", "a;b"), ("a percent sign", "100%_*?"), ("a backslash", "\\\\x\\")]:
        command = create(f"T-{len(answers)}", contact_name=text)
        answer = office.note(what, office.ana.push(command))
        equal(answer.json()["results"][0]["status"], "applied", what)
        equal(office.ana.get(f"/v1/order/{command['id']}").json()["body"]["contact_name"], text, f"{what}, as stored")
        office.expect(f"{what} as a filter", office.ana.get("/v1/order?account=" + "".join(f"%{b:02x}" for b in text.encode())), 200)
        office.expect(f"{what} as words", office.ana.get("/v1/order?q=" + "".join(f"%{b:02x}" for b in text.encode())), 200)
    office.expect("U+0000", office.ana.push(create("T-NUL", contact_name="a\0b")), 400)
    long = office.note("1 MiB", office.ana.push(create("T-1M", contact_name="x" * (1 << 20))))
    check(long.status in (400, 413), "1 MiB refused", long)
    eight = office.note("8 KiB in a short field", office.ana.push(create("T-8K", contact_name="x" * 8000)))
    equal(eight.json()["results"][0]["code"], "invalid", "8 KiB in a field of 160")
    office.whole()


@row(11, "id of another scope, in path, args, list, filter, export")
def other_scope(office):
    office.people()
    dario, none = office.dario, str(uuid.uuid4())
    crew = office.make("crew", code="C2", name="Crew", distributor_id=office.d2)
    hidden, absent = dario.get(f"/v1/order/{office.o2}"), dario.get(f"/v1/order/{none}")
    office.expect("in the path", hidden, 404)
    equal(hidden.body, absent.body, "the same body as for an id that does not exist")
    office.expect("its history", dario.get(f"/v1/history?entity=order&id={office.o2}"), 404)
    for what, path in [("list", "/v1/order"), ("filter", f"/v1/order?distributor_id={office.d2}"), ("search", "/v1/search?q=S-2"), ("by number", "/v1/order?number=S-2"),
                       ("counts", "/v1/order?counts=status"), ("feed", "/v1/changes?wait=0")]:
        answer = office.note(what, dario.get(path))
        check(office.o2.encode() not in answer.data and b"S-2" not in answer.data, f"{what}: nothing of it", answer.data[-400:])
    office.expect("its snapshot", dario.get(f"/v1/snapshot?scope={office.d2}"), 404)
    for what, command in [("as the record", {"kind": "order.assign", "id": office.o2, "args": {"crew_id": crew}}),
                          ("in the arguments", {"kind": "order.assign", "id": office.o1, "args": {"crew_id": crew}}),
                          ("a new order there", create("S-3", distributor_id=office.d2))]:
        answer = office.note(what, dario.push(command))
        equal(answer.json()["results"][0]["status"], "rejected", what)
        check(b"S-2" not in answer.data and b"C2" not in answer.data, f"{what}: tells nothing of it", answer.data)


@row(12, "cursor edited, from the future, another server's, 1 MiB")
def cursors(office):
    office.people()
    good = office.ana.get("/v1/changes?wait=0").json()["cursor"]
    raw = bytearray(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))

    def edited(at, value):
        other = bytearray(raw)
        other[at] ^= value
        return base64.urlsafe_b64encode(bytes(other)).decode().rstrip("=")

    for at in range(len(raw)):
        answer = office.ana.get(f"/v1/changes?cursor={edited(at, 0x41)}&wait=0")
        check(answer.status in (400, 409, 410), f"byte {at} edited: 400, 409 or 410", answer)
    office.note(f"each of its {len(raw)} bytes edited", "400, 409 or 410")
    office.expect("from the future", office.ana.get(f"/v1/changes?cursor={edited(17, 0x7f)}&wait=50"), 400, 409)
    office.expect("nonsense", office.ana.get("/v1/changes?cursor=nonsense"), 400)
    office.expect("1 MiB", office.ana.get("/v1/changes?cursor=" + "A" * (1 << 20)), 0, 414)
    mine = office.note("ana's, used by dario", office.dario.get(f"/v1/changes?cursor={good}&wait=0"))
    check(office.o2.encode() not in mine.data, "no rows of another scope", mine.data[-400:])
    other = Server()
    try:
        other.begin()
        other.people()
        office.expect("another server's", other.ana.get(f"/v1/changes?cursor={good}&wait=0"), 409)
        other.stop_server()
    finally:
        other.close()


@row(13, "command for another device, replayed, reordered, number 0, 2^63")
def numbers(office):
    office.people()
    ana, one = office.ana, create("N-1")
    office.expect("another device", ana.push(create("N-0"), device=office.dario.device), 403)
    first = ana.push(one)
    again = office.expect("replayed", ana.push(one, first=ana.no), 200)
    equal(again.json()["results"], first.json()["results"], "the stored answer again")
    office.expect("a gap", ana.push(create("N-9"), first=ana.no + 5), 409)
    equal(ana.push(create("N-9"), first=ana.no + 5).code, "gap", "code of a gap")
    two, three = create("N-2"), create("N-3")
    answer = office.expect("reordered in one request", ana.post("/v1/commands", {
        "device": ana.device, "epoch": ana.epoch, "first": ana.no + 1, "commands": [{"no": ana.no + 2, "v": 1, **three}, {"no": ana.no + 1, "v": 1, **two}]}), 400)
    for what, no in [("number 0", 0), ("number -1", -1), ("number 2^63", 1 << 63), ("number 2^63-1", (1 << 63) - 1)]:
        answer = office.expect(what, ana.push(create("N-4"), first=no), 400, 409)
    office.expect("another epoch", ana.post("/v1/commands", {"device": ana.device, "epoch": str(uuid.uuid4()), "first": ana.no + 1, "commands": [{"no": ana.no + 1, "v": 1, **two}]}), 409)
    office.expect("unknown kind", ana.push({"kind": "order.fly", "id": office.o1, "args": {}}), 426)
    office.expect("the next number", ana.push(two), 200)
    office.expect("a number again with other content", ana.push(three, first=ana.no), 409)
    equal(ana.push(three).code, "quarantined", "the device from then on")
    rows = {row["body"]["number"] for row in office.socket_call("GET", "/v1/order?limit=100")[1]["rows"]}
    check({"N-1", "N-2"} <= rows and not rows & {"N-0", "N-3", "N-4", "N-9"}, "what was taken, once, and nothing else", rows)


@row(14, "clock wrong by years")
def clocks(office):
    office.people()
    ids = []
    for number, at in [("C-1", "2099-01-01T00:00:00Z"), ("C-2", "1999-12-31T23:59:59Z"), ("C-3", "2026-11-29T12:00:00Z"), ("C-4", "0001-01-01T00:00:00Z"),
                       ("C-5", "9999-12-31T23:59:59Z")]:
        command = {**create(number), "at": at}
        answer = office.note(f"at {at}", office.ana.push(command))
        equal(answer.json()["results"][0]["status"], "applied", f"a command given {at}")
        ids.append((command["id"], answer.json()["results"][0]["seq"]))
    check([seq for _, seq in ids] == sorted(seq for _, seq in ids), "the order in which they came", ids)
    now = time.time()
    for ident, _ in ids:
        entry = office.ana.get(f"/v1/history?entity=order&id={ident}").json()["entries"][0]["body"]
        for name in ("at", "given_at"):
            if name not in entry:
                continue
            told = time.mktime(time.strptime(entry[name][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
            check(abs(told - now) <= 48 * 3600 + 60, f"{name} within 48 h of its arrival", entry)


@row(15, "token in the URL")
def url_token(office):
    office.people()
    token = office.ana.token
    office.expect("with its token in the URL", office.send(head("GET", f"/v1/order?token={token}")), 400)
    time.sleep(0.2)
    office.expect("that token afterwards", office.ana.get("/v1/session"), 401)
    check(token.encode() not in office.raw_log(), "a log without the token")


@row(16, "formula in a name, CR LF, right-to-left override, emoji, a file name of 300 bytes")
def names(office):
    office.people()
    for n, text in enumerate(["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\u202egnp.exe", "\U0001f69a caf\u00e9"]):
        command = create(f"F-{n}", contact_name=text, distributor_id=office.d1)
        answer = office.note(repr(text), office.ana.push(command))
        equal(answer.json()["results"][0]["status"], "applied", text)
        equal(office.ana.get(f"/v1/order/{command['id']}").json()["body"]["contact_name"], text, "as stored")
    for what, text in [("CR LF", "a\r\nSet-Cookie: x=1"), ("ESC", "a\x1b[2J")]:
        answer = office.note(f"{what} in a name", office.ana.push(create("F-C", contact_name=text)))
        equal(answer.json()["results"][0]["code"], "invalid", what)
    for line in office.ctl("order", "list").ok().out.splitlines():
        check(not re.search(r'(^|,)"?[=+@-][^0-9]', line), "no formula in the CSV", line)
    ident, content, name = str(uuid.uuid4()), b"\x89PNG\r\n\x1a\n" + b"x" * 40, "\u00e9" * 148 + ".png"
    digest = hashlib.sha256(content).hexdigest()
    put = office.send(head("PUT", f"/v1/files/{digest}", token=office.ana.token, fields=f"Content-Type: application/octet-stream\r\nContent-Length: {len(content)}\r\n") + content)
    check(put.status in (200, 201), "its bytes taken", put)
    answer = office.note(f"a file name of {len(name.encode())} bytes", office.ana.push({"kind": "attachment.create", "id": ident, "args": {
        "order_id": office.o1, "name": name, "media_type": "image/png", "size": len(content), "hash": digest}}))
    check(answer.json()["results"][0]["status"] in ("applied", "rejected"), "stored as data, or refused", answer)
    stored = office.note("that file", office.ana.get(f"/v1/files/{ident}"))
    check(stored.status == 200 and b"attachment; filename*=" in stored.data, "to be saved, never shown", stored.data[:400])
    kept = [path.name for path in (office.folder / "state").rglob("*") if path.is_file()]
    check(all(re.fullmatch(r"[0-9a-f]{64}", n) for n in kept), "files named by their hash alone", kept)
    office.send(*(lambda body: [head("POST", "/v1/session", body=body) + body])(json.dumps({"user": "x\n\x1b[31mroot", "key": "k"}).encode()))
    log = office.raw_log()
    check(b"\x1b" not in log and b"\nroot" not in log and b"\n\x1b" not in log, "control bytes escaped in the log", log[-300:])


@row(17, "a packed request, an unknown Content-Type")
def types(office):
    office.people()
    for what, fields in [("gzip", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"), ("zstd", "Content-Type: application/json\r\nContent-Encoding: zstd\r\n"),
                         ("text/xml", "Content-Type: text/xml\r\n"), ("multipart", "Content-Type: multipart/form-data; boundary=x\r\n"),
                         ("a form", "Content-Type: application/x-www-form-urlencoded\r\n"), ("none", "")]:
        body = b"\x1f\x8b\x08\x00"
        office.expect(what, office.send(head("POST", "/v1/commands", token=office.ana.token, fields=fields + f"Content-Length: {len(body)}\r\n") + body), 415, closed=True)


if "--table" in sys.argv:
    sys.argv.remove("--table")
    try:
        run()
    finally:
        print("\n| row | input | answered |\n| --- | --- | --- |")
        for number, what, came in answers:
            print(f"| {number} | {what} | {came} |")
run()
