"""The comparison of the designs: every job over every design, the same figures each time."""
import html.parser
import json
import os
import re
import subprocess
import unittest

from machine import ROOT

SECONDS = 900
LINE_CHARTS = 3


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
        with open(os.path.join(ROOT, "build/compare.html"), encoding="utf-8") as file:
            cls.page = file.read()

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
        depth, names, links = [], set(), []

        class Reader(html.parser.HTMLParser):
            def handle_starttag(self, tag, attributes):
                attributes = dict(attributes)
                names.add(attributes.get("id"))
                links.append(attributes.get("href", "#")[1:])
                if tag != "meta":
                    depth.append(tag)

            def handle_endtag(self, tag):
                assert depth.pop() == tag

        Reader().feed(self.page)
        self.assertEqual(depth, [])
        jobs = {cell["job"] for cell in self.whole}
        self.assertLessEqual(jobs, names)
        self.assertEqual({link for link in links if link}, jobs)

    def test_the_page_needs_nothing_else(self):
        for word in ("src=", "url(", "@import", "<link", "<script"):
            self.assertNotIn(word, self.page)
        self.assertEqual(set(re.findall(r"\w+://[^\"<> ]+", self.page)), {"http://www.w3.org/2000/svg"})

    def test_the_page_has_a_chart_of_each_job_and_lines_over_sizes_clients_and_servers(self):
        self.assertEqual(self.page.count("<svg"), len({cell["job"] for cell in self.whole}) + LINE_CHARTS)
        self.assertEqual(self.page.count("<polyline"), len(self.designs) * LINE_CHARTS)
        for cell in self.whole:
            self.assertIn(f">{cell['instructions']:,.0f}</text>", self.page)
            self.assertIn(f"<td>{cell['instructions']:,.0f}</td>", self.page)
