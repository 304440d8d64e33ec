#!/usr/bin/env python3
"""Runs the system tests of one file, and prints a line for each: `ok NAME` or `not ok NAME: why`.

usage: runner.py tests/system/test_NAME.py   The file's tests are methods of unittest.TestCase; they start Parley with
the module `machine` of os/tools, which is in the path.
"""
import importlib.util
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(os.path.dirname(HERE)), "os/tools")]


class Lines(unittest.TestResult):
    """Prints as the tests end, so that a log shows how far they came."""

    @staticmethod
    def name(test):
        return test.id().split(".", 1)[-1]

    def addSuccess(self, test):
        super().addSuccess(test)
        print("ok", self.name(test), flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"# skipped {self.name(test)}: {reason}", flush=True)

    def failed(self, test, error):
        text = self._exc_info_to_string(error, test)
        why = str(error[1]).partition("\n")[0]
        print(f"{text}\nnot ok {self.name(test)}: {error[0].__name__}: {why}", flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.failed(subtest, err)


def main():
    path = sys.argv[1]
    name = os.path.splitext(os.path.basename(path))[0]
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = Lines()
    tests.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
