"""A machine at its prompt, and the kernel debugger's console on its serial line."""
import re

from machine import PROMPT, Machine, Settings

SECONDS = 60
DEBUGGER = rb"debug> $"
KINDS = [("debug", 1), ("debug", 4), ("release", 1), ("release", 4)]


class Console:
    def __init__(self, kind="debug", cpus=2, append="console=serial", more="", boots=True, tests=False):
        self.machine = Machine(Settings(kind=kind, cpus=cpus, append=append, more=more, tests=tests))
        if boots:
            self.machine.expect(PROMPT, SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.quit()

    def enter(self):
        self.machine.write("debug\r")
        self.machine.expect(DEBUGGER, SECONDS)
        self.ask("lines 0")

    def ask(self, line, ends=DEBUGGER):
        """What the debugger says to a line."""
        begin = len(self.machine.console)
        self.machine.write(line + "\r")
        self.machine.expect(re.escape(line).encode() + rb"\r\n", SECONDS)
        self.machine.expect(ends, SECONDS)
        return bytes(self.machine.console[begin:]).decode(errors="replace").replace("\r", "")

    def go_on(self):
        self.ask("continue", rb"")
        self.answers()

    def answers(self):
        self.machine.write("echo still \"4\"2\r")
        self.machine.expect(rb"still 42", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
