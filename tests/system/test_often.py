"""Each driver and server is ended 200 times in the midst of its work: it is back within a second, input arrives, nothing else ends or leaks.

RESTARTS, from the environment, says how often. Time inside is that of the instruction counter: a host that is busy changes nothing.
"""
import os
import re
import time
import unittest

import screen_text
from at_prompt import AtPrompt
from machine import PROMPT, Settings

SECONDS = 200  # of the host's, for what takes a few
RESTARTS = int(os.environ.get("RESTARTS", "200"))
LINES = 2000
SERVICES = ("clock", "memory", "keyboard", "display", "serial", "files")
NUMBERS = 100000  # that a pipeline sorts meanwhile


class Often(AtPrompt):
    settings = Settings(cpus=1, icount=True)
    seconds = SECONDS
    sees_screen = True
    counted = 0

    def setUp(self):
        super().setUp()
        self.run_line(f"put() {{ i=0; while [ $i -lt {LINES} ]; do echo $i >> $1; i=$((i + 1)); done; }}")

    def run_to_end(self, text):
        self.line(text + "; echo li''ne ended")
        self.machine.expect(rb"line ended", SECONDS)

    def run_line(self, text):
        """Types a line at the serial console and returns what was shown up to the next prompt."""
        return self.shown_until_prompt(lambda: self.run_to_end(text))

    def await_line(self, line, text):
        """Runs a line until it shows a text: what it waits for is under way."""
        give_up = time.monotonic() + SECONDS
        while text not in (shown := self.run_line(line)):
            self.assertLess(time.monotonic(), give_up, shown)

    def objects_of_the_living(self):
        """How many objects of each type there are. The file service may still know of programs that have ended; its next life does not,
        and both shells have found that life when they are counted."""
        self.run_line("restart -n 1 files")
        self.counted += 1
        self.machine.type(f"echo {self.counted} > /tmp/counted\n")
        self.await_line("read n < /tmp/counted; echo cou''nted $n.", f"counted {self.counted}.")
        return self.objects()

    def programs(self):
        """The processes that are no services."""
        return sorted(line.split()[0] for line in self.run_line("ps").splitlines() if line.split()[-1:] in (["sh"], ["init"]))

    def end_often(self, name):
        """Ends it RESTARTS times while keys are typed, half of a line before and half after, and files are written."""
        self.machine.type("echo be''fore ")
        self.run_line(f"put /tmp/{name}-list & true")
        self.line(f"restart -n {RESTARTS} {name}; echo li''ne ended")
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
                programs, objects = self.programs(), self.objects_of_the_living()
                self.end_often(name)
                self.assertEqual(self.programs(), programs)
                self.assertEqual(self.objects_of_the_living(), objects)

    def await_milliseconds(self, name, take_text):
        """Waits until `restart` tells how long the service was away at most."""
        give_up = time.monotonic() + SECONDS
        while not (found := re.search(name + r": back after (\d+) ms", take_text())):
            self.assertLess(time.monotonic(), give_up, take_text())
            time.sleep(0.1)
        self.assertLess(int(found.group(1)), 1000, "milliseconds")

    def end_the_screens_console(self, times):
        """Its shells are typed to all the while; the pipeline is the serial console's."""
        start = len(self.machine.console)
        self.run_line(f"(seq {NUMBERS} | sort -rn | cksum > /tmp/sum) & true")
        self.line(f"restart -n {times} screen; echo li''ne ended")
        self.machine.type("echo never mind\n" * 2)
        self.await_milliseconds("screen", lambda: self.machine.console[start:].decode(errors="replace"))
        self.machine.expect(rb"line ended", SECONDS)
        self.machine.expect(PROMPT, SECONDS)

    def end_the_serial_lines_console(self, times):
        """From the screen, where the pipeline runs too."""
        self.machine.type(f"seq {NUMBERS} | sort -rn | cksum > /tmp/sum &\nclear; restart -n {times} serial-console > /tmp/away; cat /tmp/away\n")
        self.await_milliseconds("serial-console", lambda: "\n".join(screen_text.read(self.machine.screendump())))
        self.run_line("true")

    def work_through(self, end, times):
        """Something typed, the ends with a pipeline beside them, something typed again; returns how many shells and objects there are then."""
        self.machine.type("\necho before > /tmp/typed\n")
        self.await_line("cat /tmp/typed", "\nbefore")
        end(times)
        self.machine.type("\necho after > /tmp/typed\n")
        self.await_line("cat /tmp/typed", "\nafter")
        self.await_line(f"seq {NUMBERS} | sort -rn | cksum | cmp - /tmp/sum && echo pipe''line right", "pipeline right")
        self.run_line("sleep 0.01 & wait")
        programs = len(self.programs())
        self.objects()
        return programs, self.objects()

    def test_each_console_comes_back_every_time_with_a_shell(self):
        for name, end in (("screen", self.end_the_screens_console), ("serial-console", self.end_the_serial_lines_console)):
            with self.subTest(name):
                there = self.work_through(end, 1)  # tables grow once, and programs become known to the file service
                self.assertEqual(there[0], 3, "a shell for each console, and init")
                self.assertEqual(self.work_through(end, RESTARTS), there)


if __name__ == "__main__":
    unittest.main()
