"""Draws every figure in both languages and formats, without a warning, and compares with the figures committed.

figures.py GNUPLOT SOURCE RESULTS FIGURE...: GNUPLOT is a command, a word a line; RESULTS holds the CSV of the default grids."""
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GNUPLOT, SOURCE, RESULTS = sys.argv[1].split("\n"), Path(sys.argv[2]), sys.argv[3]
FIGURES = sys.argv[4:]
PHONE = 352  # pixels left for a figure on a phone of 390
TIMED = {"lengths"}  # holds processor times, which differ from run to run
REFERENCE = "gnuplot 5.4 patchlevel 4"  # another version may place a label elsewhere


def draw(figure, lang, target):
    script = f'set loadpath "{SOURCE}/plots"; lang="{lang}"; csv="{RESULTS}"; out="{target}"'
    command = [*GNUPLOT, "-e", script, SOURCE / "plots" / f"{figure}.gp"]
    with tempfile.TemporaryDirectory() as home:  # of a user whose settings would spoil every figure
        (Path(home) / ".gnuplot").write_text("set output '/nowhere/at/all'\n")
        hostile = {**os.environ, "HOME": home, "GNUTERM": "x11", "GNUPLOT_LIB": home, "LC_ALL": "pt_BR.UTF-8"}
        return subprocess.run(command, capture_output=True, text=True, env=hostile)


def same_drawing(a, b):
    """The same words and shapes, every coordinate within a twentieth of a pixel: the last bits of what LAPACK
    solves are those of the BLAS behind it."""
    (words_a, shapes_a, at_a), (words_b, shapes_b, at_b) = map(taken_apart, (a, b))
    return (words_a, shapes_a, len(at_a)) == (words_b, shapes_b, len(at_b)) and all(
        abs(x - y) <= 0.05 for x, y in zip(at_a, at_b))


def taken_apart(svg):
    coordinate = rb"-?[0-9]+\.[0-9]+"
    return re.findall(rb">([^<]*)<", svg), re.sub(coordinate, b"", svg), [float(x) for x in re.findall(coordinate, svg)]


class Figures(unittest.TestCase):
    """Each figure is drawn once: (figure, lang, kind) -> (what gnuplot said, the file's bytes)."""

    @classmethod
    def setUpClass(cls):
        cls.drawn = {}
        with tempfile.TemporaryDirectory() as folder:
            for figure, lang, kind in itertools.product(FIGURES, ("pt", "en"), ("svg", "png")):
                target = Path(folder) / f"{figure}.{lang}.{kind}"
                run = draw(figure, lang, target)
                cls.drawn[figure, lang, kind] = (run.returncode, run.stderr, target.read_bytes())

    def test_every_figure_is_drawn_without_a_warning(self):
        self.assertTrue(self.drawn)
        for (figure, lang, kind), (status, said, content) in self.drawn.items():
            with self.subTest(figure=figure, lang=lang, kind=kind):
                self.assertEqual((status, said), (0, ""))
                self.assertTrue(content.startswith(b"<?xml" if kind == "svg" else b"\x89PNG"))

    def test_no_text_is_too_small_on_a_phone(self):
        for (figure, lang, kind), (_, _, content) in self.drawn.items():
            if kind == "svg":
                with self.subTest(figure=figure, lang=lang):
                    width = int(re.search(rb'viewBox="0 0 ([0-9]+)', content)[1])
                    sizes = [float(size) for size in re.findall(rb'font-size="([0-9.]+)"', content)]
                    self.assertTrue(sizes)
                    self.assertGreaterEqual(min(sizes) * PHONE / width, 9)

    def test_the_name_of_every_axis_is_drawn(self):
        """gnuplot leaves out of an SVG what lies beyond its edge."""
        named = re.compile(r'^ *set [xy]label .*?tr\("([^"]*)", "([^"]*)"\)', re.M)
        for figure in FIGURES:
            for names in named.findall((SOURCE / "plots" / f"{figure}.gp").read_text()):
                for lang, name in zip(("pt", "en"), names):
                    words = re.sub(b"<[^>]*>", b"", self.drawn[figure, lang, "svg"][2]).decode()
                    self.assertIn(name, words, f"{figure}.{lang}")

    def test_the_committed_figures_are_those_of_the_runs(self):
        version = subprocess.run([*GNUPLOT, "--version"], capture_output=True, text=True).stdout.strip()
        if version != REFERENCE:
            self.skipTest(f"{version} is not {REFERENCE}")
        arithmetic = json.loads((Path(RESULTS) / "vanishing.meta.json").read_text())["grid"]["arithmetic"]
        if arithmetic != "fused":
            self.skipTest(f"{arithmetic} arithmetic sends a chaotic network along another path")
        for (figure, lang, kind), (_, _, content) in self.drawn.items():
            if kind == "svg" and figure not in TIMED:
                with self.subTest(figure=figure, lang=lang):
                    name = f"{figure}.{lang}.svg"
                    committed = (SOURCE / "notebooks-md" / "figures" / name).read_bytes()
                    self.assertTrue(same_drawing(content, committed), f"{name} differs: meson compile -C build publish")

    def test_the_languages_differ_in_words(self):
        for figure in FIGURES:
            self.assertNotEqual(self.drawn[figure, "pt", "svg"], self.drawn[figure, "en", "svg"], figure)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
