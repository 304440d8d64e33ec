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
TOGETHER = 16  # sources that a run of the tools looks at: starting clang-tidy takes as long as a short one of them
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


def analyse(paths):
    """What the tools complain of."""
    tidy = subprocess.run(["clang-tidy", "--quiet", "-p", "build", *paths], capture_output=True, text=True, check=False)
    check = subprocess.run([*CPPCHECK, *paths], capture_output=True, text=True, check=False)
    return (tidy.stdout if tidy.returncode else "") + (check.stderr if check.returncode else "")


def mark_of(path, headers):
    """The file that says that it is clean."""
    return os.path.join(CLEAN, path.replace("/", "-") + "-" + digest([path, ".clang-tidy"])[:16] + headers[:16])


def examine(marks):
    """Analyses sources, those with a complaint once more alone, and marks the clean ones; returns the complaints."""
    complaint = analyse(marks)
    if complaint and len(marks) > 1:
        return [found for path, mark in marks.items() for found in examine({path: mark})]
    for mark in marks.values() if not complaint else ():
        with open(mark, "w", encoding="utf-8"):
            pass
    return [complaint] if complaint else []


def main():
    os.chdir(ROOT)
    os.makedirs(CLEAN, exist_ok=True)
    headers = digest(tracked((".h",)))
    marks = {path: mark_of(path, headers) for path in sorted(compiled() & set(tracked((".c",))))}
    unknown = [(path, mark) for path, mark in marks.items() if not os.path.exists(mark)]
    runs = [dict(unknown[start:start + TOGETHER]) for start in range(0, len(unknown), TOGETHER)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        conclude("static analysis", [complaint for complaints in pool.map(examine, runs) for complaint in complaints])


if __name__ == "__main__":
    main()
