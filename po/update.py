#!/usr/bin/env python3
"""Brings the texts of the program into pt.po, where the new ones wait for their translation.

    po/update.py BUILD [--check]      (meson compile -C build translation)

The texts are those of calls that translate (sweep_tr and its kin), what the library says of a spec or a training, what
SQLite says, and the tables of the experiments and of the harness, which the programs in BUILD print themselves
(--help=json). --check writes nothing, and fails if a text has no translation.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CALLS = ['sweep_tr', 'sweep_refuse:2', 'sweep_say:2', 'sweep_invalid:3']
SQLITE = ['database is locked', 'database disk image is malformed', 'database or disk is full', 'file is not a database',
          'attempt to write a readonly database']  # those that may come
WORDLESS = re.compile(r'msgid "(%[.\d]*s|--[a-z]+|[^a-z])*"')


def escaped(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def of_tables(build):
    """(where, text) of what stands in a table of a program."""
    for path in sorted((ROOT / 'experiments').glob('*.c')):
        data = json.loads(subprocess.run([build / 'experiments' / path.stem, '--help=json'], check=True, text=True,
                                         capture_output=True, env={'LC_ALL': 'C'}).stdout)
        for text in data['texts'] + [flag['meaning'] for flag in data['flags']]:
            yield f'experiments/{path.name}', text


def of_library():
    """What rnn_spec_fault and rnn_training_fault say ("length: must be at least 1"), and what a status means."""
    for path in sorted(ROOT.glob('lib/*/*.c')):
        wanted = r'"((?:no|not|a|an|the|unknown) [^"\n]*|[^"\n]*\bconverge)"' if path.name == 'status.c' else r'"(\w+: must [^"\n]*)"'
        for text in re.findall(wanted, path.read_text()):
            yield str(path.relative_to(ROOT)), text


def template(build, folder):
    """A pot file of every text."""
    sources = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob('experiments/**/*.c'))
    calls = folder / 'calls.pot'
    subprocess.run(['xgettext', '--from-code=UTF-8', '--add-location=file', '--no-wrap', '-o', calls,
                    *(f'--keyword={call}' for call in CALLS), *sources], cwd=ROOT, check=True)
    tables = folder / 'tables.pot'
    places = {}
    for where, text in [*of_tables(build), *of_library(), *(('experiments/harness/store/database.c', text) for text in SQLITE)]:
        places.setdefault(text, [])
        if where not in places[text]:
            places[text].append(where)
    tables.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + '\n'.join(
        f'#: {" ".join(where[:3])}\nmsgid {escaped(text)}\nmsgstr ""\n' for text, where in places.items()))
    pot = folder / 'evanesce.pot'
    subprocess.run(['msgcat', '--use-first', '--no-wrap', '--sort-by-file', '-o', pot, calls, tables], check=True)
    entries = pot.read_text(encoding='utf-8').split('\n\n')  # "--%s %s: %s" is the same in every language
    pot.write_text('\n\n'.join(entries[:1] + [entry for entry in entries[1:] if not any(
        WORDLESS.fullmatch(line) and line != 'msgid ""' for line in entry.split('\n'))]), encoding='utf-8')
    return pot


def main():
    build, check = Path(sys.argv[1]).resolve(), '--check' in sys.argv
    po = ROOT / 'po' / 'pt.po'
    with tempfile.TemporaryDirectory() as folder:
        pot = template(build, Path(folder))
        if check:
            return subprocess.run(['msgcmp', po, pot], check=False).returncode
        return subprocess.run(['msgmerge', '--update', '--backup=none', '--no-fuzzy-matching', '--no-wrap',
                               '--add-location=file', '--sort-by-file', po, pot], check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
