"""What bad input gets of each tool: a message that names the program and the thing, and a status that is not 0."""
import unittest

import guest_script


class BadInput(unittest.TestCase):
    def test_each_tool_names_itself_and_the_thing(self):
        guest_script.assert_all_ok(self, "bad_input.sh", 400)


if __name__ == "__main__":
    unittest.main()
