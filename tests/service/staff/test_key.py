"""A key is fixed: what would move is shown with its reason, moves when told, and nothing else moves."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import answer, text

PATH = "/staff/key/cnn-foundations"
REMARK = "/api/v1/remark?assignment=cnn-foundations"
RIGHT = "0 20 -70 20 0; 0 30 -60 30 0; 0 30 -60 30 0; 0 30 -60 30 0; 0 20 -70 20 0"


def fix(served: Served, points: int = 3) -> None:
    """Make q1.g worth one point more."""
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    lines = path.read_text("utf-8").replace("points = 20\n", f"points = {18 + points}\n", 1)
    path.write_text(lines.replace("points = 2\n", f"points = {points}\n", 1), "utf-8")


def settled(client: Any) -> str:
    """The page, when the work has ended."""
    for _ in range(2_400):
        page = client.get(PATH)
        if "refresh" not in page.headers:
            return str(page.text)
        time.sleep(0.05)
    raise AssertionError("the work does not end")


def post(client: Any, page: str, step: str) -> Any:
    shown = re.search(r'name="shown" value="(\w+)"', page)
    return client.post(PATH, data={"csrf": client.csrf, "step": step, "shown": shown[1] if shown else ""})


def test_what_would_move_is_shown_and_then_moves(served: Served, instructor: Any) -> None:
    made = answer(served, "student-01", q1={"g": RIGHT})
    answer(served, "student-02", q1={"why": "It adds up."})
    assert "Marks come from the files of the assignment as they are." in instructor.get(PATH).text
    fix(served)
    assert "Look first which marks would move" in instructor.get(PATH).text
    assert post(instructor, "", "look").status_code == 303
    page = settled(instructor)
    assert "If the files are applied, 2 marks move." in text(page)
    assert re.search(r"student-02.*?q1\.g.*?0 / 2 \(missing\).*?0 / 3 \(missing\)", page, re.S)
    assert re.search(r"student-01.*?q1\.g.*?2 / 2 \(correct\).*?3 / 3 \(correct\).*?the assignment changed", page, re.S)
    student = served.person("student-01")
    feedback = f"/feedback/{made['receipt']['number']}"
    assert "Marks that were moved" not in student.get(feedback).text
    assert post(instructor, page, "apply").status_code == 303
    page = settled(instructor)
    assert "Applied. 2 marks moved" in text(page)
    assert "Marks come from the files of the assignment as they are." in page
    note = student.get(feedback).text
    assert "Marks that were moved" in note
    assert "2/2 (correct)" in note
    assert "3/3 (correct)" in note


def test_other_files_than_were_shown_are_not_applied(served: Served, instructor: Any) -> None:
    made = answer(served, "student-01", q1={"g": RIGHT})
    fix(served)
    post(instructor, instructor.get(PATH).text, "look")
    page = settled(instructor)
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    path.write_text(path.read_text("utf-8").replace("points = 3\n", "points = 4\n", 1).replace("= 21\n", "= 22\n", 1))
    assert "The files changed since these moves were shown: look again." in instructor.get(PATH).text
    post(instructor, page, "apply")
    assert "the files changed since these moves were shown: look again" in settled(instructor)
    score = served.program("read").get(f"/api/v1/submissions/{made['id']}").json()["score"]
    assert score == 2


def test_marks_by_people_stay_and_do_not_move(served: Served, instructor: Any) -> None:
    made = answer(served, "student-01", q1={"g": RIGHT})
    mark = {"submission": made["id"], "question": "q1", "part": "g", "points": 1, "version": 0}
    assert served.program("staff").post("/api/v1/marks", json=mark).is_success
    fix(served)
    post(instructor, instructor.get(PATH).text, "look")
    page = settled(instructor)
    assert re.search(r"1 / 2 \(Person\).*?1 / 3 \(Person\)", page, re.S)


def test_a_broken_file_is_said_and_changes_nothing(served: Served, instructor: Any) -> None:
    answer(served, "student-01", q1={"g": RIGHT})
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    path.write_text(path.read_text("utf-8").replace("points = 20\n", "points = 25\n", 1))
    start_look = instructor.post(PATH, data={"csrf": instructor.csrf, "step": "look"})
    assert start_look.status_code == 303
    page = settled(instructor)
    assert "Nothing was changed" in page
    assert "25" in page


def test_work_that_fell_silent_was_interrupted(served: Served, instructor: Any) -> None:
    from grader.service.course.remarking import name_of
    from grader.service.store.progress import Progress, put_progress

    fix(served, 4)
    running = Progress("look", "running", "somebody", served.clock(), 60, 20)
    with served.service.store.writing() as base:
        put_progress(base, name_of("cnn-foundations"), running)
    page = instructor.get(PATH)
    assert page.headers["refresh"] == "1"
    assert "20 / 60" in page.text
    served.clock.now += timedelta(seconds=61)
    page = instructor.get(PATH)
    assert "refresh" not in page.headers
    assert "This was interrupted before it ended." in page.text


def test_only_instructors_fix_keys(served: Served) -> None:
    assistant = served.person("assistant-1", "assistant")
    assert assistant.get(PATH).status_code == 403
    assert assistant.post(PATH, data={"csrf": assistant.csrf, "step": "look"}).status_code == 403
    instructor = served.person("instructor-2", "instructor")
    assert instructor.get("/staff/key/other").status_code == 404
    assert instructor.post(PATH, data={"csrf": instructor.csrf, "step": "else"}).status_code == 404


def test_a_part_that_is_worth_less_than_people_gave_is_not_applied(served: Served, instructor: Any) -> None:
    staff = served.program("staff")
    made = [answer(served, f"student-0{number}", q1={"g": RIGHT}) for number in (1, 2, 3)]
    for one, points in zip(made, (2, 1.5, 1), strict=True):
        mark = {"submission": one["id"], "question": "q1", "part": "g", "points": points, "version": 0}
        assert staff.post("/api/v1/marks", json=mark).is_success
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    lines = path.read_text("utf-8").replace("points = 20\n", "points = 19\n", 1)
    path.write_text(lines.replace("points = 2\n", "points = 1\n", 1), "utf-8")
    said = (
        "people gave 2 of the students up to 2 points for q1.g, which is worth 1 in the files: "
        "correct the marks or the files"
    )
    post(instructor, instructor.get(PATH).text, "look")
    assert said in settled(instructor)
    for url in (REMARK, f"{REMARK}&apply=true"):
        refused = staff.post(url)
        assert (refused.status_code, refused.json()["message"]) == (409, said)
    for one in made[:2]:
        mark = {"submission": one["id"], "question": "q1", "part": "g", "points": 1, "version": 1}
        assert staff.post("/api/v1/marks", json=mark).is_success
    post(instructor, instructor.get(PATH).text, "look")
    post(instructor, settled(instructor), "apply")
    assert "Applied. 3 marks moved" in text(settled(instructor))


def test_a_mark_that_was_given_after_the_look_is_not_applied_either(served: Served, instructor: Any) -> None:
    staff = served.program("staff")
    made = answer(served, "student-01", q1={"g": RIGHT})
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    lines = path.read_text("utf-8").replace("points = 20\n", "points = 19\n", 1)
    path.write_text(lines.replace("points = 2\n", "points = 1\n", 1), "utf-8")
    post(instructor, instructor.get(PATH).text, "look")
    page = settled(instructor)
    mark = {"submission": made["id"], "question": "q1", "part": "g", "points": 2, "version": 0}
    assert staff.post("/api/v1/marks", json=mark).is_success
    post(instructor, page, "apply")
    assert "people gave 1 of the students up to 2 points for q1.g, which is worth 1" in settled(instructor)
    assert served.program("read").get(f"/api/v1/submissions/{made['id']}").json()["score"] == 2


@pytest.mark.parametrize("apply", ["false", "true"])
def test_hand_ins_go_between_when_a_program_marks_a_class_again(
    served: Served, apply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.service.store import submissions

    for number in range(21):
        answer(served, f"student-{number:02}", q1={"g": RIGHT if number % 2 else "0"})
    seen: list[str] = []
    marked = served.service.marked

    def watched(*arguments: Any) -> Any:
        if not seen:
            served.service.work.submit(seen.append, "another's")
        seen.append("marked")
        return marked(*arguments)

    monkeypatch.setattr(served.service, "marked", watched)
    fix(served)
    moved = served.program("staff").post(f"{REMARK}&apply={apply}").json()["moved"]
    assert len(moved) == 21
    assert seen == [*["marked"] * 20, "another's", "marked"]
    monkeypatch.undo()
    with served.service.store.reading() as base:
        before = submissions.versions(base, "cnn-foundations")
    assert set(before.values()) == {2 if apply == "true" else 1}
    if apply == "true":
        assert served.program("staff", "again").post(f"{REMARK}&apply=true").json()["moved"] == []
        with served.service.store.reading() as base:
            assert submissions.versions(base, "cnn-foundations") == before


GONE = "cnn-foundations/assignment.toml: no such file"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_text("[[[", "utf-8"), "cnn-foundations/assignment.toml: line 1: not TOML"),
        (lambda path: path.unlink(), "cnn-foundations/assignment.toml: no such file"),
        (lambda path: path.parent.rename(path.parents[2] / "away"), "cnn-foundations/assignment.toml: no such file"),
        (
            lambda path: path.parents[1].rename(path.parents[2] / "away"),
            "cnn-foundations/assignment.toml: no such file",
        ),
    ],
)
def test_files_that_cannot_be_used_are_said_to_staff_and_marks_stay(
    served: Served, instructor: Any, change: Any, said: str
) -> None:
    answer(served, "student-01", q1={"g": RIGHT})
    change(served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml")
    for page in ("/staff", PATH):
        shown = text(instructor.get(page).text)
        assert said in shown
        assert "Marks still come from what was applied before" in shown
        assert "Marks come from the files of the assignment as they are." not in shown
    assert instructor.post(PATH, data={"csrf": instructor.csrf, "step": "look"}).status_code == 303
    assert text(settled(instructor)).count(said) == 1
    refused = served.program("staff").post(f"{REMARK}&apply=true")
    assert (refused.status_code, said in refused.json()["message"]) == (409, True)
    assert answer(served, "student-02", q1={"g": RIGHT})["report"]["score"] == 2


def test_files_that_come_back_are_those_that_marks_come_from(served: Served, instructor: Any) -> None:
    keys, away = served.folder / "answer_keys", served.folder / "away"
    keys.rename(away)
    assert "The files cannot be used" in instructor.get("/staff").text
    away.rename(keys)
    assert "The files cannot be used" not in instructor.get("/staff").text
    assert "Marks come from the files of the assignment as they are." in instructor.get(PATH).text


def test_a_new_assignment_that_cannot_be_used_is_said(served: Served, instructor: Any) -> None:
    new = served.folder / "answer_keys" / "new-homework"
    new.mkdir()
    (new / "assignment.toml").write_text("[assignment]\nid = 3\n", "utf-8")
    assert "new-homework/assignment.toml: line 1: the field" in text(instructor.get("/staff").text)


UNSOLVED = """\
[assignment]
id = "new-homework"

[[questions]]
id = "q1"
given = {X = [1, 2]}
compute = {y = "conv2d(X, X)"}
parts = {y = 2}
"""


def test_one_assignment_that_cannot_be_solved_stops_no_other(served: Served, instructor: Any) -> None:
    new = served.folder / "answer_keys" / "new-homework"
    new.mkdir()
    (new / "assignment.toml").write_text(UNSOLVED, "utf-8")
    shown = text(instructor.get("/staff").text)
    assert "new-homework/assignment.toml: q1.y: conv2d: expected input of shape" in shown
    assert "Homework 4" in shown
    assert answer(served, "student-01", q1={"g": RIGHT})["report"]["score"] == 2
    student = served.person("student-01")
    assert student.get("/").status_code == 200
    assert student.get("/work/new-homework").status_code == 404


def test_what_was_applied_and_cannot_be_solved_stops_no_other(served: Served, instructor: Any) -> None:
    import shutil

    from grader.gradebook.run.course import Course
    from grader.service.course.assignments import apply
    from grader.service.course.service import Service
    from grader.service.store import Store

    new = served.folder / "answer_keys" / "new-homework"
    new.mkdir()
    (new / "assignment.toml").write_text(UNSOLVED, "utf-8")
    found = Course.load(served.folder / "answer_keys").assignments["new-homework"]
    with served.service.store.writing() as base:
        apply(base, found, served.clock())
    shutil.rmtree(new)
    assert instructor.get("/staff").status_code == 200
    url = served.service.store.url.render_as_string(hide_password=False)
    other = Service(served.folder, Store(url), now=served.clock)
    try:
        other.start()
        assert other.previewer("cnn-foundations") is not None
    finally:
        other.stop()
    assert answer(served, "student-01", q1={"g": RIGHT})["report"]["score"] == 2
