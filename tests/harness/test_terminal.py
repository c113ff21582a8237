"""What a person sees: progress on a terminal, silence in a pipe, and --plot."""

import fcntl
import os
import re
import shutil
import struct
import subprocess
import termios
import unittest

from probes import EXPERIMENTS, PROBES, ProbeTest, main


class Terminal(ProbeTest):
    def on_terminal(self, *arguments, probe="busy", terminal="xterm"):
        """Standard error of a run whose standard error is a terminal; its exit status."""
        return self.shown_on_terminal("stderr", probe, *arguments, stdout=subprocess.DEVNULL, environment={"TERM": terminal})

    SLOW = ["--length", "15000000", "--seed", "1:20", "--scale", "1"]

    def test_progress_is_one_line_cleared_at_the_end(self):
        seen, status = self.on_terminal("--out", "a.csv", *self.SLOW)
        self.assertEqual(status, 0)
        self.assertRegex(seen, r"\r\x1b\[K\d+/20 cells  [\d.e+]+/s  \d+ s left")
        self.assertRegex(seen, r"\r\x1b\[K20 cells in \d+\.\d s -> a\.csv\r\n$")
        self.assertEqual(seen.count("\n"), 1)

    def test_quiet(self):
        self.assertEqual(self.on_terminal("--out", "a.csv", "--quiet", "--seed", "1:3"), ("", 0))

    def test_a_long_cell_tells_how_far_it_is(self):
        seen, status = self.on_terminal("--out", "a.csv", "--updates", "12000", "--length", "100", "--seed", "1", "--jobs",
                                        "1", probe="lasting")
        self.assertEqual(status, 0)
        self.assertRegex(seen, r"0/1 cells  [\d.e-]+/s  \d+ s left  update \d+ \d\d\d of 12 000")

    def test_progress_stays_within_the_width_of_the_terminal(self):
        for columns in (40, 20):
            seen, status = self.shown_on_terminal(
                "stderr", "lasting", "--out", "a.csv", "--updates", "12000", "--length", "100", "--seed", "1", "--fresh", stdout=subprocess.DEVNULL,
                environment={"TERM": "xterm"},
                ready=lambda terminal: fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0)))
            self.assertEqual(status, 0)
            widths = {len(line.removeprefix("\x1b[K")) for line in seen.split("\r") if "cells  " in line}
            self.assertEqual(max(widths), columns - 1)

    def test_a_dumb_terminal_gets_no_escapes(self):
        for terminal in ("dumb", ""):
            self.assertEqual(self.on_terminal("--out", "a.csv", *self.SLOW[:2], "--seed", "1", "--fresh", terminal=terminal), ("", 0))

    def test_a_message_does_not_run_into_the_progress(self):
        seen, status = self.on_terminal("--out", "a.csv", "--limit", "1,4", *self.SLOW[:2], "--seed", "1:9", "--scale",
                                        "1", "--jobs", "1")
        self.assertEqual(status, 1)
        self.assertIn("\r\x1b[Kbusy: cell 9 ", seen)

    def test_a_pipe_sees_nothing(self):
        for out in ("a.csv", "-"):
            self.assertEqual(self.good("busy", "--out", out, "--length", "15000000", "--seed", "1:9").err, "")


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class Plot(ProbeTest):
    def plot(self, probe, *arguments, columns=80, lines=24, locale="C.UTF-8", **changes):
        """What --plot prints in a pipe, as lines, which fit."""
        size = {"COLUMNS": str(columns), "LINES": str(lines)} if columns else {}
        result = self.good(probe, "--plot", *arguments,
                           environment=self.environment(**{**size, "LC_ALL": locale, **changes}))
        self.assertEqual(result.err, "")
        self.assertNotIn("\f", result.out)
        rows = result.out.splitlines()
        self.assertLessEqual(max(map(len, rows)), columns or 80)
        self.assertLessEqual(len(rows), (lines if columns else 24) - 1)
        return rows

    def inside(self, rows):
        """What is drawn in the frame."""
        return [row[1] for row in (re.match(r"[-. \d]*\|(.*)", row) for row in rows) if row]

    def test_curves_by_the_axis_of_the_spec(self):
        rows = self.plot("busy", "--out", "it's.csv", "--seed", "1:4")
        self.assertEqual(" ".join(rows[:2]), "value: scale times a number drawn from the seed; mean over seeds; against row: "
                         "number of the row")
        self.assertEqual(rows[-1], "scale: ● 0.5 ○ 1")
        self.assertEqual("".join(rows[:-1]).count("●"), 2)
        self.assertIn("row", rows[-2])

    def test_what_is_left_out_is_said(self):
        rows = self.plot("busy", "--first", "1,2,3,4,5,6,7,8,9", "--scale", "1", "--limit", "1,3", "--seed", "1:4")
        self.assertEqual(rows[-2:], ["first: ● 1 ○ 2 ■ 3 □ 4 ▲ 5 △ 6 ◆ 7 ◇ 8 ★ 9", "Of --limit only 1 is drawn; left out: 3."])
        rows = self.plot("busy", "--first", "1:9", "--scale", "1,2", "--seed", "1:4")
        self.assertIn("Of --first only 1 is drawn; left out: 2, 3, 4, 5, 6, 7 and 2 more.", rows)

    def test_seeds_that_a_mean_lacks_are_said(self):
        said = "Some means are over as few as 3 of 6 seeds: the others did not end ok."
        self.assertEqual(self.plot("busy", "--limit", "3", "--seed", "1:6")[-1], said)
        self.assertNotIn("Some means", "".join(self.plot("busy", "--seed", "1:6")))

    def test_curves_by_what_several_values_were_given_to(self):
        for arguments, key in ((["--limit", "1,3"], "limit: ● 1 ○ 3"), (["--limit", "1,3", "--scale", "1,2"], "scale: ● 1 ○ 2"),
                               (["--scale", "2"], "scale: ● 2")):
            self.assertIn(key, self.plot("busy", *arguments))

    def test_the_named_value_of_an_axis_is_held(self):
        rows = self.plot(EXPERIMENTS / "vanishing", "--scale", "0.5,1,2", "--length", "9", "--hidden", "8", "--seed", "1",
                         "--activation", "tanh,linear,relu")
        self.assertIn("Of --scale only 1 is drawn; left out: 0.5, 2.", rows)

    def test_many_numbers_are_a_map(self):
        rows = self.plot("busy", "--scale", "1:30", "--first", "40", "--seed", "1")
        self.assertRegex(rows[-1], r"^value: · -[\d.]+\.\.-[\d.]+, ░ .*, ▒ .*, ▓ .*, █ [\d.]+\.\.[\d.]+$")
        for shade in "·░▒▓█":
            self.assertIn(shade, "".join(rows[:-1]))

    def test_no_mark_lies_under_the_frame_or_outside(self):
        for columns, lines in ((60, 20), (80, 24), (120, 40)):
            rows = self.plot("busy", "--first", "12", "--scale", "0.5", "--seed", "1", columns=columns, lines=lines)
            self.assertEqual("".join(rows[:-1]).count("●"), 12)
            frame = next(row for row in rows if "+--" in row)
            self.assertNotIn("●", frame)
            self.assertFalse(any(row[frame.index("+")] == "●" for row in rows[1:-1] if len(row) > frame.index("+")))

    def test_curves_that_run_together_are_both_seen(self):
        rows = self.plot("busy", "--first", "200", "--length", "10,11", "--seed", "1")
        self.assertGreater("".join(rows[:-1]).count("●"), 20)
        self.assertGreater("".join(rows[:-1]).count("○"), 20)

    def test_a_guide_and_the_theory(self):
        rows = self.plot(EXPERIMENTS / "critical", "--activation", "tanh", "--drive", "0,0.1", "--hidden", "16", "--seed", "1:2")
        self.assertEqual(rows[-1], "drive: ● 0 ○ 0.1; . theory_r; ─ r = 1")
        self.assertGreater("".join(rows[:-1]).count("─"), 15)
        self.assertGreater("".join(rows[:-1]).count("..."), 10)
        one = next(row for row in rows if "─" in row)
        self.assertEqual(one.split("|")[0].strip(), "1")

    def test_theory_that_is_empty_is_not_named(self):
        rows = self.plot(EXPERIMENTS / "critical", "--init", "identity", "--hidden", "16", "--seed", "1:2")
        self.assertEqual(rows[-1], "activation: ● sigmoid ○ tanh ■ relu □ linear; ─ r = 1")

    def test_decades_stand_at_equal_distances(self):
        def labels(values):
            rows = self.plot(EXPERIMENTS / "clipping", "--threshold", values, "--hidden", "8", "--seed", "1")
            row = next(row for row in reversed(rows) if re.fullmatch(r"[ \d.]+", row))
            return row.split(), [match.start() + len(match[0]) / 2 for match in re.finditer(r"\S+", row)]
        words, places = labels("0.01,0.1,1,10,100")
        self.assertEqual(words, ["0.01", "0.1", "1", "10", "100"])
        gaps = [b - a for a, b in zip(places, places[1:])]
        self.assertLessEqual(max(gaps) - min(gaps), 2)
        self.assertEqual(labels("1:12:1")[0], ["2", "4", "6", "8", "10", "12"])

    def test_two_columns_side_by_side(self):
        rows = self.plot(EXPERIMENTS / "activations")
        self.assertIn(["value", "derivative"], [row.split() for row in rows])
        self.assertEqual(rows[-1], "activation: ● sigmoid ○ tanh ■ relu □ linear")

    def test_without_unicode_ascii(self):
        for locale in ("C", "POSIX"):
            text = "\n".join(self.plot(EXPERIMENTS / "activations", locale=locale))
            self.assertTrue(text.isascii())
            self.assertIn("activation: o sigmoid x tanh * relu + linear", text)

    def test_the_size_of_a_terminal_then_of_the_environment_then_80_by_24(self):
        self.assertEqual(self.on_screen(61, 19, COLUMNS="70", LINES="30"), (61, 18))
        self.assertEqual(self.on_screen(0, 0, COLUMNS="70", LINES="30"), (70, 29))
        self.assertEqual(self.on_screen(0, 0), (80, 23))
        self.assertEqual(self.on_screen(20, 5)[0], 40)
        rows = self.plot("busy", columns=None, COLUMNS="many", LINES="-3")
        self.assertEqual((max(map(len, rows)), len(rows)), (80, 23))

    def on_screen(self, columns, lines, **changes):
        """The size of what is drawn on a terminal."""
        seen, status = self.shown_on_terminal(
            "stdout", "busy", "--plot", "--quiet", environment={"LC_ALL": "C.UTF-8", **changes},
            ready=lambda terminal: fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0)))
        self.assertEqual(status, 0)
        rows = seen.splitlines()
        return max(map(len, rows)), len(rows)

    def test_a_picture_in_a_file(self):
        for name, begins in (("fig/it's.svg", b"<?xml"), ("fig/b.png", b"\x89PNG")):
            result = self.good("busy", "--picture", name)
            self.assertEqual((result.out, result.err), ("", ""))
            self.assertTrue(self.bytes_of(name).startswith(begins))
        self.assertEqual([path for path in self.names() if path.startswith("fig/")], ["fig/b.png", "fig/it's.svg"])
        text = self.bytes_of("fig/it's.svg").decode()
        for part in ("Does the harness keep what a cell has computed?", "0.5", "row", "value"):
            self.assertIn(part, text)
        self.assertNotIn("NaN", text)
        for name in ("activations", "cliff"):
            self.good(EXPERIMENTS / name, "--picture", f"{name}.svg")
        text = self.bytes_of("cliff.svg").decode()
        self.assertEqual(len(set(re.findall(r"[-\d.]+\.\.[-\d.]+", text))), 5)
        self.assertEqual([len(line) < 71 for line in re.findall(r">([^<>]{20,})<", text) if "descent" in line or "explodes" in line], [True, True])

    def test_a_picture_of_another_kind_is_refused(self):
        (self.folder / "link.svg").symlink_to("a.csv")
        for name, place in [(name, name) for name in ("a.pdf", "a", ".svg", "a.csv")] + [("link.svg", "a.csv")]:
            self.assertRefused(self.run_probe("busy", "--picture", name), f"--picture {place}: must be a name that ends in .svg or .png")
        self.assertEqual(self.names(), ["link.svg"])

    def test_where_no_picture_can_be_nothing_is_run(self):
        (self.folder / "d.svg").mkdir()
        (self.folder / "e.svg.older").mkdir()
        long = 246 * "a" + ".svg"  # with .older it is too long
        for name, reason in (("/proc/a.svg", "No such file or directory"), ("d.svg", "Is a directory"), ("e.svg", "Is a directory"),
                             (long, "File name too long"), ("/dev/null/a.svg", "Not a directory")):
            self.assertRefused(self.run_probe("busy", "--out", "a.csv", "--picture", name), f"--picture {name}: {reason}")
        self.assertEqual(self.names(), ["d.svg", "e.svg.older"])

    def test_a_picture_is_not_drawn_over_a_text_that_is_read(self):
        (self.folder / "t.svg").write_text("abcdefgh")
        (self.folder / "link.svg").symlink_to("t.svg")
        for name in ("t.svg", "link.svg"):
            result = self.run_probe("reading", "--file", "t.svg", "--picture", name)
            self.assertRefused(result, "--picture: t.svg would be written over the text t.svg that is read")
        self.assertEqual(self.bytes_of("t.svg"), b"abcdefgh")

    def test_a_picture_takes_its_own_place_and_no_other(self):
        (self.folder / "a.part.svg").write_text("the user's")
        (self.folder / "a.svg").symlink_to("there.svg")
        names = ["|touch injected;true .svg", "`touch injected`.svg", "a\nb.svg", "a.svg"]
        for name in names:
            self.assertEqual(self.good("busy", "--picture", name).err, "")
            self.assertTrue(self.bytes_of(name).endswith(b"</svg>\n\n"))
        self.assertEqual(self.names(), sorted([*names, "a.part.svg", "there.svg", "results", "results/busy.sqlite"]))
        self.assertEqual(self.bytes_of("a.part.svg"), b"the user's")
        self.assertTrue((self.folder / "a.svg").is_symlink())

    def test_pictures_of_one_name_drawn_at_once(self):
        self.good("busy", "--picture", "whole.svg")
        for process in [self.start_probe("busy", "--picture", "a.svg") for _ in range(8)]:
            self.assertEqual((process.communicate()[1], process.returncode), ("", 0))
        self.assertEqual(self.bytes_of("a.svg"), self.bytes_of("whole.svg"))

    def test_a_picture_that_cannot_be_drawn_leaves_the_older_one(self):
        self.gnuplot("read line; case $line in *plot*) exit 1; esac; grep -q 'plot NaN' && exit 1; exit 0")
        (self.folder / "a.svg").write_text("older")
        result = self.run_probe("busy", "--picture", "a.svg", environment=self.environment(PATH=f"{self.folder}/bin:{os.environ['PATH']}"))
        self.assertEqual(result.status, 1)
        self.assertIn("busy: --picture: gnuplot failed\n", result.err)
        self.assertEqual(self.bytes_of("a.svg"), b"older")
        self.assertFalse([path for path in self.names() if path.startswith("a.") and path != "a.svg"])

    def gnuplot(self, script):
        """Another one."""
        (self.folder / "bin").mkdir()
        (self.folder / "bin/gnuplot").write_text("#!/bin/sh\n" + script)
        (self.folder / "bin/gnuplot").chmod(0o755)

    def test_nothing_to_draw_is_no_failure_and_no_picture(self):
        rows = self.plot("busy", "--limit", "5")
        self.assertEqual(rows[2:], ["Nothing to draw: value is empty here.", "scale: ● 0.5 ○ 1"])
        shard = ["--limit", "1,3", "--scale", "1", "--shard", "5/6"]
        self.assertEqual(self.plot("busy", *shard)[1:3], ["Nothing to draw: the shard has no cell of this slice.", "limit: ● 1 ○ 3"])
        for arguments, reason in ((["--limit", "5"], "value is empty here"), (shard, "the shard has no cell of this slice")):
            (self.folder / "a.svg").write_text("older")
            result = self.good("busy", "--picture", "a.svg", *arguments)
            self.assertEqual(result.err, f"busy: --picture a.svg: nothing to draw, so there is none: {reason}\n")
            self.assertFalse([path for path in self.names() if path.startswith("a.")])

    def test_a_reader_that_has_gone_is_said_by_nobody_else(self):
        command = f"'{PROBES}/busy' --plot --first 3000 | head -1"
        result = subprocess.run(["sh", "-c", command], cwd=self.folder, text=True, capture_output=True, env=self.environment())
        self.assertEqual([line for line in result.stderr.splitlines() if not line.startswith("busy: ")], [])

    def test_one_point(self):
        self.assertEqual("".join(self.plot("busy", "--first", "1", "--scale", "1", "--seed", "1")[:-1]).count("●"), 1)

    def test_of_rows_with_the_same_place_the_first(self):
        rows = self.plot(EXPERIMENTS / "cliff", "--w", "3:7:0.2", "--b", "-4:-1:0.5", "--updates", "3")
        self.assertEqual(rows[-1], "Of rows that differ only in update the first is drawn.")

    def test_of_a_training_that_asks_what_was_learnt_the_last(self):
        rows = self.plot(EXPERIMENTS / "letters", "--updates", "200", "--seed", "1", "--kind", "tanh", "--truncation", "8",
                         "--hidden", "16", "--length", "8")
        self.assertEqual(rows[-1], "Of rows that differ only in update the last is drawn.")
        guess, trained = (next(i for i, row in enumerate(self.inside(rows)) if mark in row) for mark in ".●")
        self.assertGreater(trained, guess)

    def test_a_logarithm_stands_on_no_logarithmic_axis(self):
        rows = self.plot(EXPERIMENTS / "vanishing", "--activation", "relu", "--scale", "1000", "--length", "100", "--seed", "1:2",
                         "--hidden", "16")
        labels = [float(label[1]) for row in rows if (label := re.match(r" *(\d+) \|", row))]
        self.assertEqual(labels, [300, 250, 200, 150, 100, 50, 0])

    def test_no_mark_but_those_of_the_key(self):
        for locale, marks in (("C.UTF-8", "●○"), ("C", "ox")):
            rows = self.plot(EXPERIMENTS / "vanishing", "--activation", "sigmoid,tanh", "--scale", "1", "--seed", "1:2", locale=locale)
            self.assertEqual(set("".join(self.inside(rows))), set(f" .{marks}"))

    def test_every_experiment_at_every_size(self):
        small = {"activations": [], "cliff": [], "lengths": ["--length", "10,100,1000"],
                 "letters": ["--updates", "2", "--seed", "1", "--length", "8", "--hidden", "8"], "forgetting": ["--length", "300", "--hidden", "8"],
                 **{name: ["--updates", "2", "--seed", "1", "--hidden", "8"] for name in ("learning", "diverging", "normalising", "window", "course")},
                 **{name: ["--hidden", "8", "--seed", "1:2"]
                    for name in ("batchnorm", "clipping", "critical", "gates", "prose", "relu", "updates", "vanishing")}}
        self.assertEqual(sorted(small), sorted(path.name for path in EXPERIMENTS.iterdir() if path.is_file() and os.access(path, os.X_OK)))
        for name, arguments in small.items():
            for columns, lines in ((60, 20), (80, 24), (120, 40)):
                with self.subTest(name, columns=columns):
                    rows = self.plot(EXPERIMENTS / name, *arguments, columns=columns, lines=lines)
                    self.assertRegex("".join(rows), "[●░]")

    def test_without_gnuplot_nothing_is_run(self):
        for flag in (["--plot"], ["--picture", "a.svg"]):
            result = self.run_probe("busy", "--out", "a.csv", *flag, environment=self.environment(PATH="/nowhere"))
            self.assertRefused(result, f"{flag[0]}: gnuplot cannot be started (No such file or directory): is it installed?", status=1)
        self.assertEqual(self.names(), [])

    def test_a_complete_file_is_drawn_again(self):
        first = self.good("busy", "--out", "a.csv", "--plot")
        second = self.good("busy", "--out", "a.csv", "--plot")
        self.assertEqual(second.out, first.out)
        self.assertTrue(second.out)

    def test_gnuplot_is_told_everything_and_obeys_nothing_else(self):
        plain = self.good("busy", "--plot").out
        self.assertIn("value", plain)
        home = self.folder / "home"
        home.mkdir()
        for name in (".gnuplot", ".gnuplotrc", "gnuplotrc"):
            (home / name).write_text("set output 'elsewhere'\nset datafile separator ';'\nset xrange [90:91]\n")
        changes = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "GNUPLOT_LIB": str(home), "GNUTERM": "x11",
                   "GNUPLOT_DRIVER_DIR": str(home), "GNUPLOT_PS_DIR": str(home)}
        for name, value in changes.items():
            with self.subTest(name):
                self.assertEqual(self.good("busy", "--plot", environment=self.environment(**{name: value})).out, plain)
        self.assertEqual(self.good("busy", "--plot", environment=self.environment(**changes)).out, plain)
        self.assertEqual(self.names()[-2:], ["results", "results/busy.sqlite"])

    def test_without_a_summary_the_rows_are_drawn(self):
        (self.folder / "t.txt").write_text("abcdefgh")
        out = self.good("reading", "--file", "t.txt,memoria.txt", "--length", "1:5", "--out", "a.csv", "--plot").out
        self.assertIn("t.txt", out.splitlines()[-1])
        self.assertIn("memoria.txt", out.splitlines()[-1])


if __name__ == "__main__":
    main()
