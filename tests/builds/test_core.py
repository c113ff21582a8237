"""The library where there is less: another libc, a strict dialect, files compiled together, another project around it."""
import shutil
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

    @unittest.skipUnless(shutil.which("musl-gcc"), "no musl-gcc")
    def test_musl_a_strict_dialect_and_files_compiled_together(self):
        self.built("-Dcore=true", "-Dc_std=c17", "-Dunity=on", compiler=["musl-gcc"])

    def test_a_subproject_of_another_project(self):
        parent = self.folder / "parent"
        (parent / "subprojects").mkdir(parents=True)
        (parent / "subprojects" / "evanesce").symlink_to(SOURCE)
        (parent / "meson.build").write_text(PARENT)
        shutil.copy(SOURCE / "examples" / "fade.c", parent)
        self.built("--wrap-mode=forcefallback", source=parent)
        self.assertRegex(self.good("build/fade"), r"measured 0\.8\d+, theory 0\.83")


if __name__ == "__main__":
    main()
