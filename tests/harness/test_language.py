"""The program speaks Portuguese where the locale is: help, refusals, progress. What it writes into files is in no language."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from probes import EXPERIMENTS, ProbeTest, main

ROOT = pathlib.Path(__file__).parents[2]
BUILD = EXPERIMENTS.resolve().parent
PROGRAMS = sorted(path for path in EXPERIMENTS.iterdir() if path.is_file() and os.access(path, os.X_OK))
TRANSLATED = (BUILD / "po" / "pt" / "LC_MESSAGES" / "evanesce.mo").exists()


@unittest.skipUnless(TRANSLATED, "this build has no translation (no gettext)")
class Language(ProbeTest):
    PORTUGUESE = {"LC_ALL": "C.UTF-8", "LANGUAGE": "pt_BR"}

    def portuguese(self, probe, *arguments, **options):
        return self.run_probe(probe, *arguments, environment=self.environment(**self.PORTUGUESE), **options)

    def brazil(self):
        """The environment of a locale with a decimal comma."""
        if not shutil.which("localedef") or not pathlib.Path("/usr/share/i18n/locales/pt_BR").exists():
            self.skipTest("localedef or the sources of pt_BR are not installed")
        folder = self.empty_folder("locale-")
        subprocess.run(["localedef", "-i", "pt_BR", "-f", "UTF-8", folder / "pt_BR.UTF-8"], check=True)
        return self.environment(LOCPATH=str(folder), LC_ALL="pt_BR.UTF-8")

    @unittest.skipUnless(shutil.which("ninja"), "ninja is not in the path")
    def test_what_builds_one_program_builds_its_messages(self):
        for program in PROGRAMS:
            inputs = subprocess.run(["ninja", "-C", BUILD, "-t", "inputs", f"experiments/{program.name}"],
                                    capture_output=True, text=True)
            if inputs.returncode:
                self.skipTest("ninja is older than 1.11")
            self.assertTrue("po/pt/LC_MESSAGES/evanesce.mo" in inputs.stdout.split(), program.name)

    @unittest.skipUnless(shutil.which("xgettext"), "gettext is not installed")
    def test_every_text_has_a_translation(self):
        result = subprocess.run([ROOT / "po" / "update.py", BUILD, "--check"], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr.replace(".", "").replace(" done\n", "")), (0, ""))
        result = subprocess.run(["msgfmt", "--check", "--statistics", "-o", os.devnull, ROOT / "po" / "pt.po"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, r"^\d+ translated messages\.\n$")

    def test_no_sentence_of_help_stays_english(self):
        for program in PROGRAMS:
            english = json.loads(self.good(program, "--help=json").out)["page"]
            theirs = json.loads(self.portuguese(program, "--help=json").out)["page"]
            self.assertEqual(len(english), len(theirs))
            for a, b in zip(english, theirs):
                for key, text in a.items():
                    if key in ("title", "paragraph", "meaning") and re.search(r"\b(the|of|is|to|by|default)\b", text):
                        self.assertNotEqual(text, b[key], program.name)

    def test_help(self):
        text = self.portuguese("busy", "--help").out
        for part in ("Uso: busy [--EIXO VALORES]", "Eixos:", "número inteiro >= 1", "padrão 0.5,1", "Exemplos:"):
            self.assertIn(part, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_refusals_with_the_same_exit_status(self):
        for arguments, said in ((["--scale", "-1"], "busy: --scale -1: deve ser > 0 (1e-50 a 1e+50)\n"),
                                (["--scael", "1"], "busy: opção desconhecida --scael (seria --scale?)\n"),
                                (["--length", "1.5"], "busy: --length 1.5: deve ser um número inteiro >= 1, escrito como 7, uma "
                                                      "lista 1,10,100 ou um intervalo 1:10 ou 0:100:20\n"),
                                (["--out", "x"], "busy: --out x: deve ser um nome que termina em .csv\n")):
            result = self.portuguese("busy", *arguments)
            self.assertEqual((result.status, result.err), (2, said))
        self.assertEqual(self.portuguese("network", "--batch", "0").err.count("deve ser um número inteiro >= 1"), 1)
        result = self.portuguese(EXPERIMENTS / "learning", "--window", "3")
        self.assertEqual(result.status, 2)
        result = self.portuguese(EXPERIMENTS / "window", "--delay", "30", "--window", "0")
        self.assertEqual((result.status, result.err), (2, "window: --delay 30: deve ficar abaixo de length (--window 0 --delay 30)\n"))
        result = self.portuguese("busy", "--limit", "4", "--out", "a.csv", "--jobs", "1")
        self.assertEqual(result.status, 1)
        self.assertIn("célula 0 (scale=0.5 first=2 length=10 limit=4 seed=1): uma busca de autovalores", result.err)
        self.assertIn("falhou: 0 de 6 células guardadas em busy.sqlite; o mesmo comando continua", result.err)

    def test_what_the_system_says_too(self):
        environment = self.brazil()
        if not pathlib.Path("/usr/share/locale/pt_BR/LC_MESSAGES/libc.mo").exists():
            self.skipTest("libc has no Portuguese here (libc-l10n)")
        (self.folder / "shut").write_text("")
        result = self.run_probe("busy", "--out", "shut/a.csv", environment=environment)
        self.assertEqual((result.status, result.err), (2, "busy: --out shut/a.csv: Não é um diretório\n"))

    def test_what_sqlite_says_too(self):
        (self.folder / "busy.sqlite").write_bytes(b"x" * 2000)
        self.assertIn("busy.sqlite: o arquivo não é um banco de dados; ", self.portuguese("busy", "--out", "a.csv").err)

    def test_where_rows_and_cells_go(self):
        (self.folder / "results").write_text("no folder")
        with open("/dev/full", "w") as full:
            said = self.portuguese("busy", "--out", "-", stdout=full).err
        self.assertIn("busy: saída padrão: ", said)
        self.assertIn(" guardadas em memória; nenhum depósito pôde ser criado, e se perdem", said)

    def test_files_and_numbers_keep_the_point(self):
        environment = self.brazil()
        for folder, options in (("en", {}), ("pt", {"environment": environment})):
            self.good("busy", "--out", f"{folder}/a.csv", "--scale", "0.5:1:0.25", **options)
            self.good(EXPERIMENTS / "clipping", "--out", f"{folder}/b.csv", "--hidden", "8", "--seed", "1", **options)
        for name in ("a.csv", "a.summary.csv", "b.csv", "b.summary.csv"):
            self.assertEqual(self.bytes_of(f"en/{name}"), self.bytes_of(f"pt/{name}"))
        without = re.compile(rb'"(command|started|seconds)": [^\n]*')
        self.assertEqual(without.sub(b"", self.bytes_of("en/a.meta.json")), without.sub(b"", self.bytes_of("pt/a.meta.json")))
        self.assertIn("--scale -0.5: deve ser > 0", self.run_probe("busy", "--scale", "-0.5", environment=environment).err)
        if shutil.which("gnuplot"):
            shown = self.good("busy", "--plot", environment=environment).out
            self.assertIn("scale: ● 0.5 ○ 1", shown)
            self.assertIn("média sobre as sementes", shown)
            self.assertRegex(shown, r"(?m)^ +-?0\.\d+ \|")

    def test_progress(self):
        seen, status = self.shown_on_terminal("stderr", "busy", "--out", "a.csv", environment={"TERM": "xterm", **self.PORTUGUESE})
        self.assertEqual(status, 0)
        self.assertRegex(seen, r"6 células em \d+\.\d s -> a\.csv\r\n$")

    def test_another_language_is_english(self):
        for language in ("fr", "C", ""):
            result = self.run_probe("busy", "--scale", "-1", environment=self.environment(LC_ALL="C.UTF-8", LANGUAGE=language))
            self.assertEqual(result.err, "busy: --scale -1: must be > 0 (1e-50 to 1e+50)\n")

    def test_a_name_with_accents_in_a_locale_of_one_byte(self):
        environment = self.environment(LC_ALL="C", LANGUAGE="pt")
        (self.folder / "À é.txt").write_text("abc")
        self.good("reading", "--file", "À é.txt", "--out", "a.csv", environment=environment)


if __name__ == "__main__":
    main()
