"""Draws every figure in both languages and formats, without a warning, and compares with the figures committed.

figures.py GNUPLOT SOURCE RESULTS FIGURE...: RESULTS holds the CSV of the default grids."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GNUPLOT, SOURCE, RESULTS = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
FIGURES = sys.argv[4:]
TIMED = {"lengths"}  # holds processor times, which differ from run to run
REFERENCE = "gnuplot 5.4 patchlevel 4"  # another version may place a label elsewhere


def draw(figure, lang, target):
    script = f'set loadpath "{SOURCE}/plots"; lang="{lang}"; csv="{RESULTS}"; out="{target}"'
    return subprocess.run([GNUPLOT, "-e", script, SOURCE / "plots" / f"{figure}.gp"], capture_output=True, text=True)


class Figures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def each(self):
        self.assertTrue(FIGURES)
        for figure in FIGURES:
            for lang in ("pt", "en"):
                yield figure, lang

    def test_every_figure_is_drawn_without_a_warning(self):
        for figure, lang in self.each():
            for kind, begins in (("svg", b"<?xml"), ("png", b"\x89PNG")):
                with self.subTest(figure=figure, lang=lang, kind=kind):
                    target = self.folder / f"{figure}.{lang}.{kind}"
                    run = draw(figure, lang, target)
                    self.assertEqual((run.returncode, run.stderr), (0, ""))
                    self.assertTrue(target.read_bytes().startswith(begins))

    def test_the_committed_figures_are_those_of_the_runs(self):
        version = subprocess.run([GNUPLOT, "--version"], capture_output=True, text=True).stdout.strip()
        if version != REFERENCE:
            self.skipTest(f"{version} is not {REFERENCE}")
        for figure, lang in self.each():
            if figure in TIMED:
                continue
            with self.subTest(figure=figure, lang=lang):
                name = f"{figure}.{lang}.svg"
                draw(figure, lang, self.folder / name)
                committed = SOURCE / "notebooks-md" / "figures" / name
                self.assertTrue((self.folder / name).read_text() == committed.read_text(),
                                f"{name} differs: meson compile -C build publish")

    def test_the_languages_differ_in_words(self):
        for figure, _ in self.each():
            drawn = []
            for lang in ("pt", "en"):
                draw(figure, lang, self.folder / f"{lang}.svg")
                drawn.append((self.folder / f"{lang}.svg").read_text())
            self.assertNotEqual(*drawn, figure)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
