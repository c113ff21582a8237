"""The same numbers on every machine: SHA-256 of small results of every experiment and of the core of the library, for fused and
for plain arithmetic, against the table committed beside this file. Left out are seconds, and what LAPACK computes.

usage: hashes.py [--write] CORE EXPERIMENT...     CORE is the program made of core.c, perhaps run by another: "qemu-aarch64 core"
"""
import csv
import hashlib
import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TABLE = Path(__file__).with_name("table.txt")
LEVELS = ("plain", "avx2", "avx512")
SECTIONS = ("random", "elementary", "passes", "measures", "theory", "trainings")
SMALL = "--hidden 21 --batch 3 --seed 1:2"
GRIDS = {
    "activations": "--step 0.25",
    "batchnorm": "--length 40 --hidden 21 --batch 4 --inputs 5 --gamma 0.5,2 --seed 1:2",
    "cliff": "--w 3:7:0.5 --b -4:-1:0.5 --clip none,norm --updates 5",
    "clipping": f"--length 20 --inputs 5 --threshold 0.1,10 {SMALL}",
    "course": f"--length 10 --updates 20 {SMALL}",
    "critical": f"--scale 0.9,1.6 --length 40 --inputs 5 {SMALL}",
    "diverging": f"--scale 2 --rate 0.05 --length 10 --updates 20 --clip none,value --omega 0,0.5 {SMALL}",
    "forgetting": f"--length 120 --lags 20 {SMALL}",
    "gates": f"--length 80 --inputs 5 --forget -1,1 --sites 0,20 {SMALL}",
    "learning": f"--task order,adding --kind irnn,orthogonal,gru --length 11 --shortest 10 --reach 20 --updates 20 {SMALL}",
    "letters": f"--truncation 1,3 --length 10 --updates 20 {SMALL}",
    "lengths": f"--length 10,300,3000 --inputs 5 {SMALL}",
    "normalising": f"--gamma 0.5 --length 10 --optimizer rmsprop --updates 20 {SMALL}",
    "prose": f"--length 20 {SMALL}",
    "relu": f"--scale 0.9,1.6 --length 40 --inputs 5 {SMALL}",
    "updates": f"--scale 0.9,2 --length 20,50 --inputs 5 --weights tied,untied {SMALL}",
    "vanishing": f"--scale 0.5,2 --init gaussian,orthogonal,identity --length 40 --inputs 5 {SMALL}",
    "window": f"--delay 1,5 --window 0,4 --length 8 --updates 20 {SMALL}",
}


def output(command, folder=None, **environment):
    return subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE).stdout


def free_columns(experiment):
    """Those whose meaning in --help says that they may differ."""
    columns = output([experiment, "--help"], LC_ALL="C").decode().split("Columns of the CSV")[1].split("\n\n")[0]
    meanings = re.findall(r"^  (\w+) +(.*(?:\n {4,}.*)*)", columns, re.M)
    return {name for name, meaning in meanings if "LAPACK" in meaning or "differs from run to run" in re.sub(r"\s+", " ", meaning)}


def tables(experiment, *runs, level):
    """Header and rows of the CSV and of its summary, after runs in one folder with these arguments."""
    with tempfile.TemporaryDirectory() as folder:
        for more in runs:
            output([experiment, *shlex.split(f"{GRIDS[experiment.name]} --out a.csv {more}")], folder, EVANESCE_LEVEL=level)
        files = [Path(folder) / name for name in ("a.csv", "a.summary.csv")]
        return [list(csv.reader(file.open(newline=""))) for file in files if file.exists()]


def digest_of(read, left_out):
    text = []
    for header, *lines in read:
        kept = [k for k, name in enumerate(header) if name.removesuffix("_sd") not in left_out]
        text += [",".join(line[k] for k in kept) for line in (header, *lines)]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def results(core, experiments, level):
    """(name, digest, how it was run) of all at one level."""
    for section in SECTIONS if core else ():
        yield section, hashlib.sha256(output([*core, level, section])).hexdigest(), level
    for experiment in experiments:
        left_out = free_columns(experiment)
        ways = {"two jobs": ["--jobs 2"]}
        if level == "plain":
            ways |= {"one job": ["--jobs 1"], "shards": ["--shard 0/2", "--shard 1/2", "--merge ."]}
        for way, runs in ways.items():
            yield experiment.name, digest_of(tables(experiment, *runs, level=level), left_out), f"{level}, {way}"


def main(write, core, *experiments):
    core, experiments = shlex.split(core), [Path(e).resolve() for e in experiments]
    table = dict(line.rsplit(" ", 1) for line in TABLE.read_text().splitlines()) if TABLE.exists() else {}
    wrong, found = [f"{e.name}: has no small grid in hashes.py" for e in experiments if e.name not in GRIDS], {}
    if wrong:
        sys.exit("\n".join(wrong))
    for level in LEVELS:
        arithmetic = subprocess.run([*core, level], capture_output=True, text=True).stdout.strip()
        if not arithmetic:  # not of this processor
            continue
        with ThreadPoolExecutor(2) as pool:
            parts = pool.map(lambda part: list(results(*part, level)), [(core, []), *(([], [e]) for e in experiments)])
            for name, digest, how in itertools.chain(*parts):
                row = f"{arithmetic} {name}"
                expected = found.setdefault(row, digest) if write else table.get(row)
                if digest != expected:
                    wrong.append(f"{name}, {how}: {digest}, not {expected} as {arithmetic}")
                found[row] = digest
    seen = {row.split()[0] for row in found}
    rest = {row: digest for row, digest in table.items() if row not in found}
    wrong += [f"{row}: was not compared" for row in rest if experiments and not write and row.split()[0] in seen]
    print(f"{len(found)} results compared, {len(wrong)} differ")
    if wrong:
        sys.exit("\n".join(wrong) + "\nA number has changed. If it was meant to: meson compile -C build hashes, and say in the commit what moved and why.")
    if not found:
        sys.exit("nothing was compared")
    if write:
        kept = {row: digest for row, digest in rest.items() if not experiments or row.split()[0] not in seen}
        TABLE.write_text("".join(f"{row} {digest}\n" for row, digest in sorted({**kept, **found}.items())))


arguments = sys.argv[1:]
main("--write" in arguments, *(a for a in arguments if a != "--write"))
