"""Sheets in a real browser, on screens of two widths and on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.homework.solution import open_solution
from grader.messages.languages import LANGUAGES
from grader.reports.sheets.formats import SHEET_FORMATS
from grader.reports.sheets.sheet import sheet_of
from tests.reports.chromium import browser, opened
from tests.reports.test_pages_in_chromium import judge

KEYS = Path(__file__).parents[2] / "answer_keys"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


def page(folder: Path, assignment: str | Path, lang: str, staff: bool = False) -> Path:
    """The file of a sheet, of a shipped assignment or of one in a folder."""
    path = folder / f"sheet-{lang}.html"
    sheet = sheet_of(open_solution(KEYS / assignment), staff=staff, student="student-01")
    path.write_bytes(SHEET_FORMATS["html"].write(sheet, LANGUAGES[lang]))
    return path


@pytest.mark.parametrize(
    ("assignment", "lang", "staff", "width", "scheme"),
    [
        ("cnn-foundations", "en", False, 360, "light"),
        ("cnn-foundations", "fa", True, 1280, "dark"),
        ("cnn-architectures", "fa", False, 360, "dark"),
        ("cnn-architectures", "en", True, 360, "light"),
        ("course-quiz", "fa", True, 360, "light"),
        ("course-fields-fa", "fa", False, 1280, "light"),
        ("cnn-backprop-momentum", "en", True, 1280, "light"),
        ("cnn-pooling-capsules", "en", False, 360, "dark"),
    ],
)
def test_a_sheet_on_a_screen(
    assignment: str, lang: str, staff: bool, width: int, scheme: str, chromium: Any, tmp_path: Path
) -> None:
    with opened(chromium, page(tmp_path, assignment, lang, staff), width, scheme) as seen:
        judge(seen)
        assert seen.run("document.scripts.length") == 0
        assert seen.run("getComputedStyle(document.body).direction") == LANGUAGES[lang].direction
        assert set(seen.run("[...document.querySelectorAll('math')].map(m => getComputedStyle(m).direction)")) <= {
            "ltr"
        }


WIDE = """
[assignment]
id = "wide"
title = "Wide"
[[questions]]
id = "q1"
prompt = "Let $X = {{ X }}$ and {{ X }}. The layers: {{ layers }}"
[questions.given]
X = [ROW, ROW, ROW]
layers = [{type = "conv2d", name = "a", out_channels = 16, kernel_size = 5, stride = 2, padding = 2, groups = 2}]
[questions.compute]
total = "sum(X)"
[questions.parts]
total = {points = 1, prompt = "The sum of {{ X }}"}
"""
WIDTHS = """(digits => [...document.querySelectorAll('math mn')].filter(mn => mn.textContent.length == digits)
  .map(mn => mn.getBoundingClientRect().width))"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wider_than_a_page_scrolls_and_no_number_of_it_is_broken(
    lang: str, width: int, chromium: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    (folder / "assignment.toml").write_text(WIDE.replace("ROW", str(list(range(-5, 25)))))
    with opened(chromium, page(tmp_path, folder, lang), width, "light") as seen:
        judge(seen)
        one, two = seen.run(f"{WIDTHS}(1)"), seen.run(f"{WIDTHS}(2)")
        assert len(two) == 3 * 3 * 15
        assert min(two) > 1.5 * max(one)


@pytest.mark.parametrize(("lang", "paper"), [("en", "A4"), ("fa", "Letter")])
def test_a_sheet_on_paper_is_black_on_white_and_breaks_no_part(
    lang: str, paper: str, chromium: Any, tmp_path: Path
) -> None:
    with opened(chromium, page(tmp_path, "cnn-backprop-momentum", lang), 800, "dark") as seen:
        seen.page.emulate_media(media="print", color_scheme="dark")
        colours = "(e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor])(document.body)"
        assert seen.run(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        breaks = "[...document.querySelectorAll('.part')].map(e => getComputedStyle(e).breakInside)"
        assert set(seen.run(breaks)) == {"avoid"}
        wraps = "[...document.querySelectorAll('.asked td')].map(e => getComputedStyle(e).overflowWrap)"
        assert set(seen.run(wraps)) == {"normal"}  # a number of two digits stays one
        after = "[...document.querySelectorAll('.q h2')].map(e => getComputedStyle(e).breakAfter)"
        assert set(seen.run(after)) == {"avoid"}
        pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed (extra: test)")
        printed = pypdf.PdfReader(io.BytesIO(seen.page.pdf(format=paper))).pages
        assert 2 <= len(printed) <= 6
        count = LANGUAGES[lang].number(str(len(printed)))
        assert {LANGUAGES[lang].number("1"), "/", count} <= set(printed[0].extract_text().split())
