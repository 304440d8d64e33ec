#!/usr/bin/env python3
"""Names the members of thin archives that the optimiser of the whole program does not see: objects of machine code, one a line.

  native_members.py AR ARCHIVE...
"""
import subprocess
import sys


def is_native(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def main():
    archiver, *archives = sys.argv[1:]
    for archive in archives:
        members = subprocess.run([archiver, "t", archive], check=True, capture_output=True, text=True).stdout.split()
        print("\n".join(filter(is_native, members)))


if __name__ == "__main__":
    main()
