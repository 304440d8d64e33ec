"""What the table of command lines wants is what bash and GNU's tools print, here and now (tests/guest/test_tools.c)."""
import os
import subprocess
import sys
import unittest

from machine import ROOT


class Table(unittest.TestCase):
    def test_the_answers_are_those_of_this_machine(self):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "tests/guest/make_tools_table.py"), "--check"],
                              capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_there_are_at_least_300_lines(self):
        with open(os.path.join(ROOT, "tests/guest/tools.table"), encoding="utf-8") as file:
            self.assertGreaterEqual(sum(line.startswith("$ ") for line in file), 300)


if __name__ == "__main__":
    unittest.main()
