"""The file system is full: tools name themselves and the file, lose nothing that was there, and rm gives the room back."""
import unittest

import guest_script


class FullDisk(unittest.TestCase):
    def test_what_does_not_fit_is_told_and_costs_nothing(self):
        script = guest_script.read("full_disk.sh")
        guest_script.assert_all_ok(self, "full_disk.sh", script.count("\nfull '") + script.count("\nholds '") + 1)


if __name__ == "__main__":
    unittest.main()
