"""The page's numbers against the command lines that it shows for them, bit for bit: test_numbers.py BUILD SOURCE.

The commands are run as a reader would who copies them; the page's library runs in node and, where they are, in Chromium and Firefox."""
import array
import ast
import base64
import csv
import io
import json
import math
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
sys.path.insert(0, str(SOURCE / "tests" / "report"))
from browser import Browser, missing  # noqa: E402
from firefox import PROGRAM, Firefox  # noqa: E402

SMALL = {"length": 40, "hidden": 12, "batch": 3, "inputs": 5}
SETTINGS = [
    *({"activation": activation, "scale": scale} for activation in ("sigmoid", "tanh", "relu", "linear") for scale in (0.53, 1, 1.37)),
    *({"activation": "tanh", "scale": scale, "length": 150, "hidden": 64} for scale in (1.9, 2.5, 3)),  # chaos
    {"scale": 3, "length": 500, "hidden": 33, "batch": 1}, {"activation": "sigmoid", "scale": 0.31, "length": 500},  # below double
    {"activation": "relu", "scale": 2.9, "length": 300}, {"init": "orthogonal", "scale": 1.07}, {"init": "identity", "activation": "relu"},
    {"drive": 0, "scale": 1.21}, {"hidden": 7, "batch": 1, "inputs": 1, "length": 13},
    {"architecture": "lstm", "forget": 2.25}, {"architecture": "lstm", "scale": 2.7, "length": 120, "forget": -1.5}, {"architecture": "gru", "forget": -0.75},
    {"architecture": "gru", "scale": 2.9, "length": 120}, {"norm": "input", "gamma": 0.35}, {"norm": "full", "gamma": 1.15},
    {"norm": "separate", "gamma": 0.6, "activation": "relu"}, {"clip": "norm", "threshold": 0.03, "scale": 1.6}, {"clip": "norm", "threshold": 9.5},
    {"clip": "norm", "hidden": 128, "batch": 9, "inputs": 33, "length": 20},  # the library's room on the stack
]
TEXTS = [("O gato que eu vi não é 'meu'", {}), ("a " * 40 + "ção", {"activation": "sigmoid", "scale": 1.3}), ("Never, never, never", {"init": "orthogonal", "seed": 7})]
KINDS = ("sigmoid", "tanh", "relu", "linear", "irnn", "orthogonal", "lstm", "gru")
# A call of the page's library, with doubles as engine.js writes them.
CALL = """
const given = arguments, bits = (key, value) => String(Object.prototype.toString.call(value)) === "[object Float64Array]"
  ? { doubles: btoa(Array.from(new Uint8Array(value.buffer), byte => String.fromCharCode(byte)).join("")) } : value;
const wait = go => globalThis.live ? live.ready.then(go) : setTimeout(wait, 20, go);
return new Promise(wait).then(() => live.call(...given)).then(answer => JSON.parse(JSON.stringify(answer, bits)));
"""


def doubles(text):
    return array.array("d", base64.b64decode(text["doubles"]))


def npy(path):
    """The numbers of a .npy file of float64."""
    with path.open("rb") as file:
        head = file.read(10)
        header = ast.literal_eval(file.read(int.from_bytes(head[8:10], "little")).decode())
        if header["descr"] != "<f8" or header["fortran_order"]:
            raise ValueError(f"{path}: {header}")
        return array.array("d", file.read())


def different(one, other):
    """How many doubles differ in a bit."""
    if len(one) != len(other):
        return max(len(one), len(other))
    return 0 if one.tobytes() == other.tobytes() else sum(one[i:i + 1].tobytes() != other[i:i + 1].tobytes() for i in range(len(one)))


def node(*calls):
    engine = subprocess.run(["node", SOURCE / "tests" / "live" / "engine.js", SOURCE / "live" / "live.js", BUILD / "live" / "live.wasm"],
                            input=json.dumps(calls).encode(), stdout=subprocess.PIPE, check=True)
    return json.loads(engine.stdout)


class Numbers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.defaults, = node(["defaults"])
        cls.room = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.room.name)
        (cls.folder / "build").symlink_to(BUILD)

    @classmethod
    def tearDownClass(cls):
        cls.room.cleanup()

    def rows(self, command):
        """What a command of the page prints, as a reader sees it."""
        run = subprocess.run(["bash", "-c", command], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""), command)
        return list(csv.DictReader(io.StringIO(run.stdout)))

    def settings(self):
        whole = [{**self.defaults["fade"], **SMALL, "seed": 1 + i, **setting} for i, setting in enumerate(SETTINGS)]
        return whole, node(*(["consistent", s] for s in whole))

    def test_every_float_of_a_pass(self):
        given, consistent = self.settings()
        everything = node(*(["everything", s] for s in consistent))
        commands = node(*(["commands", "fade", s, 1] for s in given))
        compared = wrong = 0
        for s, passed, (command, *_) in zip(given, everything, commands):
            self.rows(command if "--arrays" in command else f"{command} --arrays fade")
            for name in ("log_dh", "W_hh", "W_xh", "x", "h", "dh"):
                mine = doubles(passed[name])
                if len(mine) == 0 and s["drive"] == 0:
                    continue
                self.assertGreater(len(mine), 0)
                off = different(mine, npy(self.folder / "fade" / "cell-00000" / f"{name}.npy"))
                compared, wrong = compared + len(mine), wrong + off
                self.assertEqual(off, 0, f"{name} of {s}")
            shutil.rmtree(self.folder / "fade")
        self.assertGreaterEqual(len(given), 30)
        print(f"{len(given)} settings, {compared} floats of passes compared, {wrong} differ")

    def test_the_numbers_the_page_shows(self):
        given, consistent = self.settings()
        compared = 0
        for s, fade, commands in zip(given, node(*(["fade", s] for s in consistent)), node(*(["commands", "fade", s, 1] for s in given))):
            norm, (slope, error, r, half) = doubles(fade["norm"]), fade["fit"]
            rows = {command.split()[1].split("/")[-1]: self.rows(command) for command in commands}
            if "vanishing" in rows:
                self.assertEqual([float(row["log10_norm"]) for row in rows["vanishing"]], list(norm), s)
                theory = [row["log10_theory"] for row in rows["vanishing"]]
                mine = ["" if fade["theory"] is None else norm[0] + k * fade["theory"] for k in range(len(norm))]
                self.assertEqual([float(v) if v else "" for v in theory], mine, s)
            fit = rows.get("critical") or rows.get("gates") or rows["batchnorm"]
            self.assertEqual([float(fit[0][name]) for name in ("slope", "slope_error", "r")], [slope, error, r], s)
            if "gates" in rows:
                self.assertEqual(float(fit[0]["half_life"]), half)
                self.assertAlmostEqual(math.log10(float(fit[0]["theory_keep"])), fade["theory"], delta=1e-15)
            if "clipping" in rows:
                self.assertEqual([float(rows["clipping"][0][name]) for name in ("log10_norm", "log10_clipped_norm")], fade["clip"])
            compared += len(norm)
        self.assertGreater(compared, 2000)

    def test_the_letters(self):
        for text, setting in TEXTS:
            s = {**self.defaults["text"], "hidden": 9, **setting}
            commands, passed = node(["commands", "text", s, text], ["letters", s, {"bytes": list(text.encode())}])
            rows, length = self.rows("\n".join(commands)), len(text.encode()) - 1
            self.assertEqual([float(row["log10_norm"]) for row in rows], list(reversed(doubles(passed["norm"]))))
            W, h, dh = (npy(self.folder / "letters" / "cell-00000" / f"{name}.npy") for name in ("W_xh", "h", "dh"))
            H, slope = 9, (lambda v: v * (1 - v)) if s["activation"] == "sigmoid" else (lambda v: 1 - v * v)
            for t, felt in enumerate(doubles(passed["felt"])):
                da = [dh[t * H + i] * slope(h[(t + 1) * H + i]) for i in range(H)]
                dx = [sum(W[i * 256 + j] * da[i] for i in range(H)) for j in range(256)]
                self.assertAlmostEqual(math.log10(math.hypot(*dx)), felt, delta=1e-12)
            self.assertEqual(len(rows), length)

    def test_a_training(self):
        compared = 0
        for i, kind in enumerate(KINDS):
            s = {**self.defaults["train"], "kind": kind, "length": 10, "hidden": 8, "batch": 4, "updates": (200, 150)[i % 2], "seed": 3 + i,
                 "task": ("order", "last", "adding")[i % 3], "optimizer": ("adam", "rmsprop", "sgd")[i // 3], "clip": ("norm", "none")[i % 2]}
            (command, *course), begun, made = node(["commands", "train", s], ["begin", s], ["train", 1e9, 10000])
            row, = self.rows(command)
            steps = made["steps"]
            self.assertEqual(len(course), kind not in ("lstm", "gru"))
            seen = [(int(look["update"]), int(look["lag"]), look) for command in course for look in self.rows(command)]
            for update, lag, look in seen:
                if update < len(steps):
                    step = steps[update]
                    mine = [doubles(step["fade"])[lag], step["norm"], step["loss"]]
                    self.assertEqual([float(look[name]) for name in ("log10_norm", "log10_gradient", "loss")], mine, (s, update, lag))
                    compared += 1
            self.assertEqual([float(row[name]) for name in ("log10_norm_first", "log10_norm_most", "clipped", "error", "solved")],
                             [steps[0]["norm"], max(step["norm"] for step in steps), sum(step["clipped"] for step in steps) / len(steps),
                              steps[-1]["error"], float(bool(made["solved"]))], s)
            self.assertEqual(steps[-1]["tested"], 10000 if made["solved"] or s["updates"] % 100 else 500)
        self.assertGreater(compared, 100)

    def test_the_cliff(self):
        for w, b in ((5, -2.75), (5.25, -1.75), (3.33, -3.9)):
            s = {**self.defaults["cliff"], "w": w, "b": b, "updates": 60}
            (command,), *paths = node(["commands", "cliff", s], ["descend", s, False], ["descend", s, True])
            rows = self.rows(command)
            for clip, path in zip(("none", "norm"), paths):
                theirs = [[float(row[name]) for name in ("w_at", "b_at", "error")] for row in rows if row["clip"] == clip]
                self.assertEqual(theirs, [row[:3] for row in path])

    def test_the_address(self):
        good = "lang=pt&scale=1.23&activation=relu&text.at=40&train.kind=lstm&cliff.w=4.4&hidden=5000"
        bad = "scale=banana&scale=-1&scale=9&activation=swish&hidden=2.5&cliff.w=&nonsense=1&fade=&a.b.c=1"
        state, ignored = (node(["address", "#" + text])[0] for text in (good, bad))
        self.assertEqual(ignored["state"], node(["address", ""])[0]["state"])
        self.assertEqual(len(ignored["ignored"]), 9)
        self.assertEqual(state["ignored"], [])
        self.assertEqual(node(["written", state["state"]])[0], "lang=pt&scale=1.23&activation=relu&hidden=5000&train.kind=lstm&cliff.w=4.4&text.at=40")
        self.assertEqual(node(["tooLarge", "fade", state["state"]["fade"]])[0], ["hidden", 256])

    def browse(self, browser):
        _, consistent = self.settings()
        calls = [["everything", s] for s in consistent] + [["fade", s] for s in consistent]
        try:
            browser.open(BUILD / "live" / "index.html")
            for call, mine in zip(calls, node(*calls)):
                self.assertEqual(browser.run(CALL, *call), mine, call)
        finally:
            browser.close()

    @unittest.skipIf(missing(), f"{missing()} is not installed (./setup --full)")
    def test_chromium_has_the_same_bits(self):
        self.browse(Browser())

    @unittest.skipUnless(PROGRAM, "Firefox is not installed")
    def test_firefox_has_the_same_bits(self):
        self.browse(Firefox())



if __name__ == "__main__":
    if not shutil.which("node"):
        print("skipped: node is not installed")
        sys.exit(77)  # to meson: skipped
    unittest.main(argv=sys.argv[:1])
