"""The hash of what computes, by which a stored cell is known to be valid: the same in every checkout and after a comment,
another one after a change of the library, of the nets or of the experiment, and of nothing else."""
import re
import shutil

from builds import MESON, SOURCE, BuildTest, main


def unneeded(folder, names):
    return [name for name in names if name.startswith(("build", ".git", "results"))] if folder == str(SOURCE) else []


class Program(BuildTest):
    def checkout(self, name):
        """A copy of what is built."""
        place = self.folder / name
        shutil.copytree(SOURCE, place, ignore=unneeded)
        for folder in ("plots", "report"):
            (place / folder / "meson.build").write_text("")
        return place

    def hashes(self, place):
        """Those of two experiments, whose objects know folders and lines, for a debugger."""
        names = ["cliff", "vanishing"]
        if not (place / "build").exists():
            self.good(MESON, "setup", place / "build", place, "-Doptimization=0", "-Dc_args=-g1 -O0", "-Dtests=disabled", "-Dfigures=disabled", "-Dlive=disabled")
        self.good("ninja", "-C", place / "build", *(f"experiments/{name}-program.c" for name in names))
        return [re.search(r"UINT64_C\((0x[0-9a-f]{16})\)", (place / "build" / "experiments" / f"{name}-program.c").read_text())[1]
                for name in names]

    def edit(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def test_it_changes_with_what_is_computed_and_with_nothing_else(self):
        first = self.checkout("one")
        second = self.checkout("a folder with another name/and depth, ação")
        files = [path for room in ("lib", "experiments") for path in (second / room).rglob("*.[ch]")]
        self.assertGreater(len(files), 60)
        for path in files:
            path.write_text("/* A comment,\n * of two lines. */\n" + path.read_text())
        self.edit(second / "experiments/harness/run/run.c", "KEEP_MILLISECONDS = 200", "KEEP_MILLISECONDS = 300")
        found = self.hashes(first)
        self.assertNotEqual(*found)
        self.assertEqual(self.hashes(second), found)
        self.edit(first / "experiments/cliff.c", "s - 0.7)", "s - 0.71)")
        cliff, vanishing = self.hashes(first)
        self.assertNotEqual(cliff, found[0])
        self.assertEqual(vanishing, found[1])
        before = [cliff, vanishing]
        for path, old, new in (("experiments/harness/run/network.c", "1e-5", "2e-5"),
                               ("lib/train/optimizer.c", "1e-8", "2e-8")):
            with self.subTest(path):
                self.edit(first / path, old, new)
                after = self.hashes(first)
                for old_hash, new_hash in zip(before, after):
                    self.assertNotEqual(old_hash, new_hash)
                before = after


if __name__ == "__main__":
    main()
