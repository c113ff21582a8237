"""What each experiment of its own refuses: exit 2, the flag, the value and what is allowed, and nothing written."""
import json
import re

from probes import EXPERIMENTS, ProbeTest, main

REFUSED = [
    ("activations", ["--step", "1e-6"], ["--step 1e-06", "fewer than 1e+06", "--limit 8"]),
    ("activations", ["--step", "17"], ["--step 17", "at least 2", "--limit 8"]),
    ("vanishing", ["--activation", "softmax"], ["--activation softmax", "sigmoid, tanh, relu, linear"]),
    ("vanishing", ["--drive", "-0.1"], ["--drive -0.1", ">= 0"]),
    ("vanishing", ["--hidden", "1000000000"], ["--hidden", "bytes"]),
    ("critical", ["--last", "80"], ["--last 80", "--length 80"]),
    ("critical", ["--first", "19"], ["--first 19", "--last 20"]),
    ("lengths", ["--length", "1000000000000"], ["--length", "bytes"]),
    ("forgetting", ["--lags", "600"], ["--lags 600", "--length", "599"]),
    ("forgetting", ["--lags", "0"], ["--lags 0", ">= 1"]),
    ("forgetting", ["--noise", "-0.01"], ["--noise -0.01", ">= 0"]),
    ("forgetting", ["--drive", "0"], ["--drive 0", "> 0"]),
    ("relu", ["--last", "100"], ["--last 100", "--length 100"]),
    ("updates", ["--scale", "0"], ["--scale 0", "> 0"]),
    ("clipping", ["--threshold", "0"], ["--threshold 0", "> 0"]),
    ("clipping", ["--threshold", "1,-0.1"], ["--threshold -0.1", "> 0"]),
    ("clipping", ["--threshold", "nan"], ["--threshold nan", "> 0"]),
    ("clipping", ["--clip", "global"], ["--clip global", "none, norm, value"]),
    ("cliff", ["--threshold", "-1"], ["--threshold -1", "> 0"]),
    ("cliff", ["--rate", "0"], ["--rate 0", "> 0"]),
    ("cliff", ["--w", "1e3"], ["--w 1e3", ">= -100 and <= 100"]),
    ("cliff", ["--updates", "1000000000000"], ["--updates", "bytes"]),
    ("batchnorm", ["--batch", "1"], ["--batch 1", "at least 2", "--norm input"]),
    ("batchnorm", ["--gamma", "0"], ["--gamma 0", "> 0"]),
    ("batchnorm", ["--gamma", "1e160"], ["--gamma 1e160: must be > 0 (1e-06 to 1000000)"]),
    ("batchnorm", ["--epsilon", "-1e-5"], ["--epsilon -1e-5", "> 0"]),
    ("batchnorm", ["--norm", "layer"], ["--norm layer", "none, input, full, separate"]),
    ("batchnorm", ["--last", "80"], ["--last 80", "--length 80"]),
    ("learning", ["--length", "2"], ["--length 2", "at least", "--task order"]),
    ("learning", ["--shortest", "60", "--length", "50"], ["--shortest 60", "--length 50"]),
    ("learning", ["--reach", "9"], ["--reach 9", "0, or at least 10", "--task order"]),
    ("learning", ["--rate", "0"], ["--rate 0", "> 0"]),
    ("learning", ["--kind", "softplus"], ["--kind softplus", "sigmoid, tanh, relu, linear, irnn, orthogonal, lstm, gru, weak, faint"]),
    ("learning", ["--threshold", "0"], ["--threshold 0", "> 0"]),
    ("diverging", ["--omega", "-1"], ["--omega -1", ">= 0"]),
    ("diverging", ["--omega", "0,1", "--kind", "tanh,lstm"], ["--omega 1: must be 0 unless", "elman", "(--kind lstm --omega 1)"]),
    ("normalising", ["--batch", "1"], ["--batch 1: must be at least 2 with a norm"]),
    ("normalising", ["--kind", "gru"], ["--norm input: must be none unless the cell is elman (--kind gru)"]),
    ("course", ["--kind", "lstm"], ["--kind lstm", "without gates"]),
    ("window", ["--window", "30"], ["--window 30", "--length 20"]),
    ("window", ["--length", "10", "--delay", "10"], ["--delay 10: must be below length", "(--delay 10 --length 10)"]),
    ("letters", ["--file", "short.txt"], ["--file short.txt", "--length 32"]),
    ("letters", ["--truncation", "-1"], ["--truncation -1", "whole"]),
    ("letters", ["--kind", "softplus"], ["--kind softplus", "tanh", "irnn", "lstm"]),
    ("prose", ["--drive", "1e307"], ["--drive 1e307: must be >= 0 and <= 1e+50"]),
    ("prose", ["--file", "missing.txt"], ["--file missing.txt"]),
    ("prose", ["--file", "empty.txt"], ["--file empty.txt", "empty"]),
    ("prose", ["--file", "binary.txt"], ["--file binary.txt", "NUL"]),
    ("prose", ["--file", "latin1.txt"], ["--file latin1.txt", "UTF-8"]),
    ("prose", ["--file", "short.txt"], ["--file short.txt", "--length 100", "101"]),
]

# A net of few numbers, whatever the experiment; {0} is the value of the axis that is tried, beside which no other would do.
TINY = {"length": "12", "hidden": "3", "batch": "3", "inputs": "2", "first": "0", "last": "4", "lags": "2", "kind": "tanh", "updates": "100",
        "sites": "4", "truncation": "3", "delay": "2", "window": "0", "seed": "1", "w": "5", "b": "-1", "step": "{0}", "limit": "{0}"}


class Experiments(ProbeTest):
    def axes_of(self, experiment):
        """(name, ends of its range, or None unless it is of real numbers)"""
        for entry in json.loads(self.good(experiment, "--help=json").out)["page"]:
            if entry.get("title") == "Columns of the CSV, after cell and the axes":
                return
            if entry.get("item", "").startswith("--"):
                ends = re.search(r"; (?:> 0 \(|>= )(\S+) (?:to|and <=) ([^\s;)]+)\)?; default", entry["meaning"])
                yield entry["item"][2:], ends and ends.groups()

    def test_no_number_in_the_range_of_its_axis_ends_in_a_failure(self):
        tried = 0
        for experiment in sorted(path for path in EXPERIMENTS.iterdir() if path.is_file() and path.suffix == ""):
            axes = dict(self.axes_of(experiment))
            for axis, ends in axes.items():
                values = [value for value in ("1e-20", "1e-5", "1e5", "1e20") if ends and float(ends[0]) < float(value) < float(ends[1])]
                values += ends if ends and (experiment.name, axis) != ("forgetting", "drive") else ends[1:] if ends else []
                for value in values if experiment.name == "activations" else [",".join(values)] * bool(values):
                    settings = {**{name: TINY[name].format(value) for name in axes if name in TINY}, axis: value}
                    with self.subTest(experiment=experiment.name, axis=axis):
                        self.good(experiment, *(f"--{name}={text}" for name, text in settings.items()), "--out", "a.csv")
                        self.assertEqual({row[axis] for row in self.rows_of("a.csv")}, set(value.split(",")))
                tried += len(values)
        self.assertGreater(tried, 250)

    def test_what_an_experiment_cannot_run_is_refused_with_the_reason(self):
        files = {"empty.txt": b"", "binary.txt": b"uma\0frase" * 40, "latin1.txt": "mem\xf3ria ".encode("latin-1") * 40,
                 "short.txt": b"curto demais"}
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        for experiment, arguments, parts in REFUSED:
            with self.subTest(experiment=experiment, arguments=arguments):
                self.assertRefused(self.run_probe(EXPERIMENTS / experiment, *arguments), *parts)
                self.assertEqual(self.names(), sorted(files))

    def test_the_largest_derivative_is_that_of_the_range_however_wide_a_step_is(self):
        self.good(EXPERIMENTS / "activations", "--limit", "8", "--step", "3", "--out", "a.csv")
        self.assertEqual({(row["activation"], row["derivative_max"]) for row in self.rows_of("a.csv")},
                         {("sigmoid", "0.25"), ("tanh", "1"), ("relu", "1"), ("linear", "1")})

    def test_the_longest_sequences_tested_on_are_those_of_reach(self):
        self.good(EXPERIMENTS / "learning", "--kind", "tanh", "--task", "last", "--length", "20", "--reach", "25,79,15", "--hidden", "3",
                  "--updates", "1", "--seed", "1", "--out", "a.csv")
        tested = [(row["reach"], row["tested"]) for row in self.rows_of("a.csv")]
        self.assertEqual(tested, [("25", tested_on) for tested_on in ("20", "10", "25")] +
                         [("79", tested_on) for tested_on in ("20", "10", "30", "50", "70", "79")] +
                         [("15", tested_on) for tested_on in ("20", "10", "15")])

    def test_values_that_help_says_to_be_the_same_are(self):
        for experiment, axis, same, other in (("letters", "truncation", "0,8,100", "7"), ("window", "delay", "2,3", None)):
            self.good(EXPERIMENTS / experiment, "--kind=tanh", f"--{axis}={same}" + (f",{other}" if other else ""), "--length=8", "--hidden=3",
                      "--batch=2", "--updates=9", "--seed=1", "--out=a.csv", *(["--task=order", "--length=12"] if experiment == "window" else []))
            cells = {}
            for row in self.rows_of("a.csv"):
                cells.setdefault(row[axis], []).append([row[name] for name in row if name not in ("cell", axis)])
            self.assertEqual(len({str(cells[value]) for value in same.split(",")}), 1, axis)
            self.assertTrue(other is None or cells[other] != cells["0"], axis)

    def test_letters_leaves_a_sample_of_what_each_net_writes(self):
        texts = []
        for out in ("a", "b"):
            self.good(EXPERIMENTS / "letters", "--kind", "tanh", "--truncation", "1,8", "--updates", "20", "--seed", "3",
                      "--out", f"{out}.csv", "--arrays", out)
            texts += [(self.folder / out / f"cell-0000{cell}" / "sample.txt").read_bytes() for cell in (0, 1)]
        self.assertEqual({len(text) for text in texts}, {500})
        self.assertEqual(texts[:2], texts[2:])
        self.assertNotEqual(texts[0], texts[1])

    def test_a_level_can_be_chosen_and_fusing_is_all_it_changes(self):
        levels = " ".join(self.good(EXPERIMENTS / "vanishing", "--help").out.split()).split("with, here ")[1].split(" (")[0].split(", ")
        out = {level: self.good(EXPERIMENTS / "vanishing", "--length", "30", "--seed", "1", "--out", "-",
                                environment=self.environment(EVANESCE_LEVEL=level)).out for level in ["", *levels]}
        self.assertEqual(levels[0], "plain")
        best = {out[level] for level in ["", *levels[1:]]}
        self.assertEqual(len(best), 1)
        if len(levels) > 1:
            self.assertNotIn(out["plain"], best)

    def test_a_level_that_this_processor_lacks_is_refused(self):
        for level in ("avx3", "Plain", "plain,avx2"):
            result = self.run_probe(EXPERIMENTS / "vanishing", environment=self.environment(EVANESCE_LEVEL=level))
            self.assertRefused(result, f"EVANESCE_LEVEL={level}: must be ", "plain")
        self.assertEqual(self.names(), [])


if __name__ == "__main__":
    main()
