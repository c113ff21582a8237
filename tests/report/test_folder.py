"""The report as it was built, read without a browser: every link, picture, name and formula. test_folder.py INDEX"""
import re
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

REPORT = Path(sys.argv[1]).resolve().parent
LANGUAGES = {"pt": "pt-BR", "en": "en"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def of_data(stem):
    """Whether a figure is drawn from results, not a drawing alone."""
    script = Path(__file__).resolve().parents[2] / "plots" / (stem + ".gp")
    return script.exists() and 'csv.' in script.read_text(encoding="utf-8")


class Page(HTMLParser):
    """Elements with their attributes, and the text outside code, formulas and scripts."""

    def __init__(self, path):
        super().__init__()
        self.path, self.elements, self.text, self.open = path, [], "", []
        self.feed(path.read_text(encoding="utf-8"))
        inside = [at for at, (tag, attributes) in enumerate(self.elements) if attributes.get("id") == "contents"]
        self.contents = [attributes for tag, attributes in self.elements[inside[0]:] if tag == "a"] if inside else []
        self.ids = [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"code", "pre", "annotation", "script", "style"} & set(self.open):
            self.text += data

    def all(self, tag, **wanted):
        return [attributes for name, attributes in self.elements
                if name == tag and all(attributes.get(key) == value for key, value in wanted.items())]


PAGES = {path: Page(path) for path in sorted(REPORT.glob("**/*.html")) if path.name != "live.html"}
TEXTS = {lang: {path.stem: page for path, page in PAGES.items() if path.parent == REPORT / lang} for lang in LANGUAGES}


class Folder(unittest.TestCase):
    def none(self, faults):
        self.assertGreater(len(PAGES), 30)
        lines = [f"{page.path.relative_to(REPORT)}: {fault}" for page, fault in faults]
        self.assertFalse(lines, "\n" + "\n".join(lines))

    def test_every_link_and_picture_leads_somewhere_in_the_folder(self):
        faults = []
        for page in PAGES.values():
            for _, attributes in page.elements:
                for target in filter(None, (attributes.get("href"), attributes.get("src"))):
                    if re.match("https?:|doi:|mailto:", target):
                        continue
                    name, _, fragment = unquote(target).partition("#")
                    path = (page.path.parent / name).resolve() if name else page.path
                    if not (path.is_relative_to(REPORT) and path.is_file()):
                        faults.append((page, f"{target} is not there"))
                    elif fragment and path in PAGES and fragment not in PAGES[path].ids:
                        faults.append((page, f"{target} has no such place"))
        self.none(faults)

    def test_a_page_says_what_a_browser_and_a_search_engine_ask(self):
        faults = []
        for page in PAGES.values():
            lang = page.all("html")[0].get("lang")
            if lang != LANGUAGES.get(page.path.parent.name, lang) or lang not in LANGUAGES.values():
                faults.append((page, f"its language is {lang}"))
            if not page.all("meta", name="viewport") or len(page.all("meta", name="description")[0]["content"]) < 20:
                faults.append((page, "no viewport or no description"))
            if len(page.all("h1")) != 1 or len(set(page.ids)) != len(page.ids):
                faults.append((page, "not one title, or an id stands twice"))
            if any(cell.get("scope") not in ("col", "row") for cell in page.all("th")):
                faults.append((page, "a head that says not of what"))
        self.none(faults)

    def test_the_languages_pair_up_page_by_page(self):
        self.assertEqual(set(TEXTS["pt"]), set(TEXTS["en"]))
        for lang, other in (("pt", "en"), ("en", "pt")):
            for stem, page in TEXTS[lang].items():
                twins = [link["href"] for tag in ("a", "link") for link in page.all(tag, hreflang=LANGUAGES[other])]
                self.assertEqual(twins, 2 * [f"../{other}/{stem}.html"])

    def test_next_leads_through_every_page_and_previous_back(self):
        (first,) = {Path(a["href"]).stem for a in PAGES[REPORT / "index.html"].all("a", **{"class": "start"})}
        for pages in TEXTS.values():
            seen, before, following = [], [], [first]
            while following:
                page = pages[following[0]]
                self.assertEqual([Path(a["href"]).stem for a in page.all("a", rel="prev")], before)
                seen += following
                before, following = following, [Path(a["href"]).stem for a in page.all("a", rel="next")]
            self.assertEqual(sorted(seen), sorted(pages))

    def test_the_contents_stand_on_every_page(self):
        orders = set()
        for page in (*TEXTS["pt"].values(), *TEXTS["en"].values()):
            listed = [Path(a["href"]).stem for a in page.contents]
            self.assertEqual(sorted(listed), sorted(TEXTS["pt"]))
            self.assertEqual([Path(a["href"]).stem for a in page.contents if "aria-current" in a], [page.path.stem])
            orders.add(tuple(listed))
        self.assertEqual(len(orders), 1)

    def test_no_formula_is_raw_and_no_query_shows(self):
        raw = re.compile(r"\$|\\[A-Za-z(\[]|<!--|[\w-]+\.\w+\[\w+=")
        self.none((page, raw.search(page.text)[0]) for page in PAGES.values()
                  if page.path.parent.name in LANGUAGES and raw.search(page.text))

    def test_every_figure_has_words_size_and_data(self):
        faults, figures = [], 0
        for page in PAGES.values():
            figures += len(page.all("figure"))
            drawn = len(page.all("figure")) - len(page.all("iframe"))  # the live page says itself what it shows
            if not len(page.all("img")) == drawn == len(page.all("figcaption")):
                faults.append((page, "a picture without a caption"))
            for img in page.all("img"):
                if not (img["alt"] and img["width"] and img["height"]) or Path(img["src"]).name.split(".")[1] != page.path.parent.name:
                    faults.append((page, f"{img['src']}: no words, no size, or in the other language"))
            tables = {}  # of each picture of data, those that its links lead to
            for tag, attributes in page.elements:
                if tag == "img":
                    mine = tables.setdefault(attributes["src"], [])
                elif tag == "a" and attributes["href"].startswith("../data/"):
                    mine.append((page.path.parent / attributes["href"]).resolve())
            faults += [(page, f"{src}: no table of its data") for src, mine in tables.items() if of_data(Path(src).name.split(".")[0])
                       and (not mine or any(len(PAGES[table].all("tr")) < 5 for table in mine))]
        self.none(faults)
        self.assertGreater(figures, 20)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
