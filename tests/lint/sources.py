"""Which files are ours, for the checks of this directory: what git tracks or would track."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
C_ENDINGS = (".c", ".h")
PROGRAM_TEXT = (".c", ".h", ".S", ".py", ".ld")


def tracked(endings=("",)):
    """The paths, from the root, of our files that end so. The checks run in the root from here on."""
    os.chdir(ROOT)
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             check=True, capture_output=True).stdout.decode()
    return sorted(path for path in set(listing.split("\0")) if path.endswith(endings) and os.path.isfile(path))


def lines_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def conclude(name, complaints):
    """Prints the complaints and the line of the check, and ends with its status."""
    for complaint in complaints:
        print(complaint)
    print(f"ok {name}" if not complaints else f"not ok {name}: {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)
