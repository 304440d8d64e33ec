#!/usr/bin/env python3
"""Checks that the C sources are formatted as .clang-format says; with --fix formats them."""
import subprocess
import sys

from sources import C_ENDINGS, conclude, lines_of, tracked


def is_assembly(path):
    """A header for assembly alone, which clang-format does not know."""
    return any(line.startswith(".macro") for line in lines_of(path))


def differs(path):
    formatted = subprocess.run(["clang-format", path], check=True, capture_output=True).stdout
    with open(path, "rb") as file:
        return file.read() != formatted


def main():
    paths = [path for path in tracked(C_ENDINGS) if not is_assembly(path)]
    if "--fix" in sys.argv[1:]:
        if paths:
            subprocess.run(["clang-format", "-i", *paths], check=True)
        return
    conclude("format", [f"{path}: not formatted: run `ninja format`" for path in paths if differs(path)])


if __name__ == "__main__":
    main()
