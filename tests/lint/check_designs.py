#!/usr/bin/env python3
"""Checks docs/DESIGNS.md: each row names tests, each is one, each other name stands in a header, and no document lacks rows."""
import os
import re

from sources import ROOT, conclude, tracked

PAGE = "docs/DESIGNS.md"
TEST = re.compile(r"^(?:TEST\((\w+)|Test\(\w+, (\w+)|    def (test_\w+))", re.MULTILINE)
NAME = re.compile(r"`(\w+_\w+)`")
ROW = re.compile(r"^\| (?!the document |-)")
DOCUMENTS = {f"seeds/00{number}" for number in range(5)}


def text_of(paths):
    return "\n".join(open(path, encoding="utf-8").read() for path in paths)


def complaints():
    tests = {name for found in TEST.findall(text_of(tracked((".c", ".py")))) for name in found if name}
    words = set(re.findall(r"\w+", text_of(tracked((".h",)))))
    with open(PAGE, encoding="utf-8") as page:
        section, with_rows = "", set()
        for number, line in enumerate(page, 1):
            section = line if line.startswith("## ") else section
            claims, _, shown = line.rpartition(" | ")
            if ROW.match(line):
                with_rows |= {document for document in DOCUMENTS if document in section}
                if not NAME.search(shown) or line.replace("\\|", "").count("|") != 4:
                    yield f"{PAGE}:{number}: no row of three cells, the last of which names a test"
            yield from (f"{PAGE}:{number}: there is no test {name}" for name in NAME.findall(shown) if name not in tests)
            yield from (f"{PAGE}:{number}: no header has {name}" for name in NAME.findall(claims) if name not in words)
    yield from (f"{PAGE}: no row is about {document}" for document in sorted(DOCUMENTS - with_rows))


def main():
    os.chdir(ROOT)
    conclude("documents of the designs", list(complaints()))


if __name__ == "__main__":
    main()
