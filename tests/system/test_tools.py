"""The tools of the build: what they make is right, and the same each time."""
import os
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zlib

import picture
from machine import ROOT, key_of

sys.path.insert(0, os.path.join(ROOT, "os/tools"))
import ramdisk  # noqa: E402
import symbols  # noqa: E402


class Ramdisk(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = self.path("root")
        os.makedirs(os.path.join(self.root, "etc"))
        self.write("root/etc/startup", "clock\n")
        self.write("cat", "the program")
        self.write("list", self.path("cat"))

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def make(self, name):
        subprocess.run([sys.executable, os.path.join(ROOT, "os/tools/ramdisk.py"), "--output", self.path(name),
                        "--root", self.root, self.path("list")], check=True)
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_holds_the_files_and_the_programs_in_bin(self):
        self.make("a.tar")
        with tarfile.open(self.path("a.tar")) as tar:
            self.assertEqual(tar.getnames(), ["bin", "bin/cat", "etc", "etc/startup"])
            self.assertEqual(tar.getmember("bin/cat").type, ramdisk.PACKED)

    def test_what_startup_names_begins_a_page_and_the_rest_is_packed(self):
        program = bytes(range(256)) * 5
        self.write("root/etc/startup", "service one /bin/one\n")
        self.write("list", "\n".join(self.path(name) for name in ("cat", "init", "one", "two")))
        for name in ("init", "one", "two"):
            with open(self.path(name), "wb") as file:
                file.write(program)
        archive = self.make("a.tar")
        with tarfile.open(self.path("a.tar")) as tar:
            self.assertEqual(tar.getnames(), ["bin/init", "bin/one", "bin", "bin/cat", "bin/two", "etc", "etc/startup"])
            for name in ("bin/init", "bin/one"):
                self.assertEqual(tar.getmember(name).offset_data % ramdisk.PAGE, 0)
                self.assertEqual(tar.extractfile(name).read(), program)
            packed, first = tar.getmember("bin/two"), tar.getmember("bin/init").offset_data
        at = packed.offset_data
        self.assertEqual(struct.unpack_from("<QIIII", archive, at), (first, len(program), len(program), packed.size - 24, sum(program)))
        self.assertLess(packed.size, 100)

    def test_is_the_same_when_the_files_are_newer(self):
        before = self.make("a.tar")
        for name in ("root/etc/startup", "cat"):
            os.utime(self.path(name), (10**9, 10**9))
        self.assertEqual(self.make("b.tar"), before)

    def test_names_no_user(self):
        self.make("a.tar")
        with tarfile.open(self.path("a.tar")) as tar:
            self.assertEqual({(member.uid, member.gid, member.mtime) for member in tar}, {(0, 0, 0)})

    def test_programs_of_a_list_come_after_the_root(self):
        self.assertEqual(dict(ramdisk.programs([self.path("list")])), {"bin/cat": self.path("cat")})


class Symbols(unittest.TestCase):
    def test_an_empty_table_counts_none(self):
        self.assertIn("kernel_symbol_count:\n    .long 0\n", symbols.table([]))

    def test_names_are_found_by_their_offset(self):
        text = symbols.table([(0x1000, "one"), (0x1010, "three")])
        self.assertIn("kernel_symbol_addresses:\n    .long 0x1000\n    .long 0x1010\n", text)
        self.assertIn("kernel_symbol_names:\n    .long 0\n    .long 4\n", text)
        self.assertIn('kernel_symbol_strings:\n    .asciz "one"\n    .asciz "three"\n', text)


class Pictures(unittest.TestCase):
    def test_a_dump_becomes_a_png_with_the_same_pixels(self):
        pixels = bytes(range(18))
        with tempfile.TemporaryDirectory() as directory:
            dump, png = os.path.join(directory, "a.ppm"), os.path.join(directory, "a.png")
            with open(dump, "wb") as file:
                file.write(b"P6\n3 2\n255\n" + pixels)
            read = picture.read_ppm(dump)
            picture.write_png(read, png)
            with open(png, "rb") as file:
                content = file.read()
        self.assertEqual((read.width, read.height, read.pixel(2, 1)), (3, 2, (15, 16, 17)))
        start = content.index(b"IDAT") + 4
        rows = zlib.decompress(content[start:content.index(b"IEND") - 8])
        self.assertEqual(rows, b"\0" + pixels[:9] + b"\0" + pixels[9:])


class Keys(unittest.TestCase):
    def test_a_character_is_typed_by_the_keys_of_the_us_layout(self):
        wanted = {"a": "a", "A": "shift-a", "7": "7", "&": "shift-7", "|": "shift-backslash", "\n": "ret",
                  ">": "shift-dot", '"': "shift-apostrophe", "_": "shift-minus", " ": "spc"}
        self.assertEqual({character: key_of(character) for character in wanted}, wanted)
