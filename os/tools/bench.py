#!/usr/bin/env python3
"""Measures the release build, prints a table, and writes build/bench.json.

The guest's program `bench` prints a line `NAME VALUE ns` per operation, the time of one, or `NAME VALUE kib` for memory.
All of it boots with `layout=repeat`: what a mapping costs depends on where it lies, and two builds are to be compared.
It runs twice: with QEMU's instruction counter, where a nanosecond of the guest is an instruction, and without; so does
`bench-keys` of the tests' ramdisk. What booting takes is asked for at the first prompt of further boots. The debugger's line is measured
with a GDB (bench_debugger.py): its rows say how often a second, and how much of the host's processors one needs.
"""
import json
import os
import re
import subprocess
import sys
import time

import bench_debugger
from machine import PROMPT, Machine, Settings

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUTPUT = "build/bench.json"
SECONDS = 600
LAYOUT = "layout=repeat"
LINE = re.compile(r"^([a-z0-9_]+) ([0-9.]+) (ns|kib)\r?$", re.MULTILINE)

# What the design is to reach: guest instructions on one CPU, or KiB.
GOALS = {
    "null_call": 100, "event_self": 350, "event_round_trip": 1500, "message_self_64": 800,
    "message_round_trip_64": 1650, "message_round_trip_4096": 5000, "pipe_self_64": 700, "pipe_round_trip_1": 1800,
    "pipe_bulk_65536": 20000, "shared_memory_round_trip_64": 1800, "interface_round_trip_64": 1800, "yield_pair": 500, "page_map_touch_unmap": 1800,
    "page_fault": 1200, "link_round_trip_32": 900, "page_fault_daemon": 4000, "page_fault_file_in_order": 4000, "thread_create_join": 5000, "process_spawn_wait": 60000, "boot_to_prompt": 100_000_000,
    "page_move": 1600, "page_duplicate": 2000, "trace_operation": 120,
    "memory_at_prompt_kib": 12 * 1024,
    "shell_true": 120_000, "shell_pipeline": 720_500_000,
    "file_read_4096": 4000, "file_read_1m_per_byte": 0.2, "port_self_64": 500, "port_call_64": 900,
    "key_to_event": 4000, "snake_frame": 150_000, "scroll_screen": 200_000,
}


def measure(*more, program="bench"):
    """{name: (value, unit)} of one run of a program that measures in the guest."""
    command = ["os/run", "--headless", "--cpus", "1", "--timeout", str(SECONDS), "--append", LAYOUT, *more, "--command", program]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench.py: the guest's {program} ended with status {run.returncode}:\n{run.stdout}")
    return figures_of(run.stdout)


def figures_of(text):
    return {name: (float(value), unit) for name, value, unit in LINE.findall(text)}


def measure_boot(icount):
    """The same of a boot to the prompt."""
    with Machine(Settings(cpus=1, icount=icount, append=LAYOUT)) as machine:
        machine.expect(PROMPT, SECONDS)
        machine.write("bench boot\n")
        machine.expect(rb"memory_at_prompt_kib \d+ kib", SECONDS)
        return figures_of(machine.console.decode(errors="replace"))


def measure_screen(icount):
    """The same of what is drawn: typed at a machine's keyboard, and read from its serial console."""
    with Machine(Settings(cpus=1, icount=icount, append=LAYOUT)) as machine:
        machine.expect(PROMPT, SECONDS)
        machine.still_screen()
        machine.type("bench screen > /tmp/figures; echo ended $? >> /tmp/figures\n")
        give_up = time.monotonic() + SECONDS
        while not re.search(rb"^ended 0\r$", machine.console, re.MULTILINE):
            if time.monotonic() > give_up or b"ended 1" in machine.console:
                sys.exit("bench.py: the guest's bench of the screen did not end well")
            machine.write("cat /tmp/figures\n")
            machine.expect(PROMPT, SECONDS)
            time.sleep(1)
        return figures_of(machine.console.decode(errors="replace"))


def row(name, figures):
    shown = [f"{figures[key]:,.0f}" if figures.get(key) is not None else "" for key in ("instructions", "nanoseconds", "kib")]
    goal = GOALS.get(name)
    reached = figures.get("kib", figures.get("instructions"))
    verdict = "" if goal is None else f"{goal:,} {'reached' if reached <= goal else 'not reached'}"
    return f"{name:36} {shown[0]:>14} {shown[1]:>14} {shown[2]:>8}  {verdict}"


def main():
    os.chdir(ROOT)
    counted, timed = measure("--icount"), measure()
    counted.update(measure("--tests", "--icount", program="bench-keys"))
    timed.update(measure("--tests", program="bench-keys"))
    counted.update(measure_boot(icount=True))
    timed.update(measure_boot(icount=False))
    counted.update(measure_screen(icount=True))
    timed.update(measure_screen(icount=False))
    traced, plain = counted["event_self_traced"][0], counted["event_self"][0]
    counted["trace_operation"] = ((traced - plain) / 2, "ns")  # an event is sent and taken: two records
    table = {}
    for name, (value, unit) in counted.items():
        table[name] = {"kib": value} if unit == "kib" else {
            "instructions": round(value, 3), "nanoseconds": round(timed[name][0], 3) if name in timed else None}
    print(f"{'operation':36} {'instructions':>14} {'nanoseconds':>14} {'KiB':>8}  goal")
    for name, figures in table.items():
        print(row(name, figures))
    debugger = bench_debugger.measure()
    bench_debugger.print_rows(debugger)
    table.update({name: {"per_second": round(each, 3), "host_milliseconds": round(used, 3)} for name, (each, used, _) in debugger.items()})
    missing = sorted(set(GOALS) - set(table))
    with open(os.path.join(ROOT, OUTPUT), "w", encoding="utf-8") as file:
        json.dump(table, file, indent=1)
    if missing:
        sys.exit("bench.py: not measured: " + ", ".join(missing))


if __name__ == "__main__":
    main()
