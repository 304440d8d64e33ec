"""The README is true: what it types at the prompt prints what it shows, and its commands are the ones that there are."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from at_prompt import AtPrompt
from machine import ROOT

PROMPT = "/ $ "


def readme():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        return file.read()


def session_steps():
    """(line typed, text shown below it) of every block that is marked `parley`."""
    for block in re.findall(r"^```parley\n(.*?)^```$", readme(), re.M | re.S):
        for part in block.split(PROMPT)[1:]:
            line, _, shown = part.partition("\n")
            yield line, shown


def pattern_of(shown):
    """What is shown as a regular expression: `...` stands for anything in a line."""
    return "".join(".*" if part == "..." else re.escape(part) for part in re.split(r"(\.\.\.)", shown))


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


class Session(AtPrompt):
    def test_typed_one_after_the_other_each_line_shows_what_is_shown(self):
        for step, (line, shown) in enumerate(session_steps(), 1000):
            with self.subTest(line=line):
                before = len(self.machine.console)
                self.line(f"{line}; echo step $(({step}))")  # a long line is drawn with prompts of its own: none tells its end
                self.machine.expect(rf"\r\nstep {step}\r\n", self.seconds)
                came = iter(self.machine.console[before:].decode(errors="replace").splitlines())
                for wanted in shown.splitlines():  # in this order; a prompt also tells of jobs
                    self.assertTrue(any(re.fullmatch(pattern_of(wanted), row) for row in came), wanted)


class Readme(unittest.TestCase):
    def test_has_a_session_to_replay(self):
        self.assertGreaterEqual(len(list(session_steps())), 8)

    def test_each_line_typed_prints_what_is_shown(self):
        for line, shown in session_steps():
            with self.subTest(line=line):
                got = run("os/run", "--command", line)
                self.assertRegex(got.stdout, re.compile(r"\A" + pattern_of(shown) + r"\Z"), got.stderr)

    def test_an_output_that_differs_is_seen(self):
        self.assertNotRegex("4\n", re.compile(r"\A" + pattern_of("3\n") + r"\Z"))

    def test_configure_finds_all_that_it_asks_for(self):
        with tempfile.TemporaryDirectory() as directory:  # where it writes leaves this build alone
            shutil.copy(os.path.join(ROOT, "configure"), directory)
            got = run(os.path.join(directory, "configure"))
            self.assertEqual(got.returncode, 0, got.stdout + got.stderr)
            self.assertTrue(os.path.exists(os.path.join(directory, "build/config.ninja")))

    def test_every_target_it_names_is_there(self):
        targets = set(re.findall(r"`?ninja ([a-z-]+)`?", readme()))
        self.assertIn("run", targets)
        known = run("ninja", "-t", "targets", "all").stdout
        for target in targets:
            self.assertRegex(known, rf"(?m)^{target}: ")

    def test_the_pictures_are_there(self):
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme()):
            self.assertTrue(os.path.exists(os.path.join(ROOT, picture)), picture)


if __name__ == "__main__":
    unittest.main()
