"""A sweep into memory gathers what the file of the same arguments holds."""

from probes import ProbeTest, main


class Collect(ProbeTest):
    def collected(self, probe, *arguments):
        out = self.good("collect_" + probe, *arguments).out
        return [dict(field.split("=", 1) for field in line.split(" ", line.count("=") - 1)) for line in out.splitlines()]

    def assertSame(self, probe, *arguments):
        self.good(probe, "--out", "a.csv", *arguments)
        table, rows = self.collected(probe, *arguments), self.rows_of("a.csv")
        self.assertEqual(len(table), len(rows))
        self.assertTrue(rows)
        axes = [name for name in rows[0] if ":" in table[0].get(name, "")]
        for found, row in zip(table, rows):
            self.assertEqual(list(found), list(row)[1:])
            for name, text in row.items():
                if name in axes:
                    label, number = found[name].split(":")
                    self.assertEqual(label, text)
                    self.assertEqual(number, "nan" if not text[0].isdigit() else "%.17g" % float(text))
                elif name != "cell":
                    self.assertEqual(found[name], text or "nan")

    def test_the_table_is_the_file(self):
        self.assertSame("busy")
        self.assertSame("busy", "--scale", "0.1:0.7:0.1", "--seed=3:9:2", "--jobs", "3")
        self.assertSame("busy", "--limit", "3,5,6,7", "--first", "0,3")
        self.assertSame("network", "--activation", "tanh,linear", "--seed", "2,9")

    def test_refusals_are_those_of_the_program(self):
        for arguments in (["--scale", "-1"], ["--scael", "1"], ["--first", "13"], ["stray"], ["--jobs", "0"]):
            with self.subTest(arguments):
                result = self.run_probe("collect_busy", *arguments)
                self.assertEqual(result.err, self.run_probe("busy", *arguments).err)
                self.assertRefused(result)

    def test_only_axes_and_jobs(self):
        for arguments in (["--out", "a.csv"], ["--fresh"], ["--merge", "."], ["--shard", "0/2"], ["--list"], ["--help"], ["--version"]):
            with self.subTest(arguments):
                self.assertRefused(self.run_probe("collect_busy", *arguments), arguments[0], "takes axes and --jobs only")

    def test_a_failure_is_told(self):
        result = self.run_probe("collect_busy", "--limit", "4", "--jobs", "1")
        self.assertRefused(result, "busy: cell 0 (scale=0.5 first=2 length=10 limit=4 seed=1): ", status=1)

    def test_nothing_is_written(self):
        self.collected("busy")
        self.assertEqual(self.names(), [])


if __name__ == "__main__":
    main()
