#!/usr/bin/env python3
"""Makes the ramdisk: a tar file (ustar) of a directory's files and of programs, the same bytes from the same content.

Each LIST names programs, one per line; each goes to /bin under its own name. The programs that every start runs (/etc/startup) come first, each from
a page's start on, so that Parley runs them where they lie. All other programs are packed (os/files/packed.h): entries of type Z, which
tar passes on as they are. What they have in common with /bin/init, the first, is there only once.
"""
import argparse
import ctypes
import io
import os
import re
import struct
import tarfile

PAGE, BLOCK = 4096, 512
PACKED = b"Z"
FIRST = "bin/init"
DICTIONARY_MAX = 64 << 10  # no match of LZ4's reaches further back
LEVEL = 12                 # the most that it can do


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


def read(source):
    with open(source, "rb") as file:
        return file.read()


def pack(library, content, dictionary):
    """One block of LZ4's format."""
    stream = ctypes.c_void_p(library.LZ4_createStreamHC())
    library.LZ4_resetStreamHC_fast(stream, LEVEL)
    library.LZ4_loadDictHC(stream, dictionary, len(dictionary))
    room = ctypes.create_string_buffer(library.LZ4_compressBound(len(content)))
    size = library.LZ4_compress_HC_continue(stream, content, room, len(content), len(room))
    library.LZ4_freeStreamHC(stream)
    if size <= 0:
        raise SystemExit("ramdisk.py: LZ4 does not pack")
    return room.raw[:size]


def add(tar, information, content):
    information.size = len(content)
    tar.addfile(information, io.BytesIO(content))


def align(tar):
    """An extended header that says nothing, of such a size that the content of the next entry begins with a page."""
    gap = -(tar.offset + BLOCK) % PAGE
    if gap == 0:
        return
    size = (gap if gap > BLOCK else gap + PAGE) - BLOCK
    filler = tarfile.TarInfo("aligned")
    filler.type = tarfile.XHDTYPE
    start = f"{size} comment="
    add(tar, filler, (start + " " * (size - len(start) - 1) + "\n").encode())


def started(members):
    """The programs that every start runs. Services that a word on the kernel's command line asks for are started from what lies packed."""
    startup = read(members["etc/startup"]).decode() if "etc/startup" in members else ""
    services = [text for text in re.split(r"^(?=service )", startup, flags=re.MULTILINE) if not re.search(r"^\s+if word ", text, re.MULTILINE)]
    return [FIRST] + sorted({f"bin/{name}" for text in services for name in re.findall(r"/bin/([\w-]+)", text)} - {FIRST})


def write(output, members):
    library = ctypes.CDLL("liblz4.so.1")
    library.LZ4_createStreamHC.restype = ctypes.c_void_p
    plain = [name for name in started(members) if name in members]
    dictionary, place = b"", 0
    with tarfile.open(output, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name in plain:
            align(tar)
            if name == FIRST:
                dictionary, place = read(members[name])[:DICTIONARY_MAX], tar.offset + BLOCK
            add(tar, entry(name, members[name]), read(members[name]))
        for name in sorted(set(members) - set(plain)):
            information = entry(name, members[name])
            content = read(members[name]) if information.isfile() else b""
            if name.startswith("bin/") and content:
                packed = pack(library, content, dictionary)
                content = struct.pack("<QIIII", place, len(dictionary), len(content), len(packed), sum(content)) + packed
                information.type = PACKED
            add(tar, information, content)


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
