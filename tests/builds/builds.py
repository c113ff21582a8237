"""What the tests of builds share: another build of these sources, in a folder of its own, removed at the end."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MESON, SOURCE, COMPILER = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]


def version(compiler):
    return subprocess.run([*compiler, "-dumpversion"], capture_output=True, text=True).stdout


# this build's compiler, and the others that are installed
COMPILERS = [*{version(c): c for c in (["clang"], ["gcc"], COMPILER) if shutil.which(c[0])}.values()]


class BuildTest(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="evanesce-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_here(self, *command, **environment):
        return subprocess.run([*map(str, command)], cwd=self.folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, **environment})

    def good(self, *command, **environment):
        result = self.run_here(*command, **environment)
        self.assertEqual(result.returncode, 0, result.stdout[-4000:])
        return result.stdout

    def configure(self, *options, compiler=COMPILER, source=SOURCE):
        """The result of `meson setup build`, without the flags this build's environment may hold."""
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        return self.run_here(MESON, "setup", "build", source, *options, CC=" ".join(compiler), CFLAGS="", LDFLAGS="")


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
