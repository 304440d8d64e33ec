"""The kernel's debugger under load: a scripted GDB that stops, steps and lets go faster than a person could, and nothing stays behind."""
import functools
import os
import random
import re
import subprocess
import tempfile
import time
import unittest

from gdb_line import SECONDS, Script
from machine import PROMPT, ROOT, Machine, Settings

LOAD = "yes | cat >/dev/null &"
KINDS = [("debug", 1), ("debug", 4), ("release", 1), ("release", 4)]


def symbols(kind):
    lines = subprocess.run(["llvm-nm", f"build/{kind}/parley.elf"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return {words[2]: int(words[0], 16) for words in map(str.split, lines) if len(words) == 3}


class Guest:
    """A machine under load with a scripted GDB; at the end it must go on as if nothing had been."""

    def __init__(self, kind, cpus, load=LOAD, tests=False):
        self.directory = tempfile.TemporaryDirectory(prefix="parley-gdb-")
        path = os.path.join(self.directory.name, "gdb")
        self.symbols, self.kind, self.cpus = symbols(kind), kind, cpus
        self.machine = Machine(Settings(kind=kind, cpus=cpus, tests=tests, gdb=path, append="console=serial"))
        self.machine.expect(PROMPT, SECONDS)
        self.machine.write(load + "\r")
        self.machine.expect(re.escape(load).encode(), SECONDS)
        self.machine.expect(PROMPT, SECONDS)
        self.script = Script(path)

    @functools.cache
    def switches(self, cpu):
        """Where a CPU counts its switches."""
        said = subprocess.run(["gdb", "-nx", "-batch", "-ex", f"print/x (long)&processors[{cpu}].switches",
                               f"build/{self.kind}/parley.elf"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        return int(said.split()[-1], 16)

    def loaded_thread(self):
        """A thread of the load on a CPU. Others may wait, sooner or later, for what never comes, and a step into that never ends."""
        for _ in range(1000):
            for thread in self.script.threads():
                said = bytes.fromhex(self.script.ask(b"qThreadExtraInfo," + thread).decode()).decode()
                if re.match(r"(yes|cat): running on CPU", said):
                    return thread
            self.script.send(b"vCont;c")
            time.sleep(0.005)  # in which it comes on, at its start by far more than in the time between two packets
            self.script.interrupt()
        raise AssertionError("the load does not run")

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        try:
            if not failed:
                self.script.detach()
                self.machine.write("echo still \"4\"2\r")
                self.machine.expect(rb"still 42", SECONDS)
        finally:
            self.script.socket.close()
            self.machine.quit()
            self.directory.cleanup()


class UnderLoad(unittest.TestCase):
    def each(self, check, kinds=tuple(KINDS), **more):
        for kind, cpus in kinds:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, **more) as guest:
                check(guest, guest.script)

    def test_a_breakpoint_is_stepped_over_by_its_thread_alone(self):
        def check(guest, script):
            place = guest.symbols["switch_to"]
            for _ in range(40):
                script.do(b"Z0,%x,1" % place)
                stop = script.go()
                self.assertEqual((stop.why, stop.place), ("swbreak", place), stop)
                script.do(b"z0,%x,1" % place)
                after = script.step()
                self.assertEqual((after.core, after.signal), (stop.core, 5), after)
                self.assertNotEqual(after.place, place)
        self.each(check)

    def test_steps_land_behind_their_instruction(self):
        """Not in an interrupt, with the others standing or running; and where the kernel halts or waits for a lock, too."""
        def check(guest, script):
            thread = guest.loaded_thread()
            for _ in range(40):
                stop = script.step(thread, others=random.choice([b"", b";c"]))
                self.assertEqual(stop.signal, 5, stop)
                if stop.thread != thread:  # it is another's from now on: in the middle of a switch
                    self.assertGreater(stop.place, 1 << 47, stop)
                    thread = guest.loaded_thread()
        self.each(check)

    def test_a_step_out_of_a_system_call_lands_in_the_program(self):
        """Its last instruction takes the flags from a register, and so the trap flag too."""
        def check(guest, script):
            place = guest.symbols["system_call_return"]
            for _ in range(10):
                script.do(b"Z1,%x,1" % place)
                stop = script.go()
                self.assertEqual((stop.why, stop.place), ("hwbreak", place), stop)
                script.do(b"z1,%x,1" % place)
                after = script.step()
                self.assertEqual((after.thread, after.signal), (stop.thread, 5), after)
                self.assertLess(after.place, 1 << 47, after)
                inside = script.step()
                self.assertEqual((inside.thread, inside.signal), (stop.thread, 5), inside)
        self.each(check)

    def test_a_step_over_a_switch_ends_where_its_thread_comes_back(self):
        """An idle CPU's, too; and the stack that GDB sees of a thread is that thread's."""
        def check(guest, script):
            place, names = guest.symbols["switch_to"], {"kernel", "sleep"}  # others may wait for what never comes
            for _ in range(400):
                self.set(script, b"Z0", place)
                stop = script.go()
                self.set(script, b"z0", place)
                name = self.name(script, stop.thread)
                if name in names and self.step_out(script, stop):
                    names.remove(name)
            self.assertFalse(names)
        self.each(check, load="while true; do sleep 0.01; done &")

    def test_a_step_of_an_idle_thread_whose_cpu_runs_a_program_ends_where_it_comes_back(self):
        def check(_guest, script):
            for _ in range(20):
                while script.stopped.thread.startswith(b"p77359400."):
                    script.send(b"vCont;c")
                    script.interrupt()
                idle = b"p77359400.%x" % (script.stopped.core + 1)
                after = script.step(idle, others=b";c")
                self.assertEqual((after.thread, after.signal), (idle, 5), after)
        self.each(check, load="while true; do sleep 0.01; done &")

    def name(self, script, thread):
        """Nothing for one that ends by this."""
        said = script.ask(b"qThreadExtraInfo," + thread)
        return "" if said.startswith(b"E") and len(said) % 2 else bytes.fromhex(said.decode()).decode().split(":")[0]

    def set(self, script, kind, place):
        """A point, for the kernel's own process."""
        script.do(b"Hgp77359400.1")
        script.do(b"%s,%x,1" % (kind, place))

    def step_out(self, script, stop):
        """The thread's stack at the begin of a function has the address to go on at on top. False: what it comes back to takes long: it
        takes down the thread before it, and perhaps that one's process."""
        script.do(b"Hg" + stop.thread)
        out = script.word(int.from_bytes(bytes.fromhex(script.ask(b"p7").decode()), "little"))
        for _ in range(9000):
            after = script.step(stop.thread, others=b";c")
            self.assertEqual((after.thread, after.signal), (stop.thread, 5), after)
            if after.place == out:
                return True
        return False

    def test_ctrl_c_stops_at_any_time(self):
        def check(_guest, script):
            for _ in range(25):
                script.send(b"vCont;c")
                self.assertEqual(script.interrupt().signal, 2)
        self.each(check)

    def test_a_hardware_breakpoint_and_watch_points_hit(self):
        def check(guest, script):
            place = guest.symbols["switch_to"]
            script.do(b"Z1,%x,1" % place)
            for _ in range(25):
                stop = script.go()
                self.assertEqual((stop.why, stop.place), ("hwbreak", place), stop)
            script.do(b"z1,%x,1" % place)
            for cpu in range(guest.cpus):
                script.do(b"Z2,%x,8" % guest.switches(cpu))
            for _ in range(25):
                stop = script.go()
                self.assertEqual((stop.why, stop.address), ("watch", guest.switches(stop.core)), stop)
            for cpu in range(guest.cpus):
                script.do(b"z2,%x,8" % guest.switches(cpu))
            script.do(b"Z3,%x,8" % guest.switches(0))
            script.do(b"Z4,%x,8" % guest.symbols["processor_count"])
            self.assertIn(script.go().why, ("rwatch", "awatch"))
        self.each(check)

    def test_a_thousand_breakpoints_while_processes_start(self):
        def check(guest, script):
            place = guest.symbols["switch_to"]
            script.do(b"Z0,%x,1" % place)
            seen = set()
            for _ in range(1000):
                stop = script.go()
                self.assertEqual(stop.place, place)
                seen.add(stop.thread)
            self.assertGreater(len(seen), 12, seen)
        self.each(check, (("debug", 2),), load="while true; do ls / | wc; done >/dev/null &")

    def test_a_thousand_steps(self):
        def check(guest, script):
            thread = guest.loaded_thread()
            for _ in range(1000):
                stop = script.step(thread)
                self.assertEqual(stop.signal, 5)
                if stop.thread != thread:
                    thread = guest.loaded_thread()
        self.each(check, (("debug", 2),))


if __name__ == "__main__":
    unittest.main()
