# driver.py: drives the real programs from outside, as a person would: through accessibility, pointer and keys
# SPDX-License-Identifier: GPL-3.0-or-later
"""Used by the tests of the window, which run under tests/headless.sh.

A Session holds everything that one test program starts, and ends all of it. A Server is a despachod on folders of its
own; an App is a despacho with its own settings, cache and data, so several can sit on one display. What is found in the
window is an Element: a node of the accessibility tree with its place on the screen.

Nothing waits for ever: wait_for() gives up after its time and says what it was waiting for, with a picture of the
screen in the folder of the screenshots.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

BUILD = os.environ.get("DSP_BUILD_ROOT", os.getcwd())
SOURCE = os.environ.get("DSP_SOURCE_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SCREENSHOTS = os.environ.get("DSP_SCREENSHOTS", os.path.join(BUILD, "screenshots"))
TIMEOUT = float(os.environ.get("DSP_UI_TIMEOUT", "30"))


class Failure(AssertionError):
    """Something did not come true; the message says what."""


def run(*arguments, **options):
    """Runs a short command and returns its output."""
    result = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                            check=False, **options)
    if result.returncode != 0:
        raise Failure("%s ended with %d: %s" % (" ".join(arguments), result.returncode, result.stderr.strip()))
    return result.stdout


def xdo(*arguments):
    return run("xdotool", *[str(a) for a in arguments])


def screenshot(name):
    """Writes what the screen shows; returns the path."""
    os.makedirs(SCREENSHOTS, exist_ok=True)
    path = os.path.join(SCREENSHOTS, name + ".png")
    subprocess.run(["import", "-window", "root", path], stderr=subprocess.DEVNULL, timeout=30, check=False)
    return path


def try_for(condition, timeout):
    """Returns the first true value of condition(), or None after timeout seconds."""
    end = time.monotonic() + timeout
    while True:
        try:
            value = condition()
        except GLib.Error:                       # the node went away while it was being read
            value = None
        if value or time.monotonic() > end:
            return value or None
        time.sleep(0.03)


def wait_for(condition, what, timeout=TIMEOUT):
    """Returns the first true value of condition(); raises Failure after timeout seconds."""
    value = try_for(condition, timeout)
    if value is None:
        name = "failed-" + re.sub(r"[^a-z0-9]+", "-", what.lower())[:60].strip("-")
        raise Failure("waited %.0f s for: %s (picture: %s)" % (timeout, what, screenshot(name)))
    return value


class Bus:
    """The accessibility bus. Its calls are sent in bundles: a window has thousands of nodes, and asking one after the
    other takes seconds."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1,
                                    None).unpack()[0]
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)

    def call(self, name, path, interface, method, arguments=None):
        return self.connection.call_sync(name, path, interface, method, arguments, None, 0, 10000, None).unpack()

    def gather(self, calls):
        """Sends all calls, then returns their answers in order; None for those that failed."""
        answers = [None] * len(calls)
        waiting = len(calls)

        def done(connection, result, index):
            nonlocal waiting
            waiting -= 1
            try:
                answers[index] = connection.call_finish(result).unpack()
            except GLib.Error:
                pass                            # the node went away
        for index, (name, path, interface, method, arguments) in enumerate(calls):
            self.connection.call(name, path, interface, method, arguments, None, 0, 10000, None, done, index)
        while waiting > 0:
            GLib.MainContext.default().iteration(True)
        return answers

    def applications(self):
        """Bus names of the programs that show something, with their process ids."""
        children = self.call("org.a11y.atspi.Registry", ROOT_PATH, ACCESSIBLE, "GetChildren")[0]
        return {self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)))[0]: name for name, _ in children}


ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT_PATH = "/org/a11y/atspi/accessible/root"
PROPERTIES = "org.freedesktop.DBus.Properties"
WINDOW_COORDINATES = 1
TABLES = ("tree table", "table", "list")
LEAVES = ("label", "image", "icon")
NO_NAMES = ("", "GtkLabel")          # what an empty label is called
WINDOWS = ("frame", "dialog", "window", "alert")


class Element:
    """A node of the accessibility tree. Its properties are asked for anew each time."""

    def __init__(self, app, path, role=None):
        self.app = app
        self.path = path
        self._role = role

    def _call(self, interface, method, arguments=None):
        return self.app.bus.call(self.app.bus_name, self.path, "org.a11y.atspi." + interface, method, arguments)

    def _get(self, interface, name):
        return self.app.bus.call(self.app.bus_name, self.path, PROPERTIES, "Get",
                                 GLib.Variant("(ss)", ("org.a11y.atspi." + interface, name)))[0]

    # What it says about itself

    @property
    def name(self):
        return self._get("Accessible", "Name")

    @property
    def description(self):
        return self._get("Accessible", "Description")

    @property
    def role(self):
        if self._role is None:
            self._role = Atspi.role_get_name(Atspi.Role(self._call("Accessible", "GetRole")[0]))
        return self._role

    @property
    def text(self):
        """Its text, or its name if it has none."""
        try:
            return self._call("Text", "GetText", GLib.Variant("(ii)", (0, self._get("Text", "CharacterCount"))))[0]
        except GLib.Error:
            return self.name

    @property
    def value(self):
        return self._get("Value", "CurrentValue")

    def has(self, state):
        """Whether it has a state: "selected", "checked", "sensitive", "showing", "focused", "visible" …"""
        return state_in(self._call("Accessible", "GetState")[0], state)

    def __repr__(self):
        try:
            return "<%s '%s'>" % (self.role, self.name)
        except GLib.Error:
            return "<gone>"

    # Its relatives

    def children(self):
        return [Element(self.app, path) for _name, path in self._call("Accessible", "GetChildren")[0]]

    @property
    def parent(self):
        return Element(self.app, self._get("Accessible", "Parent")[1])

    def walk(self, tables=True, limit=20000):
        """Yields (element, role, name, description) of all nodes below it that are visible, nearest first. Without
        tables it does not go into lists."""
        self.app.must_run()
        level, roles = [self], {}
        while level and limit > 0:
            found = []
            for answer in self.app.bus.gather([element.children_call() for element in level]):
                found += [path for _name, path in (answer[0] if answer else [])]
            found = found[:limit]
            limit -= len(found)
            answers = self.app.bus.gather([call for path in found for call in self.app.node_calls(path)])
            level = []
            for i, path in enumerate(found):
                state, role, properties = answers[3 * i:3 * i + 3]
                if state is None or role is None or properties is None or not state_in(state[0], "visible"):
                    continue
                number = role[0]
                word = roles.setdefault(number, Atspi.role_get_name(Atspi.Role(number)))
                element = Element(self.app, path, word)
                yield element, word, properties[0].get("Name", ""), properties[0].get("Description", "")
                if word not in LEAVES and (tables or word not in TABLES):
                    level.append(element)

    def children_call(self):
        return self.app.bus_name, self.path, ACCESSIBLE, "GetChildren", None

    def find_all(self, role=None, name=None, description=None, tables=True, limit=20000):
        """All nodes below that fit. A name is a text, or a compiled pattern that is searched for in it."""
        def fits(wanted, there):
            return wanted is None or (wanted.search(there) is not None if hasattr(wanted, "search") else wanted == there)
        for element, its_role, its_name, its_description in self.walk(tables, limit):
            if (role is None or its_role == role) and fits(name, its_name) and fits(description, its_description):
                yield element

    def maybe(self, role=None, name=None, **options):
        """The first that fits, or None."""
        return next(self.find_all(role, name, **options), None)

    def find(self, role=None, name=None, timeout=TIMEOUT, **options):
        """The first that fits, waiting for it."""
        wanted = name if name is not None else options.get("description")
        what = "%s '%s' in %s" % (role or "something", getattr(wanted, "pattern", wanted), self)
        return wait_for(lambda: self.maybe(role, name, **options), what, timeout)

    # Where it is

    def place(self):
        """x, y, width, height on the screen."""
        box = self.extents()
        x, y = self.app.surface_offset(self)
        return x + box[0], y + box[1], box[2], box[3]

    def extents(self):
        """x, y, width, height in its window."""
        return self._call("Component", "GetExtents", GLib.Variant("(u)", (WINDOW_COORDINATES,)))[0]

    def centre(self):
        x, y, width, height = self.place()
        return x + width // 2, y + height // 2

    # What a person does to it

    def click(self, button=1, ctrl=False, shift=False, times=1):
        self.app.bring_to_front()
        click(*self.centre(), button=button, ctrl=ctrl, shift=shift, times=times)

    def press(self):
        """Activates a button or menu item by its accessible action; clicks what has none."""
        for element in [self] + [found for found, role, _name, _text in self.walk(limit=12) if "button" in role]:
            try:
                if element._get("Action", "NActions") > 0:
                    element._call("Action", "DoAction", GLib.Variant("(i)", (0,)))
                    return
            except GLib.Error:
                continue                        # it has no actions
        self.click()

    def set_text(self, text):
        """Replaces the text of an entry, as typing does."""
        for element in [self] + [found for found, role, _name, _text in self.walk(limit=12) if role == "text"]:
            try:
                element._call("EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))
                return
            except GLib.Error:
                continue                        # this one cannot be written into
        raise Failure("%r cannot be written into" % self)

    def set_value(self, value):
        self.app.bus.call(self.app.bus_name, self.path, PROPERTIES, "Set",
                          GLib.Variant("(ssv)", ("org.a11y.atspi.Value", "CurrentValue", GLib.Variant("d", value))))

    def drag_to(self, other, **options):
        """Drags from its centre to the centre of another element, or to a place on the screen."""
        self.app.bring_to_front()
        drag(self.centre(), other.centre if isinstance(other, Element) else lambda: other, **options)


def state_in(words, state):
    bit = int(getattr(Atspi.StateType, state.upper()))
    return bool(words[bit // 32] >> bit % 32 & 1)


def move(x, y):
    xdo("mousemove", x, y)


def click(x, y, button=1, ctrl=False, shift=False, times=1):
    keys = [k for k, down in (("ctrl", ctrl), ("shift", shift)) if down]
    move(x - 3, y - 1)          # a hand does not jump: the window has to see the pointer come
    time.sleep(0.03)
    move(x, y)
    time.sleep(0.05)
    for key in keys:
        xdo("keydown", key)
    for _ in range(times):
        xdo("click", button)
        time.sleep(0.04)
    for key in keys:
        xdo("keyup", key)
    time.sleep(0.08)


def drag(start, end, steps=12, button=1, pause=None, ctrl=False, shift=False, cancel=False):
    """A drag with real pointer steps to a place, or to where end() says. It is asked again on arrival, since a window may
    make room under a drag. pause() is called before the button is let go: for looking at what the window answers; cancel presses
    Escape there."""
    place = end if callable(end) else lambda: end
    (x0, y0), (x1, y1) = start, place()
    keys = [k for k, down in (("ctrl", ctrl), ("shift", shift)) if down]
    move(x0, y0)
    time.sleep(0.12)
    for key in keys:
        xdo("keydown", key)
    xdo("mousedown", button)
    try:
        time.sleep(0.12)
        for i in range(1, steps + 1):
            move(x0 + (x1 - x0) * i // steps, y0 + (y1 - y0) * i // steps)
            time.sleep(0.03)
        for _ in range(3):
            time.sleep(0.15)
            x1, y1 = place()
            move(x1 + 2, y1)
        time.sleep(0.15)
        if pause is not None:
            pause()
        if cancel:
            xdo("key", "Escape")
            time.sleep(0.1)
    finally:
        xdo("mouseup", button)
        for key in keys:
            xdo("keyup", key)
    time.sleep(0.35)


def lasso(points, shift=True):
    """Draws a free line with the button held, as over areas of the map."""
    move(*points[0])
    time.sleep(0.1)
    if shift:
        xdo("keydown", "shift")
    xdo("mousedown", 1)
    time.sleep(0.1)
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        for i in range(1, 7):
            move(x0 + (x1 - x0) * i // 6, y0 + (y1 - y0) * i // 6)
            time.sleep(0.02)
    xdo("mouseup", 1)
    if shift:
        xdo("keyup", "shift")
    time.sleep(0.3)


def keys(*names):
    """Presses keys or combinations: keys("ctrl+k"), keys("Down", "Return")."""
    for name in names:
        xdo("key", "--clearmodifiers", name)
        time.sleep(0.04)


def type_text(text):
    xdo("type", "--delay", "12", text)
    time.sleep(0.1)


class Program:
    """A process with its output in a file, ended with the session."""

    def __init__(self, session, label, arguments, env=None):
        self.session = session
        self.label = label
        self.log = os.path.join(session.folder, label + ".log")
        self.output = b""
        self.errors = open(self.log, "ab")
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors,
                                        env=env, start_new_session=True)
        session.programs.append(self)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def read_line(self, pattern, timeout=TIMEOUT):
        """Waits for a line of its output that fits; returns the match."""
        wanted = re.compile(pattern)
        end = time.monotonic() + timeout
        while True:
            match = wanted.search(self.output.decode("utf-8", "replace"))
            if match:
                return match
            left = end - time.monotonic()
            if left <= 0 or (not self.running() and not select.select([self.process.stdout], [], [], 0)[0]):
                raise Failure("%s did not say '%s': %s" % (self.label, pattern, self.tail()))
            if select.select([self.process.stdout], [], [], min(left, 0.2))[0]:
                data = os.read(self.process.stdout.fileno(), 65536)
                self.output += data
                if not data and not self.running():
                    raise Failure("%s ended (%s) before it said '%s': %s" % (self.label, self.process.returncode,
                                                                           pattern, self.tail()))

    def tail(self):
        self.errors.flush()
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()[-1500:].strip()

    def stop(self, timeout=10):
        """Asks it to end and waits; kills what does not."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self):
        """Ends it at once, as lost power would."""
        if self.running():
            self.process.kill()
            self.process.wait(10)

    def close(self):
        self.stop(5)
        self.errors.close()
        self.process.stdout.close()


class Server(Program):
    """A private despachod. After stop() or kill(), restarted() gives one on the same database, port and certificate."""

    def __init__(self, session, folder, port=0):
        self.folder = folder
        self.database = "sqlite:" + os.path.join(folder, "despacho.db")
        self.socket = os.path.join(folder, "control")
        super().__init__(session, "server", [
            program("src/server/despachod"), "--database", self.database, "--listen", "127.0.0.1:%d" % port,
            "--socket", self.socket, "--state", os.path.join(folder, "state")])
        ready = self.read_line(r"listening (https?://[^\s:]+:(\d+))(?: fingerprint ([0-9A-Fa-f:]+))?")
        self.url, self.port, self.fingerprint = ready.group(1), int(ready.group(2)), ready.group(3)

    def restarted(self):
        self.stop()
        return Server(self.session, self.folder, self.port)

    def ctl(self, *arguments):
        """despachoctl on this server's database (through its socket while it runs); returns what it prints."""
        return self.session.ctl(self.folder, *arguments)

    def sign_in_key(self, user):
        """A one-time key for a user, in a file; returns its path."""
        said = self.ctl("user", "key", user)
        path = os.path.join(self.folder, "key-%s-%d" % (user, time.monotonic_ns()))
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
            f.write(said.strip().split()[-1] + "\n")
        return path


class App(Program):
    """A despacho with folders of its own. Its accessible nodes are found under root."""

    count = 0

    def __init__(self, session, arguments, folder=None, env=None, executable=None, label=None):
        App.count += 1
        self.folder = folder or tempfile.mkdtemp(prefix="app-", dir=session.folder)
        environment = dict(os.environ, LANG="C.UTF-8", GDK_BACKEND="x11", G_DEBUG="fatal-criticals", **{
            name: self.subfolder(sub) for name, sub in (("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"),
                                                        ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state"))})
        environment.update(env or {})
        super().__init__(session, label or "app-%d" % App.count,
                         [executable or program("src/app/despacho")] + arguments, environment)
        self.bus = session.bus
        self.bus_name = None
        self._root = None

    def subfolder(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    # The accessibility tree

    def must_run(self):
        if not self.running():
            raise Failure("%s ended with %s: %s" % (self.label, self.process.returncode, self.tail()))

    def _find_root(self):
        self.must_run()
        self.bus_name = self.bus.applications().get(self.pid)
        return self.bus_name and Element(self, ROOT_PATH)

    def node_calls(self, path):
        """What walk() asks each node for."""
        return [(self.bus_name, path, ACCESSIBLE, "GetState", None), (self.bus_name, path, ACCESSIBLE, "GetRole", None),
                (self.bus_name, path, PROPERTIES, "GetAll", GLib.Variant("(s)", (ACCESSIBLE,)))]

    @property
    def root(self):
        if self._root is None:
            self._root = wait_for(self._find_root, "%s on the accessibility bus" % self.label)
        return self._root

    def find(self, role=None, name=None, **options):
        return self.root.find(role, name, **options)

    def maybe(self, role=None, name=None, **options):
        return self.root.maybe(role, name, **options)

    def find_all(self, role=None, name=None, **options):
        return list(self.root.find_all(role, name, **options))

    def tree(self, limit=2000):
        """The whole tree as text, for looking at when a test is written."""
        lines = []

        def add(element, depth):
            if len(lines) > limit:
                return
            lines.append("%s%s '%s' %s" % ("  " * depth, element.role, element.name, element.description))
            for child in element.children():
                add(child, depth + 1)
        add(self.root, 0)
        return "\n".join(lines)

    def dialog(self):
        """The dialog or second window that was opened last, or None."""
        tops = [element for element in self.root.children() if element.has("visible")]
        return tops[-1] if len(tops) > 1 else None

    # Windows of the display

    def windows(self):
        """The X windows of this process that show, in the order of stacking."""
        out = subprocess.run(["xdotool", "search", "--all", "--onlyvisible", "--pid", str(self.pid), "--name", "."],
                             stdout=subprocess.PIPE, text=True, check=False, timeout=20).stdout.split()
        return out

    def surface_offset(self, element):
        """What has to be added to an element's extents to come to its place on the screen."""
        node, top, inner = element, None, None
        while node.path != ROOT_PATH and not node.path.endswith("/null"):
            name = node.name
            if inner is None and name.startswith("GtkPopover") and name != "GtkPopoverContent":
                inner = node
            if node.role in WINDOWS:
                top = node
                break
            node = node.parent
        windows = {window: self._geometry(window) for window in self.windows()}
        if inner is not None:
            return self._popover_offset(inner, windows)
        if top is None or not windows:
            return 0, 0
        # Dialogs have no title: then the window of the same size is meant.
        title, (_x, _y, width, height) = top.name, top.extents()
        return min((title != run("xdotool", "getwindowname", window).strip(), abs(wide - width) + abs(high - height), x, y)
                   for window, (x, y, wide, high) in windows.items())[2:]

    @staticmethod
    def _popover_offset(popover, windows):
        """A popover is a window of its own, but says its extents as if it lay over the widget that it belongs to. Its
        window is the one of its size; the arrow on one side makes that a few pixels larger."""
        left, top, wide, high = popover.extents()
        owner_left, owner_top, owner_wide, _owner_high = popover.parent.extents()
        fitting = [(width - wide + height - high, x, y, width, height)
                   for x, y, width, height in windows.values()
                   if 0 <= width - wide <= 24 and 0 <= height - high <= 24]
        if not fitting:
            raise Failure("the popover has no window")
        _distance, x, y, width, height = min(fitting)
        return (x - left + (width - wide if x > owner_left + owner_wide - 8 else 0),
                y - top + (height - high if y > owner_top else 0))

    @staticmethod
    def _geometry(window):
        values = dict(line.split("=") for line in xdo("getwindowgeometry", "--shell", window).split() if "=" in line)
        return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])

    def bring_to_front(self):
        """Puts this program's windows above the others', so that pointer and keys reach them."""
        if len([p for p in self.session.programs if isinstance(p, App) and p.running()]) > 1:
            windows = self.windows()
            for window in windows:
                xdo("windowraise", window)
            if windows:
                xdo("windowfocus", windows[-1])

    def resize(self, width, height):
        for window in self.windows()[:1]:
            xdo("windowsize", "--sync", window, width, height)

    def screenshot(self, name, raise_window=True):
        if raise_window:
            self.bring_to_front()
        time.sleep(0.25)
        return screenshot(name)

    # Lists

    def rows(self, table, limit=40):
        """The first rows of a column view: each as (element, texts of its cells)."""
        body = table.find("list")               # beside it there is the row of the headers
        rows = []
        for row in body.children()[:limit]:
            if row.has("visible"):
                rows.append((row, cell_texts(row)))
        return rows

    def choose(self, drop_down, text):
        """Opens a drop-down and clicks the item with this text."""
        before = len(self.windows())
        drop_down.press()
        popover = wait_for(lambda: drop_down.maybe(name="GtkPopover"), "an open list")
        popover.find("label", text).click()
        wait_for(lambda: len(self.windows()) <= before, "the list to close")


def cell_texts(row):
    """What the cells of a row say, in the order of the columns."""
    cells = row.children()
    texts = []
    for cell in cells:
        labels = [name for _found, role, name, _text in cell.walk(limit=12) if role == "label"]
        texts.append(" ".join(label for label in labels if label not in NO_NAMES))
    return texts


def program(path):
    """Where a program of this build is."""
    full = os.path.join(BUILD, path)
    if not os.path.exists(full):
        raise Failure("%s has not been built" % full)
    return full


class Session:
    """Everything that a test program starts, and one folder for all of it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="despacho-ui-")
        self.programs = []
        self.bus = Bus()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for started in reversed(self.programs):
            started.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ctl(self, folder, *arguments):
        return run(program("src/ctl/despachoctl"), "--database", "sqlite:" + os.path.join(folder, "despacho.db"),
                   "--socket", os.path.join(folder, "control"), *arguments)

    def demo_server(self):
        """A server with the demonstration's data, on a free port."""
        folder = tempfile.mkdtemp(prefix="server-", dir=self.folder)
        self.ctl(folder, "init")
        self.ctl(folder, "import", "catalogue", os.path.join(SOURCE, "data", "catalogues"))
        self.ctl(folder, "demo", "load", os.path.join(SOURCE, "data", "demo"))
        return Server(self, folder)

    def app(self, server, user, folder=None, env=None, key=True):
        """A despacho that signs in as a user with a one-time key (or shows the sign-in page, without key)."""
        arguments = ["--server", server.url]
        if server.fingerprint:
            arguments += ["--fingerprint", server.fingerprint]
        arguments += ["--user", user]
        if key:
            arguments += ["--key-file", server.sign_in_key(user)]
        return App(self, arguments, folder, env)


class Tests:
    """Runs functions as cases of a TAP program. The names are promises, with the requirement's number where one is."""

    def __init__(self):
        self.cases = []

    def case(self, name):
        def add(function):
            self.cases.append((name, function))
            return function
        return add

    def main(self):
        failed = 0
        print("TAP version 13\n1..%d" % len(self.cases), flush=True)
        for i, (name, function) in enumerate(self.cases, 1):
            start = time.monotonic()
            try:
                function()
                print("ok %d %s\n# %.1f s" % (i, name, time.monotonic() - start), flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print("not ok %d %s" % (i, name), flush=True)
                for line in str(error).splitlines() or [repr(error)]:
                    print("# " + line, flush=True)
                if not isinstance(error, Failure):
                    for line in traceback.format_exc().splitlines():
                        print("# " + line, flush=True)
        sys.exit(1 if failed else 0)
