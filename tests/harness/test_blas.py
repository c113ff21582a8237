"""What other libraries bring into the process: threads of a BLAS, where cells are spread over the cores, and fast mathematics."""

import os
import unittest

from probes import SANITIZED, ProbeTest, main


class Blas(ProbeTest):
    @unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded first")
    def test_a_blas_is_told_to_use_one_thread(self):
        stand_in = self.environment(LD_PRELOAD=self.module("libblas_stand_in.so"))
        run = self.run_probe("busy", "--out", "a.csv", "--jobs", "2", environment=stand_in)
        self.assertEqual((run.status, run.err), (0, "threads 1\n"))

    @unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded first")
    def test_what_flushes_small_numbers_is_refused(self):
        module = self.module("libfast_math_stand_in.so")
        if not os.path.exists(module):
            self.skipTest("of x86-64")
        result = self.run_probe("busy", "--out", "a.csv", environment=self.environment(LD_PRELOAD=module))
        self.assertRefused(result, "numbers below 2^-1022 are flushed to zero", status=1)
        self.assertEqual(self.names(), [])

    def test_a_run_needs_no_blas(self):
        self.assertEqual(self.good("busy", "--out", "a.csv").err, "")


if __name__ == "__main__":
    main()
