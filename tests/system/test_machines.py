"""Parley on machines of many kinds: processors, memory sizes, no display."""
import unittest

import one_line
from machine import PROMPT, Machine, Settings

SECONDS = 90


def run(*flags, line="echo here"):
    return one_line.run(line, *flags, seconds=SECONDS, text=True)


class Machines(unittest.TestCase):
    def works(self, *flags):
        result = run(*flags, line="seq 1 1000 | sort -r | tail -1")
        self.assertEqual((result.stdout, result.returncode), ("1\n", 0), result.stderr[-2000:])

    def banner(self, **settings):
        """The kernel's first words on memory and CPUs, as two numbers."""
        with Machine(Settings(**settings)) as machine:
            found = machine.expect(rb"Parley: (\d+) MiB of memory, (\d+) CPU", SECONDS)
            machine.expect(PROMPT, SECONDS)
            return int(found[1]), int(found[2])

    def test_with_1_to_8_cpus(self):
        for cpus in (1, 2, 3, 4, 8):
            with self.subTest(cpus=cpus):
                self.assertEqual(self.banner(cpus=cpus)[1], cpus)
                self.works("--cpus", str(cpus))

    def test_more_cpus_than_it_can_use_are_left_alone(self):
        self.assertEqual(self.banner(cpus=12)[1], 8)

    def test_a_cpu_that_comes_after_it_was_given_up_is_left_alone(self):
        settings = Settings(kind="debug", cpus=4, append="console=serial mistake=impatience")
        with Machine(settings) as machine:
            machine.expect(rb"CPU 1 does not start; going on with 1", SECONDS)
            machine.expect(PROMPT, SECONDS)
            machine.write("sleep 1; echo still he''re\r")
            machine.expect(rb"still here", SECONDS)

    def test_with_32_mib_to_16_gib_of_memory(self):
        for memory in (32, 64, 1024, 4096, 16384):
            with self.subTest(memory=memory):
                found = self.banner(memory=memory)[0]
                self.assertTrue(memory - max(8, memory // 16) <= found <= memory, found)
                self.works("--memory", str(memory))

    def test_without_a_graphics_adapter_the_serial_console_is_there(self):
        with Machine(Settings(more="-vga none")) as machine:
            machine.expect(PROMPT, SECONDS)

    def test_on_an_older_processor(self):
        self.works("--qemu", "-cpu qemu64")
