#!/usr/bin/python3
# test_house.py: one process that serves several companies, what it tells of itself, and how it is set up
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import hashlib
import http.client
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import uuid

from ctl import BUILD, DESPACHOD, PATIENCE_S, SOURCE, Failure, Skip, check, equal, run, test


# ---- figures ----

def figures(text):
    """{name with labels: value} of the text format 0.0.4 of Prometheus, and the kinds {name: kind}. Every rule of it that
    a reader depends on is checked."""
    values, kinds, helps = {}, {}, set()
    check(text.endswith("\n"), "a last line that ends", text[-80:])
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, words = line[7:].split(" ", 1)
            check(name not in helps and words, f"one HELP of {name}", line)
            helps.add(name)
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            check(name not in kinds and kind in ("counter", "gauge"), f"one TYPE of {name}", line)
            check(not any(key.split("{")[0] == name for key in values), f"TYPE of {name} before its values", line)
            check((kind == "counter") == name.endswith("_total"), "that a counter is named a total", line)
            kinds[name] = kind
        else:
            told = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="[^"\\\n]*"\})? (-?[0-9]+(?:\.[0-9]+)?)', line)
            check(told is not None, "a value", line)
            check(told.group(1) in kinds and told.group(1) in helps, "HELP and TYPE before a value", line)
            key = told.group(1) + (told.group(2) or "")
            check(key not in values, f"one value of {key}", line)
            values[key] = float(told.group(3))
    return values, kinds


def scrape(office, token=None, over=None):
    status, text = office.get("GET", "/metrics", token=token, over=over)
    equal(status, 200, "answer of /metrics")
    return figures(text.decode())


@test("S0-metrics figures have help and type, counters only grow, and nothing in them is of a person")
def metrics(office):
    office.init()
    office.serve()
    office.ctl("user", "add", "canario", "--profile", "dispatcher", "--scope", "all").ok()
    before, kinds = scrape(office, over=office.socket)
    token = office.sign_in("canario")
    status, _ = office.http("POST", "/v1/session", {"user": "canario", "password": "no es la contraseña", "program": "test 1"})
    equal(status, 401, "a wrong password")
    equal(office.http("GET", "/v1/session", token=token)[0], 200, "session")
    office.ctl("user", "add", "otro", "--profile", "dispatcher", "--scope", "all").ok()
    after, same = scrape(office, over=office.socket)
    equal(same, kinds, "kinds of figures")
    equal(set(after), set(before), "names of figures")
    for key, value in after.items():
        if kinds[key.split("{")[0]] == "counter":
            check(value >= before[key], f"{key} not to fall", (before[key], value))
    for key, more in (("despacho_sign_ins_total", 1), ("despacho_sign_ins_refused_total", 1), ("despacho_sessions", 1)):
        equal(after[key] - before[key], more, f"growth of {key}")
    for key in ("despacho_commands_total", "despacho_batches_total", "despacho_requests_total", "despacho_feed_seq"):
        check(after[key] > before[key], f"{key} to grow", (before[key], after[key]))
    equal(after["despacho_ready"], 1, "ready")
    equal(after["process_start_time_seconds"], before["process_start_time_seconds"], "time of the start")
    text = office.get("GET", "/metrics", over=office.socket)[1].decode()
    for secret in ("canario", "otro", token, str(office.folder), "127.0.0.1"):
        check(secret not in text, f"nothing of {secret}", text)


@test("S0-metrics over the network they are there for whoever shows the token of the file, and else do not exist")
def metrics_secret(office):
    office.init()
    office.serve()
    equal(office.get("GET", "/metrics")[0], 404, "answer without a secret")
    office.stop_server()
    secret = office.file("secret", "0123456789abcdef-scraper\n")
    office.serve("--metrics-secret", secret)
    missing = office.get("GET", "/nothing-here")
    for token in (None, "0123456789abcdef", "0123456789abcdef-scrapeR", "x" * 4000):
        equal(office.get("GET", "/metrics", token=token), missing, f"answer with {token}")
    values, _ = scrape(office, token="0123456789abcdef-scraper")
    equal(values["despacho_ready"], 1, "ready")
    equal(office.http("GET", "/v1/session", token="0123456789abcdef-scraper")[0], 401, "the same token elsewhere")
    office.stop_server()
    for content, text in (("short", "at least 16"), ("two words are no token", "no blank")):
        refused(office, text, "--database", f"sqlite:{office.database}", "--listen", "127.0.0.1:0", "--metrics-secret",
                office.file("bad", content), code=1)


@test("S0-readyz a server whose store takes nothing is alive but not ready, and finds out by itself that it does again")
def readyz(office):
    office.init()
    office.serve()
    equal(office.http("GET", "/readyz"), (200, {"status": "ready"}), "answer of /readyz")
    # The store's files may not grow any more, as on a full disk.
    resource.prlimit(office.server.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    office.ctl("user", "add", "ana", "--profile", "dispatcher", "--scope", "all").fails()
    equal(office.get("GET", "/readyz")[0], 503, "answer of /readyz with a full disk")
    equal(office.http("GET", "/healthz"), (200, {"status": "ok"}), "answer of /healthz")
    equal(scrape(office, over=office.socket)[0]["despacho_ready"], 0, "ready")
    check(scrape(office, over=office.socket)[0]["despacho_store_faults_total"] > 0, "faults to be counted")
    resource.prlimit(office.server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    until(lambda: office.get("GET", "/readyz")[0] == 200, "a server that is ready again")
    office.ctl("user", "add", "ana", "--profile", "dispatcher", "--scope", "all").ok()


def until(holds, promise):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        check(time.monotonic() < end, f"{promise} in {PATIENCE_S} s")
        time.sleep(0.02)


# ---- companies ----

def config(office, companies, *more):
    """A file for a server of these companies {name: lines} on a free port."""
    lines = ["[server]", "listen=127.0.0.1:0", "no-tls=yes", f"state={office.folder / 'state'}", *more]
    for name, said in companies.items():
        lines += [f"[company {name}]", *said]
    return office.file("despachod.conf", "\n".join(lines) + "\n")


def sqlite(office, name):
    return f"database=sqlite:{office.folder / name}.db"


def of(office, path, company, *words):
    """despachoctl by the configuration."""
    process = subprocess.run([DESPACHOD.parent.parent / "ctl/despachoctl", "--config", path, *(["--company", company] if company else []), *words],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
    check("CRITICAL" not in process.stderr and "Sanitizer" not in process.stderr, "no fault", process.stderr)
    return process


def done(process):
    check(process.returncode == 0, "exit status 0", process.stdout + process.stderr)
    return process.stdout


def first_keys(office):
    return dict(re.findall(r"first administrator of (\S+): sign in .* one-time key (\S+) within", "".join(office.told)))


def enter(office, company, user, key):
    status, reply = office.http("POST", f"/{company}/v1/session", {"user": user, "key": key, "program": "test 1"})
    equal(status, 200, f"sign-in at {company}: {reply}")
    return reply


class Device:
    """Gives commands at one company."""

    def __init__(self, office, company, user, key):
        self.office, self.company, self.no = office, company, 0
        reply = enter(office, company, user, key)
        self.token, self.device, self.epoch = reply["token"], reply["device"], reply["epoch"]

    def call(self, method, path, body=None):
        return self.office.http(method, f"/{self.company}/v1/{path}", body, self.token)

    def give(self, kind, **args):
        self.no += 1
        return self.call("POST", "commands", {"device": self.device, "epoch": self.epoch, "first": self.no, "commands": [
            {"no": self.no, "kind": kind, "v": 1, "id": str(uuid.UUID(int=uuid.uuid4().int & ~(0xf << 76) | 7 << 76)), "args": args}]})


@test("S3-04 companies of one server share nothing: a token of one is worthless at the other, and so is an address without a name")
def apart(office):
    path = config(office, {"norte": [sqlite(office, "norte")], "sur": [sqlite(office, "sur")]})
    office.launch("--config", path)
    keys = first_keys(office)
    equal(sorted(keys), ["norte", "sur"], "companies with a first code")
    equal(office.http("POST", "/sur/v1/session", {"user": "root", "key": keys["norte"], "program": "t"})[0], 401, "the other company's key")
    north, south = Device(office, "norte", "root", keys["norte"]), Device(office, "sur", "root", keys["sur"])
    equal(north.call("GET", "session")[0], 200, "a token at home")
    for token, company in ((north.token, "sur"), (south.token, "norte")):
        for method, target in (("GET", "session"), ("GET", "changes?wait=0"), ("GET", "user"), ("GET", "snapshot?scope=all"), ("POST", "commands")):
            equal(office.http(method, f"/{company}/v1/{target}", {} if method == "POST" else None, token)[0], 401, f"{target} of {company} with a token of the other")
    equal(north.call("GET", "session")[0], 200, "a token that was shown elsewhere")
    check(north.epoch != south.epoch, "histories of their own", north.epoch)
    equal(north.give("user.create", name="solo-del-norte")[1]["results"][0]["status"], "applied", "a command at norte")
    for device, n in ((north, 1), (south, 0)):
        text = office.get("GET", f"/{device.company}/v1/user", token=device.token)[1].decode()
        equal(text.count("solo-del-norte"), n, f"users of that name at {device.company}")
    # Without a name, with one that is not served, and in capitals.
    for target in ("/v1/session", "/oeste/v1/session", "/", "/norte2/healthz"):
        status, reply = office.http("GET", target, token=north.token)
        equal((status, reply["error"]["code"]), (404, "company"), f"answer to {target}")
    equal(office.http("GET", "/NORTE/v1/session", token=north.token)[0], 200, "a name in capitals")
    for target in ("/healthz", "/readyz", "/norte/healthz", "/norte/readyz"):
        equal(office.get("GET", target)[0], 200, f"answer to {target}")
    equal(office.get("GET", "/norte/metrics", over=office.folder / "state/control")[0], 404, "figures at a company's address")
    values, _ = scrape(office, over=office.folder / "state/control")
    equal((values['despacho_sessions{company="norte"}'], values['despacho_sessions{company="sur"}']), (1, 1), "sessions of each")
    for name in ("norte", "sur"):
        check((office.folder / f"state/companies/{name}/files").is_dir(), f"files of {name}")
    check(not (office.folder / "state/files").exists(), "no files in common")
    # A token in a URL ends wherever it is sent.
    equal(office.http("GET", f"/sur/v1/session?token={north.token}")[0], 400, "a token in a URL")
    equal(north.call("GET", "session")[0], 401, "that token then")
    equal(south.call("GET", "session")[0], 200, "the other's token")


@test("S3-04 despachoctl works on the company that it is told, with its server and without")
def by_tool(office):
    path = config(office, {"norte": [sqlite(office, "norte")], "sur": [sqlite(office, "sur")]})
    office.launch("--config", path)
    done(of(office, path, "norte", "user", "add", "ana", "--profile", "dispatcher", "--scope", "all"))
    key = done(of(office, path, "norte", "user", "key", "ana")).split()[-1]
    enter(office, "norte", "ana", key)
    told = of(office, path, "norte", "backup", office.folder / "norte-monday.db")
    done(told)
    equal(told.stderr, "", "what a backup beside the server complains of")
    office.stop_server()
    done(of(office, path, "sur", "user", "add", "beto", "--profile", "dispatcher", "--scope", "all"))
    for company, names in (("norte", {"ana"}), ("sur", {"beto"})):
        told = done(of(office, path, company, "user", "list", "--json"))
        equal(names & set(re.findall(r'"name":"(\w+)"', told)), names, f"users of {company}")
        check(not {"ana", "beto"} - names & set(re.findall(r'"name":"(\w+)"', told)), f"nobody else's at {company}", told)
        done(of(office, path, company, "verify"))
        told = of(office, path, company, "doctor").stdout
        check(f"{path} is understood" in told and "may change it" not in told, "the configuration to be looked at", told)
    path.chmod(0o666)
    told = of(office, path, "norte", "doctor").stdout
    check("others than its owner may change it" in told, "a configuration that anybody may change", told)
    path.chmod(0o644)
    secret = office.file("secret", "0123456789abcdef")
    secret.chmod(0o644)
    guarded = config(office, {"norte": [sqlite(office, "norte")]}, f"metrics-secret={secret}")
    told = of(office, guarded, "norte", "doctor").stdout
    check(f"{secret}: others than its owner may use it" in told, "a secret that anybody may read", told)
    config(office, {"norte": [sqlite(office, "norte")], "sur": [sqlite(office, "sur")]})
    for words, text in ((["--company", "oeste", "user", "list"], "no company “oeste”"), (["user", "list"], "--company says which")):
        process = of(office, path, None, *words)
        check(process.returncode == 1 and text in process.stderr, text, process.stderr)
    office.ctl("user", "list", "--company", "norte").fails("--config")


@test("S3-04 a company whose database is broken is told so, the others go on, and it is served when it is mended")
def one_broken(office):
    office.file("gone", "")
    path = config(office, {"norte": [sqlite(office, "norte")], "rota": [f"database=sqlite:{office.folder}/gone/rota.db"]})
    office.launch("--config", path)
    keys = first_keys(office)
    equal(list(keys), ["norte"], "companies that could be opened")
    north = Device(office, "norte", "root", keys["norte"])
    status, reply = office.http("POST", "/rota/v1/session", {"user": "root", "key": "x", "program": "t"})
    equal((status, reply["error"]["code"]), (503, "unavailable"), "answer of the broken one")
    equal(office.get("GET", "/rota/readyz")[0], 503, "readiness of the broken one")
    equal(office.http("GET", "/readyz"), (200, {"status": "ready", "companies": 2, "ready": 1}), "readiness of the whole")
    equal(north.give("user.create", name="ana")[0], 200, "a command at the other")
    check("company rota cannot be served" in office.log(), "a line in the log", office.log())
    values, _ = scrape(office, over=office.folder / "state/control")
    equal((values['despacho_ready{company="norte"}'], values['despacho_ready{company="rota"}']), (1, 0), "ready")
    (office.folder / "gone").unlink()
    (office.folder / "gone").mkdir()
    office.server.send_signal(signal.SIGHUP)
    until(lambda: office.get("GET", "/rota/readyz")[0] == 200, "a company that is mended")
    line = office.server.stdout.readline()
    check("first administrator of rota" in line, "its first code", line)
    Device(office, "rota", "root", re.search(r"key (\S+) within", line).group(1))


@test("S3-04 companies are schemas of one PostgreSQL beside files of SQLite, as far apart, and one whose server is away stops none")
def two_stores(office):
    cluster = os.environ.get("DESPACHO_TEST_POSTGRES")
    if not cluster:
        raise Skip("without PostgreSQL")
    uris = {name: f"{cluster}&options=-csearch_path%3Dtest_{uuid.uuid4().hex}" for name in ("este", "oeste")}
    path = config(office, {**{name: [f"database={uri}"] for name, uri in uris.items()}, "norte": [sqlite(office, "norte")],
                           "lejos": ["database=postgresql://nobody@127.0.0.1:9/nowhere?connect_timeout=2"]})
    office.launch("--config", path)
    keys = first_keys(office)
    equal(sorted(keys), ["este", "norte", "oeste"], "companies that could be opened")
    devices = {name: Device(office, name, "root", keys[name]) for name in keys}
    for name, device in devices.items():
        equal(device.give("user.create", name=f"de-{name}")[1]["results"][0]["status"], "applied", f"a command at {name}")
        for other in devices:
            if other != name:
                equal(office.http("GET", f"/{other}/v1/session", token=device.token)[0], 401, f"a token of {name} at {other}")
        # Sign-ins and second factors mean the same on both stores.
        elsewhere = Device(office, name, f"de-{name}", done(of(office, path, name, "user", "key", f"de-{name}")).split()[-1])
        mine = elsewhere.call("GET", "sign-ins")[1]["sign_ins"]
        equal([(one["address"], one["current"]) for one in mine], [("127.0.0.1", True)], f"sign-ins at {name}")
        equal(elsewhere.call("GET", "second-factor"), (200, {"has": False, "codes": 0}), f"second factor at {name}")
        done(of(office, path, name, "user", "totp", f"de-{name}"))
        equal(elsewhere.call("GET", "session")[0], 401, f"a session at {name} after that")
        ours = device.call("GET", "sign-ins")[1]["sign_ins"]
        equal(device.call("POST", "sign-ins/end", {"id": ours[0]["id"]})[0], 200, f"the end of one's own sign-in at {name}")
        equal(device.call("GET", "session")[0], 401, f"that token at {name} then")
    for name in uris:
        told = done(of(office, path, name, "user", "list", "--json"))
        equal(set(re.findall(r'"name":"(de-\w+)"', told)), {f"de-{name}"}, f"users made at {name}")
        done(of(office, path, name, "verify"))
    equal(office.get("GET", "/lejos/readyz")[0], 503, "readiness of the one that is away")
    equal(office.http("GET", "/readyz"), (200, {"status": "ready", "companies": 4, "ready": 3}), "readiness of the whole")


@test("S3-04 what one company asks for, or waits for, keeps no other waiting")
def fair(office):
    path = config(office, {"norte": [sqlite(office, "norte"), "requests-per-second=5"], "sur": [sqlite(office, "sur")]})
    office.launch("--config", path)
    keys = first_keys(office)
    north, south = Device(office, "norte", "root", keys["norte"]), Device(office, "sur", "root", keys["sur"])
    # A flood at one: it meets that company's limit, the other's users meet none.
    flood = [north.call("GET", "session")[0] for _ in range(120)]
    check(429 in flood, "a flood to meet its limit", flood)
    equal({south.call("GET", "session")[0] for _ in range(40)}, {200}, "answers to the other's user")
    # One's store is held by somebody, and all its requests wait for it: the other is answered meanwhile.
    waiting = []
    with contextlib.closing(sqlite3.connect(office.folder / "norte.db", isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        threads = [threading.Thread(target=lambda i=i: waiting.append(knock(office, keys["norte"], i))) for i in range(30)]
        for thread in threads:
            thread.start()
        until(lambda: scrape(office, over=office.folder / "state/control")[0]['despacho_queue{company="norte"}'] > 0, "commands that wait")
        for i in range(20):
            status, reply = south.give("user.create", name=f"s{i}")
            equal((status, reply["results"][0]["status"]), (200, "applied"), "a command of the other company")
        held.execute("ROLLBACK")
    for thread in threads:
        thread.join()
    check(set(waiting) <= {401, 429, 503}, "sign-ins that were refused or put off", waiting)


def knock(office, key, i):
    """A sign-in with a key that was used: all of its work, a look into the store too, is the company's."""
    return office.http("POST", "/norte/v1/session", {"user": "root", "key": key, "program": f"t{i}"})[0]


# ---- setting up ----

def refused(office, text, *words, code=2):
    process = subprocess.run([DESPACHOD, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
    check(process.returncode == code and text in process.stderr, f"exit status {code} and “{text}”", (process.returncode, process.stderr))


@test("S0-config what cannot be meant in the configuration is refused, naming group and key")
def bad_config(office):
    for lines, text in (("[server]\nlissten=x", "[server] lissten: there is no such setting"),
                        ("[server]\nno-tls=maybe", "[server] no-tls: “maybe” is neither yes nor no"),
                        ("[server]\nkeep-changes=90d", "[server] keep-changes: “90d” is not a number"),
                        ("[company]\ndatabase=", "[company] database: nothing is said"),
                        ("[company]\nlisten=127.0.0.1:0", "[company] listen: there is no such setting here"),
                        ("[company Norte]\ndatabase=sqlite:x", "[company Norte]: a name has small letters"),
                        ("[company v1]\ndatabase=sqlite:x", "[company v1]: a name has"),
                        ("[company a]\nosrm=http://x", "[company a]: its database is not said"),
                        ("[company a]\ndatabase=sqlite:x\n[company b]\ndatabase=sqlite:x", "[company b]: this database is already that of [company a]"),
                        ("[company]\ndatabase=sqlite:x\n[company b]\ndatabase=sqlite:y", "of several each has its name"),
                        ("[firm]\ndatabase=sqlite:x", "[firm]: a group is")):
        refused(office, text, "--listen", "127.0.0.1:0", "--config", office.file("bad.conf", lines + "\n"))
    refused(office, "none.conf", "--listen", "127.0.0.1:0", "--config", office.folder / "none.conf")


@test("S0-config the file that ships is understood, says every setting, and of one company needs no name")
def shipped_config(office):
    text = (SOURCE / "data/systemd/despachod.conf").read_text()
    helped = subprocess.run([DESPACHOD, "--help"], capture_output=True, text=True, timeout=PATIENCE_S).stdout
    known = set(re.findall(r"^\s+--([a-z-]+)", helped, re.M)) - {"config", "ready-fd", "replay-from", "version", "help"}
    equal(set(re.findall(r"^#?([a-z-]+)=", text, re.M)), known, "settings in the file")
    path = office.file("d.conf", text.replace("/var/lib/despachod", str(office.folder)).replace("0.0.0.0:8443", "127.0.0.1:0"))
    office.launch("--config", path, "--no-tls")
    key = re.search(r"first administrator: .* key (\S+) within", "".join(office.told)).group(1)
    equal(office.http("POST", "/v1/session", {"user": "root", "key": key, "program": "t"})[0], 200, "sign-in without a company's name")
    done(of(office, path, None, "user", "add", "ana", "--profile", "dispatcher", "--scope", "all"))


@test("S0-activation a socket of the service manager is served, and while the server is away connections wait on it")
def activation(office):
    office.init()
    with contextlib.closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        listening.settimeout(PATIENCE_S)

        def launch():
            # What the manager does: the socket is descriptor 3, and two variables say so to this process alone.
            command = f"LISTEN_FDS=1 LISTEN_PID=$$ exec {DESPACHOD} --database sqlite:{office.database} --state {office.folder / 'state'} --no-tls"
            errors = open(office.folder / "server.log", "ab")
            office.server = subprocess.Popen(["sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
                                             preexec_fn=lambda: os.dup2(listening.fileno(), 3), pass_fds=(3,))
            errors.close()
            for line in office.server.stdout:
                if line.startswith("listening"):
                    office.port = int(re.search(r":(\d+)", line).group(1))
                    return
            raise Failure(f"despachod did not start: {office.log()}")

        launch()
        equal(office.port, listening.getsockname()[1], "port")
        equal(office.get("GET", "/readyz")[0], 200, "answer")
        office.stop_server()
        early = socket.create_connection(("127.0.0.1", office.port), timeout=PATIENCE_S)
        early.sendall(b"GET /healthz HTTP/1.1\r\nHost: office\r\nConnection: close\r\n\r\n")
        launch()
        with contextlib.closing(early):
            check(early.recv(100).startswith(b"HTTP/1.1 200 "), "an answer to who came while nobody was there")


def exposure(office, text):
    unit = office.file("despachod.service", text)
    told = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    score = re.search(r"Overall exposure level for despachod.service: ([0-9.]+)", told.stdout)
    check(score is not None, "a score of systemd-analyze", told.stdout + told.stderr)
    return float(score.group(1))


@test("S0-unit the service's exposure is at most 1.1 over TCP, and at most 0.5 over a UNIX socket without a network")
def unit(office):
    if shutil.which("systemd-analyze") is None:
        raise Skip("there is no systemd-analyze")
    text = (BUILD / "data/despachod.service").read_text()
    score = exposure(office, text)
    print(f"# exposure {score}")
    check(score <= 1.1, "an exposure of at most 1.1", score)
    # What stands in the unit as the way to have no network at all.
    alone = re.search(r"^# Without a network, .*\n((?:#   .*\n)+)", text, re.M)
    check(alone is not None, "the settings without a network in the unit")
    lines = [line[4:] for line in alone.group(1).splitlines()]
    score = exposure(office, text.replace("[Install]", "\n".join(lines) + "\n[Install]"))
    print(f"# without a network {score}")
    check(score <= 0.5, "an exposure of at most 0.5", score)


# ---- certificate ----

def certificate(office, name):
    """(chain, key, fingerprint as despachod prints it)"""
    pem, key = office.folder / "c.pem", office.folder / "k.pem"
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", pem,
                           "-days", "20", "-subj", f"/CN={name}"], stdin=subprocess.DEVNULL, capture_output=True)
    if made.returncode != 0:
        raise Skip("there is no openssl to make a certificate")
    der = ssl.PEM_cert_to_DER_cert(pem.read_text())
    return pem, key, ":".join(f"{byte:02x}" for byte in hashlib.sha256(der).digest())


def call_tls(office):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", office.port, timeout=PATIENCE_S, context=context)
    connection.connect()
    der = connection.sock.getpeercert(binary_form=True)
    return connection, ":".join(f"{byte:02x}" for byte in hashlib.sha256(der).digest())


def alive(connection):
    connection.request("GET", "/healthz")
    reply = connection.getresponse()
    reply.read()
    return reply.status == 200


@test("S0-certificate SIGHUP takes a new certificate without a restart; open connections live on, and a broken one changes nothing")
def reload(office):
    office.init()
    pem, key, first = certificate(office, "first")
    office.launch("--database", f"sqlite:{office.database}", "--listen", "127.0.0.1:0", "--state", office.folder / "state", "--certificate", pem, "--key", key)
    check(first in "".join(office.told), "the fingerprint to be told", office.told)
    old, shown = call_tls(office)
    equal(shown, first, "certificate at first")
    check(alive(old), "an answer")
    _, _, second = certificate(office, "second")
    office.server.send_signal(signal.SIGHUP)
    until(lambda: call_tls(office)[1] == second, "the new certificate")
    check(alive(old), "an answer on the connection from before")
    until(lambda: f"certificate loaded, fingerprint {second}" in office.log(), "a line in the log")
    key.write_text("no key at all")
    office.server.send_signal(signal.SIGHUP)
    until(lambda: "certificate not loaded, the old one stays" in office.log(), "a warning in the log")
    equal(call_tls(office)[1], second, "certificate after a broken one")
    check(alive(old), "an answer on the connection from before")


if __name__ == "__main__":
    run()
