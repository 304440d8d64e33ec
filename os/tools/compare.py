#!/usr/bin/env python3
"""Runs the same jobs over every design of communication in the guest, and shows what they cost, side by side.

Prints a table per job, and writes build/compare.json and build/compare.html (one file, no network). The guest's program
`compare` runs under QEMU's instruction counter on one CPU: the figures are the same at every run.
"""
import html
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 900
FIELDS = ("job", "title", "design", "size", "instructions", "calls", "switches", "copied_by_kernel", "copied_by_programs",
          "kernel_bytes", "done", "asked", "status", "flooder_sent", "flooder_refused", "flooder_status")
COLUMNS = (("instructions", "instructions", "{:,.0f}"), ("per_byte", "per byte", "{:,.2f}"), ("calls", "calls", "{:,.2f}"),
           ("switches", "switches", "{:,.2f}"), ("copied_by_kernel", "copied by kernel", "{:,.0f}"),
           ("copied_by_programs", "by programs", "{:,.0f}"), ("kernel_bytes", "kernel bytes", "{:,.0f}"))
BAR_WIDTH, BAR_HEIGHT, LABEL_WIDTH, FIGURE_WIDTH = 420, 16, 120, 110

STYLE = """body { font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: .5em 0 2em } th, td { padding: .15em .7em; text-align: right; white-space: nowrap }
th:first-child, td:first-child, th:last-child, td:last-child { text-align: left } tr:nth-child(even) { background: #f4f4f2 }
th { border-bottom: 1px solid #999; font-weight: 600 } h2 { margin: 1.5em 0 0; font-size: 1.1em }
svg text { font: 12px system-ui, sans-serif } svg rect { fill: #4a7a8c }"""


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


def chart(cells):
    """Instructions of each design, as bars."""
    most = max(cell["instructions"] for cell in cells) or 1
    rows = []
    for i, cell in enumerate(cells):
        top, width = i * (BAR_HEIGHT + 4), max(1, BAR_WIDTH * cell["instructions"] / most)
        middle = top + BAR_HEIGHT - 4
        rows.append(f'<text x="{LABEL_WIDTH - 6}" y="{middle}" text-anchor="end">{html.escape(cell["design"])}</text>'
                    f'<rect x="{LABEL_WIDTH}" y="{top}" width="{width:.1f}" height="{BAR_HEIGHT}"/>'
                    f'<text x="{LABEL_WIDTH + width + 6:.1f}" y="{middle}">{cell["instructions"]:,.0f}</text>')
    size = f'width="{LABEL_WIDTH + BAR_WIDTH + FIGURE_WIDTH}" height="{len(cells) * (BAR_HEIGHT + 4)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>{"".join(rows)}</svg>'


def table(cells):
    head = "".join(f"<th>{title}</th>" for _, title, _ in COLUMNS)
    body = "".join("<tr><td>" + html.escape(cell["design"]) + "</td>" +
                   "".join(f"<td>{shown(cell, key, form)}</td>" for key, _, form in COLUMNS) +
                   f"<td>{html.escape(seen(cell))}</td></tr>" for cell in cells)
    return f"<table><tr><th>design</th>{head}<th>seen</th></tr>{body}</table>"


def page(jobs):
    parts = [f"<h2>{html.escape(name)}: {html.escape(cells[0]['title'])}</h2>{chart(cells)}{table(cells)}"
             for name, cells in jobs.items()]
    return ("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Parley: designs of communication compared</title>"
            f"<style>{STYLE}</style><h1>Designs of communication, compared</h1>"
            "<p>Guest instructions per block on one CPU (release build, all protections on), and what else it took. "
            "Made by <code>ninja compare</code>; the figures are the same at every run.</p>" + "".join(parts) + "</html>\n")


def main():
    os.chdir(ROOT)
    cells = measure(sys.argv[1:])
    jobs = jobs_of(cells)
    for name, of_job in jobs.items():
        print_table(name, of_job)
    with open("build/compare.json", "w", encoding="utf-8") as file:
        json.dump(cells, file, indent=1)
    with open("build/compare.html", "w", encoding="utf-8") as file:
        file.write(page(jobs))
    print("\nwritten: build/compare.json, build/compare.html")


if __name__ == "__main__":
    main()
