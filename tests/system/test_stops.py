"""Stopping and going on at the console: Ctrl-Z, fg, bg, jobs and kill, over the serial line and by the keyboard."""
import re
import unittest

import screen_text
from at_prompt import AtPrompt
from machine import PROMPT, Machine, Settings

SECONDS = 60


class Line(AtPrompt):
    settings = Settings(cpus=1)

    def stop(self, line, begun):
        self.line(line)
        self.machine.expect(begun, SECONDS)
        return self.shown_until_prompt(lambda: self.machine.write("\x1a"))

    def state_of(self, name):
        return [line for line in self.run_line("ps").splitlines() if line.rstrip().endswith(" " + name)]

    def test_a_program_stops_and_reads_on_in_the_foreground(self):
        shown = self.stop("echo begins; cat; echo cat left $?", rb"^begins\r$")
        self.assertIn("^Z\r\n[1] stopped  cat\r\n", shown)
        self.assertNotIn("cat left", shown)
        self.status_is(146)
        self.assertIn("[1] stopped  cat\r\n", self.run_line("jobs"))
        self.assertIn(" stopped ", self.state_of("cat")[0])
        self.line("fg")
        self.machine.expect(rb"^cat\r$", SECONDS)
        self.line("typed for it")
        self.machine.expect(rb"^typed for it\r\ntyped for it\r$", SECONDS)
        self.machine.write("\x04")
        self.machine.expect(PROMPT, SECONDS)
        self.assertNotIn("cat", self.run_line("jobs").replace("jobs", ""))

    def test_all_parts_of_a_pipeline_and_what_they_started_stop_and_go_on(self):
        self.stop("echo begins; sh -c 'while true; do echo tick; sleep 0.1; done' | cat | cat -", rb"^tick\r$")
        shown = self.run_line("ps")
        stopped = [line.split()[-1] for line in shown.splitlines() if " stopped " in line]
        self.assertEqual((stopped.count("cat"), stopped.count("sh")), (2, 1))
        before = self.machine.console.count(b"\r\ntick")
        self.run_line("sleep 0.5")
        self.assertEqual(self.machine.console.count(b"\r\ntick"), before)
        self.line("fg %1")
        self.machine.expect(rb"^tick\r\ntick\r\ntick\r$", SECONDS)
        self.machine.write("\x03")
        self.machine.expect(PROMPT, SECONDS)
        self.status_is(130)

    def test_a_stopped_program_goes_on_in_the_background_and_comes_back(self):
        self.stop("sh -c 'echo begins; read line; echo got $line; sleep 1000'", rb"^begins\r$")
        self.assertIn("[1] sh -c", self.run_line("bg"))
        self.assertIn("[1] runs  sh -c", self.run_line("jobs"))
        self.assertNotIn(" stopped ", self.state_of("sh")[-1])
        self.line("fg")
        self.line("for the job")
        self.machine.expect(rb"^got for the job\r$", SECONDS)
        self.machine.write("\x1a")
        self.machine.expect(rb"^\[1\] stopped  sh -c", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        self.run_line("kill %1")
        self.machine.write("wait\r")
        self.machine.expect(PROMPT, SECONDS)
        self.assertEqual(self.state_of("sleep"), [])

    def test_kill_stops_and_continues_jobs_and_processes(self):
        self.run_line("sleep 1000 &")
        for stop, goes_on in (("kill -STOP %1", "kill -CONT %1"), ("kill -TSTP $!", "kill -19 $!"),
                              ("/bin/kill -STOP $!", "/bin/kill -CONT $!")):
            self.run_line(stop)
            self.assertIn("[1] stopped  sleep", self.run_line("jobs"))
            self.assertIn(" stopped ", self.state_of("sleep")[0])
            self.run_line(goes_on)
            self.assertIn("[1] runs  sleep", self.run_line("jobs"))
            self.assertNotIn(" stopped ", self.state_of("sleep")[0])
        self.run_line("kill -STOP %1")
        self.run_line("kill -KILL %1")
        self.line("wait; echo it ended")
        self.machine.expect(rb"^it ended\r$", SECONDS)

    def test_a_job_stopped_at_the_other_console_is_told_at_the_next_prompt(self):
        """Once for each time that it is stopped."""
        self.run_line("sleep 1000 &")
        process = re.findall(r"^(\d+)\r$", self.run_line("echo $!"), re.MULTILINE)[0]

        def at_the_keyboard(signal, number):
            self.machine.type(f"kill -{signal} {process}; echo sig''nal {number}\n")
            self.await_text(f"signal {number}")

        for number in (1, 3):
            at_the_keyboard("STOP", number)
            self.assertIn("[1] stopped  sleep 1000", self.run_line(""))
            self.assertNotIn("stopped", self.run_line(""))
            at_the_keyboard("CONT", number + 1)
            self.assertNotIn("stopped", self.run_line(""))
        at_the_keyboard("STOP", 5)
        self.assertEqual(self.run_line("jobs").count("[1] stopped"), 1)

    def test_a_key_at_the_prompt_stops_nothing(self):
        self.machine.write("\x1a")
        self.assertIn("\r\nstill here\r\n", self.run_line("echo still here"))


class LineOnFour(Line):
    settings = Settings(cpus=4)


class Keyboard(unittest.TestCase):
    def test_real_keys_stop_and_go_on(self):
        with Machine(Settings()) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.type("cat\n")
            machine.type("one\n")
            screen_text.await_row(machine, "one", SECONDS)
            machine.sendkey("ctrl-z")
            screen_text.await_row(machine, "[1] stopped  cat", SECONDS)
            machine.type("bg\n")
            screen_text.await_row(machine, "[1] cat &", SECONDS)
            machine.type("jobs\n")
            screen_text.await_row(machine, "[1] runs  cat", SECONDS)
            machine.type("fg\n")
            machine.type("two\n")
            screen_text.await_row(machine, "two", SECONDS)
            machine.sendkey("ctrl-d")
            machine.type("echo left $?\n")
            screen_text.await_row(machine, "left 0", SECONDS)


if __name__ == "__main__":
    unittest.main()
