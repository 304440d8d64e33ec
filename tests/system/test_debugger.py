"""The kernel's debugger: a real GDB in batch against the real stub, for what a person does with it."""
import os
import re
import subprocess
import tempfile
import unittest

from gdb_line import SECONDS, Line
from machine import PROMPT, ROOT, Machine, Settings

KINDS = [("debug", 1), ("debug", 4), ("release", 1), ("release", 4)]


class Guest:
    """A machine with the debugger's line, at its prompt, with a line typed there. What is to run when GDB comes is started with `& fg`."""

    def __init__(self, kind, cpus, line="", append="", tests=False):
        self.kind = kind
        self.directory = tempfile.TemporaryDirectory(prefix="parley-gdb-")
        self.socket = os.path.join(self.directory.name, "gdb")
        self.machine = Machine(Settings(kind=kind, cpus=cpus, gdb=self.socket, tests=tests,
                                        append="console=serial " + append))
        if "gdb=wait" not in append:
            self.machine.expect(PROMPT, SECONDS)
        if line:
            self.machine.write(line + "\r")
        if "&" in line:  # its programs are there
            self.machine.expect(rb"\[%d\] \d+\r?\n" % line.count("&"), SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.quit()
        self.directory.cleanup()

    def gdb(self, *commands, timeout=SECONDS):
        """What GDB says to the commands, each line of it."""
        flags = [flag for command in commands for flag in ("-ex", command)]
        result = subprocess.run(
            ["gdb", "-nx", "-q", "-batch", "-ex", "set width 0", "-ex", f"set sysroot build/{self.kind}/symbols",
             "-ex", "source debug/gdb/parley.py", "-ex", f"parley connect {self.socket}", *flags,
             f"build/{self.kind}/parley.elf"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
            check=False, text=True, errors="replace")
        return result.stdout

    def line(self):
        return Line(self.socket)

    def answers(self):
        """That the system goes on: its shell still does what it is told."""
        self.machine.write("\x03\recho still \"4\"2\r")
        self.machine.expect(rb"still 42", SECONDS)


class Session(unittest.TestCase):
    """What a person does first, in one session."""
    LIST = ("info threads", "parley processes", "monitor processes", "monitor nosuch")
    STOP = ("break switch_to", "continue", "continue", "stepi", "bt 2", "delete", "hbreak switch_to", "continue", "delete")
    BACKTRACE = ("python next(thread for inferior in gdb.inferiors() for thread in inferior.threads() "
                 "if (thread.details or '').startswith('sh:')).switch()", "bt")
    MEMORY = ("x/xg 0", "x/xg 0xffff900000000000", "compare-sections .rodata", "find /b call_clock_read, +16, 0x55",
              "print/x $cr3", "print $xmm0.uint128")

    @staticmethod
    def watch(cpus):
        """Of `yes`, wherever it runs: GDB leaves out what happens in another inferior than the expression's."""
        return ("tbreak call_pipe_write", "continue", *(f"watch processors[{cpu}].switches" for cpu in range(cpus)), "continue",
                "continue", "delete")

    def check(self, said):
        for pattern in (r"Thread 2000000000\.1 \(kernel: CPU 0", r"nosuch: there is no such command; `monitor help` lists them",
                        r"\(sh: waiting, last on CPU \d, waits for (an upcall|data in a pipe)",
                        r"(?m)^ +\d+ +\d+ +\d+ +\d+ +\d+ serial-console$", r"(?m)^ +1 +0 +0 +1 +\d+ +\d+ init$",
                        r"hit (Hardware assisted b|B)reakpoint 2", r"#\d+ .*wait_queue_sleep|#\d+ .*upcall_wait", r"#\d+ .* at (kernel|ipc)/calls/",
                        r"--- system call \w+ of the program ---",
                        r"#\d+ .*main \(.*apps/sh/main\.c", r"Section \.rodata, range .*: matched",
                        r"[1-9] patterns? found", r"= 0x[0-9a-f]+000\n"):
            self.assertRegex(said, pattern)
        self.assertEqual(len(re.findall(r"(?<!<error: )Cannot access memory", said)), 2, said)
        self.assertGreaterEqual(said.count("switch_to ("), 3, said)
        old = [int(value) for value in re.findall(r"Old value = (\d+)", said)]
        new = [int(value) for value in re.findall(r"New value = (\d+)", said)]
        self.assertGreaterEqual(len(old), 2, said)
        self.assertTrue(all(after > before for before, after in zip(old, new)), said)

    def test_of_everything_a_person_does_first(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "yes | cat >/dev/null & fg") as guest:
                self.check(guest.gdb(*self.LIST, *self.STOP, *self.watch(cpus), *self.BACKTRACE,
                                     *self.MEMORY, "detach"))
                guest.answers()


class Programs(unittest.TestCase):
    def test_a_breakpoint_holds_in_the_process_it_was_set_for_alone(self):
        with Guest("debug", 4, "yes one >/dev/null & yes two >/dev/null &") as guest:
            chosen = ("python threads = [thread for inferior in gdb.inferiors() for thread in inferior.threads() "
                      "if (thread.details or '').startswith('yes:')]; threads[0].switch(); "
                      "print('chosen', threads[0].ptid[0], 'other', threads[1].ptid[0])")
            stop = "python print('stopped in', gdb.selected_inferior().pid)"
            place = "python gdb.execute('tbreak *%d' % int(gdb.parse_and_eval('(long)&write')), False, True)"
            said = guest.gdb(chosen, place, "continue", stop, chosen, place, "continue", stop, "bt 3", "detach")
            found = re.search(r"chosen (\d+) other (\d+)", said)
            self.assertEqual(re.findall(r"stopped in (\d+)", said), [found[1]] * 2, said)

    def test_a_service_has_its_programs_symbols_whatever_it_is_called(self):
        with Guest("release", 1) as guest:
            said = guest.gdb("python next(thread for inferior in gdb.inferiors() for thread in inferior.threads() "
                             "if (thread.details or '').startswith('serial-console:')).switch()", "bt", "info sharedlibrary", "detach")
            self.assertRegex(said, r"(?s)#\d+ [^\n]* main \(.*Yes +[^\n]*/bin/console\n")
            self.assertNotIn("Could not load shared library symbols", said)

    def test_a_deadlock_is_explained(self):
        with Guest("debug", 2, "deadlock &") as guest:
            while "deadlock: " not in guest.gdb("monitor waits", "detach"):
                pass
            said = guest.gdb("monitor waits", "parley waits", "info threads", "detach")
            self.assertRegex(said, r"deadlock: deadlock\[\d+\] waits for deadlock\[\d+\]", said)


class Chosen(unittest.TestCase):
    """Another process than the one in which GDB found the machine."""
    LOOK = ("print processors[0].switches",)

    @staticmethod
    def choose(name):
        return Session.BACKTRACE[0].replace("startswith('sh:')", f"startswith('{name}:')")

    def check(self, kind, cpus, *commands):
        with Guest(kind, cpus, "yes | cat >/dev/null & fg") as guest:
            said = guest.gdb(*commands, "detach")
            guest.answers()
            return said

    def test_a_stop_is_told_wherever_it_is(self):
        for kind, cpus in KINDS:
            for name in ("sh", "kernel", "yes"):
                with self.subTest(kind=kind, cpus=cpus, name=name):
                    said = self.check(kind, cpus, self.choose(name), "tbreak switch_to", "continue")
                    self.assertIn("hit Temporary breakpoint 1", said)

    def test_memory_is_that_of_the_stop(self):
        for kind in ("debug", "release"):
            with self.subTest(kind=kind):
                said = self.check(kind, 1, self.choose("sh"), *self.LOOK, self.choose("kernel"), "tbreak switch_to", "continue",
                                  "tbreak switch_to", "continue", self.choose("sh"), *self.LOOK)
                before, after = (int(found) for found in re.findall(r"\$\d+ = (\d+)", said))
                self.assertGreater(after, before, said)

    def test_a_person_stands_at_the_communication_that_stopped(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus):
                said = self.check(kind, cpus, "parley break-ipc pipe written", "continue", "monitor delete ipc", "bt")
                self.assertRegex(said, r"(?s)\] writes \d+ bytes into a pipe.*\n#\d+ [^\n]*piece_write \([^\n]* at "
                                 r"ipc/pipe_transfer\.c.*#\d+ [^\n]*call_pipe_write.*--- system call pipe_write of the program ---")


class Start(unittest.TestCase):
    def test_the_kernel_stands_at_its_start_until_gdb_lets_it_go(self):
        with Guest("debug", 2, append="gdb=wait") as guest:
            said = guest.gdb("bt", "break process_start_first", "continue", "bt 2", "delete", "detach")
            self.assertRegex(said, r"#\d+ .*kernel_main")
            self.assertIn("process_start_first ()", said)
            guest.machine.expect(PROMPT, SECONDS)


class Hostile(unittest.TestCase):
    """What comes over the line that no GDB would send."""

    def test_what_cannot_be_is_refused_and_says_why(self):
        with Guest("debug", 2) as guest, guest.line() as line:
            line.ask(b"qSupported:multiprocess+;swbreak+;error-message+")
            line.ask(b"qSymbol::")
            line.ask(b"Hgp77359400.1")
            for body, why in ((b"Z0,400100,1", b"the kernel runs no program: choose the process"), (b"Z1,800000000000,1", b"no memory at this address"),
                              (b"Z2,1000,8", b"the kernel runs no program"), (b"Z2,ffffffff80200000,1000", b"cannot watch this length"),
                              (b"Z2,ffff7ffffffffffc,8", b"no memory at this address"),
                              (b"P10=0000000000800000", b"could not go on with this address")):
                self.assertRegex(line.ask(body), rb"^E\." + b".*" + why, body)
            self.assertEqual(line.ask(b"Z2,ffffffff80200001,8"), b"OK")  # in pieces
            self.assertEqual(line.ask(b"z2,ffffffff80200001,8"), b"OK")
            self.assertEqual(line.ask(b"D;1"), b"OK")
            guest.answers()

    def test_bytes_of_all_kinds_do_no_harm(self):
        with Guest("debug", 2) as guest:
            with guest.line() as line:
                self.assertIn(b"PacketSize", line.ask(b"qSupported:multiprocess+;swbreak+"))
                for body in (b"", b"m", b"mffffffffffffffff,ffffffffffffffff", b"Z0,400100,1", b"z9,0,0", b"vCont;s:p9.9z",
                             b"Hgp77777777.1", b"P10=00", b"Gzz", b"qXfer:osdata:read:nothing:0,100", b"X0,5:abc",
                             b"qSearch:memory:0;ffffffffffffffff;x", b"vKill;1", b"qRcmd,6e6f", b"T0", b"p9999"):
                    line.ask(body)
                line.socket.sendall(b"$m10#00" + b"noise" * 100 + b"$$$$###" + b"\x03" * 20 + b"$" + b"a" * 20000 + b"#00")
                line.settle()
                self.assertEqual(line.ask(b"D;1"), b"OK")
            guest.answers()

    def test_a_gdb_that_vanishes_gives_way_to_another(self):
        with Guest("release", 2) as guest:
            with guest.line() as line:
                line.ask(b"qSupported:multiprocess+")
                line.ask(b"QStartNoAckMode")
                line.ask(b"Z0,%x,1" % int(re.search(r"0x(\w+)", guest_symbol("release", "switch_to"))[1], 16))
                line.socket.sendall(b"$m1000")  # half a packet: an answer that is under way would be the next GDB's
            self.assertIn("CPU 0", guest.gdb("print processor_count", "monitor cpus", "detach"))
            guest.answers()


class Panic(unittest.TestCase):
    def test_stops_in_gdb_with_the_stack_that_led_there(self):
        with Guest("debug", 4) as guest:
            said = guest.gdb("set var $rip = (unsigned long)panic", "set var $rdi = (unsigned long)&kernel_version[0]",
                             "continue", "bt", "continue", "monitor cpus")
            self.assertIn("SIGABRT", said)
            self.assertRegex(said, r"#\d+ .*panic \(", said)
            self.assertIn("it cannot go on", said)
            guest.machine.expect(rb"kernel panic on CPU \d: Parley", SECONDS)


def guest_symbol(kind, name):
    lines = subprocess.run(["llvm-nm", f"build/{kind}/parley.elf"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout
    return "0x" + re.search(rf"(?m)^(\w+) \w {name}$", lines)[1]


if __name__ == "__main__":
    unittest.main()
