"""A session as a person has it: keyboard and screen, the serial console, line editing, Ctrl-C, Ctrl-D, power."""
import os
import random
import re
import time
import unittest

import one_line
from at_prompt import AtPrompt
from machine import PROMPT, ROOT, Machine, Settings

SECONDS = 60


class Serial(AtPrompt):
    def test_welcome_says_how_to_quit(self):
        self.assertIn(b"Welcome to Parley", self.machine.console)
        self.assertIn(b"To quit: poweroff", self.machine.console)

    def test_a_pipeline_prints_its_result(self):
        self.assertIn("\r\n5050\r\n", self.run_line("seq 1 5050 | tail -1"))

    def test_ctrl_d_ends_the_input_of_the_program_that_reads(self):
        self.line("wc -l")
        self.machine.write("one\rtwo\r")
        time.sleep(1)
        self.machine.write("\x04")
        self.machine.expect(rb"^2\r$", SECONDS)
        self.machine.expect(PROMPT, SECONDS)

    def test_ctrl_c_ends_the_whole_job_and_leaves_the_shell(self):
        self.line("yes | cat | sleep 1000")
        time.sleep(1)
        self.machine.write("\x03")
        self.machine.expect(PROMPT, SECONDS)
        self.status_is(130)
        shown = self.run_line("ps")
        for name in ("sleep", "yes", "cat"):
            self.assertNotIn(name, shown.replace("ps", ""))

    def test_what_is_typed_ahead_is_run_next(self):
        self.line("sleep 1")
        time.sleep(0.3)
        self.line("echo typed ahead")
        self.machine.expect(rb"^typed ahead\r$", SECONDS)

    def test_a_line_typed_while_several_jobs_of_a_loop_run_stays_in_order(self):
        self.line("for i in 1 2; do echo round $i; until test -e /tmp/on-$i; do sleep 0.02; done; done")
        for i, part in enumerate((b"echo in", b" order\r"), 1):
            self.machine.expect(rb"round %d\r$" % i, SECONDS)
            self.machine.write(part.decode())
            self.machine.expect(re.escape(part), SECONDS)
            self.machine.type(f"> /tmp/on-{i}\n")  # at the screen's console
        self.machine.expect(rb"^in order\r$", SECONDS)

    def test_what_is_typed_ahead_of_a_loop_is_shown_once_until_it_runs(self):
        self.line("for i in 1 2 3 4 5 6; do echo round $i; until test -e /tmp/go-$i; do sleep 0.02; done; done")
        self.machine.expect(rb"^round 1\r$", SECONDS)
        before = len(self.machine.console)
        self.line("echo typed ahead")
        self.machine.expect(rb"^echo typed ahead\r$", SECONDS)
        self.machine.write("half")
        self.machine.expect(rb"half", SECONDS)
        for i in range(2, 6):
            self.machine.type(f"> /tmp/go-{i - 1}\n")  # at the screen's console
            self.machine.expect(rb"round %d\r$" % i, SECONDS)
        shown = bytes(self.machine.console[before:])
        self.assertEqual((shown.count(b"typed"), shown.count(b"half")), (1, 1), shown)

    def test_a_job_in_the_background_that_was_ended_is_told_with_the_reason(self):
        shown = self.run_line("sleep 1000 & kill -SEGV $!; until test -z \"$(ps | grep sleep)\"; do :; done")
        self.assertIn("\r\n[1] touched memory that is not its own  sleep 1000\r\n", shown)

    def test_a_shell_that_ends_is_started_again(self):
        self.line("exit")
        self.machine.expect(rb"The shell has ended", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        self.assertIn("\r\nback\r\n", self.run_line("echo back"))

    def test_a_shell_in_a_shell_has_its_own_jobs(self):
        self.run_line("sh")
        self.line("sleep 1000")
        time.sleep(1)
        self.machine.write("\x03")
        self.machine.expect(PROMPT, SECONDS)
        self.run_line("exit")
        self.assertIn("\r\nouter\r\n", self.run_line("echo outer"))

    def test_a_million_bytes_arrive_whole(self):
        shown = self.run_line("seq 1 150000")
        numbers = [int(word) for word in shown.split() if word.isdigit()]
        self.assertEqual(numbers[-150000:], list(range(1, 150001)))

    def test_random_bytes_and_keys_end_no_service(self):
        before = self.services()
        random.seed(1)
        keys = ["ctrl-c", "pause", "print", "num_lock", "caps_lock", "up", "pgdn", "f5", "shift-a", "alt-x", "menu"]
        for _ in range(40):
            self.machine.write(bytes(random.choice([random.randrange(256), 0x1B, 0x5B]) for _ in range(100)))
            self.machine.sendkey(random.choice(keys))
        time.sleep(1)
        self.machine.write("\x1c\x03\x15\r")
        self.machine.expect(PROMPT, SECONDS)
        self.assertEqual(self.services(), before)

    def services(self):
        """{name: process id} of the servers and drivers."""
        before = len(self.machine.console)  # there may be prompts still to come of what was typed before
        self.line("ps; echo that is all")
        self.machine.expect(rb"^that is all\r$", SECONDS)
        rows = [row.split() for row in self.machine.console[before:].decode(errors="replace").splitlines()]
        return {row[-1]: row[0] for row in rows if len(row) > 8 and row[1] == "1"}

    def test_poweroff_ends_the_machine(self):
        self.line("poweroff")
        self.assertTrue(self.machine.wait(SECONDS))

    def test_reboot_ends_the_machine_where_it_must_not_start_again(self):
        self.line("reboot")
        self.assertTrue(self.machine.wait(SECONDS))


class Screen(AtPrompt):
    settings = Settings()
    sees_screen = True  # what is typed before its prompt is there is shown before it

    def test_keys_are_typed_and_their_result_is_shown(self):
        self.machine.type('echo "Keys & Co." | wc -c\n')
        rows = self.await_row("11")
        self.assertTrue(rows[0].startswith("Welcome to Parley"), rows[0])
        self.assertIn('/ $ echo "Keys & Co." | wc -c', rows)

    def test_a_line_is_edited_with_the_arrow_keys(self):
        self.machine.type("ecko hello")
        for key in ["left"] * 8 + ["delete", "h"]:
            self.machine.sendkey(key)
            time.sleep(0.05)
        self.machine.type("\n")
        self.await_row("hello")

    def test_the_screen_scrolls(self):
        self.machine.type("seq 1 200\n")
        rows = self.await_row("200")
        shown = [row for row in rows if row.isdigit()]
        self.assertEqual(shown, [str(number) for number in range(201 - len(shown), 201)])
        self.assertEqual(len(shown), 47)

    def test_ctrl_c_on_the_keyboard_ends_a_job(self):
        self.machine.type("sleep 1000\n")
        time.sleep(1)
        self.machine.sendkey("ctrl-c")
        time.sleep(0.5)
        self.machine.type("echo back\n")
        self.await_row("back")


class BootLoadersScreen(AtPrompt):
    settings = Settings(medium="cd")

    def test_the_boot_loaders_screen_is_used_too(self):
        self.machine.type("echo by GRUB\n")
        self.await_row("by GRUB")


class Quiet(AtPrompt):
    """A guest's minute of sleep is a moment of the host's."""
    settings = Settings(cpus=1, icount=True)

    def test_what_the_log_says_is_shown_when_nothing_else_has_happened_for_long(self):
        self.run_line("(sleep 60; restart clock) &")
        self.machine.expect(rb"init: service clock was ended with code \d+; it is started again", self.seconds)

    def test_a_line_that_is_being_typed_is_drawn_again_below_what_the_log_says(self):
        self.run_line("(sleep 60; restart clock) &")
        self.machine.write("echo ony\x1b[D")
        self.machine.expect(rb"\r\x1b\[Kinit: service clock was ended[^\n]*\n\r/ \$ echo ony\x1b\[K", self.seconds)
        self.machine.write("l\r")
        self.machine.expect(rb"^only\r$", self.seconds)


class CommandLine(unittest.TestCase):
    def test_serial_only_starts_no_screen(self):
        with Machine(Settings(append="console=serial")) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("ps\r")
            machine.expect(PROMPT, SECONDS)
            self.assertNotIn(b"display", machine.console)
            self.assertIn(b"serial-console", machine.console)

    def test_bytes_of_a_command_come_out_exactly(self):
        run = one_line.run("cat /bin/cat; echo error >&2; exit 7")
        with open(os.path.join(ROOT, "build/programs/bin/cat"), "rb") as file:
            self.assertEqual(run.stdout, file.read())
        self.assertEqual(run.stderr, b"error\n")
        self.assertEqual(run.returncode, 7)


if __name__ == "__main__":
    unittest.main()
