"""The claims of claims.toml as tables: for a page, with the numbers of a run, and for build/claims.md, with the verdicts alone.

    claims.py OUT          writes the verdicts in English, to stand above the checks in build/claims.md"""
import re
import sys
import tomllib
from pathlib import Path

CLAIMS = tomllib.loads((Path(__file__).parent / 'claims.toml').read_text(encoding='utf-8'))
VERDICTS = {'holds': {'en': 'holds', 'pt': 'vale'}, 'limits': {'en': 'holds with limits', 'pt': 'vale com limites'},
            'not': {'en': 'does not hold as stated', 'pt': 'não vale como dita'}}
HEADS = {'en': ['', 'what the article says', 'verdict', 'a number', 'page'],
         'pt': ['', 'o que o artigo diz', 'veredito', 'um número', 'página']}
SLOT = re.compile(r'\{([\w-]+\.\w+\[[^\]]*\]) (%[^\s}]+)\}')


def head(language):
    names = HEADS[language]
    return ['| ' + ' | '.join(names) + ' |', '|' + '---|' * len(names)]


def cells(name, language):
    """The cells of a claim's row, the number still a template."""
    claim = CLAIMS[name]
    return [name, claim[language], VERDICTS[claim['verdict']][language], claim['number'][language],
            f'[{int(claim["page"][:2])}]({claim["page"]}.md)']


if __name__ == '__main__':
    rows = [f'| {name} | {claim["en"]} | {VERDICTS[claim["verdict"]]["en"]} | {claim["experiment"]} | {claim["page"]} |'
            for name, claim in CLAIMS.items()]
    Path(sys.argv[1]).write_text('\n'.join(
        ['# Verdicts', '', '| claim | what the article says | verdict | experiments | page |', '|---|---|---|---|---|', *rows, '',
         '# Checks', '', '']), encoding='utf-8')
