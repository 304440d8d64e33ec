#!/usr/bin/env python3
"""Makes the ramdisk: a tar file (ustar) of a directory's files and of programs, the same bytes from the same content.

Each LIST names programs, one per line; each goes to /bin under its own name.
"""
import argparse
import io
import os
import tarfile


def walk(root):
    """The (name in the ramdisk, source) of each file and directory under root, in a fixed order."""
    for directory, directories, files in os.walk(root):
        directories.sort()
        for name in sorted(directories + files):
            source = os.path.join(directory, name)
            yield os.path.relpath(source, root), source


def programs(lists):
    for path in lists:
        with open(path, encoding="utf-8") as file:
            for source in file.read().split():
                yield "bin/" + os.path.basename(source), source


def entry(name, source):
    """A header that says nothing about when, where or by whom the ramdisk was made."""
    information = tarfile.TarInfo(name)
    if os.path.isdir(source):
        information.type = tarfile.DIRTYPE
        information.mode = 0o755
    else:
        information.size = os.path.getsize(source)
        information.mode = 0o755 if os.access(source, os.X_OK) else 0o644
    return information


def write(output, members):
    with tarfile.open(output, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, source in sorted(members.items()):
            information = entry(name, source)
            content = io.BytesIO()
            if information.isfile():
                with open(source, "rb") as file:
                    content = io.BytesIO(file.read())
            tar.addfile(information, content)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    parser.add_argument("--root", help="a directory whose files go to /")
    parser.add_argument("--file", action="append", default=[], metavar="NAME=SOURCE", help="one more file")
    parser.add_argument("--depfile", help="write here for ninja what was read")
    parser.add_argument("lists", nargs="*", metavar="LIST")
    options = parser.parse_args()

    members = dict(walk(options.root)) if options.root else {}
    members.update(item.split("=", 1) for item in options.file)
    members.update(programs(options.lists))
    members.setdefault("bin", options.root or ".")
    write(options.output, members)
    if options.depfile:
        with open(options.depfile, "w", encoding="utf-8") as file:
            file.write(f"{options.output}: {' '.join(sorted(set(members.values())))}\n")


if __name__ == "__main__":
    main()
