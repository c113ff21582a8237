"""Rows to standard output or a device: whole, in order, and never silently cut."""

import os
import shlex
import signal
import sqlite3
import subprocess
from pathlib import Path

from probes import EXPERIMENTS, ProbeTest, main


class Streams(ProbeTest):
    def test_a_stream_has_the_bytes_of_the_file(self):
        arguments = ["--scale", "0.1:3:0.1", "--length", "500000,10", "--seed", "1:10"]
        self.good("busy", "--out", "a.csv", *arguments)
        for jobs in (1, 4):
            result = self.good("busy", "--out", "-", "--jobs", jobs, *arguments)
            self.assertEqual(result.out.encode(), self.bytes_of("a.csv"))
            self.assertEqual(result.err, "")

    def test_only_the_store_is_left_behind(self):
        self.good("busy", "--out", "-")
        self.assertEqual(self.names(), ["results", "results/busy.sqlite"])

    def test_a_damaged_cell_is_run_again_and_the_stream_taken_up_where_it_stopped(self):
        arguments = ["--out", "-", "--first", "9", "--seed", "1:2000", "--jobs", "2"]
        whole = self.good("busy", *arguments).out
        for damaged in ([0], [1700, 3999], [900, 901, 3500]):
            store = sqlite3.connect(self.folder / "results/busy.sqlite")
            with store:
                for cell in damaged:
                    address = f"scale={(0.5, 1)[cell // 2000]} first=9 length=10 limit=1 seed={cell % 2000 + 1} arithmetic="
                    changed = store.execute("UPDATE cells SET crc = crc + 1 WHERE address GLOB ?", (address + "*",))
                    self.assertEqual(changed.rowcount, 1)
            store.close()
            self.assertEqual(self.good("busy", *arguments).out, whole)

    def test_a_slow_first_cell_does_not_stop_or_lose_the_others(self):
        arguments = ["--length", "300000000,1:3000", "--first", "1", "--scale", "1", "--seed", "1"]
        out = self.good("busy", "--out", "-", "--jobs", "3", *arguments).out
        self.assertEqual([line.split(",")[0] for line in out.splitlines()[1:]], [str(k) for k in range(3001)])
        out = self.good("busy", "--out", "-", "--jobs", "3", "--first", "1", "--scale", "1:3000", "--seed", "1").out
        self.assertEqual([line.split(",")[0] for line in out.splitlines()[1:]], [str(k) for k in range(3000)])

    def test_a_shard_of_a_stream(self):
        out = self.good("busy", "--out", "-", "--shard", "2/4").out.splitlines()
        self.assertEqual([line.split(",")[0] for line in out[1:]], ["2", "2"])

    def test_a_device_is_written_not_replaced(self):
        self.good("busy", "--out", "/dev/null")
        self.assertFalse(os.path.isfile("/dev/null"))

    def test_a_named_pipe(self):
        os.mkfifo(self.folder / "pipe")
        process = self.start_probe("busy", "--out", "pipe")
        with open(self.folder / "pipe") as pipe:
            self.assertEqual(len(pipe.readlines()), 13)
        self.assertEqual(process.wait(10), 0)
        self.assertEqual(self.names(), ["pipe", "results", "results/busy.sqlite"])

    def test_a_full_device(self):
        result = self.run_probe("busy", "--out", "/dev/full")
        self.assertEqual((result.status, result.out), (1, ""))
        self.assertIn("/dev/full: No space left on device", result.err)
        with open("/dev/full", "w") as full:
            for arguments in (["--out", "-"], ["--help"], ["--version"], ["--list"], ["--list", "--seed", "1:9999"]):
                with self.subTest(arguments):
                    result = self.run_probe("busy", *arguments, stdout=full)
                    self.assertEqual(result.status, 1)
                    self.assertIn("standard output: No space left on device", result.err)

    def closed_pipe(self, *arguments):
        """Runs with a standard output whose reader has gone."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            return self.run_probe("busy", *arguments, stdout=writer)
        finally:
            os.close(writer)

    def test_a_closed_pipe(self):
        for arguments in (["--out", "-"], ["--out", "-", "--jobs", "1"], ["--help"], ["--version"], ["--list"],
                          ["--list", "--seed", "1:9999"]):
            with self.subTest(arguments):
                result = self.closed_pipe(*arguments)
                self.assertEqual(result.status, 1)
                self.assertIn("standard output:", result.err)
                self.assertIn("Broken pipe", result.err)

    def test_a_reader_that_leaves_in_the_middle_ends_a_long_list(self):
        process = self.start_probe("busy", "--list", "--seed", "1:10000000")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(20), 1)
        process = self.start_probe("busy", "--out", "-", "--seed", "1:20000")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(20), 1)
        self.assertIn("its reader has gone", process.stderr.read())

    def test_a_closed_standard_output(self):
        for arguments in ("--out -", "--help", "--version", "--list"):
            with self.subTest(arguments):
                command = shlex.join(self.command("busy")) + f" {arguments} >&-"
                ended = subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, text=True)
                self.assertEqual(ended.returncode, 1, ended.stderr)
                self.assertIn("standard output:", ended.stderr)

    def test_what_the_same_command_would_do_is_said(self):
        (self.folder / "closed").mkdir()
        (self.folder / "closed" / "results").write_text("no folder")
        for folder, probe, arguments, said in (
                (".", "busy", [], "kept in results/busy.sqlite; the same command goes on"),
                (".", "busy", ["--fresh"], "kept in results/busy.sqlite; the same command without --fresh goes on"),
                (".", EXPERIMENTS / "lengths", ["--length", "10,100"],
                 "kept in results/lengths.sqlite; the same command takes the time of all of them anew"),
                ("closed", "busy", [], "kept in memory; no store could be made, so they are lost")):
            with open("/dev/full", "w") as full:
                ended = subprocess.run(self.command(probe, "--out", "-", *arguments), cwd=self.folder / folder, stdout=full,
                                       env=self.environment(), stderr=subprocess.PIPE, text=True)
            name = Path(probe).name
            self.assertEqual((ended.returncode, ended.stderr), (1, f"{name}: standard output: No space left on device\n"
                                                                   f"{name}: failed: 6 of 6 cells {said}\n"))

    def test_a_store_that_is_not_taken_up_is_not_promised(self):
        self.assertIn("computes only", self.good("busy", "--help").out)
        shown = self.good(EXPERIMENTS / "lengths", "--help").out
        self.assertNotIn("computes only", shown)
        self.assertIn("every command takes them anew", " ".join(shown.split()))
        self.assertNotIn("goes on", self.run_probe(EXPERIMENTS / "lengths", "--resume").err)

    def test_closed_streams_are_never_the_store(self):
        command = shlex.join(self.command("busy", "--out", "a.csv", "--seed", "1:3"))
        subprocess.run(["sh", "-c", command + " <&- >&- 2>&-"], cwd=self.folder, check=True)
        self.good("busy", "--out", "there/b.csv")
        self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("there/b.csv"))
        command = shlex.join(self.command("busy", "--out", "c.csv", "--limit", "1,4", "--jobs", "1"))
        self.assertEqual(subprocess.run(["sh", "-c", command + " >&- 2>&-"], cwd=self.folder).returncode, 1)
        self.assertNotIn(b"busy: cell", self.bytes_of("busy.sqlite"))

    def test_an_interrupted_stream_is_none_and_the_next_one_is_whole(self):
        arguments = ["--out", "-", "--length", "10000000", "--seed", "1:200"]
        process = self.start_probe("busy", *arguments)
        self.wait_for_cells(process, 0, "results/busy.sqlite")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, out), (130, ""))
        self.assertRegex(err, r"^busy: interrupted: \d+ of 400 cells kept in results/busy\.sqlite; the same command goes on\n$")
        self.assertEqual(self.good("busy", *arguments).out.count("\n"), 801)

    def test_a_stream_that_is_interrupted_ends_at_a_row_and_loses_no_cell(self):
        arguments = ["--out", "-", "--first", "2000", "--seed", "1:40", "--jobs", "1"]  # a few megabytes
        process = self.start_probe("busy", *arguments)
        begun = os.read(process.stdout.fileno(), 1000).decode()  # so that it waits for its reader
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(err, "busy: interrupted: 80 of 80 cells kept in results/busy.sqlite; the same command goes on\n")
        whole = self.good("busy", *arguments).out
        self.assertTrue(whole.startswith(begun + out) and out.endswith("ok\n") and len(begun + out) < len(whole))


if __name__ == "__main__":
    main()
