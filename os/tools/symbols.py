#!/usr/bin/env python3
"""Makes the kernel's table of functions, from which it prints backtraces, as a source in assembly.

Without --kernel the table is empty. The table is sorted by address; a function's place is its offset from KERNEL_BASE,
and its name the offset into the strings.
"""
import argparse
import subprocess
import sys

KERNEL_BASE = 0xFFFFFFFF80000000


def functions(nm, kernel):
    """The (offset, name) of each function in the kernel's text, by address; of several names of one address, the first."""
    output = subprocess.run([nm, "--defined-only", "--no-demangle", "--format=posix", kernel],
                            check=True, capture_output=True, text=True).stdout
    found = {}
    for line in output.splitlines():
        name, kind, address = line.split()[:3]
        offset = int(address, 16) - KERNEL_BASE
        if kind in "tTwW" and 0 <= offset < 1 << 31 and not name.startswith((".L", "$")):
            found[offset] = min(name, found.get(offset, name))
    return sorted(found.items())


def label(name):
    return f"    .global {name}\n{name}:\n"


def table(symbols):
    """The assembly text of the table."""
    places, string_offset = [], 0
    for _, name in symbols:
        places.append(string_offset)
        string_offset += len(name) + 1
    parts = ["// Made by os/tools/symbols.py: the kernel's functions, for backtraces.\n",
             '    .section .symbols, "a"\n    .balign 8\n',
             label("kernel_symbol_count"), f"    .long {len(symbols)}\n",
             label("kernel_symbol_addresses"), *(f"    .long {offset:#x}\n" for offset, _ in symbols),
             label("kernel_symbol_names"), *(f"    .long {place}\n" for place in places),
             label("kernel_symbol_strings"), *(f'    .asciz "{name}"\n' for _, name in symbols),
             "    .byte 0\n"]
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", default="llvm-nm")
    parser.add_argument("--kernel", help="the linked kernel whose functions are listed")
    parser.add_argument("--output", help="the assembly file to write")
    parser.add_argument("--verify", metavar="FILE", help="fail unless FILE is the table of this kernel")
    options = parser.parse_args()
    text = table(functions(options.nm, options.kernel) if options.kernel else [])
    if options.output:
        with open(options.output, "w", encoding="ascii") as file:
            file.write(text)
    if options.verify:
        with open(options.verify, encoding="ascii") as file:
            if file.read() != text:
                sys.exit(f"symbols.py: functions moved between the two links of {options.kernel}: "
                         "section .symbols must stand behind all text")


if __name__ == "__main__":
    main()
