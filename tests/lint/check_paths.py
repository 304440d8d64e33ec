#!/usr/bin/env python3
"""Checks that no file names a place of the machine that it was written on: this checkout, or a home directory."""
import os
import re

from sources import ROOT, conclude, lines_of, tracked

# Directories that every system of this kind has: a path that starts with one is no mark of a machine.
STANDARD = {"bin", "boot", "dev", "etc", "lib", "media", "mnt", "opt", "proc", "run", "sbin", "srv", "sys", "tmp",
            "usr", "var"}


def marks():
    """The paths that must not stand in a file. Of a checkout at /PLACE/..., where PLACE is not standard, all of /PLACE."""
    first = ROOT.split("/")[1]
    yield ROOT if first in STANDARD | {"home", "root"} else "/" + first
    yield os.path.expanduser("~")
    yield "/home/[a-z]"


def main():
    expression = re.compile(r"(?<![\w./$}])(" + "|".join(marks()) + r")(/|\b)")
    complaints = []
    for path in tracked():
        for number, line in enumerate(lines_of(path), 1):
            found = expression.search(line)
            if found:
                complaints.append(f"{path}:{number}: names a place of one machine: {found[0]}")
    conclude("no paths of one machine", complaints)


if __name__ == "__main__":
    main()
