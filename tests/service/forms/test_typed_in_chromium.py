"""Papers that are filled in by keyboard, without script, or typed from files, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from grader import grade
from grader.errors import StudentError
from grader.homework.files import read_submission
from grader.service.forms.choosing import chosen
from grader.service.forms.typed import typed_of
from tests.reports.chromium import follow
from tests.service.forms.paper import Paper
from tests.service.forms.samples import KEYS, SUBMISSIONS, comparable, loaded
from tests.service.forms.test_hand_in_in_chromium import assert_calm, field, reading, shown


def test_a_paper_is_filled_in_by_keyboard_alone(chromium: Any) -> None:
    paper = Paper("course-quiz", "fa")
    with shown(chromium, paper, 360) as (seen, url):
        page, keyboard = seen.page, seen.page.keyboard
        visited: list[str] = []
        for _ in range(60):
            keyboard.press("Tab")
            name, tag, kind = seen.run(
                "(e => [e.name || e.id || e.className, e.tagName, e.type])(document.activeElement)"
            )
            visited.append(name)
            if kind == "radio":
                keyboard.press("ArrowDown")
            elif kind == "checkbox":
                keyboard.press("Space")
            elif tag == "SELECT":
                keyboard.press("ArrowDown")
            elif kind in ("text", "textarea"):
                keyboard.type("2")
            if name == "step":
                break
        keyboard.press("Enter")
        page.wait_for_selector("button[value=hand-in]")
        page.locator("button[value=hand-in]").first.press("Enter")
        page.wait_for_selector(".notice.saved")
        assert_calm(seen, url)
    assert set(paper.form.parts) <= set(visited)
    typed = typed_of(paper.handed_in[0])
    assert all(text for parts in typed.values() for text in parts.values())


def test_it_works_without_script(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper, script=False) as (seen, _):
        page = seen.page
        field(page, "q4.Z").fill("2,125")
        field(page, "q4.dF").fill("1 2\n3 4")
        field(page, "q1.why").fill("a\n\n  b")
        follow(page, "button[value=read]")
        assert "".join(reading(page, "q4.Z").inner_text().split()).endswith("2125;write21252.125;write02.125")
        assert reading(page, "q4.dF").locator("mtd").count() == 4
        assert field(page, "q1.why").input_value() == "a\n\n  b"
        field(page, "q4.Z").fill("02.125")
        follow(page, "button[value=check]")
        assert "9 answers are blank." in page.inner_text("main")
        follow(page, "button[value=change]")
        assert field(page, "q4.Z").input_value() == "02.125"
        follow(page, "button[value=check]")
        follow(page, "button[value=hand-in]")
        text = page.inner_text("main")
        assert "2026-03-01 15:30:07 (Asia/Tehran) = 2026-03-01 12:00:07 UTC" in text
        assert "R-0001" in text
    answers = read_submission(paper.handed_in[0], "x").answers
    assert (answers["q1"]["why"], answers["q4"]["dF"]) == ("a\n\n  b", "1 2\n3 4")


def typed_in(page: Any, paper: Paper, name: str, text: str) -> None:
    """Answer a part as a person does: write into its field, or press what stands for the text."""
    part = paper.form.parts[name]
    places = chosen(part.field, part.spec, text) if part.choosing else None
    box = page.locator(f'[data-part="{name}"]')
    if part.choosing is None:
        field(page, name).fill(text)
        return
    assert places is not None, f"no button says {text!r}"
    for at, options in enumerate(places):
        for option in options:
            if part.field.items:
                box.locator("select").nth(at).select_option(index=option + 1)
            else:
                box.locator("input").nth(option).check()


BY_HAND = [path for path in SUBMISSIONS if path.parent.parent.name == "submissions_example" and path.suffix == ".toml"]


@pytest.mark.parametrize("id", sorted({path.parent.name for path in BY_HAND if (KEYS / path.parent.name).is_dir()}))
def test_every_submission_typed_into_the_page_has_the_report_of_its_file(id: str, chromium: Any) -> None:
    paper, assignment = Paper(id, "en", alone=True), loaded(id, alone=True)
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        page.route("**/drafts", lambda route: route.fulfill(json={"revision": 1}))
        for path in (path for path in BY_HAND if path.parent.name == id):
            try:
                before = grade(assignment, path)
            except StudentError:
                continue
            page.goto(url)
            for question, parts in typed_of(path.read_bytes(), paper.form.previewer.specs).items():
                for part, text in parts.items():
                    if text.strip():
                        typed_in(page, paper, f"{question}.{part}", text)
            follow(page, "button.save")
            follow(page, "button[value=hand-in]")  # its script has forgotten what the browser kept
            page.wait_for_selector(".notice.saved")
            after = grade(assignment, paper.handed_in.pop())
            assert comparable(after)["questions"] == comparable(before)["questions"]
        assert seen.said == []
