"""The revision that programs carry: the last commit of what they are built from, not of pages and tests."""

import os
import pathlib
import shutil
import subprocess
import unittest

from probes import ProbeTest, main

SCRIPT = pathlib.Path(__file__).parents[2] / "experiments" / "harness" / "revision.sh"


@unittest.skipUnless(shutil.which("git"), "needs git")
class Revision(ProbeTest):
    """In a tree of its own with one file of each kind."""

    def setUp(self):
        super().setUp()
        self.tree = self.folder / "tree of sources"
        for name in ("lib/net/net.c", "experiments/harness/base/say.c", "data/text.txt", "meson.build", "README.md", "tests/prose.c"):
            self.write(name, "first\n")
        self.script = shutil.copy(SCRIPT, self.tree / "experiments" / "harness")

    def write(self, name, text):
        (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
        (self.tree / name).write_text(text)

    def run_here(self, *command):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CEILING_DIRECTORIES=str(self.folder.parent))
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def git(self, *arguments):
        person = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        result = self.run_here("git", "-C", str(self.tree), *person, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def commit(self):
        self.git("add", ".")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "--short=12", "HEAD")

    def revision(self):
        result = self.run_here("sh", self.script)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_only_what_the_programs_are_built_from_counts(self):
        self.git("init", "-q")
        last = self.commit()
        self.assertEqual(self.revision(), f"{last}\n")
        for name in ("README.md", "tests/prose.c"):
            self.write(name, "second\n")
            self.assertEqual(self.revision(), f"{last}\n")
            self.assertNotEqual(self.commit(), last)
            self.assertEqual(self.revision(), f"{last}\n")
        for name in ("lib/net/net.c", "experiments/harness/base/say.c", "data/text.txt", "meson.build"):
            with self.subTest(changed=name):
                self.write(name, "second\n")
                self.assertEqual(self.revision(), f"{last}-dirty\n")
                last = self.commit()
                self.assertEqual(self.revision(), f"{last}\n")

    def test_what_a_user_has_set_up_changes_nothing(self):
        self.git("init", "-q")
        last = self.commit()
        self.write("lib/net/net.c", "second\n")
        (self.folder / "config").write_text("[diff]\n external = /bin/true\n[log]\n showSignature = true\n format = raw\n"
                                            "[color]\n ui = always\n[core]\n abbrev = 40\n")
        script = f"export GIT_CONFIG_GLOBAL='{self.folder}/config' GIT_DIR=/nowhere GIT_INDEX_FILE=/nowhere; exec sh '{self.script}'"
        result = self.run_here("sh", "-c", script)
        self.assertEqual((result.stdout, result.returncode), (f"{last}-dirty\n", 0), result.stderr)

    def test_a_touched_file_and_a_staged_one(self):
        self.git("init", "-q")
        last = self.commit()
        os.utime(self.tree / "lib/net/net.c", (1, 1))
        self.assertEqual(self.revision(), f"{last}\n")
        self.write("lib/net/net.c", "second\n")
        self.git("add", ".")
        self.assertEqual(self.revision(), f"{last}-dirty\n")

    def test_there_is_none_outside_git_nor_in_a_repository_that_does_not_hold_the_sources(self):
        self.assertNotEqual(self.run_here("sh", self.script).returncode, 0)
        self.run_here("git", "init", "-q", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "another project")
        result = self.run_here("sh", self.script)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    main()
