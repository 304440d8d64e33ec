"""os/run: what it prints and with which status it ends."""
import os
import shutil
import subprocess
import tempfile
import unittest

import one_line
from machine import PROMPT, ROOT, Machine, Settings

SECONDS = 60


class Status(unittest.TestCase):
    def expect(self, result, status, output=b"", errors=b""):
        self.assertEqual((result.returncode, result.stdout, result.stderr), (status, output, errors))

    def test_is_the_lines_own(self):
        self.expect(one_line.run("exit 0"), 0)
        self.expect(one_line.run("exit 7"), 7)
        self.expect(one_line.run("false"), 1)
        self.expect(one_line.run("true && false || exit 255"), 255)

    def test_output_and_errors_stay_apart_and_exact(self):
        self.expect(one_line.run("echo -n one; echo two >&2"), 0, b"one", b"two\n")

    def test_is_the_same_in_both_kinds_and_under_the_instruction_counter(self):
        for flags in (["--debug"], ["--release"], ["--icount"], ["--debug", "--icount", "--cpus", "1"], ["--cpus", "8"]):
            with self.subTest(flags=flags):
                self.expect(one_line.run("seq 3 | tail -1; exit 3", *flags), 3, b"3\n")

    def test_a_missing_program_is_127(self):
        result = one_line.run("no-such-program")
        self.assertEqual(result.returncode, 127)
        self.assertIn(b"no-such-program", result.stderr)

    def test_is_124_when_the_line_does_not_end(self):
        result = one_line.run("echo started; sleep 1000", seconds=8)
        self.assertEqual((result.returncode, result.stdout), (124, b"started\n"))
        self.assertIn(b"had not ended", result.stderr)

    def test_is_125_with_the_consoles_text_when_the_guest_never_comes_up(self):
        result = one_line.run("true", "--qemu", "-kernel build/programs/bin/true", seconds=8)
        self.assertEqual(result.returncode, 125)
        self.assertNotEqual(result.stderr, b"")


class Refused(unittest.TestCase):
    def test_an_image_with_what_only_a_command_line_gives(self):
        for medium in ("--iso", "--usb", "--disk"):
            for flags in (("--append", "x"), ("--gdbserver", "/nonexistent/socket")):
                with self.subTest(medium=medium, flags=flags):
                    result = one_line.run("true", medium, *flags)
                    self.assertEqual((result.returncode, result.stdout), (2, b""))
                    self.assertIn(b"own command lines: not with --append, --gdbserver, --tests, --debug\n", result.stderr)


class NotBuilt(unittest.TestCase):
    """A clone in which nothing was built yet: each way to start says what to do."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        shutil.copytree(os.path.join(ROOT, "os"), os.path.join(self.root, "os"))

    def says(self, *command):
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=SECONDS, check=False)
        self.assertNotIn(result.returncode, (0, None))
        return result.stderr

    def test_is_told_with_what_builds_it(self):
        kernel = "has not been built: `ninja` makes it after `./configure`"
        self.assertIn("build/release/parley.elf32 " + kernel, self.says("os/run", "--headless"))
        self.assertIn("build/debug/parley.elf32 " + kernel, self.says("os/run", "--debug", "--command", "true"))
        self.assertIn("parley.elf32 " + kernel, self.says("os/gdb"))
        self.assertIn("parley.elf32 " + kernel, self.says("os/replay"))

    def test_an_image_has_its_own_target(self):
        os.makedirs(os.path.join(self.root, "build"))
        open(os.path.join(self.root, "build/config.ninja"), "w", encoding="utf-8").close()
        self.assertIn("build/parley.iso has not been built: `ninja iso` makes it\n", self.says("os/run", "--iso", "--headless"))


class Programs(unittest.TestCase):
    def place_of_fault(self, words):
        """Where a program's first function lay, by the address of its fault."""
        with Machine(Settings(cpus=1, tests=True, append="console=serial " + words)) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("test-protection --role attempts 0\r")
            return machine.expect(rb"page fault at (0x[0-9a-f]+),", SECONDS).group(1)

    def test_lie_by_chance_but_with_layout_repeat(self):
        self.assertNotEqual(self.place_of_fault(""), self.place_of_fault(""))
        self.assertEqual(self.place_of_fault("layout=repeat"), self.place_of_fault("layout=repeat one=more"))

    def test_a_fault_is_told_with_registers_and_a_backtrace_of_names(self):
        with Machine(Settings(tests=True, append="console=serial")) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("test-protection --role attempts 0\r")
            machine.expect(rb"test-protection\[\d+\]: page fault at 0x[0-9a-f]+, address 0x[0-9a-f]+", SECONDS)
            machine.expect(rb"  rax +[0-9a-f]{16}  rbx", SECONDS)
            machine.expect(rb"#0  write_text\+0x", SECONDS)
            machine.expect(rb"#1  role_attempts\+0x", SECONDS)
            machine.expect(rb"sh: test-protection: ", SECONDS)
            machine.expect(PROMPT, SECONDS)

    def test_an_output_of_a_million_bytes_arrives_whole(self):
        result = one_line.run("seq 1 150000")
        self.assertEqual(result.stdout.split(), [str(number).encode() for number in range(1, 150001)])


class Screenshot(unittest.TestCase):
    def test_is_a_picture_of_the_prompt(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "screen.png")
            subprocess.run(["os/run", "--headless", "--screenshot", path], cwd=ROOT, check=True, timeout=2 * SECONDS)
            with open(path, "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
