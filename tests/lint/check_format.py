#!/usr/bin/env python3
"""Checks that the C sources are formatted as .clang-format says; with --fix formats them."""
import re
import subprocess
import sys

from sources import C_ENDINGS, conclude, lines_of, tracked

COMPLAINT = re.compile(r"^(.+?):\d+:\d+: error: code should be clang-formatted", re.M)


def is_assembly(path):
    """A header for assembly alone, which clang-format does not know."""
    return any(line.startswith(".macro") for line in lines_of(path))


def unformatted(paths):
    """Those that clang-format would change."""
    run = subprocess.run(["clang-format", "--dry-run", "-Werror", *paths], capture_output=True, text=True, check=False)
    found = set(COMPLAINT.findall(run.stderr))
    if run.returncode != 0 and not found:
        raise RuntimeError(run.stderr)
    return sorted(found)


def main():
    paths = [path for path in tracked(C_ENDINGS) if not is_assembly(path)]
    if "--fix" in sys.argv[1:]:
        if paths:
            subprocess.run(["clang-format", "-i", *paths], check=True)
        return
    conclude("format", [f"{path}: not formatted: run `ninja format`" for path in unformatted(paths)])


if __name__ == "__main__":
    main()
