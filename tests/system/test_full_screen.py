"""Programs that fill the terminal: more and top, at the serial console."""
import unittest

from machine import PROMPT, Machine, Settings

MORE = rb"--More--\(\d+%\)"


class FullScreen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = Machine(Settings(append="console=serial"))
        cls.addClassCleanup(cls.machine.quit)
        cls.machine.expect(PROMPT)

    def begin(self, line):
        self.machine.write(line + b"\r")
        self.machine.expect(rb"\r?\n")

    def still_here(self):
        self.machine.expect(PROMPT)
        self.machine.write(b"echo still $((40 + 2))\r")
        self.machine.expect(rb"still 42\r?\n")
        self.machine.expect(PROMPT)

    def test_more_shows_a_screen_and_goes_on_by_keys(self):
        self.begin(b"seq 100 | more")
        self.machine.expect(rb"23\r?\n[^\n]*" + MORE)
        self.machine.write(b"\r")
        self.machine.expect(rb"24\r?\n[^\n]*" + MORE)
        self.machine.write(b" ")
        self.machine.expect(rb"47\r?\n[^\n]*" + MORE)
        self.machine.write(b"b")
        self.machine.expect(rb"24\r?\n[^\n]*" + MORE)
        self.machine.write(b"q")
        self.still_here()

    def test_more_ends_with_the_text(self):
        self.begin(b"seq 30 > /tmp/more; more /tmp/more")
        self.machine.expect(MORE)
        self.machine.write(b" ")
        self.machine.expect(rb"30\r?\n")
        self.still_here()

    def test_more_of_a_short_text_asks_nothing(self):
        self.begin(b"echo short | more")
        self.machine.expect(rb"short\r?\n")
        self.still_here()

    def test_more_writes_all_where_no_terminal_is(self):
        self.begin(b"seq 100 | more | tail -n 1")
        self.machine.expect(rb"100\r?\n")
        self.still_here()

    def test_control_c_ends_more(self):
        self.begin(b"seq 100 | more")
        self.machine.expect(MORE)
        self.machine.write(b"\x03")
        self.still_here()

    def test_top_shows_processes_until_q(self):
        self.begin(b"top")
        self.machine.expect(rb"SHARE")
        self.machine.expect(rb"\(?top\)?")
        self.machine.expect(rb"SHARE")
        self.machine.write(b"q")
        self.still_here()

    def test_control_c_ends_top(self):
        self.begin(b"top")
        self.machine.expect(rb"SHARE")
        self.machine.write(b"\x03")
        self.still_here()


if __name__ == "__main__":
    unittest.main()
