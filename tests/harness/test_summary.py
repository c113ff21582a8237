"""FILE.summary.csv: means and sample deviations over seeds, of the cells with status ok."""

import resource
import statistics

from probes import ProbeTest, main


class Summary(ProbeTest):
    def group(self, name, axes):
        """The rows of a CSV by the values of `axes`, in the order of their first row."""
        groups = {}
        for row in self.rows_of(name):
            groups.setdefault(tuple(row[a] for a in axes), []).append(row)
        return groups

    def assertSummarised(self, name, axes, keys, columns):
        groups = self.group(name + ".csv", axes + keys)
        summary = self.rows_of(name + ".summary.csv")
        self.assertEqual([tuple(r[a] for a in axes + keys) for r in summary], list(groups))
        for row, members in zip(summary, groups.values()):
            members = [m for m in members if m["status"] == "ok"]
            self.assertEqual(row["seeds"], str(len(members)))
            for column in columns:
                values = [float(m[column]) for m in members if m[column]]
                if not values:
                    self.assertEqual(row[column], "")
                else:
                    self.assertAlmostEqual(float(row[column]), statistics.fmean(values), delta=1e-14)
                if len(values) < 2:
                    self.assertEqual(row[column + "_sd"], "")
                else:
                    self.assertAlmostEqual(float(row[column + "_sd"]), statistics.stdev(values), delta=1e-14)
        return summary

    AXES = ["scale", "first", "length", "limit"]

    def test_means_and_deviations(self):
        self.good("busy", "--out", "a.csv", "--scale", "0.3,1.7", "--first", "2,3", "--seed", "9,4,2,11")
        summary = self.assertSummarised("a", self.AXES, ["row"], ["value", "work"])
        self.assertEqual(len(summary), 2 * (2 + 3))
        self.assertEqual(list(summary[0]), self.AXES + ["row", "value", "value_sd", "work", "work_sd", "seeds"])
        self.assertTrue(all(float(r["value_sd"]) > 0.01 for r in summary))

    def test_one_seed_has_no_deviation(self):
        self.good("busy", "--out", "a.csv", "--seed", "5")
        summary = self.assertSummarised("a", self.AXES, ["row"], ["value", "work"])
        self.assertEqual({r["value_sd"] for r in summary}, {""})

    def test_only_cells_that_are_ok_count(self):
        self.good("busy", "--out", "a.csv", "--limit", "1,3,6,7", "--seed", "1:5")
        summary = self.assertSummarised("a", self.AXES, ["row"], ["value", "work"])
        self.assertEqual([r["seeds"] for r in summary if r["scale"] == "1"], ["5", "5", "2", "2", "0", "0", "5", "5"])

    def test_rows_are_known_by_their_keys_in_any_order_and_also_without_one(self):
        self.good("busy", "--out", "a.csv", "--limit", "10", "--first", "5", "--seed", "1:4")
        summary = self.assertSummarised("a", self.AXES, ["row"], ["value", "work"])
        self.assertEqual([(r["row"], r["seeds"]) for r in summary[:5]], [("4", "4"), ("3", "4"), ("2", "4"), ("1", "4"), ("", "4")])

    def test_a_setting_in_which_every_cell_diverged_shows_with_no_seeds(self):
        self.good("busy", "--out", "a.csv", "--limit", "5,1", "--scale", "1", "--first", "1")
        lines = self.bytes_of("a.summary.csv").decode().splitlines()
        self.assertEqual(lines[1], "1,1,10,5,,,,,,0")
        self.assertTrue(lines[2].startswith("1,1,10,1,0,") and lines[2].endswith(",3"))
        self.assertEqual(len(lines), 3)

    def test_huge_values_do_not_overflow(self):
        self.good("busy", "--out", "a.csv", "--scale", "1", "--first", "1", "--seed", "1:40", "--limit", "11")
        summary = self.rows_of("a.summary.csv")
        values = [float(r["value"]) / 4e307 for r in self.rows_of("a.csv")]
        self.assertAlmostEqual(float(summary[0]["value"]) / 4e307, statistics.fmean(values), delta=1e-12)
        self.assertAlmostEqual(float(summary[0]["value_sd"]) / 4e307, statistics.stdev(values), delta=1e-12)

    def seconds(self, rows, mode):
        """Of the processor, for a sweep of 2 seeds and so many rows each."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.good("busy", "--out", f"{rows}-{mode}.csv", "--first", rows, "--limit", mode, "--scale", "1", "--seed", "1:2")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    def test_its_cost_is_in_proportion_to_the_rows(self):
        """Also where a seed has more rows than the one before it; what was quadratic took 16 times as long."""
        for mode in (1, 8):
            ratio = self.seconds(120000, mode) / self.seconds(30000, mode)
            self.assertLess(ratio, 8, mode)

    def test_without_a_seed_axis_there_is_no_summary(self):
        self.good("reading", "--out", "a.csv")
        self.assertEqual(self.names(), ["a.csv", "a.meta.json", "reading.sqlite"])

    def test_logarithms_are_averaged_as_logarithms(self):
        self.good("network", "--out", "a.csv", "--seed", "1:6", "--length", "9")
        self.assertSummarised("a", ["activation", "init", "scale", "length", "hidden", "batch", "weights", "inputs",
                                    "drive"], ["lag"], ["log_norm", "loss"])


if __name__ == "__main__":
    main()
