"""Every page in a real browser: nothing is asked of anybody, nothing overflows, axe-core finds nothing serious."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.reports.html import student_page
from tests.gradebook.folders import grade, make_class
from tests.reports.chromium import LOOKS, SCHEMES, WIDTHS, Seen, browser, opened
from tests.reports.pages import GRID, HOSTILE, SAMPLE, hostile_asked, hostile_document, page_of

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
SMALLEST = """() => {
  const sizes = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const hidden = element.closest('.vh, svg, details:not([open])');
    if (walk.currentNode.data.trim() && !hidden) sizes.push(parseFloat(getComputedStyle(element).fontSize));
  }
  return Math.min(...sizes);
}"""
OUTSIDE = """() => [...document.querySelectorAll('main *, header *')].filter(element => {
  if (element.closest('.vh, svg, .s, .w, .wide, .display, pre')) return false;
  const box = element.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(element => element.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every sort of page, in one folder."""
    folder = tmp_path_factory.mktemp("pages")
    wide = {**GRID, "id": "wide", "read": [[place / 7 for place in range(20)]] * 3, "entries": None, "diagnoses": []}
    reviewed = {**GRID, "id": "seen", "review": {"points": 2.0, "who": "A. Person", "why": "a typo"}}
    sample = {**SAMPLE, "questions": [*SAMPLE["questions"], *page_of(GRID, wide, reviewed)["questions"]]}
    sample["questions"][-1]["id"] = "q5"
    words = {"title": "Homework 4", "questions": {"q4": {"prompt": "X (3x3) is convolved with F (2x2).\n" * 4}}}
    made = {
        "student-en": student_page(sample, words, reveal="wrong"),
        "student-fa": student_page(sample, words, lang="fa", reveal="wrong"),
        "rejected": student_page({"status": "rejected", "student": "x", "message": "not TOML"}),
        **{
            f"hostile-{number}": student_page(hostile_document(text), hostile_asked(text), lang=lang, reveal="always")
            for number, (text, lang) in enumerate(zip(HOSTILE, ("en", "fa") * len(HOSTILE), strict=False))
        },
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8", errors="strict")
    return folder


@pytest.fixture(scope="module")
def class_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results in each language."""
    folder = tmp_path_factory.mktemp("class")
    for lang in ("en", "fa"):
        grade(make_class(folder / "submissions", 30), folder / lang, pages=True, lang=lang)
    return folder


def judge(seen: Seen) -> None:
    """What holds for every page."""
    assert seen.said == []
    assert all(url.startswith("data:") for url in seen.asked[1:]), seen.asked
    assert seen.run(SIDEWAYS) <= 0
    assert seen.run(OUTSIDE) == []
    assert seen.run(SMALLEST) >= 11
    assert seen.axe() == []


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_a_student_s_page(lang: str, width: int, scheme: str, chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / f"student-{lang}.html", width, scheme) as seen:
        seen.run("document.querySelectorAll('details').forEach(element => element.open = true)")
        judge(seen)


@pytest.mark.parametrize(("width", "scheme"), list(zip(WIDTHS, SCHEMES, strict=True)))
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_class_page(lang: str, width: int, scheme: str, chromium: Any, class_pages: Path) -> None:
    with opened(chromium, class_pages / lang / "class.html", width, scheme) as seen:
        seen.run("document.querySelectorAll('details').forEach(element => element.open = true)")
        judge(seen)
        assert seen.run("document.querySelectorAll('svg[role=img] title').length") >= 3
        links = seen.run("[...document.querySelectorAll('main ul.names a')].map(link => link.href)")
        assert all(Path(link.removeprefix("file://")).is_file() for link in links)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_words_are_inert_and_contained(number: int, chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / f"hostile-{number}.html", 360, "light") as seen:
        assert seen.said == []
        assert all(url.startswith("data:") for url in seen.asked[1:])
        assert seen.run(SIDEWAYS) <= 0
        assert seen.run(OUTSIDE) == []
        assert seen.run("document.scripts.length") == 0
        assert seen.run("getComputedStyle(document.querySelector('h1')).display") == "block"


def test_the_page_of_a_rejected_submission(chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / "rejected.html", 360, "dark") as seen:
        judge(seen)


def test_a_persian_page_runs_right_to_left_and_its_grids_left_to_right(chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / "student-fa.html", 1280, "light") as seen:
        assert seen.run("getComputedStyle(document.body).direction") == "rtl"
        assert seen.run("getComputedStyle(document.querySelector('table.g')).direction") == "ltr"
        cells = "[...document.querySelector('table.g tbody tr').children].map(c => c.getBoundingClientRect().left)"
        places = seen.run(cells)
        assert len(places) > 2
        assert places == sorted(places)
        columns = seen.run("[...document.querySelectorAll('nav thead th')].map(c => c.getBoundingClientRect().left)")
        assert columns == sorted(columns, reverse=True)
        heading = seen.run(
            "(() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('h1'));"
            " return [range.getBoundingClientRect().right, document.body.getBoundingClientRect().right]; })()"
        )
        assert heading[1] - heading[0] < 40


CLOSED = """[...document.querySelectorAll('details:not([open]) > :not(summary)')].map(
  element => element.checkVisibility({contentVisibilityAuto: true}))"""


def test_the_page_prints_without_what_only_screens_need(chromium: Any, pages: Path) -> None:
    with opened(chromium, pages / "student-en.html", 800, "light") as seen:
        assert set(seen.run(CLOSED)) == {False}
        seen.page.emulate_media(media="print")
        assert seen.run("getComputedStyle(document.querySelector('nav')).display") == "none"
        assert set(seen.run(CLOSED)) == {True}  # what was asked and written can be read on paper
        assert seen.page.pdf()[:4] == b"%PDF"


def test_names_of_a_whole_class_are_not_printed(chromium: Any, class_pages: Path) -> None:
    with opened(chromium, class_pages / "en" / "class.html", 800, "light") as seen:
        seen.page.emulate_media(media="print")
        assert set(seen.run(CLOSED)) == {False}


def test_the_judge_can_fail(chromium: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><html><title>x</title><body><main><p style='width:2000px;color:#ccc;background:#fff'>pale"
        "<img src='http://127.0.0.1:9/x.png'><script>console.error('said')</script></main>"
    )
    with opened(chromium, bad, 360, "light") as seen:
        assert "said" in seen.said
        assert len(seen.asked) == 2
        assert seen.run(SIDEWAYS) > 0
        assert seen.run(OUTSIDE)
        rules = {found.partition(":")[0] for found in seen.axe()}
        assert {"color-contrast", "image-alt", "html-has-lang"} <= rules
