"""Memory that is short: programs use more than there is, their pages go to the swap area and come back, and others go on."""
import unittest

import one_line
from machine import PROMPT, Machine, Settings

SECONDS = 240


def run(line, swap, *more):
    """What the guest's shell printed for a line, on a machine with 64 MiB, and its exit status."""
    done = one_line.run(line, "--tests", "--memory", "64", "--cpus", "1", "--swap", str(swap), *more, seconds=SECONDS, text=True)
    return done.stdout, done.returncode


class Swap(unittest.TestCase):
    def test_a_program_that_uses_more_than_the_machine_has_runs_and_its_data_is_right(self):
        for kind in ("--release", "--debug"):
            text, status = run("swap-load 80 1", 128, kind)
            self.assertEqual(text, "80 MiB checked 1 times, 0 words wrong\n")
            self.assertEqual(status, 0)

    def test_the_first_program_after_boot_finds_the_area_whatever_the_number_of_processors(self):
        for cpus in ("1", "4"):
            text, status = run("swap-load 60 1", 128, "--cpus", cpus)
            self.assertEqual(text, "60 MiB checked 1 times, 0 words wrong\n")
            self.assertEqual(status, 0)

    def test_two_of_them_at_once_and_others_beside_them_go_on(self):
        text, status = run("swap-load 50 1 & swap-load 45 1; seq 1 30000 | tail -1; wait; ls /etc/startup", 128)
        self.assertEqual(sorted(text.splitlines()), ["/etc/startup", "30000", "45 MiB checked 1 times, 0 words wrong",
                                                     "50 MiB checked 1 times, 0 words wrong"])
        self.assertEqual(status, 0)

    def test_files_are_written_while_programs_fill_the_memory(self):
        for cpus in ("1", "4"):
            text, status = run("swap-load 60 100000 /tmp/all & until test -e /tmp/all; do sleep 0.05; done; "
                               "seq 1 400000 > /tmp/numbers && cksum /tmp/numbers; kill $!", 128, "--cpus", cpus)
            self.assertEqual((text, status), ("2852415605 2688895 /tmp/numbers\n", 0))

    def test_when_the_swap_area_is_full_too_writing_says_so_and_what_was_written_is_there(self):
        text, status = run("swap-load 68 100000 /tmp/all & until test -e /tmp/all; do sleep 0.05; done; "
                           "seq 1 4000000 > /tmp/numbers 2> /dev/null; echo $?; kill $!; wait; rm /tmp/numbers; seq 1 400000 > /tmp/numbers; cksum /tmp/numbers", 16)
        self.assertEqual((text, status), ("1\n2852415605 2688895 /tmp/numbers\n", 0))

    def test_when_the_swap_area_is_full_too_the_program_that_wants_more_is_ended_and_the_next_one_finds_room(self):
        text, status = run("swap-load 300; ls /etc/startup; swap-load 70 1", 64)
        self.assertIn("/etc/startup\n70 MiB checked 1 times, 0 words wrong\n", text)
        self.assertNotIn("300 MiB", text)
        self.assertEqual(status, 0)

    def test_without_a_swap_area_a_program_that_wants_too_much_is_ended(self):
        text, status = run("swap-load 80; ls /etc/startup", 0)
        self.assertIn("/etc/startup\n", text)
        self.assertNotIn("80 MiB", text)
        self.assertEqual(status, 0)

    def test_when_the_daemon_dies_who_touches_what_was_away_is_ended_and_told_and_the_next_daemon_has_the_area_R_C7(self):
        for kind in ("release", "debug"):
            self.outlive_the_daemon(kind)

    def outlive_the_daemon(self, kind):
        with Machine(Settings(cpus=1, memory=64, swap=128, tests=True, append="console=serial", kind=kind)) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("swap-load 80 1000 /tmp/all & until test -e /tmp/all; do sleep 0.05; done; echo fil''led\r")
            machine.expect(r"\nfilled\r", SECONDS)
            machine.write("restart memory\r")
            told, area = r"swap-load\[\d+\]: [^\n]*\(the memory daemon that had the page is gone\): ended", r"\nswap area of 128 MiB\r"
            machine.expect(f"(?s){told}.*{area}|{area}.*{told}", SECONDS)  # whichever is first
            machine.write("wait\r")
            machine.write("swap-load 70 1; ls /etc/startup\r")
            machine.expect(r"\n70 MiB checked 1 times, 0 words wrong\r\n/etc/startup\r", SECONDS)
