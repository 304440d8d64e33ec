"""Going backwards in a run that was recorded (os/replay): to where something was written last."""
import contextlib

import gdb
from parley_command import command, show
from parley_objects import ParleyError

TRIES_MAX = 8  # QEMU first stops at the end of the block of instructions that wrote, then behind the one


def text_of(place, kind):
    """What stands there now; None: nothing can be read there."""
    try:
        value = gdb.Value(place).cast(kind.pointer()).dereference()
        value.fetch_lazy()
        return value.format_string()
    except gdb.MemoryError:
        return None


def go_back(words):
    try:
        gdb.execute(words, to_string=True)
    except gdb.error as error:
        raise ParleyError(f"{error}: only a recorded run goes backwards (os/replay)")


@contextlib.contextmanager
def alone():
    """Nothing else stops it meanwhile, and not each step is told."""
    others = [point for point in gdb.breakpoints() if point.enabled]
    gdb.execute("set suppress-cli-notifications on")
    for point in others:
        point.enabled = False
    try:
        yield
    finally:
        for point in others:
            point.enabled = True
        gdb.execute("set suppress-cli-notifications off")


def run_watched(watch, words):
    watch.enabled = True
    go_back(words)
    watch.enabled = False


def go_to_write(place, kind):
    """Back to the instruction that changes what stands at a place; False: none does since the start.

    A watchpoint stops behind the write, and QEMU looks only for stops that lie before the place where the machine stands: a write that is
    the very last instruction is found by a step, and one that was passed over so is met on the way forward again."""
    after = text_of(place, kind)
    go_back("reverse-stepi")
    if text_of(place, kind) != after:
        return text_of(place, kind) is not None
    watch = gdb.Breakpoint(f"*({kind.strip_typedefs()} *) {place:#x}", gdb.BP_WATCHPOINT, gdb.WP_WRITE, internal=True)
    watch.enabled = False
    try:
        for _ in range(TRIES_MAX):
            run_watched(watch, "reverse-continue")
            if text_of(place, kind) not in (after, None):
                run_watched(watch, "continue")
            go_back("reverse-stepi")
            if text_of(place, kind) != after:
                return text_of(place, kind) is not None
    finally:
        watch.delete()
    return False


@command("last-write", "EXPRESSION", 1)
def last_write(*words):
    """Goes back in a recorded run to the instruction that changed this last, and says what it was before and after."""
    value = gdb.parse_and_eval(" ".join(words))
    if value.address is None:
        raise ParleyError("it has no address")
    place, kind = int(value.address), value.type
    after = text_of(place, kind)
    with alone():
        found = go_to_write(place, kind)
    if not found:
        raise ParleyError(f"{' '.join(words)} has not changed since the recording began, where the machine now stands")
    show(f"{' '.join(words)}: {text_of(place, kind)} before, {after} after this instruction:")
    gdb.execute("frame 0")
    gdb.execute("x/i $pc")
