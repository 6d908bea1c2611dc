#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what meson's test logs report and prints one line: N passed, N failed, N skipped.

A program that speaks TAP counts with each of its cases, any other as one. Exit status 1 if anything failed.

A test that failed beside others and passed when it was repeated alone counts by the repetition, and is named.

Usage: summary.py BUILD-FOLDER...        the line
       summary.py --failed BUILD-FOLDER  the names of the tests that failed, one a line, for the repetition
"""

import json
import os
import re
import sys

CASE = re.compile(r"^(not )?ok\b(.*)$")


def count(entry):
    """Passed, failed and skipped cases of one test program."""
    passed = failed = skipped = 0
    for line in entry.get("stdout", "").splitlines():
        case = CASE.match(line)
        if case is None:
            continue
        if re.search(r"#\s*(skip|todo)", case.group(2), re.IGNORECASE):
            skipped += 1
        elif case.group(1):
            failed += 1
        else:
            passed += 1
    result = entry.get("result", "ERROR")
    if passed + failed + skipped == 0:
        return (result in ("OK", "EXPECTEDFAIL"), result not in ("OK", "EXPECTEDFAIL", "SKIP"), result == "SKIP")
    if result not in ("OK", "EXPECTEDFAIL", "SKIP") and failed == 0:
        failed = 1              # it crashed, hung, or ended with an error after its last case
    return passed, failed, skipped


def entries(folder, logbase):
    """The log of one run: name -> entry; nothing if there was no such run."""
    try:
        with open(os.path.join(folder, "meson-logs", logbase + ".json"), encoding="utf-8") as log:
            return {entry["name"]: entry for entry in map(json.loads, log)}
    except FileNotFoundError:
        return {}


def print_failed(folder):
    for name, entry in entries(folder, "testlog").items():
        if count(entry)[1]:
            print(name.rsplit(" / ", 1)[-1])


def main():
    total = [0, 0, 0]
    for folder in sys.argv[1:]:
        again = entries(folder, "again")
        for name, entry in entries(folder, "testlog").items():
            counts = count(entry)
            if counts[1] and name in again:
                counts = count(again[name])
                if not counts[1]:
                    print("failed beside others, passed alone, in %s: %s" % (folder, name))
            if counts[1]:
                print("failed in %s: %s" % (folder, name))
            total = [a + b for a, b in zip(total, counts)]
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    if sys.argv[1] == "--failed":
        print_failed(sys.argv[2])
    else:
        sys.exit(main())
