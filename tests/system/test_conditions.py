"""Conditions of breakpoints: a real GDB sends them, and the kernel's stub and gdbserver evaluate them without a stop where they are false."""
import re
import unittest

import test_debugger
import test_gdbserver
from gdb_line import SECONDS

STOPS = re.compile(r"Packet received: T05")


class InKernel(unittest.TestCase):
    """Of the kernel's stub, while two programs hit the breakpoint all the time."""

    @staticmethod
    def later(switches):
        """The breakpoint, once the CPUs, whichever the programs run on, have switched a hundred times more."""
        return f"python gdb.execute('break call_pipe_write if {switches} > %d' % (int(gdb.parse_and_eval('{switches}')) + 100))"

    def test_stop_once_they_are_true_and_not_before(self):
        for kind, cpus in test_debugger.KINDS:
            with self.subTest(kind=kind, cpus=cpus), test_debugger.Guest(kind, cpus, "yes | cat >/dev/null & fg") as guest:
                switches = " + ".join(f"processors[{cpu}].switches" for cpu in range(cpus))
                said = guest.gdb("set breakpoint condition-evaluation target", f"python before = int(gdb.parse_and_eval('{switches}'))",
                                 self.later(switches), "set debug remote 1", "continue", "set debug remote 0", "info breakpoints",
                                 f"python print('switches', int(gdb.parse_and_eval('{switches}')) - before)",
                                 "delete", "hbreak call_pipe_write if $rdi == 7777", "break pipe_write if $rsp != 0", "continue", "bt 1", "detach")
                self.assertEqual(len(STOPS.findall(said)), 1, said)
                self.assertRegex(said, r"\(target evals\)\n\s+breakpoint already hit 1 time\n")
                self.assertGreater(int(re.search(r"switches (\d+)", said)[1]), 100)
                self.assertRegex(said, r"\n#0 +pipe_write")
                guest.answers()

    def test_that_are_false_do_not_end_a_step_of_another_thread(self):
        with test_debugger.Guest("debug", 4, "yes | cat >/dev/null & fg") as guest:
            said = guest.gdb("tbreak call_pipe_read", "continue", "break call_pipe_write if $rsp == 1", "next", "next", "bt 1", "detach")
            self.assertRegex(said, r"\n#0 +call_pipe_read", said)
            guest.answers()

    def test_that_cannot_be_evaluated_stop_and_gdb_says_why(self):
        with test_debugger.Guest("release", 2, "yes | cat >/dev/null & fg") as guest:
            said = guest.gdb("break call_pipe_write if *(int *)16 == 1", "continue", "delete", "detach")
            self.assertRegex(said, r"Error in testing (breakpoint )?condition.*\n.*Cannot access memory at address 0x10", said)


class InPrograms(unittest.TestCase):
    """Of gdbserver: a program's breakpoint, hit by one thread or by two."""

    def test_that_are_false_never_stop(self):
        for kind, cpus in test_gdbserver.KINDS:
            with self.subTest(kind=kind, cpus=cpus), test_gdbserver.Guest(kind, cpus, "gdbserver /bin/debuggee threads") as guest:
                said = guest.gdb("set breakpoint condition-evaluation target", "tbreak main", "continue", "break add if number == 100",
                                 "hbreak add_all if $rip == 1", "set debug remote 1", "continue")
                self.assertEqual(STOPS.findall(said), [], said)
                self.assertRegex(said, r"exited with code 07")
                guest.machine.expect(r"total \d+", SECONDS)

    def test_stop_once_they_are_true_and_not_before(self):
        with test_gdbserver.Guest("release", 4, "gdbserver /bin/debuggee") as guest:
            said = guest.gdb("tbreak main", "continue", "break add if number == 4 && total == 6", "set debug remote 1", "continue",
                             "set debug remote 0", "info breakpoints", "print total", "next", "delete", "continue")
            self.assertEqual(len(STOPS.findall(said)), 1, said)
            self.assertRegex(said, r"\(target evals\)")
            self.assertRegex(said, r"\$1 = 6\n")
            self.assertRegex(said, r"exited with code 07")
            guest.machine.expect(r"total 15", SECONDS)


if __name__ == "__main__":
    unittest.main()
