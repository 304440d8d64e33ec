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
for name in ("parley_objects", "parley_commands", "parley_printers", "parley_inferiors"):
    sys.modules.pop(name, None)  # sourced again: as it is now

import parley_commands  # noqa: E402
import parley_inferiors  # noqa: E402
import parley_printers  # noqa: E402

SETTINGS = ("osabi none",            # programs are none of Linux's: their places are told by the debugger
            "schedule-multiple on",  # one process that runs alone would wait for the others for ever
            "print inferior-events off", "confirm off", "tcp auto-retry on")

for setting in SETTINGS:
    gdb.execute("set " + setting, to_string=True)
parley_inferiors.start()
parley_commands.start()
parley_printers.start()
