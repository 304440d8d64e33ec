"""Breakpoints on communication, which the kernel's own debugger keeps: `parley break-ipc`."""
import gdb
import parley_inferiors
from parley_command import command
from parley_objects import ParleyError


@command("break-ipc", "KIND [OPERATION] [from P] [to P] [object ID] [size >= N] [type N]", 1, reads=False)
def break_ipc(*words):
    """Stops at an operation of an IPC design before it takes effect; then `monitor go`, drop, hold, delay MS, duplicate or reorder."""
    if not parley_inferiors.is_over_kernel():
        raise ParleyError("only the kernel's own debugger stops at communication (os/run --gdb SOCKET); here, "
                          "`break trace_ask` stops at what is recorded")
    gdb.execute("monitor break ipc " + " ".join(words))
