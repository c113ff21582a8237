"""Flags: only what is understood is run, and what is printed on request is complete."""

import re

from probes import EXPERIMENTS, ProbeTest, main


class Unknown(ProbeTest):
    def refused(self, *arguments, parts):
        result = self.run_probe("busy", *arguments)
        self.assertRefused(result, *parts)
        self.assertEqual(self.names(), [])

    def test_a_typo_is_refused_with_the_nearest_flag(self):
        for typed, meant in (("--scael", "scale"), ("--sede", "seed"), ("--lenght", "length"), 
                             ("--quite", "quiet"), ("--job", "jobs"), ("--arrayss", "arrays"), ("-scale", "scale"),
                             ("--s", "seed"), ("--hlep", "help"), ("-help", "help")):
            with self.subTest(typed):
                if typed == "--s":
                    self.refused(typed, "1", parts=["unknown option --s (did you mean --"])
                else:
                    self.refused(typed, "1", parts=[f"unknown option {typed} (did you mean --{meant}?)"])

    def test_an_abbreviation_is_not_the_flag(self):
        self.refused("--see", "1", parts=["unknown option --see (did you mean --seed?)"])
        self.refused("--see=1", parts=["unknown option --see (did you mean --seed?)"])

    def test_a_flag_that_is_like_no_other(self):
        self.refused("--zzzzzzzz", parts=["unknown option --zzzzzzzz; --help lists them"])
        self.refused("--Scale=1", "--SEED", "1", parts=["unknown option --Scale"])

    def test_an_axis_of_another_experiment(self):
        self.refused("--hidden", "3", parts=["unknown option --hidden"])

    def test_operands_are_refused(self):
        self.refused("stray", parts=["unexpected 'stray'"])
        self.refused("--seed", "1", "stray", parts=["unexpected 'stray'"])
        self.refused("--", parts=["unexpected '--'"])
        self.refused("-", parts=["unexpected '-'"])
        self.refused("", parts=["unexpected ''"])

    def test_a_missing_value(self):
        self.refused("--seed", parts=["--seed needs a value"])
        self.refused("--out", "--jobs", "1", parts=["--out needs a value"])

    def test_a_switch_takes_no_value(self):
        self.refused("--quiet=yes", parts=["--quiet takes no value"])
        self.refused("--quiet", "yes", parts=["unexpected 'yes'"])

    def test_jobs(self):
        for text in ("0", "-1", "two", "1.5", "", "1025", "1,2", "99999999999999999999"):
            with self.subTest(text):
                self.refused(f"--jobs={text}", parts=["--jobs", text, "must be a whole number from 1 to 1024"])

    def test_shard(self):
        for text in ("1", "2/2", "3/2", "-1/2", "0/0", "a/b", "1/2/3", "/", "0/", "/2", "", "0.5/2", " 0/2"):
            with self.subTest(text):
                self.refused(f"--shard={text}", parts=["--shard", text, "must be K/N with 0 <= K < N"])

    def test_out_and_arrays_need_a_name(self):
        self.refused("--out=", parts=["--out: must be the name of a file"])
        self.refused("--arrays=", parts=["--arrays: must be the name of a folder"])

    def test_stream_and_file_do_not_mix(self):
        self.refused("--out", "-", "--plot", parts=["--plot: draws on standard output, where --out - writes"])

    def test_what_contradicts_itself(self):
        self.refused("--fresh", "--merge", "shards", parts=["--fresh: computes everything"])
        self.refused("--merge=", parts=["--merge: must be the name of a folder"])


class Printed(ProbeTest):
    def test_help_tells_everything(self):
        text = self.good("busy", "--help").out
        for part in ("Does the harness keep what a cell has computed?", "Theory: it does", "number of the row",
                     "default 0.5,1", "> 0 (1e-50 to 1e+50)", "a whole number >= 1", "T, in steps", "results/busy.csv", "Examples:",
                     "a, then by steps up to b at most. Of two VALUES for one axis the last count.", "over those with status ok that have it", "A field is empty where"):
            self.assertIn(part, " ".join(text.split()))
        for flag in ("scale", "first", "length", "limit", "seed", "out", "jobs", "quiet", "list", "shard", "merge", "fresh",
                     "plot", "picture", "help", "version"):
            self.assertRegex(text, rf"(?m)^  --{flag}\b")
        for column in ("row", "value", "work", "status"):
            self.assertRegex(text, rf"(?m)^  {column} ")
        self.assertLessEqual(max(map(len, text.splitlines())), 110)

    def test_the_examples_of_help_run(self):
        text = self.good("busy", "--help").out
        examples = re.search(r"Examples:\n((?:  .*\n)+)", text).group(1).splitlines()
        self.assertEqual(len(examples), 2)
        for line in examples:
            words = line.split()
            self.assertEqual(words[0], "busy")
            if "--plot" not in words:
                self.assertIn("cell,", self.good("busy", *words[1:]).out)

    def test_version(self):
        self.assertRegex(self.good("busy", "--version").out, r"^busy \(evanesce\) \d+\.\d+\.\d+, revision \S+\n$")

    def test_help_and_version_run_nothing(self):
        for flag in ("--help", "--version", "--list"):
            self.good("busy", flag)
        self.assertEqual(self.names(), [])

    def test_list_is_one_cell_a_line(self):
        lines = self.good("busy", "--list").out.splitlines()
        self.assertEqual(lines[3], "3 scale=1 first=2 length=10 limit=1 seed=1")
        self.assertEqual([line.split()[0] for line in lines], ["0", "1", "2", "3", "4", "5"])

    def test_list_respects_the_shard(self):
        whole = self.good("busy", "--list").out.splitlines()
        self.assertEqual(self.good("busy", "--list", "--shard", "1/4").out.splitlines(), whole[1::4])
        self.assertEqual(self.good("busy", "--list", "--shard", "7/9").out, "")

    def test_list_refuses_what_a_run_refuses(self):
        for arguments, said in ((["--scale", "-1"], "--scale -1: must be > 0"), (["--first", "12,13"], "--first 13: must not be 13"),
                                (["--out", "x.txt"], "--out x.txt: must be a name that ends in .csv"),
                                (["--merge", "nowhere"], "--merge nowhere: No such file or directory"),
                                (["--picture", "x.gif"], "--picture x.gif: must be a name that ends in .svg or .png")):
            self.assertRefused(self.run_probe("busy", "--list", *arguments), said)
        self.assertRefused(self.run_probe(EXPERIMENTS / "lengths", "--list", "--hidden", "10000000"), "--hidden 10000000: needs ")
        self.assertEqual(self.names(), [])


if __name__ == "__main__":
    main()
