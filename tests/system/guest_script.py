"""Runs a shell script inside that prints a line for each thing it looks at, and `end` at its end."""
import os

import one_line

HERE = os.path.dirname(os.path.abspath(__file__))


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def assert_all_ok(test, name, least):
    """Each of its lines begins with `ok`, and they are at least so many."""
    run = one_line.run(read(name), "--memory", "64", seconds=240, text=True)
    *lines, end = run.stdout.splitlines() or [""]
    test.assertEqual(end, "end", run.stdout[-2000:] + run.stderr[-2000:])
    test.assertGreaterEqual(len(lines), least)
    for line in lines:
        with test.subTest(line=line):
            test.assertTrue(line.startswith("ok "))
