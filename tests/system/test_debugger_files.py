"""Files of the system for a GDB that debugs its kernel: remote get, put and delete, while the machine stands."""
import os
import re
import tempfile
import unittest

from gdb_line import SECONDS
from machine import PROMPT, ROOT
from test_debugger import KINDS, Guest
from test_debugger_faults import AT_WRITE, FALL
from test_debugger_threads import choose

SIZE = 30000
REGISTERS = ("maintenance flush register-cache", "info registers rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip eflags fs_base mxcsr xmm0 xmm15")
BUSY = "Remote I/O error: Device or resource busy"


class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parley-files-")
        self.addCleanup(directory.cleanup)
        self.there, self.back = (os.path.join(directory.name, name) for name in ("there", "back"))
        self.bytes = os.urandom(SIZE)
        with open(self.there, "wb") as file:
            file.write(self.bytes)

    def to_and_fro(self):
        return f"remote put {self.there} /tmp/file", f"remote get /tmp/file {self.back}"

    def check(self, said):
        self.assertTrue(os.path.exists(self.back), said)
        with open(self.back, "rb") as file:
            self.assertEqual(file.read(), self.bytes)
        os.remove(self.back)

    def test_files_are_put_got_and_deleted_while_the_machine_idles(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus) as guest:
                said = guest.gdb(*self.to_and_fro(), f"remote get /etc/startup {self.back}.startup", "remote delete /tmp/file",
                                 f"remote get /tmp/file {self.back}.gone", f"remote put {self.there} /none/file", f"remote put {self.there} /bin",
                                 "info threads", "detach")
                self.check(said)
                self.assertEqual(len(re.findall("Remote I/O error: No such file or directory", said)), 2, said)
                self.assertEqual(len(re.findall("Remote I/O error: Is a directory", said)), 1, said)
                self.assertRegex(said, r"Thread 2000000000\.1 \(kernel: CPU 0, idle\)")
                with open(f"{self.back}.startup", "rb") as got, open(os.path.join(ROOT, "os/rootfs/etc/startup"), "rb") as source:
                    self.assertEqual(got.read(), source.read())
                guest.answers()

    def test_a_program_stands_where_it_stopped_while_files_are_moved(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "yes >/dev/null & fg") as guest:
                said = guest.gdb(choose("yes"), *AT_WRITE, "echo BEFORE\\n", *REGISTERS, "echo BEHIND\\n", *self.to_and_fro(),
                                 "echo BEFORE\\n", *REGISTERS, "echo BEHIND\\n", "stepi", "stepi", *AT_WRITE, *self.to_and_fro(), AT_WRITE[0],
                                 "continue", "bt 1", "detach", timeout=2 * SECONDS)
                self.check(said)
                before, after = re.findall(r"(?s)BEFORE\n(.*?)BEHIND", said)
                self.assertEqual(before, after)
                self.assertEqual(said.count("hit Temporary breakpoint"), 3, said)
                self.assertNotIn("Remote I/O error", said)
                self.assertRegex(said, r"(?m)^#0 .*\bwrite \(")
                guest.answers()

    def test_a_program_stands_at_its_fault_while_files_are_moved(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "yes >/dev/null & fg") as guest:
                said = guest.gdb("monitor faults on", choose("yes"), *AT_WRITE, *FALL, "continue", *self.to_and_fro(),
                                 "set $rip = $there", AT_WRITE[0], "signal 0", *FALL, "continue", *self.to_and_fro(), "detach",
                                 timeout=2 * SECONDS)
                self.check(said)
                self.assertNotIn("Remote I/O error", said)
                self.assertEqual(said.count("received signal SIGSEGV"), 2, said)
                guest.machine.expect(PROMPT, SECONDS)
                guest.answers()

    def test_in_the_midst_of_the_kernel_it_is_refused(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "yes | cat >/dev/null & fg") as guest:
                said = guest.gdb("tbreak call_pipe_write", "continue", *self.to_and_fro(), "tbreak call_pipe_write", "continue", "detach")
                self.assertEqual(said.count(BUSY), 2, said)
                self.assertEqual(said.count("hit Temporary breakpoint"), 2, said)
                guest.answers()

    def test_who_serves_them_may_end_at_any_time(self):
        with Guest("release", 2) as guest:
            for _ in range(5):
                guest.gdb(choose("gdb-files"), "kill", "detach")
                guest.machine.expect(rb"gdb-files.*started again", SECONDS)
                self.check(guest.gdb(*self.to_and_fro(), "detach"))
            guest.answers()

    def test_a_gdb_that_vanishes_while_it_waits_for_a_file_leaves_nothing_behind(self):
        with Guest("debug", 2) as guest:
            vanished, tries = 0, 0
            while vanished < 20:
                tries += 1
                self.assertLess(tries, 100)
                line = guest.line()
                line.send(b"qSupported:multiprocess+")
                while not line.receive().startswith(b"PacketSize"):
                    pass  # the answer to who vanished came this moment
                line.ask(b"qSymbol::")
                opened = line.ask(b"vFile:open:" + b"/etc/startup".hex().encode() + b",0,0")
                if opened != b"F-1,10":  # else the machine stopped in the midst of the kernel, and no file can be opened
                    self.assertRegex(opened, rb"^F[0-9a-f]+$")
                    line.send(b"vFile:pread:" + opened[1:] + b",fa0,0")
                    vanished += 1
                line.socket.close()
            self.check(guest.gdb(*self.to_and_fro(), "detach"))
            guest.answers()
