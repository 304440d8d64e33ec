#!/usr/bin/env python3
"""Runs a fuzzer for some seconds on its corpus of real sessions, and prints `ok NAME` or `not ok NAME: why`.

usage: run.py FUZZER SECONDS CORPUS   CORPUS is read and not written to; what the fuzzer finds lies in build/fuzz.
"""
import os
import subprocess
import sys
import tempfile

FINDINGS = "build/fuzz/"


def main():
    fuzzer, seconds, corpus = sys.argv[1:]
    name = os.path.basename(fuzzer).replace("-", " ")
    os.makedirs(FINDINGS, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        result = subprocess.run([fuzzer, f"-max_total_time={seconds}", "-max_len=4096", "-artifact_prefix=" + FINDINGS,
                                 work, corpus], capture_output=True, text=True, check=False,
                                env={**os.environ, "LLVM_PROFILE_FILE": "/dev/null"})
    lines = result.stderr.splitlines()
    if result.returncode == 0:
        print(lines[-1] if lines else "")
        print(f"ok {name}: no finding in {seconds} s")
        return 0
    print("\n".join(lines[-60:]))
    print(f"not ok {name}: a finding, kept in {FINDINGS}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
