#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what meson's test logs report and prints one line: N passed, N failed, N skipped.

A program that speaks TAP counts with each of its cases, any other as one. Exit status 1 if anything failed.

Usage: summary.py BUILD-FOLDER...
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


def main():
    total = [0, 0, 0]
    for folder in sys.argv[1:]:
        with open(os.path.join(folder, "meson-logs", "testlog.json"), encoding="utf-8") as log:
            for line in log:
                entry = json.loads(line)
                counts = count(entry)
                if counts[1]:
                    print("failed in %s: %s" % (folder, entry["name"]))
                total = [a + b for a, b in zip(total, counts)]
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
