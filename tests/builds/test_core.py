"""The library where there is less: another libc, a strict dialect, files compiled together, another project around it."""
import shutil
import sys
import unittest

from builds import SOURCE, BuildTest, main

PARENT = """project('parent', 'c')
executable('fade', 'fade.c', dependencies: dependency('evanesce', fallback: 'evanesce', default_options: 'core=true'))
"""


class Core(BuildTest):
    def built(self, *options, **more):
        configured = self.configure("-Doptimization=0", *options, **more)
        self.assertEqual(configured.returncode, 0, configured.stdout)
        self.assertNotIn("warning:", self.good("ninja", "-C", "build"))

    def same_numbers(self, *wrapper):
        """That the core of this build computes what the table holds."""
        core = " ".join([*wrapper, "build/tests/hashes/core"])
        self.assertRegex(self.good(sys.executable, SOURCE / "tests" / "hashes" / "hashes.py", core), r"^[1-9]\d* results.* 0 differ")

    @unittest.skipUnless(shutil.which("musl-gcc"), "no musl-gcc")
    def test_musl_a_strict_dialect_and_files_compiled_together(self):
        self.built("-Dcore=true", "-Dc_std=c17", "-Dunity=on", compiler=["musl-gcc"])
        self.same_numbers()

    @unittest.skipUnless(shutil.which("aarch64-linux-gnu-gcc") and shutil.which("qemu-aarch64"), "no aarch64 compiler or qemu")
    def test_another_processor(self):
        self.built("-Dcore=true", "--cross-file", SOURCE / "tests" / "builds" / "aarch64.ini")
        self.same_numbers("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu")

    def test_a_subproject_of_another_project(self):
        parent = self.folder / "parent"
        (parent / "subprojects").mkdir(parents=True)
        (parent / "subprojects" / "evanesce").symlink_to(SOURCE)
        (parent / "meson.build").write_text(PARENT)
        shutil.copy(SOURCE / "examples" / "fade.c", parent)
        self.built("-Dc_args=-O0", "--wrap-mode=forcefallback", source=parent)
        self.assertRegex(self.good("build/fade"), r"measured 0\.8\d+, theory 0\.83")


if __name__ == "__main__":
    main()
