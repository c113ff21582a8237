"""Every call that may fail does so once, or for ever, or is the last one before a kill.

    test_every_call.py SCENARIO

A command meets a fault at the n-th call of a kind (see shim.c), for n = 1, 2, ... until it ran without meeting it. Each
time: no crash and nothing that a sanitizer reports; exit 0 only with the right bytes, else exit 1, a message that says
what failed, the older results as they were and nothing half-made beside them; and the same command afterwards, without
a fault, gives the right bytes. With FAULTS=all every n; else the first ones and then ever fewer."""

import collections
import errno
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

from probes import PROBES, SANITIZED, THREADS_SANITIZED, ProbeTest, main

ERRORS = {"memory": errno.ENOMEM, "open": errno.EMFILE, "read": errno.EIO, "write": errno.ENOSPC, "close": errno.EIO,
          "sync": errno.EIO, "rename": errno.EIO, "unlink": errno.EACCES, "stat": errno.EIO, "truncate": errno.EIO,
          "mkdir": errno.ENOSPC, "map": errno.ENOMEM, "thread": errno.EAGAIN, "lock": errno.ENOLCK, "start": errno.EMFILE}
MODES = {"once": "", "from then on": "+", "killed": "!", "cut": "~"}
CUT = {"read", "write"}
ALL = os.environ.get("FAULTS") == "all"
SEEDS = ["--seed", "1:3"]
MORE = ["--seed", "1:4"]
LONG = ["--updates", "8", "--first", "2", "--length", "1"]

Scenario = collections.namedtuple("Scenario", "probe arguments before environment", defaults=({},))


def damage(folder):
    """Two bytes of a store: a cell, and a page of the tree."""
    path = folder / "busy.sqlite"
    store = bytearray(path.read_bytes())
    store[4096 * 2 + 3] ^= 0x55
    store[-40] ^= 1
    path.write_bytes(store)


def text(folder):
    (folder / "t.txt").write_text("Era uma vez um texto, e mais nada.\n" * 40)


# A command, and what was done before it.
SCENARIOS = {
    "file": Scenario("busy", ["--out", "a.csv", *MORE, "--jobs", "2"], [["busy", "--out", "a.csv", *SEEDS]]),
    "folder": Scenario("busy", ["--out", "one/two/a.csv", "--jobs", "1"], []),
    "stream": Scenario("busy", ["--out", "-", *MORE], [["busy", "--out", "-", *SEEDS]]),
    "arrays": Scenario("network", ["--out", "a.csv", "--arrays", "arrays", "--seed", "7,8"],
                       [["network", "--out", "a.csv", "--arrays", "arrays"], lambda f: (f / "arrays/cell-00000/h.npy").unlink()]),
    "shard": Scenario("busy", ["--out", "a.csv", "--shard", "1/2", *MORE], [["busy", "--out", "a.csv", "--shard", "1/2"]]),
    "merge": Scenario("busy", ["--out", "a.csv", "--merge", "there", *MORE], [
        *(["busy", "--out", "there/a.csv", "--shard", f"{k}/2", *MORE] for k in range(2)), ["busy", "--out", "a.csv", *SEEDS]]),
    "plot": Scenario("busy", ["--plot", *MORE], [["busy", *SEEDS]], {"LC_ALL": "C"}),
    "picture": Scenario("busy", ["--picture", "a.svg", *MORE], [["busy", "--picture", "a.svg", *SEEDS]]),
    "text": Scenario("reading", ["--out", "a.csv", "--file", "t.txt,memoria.txt"], [text, ["reading", "--out", "a.csv"]]),
    "lasting": Scenario("lasting", ["--out", "a.csv", *LONG], [["lasting", "--out", "a.csv", *LONG, "--seed", "1"]],
                        {"EVANESCE_CHECKPOINT": "0"}),
    "damaged": Scenario("busy", ["--out", "a.csv", *MORE], [["busy", "--out", "a.csv", "--first", "40", *SEEDS], damage]),
}


def faults(kind):
    """Lists of (n, mode), each to be gone through until a fault is not met."""
    modes = [mode for mode in MODES if mode != "cut" or kind in CUT]
    if ALL:
        return [((n, mode) for n in itertools.count(1)) for mode in modes]
    return [zip(spaced(), itertools.cycle(modes))]


def spaced():
    """1, 2, 3, 5, 8, 13, ..."""
    n, after = 1, 2
    while True:
        yield n
        n, after = after, n + after


@unittest.skipIf(THREADS_SANITIZED, "this sanitizer lets nobody stand before libc")
class EveryCall(ProbeTest):
    def setUp(self):
        super().setUp()
        self.scenario = SCENARIOS[NAME]
        self.shim = self.module("libfaults_stand_in.so")
        self.template = self.folder / "before"
        self.template.mkdir()
        for step in self.scenario.before:
            if callable(step):
                step(self.template)
            else:
                self.run_in(self.template, step[0], step[1:])
        self.older = self.contents(self.template)
        whole = self.folder / "whole"
        shutil.copytree(self.template, whole)
        self.wanted_out = self.run_in(whole, self.scenario.probe, self.scenario.arguments).stdout
        self.wanted = self.contents(whole)
        self.counted = collections.Counter()
        self.said = collections.Counter()

    def run_in(self, folder, probe, arguments, **environment):
        """Ended or, when it hangs, killed; without a fault it does well."""
        command = [str(PROBES / probe), *arguments]
        try:
            return subprocess.run(command, cwd=folder, capture_output=True, timeout=20, check=not environment,
                                  env=self.environment(**self.scenario.environment, **environment))
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, "hangs", b"", b"")

    def contents(self, folder):
        """The bytes of what is exported, and of a meta file what does not depend on the run."""
        found = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not re.search(r"\.sqlite($|-journal$|~$)", path.name):
                found[str(path.relative_to(folder))] = path.read_bytes()
        return {name: json.loads(data)["grid"] if re.search(r"\.meta\.json(\.older)?$", name) else data
                for name, data in found.items()}

    def other_than_wanted(self, folder):
        found = self.contents(folder)
        return [n for n, data in self.wanted.items() if found.get(n) != data]

    def check_failed(self, folder, ended, kind):
        self.assertEqual((ended.returncode, b"Sanitizer" in ended.stderr), (1, False), ended.stderr)
        first = ended.stderr.decode().split("\n")[0]
        self.said[re.sub(r"\d+", "N", first)] += 1
        self.assertTrue(self.wanted_out.startswith(ended.stdout))
        found = self.contents(folder)
        if kind not in ("unlink", "rename"):  # a half-made file may be what could not be removed
            self.assertEqual([n for n in found if n not in self.wanted and n not in self.older], [])
        self.assertEqual(self.lost(found, together=True), [])

    def lost(self, found, together):
        """What of the older results is neither as it was nor kept aside nor, where that may be, the new one."""
        def there(name, data):
            aside = re.sub(r"^arrays/(.*)/", r"arrays/.\1.older/", name) if "/" in name else name + ".older"
            new = [found.get(name) == self.wanted[name]] if not together or "/" in name else []
            return any([found.get(name) == data, found.get(aside) == data, *new])
        return [name for name, data in self.older.items() if not there(name, data)]

    def meet(self, kind, n, mode):
        """Whether the fault was met."""
        folder, made = self.folder / "now", self.folder / "made"
        shutil.copytree(self.template, folder)
        fault = {"FAULT": f"{kind}:{n}{MODES[mode]}", "FAULT_ERROR": str(ERRORS[kind]), "FAULT_MADE": str(made)}
        if SANITIZED:  # libc's setlocale loses a few bytes where there are no more
            (self.folder / "known").write_text("leak:_nl_normalize_codeset\n")
            fault["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
            fault["LSAN_OPTIONS"] = f"print_suppressions=0:suppressions='{self.folder}/known'"
        ended = self.run_in(folder, self.scenario.probe, self.scenario.arguments, LD_PRELOAD=self.shim, **fault)
        met = made.exists()
        with self.subTest(kind=kind, n=n, mode=mode, call=made.read_text() if met else "none"):
            if mode == "killed" and met:
                self.assertEqual(ended.returncode, -signal.SIGKILL)
                self.assertEqual(self.lost(self.contents(folder), together=False), [])
            elif ended.returncode == 0:
                self.assertEqual(ended.stdout, self.wanted_out)
                self.assertEqual(self.other_than_wanted(folder), [])
            else:
                self.assertTrue(met, ended.stderr)
                self.check_failed(folder, ended, kind)
            if met:
                again = self.run_in(folder, self.scenario.probe, self.scenario.arguments)
                self.assertEqual(again.stdout, self.wanted_out)
                self.assertEqual(self.other_than_wanted(folder), [])
        shutil.rmtree(folder)
        made.unlink(missing_ok=True)
        self.counted[kind] += met
        return met

    def test_every_call(self):
        for kind in ERRORS:
            for list_of_faults in faults(kind):
                all(self.meet(kind, n, mode) for n, mode in list_of_faults)
        print(NAME, sum(self.counted.values()), "faults met:", ", ".join(f"{k} {n}" for k, n in self.counted.items() if n))
        self.assertGreater(sum(self.counted.values()), 40)
        for line, count in self.said.most_common():
            print(f"  {count} x {line}")


if __name__ == "__main__":
    NAME = sys.argv.pop(1)
    main()
