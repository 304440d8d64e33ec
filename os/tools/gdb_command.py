"""How GDB is started on Parley: with the kernel's symbols, the programs' beside them, and the helpers."""


def gdb_command(kind, parley, more=()):
    """GDB's command line, from the root of the tree. `parley` is the helper that goes to the machine: "connect SOCKET"; `more` are
    flags of the person's."""
    return ["gdb", "-q", f"build/{kind}/parley.elf", "-ex", f"set sysroot build/{kind}/symbols",
            "-ex", "source debug/gdb/parley.py", "-ex", f"parley {parley}", *[flag for flag in more if flag != "--"]]
