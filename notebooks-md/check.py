#!/usr/bin/env python3
"""Checks the notebook pages against the runs, against the sources and against each other.

    check.py [--write] [--tolerance X] --results DIR [--root DIR] FILES...
    check.py --run BUILD [--seconds S] FILES...

A number on a page is a marker, an HTML comment that says where it comes from, then the number:

    <!--= critical.r[activation=tanh,scale=1] %.3f -->0.830<!--/-->

The query names a result file (DIR/critical.summary.csv, the means over seeds; or DIR/critical.csv for an
experiment without seeds), one of its columns, and the row: enough columns and values to leave exactly one.
A table has one marker, a comment of its own above it: the result file and filters that all rows share, then a
template of a row, whose cells may stand on lines of their own:

    <!--| clipping[lag=0]
    scale | clip{norm=by norm; value=by value} |
    {log10_norm %.2f} ± {log10_norm_sd %.2f} | {turn[threshold=1] %.1f} | -->

A cell that is a name is a key: the text in the table says which value of that column the row is of, as it stands
or as the braces translate it; '-' is text of no meaning; the others hold numbers, with filters of their own. Where
all fields of a cell are empty in the file it may say anything but a number, such as "never". %.3s is three
significant digits. A page under pt/ shows a decimal comma. --write fills the numbers in; without it they are
compared, digit by digit, or with --tolerance up to X standard deviations over seeds: a chaotic network turns
another machine's last bits into another trajectory.

The comment <!--claims--> stands above the table of all claims, which is made from claims.toml; <!--glossary--> above that of all terms,
made from glossary.toml.

--run types every command of the pages' sh blocks in an empty folder: see commands.py.

Also checked: excerpts (a fence opened by ```c title=lib/net/backward.c) are verbatim in that file, relative links
and images resolve, and pt/ and en/ pair up. Prints file:line messages and exits 1 if anything is wrong, or if
there was nothing to check.
"""
import argparse
import csv
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import claims  # noqa: E402
import commands  # noqa: E402
import glossary  # noqa: E402

MARKER = re.compile(r'<!--=\s*(?P<query>\S+)\s+(?P<format>%\S+)\s*-->(?P<shown>.*?)<!--/-->')
TABLE = re.compile(r'<!--\|\s*(?P<stem>[\w-]+)(?:\[(?P<filters>[^\]]*)\])?(?P<cells>.*?)-->', re.DOTALL)
KEY = re.compile(r'(?P<column>\w+)(?:\{(?P<words>[^}]*)\})?')
SLOT = re.compile(r'\{(?P<column>\w+)(?:\[(?P<filters>[^\]]*)\])?\s+(?P<format>%[^\s}]+)\}')
QUERY = re.compile(r'(?P<stem>[\w-]+)\.(?P<column>\w+)(?:\[(?P<filters>.*)\])?')
LINK = re.compile(r'(?P<image>!?)\[[^\[\]]*\]\((?P<target>[^)\s]+)\)')
FIGURE = re.compile(r'(?P<stem>[\w-]+)\.(?P<language>pt|en)\.svg')
EXCERPT = re.compile(r'title=(\S+)')
CLAIM = re.compile(r'\bC\d+\b')


def same(field, wanted):
    """1 and 1.0 name the same row."""
    try:
        return float(field) == float(wanted)
    except ValueError:
        return field == wanted


class EmptyField(LookupError):
    """A number that is not applicable."""


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
            raise EmptyField('the field is empty')
        spread = parts['column'] if parts['column'].endswith('_sd') else parts['column'] + '_sd'
        return float(rows[0][parts['column']]), float(rows[0].get(spread) or 0)


def split_row(line):
    """The cells of a table's row; a brace or a bracket may hold a bar."""
    return [cell.strip() for cell in re.split(r'(?<!\\)\|', line.strip().strip('|'))]


def formatted(form, value):
    """As printf would; %.3s is three significant digits, never with an exponent."""
    digits = re.fullmatch(r'%\.(\d+)s', form)
    if not digits:
        return form % value
    places = int(digits[1]) - 1 - int(f'{value:.{int(digits[1]) - 1}e}'.partition('e')[2])
    return f'{round(value, places):.{max(places, 0)}f}'


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
        text = '\n'.join(self.lines)
        for table in TABLE.finditer(text):
            self.check_table(table, text[:table.end()].count('\n') + 1, results, write, tolerance)
        if '<!--claims-->' in self.lines:
            self.check_claims(self.lines.index('<!--claims-->') + 1, results, write, tolerance)
        if '<!--glossary-->' in self.lines:
            self.check_made('glossary.toml', self.lines.index('<!--glossary-->') + 2, glossary.table(self.language), write)

    def check_claims(self, at, results, write, tolerance):
        """The table of claims.toml, with the numbers of the run, from line `at` on."""
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        wanted = claims.head(self.language)
        for name in claims.CLAIMS:
            cells = claims.cells(name, self.language)
            shown = split_row(self.lines[at + len(wanted)]) if at + len(wanted) < len(self.lines) else []
            cells[3] = self.check_number_of_claim(at + len(wanted) + 1, cells[3], shown[3] if len(shown) == 5 else '', results,
                                                  None if write else tolerance)
            wanted.append('| ' + ' | '.join(cell.replace('|', '\\|') for cell in cells) + ' |')
        self.check_made('claims.toml', at, wanted, write)

    def check_made(self, source, at, wanted, write):
        """A table made from another file, from line `at` on."""
        end = next((i for i in range(at, len(self.lines)) if not self.lines[i].startswith('|')), len(self.lines))
        if write:
            self.lines[at:end] = wanted
        elif self.lines[at:end] != wanted:
            i = next((i for i, (line, other) in enumerate(zip(self.lines[at:end], wanted)) if line != other), min(end - at, len(wanted) - 1))
            self.fail(at + i + 1, f'{source} has: {wanted[i]}')

    def check_number_of_claim(self, number, form, shown, results, tolerance):
        """The words of a claim's number with those of the run, or those shown where they are near enough."""
        slots = list(claims.SLOT.finditer(form))
        pattern = '(.*?)'.join(re.escape(text.replace('|', '\\|')) for text in claims.SLOT.sub('\0', form).split('\0'))
        found, texts = re.fullmatch(pattern, shown), []
        for i, slot in enumerate(slots):
            self.queries.append((slot[1], slot[2]))
            try:
                value, spread = results.value(slot[1])
                text = self.spell(formatted(slot[2], value))
            except (LookupError, ValueError, TypeError) as error:
                self.fail(number, f'{slot[1]}: {error}')
                text = '?'
            if found and tolerance is not None and text != '?' and self.near(found[i + 1], value, tolerance * spread):
                text = found[i + 1]
            texts.append(text)
        return claims.SLOT.sub(lambda _, left=iter(texts): next(left), form)

    def check_table(self, marker, at, results, write, tolerance):
        """The rows of the table below a marker; `at` is the index of the line after it."""
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        forms, rows = split_row(marker['cells']), at + 2  # below the header and its rule
        if rows >= len(self.lines) or not re.fullmatch(r'\|[-:|]+\|', self.lines[at + 1]) or not self.lines[rows].startswith('|'):
            return self.fail(at + 1, 'this marker has no table with a row below it')
        for at in range(rows, len(self.lines)):
            if not self.lines[at].startswith('|'):
                break
            cells = split_row(self.lines[at])
            if len(cells) != len(forms):
                self.fail(at + 1, f'{len(cells)} cells in this row, {len(forms)} in its template')
                continue
            keys = [marker['filters']] if marker['filters'] else []
            keys += [self.key(form, cell) for form, cell in zip(forms, cells) if KEY.fullmatch(form)]
            cells = [self.check_cell(at + 1, marker['stem'], keys, form, cell, results, None if write else tolerance)
                     for form, cell in zip(forms, cells)]
            if write:
                self.lines[at] = '| ' + ' | '.join(cells) + ' |'

    def key(self, form, cell):
        """The filter a key's cell stands for."""
        key = KEY.fullmatch(form)
        words = [word.partition('=') for word in re.split(r';\s*', key['words'] or '') if word]
        values = {shown: value for value, _, shown in words}
        return key['column'] + '=' + values.get(cell, cell.replace(',', '.') if self.language == 'pt' else cell)

    def check_cell(self, number, stem, keys, form, cell, results, tolerance):
        """The cell as the run has it; compared with what it is, unless tolerance is None."""
        numbers, shown = [], re.fullmatch('(.*?)'.join(re.escape(text) for text in SLOT.sub('\0', form).split('\0')), cell)
        for slot in SLOT.finditer(form):
            query = f'{stem}.{slot["column"]}[{",".join(sorted(keys + (slot["filters"] or "").split(",")))}]'.replace('[,', '[')
            self.queries.append((query, slot['format']))
            try:
                numbers.append((slot['format'], query, *results.value(query)))
            except EmptyField:
                numbers.append(('', query, None, 0))
            except (LookupError, ValueError, TypeError) as error:
                self.fail(number, f'{query}: {error}')
                return cell
        texts = [self.spell(formatted(form, value)) if form else '' for form, _, value, _ in numbers]
        if not any(texts):
            if numbers and re.search(r'\d', cell):
                self.fail(number, f'{numbers[0][1]}: the page says {cell}, the field is empty')
            return cell
        filled = SLOT.sub(lambda _, left=iter(texts): next(left), form)
        if tolerance is None or cell == filled:
            return filled
        for text, expected, (_, query, value, spread) in zip(shown.groups() if shown else texts, texts, numbers):
            if not shown or text != expected and not (expected and self.near(text, value, tolerance * spread)):
                self.fail(number, f'{query}: the page says {text if shown else cell}, the run {expected}')
        return cell

    def spell(self, text):
        return text.replace('.', ',') if self.language == 'pt' else text

    def check_number(self, number, marker, results, write, tolerance):
        try:
            value, spread = results.value(marker['query'])
            expected = formatted(marker['format'], value)
        except (LookupError, ValueError, TypeError) as error:
            return self.fail(number, f'{marker["query"]}: {error}')
        expected = self.spell(expected)
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
        text = '\n'.join(line for _, line in self.prose)  # a caption may run over several lines
        for link in LINK.finditer(text):
            number = self.prose[text.count('\n', 0, link.start())][0]
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
    parser.add_argument('--run', type=Path, metavar='BUILD', help='type the commands; the build folder')
    parser.add_argument('--seconds', type=float, default=20, metavar='S', help='with --run: how long one command may take')
    parser.add_argument('--results', type=Path, metavar='DIR', help='where the result files are')
    parser.add_argument('--root', type=Path, metavar='DIR', default=Path(__file__).resolve().parents[1],
                        help='what the titles of excerpts are relative to (default: this repository)')
    parser.add_argument('files', nargs='*', metavar='FILES')
    arguments = parser.parse_args()
    if not arguments.results and not arguments.run:
        parser.error('what is wanted: --results or --run?')
    if arguments.run:
        errors, count = commands.run(arguments.files, arguments.root, arguments.run.resolve(), arguments.seconds)
        counts = {'commands': count}
        errors += [] if count else ['nothing to run']
    else:
        errors, counts = check(arguments.files, arguments.results, arguments.root, arguments.write,
                               arguments.tolerance)
    for error in errors:
        print(error, file=sys.stderr)
    print(', '.join(f'{count} {what}' for what, count in counts.items()) + f', {len(errors)} errors')
    return 1 if errors else 0


if __name__ == '__main__':
    sys.exit(main())
