#!/usr/bin/env python3
"""Makes the native system-call stubs and <parley/calls.h> from the one list, kernel/abi/calls.h.

Usage: generate.py header|stubs|counted-stubs LIST OUTPUT
Counted stubs count each call in the first word at `counted_calls`, which the program defines.
"""
import os
import sys

sys.path.insert(0, "os/tools")
from call_list import declaration, read_calls

ARGUMENT_REGISTERS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")
WIDTHS = {"uint64_t": "q", "size_t": "q", "int64_t": "q", "int32_t": "l", "uint32_t": "l"}
STORE_REGISTER = {"q": "rdx", "l": "edx"}


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
        if part.endswith(".h") and part != "calls.h":
            lines.append(f'#include "kernel/abi/{part}"')
    for call in calls:
        lines += [""] + call["manual"] + [declaration(call)]
    return "\n".join(lines) + "\n"


def stub(call, counted):
    """The value's pointer is the argument after the last; it waits on the stack, as the kernel clears its register."""
    name, value_type, parameter_count = call["name"], call["value_type"], len(call["parameters"])
    has_register = value_type and parameter_count < len(ARGUMENT_REGISTERS)
    lines = [f'.section .text.{name},"ax",@progbits', f".globl {name}", f".type {name}, @function", f"{name}:",
             "    .cfi_startproc"]
    if has_register:
        lines += [f"    pushq %{ARGUMENT_REGISTERS[parameter_count]}", "    .cfi_adjust_cfa_offset 8"]
    if parameter_count > 3:
        lines.append("    movq %rcx, %r10")
    if counted:
        lines.append("    incq counted_calls(%rip)")
    lines += [f"    movl ${call['code']}, %eax", "    syscall"]
    if value_type:
        width = WIDTHS[value_type]
        lines += ["    popq %rcx", "    .cfi_adjust_cfa_offset -8"] if has_register else ["    movq 8(%rsp), %rcx"]
        lines += ["    testl %eax, %eax", "    js 1f", "    testq %rcx, %rcx", "    jz 1f"]
        lines += [f"    mov{width} %{STORE_REGISTER[width]}, (%rcx)", "1:"]
    return lines + ["    ret", "    .cfi_endproc", f".size {name}, . - {name}"]


def stubs(calls, counted=False):
    lines = ["# The native system-call stubs, made from kernel/abi/calls.h.", ".cfi_sections .debug_frame"]
    for call in calls:
        lines += [""] + stub(call, counted)
    return "\n".join(lines) + "\n"


def main():
    makers = {"header": header, "stubs": stubs, "counted-stubs": lambda calls: stubs(calls, counted=True)}
    if len(sys.argv) != 4 or sys.argv[1] not in makers:
        sys.exit(__doc__)
    with open(sys.argv[3], "w", encoding="utf-8") as output:
        output.write(makers[sys.argv[1]](read_calls(sys.argv[2])))


main()
