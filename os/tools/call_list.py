"""Reads the one list of system calls, kernel/abi/calls.h and the parts that it includes, from the tree's root."""
import re
import sys

PART = re.compile(r'^#include "(kernel/abi/calls/\w+\.h)"$', re.M)
SECTION = re.compile(r"// System calls: (.*)\.\n")
CALL = re.compile(r"CALL\((\d+), (\w+), (NO_VALUE|VALUE\((\w+), (\w+)\)),\s*\((.*?)\)\)\s*\n", re.S)
ADDRESS = re.compile(r"ADDRESS\(([^)]*)\) (\w+)")


def parameters_of(text):
    text = " ".join(text.split())
    if text == "void":
        return []
    return [part.strip() for part in ADDRESS.sub(lambda m: f"{m[1]} *{m[2]}", text).split(",")]


def manual_above(text):
    """The lines of the comment right above a call."""
    manual = []
    for line in reversed(text.rstrip("\n").split("\n")):
        if not line.startswith("//"):
            break
        manual.insert(0, line)
    return manual


def part_calls(path):
    text = open(path, encoding="utf-8").read()
    section = SECTION.match(text)
    matches = list(CALL.finditer(text))
    expected = len(re.findall(r"^CALL\(", text, re.M))
    if not section or expected != len(matches):
        sys.exit(f"{path}: no section in the first line, or of {expected} lines that start a CALL not all could be read")
    for match in matches:
        code, name, _, value_type, value_name, parameters = match.groups()
        yield {"code": int(code), "name": name, "value_type": value_type, "parameters": parameters_of(parameters),
               "value": value_type and f"{value_type} *{value_name}", "section": section[1],
               "manual": manual_above(text[: match.start()])}


def read_calls(path):
    """The calls by code: code, name, value_type and value (None without), parameters, section, manual (lines)."""
    parts = PART.findall(open(path, encoding="utf-8").read())
    calls = [call for part in parts for call in part_calls(part)]
    codes = [call["code"] for call in calls]
    doubled = {code for code in codes if codes.count(code) > 1}
    if doubled or not calls:
        sys.exit(f"{path}: no calls, or codes that are given twice: {sorted(doubled)}")
    return sorted(calls, key=lambda call: call["code"])


def declaration(call):
    """How a program calls it: the value comes through a last pointer."""
    arguments = call["parameters"] + ([call["value"]] if call["value"] else [])
    return f"enum status {call['name']}({', '.join(arguments) or 'void'});"
