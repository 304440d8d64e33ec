"""The file service ends in the midst of its work, again and again: every completed write is found, and what was open stays open.

RESTARTS, from the environment, says how often it is ended while files are written: 20 times where nothing is said, 200 by hand.
Time inside is that of the instruction counter: a host that is busy changes nothing.
"""
import os
import re
import unittest

import one_line
from machine import PROMPT, Machine, Settings

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files.sh")
RESTARTS = int(os.environ.get("RESTARTS", "20"))
SECONDS = 250
TRANSLATIONS_MAX = 160000


class Files(unittest.TestCase):
    def test_a_thousand_files_and_what_is_open_outlive_the_service(self):
        with open(SCRIPT, encoding="utf-8") as file:
            script = f"KILLS={RESTARTS}\n{file.read()}"
        run = one_line.run(script, "--icount", "--cpus", "1", seconds=SECONDS, text=True)
        lines = run.stdout.splitlines()
        self.assertEqual(lines[1:-1], ["ok 1000 checksums are right", "ok after the last end too", "1 2 3 4 5 6 7 8",
                                      "1 2 3-4 5 6-7 8", "ok a copy is right", "ok clients that have ended are let go", "0"], run.stderr)
        first, last = (int(line.split()[3]) for line in (lines[0], lines[-1]))
        self.assertGreaterEqual(last - first, RESTARTS + 7, "each time it was another life")

    def test_programs_that_ran_often_are_let_go_without_a_standstill(self):
        """QEMU's time for a store to a frame of code grows with what it has translated of it: os/run bounds that."""
        with Machine(Settings(cpus=1, append="console=serial")) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("i=0; while [ $i -lt 400 ]; do ls /tmp > /tmp/x; sed p /tmp/x > /dev/null; i=$((i + 1)); done; echo al''l run\r")
            machine.expect(rb"^all run\r$", SECONDS)
            translated = int(re.search(r"TB count +(\d+)", machine.monitor("info jit")).group(1))
            self.assertLess(translated, TRANSLATIONS_MAX)
            machine.write("restart files; ls /etc/startup\r")
            machine.expect(rb"^/etc/startup\r$", SECONDS)

    def test_programs_start_while_the_service_is_ended(self):
        script = ("i=0; while [ $i -lt 40 ]; do cat /etc/startup | wc -l; i=$((i + 1)); done > /tmp/counts && > /tmp/over & "
                  "until test -e /tmp/over; do restart -n 1 files; sleep 0.01; done > /tmp/restarts; wait; "
                  "sort -u /tmp/counts | wc -l; wc -l < /tmp/counts; wc -l < /tmp/restarts")
        run = one_line.run(script, seconds=SECONDS, text=True)
        self.assertEqual((run.returncode, run.stdout.splitlines()[:2]), (0, ["1", "40"]), run.stderr)
        self.assertGreaterEqual(int(run.stdout.splitlines()[2]), RESTARTS)

    def test_a_large_file_is_read_by_page_while_the_service_is_ended(self):
        script = ("seq 1 400000 > /tmp/big; i=0; while [ $i -lt 40 ]; do cksum /tmp/big; i=$((i + 1)); done > /tmp/sums & "
                  f"restart -n {RESTARTS} files; wait; sort -u /tmp/sums; wc -l < /tmp/sums")
        run = one_line.run(script, seconds=SECONDS, text=True)
        wanted = ["2852415605 2688895 /tmp/big", "40"]
        self.assertEqual((run.returncode, run.stdout.splitlines()[1:]), (0, wanted), run.stderr)


if __name__ == "__main__":
    unittest.main()
