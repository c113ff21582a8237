"""What a page of the notebooks looks like: short enough for ten minutes, plain enough for an editor, and of one structure."""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / 'notebooks-md'
sys.path.insert(0, str(NOTEBOOKS))
import check  # noqa: E402
import glossary  # noqa: E402

WORDS, CELLS, LINE, ROW = 900, 60, 200, 160
SECTIONS = {
    'en': ['Question', 'Theory', 'What we vary', 'Run it', 'What comes out', 'Where in the code', 'Limits', 'Try it yourself', 'In short'],
    'pt': ['Pergunta', 'Teoria', 'O que variamos', 'Execute', 'O que sai', 'Onde no código', 'Limites', 'Experimente', 'Em resumo']}
FOLDED = re.compile(r'<details>.*?</details>', re.S)
FENCE = re.compile(r'^```.*?^```$', re.M | re.S)
COMMENT = re.compile(r'<!--.*?-->', re.S)
UNIT = re.compile(r'\$\$.*?\$\$|\$[^$]+\$|`[^`]*`', re.S)  # a formula or a code span is one word
CLAIM = re.compile(r'\bC\d+\b')


def read_order():
    """[(stem, claims)] of the reading order in README.md."""
    text = (NOTEBOOKS / 'README.md').read_text(encoding='utf-8')
    return [(stem, set(CLAIM.findall(line))) for line in text.splitlines() for stem in re.findall(r'\]\(pt/([\w-]+)\.md\)', line)]


def pages(appendices=True):
    """(language, stem, claims, text) of every page, in reading order."""
    for stem, claims in read_order():
        for language in SECTIONS:
            if appendices or stem[0].isdigit():
                yield language, stem, claims, (NOTEBOOKS / language / f'{stem}.md').read_text(encoding='utf-8')


def prose(text):
    """What is read: no code, no comment, no table, nothing folded away."""
    text = COMMENT.sub('', FENCE.sub('', FOLDED.sub('', text)))
    return '\n'.join(line for line in text.splitlines() if not line.startswith('|'))


def words(text):
    return len(re.findall(r'[\w×±]+(?:[-.,/’\'][\w]+)*', re.sub(r'\]\([^)]*\)', ']', UNIT.sub(' x ', prose(text)))))


def cells(text):
    """Those of the rows below a table's head."""
    lines = FOLDED.sub('', text).splitlines()
    return sum(len(check.split_row(line)) for i, line in enumerate(lines) if line.startswith('|') and not re.match(r'\|[-:|]+\|$', line)
               and not (i + 1 < len(lines) and re.match(r'\|[-:|]+\|$', lines[i + 1])))


def section(text, title):
    found = re.search(rf'^## {re.escape(title)}\n(.*?)(?=^## |\Z)', text, re.M | re.S)
    return found[1].strip() if found else ''


class PagesTest(unittest.TestCase):
    def hold(self, fault, appendices=True):
        """fault(language, stem, claims, text) says what is wrong with a page, or nothing."""
        seen = 0
        for language, stem, claims, text in pages(appendices):
            seen += 1
            with self.subTest(page=f'{language}/{stem}'):
                message = fault(language, stem, claims, text)
                if message:
                    self.fail(message)
        self.assertGreaterEqual(seen, 2 * 19)

    def test_a_page_has_at_most_900_words(self):
        self.hold(lambda language, stem, claims, text: words(text) > WORDS and f'{words(text)} words', appendices=False)

    def test_a_page_has_at_most_60_cells_but_for_the_table_of_all_claims(self):
        self.hold(lambda language, stem, claims, text:
                  '<!--claims-->' not in text and cells(text) > CELLS and f'{cells(text)} cells', appendices=False)

    def test_no_line_is_long(self):
        def fault(language, stem, claims, text):
            return '; '.join(f'line {number}: {len(line)} characters' for number, line in enumerate(text.splitlines(), 1)
                             if len(line) > (ROW if line.startswith('|') else LINE))
        self.hold(fault)
        self.assertEqual(fault('', '', '', (NOTEBOOKS / 'README.md').read_text(encoding='utf-8')), '')

    def test_the_sections_are_those_of_every_page(self):
        def fault(language, stem, claims, text):
            return re.findall(r'^## (.*)$', text, re.M) != SECTIONS[language] and stem != '00-argument' and 'other sections'
        self.hold(fault, appendices=False)

    def test_the_question_says_which_sentences_of_the_article_it_tests(self):
        def fault(language, stem, claims, text):
            missing = claims - set(CLAIM.findall(section(text, SECTIONS[language][0])))
            return missing and f'the question does not name {sorted(missing)}'
        self.hold(fault)

    def test_a_page_ends_with_three_lines_in_short(self):
        def fault(language, stem, claims, text):
            lines = section(text, SECTIONS[language][-1]).splitlines()
            last = text.rfind('\n## ') == text.rfind(f'\n## {SECTIONS[language][-1]}\n')
            return not (last and len(lines) == 3 and all(line.startswith('- ') for line in lines)) and 'no three lines at its end'
        self.hold(fault)

    def test_every_exercise_has_an_answer_folded_away(self):
        def fault(language, stem, claims, text):
            exercises = re.findall(r'^\d+\. ', section(text, SECTIONS[language][-2]), re.M)
            answers = FOLDED.findall(section(text, SECTIONS[language][-2]))
            bare = [answer for answer in answers if not re.search(r'\d', COMMENT.sub('', answer))]
            if stem == '00-argument':
                return None
            return (not exercises or len(answers) != len(exercises) or bare) and f'{len(exercises)} exercises, {len(answers)} answers'
        self.hold(fault, appendices=False)

    def test_a_number_in_an_answer_is_a_marker_or_a_setting_or_arithmetic_shown(self):
        def fault(language, stem, claims, text):
            varied, left = given(section(text, SECTIONS[language][2])), []
            for exercise in re.split(r'^(?=\d+\. )', section(text, SECTIONS[language][-2]), flags=re.M):
                question, _, answer = exercise.partition('<details>')
                left += sorted(typed(answer, language) - varied - given(question) - shown(answer))
            return left and f'typed: {left}'
        self.hold(fault, appendices=False)

    def test_a_number_of_what_comes_out_is_a_marker_or_a_setting_or_arithmetic_shown(self):
        def fault(language, stem, claims, text):
            theory, varied, run, results = (section(text, title) for title in SECTIONS[language][1:5])
            tables = ' '.join(line for line in results.splitlines() if line.startswith('|'))
            left = typed(prose(check.MARKER.sub('', results)), language) - given(' '.join((theory, varied, run, tables))) - shown(results)
            return left and f'typed: {sorted(left)}'
        self.hold(fault, appendices=False)


def given(text):
    """The numbers of a text with its formulas and code: its commas may stand between numbers or in one."""
    return {float(number) for form in (text, re.sub(r'(?<=\d)(?:,|\{,\})(?=\d)', '.', text))
            for number in re.findall(r'\d+(?:\.\d+)?(?:e-?\d+)?', form)}


def shown(text):
    """The numbers of a text's formulas and code, and of the queries of its markers."""
    return given(' '.join(UNIT.findall(text) + [marker['query'] for marker in check.MARKER.finditer(text)]))


def typed(text, language):
    """The numbers said in words' stead: in no marker, formula, code, link or year."""
    text = re.sub(r'\[[^\]]*\]\([^)]*\)|\b(?:19|20)\d\d\b|\bC\d+', ' ', UNIT.sub(' ', check.MARKER.sub(' ', text)))
    numbers = re.findall(r'\d+(?:[.,]\d+)?', text)
    return {float(number.replace(',', '.') if language == 'pt' else number.replace(',', '')) for number in numbers}


def spoken(text):
    """All that is said in a page's own language: no code, formula, comment or address, and nothing in italics, which is another's."""
    text = UNIT.sub(' x ', COMMENT.sub('', FENCE.sub('', text)))
    return re.sub(r'(?<!\*)\*(?!\*)[^*]+\*(?!\*)|<i .*?</i>|\]\([^)]*\)', ' ', text)


def of(term):
    """A pattern for a term, whose words may be plural."""
    return re.compile(r'\b' + r'\s+'.join(re.escape(word) + 's?' for word in term.split()) + r'\b', re.I)


def paragraphs(text):
    """What introduces a term: neither a heading, nor a table, nor the words of a figure or a link."""
    return re.sub(r'^#.*|!?\[[^\]]*\]\([^)]*\)', '', UNIT.sub(' x ', prose(text)), flags=re.M).replace('\n', ' ')


def introduced(text, term, counterpart):
    """Whether the first use of a term is bold, or beside its counterpart; None if it is not used."""
    text = paragraphs(text)
    found = of(term).search(text)
    if not found:
        return None
    around = text[max(0, found.start() - 80):found.start()] + ' ' + text[found.end():found.end() + 80]
    return any(bold.start() < found.start() and found.end() < bold.end() for bold in re.finditer(r'\*\*[^*]+\*\*', text)) or \
        bool(of(counterpart).search(around))


class GlossaryTest(unittest.TestCase):
    def test_no_page_uses_a_rejected_word(self):
        for language, stem, _, text in pages():
            rejected = [word for term in glossary.TERMS.values() for word in term['not_' + language]]
            self.assertGreater(len(rejected), 20)
            found = [match[0] for match in re.finditer(r'(?<![\w-])(?:' + '|'.join(rejected) + r')(?![\w-])', spoken(text), re.I)]
            with self.subTest(page=f'{language}/{stem}'):
                self.assertEqual(found, [])

    def test_a_term_is_explained_on_its_page_and_introduced_where_it_is_first_used(self):
        every = list(pages())
        for name, term in glossary.TERMS.items():
            for language, other in (('pt', 'en'), ('en', 'pt')):
                if 'page' not in term:
                    continue
                with self.subTest(term=name, language=language):
                    own = [text for lang, stem, _, text in every if (lang, stem) == (language, term['page'])]
                    bold = [bold for text in own for bold in re.findall(r'\*\*[^*]+\*\*', prose(text))]
                    self.assertTrue(own)
                    self.assertTrue(any(of(term[language]).search(text) for text in bold), f'not explained on {term["page"]}')
                    for stem, text in [(stem, text) for lang, stem, _, text in every if lang == language]:
                        good = introduced(text, term[language], term[other])
                        if good is not None:
                            self.assertTrue(good, f'used on {stem} without a word')
                            break


class CountsTest(unittest.TestCase):
    TEXT = ('# A title\n\nTwo words, $a + b$ and `code here`.\n\n<!--| x\na | {b %.1f} -->\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4\\|5 |\n\n'
            '```sh\nnot counted\n```\n\n<details>\nnot this\n\n| a |\n|---|\n| 1 |\n\n</details>\n\nWell-known [link words](far/away.md).\n')

    def test_words_are_those_one_reads(self):
        self.assertEqual(words(self.TEXT), 2 + 5 + 3)

    def test_cells_are_those_below_the_head(self):
        self.assertEqual(cells(self.TEXT), 4)

    def test_a_term_is_introduced_in_bold_or_beside_its_counterpart(self):
        self.assertIsNone(introduced('# A lag\n\nNone.\n', 'lag', 'defasagem'))
        self.assertFalse(introduced('# One\n\nA lag.\n', 'lag', 'defasagem'))
        self.assertFalse(introduced('Two lags.\n', 'lag', 'defasagem'))
        self.assertTrue(introduced('The **two\nlags** and lags.\n', 'lag', 'defasagem'))
        self.assertTrue(introduced('Lag (*defasagem*) and lag.\n', 'lag', 'defasagem'))
        self.assertFalse(introduced('A **lie**, a lag and a **bolt**.\n', 'lag', 'defasagem'))

    def test_what_is_in_italics_or_code_is_of_another_language(self):
        self.assertEqual(spoken('o *vanishing* `lag` $k$ **e**').split(), ['o', 'x', 'x', '**e**'])

    def test_a_section_ends_where_the_next_begins(self):
        self.assertEqual(section('# A\n\n## B\n\nx\n\n## C\n\ny\n', 'B'), 'x')


if __name__ == '__main__':
    unittest.main()
