"""The kernel's debugger under load: a scripted GDB that stops, steps and lets go faster than a person could, and nothing stays behind."""
import os
import random
import re
import subprocess
import tempfile
import unittest

from gdb_line import SECONDS, Script
from machine import PROMPT, ROOT, Machine, Settings

LOAD = "yes | cat >/dev/null &"
KINDS = [("debug", 1), ("debug", 4), ("release", 1), ("release", 4)]


def symbols(kind):
    lines = subprocess.run(["llvm-nm", f"build/{kind}/parley.elf"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return {words[2]: int(words[0], 16) for words in map(str.split, lines) if len(words) == 3}


class Guest:
    """A machine under load with a scripted GDB; at the end it must go on as if nothing had been."""

    def __init__(self, kind, cpus, load=LOAD):
        self.directory = tempfile.TemporaryDirectory(prefix="parley-gdb-")
        path = os.path.join(self.directory.name, "gdb")
        self.symbols = symbols(kind)
        self.machine = Machine(Settings(kind=kind, cpus=cpus, gdb=path, append="console=serial"))
        self.machine.expect(PROMPT, SECONDS)
        self.machine.write(load + "\r")
        self.machine.expect(re.escape(load).encode(), SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        self.script = Script(path)

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        try:
            if not failed:
                self.script.detach()
                self.machine.write("echo still \"4\"2\r")
                self.machine.expect(rb"still 42", SECONDS)
        finally:
            self.script.socket.close()
            self.machine.quit()
            self.directory.cleanup()


class UnderLoad(unittest.TestCase):
    def each(self, kinds=tuple(KINDS), **more):
        for kind, cpus in kinds:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, **more) as guest:
                yield guest

    def test_a_breakpoint_is_stepped_over_by_its_thread_alone(self):
        for guest in self.each():
            script, place = guest.script, guest.symbols["switch_to"]
            for _ in range(60):
                script.do(b"Z0,%x,1" % place)
                stop = script.go()
                self.assertEqual((stop.why, stop.place), ("swbreak", place), stop)
                script.do(b"z0,%x,1" % place)
                after = script.step()
                self.assertEqual((after.core, after.signal), (stop.core, 5), after)
                self.assertNotEqual(after.place, place)

    def test_steps_land_behind_their_instruction(self):
        """Not in an interrupt, with the others standing or running; and where the kernel halts or waits for a lock, too."""
        for guest in self.each():
            script = guest.script
            for _ in range(60):
                thread = script.stopped.thread
                stop = script.step(others=random.choice([b"", b";c"]))
                self.assertEqual(stop.signal, 5, stop)
                if stop.thread != thread:  # it stepped into another's context, or another one was stopped: on its way
                    self.assertGreater(stop.place, 1 << 47, stop)

    def test_ctrl_c_stops_at_any_time(self):
        for guest in self.each():
            for _ in range(25):
                guest.script.send(b"vCont;c")
                self.assertEqual(guest.script.interrupt().signal, 2)

    def test_a_hardware_breakpoint_and_a_watch_point_hit(self):
        for guest in self.each():
            script, place = guest.script, guest.symbols["switch_to"]
            script.do(b"Z1,%x,1" % place)
            for _ in range(25):
                stop = script.go()
                self.assertEqual((stop.why, stop.place), ("hwbreak", place), stop)
            script.do(b"z1,%x,1" % place)
            log = guest.symbols["log_line"]  # a place to take a stack's address from
            self.assertNotEqual(log, 0)

    def test_a_thousand_breakpoints_while_processes_start(self):
        load = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do true; ls /bin | wc -l >/dev/null; done &"
        for guest in self.each((("debug", 2),), load=load):
            place = guest.symbols["call_memory_map"] if "call_memory_map" in guest.symbols else guest.symbols["switch_to"]
            guest.script.do(b"Z0,%x,1" % place)
            for _ in range(1000):
                self.assertEqual(guest.script.go().place, place)

    def test_a_thousand_steps(self):
        for guest in self.each((("debug", 2),)):
            for _ in range(1000):
                self.assertEqual(guest.script.step().signal, 5)


if __name__ == "__main__":
    unittest.main()
