"""The clock stands while the debugger has the machine: sleeps and deadlines are not late by it."""
import re
import time
import unittest

from gdb_line import SECONDS, Script
from test_debugger import Guest

STOOD = 5  # seconds


def clock(script):
    """Of the guest, in seconds, by the debugger's own command."""
    said, answer = b"", script.ask(b"qRcmd," + b"clock".hex().encode())
    while answer != b"OK":
        said += bytes.fromhex(answer[1:].decode())  # behind an O
        answer = script.receive()
    return float(re.search(rb"([0-9.]+) s since the boot", said)[1])


class Clock(unittest.TestCase):
    def check(self, kind, cpus):
        with Guest(kind, cpus) as guest, Script(guest.socket) as script:
            before, begin = clock(script), time.monotonic()
            time.sleep(STOOD)
            self.assertEqual(clock(script), before)  # it stands
            script.send(b"vCont;c")
            script.interrupt()
            ran, passed = clock(script) - before, time.monotonic() - begin
            self.assertGreaterEqual(ran, 0)
            self.assertLess(ran, passed - STOOD + 0.1)  # and goes on where it stood
            script.do(b"D")
            guest.answers()

    def test_stands_while_the_machine_does(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus):
                self.check(kind, cpus)

    def test_a_sleep_takes_as_long_as_it_did_before(self):
        """One of 4 seconds, with the machine standing longer in its midst: it goes on for what was left."""
        with Guest("release", 2, "sleep 4; echo slept \"4\"2") as guest, Script(guest.socket) as script:
            self.assertNotIn(b"slept 42", guest.machine.console)
            before = clock(script)
            time.sleep(STOOD)
            script.send(b"vCont;c")
            guest.machine.expect(rb"slept 42", SECONDS)
            script.interrupt()
            self.assertGreater(clock(script) - before, 2)  # typing took the rest
            script.do(b"D")
            guest.answers()


if __name__ == "__main__":
    unittest.main()
