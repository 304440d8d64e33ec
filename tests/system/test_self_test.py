"""The boot menu's self-test, watched to its end: on the serial line stands how each guest test went."""
import re
import unittest

from boot_menu import choose
from machine import Machine, Settings

SECONDS = 60
TEST_SECONDS = 200  # for one program: they take two on average where nobody else wants the machine
PROGRAM_OR_END = rb"self-test: (test-\S+ \w+|\d+ programs passed, \d+ failed)\r?\n"
SELF_TEST = 2       # its place in the menu


class SelfTest(unittest.TestCase):
    def test_all_guest_tests_pass_where_they_are_booted(self):
        with Machine(Settings(medium="cd", cpus=1)) as machine:
            choose(machine, SELF_TEST)
            machine.expect(rb"command line: .*selftest", SECONDS)
            while b"programs" not in machine.expect(PROGRAM_OR_END, TEST_SECONDS)[1]:
                pass
            told = re.findall(rb"self-test: (test-\S+) (\w+)", machine.console)
            why = b"\n".join(re.findall(rb"[^\n]*not ok[^\n]*", machine.console)).decode(errors="replace")
            self.assertEqual([name for name, outcome in told if outcome != b"passed"], [], why)
            self.assertGreater(len(told), 0)
            self.assertIn(b"self-test: %d programs passed, 0 failed" % len(told), machine.console)
