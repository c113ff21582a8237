"""What the tests of the harness share: running a probe in a folder of its own, and reading what it wrote."""

import csv
import os
import pathlib
import pty
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # every run waits for the disk four times
# Folders have a blank and accents, as a user's may; so have the names of the programs, through links.
LINKS = tempfile.TemporaryDirectory(prefix="uma ligação ", dir=MEMORY)
PROBES, EXPERIMENTS = (pathlib.Path(LINKS.name) / name for name in ("probes", "experiments"))
PROBES.symlink_to(os.environ["PROBES"])
EXPERIMENTS.symlink_to(os.environ["EXPERIMENTS"])
# The sanitizer's own memory does not fit into a small address space.
PROGRAM = (PROBES / "busy").read_bytes()
THREADS_SANITIZED = b"__tsan_init" in PROGRAM
SANITIZED = b"__asan_init" in PROGRAM or THREADS_SANITIZED
UNCOUNTED = {"GCOV_PREFIX": f"{LINKS.name}/uncounted"}  # where files are cut short, those that count lines are not


class Result:
    """An ended run: exit status, standard output, standard error."""

    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout
        self.err = process.stderr


class ProbeTest(unittest.TestCase):
    """Runs probes in an empty folder, removed at the end."""

    maxDiff = 2000

    def setUp(self):
        self.folder = self.empty_folder("uma pasta é ")

    def empty_folder(self, prefix):
        folder = tempfile.TemporaryDirectory(prefix=prefix, dir=MEMORY)
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def module(self, name):
        """One of the probes' modules for LD_PRELOAD, where a blank ends a name."""
        link = self.empty_folder("module-") / name
        link.symlink_to(PROBES.resolve() / name)
        return str(link)

    def environment(self, **changes):
        """Ours, but in English and 80 columns, and without what is set for the programs."""
        others = ("EVANESCE_DATA", "OMP_NUM_THREADS", "EVANESCE_CHECKPOINT", "LANGUAGE", "COLUMNS", "LINES")
        environment = {k: v for k, v in os.environ.items() if k not in others}
        environment["LC_ALL"] = "C.UTF-8"
        environment.update(changes)
        return environment

    def command(self, probe, *arguments):
        return [str(PROBES / probe), *map(str, arguments)]

    def run_probe(self, probe, *arguments, environment=None, **options):
        """Runs to the end with both outputs captured as text; how long that may take the test runner knows."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        environment = environment or self.environment()
        if "preexec_fn" in options:
            environment.update(UNCOUNTED)
        return Result(subprocess.run(self.command(probe, *arguments), cwd=self.folder, text=True, env=environment,
                                     **options))

    def shown_on_terminal(self, stream, probe, *arguments, ready=lambda terminal: None, environment=None, **options):
        """(what a run writes on a terminal, exit status), where `stream` is one; `ready` sets the terminal up."""
        ours, theirs = pty.openpty()
        ready(theirs)
        process = subprocess.Popen(self.command(probe, *arguments), cwd=self.folder, **{stream: theirs}, **options,
                                   env=self.environment(**(environment or {})))
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        return seen.decode(), process.wait(60)

    def start_probe(self, probe, *arguments, environment=None, **options):
        """Starts without waiting; killed at the end of the test if it still runs."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(self.command(probe, *arguments), cwd=self.folder, text=True,
                                   env=self.environment(**(environment or {})), **options)

        def end():
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream and not stream.closed:
                    stream.close()
        self.addCleanup(end)
        return process

    def wait_until(self, there, process=None, seconds=30):
        """Until what a program brings is there; a program that is given must go on running meanwhile."""
        end = time.monotonic() + seconds
        while not (found := there()) and time.monotonic() < end and (not process or process.poll() is None):
            time.sleep(0.01)
        self.assertTrue(found, "it did not come")
        self.assertTrue(not process or process.poll() is None, "the run ended before it could be stopped")

    def cells(self, name="busy.sqlite"):
        """How many cells a store holds."""
        try:
            with sqlite3.connect(f"file:{self.folder / name}?mode=ro", uri=True, timeout=20) as store:
                return store.execute("SELECT count(*) FROM cells").fetchone()[0]
        except sqlite3.OperationalError:  # not there yet
            return 0

    def wait_for_cells(self, process, count, name="busy.sqlite"):
        """Until a store is there and holds so many: from then on a signal stops the run, and does not kill it."""
        self.wait_until(lambda: (self.folder / name).exists() and self.cells(name) >= count, process)

    def good(self, probe, *arguments, **options):
        result = self.run_probe(probe, *arguments, **options)
        self.assertEqual(result.status, 0, result.err)
        return result

    def names(self):
        """Everything in the folder."""
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*"))

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def rows_of(self, name):
        with open(self.folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def assertRefused(self, result, *parts, status=2):
        """Refused with one line that holds every part, before anything was written."""
        self.assertEqual(result.status, status, result.err)
        self.assertFalse(result.out)
        self.assertEqual(result.err.count("\n"), 1, result.err)
        for part in parts:
            self.assertIn(part, result.err)


def main():
    sys.stdout.flush()
    unittest.main(verbosity=2)
