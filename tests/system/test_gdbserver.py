"""gdbserver in the guest: a GDB that never heard of Parley debugs one program, while the system runs on."""
import os
import subprocess
import tempfile
import unittest

from gdb_line import SECONDS, Line, Script
from machine import PROMPT, ROOT, Machine, Settings

KINDS = [("debug", 1), ("release", 4)]


class Guest:
    """A machine with the third serial port, at its prompt, where a line was typed."""

    def __init__(self, kind, cpus, line, waits=True):
        self.directory = tempfile.TemporaryDirectory(prefix="parley-gdbserver-")
        self.socket = os.path.join(self.directory.name, "line")
        self.machine = Machine(Settings(kind=kind, cpus=cpus, tests=True, gdbserver=self.socket, append="console=serial"))
        self.machine.expect(PROMPT, SECONDS)
        self.machine.write(line + "\r")
        if waits:  # what GDB says before is lost, and it asks again only after its own timeout
            self.machine.expect(r"gdbserver: GDB may come", SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.quit()
        self.directory.cleanup()

    def gdb(self, *commands, extended=False, program="build/programs/symbols/bin/debuggee"):
        """What GDB says to the commands. Nothing of ours is loaded into it."""
        target = "extended-remote" if extended else "remote"
        flags = [flag for command in commands for flag in ("-ex", command)]
        result = subprocess.run(
            ["gdb", "-nx", "-q", "-batch", "-ex", "set width 0", "-ex", f"set remotetimeout {SECONDS}",
             "-ex", "set sysroot build/programs/symbols", "-ex", f"target {target} {self.socket}", *flags,
             *([program] if program else [])],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * SECONDS,
            check=False, text=True, errors="replace")
        return result.stdout


class OneProgram(unittest.TestCase):
    """gdbserver PROGRAM: from the first instruction to the exit code, with the program's output on the console."""

    def check(self, said, patterns):
        for pattern in patterns:
            self.assertRegex(said, pattern)

    def test_is_run_broken_into_stepped_and_ends(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "gdbserver /bin/debuggee") as guest:
                said = guest.gdb("info threads", "break add", "continue", "bt", "print number", "next", "next",
                                 "print total", "stepi", "set var total = 100", "delete", "continue")
                self.check(said, [r"_start \(\) at libc/start/crt0\.S", r"Thread \d+\.\d+ \(debuggee: in its program\)",
                                  r"Breakpoint 1, add \(number=1\) at tests/guest/debuggee\.c",
                                  r"#0 +add \(number=1\)", r"#\d +.*main \(", r"\$1 = 1\n", r"\$2 = 1\n",
                                  r"exited with code 07"])
                guest.machine.expect(r"total 114", SECONDS)
                guest.machine.expect(PROMPT, SECONDS)

    def test_brings_its_symbols_and_shows_all_registers(self):
        with Guest("release", 4, "gdbserver /bin/debuggee") as guest:
            said = guest.gdb("break add", "continue", "info auxv", "next", "next", "print $mxcsr", "set var $xmm3.v2_double[0] = 2.5",
                             "print $xmm3.v2_double[0]", "print $fs_base != 0", "delete", "print add(10)", "continue", program="")
            self.check(said, [r"Breakpoint 1, add \(number=1\)", r"AT_ENTRY +Entry point", r"\$1 = 8064\n", r"\$2 = 2\.5\n", r"\$3 = 1\n",
                              r"\$4 = 11\n", r"exited with code 07"])

    def stop_of_threads(self, kind, cpus):
        with Guest(kind, cpus, "gdbserver /bin/debuggee threads") as guest:
            said = guest.gdb("break add if number == 3", "continue", "info threads", "thread apply all bt", "delete", "continue")
            self.check(said, [r"hit Breakpoint 1, add \(number=3\)", r"\(thread: [^)]*\) +add \(", r"run_threads \(\) at tests",
                              r"exited with code 07"])
            return said

    def test_stops_its_threads_with_the_one_that_hits(self):
        """The first of them waits for the others, but where it had not come so far."""
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus):
                tries = (self.stop_of_threads(kind, cpus) for _ in range(5))
                self.assertTrue(any("(debuggee: waits for a word of memory to change)" in said for said in tries))

    def test_stops_at_a_write_and_a_read_of_what_is_watched_and_at_hardware_breakpoints(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "gdbserver /bin/debuggee") as guest:
                said = guest.gdb("watch total", "continue", "continue", "stepi", "stepi", "delete", "rwatch ratio", "continue", "bt 1",
                                 "delete", "hbreak add", "continue", "delete", "continue")
                self.check(said, [r"Hardware watchpoint 1: total(?s:.*)Old value = 0\nNew value = 1\n(?s:.*)Old value = 1\nNew value = 3",
                                  r"Hardware read watchpoint 2: ratio(?s:.*)Value = 2\n(?s:.*)#0 .*add \(number=",
                                  r"Breakpoint 3, add \(number=3\)", r"exited with code 07"])

    def test_is_not_watched_in_more_pieces_than_there_are_points_and_says_so(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "gdbserver /bin/debuggee") as guest, Line(guest.socket) as line:
                line.ask(b"qSupported:multiprocess+;error-message+")
                line.ask(b"?")
                for size in (b"1f", b"21", b"1000"):
                    self.assertRegex(line.ask(b"Z2,10001,%s" % size), rb"^E\.the processor cannot watch this length", size)
                self.assertRegex(line.ask(b"Z2,fffffffffffffff8,9"), rb"^E\.the processor cannot watch")

    def test_is_interrupted_in_a_system_call_and_stepped_out_of_it(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "gdbserver /bin/debuggee wait") as guest, \
                    Script(guest.socket) as script:
                script.send(b"vCont;c")
                stop = script.interrupt()
                self.assertEqual(stop.signal, 2)
                self.assertEqual(len(script.threads()), 1)
                self.assertEqual(script.step().signal, 5)

    def test_faults_and_the_fault_is_told_and_passed_on(self):
        with Guest("release", 4, "gdbserver /bin/debuggee fault") as guest:
            said = guest.gdb("continue", "continue")
            self.check(said, [r"received signal SIGSEGV", r"main \(.*debuggee\.c", r"terminated with signal SIGSEGV"])
            guest.machine.expect(r"debuggee\[\d+\]: page fault", SECONDS)

    def test_is_sent_signals_which_it_takes_or_ends_by(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "gdbserver /bin/debuggee signals") as guest:
                said = guest.gdb("tbreak sleep", "continue", "break take_signal", "signal SIGUSR1", "signal 0")
                self.check(said, [r"Breakpoint 2, take_signal \(number=(number@entry=)?30\)", r"exited with code 07"])
                guest.machine.expect(r"total 15", SECONDS)
        with Guest("release", 4, "gdbserver /bin/debuggee signals") as guest:
            said = guest.gdb("tbreak sleep", "continue", "signal SIG34", "signal SIGTERM")
            self.check(said, [r"The signal cannot be sent\.\n(?s:.*)sleep \(", r"terminated with signal SIGTERM"])

    def test_is_let_go_of_and_runs_on(self):
        with Guest("release", 4, "gdbserver /bin/debuggee") as guest:
            said = guest.gdb("break add", "continue", "detach")
            self.check(said, [r"Breakpoint 1, add", r"detached"])
            guest.machine.expect(r"total 15", SECONDS)

    def test_runs_only_with_the_port_and_says_what_it_wants(self):
        with Guest("release", 1, "gdbserver; gdbserver --attach x; gdbserver --attach 999999", waits=False) as guest:
            guest.machine.expect(r"which program\?(?s:.*)x: not a process(?s:.*)999999: no such process", SECONDS)


class SeveralPrograms(unittest.TestCase):
    """gdbserver --multi: GDB itself attaches, runs, and kills."""

    def test_are_attached_to_run_and_killed(self):
        with Guest("release", 4, "debuggee wait & gdbserver --multi &") as guest:
            guest.machine.write("ps | sed -n 's/^ *\\([0-9]*\\).*debuggee.*/pro''cess \\1./p'\r")
            number = guest.machine.expect(r"process (\d+)\.", SECONDS)[1].decode()
            said = guest.gdb("set remote exec-file /bin/debuggee", f"attach {number}", "info threads", "set var goes_on = 1",
                             "detach", "break add", "run", "bt", "kill", extended=True)
            OneProgram.check(self, said, [r"Thread \d+\.\d+ \(debuggee", r"Breakpoint 1, add \(number=1\)", r"killed"])
            guest.machine.expect(r"total 15", SECONDS)

    def test_one_stops_and_ends_while_another_waits(self):
        for kind, cpus in KINDS:
            guest = Guest(kind, cpus, "debuggee wait & one=$!; gdbserver --multi & echo process $one.", waits=False)
            with self.subTest(kind=kind, cpus=cpus), guest:
                found = guest.machine.expect(r"(?s)process (\d+)\..*GDB may come|GDB may come.*process (\d+)\.", SECONDS)
                said = guest.gdb("set schedule-multiple on", f"attach {int(found[1] or found[2])}",
                                 "add-inferior -exec build/programs/symbols/bin/debuggee", "inferior 2",
                                 "set remote exec-file /bin/debuggee", "break add if number == 2", "run", "info threads", "delete", "continue",
                                 "inferior 1", "set var goes_on = 1", "detach", extended=True)
                OneProgram.check(self, said, [r"Thread 2\.1 hit Breakpoint 1(?:\.\d)?, add \(number=2\)", r"1\.1 +Thread \d+\.\d+ \(debuggee",
                                              r"Inferior 2 \(process \d+\) exited with code 07", r"Inferior 1 \(process \d+\) detached"])
                guest.machine.expect(r"total 15(?s:.*)total 15", SECONDS)


class Files(unittest.TestCase):
    """remote put, get and delete, by gdbserver and the system's own file service."""

    def test_are_put_got_and_deleted(self):
        with Guest("release", 4, "gdbserver --multi &") as guest, tempfile.TemporaryDirectory() as directory:
            put, got = (os.path.join(directory, name) for name in ("put", "got"))
            content = bytes(range(256)) * 150 + b"#$}*" * 100 + b"the end\n"
            with open(put, "wb") as file:
                file.write(content)
            said = guest.gdb(f"remote put {put} /tmp/put", f"remote get /tmp/put {got}", "remote get /none /dev/null",
                             f"remote put {put} /none/put", extended=True, program="")
            self.assertEqual(said.count("No such file or directory"), 2, said)
            with open(got, "rb") as file:
                self.assertEqual(file.read(), content)
            guest.machine.write("wc -c < /tmp/put; tail -n 1 /tmp/put\r")
            guest.machine.expect(rb"%d\s+(?s:.*)the end" % len(content), SECONDS)
            said = guest.gdb("remote delete /tmp/put", "remote delete /tmp/put", extended=True, program="")
            self.assertEqual(said.count("No such file or directory"), 1, said)

    def test_of_the_target_are_gdbs_symbols(self):
        with Guest("release", 4, "gdbserver /bin/debuggee") as guest:
            said = guest.gdb("set sysroot target:", "info inferiors", "kill", program="")
            self.assertIn("/bin/debuggee", said)


class OverPipes(unittest.TestCase):
    """gdbserver -: the line is its own input and output."""

    def test_the_programs_output_is_kept_apart(self):
        line = ("printf '$qSupported:multiprocess+#c6$?#3f$vCont;c#a8' | gdbserver --stdio /bin/debuggee 2>/said | cat; "
                "until grep total /said; do :; done; echo apart")
        with Guest("release", 4, line, waits=False) as guest:
            guest.machine.expect(r"\$T05[^#]*#..\+[^t]*total 15\r?\napart", SECONDS)


if __name__ == "__main__":
    unittest.main()
