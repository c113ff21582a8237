"""Runs the fenced commands of pages as a reader would type them: in an empty folder from which the sources and the build
are reached as from a checkout, in the order of the pages, each by itself.

What a text of the reader's own is called (--file my-book.txt) is there. What the build's runs have computed already
lies in results/, so that a page's first command, the default grid, is there at once. An experiment that is still
computing after some seconds is ended, as its reader may do, and must say that the same command goes on. Not run, but looked for in
another place: ./setup, what meson would build or test (the name must be known to it, or .ci/run must run it), and what
needs a cluster (tests/harness/test_slurm.py has one).
"""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

FENCE = re.compile(r'^ *```(?P<opens>\w*)')


def commands(path):
    """(line number, command) of the sh blocks, each with its continuation lines, and whole python blocks."""
    inside, language, held = False, '', ''
    for number, line in enumerate(Path(path).read_text(encoding='utf-8').split('\n'), 1):
        fence = FENCE.match(line)
        if fence:
            if held:
                yield number, held
            inside, language, held = not inside, fence['opens'], ''
        elif not fence and inside and language == 'python':
            held += line + '\n'
        elif inside and language in ('sh', 'bash') and line.strip() and not line.startswith('#'):
            held += line
            if held.endswith('\\'):
                held = held[:-1]
            else:
                yield number, held
                held = ''


def parts(command):
    """What && joins, without the remark at the end; a python block is one."""
    if '\n' in command:
        return [command]
    return [part.strip() for part in re.sub(r'(^|\s)#.*', '', command).split(' && ')]


class Reader:
    """Someone in an empty folder."""

    def __init__(self, root, build, seconds):
        self.root, self.build, self.seconds = Path(root), Path(build), seconds
        self.folder = tempfile.TemporaryDirectory(prefix='leitora ')
        self.place = Path(self.folder.name)
        for entry in self.root.iterdir():
            if entry.name not in ('results', 'build', '.git'):
                (self.place / entry.name).symlink_to(entry)
        (self.place / 'build').symlink_to(self.build)
        (self.place / 'results').mkdir()
        for store in self.build.glob('plots/*.sqlite'):
            shutil.copy(store, self.place / 'results')

    def ask_meson(self, words):
        """Why meson does not know this, or None."""
        if words[1] == 'test':
            names = [word for word in words[2:] if word != '-C' and word != 'build']
            known = subprocess.run(['meson', 'test', '-C', 'build', '--no-rebuild', '--list', *names], cwd=self.place, text=True,
                                   capture_output=True)
            return None if known.returncode == 0 and known.stdout.strip() else 'meson has no such test'
        targets = json.loads(subprocess.run(['meson', 'introspect', 'build', '--targets'], cwd=self.place, text=True,
                                            capture_output=True, check=True).stdout)
        wanted = [word for word in words[2:] if word not in ('-C', 'build')]
        missing = [name for name in wanted if [target['name'] for target in targets].count(name) != 1]
        return f'meson has no one target {missing[0]}' if missing else None

    def lend_texts(self, words):
        for flag, name in zip(words, words[1:]):
            if flag == '--file' and not (self.place / name).exists():
                shutil.copy(self.root / 'data' / 'memoria.txt', self.place / name)

    def run_python(self, text):
        """With a Python that has what the text imports; where there is none it is not run."""
        for python in (sys.executable, '/usr/bin/python3'):
            result = subprocess.run([python, '-c', text], cwd=self.place, text=True, capture_output=True)
            if 'ModuleNotFoundError' not in result.stderr:
                return None if result.returncode == 0 else result.stderr[-500:]
        print(f'not run, as a module is not installed: {text.split(chr(10))[0]}')
        return None

    def run(self, part):
        """Why this fails, or None."""
        if '\n' in part:
            return self.run_python(part)
        words = shlex.split(part)
        ci = (self.root / '.ci' / 'run').read_text(encoding='utf-8')
        if words[0] == './setup':
            return None if re.search(rf'{re.escape(part)}(?= |\'|$)', ci, re.M) else 'is not run by .ci/run'
        if words[0] == 'meson':
            return self.ask_meson(words)
        if 'sbatch' in part:
            script = next(Path(word) for word in words if word.endswith('.sbatch'))
            test = (self.root / 'tests' / 'harness' / 'test_slurm.py').read_text(encoding='utf-8')
            return None if (self.place / script).exists() and script.name in test else 'is not run by test_slurm.py'
        self.lend_texts(words)
        process = subprocess.Popen(['sh', '-c', f'exec {part}'], cwd=self.place, text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, 'LC_ALL': 'C'})
        try:
            _, said = process.communicate(timeout=self.seconds if part.startswith('build/experiments/') else 600)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate()
            if process.returncode == 143 and 'the same command goes on' in said:
                return None
        return None if process.returncode == 0 else f'exit {process.returncode}: {said.strip()[-500:]}'


def run(files, root, build, seconds):
    """The messages, and how many commands were looked at; the same line is run once."""
    reader, seen, errors = Reader(root, build, seconds), {}, []
    for path in files:
        for number, command in commands(path):
            if command not in seen:
                reasons = (reader.run(part) for part in parts(command))
                seen[command] = next((f'{command}: {reason}' for reason in reasons if reason), None)
            if seen[command]:
                errors.append(f'{path}:{number}: {seen[command]}')
    reader.folder.cleanup()
    return errors, len(seen)
