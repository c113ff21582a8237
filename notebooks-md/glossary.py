"""The terms of glossary.toml as the tables of the pages."""
import tomllib
from pathlib import Path

TERMS = tomllib.loads((Path(__file__).parent / 'glossary.toml').read_text(encoding='utf-8'))
TAGS = {'en': 'en', 'pt': 'pt-BR'}
HEADS = {'en': ['term', 'in Portuguese', 'what it is', 'page'], 'pt': ['termo', 'em inglês', 'o que é', 'página']}


def table(language):
    """Lines, in the order of the alphabet."""
    other = {'en': 'pt', 'pt': 'en'}[language]
    rows = [HEADS[language], ['---'] * 4]
    rows += [[term[language], f'<i lang="{TAGS[other]}">{term[other]}</i>', term['means'][language], f'[{int(term["page"][:2])}]({term["page"]}.md)' if 'page' in term else '']
             for term in sorted(TERMS.values(), key=lambda term: term[language].casefold())]
    return ['|' + '|'.join(row) + '|' if row[0] == '---' else '| ' + ' | '.join(row) + ' |' for row in rows]
