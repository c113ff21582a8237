"""./setup configures for the compiler it is told, or says why not. Nothing is installed: every package is said to be there."""
import os
import shutil

from builds import SOURCE, BuildTest, main


class Setup(BuildTest):
    def test_a_build_keeps_its_compiler_and_says_so(self):
        shutil.copy(SOURCE / "setup", self.folder)
        for name, text in (("dpkg-query", 'echo "ii "'), ("meson", 'echo "meson $*"'), ("old", "echo 12"), ("same", "echo 12"),
                           ("new", 'echo "Clang 14"')):
            program = self.folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)
        path = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        self.assertIn("meson setup build", self.good("./setup", CC="new", **path))
        (self.folder / "build").mkdir()
        (self.folder / "build" / "build.ninja").write_text("")
        (self.folder / "build" / "compile_commands.json").write_text(
            '[\n  {\n    "directory": "x",\n    "command": "old -Ilib -I../lib -c a.c",\n    "file": "a.c"\n  }\n]\n')
        for compiler in ("", "old", "same"):
            self.assertIn("meson setup --reconfigure build", self.good("./setup", CC=compiler, **path))
        refused = self.run_here("./setup", CC="new", **path)
        self.assertEqual(refused.returncode, 2)
        self.assertRegex(refused.stdout, r"^setup: CC=new: build/ is configured for old; [^\n]*\n$")


if __name__ == "__main__":
    main()
