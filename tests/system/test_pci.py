"""No device writes to memory by itself, whoever used it before (R-B11), as the bus tells from outside."""
import unittest

from at_prompt import AtPrompt
from machine import Settings

ADDRESS, DATA, ENABLE, NO_DEVICE = 0xCF8, 0xCFC, 1 << 31, 0xFFFFFFFF
COMMAND, CLASS, BUSES = 0x04, 0x08, 0x18
MASTER, USB, BRIDGE = 1 << 2, 0x0C03, 0x0604


class Masters(AtPrompt):
    """GRUB leaves the display's adapter with the right, and its own stick's controller."""
    settings = Settings(medium="usb", more="-device pci-bridge,id=behind,chassis_nr=1 -device e1000,bus=behind,addr=3")

    def register(self, place, offset):
        self.machine.monitor(f"o /w {ADDRESS:#x} {ENABLE | place | offset:#x}")
        return int(self.machine.monitor(f"i /w {DATA:#x}").split("=")[1], 16)

    def functions(self, bus=0):
        """(place, class) of each function on a bus and on those behind it."""
        for place in range(bus << 16, bus + 1 << 16, 1 << 8):
            if self.register(place, 0) != NO_DEVICE:
                kind = self.register(place, CLASS) >> 16
                yield place, kind
                if kind == BRIDGE:
                    yield from self.functions(self.register(place, BUSES) >> 8 & 0xFF)

    def test_only_bridges_and_usb_may(self):
        self.machine.monitor("stop")
        found = [(place >> 16, kind, bool(self.register(place, COMMAND) & MASTER)) for place, kind in self.functions()]
        self.assertIn((1, 0x0200, False), found, "the card behind the bridge")
        self.assertIn((0, 0x0300, False), found, "the display's adapter")
        self.assertIn((0, USB, True), found, "the stick's controller, which firmware may use for a keyboard")
        self.assertEqual([kind for _, kind, may in found if may and kind not in (USB, BRIDGE)], [])


if __name__ == "__main__":
    unittest.main()
