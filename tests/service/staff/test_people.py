"""The people of a course: who is changed, and what the tables of platforms bring."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import text
from tests.service.staff.test_people_tables import imported

CANVAS = b"""Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"One, A",101,s-1,one@example.org,S
"Student, Test",999,,5f3a,S
"""


def people(instructor: Any) -> str:
    return text(instructor.get("/staff/people").text)


def test_a_field_that_is_emptied_is_empty(instructor: Any) -> None:
    assert imported(instructor, b"student,name,email\nstudent-31,A,a@example.org\n").status_code == 303
    page = instructor.get("/staff/people").text
    assert 'href="/staff/people?student=student-31#add"' in page
    form = instructor.get("/staff/people?student=student-31").text
    for wanted in ('name="shown" value="student-31"', 'value="A"', 'value="a@example.org"'):
        assert wanted in form
    data = {"csrf": instructor.csrf, "student": "student-31", "name": "A", "email": "", "role": "student"}
    assert instructor.post("/staff/people", data={**data, "shown": "student-30"}).status_code == 303
    assert "student-31 A a@example.org student" in people(instructor)
    assert instructor.post("/staff/people", data={**data, "shown": "student-31"}).status_code == 303
    assert "student-31 A student" in people(instructor)
    assert instructor.post("/staff/people", data={**data, "name": "", "shown": "student-31"}).status_code == 303
    assert "student-31 student" in people(instructor)


def test_the_test_student_of_a_platform_is_left_out_and_said(instructor: Any) -> None:
    answered = imported(instructor, CANVAS)
    assert answered.status_code == 200
    assert "rows without an id were left out: 4" in text(answered.text)
    assert "s-1 One, A" in people(instructor)
    assert "Test" not in people(instructor)
    ours = imported(instructor, b"student,name\ns-2,B\n,C\n")
    assert ours.status_code == 422, "a table of our own is not a platform's"


@pytest.mark.parametrize(("known", "made"), [("101", "101"), ("s-1", "s-1"), ("one@example.org", "s-1"), ("x", "s-1")])
def test_the_ids_that_the_course_knows_are_the_ids(served: Served, instructor: Any, known: str, made: str) -> None:
    served.person(known)
    imported(instructor, CANVAS)
    assert f"{made} One, A" in people(instructor)
