"""Backtraces in GDB go from the kernel to the program's main, through each way into the kernel."""
import unittest

from gdb_line import SECONDS
from test_debugger import Guest

TRIES = 60  # it may come before main, or in another program, or while the kernel works for one


def until(way):
    """Continues to a place until the backtrace there comes from a program's main, by this way."""
    return (f"python for i in range({TRIES}):\n gdb.execute('continue', to_string=True)\n"
            f" said = gdb.execute('backtrace', to_string=True)\n if {way!r} in said and 'main (' in said: break\nprint(said)")


class Backtrace(unittest.TestCase):
    def check(self, line, place, way, patterns):
        for kind in ("debug", "release"):
            with self.subTest(kind=kind), Guest(kind, 1, line) as guest:
                guest.machine.expect(line.split()[0].encode(), SECONDS)
                said = guest.gdb(place, until(way), "delete", "detach")
                self.assertRegex(said, "(?s)" + ".*".join(patterns))
                guest.answers()

    def test_crosses_a_system_call(self):
        self.check("yes | cat >/dev/null", "break call_pipe_write", "system call pipe_write",
                   [r"#0 +call_pipe_write \(", r"--- system call pipe_write of the program ---", r"main \(.*apps/\w+"])

    def test_crosses_an_interrupt(self):
        self.check("while :; do :; done", "break timer_interrupt", "0 of the program",
                   [r"timer_interrupt \(", r"--- interrupt 0x\w+ of the program ---", r"main \(.*(apps|drivers|os)/\S+\.c:\d+"])

    def test_crosses_a_page_fault(self):
        """Of a shell that wants more and more memory."""
        self.check("y=0123456789; y=$y$y$y$y$y$y$y$y$y; while :; do x=$x$y; done", "break space_fault", "page fault of the program",
                   [r"space_fault \(", r"--- page fault of the program ---", r"main \(.*apps/sh/main\.c"])

    def test_a_condition_is_asked_in_a_process_that_gdb_has_not_met(self):
        """Its registers are read before anybody could tell GDB what they are."""
        with Guest("release", 1, "while :; do yes | head -n 3000 >/dev/null; done") as guest:
            said = guest.gdb("break space_fault if processors[0].current->process->space->resident > 20", "continue", "backtrace 1",
                             "delete", "detach")
            self.assertRegex(said, r"hit Breakpoint 1[^\n]*space_fault")
            self.assertNotIn("packet reply is too long", said)

    def test_ends_where_the_program_began(self):
        """The shell's, which waits, beyond main: to the first instruction and no further."""
        shell = ("next(thread for inferior in gdb.inferiors() for thread in inferior.threads() "
                 "if (thread.details or '').startswith('sh:'))")
        for kind in ("debug", "release"):
            with self.subTest(kind=kind), Guest(kind, 1) as guest:
                said = guest.gdb("set backtrace past-main on", "set backtrace past-entry on", f"python {shell}.switch()", "backtrace",
                                 "detach")
                self.assertRegex(said, r"(?s)main \(.*\n#\d+ +\S+ in library_start \(.*\n#\d+ +\S+ in _start \(\)[^#]*$")
                self.assertNotRegex(said, r"\?\?|Backtrace stopped")
                guest.answers()


if __name__ == "__main__":
    unittest.main()
