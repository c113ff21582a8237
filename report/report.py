"""Builds the report: every notebook page as HTML beside the figures just drawn. Standard library and pandoc only."""
import argparse
import os
import re
import shutil
import subprocess
from pathlib import Path

LANGUAGES = {"pt": "Português", "en": "English"}


def convert(pandoc, page, target, source, css):
    """One Markdown page to HTML: links to pages stay inside the report, links to sources lead to the sources."""
    text = page.read_text(encoding="utf-8")
    sources = os.path.relpath(source, target.parent)
    text = re.sub(r"\]\(\.\./\.\./", f"]({sources}/", text)
    text = re.sub(r"\]\(((?:\.\./)?(?:pt|en|README)?[^():]*)\.md([)#])", r"](\1.html\2", text)
    title = re.search(r"^# (.+)$", text, re.M).group(1)
    subprocess.run(
        [pandoc, "--from", "gfm+tex_math_dollars", "--to", "html5", "--standalone", "--mathml",
         "--css", os.path.relpath(css, target.parent), "--metadata", f"pagetitle={title}", "--output", target],
        input=text.encode(), check=True)
    return title


def index(out, css, titles):
    columns = "".join(
        f"<h2>{name}</h2><ol>" + "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in titles[lang])
        + "</ol>" for lang, name in LANGUAGES.items())
    (out / "index.html").write_text(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>evanesce</title>'
        f'<link rel="stylesheet" href="{css.name}"></head><body><h1>evanesce</h1>'
        f"<p>Every number and figure below was computed by this build; only times were measured beforehand.</p>{columns}"
        f'<p><a href="README.html">Notation and references</a></p></body></html>\n', encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("pandoc", "source", "figures", "out"):
        parser.add_argument(f"--{name}", required=True, type=str if name == "pandoc" else Path)
    options = parser.parse_args()
    notebooks, out = options.source / "notebooks-md", options.out
    (out / "figures").mkdir(exist_ok=True)
    for figure in [*options.figures.glob("*.svg"), *options.figures.glob("*.png")]:
        shutil.copy(figure, out / "figures")
    css = Path(shutil.copy(options.source / "report" / "style.css", out))
    convert(options.pandoc, notebooks / "README.md", out / "README.html", options.source, css)
    titles = {}
    for lang in LANGUAGES:
        (out / lang).mkdir(exist_ok=True)
        titles[lang] = [
            (f"{lang}/{page.stem}.html",
             convert(options.pandoc, page, out / lang / f"{page.stem}.html", options.source, css))
            for page in sorted((notebooks / lang).glob("*.md"))]
    index(out, css, titles)
    print(f"report: {out / 'index.html'}")


if __name__ == "__main__":
    main()
