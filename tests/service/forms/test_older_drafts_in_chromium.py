"""An old draft beside a question that changed, in a real browser: saved, and kept without a connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reports.chromium import browser
from tests.service.course.test_older_drafts import WORK, change
from tests.service.courses import course_in
from tests.service.forms.test_hand_in_in_chromium import SAVED, field, state
from tests.service.in_chromium import assert_calm, online, opened, signed_in


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


def note(page: Any, part: str) -> Any:
    return page.locator(f'[data-part="{part}"] .older')


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "The question was changed after you typed this answer."), ("fa", "سؤال تغییر کرده است")]
)
def test_who_comes_back_is_told_beside_the_answer(
    chromium: Any, tmp_path: Path, lang: str, said: str, width: int
) -> None:
    with online(course_in(tmp_path), lang=lang) as course:
        seen = signed_in(chromium, course.link("student-01"), width)
        page, context = seen.page, seen.page.context
        saved = "() => !document.querySelector('#draft-state').classList.contains('warn')"
        page.goto(course.address + WORK)
        with page.expect_response(lambda response: "/drafts/" in response.url):
            field(page, "q4.Z").fill("9")
        page.wait_for_function(saved)
        change(course)
        page.goto(course.address + WORK)
        assert said in note(page, "q4.Z").inner_text()
        assert not note(page, "q4.O").is_visible()
        assert_calm(seen, course.address)
        with page.expect_response(lambda response: "/drafts/" in response.url):
            field(page, "q4.Z").fill("10")
            assert not note(page, "q4.Z").is_visible()
        page.goto(course.address + WORK)
        assert not note(page, "q4.Z").is_visible()
        context.close()


def test_what_only_the_browser_kept_is_older_too(chromium: Any, tmp_path: Path) -> None:
    with online(course_in(tmp_path)) as course:
        seen = signed_in(chromium, course.link("student-01"))
        page, context = seen.page, seen.page.context
        page.goto(course.address + WORK)
        context.set_offline(True)
        field(page, "q4.Z").fill("9")
        state(page, "No connection.")
        page.close()
        context.set_offline(False)
        change(course)
        for kept in ("by the browser", "by the service"):
            again = opened(context, course.address + WORK).page
            assert field(again, "q4.Z").input_value() == "9"
            if kept == "by the browser":
                state(again, SAVED)
            assert note(again, "q4.Z").is_visible()
            again.close()
        context.close()
