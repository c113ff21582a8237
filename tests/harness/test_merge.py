"""--merge: the cells of other stores, as of shards, and a whole with the bytes of one run."""

import json
import shutil
import sqlite3

from probes import EXPERIMENTS, ProbeTest, main

GRID = ["--scale", "0.5,1,3", "--seed", "1:5", "--first", "1,4"]  # 30 cells


class Merge(ProbeTest):
    def whole(self, *arguments):
        self.good("busy", "--out", "whole/a.csv", *arguments)
        return self.bytes_of("whole/a.csv"), self.bytes_of("whole/a.summary.csv")

    def computed(self, name="a"):
        return json.loads(self.bytes_of(name + ".meta.json"))["run"]["cells_computed"]

    def shards(self, count, folder="shards", *arguments):
        for k in range(count):
            self.good("busy", "--out", f"{folder}/a.csv", "--shard", f"{k}/{count}", *(arguments or GRID))

    def test_any_number_of_shards_has_the_bytes_of_one_run(self):
        whole = self.whole(*GRID)
        for count in (1, 2, 3, 7, 40):
            with self.subTest(count):
                self.shards(count, f"of{count}")
                self.good("busy", "--out", f"whole{count}/a.csv", *GRID, "--merge", f"of{count}")
                self.assertEqual(self.bytes_of(f"whole{count}/a.csv"), whole[0])
                self.assertEqual(self.bytes_of(f"whole{count}/a.summary.csv"), whole[1])
                self.assertEqual(self.computed(f"whole{count}/a"), 0)

    def test_what_lacks_is_run(self):
        whole = self.whole(*GRID)
        self.shards(3)
        (self.folder / "shards/busy-1-of-3.sqlite").unlink()
        self.good("busy", "--out", "a.csv", *GRID, "--merge", "shards")
        self.assertEqual((self.bytes_of("a.csv"), self.bytes_of("a.summary.csv")), whole)
        self.assertEqual(self.computed(), 10)

    def test_a_shard_that_was_killed_gives_what_it_has(self):
        arguments = ["--length", "30000000", "--seed", "1:40", "--scale", "1"]
        process = self.start_probe("busy", "--out", "shards/a.csv", "--shard", "0/2", *arguments, "--jobs", "1")
        self.wait_for_cells(process, 1, "shards/busy-0-of-2.sqlite")
        process.kill()
        process.communicate()
        self.good("busy", "--out", "a.csv", *arguments, "--merge", "shards")
        self.assertTrue(20 < self.computed() < 40, self.computed())
        self.assertEqual(self.bytes_of("a.csv"), self.whole(*arguments)[0])

    def test_the_default_results_hold_the_shards_beside_the_whole(self):
        for k in range(2):
            self.good("busy", "--shard", f"{k}/2")
        self.good("busy", "--merge", "results")
        self.assertEqual(self.computed("results/busy"), 0)
        self.assertEqual(self.bytes_of("results/busy.csv"), self.whole()[0])
        self.good("busy", "--merge", "results", "--seed", "1:4")
        self.assertEqual(self.computed("results/busy"), 2)

    def test_several_folders_and_several_machines(self):
        whole = self.whole(*GRID)
        self.good("busy", "--out", "one/a.csv", *GRID, "--scale", "0.5")
        self.good("busy", "--out", "two/a.csv", *GRID, "--scale", "0.5,1")
        (self.folder / "two/busy.sqlite").rename(self.folder / "two/busy-of-another-machine.sqlite")
        self.good("busy", "--out", "a.csv", *GRID, "--merge", "one", "--merge=two")
        self.assertEqual((self.bytes_of("a.csv"), self.bytes_of("a.summary.csv")), whole)
        self.assertEqual(self.computed(), 10)

    def test_cells_that_hold_seconds_are_taken_from_elsewhere(self):
        def lengths(*more):
            self.good(EXPERIMENTS / "lengths", "--length", "10,20", "--hidden", "4", "--seed", "1:2", *more)
        for k in range(3):
            lengths("--out", "shards/a.csv", "--shard", f"{k}/3")
        lengths("--out", "a.csv", "--merge", "shards")
        self.assertEqual(self.computed(), 0)
        shards = [row for k in range(3) for row in self.rows_of(f"shards/a-{k}-of-3.csv")]
        self.assertEqual(sorted(shards, key=lambda row: int(row["cell"])), self.rows_of("a.csv"))

    def refused(self, *parts, status=2):
        before = self.names()
        result = self.run_probe("busy", "--out", "a.csv", "--merge", "shards")
        self.assertRefused(result, "--merge shards", *parts, status=status)
        self.assertEqual(self.names(), before)

    def test_a_foreign_store_is_refused_by_its_name(self):
        self.shards(2)
        self.good("network", "--out", "shards/n.csv")  # of another experiment, and called so
        self.good("busy", "--out", "fine/a.csv", "--merge", "shards")
        foreign = self.folder / "shards/busy-elsewhere.sqlite"
        shutil.copy(self.folder / "shards/network.sqlite", foreign)
        self.refused("busy-elsewhere.sqlite is not a store of busy")
        foreign.write_bytes(b"something else, and quite long" * 40)
        self.refused("busy-elsewhere.sqlite is not a store of busy")
        shutil.copy(self.folder / "shards/busy-0-of-2.sqlite", foreign)
        store = sqlite3.connect(foreign)
        with store:
            store.execute("PRAGMA user_version = 2")
        store.close()
        self.refused("busy-elsewhere.sqlite is not a store of busy")
        foreign.unlink()
        self.good("busy_changed", "--out", "changed/a.csv")
        shutil.copy(self.folder / "changed/busy.sqlite", foreign)
        self.refused("busy-elsewhere.sqlite: its 6 cells are of another program")
        store = sqlite3.connect(foreign)
        with store:
            store.execute("DELETE FROM cells")
        store.close()
        self.good("busy", "--out", "a.csv", "--merge", "shards")

    def test_a_store_with_nothing_in_it_yet_is_as_good(self):
        self.good("busy", "--out", "whole.csv")
        (self.folder / "new").mkdir()
        (self.folder / "new" / "busy-0-of-2.sqlite").write_bytes(b"")
        self.good("busy", "--out", "a/a.csv", "--merge", "new")
        self.assertEqual(self.bytes_of("a/a.csv"), self.bytes_of("whole.csv"))
        self.assertEqual(self.bytes_of("new/busy-0-of-2.sqlite"), b"")

    def test_other_arithmetic_is_refused(self):
        self.shards(1)
        store = sqlite3.connect(self.folder / "shards/busy-0-of-1.sqlite")
        with store:
            store.execute("UPDATE cells SET address = replace(replace(address, 'fused', 'other'), 'plain', 'other')")
        store.close()
        self.refused("busy-0-of-1.sqlite: its 30 cells", "of other arithmetic")

    def test_a_damaged_store_is_refused_and_a_damaged_cell_run_again(self):
        self.shards(1, "shards", *GRID, "--seed", "1:99")
        path = self.folder / "shards/busy-0-of-1.sqlite"
        data = path.read_bytes()
        path.write_bytes(data[:len(data) // 2])
        self.refused("busy-0-of-1.sqlite: database disk image is malformed", status=1)
        torn = bytearray(data)
        torn[5 * 4096:-4096] = bytes(len(data) - 6 * 4096)  # after the tables' first pages
        path.write_bytes(torn)
        self.refused("busy-0-of-1.sqlite: database disk image is malformed", status=1)
        path.write_bytes(data)
        store = sqlite3.connect(path)
        with store:
            store.execute("UPDATE cells SET crc = crc + 1 WHERE address LIKE 'scale=3 %seed=2 %'")
        store.close()
        self.good("busy", "--out", "a.csv", *GRID, "--merge", "shards")
        self.assertEqual(self.computed(), 2)

    def test_nothing_to_merge_is_refused(self):
        self.refused("shards: No such file or directory")
        (self.folder / "shards").mkdir()
        self.refused("holds no other store of this experiment, busy.sqlite or busy-*.sqlite")
        self.good("network", "--out", "shards/a.csv")
        self.refused("holds no other store of this experiment")


if __name__ == "__main__":
    main()
