"""The report as a reader has it: phone, window and screen, light and dark, on paper. test_browser.py INDEX AXE"""
import os
import re
import shutil
import subprocess
import sys
import unittest
from collections import Counter, defaultdict
from pathlib import Path

from browser import Browser, missing

REPORT = Path(sys.argv[1]).resolve().parent
AXE = Path(os.environ.get("AXE", sys.argv[2]))
TEXTS = [REPORT / "index.html", *sorted(REPORT.glob("en/*.html")), *sorted(REPORT.glob("pt/*.html"))]
OTHERS = [min((REPORT / folder).rglob("*.html"), key=lambda path: path.stat().st_size) for folder in ("data", "source")]
WIDTHS, SCHEMES, PAPER = (390, 900, 1440), ("light", "dark"), 658  # A4 without its margins, in CSS px
LETTERS = {path.name: min(map(float, re.findall(r'font-size(?:="|: *)([\d.]+)', path.read_text(encoding="utf-8"))), default=99)
           for path in REPORT.glob("figures/*.svg")}  # the smallest of each figure, px at its own size

# What is wrong with the layout at this width. In its own box a thing may be wider than the page, if the box scrolls.
LAYOUT = """
const [letters, print] = arguments, faults = [], least = print ? { text: 13, any: 9, figure: 0 } : { text: 16, any: 12, figure: 9 };
const wide = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > wide) faults.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} px`);
for (const element of document.body.querySelectorAll("*")) {
  const box = element.getBoundingClientRect(), where = `${element.tagName} ${element.textContent.trim().slice(0, 40)}`;
  if (!box.width || element.closest(".skip")) continue;
  if ((box.right > wide + 1 || box.left < -1) && (print || !element.closest(".scroll, pre"))) faults.push(`out of the page: ${where}`);
  const style = getComputedStyle(element), own = [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim());
  if (own && !element.closest("math") && parseFloat(style.fontSize) < least.any) faults.push(`${style.fontSize}: ${where}`);
}
const text = document.querySelector("main p");
if (text && parseFloat(getComputedStyle(text).fontSize) < least.text) faults.push("the text is small");
for (const image of document.images) {
  if (!image.complete || !image.naturalWidth) faults.push(`missing: ${image.src}`);
  const smallest = letters[image.src.split("/").pop()] * image.clientWidth / image.naturalWidth;
  if (smallest < least.figure - 0.05) faults.push(`letters of ${smallest.toFixed(1)} px: ${image.src}`);
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; node = walker.nextNode();)
  for (const number of node.data.matchAll(/[-−+]?[\\d.,]+\\s±\\s[\\d.,]+/g)) {
    const range = document.createRange();
    range.setStart(node, number.index), range.setEnd(node, number.index + number[0].length);
    if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) faults.push(`broken: ${number[0]}`);
  }
for (const formula of document.querySelectorAll("math[display=inline]")) {
  const after = formula.nextSibling;
  if (!after || !/^[,.;:!?)]/.test(after.data)) continue;
  const range = document.createRange();
  range.setStart(after, 0), range.setEnd(after, 1);
  if (range.getBoundingClientRect().left < formula.getBoundingClientRect().right - 2) faults.push(`a line begins with ${after.data.slice(0, 20)}`);
}
return faults;
"""
# A word at the end of each heading and at the start of what follows, in the first and the last cell of each table's body.
MARK = """
const mark = (element, word, at) => element.insertAdjacentText(at, ` ${word} `);
document.querySelectorAll("main h1, main h2, main h3").forEach((heading, i) => {
  mark(heading, `ZH${i}A`, "beforeend");
  mark(heading.nextElementSibling, `ZH${i}B`, "afterbegin");
});
document.querySelectorAll("main table").forEach((table, i) => {
  const cells = table.querySelectorAll("tbody th, tbody td"); // the head stands anew on each page
  mark(cells[0], `ZT${i}A`, "afterbegin");
  mark(cells[cells.length - 1], `ZT${i}B`, "beforeend");
});
"""
# axe-core reads no MathML: it takes the head of a column that is a formula for empty.
FAULTS = """
return axe.run({ resultTypes: ["violations"], rules: { "empty-table-header": { enabled: false } } }).then(({ violations, passes }) =>
  [passes.length, violations.map(({ impact, id, nodes }) => `${impact} ${id}: ${nodes[0].html.slice(0, 200)} (${nodes.length})`)]);
"""
ONE_OF_EACH = """
const seen = new Set();
for (const symbol of document.querySelectorAll("math mi, math mn, math mo, math mtext"))
  if (!seen.has(symbol.textContent)) seen.add(symbol.textContent), symbol.dataset.symbol = "";
"""


class InChromium(unittest.TestCase):
    """Each page is opened once, for that takes longer than most of what is looked at there; the tests read what was found."""

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.faults, cls.counted = defaultdict(list), Counter()
        for path in (*TEXTS, *OTHERS):
            cls.browser.show(WIDTHS[0])
            cls.open(path)
            for look in (cls.screen, cls.axe, cls.fonts, cls.paper, cls.sheets)[:None if path in TEXTS else 2]:
                cls.faults[look.__name__] += [f"{path.relative_to(REPORT)}, {how}: {fault}" for how, fault in look(path)]
        cls.faults.default_factory = None  # what nobody looked for is no good sign

    @classmethod
    def open(cls, path):
        cls.browser.open(path)
        cls.browser.run("return document.fonts.ready.then(() => 1)")

    @classmethod
    def screen(cls, _):
        for width in WIDTHS:
            for scheme in SCHEMES:
                cls.browser.show(width, scheme)
                yield from ((f"{width} px {scheme}", fault) for fault in cls.browser.run(LAYOUT, LETTERS, False))
        yield from (("console", said) for said in cls.browser.said())

    @classmethod
    def axe(cls, path):
        if not AXE.exists():
            return
        width, scheme = (WIDTHS[2], "light") if "en" in path.parts else (WIDTHS[0], "dark")
        cls.browser.show(width, scheme)
        cls.browser.run(AXE.read_text(encoding="utf-8"))
        passed, found = cls.browser.run(FAULTS)
        cls.counted["rules"] += passed
        yield from ((f"{width} px {scheme}", fault) for fault in found)

    @classmethod
    def fonts(cls, _):
        """Of one symbol of each kind, by its node."""
        cls.browser.devtools("DOM.enable"), cls.browser.devtools("CSS.enable")
        cls.browser.run(ONE_OF_EACH)
        root = cls.browser.devtools("DOM.getDocument", depth=0)["root"]["nodeId"]
        for node in cls.browser.devtools("DOM.querySelectorAll", nodeId=root, selector="[data-symbol]")["nodeIds"]:
            for font in cls.browser.devtools("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]:
                cls.counted["drawn"] += 1
                if not font["isCustomFont"]:
                    yield font["familyName"], cls.browser.devtools("DOM.getOuterHTML", nodeId=node)["outerHTML"]

    @classmethod
    def paper(cls, _):
        cls.browser.show(PAPER, media="print")
        yield from (("print", fault) for fault in cls.browser.run(LAYOUT, LETTERS, True))

    @classmethod
    def sheets(cls, _):
        """The page is another one after this."""
        if not shutil.which("pdftotext"):
            return
        cls.browser.run(MARK)
        text = subprocess.run(["pdftotext", "-", "-"], input=cls.browser.pdf(), capture_output=True, check=True).stdout.decode()
        on = {word: number for number, page in enumerate(text.split("\f"), 1) for word in re.findall(r"Z[HT]\d+[AB]", page)}
        cls.counted["marks"] += len(on)
        yield from ((f"page {on[word]}", "a heading alone" if word[1] == "H" else "a split table")
                    for word in on if word.endswith("A") and on[word] != on.get(word[:-1] + "B"))

    def none(self, look):
        self.assertGreater(len(TEXTS), 20)
        self.assertFalse(self.faults[look], "\n" + "\n".join(self.faults[look]))

    def test_nothing_overflows_is_missing_broken_or_small(self):
        self.none("screen")

    def test_paper_holds_what_is_printed(self):
        self.none("paper")

    @unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not installed (./setup --full)")
    def test_on_paper_no_heading_is_alone_and_no_table_is_split(self):
        self.none("sheets")
        self.assertGreater(self.counted["marks"], 300)

    def test_every_formula_is_drawn_by_the_shipped_fonts(self):
        self.none("fonts")
        self.assertGreater(self.counted["drawn"], 500)

    @unittest.skipUnless(AXE.exists(), f"axe-core is not here: no {AXE} (./setup --full, or AXE=...)")
    def test_axe_finds_no_serious_fault(self):
        self.none("axe")
        self.assertGreater(self.counted["rules"], 500)

    def test_dark_is_dark_and_paper_is_white(self):
        look = "return [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.images[0]).filter]"
        self.open(TEXTS[1])
        seen = []
        for scheme, media in (("light", "screen"), ("dark", "screen"), ("dark", "print")):
            self.browser.show(WIDTHS[1], scheme, media)
            seen.append(self.browser.run(look))
        self.assertEqual([seen[0], seen[2]], 2 * [["rgb(255, 255, 255)", "none"]])
        self.assertRegex(seen[1][0], r"rgb\((\d\d?), (\d\d?), (\d\d?)\)")
        self.assertIn("invert", seen[1][1])

    def test_the_keyboard_skips_to_the_text_and_shows_where_it_is(self):
        self.browser.show(WIDTHS[0])
        self.browser.open(TEXTS[1])
        focus = "const at = document.activeElement, box = at.getBoundingClientRect(); " \
                "return [at.getAttribute('href') ?? at.id, getComputedStyle(at).outlineStyle, box.left >= 0]"
        self.browser.press("Tab")
        self.assertEqual(self.browser.run(focus), ["#main", "solid", True])
        self.browser.press("Enter")
        self.assertEqual(self.browser.run("return location.hash"), "#main")
        self.browser.press("Tab")
        self.assertTrue(self.browser.run("return document.activeElement.closest('main') !== null"))


if __name__ == "__main__":
    if missing():
        print(f"skipped: {missing()} is not installed (./setup --full)")
        sys.exit(77)  # to meson: skipped
    unittest.main(argv=sys.argv[:1])
