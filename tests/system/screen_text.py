"""Reads the text off a picture of Parley's screen, by the glyphs of the packaged font."""
import os
import time

from machine import ROOT

WIDTH, HEIGHT, GLYPHS, HEADER = 8, 16, 256, 4


def font():
    """{the 16 bytes of a glyph: its character}, for the characters of ASCII."""
    with open(os.path.join(ROOT, "build/packages/font.psf"), "rb") as file:
        data = file.read()
    table = data[HEADER + GLYPHS * HEIGHT:]
    units = [int.from_bytes(table[i:i + 2], "little") for i in range(0, len(table) - 1, 2)]
    found, glyph = {}, 0
    for unit in units:
        if unit == 0xFFFF:
            glyph += 1
        elif 32 <= unit < 127:
            found.setdefault(data[HEADER + glyph * HEIGHT:HEADER + (glyph + 1) * HEIGHT], chr(unit))
    return found


def cell(picture, column, row, background):
    """The bits of a cell, as the font has them: what is not the background is set."""
    lines = bytearray()
    for y in range(row * HEIGHT, (row + 1) * HEIGHT):
        bits = 0
        for x in range(column * WIDTH, (column + 1) * WIDTH):
            start = 3 * (y * picture.width + x)
            bits = bits << 1 | (picture.pixels[start:start + 3] != background)
        lines.append(bits)
    return bytes(lines)


def read(picture, background=b"\0\0\0"):
    """The screen's rows, without blanks at their ends. What is no glyph, as the cursor, reads as "#"."""
    glyphs = font()
    rows = []
    for row in range(picture.height // HEIGHT):
        text = "".join(glyphs.get(cell(picture, column, row, background), "#")
                       for column in range(picture.width // WIDTH))
        rows.append(text.rstrip())
    return rows


def await_rows(machine, are_there, wanted, seconds):
    """Waits until the screen's rows are as a condition wants them; returns them."""
    give_up = time.monotonic() + seconds
    while not are_there(rows := read(machine.screendump())):
        if time.monotonic() > give_up:
            raise AssertionError(f"the screen does not show {wanted!r} but\n" + "\n".join(rows).rstrip())
        time.sleep(0.1)
    return rows


def await_row(machine, text, seconds):
    """Waits until a row of the screen is this text; returns all rows."""
    return await_rows(machine, lambda rows: text in rows, text, seconds)


def await_text(machine, texts, seconds):
    """Waits until each of these texts stands somewhere in a row; returns all rows."""
    return await_rows(machine, lambda rows: all(any(text in row for row in rows) for text in texts), texts, seconds)
