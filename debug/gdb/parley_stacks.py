"""Stacks of threads that GDB does not list, as over QEMU's stub and in a dump: followed by frame pointers, from the kernel through the
trap's frame to the program, whose memory is read by its page tables and whose symbols are loaded where it was."""
import os
import struct

import gdb
import parley_inferiors
from parley_boundary import SYSTEM_CALL, TRAP_FRAME, boundary_words, function_name
from parley_command import command, show
from parley_memory import USER_BITS, read_of
from parley_objects import (ParleyError, kernel_file, object_by_id, as_type, kind_of, process_by, processes, state_of, symbol, text,
                            threads, wait_of)

FRAMES_MAX = 64
ROUTINE_WORDS_MAX = 4  # what libc's routine for a call has pushed, and where it returns to
ROW = 16
_loaded = set()  # (file, base)


def symbol_file(process):
    """Where the symbols of a process's program are; None: nowhere."""
    path = os.path.join(os.path.dirname(kernel_file().filename), "symbols/bin", text(process["program"]))
    return path if os.path.exists(path) else None


def load_symbols(process):
    """So that addresses of a program have names, unless they have already (the kernel's debugger tells GDB of programs)."""
    path, base = symbol_file(process), int(process["image_base"])
    if parley_inferiors.is_over_kernel() or path is None or (path, base) in _loaded:
        return
    gdb.execute(f"add-symbol-file {path} -o {base:#x}", to_string=True)
    _loaded.add((path, base))


def functions_at(address):
    """The function that an address is in, and before it those that were inlined there; of assembly, the symbol."""
    names, block = [], gdb.current_progspace().block_for_pc(address)
    while block is not None and not block.is_global and not block.is_static:
        if block.function is not None:
            names.append(block.function.print_name)
        block = block.superblock
    return names or [name for name in [function_name(address)] if name]


def is_of_c(address):
    """Whether it is in a function of C: assembly has no blocks."""
    block = gdb.current_progspace().block_for_pc(address)
    while block is not None and block.function is None:
        block = block.superblock
    return block is not None


def frame_lines(depth, address, is_return):
    """A frame in words; the functions that were inlined share its number."""
    inside = address - is_return
    line = gdb.current_progspace().find_pc_line(inside)
    place = f" at {line.symtab.filename}:{line.line}" if line.symtab is not None else ""
    names = functions_at(inside) or ["??"]
    for index, name in enumerate(names):
        yield f"#{depth:<3} {address:#018x} in {name} ()" + (place if index == 0 else f", where {names[index - 1]} is inlined")


class Walk:
    """Follows a stack; `process` is whose user half is read."""

    def __init__(self, process):
        self.process, self.depth = process, 0
        self.stubs = int(symbol("(unsigned long)&trap_stubs")), int(symbol("(unsigned long)&trap_entry_end"))

    def words(self, address, count):
        held = read_of(self.process, address, 8 * count)
        return struct.unpack(f"<{count}Q", held) if len(held) == 8 * count else None

    def part(self, address, frame, is_return=0):
        """The stack as long as it stays in one half."""
        half = address >> USER_BITS
        while self.depth < FRAMES_MAX:
            for line in frame_lines(self.depth, address, is_return):
                show(line)
            self.depth += 1
            if "main" in functions_at(address - is_return):
                return  # as GDB's own
            link = self.words(frame, 2) if frame else None
            if link is None or not link[1]:
                return
            trap = self.words(frame + 16, TRAP_FRAME.words) if self.stubs[0] <= link[1] < self.stubs[1] else None
            if trap and not TRAP_FRAME.is_from_user(trap):  # a trap in the kernel: on with what it interrupted
                show(boundary_words(trap))
                address, frame, is_return = TRAP_FRAME.field(trap, "rip"), TRAP_FRAME.field(trap, "rbp"), 0
                continue
            if trap or link[1] >> USER_BITS != half or (half and not is_of_c(link[1] - 1)):
                return
            address, frame, is_return = link[1], link[0], 1

    def user(self, top):
        trap = self.words(top - 8 * TRAP_FRAME.words, TRAP_FRAME.words)
        if trap is None or not TRAP_FRAME.is_from_user(trap):
            return
        show(boundary_words(trap))
        place = TRAP_FRAME.field(trap, "rip")
        if TRAP_FRAME.field(trap, "vector") == SYSTEM_CALL and not is_of_c(place):  # libc's routine for the call has no frame
            for line in frame_lines(self.depth, place, 0):
                show(line)
            self.depth += 1
            above = self.words(TRAP_FRAME.field(trap, "rsp"), ROUTINE_WORDS_MAX) or ()
            caller = next((word for word in above if is_of_c(word - 1)), None)
            if caller is not None:
                self.part(caller, TRAP_FRAME.field(trap, "rbp"), 1)
        else:
            self.part(place, TRAP_FRAME.field(trap, "rbp"))


def thread_of(wanted):
    """A thread by its object's id, or the first one of a process of this name."""
    if wanted.isdigit():
        value = object_by_id(int(wanted))
        if kind_of(value) == "thread":
            return as_type(value, "thread")
        raise ParleyError(f"object {wanted} is no thread: `parley threads` lists them")
    process = process_by(wanted)
    return next(thread for thread in threads() if int(thread["process"]["id"]) == int(process["id"]))


def gdb_thread_of(thread):
    """The thread of GDB's that has its registers: itself over the kernel's debugger, else the CPU that runs it. None: there is none."""
    every = [entry for inferior in gdb.inferiors() for entry in inferior.threads()]
    number = int(thread["object"]["id"])
    if parley_inferiors.is_over_kernel():
        return next((entry for entry in every if entry.ptid[1] == number or entry.ptid[2] == number), None)
    cpu = int(thread["processor"]["index"]) if int(thread["processor"]) else -1
    if cpu < 0 or int(symbol("processors")[cpu]["current"]) != int(thread.address):
        return None
    return next((entry for entry in every if entry.num == cpu + 1), None)


def gdb_backtrace(entry):
    before = gdb.selected_thread()
    entry.switch()
    try:
        gdb.execute("backtrace")
    finally:
        before.switch()


@command("bt", "THREAD|NAME", 1)
def show_stack(wanted):
    """Shows the stack of any thread, from the kernel down to main; THREAD as in `parley threads`."""
    thread = thread_of(wanted)
    process = thread["process"]
    load_symbols(process)
    show(f"thread {int(thread['object']['id'])} of {text(process['object']['name'])}[{int(process['id'])}]: "
         + ", ".join(word for word in (state_of(thread), wait_of(thread)) if word))
    entry = gdb_thread_of(thread)
    if entry is not None:
        gdb_backtrace(entry)
        return
    walk = Walk(process)
    saved = walk.words(int(thread["context"]["stack_pointer"]), 2)
    if saved is None:
        raise ParleyError("its stack cannot be read")
    if saved[0] != int(symbol("(unsigned long)&context_user_begin")):  # else it has not run yet
        walk.part(*saved)
    walk.user(int(thread["context"]["stack_base"]) + int(symbol("(int)KERNEL_STACK_SIZE")))


@command("symbols", "PID|NAME|all", 1)
def show_symbols(wanted):
    """Loads the symbols of a process's program where it lies; GDB has them already over the kernel's own debugger."""
    for process in processes() if wanted == "all" else [process_by(wanted)]:
        load_symbols(process)
        show(f"{text(process['object']['name'])}[{int(process['id'])}] lies at {int(process['image_base']):#x}"
             + ("" if symbol_file(process) else ", and has no symbols here"))


@command("memory", "PID|NAME ADDRESS [SIZE]", 2)
def show_memory(wanted, address, size="64"):
    """Shows memory as a process sees it, whichever process GDB stands in."""
    at, count = (int(gdb.parse_and_eval(word)) for word in (address, size))
    held = read_of(process_by(wanted), at & (1 << 64) - 1, count)
    for offset in range(0, len(held), ROW):
        row = held[offset:offset + ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        show(f"{at + offset:#018x}: {row.hex(' '):{3 * ROW}} {letters}")
    if len(held) < count:
        show(f"{at + len(held):#018x}: not in memory")
