"""What a machine may refuse: space, memory, permission. A clear line, exit 1, or 2 where another name would do, and every completed cell kept."""

import json
import os
import resource
import shlex
import shutil
import subprocess
import unittest

from probes import PROBES, SANITIZED, ProbeTest, main

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
        self.good("busy", "--out", "whole/a.csv", *GRID)
        for jobs in (1, 3):
            for limit in (4000, 25000, 45000):
                with self.subTest(jobs=jobs, limit=limit):
                    arguments = ["--out", f"{jobs}/a.csv", *GRID, "--length", "3000000", "--jobs", jobs]
                    result = self.run_probe("busy", *arguments, preexec_fn=file_size(limit))
                    self.assertEqual(result.status, 1)
                    self.assertIn("busy.sqlite: File too large", result.err)
                    self.assertFalse([n for n in self.names() if n.startswith(f"{jobs}/a") or n.endswith("-journal")])
        self.good("busy", "--out", "a.csv", *GRID)
        self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("whole/a.csv"))

    def test_what_was_kept_is_there_when_there_is_space_again(self):
        arguments = ["--out", "a.csv", "--first", "20", "--scale", "1", "--seed"]
        self.good("busy", *arguments, "1:40")
        size = len(self.bytes_of("busy.sqlite"))
        result = self.run_probe("busy", *arguments, "1:400", preexec_fn=file_size(size + 8192))
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, r"busy.sqlite: File too large\nbusy: failed: (40|\d\d\d?) of 400 cells kept in "
                                     r"busy.sqlite; the same command goes on\n")
        self.assertEqual(len(self.rows_of("a.csv")), 800)
        kept = self.cells()
        self.good("busy", *arguments, "1:400")
        self.assertEqual(json.loads(self.bytes_of("a.meta.json"))["run"]["cells_computed"], 400 - kept)

    def test_files_that_cannot_take_their_places_leave_the_older_ones(self):
        """Whichever of the three it is."""
        self.good("busy", "--out", "a.csv")
        names = ["a.csv", "a.summary.csv", "a.meta.json"]
        before = {name: self.bytes_of(name) for name in names}
        for i, name in enumerate(names[1:]):
            with self.subTest(name):
                process = self.start_probe("busy", "--out", "a.csv", "--scale", "1", "--length", "300000000", "--jobs", "1",
                                           "--seed", f"{11 + 3 * i}:{13 + 3 * i}")
                self.wait_for_cells(process, 7 + 3 * i)
                (self.folder / name).unlink()
                (self.folder / name).mkdir()
                _, err = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 1)
                self.assertIn(f"{name}: ", err)
                self.assertIn("3 of 3 cells kept in busy.sqlite; the same command goes on", err)
                (self.folder / name).rmdir()
                (self.folder / name).write_bytes(before[name])
                self.assertEqual({name: self.bytes_of(name) for name in names}, before)
                self.assertEqual(self.names(), sorted([*names, "busy.sqlite"]))

    def test_a_disk_full_when_the_files_are_made(self):
        self.good("busy", "--out", "a.csv", "--seed", "1:30", "--first", "14:40")
        before = self.bytes_of("a.csv")
        arguments = ["--out", "a.csv", "--seed", "1:60", "--first", "14:40"]
        self.good("busy", *arguments[2:], "--out", "whole.csv")
        limit = len(self.bytes_of("whole.csv")) - 1
        self.assertLess(len(before), limit)
        result = self.run_probe("busy", *arguments, preexec_fn=file_size(limit))
        self.assertEqual(result.status, 1)
        self.assertIn("a.csv.tmp: File too large", result.err)
        self.assertIn("3240 of 3240 cells kept", result.err)
        self.assertEqual(self.bytes_of("a.csv"), before)
        self.assertNotIn("a.csv.tmp", self.names())

    def test_a_full_file_system(self):
        """A real one, where mounting is allowed."""
        script = ("mount -t tmpfs -o size=64k tmpfs small && cd small && %s --out a.csv --seed 1:200 --first 10; "
                  "echo status $?; ls") % shlex.join(self.command("busy"))
        (self.folder / "small").mkdir()
        if not shutil.which("unshare"):
            self.skipTest("unshare is not installed")
        ended = subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=self.folder, capture_output=True, text=True)
        if "status" not in ended.stdout:
            self.skipTest("a file system cannot be mounted here")
        self.assertIn("busy.sqlite: database or disk is full", ended.stderr)
        self.assertEqual(ended.stdout.split(), ["status", "1", "busy.sqlite"])
        self.assertRegex(ended.stderr, r"\d+ of 400 cells kept")

    def test_full_arrays(self):
        result = self.run_probe("network", "--arrays", "arrays", "--out", "a.csv", "--hidden", "60", "--jobs", "1",
                                preexec_fn=file_size(20000))
        self.assertEqual(result.status, 1)
        self.assertIn("arrays/cell-00000: File too large", result.err)
        self.assertEqual(self.names(), ["arrays", "network.sqlite"])


class Permission(ProbeTest):
    def test_a_folder_that_takes_no_files(self):
        result = self.run_probe("busy", "--out", "/proc/a.csv", "--length", "10000000000")
        self.assertRefused(result, "--out /proc/a.csv: ")

    def test_a_name_that_no_file_can_take(self):
        for name in ("a.csv.tmp", "a.csv.older", "a.summary.csv", "a.summary.csv.tmp", "a.meta.json", "a.meta.json.older"):
            (self.folder / name).mkdir()
            result = self.run_probe("busy", "--out", "a.csv", "--length", "10000000000")
            self.assertRefused(result, f"--out {name.removesuffix('.tmp').removesuffix('.older')}: Is a directory")
            self.assertEqual(self.names(), [name])
            (self.folder / name).rmdir()
        for size in (238, 251, 252, 300):
            result = self.run_probe("busy", "--out", size * "x" + ".csv", "--length", "10000000000")
            self.assertRefused(result, "--out xxx", "File name too long")
        self.assertEqual(self.names(), [])
        self.good("busy", "--out", 237 * "x" + ".csv")

    def test_results_that_cannot_be_made(self):
        (self.folder / "results").write_text("a file")
        result = self.run_probe("busy", "--length", "10000000000")
        self.assertRefused(result, "--out results/busy.csv: Not a directory")
        self.assertEqual(self.bytes_of("results"), b"a file")

    def test_a_read_only_folder(self):
        (self.folder / "closed").mkdir(mode=0o555)
        self.folder.chmod(0o755)
        somebody = {"user": "nobody"} if os.geteuid() == 0 else {}  # root writes everywhere
        for arguments in (["--out", "closed/a.csv"], ["--out", "-", "--arrays", "closed"]):
            try:
                result = self.run_probe(PROBES.resolve() / "network", *arguments, **somebody)
            except PermissionError:
                self.skipTest("nobody reaches the programs")
            self.assertRefused(result, f"{' '.join(arguments[-2:])}: Permission denied")
        self.assertEqual(self.names(), ["closed"])

    def test_a_folder_for_arrays(self):
        (self.folder / "there").write_text("a file")
        self.assertRefused(self.run_probe("network", "--arrays", "there", "--out", "a.csv"), "--arrays there: Not a directory")
        self.assertRefused(self.run_probe("network", "--arrays", "/proc/arrays", "--out", "a.csv"), "--arrays /proc/arrays: ")
        self.assertRefused(self.run_probe("network", "--arrays", "there", "--out", "-"), "--arrays there: Not a directory")
        self.assertEqual(self.names(), ["there"])
        self.good("network", "--arrays", "one/two", "--out", "a.csv")
        self.assertIn("one/two/cell-00001/W_hh.npy", self.names())


@unittest.skipIf(SANITIZED, "a sanitizer needs more address space")
class Memory(ProbeTest):
    def test_out_of_memory_keeps_the_completed_cells(self):
        arguments = ["--out", "a.csv", "--first", "5,10000000", "--seed", "1", "--scale", "1", "--jobs", "1"]
        result = self.run_probe("busy", *arguments, preexec_fn=address_space(200 << 20))
        self.assertEqual(result.status, 1)
        self.assertIn("cell 1 (scale=1 first=10000000 length=10 limit=1 seed=1): out of memory\n", result.err)
        self.assertIn("failed: 1 of 2 cells kept in busy.sqlite; the same command goes on", result.err)
        self.assertEqual(self.names(), ["busy.sqlite"])

    def test_out_of_memory_in_a_stream(self):
        result = self.run_probe("busy", "--out", "-", "--first", "5,10000000", "--seed", "1", "--scale", "1", "--jobs",
                                "1", preexec_fn=address_space(200 << 20))
        self.assertEqual(result.status, 1)
        self.assertIn("out of memory", result.err)
        self.assertEqual(result.out, "")


class Wrong(ProbeTest):
    """An experiment that is wrong ends the sweep; it never writes what it should not."""

    def test_an_infinite_value_is_an_empty_field(self):
        self.good("busy", "--out", "a.csv", "--limit", "1,2", "--seed", "1", "--scale", "1")
        rows = self.rows_of("a.csv")
        self.assertEqual([bool(row["value"]) for row in rows], [True, True, False, False])
        self.assertEqual({(row["status"], row["work"]) for row in rows}, {("ok", "1")})

    def test_a_status_that_is_no_finding_ends_the_sweep(self):
        for out in ("a.csv", "-"):
            result = self.run_probe("busy", "--out", out, "--limit", "4", "--jobs", "2")
            self.assertEqual(result.status, 1)
            self.assertRegex(result.err, r"busy: cell \d \(scale=.* limit=4 seed=\d\): \w+")
        self.assertFalse((self.folder / "a.csv").exists())


if __name__ == "__main__":
    main()
