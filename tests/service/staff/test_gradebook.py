"""The gradebook of a course: kept current piece by piece, it holds what a new one holds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.service.courses import Served, course_in, serving
from tests.service.staff.test_class import answer, late

ID = "cnn-foundations"
TABLES = {
    "submissions": "path, file, digest, student, status, score, pending, marks, causes, standing",
    "waiting": "(SELECT path FROM submissions WHERE id = submission), place, question, part, answer, said, folded",
    "findings": "(SELECT path FROM submissions WHERE id = submission), question, part, diagnosis",
    "wrong": "(SELECT path FROM submissions WHERE id = submission), question, part, value",
    "people": "assignment, student, question, part, digest, points, comment, who, answer, reading",
}


def content(gradebook: Any) -> dict[str, list[Any]]:
    with gradebook.of(ID) as database:
        return {
            table: sorted(map(repr, database.connection.execute(f"SELECT {columns} FROM {table}")))
            for table, columns in TABLES.items()
        }


def change(served: Served, draw: random.Random, made: list[dict[str, Any]]) -> None:
    """Hand something in, mark something, or give an extension."""
    from grader.service.course.extensions import GrantedExtension, extend
    from grader.service.course.marking import MarkRequest, give
    from grader.service.course.who import Right, Who
    from grader.service.store import marks

    served.clock.forward(hours=draw.choice((1, 30)))
    student = f"student-0{draw.randint(1, 4)}"
    staff = Who("staff", frozenset(Right))
    kind = draw.random()
    if kind < 0.5 or not made:
        answers = {"q4": {"Z": draw.choice(("10", "9", "10,000"))}, "q1": {"why": draw.choice(("It adds up.", "No."))}}
        made.append(answer(served, student, **answers))
    elif kind < 0.85:
        one, part = draw.choice(made)["id"], draw.choice((("q1", "why"), ("q4", "Z")))
        with served.service.store.reading() as base:
            known = marks.newest(base, one, *part)
        wanted = MarkRequest(
            one, *part, str(draw.choice((0, 1))), draw.choice(("", "Good.")), known.version if known else 0
        )
        served.service.work.submit(give, served.service, staff, wanted).result()
    else:
        from grader.homework.policy import Extension

        given = GrantedExtension(Extension(draw.choice((None, served.clock.now)), draw.randint(0, 2)), "")
        served.service.work.submit(extend, served.service, staff, ID, student, given).result()


@pytest.mark.parametrize("best", ["last", "highest"])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_kept_current_is_what_a_new_one_holds(served: Served, best: str, seed: int) -> None:
    from grader.service.course.gradebook import Gradebook

    late(served, best=best)
    draw, made = random.Random(seed), []  # type: ignore[var-annotated]
    kept = Gradebook(served.service)
    for step in range(24):
        change(served, draw, made)
        if step % 2:
            assert content(kept) == content(Gradebook(served.service)), (step, best)
    late(served, best="highest" if best == "last" else "last")
    assert content(kept) == content(Gradebook(served.service))
    assert len(content(kept)["submissions"]) >= 3


def test_a_student_who_is_gone_is_gone_from_the_gradebook(served: Served) -> None:
    from sqlalchemy import delete

    from grader.service.course.gradebook import Gradebook
    from grader.service.store.tables import submissions

    for student in ("student-01", "student-02"):
        answer(served, student, q4={"Z": "9"}, q1={"why": "Yes."})
    kept = Gradebook(served.service)
    assert len(content(kept)["waiting"]) == 2
    with served.service.store.writing() as base:
        base.execute(delete(submissions).where(submissions.c.student == "student-01"))
    found = content(kept)
    assert len(found["submissions"]) == len(found["waiting"]) == 1
    assert "student-01" not in repr(found)


def test_its_file_goes_with_the_service(tmp_path: Path) -> None:
    with serving(course_in(tmp_path)) as served:
        folder = served.site.gradebook.path.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert served.person("assistant-1", "assistant").get("/staff").status_code == 200
    assert not folder.exists()


def test_a_file_that_the_machine_cleans_away_is_made_anew(served: Served) -> None:
    import shutil

    answer(served, "student-01", q4={"Z": "9"}, q1={"why": "Yes."})
    assistant = served.person("assistant-1", "assistant")
    pages = ("/staff", "/staff/queue", "/staff/class/cnn-foundations")
    before = [assistant.get(path).text for path in pages]
    for _ in range(2):
        shutil.rmtree(served.site.gradebook.path.parent)
        assert [assistant.get(path).text for path in pages] == before
    served.site.gradebook.path.unlink()
    assert [assistant.get(path).text for path in pages] == before
