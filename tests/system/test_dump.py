"""Dumps of the machine's memory: what GDB finds in one when the machine is gone."""
import os
import subprocess
import tempfile
import unittest

from gdb_line import SECONDS
from machine import PROMPT, ROOT, Machine, Settings

CIRCLE = r"(?m)^deadlock: (deadlock\[\d+\]) waits for (deadlock\[\d+\]) waits for \1: none of them can go on$"


def tool(*words):
    """What a tool of ours says, and its status."""
    result = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=2 * SECONDS, check=False, text=True, errors="replace")
    return result.stdout, result.returncode


class Dump(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parley-dump-")
        self.addCleanup(directory.cleanup)
        self.file, self.socket = (os.path.join(directory.name, name) for name in ("dump", "monitor"))

    def opened(self, *commands):
        flags = [flag for command in commands for flag in ("-ex", command)]
        return tool("os/dump", "--open", self.file, "--", "-batch", *flags)[0]

    def test_of_a_running_machine_holds_a_deadlock_that_is_found_afterwards(self):
        for kind in ("debug", "release"):
            with self.subTest(kind=kind):
                with Machine(Settings(kind=kind, memory=64, append="console=serial", monitor=self.socket)) as machine:
                    machine.expect(PROMPT, SECONDS)
                    machine.write("deadlock &\r")
                    machine.expect(rb"wait for each other", SECONDS)
                    machine.write("until waits | grep Cycle; do :; done\r")
                    machine.expect(rb"Cycle 1", SECONDS)
                    said, status = tool("os/dump", "--only", "--monitor", self.socket, self.file)
                    self.assertEqual(status, 0, said)
                    machine.write("echo still \"4\"2\r")
                    machine.expect(rb"still 42", SECONDS)
                said = self.opened("parley waits", "parley bt deadlock", "info threads")
                self.assertRegex(said, CIRCLE)
                self.assertRegex(said, r"(?s)--- system call message_wait of the program ---.*apps/deadlock/deadlock\.c.*main \(")

    def test_is_written_by_os_run_where_the_kernel_panics(self):
        said, status = tool("os/run", "--debug", "--command", "echo", "--append", "mistake=overflow-stack", "--memory", "64",
                            "--timeout", str(SECONDS), "--dump", self.file)
        self.assertEqual(status, 125, said)
        self.assertIn(f"its memory is in {self.file}", said)
        said = self.opened("thread apply all bt", "parley log")
        self.assertRegex(said, r"panic \(")
        self.assertIn("mistake=overflow-stack", said)

    def test_is_refused_where_there_is_no_machine_or_the_file_is_no_dump(self):
        said, status = tool("os/dump", "--only", "--monitor", self.socket, self.file)
        self.assertEqual((status, os.path.exists(self.file)), (1, False), said)
        self.assertIn("No such file or directory: start a machine by os/run", said)
        with open(self.file, "wb") as file:
            file.write(bytes(5000))
        said, status = tool("os/dump", "--open", self.file)
        self.assertEqual(status, 1)
        self.assertIn("is not a dump of the kernel in build/debug or build/release", said)


if __name__ == "__main__":
    unittest.main()
