"""What report.py makes of plain Markdown, on a small repository made here. test_builder.py PANDOC SOURCE"""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PANDOC, SOURCE = sys.argv[1:]
README = """# Cadernos · Notebooks

## Ordem · Order

| | português | English |
|---|---|---|
| | [Começo](pt/00-start.md) | [Start](en/00-start.md) |

### Memória · Memory

| 7 | [Eco](pt/echo.md) | [Echo](en/echo.md) | C1 |

### Apêndices · Appendices

| A | [Custo](pt/cost.md) | [Cost](en/cost.md) | |

## Depois · After

<div lang="pt-BR">

Só em português.

</div>

<div lang="en">

In English only.

</div>

[liga](pt/echo.md#pergunta) [fonte](../lib/echo.c)
"""
ECHO = """# 7. {title}

## {question}

<!--= a comment of its own -->

First of 10 000 $\\sigma$.

Why? See [start](00-start.md), [notation](../README.md#refs) and [the code](../../lib/echo.c).

It is <!--= echo.r[seed=1] %.3f -->-0.188<!--/--> ± <!--= echo.r_sd[seed=1] %.3f -->0.012<!--/--> of $f(x) = \\mathrm{{Var}}$, $r^{{0{{,}}85}}$, $b = -2$ and `--clip norm --threshold 0.01,0.1` and `--weights untied` ($x$, $y$).

$$
\\left[ \\frac{{a}}{{b}} \\right] (x)
$$

![A picture of $x$](../figures/echo.{lang}.svg)

![Alternative text](../figures/drawn.{lang}.svg)

*What to see.*

| | $k$ | word |
|---|---|---|
| a | -1.5 ± 0.1 | one |
| b | +22.5 – 23.1 | |

```c title=lib/echo.c
int x; /* <!-- kept --> $a ± b$ */
```

<details><summary>Answer</summary>

It is **4**.

</details>
"""
SVG = '<svg viewBox="0 0 860 400" xmlns="http://www.w3.org/2000/svg"><text font-size="14">a</text><text font-size="10.00">b</text></svg>'


def repository(root):
    files = {"notebooks-md/README.md": README, "lib/echo.c": "int x;\n", "plots/echo.gp": 'data = csv."/echo.summary.csv"\n',
             "results/echo.summary.csv": "seed,r,text\n" + "".join(f"1,{i / 9},t\n" for i in range(1201)), "results/echo.en.png": "",
             "results/live.html": "live"}
    for lang, title, question, start, cost in (("pt", "Eco", "Pergunta", "Começo", "Custo"), ("en", "Echo", "Question", "Start", "Cost")):
        files[f"notebooks-md/{lang}/00-start.md"] = f"# {start}\n\nText.\n\n<!--live-->\n\n![B](../figures/drawn.{lang}.svg)\n\n*Two\nlines.*\n\nEnd.\n"
        files[f"notebooks-md/{lang}/draft.md"] = "# A draft that the list does not have yet\n"
        files[f"notebooks-md/{lang}/cost.md"] = f"# A. {cost}\n\nText.\n"
        files[f"notebooks-md/{lang}/echo.md"] = ECHO.format(lang=lang, title=title, question=question)
        files[f"results/echo.{lang}.svg"] = files[f"notebooks-md/figures/drawn.{lang}.svg"] = SVG
        files[f"notebooks-md/figures/echo.{lang}.svg"] = "older"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def build(root, *flags):
    return subprocess.run([sys.executable, f"{SOURCE}/report/report.py", "--pandoc", PANDOC, "--source", root, "--results", root / "results",
                           "--out", root / "out", *flags], capture_output=True, text=True)


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        repository(cls.root)
        (cls.root / "out" / "pt").mkdir(parents=True)
        for name in ("pt/renamed.html", "README.html"):
            (cls.root / "out" / name).touch()
        run = build(cls.root, "--live", cls.root / "results" / "live.html")
        assert run.returncode == 0 and run.stderr == "", run.stderr
        cls.page = cls.read("en/echo.html")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def read(cls, name):
        return (cls.root / "out" / name).read_text(encoding="utf-8").replace("\n", " ")

    def has(self, part, page=None):
        self.assertTrue(part in (page or self.page), f"not on the page: {part}")

    def test_the_first_page_of_the_list_is_where_reading_starts(self):
        self.has('<a class="start" href="pt/00-start.html">Começar a ler</a>', self.read("index.html"))
        self.has('<a class="start" href="en/00-start.html">Start reading</a>', self.read("index.html"))

    def test_pages_follow_the_list_and_not_the_folder(self):
        self.assertFalse((self.root / "out/en/draft.html").exists())
        self.has('rel="prev" href="00-start.html"')
        self.has('rel="next" href="cost.html"')
        self.assertNotIn('rel="prev"', self.read("en/00-start.html"))
        self.has('rel="next" href="README.html"', self.read("en/cost.html"))

    def test_sections_and_appendices_stand_in_the_contents(self):
        contents = re.findall(r"<h2>(.*?)</h2>|<span>(.*?)</span> (.*?)</a>", self.read("pt/echo.html").split('<nav id="contents"')[1])
        self.assertEqual(contents, [("", "", "Começo"), ("Memória", "", ""), ("", "7", "Eco"), ("Apêndices", "", ""), ("", "A", "Custo"),
                                    ("", "", "Referências")])

    def test_a_page_says_where_it_is_and_leads_to_its_twin(self):
        self.has('<a href="../en/echo.html" aria-current="page"><span>7</span> Echo</a>')
        self.has('<a href="../pt/echo.html" lang="pt-BR" hreflang="pt-BR">Português</a>')
        self.has('<link rel="alternate" hreflang="pt-BR" href="../pt/echo.html">')
        self.has('<html lang="en">')
        self.has('<html lang="pt-BR">', self.read("pt/echo.html"))

    def test_a_page_of_both_languages_is_cut_to_one_without_the_list_of_pages(self):
        for lang, own, other, title in (("pt", "Só em português.", "In English only.", "Depois"), ("en", "In English only.", "Só em português.", "After")):
            page = self.read(f"{lang}/README.html")
            self.has(own, page)
            self.assertNotIn(other, page)
            self.assertRegex(page, f'<h2 id="[^"]*"><a href="[^"]*" class="anchor">{title}</a>')
            self.assertNotIn("<table", page)
            self.assertNotRegex(page, "<h[23][^>]*><a [^>]*>(Ordem|Order|Memória|Memory)")

    def test_what_a_search_engine_reads(self):
        for tag in ("<title>7. Echo · evanesce</title>", '<meta name="description" content="Why? See start, notation and the code.">',
                    '<meta property="og:image" content="../figures/echo.en.png">', '<meta name="viewport" content="width=device-width'):
            self.has(tag)

    def test_comments_are_gone_from_text_but_not_from_code(self):
        self.assertNotIn("comment", self.page)
        self.assertNotIn("echo.r", self.page)
        self.has("&lt;!-- kept --&gt;")

    def test_a_number_keeps_its_spread_and_its_minus(self):
        self.has("It is −0.188\u00a0±\u00a00.012 of")
        self.has("−1.5\u00a0±\u00a00.1</td>")
        self.has("+22.5\u00a0–\u00a023.1</td>")

    def test_a_sign_in_a_formula_stays_with_its_number(self):
        self.has("<mo>=</mo><mrow><mo>−</mo><mn>2</mn></mrow>")

    def test_no_line_begins_with_what_follows_a_formula(self):
        self.assertRegex(self.page, r'<span class="whole">\(<math.{0,200}<mi>x</mi>.{0,90}</math>,</span> <span class="whole"><math.{0,200}</math>\)\.</span>')

    def test_links_stay_within_the_folder(self):
        for link in ('"00-start.html"', '"README.html#refs"', '"../source/lib/echo.c.html"'):
            self.has(f"href={link}")
        for link in ('"../pt/echo.html#pergunta"', '"../source/lib/echo.c.html"'):
            self.has(f"href={link}", self.read("en/README.html"))
        self.has("int</span> x", self.read("source/lib/echo.c.html"))

    def test_a_heading_is_an_anchor(self):
        self.has('<h2 id="question"><a href="#question" class="anchor">Question</a></h2>')

    def test_a_caption_is_visible_and_the_line_below_comes_first(self):
        captions = re.findall(r"<figcaption><p id=.*?>(.*?)</p>", self.page)
        self.assertEqual(len(captions), 2)
        self.assertRegex(captions[0], r"^ ?<strong>Figure 7\.1\.</strong> A picture of <math")
        self.assertEqual(captions[1].strip(), "<strong>Figure 7.2.</strong> What to see.")
        self.has('alt="Alternative text"')
        self.assertNotIn("<em>", self.page)

    def test_the_figure_is_of_this_build_and_leads_to_its_data(self):
        self.assertEqual(self.read("figures/echo.en.svg"), SVG)
        self.has('href="../data/echo.summary.en.html"')
        table = self.read("data/echo.summary.en.html")
        self.has("401 of 1201", table)
        self.has('<tr><th scope="col">r</tr>', table)  # seed and text do not vary
        self.assertEqual(table.count("<tr><td>"), 401)
        self.has("<tr><td>133.3</tr>", table)
        self.has("<tr><td>0,3333</tr>", self.read("data/echo.summary.pt.html"))
        self.assertTrue((self.root / "out/data/echo.summary.csv").exists())

    def test_small_letters_make_a_figure_scroll_and_none_is_blown_up(self):
        self.has('style="min-width: 774px; max-width: 860px"')  # 860 px at 10 px, to be read at 9

    def test_a_table_has_heads_and_scrolls(self):
        self.has('<div class="scroll" role="group" aria-label="Table">')
        self.assertRegex(self.page, r'<th scope="row"[^>]*>a</th>')
        self.assertNotRegex(self.page, r"<th[^>]*></th>")
        self.assertRegex(self.page, r'<th style="text-align: right;" scope="col"><math[^>]*><semantics><mi>k</mi>')
        self.assertRegex(self.page, r'<th scope="col">word</th>')

    def test_formulas_are_mathml_and_scroll(self):
        self.has('<span class="scroll" role="group" aria-label="Formula"><math display="block"')
        self.has(">Var</mtext>")

    def test_thousands_stay_together(self):
        self.has("First of 10\xa0000 <")

    def test_a_long_command_breaks_between_its_words(self):
        self.has('<code class="whole">--clip</code> <code>norm</code> <code class="whole">--threshold</code> <code>0.01,0.1</code>')

    def test_a_decimal_comma_stays_with_its_digits(self):
        self.has(">0,85</mtext>")
        fences = re.findall(r'stretchy="(\w+)" form="prefix">(.)', self.page)
        self.assertEqual(fences, [("false", "("), ("true", "["), ("false", "(")])

    def test_an_excerpt_names_its_file(self):
        self.has('<a href="../source/lib/echo.c.html"><code class="whole">lib/echo.c</code></a>')

    def test_answers_fold(self):
        self.assertRegex(self.page, r"<details>\s*<summary>\s*Answer\s*</summary>\s*<p>It is <strong>4</strong>.</p>\s*</details>")

    def test_the_live_page_is_linked(self):
        self.assertEqual(self.read("live.html"), "live")
        self.has('<a href="../live.html#lang=en">Live</a>')

    def test_its_first_view_stands_for_a_figure(self):
        start = self.read("en/00-start.html")
        self.assertRegex(start, r'<figure>\s*<iframe src="../live.html#lang=en" title="Live"></iframe>\s*</figure>\s*<p>End.</p>')
        self.assertNotIn("<figcaption>", start)
        with tempfile.TemporaryDirectory() as folder:
            repository(Path(folder))
            self.assertEqual(build(Path(folder)).returncode, 0)
            start = (Path(folder) / "out/en/00-start.html").read_text(encoding="utf-8")
        self.assertIn("<figcaption>", start)
        self.assertNotIn("<iframe", start)

    def test_what_an_earlier_build_left_is_gone(self):
        self.assertFalse((self.root / "out/pt/renamed.html").exists() or (self.root / "out/README.html").exists())


class Refused(unittest.TestCase):
    def refuse(self, name, old, new, *said):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            repository(root)
            (root / "out").mkdir()
            path = root / "notebooks-md" / name
            text = path.read_text(encoding="utf-8")
            self.assertIn(old, text)
            path.write_text(text.replace(old, new), encoding="utf-8")
            run = build(root)
            self.assertEqual(run.returncode, 1)
            for part in said:
                self.assertIn(part, run.stderr)
            self.assertNotIn("Traceback", run.stderr)

    def test_a_title_other_than_in_the_list(self):
        self.refuse("en/echo.md", "# 7. Echo", "# 8. Echo", "en/echo.md", "# 7. Echo")

    def test_a_link_to_a_file_that_is_not_there(self):
        self.refuse("en/echo.md", "../../lib/echo.c", "../../lib/ecco.c", "lib/ecco.c")

    def test_a_figure_that_is_not_there(self):
        self.refuse("en/echo.md", "figures/drawn.en.svg", "figures/drown.en.svg", "figures/drown.en.svg", "en/echo.html")

    def test_two_pages_in_one_row(self):
        self.refuse("README.md", "en/echo.md", "en/cost.md", "pt/echo.md", "en/cost.md")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
