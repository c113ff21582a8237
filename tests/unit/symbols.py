"""What the objects of librnn export and refer to: who may use what, held on the archive itself. No result may depend on
the last bits of a libm, so neither librnn nor what is on the way from it to a file refers to a function of <math.h> but
those that are exact or correctly rounded everywhere.

usage: symbols.py NM ARCHIVE MORE...      the archive of librnn; those of the harness and the experiments
"""
import re
import subprocess
import sys

INPUT_OUTPUT = re.compile(
    r'(__)?v?(f|d|s|sn|as|w)?(printf|scanf)(_chk)?|(f|un)?(get|put)(c|s|char)(_unlocked)?|perror|f?(open|close|read|'
    r'write|flush)(64)?|(fd|fre)open|_?_?IO_.*|std(in|out|err)|getenv|system|popen')
EXIT = re.compile(r'_?_?exit|_Exit|quick_exit|abort|raise|longjmp|signal|sigaction')
RANDOM = re.compile(r's?rand(om)?(_r)?|[dejlmn]rand48|arc4random.*|getrandom|time|clock(_gettime)?')
MEMORY = re.compile(r'malloc|calloc|realloc(array)?|free|(posix_)?memalign|aligned_alloc|v?alloca?|mmap|strn?dup')
CREATORS = ('net_net', 'train_train')
LIBM = re.compile(r'(exp(2|m1)?|log(1p|2|10)?|a?(sin|cos|tan)h?|sincos|atan2|pow|hypot|[lt]?gamma|erfc?|cbrt)[fl]?')
LAPACKE_ROOMS = ('measure_memory', 'measure_spectrum')
CHOICE = ('kernels_level', 'chosen')  # the one state, set before there are threads: arithmetic.h
EXPORTED = re.compile(r'(rnn|k)_\w+(\.\w+)*')  # a dot: one clone of a function per CPU level


def symbols(nm, archive):
    """(object, name, class, section) of every symbol; class as in nm(1)."""
    text = subprocess.run([nm, '--format=sysv', archive], check=True, capture_output=True, text=True).stdout
    member = None
    for line in text.splitlines():
        heading = re.fullmatch(r'(?:Symbols|Undefined symbols) from .*\[(.+)\]:', line)
        if heading:
            member = heading[1].split('.')[0]
        fields = [field.strip() for field in line.split('|')]
        if len(fields) == 7 and fields[0] != 'Name':
            yield member, fields[0], fields[2], fields[6]


def complaints(member, name, kind, section):
    if kind in 'Uwv':  # referred to, defined elsewhere
        if INPUT_OUTPUT.fullmatch(name):
            yield 'does input or output'
        if EXIT.fullmatch(name):
            yield 'ends the process'
        if RANDOM.fullmatch(name):
            yield 'is random or depends on the clock'
        if MEMORY.fullmatch(name) and member not in CREATORS:
            yield 'allocates outside ' + ' and '.join(CREATORS)
        if LIBM.fullmatch(name):
            yield 'is of a libm, and not exact'
        if name.startswith(('LAPACKE_', 'cblas_')) and member not in LAPACKE_ROOMS:
            yield 'needs LAPACKE outside ' + ' and '.join(LAPACKE_ROOMS)
        return
    if (kind.isupper() or kind in 'iu') and not EXPORTED.fullmatch(name):
        yield 'is exported without the prefix rnn_ or k_'
    if (member, name) != CHOICE and re.fullmatch(r'(\.t?data(?!\.rel\.ro).*|\.t?bss.*|\*COM\*)', section):
        yield 'is a mutable global'


def main(nm, archive, *more):
    found = list(symbols(nm, archive))
    exported = {name for _, name, kind, _ in found if kind == 'T'}
    if not {'rnn_create', 'rnn_theory_fixed_point', 'k_product'} <= exported or not any(
            member == 'measure_spectrum' and name.startswith('LAPACKE_') for member, name, _, _ in found):
        sys.exit(f'{archive}: the symbols of librnn were not found')
    wrong = [f'{member}.o: {name} {why}' for member, name, kind, section in found
             for why in complaints(member, name, kind, section)]
    wrong += [f'{other}: {member}.o: {name} is of a libm, and not exact' for other in more
              for member, name, kind, _ in symbols(nm, other) if kind in 'Uwv' and LIBM.fullmatch(name)]
    print(f'{len(found)} symbols, {len(exported)} functions exported, {len(wrong)} out of place')
    sys.exit('\n'.join(wrong) if wrong else 0)


main(*sys.argv[1:])
