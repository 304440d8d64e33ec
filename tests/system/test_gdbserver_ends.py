"""gdbserver where something goes wrong: a GDB that vanishes, a hostile line, and the end of the one or the other."""
import random
import select
import unittest

from gdb_line import SECONDS, Line, Script
from machine import PROMPT
from test_gdbserver import Guest

BOTH = "debuggee wait & one=$!; gdbserver --multi & echo processes $one $!."
STARTED = r"(?s)processes (\d+) (\d+)\..*GDB may come|GDB may come.*processes (\d+) (\d+)\."
PACKETS, LONGEST = 3000, 40
BEGINNINGS = (b"m", b"M", b"X", b"g", b"G", b"p", b"P", b"Z0,", b"z0,", b"Z2,", b"z2,", b"H", b"T", b"vCont;", b"vCont?", b"qXfer:", b"qRcmd,",
              b"qThreadExtraInfo,", b"QPassSignals:", b"vRun;", b"vAttach;", b"qSupported:", b"?", b"", b"\x03", b"D;", b"!", b"qOffsets")


def started(kind="release", cpus=4):
    """A guest with a program and a server, and the process ids of both, which are said in either order."""
    guest = Guest(kind, cpus, BOTH, waits=False)
    found = guest.machine.expect(STARTED, SECONDS)
    return guest, *(int(number) for number in found.groups() if number)


class Vanished(unittest.TestCase):
    def test_gdb_leaves_a_running_program_and_a_breakpoint_to_the_next_one(self):
        with Guest("release", 4, "gdbserver /bin/debuggee wait") as guest:
            said = guest.gdb("print (long)&add", "disconnect")
            place = int(said.split("$1 = ")[1].split()[0])
            with Script(guest.socket) as first:
                first.do(b"Z0,%x,1" % place)
                first.send(b"vCont;c")
            said = guest.gdb("set var goes_on = 1", "continue")
            self.assertRegex(said, "exited with code 07")
            guest.machine.expect(r"total 15", SECONDS)

    def test_gdb_that_is_killed_with_its_server_leaves_nothing_stopped(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            guest, program, server = started(kind, cpus)
            with self.subTest(kind=kind, cpus=cpus), guest:
                said = guest.gdb(f"attach {program}", "set var goes_on = 1", "disconnect", extended=True)
                self.assertIn("thread_sleep () at", said)
                guest.machine.write(f"kill -9 {server}\r")
                guest.machine.expect(r"total 15", SECONDS)


class Ends(unittest.TestCase):
    def test_a_program_that_is_killed_is_told_with_its_signal(self):
        for kind, cpus in (("debug", 1), ("release", 4)):
            guest, program, _ = started(kind, cpus)
            with self.subTest(kind=kind, cpus=cpus), guest, Line(guest.socket) as line:
                line.ask(b"qSupported:multiprocess+;swbreak+")
                line.ask(b"vAttach;%x" % program)
                line.send(b"vCont;c")
                guest.machine.write(f"kill -9 {program}\r")
                self.assertEqual(line.receive(), b"X09;process:%x" % program)
                self.assertEqual(line.ask(b"?"), b"W00")
                self.assertRegex(line.ask(b"vAttach;%x" % program), rb"^E\.")


class Refused(unittest.TestCase):
    def test_what_is_not_the_users_is_twice_debugged_or_the_server_itself(self):
        guest, program, server = started()
        with guest, Line(guest.socket) as line:
            line.ask(b"qSupported:multiprocess+")
            line.ask(b"vAttach;%x" % program)
            for process, why in ((1, b"not yours"), (program, b"has a debugger"), (server, b"debug itself"), (0xFFFFF, b"no such")):
                self.assertIn(why, line.ask(b"vAttach;%x" % process))
            guest.machine.write("gdbserver --attach 1\r")
            guest.machine.expect(r"gdbserver: the third serial port: .*\n", SECONDS)  # the first one has it


class Hostile(unittest.TestCase):
    def test_packets_end_neither_the_server_nor_the_system(self):
        chance = random.Random(5)
        guest, program, _ = started()
        with guest:
            with Line(guest.socket) as line:
                line.ask(b"qSupported:multiprocess+")
                line.ask(b"vAttach;%x" % program)
                for _ in range(PACKETS):
                    body = chance.choice(BEGINNINGS) + bytes(chance.choice(b"0123456789abcdefp-.,;:=+*#$}\x00\xff")
                                                             for _ in range(chance.randrange(LONGEST)))
                    line.send(body)
                    while select.select([line.socket], [], [], 0)[0]:
                        line.socket.recv(65536)
                line.settle()
            said = guest.gdb("info inferiors", extended=True)
            self.assertIn("extended-remote", said)
            guest.machine.write("echo still here\r")
            guest.machine.expect(r"\nstill here", SECONDS)
            guest.machine.expect(PROMPT, SECONDS)


if __name__ == "__main__":
    unittest.main()
