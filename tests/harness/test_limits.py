"""How much memory there is: the limit of this process's own control group, and of those above it."""

import os
import pathlib
import unittest

from probes import SANITIZED, ProbeTest, main


class Groups(ProbeTest):
    def limit(self, groups, files=None):
        for name, text in (files or {}).items():
            path = self.folder / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.folder / "groups").write_text(groups)
        return float(self.good("limits", "groups", "root").out)

    def test_the_own_group_of_version_2_and_those_above_it(self):
        job = "0::/user/job\n"
        self.assertEqual(self.limit(job, {"user/job/memory.max": "5000\n", "user/memory.max": "9000\n"}), 5000)
        self.assertEqual(self.limit(job, {"user/memory.max": "4000\n"}), 4000)
        self.assertEqual(self.limit(job, {"user/memory.max": "max\n"}), 5000)
        self.assertEqual(self.limit("0::/another\n", {"another/memory.max": "max\n"}), float("inf"))

    def test_the_own_group_of_version_1(self):
        groups = "9:name=systemd:/a\n4:cpu,memory:/slurm/job_7\n3:cpuset:/b\n0::/\n"
        self.assertEqual(self.limit(groups, {"memory/slurm/job_7/memory.limit_in_bytes": "7000\n",
                                             "memory/memory.limit_in_bytes": "9223372036854771712\n",
                                             "memory/b/memory.limit_in_bytes": "1\n", "a/memory.max": "1\n"}), 7000)

    def test_a_group_of_the_host_that_is_not_to_be_seen(self):
        self.assertEqual(self.limit("0::/docker/0123abc\n", {"memory.max": "6000\n"}), 6000)

    def test_no_groups_at_all(self):
        self.assertEqual(self.limit(""), float("inf"))
        self.assertEqual(float(self.good("limits", "none", "root").out), float("inf"))
        self.assertEqual(self.limit("nonsense\n\n:\n4:memory\n"), float("inf"))

    @unittest.skipIf(SANITIZED, "a sanitizer needs more memory")
    def test_a_real_one(self):
        mine = dict(line.split(":")[1:] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines())
        if "memory" in mine:
            parent, name = pathlib.Path("/sys/fs/cgroup/memory" + mine["memory"]), "memory.limit_in_bytes"
        else:
            parent, name = pathlib.Path("/sys/fs/cgroup" + mine.get("", "/")), "memory.max"
        group = parent / f"evanesce-{os.getpid()}"
        try:
            group.mkdir()
        except OSError as error:
            self.skipTest(f"no control group can be made: {error}")
        self.addCleanup(group.rmdir)
        try:
            (group / name).write_text(str(100 << 20))
        except OSError as error:
            self.skipTest(f"a control group cannot be limited here: {error}")
        result = self.run_probe("network", "--hidden", "4000", "--jobs", "1", "--out", "a.csv",
                                preexec_fn=lambda: (group / "cgroup.procs").write_text("0"))
        self.assertRefused(result, "--hidden 4000", "but only 104857599 are available")


if __name__ == "__main__":
    main()
