#!/usr/bin/env python3
"""Checks docs/DESIGNS.md: each test that it names is one, and each other name stands in a header."""
import os
import re

from sources import ROOT, conclude, tracked

PAGE = "docs/DESIGNS.md"
TEST = re.compile(r"^(?:TEST\((\w+)|Test\(\w+, (\w+)|    def (test_\w+))", re.MULTILINE)
NAME = re.compile(r"`(\w+_\w+)`")


def text_of(paths):
    return "\n".join(open(path, encoding="utf-8").read() for path in paths)


def complaints():
    tests = {name for found in TEST.findall(text_of(tracked((".c", ".py")))) for name in found if name}
    words = set(re.findall(r"\w+", text_of(tracked((".h",)))))
    with open(PAGE, encoding="utf-8") as page:
        for number, line in enumerate(page, 1):
            claims, _, shown = line.rpartition(" | ")
            yield from (f"{PAGE}:{number}: there is no test {name}" for name in NAME.findall(shown) if name not in tests)
            yield from (f"{PAGE}:{number}: no header has {name}" for name in NAME.findall(claims) if name not in words)


def main():
    os.chdir(ROOT)
    conclude("documents of the designs", list(complaints()))


if __name__ == "__main__":
    main()
