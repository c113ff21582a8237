"""Whether every ruler, /* ---- what follows ---- */, stands on one line of at most 110 columns. A formatter breaks them.

    rulers.py FOLDER...
"""
import pathlib
import re
import sys

COLUMNS = 110
BROKEN = re.compile(r'/\* -{3,}(?!.*\S -{3,} \*/$)| \* .*-{5,}')


def main(*folders):
    files = [path for folder in folders for path in sorted(pathlib.Path(folder).rglob('*.[ch]'))]
    wrong, rulers = [], 0
    for path in files:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            rulers += line.startswith('/* ----')
            if BROKEN.match(line) or line.startswith('/* ----') and len(line) > COLUMNS:
                wrong.append(f'{path}:{number}: {line}')
    print('\n'.join(wrong) or f'{rulers} rulers in {len(files)} files')
    return 1 if wrong or not rulers else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
