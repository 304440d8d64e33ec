"""The kernel's log in GDB: `monitor output on`, as packets while the machine runs, and all of it before a stop is told."""
import re
import unittest

from gdb_line import SECONDS, Script
from test_debugger import KINDS, Guest

MANY = 40


def text_of(packet):
    return bytes.fromhex(packet[1:].decode()).decode()


def read_until(script, wanted):
    """Console packets until their text holds it, and no other packet comes before."""
    text = ""
    while wanted not in text:
        packet = script.receive()
        if not packet.startswith(b"O"):
            raise AssertionError(f"{packet!r} after {text!r}")
        text += text_of(packet)
    return text


def monitor(script, line):
    """What a console command says."""
    answer, said = script.ask(b"qRcmd," + line.hex().encode()), ""
    while answer.startswith(b"O") and answer != b"OK":
        said += text_of(answer)
        answer = script.receive()
    if answer != b"OK":
        raise AssertionError(f"{line!r} was answered by {answer!r}")
    return said


class Output(unittest.TestCase):
    """What programs' faults log, many of them, while a GDB waits for a stop."""
    FAULTS = f"for i in $(seq {MANY}); do debuggee fault; done; echo they all \"have\" faulted\r"

    def test_comes_in_whole_packets_while_the_machine_runs_and_a_stop_behind_it(self):
        for kind, cpus in KINDS:
            with self.subTest(kind=kind, cpus=cpus), Guest(kind, cpus, tests=True) as guest:
                with Script(guest.socket) as script:
                    self.assertIn("does not show", monitor(script, b"output"))
                    self.assertIn("GDB shows", monitor(script, b"output on"))
                    script.send(b"vCont;c")
                    guest.machine.write(self.FAULTS)
                    text = ""
                    while len(re.findall(r"debuggee\[\d+\]: page fault", text)) < MANY:
                        text += read_until(script, "\n")
                    script.socket.sendall(b"\x03")
                    while (packet := script.receive()).startswith(b"O"):
                        text += text_of(packet)
                    self.assertRegex(packet, rb"^T02")
                    numbers = [int(number) for number in re.findall(r"debuggee\[(\d+)\]: page fault", text)]
                    self.assertEqual(numbers, sorted(set(numbers)))  # each once, in order
                    self.assertIn("does not show", monitor(script, b"output off"))
                    script.do(b"D")
                guest.machine.expect(rb"they all have faulted", SECONDS)

    def test_is_off_for_the_next_gdb(self):
        with Guest("release", 2) as guest:
            with Script(guest.socket) as script:
                monitor(script, b"output on")
            with Script(guest.socket) as script:
                self.assertIn("does not show", monitor(script, b"output"))
                script.do(b"D")
            guest.answers()

    def test_is_shown_by_gdb_before_the_stop(self):
        with Guest("release", 2, tests=True) as guest:
            guest.machine.write("while true; do sleep 1; debuggee fault; done\r")
            said = guest.gdb("monitor output on", "tbreak process_fault", "continue", "tbreak process_end", "continue", "bt 1",
                             "detach")
            self.assertRegex(said, r"debuggee\[\d+\]: page fault at ")
            guest.answers()


if __name__ == "__main__":
    unittest.main()
