#!/usr/bin/env python3
"""Prints the line coverage of ipc/ and kernel/object by the unit tests, and fails where a file is below LEAST_PERCENT.

usage: coverage.py PROFILES   a directory with the profiles that the unit tests have written
"""
import glob
import json
import os
import subprocess
import sys

LEAST_PERCENT = 95
MEASURED = ("ipc/", "kernel/object/")


def llvm(tool, *arguments):
    """Runs a tool of LLVM; its own words go to stderr."""
    return subprocess.run(["llvm-" + tool, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(profiles, binaries):
    """(path, lines, lines that ran) of each measured file that is in the binaries."""
    merged = os.path.join(profiles, "all.profdata")
    llvm("profdata", "merge", "-sparse", "-o", merged, *glob.glob(os.path.join(profiles, "*.profraw")))
    objects = [word for binary in binaries[1:] for word in ("-object", binary)]
    report = json.loads(llvm("cov", "export", "-summary-only", "-instr-profile=" + merged, binaries[0], *objects))
    for file in report["data"][0]["files"]:
        path = os.path.relpath(file["filename"])
        if path.startswith(MEASURED):
            yield path, file["summary"]["lines"]["count"], file["summary"]["lines"]["covered"]


def unseen_sources(measured):
    """Sources that no unit test links: all their lines count as not run."""
    seen = {path for path, _, _ in measured}
    for directory in MEASURED:
        for path in glob.glob(directory + "**/*.c", recursive=True):
            if path not in seen:
                yield path


def main():
    with open("build/unit/tests.list", encoding="utf-8") as file:
        binaries = file.read().split()
    measured = sorted(measure(sys.argv[1], binaries))
    for path in unseen_sources(measured):
        with open(path, encoding="utf-8") as file:
            measured.append((path, sum(1 for line in file if line.strip()), 0))
    for path, lines, covered in measured:
        print(f"{path:44} {covered:5} of {lines:5} lines {100 * covered / max(lines, 1):6.1f} %")
    lines = sum(row[1] for row in measured)
    print(f"line coverage of {' and '.join(MEASURED)}: {100 * sum(row[2] for row in measured) / max(lines, 1):.1f} % of {lines} lines")
    low = [path for path, count, covered in measured if 100 * covered < LEAST_PERCENT * count]
    if not low:
        print("ok line coverage")
        return 0
    print(f"not ok line coverage: less than {LEAST_PERCENT} % in {', '.join(low)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
