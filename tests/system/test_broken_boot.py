"""What the boot loader brought is broken or lacks: the serial console says in words what, and where."""
import io
import os
import struct
import tarfile
import tempfile
import unittest

from machine import ROOT, Machine, Settings

SECONDS = 60
BLOCK = 512
STOPPED = rb"the machine is stopped"
ELF_CLASS, ELF_TYPE, ELF_MACHINE, ELF_ENTRY, ELF_HEADERS = 4, 16, 18, 24, 32
SEGMENT_SIZE, SEGMENT_LOAD = 56, 1


class Ramdisk:
    """The release ramdisk's files by name, from which a test makes a broken one."""

    def __init__(self):
        with tarfile.open(os.path.join(ROOT, "build/ramdisk.tar")) as tar:
            self.members = [(entry, tar.extractfile(entry).read() if entry.isfile() else b"") for entry in tar]

    def content(self, name):
        return next(content for entry, content in self.members if entry.name == name)

    def replaced(self, name, content):
        """The archive with another content of one file; None: without the file."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for entry, bytes_before in self.members:
                now = content if entry.name == name else bytes_before
                if now is not None:
                    entry.size = len(now)
                    tar.addfile(entry, io.BytesIO(now))
        return bytearray(archive.getvalue())

    def whole(self):
        return self.replaced("", b"")


def header_of(archive, name):
    """Where a file's header stands in an archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getmember(name).offset


def patched(content, offset, form, value):
    content = bytearray(content)
    struct.pack_into(form, content, offset, value)
    return bytes(content)


def writable_text(content):
    """An ELF file whose loadable segments are all writable and executable."""
    (headers,), (count,) = struct.unpack_from("<Q", content, ELF_HEADERS), struct.unpack_from("<H", content, 56)
    for i in range(count):
        at = headers + i * SEGMENT_SIZE
        if struct.unpack_from("<I", content, at)[0] == SEGMENT_LOAD:
            content = patched(content, at + 4, "<I", 7)
    return content


class BrokenBoot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ramdisk = Ramdisk()
        cls.directory = tempfile.TemporaryDirectory(prefix="parley-")

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def boot(self, archive):
        """A machine with this ramdisk, or without any."""
        path = ""
        if archive is not None:
            path = os.path.join(self.directory.name, "ramdisk")
            with open(path, "wb") as file:
                file.write(archive)
        return Machine(Settings(ramdisk=path, append="console=serial"))

    def panics(self, archive, words):
        with self.boot(archive) as machine:
            machine.expect(rb"kernel panic on CPU \d: " + words, SECONDS)
            machine.expect(STOPPED, SECONDS)

    def says(self, archive, words):
        with self.boot(archive) as machine:
            machine.expect(words, SECONDS)
            self.assertNotIn(b"panic", machine.console)

    def test_no_ramdisk(self):
        self.panics(None, rb"no ramdisk: the boot loader must bring ramdisk\.tar")

    def test_a_ramdisk_that_is_no_archive(self):
        self.panics(b"This is not a tar file.\n" * 100, rb"the ramdisk is broken at byte 0: no sound header")

    def test_a_ramdisk_of_zeros(self):
        self.panics(bytes(8192), rb"the ramdisk has no bin/init")

    def test_a_ramdisk_without_init(self):
        self.panics(self.ramdisk.replaced("bin/init", None), rb"the ramdisk has no bin/init")

    def test_a_wrong_byte_in_the_header_of_init(self):
        archive = self.ramdisk.whole()
        place = header_of(archive, "bin/init")
        archive[place + 100] ^= 1
        self.panics(archive, b"the ramdisk is broken at byte %d: no sound header" % place)

    def test_a_ramdisk_cut_off_within_init(self):
        archive = self.ramdisk.whole()
        place = header_of(archive, "bin/init")
        self.panics(archive[:place + 3 * BLOCK], b"the ramdisk is broken at byte %d: .*beyond the end" % place)

    def test_an_empty_init(self):
        self.panics(self.ramdisk.replaced("bin/init", b""), rb"bin/init in the ramdisk is empty")

    def test_an_init_that_is_no_program(self):
        init = self.ramdisk.content("bin/init")
        broken = {
            "a text": b"#!/bin/sh\necho hello\n",
            "half a header": init[:32],
            "the header alone": init[:64],
            "of 32 bits": patched(init, ELF_CLASS, "B", 1),
            "an object file": patched(init, ELF_TYPE, "<H", 1),
            "for another machine": patched(init, ELF_MACHINE, "<H", 183),
            "entered outside of itself": patched(init, ELF_ENTRY, "<Q", 1 << 40),
            "headers beyond its end": patched(init, ELF_HEADERS, "<Q", 1 << 63),
            "both writable and executable": writable_text(init),
        }
        for what, content in broken.items():
            with self.subTest(what=what):
                self.panics(self.ramdisk.replaced("bin/init", content),
                            rb"bin/init in the ramdisk is no sound program")

    def test_init_names_what_lacks_or_is_wrong_in_its_own_file(self):
        self.says(self.ramdisk.replaced("etc/startup", None), rb"init: /etc/startup: no such")
        self.says(self.ramdisk.replaced("etc/startup", b"power 0\nservice\n"), rb"init: /etc/startup, line 2: .+\r")

    def test_a_broken_service_is_named_and_left_out(self):
        self.says(self.ramdisk.replaced("bin/files", b"#!/bin/sh\n"),
                  rb"init: files: /bin/files: the program image is broken")
        self.says(self.ramdisk.replaced("bin/files", None), rb"init: files: /bin/files: no such")

    def test_a_header_that_is_broken_behind_init_is_told_too(self):
        archive = self.ramdisk.whole()
        place = header_of(archive, "etc/welcome")
        archive[place + 100] ^= 1
        self.says(archive, b"init: the ramdisk is broken at byte %d: a header's checksum is wrong" % place)
