#!/usr/bin/env python3
"""The same work in NumPy and in PyTorch: checked to agree with ours, then timed against it.

    peers.py --quick EXPERIMENTS        the agreement alone: a test, exit 77 where NumPy is missing
    peers.py --short EXPERIMENTS STEP   a few sizes
    peers.py --out FILE EXPERIMENTS STEP
    peers.py --cells ...                small trainings instead: H 50, B 20, T 50, of the plain cell, the LSTM and the GRU

EXPERIMENTS is the folder of the built experiments, STEP the program step. The work is that of step.c:

    norms   tanh, forward and backward from a loss linear in h_T, with ||dL/dh_t|| of every step; state gradients only
    train   the gradients of all parameters, clipping by norm and Adam; torch.nn.RNN gives no norm of a step
    lstm    the same of an LSTM, gru of a GRU

Peers: a NumPy loop, all arrays made beforehand; a PyTorch loop that keeps the gradient of every h_t; torch.nn.RNN in
double and in single precision. The widest vectors PyTorch can use, memory kept by malloc. The BLAS is the one NumPy and
PyTorch load: with the reference BLAS they are several times slower than they can be, so point LD_LIBRARY_PATH to
another, such as OpenBLAS; its name is printed.

Times are medians over passes and then over rounds in which ours and the peers take turns. Everything is measured twice,
with --threads 1 and, where there are several cores, with as many threads as those for the peers; ours has one always.
With one thread it is processor time on one core, with several the time that passes."""
import argparse
import csv
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MALLOC = {'MALLOC_MMAP_THRESHOLD_': '1000000000', 'MALLOC_TRIM_THRESHOLD_': '4000000000',
          'MALLOC_TOP_PAD_': '100000000'}
SECONDS = 0.3  # of measuring a peer in one round
SMALL = [(50, 20)]
SHORT = [(64, 1), (64, 32), (128, 32), (256, 32)]
ALL = [(hidden, batch) for batch in (1, 32, 128) for hidden in (32, 64, 128, 256, 512, 1024)]
COLUMNS = ['mode', 'hidden', 'batch', 'length', 'program', 'precision', 'threads', 'us', 'us_low', 'us_high', 'ratio',
           'share']


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--quick', action='store_true', help='only check that the results agree')
    parser.add_argument('--short', action='store_true', help='four sizes only')
    parser.add_argument('--cells', action='store_true', help='small trainings of three cells')
    parser.add_argument('--threads', type=int, help='only this number of threads for the peers')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--core', type=int, help='with one thread, run on this core (default: the last)')
    parser.add_argument('--out', help='also write a CSV file')
    parser.add_argument('experiments')
    parser.add_argument('step', nargs='?')
    found = parser.parse_args()
    if not found.quick and not found.step:
        parser.error('STEP is missing')
    return found


def settle(threads):
    """Starts again where NumPy is, if it is not here, and under the settings; they are read at the start."""
    wide = 'avx512f' in Path('/proc/cpuinfo').read_text() if Path('/proc/cpuinfo').exists() else False
    settings = {**MALLOC, **({'ATEN_CPU_CAPABILITY': 'avx512'} if wide else {}),
                **{name: str(threads) for name in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS')}}
    for modules in ('numpy torch', 'numpy'):
        find = f'import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {modules.split()})))'
        for python in (sys.executable, '/usr/bin/python3'):
            if subprocess.run([python, '-c', find]).returncode:
                continue
            if python != sys.executable or any(os.environ.get(name) != settings[name] for name in settings):
                os.environ.update(settings)
                os.execv(python, [python] + sys.argv)
            return
    print('peers: skipped, no NumPy')
    sys.exit(77)


OPTIONS = options()
THREADS = OPTIONS.threads or 1
settle(THREADS)
import numpy as np  # noqa: E402
try:
    import torch
    torch.set_num_threads(THREADS)
except ImportError:
    torch = None


# ---- cells ------------------------------------------------------------------------------------------------

def our_cell(experiments, length, hidden, batch, inputs, init, scale, gated=''):
    """What the program vanishing, or of a gated cell the program gates, computed in one cell, by --arrays."""
    with tempfile.TemporaryDirectory() as folder:
        flags = dict(scale=scale, drive=0.1, inputs=inputs, length=length, hidden=hidden, batch=batch, seed=3,
                     out=f'{folder}/a.csv', arrays=f'{folder}/arrays',
                     **(dict(architecture=gated, forget=1, sites=0) if gated else dict(activation='tanh', init=init)))
        words = [word for name, value in flags.items() for word in (f'--{name}', str(value))]
        subprocess.run([Path(experiments) / ('gates' if gated else 'vanishing'), *words], check=True, stderr=subprocess.PIPE)
        return {path.stem: np.load(path) for path in Path(folder).glob('arrays/cell-00000/*.npy')}


def random_cell(length, hidden, batch, gates=1):
    """The laws of step.c: orthogonal W_hh below 1, one input, drive 0.1; the same for every gate."""
    draw = np.random.default_rng(1).standard_normal
    return {'W_hh': np.tile(0.95 * np.linalg.qr(draw((hidden, hidden)))[0], (gates, 1)),
            'W_xh': np.tile(0.1**0.5 * draw((hidden, 1)), (gates, 1)), 'b_h': np.zeros(gates * hidden), 'x': draw((length, batch, 1)), 'target': draw((batch, hidden)),
            'h': np.zeros((1, batch, hidden))}


# ---- the peers --------------------------------------------------------------------------------------------
# Each is made from a cell; work() is what is timed, results() what must agree with ours.

class NumPyLoop:
    def __init__(self, cell):
        self.cell, self.W = cell, cell['W_hh'].copy()
        T, B, H = len(cell['x']), *cell['target'].shape
        self.Wt, self.Ut, self.b = self.W.T.copy(), cell['W_xh'].T.copy(), cell['b_h']
        self.h, self.dh, self.da = np.empty((T + 1, B, H)), np.empty((T, B, H)), np.empty((T, B, H))
        self.ux, self.h[0], self.dh[-1] = np.empty((T, B, H)), cell['h'][0], cell['target'] / B
        self.steps = [list(array) for array in (self.ux, self.h, self.dh, self.da)]  # views, made once

    def work(self):
        dot, multiply, tanh, (ux, h, dh, da) = np.dot, np.multiply, np.tanh, self.steps
        T, B, H = self.dh.shape
        dot(self.cell['x'].reshape(T * B, -1), self.Ut, out=self.ux.reshape(T * B, H))
        self.ux += self.b
        for t, a in enumerate(h[1:]):
            dot(h[t], self.Wt, out=a)
            a += ux[t]
            tanh(a, a)
        multiply(self.h[1:], self.h[1:], self.da)
        np.subtract(1, self.da, self.da)
        for t in range(T - 1, 0, -1):
            multiply(da[t], dh[t], da[t])
            dot(da[t], self.W, out=dh[t - 1])
        da[0] *= dh[0]
        self.log_dh = 0.5 * np.log(np.einsum('tbh,tbh->t', self.dh, self.dh))

    def results(self):
        self.work()
        return {'h': self.h, 'dh': self.dh, 'log_dh': self.log_dh,
                'dW_hh': np.einsum('tbi,tbj->ij', self.da, self.h[:-1]),
                'dW_xh': np.einsum('tbi,tbj->ij', self.da, self.cell['x']),
                'db_h': self.da.sum((0, 1))}


class TorchLoop:
    def __init__(self, cell, parameters=False):
        self.W, self.U, self.b, self.x, self.h0, v = (
            torch.tensor(cell[name]) for name in ('W_hh', 'W_xh', 'b_h', 'x', 'h', 'target'))
        self.h0, self.v = self.h0[0], v / len(v)
        for parameter in (self.W, self.U, self.b):
            parameter.requires_grad_(parameters)

    def work(self):
        T, B, I = self.x.shape
        ux, self.h = torch.addmm(self.b, self.x.view(T * B, I), self.U.t()), []
        product, W, h = torch.addmm, self.W.t(), self.h0
        if B == 1:  # a matrix times a vector is faster by itself
            product, W, h = (lambda ux, h, W: torch.addmv(ux, W, h)), self.W, self.h0[0]
        for ux in ux.view(T, *h.shape).unbind(0):
            h = product(ux, h, W).tanh_()
            if not h.requires_grad:
                h.requires_grad_()
            h.retain_grad()
            self.h.append(h)
        h.backward(self.v.view(h.shape))
        self.log_dh = torch.stack(torch._foreach_norm([h.grad for h in self.h])).log()

    def results(self):
        self.work()
        h, dh = (torch.stack(steps).view(-1, *self.h0.shape) for steps in
                 (self.h, [h.grad for h in self.h]))
        gradients = {'dW_hh': self.W.grad, 'dW_xh': self.U.grad, 'db_h': self.b.grad} if self.W.requires_grad else {}
        found = {'h': torch.cat([self.h0[None], h]), 'dh': dh, 'log_dh': self.log_dh, **gradients}
        return {name: array.detach().numpy() for name, array in found.items()}


class TorchRNN:
    def __init__(self, cell, precision='double', net='RNN'):
        kind = torch.float64 if precision == 'double' else torch.float32
        I, first = cell['x'].shape[2], torch.tensor(cell['h'][:1], dtype=kind)
        self.h0 = (first, torch.zeros_like(first)) if net == 'LSTM' else first
        self.x, v = (torch.tensor(cell[name], dtype=kind) for name in ('x', 'target'))
        self.v, self.rnn = v / len(v), getattr(torch.nn, net)(I, first.shape[2]).to(kind)
        with torch.no_grad():
            for name, value in zip(('weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'),
                                   (cell['W_xh'], cell['W_hh'], cell['b_h'], 0 * cell['b_h'])):
                getattr(self.rnn, name).copy_(torch.tensor(value))
        self.parameters = list(self.rnn.parameters())
        self.adam = torch.optim.Adam(self.parameters, lr=1e-9, foreach=True)

    def gradients(self):
        self.adam.zero_grad(set_to_none=True)
        self.h, _ = self.rnn(self.x, self.h0)
        self.h[-1].backward(self.v)

    def work(self):
        self.gradients()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1)
        self.adam.step()

    def results(self):
        self.gradients()
        rnn = self.rnn
        first = self.h0[0] if isinstance(self.h0, tuple) else self.h0
        return {'h': torch.cat([first, self.h.detach()]).numpy(), 'dW_hh': rnn.weight_hh_l0.grad.numpy(),
                'dW_xh': rnn.weight_ih_l0.grad.numpy(), 'db_h': rnn.bias_ih_l0.grad.numpy()}


def peers():
    """mode, program, precision, how to make it for timing, how for the check, the error allowed"""
    yield 'norms', 'numpy', 'double', NumPyLoop, NumPyLoop, 1e-10
    if torch:
        yield 'norms', 'torch', 'double', TorchLoop, lambda cell: TorchLoop(cell, True), 1e-10
        yield 'train', 'rnn', 'double', TorchRNN, TorchRNN, 1e-10
        yield 'train', 'rnn', 'single', *2 * (lambda cell: TorchRNN(cell, 'single'),), 1e-4
        for net in ('LSTM', 'GRU'):
            for precision, allowed in (('double', 1e-10), ('single', 1e-4)):
                yield net.lower(), 'rnn', precision, *2 * (lambda cell, p=precision, n=net: TorchRNN(cell, p, n),), allowed


# ---- agreement --------------------------------------------------------------------------------------------

def error(name, found, wanted):
    """Relative, in the norm: of every step on its own where there are steps. A difference of logarithms is one."""
    if found.shape != wanted.shape or not np.isfinite(found).all():
        return np.inf
    if name == 'log_dh':
        return np.abs(found - wanted).max()
    axes = (1, 2) if name in ('h', 'dh') else None
    size = np.sqrt((wanted**2).sum(axes))
    difference = np.sqrt(((found - wanted)**2).sum(axes))
    return (difference / np.where(size > 0, size, 1)).max()


# length, hidden, batch, inputs, law and scale of W_hh: a small cell, and two of sizes that are timed
CELLS = [(40, 7, 2, 3, 'gaussian', 1.385), (60, 64, 1, 1, 'orthogonal', 0.95), (100, 64, 32, 1, 'orthogonal', 0.95)]
GATED = [(gated, (50, 7, 2, 3, 'gaussian', 1.385, gated)) for gated in ('lstm', 'gru')]


def agree(experiments):
    """Whether every peer finds what we find, as it is timed and with all gradients; prints the errors."""
    good = True
    if not torch:
        print('PyTorch: skipped, not installed')
    for gated, sizes in [('', sizes) for sizes in CELLS] + GATED:
        ours = our_cell(experiments, *sizes)
        for mode, program, precision, timed, checked, allowed in peers():
            for make in dict.fromkeys((timed, checked)) if gated == mode or not gated and mode in ('norms', 'train') else ():
                results = make(ours).results()
                errors = {name: error(name, found, ours[name]) for name, found in results.items()}
                worst = max(errors, key=errors.get)
                same = errors[worst] <= allowed
                good = good and same
                print(f'{"agrees" if same else "DIFFERS":8}H {sizes[1]:2} B {sizes[2]:2} {gated or program:6}{precision:7}'
                      f'{len(errors)} arrays, largest error {errors[worst]:.1e} ({worst}), allowed {allowed:.0e}')
    return good


# ---- times ------------------------------------------------------------------------------------------------

def steps_of(hidden, batch):
    """100 steps; fewer where they would take longer than about a tenth of a second."""
    return int(max(10, min(100, 8e9 / (6 * hidden**2 * batch))))


def time_ours(step, mode, hidden, batch, length):
    """microseconds a step, share of the peak"""
    words = [step, '--hidden', hidden, '--batch', batch, '--length', length,
             *(('--mode', 'train', '--cell', mode) if mode in ('lstm', 'gru') else ('--mode', mode))]
    fields = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout.split(',')
    return float(fields[4]), float(fields[6])


def time_peer(peer, length):
    clock = time.process_time if THREADS == 1 else time.perf_counter
    seconds = []
    peer.work()
    gc.disable()
    start = clock()
    while len(seconds) < 3 or clock() - start < SECONDS:
        begin = clock()
        peer.work()
        seconds.append(clock() - begin)
    gc.enable()
    return 1e6 * statistics.median(seconds) / length


def compare(step, mode, hidden, batch, rounds):
    """One row for us and one for each peer, from rounds in which they take turns."""
    length = 50 if OPTIONS.cells else steps_of(hidden, batch)
    cell = random_cell(length, hidden, batch, {'lstm': 4, 'gru': 3}.get(mode, 1))
    rivals = [(program, precision, make(cell)) for of, program, precision, make, _, _ in peers() if of == mode]
    ours, times = [], [[] for _ in rivals]
    for _ in range(rounds):
        ours.append(time_ours(step, mode, hidden, batch, length))
        for taken, (_, _, peer) in zip(times, rivals):
            taken.append(time_peer(peer, length))
    us = [found[0] for found in ours]
    for program, precision, taken in [('evanesce', 'double', us)] + [(*r[:2], t) for r, t in zip(rivals, times)]:
        ratio = statistics.median(theirs / own for theirs, own in zip(taken, us))
        share = statistics.median(found[1] for found in ours) if taken is us else ''
        yield [mode, hidden, batch, length, program, precision, THREADS, *(f'{float(f"{value:.4g}"):g}' for value in (
            statistics.median(taken), min(taken), max(taken), ratio)), share]


def blas():
    """What stands behind NumPy's products, by the files this process has loaded."""
    maps = Path('/proc/self/maps')
    lines = maps.read_text().splitlines() if maps.exists() else []
    return ' '.join(sorted({Path(line.split()[-1]).name for line in lines if 'blas' in line})) or 'unknown'


def measure(step, sizes, rounds):
    """Prints and returns the rows of one number of threads."""
    print(f'NumPy {np.__version__}, PyTorch {torch.__version__ if torch else "missing: skipped"}, BLAS {blas()}, '
          f'threads {THREADS}')
    line = '{:6}{:>5}{:>5}{:>5}  {:9}{:7}{:>3}{:>9} {:>9}{:>9}{:>8}{:>7}'
    if 'libblas' in blas() and 'open' not in blas():
        print('warning: this looks like the reference BLAS; the peers are slower than they can be')
    print(line.format('mode', 'H', 'B', 'T', 'program', '', '', 'us/step', 'from', 'to', 'ratio', 'share'))
    rows = []
    for mode in ('train', 'lstm', 'gru') if OPTIONS.cells else ('norms', 'train'):
        for hidden, batch in sizes:
            for row in compare(step, mode, hidden, batch, rounds):
                print(line.format(*map(str, row)), flush=True)
                rows.append(row)
    return rows


def write(out, rows):
    with open(out, 'w', newline='') as file:
        csv.writer(file, lineterminator='\n').writerows([COLUMNS] + rows)


def measure_all(out):
    """Runs this program once for each number of threads, and puts together what the runs write."""
    rows = []
    for threads in dict.fromkeys((1, len(os.sched_getaffinity(0)))):
        with tempfile.TemporaryDirectory() as folder:
            found = f'{folder}/rows.csv'
            subprocess.run([sys.executable, *sys.argv, '--threads', str(threads), '--out', found], check=True)
            rows += list(csv.reader(open(found)))[1:]
    if out:
        write(out, rows)


def main():
    o = OPTIONS
    if not o.quick and not o.threads:
        return measure_all(o.out)
    if not agree(o.experiments):
        sys.exit('peers: results differ, so no times')
    if o.quick:
        return
    if THREADS == 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0)) if o.core is None else o.core})
    rows = measure(o.step, SMALL if o.cells else SHORT if o.short else ALL, o.rounds)
    if o.out:
        write(o.out, rows)


if __name__ == '__main__':
    main()
