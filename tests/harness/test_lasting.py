"""Long cells: handed in while they run, taken up where they stopped, with the bytes of a run in one go."""

import json
import random
import shutil
import signal
import sqlite3
import time

from probes import EXPERIMENTS, ProbeTest, main

GRID = ["--updates", "3000", "--length", "300", "--seed", "1:3"]  # about a second a cell
AT_ONCE = [*GRID, "--jobs", "3"]  # as they sleep


class Lasting(ProbeTest):
    whole = None

    def setUp(self):
        super().setUp()
        if not Lasting.whole:
            self.good("lasting", "--out", "whole/a.csv", *AT_ONCE)
            Lasting.whole = self.bytes_of("whole/a.csv")

    def checkpoints(self):
        """Which cells can go on, and from which update."""
        path = self.folder / "lasting.sqlite"
        if not path.exists():
            return {}
        store = sqlite3.connect(path, timeout=20)
        try:
            rows = store.execute("SELECT address, rows FROM checkpoints").fetchall()
        except sqlite3.OperationalError:
            rows = []
        store.close()
        return {address.split("seed=")[1].split()[0]: int.from_bytes(state[:8], "little") for address, state in rows}

    def begin(self, *arguments, seconds="0.05"):
        return self.start_probe("lasting", "--out", "a.csv", *GRID, *arguments, environment={"EVANESCE_CHECKPOINT": seconds})

    def wait_for_checkpoint(self, process):
        self.wait_until(lambda: any(self.checkpoints().values()), process)

    def test_killed_and_taken_up(self):
        dice = random.Random(3)
        furthest = 0
        for _ in range(4):
            process = self.begin("--jobs", "2")
            self.wait_for_checkpoint(process)
            time.sleep(dice.uniform(0, 0.3))
            process.kill()
            process.communicate()
            self.assertGreaterEqual(max(self.checkpoints().values(), default=3000), furthest)
            furthest = max(self.checkpoints().values(), default=3000)
        self.good("lasting", "--out", "a.csv", *AT_ONCE)
        self.assertEqual(self.bytes_of("a.csv"), self.whole)
        self.assertEqual(self.checkpoints(), {})

    def test_a_signal_hands_in_at_once_and_the_command_goes_on(self):
        process = self.start_probe("lasting", "--out", "a.csv", *GRID, "--jobs", "2")
        self.wait_for_cells(process, 0, "lasting.sqlite")
        time.sleep(0.3)  # a few updates
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 143, err)
        self.assertLess(time.monotonic() - begun, 1)
        self.assertIn("the same command goes on", err)
        self.assertGreater(sum(self.checkpoints().values()), 1)
        ended = int(err.split(" of 3 cells kept")[0].split()[-1])
        self.assertLess(ended, 3)
        self.good("lasting", "--out", "a.csv", *AT_ONCE)
        self.assertEqual(self.bytes_of("a.csv"), self.whole)
        self.assertEqual(self.checkpoints(), {})
        self.assertEqual(json.loads(self.bytes_of("a.meta.json"))["run"]["cells_computed"], 3 - ended)

    def test_what_was_done_is_not_done_again(self):
        process = self.begin("--jobs", "1", "--updates", "20000")
        self.wait_for_checkpoint(process)
        time.sleep(1)
        process.kill()
        process.communicate()
        first = self.checkpoints()["1"]
        process = self.begin("--jobs", "1", "--updates", "20000", seconds="0")
        while process.poll() is None and self.checkpoints()["1"] == first:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        self.assertGreater(self.checkpoints()["1"], first)

    def test_a_checkpoint_of_another_cell_program_or_size_counts_for_nothing(self):
        process = self.begin("--jobs", "1")
        self.wait_for_checkpoint(process)
        process.kill()
        process.communicate()
        self.assertTrue(self.checkpoints())
        runs = {}
        for name, change in (("size", "rows = substr(rows, 1, length(rows) - 8)"), ("cell", "crc = crc + 1"), ("program", "program = program + 1")):
            (self.folder / name).mkdir()
            store = sqlite3.connect(shutil.copy(self.folder / "lasting.sqlite", self.folder / name))
            with store:
                self.assertEqual(store.execute(f"UPDATE checkpoints SET {change}").rowcount, 1)
            store.close()
            runs[name] = self.start_probe("lasting", "--out", f"{name}/a.csv", *AT_ONCE)
        for name, process in runs.items():
            _, err = process.communicate()
            self.assertEqual(process.returncode, 0, err)
            self.assertEqual(self.bytes_of(f"{name}/a.csv"), self.whole, name)

    def test_fresh_begins_anew(self):
        process = self.begin("--jobs", "1")
        self.wait_for_checkpoint(process)
        process.kill()
        process.communicate()
        self.good("lasting", "--out", "a.csv", *AT_ONCE, "--fresh")
        self.assertEqual(self.bytes_of("a.csv"), self.whole)
        self.assertEqual(self.checkpoints(), {})

    def test_a_merge_takes_up_what_a_shard_left_unfinished(self):
        process = self.start_probe("lasting", "--out", "shards/a.csv", "--shard", "0/1", *GRID, "--jobs", "1")
        self.wait_for_cells(process, 0, "shards/lasting-0-of-1.sqlite")
        time.sleep(0.3)  # a few updates
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.good("lasting", "--out", "a.csv", *AT_ONCE, "--merge", "shards")
        self.assertEqual(self.bytes_of("a.csv"), self.whole)


class Training(ProbeTest):
    GRID = ["--kind", "tanh,lstm", "--length", "30", "--updates", "3000", "--goal", "1e-9", "--seed", "1"]

    def checkpoint(self):
        path = self.folder / "learning.sqlite"
        return path.exists() and path.read_bytes()

    def test_a_training_that_was_stopped_ends_with_the_same_bytes(self):
        self.good(EXPERIMENTS / "learning", "--out", "whole/a.csv", *self.GRID)
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            before = self.checkpoint()
            process = self.start_probe(EXPERIMENTS / "learning", "--out", "a.csv", *self.GRID,
                                       environment={"EVANESCE_CHECKPOINT": "0.1"})
            self.wait_until(lambda: process.poll() is not None or self.checkpoint() != before)
            process.send_signal(number)
            process.communicate(timeout=20)
            self.assertIn(process.returncode, {signal.SIGTERM: (143, 0), signal.SIGKILL: (-9, 0)}[number])
        self.good(EXPERIMENTS / "learning", "--out", "a.csv", *self.GRID)
        self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("whole/a.csv"))
        self.assertEqual(len(self.rows_of("a.csv")), 2)


if __name__ == "__main__":
    main()
