"""A checkout has the same bytes whatever a user's git is told of line ends."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(sys.argv[2])


def git(*arguments, **options):
    return subprocess.run(["git", *arguments], text=True, capture_output=True, **options)


def is_repository():
    try:
        return Path(git("-C", SOURCE, "rev-parse", "--show-toplevel").stdout.strip()) == SOURCE
    except FileNotFoundError:
        return False


@unittest.skipUnless(is_repository(), "needs git and its repository")
class Checkout(unittest.TestCase):
    def test_no_setting_puts_carriage_returns_into_it(self):
        for setting in "core.autocrlf=true", "core.eol=crlf":
            with self.subTest(setting), tempfile.TemporaryDirectory() as folder:
                git("clone", "--quiet", "--shared", "--config", setting, SOURCE, folder, check=True)
                files = git("-C", folder, "ls-files", "--eol", check=True).stdout.splitlines()
                self.assertGreater(len(files), 100)
                self.assertEqual([line for line in files if "crlf" in line.split("attr/")[0] or "mixed" in line], [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
