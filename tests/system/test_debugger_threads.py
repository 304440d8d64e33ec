"""The kernel's debugger and single threads: registers of one that waits, one that runs alone, processes that are ended."""
import re
import time
import unittest

from gdb_line import SECONDS, Line
from machine import PROMPT
from test_debugger import Guest
from test_debugger_line import Guest as BusyGuest

SPINNERS = "f() { while :; do bench null_call 999 >/dev/null; done; }; f & f &"  # none waits


def choose(name):
    """GDB's command that makes a thread of the program the chosen one."""
    return ("python next(thread for inferior in gdb.inferiors() for thread in inferior.threads() "
            f"if (thread.details or '').startswith('{name}:')).switch()")


class Waiting(unittest.TestCase):
    SET = ("set $xmm5.uint128 = 77", "set $st0 = 1.5", "set $fs_base = $fs_base")
    REFUSED = ("set $rbx = 5", "set $rsp = 0", "set $rip = 5", "set $fs_base = -1")
    SHOW = ("maintenance flush register-cache", "print $xmm5.uint128", "print $st0", "print $fs_base == $was")
    USERS = ("python [gdb.selected_frame().older().select() for _ in iter(lambda: gdb.selected_frame().type() == "
             "gdb.SIGTRAMP_FRAME, True)]", "up", "p/x $cs", "bt -3",
             "set $rip = (long)&_exit")

    def check(self, said):
        for pattern in (r"= 77\n", r"= 1\.5\n", r"(?m)^\$\d+ = 1$", r"= 0x23\n", r"#\d+ .* main \(.*apps/tools/cat\.c",
                        r"rbx.*not kept while the thread waits in the kernel", r"rsp.*cannot be written",
                        r"rip.*could not go on with this address", r"fs_base.*could not go on"):
            self.assertRegex(said, pattern)

    def test_the_registers_of_a_waiting_thread_are_written_or_refused_in_words(self):
        """Its program's too, where its call comes back: `cat` ends there, and does not say what it read."""
        for kind, cpus in (("debug", 1), ("release", 4)):
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, "cat") as guest:
                guest.machine.expect(rb"cat\r\n", SECONDS)
                self.wait_until_it_reads(guest)
                self.check(guest.gdb(choose("cat"), "set $was = $fs_base", *self.SET, *self.REFUSED, *self.SHOW, *self.USERS,
                                     "detach"))
                before = len(guest.machine.console)
                guest.machine.write("hello\r")
                guest.machine.expect(PROMPT, SECONDS)
                self.assertEqual(bytes(guest.machine.console[before:]).count(b"hello"), 1)  # the echo
                guest.answers()

    def wait_until_it_reads(self, guest):
        give_up = time.monotonic() + SECONDS
        while not re.search(r"cat: waiting, .* for data in a pipe", guest.gdb("info threads", "detach")):
            self.assertLess(time.monotonic(), give_up)


class Alone(unittest.TestCase):
    """GDB's scheduler-locking."""

    def spinners(self, script):
        """Two threads that run on CPUs and do not wait."""
        give_up = time.monotonic() + SECONDS
        while True:
            found = [thread for thread in script.threads() if b"bench: running on CPU" in
                     bytes.fromhex(script.ask(b"qThreadExtraInfo," + thread).decode())]
            if len(found) == 2:
                return found
            self.assertLess(time.monotonic(), give_up)
            script.send(b"vCont;c")
            script.interrupt()

    def registers(self, script, threads):
        found = []
        for thread in threads:
            script.do(b"Hg" + thread)
            found.append(script.ask(b"g"))
        return found

    def moved(self, script, plan, threads):
        """Which of the threads went on by a plan."""
        before = self.registers(script, threads)
        script.send(b"vCont;" + plan)
        script.interrupt()
        return [now != then for now, then in zip(self.registers(script, threads), before)]

    def await_movement(self, script, plan, wanted):
        """A CPU that runs alone may get another thread at any time, and then the others run, too: it is tried again."""
        give_up = time.monotonic() + SECONDS
        while True:
            threads = self.spinners(script)
            moved = self.moved(script, plan(*threads), threads)
            if moved == wanted:
                return
            self.assertLess(time.monotonic(), give_up, moved)

    def test_one_thread_runs_and_the_others_stand(self):
        for kind in ("debug", "release"):
            with self.subTest(kind=kind), BusyGuest(kind, 2, load=SPINNERS) as guest:
                script = guest.script
                self.await_movement(script, lambda *_: b"c", [True, True])
                self.await_movement(script, lambda one, two: b"c:" + one, [True, False])
                self.await_movement(script, lambda one, two: b"c:" + two, [False, True])
                self.await_movement(script, lambda one, two: b"t:" + one + b";c:" + two, [False, True])
                self.await_movement(script, lambda *_: b"c", [True, True])

    def test_where_it_waits_the_others_go_on(self):
        with BusyGuest("debug", 2) as guest:
            for _ in range(20):
                thread = guest.script.stopped.thread
                guest.script.send(b"vCont;c:" + thread)
                guest.script.interrupt()


class Ending(unittest.TestCase):
    def test_a_process_is_killed_and_its_parent_told(self):
        with Guest("debug", 2, "yes >/dev/null & fg") as guest:
            said = guest.gdb("set print inferior-events on", choose("yes"), "kill", choose("kernel"), "kill",
                             "info threads", "tbreak scheduler_switch", "continue", "detach")
            self.assertRegex(said, r"\[Inferior \d+ \(process \d+\) killed\]")
            self.assertIn("init: waiting", said)
            self.assertNotIn("(yes: ", said)
            self.assertIn("hit Temporary breakpoint 1", said)
            guest.machine.expect(PROMPT, SECONDS)
            guest.answers()

    def test_the_kernel_and_init_are_not_killed(self):
        with Guest("release", 2) as guest:
            with Line(guest.socket) as line:
                line.ask(b"qSupported:multiprocess+")
                for body in (b"vKill;1", b"vKill;77359400"):
                    self.assertEqual(line.ask(body), b"E.this cannot be changed here")
                self.assertRegex(line.ask(b"vKill;ffff"), b"^E.there is no such process")
                self.assertEqual(line.ask(b"D"), b"OK")
            guest.answers()

    def test_k_powers_off_and_r_restarts(self):
        """The machine ends at a restart, too."""
        for packet in (b"k", b"R00"):
            with self.subTest(packet=packet), Guest("debug", 2) as guest, Line(guest.socket) as line:
                line.ask(b"qSupported:multiprocess+")
                line.send(packet)
                self.assertTrue(guest.machine.wait(SECONDS))


if __name__ == "__main__":
    unittest.main()
