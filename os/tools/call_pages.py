#!/usr/bin/env python3
"""Makes a page for every system call, and an index of them, from the one list in kernel/abi/calls.h.

Usage: call_pages.py LIST STATUS_HEADER OUTPUT_DIRECTORY
"""
import os
import re
import sys

CALL = re.compile(r"CALL\((\d+), (\w+), (NO_VALUE|VALUE\((\w+), (\w+)\)),\s*\((.*?)\)\)\s*\n", re.S)
ADDRESS = re.compile(r"ADDRESS\(([^)]*)\) (\w+)")
SECTION = re.compile(r"^// ---- (.*) ----$")
REGISTERS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")


def read_statuses(path):
    """{name: what it means} of the one enumeration."""
    text = open(path, encoding="utf-8").read()
    return dict(re.findall(r'STATUS\((\w+), -?\d+, "([^"]*)"\)', text))


def manual_above(text):
    """The comment right above a call: (its sentences, its `=` lines, its section)."""
    lines = text.rstrip("\n").split("\n")
    comment = []
    while lines and lines[-1].startswith("//"):
        comment.insert(0, lines.pop()[2:].strip())
    sections = [SECTION.match(line)[1] for line in lines if SECTION.match(line)]
    parts = re.split(r"(?:^| )= (?=[A-Z_]{2,})", " ".join(comment))
    return parts[0].strip(), [part.strip() for part in parts[1:]], sections[-1] if sections else "general"


def read_calls(path):
    text = open(path, encoding="utf-8").read()
    for match in CALL.finditer(text):
        code, name, _, value_type, value_name, parameters = match.groups()
        prose, statuses, section = manual_above(text[: match.start()])
        flat = ADDRESS.sub(lambda m: f"{m[1]} *{m[2]}", " ".join(parameters.split()))
        listed = [] if flat == "void" else [part.strip() for part in flat.split(",")]
        yield {"code": int(code), "name": name, "value": value_type and f"{value_type} *{value_name}",
               "parameters": listed, "prose": prose, "statuses": statuses, "section": section}


def declaration(call):
    arguments = call["parameters"] + ([call["value"]] if call["value"] else [])
    return f"enum status {call['name']}({', '.join(arguments) or 'void'});"


def page(call, meanings):
    lines = [f"# {call['name']}", "", "```c", "#include <parley/calls.h>", "", declaration(call), "```", "",
             call["prose"], "", "## At the machine", "", f"`rax` = {call['code']}"]
    lines += [f"`{register}` = {parameter}" for register, parameter in zip(REGISTERS, call["parameters"])]
    lines[-1 - len(call["parameters"]):] = ["; ".join(lines[-1 - len(call["parameters"]):]) + "."]
    if call["value"]:
        lines.append("The value comes in `rdx`.")
    lines += ["", "## Statuses", "", "| status | here | in general |", "|---|---|---|"]
    for entry in call["statuses"]:
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
        lines.append(f"- [{call['name']}]({call['name']}.md): {call['prose'].split('. ')[0].rstrip('.')}.")
    lines += ["", "## Statuses", "", "| status | meaning |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in meanings.items()]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    calls, meanings, output = list(read_calls(sys.argv[1])), read_statuses(sys.argv[2]), sys.argv[3]
    os.makedirs(output, exist_ok=True)
    for call in calls:
        with open(os.path.join(output, call["name"] + ".md"), "w", encoding="utf-8") as file:
            file.write(page(call, meanings))
    with open(os.path.join(output, "README.md"), "w", encoding="utf-8") as file:
        file.write(index(calls, meanings))


main()
