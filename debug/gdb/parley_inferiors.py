"""Symbols for each process that GDB hears of.

GDB 13 reads the description and the programs of the first process of a connection alone; for those that it notices later it is asked to.
"""
import gdb

KERNEL_PROCESS = 2000000000
_known = {}  # number of an inferior to the process it was set up for


def _set_up(inferior):
    inferior.threads()[0].switch()
    gdb.execute("unset tdesc filename", to_string=True)  # which reads the description anew
    gdb.execute("sharedlibrary", to_string=True)
    _known[inferior.num] = inferior.pid


def _new_inferiors():
    return [inferior for inferior in gdb.inferiors()
            if inferior.pid and inferior.threads() and _known.get(inferior.num) != inferior.pid]


def refresh():
    """Sets up what is new, and leaves the person where they were."""
    new = _new_inferiors()
    if not new:
        return
    thread = gdb.selected_thread()
    for inferior in new:
        _set_up(inferior)
    if thread is not None and thread.is_valid():
        thread.switch()


def connect(socket):
    """Connects to the kernel's debugger at a UNIX socket, and learns of all processes."""
    gdb.execute(f"target remote {socket}")
    thread = gdb.selected_thread()
    gdb.execute("info threads", to_string=True)  # has GDB hear of the others
    refresh()
    thread.switch()


def _stopped(_event):
    try:
        refresh()
    except gdb.error as error:
        gdb.write(f"parley: no symbols of a new process: {error}\n", gdb.STDERR)


def start():
    gdb.events.stop.connect(_stopped)
