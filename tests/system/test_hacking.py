"""HACKING.md's session of a first deadlock, typed from the page itself: each line that it promises must come, in its order."""
import json
import os
import re
import select
import shlex
import subprocess
import tempfile
import time
import unittest

from gdb_line import SECONDS
from machine import ROOT

SHELL, GDB = "    $ os/gdb ", "    (gdb) "
ASK = b"(gdb) "
COMMENT = re.compile(r"\s+#.*")
LEAST_COMMANDS = 6


def session():
    """The page's command line, and pairs of what is typed and what it promises."""
    with open(os.path.join(ROOT, "HACKING.md"), encoding="utf-8") as file:
        lines = file.read().split("keystroke by keystroke", 1)[1].splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(SHELL))
    steps = []
    for line in lines[start + 1:]:
        if not line.startswith("    "):
            break
        if line.startswith(GDB):
            steps.append((COMMENT.sub("", line[len(GDB):]), []))
        else:
            steps[-1][1].append(line.strip())
    return shlex.split(lines[start])[1:], steps


class Numbers:
    """Numbers differ from the page's, but one of the page's is the same one everywhere."""

    def __init__(self):
        self.real = {}

    def typed(self, command):
        return re.sub(r"\d+", lambda found: self.real.get(found[0], found[0]), command)

    def pattern(self, line):
        """What a promised line looks like; `...` stands for anything. A number that was met before is itself."""
        parts, names = [], []
        for part in re.split(r"(\.\.\.|\d+)", line):
            if part == "...":
                parts.append(".*")
            elif part.isdigit() and part in self.real:
                parts.append(self.real[part])
            elif part.isdigit():
                parts.append(f"(?P=n{part})" if part in names else rf"(?P<n{part}>\d+)")
                names.append(part)
            else:
                parts.append(re.escape(part))
        return re.compile("^" + "".join(parts) + "$", re.M)

    def take(self, found):
        self.real.update({name[1:]: value for name, value in found.groupdict().items()})


class Terminal:
    """GDB as one types to it."""

    def __init__(self, words):
        self.process = subprocess.Popen([*words, "--", "-nx", "-ex", "set width 0"], cwd=ROOT, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()

    def until_asked(self):
        said, give_up = b"", time.monotonic() + 2 * SECONDS
        while not said.endswith(ASK) and time.monotonic() < give_up:
            if select.select([self.process.stdout], [], [], 1)[0]:
                piece = os.read(self.process.stdout.fileno(), 65536)
                if not piece:
                    break
                said += piece
        return said.decode(errors="replace")

    def type(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        return self.until_asked()


class FirstDeadlock(unittest.TestCase):
    def test_is_found_as_the_page_says(self):
        words, steps = session()
        self.assertGreaterEqual(len(steps), LEAST_COMMANDS)
        numbers = Numbers()
        with Terminal(words) as terminal:
            self.assertIn("(gdb)", terminal.until_asked())
            for command, promised in steps:
                said, place = terminal.type(numbers.typed(command)), 0
                for line in promised:
                    found = numbers.pattern(line).search(said, place)
                    self.assertIsNotNone(found, f"{command}: {line!r} did not come:\n{said}")
                    numbers.take(found)
                    place = found.end()


class Example(unittest.TestCase):
    def test_the_game_on_the_page_compiles_as_a_program_of_the_tree_does(self):
        with open(os.path.join(ROOT, "HACKING.md"), encoding="utf-8") as file:
            source = re.search(r"^```c\n(.*?)^```$", file.read(), re.M | re.S)[1]
        with open(os.path.join(ROOT, "build/compile_commands.json"), encoding="utf-8") as file:
            entry = next(entry for entry in json.load(file) if entry["file"].endswith("apps/draw/draw.c"))
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "walk.c")
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            words = [path if word.endswith("apps/draw/draw.c") else word for word in shlex.split(entry["command"])]
            del words[words.index("-o"):words.index("-o") + 2]
            built = subprocess.run([*words, "-MF", path + ".d", "-o", path + ".o"], cwd=ROOT, capture_output=True, text=True, check=False)
            self.assertEqual(built.returncode, 0, built.stderr)


if __name__ == "__main__":
    unittest.main()
