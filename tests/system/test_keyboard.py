"""The keyboard's layouts, accents and lights, from the keys pressed to the text on the screen."""
import os
import tempfile
import time
import unittest

import screen_text
from machine import PROMPT, Machine, Settings

SECONDS = 60


class Keyboard(unittest.TestCase):
    def boot(self, **settings):
        self.machine = Machine(Settings(cpus=1, **settings))
        self.addCleanup(self.machine.quit)
        self.machine.expect(PROMPT, SECONDS)
        self.machine.still_screen()

    def press(self, *keys):
        for key in keys:
            self.machine.sendkey(key)
            time.sleep(0.03)

    def await_text(self, text):
        give_up = time.monotonic() + SECONDS
        while True:
            rows = screen_text.read(self.machine.screendump())
            if any(text in row for row in rows):
                return
            self.assertLess(time.monotonic(), give_up, "no " + text + " in:\n" + "\n".join(rows))
            time.sleep(0.1)

    def serial_line(self, text):
        before = len(self.machine.console)
        self.machine.write(text + "\r")
        self.machine.expect(PROMPT, SECONDS)
        return self.machine.console[before:].decode(errors="replace")

    def test_the_layout_is_chosen_at_boot_and_by_keymap(self):
        self.boot(append="keymap=de")
        self.assertIn("\r\nde\r\n", self.serial_line("keymap"))
        self.press("e", "c", "h", "o", "spc", "y", "q", "alt_r-q", "ret")  # z q @
        self.await_text("echo zq@")
        self.serial_line("keymap fr")
        self.press("e", "c", "h", "o", "spc", "q", "1", "shift-1", "ret")
        self.await_text("echo a&1")
        self.serial_line("keymap us")
        self.press("e", "c", "h", "o", "spc", "y", "q", "ret")
        self.await_text("echo yq")

    def test_accents_and_letters_beyond_ascii_arrive_as_utf_8(self):
        self.boot(append="keymap=de")
        self.press("e", "c", "h", "o", "spc", "apostrophe", "equal", "e", "alt_r-e")  # ae diaeresis, e acute, euro
        self.press("spc", "shift-less", "spc", "shift-7", "t", "m", "p", "shift-7", "x", "ret")
        give_up = time.monotonic() + SECONDS
        while "\u00e4\u00e9\u20ac" not in self.serial_line("cat /tmp/x"):
            self.assertLess(time.monotonic(), give_up)

    def test_shift_and_page_up_look_back_at_what_has_scrolled_off(self):
        self.boot()
        self.machine.type("seq 1 200\n")
        self.await_text("200")
        self.press("shift-pgup", "shift-pgup", "shift-pgup", "shift-pgup", "shift-pgup", "shift-pgup")
        self.await_row("60")
        self.press("shift-pgdn")
        self.machine.type("echo typ''ed\n")
        self.await_text("typed")
        self.await_row("200")

    def test_the_wheel_looks_back_too(self):
        self.boot()
        self.machine.type("seq 1 200\n")
        self.await_row("200")
        for _ in range(20):
            self.machine.monitor("mouse_move 0 0 1")
        self.await_row("120")

    def await_row(self, text):
        give_up = time.monotonic() + SECONDS
        while text not in screen_text.read(self.machine.screendump()):
            self.assertLess(time.monotonic(), give_up, "no row " + text)
            time.sleep(0.1)

    def test_an_unknown_layout_is_told_and_changes_nothing(self):
        self.boot(append="keymap=nowhere")
        self.assertIn(b"there is no layout nowhere", self.machine.console)
        self.assertIn("no such layout", self.serial_line("keymap nowhere"))
        self.assertIn("\r\nus\r\n", self.serial_line("keymap"))

    def test_the_lights_follow_the_locks(self):
        with tempfile.TemporaryDirectory() as directory:
            log = os.path.join(directory, "log")
            self.boot(more=f"-trace ps2_set_ledstate -D {log}")
            for wanted in ("ledstate 4", "ledstate 0"):
                self.machine.sendkey("caps_lock")
                give_up = time.monotonic() + SECONDS
                while not open(log, encoding="utf-8").read().strip().endswith(wanted):
                    self.assertLess(time.monotonic(), give_up, open(log, encoding="utf-8").read())
                    time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
