"""Pictures of the guest's screen: reads what QEMU dumps, writes PNG."""
import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    pixels: bytes  # three bytes a pixel, red, green, blue; rows from the top

    def pixel(self, x, y):
        start = 3 * (y * self.width + x)
        return tuple(self.pixels[start:start + 3])


def read_ppm(path):
    """Reads a binary PPM file (P6, 255 levels), as QEMU's screendump writes it."""
    with open(path, "rb") as file:
        content = file.read()
    magic, width, height, levels = content[:64].split(None, 4)[:4]
    if magic != b"P6" or levels != b"255":
        raise ValueError(f"{path}: not a picture that QEMU dumps")
    width, height = int(width), int(height)
    pixels = content[len(content) - 3 * width * height:]
    return Picture(width, height, pixels)


def write_png(picture, path):
    """Writes a PNG file: no row filter, true colour."""
    row_size = 3 * picture.width
    rows = b"".join(b"\0" + picture.pixels[start:start + row_size]
                    for start in range(0, len(picture.pixels), row_size))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9))
                   + chunk(b"IEND", b""))
