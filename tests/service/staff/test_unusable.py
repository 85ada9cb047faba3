"""An assignment that cannot be used: staff are told why, students that it is so, and the others go on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.folders import KEYS
from tests.service.courses import Served, course_in, serving
from tests.service.staff.test_class import answer, text

ID = "cnn-foundations"
OTHER = "course-pooling"
SAID = "this assignment cannot be used at the moment; the staff can see why"


def as_applied(served: Served, before: str, after: str) -> None:
    """What an earlier version of the grader applied, with the files as they were before."""
    from sqlalchemy import select, update

    from grader.service.store.tables import assignments

    with served.service.store.writing() as base:
        data = base.execute(select(assignments.c.data).where(assignments.c.id == ID)).scalar_one().decode()
        assert before in data
        changed = {"data": data.replace(before, after, 1).encode(), "grader": "0.0.1", "assignment_digest": "then"}
        base.execute(update(assignments).where(assignments.c.id == ID).values(**changed))
    served.service.work.submit(served.service.look).result()


def unsolvable(served: Served) -> None:
    as_applied(served, 'g = "convolve2d(', 'g = "secret_call(')


def unread(served: Served) -> None:
    as_applied(served, "[assignment]\n", "[assignment]\na_field_of_then = 1\n")


@pytest.mark.parametrize("make", [unsolvable, unread])
def test_students_read_a_sentence_and_have_their_receipt(served: Served, make: Any) -> None:
    made = answer(served, "student-01", q1={"why": "It adds up."})
    number, digest = made["receipt"]["number"], made["receipt"]["digest"]
    student = served.person("student-01")
    make(served)
    assert student.get("/").status_code == 200
    sheet = student.get(f"/work/{ID}")
    assert sheet.status_code == (409 if make is unsolvable else 404)
    receipt = student.get(f"/receipt/{number}")
    assert receipt.status_code == 200
    shown = text(receipt.text)
    for wanted in (number, digest, "2026-03-02 09:00", SAID, "student-01"):
        assert wanted in shown
    assert f'href="/file/{number}"' in receipt.text
    assert student.get(f"/file/{number}").status_code == 200
    pages = [sheet, receipt, student.get(f"/feedback/{number}"), student.post(f"/preview/{ID}", json={})]
    for page in pages:
        assert page.status_code < 500
        for kept in ("secret_call", "a_field_of_then"):
            assert kept not in page.text
    if make is unsolvable:
        assert SAID in text(sheet.text)


@pytest.mark.parametrize(("make", "said"), [(unsolvable, "secret_call"), (unread, "a_field_of_then")])
def test_staff_read_why_and_apply_the_files(served: Served, instructor: Any, make: Any, said: str) -> None:
    number = answer(served, "student-01", q1={"why": "It adds up."})["receipt"]["number"]
    make(served)
    overview = instructor.get("/staff")
    assert overview.status_code == 200
    assert said in text(overview.text) and "what is applied cannot be used any more" in text(overview.text)
    assert f'href="/staff/key/{ID}"' in overview.text
    assert instructor.get(f"/staff/key/{ID}").status_code == 200
    for page in ("/staff/queue", f"/staff/class/{ID}", "/staff/people", "/staff/student?student=student-01"):
        assert instructor.get(page).status_code < 500, page
    moved = served.program("staff").post(f"/api/v1/remark?assignment={ID}&apply=true")
    assert moved.status_code == 200, moved.text
    assert "cannot be used" not in text(instructor.get("/staff").text)
    assert SAID not in text(served.person("student-01").get(f"/receipt/{number}").text)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everybody may read every file")
def test_a_file_that_may_not_be_read_is_one_that_is_broken(served: Served, instructor: Any) -> None:
    path = served.folder / "answer_keys" / ID / "assignment.toml"
    path.chmod(0)
    overview = instructor.get("/staff")
    assert overview.status_code == 200
    assert f"{ID}/assignment.toml: cannot be read" in text(overview.text)
    path.chmod(0o644)
    assert "cannot be read" not in text(instructor.get("/staff").text)


def test_a_file_that_vanishes_while_it_is_read_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.errors import AuthorError
    from grader.gradebook.run import course
    from grader.homework import files
    from grader.messages import sentence

    read = files.read_bytes

    def vanished(path: Any, *more: Any) -> bytes:
        if Path(path).name == "assignment.toml" and ID in str(path):
            raise AuthorError(sentence("no such file"))
        return read(path, *more)

    folder = course_in(tmp_path, ID, OTHER)
    assert (KEYS / OTHER).is_dir()
    monkeypatch.setattr(course, "read_bytes", vanished)
    with serving(folder) as served:
        assert list(served.service.assignments()) == [OTHER]
        said = text(served.person("instructor-2", "instructor").get("/staff").text)
        assert f"{ID}/assignment.toml: no such file" in said
        monkeypatch.undo()
        (folder / "answer_keys" / ID / "assignment.toml").touch()
        served.service.work.submit(served.service.look).result()
        assert sorted(served.service.assignments()) == [ID, OTHER]


PAGES = [f"/staff/class/{ID}", f"/staff/question/{ID}/q1", "/staff/student?id=student-01"]


def test_a_file_that_is_broken_while_it_is_edited_is_said_on_every_page_of_it(served: Served, instructor: Any) -> None:
    answer(served, "student-01", q1={"why": "It adds up."})
    path = served.folder / "answer_keys" / ID / "assignment.toml"
    whole = path.read_text("utf-8")
    path.write_text("[[[", "utf-8")
    served.service.work.submit(served.service.look).result()
    for page in PAGES:
        shown = instructor.get(page)
        assert shown.status_code == 200
        assert f"{ID}/assignment.toml: line 1: not TOML" in text(shown.text), page
    assert instructor.get(f"/staff/queue/{ID}/q1.why").status_code == 200
    path.write_text(whole, "utf-8")
    served.service.work.submit(served.service.look).result()
    for page in PAGES:
        assert "not TOML" not in instructor.get(page).text


def test_a_new_assignment_that_is_broken_has_a_page_that_says_so(served: Served, instructor: Any) -> None:
    new = served.folder / "answer_keys" / "new-homework"
    new.mkdir()
    (new / "assignment.toml").write_text("[[[", "utf-8")
    served.service.work.submit(served.service.look).result()
    student = served.person("student-01")
    for page in ("class/new-homework", "key/new-homework", "question/new-homework/q1", "export/new-homework"):
        refused = instructor.get(f"/staff/{page}")
        assert refused.status_code == 409, page
        assert "new-homework/assignment.toml: line 1: not TOML" in text(refused.text)
    for path in ("/work/new-homework", "/staff/class/other"):
        asking = student if path.startswith("/work") else instructor
        assert asking.get(path).status_code == 404
