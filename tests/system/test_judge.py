"""tests/run: what it counts as failed, and what runs beside what."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import subprocess
import tempfile
import unittest

from machine import ROOT

PROGRAM = """
#include <criterion/criterion.h>
static void fall(void) { *(volatile int *)0 = 1; }
TestSuite(sound);
TestSuite(falls, .fini = fall);
Test(sound, passes) {}
Test(falls, after_its_end) {}
"""


def load_runner():
    loader = importlib.machinery.SourceFileLoader("tests_run", os.path.join(ROOT, "tests/run"))
    runner = importlib.util.module_from_spec(importlib.util.spec_from_loader("tests_run", loader))
    loader.exec_module(runner)
    return runner


class Judge(unittest.TestCase):
    def failures_of(self, output, status=0, timed_out=False):
        return load_runner().judge(output, status, timed_out, 1)[1]

    def test_a_crash_behind_a_tests_end_fails_it(self):
        """Criterion warns of it, says `ok`, and with the address sanitizer ends with status 0."""
        runner = load_runner()
        with tempfile.TemporaryDirectory() as directory:
            source, binary = os.path.join(directory, "test.c"), os.path.join(directory, "test")
            with open(source, "w", encoding="utf-8") as file:
                file.write(PROGRAM)
            subprocess.run(["clang", "-fsanitize=address", source, "-lcriterion", "-o", binary], check=True)
            outcome = runner.run_job(runner.unit_job(binary), set())
        self.assertEqual(outcome.failures, [("falls::after_its_end", "exited during its setup or teardown")])

    def test_a_job_that_says_nothing_or_too_little_has_failed(self):
        self.assertEqual(self.failures_of("ok - one\n1..1\n"), [])
        for output, status, timed_out in (("", 0, False), ("1..2\nok - one\n", 0, False), ("ok - one\n", 1, False),
                                          ("ok - one\n", 0, True), ("not ok - one: why\n", 0, False)):
            with self.subTest(output=output, status=status, timed_out=timed_out):
                self.assertEqual(len(self.failures_of(output, status, timed_out)), 1)

    def test_a_name_that_no_job_has_is_an_error(self):
        run = subprocess.run([os.path.join(ROOT, "tests/run"), "check", "--only", "no such"], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("no job of check has 'no such' in its name; there are, for example: check ", run.stderr)

    def test_a_patient_job_runs_beside_the_others(self):
        """Each waits for what the other does, so neither order of them would end."""
        runner = load_runner()
        with tempfile.TemporaryDirectory() as directory:
            runner.LOGS = directory
            jobs = [runner.Job(name, ["sh", "-c", f"touch {name}; until [ -e {other} ]; do sleep 0.1; done; echo ok {name}"], 60,
                               is_patient=name == "patient") for name, other in (("patient", "urgent"), ("urgent", "patient"))]
            for job in jobs:
                job.command[2] = f"cd {directory}; " + job.command[2]
            with contextlib.redirect_stdout(io.StringIO()) as said:
                status = runner.run_all(jobs, [], 1)
        self.assertEqual((status, said.getvalue().splitlines()[-1]), (0, "2 passed, 0 failed"))
