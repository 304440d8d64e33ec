"""Drivers and consoles that end in the midst of their work: each is back, what was typed arrives, and nothing leaks.

RESTARTS, from the environment, says how often each is ended: a few times where nothing is said, 200 by hand.
"""
import os
import time
import unittest

from at_prompt import AtPrompt
from machine import PROMPT

SECONDS = 60
RESTARTS = int(os.environ.get("RESTARTS", "5"))


class Restart(AtPrompt):
    sees_screen = True

    def objects_at_rest(self):
        """How many objects of each type there are, when that no longer changes."""
        counts = None
        for _ in range(50):
            now = self.objects()
            if now == counts:
                break
            counts = now
            time.sleep(0.2)
        return counts

    def assert_nothing_leaks(self, name, end):
        """Ends a service RESTARTS times by `end`, one time of which is not counted: tables grow once."""
        before = self.generation(name)
        end()
        before = self.await_other(name, before)
        objects = self.objects_at_rest()
        for _ in range(RESTARTS):
            end()
            before = self.await_other(name, before)
        self.assertEqual(self.objects_at_rest(), objects)

    def test_keys_typed_before_and_after_the_keyboards_end_arrive(self):
        for i in range(RESTARTS):
            before = self.generation("keyboard")
            self.machine.type(f"echo before{i}")
            self.run_line("restart keyboard")
            self.machine.type(f"and''after{i}\n")
            self.await_text(f"before{i}andafter{i}")
            self.await_other("keyboard", before)

    def test_the_screen_is_back_with_what_programs_write(self):
        for i in range(RESTARTS):
            self.machine.type(f"clear; sleep 1; echo sh''own {i}\n")
            self.run_line("restart display")
            self.await_text(f"shown {i}")
            self.machine.type(f"echo type''d {i}\n")
            self.await_text(f"typed {i}")

    def test_what_is_typed_at_the_serial_line_arrives(self):
        for i in range(RESTARTS):
            self.machine.write("echo typ''")
            self.machine.expect("typ''", SECONDS)
            self.machine.type(f"restart serial; echo end''ed {i}\n")
            self.await_text(f"ended {i}")
            self.machine.write(f"ed {i}\r")  # the driver may be between two lives: the device keeps it
            self.machine.expect(rf"^typed {i}\r$", SECONDS)
            self.machine.expect(PROMPT, SECONDS)

    def test_a_line_of_the_log_stands_once_on_the_serial_line(self):
        """Between two lives of the driver the kernel shows its log there itself, and the console all that comes later."""
        for i in range(1, RESTARTS + 1):
            before = self.generation("serial")
            self.run_line("restart serial")
            self.await_other("serial", before)
            self.machine.type(f"restart clock; echo end''ed {i}\n")
            self.await_text(f"ended {i}")
            self.run_line(f"until interfaces | grep -q clock; do :; done; echo ser''ved {i}")
            for name in ("serial", "clock"):
                self.assertEqual(self.machine.console.count(f"init: service {name} was ended".encode()), i, name)

    def test_a_pipeline_goes_on_while_its_terminal_is_started_again(self):
        self.machine.type("seq 1 100000; echo ended $? > /tmp/status\n")
        for _ in range(RESTARTS):
            self.run_line("restart display")
        give_up = time.monotonic() + SECONDS
        while "ended 0" not in self.run_line("cat /tmp/status"):
            self.assertLess(time.monotonic(), give_up)
        self.machine.type("echo typ''ed\n")
        self.await_text("typed")

    def test_a_console_that_ends_has_a_new_shell(self):
        before = self.generation("screen")
        self.run_line("restart screen")
        self.await_other("screen", before)
        self.machine.still_screen()
        self.machine.type("echo con''sole is back\n")
        self.await_text("console is back")

    def test_the_clock_is_back_with_the_time(self):
        before = self.generation("clock")
        self.run_line("restart clock")
        self.await_other("clock", before)
        self.assertRegex(self.run_line("date"), r" 20\d\d")

    def test_no_object_leaks(self):
        for name in ("keyboard", "display", "clock", "files"):
            with self.subTest(name):
                self.assert_nothing_leaks(name, lambda name=name: self.run_line("restart " + name))

    def test_only_a_service_is_ended_so(self):
        self.assertIn("no such service", self.run_line("restart nobody"))
        self.assertIn("no such service", self.run_line("restart 99999"))


if __name__ == "__main__":
    unittest.main()
