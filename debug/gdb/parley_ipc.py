"""Breakpoints on communication, which the kernel's own debugger keeps: `parley break-ipc`, and where a person stands at one."""
import contextlib

import gdb
import parley_inferiors
from parley_command import command
from parley_objects import ParleyError

OWN = ("debug/kernel/ask.c", "kernel/object/trace.c", "kernel/object/trace.h")  # the debugger's part of such a stack


@command("break-ipc", "KIND [OPERATION] [from P] [to P] [object ID] [size >= N] [type N]", 1, reads=False)
def break_ipc(*words):
    """Stops at an operation of an IPC design before it takes effect; then `monitor go`, drop, hold, delay MS, duplicate or reorder."""
    if not parley_inferiors.is_over_kernel():
        raise ParleyError("only the kernel's own debugger stops at communication (os/run --gdb SOCKET); here, "
                          "`break trace_ask` stops at what is recorded")
    gdb.execute("monitor break ipc " + " ".join(words))


def _is_own(frame):
    place = frame.find_sal().symtab
    return place is not None and place.filename.removeprefix("./") in OWN


def _stand_at_operation(event):
    """The innermost frames are the debugger's own: a person stands at the operation, above them."""
    if isinstance(event, (gdb.BreakpointEvent, gdb.SignalEvent)) or not parley_inferiors.is_over_kernel():
        return
    with contextlib.suppress(gdb.error):
        frame = gdb.newest_frame()
        if frame.name() != "stop_here":
            return
        while frame is not None and _is_own(frame):
            frame = frame.older()
        if frame is not None:
            frame.select()
            gdb.execute("frame")


def start():
    gdb.events.stop.connect(_stand_at_operation)
