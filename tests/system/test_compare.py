"""The comparison of the designs: every job over every design, the same figures each time."""
import html.parser
import json
import os
import subprocess
import unittest

from machine import ROOT

SECONDS = 900


def compare(*words):
    """The cells of a run of os/tools/compare.py."""
    subprocess.run(["python3", "os/tools/compare.py", *words], cwd=ROOT, check=True, timeout=SECONDS,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(ROOT, "build/compare.json"), encoding="utf-8") as file:
        return json.load(file)


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = compare()
        cls.designs = {cell["design"] for cell in cls.whole}

    def cells(self, start):
        found = [cell for cell in self.whole if cell["job"].startswith(start)]
        self.assertEqual({cell["design"] for cell in found}, self.designs)
        return found

    def test_one_run_has_every_job_over_every_design(self):
        self.assertGreaterEqual(self.designs, {"event", "message", "pipe", "shared memory", "interface", "link", "page", "port"})
        jobs = {cell["job"] for cell in self.whole}
        self.assertEqual(len(self.whole), len(jobs) * len(self.designs))
        for start in ("notify", "echo", "stream", "fan_in", "fan_out", "flood", "death"):
            self.cells(start)

    def test_the_same_block_goes_there_and_back_by_each_design_and_costs_the_same_each_time(self):
        once, again, within = compare("echo_64"), compare("echo_64"), self.cells("echo_64")
        self.assertEqual([cell["instructions"] for cell in once], [cell["instructions"] for cell in again])
        for alone, cell in zip(once, within):
            self.assertEqual((cell["done"], cell["status"]), (cell["asked"], "OK"), cell["design"])
            self.assertEqual(cell["design"], alone["design"])
            self.assertAlmostEqual(cell["instructions"] / alone["instructions"], 1, delta=0.01,
                                   msg=f"{cell['design']}: what ran before does not count")

    def test_what_the_kernel_copies_is_counted(self):
        copied = {cell["design"]: (cell["copied_by_kernel"], cell["copied_by_programs"]) for cell in self.cells("echo_512")}
        self.assertEqual(copied["message"], (4 * 512, 0), "in and out, there and back")
        self.assertEqual(copied["pipe"], (4 * 512, 0))
        self.assertEqual(copied["shared memory"], (0, 4 * 512))

    def test_beside_a_flood_the_others_go_on_and_the_death_of_a_server_is_survived(self):
        for cell in self.cells("flood"):
            self.assertEqual((cell["done"], cell["status"]), (cell["asked"], "OK"), cell["design"])
            self.assertGreater(cell["flooder_refused"], 0)
        for cell in self.cells("death"):
            self.assertLess(cell["done"], cell["asked"])
            self.assertIn(cell["status"], ("PEER_DIED", "STREAM_END", "TIMED_OUT"), cell["design"])

    def test_sixty_four_clients_and_sixty_four_servers(self):
        for cell in self.cells("fan_in_64") + self.cells("fan_out_64"):
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
