#!/usr/bin/env python3
"""Measures a real GDB on the kernel's debugger, over its line: steps, `next`, memory, and backtraces of many threads.

The figures are the host's time: what else the machine does shows in them. The kernel of the release kind has two CPUs. For `next` a line
of C in a function that only the boot runs is overwritten with a loop of 1,000 instructions.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

from machine import PROMPT, ROOT, Machine, Settings

SECONDS = 1200
GOALS = {"steps": 150, "next": 25}

# Runs inside GDB. Prints `figure NAME VALUE UNIT` lines.
SCRIPT = r'''
import time
import gdb

def say(command):
    return gdb.execute(command, to_string=True)

def seconds(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin

def figure(name, count, unit, work):
    print("figure", name, count / seconds(work), unit, flush=True)

def number(text):
    return int(gdb.parse_and_eval(text)) & 0xffffffffffffffff

def long_line():
    """Where a line of code of a function of the boot lies that is long enough for the loop."""
    block = gdb.block_for_pc(number("(long)&process_start_first"))
    places = sorted({entry.pc for entry in gdb.find_pc_line(block.start).symtab.linetable()
                     if block.start <= entry.pc < block.end})
    return next((begin, end) for begin, end in zip(places, places[1:]) if end - begin >= len(LOOP))

# mov $499, %ecx; 1: dec %ecx; jnz 1b; nop: 1,000 instructions
LOOP = bytes((0xb9, 0xf3, 1, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0x90))

def measure_next(times):
    memory, (begin, end) = gdb.selected_inferior(), long_line()
    kept = bytes(memory.read_memory(begin, end - begin))
    say("set $kept_place = $rip"), say("set $kept_count = $rcx"), say("set $kept_flags = $eflags")
    memory.write_memory(begin, LOOP + b"\x90" * (end - begin - len(LOOP)))
    def one():
        say(f"set $rip = {begin}")
        say("next")
        if number("(long)$rip") != end:
            raise gdb.GdbError(f"next went to {number('(long)$rip'):#x}, not {end:#x}")
    figure("next", times, "lines of 1,000 instructions per second", lambda: [one() for _ in range(times)])
    memory.write_memory(begin, kept)
    say("set $rip = $kept_place"), say("set $rcx = $kept_count"), say("set $eflags = $kept_flags")

def measure_memory(read_kib, write_kib):
    memory = gdb.selected_inferior()
    text, spare = number("(long)&kernel_text_start"), number("(long)&copy_pages")
    figure("read", read_kib, "KiB per second", lambda: memory.read_memory(text, read_kib * 1024))
    figure("write", write_kib, "KiB per second", lambda: memory.write_memory(spare, bytes(range(256)) * 4 * write_kib))

kernel = next(thread for inferior in gdb.inferiors() for thread in inferior.threads() if "idle" in (thread.details or ""))
kernel.switch()
measure_memory(64, 4)
measure_next(20)
figure("steps", 300, "single steps per second", lambda: say("stepi 300"))
threads = sum(len(inferior.threads()) for inferior in gdb.inferiors())
print("figure backtraces", seconds(lambda: say("thread apply all bt")), f"seconds for all {threads} threads", flush=True)
'''


def figures_of(path, script):
    said = subprocess.run(
        ["gdb", "-nx", "-q", "-batch", "-ex", "set width 0", "-ex", "set sysroot build/release/symbols", "-ex",
         "source debug/gdb/parley.py", "-ex", f"parley connect {path}", "-ex", f"source {script}", "-ex", "detach",
         "build/release/parley.elf"],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False, text=True, errors="replace")
    found = re.findall(r"^figure (\w+) ([0-9.]+) (.*)$", said.stdout, re.MULTILINE)
    if len(found) != 5:
        sys.exit("bench_debugger.py: GDB did not come to the end:\n" + said.stdout[-2000:] + said.stderr[-2000:])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=0, metavar="N",
                        help="of how many, about, backtraces are wanted; as many as there are at the prompt if none is said")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-gdb-") as directory:
        path, script = os.path.join(directory, "gdb"), os.path.join(directory, "measure.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        with Machine(Settings(cpus=2, gdb=path, append="console=serial")) as machine:
            machine.expect(PROMPT, SECONDS)
            for _ in range(max(0, options.threads - 14)):
                machine.write("sleep 100000 &\r")
                machine.expect(PROMPT, SECONDS)
            for name, value, unit in figures_of(path, script):
                goal = GOALS.get(name)
                verdict = "" if goal is None else f"  {goal} {'reached' if float(value) >= goal else 'not reached'}"
                print(f"debugger_{name:27} {float(value):14,.1f} {unit}{verdict}", flush=True)


if __name__ == "__main__":
    main()
