"""--arrays: every array read back without NumPy, and the cell computed again from them in plain Python."""

import ast
import json
import math
import shutil
import struct

from probes import EXPERIMENTS, ProbeTest, main

TANH = (math.tanh, lambda h: 1 - h * h)
SIGMOID = (lambda a: 1 / (1 + math.exp(-a)), lambda h: h * (1 - h))


def read_npy(path):
    """(shape, flat numbers) of a version 1.0 file of little-endian float64."""
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    size = struct.unpack("<H", data[8:10])[0]
    assert (10 + size) % 64 == 0 and data[9 + size:10 + size] == b"\n"
    head = ast.literal_eval(data[10:10 + size].decode("ascii"))
    assert head["descr"] == "<f8" and head["fortran_order"] is False, head
    count = math.prod(head["shape"])
    assert len(data) == 10 + size + 8 * count, "the shape does not fit the bytes"
    return head["shape"], list(struct.unpack(f"<{count}d", data[10 + size:]))


def nested(shape, flat):
    if len(shape) == 1:
        return flat
    step = len(flat) // shape[0]
    return [nested(shape[1:], flat[i * step:(i + 1) * step]) for i in range(shape[0])]


class ArraysTest(ProbeTest):
    def load(self, cell="cell-00000"):
        folder = self.folder / "arrays" / cell
        return {p.stem: nested(*read_npy(p)) for p in folder.glob("*.npy")}

    def assertClose(self, found, wanted):
        if isinstance(wanted, list):
            self.assertEqual(len(found), len(wanted))
            for f, w in zip(found, wanted):
                self.assertClose(f, w)
        else:
            self.assertLessEqual(abs(found - wanted), 1e-12 * max(1, abs(wanted)))


class Arrays(ArraysTest):
    def cell(self, *arguments):
        self.good("network", "--out", "a.csv", "--arrays", "arrays", *arguments)
        return self.load()

    def recompute(self, a, phi, derivative):
        """Forward from h_0, backward from the linear loss with v = target: checks h, dh, log_dh and all gradients."""
        T, B, H = len(a["dh"]), len(a["h"][0]), len(a["b_h"])
        untied = isinstance(a["W_hh"][0][0], list)
        W = a["W_hh"] if untied else T * [a["W_hh"]]
        I = len(a["W_xh"][0]) if "W_xh" in a else 0
        h = [a["h"][0]]
        for t in range(T):
            h.append([[phi(a["b_h"][i] + sum(W[t][i][j] * h[t][b][j] for j in range(H)) +
                           sum(a["W_xh"][i][k] * a["x"][t][b][k] for k in range(I))) for i in range(H)]
                      for b in range(B)])
        self.assertClose(a["h"], h)
        dh = [None] * T
        dW_hh = [[[0.0] * H for _ in range(H)] for _ in range(T)]
        dW_xh, db_h = [[0.0] * I for _ in range(H)], [0.0] * H
        dh[T - 1] = [[v / B for v in row] for row in a["target"]]
        for t in reversed(range(T)):
            da = [[dh[t][b][i] * derivative(h[t + 1][b][i]) for i in range(H)] for b in range(B)]
            if t:
                dh[t - 1] = [[sum(W[t][i][j] * da[b][i] for i in range(H)) for j in range(H)] for b in range(B)]
            for b in range(B):
                for i in range(H):
                    db_h[i] += da[b][i]
                    for j in range(H):
                        dW_hh[t][i][j] += da[b][i] * h[t][b][j]
                    for k in range(I):
                        dW_xh[i][k] += da[b][i] * a["x"][t][b][k]
        total = dW_hh if untied else [[sum(dW_hh[t][i][j] for t in range(T)) for j in range(H)] for i in range(H)]
        self.assertClose(a["dh"], dh)
        self.assertClose(a["dW_hh"], total)
        self.assertClose(a["db_h"], db_h)
        if I:
            self.assertClose(a["dW_xh"], dW_xh)
        norms = [math.log(math.hypot(*(v for row in step for v in row))) for step in dh]
        self.assertClose(a["log_dh"], norms)
        loss = sum(v * x for b in range(B) for v, x in zip(a["target"][b], h[T][b])) / B
        return norms, loss

    def test_a_driven_network(self):
        a = self.cell("--activation", "tanh")
        self.assertEqual(set(a), {"W_hh", "W_xh", "b_h", "x", "target", "h", "dh", "log_dh", "dW_hh", "dW_xh", "db_h"})
        norms, loss = self.recompute(a, *TANH)
        rows = self.rows_of("a.csv")
        self.assertEqual(len(rows), 5)
        self.assertClose([float(r["log_norm"]) for r in rows], norms[::-1])
        self.assertClose([float(r["loss"]) for r in rows], 5 * [loss])

    def test_every_cell_has_its_folder_and_its_numbers(self):
        self.good("network", "--out", "a.csv", "--arrays", "arrays", "--seed", "3,4", "--jobs", "3")
        self.assertEqual([n for n in self.names() if n.startswith("arrays/") and n.count("/") == 1],
                         [f"arrays/cell-0000{k}" for k in range(4)])
        self.recompute(self.load("cell-00001"), *TANH)
        self.recompute(self.load("cell-00002"), *SIGMOID)
        self.assertNotEqual(self.load("cell-00000")["W_hh"], self.load("cell-00001")["W_hh"])

    def test_without_drive_there_is_no_input_but_a_start(self):
        a = self.cell("--activation", "sigmoid", "--drive", "0", "--scale", "2.385")
        self.assertEqual(set(a), {"W_hh", "b_h", "target", "h", "dh", "log_dh", "dW_hh", "db_h"})
        self.assertTrue(any(v != 0 for row in a["h"][0] for v in row))
        self.recompute(a, *SIGMOID)

    def test_untied_weights_have_a_matrix_a_step(self):
        a = self.cell("--activation", "tanh", "--weights", "untied", "--init", "orthogonal")
        self.assertEqual((len(a["W_hh"]), len(a["dW_hh"])), (5, 5))
        self.recompute(a, *TANH)

    def test_a_normalised_network_has_its_gains(self):
        a = self.cell("--activation", "linear", "--norm", "separate", "--gamma", "0.713")
        self.assertEqual((a["gain_h"], a["gain_x"]), (4 * [0.713], 4 * [0.713]))
        self.assertTrue(all(math.isfinite(v) and v != 0 for v in a["dgain_h"] + a["dgain_x"]))
        before, after = a["h"][-2:]
        U, W = ([[sum(w * v for w, v in zip(row, vector)) for row in M] for vector in state]
                for M, state in ((a["W_xh"], a["x"][-1]), (a["W_hh"], before)))
        self.assertClose(after, [[0.713 * (x + y) for x, y in zip(*rows)]
                                 for rows in zip(*map(self.normalised, (U, W)))])

    @staticmethod
    def normalised(rows):
        columns = []
        for column in zip(*rows):
            mean = sum(column) / len(column)
            deviation = math.sqrt(sum((v - mean) ** 2 for v in column) / len(column) + 1e-5)
            columns.append([(v - mean) / deviation for v in column])
        return list(zip(*columns))

    def test_a_gated_network_has_its_gates_and_its_second_state(self):
        a = self.cell("--activation", "tanh", "--architecture", "lstm", "--forget", "0.713")
        self.assertEqual(set(a), {"W_hh", "W_xh", "b_h", "x", "target", "h", "c", "dh", "log_dh", "dc", "log_dc",
                                  "dW_hh", "dW_xh", "db_h"})
        T, B, H = 5, 3, 4
        self.assertEqual([len(a[n]) for n in ("W_hh", "W_xh", "b_h", "dW_hh", "dW_xh", "db_h")], 6 * [4 * H])
        self.assertEqual(a["b_h"], 4 * [0] + 4 * [0.713] + 8 * [0])
        sigmoid = SIGMOID[0]
        for b in range(B):
            dc_next, gates_next = [0.0] * H, None
            for t in reversed(range(T)):
                at = [a["b_h"][i] + sum(w * v for w, v in zip(a["W_hh"][i], a["h"][t][b])) +
                      sum(w * v for w, v in zip(a["W_xh"][i], a["x"][t][b])) for i in range(4 * H)]
                i, f, o = ([sigmoid(v) for v in at[k * H:(k + 1) * H]] for k in (0, 1, 3))
                g = [math.tanh(v) for v in at[2 * H:3 * H]]
                c = [f[j] * a["c"][t][b][j] + i[j] * g[j] for j in range(H)]
                self.assertClose(a["c"][t + 1][b], c)
                self.assertClose(a["h"][t + 1][b], [o[j] * math.tanh(c[j]) for j in range(H)])
                dc = [(dc_next[j] * gates_next[j] if gates_next else 0) +
                      a["dh"][t][b][j] * o[j] * (1 - math.tanh(c[j]) ** 2) for j in range(H)]
                self.assertClose(a["dc"][t][b], dc)
                dc_next, gates_next = dc, f
        norms = [math.log(math.hypot(*(v for row in step for v in row))) for step in a["dc"]]
        self.assertClose(a["log_dc"], norms)

    def test_a_gru_has_three_gates(self):
        a = self.cell("--activation", "tanh", "--architecture", "gru", "--weights", "untied", "--forget=-1.37")
        self.assertEqual((len(a["W_hh"]), len(a["W_hh"][0]), len(a["W_xh"])), (5, 12, 12))
        self.assertEqual(a["b_h"], 4 * [0] + 4 * [-1.37] + 4 * [0])
        self.assertNotIn("c", a)

    def test_rescaled_gradients_come_back_at_their_size(self):
        a = self.cell("--activation", "linear", "--init", "identity", "--drive", "0", "--scale", "1e-20", "--length", "9")
        self.recompute(a, lambda x: x, lambda h: 1)
        self.assertLess(max(abs(v) for v in a["dh"][0][0]), 1e-150)
        self.assertGreater(max(abs(v) for v in a["dh"][0][0]), 1e-170)
        first = max(abs(v) for row in a["dh"][0] for v in row)
        last = max(abs(v) for row in a["dh"][8] for v in row)
        self.assertLessEqual(abs(first / last / 1e-160 - 1), 1e-12)

    def test_a_network_that_diverged_has_its_states(self):
        a = self.cell("--activation", "linear", "--scale", "1e50", "--length", "9")
        self.assertEqual(set(a), {"W_hh", "W_xh", "b_h", "x", "target", "h"})
        self.assertRegex(self.rows_of("a.csv")[0]["status"], r"^diverged at step \d$")

    def test_a_folder_from_before_is_replaced_whole(self):
        self.cell("--activation", "tanh", "--drive", "0.6")
        a = self.cell("--activation", "tanh", "--drive", "0")
        self.assertNotIn("x", a)
        self.assertEqual([n for n in self.names() if "/." in n], [])

    def computed(self, *arguments):
        self.good("network", "--out", "a.csv", "--arrays", "arrays", "--seed", "3,4", *arguments)
        return json.loads(self.bytes_of("a.meta.json"))["run"]["cells_computed"]

    def test_cells_whose_folder_is_missing_or_of_another_run_are_run_again(self):
        self.good("network", "--out", "a.csv", "--seed", "3,4")
        self.assertEqual(self.computed(), 4)
        self.assertEqual(self.computed(), 0)
        before = self.load("cell-00001")
        shutil.rmtree(self.folder / "arrays/cell-00001")
        self.assertEqual(self.computed(), 1)
        self.assertEqual(self.load("cell-00001"), before)
        with open(self.folder / "arrays/cell-00002/dh.npy", "r+b") as file:
            file.truncate(200)
        (self.folder / "arrays/cell-00003/W_xh.npy").unlink()
        self.assertEqual(self.computed(), 2)
        self.assertEqual(self.computed("--scale", "0.8"), 4)
        self.assertNotEqual(self.load("cell-00001"), before)
        self.assertEqual(self.computed(), 4)
        self.assertEqual(self.load("cell-00001"), before)
        shutil.copy(self.folder / "arrays/cell-00000/cell.txt", self.folder / "arrays/cell-00001/cell.txt")
        self.assertEqual(self.computed(), 1)

    def test_a_shard_writes_the_folders_of_its_cells(self):
        self.good("network", "--out", "a.csv", "--arrays", "arrays", "--seed", "3,4", "--shard", "1/2")
        self.assertEqual(sorted(path.name for path in (self.folder / "arrays").iterdir()), ["cell-00001", "cell-00003"])

    def test_a_folder_with_other_files_is_left_alone(self):
        (self.folder / "arrays" / "cell-00000").mkdir(parents=True)
        (self.folder / "arrays" / "cell-00000" / "mine.txt").write_text("mine")
        result = self.run_probe("network", "--out", "a.csv", "--arrays", "arrays", "--activation", "tanh")
        self.assertEqual(result.status, 1)
        self.assertIn("arrays/cell-00000: Directory not empty", result.err)
        self.assertEqual(self.bytes_of("arrays/cell-00000/mine.txt"), b"mine")
        self.assertEqual([n for n in self.names() if "/." in n], [])

    def test_the_rows_are_the_same_with_arrays(self):
        arguments = ["--length", "40", "--hidden", "7", "--seed", "1:3"]
        self.good("network", "--out", "without.csv", *arguments)
        self.good("network", "--out", "with.csv", "--arrays", "arrays", *arguments)
        self.assertEqual(self.bytes_of("with.csv"), self.bytes_of("without.csv"))

    def test_a_text_that_is_read_is_not_written_over(self):
        def prose(text):
            return self.run_probe(EXPERIMENTS / "prose", "--file", text, "--source", "text", "--activation", "tanh", "--length", "10",
                                  "--hidden", "4", "--batch", "2", "--seed", "1:2", "--out", "a.csv", "--arrays", "arrays")
        (self.folder / "t.txt").write_text("um texto que basta para dez letras")
        self.assertEqual(prose("t.txt").status, 0)
        self.load("cell-00001")
        for cell in range(2):
            (self.folder / "link.txt").unlink(missing_ok=True)
            (self.folder / "link.txt").symlink_to(f"arrays/cell-0000{cell}/cell.txt")
            before = self.bytes_of("link.txt")
            for name in (f"arrays/cell-0000{cell}/cell.txt", "link.txt"):
                self.assertRefused(prose(name), f"--arrays: arrays/cell-0000{cell}/cell.txt would be written over the text {name} that")
                self.assertEqual(self.bytes_of("link.txt"), before)

    def test_an_experiment_without_a_network_has_none(self):
        for probe in ("busy", EXPERIMENTS / "activations", EXPERIMENTS / "cliff"):
            for more in ([], ["--list"]):
                self.assertRefused(self.run_probe(probe, "--out", "a.csv", "--arrays", "here", *more),
                                   "--arrays here: must not be given, as ", " keeps no network")
            self.assertNotIn("--arrays", self.good(probe, "--help").out)
            self.assertNotIn('"arrays"', self.good(probe, "--help=json").out)
        self.assertIn("--arrays", self.good("network", "--help").out)
        self.assertEqual(self.names(), [])


class Trainings(ArraysTest):
    """Those of every experiment that trains are of the net at the end, and of one batch there: forward, loss, backward."""

    SMALL = ["--length", "10", "--hidden", "5", "--batch", "3", "--seed", "1", "--jobs", "1"]

    def trained(self, experiment, *arguments):
        self.good(EXPERIMENTS / experiment, *self.SMALL, *arguments, "--out", "a.csv", "--arrays", "arrays")
        return self.load()

    def redone(self, a, phi, derivative, of_outputs):
        """Forward from h_0 and backward from dL/dy = of_outputs(y, target); one read."""
        T, B, H = len(a["dh"]), len(a["h"][0]), len(a["b_h"])
        h = [a["h"][0]]
        for x in a["x"]:
            h.append([[phi(b + sum(map(float.__mul__, w, state)) + sum(map(float.__mul__, u, symbol)))
                       for b, w, u in zip(a["b_h"], a["W_hh"], a["W_xh"])] for state, symbol in zip(h[-1], x)])
        self.assertClose(a["h"], h)
        y = [[b + sum(map(float.__mul__, w, state)) for b, w in zip(a["b_y"], a["W_hy"])] for state in h[T]]
        dy = [[d / B for d in of_outputs(row, target)] for row, target in zip(y, a["target"][0])]
        self.assertClose(a["db_y"], [sum(column) for column in zip(*dy)])
        dh = [[sum(d * w[i] for d, w in zip(row, a["W_hy"])) for i in range(H)] for row in dy]
        dW = [[0.0] * H for _ in range(H)]
        for t in reversed(range(T)):
            self.assertClose(a["dh"][t], dh)
            da = [[d * derivative(v) for d, v in zip(*rows)] for rows in zip(dh, h[t + 1])]
            dW = [[dW[i][j] + sum(da[b][i] * h[t][b][j] for b in range(B)) for j in range(H)] for i in range(H)]
            dh = [[sum(row[i] * a["W_hh"][i][j] for i in range(H)) for j in range(H)] for row in da]
        self.assertClose(a["dW_hh"], dW)

    @staticmethod
    def softmax(y, label):
        whole = sum(map(math.exp, y))
        return [math.exp(v) / whole - (o == label) for o, v in enumerate(y)]

    @staticmethod
    def squares(y, target):
        return [2 * (v - w) for v, w in zip(y, target)]

    def test_classes_and_numbers(self):
        for experiment, task, loss in (("learning", "order", self.softmax), ("learning", "adding", self.squares),
                                       ("course", "order", self.softmax)):
            a = self.trained(experiment, "--task", task, "--kind", "tanh", "--updates", "30")
            self.redone(a, *TANH, loss)
            again = self.trained(experiment, "--task", task, "--kind", "tanh", "--updates", "31")
            self.assertNotEqual(a["W_hh"], again["W_hh"])
            self.assertNotEqual(a["x"], again["x"])

    def test_every_experiment_and_the_rows_are_the_same(self):
        for experiment, arguments in (("learning", ["--kind", "lstm", "--task", "copy", "--length", "30"]),
                                      ("diverging", ["--scale", "1", "--rate", "0.1", "--omega", "0.5", "--clip", "norm"]),
                                      ("normalising", ["--norm", "full", "--gamma", "1", "--statistics", "population"]),
                                      ("window", ["--window", "4", "--delay", "3"]), ("course", []),
                                      ("letters", ["--kind", "tanh", "--truncation", "4"])):
            a = self.trained(experiment, *arguments, "--updates", "20")
            rows = self.bytes_of("a.csv")
            self.assertLessEqual({"W_hh", "W_hy", "x", "target", "h", "dh", "dW_hh", "dW_hy"}, set(a), experiment)
            self.assertEqual((len(a["target"][0]), len(a["x"][0]), len(a["h"][0])), (3, 3, 3))
            self.good(EXPERIMENTS / experiment, *self.SMALL, *arguments, "--updates", "20", "--out", "a.csv", "--fresh")
            self.assertEqual(self.bytes_of("a.csv"), rows)
            shutil.rmtree(self.folder / "arrays")

    def test_one_that_diverged_leaves_its_weights(self):
        a = self.trained("diverging", "--kind", "relu", "--scale", "1", "--rate", "1e50", "--clip", "none", "--updates", "20")
        self.assertEqual(self.rows_of("a.csv")[0]["diverged"], "1")
        self.assertEqual(set(a), {"W_hh", "W_xh", "b_h", "W_hy", "b_y", "x", "target", "h"})


if __name__ == "__main__":
    main()
