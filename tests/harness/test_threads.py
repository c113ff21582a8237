"""How many cells run side by side, and what happens where threads cannot be made."""

import errno
import json
import os
import unittest

from probes import SANITIZED, ProbeTest, main


class Jobs(ProbeTest):
    def jobs(self, *arguments, **changes):
        self.good("busy", "--out", "a.csv", *arguments, environment=self.environment(**changes))
        return json.loads(self.bytes_of("a.meta.json"))["run"]["jobs"]

    def test_the_cores_this_process_may_use(self):
        cores = os.sched_getaffinity(0)
        self.assertEqual(self.jobs(), len(cores))
        os.sched_setaffinity(0, {min(cores)})
        self.addCleanup(os.sched_setaffinity, 0, cores)
        self.assertEqual(self.jobs(), 1)

    def test_omp_num_threads_is_respected_and_jobs_comes_first(self):
        self.assertEqual(self.jobs(OMP_NUM_THREADS="3"), 3)
        self.assertEqual(self.jobs(OMP_NUM_THREADS="5,2"), 5)
        self.assertEqual(self.jobs("--jobs", "2", OMP_NUM_THREADS="3"), 2)
        for nonsense in ("", "0", "-1", "many", "3x", "99999999"):
            with self.subTest(nonsense):
                self.assertEqual(self.jobs(OMP_NUM_THREADS=nonsense), len(os.sched_getaffinity(0)))


@unittest.skipIf(SANITIZED, "a sanitizer wants to come first")
class NoThreads(ProbeTest):
    def test_a_run_does_with_the_threads_there_are(self):
        self.good("busy", "--out", "whole.csv")
        for made, said in ((0, "only 1 of 4 jobs"), (1, "only 1 of 4 jobs"), (3, "only 3 of 4 jobs"), (4, "")):
            with self.subTest(made):
                result = self.good("busy", "--out", "a.csv", "--fresh", "--jobs", "4", environment=self.environment(
                    LD_PRELOAD=self.module("libfaults_stand_in.so"), FAULT=f"thread:{made + 1}+", FAULT_ERROR=str(errno.EAGAIN)))
                self.assertIn(said, result.err)
                self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("whole.csv"))


if __name__ == "__main__":
    main()
