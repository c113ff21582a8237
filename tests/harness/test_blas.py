"""Cells are spread over the cores, so a BLAS with threads of its own is told to use one."""

import unittest

from probes import SANITIZED, ProbeTest, main


class Blas(ProbeTest):
    @unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded first")
    def test_a_blas_is_told_to_use_one_thread(self):
        stand_in = self.environment(LD_PRELOAD=self.module("libblas_stand_in.so"))
        run = self.run_probe("busy", "--out", "a.csv", "--jobs", "2", environment=stand_in)
        self.assertEqual((run.status, run.err), (0, "threads 1\n"))

    def test_a_run_needs_no_blas(self):
        self.assertEqual(self.good("busy", "--out", "a.csv").err, "")


if __name__ == "__main__":
    main()
