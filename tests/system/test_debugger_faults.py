"""The kernel's debugger and programs that fault; and what GDB reads of the system in documents."""
import re
import unittest

from gdb_line import SECONDS
from machine import PROMPT
from test_debugger import Guest
from test_debugger_threads import choose

AT_WRITE = ("python gdb.execute('tbreak *%d' % int(gdb.parse_and_eval('(long)&write')), False, True)", "continue")
FALL = ("set $there = $rip", "set $rip = 0")
WHERE = ("python print('stands in', gdb.selected_thread().details.split(':')[0], 'at', int(gdb.parse_and_eval('(long)$rip')), "
         "'meant', int(gdb.parse_and_eval('(long)$there')))")


class Faults(unittest.TestCase):
    def guest(self, kind, cpus):
        return Guest(kind, cpus, "yes >/dev/null & fg")

    def test_a_program_stops_where_it_would_be_ended_and_may_be_mended(self):
        """`signal 0` keeps the fault from it, and detaching gives it what it had coming."""
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus), self.guest(kind, cpus) as guest:
                said = guest.gdb("monitor faults on", choose("yes"), *AT_WRITE, *FALL, "continue", WHERE, "set $rip = $there",
                                 AT_WRITE[0], "signal 0", WHERE, *FALL, "continue", "detach", timeout=2 * SECONDS)
                self.assertEqual(len(re.findall("received signal SIGSEGV", said)), 2, said)
                first, second = re.findall(r"stands in yes at (\d+) meant (\d+)", said)
                self.assertEqual(first[0], "0", said)
                self.assertEqual(second[0], second[1], said)
                guest.machine.expect(PROMPT, SECONDS)
                guest.answers()

    def test_a_fault_is_told_only_where_that_is_asked_for(self):
        with self.guest("debug", 2) as guest:
            said = guest.gdb("monitor faults on", choose("yes"), *AT_WRITE, "handle SIGSEGV nostop noprint pass", *FALL,
                             "tbreak process_fault", "continue", "bt 1", "detach")
            self.assertNotIn("received signal", said)
            self.assertRegex(said, r"#0  process_fault \(")
            guest.machine.expect(PROMPT, SECONDS)
            guest.answers()

    def test_a_step_that_faults_is_answered(self):
        with self.guest("release", 2) as guest:
            said = guest.gdb(choose("yes"), *AT_WRITE, *FALL, "stepi", WHERE, "set $rip = $there",
                             "queue-signal 0", "stepi", "detach")
            self.assertEqual(said.count("received signal SIGSEGV"), 1, said)
            self.assertIn("stands in yes at 0", said)
            guest.answers()


class Documents(unittest.TestCase):
    TABLES = ("processes", "threads", "objects", "events", "messages", "pipes", "memory", "interfaces", "links", "ports",
              "interrupts", "waits", "limits")

    def test_tables_of_all_there_is(self):
        for kind in ("debug", "release"):
            with self.subTest(kind=kind), Guest(kind, 2, "sleep 1000") as guest:
                guest.machine.expect(rb"sleep 1000", SECONDS)
                said = guest.gdb("info os", *(part for table in self.TABLES for part in (f"echo === {table}\\n", f"info os {table}")),
                                 "info mem", "find /b call_clock_read, +16, 0x55", "compare-sections .rodata", "detach")
                tables = dict(re.findall(r"=== (\w+)\n(.*?)(?====|Using memory|Using user-defined)", said, re.DOTALL))
                self.assertEqual(set(tables), set(self.TABLES), said)
                for pattern, table in (("init", "processes"), ("init", "threads"), ("sleep", "limits"), ("files", "messages"),
                                       (r"for (a|an|data) ", "waits"), ("line: 4", "interrupts"), ("init", "objects")):
                    self.assertRegex(tables[table], pattern, table)
                self.assertNotIn("not well-formed", said)
                self.assertRegex(said, r"0x0+ 0x0+800000000000 rw")
                self.assertRegex(said, r"Section \.rodata, range .*: matched")
                guest.answers()


if __name__ == "__main__":
    unittest.main()
