#!/usr/bin/env python3
"""Makes a page for every system call, and an index of them, from the one list in kernel/abi/calls.h.

Usage: call_pages.py LIST STATUS_HEADER OUTPUT_DIRECTORY
"""
import os
import re
import sys

from call_list import declaration, read_calls

REGISTERS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")


def read_statuses(path):
    """{name: what it means} of the one enumeration."""
    text = open(path, encoding="utf-8").read()
    return dict(re.findall(r'STATUS\((\w+), -?\d+, "([^"]*)"\)', text))


def manual_of(call):
    """The comment above a call: its sentences and its `=` lines."""
    comment = " ".join(line[2:].strip() for line in call["manual"])
    prose, *statuses = re.split(r"(?:^| )= (?=[A-Z_]{2,})", comment)
    return prose.strip(), [part.strip() for part in statuses]


def page(call, meanings):
    prose, statuses = manual_of(call)
    lines = [f"# {call['name']}", "", "```c", "#include <parley/calls.h>", "", declaration(call), "```", "",
             prose, "", "## At the machine", "", f"`rax` = {call['code']}"]
    lines += [f"`{register}` = {parameter}" for register, parameter in zip(REGISTERS, call["parameters"])]
    lines[-1 - len(call["parameters"]):] = ["; ".join(lines[-1 - len(call["parameters"]):]) + "."]
    if call["value"]:
        lines.append("The value comes in `rdx`.")
    lines += ["", "## Statuses", "", "| status | here | in general |", "|---|---|---|"]
    for entry in statuses:
        names, _, text = entry.partition(" ")
        while names.endswith(","):
            more, _, text = text.partition(" ")
            names += " " + more
        for name in names.split(", "):
            lines.append(f"| {name} | {text} | {meanings[name]} |")
    lines.append("| BAD_ADDRESS, NO_MEMORY, LIMIT_REACHED | as for every call | see the index |")
    return "\n".join(lines) + "\n"


def index(calls, meanings):
    lines = ["# The system calls of Parley", "", "Made from `kernel/abi/calls.h`.", ""]
    section = None
    for call in calls:
        if call["section"] != section:
            section = call["section"]
            lines += ["", f"## {section}", ""]
        lines.append(f"- [{call['name']}]({call['name']}.md): {manual_of(call)[0].split('. ')[0].rstrip('.')}.")
    lines += ["", "## Statuses", "", "| status | meaning |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in meanings.items()]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    calls, meanings, output = read_calls(sys.argv[1]), read_statuses(sys.argv[2]), sys.argv[3]
    os.makedirs(output, exist_ok=True)
    for call in calls:
        with open(os.path.join(output, call["name"] + ".md"), "w", encoding="utf-8") as file:
            file.write(page(call, meanings))
    with open(os.path.join(output, "README.md"), "w", encoding="utf-8") as file:
        file.write(index(calls, meanings))


main()
