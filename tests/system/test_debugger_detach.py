"""Detached, the kernel's debugger leaves no trace: tests in the guest pass in the same boot."""
import re
import unittest

from gdb_line import SECONDS
from machine import PROMPT
from test_debugger_line import Guest

# Of each part that a debugger could have disturbed one: breakpoints in shared pages, faults, timers, threads, all designs of IPC.
PROGRAMS = ("test-events", "test-pipes", "test-messages", "test-ports", "test-shared", "test-threads", "test-timers", "test-pages")


class Detached(unittest.TestCase):
    def disturb(self, guest):
        """Everything that a session leaves something for: it is not taken back one by one."""
        script, place = guest.script, guest.symbols["switch_to"]
        script.do(b"Z0,%x,1" % place)
        script.do(b"Z1,%x,1" % guest.symbols["process_create"])
        script.do(b"Z2,%x,8" % guest.switches(0))
        for _ in range(20):
            script.go()
        for _ in range(50):
            script.step(others=b";c")
        script.send(b"vCont;c:" + script.stopped.thread)
        script.interrupt()
        script.detach()

    def test_the_tests_in_the_guest_pass_in_the_same_boot(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, tests=True) as guest:
                self.disturb(guest)
                guest.machine.write("kill %1\r")
                guest.machine.expect(PROMPT, SECONDS)
                for program in PROGRAMS:
                    guest.machine.write(f"{program}; echo ended $?\r")
                    guest.machine.expect(rb"ended \d+\r\n", SECONDS)
                    guest.machine.expect(PROMPT, SECONDS)
                said = guest.machine.console.decode(errors="replace")
                self.assertEqual(re.findall(r"(?m)^not ok .*", said), [])
                self.assertEqual(re.findall(r"(?m)^ended (\d+)", said), ["0"] * len(PROGRAMS), said[-3000:])
                guest.script.ask(b"qSupported:multiprocess+")  # the end of the test detaches once more


if __name__ == "__main__":
    unittest.main()
