"""notebooks-md/check.py passes a correct pair of pages, and reports every kind of error it promises to report."""
import importlib.util
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / 'notebooks-md' / 'check.py'
SPEC = importlib.util.spec_from_file_location('check', TOOL)
tool = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tool)

SUMMARY = ('activation,scale,lag,r,r_sd\n'
           'tanh,1,0,0.8304,0.0125\n'
           'tanh,1,5,2.385,\n'
           'relu,1.5,0,-0.713,0.25\n')
SOURCE = 'int first;\n    int second;\nint third;\n'
PAGE = '''# Title

## One

![a figure](../figures/decay.LANG.svg) C7 and [`the source`](../../lib/a.c#L2), [site](https://example.org/x).

| value | <!--= decay.r[activation=tanh,scale=1.0,lag=0] %.3f -->TANH<!--/--> | <!--= decay.r[activation=relu] %.2f -->RELU<!--/--> |

## Two

```c title=lib/a.c
    int second;
int third;
```

```sh
echo '<!--= not a marker'   # inside a fence
```

Inline `<!--= not a marker` and C8; one without seeds: <!--= plain.value[input=0] %.0f -->4<!--/-->.
'''
SHOWN = {'pt': ('0,830', '-0,71'), 'en': ('0.830', '-0.71')}


class CheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in ('lib', 'results', 'notebooks-md/pt', 'notebooks-md/en', 'notebooks-md/figures'):
            (self.root / name).mkdir(parents=True)
        (self.root / 'lib/a.c').write_text(SOURCE)
        (self.root / 'results/decay.summary.csv').write_text(SUMMARY)
        (self.root / 'results/decay.csv').write_text('r\n9\n')  # one row a seed: not to be read
        (self.root / 'results/plain.csv').write_text('input,value\n0,4\n1,5\n')
        for language in ('pt', 'en'):
            (self.root / f'notebooks-md/figures/decay.{language}.svg').write_text('<svg/>')
            self.path(language).write_text(self.page(language))

    def path(self, language):
        return self.root / 'notebooks-md' / language / '01-decay.md'

    def page(self, language):
        tanh, relu = SHOWN[language]
        return PAGE.replace('LANG', language).replace('TANH', tanh).replace('RELU', relu)

    def run_check(self, files=None, write=False, tolerance=0):
        files = [self.path('pt'), self.path('en')] if files is None else files
        return tool.check(files, self.root / 'results', self.root, write, tolerance)

    def edit(self, old, new, languages=('pt', 'en')):
        for language in languages:
            text = self.path(language).read_text()
            self.assertIn(old, text)
            self.path(language).write_text(text.replace(old, new, 1))

    def assert_reports(self, *parts):
        errors, _ = self.run_check()
        self.assertTrue(any(all(part in error for part in parts) for error in errors), (parts, errors))

    def test_correct_pages_pass_and_are_counted(self):
        errors, counts = self.run_check()
        self.assertEqual(errors, [])
        self.assertEqual(counts, {'pages': 2, 'numbers': 6, 'excerpts': 2})

    # tables: one marker, whose template names the keys and the numbers of a row

    TABLE = ('\n<!--| decay[lag=0]\nactivation{relu=ReLU, rectified} | scale | {r %.2f} ± {r_sd %.1s} | - -->\n\n'
             '| | s | r | |\n|---|---|---|---|\n| tanh | 1 | 0.83 ± 0.01 | any |\n| ReLU, rectified | 1.5 | -0.71 ± 0.2 | 7 |\n')

    def add_table(self, old='', new=''):
        for language in ('pt', 'en'):
            table = self.TABLE.replace(old, new, 1) if old else self.TABLE
            if language == 'pt':
                head, rule, rows = table.rpartition('|---|')
                table = head + rule + re.sub(r'(\d)\.(\d)', r'\1,\2', rows)
            self.path(language).write_text(self.page(language) + table)

    def test_correct_table_passes_and_is_counted(self):
        self.add_table()
        errors, counts = self.run_check()
        self.assertEqual(errors, [])
        self.assertEqual(counts['numbers'], 6 + 8)

    def test_wrong_cell_of_a_table_is_reported_with_its_line(self):
        self.add_table('0.83 ±', '0.84 ±')
        self.assert_reports('en/01-decay.md:27: decay.r[', 'the page says 0.84, the run 0.83')

    def test_key_of_no_row_is_reported(self):
        self.add_table('ReLU, rectified | 1.5', 'ReLU, rectified | 1')
        self.assert_reports('decay.r[activation=relu,lag=0,scale=1]: 0 rows match')

    def test_cell_unlike_its_template_is_reported(self):
        self.add_table('0.83 ± 0.01', '0.83')
        self.assert_reports('decay.r[', 'the page says 0.83, the run 0.83')

    def test_row_of_other_length_is_reported(self):
        self.add_table('| tanh | 1 |', '| tanh |')
        self.assert_reports('3 cells in this row, 4 in its template')

    def test_marker_without_a_table_is_reported(self):
        self.add_table('|---|---|---|---|\n', '')
        self.assert_reports('this marker has no table')

    def test_field_that_is_empty_lets_a_cell_say_anything_but_a_number(self):
        table = '\n<!--| decay[lag=5]\nactivation | {r_sd %.1f} -->\n\n| | |\n|---|---|\n| tanh | never |\n'
        for language in ('pt', 'en'):
            self.path(language).write_text(self.page(language) + table)
        self.assertEqual(self.run_check()[0], [])
        self.edit('never', '0')
        self.assert_reports('the page says 0, the field is empty')

    def test_write_fills_a_table(self):
        self.add_table('0.83 ± 0.01', '?')
        self.run_check(write=True)
        self.assertEqual(self.run_check()[0], [])
        self.assertIn('| tanh | 1 | 0,83 ± 0,01 | any |', self.path('pt').read_text())

    def test_tolerance_reaches_into_tables(self):
        self.add_table('0.83 ±', '0.84 ±')
        self.assertNotEqual(self.run_check(tolerance=0.5)[0], [])
        self.assertEqual(self.run_check(tolerance=1)[0], [])

    def test_significant_digits_have_no_exponent(self):
        for value, form, shown in ((1305.2, '%.3s', '1310'), (0.0465, '%.2s', '0.046'), (-9.996, '%.3s', '-10.0'), (0, '%.2s', '0.0')):
            self.assertEqual(tool.formatted(form, value), shown)

    # (a) numbers

    def test_wrong_number_is_reported_with_file_and_line(self):
        self.edit('0.830', '0.831', ['en'])
        self.assert_reports('en/01-decay.md:7: decay.r[', 'the page says 0.831, the run 0.830')

    def test_unfilled_number_is_reported(self):
        self.edit('0.830', '?', ['en'])
        self.assert_reports('the page says ?')

    def test_portuguese_page_needs_its_comma(self):
        self.edit('0,830', '0.830', ['pt'])
        self.assert_reports('pt/01-decay.md:7', 'the run 0,830')

    def test_more_than_one_row_is_reported(self):
        self.edit('[activation=relu]', '[activation=tanh]')
        self.assert_reports('2 rows match')

    def test_no_row_is_reported(self):
        self.edit('[activation=relu]', '[activation=linear]')
        self.assert_reports('0 rows match')

    def test_unknown_column_is_reported(self):
        self.edit('decay.r[activation=relu]', 'decay.slope[activation=relu]')
        self.assert_reports('there is no column slope')

    def test_unknown_filter_is_reported(self):
        self.edit('[activation=relu]', '[activaton=relu]')
        self.assert_reports('there is no column activaton')

    def test_unknown_result_file_is_reported(self):
        self.edit('plain.value', 'plane.value')
        self.assert_reports('no plane.summary.csv')

    def test_empty_field_is_reported(self):
        self.edit('decay.r[activation=relu]', 'decay.r_sd[lag=5]')
        self.assert_reports('the field is empty')

    def test_malformed_query_is_reported(self):
        self.edit('decay.r[activation=relu]', 'decay/r')
        self.assert_reports('the query is not')

    def test_wrong_format_is_reported(self):
        self.edit('%.2f', '%.2q')
        self.assert_reports('unsupported format')

    def test_broken_marker_is_reported(self):
        self.edit('4<!--/-->', '4')
        self.assert_reports(':20: broken marker')

    def test_line_that_begins_with_a_marker_is_reported(self):
        self.edit('| value | <!--=', '<!--=')
        self.assert_reports(':7: a line may not begin with a marker')

    def test_write_fills_in_and_then_passes(self):
        for language in ('pt', 'en'):
            for shown in SHOWN[language]:
                self.edit(f'>{shown}<', '>?<', [language])
        self.run_check(write=True)
        for language in ('pt', 'en'):
            self.assertEqual(self.path(language).read_text(), self.page(language))

    def test_tolerance_is_counted_in_standard_deviations(self):
        self.edit('0,830', '0,835', ['pt'])  # 0.0046 from the run, of which 0.0125 is one deviation
        self.edit('0.830', '0.835', ['en'])
        self.assertEqual(len(self.run_check()[0]), 2)
        self.assertEqual(len(self.run_check(tolerance=0.3)[0]), 2)
        self.assertEqual(self.run_check(tolerance=0.4)[0], [])

    def test_tolerance_does_not_cover_what_has_no_spread(self):
        self.edit('>4<', '>5<')
        self.assertEqual(len(self.run_check(tolerance=100)[0]), 2)

    def test_tolerance_does_not_cover_an_unfilled_number(self):
        self.edit('0,830', '?', ['pt'])
        self.assertEqual(len(self.run_check(tolerance=100)[0]), 1)

    # (b) excerpts

    def test_changed_excerpt_is_reported(self):
        self.edit('    int second;', '    int  second;')
        self.assert_reports(':11: this excerpt is not in lib/a.c')

    def test_excerpt_of_part_of_a_line_is_reported(self):
        self.edit('    int second;', 'int second;')
        self.assert_reports('this excerpt is not in')

    def test_empty_excerpt_is_reported(self):
        self.edit('    int second;\nint third;\n', '')
        self.assert_reports('this excerpt is not in')

    def test_excerpt_of_a_missing_file_is_reported(self):
        self.edit('title=lib/a.c', 'title=lib/b.c')
        self.assert_reports('there is no file lib/b.c')

    def test_open_fence_is_reported(self):
        self.edit("fence\n```", 'fence\n')
        self.assert_reports(':16: this fence is never closed')

    # (c) links

    def test_missing_figure_is_reported(self):
        (self.root / 'notebooks-md/figures/decay.pt.svg').unlink()
        self.assert_reports('pt/01-decay.md:5', 'does not resolve')

    def test_missing_figure_is_reported_where_its_caption_begins(self):
        self.edit('a figure](../figures/decay.pt.svg)', 'a figure,\nwhich is](../figures/gone.pt.svg)', ['pt'])
        self.assert_reports('pt/01-decay.md:5', 'gone.pt.svg does not resolve')

    def test_missing_link_is_reported(self):
        self.edit('../../lib/a.c', '../../lib/c.c')
        self.assert_reports('../../lib/c.c does not resolve')

    def test_figure_in_the_other_language_is_reported(self):
        self.edit('decay.pt.svg', 'decay.en.svg', ['pt'])
        self.assert_reports('is a figure in the other language')

    def test_a_table_made_from_the_glossary_is_compared_and_written(self):
        for language in ('pt', 'en'):
            path = self.path(language)
            for term in tool.glossary.TERMS.values():
                (path.parent / f'{term.get("page", "none")}.md').touch()
            path.write_text(path.read_text() + '\n<!--glossary-->\n\n| term | other |\n|---|---|\n\nEnd.\n')
        self.assert_reports('glossary.toml has: | ')
        self.assertEqual(self.run_check(write=True)[0], [])
        self.assertEqual(self.run_check()[0], [])
        self.edit('gradiente evanescente', 'gradiente', ['en'])
        self.assert_reports('glossary.toml has: | vanishing gradient')
        self.assertTrue(self.path('en').read_text().endswith('|\n\nEnd.\n'))

    # (d) pairs

    def test_missing_page_is_reported(self):
        errors, _ = self.run_check([self.path('pt')])
        self.assertTrue(any('there is no en page' in error for error in errors), errors)

    def test_missing_section_is_reported(self):
        self.edit('## Two', 'Two', ['en'])
        self.assert_reports('sections differ')

    def test_missing_claim_is_reported(self):
        self.edit('C8', 'it', ['en'])
        self.assert_reports('claims differ', "['C7', 'C8'] here, ['C7'] there")

    def test_missing_figure_in_one_language_is_reported(self):
        self.edit('![a figure](../figures/decay.en.svg)', 'a figure', ['en'])
        self.assert_reports('figures differ')

    def test_different_query_is_reported(self):
        self.edit('scale=1.0,', '', ['en'])
        self.assert_reports('numbers differ', 'scale=1.0')

    def test_number_that_only_one_page_shows_is_reported(self):
        self.edit('<!--= plain.value[input=0] %.0f -->4<!--/-->', '4', ['en'])
        self.assert_reports('numbers differ', 'None there')

    # counts

    def test_no_pages_is_an_error(self):
        errors, _ = self.run_check([])
        self.assertIn('nothing to check: no pages', errors)

    def test_no_numbers_is_an_error(self):
        page = self.root / 'notebooks-md/README.md'
        page.write_text('# Nothing\n')
        errors, _ = self.run_check([page])
        self.assertEqual(errors, ['nothing to check: no numbers'])

    def test_page_without_numbers_is_reported(self):
        for language in ('pt', 'en'):
            self.path(language).write_text('# Nothing\n')
        self.assert_reports('this page has no number from a run')

    # the program

    def run_program(self):
        command = [sys.executable, TOOL, '--results', self.root / 'results', '--root', self.root,
                   self.path('pt'), self.path('en')]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_exit_status_and_streams(self):
        done = self.run_program()
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, '2 pages, 6 numbers, 2 excerpts, 0 errors\n')
        self.edit('0.830', '0.1', ['en'])
        done = self.run_program()
        self.assertEqual(done.returncode, 1)
        self.assertIn('en/01-decay.md:7:', done.stderr)


if __name__ == '__main__':
    unittest.main()
