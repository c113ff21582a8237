"""Puts the live page into one file that asks for nothing more: build.py HTML CSS JS WASM FIGURE PROSE OUT"""
import base64
import re
import sys
from pathlib import Path

MOST = 350_000  # bytes of the page
LETTERS = 900  # of the text it opens with


def address(svg):
    """A figure as a data address, in the letters that an attribute and a URL leave alone."""
    svg = re.sub(r">\s+<", "><", re.sub(r"\s+", " ", svg)).replace('"', "'")
    return "data:image/svg+xml," + re.sub(r"[%#<>{}|\\^`&]", lambda found: f"%{ord(found[0]):02x}", svg)


def beginning(text):
    """Its first paragraphs after the title, whole sentences, of about so many letters."""
    body = text.split("\n", 1)[1].strip()
    return body[:body.index(".", LETTERS) + 1]


def main():
    page, style, script, wasm, figure, prose, out = map(Path, sys.argv[1:])
    parts = {
        "/*@style*/": style.read_text(encoding="utf-8"),
        "/*@script*/": script.read_text(encoding="utf-8"),
        "@wasm@": base64.b64encode(wasm.read_bytes()).decode(),
        "@figure@": address(figure.read_text(encoding="utf-8")),
        "@prose@": beginning(prose.read_text(encoding="utf-8")),
    }
    made = re.sub("|".join(map(re.escape, parts)), lambda found: parts[found[0]], page.read_text(encoding="utf-8"))
    size = len(made.encode())
    if size > MOST:
        sys.exit(f"live: the page has {size} bytes, more than {MOST}")
    out.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
