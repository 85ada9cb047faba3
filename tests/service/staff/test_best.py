"""Where the best attempt counts, none that may still become it is hidden from the people who mark."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.courses import Served
from tests.service.staff.test_class import answer, text
from tests.service.staff.test_course import ID, exported, rules
from tests.service.staff.test_key import RIGHT
from tests.service.staff.test_queue import PART, form


def mark(served: Served, made: dict[str, Any], points: float, question: str = "q1", part: str = "why") -> None:
    body = {"submission": made["id"], "question": question, "part": part, "points": points, "version": 0}
    response = served.program("staff", f"marks {made['id']} {part}").post("/api/v1/marks", json=body)
    assert response.is_success, response.text


def row(served: Served, name: str) -> tuple[str, float, float]:
    (found,) = served.program("read", name).get(f"/api/v1/results?assignment={ID}").json()
    return found["status"], found["score"], found["pending_points"]


def sent(served: Served, *, provisional: bool) -> tuple[Any, str]:
    from grader.service.course.lti.scores import score_of
    from grader.service.store import submissions

    with served.service.store.reading() as base:
        own = submissions.of_student(base, "student-01", ID)
    found = score_of(served.service, ID, own, visible=True, provisional=provisional)
    assert found is not None
    return found.given, found.grading


@pytest.fixture
def two(served: Served) -> tuple[dict[str, Any], dict[str, Any]]:
    """An attempt of 4 points that is marked; then one of 3 of which 2 more wait for a person."""
    rules(served, 'best = "highest"')
    first = answer(served, "student-01", q1={"g": RIGHT, "why": "It adds up."})
    mark(served, first, 2)
    served.clock.forward(minutes=1)
    return first, answer(served, "student-01", q1={"g": RIGHT, "why": "Energy"}, q4={"Z": "10"})


@pytest.mark.usefixtures("two")
def test_a_better_attempt_that_waits_comes_before_a_person(served: Served) -> None:
    staff = served.person("instructor-2", "instructor")
    assert row(served, "before") == ("needs_review", 3, 2)
    assert sent(served, provisional=False) == (None, "PendingManual")
    assert sent(served, provisional=True) == (4, "PendingManual"), "what a student has does not sink"
    table = exported(staff).content.decode("utf-8-sig").splitlines()[1].split(",")
    assert table[2:4] == ["needs_review", ""]
    assert "4 / 20" in text(served.person("student-01").get("/").text)
    page = staff.get(PART).text
    assert "Energy" in page
    assert staff.post(PART, data=form(staff, page, points="2")).status_code == 303
    assert row(served, "after") == ("graded", 5, 0)
    assert sent(served, provisional=False) == (5, "FullyGraded")
    assert "5 / 20" in text(served.person("student-01b", "assistant").get("/staff/student?id=student-01").text)


@pytest.mark.usefixtures("two")
def test_one_that_earned_too_little_gives_way(served: Served) -> None:
    staff = served.person("assistant-1", "assistant")
    page = staff.get(PART).text
    decided = staff.post(PART, data=form(staff, page, points="0"))
    assert decided.status_code == 303, "it was saved, though the answer is no longer of an attempt that counts"
    assert staff.get(decided.headers["location"]).status_code == 200
    assert row(served, "after") == ("graded", 4, 0)
    assert sent(served, provisional=False) == (4, "FullyGraded")


def test_one_that_cannot_win_waits_for_nobody(served: Served, two: Any) -> None:
    mark(served, two[1], 0, "q4", "Z")
    assert row(served, "at most as good") == ("graded", 4, 0), "2 and 2 more are no more than 4"


def test_what_an_answer_that_nobody_could_read_carries_may_win(served: Served) -> None:
    from grader.service.course.counting import possible_score
    from grader.service.store import submissions

    rules(served, 'best = "highest"')
    made = answer(served, "student-01", q4={"O": "no matrix", "Z": "9"}, q1={"g": "1 2 3", "why": "Energy"})
    with served.service.store.reading() as base:
        found = submissions.one(base, made["id"])
    assert found is not None
    lines = dict(re.findall(r"(?m)^(\S+)\t(\w+)\t", found.row.marks))
    assert (lines["q4.O"], lines["q4.Z"]) == ("unreadable", "wrong")
    possible = possible_score(found)
    assert possible is not None
    assert possible >= 2 + 9, "q1.why, and all of q4, of which Z may carry what is read"
    assert possible > Decimal(found.row.score) + Decimal(found.row.pending)


SHARE = st.integers(0, 20).map(Decimal)


@given(st.lists(st.tuples(SHARE, SHARE, SHARE), min_size=1, max_size=6))
def test_marked_one_after_the_other_the_best_is_found(drawn: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    """`drawn`: what each attempt has, what waits, and what of that a person would give."""
    from grader.homework.policy import ScoredAttempt, counting
    from tests.service.courses import START

    open_ = {place: (has, waits) for place, (has, waits, _) in enumerate(drawn) if waits}
    ends = [has + min(waits, gives) for has, waits, gives in drawn]
    while True:
        attempts = [
            ScoredAttempt(place, START, open_[place][0], sum(open_[place], Decimal()))
            if place in open_
            else ScoredAttempt(place, START, end)
            for place, end in enumerate(ends)
        ]
        found = counting(attempts, "highest")
        assert found is not None
        if int(found.id) not in open_:
            break
        del open_[int(found.id)]
    assert found.score == max(ends)
