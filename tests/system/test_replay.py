"""A run that was recorded is done again, and debugged backwards over QEMU's own stub."""
import re
import subprocess
import tempfile
import unittest

from gdb_line import SECONDS
from machine import ROOT

CIRCLE = r"(?m)^deadlock: (deadlock\[\d+\]) waits for (deadlock\[\d+\]) waits for \1: none of them can go on$"
SWITCHES = "processors[0].switches"
BACKWARDS = ("parley waits", "break call_message_send", "reverse-continue", "bt", "print $instruction = $pc", "print $receiver = process",
             "reverse-continue", "print process != $receiver", "delete", "print $before = $pc", "reverse-stepi", "print $pc != $before",
             "stepi", "print $pc == $before", f"print $switches = {SWITCHES}", f"parley last-write {SWITCHES}",
             f"print {SWITCHES} == $switches - 1", "print $write = $pc", "stepi", f"print {SWITCHES} == $switches",
             f"parley last-write {SWITCHES}", "print $pc == $write", "stepi", "stepi", f"parley last-write {SWITCHES}",
             "print $pc == $write", "stepi", "reverse-next", "parley processes")


class Replay(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parley-replay-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def replay(self, *words, commands=()):
        flags = ["--", "-batch", *[flag for command in commands for flag in ("-ex", command)]] if commands else []
        result = subprocess.run(["os/replay", "--directory", self.directory, *words, *flags], cwd=ROOT, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * SECONDS, check=False, text=True,
                                errors="replace")
        return result.stdout, result.returncode

    def test_goes_back_to_who_wrote_and_who_called(self):
        said, status = self.replay("--record", "--console", "deadlock &", "--until", "wait for each other")
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"\d+ instructions")
        first, _ = self.replay("--again", commands=BACKWARDS)
        self.assertRegex(first, CIRCLE)
        self.assertEqual(first.count("Breakpoint 1, call_message_send (process="), 2, first)
        self.assertRegex(first, r"(?s)#0 +call_message_send .*--- system call message_send of the program ---.*main \(")
        truths = re.findall(r"(?m)^\$\d+ = ([01])$", first)
        self.assertEqual(truths, ["1"] * 7, first)
        found = re.findall(r"processors\[0\]\.switches: (\d+) before, (\d+) after this instruction", first)
        self.assertEqual([int(after) - int(before) for before, after in found], [1, 1, 1], first)
        self.assertEqual(len(set(found)), 1, first)  # asked one and two instructions behind the write, too
        self.assertNotIn("Python Exception", first)
        again, _ = self.replay("--again", commands=BACKWARDS)
        self.assertEqual(again, first)  # a recording is always the same run

    def test_says_that_nothing_was_recorded(self):
        said, status = self.replay("--again")
        self.assertEqual(status, 1)
        self.assertIn("nothing was recorded there", said)


if __name__ == "__main__":
    unittest.main()
