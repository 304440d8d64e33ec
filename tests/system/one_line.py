"""Has a machine of its own run one line, by os/run, as a script does it."""
import subprocess

from machine import ROOT


def run(line, *flags, seconds=60, text=False):
    """What became of it, as subprocess tells it; `text`: what it printed as text, else as bytes. `seconds` are for the line."""
    return subprocess.run(["os/run", "--headless", "--timeout", str(seconds), *flags, "--command", line], cwd=ROOT,
                          capture_output=True, text=text, errors="replace" if text else None, timeout=2 * seconds + 60, check=False)
