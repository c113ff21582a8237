"""The files of a run: rows, shards, jobs, meta.json, and where they go."""

import json
import os
import shlex
import subprocess

from probes import PROBES, ProbeTest, main


class Rows(ProbeTest):
    def test_the_csv_is_tidy(self):
        self.good("busy", "--out", "a.csv", "--seed", "1,2")
        lines = self.bytes_of("a.csv").decode().split("\n")
        self.assertEqual(lines[0], "cell,scale,first,length,limit,seed,row,value,work,status")
        self.assertEqual(lines[-1], "")
        self.assertEqual(len(lines), 1 + 2 * 2 * 2 + 1)
        rows = self.rows_of("a.csv")
        self.assertEqual([r["cell"] for r in rows], list("00112233"))
        self.assertEqual([r["row"] for r in rows], list("01010101"))
        self.assertEqual({r["status"] for r in rows}, {"ok"})

    def test_numbers_hold_every_digit(self):
        self.good("busy", "--out", "a.csv", "--scale", "0.5,1", "--seed", "1")
        half, one = (float(self.rows_of("a.csv")[i]["value"]) for i in (0, 2))
        self.assertEqual(2 * half, one)
        for row in self.rows_of("a.csv"):
            self.assertEqual("%.17g" % float(row["value"]), row["value"])

    def test_axis_columns_keep_their_spelling(self):
        self.good("busy", "--out", "a.csv", "--scale", "5e-1,1.50", "--seed", "007")
        self.assertEqual([r["scale"] for r in self.rows_of("a.csv")], ["5e-1", "5e-1", "1.50", "1.50"])
        self.assertEqual({r["seed"] for r in self.rows_of("a.csv")}, {"007"})

    def test_divergence_is_data(self):
        result = self.good("busy", "--out", "a.csv", "--limit", "3", "--scale", "1")
        rows = self.rows_of("a.csv")
        self.assertEqual([r["status"] for r in rows],
                         2 * ["diverged at step 57"] + 2 * ["ok"] + 2 * ["diverged at step 57"])
        self.assertTrue(all(r["value"] for r in rows))
        self.assertEqual(result.err, "")

    def test_a_cell_that_diverged_without_a_row_has_one_empty_row(self):
        self.good("busy", "--out", "a.csv", "--limit", "5", "--scale", "1", "--seed", "1")
        self.assertEqual(self.bytes_of("a.csv").decode().splitlines()[1:], ["0,1,2,10,5,1,,,,diverged at step 57"])

    def test_zero_is_data(self):
        self.good("busy", "--out", "a.csv", "--limit", "6", "--scale", "1", "--seed", "1")
        self.assertEqual([r["status"] for r in self.rows_of("a.csv")], 2 * ["zero at step 43"])

    def test_no_value_is_an_empty_field(self):
        self.good("busy", "--out", "a.csv", "--limit", "7", "--scale", "1", "--seed", "1,2")
        self.assertEqual([bool(r["value"]) for r in self.rows_of("a.csv")], [False, False, True, True])
        self.assertNotIn(b"nan", self.bytes_of("a.csv"))

    def test_a_cell_without_rows_leaves_none(self):
        self.good("busy", "--out", "a.csv", "--first", "0,1", "--scale", "1")
        self.assertEqual([r["cell"] for r in self.rows_of("a.csv")], ["3", "4", "5"])

    def test_the_bytes_do_not_depend_on_jobs(self):
        arguments = ["--scale", "0.1:2:0.1", "--length", "100,20000,3000", "--seed", "1:5"]
        for jobs in (1, 2, 5):
            self.good("busy", "--out", f"{jobs}.csv", "--jobs", jobs, *arguments)
        for jobs in (2, 5):
            self.assertEqual(self.bytes_of(f"{jobs}.csv"), self.bytes_of("1.csv"))
            self.assertEqual(self.bytes_of(f"{jobs}.summary.csv"), self.bytes_of("1.summary.csv"))

    def test_the_bytes_of_networks_do_not_depend_on_jobs(self):
        arguments = ["--hidden", "3,17,8", "--length", "4,30", "--batch", "1,7", "--weights", "tied,untied", "--init",
                     "gaussian,orthogonal,identity", "--drive", "0,0.5", "--seed", "1:3"]
        for jobs in (1, 5):
            self.good("network", "--out", f"{jobs}.csv", "--jobs", jobs, *arguments)
        self.assertEqual(self.bytes_of("5.csv"), self.bytes_of("1.csv"))

    def test_shards_hold_the_rows_of_the_whole(self):
        self.good("busy", "--out", "whole.csv", "--seed", "1:7")
        lines = []
        for shard in range(3):
            self.good("busy", "--out", "a.csv", "--shard", f"{shard}/3", "--seed", "1:7")
            header, *rows = self.bytes_of(f"a-{shard}-of-3.csv").decode().splitlines()
            self.assertTrue(all(int(r.split(",")[0]) % 3 == shard for r in rows))
            lines += rows
            self.assertFalse((self.folder / f"a-{shard}-of-3.summary.csv").exists())
        lines.sort(key=lambda row: int(row.split(",")[0]))
        self.assertEqual([header, *lines], self.bytes_of("whole.csv").decode().splitlines())

    def test_an_empty_shard_is_a_header(self):
        self.good("busy", "--out", "a.csv", "--shard", "8/9")
        self.assertEqual(self.bytes_of("a-8-of-9.csv").count(b"\n"), 1)

    def test_another_locale_changes_nothing(self):
        self.good("busy", "--out", "c.csv", environment=self.environment(LC_ALL="C"))
        self.good("busy", "--out", "absent.csv", environment=self.environment(LC_ALL="pt_BR.UTF-8"))
        locales = self.folder / "locales"
        locales.mkdir()
        made = subprocess.run(["localedef", "-i", "pt_BR", "-f", "UTF-8", str(locales / "pt_BR.UTF-8")],
                              capture_output=True) if os.path.exists("/usr/share/i18n/locales/pt_BR") else None
        names = ["absent.csv"]
        if made and made.returncode == 0:
            self.good("busy", "--out", "here.csv",
                      environment=self.environment(LC_ALL="pt_BR.UTF-8", LOCPATH=str(locales)))
            names.append("here.csv")
        for name in names:
            self.assertEqual(self.bytes_of(name), self.bytes_of("c.csv"))


class Places(ProbeTest):
    def test_the_default_is_the_results_folder(self):
        self.good("busy")
        self.assertEqual(self.names(), ["results", "results/busy.csv", "results/busy.meta.json",
                                        "results/busy.sqlite", "results/busy.summary.csv"])
        self.good("busy")

    def test_shards_never_overwrite_each_other(self):
        for out, stem in (([], "results/busy"), (["--out", "there/a.csv"], "there/a")):
            folder = stem.split("/")[0]
            self.good("busy", *out, "--shard", "0/2")
            self.good("busy", *out, "--shard", "1/2")
            names = [f"{stem}-{k}-of-2.{end}" for k in (0, 1) for end in ("csv", "meta.json")]
            stores = [f"{folder}/busy-{k}-of-2.sqlite" for k in (0, 1)]
            self.assertEqual([n for n in self.names() if n.startswith(folder)], sorted([folder, *names, *stores]))

    def test_no_two_names_lead_to_the_same_summary(self):
        self.good("busy", "--out", "x.csv")
        before = {name: self.bytes_of(name) for name in self.names()}
        for name in ("x", "x.CSV", "x.summary.csv", "x.meta.json", "busy.sqlite", "rows.txt", ".csv", "x.csv.tmp"):
            with self.subTest(name):
                self.assertRefused(self.run_probe("busy", "--out", name, "--seed", "7"), f"--out {name}: must ")
                self.assertEqual({name: self.bytes_of(name) for name in self.names()}, before)
        self.good("busy", "--out", "x.y.csv")
        self.assertIn("x.y.summary.csv", self.names())
        self.assertEqual(self.bytes_of("x.csv"), before["x.csv"])

    def test_folders_are_made(self):
        self.good("busy", "--out", "one/two/a.csv")
        self.assertEqual(self.names(), ["one", "one/two", "one/two/a.csv", "one/two/a.meta.json",
                                        "one/two/a.summary.csv", "one/two/busy.sqlite"])

    def test_a_link_stays_a_link_and_a_mode_stays(self):
        (self.folder / "there").mkdir()
        for link, target in (("a.csv", "there/b.csv"), ("loose.csv", "there/new.csv")):
            (self.folder / link).symlink_to(target)
        (self.folder / "there" / "b.csv").write_text("older")
        (self.folder / "there" / "b.csv").chmod(0o640)
        self.good("busy", "--out", "c.csv")
        for link, target in (("a.csv", "there/b"), ("loose.csv", "there/new")):
            self.good("busy", "--out", link)
            self.assertEqual(os.readlink(self.folder / link), target + ".csv")
            self.assertEqual(self.bytes_of(target + ".csv"), self.bytes_of("c.csv"))
            self.assertEqual(self.bytes_of(target + ".summary.csv"), self.bytes_of("c.summary.csv"))
        self.assertEqual((self.folder / "there" / "b.csv").stat().st_mode & 0o7777, 0o640)
        (self.folder / "far.json").write_text("older")
        (self.folder / "c.meta.json").unlink()
        (self.folder / "c.meta.json").symlink_to("far.json")
        self.good("busy", "--out", "c.csv")
        self.assertEqual(json.loads(self.bytes_of("far.json"))["grid"]["experiment"], "busy")

    def test_links_in_a_circle(self):
        (self.folder / "a.csv").symlink_to("b.csv")
        (self.folder / "b.csv").symlink_to("a.csv")
        result = self.run_probe("busy", "--out", "a.csv")
        self.assertEqual(result.status, 1)
        self.assertIn("symbolic links", result.err)

    def test_what_is_read_is_not_written_over(self):
        (self.folder / "t.csv").write_text("a text")
        (self.folder / "hard.csv").hardlink_to(self.folder / "t.csv")
        (self.folder / "soft.csv").symlink_to("t.csv")
        (self.folder / "x.meta.json").hardlink_to(self.folder / "t.csv")
        for out, written in (("t.csv", "t.csv"), ("hard.csv", "hard.csv"), ("soft.csv", "t.csv"), ("x.csv", "x.meta.json")):
            with self.subTest(out):
                result = self.run_probe("reading", "--file", "t.csv", "--out", out)
                self.assertRefused(result, f"{written} would be written over the text t.csv that is read")
        with open(self.folder / "t.csv", "a") as file:
            self.assertRefused(self.run_probe("reading", "--file", "t.csv", "--out", "-", stdout=file),
                               "standard output would be written over the text t.csv")
        self.assertEqual(self.bytes_of("t.csv"), b"a text")
        self.assertEqual(len(self.names()), 4)
        for text in ("y.csv.tmp", "y.meta.json.older", "reading.sqlite~"):
            (self.folder / text).write_text("a text")
            self.assertRefused(self.run_probe("reading", "--file", text, "--out", "y.csv"),
                               f"{text} would be written over the text {text}")
            self.assertEqual(self.bytes_of(text), b"a text")

    def test_a_plot_writes_over_no_csv(self):
        self.good("busy")
        before = self.bytes_of("results/busy.csv")
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "gnuplot").write_text("#!/bin/sh\nwhile read line; do :; done\n")
        (self.folder / "bin" / "gnuplot").chmod(0o755)
        path = self.environment(PATH=f"{self.folder / 'bin'}:{os.environ['PATH']}")
        self.good("busy", "--plot", "--seed", "1:5", environment=path)
        self.assertEqual(self.bytes_of("results/busy.csv"), before)
        self.good("busy", "--plot", "--seed", "1:5", "--out", "results/busy.csv", environment=path)
        self.assertEqual(len(self.rows_of("results/busy.csv")), 20)

    def test_a_folder_is_not_a_file(self):
        (self.folder / "there").mkdir()
        self.assertRefused(self.run_probe("busy", "--out", "there"), "--out there: is a folder")
        self.assertEqual(self.names(), ["there"])

    def test_a_file_is_not_a_folder(self):
        (self.folder / "there").write_text("x")
        self.assertRefused(self.run_probe("busy", "--out", "there/a.csv"), "--out there/a.csv: Not a directory")
        self.assertEqual(self.bytes_of("there"), b"x")

    def test_names_with_blanks_quotes_and_accents(self):
        name = "ação 'e' \"reação\".csv"
        self.good("busy", "--out", name)
        meta = json.loads(self.bytes_of(name[:-4] + ".meta.json"))
        self.assertEqual(shlex.split(meta["run"]["command"]), self.command("busy", "--out", name))

    def test_an_older_summary_does_not_outlive_its_rows(self):
        self.good("busy", "--out", "a.csv")
        self.assertIn("a.summary.csv", self.names())
        self.good("reading", "--out", "a.csv")
        self.assertEqual(self.names(), ["a.csv", "a.meta.json", "busy.sqlite", "reading.sqlite"])


class Meta(ProbeTest):
    def test_meta_tells_how_the_rows_were_made(self):
        self.good("busy", "--out", "a.csv", "--scale=0.5:1:0.25", "--seed", "1:4", "--jobs", "2")
        meta = json.loads(self.bytes_of("a.meta.json"))
        grid, run = meta["grid"], meta["run"]
        self.assertEqual(grid["experiment"], "busy")
        self.assertEqual(run["command"],
                         f"'{PROBES / 'busy'}' --out a.csv --scale=0.5:1:0.25 --seed 1:4 --jobs 2")
        self.assertEqual(grid["axes"], {"scale": ["0.5", "0.75", "1"], "first": ["2"], "length": ["10"],
                                        "limit": ["1"], "seed": ["1", "2", "3", "4"]})
        self.assertEqual((grid["rows"], grid["cells"], run["jobs"], run["cells_computed"]), (24, 12, 2, 12))
        self.assertEqual(grid["columns"], ["row", "value", "work"])
        self.assertRegex(grid["version"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(grid["program"], r"^[0-9a-f]{16}$")
        self.assertIn(grid["arithmetic"], ("fused", "plain"))
        self.assertRegex(run["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertRegex(run["compiler"], r"^(gcc|clang) \d+")
        self.assertTrue(run["revision"])
        levels = self.run_probe("busy", "--list", environment=self.environment(EVANESCE_LEVEL="none")).err.split(": ")[-1]
        self.assertEqual(run["cpu"], levels.strip().split(", ")[-1])
        self.assertTrue(grid["seed_rule"])
        self.assertGreaterEqual(run["seconds"], 0)

    def test_what_does_not_belong_to_the_run_is_the_same_for_every_run(self):
        self.good("busy", "--out", "a.csv")
        first = json.loads(self.bytes_of("a.meta.json"))
        self.good("busy", "--out", "b.csv", "--jobs", "1", "--fresh")
        second = json.loads(self.bytes_of("b.meta.json"))
        self.assertEqual(first["grid"], second["grid"])
        self.assertNotEqual(first["run"], second["run"])

    def test_bytes_that_are_not_utf8_do_not_break_the_json(self):
        subprocess.run([bytes(PROBES / "busy"), b"--out", b"a\xff\x01.csv"], cwd=self.folder, check=True)
        name = next(n for n in os.listdir(bytes(self.folder)) if n.endswith(b"meta.json"))
        with open(os.path.join(bytes(self.folder), name), "rb") as file:
            self.assertIn("a\ufffd\x01.csv", json.loads(file.read())["run"]["command"])

    def test_a_text_is_named_with_its_checksum(self):
        (self.folder / "t.txt").write_text("abc")
        self.good("reading", "--file", "t.txt", "--out", "a.csv")
        self.assertEqual(json.loads(self.bytes_of("a.meta.json"))["grid"]["texts"],
                         {"t.txt": "3 bytes, crc32 352441c2, adler32 024d0127"})


if __name__ == "__main__":
    main()
