#!/usr/bin/env python3
"""Checks the shape of the sources: files of one concept, that say what for, without conditional compilation."""
import re

from sources import PROGRAM_TEXT, conclude, lines_of, tracked

FILE_LINES = 500
FUNCTION_LINES = 60
CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif)\b")
FIRST_LINE = {".c": "//", ".h": ("//", "/*"), ".S": ("//", "/*", "# "), ".ld": "/*", ".py": ("#!", '"""')}


def ending_of(path):
    return path[path.rindex("."):]


def file_complaints(path, lines):
    if len(lines) > FILE_LINES:
        yield f"{path}: {len(lines)} lines, more than {FILE_LINES}"
    if not lines or not lines[0].startswith(FIRST_LINE[ending_of(path)]):
        yield f"{path}:1: the first line is no comment that says what the file is for"
    for number, line in enumerate(lines, 1):
        if path.endswith(".c") and CONDITIONAL.match(line):
            yield f"{path}:{number}: conditional compilation: link another file instead"
        if line.rstrip() != line:
            yield f"{path}:{number}: blanks at the end of the line"


def function_complaints(path, lines):
    """By the format a function starts with a line that ends in `{` at the margin, and ends with `}` at the margin."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.endswith(") {") and line[:1].isalpha():
            start = number
        elif line == "}" and start is not None:
            if number - start + 1 > FUNCTION_LINES:
                yield f"{path}:{start}: a function of {number - start + 1} lines, more than {FUNCTION_LINES}"
            start = None


def main():
    complaints = []
    for path in tracked(PROGRAM_TEXT):
        lines = lines_of(path)
        complaints += file_complaints(path, lines)
        if path.endswith(".c"):
            complaints += function_complaints(path, lines)
    conclude("shape of the sources", complaints)


if __name__ == "__main__":
    main()
