"""Stops at operations of communication, and what is done to them there: from the debugger's console, for each design."""
import re
import time
import unittest

from debugger_console import DEBUGGER, KINDS, SECONDS, Console
from machine import PROMPT
from screen_text import read

# What `letters` sends by, the operation it is stopped at, what is said of a letter that arrives, and what cannot be done to it.
WAYS = [
    ("event", "event sent", "came", {}),
    ("message", "message sent", "came", {"duplicate": "there cannot be two"}),
    ("pipe", "pipe written", "came", {"reorder": "keeps its bytes in order"}),
    ("memory", "memory offered", "came", {"duplicate": "answered once", "reorder": "of other memory"}),
    ("link", "link written", "came", {}),
    ("port", "port sent", "came", {"duplicate": "there cannot be two"}),
    ("call", "port called", "came", {"drop": "cannot be dropped", "duplicate": "there cannot be two"}),
    ("call", "port answered", "answered", {"drop": "cannot be dropped", "duplicate": "there cannot be two"}),
]

# What reordered letters may arrive as, where the last is not surely said last: a link holds what was written last, and each caller is a
# thread of its own.
ORDERS = {"link written": {"yx", "xx"}, "port answered": {"yx", "xy"}}


class Letters:
    """The program `letters`, whose operations the machine stops at, and what has come of its letters."""

    def __init__(self, console, kind, operation, word):
        self.console, self.machine, self.word = console, console.machine, word
        self.machine.write(f"letters {kind}\r")
        self.machine.expect(rb"^letters listen\r$", SECONDS)
        self.enter()
        self.console.ask(f"break ipc {operation} from letters to letters")
        self.console.ask("continue", rb"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.enter()
        self.console.ask("delete ipc")
        self.console.ask("continue", rb"")
        self.machine.write("\x04")
        self.machine.expect(PROMPT, SECONDS)

    def enter(self):
        self.machine.send_break()
        self.machine.expect(DEBUGGER, SECONDS)

    def send(self, letter, *decisions):
        """Has it send a letter, and decides what becomes of it; a decision that is refused is one before the last. What was said."""
        self.machine.write(f"{letter}\r")
        self.machine.expect(rb"letters\[\d+\] .*\(object \d+\)\r\n", SECONDS)
        self.machine.expect(DEBUGGER, SECONDS)
        said = "".join(self.console.ask(decision) for decision in decisions[:-1])
        self.console.ask(decisions[-1], rb"")
        return said

    def arrived(self, count):
        """The next letters that arrive."""
        return "".join(self.machine.expect(rf"^(.) {self.word}\r$", SECONDS)[1].decode() for _ in range(count))

    def release(self):
        self.enter()
        said = self.console.ask("release")
        self.console.ask("continue", rb"")
        return said



class Ways(unittest.TestCase):
    """Each kind of communication bears what it can, and says why not where it cannot."""

    def hold(self, letters, operation):
        letters.send("h", "hold")
        if operation == "pipe written":  # what comes behind it is held, too
            before = len(letters.machine.console)
            letters.machine.write("i\r")
            letters.machine.expect(rb"^i\r$", SECONDS)  # it is the program's, and not the debugger's
            self.assertIn("1 released", letters.release())
            letters.machine.expect(DEBUGGER, SECONDS)
            letters.console.ask("go", rb"")
            letters.machine.expect(rb"^i came\r$", SECONDS)
            self.assertIn(b"h came\r", letters.machine.console[before:])
            return
        letters.send("i", "go")
        self.assertEqual(letters.arrived(1), "i")
        self.assertIn("1 released", letters.release())
        self.assertEqual(letters.arrived(1), "h")

    def decide(self, letters, operation, refused):
        for decision, reason in refused.items():
            self.assertIn(reason, letters.send("r", decision, "go"))
            self.assertEqual(letters.arrived(1), "r")
        if "drop" not in refused:
            letters.send("d", "drop")
        letters.send("e", "delay 50")
        self.assertEqual(letters.arrived(1), "e")
        if "duplicate" not in refused:
            letters.send("t", "duplicate")
            self.assertEqual(letters.arrived(2), "tt")
        if "reorder" not in refused:
            letters.send("x", "reorder")
            letters.send("y", "go")
            self.assertIn(letters.arrived(2), ORDERS.get(operation, {"yx"}))
        self.hold(letters, operation)

    def test_of_every_kind(self):
        for kind, cpus in KINDS:
            with Console(kind, cpus, tests=True) as console:
                for sends, operation, word, refused in WAYS:
                    with self.subTest(kind=kind, cpus=cpus, operation=operation):
                        with Letters(console, sends, operation, word) as letters:
                            self.decide(letters, operation, refused)
                self.assertNotIn(b"d came", console.machine.console)
                console.answers()


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
            self.assertRegex(self.stop(console, "pipe read size >= 100", "seq 99 | wc -l"),
                             r"wc\[\d+\] reads \d+ bytes out of a pipe from (seq\[\d+\]|an end that closed)")
            self.assertIn("can only go", console.ask("hold"))
            console.ask("delete")
            console.ask("go", PROMPT)
            console.answers()
