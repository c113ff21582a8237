"""What a machine may refuse: space, memory, permission. A clear line, exit 1, and every completed cell kept."""

import json
import os
import resource
import shutil
import subprocess
import unittest

from probes import SANITIZED, ProbeTest, main

GRID = ["--seed", "1:40", "--first", "20", "--scale", "0.5,1"]


def file_size(limit):
    def apply():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return apply


def address_space(limit):
    def apply():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return apply


class Space(ProbeTest):
    def test_a_full_disk_keeps_the_completed_cells(self):
        self.good("busy", "--out", "whole.csv", *GRID)
        for jobs in (1, 3):
            for limit in (20000, 33333):
                with self.subTest(jobs=jobs, limit=limit):
                    result = self.run_probe("busy", "--out", "a.csv", *GRID, "--jobs", jobs, preexec_fn=file_size(limit))
                    self.assertEqual(result.status, 1)
                    self.assertIn("a.csv.part: File too large", result.err)
                    kept = self.bytes_of("a.csv.part").count(b"\n#cell ")
                    self.assertGreater(kept, 3)
                    self.assertIn(f"failed: {kept} of 80 cells kept in a.csv.part; go on with --resume", result.err)
                    self.assertFalse((self.folder / "a.csv").exists() or (self.folder / "a.meta.json").exists())
                    result = self.good("busy", "--out", "a.csv", *GRID, "--resume")
                    self.assertNotIn("dropped", result.err)
                    self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("whole.csv"))
                    self.assertEqual(json.loads(self.bytes_of("a.meta.json"))["cells_resumed"], kept)
                    for name in ("a.csv", "a.meta.json", "a.summary.csv"):
                        (self.folder / name).unlink()

    def test_a_disk_full_when_the_files_are_made(self):
        self.good("busy", "--out", "whole.csv", *GRID)
        self.run_probe("busy", "--out", "a.csv", *GRID, preexec_fn=file_size(60000))
        full = len(self.bytes_of("whole.csv"))
        head = self.bytes_of("a.csv.part").index(b"#cell")
        blocks = 80 * len("#cell 12 rows 20 bytes 1234 crc 01234567\n")
        limit = full + head + blocks + 100
        process = self.run_probe("busy", "--out", "a.csv", *GRID, "--resume", preexec_fn=file_size(limit))
        self.assertEqual(process.status, 0, process.err)  # the journal is the largest file
        os.remove(self.folder / "a.csv")
        os.mkdir(self.folder / "a.csv.tmp")
        result = self.run_probe("busy", "--out", "a.csv", *GRID)
        self.assertEqual(result.status, 1)
        self.assertIn("a.csv.tmp: Is a directory", result.err)
        self.assertIn("80 of 80 cells kept in a.csv.part", result.err)
        self.assertFalse((self.folder / "a.csv").exists())
        os.rmdir(self.folder / "a.csv.tmp")
        self.good("busy", "--out", "a.csv", *GRID, "--resume")
        self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("whole.csv"))

    def test_a_full_file_system(self):
        """A real one, where mounting is allowed."""
        script = ("mount -t tmpfs -o size=64k tmpfs small && cd small && %s --out a.csv --seed 1:200 --first 10; "
                  "echo status $?; ls; grep -c '^#cell' a.csv.part") % self.command("busy")[0]
        (self.folder / "small").mkdir()
        if not shutil.which("unshare"):
            self.skipTest("unshare is not installed")
        ended = subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=self.folder, capture_output=True, text=True)
        if "status" not in ended.stdout:
            self.skipTest("a file system cannot be mounted here")
        self.assertIn("a.csv.part: No space left on device", ended.stderr)
        lines = ended.stdout.split()
        self.assertEqual(lines[:2], ["status", "1"])
        self.assertEqual(lines[2:-1], ["a.csv.part"])
        self.assertIn(f"{lines[-1]} of 400 cells kept", ended.stderr)

    def test_full_arrays(self):
        result = self.run_probe("network", "--arrays", "arrays", "--out", "a.csv", "--hidden", "50", "--jobs", "1",
                                preexec_fn=file_size(15000))
        self.assertEqual(result.status, 1)
        self.assertIn("arrays/cell-00000: File too large", result.err)
        self.assertEqual(self.names(), ["a.csv.part", "arrays"])


class Permission(ProbeTest):
    def test_a_folder_that_takes_no_files(self):
        result = self.run_probe("busy", "--out", "/proc/a.csv", "--length", "10000000000")
        self.assertRefused(result, "/proc/a.csv.part: ", status=1)

    def test_results_that_cannot_be_made(self):
        (self.folder / "results").write_text("a file")
        result = self.run_probe("busy", "--length", "10000000000")
        self.assertRefused(result, "results", "Not a directory", status=1)
        self.assertEqual(self.bytes_of("results"), b"a file")

    @unittest.skipIf(os.geteuid() == 0, "root writes everywhere")
    def test_a_read_only_folder(self):
        (self.folder / "closed").mkdir(mode=0o555)
        result = self.run_probe("busy", "--out", "closed/a.csv", "--length", "10000000000")
        self.assertRefused(result, "closed/a.csv.part: Permission denied", status=1)

    def test_a_journal_that_is_a_folder(self):
        (self.folder / "a.csv.part").mkdir()
        self.assertRefused(self.run_probe("busy", "--out", "a.csv"), "a.csv.part: Is a directory", status=1)

    def test_a_folder_for_arrays(self):
        (self.folder / "there").write_text("a file")
        self.assertRefused(self.run_probe("network", "--arrays", "there", "--out", "a.csv"), "--arrays there",
                           "must be a folder")
        self.assertRefused(self.run_probe("network", "--arrays", "none/there"), "--arrays none/there",
                           "must be in a folder that exists, but there is no folder none")
        self.assertRefused(self.run_probe("network", "--arrays", "/proc/arrays", "--out", "a.csv"), "--arrays /proc",
                           status=1)
        self.assertEqual(self.names(), ["there"])


@unittest.skipIf(SANITIZED, "a sanitizer needs more address space")
class Memory(ProbeTest):
    def test_out_of_memory_keeps_the_completed_cells(self):
        arguments = ["--out", "a.csv", "--first", "5,10000000", "--seed", "1", "--scale", "1", "--jobs", "1"]
        result = self.run_probe("busy", *arguments, preexec_fn=address_space(200 << 20))
        self.assertEqual(result.status, 1)
        self.assertIn("cell 1 (scale=1 first=10000000 length=10 limit=1 seed=1): out of memory\n", result.err)
        self.assertIn("failed: 1 of 2 cells kept in a.csv.part; go on with --resume", result.err)
        self.assertEqual(self.names(), ["a.csv.part"])

    def test_out_of_memory_in_a_stream(self):
        result = self.run_probe("busy", "--out", "-", "--first", "5,10000000", "--seed", "1", "--scale", "1", "--jobs",
                                "1", preexec_fn=address_space(200 << 20))
        self.assertEqual(result.status, 1)
        self.assertIn("out of memory", result.err)
        self.assertEqual(len(result.out.splitlines()), 6)


class Wrong(ProbeTest):
    """An experiment that is wrong ends the sweep; it never writes what it should not."""

    def test_an_infinite_value_is_an_internal_error(self):
        result = self.run_probe("busy", "--out", "a.csv", "--limit", "1,2", "--seed", "1", "--scale", "1", "--jobs", "1")
        self.assertEqual(result.status, 1)
        self.assertIn("internal error: the column value is infinite", result.err)
        self.assertIn("failed: 1 of 2 cells kept", result.err)
        self.assertEqual(self.names(), ["a.csv.part"])
        self.assertNotIn(b"inf", self.bytes_of("a.csv.part"))

    def test_a_status_that_is_no_finding_ends_the_sweep(self):
        for out in ("a.csv", "-"):
            result = self.run_probe("busy", "--out", out, "--limit", "4", "--jobs", "2")
            self.assertEqual(result.status, 1)
            self.assertRegex(result.err, r"busy: cell \d \(scale=.* limit=4 seed=\d\): \w+")
        self.assertFalse((self.folder / "a.csv").exists())


if __name__ == "__main__":
    main()
