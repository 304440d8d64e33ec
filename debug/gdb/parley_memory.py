"""Memory of the machine as bytes: the kernel's, and any process's, whose page tables are walked here.

Physical memory is read through the alias that the kernel has of it, so nothing but reading of the kernel's half is needed.
"""
import struct

import gdb

ALIAS_BASE = 0xffff800000000000
PRESENT, LARGE, ADDRESS = 1, 1 << 7, 0x000ffffffffff000
PAGE_SHIFT, INDEX_BITS, LEVELS = 12, 9, 4
USER_BITS = 47


def read(address, size):
    """Bytes of the kernel's half; None where there are none."""
    try:
        return gdb.selected_inferior().read_memory(address, size).tobytes()
    except gdb.MemoryError:
        return None


def word(address):
    held = read(address, 8)
    return struct.unpack("<Q", held)[0] if held else None


def physical_of(root, address):
    """Where a page table leads an address to; None: nowhere."""
    table = root & ADDRESS
    for level in reversed(range(LEVELS)):
        shift = PAGE_SHIFT + INDEX_BITS * level
        entry = word(ALIAS_BASE + table + 8 * (address >> shift & (1 << INDEX_BITS) - 1))
        if entry is None or not entry & PRESENT:
            return None
        if level == 0 or entry & LARGE:
            span = (1 << shift) - 1
            return entry & ADDRESS & ~span | address & span
        table = entry & ADDRESS
    return None


def root_of(process):
    space = process["space"]
    return int(space["table"]["root"]) if int(space) else 0


def read_of(process, address, size):
    """Bytes as a process sees them, as far as they are in memory."""
    if address >> USER_BITS:
        return read(address, size) or b""
    root, held = root_of(process), b""
    while root and len(held) < size:
        at = address + len(held)
        part = min(size - len(held), (1 << PAGE_SHIFT) - at % (1 << PAGE_SHIFT))
        physical = physical_of(root, at)
        piece = read(ALIAS_BASE + physical, part) if physical is not None else None
        if not piece:
            break
        held += piece
    return held
