"""The boot menu, chosen from on the serial line."""

MENU_SECONDS = 90
DOWN = b"\x1b[B"


def choose(machine, entry):
    """Goes down the menu from its first entry, and takes the one it comes to."""
    machine.expect(rb"Self-test", MENU_SECONDS)
    machine.write(DOWN * entry + b"\r")
