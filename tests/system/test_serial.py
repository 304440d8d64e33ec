"""The serial line as an enemy: bytes of any kind, a million of them, to the driver and to the shell behind it."""
import random
import re
import time
import unittest

from machine import PROMPT, Machine, Settings

SECONDS = 300
TO_SHELL, TO_PROGRAM, AT_ONCE, SEED = 100_000, 900_000, 1000, 1
SIGNALS = b"\x03\x04\x1a\x1c"  # would end a program that reads


class Serial(unittest.TestCase):
    def answer(self, machine, line, pattern):
        """What the line shows, once the shell reads lines again: what it was in the midst of is broken off before."""
        give_up = time.monotonic() + SECONDS
        while time.monotonic() < give_up:
            before = len(machine.console)
            machine.write("\x03\r" + line + "\r")
            wait = time.monotonic() + 5
            while time.monotonic() < wait:
                found = re.search(pattern, machine.console[before:])
                if found:
                    return found
                time.sleep(0.1)
        self.fail(f"no answer to {line}: {machine.console[-1000:]!r}")

    def driver(self, machine):
        return self.answer(machine, "ps | grep ' serial$' | sed 's/^/dri''ver /'", rb"driver +(\d+) ").group(1)

    def test_takes_a_million_random_bytes_and_reads_lines_afterwards(self):
        source = random.Random(SEED)
        with Machine(Settings(cpus=1, append="console=serial")) as machine:
            machine.expect(PROMPT, SECONDS)
            before = self.driver(machine)
            for _ in range(TO_SHELL // AT_ONCE):
                machine.write(source.randbytes(AT_ONCE))
            self.answer(machine, "cat >/dev/null; echo en''ded", rb"cat >")
            for _ in range(TO_PROGRAM // AT_ONCE):
                machine.write(source.randbytes(AT_ONCE).translate(None, SIGNALS))
            self.assertEqual(self.driver(machine), before, f"the driver ended; seed {SEED}")
            self.assertNotIn(b"panic", machine.console)
            self.answer(machine, "echo still he''re", rb"still here")


if __name__ == "__main__":
    unittest.main()
