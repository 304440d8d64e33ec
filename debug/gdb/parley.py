"""What GDB knows of Parley: `source debug/gdb/parley.py`, or `ninja gdb`, which does so.

The settings that a kernel of many processes wants, symbols for every process that appears, the commands `parley ...`, the functions
$process("name") and $object(id), and printers for the kernel's structures. All read memory only: they work over the kernel's own
debugger, over QEMU's, and on a dump.
"""
import os
import sys

import gdb

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
for name in [name for name in sys.modules if name.startswith("parley_")]:
    sys.modules.pop(name)  # sourced again: as it is now

import parley_boundary  # noqa: E402
import parley_command  # noqa: E402
import parley_commands  # noqa: E402
import parley_inferiors  # noqa: E402
import parley_ipc  # noqa: E402
import parley_printers  # noqa: E402
import parley_reverse  # noqa: E402,F401
import parley_stacks  # noqa: E402,F401
import parley_trace  # noqa: E402,F401
import parley_waits  # noqa: E402,F401

SETTINGS = ("schedule-multiple on",  # one process that runs alone would wait for the others for ever
            "print inferior-events off", "confirm off", "tcp auto-retry on",
            "remotetimeout 60")  # a busy host lets the machine wait: two seconds, GDB's own, are soon over

for setting in SETTINGS:
    gdb.execute("set " + setting, to_string=True)
if not parley_inferiors.is_dump():
    parley_inferiors.forget_linux()
parley_inferiors.start()
parley_command.start()
parley_commands.start()
parley_boundary.start()
parley_ipc.start()
parley_printers.start()
