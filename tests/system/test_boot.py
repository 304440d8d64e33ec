"""Parley boots from every medium and from every entry of the menu, and ends when told to."""
import re
import unittest

from boot_menu import choose
from machine import PROMPT, Machine, Settings

SECONDS = 90


class Media(unittest.TestCase):
    def boots(self, medium):
        with Machine(Settings(medium=medium)) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("echo booted | wc -c\r")
            machine.expect(rb"^7\r$", SECONDS)

    def test_from_a_cd(self):
        self.boots("cd")

    def test_from_a_usb_stick(self):
        self.boots("usb")

    def test_from_a_disk(self):
        self.boots("disk")


class Menu(unittest.TestCase):
    def test_serial_only_starts_no_display(self):
        with Machine(Settings(medium="cd")) as machine:
            choose(machine, 1)
            machine.expect(PROMPT, SECONDS)
            before = len(machine.console)
            machine.write("ps\r")
            machine.expect(PROMPT, SECONDS)
            listed = bytes(machine.console[before:])
            self.assertIn(b"serial", listed)
            self.assertNotIn(b"display", listed)


class Ends(unittest.TestCase):
    def ends(self, line, medium):
        with Machine(Settings(medium=medium)) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write(line + "\r")
            self.assertTrue(machine.wait(SECONDS), line)

    def test_poweroff_and_reboot_work_after_grub(self):
        for line in ("poweroff", "reboot"):
            with self.subTest(line=line):
                self.ends(line, "cd")

    def test_a_reboot_starts_it_again(self):
        with Machine(Settings(more="-action reboot=reset")) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.write("reboot\r")
            machine.expect(rb"Parley: \d+ MiB", SECONDS)
            machine.expect(PROMPT, SECONDS)
            self.assertEqual(len(re.findall(rb"Parley: \d+ MiB", machine.console)), 2)
