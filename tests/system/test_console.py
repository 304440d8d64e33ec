"""The kernel debugger's console: how it is entered, what it says on screen and serial line, and that nothing is left of it behind."""
import os
import re
import subprocess
import tempfile
import time
import unittest

from machine import PROMPT, ROOT, Machine, Settings
from host_channel import PORTS
from screen_text import await_row, read

SECONDS = 60
BACKGROUND = b"\x16\x20\x3c"  # of the debugger's page of the screen
DEBUGGER = rb"debug> $"
KINDS = [("debug", 1), ("debug", 4), ("release", 1), ("release", 4)]


class Console:
    """A machine at its prompt, and the debugger's console on its serial line."""

    def __init__(self, kind="debug", cpus=2, append="console=serial", more="", boots=True):
        self.machine = Machine(Settings(kind=kind, cpus=cpus, append=append, more=more))
        if boots:
            self.machine.expect(PROMPT, SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.quit()

    def enter(self):
        self.machine.write("debug\r")
        self.machine.expect(DEBUGGER, SECONDS)
        self.ask("lines 0")

    def ask(self, line, ends=DEBUGGER):
        """What the debugger says to a line."""
        begin = len(self.machine.console)
        self.machine.write(line + "\r")
        self.machine.expect(re.escape(line).encode() + rb"\r\n", SECONDS)
        self.machine.expect(ends, SECONDS)
        return bytes(self.machine.console[begin:]).decode(errors="replace").replace("\r", "")

    def go_on(self):
        self.ask("continue", rb"")
        self.answers()

    def answers(self):
        self.machine.write("echo still \"4\"2\r")
        self.machine.expect(rb"still 42", SECONDS)
        self.machine.expect(PROMPT, SECONDS)


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
        "why nobody": r"nobody: there is no function of this name\n",
        "limits 1": r"memory pages +\d+ used",
        "waits": r"clock\[\d+\] waits for an event \(events \d+ \"clock\"\) since \d+ ms",
        "objects machine": r"(?m)^ +\d+ machine +0 ",
        "irq": r"(?m)^ +4 +\d+ [a-z ]+ +serial\[\d+\]$",
        "queues 1": r"type: messages",
        "log 200": r"Parley: \d+ MiB",
        "nonsense": r"nonsense is no command",
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


class Communication(unittest.TestCase):
    """Stops at operations of communication, and what is done to them."""

    def stop(self, console, rule, line):
        """Has the machine stop before an operation that fits the rule, which the line makes; what it says then."""
        console.enter()
        self.assertIn("stops before", console.ask("break ipc " + rule))
        console.ask("continue", PROMPT)
        begin = len(console.machine.console)
        console.machine.write(line + "\r")
        console.machine.expect(DEBUGGER, SECONDS)
        return bytes(console.machine.console[begin:]).decode(errors="replace").replace("\r", "")

    def wait_for_screen(self, machine, line):
        give_up = time.monotonic() + SECONDS
        while line not in read(machine.screendump()):
            self.assertLess(time.monotonic(), give_up, read(machine.screendump()))

    def held(self, console):
        """What is held, as soon as something is: a break may come before the CPU that was told to hold has done so."""
        give_up, said = time.monotonic() + SECONDS, "nothing is held"
        while "nothing is held" in said:
            self.assertLess(time.monotonic(), give_up)
            console.machine.send_break()
            console.machine.expect(DEBUGGER, SECONDS)
            said = console.ask("held")
            if "nothing is held" in said:
                console.ask("continue", rb"")
        return said

    def test_a_message_is_told_as_a_sentence_and_held_delayed_or_dropped(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Console(kind, cpus, "console=serial trace=on") as console:
                said = self.stop(console, "message sent to init size >= 8", "debug")
                self.assertRegex(said, r"(?m)^debug\[\d+\] sends message \d+, 8 bytes, to init\[1\] \(object \d+\)$")
                self.assertIn("debugger_ask", console.ask("bt"))
                self.assertIn("there cannot be two", console.ask("duplicate"))
                console.ask("hold", rb"")
                self.assertRegex(self.held(console), r" 1 debug\[\d+\] sends message \d+, 8 bytes, to init")
                self.assertIn("1 released", console.ask("release 1"))
                self.assertIn("there are none", console.ask("delete"))
                console.ask("continue", DEBUGGER)  # init got it, and enters the debugger
                said = console.ask("trace 30")
                self.assertRegex(said, r"debug\[\d+\] debugger held, peer init\[1\]")
                self.assertRegex(said, r"the kernel\[0\] debugger released, peer init\[1\]")
                console.ask("break ipc message answered from init")
                console.ask("continue", DEBUGGER)
                self.assertIn("it cannot be dropped", console.ask("drop"))
                console.ask("delete")
                console.ask("delay 200", PROMPT)
                console.answers()

    def key(self, console, key, decision, shown):
        """Stops at the key's event and decides; what is on the screen then."""
        console.machine.send_break()
        console.machine.expect(DEBUGGER, SECONDS)
        self.assertIn("stops before", console.ask("break ipc event sent from keyboard type 1"))
        console.ask("continue", rb"")
        console.machine.sendkey(key)
        console.machine.expect(rb"keyboard\[\d+\] sends an event of type 1 to screen\[\d+\]", SECONDS)
        console.machine.expect(DEBUGGER, SECONDS)
        console.ask("delete ipc")
        console.ask(decision, rb"")
        self.wait_for_screen(console.machine, f"/ $ {shown}#")

    def test_an_event_is_dropped_repeated_and_held(self):
        with Console("release", 4, "") as console:
            self.key(console, "a", "drop", "")
            self.key(console, "b", "duplicate", "bb")
            self.key(console, "c", "hold", "bb")
            self.key(console, "d", "go", "bbd")
            console.machine.send_break()
            console.machine.expect(DEBUGGER, SECONDS)
            self.assertIn("1 released", console.ask("release"))
            console.ask("continue", rb"")
            self.wait_for_screen(console.machine, "/ $ bbdc#")

    def test_what_the_kernel_tells_and_what_is_no_message_can_only_go(self):
        with Console("debug", 2) as console:
            console.enter()
            console.ask("break ipc event raised")
            self.assertRegex(console.ask("continue"), r"the kernel raises an event of type \d+ for \S+\[\d+\]")
            self.assertIn("never lost", console.ask("drop"))
            console.ask("delete")
            self.assertIn("which kind", console.ask("break ipc letters"))
            self.assertIn("from which process", console.ask("break ipc any from nobody"))
            console.ask("go", PROMPT)
            console.answers()
            self.assertRegex(self.stop(console, "pipe written size >= 100", "seq 99"),
                             r"seq\[\d+\] writes \d+ bytes into a pipe to ")
            self.assertIn("can only go", console.ask("hold"))
            console.ask("delete")
            console.ask("go", PROMPT)
            console.answers()


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
