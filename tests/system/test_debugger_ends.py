"""The kernel's debugger and programs that end, and begin, while GDB is there: a real GDB learns of each."""
import os
import re
import threading
import time
import unittest

from gdb_line import SECONDS
from test_debugger import KINDS, Guest
from test_debugger_threads import choose

# Goes on until a program is there, and says what GDB knows of it.
UNTIL_CAT = ("python while not any((thread.details or '').startswith('cat:') for inferior in gdb.inferiors() "
             "for thread in inferior.threads()): gdb.execute('continue', to_string=False)")


def types_when_it_stands(guest, keys):
    """Types what the machine gets when it goes on; GDB says when it stands, by a file."""
    path = os.path.join(guest.directory.name, "stands")

    def wait_and_type():
        give_up = time.monotonic() + SECONDS
        while not os.path.exists(path) and time.monotonic() < give_up:
            time.sleep(0.05)
        guest.machine.write(keys)
    threading.Thread(target=wait_and_type).start()
    return f"shell touch {path}"


class Ends(unittest.TestCase):
    def test_of_a_program_with_a_breakpoint_are_told_at_once_with_the_code(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "grep nothing") as guest:
                guest.machine.expect(rb"grep nothing", SECONDS)
                self.wait_for(guest, "grep: waiting")
                said = guest.gdb("set print inferior-events on", choose("grep"), "break main",
                                 types_when_it_stands(guest, "\x04"), "continue", "print $_exitcode", "info inferiors", "bt 1",
                                 "stepi", "detach")
                self.assertRegex(said, r"\[Inferior \d+ \(process \d+\) exited with code 01\]")
                self.assertRegex(said, r"(?m)^\$1 = 1$")
                self.assertRegex(said, r"(?m)^\* 1 +process 2000000000")
                self.assertRegex(said, r"(?m)^ +\d+ +<null>")
                self.assertRegex(said, r"(?m)^#0 .*process_told" if cpus == 1 else r"(?m)^#0 ")
                self.assertNotIn("is not being run", said)
                guest.answers()

    def test_of_one_that_is_killed_say_the_signal(self):
        with Guest("debug", 2, "cat") as guest:
            guest.machine.expect(rb"cat", SECONDS)
            self.wait_for(guest, "cat: waiting")
            said = guest.gdb(choose("cat"), "break main",
                             "python gdb.execute(f'monitor kill {gdb.selected_inferior().pid}')", "continue", "info inferiors",
                             "detach")
            self.assertRegex(said, r"Program terminated with signal SIGKILL")
            self.assertRegex(said, r"(?m)^ +\d+ +<null>")
            guest.answers()

    def test_of_others_stop_nothing_and_are_known_at_the_next_stop_as_are_new_programs(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "grep nothing") as guest:
                guest.machine.expect(rb"grep nothing", SECONDS)
                self.wait_for(guest, "grep: waiting")
                said = guest.gdb(types_when_it_stands(guest, "\x04cat\r"), "break call_pipe_read", UNTIL_CAT, "info inferiors",
                                 "delete", choose("cat"), "info line main", "info threads", "detach")
                ended = re.search(r"\[Inferior \d+ \((process \d+)\) exited with code 01\]", said)
                self.assertTrue(ended, said)
                self.assertNotRegex(said[said.index("Description"):], ended[1] + r"\b")
                self.assertRegex(said, r'apps/tools/cat\.c')
                self.assertNotIn("grep: ", said[said.rindex("Target Id"):])
                guest.answers()

    def wait_for(self, guest, what):
        give_up = time.monotonic() + SECONDS
        while what not in guest.gdb("info threads", "detach"):
            self.assertLess(time.monotonic(), give_up)


if __name__ == "__main__":
    unittest.main()
