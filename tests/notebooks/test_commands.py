"""check.py --run types the commands of a page as its reader would, and says which of them fail."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / 'notebooks-md' / 'check.py'


class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='uma leitora é ')
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name, text in (('.ci/run', "readme './setup && meson test -C build'\n"), ('tests/harness/test_slurm.py', 'a.sbatch'),
                           ('data/memoria.txt', 'um texto'), ('examples/a.sbatch', ''), ('source.txt', 'of the sources')):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        (self.root / 'build').mkdir()

    def run_page(self, text, seconds='30'):
        page = self.root / 'page.md'
        page.write_text(text)
        result = subprocess.run([sys.executable, TOOL, '--run', self.root / 'build', '--seconds', seconds, '--root', self.root, page],
                                capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    def good(self, text, count, **options):
        self.assertEqual(self.run_page(text, **options), (0, f'{count} commands, 0 errors\n'))

    def bad(self, text, *parts, **options):
        status, said = self.run_page(text, **options)
        self.assertEqual(status, 1)
        for part in parts:
            self.assertIn(part, said)

    def test_commands_are_run_in_order_in_one_folder(self):
        self.good('# Title\n\n```sh\ntouch results/a.csv   # a remark\n# only a remark\ntest -f results/a.csv \\\n  -a ! -f results/b\n'
                  '```\n\n```sh\ntest -f results/a.csv && grep -q sources source.txt\n```\n', 3)

    def test_what_fails_is_named_with_its_place(self):
        self.bad('a\n```sh\ntrue\nsh -c "echo no such flag >&2; exit 2"\n```\n', 'page.md:4:', 'exit 2: no such flag', '1 errors')
        self.bad('```sh\ntrue && false && true\n```\n', 'page.md:2:', 'exit 1')

    def test_the_same_line_is_run_once(self):
        self.good('```sh\nmkdir once\n```\n\n```sh\nmkdir once\n```\n', 1)

    def test_only_commands_are_run(self):
        self.good('```c\nexit 1\n```\n```\nexit 2\n```\n```sh\ntrue\n```\n', 1)

    def test_a_page_without_a_command_is_an_error(self):
        self.bad('nothing', 'nothing to run')

    def test_a_text_of_the_readers_own_is_there(self):
        self.good('```sh\ngrep -q texto --file my-book.txt my-book.txt\n```\n', 1)

    def test_what_takes_long_is_ended_and_must_say_that_it_goes_on(self):
        program = self.root / 'build' / 'experiments' / 'slow'
        program.parent.mkdir()
        for said, good in (('the same command goes on', True), ('gone', False)):
            program.write_text(f'#!/bin/sh\ntrap "echo {said} >&2; exit 143" TERM\nsleep 9 2>/dev/null & wait\n')
            program.chmod(0o755)
            page = '```sh\nbuild/experiments/slow --seed 1\n```\n'
            if good:
                self.good(page, 1, seconds='1')
            else:
                self.bad(page, f'exit 143: {said}', seconds='1')

    def test_python(self):
        self.good('```python\nimport sys\nassert sys\n```\n', 1)
        self.bad('```python\nimport sys\nassert not sys\n```\n', 'AssertionError')

    def test_what_another_place_runs_must_be_run_there(self):
        self.good('```sh\n./setup\n```\n', 1)
        self.bad('```sh\n./setup --fulll\n```\n', 'is not run by .ci/run')
        self.good('```sh\nsbatch examples/a.sbatch x\n```\n', 1)
        self.bad('```sh\nsbatch examples/b.sbatch x\n```\n', 'is not run by test_slurm.py')


if __name__ == '__main__':
    unittest.main(verbosity=2)
