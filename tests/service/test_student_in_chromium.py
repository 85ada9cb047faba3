"""A student's whole road in a real browser: fill in by keyboard, close the page, come back, hand in, read feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.homework.files import read_submission
from grader.messages import sentence
from grader.messages.languages import LANGUAGES
from tests.gradebook.folders import ROOT, call
from tests.reports.chromium import browser
from tests.service.courses import course_in
from tests.service.in_chromium import assert_calm, online, opened, signed_in

ANSWERS = {
    "q1.g": "0 20 -70 20 0\n0 30 -60 30 0\n0 30 -60 30 0\n0 30 -60 30 0\n0 20 -70 20 0",
    "q1.why": "It adds up.",
    "q2.role": "It mixes channels.",
    "q3.conv_shape": "14 x 14 x 32",
    "q3.pool_shape": "7 x 7 x 32",
    "q3.flat_shape": "1568",
    "q3.dense_shape": "32",
    "q3.output_shape": "5",
    "q4.O": "1 2\n3 4",
    "q4.Z": "40/4",
    "q4.dF": "1/4 1/2\n1 1",
    "q4.dX": "",
}
SAVED = [LANGUAGES[lang](sentence("Everything is saved.")) for lang in ("en", "fa")]
REPORTED = ("verdict", "score", "max_score", "carried_from", "kind")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


def type_into(page: Any, part: str, text: str) -> None:
    """Go to a field by the Tab key alone, and type."""
    for _ in range(60):
        if page.evaluate("document.activeElement.name || ''") == part:
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == part
    page.keyboard.type(text)


def wait_until_saved(page: Any) -> None:
    """Until the page says that everything is saved."""
    shown = "document.getElementById('draft-state').textContent.trim()"
    page.wait_for_function(f"said => said.includes({shown})", arg=SAVED)


def press_to(page: Any, label: str) -> None:
    """Go to a button by the Tab key, and press it."""
    for _ in range(80):
        if page.evaluate("document.activeElement.value || ''") == label:
            break
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("lang", "width", "kind"), [("en", 1280, "sqlite"), ("fa", 360, "sqlite"), ("fa", 360, "postgresql")]
)
def test_a_paper_by_keyboard_in_two_sittings(chromium: Any, tmp_path: Path, lang: str, width: int, kind: str) -> None:
    with online(course_in(tmp_path), kind, lang=lang) as served:
        seen = signed_in(chromium, served.link("student-01"), width)
        assert_calm(seen, served.address)
        seen.page.locator("a.button").focus()
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/work/cnn-foundations")
        first, second = list(ANSWERS.items())[:6], list(ANSWERS.items())[6:]
        for part, text in first:
            type_into(seen.page, part, text)
        wait_until_saved(seen.page)
        assert_calm(seen, served.address)
        context = seen.page.context
        seen.page.close()  # in the middle

        seen = opened(context, f"{served.address}/work/cnn-foundations")
        for part, text in first:
            assert seen.page.locator(f"[name='{part}']").input_value() == text
        for part, text in second:
            type_into(seen.page, part, text)
        press_to(seen.page, "check")
        assert_calm(seen, served.address)
        press_to(seen.page, "hand-in")
        seen.page.wait_for_url("**/receipt/*")
        assert_calm(seen, served.address)
        number = seen.page.url.rpartition("/")[2]
        seen.page.locator("a.button").focus()
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url(f"**/feedback/{number}")
        assert_calm(seen, served.address)
        right = seen.page.locator("a.v.correct").count()
        staff = served.program("staff")
        report = staff.get("/api/v1/submissions/1/report").json()
        assert right == sum(part["verdict"] == "correct" for one in report["questions"] for part in one["parts"]) >= 6
        assert (report["status"], report["student"]) == ("needs_review", "student-01")


PAPERS = [
    ROOT / "submissions_example" / name
    for name in ("cnn-foundations/paper-000.toml", "course-quiz/typical.toml", "course-lenet/typical.toml")
]
"""Every kind of field; all examples are typed into the page in `tests/service/forms`."""


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.parent.name)
def test_what_a_browser_types_has_the_report_of_check(chromium: Any, tmp_path: Path, path: Path) -> None:
    data = path.read_bytes()
    paper = read_submission(data, path.name)
    with online(course_in(tmp_path / "course", paper.assignment)) as served:
        from grader.service.forms.fields import Written
        from grader.service.forms.typed import typed_of

        seen = signed_in(chromium, served.link(paper.student))
        page = seen.page
        page.goto(f"{served.address}/work/{paper.assignment}")
        form = served.service.work.submit(served.service.form, paper.assignment, paper.student).result()
        for question, parts in typed_of(data, form.previewer.specs).items():
            for part, text in parts.items():
                fill(page, form.parts[f"{question}.{part}"].laid(Written(text)))
        page.locator("button[value=check]").click()
        page.locator("button[value='hand-in']").first.click()
        page.wait_for_url("**/receipt/*")
        number = page.url.rpartition("/")[2]
        staff = served.program("staff")
        report = staff.get("/api/v1/submissions/1/report").json()
        file = tmp_path / f"{number}.toml"
        file.write_bytes(staff.get("/api/v1/submissions/1/file").content)
        assert report == checked(file, served.folder)
        assert told(report) == told(checked(path, served.folder))
        assert seen.said == []


def fill(page: Any, field: Any) -> None:
    """Put an answer into its field, or choose what it stands for."""
    where = page.locator(f"[name='{field.name}']")
    if not field.groups:
        where.first.fill(field.written.text)
    for place, group in enumerate(field.groups):
        for control in group.controls:
            if control.chosen and field.input == "select":
                where.nth(place).select_option(control.value)
            elif control.chosen:
                page.locator(f"[name='{field.name}'][value='{control.value}']").check()


def checked(path: Path, course: Path) -> Any:
    return json.loads(call("check", path, "--keys", course / "answer_keys", "--format", "json").stdout)


def told(report: Any) -> Any:
    """What a report says of each part, apart from how the answer was spelled."""
    return [
        (
            one["id"],
            part["id"],
            *(part[name] for name in REPORTED),
            [(each["id"], each["kind"]) for each in part["diagnoses"]],
        )
        for one in report["questions"]
        for part in one["parts"]
    ]


def test_an_old_tab_shows_what_was_saved_elsewhere(chromium: Any, tmp_path: Path) -> None:
    with online(course_in(tmp_path)) as served:
        home = signed_in(chromium, served.link("student-01"), 1280)
        address = f"{served.address}/work/cnn-foundations"
        old, new = opened(home.page.context, address).page, opened(home.page.context, address)
        for text in ("40", "40/4"):
            new.page.locator("[name='q4.Z']").fill(text)
            wait_until_saved(new.page)
        press(old, "check")
        assert old.locator(".conflict pre").inner_text() == "40/4"
        assert old.locator("[name='q4.Z']").input_value() == ""
        old.locator(".conflict button", has_text="Take what is there").click()
        assert old.locator("[name='q4.Z']").input_value() == "40/4"
        press(old, "check")
        press(old, "hand-in")
        old.wait_for_url("**/receipt/*")
        new.page.locator("[name='q4.Z']").fill("41")
        wait_until_saved(new.page)
        press(new.page, "check")  # its own revisions are those that it sends
        assert "Hand in now" in new.page.content()


def test_what_was_typed_and_not_handed_in_survives_an_upload(chromium: Any, tmp_path: Path) -> None:
    with online(course_in(tmp_path)) as served:
        home = signed_in(chromium, served.link("student-01"), 1280)
        page = opened(home.page.context, f"{served.address}/work/cnn-foundations").page
        page.route("**/drafts/**", lambda route: route.abort())  # all that is known of it is in the browser
        page.locator("[name='q1.why']").fill("It adds up.")
        page.locator("[name='q4.Z']").fill("10")
        page.locator("[name='q2.role']").fill('It mixes\n"channels".')
        page.wait_for_timeout(500)
        page.on("dialog", lambda dialog: dialog.accept())
        paper = 'assignment = "cnn-foundations"\nstudent = "student-01"\n[answers.q4]\nZ = 10\n'
        paper += "[answers.q2]\nrole = 'It mixes channels.'\n"
        page.locator("input[type=file]").set_input_files(
            {"name": "mine.toml", "mimeType": "application/toml", "buffer": paper.encode()}
        )
        page.locator("details.upload summary").click()
        page.locator("form[action*='/upload/'] button").click()
        page.wait_for_url("**/receipt/*")
        page.wait_for_load_state()
        kept = page.evaluate("Object.keys(localStorage).map((key) => key.split(':')[2]).sort()")
        assert kept == ["q1.why", "q2.role"]
        page.goto(f"{served.address}/work/cnn-foundations")
        assert page.locator("[name='q1.why']").input_value() == "It adds up."
        page.unroute("**/drafts/**")
        page.reload()
        wait_until_saved(page)
        sheet = opened(home.page.context, f"{served.address}/work/cnn-foundations").page
        assert sheet.locator("[name='q1.why']").input_value() == "It adds up."
        assert sheet.locator("[name='q2.role']").input_value() == 'It mixes\n"channels".'
        assert sheet.locator("[name='q4.Z']").input_value() == "10"


def press(page: Any, step: str) -> None:
    """Press a button of the form."""
    with page.expect_navigation():
        page.locator(f"button[value='{step}']").first.click()
