"""The mouse and the keys as events, from the device to the program in the foreground."""
import time
import unittest

from at_prompt import AtPrompt
from machine import PROMPT

SECONDS = 60
LEFT, TOP, WIDTH, HEIGHT = 1024 - 400 - 16, 16, 400, 300  # where apps/draw draws
OUTLINE = (0x10, 0x10, 0x10)  # of its pointer, the tip too


class Mouse(AtPrompt):
    sees_screen = True

    def listen(self):
        self.machine.type("events -k\n")
        self.await_text("listens")

    def test_motion_buttons_and_the_wheel_arrive(self):
        self.listen()
        self.machine.monitor("mouse_move 7 -4")
        self.await_text("mouse moved, right 7, down -4, buttons 0")
        self.machine.monitor("mouse_button 1")
        self.await_text("mouse button down, right 1, down 0, buttons 1")
        self.machine.monitor("mouse_button 0")
        self.await_text("mouse button up, right 1, down 0, buttons 0")
        self.machine.monitor("mouse_move 0 0 1")
        self.await_text("mouse wheel, right 0, down -1, buttons 0")

    def test_keys_arrive_down_and_up_between_the_mouses_motion(self):
        self.listen()
        for _ in range(20):
            self.machine.monitor("mouse_move 3 3")
            self.machine.sendkey("a")
        self.machine.sendkey("z")
        self.await_text("keyboard down, key 122, modifiers 0, character 122", "keyboard up, key 122")
        self.machine.sendkey("ctrl-c")
        self.machine.type("echo typ''ed\n")
        self.await_text("typed")

    def test_the_mouse_is_back_with_its_driver(self):
        self.listen()
        self.machine.monitor("mouse_move 5 5")
        self.await_text("right 5, down 5")
        before = len(self.machine.console)
        self.machine.write("restart keyboard; sleep 1; interfaces\r")
        self.machine.expect(PROMPT, SECONDS)
        self.assertIn(b"keyboard", self.machine.console[before:])
        self.machine.monitor("mouse_move 6 -6")
        self.await_text("right 6, down -6")

    def test_draw_is_dragged_and_comes_nearer_by_the_wheel(self):
        self.machine.type("draw\n")
        shown = [self.await_picture(None)]
        for commands in (("mouse_button 1", "mouse_move 40 20", "mouse_button 0"), ("mouse_move 0 0 1",)):
            for command in commands:
                self.machine.monitor(command)
            shown.append(self.await_picture(shown[-1]))
        self.machine.sendkey("q")
        self.machine.type("echo typ''ed\n")
        self.await_text("typed")

    def test_draw_paints_with_the_pointer_and_the_wheel_chooses_the_colour(self):
        self.machine.type("draw --paint\n")
        self.await_picture(None)
        first, second = (0xf2, 0xe8, 0xcf), (0xb5, 0x65, 0xc9)
        below = self.machine.screendump().pixel(LEFT + 140, TOP + 110)
        self.move(-100, -40, (100, 110))
        for wheel, colour in ((0, first), (1, second)):
            self.machine.monitor(f"mouse_move 0 0 {wheel}")
            self.stroke(1, colour)
        self.stroke(2, below)
        self.stroke(1, second)
        self.machine.sendkey("c")
        self.await_pixel(140, 110, below)
        self.machine.sendkey("q")
        self.machine.type("echo typ''ed\n")
        self.await_text("typed")

    def stroke(self, button, colour):
        """From where the pointer is 80 to the right with a button, and back without it: then that colour lies there."""
        self.machine.monitor(f"mouse_button {button}")
        self.move(80, 0, (180, 110))
        self.machine.monitor("mouse_button 0")
        self.move(0, 60, (180, 170))
        self.await_pixel(140, 110, colour)
        self.move(-80, -60, (100, 110))

    def move(self, right, down, tip):
        self.machine.monitor(f"mouse_move {right} {down}")
        self.await_pixel(*tip, OUTLINE)

    def await_pixel(self, x, y, colour):
        """Waits for a colour at a point of the drawing."""
        give_up = time.monotonic() + SECONDS
        while (shown := self.machine.screendump().pixel(LEFT + x, TOP + y)) != colour:
            self.assertLess(time.monotonic(), give_up, f"{shown} at {x}, {y}, not {colour}")

    def await_picture(self, other):
        """The drawing, when it is there whole and is not `other`."""
        give_up = time.monotonic() + SECONDS
        while True:
            picture = self.machine.still_screen()
            part = [picture.pixel(x, y) for y in range(TOP, TOP + HEIGHT, 10) for x in range(LEFT, LEFT + WIDTH, 10)]
            if part != other and len(set(part)) > 5:
                return part
            self.assertLess(time.monotonic(), give_up)


if __name__ == "__main__":
    unittest.main()
