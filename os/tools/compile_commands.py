#!/usr/bin/env python3
"""Writes the compile commands for editors and clang-tidy: each source once, the kernel's as the release build compiles them.

usage: compile_commands.py OUTPUT
"""
import json
import subprocess
import sys

RULES = ["kernel_cc", "program_cc", "host_cc"]


def main():
    listing = subprocess.run(["ninja", "-t", "compdb", *RULES], check=True, capture_output=True, text=True).stdout
    chosen = {}
    for entry in json.loads(listing):
        known = chosen.get(entry["file"])
        if known is None or entry["output"].startswith("build/release/"):
            chosen[entry["file"]] = entry
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(list(chosen.values()), file, indent=1)


if __name__ == "__main__":
    main()
