"""Programs that take all they can get, one kind at a time beside a game: the shell answers, the game keeps its pace, and it is told who did it.

Time is the guest's, and counts its instructions; where it does nothing, its time passes no faster than the host's, so that looks from outside
come in time. A host that is busy changes nothing.
"""
import re
import time
import unittest

from at_prompt import AtPrompt
from machine import Settings
from test_snake import HEAD, HURT, Sight

SECONDS = 300  # of the host's, for what takes a few
ANSWER = 1.0   # seconds within which the shell answers
STEP = 0.12    # seconds between two steps of the snake (apps/snake/control.c)
PM_TIMER, PM_FREQUENCY, PM_WRAP = 0x608, 3579545, 1 << 24
LOOK = 0.05    # of the host's, so long the guest runs between two looks: at most as much of its own, and far less than the timer takes to wrap
FRAME = 0.02   # seconds in which it looks once whether a step is due
WAY = 10       # steps, less than from its start to the wall


class Bombs(AtPrompt):
    settings = Settings(cpus=1, icount=True, paced=True, tests=True)
    seconds = SECONDS
    sees_screen = True
    lines = 0

    def setUp(self):
        super().setUp()
        self.run_line("sleep 100 & kill %1; wait")  # what the shell has handlers for, it has from then on
        self.start_game()

    def await_true(self, what, condition):
        give_up = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), give_up, what)
            time.sleep(0.2)

    # ---- the guest's time ----

    def ticks(self):
        """Of the ACPI timer, with the machine stopped."""
        return int(self.machine.monitor(f"i /w {PM_TIMER:#x}").split("=")[1], 16)

    def seconds_until(self, condition, limit=60):
        """How long the guest runs until a condition is true, which is asked while it stands."""
        last, passed, give_up = self.ticks(), 0, time.monotonic() + SECONDS
        while not condition(passed / PM_FREQUENCY):
            self.assertLess(time.monotonic(), give_up)
            self.assertLess(passed / PM_FREQUENCY, limit, self.machine.console[-2000:].decode(errors="replace"))
            self.machine.monitor("cont")
            time.sleep(LOOK)
            self.machine.monitor("stop")
            now = self.ticks()
            passed, last = passed + (now - last) % PM_WRAP, now
        return passed / PM_FREQUENCY

    # ---- the shell ----

    def run_line(self, text):
        """Types a line at the serial console, and returns what was shown up to its end."""
        self.lines += 1
        before = len(self.machine.console)
        self.line(f"{text}\recho li''ne {self.lines} ended")
        self.machine.expect(rf"line {self.lines} ended\r", SECONDS)
        return self.machine.console[before:].decode(errors="replace")

    def seconds_to_answer(self, line, answer):
        """How long the guest's shell takes to a program's answer, from the line's arrival on."""
        before = len(self.machine.console)
        self.machine.monitor("stop")
        self.line(line)
        try:
            return self.seconds_until(lambda _: answer in self.machine.console[before:])
        finally:
            self.machine.monitor("cont")

    def await_line(self, line, pattern):
        """Runs a line until it shows something, and returns that."""
        give_up = time.monotonic() + SECONDS
        while not (found := re.search(pattern, shown := self.run_line(line), re.MULTILINE)):
            self.assertLess(time.monotonic(), give_up, shown)
            time.sleep(0.2)
        return found

    def processes(self):
        """Those that are there, by name."""
        found = re.findall(r"^ *(\d+) +\d+ +\d+ +\d+ .* (\S+)\r$", self.run_line("ps"), re.MULTILINE)
        return sorted((name, int(process)) for process, name in found if name != "ps")

    def objects_of_the_living(self):
        """How many there are of each type. The file service may still know of programs that have ended; its next life does not,
        and both shells have found that life when they are counted. What was sent to the game goes with it."""
        self.run_line("restart -n 1 files")
        self.quit_game()
        self.start_game()
        return self.objects()

    # ---- the game ----

    def look(self):
        return Sight(self.machine.screendump())

    def start_game(self):
        self.machine.type("snake\n")
        self.await_true("a snake", lambda: self.look().there)

    def quit_game(self):
        self.machine.sendkey("q")
        self.await_true("the console", lambda: not self.look().there)

    def await_wall(self):
        self.await_true("the wall", lambda: self.look().find(HURT))

    def way(self):
        """How many steps the snake made, once it began anew, in how many seconds; None: it came to the wall, as the host looked too late."""
        self.await_wall()
        self.machine.sendkey("ret")
        self.machine.monitor("stop")
        try:
            self.seconds_until(lambda _: not self.look().find(HURT))
            start = self.look().find(HEAD)
            took = self.seconds_until(lambda passed: passed > WAY * STEP)
            end = self.look().find(HEAD)
        finally:
            self.machine.monitor("cont")
        return (abs(end[0] - start[0]) + abs(end[1] - start[1]), took) if start and end else None

    def pace(self):
        """The snake makes its steps in the time that they take: one more or less, as the looks lie between steps, and a frame to see it is due,
        and one to draw it."""
        give_up = time.monotonic() + SECONDS
        while not (way := self.way()):
            self.assertLess(time.monotonic(), give_up)
        steps, took = way
        self.assertLessEqual(abs(steps - took / STEP), 1 + 2 * FRAME / STEP, f"{steps} steps in {took} seconds")

    # ---- what is seen of each ----

    def live_through(self, bomb, evidence, line="limits -a"):
        """The bomb goes off in the background; it is seen who it is; all else goes on; it is ended, and leaves nothing."""
        objects, processes = self.objects_of_the_living(), self.processes()
        self.await_wall()  # its way there would take the host long beside the bomb
        self.run_line(bomb + " &")
        self.await_line(line, evidence)
        self.assertLess(self.seconds_to_answer("echo an''swer 1", b"answer 1"), ANSWER)
        self.assertLess(self.seconds_to_answer("true | true && cat /etc/startup | head -1; echo an''swer 2", b"answer 2"), ANSWER)
        self.pace()
        self.assertLess(self.seconds_to_answer("limits > /tmp/l; echo an''swer 3", b"answer 3"), ANSWER)
        took = re.search(r"^time: ([\d.]+) s\r$", self.run_line("time { kill %1; wait; }"), re.MULTILINE)
        self.assertLess(float(took[1]), ANSWER)
        self.pace()
        more = {kind: number - objects.get(kind, 0) for kind, number in self.objects_of_the_living().items()}
        self.assertEqual([kind for kind, number in more.items() if number], [], more)
        self.assertEqual([name for name, _ in self.processes()], [name for name, _ in processes])

    def test_one_that_starts_processes(self):
        self.live_through("spawn-bomb", r"^process \d+ \(spawn-bomb\) .*\r\n  processes +\d+ +192 +192 +[1-9]")

    def test_one_that_eats_memory(self):
        self.live_through("while :; do swap-load 1000 1; done 2> /dev/null", r"^process \d+ \(sh\) .*\r\n  memory pages +\d+ +\d+ +\d+ +[1-9]")

    def test_one_that_polls_for_ever(self):
        self.live_through("while :; do :; done", r" sh\r$", "ps")

    def test_one_that_floods_every_queue(self):
        there = " ".join(str(process) for _, process in self.processes())
        self.live_through("flood " + there, r"^process \d+ \(flood\) .*\r\n  messages sent.* [1-9]\d*\r\n(.*\r\n)*?  pipes and offers.* [1-9]")


if __name__ == "__main__":
    unittest.main()
