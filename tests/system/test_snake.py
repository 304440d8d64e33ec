"""The game, played from outside: keys by sendkey, and eyes on the screen's pixels."""
import time
import unittest

from at_prompt import AtPrompt
from machine import Settings

SECONDS = 60
COLUMNS, ROWS, CELL, MARGIN, STRIP = 30, 22, 16, 4, 32  # apps/snake
WIDTH, HEIGHT = COLUMNS * CELL + 2 * MARGIN, ROWS * CELL + 2 * MARGIN + STRIP
LEFT, TOP = (1024 - WIDTH) // 2, (768 - HEIGHT) // 2
HEAD, HURT, FOOD, WALL, LIT = (0x8F, 0xD4, 0x8F), (0xD9, 0x53, 0x4F), (0xE0, 0x53, 0x3D), (0x6B, 0x70, 0x5C), (0xF2, 0xE8, 0xCF)
STEPS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
# Where the seven segments of a digit have their middles, from the top clockwise, the middle one last.
SEGMENTS = ((8, 2), (12, 7), (12, 17), (8, 21), (3, 17), (3, 7), (8, 12))
DIGITS = {0x3F: 0, 0x06: 1, 0x5B: 2, 0x4F: 3, 0x66: 4, 0x6D: 5, 0x7D: 6, 0x07: 7, 0x7F: 8, 0x6F: 9}


class Sight:
    """What one picture of the screen shows of the game."""

    def __init__(self, picture):
        self.picture = picture
        self.there = picture.width >= LEFT + WIDTH and picture.pixel(LEFT + 1, TOP + STRIP + 1) == WALL

    def find(self, colour):
        """The cell whose middle has this colour, or None."""
        for y in range(ROWS):
            for x in range(COLUMNS):
                place = (LEFT + MARGIN + x * CELL + CELL // 2, TOP + STRIP + MARGIN + y * CELL + CELL // 2)
                if self.picture.pixel(*place) == colour:
                    return x, y
        return None

    def score(self):
        """None: a digit was just being drawn."""
        number = 0
        for i in range(4):
            left, top = LEFT + MARGIN + i * 16, TOP + 4
            lit = sum(1 << bit for bit, (x, y) in enumerate(SEGMENTS) if self.picture.pixel(left + x, top + y) == LIT)
            if lit not in DIGITS:
                return None
            number = 10 * number + DIGITS[lit]
        return number


class Snake(AtPrompt):
    settings = Settings(cpus=1)
    sees_screen = True

    def look(self):
        return Sight(self.machine.screendump())

    def await_sight(self, what, seconds=SECONDS):
        """Waits until what is seen fulfils a condition."""
        give_up = time.monotonic() + seconds
        while True:
            sight = self.look()
            if what(sight):
                return sight
            self.assertLess(time.monotonic(), give_up)
            time.sleep(0.02)

    def start(self):
        self.machine.type("snake\n")
        self.await_sight(lambda sight: sight.there)

    def quit_game(self):
        self.machine.sendkey("q")
        self.await_text("snake: ")
        self.assertFalse(self.look().there)
        self.machine.type('echo con""sole is back\n')
        self.await_text("console is back")

    def decide(self, sight, direction):
        """The next key of a simple player: to the food's row first, then along it; None: keep on."""
        head, food = sight.find(HEAD), sight.find(FOOD)
        if not head or not food:
            return None
        across, down = food[0] - head[0], food[1] - head[1]
        wanted = ("down" if down > 0 else "up") if down else ("right" if across > 0 else "left")
        if wanted == direction:
            return None
        if STEPS[wanted][0] == -STEPS[direction][0] and STEPS[wanted][1] == -STEPS[direction][1]:
            # Not back on itself: aside first, to where there is more room.
            if STEPS[wanted][0]:
                return "up" if head[1] > ROWS // 2 else "down"
            return "left" if head[0] > COLUMNS // 2 else "right"
        return wanted

    def test_a_player_with_eyes_and_keys_eats(self):
        """The machine is stopped while the player looks, so that a slow host has it play no worse."""
        self.start()
        direction, give_up = "right", time.monotonic() + 200
        while True:
            self.machine.monitor("stop")
            sight = self.look()
            over, score = sight.find(HURT), sight.score()
            key = "ret" if over else self.decide(sight, direction)
            self.machine.monitor("cont")
            if score is not None and score >= 2:
                break
            self.assertLess(time.monotonic(), give_up)
            if key:
                self.machine.sendkey(key)
                direction = "right" if over else key
            time.sleep(0.03)
        self.quit_game()

    def test_a_wall_ends_it_and_enter_starts_anew(self):
        self.start()
        self.await_sight(lambda sight: sight.find(HURT))
        self.machine.sendkey("ret")
        self.await_sight(lambda sight: sight.find(HEAD) and not sight.find(HURT))
        self.quit_game()

    def test_killed_it_gives_the_console_back(self):
        self.start()
        self.machine.write("ps\n")
        process = int(self.machine.expect(rb"^ *(\d+) .* snake\r$", SECONDS).group(1))
        self.machine.write(f"kill {process}\n")
        self.await_sight(lambda sight: not sight.there)
        self.machine.type('echo con""sole is back\n')
        self.await_text("console is back")

    def test_ctrl_c_ends_it(self):
        self.start()
        self.machine.sendkey("ctrl-c")
        self.await_sight(lambda sight: not sight.there)
        self.machine.type('echo con""sole is back\n')
        self.await_text("console is back")

    def test_it_plays_while_a_pipeline_runs_in_the_background(self):
        self.machine.type("yes | sort | wc -l > /tmp/never &\n")
        self.start()
        before = self.await_sight(lambda sight: sight.find(HEAD)).find(HEAD)
        self.await_sight(lambda sight: sight.find(HURT) or sight.find(HEAD) not in (None, before))
        self.quit_game()

    def test_in_the_background_it_gets_no_keys(self):
        self.machine.type("snake &\n")
        self.await_text("snake: it is not in the foreground")


if __name__ == "__main__":
    unittest.main()
