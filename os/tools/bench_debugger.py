#!/usr/bin/env python3
"""Measures a real GDB on the kernel's debugger, over its line: steps, `next`, conditions, memory, and backtraces of many threads.

Each has how often it goes in a second of the host's time, in which shows what else the machine does, and what one costs QEMU of the host's
processors, in which that shows little. The kernel of the release kind has two CPUs. For `next` a line of C in a function that only the
boot runs is overwritten with a loop of 1,000 instructions. `ninja bench` runs it, too.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

from machine import PROMPT, ROOT, Machine, Settings

SECONDS = 1200
THREADS = 200
THREADS_AT_PROMPT = 14
GOALS = {"debugger_steps": 150, "debugger_next": 25}  # a second

# Runs inside GDB. Prints `figure NAME COUNT SECONDS PROCESSOR-SECONDS WHAT` lines.
COMMON = r'''
import contextlib
import os
import time
import gdb

def say(command):
    return gdb.execute(command, to_string=True)

def processor_seconds():
    """That QEMU has used: the fields behind its name, which may hold spaces."""
    with open(f"/proc/{QEMU}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

def figure(name, count, what, work):
    begin, used = time.monotonic(), processor_seconds()
    work()
    print("figure", name, count, time.monotonic() - begin, processor_seconds() - used, what, flush=True)

def number(text):
    return int(gdb.parse_and_eval(text)) & 0xffffffffffffffff
'''

LINE = r'''
def long_line():
    """Where a line of code of a function of the boot lies that is long enough for the loop."""
    block = gdb.block_for_pc(number("(long)&process_start_first"))
    places = sorted({entry.pc for entry in gdb.find_pc_line(block.start).symtab.linetable()
                     if block.start <= entry.pc < block.end})
    return next((begin, end) for begin, end in zip(places, places[1:]) if end - begin >= len(LOOP))

# mov $499, %ecx; 1: dec %ecx; jnz 1b; nop: 1,000 instructions
LOOP = bytes((0xb9, 0xf3, 1, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0x90))
ROUNDS, DECREMENT = 499, b"\xff\xc9"

@contextlib.contextmanager
def loop_in_place():
    """Where the line begins and ends that is the loop for as long."""
    memory, (begin, end) = gdb.selected_inferior(), long_line()
    kept = bytes(memory.read_memory(begin, end - begin))
    say("set $kept_place = $rip"), say("set $kept_count = $rcx"), say("set $kept_flags = $eflags")
    memory.write_memory(begin, LOOP + b"\x90" * (end - begin - len(LOOP)))
    yield begin, end
    memory.write_memory(begin, kept)
    say("set $rip = $kept_place"), say("set $rcx = $kept_count"), say("set $eflags = $kept_flags")

def measure_steps(begin, end, times):
    def one():
        say(f"set $rip = {begin}")
        say("next")
        if number("(long)$rip") != end:
            raise gdb.GdbError(f"next went to {number('(long)$rip'):#x}, not {end:#x}")
    figure("next", times, "lines of 1,000 instructions", lambda: [one() for _ in range(times)])
    say(f"set $rip = {begin}")
    figure("steps", 300, "single steps", lambda: say("stepi 300"))

def measure_conditions(name, evaluation, begin, times):
    """A breakpoint in the loop that the counter, which counts down, makes true after so many times."""
    say(f"set breakpoint condition-evaluation {evaluation}")
    say(f"set $rip = {begin}")
    say(f"break *{begin + LOOP.index(DECREMENT)} if $rcx == {ROUNDS - times}")
    figure(name, times, f"breakpoint hits whose condition is false, found so by the {evaluation}", lambda: say("continue"))
    if number("$rcx") != ROUNDS - times:
        raise gdb.GdbError(f"the counter is {number('$rcx')}, not {ROUNDS - times}")
    say("delete")

def measure_memory(read_kib, write_kib):
    memory = gdb.selected_inferior()
    text, spare = number("(long)&kernel_text_start"), number("(long)&copy_pages")
    figure("read", read_kib, "KiB", lambda: memory.read_memory(text, read_kib * 1024))
    figure("write", write_kib, "KiB", lambda: memory.write_memory(spare, bytes(range(256)) * 4 * write_kib))

kernel = next(thread for inferior in gdb.inferiors() for thread in inferior.threads() if "idle" in (thread.details or ""))
kernel.switch()
measure_memory(64, 4)
with loop_in_place() as (loop_begin, loop_end):
    measure_steps(loop_begin, loop_end, 20)
    measure_conditions("conditions", "target", loop_begin, 400)
    measure_conditions("conditions_by_gdb", "host", loop_begin, 40)
'''

# After each stop GDB asks for all threads; so many are there for this one alone.
BACKTRACES = r'''
threads = sum(len(inferior.threads()) for inferior in gdb.inferiors())
figure("backtraces", 1, f"times all {threads} threads", lambda: say("thread apply all bt"))
'''


def figures_of(directory, machine, script):
    """{name: (per second, milliseconds of QEMU's, of what)} of what a script measures in a GDB."""
    path = os.path.join(directory, "measure.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"QEMU = {machine.process_id()}\n" + COMMON + script + "print('came to the end')\n")
    said = subprocess.run(
        ["gdb", "-nx", "-q", "-batch", "-ex", "set width 0", "-ex", "set sysroot build/release/symbols", "-ex",
         "source debug/gdb/parley.py", "-ex", f"parley connect {directory}/gdb", "-ex", f"source {path}", "-ex", "detach",
         "build/release/parley.elf"],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False, text=True, errors="replace")
    found = re.findall(r"^figure (\w+) (\d+) ([0-9.]+) ([0-9.]+) (.*)$", said.stdout, re.MULTILINE)
    if "came to the end" not in said.stdout:
        sys.exit("bench_debugger.py: GDB did not come to the end:\n" + said.stdout[-2000:] + said.stderr[-2000:])
    return {"debugger_" + name: (int(count) / float(seconds), 1000 * float(used) / int(count), what)
            for name, count, seconds, used, what in found}


def measure(threads=THREADS):
    """The same of a machine of its own, which has about so many threads at the end."""
    with tempfile.TemporaryDirectory(prefix="parley-gdb-") as directory:
        with Machine(Settings(cpus=2, gdb=os.path.join(directory, "gdb"), append="console=serial")) as machine:
            machine.expect(PROMPT, SECONDS)
            figures = figures_of(directory, machine, LINE)
            machine.write(f"for i in $(seq {max(1, threads - THREADS_AT_PROMPT)}); do sleep 100000 & done; echo they \"are\" there\r")
            machine.expect(rb"they are there", SECONDS)
            return {**figures, **figures_of(directory, machine, BACKTRACES)}


def row(name, figures):
    each, used, what = figures
    goal = GOALS.get(name)
    verdict = "" if goal is None else f"  {goal} {'reached' if each >= goal else 'not reached'}"
    return f"{name:36} {each:14,.2f} {used:14,.2f}  {what}{verdict}"


def print_rows(figures):
    print(f"{'operation':36} {'a second':>14} {'QEMU ms of one':>14}  of what, and the goal")
    for name, values in figures.items():
        print(row(name, values), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=THREADS, metavar="N",
                        help=f"of how many, about, backtraces are wanted; {THREADS} if none is said")
    print_rows(measure(parser.parse_args().threads))


if __name__ == "__main__":
    main()
