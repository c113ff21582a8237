#!/usr/bin/env python3
"""How time and memory grow with length, width, batch and number of cells.

    cost.py --out FILE EXPERIMENTS STEP

A pass is forward and backward with the norm of every step, of a tanh net with one input, timed by the program step:
processor time, the median over passes. Of several rounds the quickest counts, since other programs only ever add to a
time. The memory is that of the net, in 10^6 bytes. `checkpoints`
is `length` with states kept at about sqrt(T) steps only. `cells` are whole runs of the program vanishing with one job,
`cells2` with two, in the time that passes; their memory is the most the program held."""
import argparse
import csv
import os
import subprocess
import tempfile
import time

# sweep: length, hidden, batch of each point
SWEEPS = {
    'length': [(10**n, 64, 1) for n in range(2, 7)],
    'checkpoints': [(10**n, 64, 1) for n in range(2, 7)],
    'hidden': [(100, 2**n, 32) for n in range(4, 11)],
    'batch': [(100, 64, 2**n) for n in range(9)],
}
CELLS = [1, 8, 64, 512, 4096]
COLUMNS = ['sweep', 'length', 'hidden', 'batch', 'cells', 'ms', 'megabytes']


def one_pass(step, sweep, length, hidden, batch):
    words = [step, '--length', length, '--hidden', hidden, '--batch', batch, '--mode', 'norms',
             '--checkpoints', int(sweep == 'checkpoints')]
    line = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout.split(',')
    return 1e-3 * float(line[4]) * length, 1e-6 * float(line[7])


def whole_run(experiments, cells, jobs):
    with tempfile.TemporaryDirectory() as folder:
        flags = dict(activation='tanh', scale=1, length=100, hidden=64, batch=1, inputs=1, seed=f'1:{cells}', jobs=jobs,
                     out=f'{folder}/a.csv')
        words = [word for name, value in flags.items() for word in (f'--{name}', str(value))]
        start = time.perf_counter()
        process = subprocess.Popen([f'{experiments}/vanishing', '--quiet', *words])
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit('cost: vanishing failed')
        return 1e3 * (time.perf_counter() - start), 1.024e-3 * used.ru_maxrss


def points(experiments, step):
    """sweep, length, hidden, batch, cells, and what measures the point"""
    for sweep, sizes in SWEEPS.items():
        for size in sizes:
            yield (sweep, *size, 1), lambda sweep=sweep, size=size: one_pass(step, sweep, *size)
    for sweep, jobs in (('cells', 1), ('cells2', 2)):
        for cells in CELLS:
            yield (sweep, 100, 64, 1, cells), lambda cells=cells, jobs=jobs: whole_run(experiments, cells, jobs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--out', required=True)
    parser.add_argument('experiments')
    parser.add_argument('step')
    o = parser.parse_args()
    taken = {}
    for _ in range(o.rounds):
        for point, measure in points(o.experiments, o.step):
            taken.setdefault(point, []).append(measure())
    with open(o.out, 'w', newline='') as file:
        table = csv.writer(file, lineterminator='\n')
        table.writerow(COLUMNS)
        for point, found in taken.items():
            table.writerow([*point, *(f'{min(numbers):.4g}' for numbers in zip(*found))])


if __name__ == '__main__':
    main()
