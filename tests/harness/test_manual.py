"""Manual pages and completion, made from the table of --help: their readers accept them, and a Tab gives what is meant."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from probes import EXPERIMENTS, ProbeTest, main

MANUALS = pathlib.Path(os.environ["PROBES"]).parents[1] / "manual"
PAGES = sorted(MANUALS.glob("*.1"))


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed")


@unittest.skipUnless(PAGES, "this build runs no programs of its own, which manuals are made from")
class Manual(ProbeTest):
    def said(self, *command, **options):
        """What a program says, which must be content."""
        result = subprocess.run(command, capture_output=True, text=True, cwd=self.folder,
                                env=self.environment(HOME=str(self.folder)), **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), command)
        return result.stdout

    def test_there_is_one_for_every_experiment(self):
        programs = [path.name for path in EXPERIMENTS.iterdir() if path.is_file() and os.access(path, os.X_OK)]
        self.assertEqual([page.stem for page in PAGES], sorted(programs))

    @needs("mandoc")
    def test_mandoc_finds_nothing(self):
        self.assertEqual(self.said("mandoc", "-T", "lint", "-W", "warning", *PAGES), "")

    @needs("groff")
    def test_groff_warns_of_nothing(self):
        for page in PAGES:
            self.said("groff", "-ww", "-man", "-z", page)

    @needs("mandoc")
    def test_a_page_says_what_help_says(self):
        for page in PAGES:
            shown = " ".join(self.said("mandoc", "-T", "utf8", "-O", "width=200", page).replace("\b_", "").split())
            shown = "".join(c for i, c in enumerate(shown) if shown[i + 1:i + 2] != "\b" and c != "\b")
            for entry in json.loads(self.good(EXPERIMENTS / page.stem, "--help=json").out)["page"][2:]:
                for key, text in entry.items():
                    self.assertIn(" ".join((text.upper() if key == "title" else text).split()), shown)

    def bash(self, program, *words):
        script = f'. "$1"; complete -p {program} >&2; COMP_WORDS=("${{@:2}}"); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); ' \
                 f'_evanesce_{program}; printf "%s\\n" "${{COMPREPLY[@]}}"'
        result = subprocess.run(["bash", "-c", script, "bash", MANUALS / f"{program}.bash", program, *words],
                                capture_output=True, text=True, cwd=self.folder, check=True)
        self.assertIn(f"-F _evanesce_{program} {program}", result.stderr)
        return [line for line in result.stdout.splitlines() if line]

    @needs("bash")
    def test_bash_completes(self):
        (self.folder / "texts").mkdir()
        (self.folder / "text.txt").write_text("a")
        for words, wanted in ((["--acti"], ["--activation"]), (["--s"], ["--scale", "--seed", "--shard"]),
                              (["--activation", ""], ["sigmoid", "tanh", "relu", "linear"]),
                              (["--activation", "t"], ["tanh"]), (["--activation", "tanh,r"], ["tanh,relu"]),
                              (["--activation", "=", "li"], ["linear"]), (["--scale", ""], []),
                              (["--out", "te"], ["texts", "text.txt"]), (["--merge", "te"], ["texts"]),
                              (["--plot", "--q"], ["--quiet"])):
            with self.subTest(words):
                self.assertEqual(sorted(self.bash("vanishing", *words)), sorted(wanted))
        self.assertEqual(self.bash("prose", "--file", "text."), ["text.txt"])
        (self.folder / "my book.txt").write_text("a")
        (self.folder / "my folder").mkdir()
        self.assertEqual(sorted(self.bash("prose", "--file", "my")), ["my book.txt", "my folder"])
        self.assertEqual(self.bash("prose", "--merge", "my"), ["my folder"])

    @needs("bash")
    def test_bash_offers_every_flag_of_every_experiment(self):
        for page in PAGES:
            flags = json.loads(self.good(EXPERIMENTS / page.stem, "--help=json").out)["flags"]
            self.assertEqual(self.bash(page.stem, "--"), [f"--{flag['flag']}" for flag in flags])

    @needs("zsh")
    def test_zsh_reads_them(self):
        for page in PAGES:
            self.said("zsh", "-n", MANUALS / f"_{page.stem}")

    @needs("zsh")
    def test_zsh_completes(self):
        script = '''zmodload zsh/zpty; zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit; fpath=("$1" $fpath); compinit -u -D; LISTMAX=0'
zpty -w z $'zstyle ":completion:*" format ""; print re""ady'; zpty -r -m z seen '*ready*'
zpty -n -w z $'vanishing --acti\\t'; zpty -r -m z seen '*--activation*' && print -r -- flag
zpty -n -w z $' tanh,re\\t'; zpty -r -m z seen '*tanh,relu*' && print -r -- value
zpty -d z'''.replace('"$1"', f'"{MANUALS}"')
        self.assertEqual(subprocess.run(["zsh", "-f", "-c", script], capture_output=True, text=True,
                                        cwd=self.folder, env=self.environment(TERM="dumb")).stdout.split(), ["flag", "value"])

    @needs("fish")
    def test_fish_completes(self):
        for page in PAGES:
            self.said("fish", "--no-execute", MANUALS / f"{page.stem}.fish")
        for typed, wanted in (("--acti", ["--activation"]), ("--activation ta", ["tanh"]), ("--activation tanh,re", ["tanh,relu"])):
            offered = self.said("fish", "-c", f'source "{MANUALS}/vanishing.fish"; complete -C "vanishing {typed}"')
            self.assertEqual([line.split("\t")[0] for line in offered.splitlines()], wanted)


if __name__ == "__main__":
    main()
