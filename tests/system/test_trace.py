"""The tool `trace`: what is recorded, and the formats that other programs read."""
import json
import os
import re
import subprocess
import tempfile
import unittest

import one_line
from machine import ROOT

SECONDS = 60
COUNTED = ("--icount", "--cpus", "1")  # object ids are the same at every boot
CHAIN = re.compile(r" (\S+)\(\d+\) (message|port) (\w+) #(\d+)(?: for #(\d+))? (?:to|from) (\S+)\(\d+\), size \d+, object (\d+)")


def run(line, *flags):
    done = one_line.run(line, *flags, seconds=SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"{line!r} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def traced(command, ending):
    """The trace of a command as a file of this format."""
    return run(f"trace -o /trace.{ending} {command} > /dev/null && cat /trace.{ending}")


def files_port():
    """The id of the file server's port: the same at every boot under the instruction counter."""
    return re.search(r"^ *(\d+) +port .* files$", run("objects port", *COUNTED).decode(), re.MULTILINE)[1]


class Text(unittest.TestCase):
    def test_a_command_is_told_from_its_start_to_its_end_with_its_output_and_status(self):
        text = run("trace sh -c 'echo hello; exit 0'; trace sh -c 'exit 7'; echo $?", "--cpus", "4").decode()
        self.assertIn("hello\n", text)
        self.assertRegex(text, r"trace\(\d+\) process started sh\(\d+\)")
        self.assertRegex(text, r"sh\(\d+\) pipe written to host\(\d+\), size 6")
        self.assertRegex(text, r"sh\(\d+\) process ended sh\(\d+\)")
        self.assertTrue(text.endswith("\n7\n"))

    def chains(self, line, design):
        """(who, what, id, the id that it answers, peer, object) of each operation of a design."""
        found = [match.groups() for match in map(CHAIN.search, run(line).decode().splitlines()) if match]
        return [(who, what, *rest) for who, of_design, what, *rest in found if of_design == design]

    def test_a_messages_life_is_one_chain(self):
        found = self.chains("trace date", "message")
        sent = [one for one in found if one[0] == "date" and one[1] == "sent"]
        self.assertGreater(len(sent), 0)
        for _, _, number, _, receiver, queue in sent:
            received = [one for one in found if one[1] == "received" and one[2] == number and one[5] == queue]
            answered = [one for one in found if one[1] == "answered" and one[3] == number and one[4] == "date"]
            self.assertEqual([one[0] for one in received], [receiver])
            self.assertEqual([one[0] for one in answered], [receiver])
            back = [one for one in found if one[1] == "received" and one[2] == answered[0][2] and one[5] == answered[0][5]]
            self.assertEqual([one[0] for one in back], ["date"])

    def test_a_call_through_a_port_is_received_and_answered_once(self):
        found = self.chains("trace ls /etc", "port")
        called = [one for one in found if one[0] == "ls" and one[1] == "called"]
        self.assertGreater(len(called), 2)
        for _, _, number, _, receiver, port in called:
            received = [one[0] for one in found if one[1] == "received" and one[2] == number and one[5] == port]
            answered = [one[0] for one in found if one[1] == "answered" and one[2] == number and one[5] == port]
            self.assertEqual((received, answered), ([receiver], [receiver]))

    def test_times_go_up_over_all_cpus(self):
        text = run("trace sh -c 'seq 300 | sort | uniq | wc'", "--cpus", "4").decode()
        times = [float(match[0]) for match in re.findall(r"^ +(\d+\.\d{6}) (cpu\d)", text, re.MULTILINE)]
        self.assertGreater(len(times), 50)
        self.assertEqual(times, sorted(times))

    def test_of_one_object_only_and_for_a_time_only(self):
        queue = files_port()
        text = run(f"trace --seconds 4 --object {queue} & sleep 1; ls / >/dev/null; wait", *COUNTED).decode()
        lines = [line for line in text.splitlines() if "object" in line]
        self.assertTrue(lines)
        self.assertEqual({line.split("object ")[1] for line in lines}, {queue})

    def test_the_history_of_an_object_can_be_asked_for_afterwards(self):
        queue = files_port()
        text = run(f"trace --record & sleep 0.5; ls /etc > /dev/null; objects --history {queue}", *COUNTED).decode()
        self.assertRegex(text, rf"files\(\d+\) port received #\d+ from ls\(\d+\), size \d+, object {queue}\n")
        self.assertEqual(run(f"objects --history {queue}", *COUNTED), b"")

    def test_wrong_wishes_are_told(self):
        for line, words in (("trace -f png true", "no such format"), ("trace --pid", "needs a value"),
                            ("trace --what", "unknown option"), ("trace -p 1 true", "not both"),
                            ("trace no-such-program", "no-such-program")):
            done = one_line.run(line)
            self.assertEqual(done.returncode, 125, line)
            self.assertIn(words, done.stderr.decode())


class Costs(unittest.TestCase):
    def test_off_it_is_a_compare_and_a_branch(self):
        """Each place in the release kernel that looks whether a trace is open, but for its opening and closing."""
        kernel = os.path.join(ROOT, "build/release/parley.elf")
        done = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", "--no-leading-addr", kernel], capture_output=True, text=True,
                              timeout=SECONDS, check=True)
        lines = [line.split() for line in done.stdout.splitlines()]
        places = [at for at, words in enumerate(lines) if words and words[-1] == "<trace_on>" and words[0] not in ("addl", "subl")]
        self.assertGreater(len(places), 40)
        for at in places:
            self.assertEqual(lines[at][:2], ["cmpl", "$0,"], lines[at])
            after = [words[0] for words in lines[at + 1:at + 4]]
            branch = next(at for at, name in enumerate(after) if name in ("je", "jne"))
            self.assertLessEqual(set(after[:branch]), {"movq", "movl", "popq", "leaq"}, "nothing between them is the trace's")

    def test_on_an_operation_takes_at_most_120_instructions(self):
        figures = dict(re.findall(r"^(event_self\w*) ([\d.]+) ns", run("bench event_self", *COUNTED).decode(), re.MULTILINE))
        more = float(figures["event_self_traced"]) - float(figures["event_self"])
        self.assertGreater(more, 0)
        self.assertLessEqual(more / 2, 120, "an event is sent and taken: two records")


class Formats(unittest.TestCase):
    def test_wireshark_reads_it(self):
        with tempfile.NamedTemporaryFile(suffix=".pcapng") as file:
            file.write(traced("ls /etc", "pcapng"))
            file.flush()
            shown = subprocess.run(
                ["tshark", "-X", f"lua_script:{os.path.join(ROOT, 'os/tools/parley.lua')}", "-r", file.name, "-T", "fields",
                 "-e", "parley.process_name", "-e", "parley.design", "-e", "parley.operation", "-e", "parley.peer_name",
                 "-e", "parley.id", "-e", "parley.cause"],
                capture_output=True, text=True, timeout=SECONDS, check=True)
        rows = [line.split("\t") for line in shown.stdout.splitlines()]
        self.assertEqual(rows[0][:4], ["trace", "process", "started", "ls"])
        called = [row for row in rows if row[:4] == ["ls", "port", "called", "files"]]
        self.assertTrue(called)
        answers = {row[5] for row in rows if row[:4] == ["files", "port", "answered", "ls"]}
        self.assertEqual({row[4] for row in called}, answers, "each call has its answer")

    def test_perfettos_json_has_an_arrow_for_each_message(self):
        events = json.loads(traced("ls /etc", "json"))["traceEvents"]
        starts = {event["id"] for event in events if event["ph"] == "s"}
        ends = {event["id"] for event in events if event["ph"] == "f"}
        self.assertTrue(starts)
        self.assertEqual(starts, ends)
        self.assertIn("ls", [event["args"]["name"] for event in events if event["ph"] == "M"])
        self.assertTrue(all(event["ts"] > 0 for event in events if event["ph"] != "M"))

    def test_a_mermaid_diagram_has_only_lines_of_its_language(self):
        lines = traced("ls /etc", "mmd").decode().splitlines()
        self.assertEqual(lines[0], "sequenceDiagram")
        known = re.compile(r"    (participant p\d+ as [\w?-]+ \d+|p\d+(->>|-->>|-x)p\d+: [\w ,]+|Note over p\d+: [\w ,]+)$")
        for line in lines[1:]:
            self.assertRegex(line, known)
        introduced = {line.split()[1] for line in lines if line.startswith("    participant")}
        used = {name for line in lines for name in re.findall(r"\bp\d+\b", line)}
        self.assertEqual(introduced, used)
