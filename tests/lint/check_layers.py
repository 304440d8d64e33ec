#!/usr/bin/env python3
"""Checks who includes whom: the layers of the tree, and that an include is a path from the root."""
import os
import re

from sources import C_ENDINGS, conclude, lines_of, tracked

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

# What the sources under a directory may include; the longest directory that fits decides. "!" takes away again.
LAYERS = {
    "kernel/abi/": ["kernel/abi/"],
    "kernel/": ["kernel/"],
    "ipc/": ["kernel/", "ipc/", "!kernel/arch/", "!kernel/boot/", "!kernel/calls/"],
    "libc/": ["kernel/abi/", "libc/"],
    "drivers/": ["kernel/abi/", "libc/", "drivers/"],
    "os/": ["kernel/abi/", "libc/", "os/"],
    "apps/": ["kernel/abi/", "libc/", "apps/"],
    "debug/": ["kernel/", "ipc/", "debug/"],
    # The console draws and understands keys by the drivers' pure parts.
    "debug/console/": ["kernel/", "ipc/", "debug/", "drivers/display/font.h", "drivers/keyboard/decoder.h"],
    # The server is a tool; it has the protocol in common with the kernel's stub.
    "debug/server/": ["kernel/abi/", "kernel/base/writer.h", "kernel/base/string.h", "libc/", "apps/common/", "debug/protocol/", "debug/server/"],
    "tests/": [""],
}

# The kernel has no C library: these headers come with the compiler, or hold only macros.
FREESTANDING = {"stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdalign.h", "stdnoreturn.h",
                "limits.h", "cpuid.h", "bsd/sys/tree.h", "bsd/sys/queue.h"}
# Found by the include path: the build kind's header in kernel/build/KIND, the machine's in kernel/arch/MACHINE/include.
KERNEL_BY_PATH = ("build_kind.h", "arch/")
ABI_HEADERS = {"stddef.h", "stdint.h"}


def longest_prefix(path, prefixes):
    return max((prefix for prefix in prefixes if path.startswith(prefix)), key=len, default=None)


def allowed(layer, target):
    """True if a source of the layer may include the file of ours at path target."""
    rules = LAYERS[layer]
    forbidden = any(target.startswith(rule[1:]) for rule in rules if rule.startswith("!"))
    return not forbidden and any(target.startswith(rule) for rule in rules if not rule.startswith("!"))


def system_allowed(layer, header):
    if layer == "kernel/abi/":
        return header in ABI_HEADERS
    if layer in ("kernel/", "debug/") and header.startswith(KERNEL_BY_PATH):
        return True
    if layer == "debug/console/" and header == "parley/key.h":
        return True
    return layer not in ("kernel/", "ipc/", "debug/", "debug/console/") or header in FREESTANDING


def complaint(path, sign, target):
    layer = longest_prefix(path, LAYERS)
    if sign == "<":
        return None if layer is None or system_allowed(layer, target) else f"is none of the headers for {layer}"
    if not os.path.exists(target):
        return "is no path from the root"
    return None if layer is None or allowed(layer, target) else f"is not for {layer}"


def main():
    complaints = []
    for path in tracked(C_ENDINGS + (".S",)):
        for number, line in enumerate(lines_of(path), 1):
            found = INCLUDE.match(line)
            why = found and complaint(path, *found.groups())
            if why:
                complaints.append(f"{path}:{number}: {found[2]} {why}")
    conclude("layers of includes", complaints)


if __name__ == "__main__":
    main()
