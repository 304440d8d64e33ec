"""Has the guest run one line, and brings back what it printed and its exit status.

The line goes in by QEMU's fw_cfg entry opt/parley/command. The guest's program `host` runs it and writes its output to
debug port OUT, its errors to ERR, and to STATUS "started\n", then "exit N\n"; then it powers the machine off.
"""
import os
import re
import selectors
import sys
import tempfile
import time

from machine import Machine, MachineError

PORTS = {"out": 0xE9, "err": 0xEA, "status": 0xEB}
TIMED_OUT = 124
NEVER_RAN = 125
PANIC = re.compile(rb"^(kernel )?panic\b", re.IGNORECASE | re.MULTILINE)
POWER_OFF_SECONDS = 10  # from the exit status to QEMU's end
PANIC_SECONDS = 1       # for the console to say the rest
TICK_SECONDS = 0.2


class HostChannel:
    """One line's run in one machine."""

    def __init__(self, machine, timeout):
        self.machine = machine
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.status = b""
        self.panicked = False
        self.selector = selectors.DefaultSelector()
        self.sinks = {"out": sys.stdout.buffer, "err": sys.stderr.buffer}

    def exit_status(self):
        found = re.search(rb"^exit (\d+)\n", self.status, re.MULTILINE)
        return int(found.group(1)) & 0xFF if found else None

    def receive(self, name, link):
        """Takes what came in; False at the end of the stream, which is QEMU's end."""
        try:
            piece = link.recv(65536)
        except ConnectionError:
            piece = b""
        if name == "status":
            self.note_status(piece)
        elif piece:
            self.sinks[name].write(piece)
            self.sinks[name].flush()
        return bool(piece)

    def note_status(self, piece):
        ended_before = self.exit_status() is not None
        self.status += piece
        if self.exit_status() is not None and not ended_before:
            self.deadline = time.monotonic() + POWER_OFF_SECONDS

    def look_for_panic(self):
        if not self.panicked and PANIC.search(self.machine.console):
            self.panicked = True
            self.deadline = min(self.deadline, time.monotonic() + PANIC_SECONDS)

    def forward(self):
        """Forwards everything until QEMU ends or the deadline passes."""
        for name, link in self.machine.links.items():
            self.selector.register(link, selectors.EVENT_READ, name)
        while self.selector.get_map() and time.monotonic() < self.deadline:
            for key, _ in self.selector.select(TICK_SECONDS):
                if not self.receive(key.data, key.fileobj):
                    self.selector.unregister(key.fileobj)
            self.look_for_panic()

    def result(self):
        """The exit status for the caller, with a word on stderr if it is not the line's own."""
        if self.exit_status() is not None and not self.panicked:
            return self.exit_status()
        ended = not self.selector.get_map()
        if not ended and not self.panicked and b"started" in self.status:
            print(f"os/run: the line had not ended after {self.timeout:g} s", file=sys.stderr)
            return TIMED_OUT
        what = "the kernel panicked" if self.panicked else "the guest never came up" \
            if b"started" not in self.status else "the machine ended before the line did"
        sys.stderr.flush()
        sys.stderr.buffer.write(bytes(self.machine.console) + f"\n{self.machine.errors()}".encode())
        print(f"os/run: {what}; above is what the console said", file=sys.stderr)
        return NEVER_RAN


def write_dump(machine, path):
    """Keeps the memory of a machine that did not do what it should."""
    try:
        machine.dump(path)
        print(f"os/run: its memory is in {path}: os/dump --open {path}", file=sys.stderr)
    except MachineError as error:
        print(f"os/run: no dump: {error}", file=sys.stderr)


def run_line(settings, line, timeout, dump=""):
    """Boots a machine, has it run the line, forwards what it prints, and returns the exit status. `dump`: a file for its memory
    where that goes wrong."""
    with tempfile.NamedTemporaryFile(prefix="parley-command-") as file:
        file.write(os.fsencode(line))
        file.flush()
        settings.command = file.name
        try:
            with Machine(settings, PORTS) as machine:
                channel = HostChannel(machine, timeout)
                channel.forward()
                status = channel.result()
                if dump and status in (TIMED_OUT, NEVER_RAN):
                    write_dump(machine, dump)
                return status
        except MachineError as error:
            print(f"os/run: {error}", file=sys.stderr)
            return NEVER_RAN
