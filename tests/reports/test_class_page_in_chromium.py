"""Search and sort on the class page in a real browser, and that the page says the same without its script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.folders import RIGHT, grade, make_class, submission, write
from tests.reports.chromium import Seen, browser, opened

HOSTILE = "<img src=x onerror=alert(1)>"
STUDENTS = "document.querySelector('main details table.find')"
SHOWN = f"[...{STUDENTS}.tBodies[0].rows].filter(row => !row.hidden).map(row => row.cells[0].textContent)"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten of whom every second has fewer marks, a Persian and a hostile name, and one whose file is rejected."""
    folder = tmp_path_factory.mktemp("search")
    make_class(folder / "in", 10)
    for place, name in enumerate(("سارا ۱۲", HOSTILE)):
        write(folder / "in" / f"x{place}.toml", submission(name, RIGHT))
    write(folder / "in" / "rejected.toml", submission("student-99", "[answers.q9]\nx = 1\n"))
    grade(folder / "in", folder / "out", pages=True)
    return folder / "out" / "class.html"


@pytest.fixture
def seen(chromium: Any, page: Path) -> Iterator[Seen]:
    with opened(chromium, page, 1280, "light") as found:
        found.run("document.querySelectorAll('details').forEach(element => element.open = true)")
        yield found
        assert found.said == []


def find(seen: Seen, text: str) -> list[str]:
    seen.page.locator("main details input[type=search]").fill(text)
    return list(seen.run(SHOWN))


def test_search_finds_students_whatever_the_digits_and_letters(seen: Seen) -> None:
    assert len(find(seen, "")) == 13
    assert find(seen, "STUDENT-00") == [f"student-00{number}" for number in range(10)]
    assert find(seen, "سارا") == find(seen, "12") == ["سارا ۱۲"]
    assert find(seen, "<img") == [HOSTILE]
    assert find(seen, "nobody at all") == []
    assert seen.run("document.querySelector('main details [role=status]').textContent") == "No row contains this."
    assert len(find(seen, "")) == 13
    assert seen.run("document.images.length") == 0, "a student's text stays text"


def test_a_click_on_a_header_sorts_and_another_one_turns_it(seen: Seen) -> None:
    marks = f"[...{STUDENTS}.tBodies[0].rows].map(row => row.cells[2].dataset.v)"
    button = seen.page.locator("main details table.find th button").nth(2)
    for sign, state in ((1, "ascending"), (-1, "descending")):
        button.click()
        found = [float(text) for text in seen.run(marks) if text]
        assert found == sorted(found, key=lambda value: sign * value)
        assert len(set(found)) > 1
        assert seen.run(marks)[-1] == "", "who has no marks stands last"
        assert seen.run(f"{STUDENTS}.tHead.rows[0].cells[2].ariaSort") == state
    seen.page.locator("main details table.find th button").nth(0).click()
    names = seen.run(SHOWN)
    assert names[-1] == "سارا ۱۲"
    assert [name for name in names if name.startswith("student-0")] == [f"student-00{number}" for number in range(10)]


def test_a_keyboard_sorts_too(seen: Seen) -> None:
    seen.page.locator("main details table.find th button").nth(0).focus()
    seen.page.keyboard.press("Enter")
    assert seen.run(f"{STUDENTS}.tHead.rows[0].cells[0].ariaSort") == "ascending"


def test_a_rejected_file_is_listed_with_its_reason_and_a_link(seen: Seen, page: Path) -> None:
    (row,) = seen.run(
        "[...document.querySelectorAll('section > .w table.find tbody tr')]"
        ".map(row => [row.cells[2].textContent, row.querySelector('a').getAttribute('href')])"
    )
    assert "unknown question 'q9'" in row[0]
    assert (page.parent / row[1]).is_file()


def test_a_table_that_goes_on_shows_a_shadow_there(chromium: Any, page: Path) -> None:
    with opened(chromium, page, 360, "light") as seen:
        wide = "document.querySelector('table.wide').parentNode"
        assert seen.run(f"{wide}.scrollWidth > {wide}.clientWidth")
        assert seen.run(f"getComputedStyle({wide}).backgroundAttachment") == "local, local, scroll, scroll"


def test_without_its_script_the_page_says_the_same(chromium: Any, page: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, offline=True)
    try:
        plain = context.new_page()
        plain.goto(page.as_uri())
        assert plain.locator("main details table.find tbody tr").count() == 13
        assert plain.locator("input, button").count() == 0, "no control that does nothing"
    finally:
        context.close()
