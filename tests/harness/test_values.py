"""Values on the command line: lists, ranges, and every way to get them wrong."""

import resource
import time
import unittest

from probes import SANITIZED, ProbeTest, main


class Values(ProbeTest):
    def listed(self, *arguments):
        """The values of the axis the first argument names, as --list spells them."""
        lines = self.good("busy", "--seed", "1", "--scale", "1", *arguments, "--list").out.splitlines()
        axis = arguments[0].lstrip("-")
        return [dict(f.split("=") for f in line.split()[1:])[axis] for line in lines]

    def test_a_list_keeps_every_spelling_and_its_order(self):
        self.assertEqual(self.listed("--scale", "1.50,.5,2e-1,3."), ["1.50", ".5", "2e-1", "3."])

    def test_a_range_of_whole_numbers_holds_both_ends(self):
        self.assertEqual(self.listed("--seed", "8:11"), ["8", "9", "10", "11"])
        self.assertEqual(self.listed("--seed", "8:8"), ["8"])
        self.assertEqual(self.listed("--length", "10:50:20,7"), ["10", "30", "50", "7"])
        self.assertEqual(self.listed("--length", "10:49:20"), ["10", "30"])

    def test_a_range_of_numbers_is_inclusive_and_spelt_shortly(self):
        self.assertEqual(self.listed("--scale", "0.1:1:0.1"),
                         ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"])
        self.assertEqual(self.listed("--scale", "0.25:1.1:0.25"), ["0.25", "0.5", "0.75", "1"])
        self.assertEqual(self.listed("--scale", "0.1:0.7:0.1"), ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"])
        self.assertEqual(self.listed("--scale", "1:3"), ["1", "2", "3"])

    def test_a_value_is_the_number_that_is_spelt(self):
        self.good("busy", "--scale", "0.1:0.4:0.1", "--out", "range.csv")
        self.good("busy", "--scale", "0.1,0.2,0.3,0.4", "--out", "list.csv")
        self.assertEqual(self.bytes_of("range.csv"), self.bytes_of("list.csv"))

    def test_the_last_of_two_flags_wins_and_both_forms_are_read(self):
        self.assertEqual(self.listed("--scale", "5", "--scale=7"), ["7"])

    def test_cells_are_numbered_with_the_last_axis_fastest(self):
        out = self.good("busy", "--scale", "0.5,2", "--first", "1,3", "--seed", "4,5", "--list").out
        places = [(f[0], f[1], f[2], f[5]) for f in map(str.split, out.splitlines())]
        self.assertEqual(places[0], ("0", "scale=0.5", "first=1", "seed=4"))
        self.assertEqual(places[1], ("1", "scale=0.5", "first=1", "seed=5"))
        self.assertEqual(places[2], ("2", "scale=0.5", "first=3", "seed=4"))
        self.assertEqual(places[4], ("4", "scale=2", "first=1", "seed=4"))
        self.assertEqual(len(places), 8)


class Refusals(ProbeTest):
    """Each names the flag, the value and what is allowed; nothing is written."""

    def refused(self, flag, value, *parts, probe="busy"):
        (self.folder / "kept.csv").write_text("kept")
        result = self.run_probe(probe, "--out", "kept.csv", f"{flag}={value}")
        self.assertRefused(result, flag, *parts)
        self.assertEqual(self.names(), ["kept.csv"])
        self.assertEqual(self.bytes_of("kept.csv"), b"kept")

    def test_numbers_outside_the_range(self):
        self.refused("--scale", "-1", "--scale -1: must be > 0")
        self.refused("--scale", "0", "--scale 0: must be > 0")
        self.refused("--scale", "0.5,-0.25", "--scale -0.25: must be > 0")
        self.refused("--scale", "-1:1:1", "--scale -1: must be > 0")
        self.refused("--drive", "-0.1", "--drive -0.1: must be >= 0 and <= 1e+50", probe="network")
        for text in ("1e51", "1e-51", "1:2.1e50:1e50"):
            self.refused("--scale", text, ": must be > 0 (1e-50 to 1e+50)")
        self.refused("--length", "0", "--length 0: must be a whole number >= 1")
        self.refused("--length", "0:3", "--length 0: must be a whole number >= 1")
        self.refused("--seed", "9007199254740993", "9007199254740993: must be <= 9007199254740992")

    def test_what_is_not_a_number(self):
        for text in ("one", "1x", "0x10", "nan", "inf", "-inf", "1e", "1e+", ".", "-", " 1", "1 ", "+1", "1_000",
                     "1;2", "1:2:3:4", "1:", ":2", "1:2:", "0.5:1:1x"):
            with self.subTest(text):
                self.refused("--scale", text, "must be a number > 0 (1e-50 to 1e+50), written as 0.5, a list 0.5,1 or a range")

    def test_what_is_not_a_whole_number(self):
        for text in ("1.5", "1e3", "-1", "+1", "0x10", "ten", "1:2:0.5", "1:-2", "99999999999999999999", "3:", " 3"):
            with self.subTest(text):
                self.refused("--length", text, "must be a whole number >= 1, written as 7, a list")

    def test_empty_items_and_empty_values(self):
        for text in ("", ",", "1,", ",1", "1,,2"):
            with self.subTest(text):
                self.refused("--scale", text, "has an empty item; a list is written as a,b,c")

    def test_values_given_twice(self):
        self.refused("--scale", "0.5,1,0.50", "is given twice")
        self.refused("--seed", "1:5,3", "--seed 3: is given twice")
        self.refused("--seed", "5,3,5", "--seed 5: is given twice")
        self.refused("--activation", "tanh,relu,tanh", "--activation tanh: is given twice", probe="network")
        self.refused("--scale", "1:1.00000000000001:0.000000000000001", "is given twice")

    def test_ranges_that_lead_nowhere(self):
        self.refused("--seed", "5:1", "must have a <= b")
        self.refused("--seed", "1:5:0", "must have a <= b and step >= 1")
        self.refused("--scale", "2:1:0.5", "must have a <= b and step > 0")
        self.refused("--scale", "1:2:0", "must have a <= b and step > 0")
        self.refused("--scale", "1:2:-1", "must have a <= b and step > 0")
        self.refused("--scale", "0.5:2", "needs a step")

    def test_what_a_double_does_not_hold(self):
        self.refused("--scale", "1e999", "outside what a double holds")
        self.refused("--scale", "1e-400", "outside what a double holds")

    def test_names_outside_the_list(self):
        self.refused("--activation", "tahn", "must be one of sigmoid, tanh, relu, linear (did you mean tanh?)",
                     probe="network")
        self.refused("--init", "zebra", "--init zebra: must be one of gaussian, orthogonal, identity", probe="network")
        self.refused("--forget", "-101", "--forget -101: must be >= -100 and <= 100", probe="network")
        self.refused("--architecture", "gated", "--architecture gated: must be one of elman, lstm, gru", probe="network")
        self.refused("--weights", "TIED", "must be one of tied, untied", probe="network")

    def test_a_point_the_experiment_refuses(self):
        self.refused("--first", "2,13", "--first 13: must not be 13")

    def test_the_message_is_one_line_however_long_the_value(self):
        self.refused("--scale", "9" * 100000 + "x", "must be a number")


class Sizes(ProbeTest):
    """What does not fit is refused with its bytes, at once."""

    def refused_at_once(self, probe, *arguments, parts, **options):
        begun = time.monotonic()
        result = self.run_probe(probe, *arguments, **options)
        self.assertRefused(result, "bytes", "available", *parts)
        self.assertLess(time.monotonic() - begun, 2)
        self.assertEqual(self.names(), [])

    def test_an_axis_too_long(self):
        self.refused_at_once("busy", "--seed", "1:1000000000000", parts=["--seed 1:1000000000000", "48000000000000 bytes"])
        self.refused_at_once("busy", "--seed", "0:9007199254740992", parts=["--seed"])
        self.refused_at_once("busy", "--scale", "1:2:1e-15", parts=["--scale 1:2:1e-15"])
        self.refused_at_once("busy", "--scale", "1:1e300", parts=["--scale 1:1e300"])

    def test_a_grid_with_too_many_cells(self):
        hundred_thousand = "1:100000"
        self.refused_at_once("busy", "--seed", hundred_thousand, "--first", hundred_thousand, "--length", "1:1000",
                             parts=["20000000000000 cells"])
        result = self.run_probe("busy", "--seed", "1:100000", "--first", "1:100000", "--length", "1:100000",
                                "--scale", "1:100000")
        self.assertRefused(result, "cells")

    def test_what_no_network_can_be_made_of_is_named(self):
        self.assertRefused(self.run_probe("network", "--norm", "full", "--batch", "1", "--out", "a.csv"),
                           "--batch 1: must be at least 2 with a norm (--batch 1 --norm full)")
        self.assertRefused(self.run_probe("network", "--norm", "full", "--architecture", "gru"),
                           "--norm full: must be none unless the cell is elman (--architecture gru --norm full)")

    def test_a_network_too_large(self):
        self.refused_at_once("network", "--hidden", "1000000000", parts=["--hidden 1000000000"])
        self.refused_at_once("network", "--length", "9007199254740992", parts=["--length 9007199254740992"])
        self.refused_at_once("network", "--hidden", "9007199254740992", "--length", "9007199254740992",
                             parts=["--length 9007199254740992", "--hidden 9007199254740992"])

    @unittest.skipIf(SANITIZED, "a sanitizer needs more address space")
    def test_the_address_space_counts(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
        self.refused_at_once("network", "--hidden", "5000", "--jobs", "1", parts=["--hidden 5000", "1 jobs"],
                             preexec_fn=limit)

    @unittest.skipIf(SANITIZED, "a sanitizer needs more address space")
    def test_jobs_multiply_the_memory(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
        self.refused_at_once("network", "--hidden", "1500", "--jobs", "100", parts=["100 jobs", "--jobs 1 would fit"],
                             preexec_fn=limit)


if __name__ == "__main__":
    main()
