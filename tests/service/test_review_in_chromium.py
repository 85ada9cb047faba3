"""`grader review` in a real browser: the queue of the class of sixty, cleared by keyboard alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook.database import Database
from tests.gradebook.folders import ROOT, grade, rows
from tests.reports.chromium import LOOKS, Seen, browser, follow
from tests.service.served import results_in, served

SIXTY = ROOT / "submissions_example" / "class-of-60"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sixty") / "out"
    grade(SIXTY, out, pages=True)
    return out


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return results_in(tmp_path_factory.mktemp("six"))


def page_of(chromium: Any, link: str, width: int, scheme: str = "light") -> Seen:
    """The overview, through the printed link."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(60_000)
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(link)
    page.wait_for_url(f"{link.partition('/enter')[0]}/")
    return seen


def press(page: Any, key: str) -> None:
    """Press a key that leads to another page."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_function("before => location.href !== before && document.readyState === 'complete'", arg=before)


def assert_calm(seen: Seen, link: str) -> None:
    """No console message, no request elsewhere, nothing wider than the window, no serious finding of axe."""
    seen.page.wait_for_load_state()
    assert seen.said == []
    base = link.partition("/enter")[0]
    assert [url for url in seen.asked if not url.startswith((f"{base}/", "data:,"))] == []
    assert seen.run("document.documentElement.scrollWidth <= innerWidth")
    assert seen.axe() == []


def test_the_queue_of_the_class_of_sixty_is_cleared_by_keyboard_alone(
    chromium: Any, sixty: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(sixty, out)
    with served(out, "--who", "assistant-1") as link:
        seen = page_of(chromium, link, 1280)
        page = seen.page
        page.locator("tbody a").first.focus()
        press(page, "Enter")
        decisions = 0
        while page.url.rpartition("/")[2] != "publish":
            if page.locator("#decision").count():
                page.keyboard.press("1")
                page.keyboard.press("2")
                expected = page.locator("#points").input_value()
                assert expected not in ("", "0")
                decisions += 1
                assert decisions <= 91
            press(page, "Enter")
        assert decisions == 91
        page.locator("button.save").press("Enter")
        page.wait_for_selector(".notice.saved", timeout=180_000)
        page.reload()
        assert "Published." in page.inner_text(".notice.saved")
        assert "Every mark that was given here is published." in page.inner_text("main")
        assert_calm(seen, link)
        page.context.close()
    with closing(Database(out / ".grader" / "store.sqlite3")) as database:
        marks = list(database.people())
        assert {one.who for one in marks} == {"assistant-1"}
        assert len(marks) == 112
    assert {row["pending_points"] for row in rows(out).values()} == {"0.00", ""}
    assert {row["status"] for row in rows(out).values()} == {"graded", "rejected"}


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_every_page_is_calm_and_harmless(
    width: int, lang: str, scheme: str, chromium: Any, six: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(six, out)
    with served(out, "--lang", lang) as link:
        base = link.partition("/enter")[0]
        seen = page_of(chromium, link, width, scheme)
        page = seen.page
        assert_calm(seen, link)
        assert seen.run("document.dir") == ("rtl" if lang == "fa" else "ltr")
        for part in ("q1.why", "q4.Z"):
            page.goto(f"{base}/mark/cnn-foundations/{part}")
            seen.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert_calm(seen, link)
        page.goto(f"{base}/mark/cnn-foundations/q1.why")
        for _ in range(3):  # the neighbours, by arrow: to the left where lines run to the left
            press(page, "ArrowLeft" if lang == "fa" else "ArrowRight")
        assert "Energy" in page.inner_text("pre")
        seen.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '۳', bubbles: true}))")
        assert page.locator("#points").input_value() == ("۰٫۴" if lang == "fa" else "0.4")
        page.keyboard.press("0")
        page.fill("#points", "")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        page.wait_for_load_state()
        seen.said = [line for line in seen.said if "422" not in line]
        assert page.locator("#points").get_attribute("aria-invalid") == "true"
        assert_calm(seen, link)
        page.fill("#points", "۱٫۵")
        page.fill("#comment", "<b>خوب</b>")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".notice.saved[role=status]")
        assert_calm(seen, link)
        page.goto(f"{base}/publish")
        assert_calm(seen, link)
        page.context.close()
    with closing(Database(out / ".grader" / "store.sqlite3")) as database:
        assert [(one.student, one.points, one.comment) for one in database.people()] == [
            ("student-05", "1.5", "<b>خوب</b>")
        ]


def test_it_works_without_script(chromium: Any, six: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(six, out)
    with served(out) as link:
        context = chromium.new_context(java_script_enabled=False)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(link)
        follow(page, "a:has-text('q1.why')")
        page.check("input[name=tick] >> nth=0")
        follow(page, "button.save")
        assert "Saved: points given to each of 2 students: 0.4" in page.inner_text("[role=status]")
        follow(page, "text=Hide the students' names")
        assert "Names are hidden." in page.locator("details").first.text_content()
        follow(page, "a:has-text('Publish')")
        follow(page, "button.save")
        page.wait_for_selector(".notice.saved")
        context.close()


def test_a_file_leads_the_browser_in_without_the_link_in_a_command_line(
    chromium: Any, six: Path, tmp_path: Path
) -> None:
    with served(six) as link:
        path = tmp_path / "review.html"
        path.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={link}">')
        page = chromium.new_context().new_page()
        page.goto(path.as_uri())
        page.wait_for_selector("h1:has-text('Review')", timeout=60_000)
        page.context.close()
