"""notebooks-md/claims.toml holds all claims in the article's order, and what says so elsewhere agrees with it."""
import importlib.util
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location('claims', ROOT / 'notebooks-md' / 'claims.py')
claims = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(claims)


class ClaimsTest(unittest.TestCase):
    def test_there_are_all_twenty_one(self):
        self.assertEqual(sorted(claims.CLAIMS, key=lambda name: int(name[1:])), [f'C{i}' for i in range(1, 22)])

    def test_every_claim_has_a_sentence_a_verdict_a_number_and_a_page_in_both_languages(self):
        for name, claim in claims.CLAIMS.items():
            with self.subTest(claim=name):
                self.assertIn(claim['verdict'], claims.VERDICTS)
                for language in ('pt', 'en'):
                    self.assertTrue(claim[language])
                    self.assertTrue((ROOT / 'notebooks-md' / language / (claim['page'] + '.md')).exists())
                numbers = [claims.SLOT.findall(claim['number'][language]) for language in ('pt', 'en')]
                self.assertEqual(numbers[0], numbers[1])
                self.assertTrue(numbers[0])

    def test_the_pages_say_the_same_verdict(self):
        for language in ('pt', 'en'):
            verdicts = {words[language]: verdict for verdict, words in claims.VERDICTS.items()}
            said = '|'.join(sorted(verdicts, key=len, reverse=True))
            given = set()
            for path in sorted((ROOT / 'notebooks-md' / language).glob('*.md')):
                for name, words in re.findall(rf'\*\*(C\d+) ({said})\b(?! here| aqui)', path.read_text(encoding='utf-8')):
                    given.add((name, path.stem))
                    with self.subTest(page=f'{language}/{path.stem}', claim=name):
                        self.assertEqual(verdicts[words], claims.CLAIMS[name]['verdict'])
            for name, claim in claims.CLAIMS.items():
                with self.subTest(language=language, claim=name):
                    self.assertIn((name, claim['page']), given)

    def test_every_experiment_named_is_one_and_the_readme_names_the_same_claims(self):
        rows = dict(re.findall(r'^\| `(\w+)` \|[^|]*\|([^|]*)\|', (ROOT / 'README.md').read_text(encoding='utf-8'), re.M))
        wanted = {name: [] for name in rows}
        for name, claim in claims.CLAIMS.items():
            for experiment in claim['experiment'].split(', '):
                with self.subTest(claim=name):
                    self.assertTrue((ROOT / 'experiments' / (experiment + '.c')).exists())
                    wanted[experiment].append(int(name[1:]))
        for experiment, listed in rows.items():
            with self.subTest(experiment=experiment):
                self.assertEqual(listed.strip(), ', '.join(f'C{number}' for number in sorted(wanted[experiment])))


if __name__ == '__main__':
    unittest.main()
