"""Bitmaps on the screen: a drawing beside the text, a drawing that hangs, and what is left when it ends."""
import time
import unittest

from at_prompt import AtPrompt
from machine import Settings

SECONDS = 60
LEFT, TOP, WIDTH, HEIGHT = 1024 - 400 - 16, 16, 400, 300  # where apps/draw draws


def colours(picture, left, top, width, height):
    """How many colours there are in a part of the screen, every fourth pixel of every fourth row looked at."""
    stride, pixels = picture.width * 3, picture.pixels
    return len({bytes(pixels[y * stride + x * 3:y * stride + x * 3 + 3])
                for y in range(top, top + height, 4) for x in range(left, left + width, 4)})


class Screen(AtPrompt):
    settings = Settings(cpus=1)
    sees_screen = True

    def drawing(self):
        return colours(self.machine.still_screen(), LEFT, TOP, WIDTH, HEIGHT)

    def await_drawing(self, wanted):
        """Waits until the drawing's place has many colours, or the few of text."""
        give_up = time.monotonic() + SECONDS
        while (self.drawing() > 20) != wanted:
            self.assertLess(time.monotonic(), give_up)

    def test_a_drawing_comes_with_keys_and_goes(self):
        self.machine.type("draw\n")
        self.await_drawing(True)
        before = self.machine.still_screen().pixels
        self.machine.type("+")
        give_up = time.monotonic() + SECONDS
        while self.machine.still_screen().pixels == before:
            self.assertLess(time.monotonic(), give_up)
        self.machine.type("q")
        self.await_drawing(False)

    def test_a_drawing_that_hangs_holds_nothing_up(self):
        """R-I9: the client does nothing any more; text goes on, and is not drawn over it."""
        self.machine.type("draw --still &\n")
        self.await_drawing(True)
        before = colours(self.machine.still_screen(), 0, 400, 500, 300)
        self.machine.type("seq 1 200\n")
        give_up = time.monotonic() + SECONDS
        while colours(self.machine.still_screen(), 0, 400, 500, 300) == before:
            self.assertLess(time.monotonic(), give_up)
        self.assertGreater(self.drawing(), 20)

    def test_a_drawing_is_drawn_by_the_next_display(self):
        """With keys, and with --still, which only waits: both go on where their driver is started again."""
        for line, key in (("draw", "q"), ("draw --still", "ctrl-c")):
            with self.subTest(line):
                self.machine.type(line + "\n")
                self.await_drawing(True)
                for _ in range(2):
                    before = self.generation("display")
                    self.run_line("restart display")
                    self.await_other("display", before)
                    self.await_drawing(True)
                self.assertIn(" draw", self.run_line("ps"))
                self.machine.sendkey(key)
                self.await_drawing(False)


if __name__ == "__main__":
    unittest.main()
