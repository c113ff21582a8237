"""Installs into an empty folder, then builds and runs examples/fade.c there as a user would, through pkg-config."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MESON, BUILD, SOURCE, COMPILER = sys.argv[1:5]


class Install(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        subprocess.run([MESON, "install", "-C", BUILD, "--no-rebuild", "--destdir", self.folder, "--quiet"], check=True)

    def flags(self):
        package = next(self.folder.rglob("evanesce.pc"))
        environment = dict(os.environ, PKG_CONFIG_PATH=str(package.parent), PKG_CONFIG_SYSROOT_DIR=str(self.folder))
        return subprocess.run(["pkg-config", "--cflags", "--libs", "evanesce"], env=environment, check=True,
                              capture_output=True, text=True).stdout.split()

    def test_the_example_builds_against_the_installed_library_and_agrees_with_theory(self):
        program = self.folder / "fade"
        subprocess.run([*COMPILER.split(), Path(SOURCE) / "examples" / "fade.c", *self.flags(), "-o", program], check=True)
        output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
        measured, theory = map(float, re.search(r"measured ([\d.]+), theory ([\d.]+)", output).groups())
        self.assertAlmostEqual(theory, 0.8300, places=4)
        self.assertAlmostEqual(measured, theory, delta=0.05)

    def test_an_installed_experiment_finds_its_text(self):
        program = next(self.folder.rglob("bin/prose"))
        data = next(self.folder.rglob("memoria.txt"))
        environment = dict(os.environ, EVANESCE_DATA=str(data.parent))
        rows = subprocess.run([program, "--length", "5", "--hidden", "4", "--seed", "1", "--out", "-"], env=environment,
                              check=True, cwd=self.folder, capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(len(rows), 1 + 2 * 4 * 5)

    def test_manuals_completion_and_translation_lie_where_they_are_looked_for(self):
        for place in ("man/man1/vanishing.1", "bash-completion/completions/vanishing.bash", "zsh/site-functions/_vanishing",
                      "fish/vendor_completions.d/vanishing.fish"):
            self.assertTrue(list(self.folder.rglob(f"share/{place}")), place)
        if (Path(BUILD) / "po" / "pt" / "LC_MESSAGES" / "evanesce.mo").exists():
            self.assertTrue(list(self.folder.rglob("share/locale/pt/LC_MESSAGES/evanesce.mo")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
