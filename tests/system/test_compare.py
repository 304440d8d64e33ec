"""The comparison of the designs: every job over every design, the same figures each time."""
import html.parser
import json
import os
import subprocess
import unittest

from machine import ROOT

SECONDS = 120


def compare(*words):
    """The cells of a run of os/tools/compare.py."""
    subprocess.run(["python3", "os/tools/compare.py", *words], cwd=ROOT, check=True, timeout=SECONDS,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(ROOT, "build/compare.json"), encoding="utf-8") as file:
        return json.load(file)


class Compare(unittest.TestCase):
    def test_the_same_block_goes_there_and_back_by_each_design_and_costs_the_same_each_time(self):
        cells = compare("echo_64")
        self.assertGreaterEqual({cell["design"] for cell in cells}, {"event", "message", "pipe", "shared memory"})
        for cell in cells:
            self.assertEqual((cell["done"], cell["status"]), (cell["asked"], "OK"), cell["design"])
        again = compare("echo_64")
        self.assertEqual([cell["instructions"] for cell in cells], [cell["instructions"] for cell in again])

    def test_what_the_kernel_copies_is_counted(self):
        copied = {cell["design"]: (cell["copied_by_kernel"], cell["copied_by_programs"]) for cell in compare("echo_512")}
        self.assertEqual(copied["message"], (4 * 512, 0), "in and out, there and back")
        self.assertEqual(copied["pipe"], (4 * 512, 0))
        self.assertEqual(copied["shared memory"], (0, 4 * 512))

    def test_beside_a_flood_the_others_go_on_and_the_death_of_a_server_is_survived(self):
        for cell in compare("flood"):
            self.assertEqual((cell["done"], cell["status"]), (cell["asked"], "OK"), cell["design"])
            self.assertGreater(cell["flooder_refused"], 0)
        for cell in compare("death"):
            self.assertLess(cell["done"], cell["asked"])
            self.assertIn(cell["status"], ("PEER_DIED", "STREAM_END", "TIMED_OUT"), cell["design"])

    def test_sixty_four_clients_and_sixty_four_servers(self):
        for job in ("fan_in_64", "fan_out_64"):
            for cell in compare(job):
                self.assertEqual((cell["done"], cell["status"]), (cell["asked"], "OK"), cell["design"])

    def test_the_page_is_whole(self):
        compare("notify")
        depth = []

        class Reader(html.parser.HTMLParser):
            def handle_starttag(self, tag, _):
                if tag not in ("meta", "rect"):
                    depth.append(tag)

            def handle_endtag(self, tag):
                if tag != "rect":
                    assert depth.pop() == tag

        with open(os.path.join(ROOT, "build/compare.html"), encoding="utf-8") as file:
            text = file.read()
        Reader().feed(text)
        self.assertEqual(depth, [])
        self.assertNotIn("src=", text)
