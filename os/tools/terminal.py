"""A terminal on the guest's serial console, as QEMU's own: ctrl-a, then x, ends it."""
import os
import select
import sys
import termios
import threading
import tty

ESCAPE, END, BREAK = b"\x01", b"x", b"b"
TICK_SECONDS = 0.2


def show(machine, ended):
    """Prints what the console says, as it comes, until the guest stands."""
    written = 0
    while machine.wait_for_console(written):
        piece = bytes(machine.console[written:])
        os.write(sys.stdout.fileno(), piece)
        written += len(piece)
    ended.set()


def take(machine, ended):
    """Sends what is typed, until the person or the machine ends it."""
    escaped = False
    while not ended.is_set() and not machine.has_stopped():
        if not select.select([sys.stdin], [], [], TICK_SECONDS)[0]:
            continue
        typed = os.read(sys.stdin.fileno(), 1024)
        if not typed:
            return  # the end of what is not a terminal
        for byte in (bytes([value]) for value in typed):
            if escaped and byte == END:
                return
            if escaped and byte == BREAK:
                machine.send_break()
            elif escaped or byte != ESCAPE:
                machine.write(byte)
            escaped = byte == ESCAPE and not escaped


def converse(machine):
    """Connects this terminal to the guest until ctrl-a, then x, or until the machine is powered off."""
    ended = threading.Event()
    threading.Thread(target=show, args=(machine, ended), daemon=True).start()
    if not sys.stdin.isatty():
        take(machine, ended)
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        take(machine, ended)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        print(flush=True)
