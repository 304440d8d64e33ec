"""Each driver and server is ended 200 times in the midst of its work: it is back within a second, input arrives, nothing else ends or leaks.

RESTARTS, from the environment, says how often. Time inside is that of the instruction counter: a host that is busy changes nothing.
"""
import os
import time
import unittest

from machine import PROMPT, Machine, Settings

SECONDS = 200  # of the host's, for what takes a few
RESTARTS = int(os.environ.get("RESTARTS", "200"))
LINES = 2000
SERVICES = ("clock", "memory", "keyboard", "display", "serial", "files")


class Often(unittest.TestCase):
    counted = 0

    def setUp(self):
        self.machine = Machine(Settings(cpus=1, icount=True))
        self.addCleanup(self.machine.quit)
        self.machine.expect(PROMPT, SECONDS)
        self.machine.still_screen()
        self.run_line(f"put() {{ i=0; while [ $i -lt {LINES} ]; do echo $i >> $1; i=$((i + 1)); done; }}")

    def run_line(self, text):
        """Types a line at the serial console and returns what was shown up to the next prompt."""
        before = len(self.machine.console)
        self.machine.write(text + "; echo li''ne ended\r")
        self.machine.expect(rb"line ended", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        return self.machine.console[before:].decode(errors="replace")

    def await_line(self, line, text):
        """Runs a line until it shows a text: what it waits for is under way."""
        give_up = time.monotonic() + SECONDS
        while text not in (shown := self.run_line(line)):
            self.assertLess(time.monotonic(), give_up, shown)

    def objects(self):
        """How many objects of each type there are. The file service may still know of programs that have ended; its next life does not,
        and both shells have found that life when they are counted."""
        self.run_line("restart -n 1 files")
        self.counted += 1
        self.machine.type(f"echo {self.counted} > /tmp/counted\n")
        self.await_line("read n < /tmp/counted; echo cou''nted $n.", f"counted {self.counted}.")
        counts = {}
        for line in self.run_line("objects").splitlines():
            words = line.split()
            if len(words) > 5 and words[0].isdigit():
                kind = " ".join(words[1:-5])
                counts[kind] = counts.get(kind, 0) + 1
        return counts

    def programs(self):
        """The processes that are no services."""
        return sorted(line.split()[0] for line in self.run_line("ps").splitlines() if line.split()[-1:] in (["sh"], ["init"]))

    def end_often(self, name):
        """Ends it RESTARTS times while keys are typed, half of a line before and half after, and files are written."""
        self.machine.type("echo be''fore ")
        self.run_line(f"put /tmp/{name}-list & true")
        self.machine.write(f"restart -n {RESTARTS} {name}; echo li''ne ended\r")
        self.machine.type("x" * 20)
        self.machine.expect(rb"line ended", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        shown = self.machine.console.decode(errors="replace")
        self.assertIn(name + ": back after ", shown)
        took = int(shown.rpartition(name + ": back after ")[2].split()[0])
        self.assertLess(took, 1000, "milliseconds")
        self.machine.type(f" after > /tmp/{name}-typed\n")
        self.await_line(f"cat /tmp/{name}-typed", "before " + "x" * 20 + " after")
        self.await_line(f"seq 0 {LINES - 1} | cmp - /tmp/{name}-list && echo all''written", "allwritten")
        self.run_line("wait")

    def test_every_service_comes_back_every_time(self):
        for name in SERVICES:
            with self.subTest(name):
                self.run_line(f"restart -n 1 {name}")  # tables grow once
                programs, objects = self.programs(), self.objects()
                self.end_often(name)
                self.assertEqual(self.programs(), programs)
                self.assertEqual(self.objects(), objects)


if __name__ == "__main__":
    unittest.main()
