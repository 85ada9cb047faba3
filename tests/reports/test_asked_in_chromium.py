"""The question as it was asked, in a real browser: set, contained, in the right order in both directions, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.homework.files import read_assignment
from grader.homework.solution import solve
from grader.homework.submission import Submission
from grader.marking.marker import Marker
from grader.reports.report import Report
from tests.reports.chromium import LOOKS, browser, opened
from tests.reports.test_pages_in_chromium import judge

TEXT = """\
[assignment]
id = "hw"
title = "TITLE"
prompt = "WORD $x$: *WORD*"
shape_order = "HWC"

[[questions]]
id = "q1"
title = "TITLE"
prompt = '''
WORD {{ input_shape }}, {{ rate }}, {{ minus }} WORD:

{{ layers }}

X = {{ X }}      F = {{ F }}

WORD $Y = {{ wide }}$ WORD $5 WORD $10.

$$\\sum_{i=1}^{n} \\frac{1}{4} x_i \\text{<b>} = \\frac{a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q}{2}$$

M =  2  3  4
     3  1  5

(a) WORD
(b) `{{ row }}` $\\bad{$

    WORD   code

# WORD
'''

[questions.given]
input_shape = [28, 28, 1]
rate = 0.10
minus = -2.5
X = [[2, 3, 4], [3, -1, 5]]
F = [[0, 1], [12, 3]]
wide = [[0.123456, 0.123456, 0.123456, 0.123456, 0.123456, 0.123456, 0.123456, 0.123456], [1, 2, 3, 4, 5, 6, 7, 8]]
row = [1, -1]
layers = [
    {type = "conv2d", out_channels = 32, kernel_size = 3, stride = 2, padding = 1, dilation = 2},
    {type = "max_pool2d", kernel_size = 2},
    {type = "linear", out_features = 10, bias = false},
]

[questions.compute]
O = "conv2d(X, F)"

[questions.parts]
O = {points = 2, prompt = "WORD $O$, {{ F }}"}
pick = {points = 1, kind = "choice", choices = ["{{ minus }} WORD", '$\\frac{1}{4}$', "WORD"], answer = "WORD"}
why = {points = 1, kind = "text", prompt = "WORD", rubric = [{points = 1, text = "WORD $x^2$"}]}
"""
WORDS = {"en": "words", "fa": "واژه"}
CENTRES = """selector => [...document.querySelector(selector).querySelectorAll('mtr:first-child > mtd')].map(
  cell => cell.getBoundingClientRect().left)"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    for lang, word in WORDS.items():
        text = TEXT.replace("TITLE", word).replace("WORD", word)
        solution = solve(read_assignment(text.encode(), "hw.toml"))
        answers = {"q1": {"O": "1 2", "pick": "A", "why": " "}}
        report = Marker(solution).mark(Submission(assignment="hw", student="student-01", answers=answers))
        page = Report.of(report, solution).to_html(reveal="always", lang=lang)
        (folder / f"{lang}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_a_filled_prompt(lang: str, width: int, scheme: str, chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / f"{lang}.html", width, scheme) as seen:
        seen.run("document.querySelectorAll('details').forEach(element => element.open = true)")
        judge(seen)
        columns = seen.page.evaluate(CENTRES, ".q .asked math")
        assert len(columns) == 3 and columns == sorted(columns), "mathematics runs from left to right"
        assert set(seen.run("[...document.querySelectorAll('math')].map(m => getComputedStyle(m).direction)")) == {
            "ltr"
        }
        table = "[...document.querySelectorAll('.asked thead th')].map(cell => cell.getBoundingClientRect().left)"
        assert len(seen.run(table)) == 9 and seen.run(table) == sorted(seen.run(table))
        kept = seen.run("[...document.querySelectorAll('.asked pre')].map(element => element.textContent)")
        assert kept[0] == "M =  2  3  4\n     3  1  5"
        assert seen.run("document.querySelector('main > .asked').textContent").count(WORDS[lang]) == 2
        assert "{{" not in seen.run("document.body.textContent")
        assert seen.run("getComputedStyle(document.querySelector('.asked p')).direction") == (
            "rtl" if lang == "fa" else "ltr"
        )
        inner = "[...document.querySelectorAll('.asked p bdi')].slice(0, 3).map(b => [b.textContent, b.dir])"
        assert seen.run(inner) == [["28 x 28 x 1", "ltr"], ["0.10", "ltr"], ["-2.5", "ltr"]]


@pytest.mark.parametrize("lang", WORDS)
def test_a_filled_prompt_on_paper(lang: str, chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / f"{lang}.html", 720, "light") as seen:
        seen.page.emulate_media(media="print")
        boxes = "[...document.querySelectorAll('.asked math, .asked table')].map(m => m.getBoundingClientRect())"
        for box in seen.run(f"{boxes}.map(box => [box.left, box.right])"):
            assert box[0] >= 0 and box[1] <= 720, "nothing is cut at the edge of the paper"
        assert seen.page.pdf()[:4] == b"%PDF"
