"""A user's flags for faster mathematics change no number: ours come after them, or they are refused."""
import json
import shlex

from builds import COMPILERS, SOURCE, BuildTest, main

PROBE = SOURCE / "tests" / "builds" / "arithmetic.c"
HARMFUL = ["-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-fassociative-math -fno-signed-zeros -fno-trapping-math",
           "-freciprocal-math", "-ffinite-math-only", "-fno-signed-zeros", "-ffp-contract=fast -mfma",
           "-fsingle-precision-constant", "-mfpmath=387", "-ffp-model=fast"]
COMPILE, LINK = "-DUSERS", "-L/users"


class Flags(BuildTest):
    def result(self, compile_command, link_command):
        """Of the probe: None if the compiler does not know a flag or the processor an instruction."""
        if self.run_here(*compile_command, "-Werror", "-Wno-overflow", "-Wno-overriding-t-option", "-c", PROBE, "-o", "probe.o").returncode:
            return None
        self.good(*link_command, "probe.o", "-lm", "-o", "probe")
        ran = self.run_here("./probe")
        return ran.stdout if ran.returncode >= 0 else None

    def commands(self, compiler):
        """How objects are compiled and programs linked, with the user's flags as COMPILE and LINK."""
        configured = self.configure(f"-Dc_args={COMPILE}", f"-Dc_link_args={LINK}", "-Dfigures=disabled", compiler=compiler)
        self.assertEqual(configured.returncode, 0, configured.stdout)
        compiles = [shlex.split(c["command"]) for c in json.loads((self.folder / "build/compile_commands.json").read_text())]
        links = [shlex.split(line) for line in self.good("ninja", "-C", "build", "-t", "commands").splitlines() if LINK in line]
        self.assertGreater(len(compiles), 100)
        self.assertGreater(len(links), 30)
        return compiles, links

    def flags(self, command, mark, users):
        """The flags of a command, the mark replaced by what a user may say."""
        kept = [word for word in command if word[:2] in ("-f", "-m", "-O") or word == mark]
        where = kept.index(mark)
        return [*kept[:where], *users.split(), *kept[where + 1:]]

    def test_no_flag_changes_arithmetic(self):
        for compiler in COMPILERS:
            compiles, links = self.commands(compiler)
            plain = next(c for c in compiles if c[-1].endswith("lib/net/net.c"))
            harmful = 0
            for users in HARMFUL:
                with self.subTest(compiler=compiler, flags=users):
                    bare = self.result([*compiler, "-O3", *users.split()], [*compiler, *users.split()])
                    if bare is None:
                        continue
                    self.assertNotEqual(bare, "", "does no harm: a test that cannot fail")
                    self.assertEqual(self.result([*compiler, *self.flags(plain, COMPILE, users)],
                                                 [*compiler, *self.flags(links[0], LINK, users)]), "")
                    harmful += 1
            self.assertGreater(harmful, 6)
            for command, mark in [(c, COMPILE) for c in compiles] + [(c, LINK) for c in links]:
                self.assertIn("-fno-fast-math", command[command.index(mark):], command)

    def test_what_cannot_be_mended_is_refused(self):
        for compiler in COMPILERS:
            harm = self.good(*compiler, "-print-file-name=crtfastmath.o").strip()
            if not harm.startswith("/"):
                self.skipTest("no crtfastmath.o")
            refused = self.configure(f"-Dc_link_args={harm}", compiler=compiler)
            self.assertNotEqual(refused.returncode, 0)
            self.assertRegex(refused.stdout, "results would be wrong with .*crtfastmath.o.* flushed to zero")


if __name__ == "__main__":
    main()
