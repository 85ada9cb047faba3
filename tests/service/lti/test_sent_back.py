"""The score's way back: from a launch and a hand-in to the gradebook of a platform that others wrote."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from grader.service.course.lti.sender import Sender
from grader.service.store.lti import columns, troubled
from grader.service.store.tables import extensions, releases
from tests.service.api.documented import unlimited
from tests.service.courses import course_in
from tests.service.lti.linked import Linked, linked
from tests.service.lti.platform import INSTRUCTOR

RIGHT = {"q4.Z": "10"}
WAITS = {"q1.why": "It adds up.", **RIGHT}


def hand_in(course: Linked, answers: dict[str, str], student: str = "student-01") -> Any:
    """A student comes from the platform and hands in."""
    browser = course.browser()
    response = course.launched(browser, student=student)
    assert response.status_code == 303, response.text
    return again(course, browser, answers)


def again(course: Linked, browser: Any, answers: dict[str, str]) -> Any:
    from grader.service.web.sessions import form_token

    fields = {"csrf": form_token(browser.cookies[course.site.cookie]), "step": "hand-in", **answers}
    response = browser.post("/work/cnn-foundations", data=fields)
    assert response.status_code == 303, response.text
    browser.number = response.headers["location"].rpartition("/")[2]
    return browser


def sender(course: Linked, every: float = 5.0) -> Sender:
    assert course.site.lti is not None
    return Sender(course.site.lti, every)


def sent(course: Linked) -> list[bytes]:
    return [asked.body for asked in course.platform.sent_to("POST /items/1/scores")]


def earned(browser: Any) -> Decimal:
    """The points that the student's list shows."""
    import re

    found = re.search(r'<bdi class="n">([0-9.]+) / 20</bdi>', browser.get("/").text)
    assert found is not None
    return Decimal(found[1])


def mark(course: Linked, browser: Any, points: float, version: int) -> None:
    """A person marks the answer that waits."""
    staff = course.program("staff", "marker")
    staff.base_url = "https://grader.example"
    with course.service.store.reading() as base:
        from grader.service.store import submissions

        [own] = [
            one for one in submissions.of_assignment(base, "cnn-foundations") if one.hand_in.number == browser.number
        ]
    wanted = {"submission": own.hand_in.id, "question": "q1", "part": "why", "points": points, "version": version}
    response = staff.post("/api/v1/marks", json={**wanted, "comment": ""})
    assert response.status_code in (200, 201), response.text


@contextmanager
def with_policy(folder: Path, kind: str, policy: str) -> Iterator[Linked]:
    path = course_in(folder) / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    place = text.index("[[questions]]")
    path.write_text(text[:place] + f"[assignment.policy]\n{policy}\n" + text[place:], "utf-8")
    with linked(folder, kind) as course:
        unlimited(course)
        yield course


def test_a_score_arrives_once(course: Linked) -> None:
    browser = hand_in(course, RIGHT)
    one = sender(course)
    assert one.round() == 1
    [(user, score)] = course.platform.scores.items()
    assert user == "student-01"
    assert score == {
        "userId": "student-01",
        "timestamp": score["timestamp"],
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": float(earned(browser)),
        "scoreMaximum": 20,
    }
    assert 0 < score["scoreGiven"] < 20
    assert [one.round(), sender(course).round(), len(sent(course))] == [0, 0, 1]


def test_what_waits_for_a_person_is_sent_when_they_have_marked_it_and_again_when_they_change_it(course: Linked) -> None:
    browser = hand_in(course, WAITS)
    one = sender(course)
    assert one.round() == 1
    waiting = course.platform.scores["student-01"]
    assert (waiting["gradingProgress"], waiting["activityProgress"]) == ("PendingManual", "Submitted")
    assert "scoreGiven" not in waiting
    stamps, points = [waiting["timestamp"]], []
    for version, given in enumerate((1, 0.5)):
        course.clock.forward(seconds=1)
        mark(course, browser, given, version)
        assert one.round() == 1
        score = course.platform.scores["student-01"]
        assert score["gradingProgress"] == "FullyGraded"
        assert score["scoreGiven"] == float(earned(browser))
        stamps.append(score["timestamp"])
        points.append(score["scoreGiven"])
    assert stamps == sorted(set(stamps))
    assert points[0] - points[1] == 0.5
    assert [one.round(), len(sent(course))] == [0, 3]


def test_marks_are_sent_before_a_person_has_looked_where_the_file_says_so(course: Linked) -> None:
    course.register(provisional=True)
    browser = hand_in(course, WAITS)
    sender(course).round()
    score = course.platform.scores["student-01"]
    assert (score["gradingProgress"], score["scoreGiven"]) == ("PendingManual", float(earned(browser)))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_marks_that_are_not_released_are_not_sent(tmp_path: Path, kind: str) -> None:
    with with_policy(tmp_path, kind, 'feedback = "when_released"') as course:
        hand_in(course, RIGHT)
        one = sender(course)
        assert one.round() == 1
        assert course.platform.scores["student-01"]["gradingProgress"] == "Pending"
        assert b"scoreGiven" not in sent(course)[0]
        course.clock.forward(seconds=1)
        with course.service.store.writing() as base:
            values = {"assignment": "cnn-foundations", "released": course.clock(), "who": "instructor"}
            base.execute(releases.insert().values(**values))
        assert one.round() == 1
        assert course.platform.scores["student-01"]["gradingProgress"] == "FullyGraded"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_marks_are_sent_after_the_time_that_holds_for_the_student_with_what_late_costs(
    tmp_path: Path, kind: str
) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    rules = f'due = {due:%Y-%m-%dT%H:%M:%SZ}\nlate = {{per_day = 0.25, at_most = 2}}\nfeedback = "after_due"'
    with with_policy(tmp_path, kind, rules) as course:
        browser, other = hand_in(course, RIGHT), course.browser()
        course.launched(other, student="student-02")
        course.clock.now = due + timedelta(hours=1)
        again(course, other, RIGHT)
        with course.service.store.writing() as base:
            student = next(one.student for one in columns(base) if one.address.user == "student-01")
            values = {"assignment": "cnn-foundations", "student": student, "attempts": 0, "why": ""}
            base.execute(extensions.insert().values(due=due + timedelta(days=1), **values))
        one = sender(course)
        one.lti.tokens._clock = time.time  # the platform's clock stands still
        assert one.round() == 2
        assert all(b"scoreGiven" not in body for body in sent(course))
        course.clock.now = due + timedelta(days=2, hours=1)
        assert one.round() == 1
        late = course.platform.scores["student-02"]["scoreGiven"]
        assert "scoreGiven" not in course.platform.scores["student-01"]
        with course.service.store.writing() as base:
            base.execute(delete(extensions))
        assert one.round() == 1
        full = course.platform.scores["student-01"]["scoreGiven"]
        assert full == float(earned(browser))
        assert late == full * 0.75


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_team_s_marks_are_sent_when_the_extension_of_one_of_them_has_ended(tmp_path: Path, kind: str) -> None:
    from grader.service.store.teams import put_teams

    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    rules = f'due = {due:%Y-%m-%dT%H:%M:%SZ}\nfeedback = "after_due"\nteams = true'
    with with_policy(tmp_path, kind, rules) as course:
        course.launched(course.browser(), student="student-02")
        course.launched(course.browser(), student="student-03")
        with course.service.store.writing() as base:
            known = {one.address.user: one.student for one in columns(base)}
            put_teams(base, {known["student-02"]: "blue"})
            values = {"assignment": "cnn-foundations", "student": known["student-02"], "attempts": 0, "why": ""}
            base.execute(extensions.insert().values(due=due + timedelta(days=1), **values))
        browser = course.browser()
        course.launched(browser)
        with course.service.store.writing() as base:
            known = {one.address.user: one.student for one in columns(base)}
            put_teams(base, {known["student-01"]: "blue"})
        again(course, browser, RIGHT)
        one = sender(course)
        one.lti.tokens._clock = time.time  # the platform's clock stands still
        course.clock.now = due + timedelta(hours=1)
        assert one.round() == 2
        assert all(b"scoreGiven" not in body for body in sent(course))
        course.clock.now = due + timedelta(days=1, hours=1)
        assert one.round() == 2
        full = float(earned(browser))
        assert [course.platform.scores[f"student-0{number}"]["scoreGiven"] for number in (1, 2)] == [full, full]


def test_extensions_found_together_are_those_found_one_by_one(course: Linked) -> None:
    from grader.homework.policy import Policy
    from grader.service.course.deductions import all_extensions, extension_of
    from grader.service.store.teams import put_teams

    due, id, students = course.clock(), "cnn-foundations", [f"student-0{number}" for number in range(7)]
    with course.service.store.writing() as base:
        put_teams(base, dict.fromkeys(students[:3], "blue") | dict.fromkeys(students[3:5], "red"))
        put_teams(base, dict.fromkeys(students[2:4], "green"), id)
        for number, student in enumerate(students[::2]):
            values = {"due": None if number == 1 else due + timedelta(days=number), "attempts": number, "why": ""}
            base.execute(extensions.insert().values(assignment=id, student=student, **values))
        for rules in (Policy(), Policy(teams=True)):
            found = {student: extension_of(base, id, rules, student) for student in students}
            assert all_extensions(base, id, rules, students) == found


def test_the_last_attempt_counts_and_equal_marks_are_not_sent_again(course: Linked) -> None:
    browser = hand_in(course, RIGHT)
    one = sender(course)
    one.round()
    again(course, browser, RIGHT)
    assert one.round() == 0
    again(course, browser, {"q4.Z": "11"})
    assert one.round() == 1
    assert course.platform.scores["student-01"]["scoreGiven"] == 0


def test_a_platform_that_was_away_gets_the_last_score_alone(course: Linked) -> None:
    real = course.platform.replies["POST /items/1/scores"]
    course.platform.answers("POST /items/1/scores", (503, {}, b""))
    browser = hand_in(course, {"q4.Z": "11"})
    one = sender(course)
    one.round()
    with course.service.store.reading() as base:
        [found] = troubled(base)
        assert str(found.record.problem) == "the platform answers to the score with status 503"
    again(course, browser, RIGHT)
    course.clock.forward(minutes=1)
    course.platform.replies["POST /items/1/scores"] = real
    one.round()
    assert one.round() == 0
    assert course.platform.scores["student-01"]["scoreGiven"] == float(earned(browser)) > 0
    assert [len(sent(course)), len(set(sent(course)))] == [2, 2]
    with course.service.store.reading() as base:
        assert troubled(base) == []


def test_nothing_is_sent_of_staff_and_of_those_who_did_not_come_from_the_platform(course: Linked) -> None:
    course.launched(course.browser(), student="teacher-1", role=INSTRUCTOR)
    own = course.person("student-05")
    own.base_url = "https://grader.example"
    own.post("/work/cnn-foundations", data={"csrf": own.csrf, "step": "hand-in", **RIGHT})  # type: ignore[attr-defined]
    course.launched(course.browser(), student="student-06")
    with course.service.store.reading() as base:
        assert [one.address.user for one in columns(base)] == ["student-06"]
    assert sender(course).round() == 0
    assert sent(course) == []
