#!/usr/bin/env python3
"""Fills in what the rows of tests/guest/tools.table must print: by running each with bash and GNU's tools, here.

usage: make_tools_table.py [--check]   --check changes nothing, and fails where a row would change
A row is: `$ LINE`, then lines `< INPUT`, then (made by this program) lines `> OUTPUT`, the last one `>- OUTPUT` where it
has no line end, and `? STATUS` where that is not 0. Bytes that are no printable ASCII, and backslashes, stand as \\xHH.
A difference that is meant begins with `! REASON` behind the `$` line: its answer is Parley's, stays as it is written, and must
differ from what bash and GNU's tools print.
Rows run in order, in one directory, with LC_ALL=C. Lines that start with # are remarks.
"""
import difflib
import os
import re
import signal
import subprocess
import sys
import tempfile

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tools.table")


def escape(data):
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in data)


def unescape(text):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode())


def read_rows(path):
    """Yields ("remark", line) and ("row", command, input, reason, answer); of these two, the second only with the first."""
    row = None
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("$ "):
                if row:
                    yield row
                row = ("row", line[2:], b"", "", [])
            elif line.startswith("! "):
                row = (*row[:3], line[2:], [])
            elif line.startswith("< ") or line == "<":
                row = ("row", row[1], row[2] + unescape(line[2:]) + b"\n", *row[3:])
            elif line.startswith("<- "):
                row = ("row", row[1], row[2] + unescape(line[3:]), *row[3:])
            elif line.startswith((">", "?")):
                row[4].append(line)
            elif not line or line.startswith("#"):
                if row:
                    yield row
                row = None
                yield ("remark", line)
    if row:
        yield row


def input_lines(data):
    if not data:
        return []
    lines = data.split(b"\n")
    shown = ["< " + escape(line) for line in lines[:-1]]
    return shown + (["<- " + escape(lines[-1])] if lines[-1] else [])


def output_lines(data):
    lines = data.split(b"\n")
    shown = [("> " + escape(line)).rstrip() if not line else "> " + escape(line) for line in lines[:-1]]
    return shown + ([">- " + escape(lines[-1])] if lines[-1] else [])


def run_row(line, data, directory, programs):
    """Standard input is a file, as for test_tools.c: some tools look at that."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        done = subprocess.run(["bash", "-c", line], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              cwd=directory, env={"PATH": programs + ":/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"},
                              timeout=20, check=False)
    return done.stdout, done.returncode


def make():
    made = []
    for number in signal.valid_signals():  # nohup, or a shell's `&`, had this ignore some, and `trap` would say so
        if signal.getsignal(number) == signal.SIG_IGN and number not in (signal.SIGPIPE, signal.SIGXFSZ):  # Python's own
            signal.signal(number, signal.SIG_DFL)
    with tempfile.TemporaryDirectory() as directory, tempfile.TemporaryDirectory() as programs:
        os.symlink("/bin/bash", os.path.join(programs, "sh"))
        for kind, *row in read_rows(TABLE):
            if kind == "remark":
                made.append(row[0])
                continue
            line, data, reason, own = row
            output, status = run_row(line, data, directory, programs)
            answer = output_lines(output) + ([f"? {status}"] if status else [])
            if reason and answer == own:
                sys.exit(f"make_tools_table.py: `{line}` does not differ: {reason}")
            made += ["$ " + line, *([f"! {reason}"] if reason else []), *input_lines(data), *(own if reason else answer)]
    return "\n".join(made) + "\n"


def main():
    made = make()
    with open(TABLE, encoding="utf-8") as file:
        before = file.read()
    if "--check" in sys.argv[1:]:
        sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), made.splitlines(True), "the table", "this machine"))
        return int(made != before)
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(made)
    print(sum(line.startswith("$ ") for line in made.splitlines()), "rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
