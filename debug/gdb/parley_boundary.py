"""Where a stack crosses into the kernel: a trap's frame in words, and the frame filter by which GDB's backtraces tell it."""
import gdb
from gdb.FrameDecorator import FrameDecorator
from parley_objects import ParleyError, symbol

EXCEPTIONS = {0: "division error", 1: "debug exception", 2: "non-maskable interrupt", 3: "breakpoint", 4: "overflow", 6: "invalid instruction",
              8: "double fault", 12: "stack fault", 13: "protection fault", 14: "page fault", 16: "x87 error",
              17: "misaligned access", 18: "machine check", 19: "vector error"}
FIRST_INTERRUPT = 32
SYSTEM_CALL = 256


class TrapFrame:
    """struct trap_frame as words, in the order of the structure."""

    def __init__(self):
        self._names = None
        self.words = 22

    def field(self, trap, name):
        if self._names is None:
            self._names = [field.name for field in gdb.lookup_type("struct trap_frame").fields()]
        return trap[self._names.index(name)]

    def is_from_user(self, trap):
        return bool(self.field(trap, "cs") & 3)


TRAP_FRAME = TrapFrame()


def function_name(address):
    """The kernel's function at an address, by its symbol; empty: there is none."""
    words = gdb.execute(f"info symbol {address}", to_string=True).split()
    return words[0] if "section" in words else ""


def call_name(code):
    """`call_message_next` is what a system call's code leads to."""
    table = symbol("call_table")
    if code > table.type.range()[1]:
        return f"number {code}"
    return function_name(int(table[code])).replace("call_", "", 1)


def boundary_words(trap):
    """How the kernel was entered, by the words of the frame that the entry left."""
    vector = TRAP_FRAME.field(trap, "vector")
    origin = "the program" if TRAP_FRAME.is_from_user(trap) else "the kernel"
    if vector == SYSTEM_CALL:
        return f"--- system call {call_name(TRAP_FRAME.field(trap, 'rax'))} of the program ---"
    if vector >= FIRST_INTERRUPT:
        return f"--- interrupt {vector:#x} of {origin} ---"
    return f"--- {EXCEPTIONS.get(vector, f'exception {vector}')} of {origin} ---"


class Boundary(FrameDecorator):
    """Tells in a backtrace how the kernel was entered."""

    def function(self):
        frame = self.inferior_frame()
        try:
            if function_name(frame.pc()).startswith("context_"):
                return "--- start of the thread ---"
            place = int(frame.read_register("rsp")) & (1 << 64) - 1
            raw = gdb.selected_inferior().read_memory(place, 8 * TRAP_FRAME.words)
            return boundary_words(memoryview(raw.tobytes()).cast("Q"))
        except (gdb.error, ParleyError):
            return super().function()

    def address(self):
        return None

    def frame_args(self):
        return None

    def filename(self):
        return None

    def line(self):
        return None


class Unknown(FrameDecorator):
    """A function without a symbol, which a filtered backtrace would leave blank."""

    def function(self):
        return "??"


class BoundaryFilter:
    """For all backtraces; `disable frame-filter global parley-boundaries` takes it away."""
    name = "parley-boundaries"
    enabled = True
    priority = 100

    def filter(self, frames):
        for frame in frames:
            inferior = frame.inferior_frame()
            if inferior.type() == gdb.SIGTRAMP_FRAME and inferior.pc() >> 63:
                yield Boundary(frame)
            else:
                yield frame if inferior.name() else Unknown(frame)


def start():
    gdb.frame_filters[BoundaryFilter.name] = BoundaryFilter()
