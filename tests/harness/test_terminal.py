"""What a person sees: progress on a terminal, silence in a pipe, and --plot."""

import os
import pty
import shutil
import subprocess
import unittest

from probes import ProbeTest, main


class Terminal(ProbeTest):
    def on_terminal(self, *arguments, probe="busy", terminal="xterm"):
        """Standard error of a run whose standard error is a terminal; its exit status."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(self.command(probe, *arguments), cwd=self.folder, stderr=theirs,
                                   stdout=subprocess.DEVNULL, env=self.environment(TERM=terminal))
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        return seen.decode(), process.wait(60)

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


class Plot(ProbeTest):
    def test_without_gnuplot_the_data_stays(self):
        result = self.run_probe("busy", "--out", "a.csv", "--plot", environment=self.environment(PATH="/nowhere"))
        self.assertEqual(result.status, 1)
        self.assertIn("--plot: gnuplot cannot be started", result.err)
        self.assertIn("6 of 6 cells kept in busy.sqlite", result.err)
        self.assertEqual(len(self.rows_of("a.csv")), 12)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_curves_by_the_axis_of_the_spec(self):
        result = self.good("busy", "--out", "it's.csv", "--plot", "--first", "5,6", "--seed", "1:4")
        self.assertEqual(result.err, "")
        for part in ("value, mean over seeds, first 5", "row", "0.5 *", "1 #"):
            self.assertIn(part, result.out)
        self.assertLessEqual(max(map(len, result.out.splitlines())), 80)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_a_complete_file_is_drawn_again(self):
        first = self.good("busy", "--out", "a.csv", "--plot")
        second = self.good("busy", "--out", "a.csv", "--plot")
        self.assertEqual(second.out, first.out)
        self.assertTrue(second.out)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_gnuplot_is_told_everything_and_obeys_nothing_else(self):
        plain = self.good("busy", "--plot").out
        self.assertIn("value", plain)
        home = self.folder / "home"
        home.mkdir()
        for name in (".gnuplot", ".gnuplotrc", "gnuplotrc"):
            (home / name).write_text("set output 'elsewhere'\nset datafile separator ';'\nset xrange [90:91]\n")
        changes = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "GNUPLOT_LIB": str(home), "GNUTERM": "x11",
                   "GNUPLOT_DRIVER_DIR": str(home), "LC_ALL": "pt_BR.UTF-8", "COLUMNS": "20"}
        for name, value in changes.items():
            with self.subTest(name):
                self.assertEqual(self.good("busy", "--plot", environment=self.environment(**{name: value})).out, plain)
        self.assertEqual(self.good("busy", "--plot", environment=self.environment(**changes)).out, plain)
        self.assertEqual(self.names()[-2:], ["results", "results/busy.sqlite"])

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_without_a_summary_the_rows_are_drawn(self):
        (self.folder / "t.txt").write_text("abcdefgh")
        out = self.good("reading", "--file", "t.txt,memoria.txt", "--length", "1:5", "--out", "a.csv", "--plot").out
        self.assertIn("t.txt *", out)
        self.assertIn("memoria.txt #", out)


if __name__ == "__main__":
    main()
