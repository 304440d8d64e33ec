#!/usr/bin/env python3
"""Checks the C sources with clang-tidy and cppcheck. What is known to be clean is not looked at again.

A source is clean as long as neither it, nor a header of ours, nor the tools' settings change: build/check holds a file
for each.
"""
import concurrent.futures
import hashlib
import json
import os
import subprocess

from sources import ROOT, conclude, tracked

CLEAN = "build/check"
WORKERS = 2
# varFuncNullUB: our NULL is a pointer, of a pointer's size. raw_call.h and control.c bind variables to registers.
SUPPRESSED = ["missingInclude", "missingIncludeSystem", "unknownMacro", "internalAstError", "syntaxError", "varFuncNullUB",
              "constStatement:tests/guest/raw_call.h", "constStatement:apps/compare/control.c"]
INCLUDED = [".", "build/packages/include", "kernel/arch/x86_64/include", "kernel/build/release"]
CPPCHECK = ["cppcheck", "--quiet", "--error-exitcode=1", "--enable=warning,portability", "--inline-suppr",
            "--std=c11", "--platform=unix64", "--max-configs=1", *("--suppress=" + name for name in SUPPRESSED), *("-I" + path for path in INCLUDED)]


def digest(paths):
    sum_ = hashlib.sha256(" ".join(CPPCHECK).encode())
    for path in paths:
        with open(path, "rb") as file:
            sum_.update(file.read())
    return sum_.hexdigest()


def compiled():
    """The sources that the build compiles, from the root."""
    with open("build/compile_commands.json", encoding="utf-8") as file:
        entries = json.load(file)
    return {os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT) for entry in entries}


def analyse(path):
    """What the tools complain of."""
    tidy = subprocess.run(["clang-tidy", "--quiet", "-p", "build", path], capture_output=True, text=True, check=False)
    check = subprocess.run([*CPPCHECK, path], capture_output=True, text=True, check=False)
    return (tidy.stdout if tidy.returncode else "") + (check.stderr if check.returncode else "")


def examine(path, headers):
    """Analyses a source unless it is known to be clean; returns the complaint, or nothing."""
    mark = os.path.join(CLEAN, path.replace("/", "-") + "-" + digest([path, ".clang-tidy"])[:16] + headers[:16])
    if os.path.exists(mark):
        return ""
    complaint = analyse(path)
    if not complaint:
        with open(mark, "w", encoding="utf-8"):
            pass
    return complaint


def main():
    os.chdir(ROOT)
    os.makedirs(CLEAN, exist_ok=True)
    headers = digest(tracked((".h",)))
    paths = sorted(compiled() & set(tracked((".c",))))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda path: examine(path, headers), paths))
    conclude("static analysis", [result for result in results if result])


if __name__ == "__main__":
    main()
