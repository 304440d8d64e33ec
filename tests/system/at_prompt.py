"""A machine that stands at its prompt, for tests that type at its serial console or its keyboard."""
import time
import unittest

import screen_text
from machine import PROMPT, Machine, Settings


class AtPrompt(unittest.TestCase):
    """Each test has a machine of its own, as `settings` say; nothing may take longer than `seconds` of the host's time."""
    settings = Settings(cpus=2)
    seconds = 60
    sees_screen = False  # it begins when the screen shows a prompt and no longer changes

    def setUp(self):
        self.boot(self.settings)

    def boot(self, settings):
        self.machine = Machine(settings)
        self.addCleanup(self.machine.quit)
        self.machine.expect(PROMPT, self.seconds)
        if self.sees_screen:
            self.await_text("/ $")
            self.machine.still_screen()

    # ---- the serial console ----

    def line(self, text):
        self.machine.write(text + "\r")

    def shown_until_prompt(self, act):
        """Does something and returns what was shown from then up to the next prompt."""
        before = len(self.machine.console)
        act()
        self.machine.expect(PROMPT, self.seconds)
        return self.machine.console[before:].decode(errors="replace")

    def run_line(self, text):
        """Types a line and returns what was shown up to the next prompt."""
        return self.shown_until_prompt(lambda: self.line(text))

    def status_is(self, status):
        self.assertIn(f"\r\n{status}\r\n", self.run_line("echo $?"))

    def objects(self):
        """How many objects of each type there are now. A line of the log brings a prompt of its own, so the end is told in words."""
        counts, before = {}, len(self.machine.console)
        self.line("objects; echo all''told")
        self.machine.expect(rb"\nalltold\r", self.seconds)
        self.machine.expect(PROMPT, self.seconds)
        for line in self.machine.console[before:].decode(errors="replace").splitlines():
            words = line.split()
            if len(words) > 5 and words[0].isdigit():
                kind = " ".join(words[1:-5])
                counts[kind] = counts.get(kind, 0) + 1
        return counts

    # ---- services ----

    def generation(self, name):
        """Which of its lives a service is in, by the directory; None while there is none."""
        for line in self.run_line("interfaces").splitlines():
            words = line.split()
            if len(words) > 2 and words[1] == name:
                return int(words[3])
        return None

    def await_other(self, name, before):
        give_up = time.monotonic() + self.seconds
        while True:
            now = self.generation(name)
            if now and now != before:
                return now
            self.assertLess(time.monotonic(), give_up, name + " is not back")

    # ---- the screen ----

    def await_row(self, text):
        return screen_text.await_row(self.machine, text, self.seconds)

    def await_text(self, *texts):
        return screen_text.await_text(self.machine, texts, self.seconds)
