"""GDB's helpers: the same script over the kernel's own debugger, over QEMU's, and on a dump, since they read memory alone."""
import os
import re
import subprocess
import tempfile
import time
import unittest

from gdb_line import SECONDS
from machine import PROMPT, ROOT, Machine, Settings

SCRIPT = """
parley processes
parley threads
parley objects messages
parley object 1
parley waits
parley why deadlock
parley trace 20
parley messages deadlock
parley events sh
parley limits sh
parley numbers sh
parley areas sh
parley cpus
parley locks
parley bt sh
parley bt deadlock
parley symbols sh
parley memory sh $process("sh")->image_base 16
parley memory sh 0x10 16
print *$process("sh")
print $process("sh")->threads.lh_first->wait
print *$object($process("sh")->object.id)
print ((struct thread *)$process("sh")->threads.lh_first)->object
parley waiters 1
parley nonsense
parley why nobody
parley bt 1
parley messages
"""
CPUS = 2
RULE = "parley break-ipc message size >= 1\n"
EXPECTED = (r"(?m)^ +1 +0 +0 +1 +\d+ init$", r"(?m)^ +\d+ +\d+ +\d+ waiting +sh +waits for data in a pipe, object \d+$",
            r"(?m)^ +\d+ messages +\d+ +2 +1 +1 deadlock$", r"(?m)^sh\[\d+\] waits for data in a pipe \(pipe \d+ \"pipe\"\); it could "
            r"be ended by serial-console\[\d+\]$",
            r"(?m)^ +0 us before the last, CPU \d: .*\[\d+\] \w+ \w+",
            r"(?m)^  id sender    size reply to  told$", r"(?m)^memory pages +\d+ of no limit", r"(?m)^ +1 pipe +object \d+ rights 0x",
            r"(?m)^0x\w+ 0x\w+ r-x \w+ ", r"(?m)^CPU 0: \S+, \d+ switches, 0 locks held$",
            r"(?s)thread \d+ of sh\[\d+\]: waiting, waits for data in a pipe.*call_pipe_read.*--- system call pipe_read of the "
            r"program ---.*main \(",
            r"(?s)thread \d+ of deadlock\[\d+\]: waiting, waits for a message.*main \(",
            r"(?m)^sh\[\d+\] lies at 0x\w+000$", r"(?m)^0x\w+000: 7f 45 4c 46 .* \.ELF", r"0x0+10: not in memory",
            r"= process \d+ \"sh\", 1 threads = \{object = object \d+ process \"sh\", ", r"= wait for data in a pipe, object \d+",
            r"= object \d+ thread \"sh\", \d+ references", r"there is no process nobody", r"object 1 is no thread",
            r"usage: parley messages PID\|NAME")
CIRCLE = re.compile(r"^deadlock: (deadlock\[\d+\]) waits for (deadlock\[\d+\]) waits for \1: none of them can go on$", re.M)

# What does not change while two processes and the shell wait: who waits, and the functions of the stacks.
STILL = re.compile(r"^(?:((?:deadlock|sh)\[\d+\] waits.*|deadlock:.*|thread \d+ of.*)|(?:#\d+ +)?(?:0x\w+ in )?(\w+|--- .* ---)(?: \(|$).*)$", re.M)


class Session:
    """A machine in a deadlock, with both debuggers' lines, and GDB on it."""

    def __init__(self, kind):
        self.kind, self.directory = kind, tempfile.TemporaryDirectory(prefix="parley-helpers-")
        self.machine = Machine(Settings(kind=kind, cpus=CPUS, memory=64, append="console=serial trace=on", gdb=self.path("kernel"),
                                        qemu_gdb=self.path("qemu")))
        self.machine.expect(PROMPT, SECONDS)
        self.machine.write("deadlock &\r")
        self.machine.expect(rb"wait for each other", SECONDS)
        self.settle()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.quit()
        self.directory.cleanup()

    def settle(self):
        """Until the two wait: they said so before they did."""
        self.machine.write("until waits | grep Cycle; do :; done\r")
        self.machine.expect(rb"Cycle 1", SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        while self.machine.monitor("info registers -a").count("HLT=1") < CPUS:
            time.sleep(0.1)  # every thread waits where every CPU does

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def gdb(self, where, script, more=()):
        with open(self.path("script"), "w", encoding="utf-8") as file:
            file.write("\n".join(f"python\ntry: gdb.execute({line!r})\nexcept gdb.error as error: print(error)\nend"
                                 for line in script.strip().splitlines()))
        result = subprocess.run(["gdb", "-nx", "-q", "-batch", "-ex", "set width 0", "-ex", f"set sysroot build/{self.kind}/symbols",
                                 "-ex", "source debug/gdb/parley.py", "-ex", f"parley {where}", *more, "-x", self.path("script"),
                                 f"build/{self.kind}/parley.elf"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=2 * SECONDS, check=False, text=True, errors="replace")
        return result.stdout


class Helpers(unittest.TestCase):
    def check(self, said):
        for pattern in EXPECTED:
            self.assertRegex(said, pattern)
        self.assertNotIn("Python Exception", said)
        self.assertNotIn("Traceback", said)
        self.assertEqual(len(CIRCLE.findall(said)), 2, said)  # of `waits`, and of `why`
        return [wait or function for wait, function in STILL.findall(said[said.index("id parent user"):])]

    def test_say_the_same_over_the_kernels_debugger_over_qemus_and_on_a_dump(self):
        with Session("debug") as session:
            session.machine.dump(session.path("dump"))
            first = self.check(session.gdb("open " + session.path("dump"), SCRIPT + RULE))
            self.assertGreater(len(first), 20, first)
            for where, end in (("qemu", RULE), ("kernel", RULE + "monitor delete ipc\n")):
                said = session.gdb("connect " + session.path(where), SCRIPT + end + "detach")
                self.assertEqual(self.check(said), first, where)
                self.assertEqual("only the kernel's own debugger stops at communication" in said, where == "qemu", said)
            session.machine.write("echo still \"4\"2\r")
            session.machine.expect(rb"still 42", SECONDS)

    def test_know_the_release_kind_and_do_not_take_it_for_the_other(self):
        with Session("release") as session:
            session.machine.dump(session.path("dump"))
            self.check(session.gdb("open " + session.path("dump"), SCRIPT))
            session.kind = "debug"
            said = session.gdb("open " + session.path("dump"), "parley waits\nparley processes")
            self.assertEqual(said.count("the kernel in memory is another build than"), 2, said)
            self.assertNotIn("serial-console", said)


class Names(unittest.TestCase):
    """What is typed wrong, which needs no machine."""

    def said(self, line):
        result = subprocess.run(["gdb", "-nx", "-q", "-batch", "-ex", "set width 0", "-ex", "source debug/gdb/parley.py", "-ex", line],
                                cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False, text=True)
        return result.stdout + result.stderr

    def test_that_are_none_are_answered_with_near_ones_or_all(self):
        self.assertIn("there is no command parley waitesr; there are: waiters, waits (help parley)", self.said("parley waitesr 1"))
        self.assertRegex(self.said("parley nonsense"), r"no command parley nonsense; there are: areas, .*, messages, .*, why \(help")
        self.assertIn("parley bt -- parley bt THREAD|NAME", self.said("parley"))

    def test_of_commands_without_arguments_lead_to_those_with_some(self):
        self.assertIn("parley threads takes no arguments; these do: parley bt THREAD|NAME, parley waiters ID\n", self.said("parley thread 3"))
        self.assertRegex(self.said("parley process sh"), r"parley processes takes no arguments; these do: .*parley areas PID\|NAME, ")
        self.assertRegex(self.said("parley messages"), r"(?m)usage: parley messages PID\|NAME$")
        self.assertRegex(self.said("parley messages a b"), r"(?m)usage: parley messages PID\|NAME$")


if __name__ == "__main__":
    unittest.main()
