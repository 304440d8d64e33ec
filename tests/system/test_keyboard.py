"""The keyboard's layouts, accents and lights, from the keys pressed to the text on the screen."""
import os
import tempfile
import time
import unittest

from at_prompt import AtPrompt
from machine import Settings

SECONDS = 60


class Keyboard(AtPrompt):
    sees_screen = True

    def setUp(self):
        pass  # each test says how its machine begins

    def press(self, *keys):
        for key in keys:
            self.machine.sendkey(key)
            time.sleep(0.03)

    def test_the_layout_is_chosen_at_boot_and_by_keymap(self):
        self.boot(Settings(cpus=1, append="keymap=de"))
        self.assertIn("\r\nde\r\n", self.run_line("keymap"))
        self.press("e", "c", "h", "o", "spc", "y", "q", "alt_r-q", "ret")  # z q @
        self.await_text("echo zq@")
        self.run_line("keymap fr")
        self.press("e", "c", "h", "o", "spc", "q", "1", "shift-1", "ret")
        self.await_text("echo a&1")
        self.run_line("keymap us")
        self.press("e", "c", "h", "o", "spc", "y", "q", "ret")
        self.await_text("echo yq")

    def test_accents_and_letters_beyond_ascii_arrive_as_utf_8(self):
        self.boot(Settings(cpus=1, append="keymap=de"))
        self.press("e", "c", "h", "o", "spc", "apostrophe", "equal", "e", "alt_r-e")  # ae diaeresis, e acute, euro
        self.press("spc", "shift-less", "spc", "shift-7", "t", "m", "p", "shift-7", "x", "ret")
        give_up = time.monotonic() + SECONDS
        while "\u00e4\u00e9\u20ac" not in self.run_line("cat /tmp/x"):
            self.assertLess(time.monotonic(), give_up)

    def test_shift_and_page_up_look_back_at_what_has_scrolled_off(self):
        self.boot(Settings(cpus=1))
        self.machine.type("seq 1 200\n")
        self.await_row("200")
        self.press("shift-pgup", "shift-pgup", "shift-pgup", "shift-pgup", "shift-pgup", "shift-pgup")
        self.await_row("10")  # the uppermost: half a screen of 48 rows each time
        self.press("shift-pgdn")
        self.machine.type("echo typ''ed\n")
        self.await_text("typed")
        self.await_row("200")

    def test_the_wheel_looks_back_too(self):
        self.boot(Settings(cpus=1))
        self.machine.type("seq 1 200\n")
        self.await_row("200")
        for _ in range(20):
            self.machine.monitor("mouse_move 0 0 1")
        self.await_row("120")

    def test_an_unknown_layout_is_told_and_changes_nothing(self):
        self.boot(Settings(cpus=1, append="keymap=nowhere"))
        self.assertIn(b"there is no layout nowhere", self.machine.console)
        self.assertIn("no such layout", self.run_line("keymap nowhere"))
        self.assertIn("\r\nus\r\n", self.run_line("keymap"))

    def test_the_lights_follow_the_locks(self):
        with tempfile.TemporaryDirectory() as directory:
            log = os.path.join(directory, "log")
            self.boot(Settings(cpus=1, more=f"-trace ps2_set_ledstate -D {log}"))
            for wanted in ("ledstate 4", "ledstate 0"):
                self.machine.sendkey("caps_lock")
                give_up = time.monotonic() + SECONDS
                while not open(log, encoding="utf-8").read().strip().endswith(wanted):
                    self.assertLess(time.monotonic(), give_up, open(log, encoding="utf-8").read())
                    time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
