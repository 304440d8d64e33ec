#!/usr/bin/env python3
"""Makes the image that boots from a CD and, written there as it is, from a USB stick or disk.

usage: iso.py OUTPUT GRUB.CFG FILE...   puts GRUB.CFG where GRUB looks for it, and each FILE into /boot.
"""
import os
import shutil
import subprocess
import sys
import tempfile

# What os/boot/grub.cfg needs, and what GRUB needs to find it on either medium.
MODULES = "biosdisk iso9660 part_msdos part_gpt fat normal configfile multiboot all_video vbe vga video " \
          "serial terminal echo boot minicmd reboot halt search search_label test ls"


def main():
    output, menu, *files = sys.argv[1:]
    with tempfile.TemporaryDirectory() as tree:
        os.makedirs(os.path.join(tree, "boot/grub"))
        shutil.copy(menu, os.path.join(tree, "boot/grub/grub.cfg"))
        for file in files:
            shutil.copy(file, os.path.join(tree, "boot"))
        made = subprocess.run(["grub-mkrescue", "--directory=/usr/lib/grub/i386-pc", "--fonts=", "--locales=",
                               "--themes=", f"--install-modules={MODULES}", "--output=" + output, tree,
                               "--", "-volid", "PARLEY"], capture_output=True, text=True)
    if made.returncode != 0 or not os.path.exists(output):
        sys.exit("iso.py: grub-mkrescue failed:\n" + made.stdout + made.stderr)


if __name__ == "__main__":
    main()
