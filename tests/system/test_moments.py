"""Ctrl-C, Ctrl-Z and Ctrl-D do what they are for at whatever moment they come: before a job has begun, in it, and as it ends.

ROUNDS, from the environment, says how often each is tried: 200 find what happens once in some hundred moments.
"""
import os
import random
import unittest

from machine import PROMPT, Machine, Settings

INTERRUPT, END, STOP = "\x03", "\x04", "\x1a"
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "60")), 120


class Moments(unittest.TestCase):
    """All of these share one machine. A key is typed as soon as the line was, or after as many lines of output as chance has it."""

    settings = Settings(append="console=serial", cpus=2)

    @classmethod
    def setUpClass(cls):
        cls.machine = Machine(cls.settings)
        cls.addClassCleanup(cls.machine.quit)
        cls.machine.expect(PROMPT, SECONDS)
        cls.chance = random.Random(5)

    def type(self, keys):
        self.machine.write(keys.encode())

    def await_prompt(self):
        self.machine.expect(PROMPT, SECONDS)

    def prints(self, keys, *lines):
        """Types keys and Enter; these lines, and only they, stand between there and the next prompt."""
        self.type(keys + "\r")
        self.machine.expect(r"\r?\n" + "".join(line + r"\r?\n" for line in lines) + r"[^\n]*" + PROMPT.decode(), SECONDS)

    def interrupt(self, line, awaited=r"not this\r?\n", rounds=ROUNDS):
        """Ctrl-C ends the line, and nothing behind it is run."""
        for _ in range(rounds):
            self.type(line + "; echo not this\r")
            self.machine.expect(awaited, SECONDS)
            self.type(INTERRUPT)
            self.await_prompt()
            self.prints("echo $?", "130")

    def test_control_c_ends_a_program(self):
        self.interrupt("sleep 600")

    def test_control_c_ends_a_pipeline(self):
        self.interrupt("sleep 600 | cat | cat", rounds=ROUNDS // 2)

    def test_control_c_ends_a_wait(self):
        self.prints("sleep 6000 &", r"\[1\] \d+")
        self.interrupt("wait")
        self.prints("kill %1; wait")

    def test_control_c_ends_a_substitution(self):
        self.interrupt("x=$(sleep 600)")
        self.prints("ps | grep -c sleep", "0")

    def test_control_c_ends_what_a_substitution_is_a_word_of(self):
        self.interrupt("echo not $(sleep 600) this either", rounds=ROUNDS // 4)

    def test_control_c_ends_a_function(self):
        self.prints("f() { sleep 600; echo not that; }")
        self.interrupt("f")

    def test_control_c_ends_a_file_of_commands(self):
        self.prints("echo 'sleep 600; echo not that' > /tmp/lines")
        self.interrupt(". /tmp/lines")

    def test_control_c_ends_a_loop_of_a_long_program(self):
        self.interrupt("while true; do sleep 600; done")

    def test_control_c_ends_a_loop_that_reads(self):
        self.interrupt("while read line; do echo $line; done")

    def test_control_c_ends_a_loop_of_what_the_shell_does_itself(self):
        self.interrupt("for i in 1 2 3; do while :; do :; done; done")

    def test_control_c_ends_a_loop_of_short_programs(self):
        """Wherever it comes, also as one program has ended and the next one has not begun."""
        for _ in range(ROUNDS):
            self.type("while true; do /bin/echo tick; done; echo not this\r")
            for _ in range(self.chance.randrange(1, 4)):
                self.machine.expect(r"^tick\r?\n", SECONDS)
            self.type(INTERRUPT)
            self.await_prompt()
            self.prints("echo $?", "130")

    def test_control_c_ends_a_loop_of_substitutions(self):
        for _ in range(ROUNDS // 2):
            self.type("while true; do echo $(echo tick); done; echo not this\r")
            for _ in range(self.chance.randrange(1, 4)):
                self.machine.expect(r"^tick\r?\n", SECONDS)
            self.type(INTERRUPT)
            self.await_prompt()
            self.prints("echo $?", "130")

    def test_control_z_stops_a_program(self):
        for _ in range(ROUNDS):
            self.type("sleep 600; echo not this\r")
            self.machine.expect(r"not this\r?\n", SECONDS)
            self.type(STOP)
            self.machine.expect(r"\[1\] stopped  sleep 600\r?\n", SECONDS)
            self.await_prompt()
            self.prints("echo $?; kill %1; wait", "146")

    def test_control_z_stops_a_pipeline(self):
        for _ in range(ROUNDS // 4):
            self.type("sleep 600 | cat | cat\r")
            self.machine.expect(r"cat\r?\n", SECONDS)
            self.type(STOP)
            self.machine.expect(r"\[1\] stopped  sleep 600 \| cat \| cat\r?\n", SECONDS)
            self.await_prompt()
            self.prints("kill %1; wait")

    def test_control_z_stops_what_fg_brings_back(self):
        self.type("sleep 6000\r" + STOP)
        self.machine.expect(r"\[1\] stopped", SECONDS)
        self.await_prompt()
        for _ in range(ROUNDS):
            self.type("fg; echo not this\r")
            self.machine.expect(r"^sleep 6000\r?\n", SECONDS)
            self.type(STOP)
            self.machine.expect(r"\[1\] stopped  sleep 6000\r?\n", SECONDS)
            self.await_prompt()
        self.prints("kill %1; wait")

    def test_control_z_stops_what_fg_brings_from_the_background(self):
        self.prints("sleep 6000 &", r"\[1\] \d+")
        for _ in range(ROUNDS):
            self.type("fg\r")
            self.machine.expect(r"^sleep 6000\r?\n", SECONDS)
            self.type(STOP)
            self.machine.expect(r"\[1\] stopped  sleep 6000\r?\n", SECONDS)
            self.await_prompt()
            self.prints("bg", r"\[1\] sleep 6000 &")
        self.prints("kill %1; wait")

    def test_a_job_may_end_as_fg_brings_it_back(self):
        for _ in range(ROUNDS):
            self.type("sleep 0.00%d & fg; echo left $?\r" % self.chance.randrange(1, 10))
            self.machine.expect(r"^left [01]\r?\n", SECONDS)  # 1: it had ended, and that was told
            self.await_prompt()

    def test_control_d_ends_the_input_of_a_program(self):
        for _ in range(ROUNDS):
            self.type("cat; echo cat left $?\r")
            self.machine.expect(r"\$\?\r?\n", SECONDS)
            self.type(END)
            self.machine.expect(r"^cat left 0\r?\n", SECONDS)
            self.await_prompt()

    def test_control_d_ends_the_input_of_read(self):
        for _ in range(ROUNDS):
            self.type("read x; echo read left $?\r")
            self.machine.expect(r"\$\?\r?\n", SECONDS)
            self.type(END)
            self.machine.expect(r"^read left 1\r?\n", SECONDS)
            self.await_prompt()


if __name__ == "__main__":
    unittest.main()
