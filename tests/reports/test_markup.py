"""Markdown and LaTeX of authors as HTML: set well where it is well written, harmless whatever it is."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.markup import blocks, inline
from grader.reports.mathematics import mathml
from tests.reports.pages import HOSTILE, Elements
from tests.reports.test_html import LIVE


@pytest.mark.parametrize(
    ("latex", "inside"),
    [
        (r"\frac{1}{4}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>4</mn></mrow></mfrac>"),
        (r"\text{a<b&c}", "<mtext>a&lt;b&amp;c</mtext>"),
        (r"\text{<script>alert(1)</script>}", "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext>"),
        (r"\text{</math><img/src=x>}", "<mtext>&lt;/math&gt;&lt;img/src=x&gt;</mtext>"),
        (r"\begin{bmatrix} 2 & 3 \\ -1 & 0.5 \end{bmatrix}", "<mtd><mn>0.5</mn></mtd></mtr></mtable>"),
        (r"\partial L / \partial Z", "<mo>∂</mo><mi>L</mi><mo>/</mo>"),
    ],
)
def test_latex_becomes_mathml(latex: str, inside: str) -> None:
    made = mathml(latex)
    assert made.startswith('<math dir="ltr">') and inside in made
    ElementTree.fromstring(made)


@pytest.mark.parametrize(
    "latex",
    [
        r"\bad{",
        r"\frac" * 600 + "1",
        r"\frac{1}{" * 600 + "1" + "}" * 600,
        r"\sqrt" * 3000,
        r"{" * 5000,
        r"\left(" * 1500,
        r"\begin{matrix}" * 500,
        r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}\a",
        r"\def\a{\a\a}\a",
        r"\text{" * 1000,
        "x+" * 20_000,
    ],
    ids=range(11),
)
def test_what_is_no_latex_is_shown_as_it_was_written(latex: str) -> None:
    started = time.perf_counter()
    assert mathml(latex) == f'<code class="m" dir="ltr">${latex}$</code>'
    assert time.perf_counter() - started < 20, "a formula may not hold up a page"


@given(st.text(alphabet="\\{}$&^_[]<>\"'ab1 \n", max_size=60) | st.text(max_size=60))
def test_any_latex_is_harmless(latex: str) -> None:
    for made in (mathml(latex), mathml(latex, display=True)):
        tags = {tag for tag, _ in Elements(made).found}
        assert tags <= {"code"} or ("math" in tags and not tags & LIVE and "code" not in tags)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("It costs $5 and $10.", "<p>It costs $5 and $10.</p>"),
        ("US$ 3 and a$ b", "<p>US$ 3 and a$ b</p>"),
        (r"\$x\$", "<p>$x$</p>"),
        ("`$x$` and *so*", "<p><code>$x$</code> and <em>so</em></p>"),
        ("# Large\n\n- a\n- b", "<p>Large</p><ul><li>a</li><li>b</li></ul>"),
        ("one\ntwo\n(a) three\n(ب) four", "<p>one\ntwo<br />\n(a) three<br />\n(ب) four</p>"),
        ("![a cat](http://x.example/cat.png)", "<p><em>a cat</em></p>"),
        (
            "[x](javascript:alert(1)) <javascript:alert(1)>",
            "<p>[x](javascript:alert(1)) &lt;javascript:alert(1)&gt;</p>",
        ),
        ("[x](data:text/html,a) [y](//x) [z](file:///a)", "<p>[x](data:text/html,a) [y](//x) [z](file:///a)</p>"),
        ("[x](https://x.example 'a\u202eb')", '<p><a href="https://x.example">x</a></p>'),
        ("<b onclick=x>&amp;</b>", "<p>&lt;b onclick=x&gt;&amp;&lt;/b&gt;</p>"),
        ("X =  2 -1    F = 1\n     3  4        0", "<pre>X =  2 -1    F = 1\n     3  4        0</pre>"),
        ("Two sentences.  Both\nare prose.  Really.", "<p>Two sentences.  Both\nare prose.  Really.</p>"),
        ("    a  b\n    c  d", "<pre>a  b\nc  d</pre>"),
        (
            "| a | b |\n|---|--:|\n| 1 | 2 |",
            '<div class="s"><table class="t"><thead><tr><th>a</th><th class="to-right">b</th></tr></thead>'
            '<tbody><tr><td>1</td><td class="to-right">2</td></tr></tbody></table></div>',
        ),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    found = re.sub(r' (?:dir|tabindex)="\w+"', "", blocks(markdown))
    assert re.sub(r"(?<!br />)\n+(?=<)", "", found) == html


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_an_author_writes_is_live(text: str) -> None:
    for wrapped in (
        text,
        f"${text}$",
        f"`{text}`",
        f"[{text}]({text})",
        f"![{text}]({text})",
        f"    {text}",
        f"# {text}",
    ):
        for made in (blocks(wrapped), inline(wrapped)):
            found = Elements(made)
            assert not LIVE & {tag for tag, _ in found.found}
            assert not [name for _, attributes in found.found for name in attributes if name.startswith("on")]
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)


@given(st.text(alphabet="$`*_[]()<>!#-|\\{}ab1 \n\t", max_size=200))
def test_any_markdown_is_harmless(text: str) -> None:
    found = Elements(blocks(text))
    assert not LIVE & {tag for tag, _ in found.found}
    assert all(str(attributes.get("href", "http")).startswith(("http", "mailto")) for attributes in found.all("a"))


def test_a_long_text_is_no_markdown() -> None:
    started = time.perf_counter()
    assert "<pre" in blocks("*a " * 50_000)
    assert blocks("[" * 20_000) and blocks("> " * 5_000) and blocks("`" * 20_000) and blocks("$" * 20_000)
    assert time.perf_counter() - started < 30


def test_checking_a_submission_imports_nothing_that_only_pages_need() -> None:
    code = (
        "import sys; from grader.cli.main import run\n"
        "run(['check', 'submissions_example/cnn-foundations/paper-000.toml'])\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'markdown_it', 'mdit_py_plugins',"
        " 'latex2mathml', 'jinja2', 'matplotlib'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)
    assert run.stdout.splitlines()[-1] == "[]"
