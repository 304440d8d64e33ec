"""The shell at the serial console: line editing, history, Ctrl-C, jobs, and errors that end nothing."""
import os
import re
import unittest

from machine import PROMPT, ROOT, Machine, Settings

LEFT, RIGHT, UP, DOWN, HOME, END, DELETE = (f"\x1b[{end}" for end in ("D", "C", "A", "B", "H", "F", "3~"))
CONTROL_A, CONTROL_C, CONTROL_D, CONTROL_E, CONTROL_K, CONTROL_U, CONTROL_W = (
    chr(ord(letter) - 64) for letter in "ACDEKUW")


class Shell(unittest.TestCase):
    """All of these share one machine: nothing that is typed may disturb what comes after it."""

    @classmethod
    def setUpClass(cls):
        cls.machine = Machine(Settings(append="console=serial"))
        cls.addClassCleanup(cls.machine.quit)
        cls.machine.expect(PROMPT)

    def type(self, keys):
        self.machine.write(keys.encode())

    def prints(self, keys, *lines):
        """Types keys and Enter; these lines, and only they, stand between there and the next prompt."""
        self.type(keys + "\r")
        self.machine.expect(r"\r?\n" + "".join(line + r"\r?\n" for line in lines) + r"[^\n]*" + PROMPT.decode())

    def test_a_line_is_edited_with_the_cursor_keys(self):
        self.prints("echo ac" + LEFT + "b", "abc")
        self.prints("cho x" + HOME + "e" + END + "y", "xy")
        self.prints("echo abc" + LEFT + LEFT + DELETE + "x", "axc")
        self.prints("echo ab\x7fc", "ac")

    def test_control_keys_move_and_cut(self):
        self.prints("cho end" + CONTROL_A + "e" + CONTROL_E + "ing", "ending")
        self.prints("echo one two" + CONTROL_W + "three", "one three")
        self.prints("nonsense" + CONTROL_U + "echo kept", "kept")
        self.prints("echo cut rest" + LEFT * 5 + CONTROL_K, "cut")

    def test_a_character_of_several_bytes_is_one(self):
        self.prints("echo caf\u00e9x" + LEFT + LEFT + DELETE + "e", "cafex")

    def test_history_brings_lines_back(self):
        self.prints("echo first-line", "first-line")
        self.prints("echo second-line", "second-line")
        self.prints(UP + UP, "first-line")
        self.prints(UP + UP + DOWN + " more", "first-line more")

    def test_control_c_ends_a_pipeline_and_not_the_shell(self):
        self.type("sleep 60 | cat | cat\r")
        self.machine.expect(r"cat\r?\n")
        self.type("\x03")
        self.machine.expect(PROMPT)
        self.prints("echo $?", "130")

    def long_pipeline(self, part, count):
        """$p is a pipeline of so many parts."""
        self.prints(f"p='{part}'; while [ $(echo $p | tr -dc '|' | wc -c) -lt 15 ]; do p=\"$p | $p\"; done")  # 16
        self.prints(f"q=$p; i=16; while [ $i -lt {count} ]; do p=\"$p | $q\"; i=$((i + 16)); done")

    def test_control_c_ends_each_part_of_a_long_pipeline(self):
        self.long_pipeline("sleep 600", 112)
        self.type("eval \"$p | (echo all have started; cat)\"\r")
        self.machine.expect(r"^all have started\r?\n")
        self.type(CONTROL_C)
        self.machine.expect(PROMPT)
        self.prints("echo $?", "130")
        self.prints("ps | grep -c sleep", "0")

    def test_several_jobs_of_long_pipelines_run_at_the_same_time(self):
        self.long_pipeline("cat", 64)
        for number in (1, 2):
            self.prints(f'eval "sleep 600 | $p | (echo > /tmp/long{number}; cat) &"', rf"\[{number}\] \d+")
        self.prints("while [ ! -e /tmp/long1 ] || [ ! -e /tmp/long2 ]; do sleep 0.1; done")
        self.prints("echo through all | eval \"$p\"", "through all")
        self.prints("kill %1 %2; wait; rm /tmp/long1 /tmp/long2; ps | grep -c sleep", "0")

    def test_a_pipeline_for_which_there_are_too_few_processes_is_told_once_and_ends(self):
        self.long_pipeline("cat", 304)
        self.prints("eval \"$p\" < /dev/null; echo $?", "sh: cat: no more processes or threads may be started: .*", "254")
        self.prints("echo the shell | cat | cat", "the shell")
        self.prints("ps | grep -c cat", "0")

    def test_control_c_gives_up_a_line(self):
        self.type("echo never" + CONTROL_C)
        self.machine.expect(PROMPT)
        self.prints("echo $?", "130")

    def test_control_c_stops_what_follows_on_the_line(self):
        self.type("sleep 60; echo not-this\r")
        self.machine.expect(r"not-this\r?\n")
        self.type(CONTROL_C)
        self.machine.expect(PROMPT)
        self.prints("echo after", "after")

    def test_control_d_ends_the_input_of_a_program_alone(self):
        self.type("cat | wc -l\r")
        self.machine.expect(r"wc -l\r?\n")
        self.type("a\rb\r" + CONTROL_D)
        self.machine.expect(r"2\r?\n[^\n]*" + PROMPT.decode())

    def test_a_syntax_error_names_the_place_and_the_shell_goes_on(self):
        self.prints("echo a | | b", r'sh: line 1, column 10: syntax error at "\|": .*')
        self.prints("echo $?", "2")

    def test_an_open_quote_asks_for_another_line(self):
        self.type("echo 'one\r")
        self.machine.expect(r"\n> ")
        self.prints("two'", "one", "two")

    def test_a_command_over_several_lines_asks_for_each(self):
        self.type("for i in 1 2\r")
        self.machine.expect(r"\n> ")
        self.type("do echo round $i\r")
        self.machine.expect(r"\n> ")
        self.prints("done", "round 1", "round 2")

    def test_a_syntax_error_inside_a_loop_ends_nothing(self):
        self.prints("while true; do echo a; fi", r'sh: line 1, column 24: syntax error at "fi": .*')
        self.prints("echo $?", "2")

    def test_control_c_ends_a_loop_that_starts_no_programs(self):
        self.type("while :; do :; done\r")
        self.machine.expect(r"done\r?\n")
        self.type(CONTROL_C)
        self.machine.expect(PROMPT)
        self.prints("echo $?", "130")

    def test_control_c_ends_a_loop_of_programs(self):
        self.type("while true; do sleep 60; done\r")
        self.machine.expect(r"done\r?\n")
        self.type(CONTROL_C)
        self.machine.expect(PROMPT)
        self.prints("echo $?", "130")

    def test_read_takes_what_is_typed(self):
        self.type("read a b; echo [$b] [$a]\r")
        self.machine.expect(r"\[\$a\]\r?\n")
        self.prints("one two three", r"\[two three\] \[one\]")

    def test_control_c_ends_a_read(self):
        """At any moment of it: the key may come before the shell has begun to read."""
        for _ in range(100):
            self.type("read a; echo not this\r")
            self.machine.expect(r"not this\r?\n")
            self.type(CONTROL_C)
            self.machine.expect(PROMPT)
            self.prints("echo $?", "130")

    def test_a_job_comes_to_the_foreground(self):
        """Ctrl-C ends it at any moment: the key may come before it is there."""
        for _ in range(200):
            self.type("sleep 60 &\r")
            self.machine.expect(r"\[1\] \d+\r?\n")
            self.type("fg; echo not this\r")
            self.machine.expect(r"\nsleep 60\r?\n")
            self.type(CONTROL_C)
            self.machine.expect(PROMPT)
            self.prints("echo $?", "130")
        self.prints("jobs; echo $?", "0")

    def test_jobs_run_in_the_background_and_their_end_is_told(self):
        self.type("sleep 0.3 &\r")
        self.machine.expect(r"\[1\] \d+\r?\n")
        self.prints("jobs", r"\[1\] runs  sleep 0\.3")
        self.prints("wait; echo waited", "waited")

    def test_a_program_that_is_missing_or_none_is_told_by_name(self):
        self.prints("no-such-program", "sh: no-such-program: not found")
        self.prints("/etc/startup-no", "sh: /etc/startup-no: .*")
        self.prints("echo $?", "127")

    def test_a_command_known_from_elsewhere_is_told_with_what_does_its_work_here(self):
        self.prints("less /etc/startup", "sh: less: not found; `more` shows a page at a time")
        self.prints("es", "sh: es: not found")
        self.prints("sh -c less", "sh: less: not found")

    def test_all_that_the_hints_name_is_there(self):
        with open(os.path.join(ROOT, "apps/sh/hints.c"), encoding="utf-8") as file:
            named = sorted(set(re.findall(r"`([^`]+)`", file.read().split("#include", 1)[1])))
        self.assertGreater(len(named), 20)
        self.prints(f"type {' '.join(named)} | grep 'not found'; echo $?", "1")

    def test_an_alias_stands_for_its_words_where_a_command_begins(self):
        self.prints("alias say='echo alias says'")
        self.prints("say say; for i in 1; do say $i; done", "alias says say", "alias says 1")
        self.prints("type say; alias", "say is an alias for echo alias says", "alias say='echo alias says'")
        self.prints("alias nothing; echo $?", "sh: alias: nothing: no such alias", "1")
        self.type("cat <<END\r")
        self.machine.expect(r"\n> ")
        self.type("say\r")
        self.machine.expect(r"\n> ")
        self.prints("END", "say")
        self.prints("unalias say; say", "alias says")  # the line was read before
        self.prints("say", "sh: say: not found")
        self.prints("unalias say; echo $?", "sh: unalias: say: no such alias", "1")

    def test_an_exclamation_mark_brings_lines_back(self):
        self.prints("echo one two", "one two")
        self.prints("!!", "echo one two", "one two")
        self.prints("echo again !$", "echo again two", "again two")
        self.prints("!-2 three", "echo one two three", "one two three")
        self.prints("^three^four", "echo one two four", "one two four")
        self.prints("echo hello! '!!' \\!", "hello! !! !")
        self.prints("!none; echo not this", "sh: !none: no such line was typed before")
        self.prints("echo $?", "1")

    def test_what_getopts_and_seconds_and_the_like_do_at_the_prompt(self):
        self.prints("x='a b c'; echo ${x// /-} ${x^^} $'tab\\there' ${x:2:1}", r"a-b-c A B C tab[\t ]+here b")
        self.prints("[[ v1.25 =~ [0-9]+\\.[0-9]+ ]] && echo $BASH_REMATCH", r"1\.25")
        self.prints("SECONDS=100; [ $SECONDS -ge 100 ] && [ $RANDOM -lt 32768 ]; echo $?", "0")

    def test_a_shell_inside_the_shell_ends_alone(self):
        self.type("sh\r")
        self.machine.expect(PROMPT)
        self.prints("exit 7")
        self.prints("echo $?", "7")


class Instruments(unittest.TestCase):
    """What the instruments tell of a machine in use."""

    def test_waits_and_objects_and_limits_tell_of_a_pipeline(self):
        with Machine(Settings(append="console=serial")) as machine:
            machine.expect(PROMPT)
            machine.write(b"sleep 30 | cat > /dev/null &\r")
            machine.expect(r"\[1\] (\d+)\r?\n")
            machine.write(b"until waits | grep -q '(cat) waits for data'; do :; done; clear; waits\r")
            machine.expect(r"\(sleep\) waits for a time, since [^\n]*, for [^\n]* more")
            machine.expect(r"\(cat\) waits for data in a pipe, pipe \d+[^\n]*could be ended by \d+ \(sleep\)")
            machine.expect(PROMPT)
            machine.write(b"objects pipe\r")
            machine.expect(r"ID +TYPE +OWNER")
            machine.expect(r"\d+ +pipe +\d+")
            machine.expect(PROMPT)
            machine.write(b"limits\r")
            machine.expect(r"processes +\d+ +\d+ +\d+ +0")
            machine.expect(PROMPT)
            machine.write(b"events -i 50 -n 2\r")
            machine.expect(r"timer, number \d+, count \d+, from the kernel")
            machine.expect(PROMPT)


if __name__ == "__main__":
    unittest.main()
