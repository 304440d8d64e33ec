"""Signals at the console, by real keys: programs with a handler run it, those without end, the shell stays."""
import unittest

import screen_text
from at_prompt import AtPrompt
from machine import PROMPT, Machine, Settings

SECONDS = 60


class Keys(AtPrompt):
    settings = Settings(cpus=1, tests=True)

    def press(self, byte):
        self.machine.write(byte)

    def test_a_program_with_a_handler_runs_it_and_goes_on(self):
        self.line("test-signals --role catch_twice; echo the line goes on with $?")
        self.machine.expect(rb"^ready to catch\r$", SECONDS)
        for _ in range(2):
            self.press("\x03")
            self.machine.expect(rb"^caught an interrupt\r$", SECONDS)
        self.machine.expect(rb"^the line goes on with 7\r$", SECONDS)
        self.machine.expect(PROMPT, SECONDS)

    def test_a_program_that_is_busy_is_interrupted_too(self):
        self.line("test-signals --role catch_while_busy")
        self.machine.expect(rb"^ready to catch\r$", SECONDS)
        self.press("\x03")
        self.machine.expect(rb"^caught an interrupt\r$", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        self.status_is(8)

    def test_a_program_without_a_handler_ends_and_with_it_the_line(self):
        self.line("echo begins; sleep 1000; echo not this")
        self.machine.expect(rb"^begins\r$", SECONDS)
        self.press("\x03")
        self.machine.expect(PROMPT, SECONDS)
        self.assertNotIn(b"\r\nnot this", self.machine.console)
        self.status_is(130)

    def test_each_part_of_a_pipeline_is_interrupted(self):
        self.line("sleep 1000 | cat | test-signals --role catch_while_busy")
        self.machine.expect(rb"^ready to catch\r$", SECONDS)
        self.press("\x03")
        self.machine.expect(rb"^caught an interrupt\r$", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        shown = self.run_line("ps")
        for name in ("sleep", "test-signals", "cat"):
            self.assertNotIn(name, shown.replace("ps", ""))

    def test_what_blocks_all_signals_is_ended_by_another_key(self):
        self.line("test-signals --role deaf")
        self.machine.expect(rb"^deaf for ever\r$", SECONDS)
        self.press("\x03")
        self.machine.expect(rb"\^C", SECONDS)
        self.press("\x1c")
        self.machine.expect(PROMPT, SECONDS)
        self.status_is(131)

    def test_the_shells_own_wait_is_broken_off_and_the_job_stays(self):
        self.run_line("sleep 1000 &")
        self.line("echo waits; wait; echo not this")
        self.machine.expect(rb"^waits\r$", SECONDS)
        self.press("\x03")
        self.machine.expect(PROMPT, SECONDS)
        self.assertNotIn(b"\r\nnot this", self.machine.console)
        self.status_is(130)
        self.assertIn("[1] runs  sleep 1000", self.run_line("jobs"))
        self.assertIn("\r\n143\r\n", self.run_line("kill %1; wait %1; echo $?"))

    def test_kill_knows_names_jobs_and_the_absent(self):
        self.assertIn(" 2) SIGINT\r\n", self.run_line("kill -l"))
        self.run_line("sleep 1000 | sleep 1001 &")
        self.assertIn("\r\n130\r\n", self.run_line("kill -INT %1; wait %1; echo $?"))
        self.assertIn("no such job", self.run_line("kill %7"))
        self.assertIn("no such signal", self.run_line("kill -NONE 1"))
        self.assertIn("No such process", self.run_line("kill -TERM 999999"))
        self.assertIn("\r\nhere 0\r\n", self.run_line("kill -CHLD \"$$\"; kill -0 \"$$\"; echo here $?"))


class KeysOn4(Keys):
    settings = Settings(cpus=4, tests=True)


class Keyboard(unittest.TestCase):
    def test_a_real_key_reaches_the_handler_and_then_the_prompt(self):
        with Machine(Settings(tests=True)) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.type("test-signals --role catch_twice\n")
            screen_text.await_row(machine, "ready to catch", SECONDS)
            machine.sendkey("ctrl-c")
            screen_text.await_row(machine, "caught an interrupt", SECONDS)
            machine.sendkey("ctrl-c")
            machine.type("echo status $?\n")
            screen_text.await_row(machine, "status 7", SECONDS)


if __name__ == "__main__":
    unittest.main()
