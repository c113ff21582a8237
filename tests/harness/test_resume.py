"""Runs that are cut short: no completed cell is lost, and what is resumed has the bytes of a run in one go."""

import json
import random
import re
import signal
import time
import zlib

from probes import ProbeTest, main

GRID = ["--scale", "0.5:5:0.5", "--length", "1500000,500000", "--seed", "1:4", "--first", "3"]  # about a quarter of a second
CELLS = 80


class Resume(ProbeTest):
    def wait_for_cells(self, name, count, process):
        """Until the journal holds at least `count` blocks."""
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                if self.bytes_of(name).count(b"\n#cell ") >= count:
                    return
            except FileNotFoundError:
                pass
            time.sleep(0.002)
        self.assertIsNone(process.poll(), "the run ended before it could be stopped")
        self.fail("the cells did not come")

    def whole(self):
        self.good("busy", "--out", "whole.csv", *GRID)
        return self.bytes_of("whole.csv"), self.bytes_of("whole.summary.csv")

    def blocks(self, name):
        return self.bytes_of(name).count(b"\n#cell ")

    def assertWhole(self, whole):
        self.assertEqual(self.bytes_of("a.csv"), whole[0])
        self.assertEqual(self.bytes_of("a.summary.csv"), whole[1])
        meta = json.loads(self.bytes_of("a.meta.json"))
        self.assertEqual((meta["rows"], meta["cells"], meta["complete"]), (3 * CELLS, CELLS, True))
        self.assertFalse([n for n in self.names() if n.endswith((".part", ".tmp", "~"))], self.names())

    def test_killed_at_random_moments_and_resumed(self):
        whole = self.whole()
        dice = random.Random(20)
        arguments = ["--out", "a.csv", *GRID, "--jobs", "3"]
        kept = 0
        for _ in range(10):
            process = self.start_probe("busy", *arguments, "--resume")
            time.sleep(dice.uniform(0, 0.05))
            process.kill()
            process.communicate()
            if (self.folder / "a.csv").exists():
                self.assertEqual(self.bytes_of("a.csv"), whole[0])
            if (self.folder / "a.csv.part").exists():
                self.assertGreaterEqual(self.blocks("a.csv.part"), kept)
                kept = self.blocks("a.csv.part") if self.bytes_of("a.csv.part").endswith(b"\n") else kept
        self.good("busy", *arguments, "--resume")
        self.assertWhole(whole)

    def stop_with(self, number, status):
        whole = self.whole()
        process = self.start_probe("busy", "--out", "a.csv", *GRID, "--jobs", "1")
        self.wait_for_cells("a.csv.part", 5, process)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, status)
        found = re.fullmatch(r"busy: interrupted: (\d+) of 80 cells kept in a\.csv\.part; go on with --resume\n", err)
        self.assertTrue(found, err)
        self.assertEqual(int(found.group(1)), self.blocks("a.csv.part"))
        self.assertEqual([n for n in self.names() if n.startswith("a")], ["a.csv.part"])
        self.good("busy", "--out", "a.csv", *GRID, "--resume")
        self.assertWhole(whole)
        self.assertEqual(json.loads(self.bytes_of("a.meta.json"))["cells_resumed"], int(found.group(1)))

    def test_interrupted_and_resumed(self):
        self.stop_with(signal.SIGINT, 130)

    def test_terminated_and_resumed(self):
        self.stop_with(signal.SIGTERM, 143)

    def test_two_signals_are_as_one(self):
        process = self.start_probe("busy", "--out", "a.csv", *GRID, "--jobs", "1")
        self.wait_for_cells("a.csv.part", 3, process)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 143)

    def part(self, cells=60):
        """A journal with some cells, by stopping a run."""
        process = self.start_probe("busy", "--out", "a.csv", *GRID, "--jobs", "1")
        self.wait_for_cells("a.csv.part", cells, process)
        process.kill()
        process.communicate()

    def test_every_cut_of_the_last_blocks_is_repaired(self):
        arguments = ["--out", "a.csv", "--seed", "1:3", "--scale", "1", "--first", "1", "--length", "100000000"]
        process = self.start_probe("busy", *arguments, "--jobs", "1")
        self.wait_for_cells("a.csv.part", 2, process)
        process.kill()
        process.communicate()
        part = self.bytes_of("a.csv.part")
        quick = [a if a != "100000000" else "10" for a in arguments]
        self.good("busy", *quick)
        whole = self.bytes_of("a.csv")
        part = part.replace(b"#axis length 100000000\n", b"#axis length 10\n")
        part = part[:part.index(b"#cell ")]
        journal = self.journal_of(whole, part)
        for end in range(0, len(journal) + 1):
            (self.folder / "a.csv.part").write_bytes(journal[:end])
            (self.folder / "a.csv").unlink(missing_ok=True)
            result = self.good("busy", *quick, "--resume", "--jobs", "1")
            self.assertEqual(self.bytes_of("a.csv"), whole, f"cut at {end}: {result.err}")

    def journal_of(self, csv, head):
        """The journal a run would have written, from the rows of a finished one."""
        cells = {}
        for line in csv.splitlines(keepends=True)[1:]:
            cells.setdefault(int(line.split(b",")[0]), []).append(line)
        out = head
        for cell, rows in reversed(cells.items()):
            body = b"".join(rows)
            block = b"#cell %d rows %d bytes %d" % (cell, len(rows), len(body))
            out += block + b" crc %08x\n" % zlib.crc32(body, zlib.crc32(block)) + body
        return out

    def test_a_flipped_bit_is_found_and_its_cell_run_again(self):
        whole = self.whole()
        self.part()
        part = self.bytes_of("a.csv.part")
        first = part.index(b"#cell ")
        for place in (first + 7, first + 60, len(part) - 5):
            damaged = bytearray(part)
            damaged[place] ^= 1
            for name in ("a.csv", "a.meta.json"):
                (self.folder / name).unlink(missing_ok=True)
            (self.folder / "a.csv.part").write_bytes(damaged)
            result = self.good("busy", "--out", "a.csv", *GRID, "--resume")
            self.assertIn("are not a whole cell and are dropped", result.err)
            self.assertWhole(whole)

    def test_another_grid_is_refused_with_the_axis_that_differs(self):
        self.part(3)
        before = self.bytes_of("a.csv.part")
        for change, parts in ((["--seed", "1:9"], ["--seed 1,2,3,4, not 1,2,3,4,5,6,7,8,9"]),
                              (["--scale", "0.5"], ["--scale 0.5,1,"]),
                              (["--first", "4"], ["--first 3, not 4"]),
                              (["--shard", "0/2"], ["#shard 0/1", "#shard 0/2"])):
            with self.subTest(change):
                result = self.run_probe("busy", "--out", "a.csv", *GRID, "--resume", *change)
                self.assertRefused(result, "--resume: a.csv.part was begun", *parts)
                self.assertEqual(self.bytes_of("a.csv.part"), before)

    def test_another_experiment_is_refused(self):
        self.part(3)
        result = self.run_probe("network", "--out", "a.csv", "--resume")
        self.assertRefused(result, "#sweep busy", "#sweep network")

    def test_a_text_that_changed_is_refused(self):
        (self.folder / "t.txt").write_text("abc")
        arguments = ["--file", "t.txt", "--out", "a.csv"]
        self.good("reading", *arguments)
        head = b"#sweep reading %s\n#shard 0/1\n#axis file t.txt\n#file t.txt bytes 3 crc 352441c2\n" \
               b"#axis length 1\n#columns %s\n" % (json.loads(self.bytes_of("a.meta.json"))["version"].encode(),
                                                   self.bytes_of("a.csv").splitlines()[0])
        (self.folder / "a.csv").rename(self.folder / "a.csv.part")
        (self.folder / "a.csv.part").write_bytes(head)
        (self.folder / "t.txt").write_text("abd")
        self.assertRefused(self.run_probe("reading", *arguments, "--resume"), "#file t.txt bytes 3 crc 352441c2")
        (self.folder / "t.txt").write_text("abc")
        self.good("reading", *arguments, "--resume")

    def test_a_complete_file_has_nothing_to_resume(self):
        self.good("busy", "--out", "a.csv")
        before = (self.folder / "a.csv").stat()
        result = self.good("busy", "--out", "a.csv", "--resume")
        self.assertIn("a.csv is complete: nothing to resume", result.err)
        self.assertEqual((self.folder / "a.csv").stat().st_mtime_ns, before.st_mtime_ns)

    def test_a_complete_file_of_another_grid_is_refused(self):
        self.good("busy", "--out", "a.csv")
        before = self.bytes_of("a.csv")
        self.assertRefused(self.run_probe("busy", "--out", "a.csv", "--resume", "--seed", "1:4"), "--seed is not the same")
        self.assertRefused(self.run_probe("busy", "--out", "a.csv", "--resume", "--scale", "0.5"), "--scale is not the same")
        self.assertRefused(self.run_probe("busy", "--out", "a.csv", "--resume", "--shard", "0/2"), "--shard is not the same")
        (self.folder / "a.meta.json").unlink()
        self.assertRefused(self.run_probe("busy", "--out", "a.csv", "--resume"), "a.meta.json, which cannot be read")
        self.assertEqual(self.bytes_of("a.csv"), before)

    def test_nothing_to_resume_runs_all(self):
        result = self.good("busy", "--out", "a.csv", "--resume")
        self.assertIn("there is no a.csv.part; all cells are run", result.err)
        self.assertEqual(len(self.rows_of("a.csv")), 12)

    def test_a_journal_nobody_resumes_is_set_aside(self):
        self.part(3)
        before = self.bytes_of("a.csv.part")
        result = self.good("busy", "--out", "a.csv")
        self.assertIn("kept as a.csv.part~", result.err)
        self.assertEqual(self.bytes_of("a.csv.part~"), before)
        self.assertEqual(len(self.rows_of("a.csv")), 12)

    def test_an_older_result_stays_until_the_new_one_is_whole(self):
        self.good("busy", "--out", "a.csv")
        before = self.bytes_of("a.csv")
        self.part(3)
        self.assertEqual(self.bytes_of("a.csv"), before)
        self.assertTrue(json.loads(self.bytes_of("a.meta.json"))["complete"])

    def test_two_runs_never_share_a_journal(self):
        process = self.start_probe("busy", "--out", "a.csv", *GRID, "--jobs", "1")
        self.wait_for_cells("a.csv.part", 1, process)
        result = self.run_probe("busy", "--out", "a.csv", *GRID)
        self.assertRefused(result, "a.csv.part: another run is writing it", status=1)
        process.communicate()
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    main()
