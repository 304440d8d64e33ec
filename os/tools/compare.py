#!/usr/bin/env python3
"""Runs the same jobs over every design of communication in the guest, and shows what they cost, side by side.

Prints a table per job, and writes build/compare.json and build/compare.html (one file, no network). The guest's program
`compare` runs under QEMU's instruction counter on one CPU: the figures are the same at every run.
"""
import functools
import json
import os
import subprocess
import sys

from compare_page import page

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 900
FIELDS = ("job", "title", "design", "size", "instructions", "calls", "switches", "copied_by_kernel", "copied_by_programs",
          "kernel_bytes", "done", "asked", "status", "flooder_sent", "flooder_refused", "flooder_status")
COLUMNS = (("instructions", "instructions", "{:,.0f}"), ("per_byte", "per byte", "{:,.2f}"), ("calls", "calls", "{:,.2f}"),
           ("switches", "switches", "{:,.2f}"), ("copied_by_kernel", "copied by kernel", "{:,.0f}"),
           ("copied_by_programs", "by programs", "{:,.0f}"), ("kernel_bytes", "kernel bytes", "{:,.0f}"))


def value_of(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def cell_of(line):
    cell = dict(zip(FIELDS, map(value_of, line.split("|")[1:])))
    cell["per_byte"] = cell["instructions"] / cell["size"] if cell["size"] else None
    if cell["copied_by_kernel"] < 0:
        cell["copied_by_kernel"] = None  # more than the trace's ring holds
    return cell


def measure(words):
    run = subprocess.run(["os/run", "--headless", "--icount", "--cpus", "1", "--timeout", str(SECONDS), "--command",
                          " ".join(["compare", "--lines", *words])], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"compare.py: the guest's compare ended with status {run.returncode}:\n{run.stderr}")
    return [cell_of(line) for line in run.stdout.splitlines() if line.startswith("cell|")]


def jobs_of(cells):
    jobs = {}
    for cell in cells:
        jobs.setdefault(cell["job"], []).append(cell)
    return jobs


def shown(cell, key, form):
    return "-" if cell[key] is None else form.format(cell[key])


def seen(cell):
    text = f"{cell['done']} of {cell['asked']}"
    if cell["status"] != "OK":
        text += f", then {cell['status']}"
    if cell["job"] == "flood":
        text += f"; flooder: {cell['flooder_sent']} sent, {cell['flooder_refused']} {cell['flooder_status']}"
    return text


def print_table(name, cells):
    print(f"\n{name}: {cells[0]['title']}")
    print(f"{'design':14}" + "".join(f"{title:>18}" for _, title, _ in COLUMNS) + "  seen")
    for cell in cells:
        print(f"{cell['design']:14}" + "".join(f"{shown(cell, key, form):>18}" for key, _, form in COLUMNS) + "  " + seen(cell))


def main():
    os.chdir(ROOT)
    cells = measure(sys.argv[1:])
    jobs = jobs_of(cells)
    for name, of_job in jobs.items():
        print_table(name, of_job)
    with open("build/compare.json", "w", encoding="utf-8") as file:
        json.dump(cells, file, indent=1)
    with open("build/compare.html", "w", encoding="utf-8") as file:
        file.write(page(jobs, [(title, functools.partial(shown, key=key, form=form)) for key, title, form in COLUMNS], seen))
    print("\nwritten: build/compare.json, build/compare.html")


if __name__ == "__main__":
    main()
