"""The store: whatever happens to a run, the same command goes on, computes only what is not there, and ends with the bytes of
a run in one go."""

import json
import random
import re
import signal
import sqlite3
import struct
import subprocess
import time
import zlib

from probes import EXPERIMENTS, UNCOUNTED, ProbeTest, main

GRID = ["--scale", "0.5:5:0.5", "--length", "1500000,500000", "--seed", "1:4", "--first", "3"]  # about a quarter of a second
CELLS = 80

INTERIOR, LEAF = 2, 10  # pages of a table WITHOUT ROWID, by their first byte (https://www.sqlite.org/fileformat.html)


class StoreTest(ProbeTest):
    def whole(self, *arguments):
        """CSV and summary of a run in one go, in a folder of its own."""
        self.good("busy", "--out", "whole/a.csv", *arguments)
        return self.bytes_of("whole/a.csv"), self.bytes_of("whole/a.summary.csv")

    def computed(self, name="a"):
        return json.loads(self.bytes_of(name + ".meta.json"))["run"]["cells_computed"]

    def change(self, question, *values, name="busy.sqlite"):
        store = sqlite3.connect(self.folder / name)
        with store:
            store.execute(question, values)
        store.close()

    def assertWhole(self, whole, rows=3 * CELLS, cells=CELLS):
        self.assertEqual(self.bytes_of("a.csv"), whole[0])
        self.assertEqual(self.bytes_of("a.summary.csv"), whole[1])
        grid = json.loads(self.bytes_of("a.meta.json"))["grid"]
        self.assertEqual((grid["rows"], grid["cells"]), (rows, cells))
        for name, size_and_sum in zip(("a.csv", "a.summary.csv"), (grid["csv"], grid["summary"])):
            data = self.bytes_of(name)
            self.assertEqual(size_and_sum, f"{len(data)} bytes, crc32 {zlib.crc32(data):08x}")
        self.assertFalse([n for n in self.names() if n.endswith((".tmp", ".older", "~", "-journal"))], self.names())


class Stopped(StoreTest):
    def test_killed_at_random_moments(self):
        whole = self.whole(*GRID)
        dice = random.Random(20)
        arguments = ["--out", "a.csv", *GRID, "--jobs", "3"]
        kept = 0
        for _ in range(10):
            process = self.start_probe("busy", *arguments, environment=UNCOUNTED)
            time.sleep(dice.uniform(0, 0.4))
            process.kill()
            process.communicate()
            if (self.folder / "a.csv").exists():
                self.assertEqual(self.bytes_of("a.csv"), whole[0])
            self.assertGreaterEqual(self.cells(), kept)
            kept = self.cells()
        self.good("busy", *arguments)
        self.assertWhole(whole)

    def stop_with(self, number, status):
        whole = self.whole(*GRID)
        process = self.start_probe("busy", "--out", "a.csv", *GRID, "--length", "10000000,500000", "--jobs", "1")
        self.wait_for_cells(process, 5)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, status)
        found = re.fullmatch(r"busy: interrupted: (\d+) of 80 cells kept in busy\.sqlite; the same command goes on\n", err)
        self.assertTrue(found, err)
        self.assertEqual(int(found.group(1)), self.cells())
        self.assertEqual([n for n in self.names() if n.startswith(("a", "b"))], ["busy.sqlite"])
        self.good("busy", "--out", "a.csv", *GRID, "--length", "10000000,500000")
        self.assertEqual(self.computed(), CELLS - int(found.group(1)))
        self.good("busy", "--out", "a.csv", *GRID)
        self.assertWhole(whole)

    def test_interrupted(self):
        self.stop_with(signal.SIGINT, 130)

    def test_terminated(self):
        self.stop_with(signal.SIGTERM, 143)

    def test_the_second_signal_does_not_wait_and_loses_no_finished_cell(self):
        process = self.start_probe("busy", "--out", "a.csv", "--length", "1000,100000000000", "--seed", "1", "--scale", "1")
        self.wait_for_cells(process, 1)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        self.assertIsNone(process.poll(), "the first signal waits for the cells that run")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 143)
        self.assertIn("interrupted: 1 of 2 cells kept", err)
        self.assertEqual(self.cells(), 1)

    def test_a_finished_cell_does_not_wait_for_a_long_one(self):
        process = self.start_probe("busy", "--out", "a.csv", "--length", "1000,100000000000", "--seed", "1", "--scale", "1",
                                   "--jobs", "1")
        self.wait_for_cells(process, 1)
        process.kill()

    def test_an_older_result_stays_until_the_new_one_is_whole(self):
        self.good("busy", "--out", "a.csv")
        before = [self.bytes_of(n) for n in ("a.csv", "a.summary.csv", "a.meta.json")]
        process = self.start_probe("busy", "--out", "a.csv", *GRID, "--length", "100000000")
        self.wait_for_cells(process, 7)
        process.kill()
        process.communicate()
        self.assertEqual([self.bytes_of(n) for n in ("a.csv", "a.summary.csv", "a.meta.json")], before)


class Again(StoreTest):
    """A command may be given again, and computes only what is not there."""

    def test_the_same_command_computes_nothing_and_mends_its_files(self):
        whole = self.whole(*GRID[:4])
        self.good("busy", "--out", "a.csv", *GRID[:4])
        with open(self.folder / "a.csv", "r+b") as file:
            file.truncate(100)
        (self.folder / "a.summary.csv").write_bytes(b"nonsense")
        (self.folder / "a.meta.json").unlink()
        self.good("busy", "--out", "a.csv", *GRID[:4])
        self.assertEqual(self.computed(), 0)
        self.assertWhole(whole, rows=120, cells=60)

    def test_more_seeds_a_wider_grid_and_another_file(self):
        self.good("busy", "--out", "a.csv", "--seed", "1:3")
        self.assertEqual(self.computed(), 6)
        self.good("busy", "--out", "a.csv", "--seed", "1:5")
        self.assertEqual(self.computed(), 4)
        self.good("busy", "--out", "b.csv", "--seed", "2:6", "--scale", "0.5,1,3")
        self.assertEqual(self.computed("b"), 15 - 8)
        self.assertEqual(self.bytes_of("b.csv"), self.whole("--seed", "2:6", "--scale", "0.5,1,3")[0])
        self.good("busy", "--out", "c.csv", "--seed", "6,2", "--scale", "3,0.5")
        self.assertEqual(self.computed("c"), 0)
        self.assertEqual([r["seed"] for r in self.rows_of("c.csv")][::2], ["6", "2"] * 2)

    def test_a_cell_is_known_by_its_values_not_by_their_spelling(self):
        self.good("busy", "--out", "a.csv", "--scale", "0.5,1", "--seed", "7")
        self.good("busy", "--out", "a.csv", "--scale", "5e-1,1.00", "--seed", "007")
        self.assertEqual(self.computed(), 0)
        self.assertEqual([r["scale"] for r in self.rows_of("a.csv")], ["5e-1", "5e-1", "1.00", "1.00"])
        close = "0.50000000000000011"
        self.good("busy", "--out", "a.csv", "--scale", close, "--seed", "7")
        self.assertEqual(self.computed(), 1)

    def test_a_cell_is_known_by_the_bytes_of_its_text(self):
        (self.folder / "t.txt").write_text("abc")
        self.good("reading", "--file", "t.txt", "--out", "a.csv")
        (self.folder / "u.txt").write_text("abc")
        self.good("reading", "--file", "u.txt,t.txt", "--out", "a.csv")
        self.assertEqual(self.computed(), 0)
        self.assertEqual([(r["file"], r["sum"]) for r in self.rows_of("a.csv")], [("u.txt", "294"), ("t.txt", "294")])
        for text in ("abd", "bac", "abcabc"):
            (self.folder / "t.txt").write_text(text)
            self.good("reading", "--file", "t.txt", "--out", "a.csv")
            self.assertEqual(self.computed(), 1, text)
            self.assertEqual(self.rows_of("a.csv")[0]["sum"], str(sum(text.encode())))

    def test_fresh_computes_everything_anew(self):
        self.good("busy", "--out", "a.csv")
        self.good("busy", "--out", "a.csv", "--fresh")
        self.assertEqual(self.computed(), 6)
        self.assertEqual(self.cells(), 6)

    def test_resume_is_refused_since_the_command_goes_on_by_itself(self):
        for arguments in (["--resume"], ["--resume=yes"]):
            self.assertRefused(self.run_probe("busy", *arguments), "--resume", "the same command goes on by itself")

    def test_another_program_counts_for_nothing_and_its_cells_are_replaced(self):
        self.good("busy", "--out", "a.csv")
        old = self.bytes_of("a.csv")
        self.good("busy_changed", "--out", "a.csv", "--seed", "1:2")
        self.assertEqual(self.computed(), 4)
        self.assertFalse(set(old.splitlines()) & set(self.bytes_of("a.csv").splitlines()[1:]))
        self.good("busy", "--out", "a.csv")
        self.assertEqual(self.computed(), 4)
        self.assertEqual(self.bytes_of("a.csv"), old)

    def test_cells_that_hold_seconds_are_run_by_every_command(self):
        lengths = [EXPERIMENTS / "lengths", "--length", "10,20", "--seed", "1", "--hidden", "4", "--out", "a.csv"]
        for _ in range(2):
            self.good(*lengths)
            self.assertEqual(self.computed(), 2)

    def test_pipes_and_plots_share_the_store_of_the_default_results(self):
        self.good("busy")
        out = self.good("busy", "--out", "-", "--seed", "1:4").out
        self.assertEqual(out.encode(), self.whole("--seed", "1:4")[0])
        self.assertEqual(self.cells("results/busy.sqlite"), 8)

    def test_where_no_store_can_be_made_a_pipe_does_with_memory(self):
        whole = self.whole()[0]
        ended = subprocess.run(self.command("busy", "--out", "-"), cwd="/proc", capture_output=True, env=self.environment())
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, whole, b""))


class Numbers(StoreTest):
    def test_every_number_is_the_one_that_was_computed(self):
        numbers = [-0.0, 1e15, 2.0 ** 53, -1e16, 5e-324, 1.7976931348623157e308, 0.1, -123456789.0]
        for _ in range(2):  # computed, and from the store
            self.good("busy", "--out", "a.csv", "--limit", "9", "--first", "8", "--scale", "1", "--seed", "2")
            found = [float(row["value"]) for row in self.rows_of("a.csv")]
            self.assertEqual(struct.pack("<8d", *found), struct.pack("<8d", *numbers))


class Damage(StoreTest):
    ARGUMENTS = ["--seed", "1:9", "--first", "20"]

    def setUp(self):
        super().setUp()
        self.right = self.whole(*self.ARGUMENTS)
        self.good("busy", "--out", "a.csv", *self.ARGUMENTS)
        self.data = self.bytes_of("busy.sqlite")

    def again(self, what):
        for name in self.names():
            if name.startswith("busy.sqlite") and name != "busy.sqlite":
                (self.folder / name).unlink()
        result = self.good("busy", "--out", "a.csv", *self.ARGUMENTS)
        self.assertEqual(self.bytes_of("a.csv"), self.right[0], f"{what}: {result.err}")
        self.assertEqual(self.bytes_of("a.summary.csv"), self.right[1], what)
        return result

    def test_a_byte_that_changed_anywhere(self):
        dice = random.Random(7)
        places = [*range(0, 120, 3), *(dice.randrange(len(self.data)) for _ in range(60))]
        computed = 0
        for place in places:
            damaged = bytearray(self.data)
            damaged[place] ^= 1 << dice.randrange(8)
            (self.folder / "busy.sqlite").write_bytes(damaged)
            self.again(f"byte {place}")
            computed += self.computed()
        self.assertGreater(computed, 20)

    def test_a_changed_row_is_found_and_only_its_cell_run_again(self):
        place = self.data.index(struct.pack("<d", float(self.rows_of("a.csv")[45]["value"])))
        damaged = bytearray(self.data)
        damaged[place] ^= 1
        (self.folder / "busy.sqlite").write_bytes(damaged)
        result = self.again("a row")
        self.assertEqual((self.computed(), result.err), (1, ""))

    def test_a_store_cut_short(self):
        for size in (0, 1, 99, 100, 4096, 5000, len(self.data) // 2, len(self.data) - 4096, len(self.data) - 1):
            (self.folder / "busy.sqlite").write_bytes(self.data[:size])
            self.again(f"{size} bytes")

    def torn_in_the_middle(self, kind):
        """Tears, of the pages of this kind, the one nearest to the middle: how many of 800 cells are computed then."""
        arguments = ("--out", "b.csv", "--seed", "1:400", "--first", "20")
        self.good("busy", *arguments)
        whole, data = self.bytes_of("b.csv"), bytearray(self.bytes_of("busy.sqlite"))
        pages = [page for page in range(4096, len(data), 4096) if data[page] == kind]
        torn = min(pages, key=lambda page: abs(page - len(data) // 2))
        data[torn:torn + 4096] = bytes(4096)
        (self.folder / "busy.sqlite").write_bytes(data)
        result = self.good("busy", *arguments)
        taken = int(re.search(r"busy\.sqlite: \w+.*; kept as busy\.sqlite~, (\d+) of its cells are taken over", result.err)[1])
        self.assertGreaterEqual(taken, 800 - self.computed("b"))
        self.assertEqual(self.bytes_of("busy.sqlite~"), data)
        self.assertEqual(self.bytes_of("b.csv"), whole)
        return self.computed("b")

    def test_what_can_be_read_of_a_damaged_store_is_kept(self):
        """A page in the middle is torn: the cells before and after it are taken over."""
        self.assertLess(self.torn_in_the_middle(LEAF), 20)

    def test_a_torn_page_of_the_index_loses_only_the_cells_it_leads_to(self):
        lost = self.torn_in_the_middle(INTERIOR)
        self.assertTrue(20 < lost < 400, lost)

    def set_aside(self, *parts):
        before = self.bytes_of("busy.sqlite")
        result = self.again(parts)
        self.assertIn("kept as busy.sqlite~", result.err)
        for part in parts:
            self.assertIn(part, result.err)
        self.assertEqual(self.bytes_of("busy.sqlite~"), before)
        self.assertEqual(self.computed(), 18)

    def test_what_is_no_store_is_set_aside(self):
        (self.folder / "busy.sqlite").write_bytes(b"the notes of a user, longer than a hundred bytes" * 20)
        self.set_aside("busy.sqlite: file is not a database")
        store = sqlite3.connect(self.folder / "new.sqlite")
        store.execute("CREATE TABLE notes(text)")
        store.close()
        (self.folder / "new.sqlite").rename(self.folder / "busy.sqlite")
        self.set_aside("not a store of busy")

    def test_a_store_of_another_version_or_experiment_is_set_aside(self):
        self.change("PRAGMA user_version = 2")
        self.set_aside("not a store of busy of this version")
        self.change("UPDATE about SET experiment = 'network'")
        self.set_aside("not a store of busy")

    def test_a_store_that_is_a_folder_is_an_error(self):
        (self.folder / "busy.sqlite").unlink()
        (self.folder / "busy.sqlite").mkdir()
        self.assertRefused(self.run_probe("busy", "--out", "a.csv"), "busy.sqlite: ", status=1)


class Others(StoreTest):
    """Two programs at once on one store."""

    def test_two_runs_of_one_command_end_alike(self):
        whole = self.whole(*GRID)
        runs = [self.start_probe("busy", "--out", "a.csv", *GRID, "--jobs", "2") for _ in range(3)]
        for process in runs:
            _, err = process.communicate()
            self.assertEqual((process.returncode, err), (0, ""))
        self.assertWhole(whole)

    def test_two_grids_in_one_file_are_one_of_them_whole(self):
        for _ in range(5):
            runs = [self.start_probe("busy", "--out", "a.csv", "--seed", seeds) for seeds in ("1:40", "1:50")]
            for process in runs:
                self.assertEqual((process.communicate()[1], process.returncode), ("", 0))
            grid = json.loads(self.bytes_of("a.meta.json"))["grid"]
            for name, key in (("a.csv", "csv"), ("a.summary.csv", "summary")):
                self.assertTrue(grid[key].endswith(f"{zlib.crc32(self.bytes_of(name)):08x}"), grid)

    def test_a_store_that_is_held_is_waited_for(self):
        self.good("busy", "--out", "a.csv")
        holder = sqlite3.connect(self.folder / "busy.sqlite", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        process = self.start_probe("busy", "--out", "a.csv", "--seed", "1:5")
        self.assertEqual(process.stderr.readline(), "busy: waiting for busy.sqlite, which another program holds\n")
        holder.execute("COMMIT")
        holder.close()
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.computed(), 4)

    def test_who_asks_twice_does_not_wait_for_it(self):
        self.good("busy", "--out", "a.csv")
        holder = sqlite3.connect(self.folder / "busy.sqlite", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        process = self.start_probe("busy", "--out", "a.csv", "--seed", "1:5")
        process.stderr.readline()
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 1)
        self.assertIn("database is locked", err)

    def falsify(self, change=lambda rows: rows[:-1] + bytes([rows[-1] ^ 1]), name="busy.sqlite"):
        """Other rows of one cell, with their right checksum."""
        store = sqlite3.connect(self.folder / name)
        address, program, status, rows = store.execute("SELECT address, program, status, rows FROM cells").fetchone()
        rows = change(rows)
        start = (program ^ (program & (1 << 64) - 1) >> 32) & (1 << 32) - 1
        crc = zlib.crc32(address.encode() + status.encode() + rows, start)
        with store:
            store.execute("UPDATE cells SET rows = ?, crc = ? WHERE address = ?", (rows, crc, address))
        store.close()

    def test_rows_that_should_be_the_same_and_are_not_are_a_loud_failure(self):
        self.good("network", "--out", "a.csv", "--seed", "1:3")
        before = self.bytes_of("a.csv")
        self.falsify(name="network.sqlite")
        result = self.run_probe("network", "--out", "a.csv", "--arrays", "arrays", "--seed", "1:4")  # runs all cells again
        self.assertEqual(result.status, 1)
        self.assertIn("other rows of the same cell, by the same program, are there: architecture=", result.err)
        self.assertEqual(self.bytes_of("a.csv"), before)
        self.assertEqual(self.cells(name="network.sqlite"), 8)  # and the others are kept

    def test_so_are_rows_that_are_none(self):
        self.good("busy", "--out", "a.csv")
        before = self.bytes_of("a.csv")
        self.falsify(lambda rows: rows[:-8])
        result = self.run_probe("busy", "--out", "a.csv")
        self.assertEqual(result.status, 1)
        self.assertIn("other rows of the same cell, by the same program, are there: scale=", result.err)
        self.assertEqual(self.bytes_of("a.csv"), before)

    def test_fresh_replaces_them_and_says_so(self):
        self.good("busy", "--out", "a.csv")
        before = self.bytes_of("a.csv")
        self.falsify()
        result = self.good("busy", "--out", "a.csv", "--fresh")
        self.assertEqual(result.err, "busy: --fresh: 1 cells came out other than busy.sqlite had them\n")
        self.assertEqual(self.bytes_of("a.csv"), before)


if __name__ == "__main__":
    main()
