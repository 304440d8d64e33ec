"""The file service ends in the midst of its work, again and again: every completed write is found, and what was open stays open.

RESTARTS, from the environment, says how often it is ended while files are written: 20 times where nothing is said, 200 by hand.
Time inside is that of the instruction counter: a host that is busy changes nothing.
"""
import os
import subprocess
import unittest

from machine import ROOT

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files.sh")
RESTARTS = int(os.environ.get("RESTARTS", "20"))
SECONDS = 250


class Files(unittest.TestCase):
    def test_a_thousand_files_and_what_is_open_outlive_the_service(self):
        with open(SCRIPT, encoding="utf-8") as file:
            script = f"KILLS={RESTARTS}\n{file.read()}"
        run = subprocess.run(["os/run", "--headless", "--icount", "--cpus", "1", "--timeout", str(SECONDS), "--command", script],
                             cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
        lines = run.stdout.splitlines()
        self.assertEqual(lines[1:-1], ["ok 1000 checksums are right", "ok after the last end too", "1 2 3 4 5 6 7 8",
                                      "1 2 3-4 5 6-7 8", "ok a copy is right", "ok clients that have ended are let go", "0"], run.stderr)
        first, last = (int(line.split()[3]) for line in (lines[0], lines[-1]))
        self.assertGreaterEqual(last - first, RESTARTS + 7, "each time it was another life")


if __name__ == "__main__":
    unittest.main()
