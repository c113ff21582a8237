#!/usr/bin/env python3
"""A program's manual page, and what completes its flags and values in bash, zsh and fish, from the table that makes its
--help.

    describe.py PROGRAM MAN BASH ZSH FISH
"""
import json
import re
import subprocess
import sys
from pathlib import Path


def roff(text):
    text = text.replace('\\', '\\e').replace('-', '\\-').replace("'", '\\(aq').replace('^', '\\(ha').replace('~', '\\(ti')
    return '\\&' + text if text.startswith('.') else text


def released():
    """The date of the newest version, which is that of its manual; of a year its first day."""
    changes = (Path(__file__).resolve().parents[1] / 'CHANGELOG.md').read_text(encoding='utf-8')
    return (re.search(r'^## \[[\d.]+\] - ([\d-]+)', changes, re.M)[1] + '-01-01')[:10]


def man(data):
    name, (question, theory, *page) = data['name'], data['page']
    lines = ['.\\" made from --help by manual/describe.py',
             f'.TH {name.upper()} 1 {released()} "evanesce {roff(data["version"])}" "evanesce"',
             '.SH NAME', f'{name} \\- {roff(question["paragraph"])}',
             '.SH SYNOPSIS', f'.B {name}', '[\\fB\\-\\-\\fIAXIS VALUES\\fR]... [\\fB\\-\\-\\fIFLAG\\fR]...',
             '.SH DESCRIPTION', f'Theory expects: {roff(theory["meaning"])}.']
    for entry in page:
        if 'title' in entry:
            lines.append(f'.SH "{roff(entry["title"].upper())}"')
        elif 'paragraph' in entry:
            lines += ([] if lines[-1].startswith('.SH') else ['.PP']) + [roff(entry['paragraph'])]
        elif 'example' in entry:
            lines += ['.PP'] * (not lines[-1].startswith('.SH')) + ['.nf', roff(entry['example']), '.fi']
        else:
            flag, _, argument = entry['item'].partition(' ')
            lines += ['.TP', f'\\fB{roff(flag)}\\fR' + (f' \\fI{roff(argument)}\\fR' if argument else ''),
                      roff(entry['meaning'])]
    return '\n'.join(lines) + '\n'


def kind(flag):
    """What may stand behind a flag: words, FILE, DIR, something else, or nothing (None)."""
    if flag['words']:
        return flag['words']
    return flag['argument'] if flag['argument'] in ('FILE', 'DIR') else 'else' if flag['argument'] else None


def bash(data):
    name, cases = data['name'].replace('-', '_'), []
    for flag in data['flags']:
        does = {'FILE': 'local IFS=$\'\\n\'; COMPREPLY=($(compgen -f -- "$word"))',
                'DIR': 'local IFS=$\'\\n\'; COMPREPLY=($(compgen -d -- "$word"))', 'else': ':'}.get(kind(flag)) if not flag['words'] else (
            'compopt -o nospace 2>/dev/null; '
            f'COMPREPLY=($(compgen -P "${{word%"${{word##*,}}"}}" -W "{" ".join(flag["words"])}" -- "${{word##*,}}"))')
        if does:
            cases.append(f'    --{flag["flag"]}) {does} ;;')
    flags = ' '.join(f'--{flag["flag"]}' for flag in data['flags'])
    return '\n'.join([
        f'# {name}: bash completion, made from --help by manual/describe.py', f'_evanesce_{name}() {{',
        '    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}', '    COMPREPLY=()',
        '    [ "$word" = = ] && word=  # --flag=value: three words to bash',
        '    [ "$before" = = ] && before=${COMP_WORDS[COMP_CWORD - 2]}', '    case $before in', *cases,
        f'    *) COMPREPLY=($(compgen -W "{flags}" -- "$word")) ;;', '    esac', '}',
        f'complete -o filenames -F _evanesce_{name} {data["name"]}']) + '\n'


def zsh(data):
    lines = [f'#compdef {data["name"]}', '# made from --help by manual/describe.py', '_arguments \\']
    for flag in data['flags']:
        meaning = ''.join('\\' + c if c in '[]:\\' else c for c in flag['meaning']).replace("'", "'\\''")
        does = {'FILE': ':file:_files', 'DIR': ':folder:_files -/', 'else': f':{flag["argument"].lower()}: ', None: ''}.get(
            kind(flag) if not flag['words'] else 0, f':values:_sequence compadd - {" ".join(flag["words"])}')
        lines.append(f"    '--{flag['flag']}{'=' if flag['argument'] else ''}[{meaning}]{does}' \\")
    return '\n'.join(lines)[:-2] + '\n'


def fish(data):
    lines = ['# made from --help by manual/describe.py']
    for flag in data['flags']:
        meaning = flag['meaning'].replace('\\', '\\\\').replace("'", "\\'")
        does = {'FILE': '-r', 'DIR': "-x -a '(__fish_complete_directories)'", 'else': '-x', None: '-f'}.get(
            kind(flag) if not flag['words'] else 0, f"-x -a '(__fish_append , {' '.join(flag['words'])})'")
        lines.append(f"complete -c {data['name']} -l {flag['flag']} {does} -d '{meaning}'")
    return '\n'.join(lines) + '\n'


def main():
    program, *outputs = sys.argv[1:]
    data = json.loads(subprocess.run([program, '--help=json'], check=True, capture_output=True, text=True,
                                     env={'LC_ALL': 'C'}).stdout)
    for make, output in zip((man, bash, zsh, fish), outputs):
        Path(output).write_text(make(data), encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
