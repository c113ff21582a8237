"""Builds the report: a folder that can be put on a web server or opened from a disk. Standard library and pandoc only.

The reading order in notebooks-md/README.md is the one list of pages: their numbers, titles and sections come from it."""
import argparse
import csv
import html
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
LANGUAGES = json.loads((HERE / "languages.json").read_text(encoding="utf-8"))
ROW = re.compile(r"\| *([^|]*?) *\| *\[([^]]+)\]\(pt/([\w-]+)\.md\) *\| *\[([^]]+)\]\(en/([\w-]+)\.md\) *\|")
SECTION = re.compile(r"### (.+?) · (.+)")
EXCERPT = re.compile(r"^```(\w+) title=(\S+)$", re.M)
TITLE = re.compile(r"^(#+ )(.+) · (.+)$", re.M)
LIVE = re.compile(r"^<!--live-->\n\n!\[.*?\n\n\*.*?\*$", re.M | re.S)  # where the live page's first view stands for a figure and its caption
OTHERS = {lang: re.compile(rf'^<div lang="(?!{LANGUAGES[lang]["code"]}")[^"]*">$.*?^</div>$', re.M | re.S) for lang in LANGUAGES}
DATA_ROWS = 500  # a longer table is thinned out: it is to be looked at, the file to be computed with
LEAST_TEXT = 9  # px: the smallest lettering of a figure on any screen; where it would be smaller, the figure scrolls


def reading_order(readme):
    """[(titles of the section, [(number, stem, titles of the page)])], titles by language."""
    order = [({}, [])]
    for line in readme.splitlines():
        if section := SECTION.fullmatch(line):
            order.append(({"pt": section[1], "en": section[2]}, []))
        elif row := ROW.match(line):
            number, pt, stem, en, twin = row.groups()
            if stem != twin:
                sys.exit(f"notebooks-md/README.md: pt/{stem}.md and en/{twin}.md stand in one row")
            order[-1][1].append((number, stem, {"pt": pt, "en": en}))
    return [section for section in order if section[1]]


def lettering(svg):
    """The size of a figure, and the width below which its smallest letters are too small to read."""
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    smallest = min(map(float, re.findall(r'font-size(?:="|: *)([\d.]+)', svg)), default=LEAST_TEXT)
    return {"width": f"{width:g}", "height": f"{height:g}",
            "style": f"min-width: {math.ceil(width * LEAST_TEXT / smallest)}px; max-width: {width:g}px"}


def shortened(field, decimal):
    try:
        return f"{float(field):.4g}".replace(".", decimal)
    except ValueError:
        return field


def mended(page):
    """What pandoc cannot be told: an empty head is no head, and brackets about what is no taller than themselves do not stretch,
    for browsers set a stretched one too wide."""
    low = re.compile(r'<mo stretchy="true"( form="prefix">[^<]*</mo>(?:(?!<mo stretchy="true"|<mfrac|<msqrt|<msup|<munder|<mover).)*)'
                     r'<mo stretchy="true"( form="postfix">)', re.S)
    while low.search(page):
        page = low.sub(r'<mo stretchy="false"\1<mo stretchy="false"\2', page)
    return page.replace('<th scope="col"></th>', "<td></td>")


def line(tag, fields):
    return "<tr>" + "".join(f"<{tag}>{html.escape(field)}" for field in fields) + "</tr>"


def side_by_side(function, tasks):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda task: function(*task), tasks))


class Report:
    def __init__(self, pandoc, source, results, out, live=None):
        self.pandoc, self.source, self.results, self.out = pandoc, source, results, out
        self.live = live if live and live.exists() else None
        if live and not self.live:
            print("report: without the live page, for which clang, lld and wasi-libc are needed (./setup)")
        self.notebooks = source / "notebooks-md"
        self.order = reading_order((self.notebooks / "README.md").read_text(encoding="utf-8"))
        self.order.append(({}, [("", "README", {lang: LANGUAGES[lang]["words"]["sources"] for lang in LANGUAGES})]))
        self.linked = set()  # sources of the repository to which a page leads

    def build(self):
        for folder in ("figures", "data", "fonts", "source", *LANGUAGES):
            shutil.rmtree(self.out / folder, ignore_errors=True)
            (self.out / folder).mkdir(parents=True)
        for path in self.out.glob("*.html"):
            path.unlink()
        for path in (*HERE.glob("fonts/*.woff2"), HERE / "fonts" / "OFL.txt"):
            shutil.copy(path, self.out / "fonts")
        shutil.copy(HERE / "style.css", self.out)
        if self.live:
            shutil.copy(self.live, self.out / "live.html")
        figures = self.draw()
        pages = [page for _, section in self.order for page in section]
        self.index(pages[0])
        data = sorted({name for figure in figures.values() for name in figure["data"]})
        for name in data:
            shutil.copy(self.results / f"{name}.csv", self.out / "data")
        side_by_side(self.table, [(lang, name) for lang in LANGUAGES for name in data])
        side_by_side(self.page, [(lang, page, before, after, figures) for lang in LANGUAGES
                                 for before, page, after in zip([None, *pages], pages, [*pages[1:], None])])
        side_by_side(self.code, [(path,) for path in self.linked])

    def draw(self):
        """Copies the figures; {file: what the filter has to know of it}."""
        for path in (*self.notebooks.glob("figures/*.svg"), *self.results.glob("*.svg"), *self.results.glob("*.png")):
            shutil.copy(path, self.out / "figures")
        figures = {}
        for path in sorted(self.out.glob("figures/*.svg")):
            plot = self.source / "plots" / f"{path.name.split('.')[0]}.gp"
            shown = re.findall(r'csv\."/([\w.-]+)\.csv"', plot.read_text(encoding="utf-8")) if plot.exists() else []
            kinds = [kind for kind in ("svg", "png") if path.with_suffix(f".{kind}").exists()]
            figures[path.name] = {"kinds": kinds, "data": sorted(set(shown)), **lettering(path.read_text(encoding="utf-8"))}
        return figures

    def table(self, lang, name):
        """The data of a figure, to be looked at: what does not vary is left out."""
        words, decimal = LANGUAGES[lang]["words"], LANGUAGES[lang]["decimal"]
        with (self.results / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        columns = [i for i in range(len(header)) if len({row[i] for row in rows}) > 1]
        shown = rows[::math.ceil(len(rows) / DATA_ROWS)]
        lines = [line("td", [shortened(row[i], decimal) for i in columns]) for row in shown]
        self.write(f"data/{name}.{lang}.html", lang, "\n".join([
            f"# {name}\n\n{words['rows'].format(len(shown), len(rows))} [{name}.csv]({name}.csv)\n",
            f'<div class="scroll" role="group" aria-label="{words["table"]}"><table><thead>',
            line('th scope="col"', [header[i] for i in columns]), "</thead>", *lines, "</table></div>\n"]), title=name)

    def code(self, path):
        """A source of the repository, to be read in the browser."""
        source = self.source / path
        if not source.is_file():
            sys.exit(f"a page leads to {path}, which is no file of the repository")
        text = f"# {path}\n\n~~~~~~~~~~~~ {{.{source.suffix[1:] or 'text'} .numberLines}}\n{source.read_text(encoding='utf-8')}~~~~~~~~~~~~\n"
        self.write(f"source/{path}.html", "en", text, reader="markdown", title=path)

    def page(self, lang, page, before, after, figures):
        """A page of the notebooks; page, before and after are entries of the reading order."""
        number, stem, titles = page
        source = self.notebooks / ("README.md" if stem == "README" else f"{lang}/{stem}.md")
        text = source.read_text(encoding="utf-8")
        title = f"{number}. {titles[lang]}" if number else titles[lang]
        if stem != "README" and not text.startswith((f"# {title}\n", f"# {titles[lang]}\n")):
            sys.exit(f"{source}: its first line is not '# {title}', as notebooks-md/README.md says")
        neighbour = {side: {"href": f"{other[1]}.html", "title": other[2][lang]}
                     for side, other in (("previous", before), ("next", after)) if other}
        repository = os.path.relpath(self.source, source.parent) + "/"
        if stem == "README":  # both languages in one file: this one's, and without the list of pages, which stands beside
            text = "".join(part for part in re.split("^(?=## )", text, flags=re.M) if not reading_order(part))
            text = TITLE.sub(lambda head: head[1] + head[2 if lang == "pt" else 3], OTHERS[lang].sub("", text))
        if self.live:
            frame = f'<iframe src="../live.html#lang={LANGUAGES[lang]["code"]}" title="{LANGUAGES[lang]["words"]["live"]}"></iframe>'
            text = LIVE.sub(f"<figure>\n{frame}\n</figure>", text)
        text = EXCERPT.sub(lambda fence: f"[`{fence[2]}`]({repository}{fence[2]})\n\n```{fence[1]}", text)
        self.write(f"{lang}/{stem}.html", lang, text, title=title, pager=bool(neighbour), **neighbour,
                   contents=self.contents(lang, "../", stem),
                   translations=[{**LANGUAGES[other], "href": f"../{other}/{stem}.html"} for other in LANGUAGES if other != lang],
                   metadata={"figures": figures, "repository": repository, "number": number, "lang": lang})

    def contents(self, lang, root, current=None):
        return [{"title": titles.get(lang, ""), "pages": [
            {"href": f"{root}{lang}/{stem}.html", "number": number, "title": names[lang], "current": stem == current}
            for number, stem, names in pages]} for titles, pages in self.order]

    def index(self, first):
        languages = [{**LANGUAGES[lang], "contents": self.contents(lang, ""), "first": f"{lang}/{first[1]}.html"} for lang in LANGUAGES]
        self.write("index.html", "pt", "", template="index.html", title="evanesce", cover=True, languages=languages)

    def write(self, target, lang, text, template="page.html", reader="gfm+tex_math_dollars", metadata=None, **variables):
        """One HTML file, by pandoc, its filter and a template."""
        target = self.out / target
        target.parent.mkdir(parents=True, exist_ok=True)
        words = LANGUAGES[lang]["words"]
        defaults = {
            "reader": reader, "writer": "html5", "standalone": True, "wrap": "none", "template": str(HERE / template),
            "html-math-method": {"method": "mathml"}, "filters": [str(HERE / "filter.lua")], "output-file": str(target),
            "metadata": {"words": words, "figures": {}, "repository": "", "number": "", "lang": lang, **(metadata or {})},
            "variables": {"language": LANGUAGES[lang], "pagetitle": variables["title"], "about": words["about"],
                          "live": bool(self.live), "root": os.path.relpath(self.out, target.parent) + "/", **variables}}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            json.dump(defaults, file)
            file.flush()
            if subprocess.run([self.pandoc, "--defaults", file.name], input=text.encode()).returncode:
                sys.exit(f"{target}: pandoc could not write it")
        made = mended(target.read_text(encoding="utf-8"))
        target.write_text(made, encoding="utf-8")
        self.linked.update(re.findall(r'href="(?:\.\./)*source/([^"#]+)\.html', made))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pandoc", required=True)
    for name in ("source", "results", "out"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    parser.add_argument("--live", type=Path, help="the live page, linked if it was built")
    options = parser.parse_args()
    Report(**vars(options)).build()
    print(f"report: {options.out / 'index.html'}")


if __name__ == "__main__":
    main()
