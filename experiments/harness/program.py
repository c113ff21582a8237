"""A hash of object code: the same in every checkout and after a comment, another one after any change of what is computed.

    program.py OBJCOPY OUTPUT FILE...

OUTPUT is a C file that defines `sweep_program`, or else the hash as text, which may be one of the files of another call."""
import hashlib
import pathlib
import subprocess
import sys
import tempfile


def content(objcopy, file):
    """Without what is there to debug, which knows folders and lines; what is no object, as it is."""
    with tempfile.TemporaryDirectory() as folder:
        plain = pathlib.Path(folder) / 'plain.o'
        command = [objcopy, '--strip-debug', file, plain]
        done = subprocess.run(command, capture_output=True, check=False)
        return (file if done.returncode else plain).read_bytes()


def main():
    objcopy, output, *files = sys.argv[1:]
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(content(objcopy, pathlib.Path(file))).digest())
    number = digest.hexdigest()[:16]
    if output.endswith('.c'):
        number = ('#include <stdint.h>\n\nextern const uint64_t sweep_program;\n'
                  f'const uint64_t sweep_program = UINT64_C(0x{number});\n')
    pathlib.Path(output).write_text(number, encoding='ascii')


if __name__ == '__main__':
    main()
