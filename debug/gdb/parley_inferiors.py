"""Symbols for each process that GDB hears of.

GDB 13 reads the description and the programs of the first process of a connection alone; for those that it notices later it is asked to.
"""
import contextlib
import os

import gdb
from parley_objects import kernel_file, symbol

KERNEL_PROCESS = 2000000000
# The kernel's half is asked for in pieces, each once per stop: a serial line has room for few questions.
CACHE = ("set mem inaccessible-by-default off", "delete mem", "mem 0 0x800000000000 rw",
         "mem 0xffff800000000000 0 rw cache", "set dcache line-size 256")
END_WITH_CODE, END_BY_SIGNAL = 1, 2  # enum debug_end
_known = {}  # number of an inferior to the process it was set up for
_threads = {}  # number of an inferior to one of its threads: GDB asks the kernel for those at each look
_ends = {"seen": 0}  # of the kernel's count of ends


def _set_up(inferior):
    _threads[inferior.num] = inferior.threads()[0]
    _threads[inferior.num].switch()
    gdb.execute("unset tdesc filename", to_string=True)  # which reads the description anew
    gdb.execute("sharedlibrary", to_string=True)
    _known[inferior.num] = inferior.pid


def _new_inferiors():
    # GDB asks the kernel for its threads at each look at an inferior's: only those are looked at that are new.
    return [inferior for inferior in gdb.inferiors()
            if inferior.pid and _known.get(inferior.num) != inferior.pid and inferior.threads()]


def _new_ends():
    """Process to its code and whether that is a signal, of those that ended since the last look; the kernel keeps the newest only."""
    ends = symbol("debugger_ends")
    count, kept = int(ends["count"]), ends["stops"].type.range()[1] + 1
    new = range(max(_ends["seen"], count - kept), count)
    _ends["seen"] = count
    stops = [ends["stops"][at % kept] for at in new]
    return {int(stop["thread"]["process"]): (int(stop["signal"]), int(stop["end"]) == END_BY_SIGNAL) for stop in stops}


def _how(code, by_signal):
    """As GDB says it."""
    if by_signal:
        return f"terminated with signal {code}"
    return f"exited with code {code:02o}" if code else "exited normally"


def _forget_ended():
    """GDB is told of an end where it waits for a stop in that process; the others it still has for alive."""
    ends = _new_ends()
    for inferior in gdb.inferiors() if ends else []:
        if inferior.pid in ends:
            how = _how(*ends[inferior.pid])
            gdb.write(f"[Inferior {inferior.num} (process {inferior.pid}) {how}]\n")
            gdb.execute(f"detach inferiors {inferior.num}", to_string=True)


def _leave_ended(event):
    """Where the process of an inferior has ended, GDB has none chosen, and would not go on: the kernel's is there always."""
    kernel = next((inferior for inferior in gdb.inferiors() if inferior.pid == KERNEL_PROCESS), None)
    if kernel is not None and event.inferior != kernel:
        kernel.threads()[0].switch()


def is_over_kernel():
    """Whether GDB talks to the kernel's own debugger, to which each process is an inferior."""
    return any(inferior.pid == KERNEL_PROCESS for inferior in gdb.inferiors())


def is_dump():
    """Whether GDB looks at a dump of the machine's memory."""
    connection = gdb.selected_inferior().connection
    return connection is not None and connection.type == "core"


def forget_linux():
    """Programs are none of Linux's: their places are told by the debugger."""
    gdb.execute("set osabi none")


def find_programs():
    """Where the programs' symbols are, unless the person has said so: beside the kernel's."""
    if gdb.parameter("sysroot") in (None, "", "target:"):
        gdb.execute(f"set sysroot {os.path.dirname(kernel_file().filename)}/symbols")


def find_symbols():
    """Symbols of all programs, where nobody tells GDB of them, as far as the kernel has come."""
    if not is_over_kernel():
        with contextlib.suppress(gdb.error):  # it has not begun, or is another build: said when something is asked
            gdb.execute("parley symbols all", to_string=True)


def open_dump(path):
    """Goes to a dump. GDB reads the notes that QEMU wrote into one as if they were Linux's."""
    gdb.execute("set osabi GNU/Linux")
    gdb.execute(f"core-file {path}")
    find_symbols()


def _hear_of_all():
    """At the stop itself the kernel tells of no new process: GDB would say that it stands there."""
    if symbol("server")["withholds"]:
        gdb.execute("info threads", to_string=True)


def _forget_memory():
    """GDB 13 keeps what it has read of each inferior, and forgets it only of the one that was chosen when the machine went on."""
    for inferior in gdb.inferiors():
        thread = _threads.get(inferior.num)
        if thread is not None and not thread.is_valid():
            thread = _threads[inferior.num] = next(iter(inferior.threads()), None)
        if thread is not None:
            thread.switch()
            gdb.execute("maintenance flush dcache", to_string=True)


def refresh():
    """Sets up what is new, and leaves the person where they were."""
    if not is_over_kernel():
        return
    thread = gdb.selected_thread()
    _forget_memory()
    _forget_ended()
    _hear_of_all()
    new = _new_inferiors()
    for inferior in new:
        _set_up(inferior)
    if thread is not None and thread.is_valid():
        thread.switch()


def connect(socket):
    """Connects to the kernel's debugger at a UNIX socket, and learns of all processes; or to QEMU's own, which knows CPUs alone."""
    forget_linux()
    gdb.execute("set architecture i386:x86-64")  # of a new process, too, before its description is read: a condition may want registers
    find_programs()
    gdb.execute(f"target remote {socket}")
    thread = gdb.selected_thread()
    gdb.execute("info threads", to_string=True)  # has GDB hear of the others
    thread.switch()
    gdb.execute("stepi 0", to_string=True)  # or GDB 13 says nothing of a stop in this process, were another's thread let go on first
    if is_over_kernel():
        _new_ends()
        for setting in CACHE:
            gdb.execute(setting)
    refresh()
    thread.switch()
    find_symbols()


def _stopped(_event):
    try:
        refresh()
    except gdb.error as error:
        gdb.write(f"parley: no symbols of a new process: {error}\n", gdb.STDERR)


def _file_read(event):
    """The program's symbols with the kernel's, before GDB says where it stands: those that come later move the break point that it stands at."""
    inferior = gdb.selected_inferior()
    if is_over_kernel() and inferior.pid and inferior.pid != _known.get(inferior.num) and event.new_objfile == kernel_file():
        with contextlib.suppress(gdb.error):  # at the stop it is asked again, and the person told
            gdb.execute("sharedlibrary", to_string=True)


def start():
    gdb.events.stop.connect(_stopped)
    gdb.events.new_objfile.connect(_file_read)
    gdb.events.exited.connect(_leave_ended)
