#!/usr/bin/env python3
"""Checks the notebook pages against the runs, against the sources and against each other.

    check.py [--write] [--tolerance X] --results DIR [--root DIR] FILES...

A number on a page is a marker, an HTML comment that says where it comes from, then the number:

    <!--= critical.r[activation=tanh,scale=1] %.3f -->0.830<!--/-->

The query names a result file (DIR/critical.summary.csv, the means over seeds; or DIR/critical.csv for an
experiment without seeds), one of its columns, and the row: enough columns and values to leave exactly one.
A page under pt/ shows a decimal comma. --write fills the numbers in; without it they are compared, digit by digit,
or with --tolerance up to X standard deviations over seeds: a chaotic network turns another machine's last bits
into another trajectory.

Also checked: excerpts (a fence opened by ```c title=lib/net/backward.c) are verbatim in that file, relative links
and images resolve, and pt/ and en/ pair up. Prints file:line messages and exits 1 if anything is wrong, or if
there was nothing to check.
"""
import argparse
import csv
import re
import sys
from pathlib import Path

MARKER = re.compile(r'<!--=\s*(?P<query>\S+)\s+(?P<format>%\S+)\s*-->(?P<shown>.*?)<!--/-->')
QUERY = re.compile(r'(?P<stem>[\w-]+)\.(?P<column>\w+)(?:\[(?P<filters>.*)\])?')
LINK = re.compile(r'(?P<image>!?)\[[^\]]*\]\((?P<target>[^)\s]+)\)')
FIGURE = re.compile(r'(?P<stem>[\w-]+)\.(?P<language>pt|en)\.svg')
EXCERPT = re.compile(r'title=(\S+)')
CLAIM = re.compile(r'\bC\d+\b')


def same(field, wanted):
    """1 and 1.0 name the same row."""
    try:
        return float(field) == float(wanted)
    except ValueError:
        return field == wanted


class Results:
    """The result files of one folder, each read once."""

    def __init__(self, folder):
        self.folder, self.tables = Path(folder), {}

    def rows(self, stem):
        if stem not in self.tables:
            paths = [self.folder / (stem + ending) for ending in ('.summary.csv', '.csv')]
            path = next((path for path in paths if path.exists()), None)
            if path is None:
                raise LookupError(f'no {paths[0].name} and no {paths[1].name} in {self.folder}')
            with path.open(newline='', encoding='utf-8') as file:
                self.tables[stem] = list(csv.DictReader(file))
        return self.tables[stem]

    def value(self, query):
        """The number a query names, and its standard deviation over seeds: 0 where there is none."""
        parts = QUERY.fullmatch(query)
        if not parts:
            raise LookupError('the query is not file.column[column=value,...]')
        rows = self.rows(parts['stem'])
        filters = [item.partition('=') for item in parts['filters'].split(',')] if parts['filters'] else []
        for name in [name for name, _, _ in filters] + [parts['column']]:
            if not rows or name not in rows[0]:
                raise LookupError(f'there is no column {name}')
        rows = [row for row in rows if all(same(row[name], wanted) for name, _, wanted in filters)]
        if len(rows) != 1:
            raise LookupError(f'{len(rows)} rows match, not one')
        if not rows[0][parts['column']]:
            raise LookupError('the field is empty')
        spread = parts['column'] if parts['column'].endswith('_sd') else parts['column'] + '_sd'
        return float(rows[0][parts['column']]), float(rows[0].get(spread) or 0)


class Page:
    """One page: what it says, line by line, with code taken apart from prose."""

    def __init__(self, path, root):
        self.path, self.root = Path(path), Path(root)
        self.language = self.path.parent.name if self.path.parent.name in ('pt', 'en') else None
        self.lines = self.path.read_text(encoding='utf-8').split('\n')
        self.errors, self.queries, self.figures, self.excerpts = [], [], [], []
        self.prose = self.split_code()
        self.sections = [number for number, line in self.prose if line.startswith('## ')]
        self.claims = sorted({claim for _, line in self.prose for claim in CLAIM.findall(line)})

    def fail(self, number, message):
        self.errors.append(f'{self.path}:{number}: {message}')

    def split_code(self):
        """Numbered lines outside fences, code spans blanked; fences with a title go to self.excerpts."""
        prose, fence = [], None
        for number, line in enumerate(self.lines, 1):
            if line.startswith('```'):
                if fence is None:
                    title = EXCERPT.search(line)
                    fence = (number, title and title[1], [])
                else:
                    self.excerpts += [fence] if fence[1] else []
                    fence = None
            elif fence is not None:
                fence[2].append(line)
            else:
                prose.append((number, re.sub(r'`[^`]*`', lambda span: ' ' * len(span[0]), line)))
        if fence is not None:
            self.fail(fence[0], 'this fence is never closed')
        return prose

    def check_numbers(self, results, write, tolerance):
        for number, line in self.prose:
            markers = list(MARKER.finditer(line))
            if len(markers) != line.count('<!--='):
                self.fail(number, 'broken marker: <!--= file.column[...] %.3f -->text<!--/--> on one line')
            if line.lstrip().startswith('<!--='):
                self.fail(number, 'a line may not begin with a marker: Markdown would read it all as HTML')
            for marker in reversed(markers):  # from the right, so that filling in moves nothing still to come
                self.check_number(number, marker, results, write, tolerance)
            self.queries += [(marker['query'], marker['format']) for marker in markers]

    def check_number(self, number, marker, results, write, tolerance):
        try:
            value, spread = results.value(marker['query'])
            expected = marker['format'] % value
        except (LookupError, ValueError, TypeError) as error:
            return self.fail(number, f'{marker["query"]}: {error}')
        if self.language == 'pt':
            expected = expected.replace('.', ',')
        if write:
            line, (first, last) = self.lines[number - 1], marker.span('shown')
            self.lines[number - 1] = line[:first] + expected + line[last:]
        elif marker['shown'] != expected and not self.near(marker['shown'], value, tolerance * spread):
            self.fail(number, f'{marker["query"]}: the page says {marker["shown"]}, the run {expected}')

    def near(self, shown, value, distance):
        try:
            return abs(float(shown.replace(',', '.') if self.language == 'pt' else shown) - value) < distance
        except ValueError:
            return False

    def check_excerpts(self):
        for number, title, lines in self.excerpts:
            source, block = self.root / title, '\n'.join(lines)
            if not source.is_file():
                self.fail(number, f'there is no file {title}')
            elif not block.strip() or f'\n{block}\n' not in f'\n{source.read_text(encoding="utf-8")}\n':
                self.fail(number, f'this excerpt is not in {title}')

    def check_links(self):
        for number, line in self.prose:
            for link in LINK.finditer(line):
                target = link['target'].partition('#')[0]
                if not target or ':' in target:
                    continue
                if not (self.path.parent / target).exists():
                    self.fail(number, f'{target} does not resolve')
                figure = FIGURE.fullmatch(Path(target).name)
                if link['image'] and figure:
                    self.figures.append(figure['stem'])
                    if self.language and figure['language'] != self.language:
                        self.fail(number, f'{target} is a figure in the other language')


def check_pair(pt, en):
    for what, of in (('sections', lambda page: len(page.sections)), ('claims', lambda page: page.claims),
                     ('figures', lambda page: page.figures), ('numbers', lambda page: page.queries)):
        left, right = of(pt), of(en)
        if left != right:
            if what == 'numbers':  # a long list: name the first that differs
                pairs = list(zip(left + [None], right + [None]))
                left, right = next(pair for pair in pairs if pair[0] != pair[1])
            pt.fail(1, f'{what} differ from {en.path}: {left} here, {right} there')


def check(files, results, root, write=False, tolerance=0):
    """The messages, and how many pages, numbers and excerpts were looked at."""
    pages = [Page(path, root) for path in files]
    results, errors = Results(results), []
    for page in pages:
        page.check_numbers(results, write, tolerance)
        page.check_excerpts()
        page.check_links()
        if page.language and not page.queries:
            page.fail(1, 'this page has no number from a run')
        if write:
            page.path.write_text('\n'.join(page.lines), encoding='utf-8')
    languages = {language: {page.path.name: page for page in pages if page.language == language}
                 for language in ('pt', 'en')}
    for name in sorted(set(languages['pt']) | set(languages['en'])):
        pt, en = languages['pt'].get(name), languages['en'].get(name)
        if pt and en:
            check_pair(pt, en)
        else:
            (pt or en).fail(1, f'there is no {"en" if pt else "pt"} page of this name among the files')
    counts = {'pages': len(pages), 'numbers': sum(len(page.queries) for page in pages),
              'excerpts': sum(len(page.excerpts) for page in pages)}
    errors += [f'nothing to check: no {what}' for what in ('pages', 'numbers') if not counts[what]]
    return errors + [error for page in pages for error in page.errors], counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--write', action='store_true', help='fill the numbers in')
    parser.add_argument('--tolerance', type=float, default=0, metavar='X',
                        help='standard deviations over seeds a number may be off (default: 0)')
    parser.add_argument('--results', required=True, type=Path, metavar='DIR', help='where the result files are')
    parser.add_argument('--root', type=Path, metavar='DIR', default=Path(__file__).resolve().parents[1],
                        help='what the titles of excerpts are relative to (default: this repository)')
    parser.add_argument('files', nargs='*', metavar='FILES')
    arguments = parser.parse_args()
    errors, counts = check(arguments.files, arguments.results, arguments.root, arguments.write,
                           arguments.tolerance)
    for error in errors:
        print(error, file=sys.stderr)
    print(', '.join(f'{count} {what}' for what, count in counts.items()) + f', {len(errors)} errors')
    return 1 if errors else 0


if __name__ == '__main__':
    sys.exit(main())
