#!/usr/bin/env python3
"""Makes the native system-call stubs and <parley/calls.h> from the one list, kernel/abi/calls.h.

Usage: generate.py header|stubs|counted-stubs LIST OUTPUT
Counted stubs count each call in the first word at `counted_calls`, which the program defines.
"""
import os
import re
import sys

ARGUMENT_REGISTERS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")
WIDTHS = {"uint64_t": "q", "size_t": "q", "int64_t": "q", "int32_t": "l", "uint32_t": "l"}
STORE_REGISTER = {"q": "rdx", "l": "edx"}
CALL = re.compile(r"CALL\((\d+), (\w+), (NO_VALUE|VALUE\((\w+), (\w+)\)),\s*\((.*?)\)\)\s*\n", re.S)
ADDRESS = re.compile(r"ADDRESS\(([^)]*)\) (\w+)")


def parameters_of(text):
    text = " ".join(text.split())
    if text == "void":
        return []
    return [part.strip() for part in ADDRESS.sub(lambda m: f"{m[1]} *{m[2]}", text).split(",")]


def read_calls(path):
    """Yields (code, name, value type or None, value name or None, parameters, manual lines)."""
    text = open(path, encoding="utf-8").read()
    for match in CALL.finditer(text):
        code, name, _, value_type, value_name, parameters = match.groups()
        manual = []
        for line in reversed(text[: match.start()].rstrip("\n").split("\n")):
            if not line.startswith("//"):
                break
            manual.insert(0, line)
        yield int(code), name, value_type, value_name, parameters_of(parameters), manual
    expected = len(re.findall(r"^CALL\(", text, re.M))
    found = len(CALL.findall(text))
    if expected != found:
        sys.exit(f"{path}: {expected} lines start a CALL, {found} could be read")


def header(calls):
    lines = [
        "// The native system calls, made from kernel/abi/calls.h: see there for the machine's side.",
        "//",
        "// Each returns its status. A value comes through the last pointer, which may be null, and is written only when the",
        "// call succeeded (a status of 0 or above).",
        "#pragma once",
        "",
    ]
    for part in sorted(os.listdir("kernel/abi")):
        if part != "calls.h":
            lines.append(f'#include "kernel/abi/{part}"')
    for code, name, value_type, value_name, parameters, manual in calls:
        extra = [f"{value_type} *{value_name}"] if value_type else []
        declaration = f"enum status {name}({', '.join(parameters + extra) or 'void'});"
        lines += [""] + manual + [declaration]
    return "\n".join(lines) + "\n"


def stub(code, name, value_type, parameter_count, counted):
    """The value's pointer is the argument after the last; it waits on the stack, as the kernel clears its register."""
    has_register = value_type and parameter_count < len(ARGUMENT_REGISTERS)
    lines = [f'.section .text.{name},"ax",@progbits', f".globl {name}", f".type {name}, @function", f"{name}:"]
    if has_register:
        lines.append(f"    pushq %{ARGUMENT_REGISTERS[parameter_count]}")
    if parameter_count > 3:
        lines.append("    movq %rcx, %r10")
    if counted:
        lines.append("    incq counted_calls(%rip)")
    lines += [f"    movl ${code}, %eax", "    syscall"]
    if value_type:
        width = WIDTHS[value_type]
        lines.append("    popq %rcx" if has_register else "    movq 8(%rsp), %rcx")
        lines += ["    testl %eax, %eax", "    js 1f", "    testq %rcx, %rcx", "    jz 1f"]
        lines += [f"    mov{width} %{STORE_REGISTER[width]}, (%rcx)", "1:"]
    return lines + ["    ret", f".size {name}, . - {name}"]


def stubs(calls, counted=False):
    lines = ["# The native system-call stubs, made from kernel/abi/calls.h."]
    for code, name, value_type, _, parameters, _ in calls:
        lines += [""] + stub(code, name, value_type, len(parameters), counted)
    return "\n".join(lines) + "\n"


def main():
    makers = {"header": header, "stubs": stubs, "counted-stubs": lambda calls: stubs(calls, counted=True)}
    if len(sys.argv) != 4 or sys.argv[1] not in makers:
        sys.exit(__doc__)
    with open(sys.argv[3], "w", encoding="utf-8") as output:
        output.write(makers[sys.argv[1]](list(read_calls(sys.argv[2]))))


main()
