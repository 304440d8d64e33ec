"""The file system is full: tools name themselves and the file, lose nothing that was there, and rm gives the room back."""
import os
import subprocess
import unittest

from machine import ROOT

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "full_disk.sh")


class FullDisk(unittest.TestCase):
    def test_what_does_not_fit_is_told_and_costs_nothing(self):
        with open(SCRIPT, encoding="utf-8") as file:
            script = file.read()
        run = subprocess.run(["os/run", "--headless", "--memory", "64", "--timeout", "240", "--command", script], cwd=ROOT,
                             capture_output=True, text=True, errors="replace", timeout=280, check=False)
        lines = run.stdout.splitlines()
        self.assertEqual(lines[-1:], ["end"], run.stdout[-2000:] + run.stderr[-2000:])
        self.assertEqual(len(lines), script.count("\nfull '") + script.count("\nholds '") + 2)
        for line in lines[:-1]:
            with self.subTest(line=line):
                self.assertTrue(line.startswith("ok "))


if __name__ == "__main__":
    unittest.main()
