#!/usr/bin/env python3
"""Makes the keyboard driver's tables of layouts (drivers/keyboard/layout.h) from Debian's keymaps (package console-data).

usage: keymaps.py OUTPUT NAME=FILE...   FILE is a map as loadkeys reads it (keymaps(5)), perhaps compressed. NAME ends in "-" where
the layout has no AltGr: its right Alt key is one like the left. What accents make of letters is Unicode's canonical composition.
"""
import gzip
import os
import re
import sys
import unicodedata

SHIFT, ALTGR, LEVELS = 1, 2, 4
MODIFIERS = {"plain": 0, "shift": SHIFT, "altgr": ALTGR}
DEAD = 0xE000  # LAYOUT_DEAD
# Keys that type characters, by their codes: the rows of the main block, and the key beside the left Shift.
TYPING = [*range(2, 14), *range(16, 28), *range(30, 42), 43, *range(44, 54), 86]

# Accents: name, combining character, the character of the accent alone.
ACCENTS = [("dead_grave", "\u0300", "`"), ("dead_acute", "\u0301", "\u00b4"), ("dead_circumflex", "\u0302", "^"),
           ("dead_tilde", "\u0303", "~"), ("dead_diaeresis", "\u0308", "\u00a8"), ("dead_cedilla", "\u0327", "\u00b8"),
           ("dead_ring", "\u030a", "\u00b0"), ("dead_caron", "\u030c", "\u02c7"), ("dead_ogonek", "\u0328", "\u02db"),
           ("dead_breve", "\u0306", "\u02d8"), ("dead_doubleacute", "\u030b", "\u02dd")]

PLAIN_NAMES = """
space exclam quotedbl numbersign dollar percent ampersand apostrophe parenleft parenright asterisk plus comma minus period slash
zero one two three four five six seven eight nine colon semicolon less equal greater question at
""".split()
LATIN_1_NAMES = """
nobreakspace exclamdown cent sterling currency yen brokenbar section diaeresis copyright ordfeminine guillemotleft notsign hyphen
registered macron degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior masculine
guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex Atilde Adiaeresis Aring AE Ccedilla Egrave
Eacute Ecircumflex Ediaeresis Igrave Iacute Icircumflex Idiaeresis ETH Ntilde Ograve Oacute Ocircumflex Otilde Odiaeresis multiply
Ooblique Ugrave Uacute Ucircumflex Udiaeresis Yacute THORN ssharp agrave aacute acircumflex atilde adiaeresis aring ae ccedilla
egrave eacute ecircumflex ediaeresis igrave iacute icircumflex idiaeresis eth ntilde ograve oacute ocircumflex otilde odiaeresis
division oslash ugrave uacute ucircumflex udiaeresis yacute thorn ydiaeresis
""".split()
NAMES = {**{name: 0x20 + i for i, name in enumerate(PLAIN_NAMES)}, **{name: 0xA0 + i for i, name in enumerate(LATIN_1_NAMES)},
         "bracketleft": 0x5B, "backslash": 0x5C, "bracketright": 0x5D, "asciicircum": 0x5E, "underscore": 0x5F, "grave": 0x60,
         "braceleft": 0x7B, "bar": 0x7C, "pipe": 0x7C, "braceright": 0x7D, "asciitilde": 0x7E, "tilde": 0x7E, "euro": 0x20AC,
         "Oslash": 0xD8, "Scaron": 0x160, "scaron": 0x161, "Zcaron": 0x17D, "zcaron": 0x17E, "OE": 0x152, "oe": 0x153,
         **{name: DEAD + i for i, (name, _, _) in enumerate(ACCENTS)}}
# What maps also assign, and what types nothing of its own here.
SILENT = re.compile(r"^(Control_.*|Meta_.*|Ascii_.*|Hex_.*|KP_.*|VoidSymbol|NoSymbol|nul|Escape|Delete|BackSpace|Compose|Boot|Break|"
                    r"Last_Console|Show_.*|.*Console.*|Linefeed|Tab|Return|CapsShift|ESC|Keyboard.*)$")


class Map:
    """One layout: characters by code and level, and which keys Caps Lock turns."""

    def __init__(self):
        self.columns = list(range(16))
        self.characters = {}
        self.in_euro = False
        self.letters = set()

    def value_of(self, word):
        """The character, 0 for none, and whether Caps Lock turns it."""
        turned = word.startswith("+")
        word = word.lstrip("+")
        if len(word) == 1:
            return ord(word), turned or word.isalpha()
        if word == "currency" and self.in_euro:
            return 0x20AC, turned
        if word in NAMES:
            return NAMES[word], turned
        if re.match(r"^(U\+|0x)[0-9a-fA-F]+$", word):
            return int(word[2:], 16), turned
        if SILENT.match(word):
            return 0, False
        raise ValueError(f"no such key symbol: {word}")

    def assign(self, code, level, word):
        if level >= LEVELS:
            return
        value, turned = self.value_of(word)
        self.characters[code, level] = value
        if turned and level == 0:
            self.letters.add(code)
        elif level == 0:
            self.letters.discard(code)

    def assign_all(self, code, words):
        """A line without modifiers: one word means all levels, several stand in the order of `keymaps`."""
        for level in range(LEVELS):
            self.characters[code, level] = 0
        if len(words) == 1:
            for level in range(LEVELS):
                upper = level & SHIFT and len(words[0].lstrip("+")) == 1
                self.assign(code, level, words[0].upper() if upper else words[0])
            return
        for level, word in zip(self.columns, words):
            self.assign(code, level, word)

    def read_line(self, line, directory):
        words = line.split()
        if words[0] == "keymaps":
            self.columns = numbers_of("".join(words[1:]))
        elif words[0] == "include":
            self.read(find_included(words[1].strip('"'), directory))
        elif "keycode" in words and "=" in words:
            at, equal = words.index("keycode"), words.index("=")
            code, values = int(words[at + 1]), words[equal + 1:]
            if code not in TYPING or not values:
                return
            if at == 0:
                self.assign_all(code, values)
            elif all(word in MODIFIERS for word in words[:at]):
                self.assign(code, sum(MODIFIERS[word] for word in words[:at]), values[0])

    def read(self, path):
        columns, self.columns = self.columns, list(range(16))
        self.in_euro = os.path.basename(path).startswith("euro")  # it names the euro by its place in ISO 8859-15
        for line in text_of(path).replace("\\\n", " ").splitlines():
            line = re.sub(r"^\s*[#!].*|\s#.*", "", line).replace("=", " = ")
            if line.strip():
                self.read_line(line, os.path.dirname(path))
        self.columns, self.in_euro = columns, False


def numbers_of(text):
    """[0, 1, 2, 4] of "0-2,4"."""
    found = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def text_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read().decode("latin-1")


def find_included(name, directory):
    for place in (directory, os.path.join(os.path.dirname(directory), "include")):
        for ending in ("", ".inc", ".map", ".kmap"):
            for packed in ("", ".gz"):
                path = os.path.join(place, name + ending + packed)
                if os.path.isfile(path):
                    return path
    raise FileNotFoundError(f"{name}, included in {directory}")


def rows_of(map_, has_altgr):
    for code in TYPING:
        typed = [map_.characters.get((code, level), 0) for level in range(LEVELS)]
        if not has_altgr:
            typed[ALTGR:] = [0, 0]
        kind = "LAYOUT_LETTER" if code in map_.letters else "LAYOUT_PLAIN"
        yield f"            [{code:#04x}] = {{{{{', '.join(f'{value:#x}' for value in typed)}}}, {kind}}},"


def compositions():
    """Every accent with every letter that Unicode has one character for; with a space, or itself, it is the accent alone."""
    for i, (_, combining, alone) in enumerate(ACCENTS):
        yield DEAD + i, ord(" "), ord(alone)
        yield DEAD + i, DEAD + i, ord(alone)
        for base in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
            whole = unicodedata.normalize("NFC", base + combining)
            if len(whole) == 1:
                yield DEAD + i, ord(base), ord(whole)


def main():
    output, *wanted = sys.argv[1:]
    lines = ["// Made by os/tools/keymaps.py from the keymaps of the package console-data.", '#include "drivers/keyboard/layout.h"', "",
             "static const struct layout_composition compositions[] = {",
             *(f"    {{{accent:#x}, {base:#x}, {whole:#x}}}," for accent, base, whole in compositions()), "    {0},", "};", "",
             "const struct layout layouts[] = {"]
    for word in wanted:
        name, _, path = word.partition("=")
        map_, has_altgr = Map(), not name.endswith("-")
        map_.read(path)
        lines += ["    {", f'        .name = "{name.rstrip("-")}",', f"        .has_altgr = {str(has_altgr).lower()},",
                  "        .keys = {", *rows_of(map_, has_altgr), "        },",
                  "        .compositions = compositions,", "    },"]
    lines += ["};", f"const uint32_t layout_count = {len(wanted)};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main()
