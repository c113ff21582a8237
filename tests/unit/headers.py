"""Whether every public header is short, and compiles alone and twice without a warning.

    headers.py LANGUAGE FOLDER COMPILER...      LANGUAGE as the compiler's -x has it; without COMPILER the test is skipped
"""
import pathlib
import subprocess
import sys

LINES = 250
STANDARD = {'c': '-std=c11', 'c++': '-std=c++11'}


def faults(language, folder, compiler):
    headers = sorted(folder.glob('*.h'))
    if 'rnn.h' not in [header.name for header in headers]:
        yield f'{folder}: there is no rnn.h'
    for header in headers:
        lines = len(header.read_text().splitlines())
        if lines >= LINES:
            yield f'{header}: {lines} lines, must be below {LINES}'
        result = subprocess.run(
            [*compiler, '-x', language, STANDARD[language], '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only',
             '-I', str(folder), '-'], input=2 * f'#include "{header.name}"\n', capture_output=True, text=True)
        if result.returncode:
            yield f'{header}: does not compile alone\n{result.stderr}'


def main(language, folder, *compiler):
    if not compiler:
        print('skipped: no compiler of this language was found')
        return 77
    wrong = list(faults(language, pathlib.Path(folder), compiler))
    print('\n'.join(wrong) or f'{folder}: every header compiles alone')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
