"""The pages of staff in a real browser: the queue of the class of sixty by keyboard, and a key that is fixed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.folders import ROOT
from tests.reports.chromium import browser, follow
from tests.service.courses import Served, course_in
from tests.service.in_chromium import Online, assert_calm, online, signed_in

SIXTY = sorted((ROOT / "submissions_example" / "class-of-60").glob("student-*.toml"))
ID = "cnn-foundations"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


def hand_in_all(served: Served, files: list[Path]) -> int:
    """Hand in a class as staff; how many were taken."""
    from grader.errors import StudentError
    from grader.service.course.hand_in import hand_in
    from grader.service.course.who import Right, Who

    staff = Who("staff", frozenset(Right))
    taken = 0
    for path in files:
        try:
            served.service.work.submit(hand_in, served.service, staff, path.read_bytes()).result()
            taken += 1
        except StudentError:
            pass  # the example class holds files that are refused, too
    return taken


def press(page: Any, key: str) -> None:
    """Press a key that leads to another page."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_function("before => location.href !== before && document.readyState === 'complete'", arg=before)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_assistant_clears_the_queue_of_the_class_of_sixty_by_keyboard(
    chromium: Any, tmp_path: Path, kind: str
) -> None:
    with online(course_in(tmp_path), kind) as course:
        assert hand_in_all(course, SIXTY) >= 55
        seen = signed_in(chromium, course.link("assistant-1", "assistant"))
        page = seen.page
        page.goto(f"{course.address}/staff/queue")
        page.locator("tbody a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/staff/queue/" in url)
        decisions = 0
        while not page.url.endswith("/staff/queue"):
            if page.locator("#decision").count():
                page.keyboard.press("1")
                page.keyboard.press("2")
                assert page.locator("#points").input_value() not in ("", "0")
                decisions += 1
                assert decisions <= 91
            press(page, "Enter")
        assert decisions >= 85
        assert set(page.locator("tbody td:nth-child(2)").all_inner_texts()) == {"0"}
        assert_calm(seen, course.address)
        page.goto(f"{course.address}/staff/class/{ID}")
        assert "Students with parts that wait for a person" in page.inner_text("main")
        assert_calm(seen, course.address)
        page.context.close()
        with course.service.store.reading() as base:
            from grader.service.store.marks import person_marks

            found = list(person_marks(base, ID))
            assert {one.who for one in found} == {"assistant-1"}
            assert len(found) >= 100


@pytest.fixture(scope="module", params=[("en", "sqlite"), ("fa", "sqlite"), ("en", "postgresql")], ids="-".join)
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Online]:
    """Twenty of the class, with a question about a mark and a key that was fixed."""
    folder = course_in(tmp_path_factory.mktemp("course"))
    path = folder / "answer_keys" / ID / "assignment.toml"
    policy = "\n[assignment.policy]\nappeals = true\ndue = 2026-03-01T12:00:00Z\nlate = {per_day = 0.1, at_most = 9}\n"
    text = re.sub(r"(?ms)^\[assignment\.policy\].*?(?=^\[)", "", path.read_text("utf-8"))
    path.write_text(text + policy, "utf-8")
    lang, kind = request.param
    with online(folder, kind, lang=lang) as found:
        hand_in_all(found, SIXTY[:20])
        lines = '[answers.q4]\nZ = "10,000"\n[answers.q1]\nwhy = "چون جمع می‌زند"\n'
        body = f'assignment = "{ID}"\nstudent = "student-99"\n{lines}'
        (tmp_path_factory.mktemp("more") / "more.toml").write_text(body, "utf-8")
        (found.folder / "more.toml").write_text(body, "utf-8")
        hand_in_all(found, [found.folder / "more.toml"])
        path.write_text(
            path.read_text("utf-8")
            .replace("points = 20\n", "points = 21\n", 1)
            .replace("points = 2\n", "points = 3\n", 1),
            "utf-8",
        )
        yield found


def number_of(course: Online, student: str) -> str:
    from grader.service.store.submissions import of_student

    with course.service.store.reading() as base:
        return of_student(base, student)[0].hand_in.number


def ask(course: Online, student: str) -> None:
    from grader.service.course.appeals import appeals_of
    from grader.service.course.appeals import ask as asked
    from grader.service.course.who import ROLES, Who
    from grader.service.store.submissions import of_student

    with course.service.store.reading() as base:
        found = of_student(base, student)[0]
        if appeals_of(base, found.hand_in.id):
            return
    asked(course.service, Who(student, ROLES["student"]), found, "q4.Z", "Why?")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_staff_is_calm(chromium: Any, course: Online, width: int) -> None:
    ask(course, "student-99")
    seen = signed_in(chromium, course.link("instructor", "instructor"), width, "dark" if width == 360 else "light")
    page = seen.page
    number = number_of(course, "student-99")
    paths = [
        "/staff", "/staff/queue", f"/staff/queue/{ID}/q1.why", f"/staff/queue/{ID}/q4.Z", f"/staff/class/{ID}",
        f"/staff/question/{ID}/q4", "/staff/student?id=student-99", f"/staff/hand-in/{number}?part=q4.Z",
        "/staff/appeals", "/staff/people", "/staff/log", "/staff/upload", f"/staff/export/{ID}", f"/staff/key/{ID}",
    ]  # fmt: skip
    wrong: list[str] = []
    for path in paths:
        page.goto(f"{course.address}{path}")
        seen.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        wrong += [f"{path}: {one}" for one in seen.axe()]
        if not seen.run("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append(f"{path} is wider than the window")
        assert seen.run("document.dir") == ("rtl" if course.service.lang == "fa" else "ltr")
    assert wrong == [], "\n".join(wrong)
    assert_calm(seen, course.address)
    page.context.close()


def test_a_reading_is_chosen_by_keyboard_and_a_fixed_key_is_applied(chromium: Any, course: Online) -> None:
    seen = signed_in(chromium, course.link("instructor", "instructor"))
    page = seen.page
    page.goto(f"{course.address}/staff/queue/{ID}/q4.Z")
    while "10,000" not in page.inner_text("pre"):
        press(page, "ArrowLeft" if course.service.lang == "fa" else "ArrowRight")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "reading"
    press(page, "Enter")
    assert page.locator("[role=status].saved").count() == 1
    page.goto(f"{course.address}/staff/key/{ID}")
    page.locator("main button.save").press("Enter")
    page.wait_for_selector("#moves")
    page.wait_for_load_state()
    moves = page.locator("#moves ~ div tbody tr").count()
    assert moves >= 20
    page.locator("main button.save").first.press("Enter")
    page.wait_for_selector("[role=status].saved")
    page.wait_for_load_state()
    assert page.locator("#moves ~ div tbody tr").count() == moves
    assert_calm(seen, course.address)
    page.context.close()


def test_the_queue_works_without_script(chromium: Any, tmp_path: Path) -> None:
    with online(course_in(tmp_path)) as course:
        hand_in_all(course, SIXTY[:8])
        context = chromium.new_context(java_script_enabled=False)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(course.link("assistant-1", "assistant"))
        follow(page, "button.save")
        page.goto(f"{course.address}/staff/queue")
        follow(page, "a:has-text('q1.why')")
        page.check("input[name=tick] >> nth=0")
        follow(page, "#decision button.save")
        assert "Saved: points given to" in page.inner_text("[role=status].saved")
        follow(page, "text=Hide the students' names")
        assert "Names are hidden." in page.locator("details").first.text_content()
        context.close()
