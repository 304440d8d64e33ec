"""The kernel debugger's console: how it is entered, what it says on screen and serial line, and that nothing is left of it behind."""
import os
import re
import subprocess
import tempfile
import time
import unittest

from debugger_console import DEBUGGER, KINDS, SECONDS, Console
from machine import PROMPT, ROOT, Machine, Settings
from host_channel import PORTS
from screen_text import await_row, read

BACKGROUND = b"\x16\x20\x3c"  # of the debugger's page of the screen


class Session(unittest.TestCase):
    """One session over the serial line, with what a person asks first."""

    QUESTIONS = {
        "processes": r"(?m)^ +1 +0 +0 +1 +\d+ +\d+ init$",
        "threads": r"(?m)^ +\d+ \d+ +sh: ",
        "bt": r"#\d+ +[0-9a-f]{16} call_machine_debug\+0x[0-9a-f]+\n(.*\n)*  --- system call ---\n  #\d+ .* machine_debug\+0x7\n",
        "cpus": r"CPU 0: .*\n",
        "regs": r"rax +[0-9a-f]{16} (.*\n)*at (debugger_enter|call_machine_debug)\+0x[0-9a-f]+, flags:",
        "x/2xg $rsp": r"(?m)^ffffc[0-9a-f]{11}: [0-9a-f]{16} [0-9a-f]{16}$",
        "x/s kernel_main": r"(?m)^[0-9a-f]{16}: \"",
        "print *$rsp-*$rsp+(2+3)*4": r"(?m)^0x14 20 ",
        "symbol call_machine_debug+1": r"(?m)^0xffffffff8[0-9a-f]+ call_machine_debug\+0x1$",
        "x/x 8": r"there is no memory",
        "pages $rip": r"level 1: .* the kernel's, executable\n0xffffffff8[0-9a-f]+ lies at 0x[0-9a-f]+ in memory",
        "map 1": r"init\[1\], its program at .*\narea: ",
        "map init": r"init\[1\], its program at .*\narea: ",
        "why nobody": r"nobody: no process has this name: `processes` lists them\n",
        "limits 1": r"memory pages +\d+ used",
        "waits": r"clock\[\d+\] waits for an event \(events \d+ \"clock\"\) since \d+ ms",
        "objects machine": r"(?m)^ +\d+ machine +0 ",
        "irq": r"(?m)^ +4 +\d+ [a-z ]+ +serial\[\d+\]$",
        "queues 1": r"type: messages",
        "log 200": r"Parley: \d+ MiB",
        "nonsense": r"nonsense is no command",
        "delete 7": r"7: there is none of this number",
        "delete ipc 3": r"ipc 3: there is none of this number",
        "b": r"b could be several commands: bt btall break breaks boot\n",
        "p": r"p could be several commands: processes .*print",
    }

    def test_answers_what_is_asked_and_goes_on(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Console(kind, cpus) as console:
                console.enter()
                for question, answer in self.QUESTIONS.items():
                    self.assertRegex(console.ask(question), answer)
                console.go_on()

    def test_has_forty_commands_or_more_each_with_help(self):
        with Console("release") as console:
            console.enter()
            commands = re.findall(r"(?m)^  ([a-z]+) .*\S  ?\S", console.ask("help"))
            self.assertGreaterEqual(len(set(commands)), 40, commands)
            self.assertIn("the object table", console.ask("help objects"))
            self.assertIn("break ipc", console.ask("help break"))

    def test_edits_completes_and_remembers_lines_and_asks_between_pages(self):
        with Console("release") as console:
            console.machine.write("debug\r")
            console.machine.expect(DEBUGGER, SECONDS)
            console.machine.write("proc\t\t")
            console.machine.expect(rb"processes process ", SECONDS)
            console.machine.write("\x15br\t\t")
            console.machine.expect(rb"break breaks ", SECONDS)
            console.machine.write("\x15boo\tX\x08\x1b[D\x1b[Dz\x7f\x05\r")
            console.machine.expect(rb"release kernel, 2 CPUs", SECONDS)
            console.machine.expect(DEBUGGER, SECONDS)
            console.machine.write("\x1b[A\r")
            console.machine.expect(rb"release kernel, 2 CPUs", SECONDS)
            console.machine.expect(DEBUGGER, SECONDS)
            console.machine.write("help\r")
            console.machine.expect(rb"-- more", SECONDS)
            console.machine.write("q")
            console.machine.expect(DEBUGGER, SECONDS)
            console.go_on()


class Running(unittest.TestCase):
    def test_stops_at_a_breakpoint_steps_and_goes_on(self):
        for kind, cpus in (("debug", 4), ("release", 1)):
            with self.subTest(kind=kind, cpus=cpus), Console(kind, cpus) as console:
                console.enter()
                self.assertIn("call_process_list", console.ask("break call_process_list"))
                self.assertIn("1 break at", console.ask("breaks"))
                console.ask("continue", PROMPT)
                console.machine.write("ps\r")
                console.machine.expect(rb"ps: running on CPU \d, in the kernel: break\r\nat \S+ call_process_list\+0x0", SECONDS)
                console.machine.expect(DEBUGGER, SECONDS)
                self.assertRegex(console.ask("step"), r"at 0x[0-9a-f]+ call_process_list\+0x[1-9a-f]")
                self.assertRegex(console.ask("step 20"), r"at 0x[0-9a-f]+ ")
                self.assertIn("there are none", console.ask("delete"))
                console.ask("c", rb"init\r\n")
                console.machine.expect(PROMPT, SECONDS)
                console.answers()


    def test_ends_a_process(self):
        with Console("debug", 4) as console:
            console.machine.write("sleep 1000 &\r")
            console.machine.expect(PROMPT, SECONDS)
            console.machine.write("\r")
            console.machine.expect(PROMPT, SECONDS)
            console.enter()
            sleeper = re.search(r"(?m)^ +(\d+) .* sleep$", console.ask("processes"))[1]
            self.assertIn("cannot be ended", console.ask("kill 1"))
            self.assertIn("ends when the machine goes on", console.ask(f"kill {sleeper}"))
            console.ask("continue", PROMPT)
            console.machine.write("while ps | grep -q sleep; do true; done; echo it has \"en\"ded\r")
            console.machine.expect(rb"it has ended", SECONDS)


class Entering(unittest.TestCase):
    def test_a_break_on_the_serial_line_enters_it(self):
        with Console("release", 4) as console:
            console.machine.send_break()
            console.machine.expect(DEBUGGER, SECONDS)
            self.assertIn("call_machine_debug", console.ask("bt"))
            console.go_on()

    def test_a_break_enters_it_where_the_line_has_no_driver(self):
        with tempfile.NamedTemporaryFile(prefix="parley-command-") as file:
            file.write(b"sleep 1000\n")
            file.flush()
            with Machine(Settings(command=file.name), PORTS) as machine:
                self.assertTrue(machine.links["status"].recv(1))
                machine.send_break()
                machine.expect(DEBUGGER, SECONDS)

    def test_control_alt_d_enters_it_where_the_keyboard_has_no_driver(self):
        with tempfile.NamedTemporaryFile(prefix="parley-command-") as file:
            file.write(b"sleep 1000\n")
            file.flush()
            with Machine(Settings(command=file.name), PORTS) as machine:
                self.assertTrue(machine.links["status"].recv(1))
                machine.sendkey("ctrl-alt-d")
                machine.expect(DEBUGGER, SECONDS)
                machine.type("cpus\n")
                machine.expect(rb"CPU 1: ", SECONDS)

    def test_control_alt_d_enters_it_on_the_screen_which_is_as_before_when_it_goes_on(self):
        for cpus in (1, 4):
            with self.subTest(cpus=cpus), Console("release", cpus, append="") as console:
                machine = console.machine
                await_row(machine, "/ $ #", SECONDS)  # the console had said its own prompt
                before = machine.still_screen()
                machine.sendkey("ctrl-alt-d")
                machine.expect(DEBUGGER, SECONDS)
                machine.type("processes\n")
                machine.expect(rb"keyboard\r\n", SECONDS)
                machine.expect(DEBUGGER, SECONDS)
                text = "\n".join(read(machine.still_screen(), BACKGROUND))
                self.assertIn("Parley's kernel debugger", text)
                self.assertRegex(text, r"(?m)^ +1 +0 +0 +1 +\d+ +\d+ init")
                machine.type("continue\n")
                machine.expect(rb"continue\r\n", SECONDS)
                self.assertEqual(machine.still_screen(), before)
                machine.type("echo as before\n")
                self.assertIn("as before", read(machine.still_screen()))


class Panic(unittest.TestCase):
    def test_says_where_and_what_was_done_last_and_stays_in_the_debugger(self):
        with Console("debug", 2, "console=serial trace=on") as console:
            console.enter()
            console.ask("set rdi kernel_main")
            console.ask("set rip panic")
            console.machine.write("continue\r")
            console.machine.expect(rb"kernel panic on CPU \d: ", SECONDS)
            console.machine.expect(rb"thread \d+ of init\[1\]", SECONDS)
            console.machine.expect(rb"us ago, CPU \d: \S+\[\d+\] message \w+", SECONDS)
            console.machine.expect(DEBUGGER, SECONDS)
            self.assertIn("cannot go on", console.ask("continue"))
            self.assertRegex(console.ask("bt"), r"panic\+0x")

    def test_starts_anew_where_the_command_line_says_so(self):
        with Console("debug", 2, "console=serial panic=reboot mistake=read-non-canonical", boots=False) as console:
            console.machine.expect(rb"kernel panic on CPU \d: ", SECONDS)
            self.assertTrue(console.machine.wait(SECONDS))
            self.assertNotIn(b"debug>", console.machine.console)

    def test_ends_an_automatic_run_at_once(self):
        result = subprocess.run([os.path.join(ROOT, "os/run"), "--debug", "--append", "mistake=read-non-canonical", "--command",
                                 "echo never", "--timeout", "110"], capture_output=True, timeout=SECONDS, check=False)
        self.assertEqual(result.returncode, 125)
        self.assertNotIn(b"never", result.stdout)
        self.assertIn(b"the kernel panicked", result.stderr)


if __name__ == "__main__":
    unittest.main()
