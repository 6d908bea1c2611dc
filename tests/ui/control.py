# control.py: a server's socket for its owner
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that the administrator's tool has no word for, as somebody else's field app would give them."""

import http.client
import json
import socket


class Control(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ask(server, method, target, body=None):
    connection = Control(server.socket)
    connection.request(method, target, body and json.dumps(body), {"X-Despacho-Device": "test", "Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 200, text
    return json.loads(text)


def give(server, *commands):
    """Each (kind, id, arguments): all must be taken."""
    me = ask(server, "GET", "/v1/session")
    answers = ask(server, "POST", "/v1/admin/commands", {"device": me["device"], "epoch": me["epoch"], "commands": [
        dict({"kind": kind, "v": 1, "id": record}, **({"args": args} if args else {})) for kind, record, args in commands]})
    assert all(answer["status"] == "applied" for answer in answers["results"]), answers
