"""The kernel's own mistakes: each protection of the processor's stops the one that it is there for.

The debug kernel makes the mistake that its command line names (kernel/arch/x86_64/mistake.c), and panics over it.
"""
import unittest

import one_line
from machine import PROMPT, Machine, Settings

SECONDS = 30
FETCHED, READ, WRITTEN = "0x11", "0x1", "0x3"  # of a page that is there, by the page fault's error code


def settings(mistake, **more):
    return Settings(kind="debug", append=f"console=serial mistake={mistake}", **more)


class Protections(unittest.TestCase):
    def panics(self, mistake, words, **more):
        with Machine(settings(mistake, **more)) as machine:
            machine.expect(rb"kernel panic on CPU \d: " + words.encode(), SECONDS)
            machine.expect(rb"the machine is stopped", SECONDS)

    def faults(self, mistake, error):
        self.panics(mistake, rf"page fault in the kernel at \S+, address \S+, error {error}\r")

    def test_text_and_constants_are_read_only(self):
        for mistake in ("write-text", "write-constant"):
            with self.subTest(mistake=mistake):
                self.faults(mistake, WRITTEN)

    def test_the_alias_of_text_and_constants_is_read_only(self):
        for mistake in ("write-text-by-alias", "write-constant-by-alias"):
            with self.subTest(mistake=mistake):
                self.faults(mistake, WRITTEN)

    def test_data_stacks_and_the_alias_are_not_executable(self):
        for mistake in ("execute-data", "execute-stack", "execute-alias"):
            with self.subTest(mistake=mistake):
                self.faults(mistake, FETCHED)

    def test_a_programs_pages_are_not_executed_by_the_kernel(self):
        self.faults("execute-program", FETCHED)

    def test_a_programs_pages_are_not_touched_outside_of_the_copy_routines(self):
        self.faults("read-program", READ)
        self.faults("write-program", WRITTEN)

    def test_what_is_no_address_stops_the_kernel(self):
        self.faults("read-nothing", "(0|0x0)")
        self.panics("read-non-canonical", "general protection fault in the kernel")

    def test_a_stack_that_overflows_meets_its_guard_page(self):
        self.panics("overflow-stack", "kernel stack overflow in the kernel")

    def test_a_canary_that_is_overwritten_is_noticed(self):
        self.panics("overwrite-canary", "the stack canary was overwritten")

    def test_the_walk_of_the_page_tables_finds_each_kind_of_unsound_page(self):
        with Machine(settings("fill-tables-unsoundly")) as machine:
            for what, answer in (("a writable page", "yes"), ("a page writable and executable", "no"),
                                 ("text writable by its alias", "no"), ("an executable alias", "no"),
                                 ("all put right", "yes")):
                machine.expect(rf"page tables with {what} are sound: {answer}\r", SECONDS)

    def test_a_debug_kernel_walks_a_programs_live_page_tables_when_asked(self):
        result = one_line.run("test-protection page_tables", "--tests", "--debug", seconds=SECONDS, text=True)
        self.assertIn("# the page tables were walked", result.stdout)
        self.assertEqual(result.returncode, 0)

    def canary(self):
        with Machine(settings("show-canary")) as machine:
            found = machine.expect(rb"the stack canary is ([0-9a-f]{16})\r", SECONDS)[1]
            machine.expect(PROMPT, SECONDS)
            return found

    def test_the_canary_is_drawn_at_each_boot(self):
        first, second = self.canary(), self.canary()
        self.assertNotEqual(first, second)
        for drawn in (first, second):
            self.assertNotEqual(drawn, b"0" * 16)
            self.assertTrue(drawn.endswith(b"00"), "a string function stops at it")

    def test_the_tests_can_fail_a_processor_without_smep_and_smap_stops_nothing(self):
        for mistake in ("execute-program", "read-program"):
            with self.subTest(mistake=mistake), Machine(settings(mistake, more="-cpu max,-smep,-smap")) as machine:
                machine.expect(rf"mistake={mistake}: nothing stopped it\r", SECONDS)

    def test_a_release_kernel_makes_no_mistake(self):
        with Machine(Settings(append="console=serial mistake=write-text")) as machine:
            machine.expect(PROMPT, SECONDS)
            self.assertNotIn(b"nothing stopped it", machine.console)
