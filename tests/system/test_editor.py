"""The editor's settings: what .vscode/launch.json has GDB do, done as the editor's adapter does it, over GDB's machine interface."""
import json
import os
import subprocess
import tempfile
import unittest

from gdb_line import SECONDS
from machine import PROMPT, ROOT, Machine, Settings

FOLDER = "${workspaceFolder}"
LINE, DUMP = FOLDER + "/build/gdb.socket", FOLDER + "/build/parley.dump"


def configurations():
    with open(os.path.join(ROOT, ".vscode/launch.json"), encoding="utf-8") as file:
        return json.load(file)["configurations"]


class Editor(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parley-editor-")
        self.addCleanup(directory.cleanup)
        self.files = {LINE: os.path.join(directory.name, "gdb"), DUMP: os.path.join(directory.name, "dump")}

    def commands(self, configuration):
        """What the adapter sends, in its order; the machine's line and the dump are this test's."""
        for entry in configuration["setupCommands"] + configuration["customLaunchSetupCommands"]:
            text = entry["text"]
            for name, file in self.files.items():
                text = text.replace(name, file)
            yield text.replace(FOLDER, ROOT)

    def answers(self, configuration):
        words = [*self.commands(configuration), '-interpreter-exec console "parley processes"', "-thread-info", "-gdb-exit"]
        return subprocess.run([configuration["miDebuggerPath"], "-nx", "-q", "--interpreter=mi2"], cwd=ROOT,
                              input="".join(f"{number}{word}\n" for number, word in enumerate(words)), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS, check=False, text=True, errors="replace").stdout

    def test_names_files_that_the_build_makes(self):
        for configuration in configurations():
            self.assertTrue(os.path.exists(configuration["program"].replace(FOLDER, ROOT)), configuration["program"])
            text = json.dumps(configuration)
            self.assertTrue(LINE in text or DUMP in text, text)

    def test_reaches_the_kernel_and_a_dump(self):
        with Machine(Settings(kind="debug", memory=64, append="console=serial", gdb=self.files[LINE])) as machine:
            machine.expect(PROMPT, SECONDS)
            machine.dump(self.files[DUMP])
            for configuration in configurations():
                said = self.answers(configuration)
                self.assertNotIn("^error", said)
                self.assertIn("serial-console", said)
                self.assertIn("frame={", said)


if __name__ == "__main__":
    unittest.main()
