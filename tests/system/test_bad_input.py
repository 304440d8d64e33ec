"""What bad input gets of each tool: a message that names the program and the thing, and a status that is not 0."""
import os
import subprocess
import unittest

from machine import ROOT

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_input.sh")


class BadInput(unittest.TestCase):
    def test_each_tool_names_itself_and_the_thing(self):
        with open(SCRIPT, encoding="utf-8") as file:
            script = file.read()
        run = subprocess.run(["os/run", "--headless", "--memory", "64", "--timeout", "240", "--command", script], cwd=ROOT,
                             capture_output=True, text=True, errors="replace", timeout=280, check=False)
        lines = run.stdout.splitlines()
        self.assertEqual(lines[-1:], ["end"], run.stdout[-2000:] + run.stderr[-2000:])
        self.assertGreater(len(lines), 400)
        for line in lines[:-1]:
            with self.subTest(line=line):
                self.assertTrue(line.startswith("ok "))


if __name__ == "__main__":
    unittest.main()
