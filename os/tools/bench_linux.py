#!/usr/bin/env python3
"""Measures one pipeline under Debian's Linux with busybox and under Parley, in the same machine, and prints both figures.

Linux is Debian's own kernel, its first file system nothing but busybox-static and a script. Packages that are not installed
are fetched by `apt-get download` into build/linux, and nothing is installed. Both systems boot on one CPU with QEMU's
instruction counter, where a nanosecond of the guest's clock is an instruction. Linux's figures are what its kernel's log says went by from before the pipeline
to its end, less what such an entry costs; Parley's is that of its `bench`, from a script.
"""
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys

import bench
from machine import Machine, MachineError, Settings

ROOT = bench.ROOT
WORK = "build/linux"
ROW = "shell_pipeline"
PIPELINE = "seq 1 100000 | sort | uniq | wc"
RUNS = 5
TOOLS = ("seq", "sort", "uniq", "wc", "dmesg", "poweroff")

# Linux's first process. What it writes to kmsg the kernel stamps, to the microsecond; between the first two nothing is done.
INIT = f"""#!/bin/busybox sh
run=0
while [ $run -lt {RUNS} ]; do
    echo before > /dev/kmsg
    echo start > /dev/kmsg
    {PIPELINE} > /result
    echo end > /dev/kmsg
    read lines words bytes < /result
    echo counted $lines $words $bytes
    run=$((run + 1))
done
dmesg
echo measured
poweroff -f
"""
COUNT = re.compile(rb"^counted (\d+) (\d+) (\d+)\r?$", re.MULTILINE)
STAMPS = re.compile(rb"^\[ *(\d+)\.(\d{6})\] before\r?\n\[ *(\d+)\.(\d{6})\] start\r?\n\[ *(\d+)\.(\d{6})\] end\r?$", re.MULTILINE)
COUNTED = (100000, 100000, 588895)  # what wc says of these lines


def fetch(package):
    """Unpacks a package of Debian's, fetched if it is not there yet, and returns the directory."""
    target = os.path.join(WORK, package)
    if not os.path.isdir(target):
        archives = glob.glob(os.path.join(WORK, package + "_*.deb"))
        if not archives:
            subprocess.run(["apt-get", "-qq", "download", package], cwd=WORK, check=True, stderr=subprocess.DEVNULL)
            archives = glob.glob(os.path.join(WORK, package + "_*.deb"))
        subprocess.run(["dpkg-deb", "-x", archives[0], target + ".part"], check=True)
        os.rename(target + ".part", target)
    return target


def kernel_package():
    """The package that holds the kernel: `linux-image-amd64` only names it."""
    answer = subprocess.run(["apt-cache", "depends", "linux-image-amd64"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Depends: (linux-image-\S+)", answer)
    if not found:
        sys.exit("bench_linux.py: apt knows no linux-image-amd64: apt-get update")
    return found.group(1)


def find_kernel():
    """The path of Linux's kernel: the one installed, or the package's."""
    installed = sorted(glob.glob("/boot/vmlinuz-*-amd64"))
    return installed[-1] if installed else glob.glob(os.path.join(fetch(kernel_package()), "boot/vmlinuz-*"))[0]


def find_busybox():
    """The path of a busybox that needs no libraries."""
    listed = subprocess.run(["dpkg", "-L", "busybox-static"], capture_output=True, text=True, check=False).stdout.split()
    path = next((line for line in listed if line.endswith("/bin/busybox")), None)
    return path or os.path.join(fetch("busybox-static"), "bin/busybox")


def entry(number, name, mode, data=b"", device=(0, 0)):
    """A file of an archive as Linux unpacks it at its start (cpio, `newc`)."""
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + path
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def make_archive(path, busybox):
    with open(busybox, "rb") as file:
        program = file.read()
    entries = [("bin", 0o040755), ("dev", 0o040755), ("dev/console", 0o020600, b"", (5, 1)), ("dev/kmsg", 0o020600, b"", (1, 11)),
               ("bin/busybox", 0o100755, program), ("init", 0o100755, INIT.encode())]
    entries += [(f"bin/{tool}", 0o120777, b"busybox") for tool in TOOLS]
    with open(path, "wb") as file:
        for number, fields in enumerate(entries, 1):
            file.write(entry(number, *fields))
        file.write(entry(0, "TRAILER!!!", 0))


def nanoseconds(seconds, millionths):
    return (int(seconds) * 1_000_000 + int(millionths)) * 1000


def measure_linux(kernel, archive):
    """The instructions of each run."""
    settings = Settings(cpus=1, icount=True, kernel=kernel, ramdisk=archive,
                        append="console=ttyS0 quiet rdinit=/init printk.time=1 printk.devkmsg=on")
    with Machine(settings) as machine:
        machine.expect(rb"^measured", bench.SECONDS)
        console = bytes(machine.console)
    counts = [tuple(map(int, found)) for found in COUNT.findall(console)]
    stamps = [[nanoseconds(*found[i:i + 2]) for i in (0, 2, 4)] for found in STAMPS.findall(console)]
    if counts != [COUNTED] * RUNS or len(stamps) != RUNS:
        sys.exit(f"bench_linux.py: Linux did not do the pipeline {RUNS} times: {console[-2000:].decode(errors='replace')}")
    return [(end - start) - (start - before) for before, start, end in stamps]


def main():
    os.chdir(ROOT)
    if len(sys.argv) > 1:
        sys.exit(__doc__ if sys.argv[1] == "--help" else f"bench_linux.py: unexpected {sys.argv[1]}")
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        sys.exit("bench_linux.py: the packages are Debian's: it needs apt-get and dpkg-deb")
    os.makedirs(WORK, exist_ok=True)
    kernel, archive = find_kernel(), os.path.join(WORK, "initrd.cpio")
    make_archive(archive, find_busybox())
    try:
        linux = measure_linux(kernel, archive)
    except MachineError as error:
        sys.exit(f"bench_linux.py: {error}")
    parley = bench.measure("--icount", program=f"bench {ROW}")[ROW][0]
    print(f"{PIPELINE}\n{'system':36} {'instructions':>14}")
    print(f"{'Linux (' + os.path.basename(kernel) + '), busybox':36} {statistics.median(linux):>14,.0f}   of {RUNS} runs the middle one;"
          f" {min(linux):,} to {max(linux):,}")
    print(f"{'Parley':36} {parley:>14,.0f}   {parley / statistics.median(linux):.3f} of that")
    sys.exit(0 if parley <= min(linux) else 1)


if __name__ == "__main__":
    main()
