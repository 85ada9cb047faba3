"""Tables of people: what they change, what they leave as it was, and what of them is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import text


def test_people_come_from_a_table_and_nobody_locks_themselves_out(instructor: Any) -> None:
    data = {"csrf": instructor.csrf}
    table = {"roster": ("people.csv", b"student,name,role\nstudent-31,A,\nassistant-7,B,assistant\n")}
    assert instructor.post("/staff/people", data=data, files=table).status_code == 303
    page = text(instructor.get("/staff/people").text)
    assert "assistant-7 B assistant" in page
    table = {"roster": ("people.csv", b"who\nstudent-31\n")}
    refused = instructor.post("/staff/people", data=data, files=table)
    assert refused.status_code == 422
    assert "expected a column student in its first row" in text(refused.text)
    own = {**data, "id": "instructor-2"}
    assert instructor.post("/staff/people/revoke", data=own).status_code == 403
    mine = {**data, "student": "instructor-2", "role": "student"}
    assert instructor.post("/staff/people", data=mine).status_code in (403, 422)
    assert instructor.get("/staff/people").status_code == 200
    for wrong in ({"student": "", "role": "student"}, {"student": "x" * 201, "role": "student"}):
        assert instructor.post("/staff/people", data={**data, **wrong}).status_code == 422
    assert instructor.post("/staff/people/link", data={**data, "id": "nobody"}).status_code == 404


def test_a_table_without_roles_leaves_those_of_people_who_are_known(instructor: Any) -> None:
    data = {"csrf": instructor.csrf, "student": "assistant-7", "name": "B", "role": "assistant"}
    assert instructor.post("/staff/people", data=data).status_code == 303
    tables = [
        b"student,name\nassistant-7,C\nstudent-31,A\ninstructor-2,D\n",
        b"student,name,role\nassistant-7,C,\nstudent-31,A, \ninstructor-2,D,\n",
        b"student,name,role\nassistant-7,C,assistant\nstudent-31,A,student\ninstructor-2,D,instructor\n",
    ]
    for table in tables:
        files = {"roster": ("people.csv", table)}
        assert instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files).status_code == 303
        page = text(instructor.get("/staff/people").text)
        for row in ("assistant-7 C assistant", "student-31 A student", "instructor-2 D instructor"):
            assert row in page
    files = {"roster": ("people.csv", b"student,name,role\nassistant-7,E,student\ninstructor-2,D,student\n")}
    refused = instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files)
    assert refused.status_code == 422
    assert "you cannot take your own rights away: another instructor can" in text(refused.text)
    assert "assistant-7 C assistant" in text(instructor.get("/staff/people").text), "nobody is changed"
    files = {"roster": ("people.csv", b"student,name,role\nassistant-7,E,student\n")}
    assert instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files).status_code == 303
    assert "assistant-7 E student" in text(instructor.get("/staff/people").text)


def imported(instructor: Any, table: bytes) -> Any:
    files = {"roster": ("people.csv", table)}
    return instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files)


def test_a_table_without_a_column_leaves_what_is_known(served: Served, instructor: Any, tmp_path: Path) -> None:
    from grader.service.web.roster import add_roster

    assert imported(instructor, b"student,name,email\nstudent-31,A,a@example.org\n").status_code == 303
    for table in (
        b"student,role\nstudent-31,student\n",
        b"student,name\nstudent-31,A\n",
        b"student,email\nstudent-31,a@example.org\n",
    ):
        path = tmp_path / "roster.csv"
        path.write_bytes(table)
        add_roster(served.service.store, path, served.clock())
        assert "student-31 A a@example.org student" in text(instructor.get("/staff/people").text)
        assert imported(instructor, table).status_code == 303
        assert "student-31 A a@example.org student" in text(instructor.get("/staff/people").text)
    data = {"csrf": instructor.csrf, "student": "student-31", "name": "", "email": "", "role": "assistant"}
    assert instructor.post("/staff/people", data=data).status_code == 303
    assert "student-31 A a@example.org assistant" in text(instructor.get("/staff/people").text)
    assert imported(instructor, b"student,name,email\nstudent-31,,\n").status_code == 303
    assert "a@example.org" not in instructor.get("/staff/people").text, "a column that is empty says so"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"student-31,B,,", "is in row 2 with something else"),
        (b"student-32,B\x00,,", "row 3: expected text without control characters in name"),
        (b"student-\x0732,B,,", "row 3: expected text without control characters in id"),
        (b"student-32,B,," + b"x" * 3000, "row 3: expected at most 300 characters in team, received 3,000"),
        (b"student-32," + b"x" * 3000, "row 3: expected at most 300 characters in name, received 3,000"),
        (b",B,,", "row 3: expected an id and one of the roles student, assistant, instructor"),
    ],
)
def test_a_row_that_cannot_be_kept_is_said_and_nobody_is_added(instructor: Any, row: bytes, said: str) -> None:
    refused = imported(instructor, b"student,name,email,team\r\nstudent-31,A,,\r\n" + row + b"\r\n")
    assert refused.status_code == 422
    assert said in text(refused.text)
    assert "student-31 A" not in text(instructor.get("/staff/people").text)


@pytest.mark.parametrize(
    "table",
    [
        b"\xef\xbb\xbfstudent;name\r\nstudent-31;A\r\nstudent-31;A\r\n",
        "student\tname\nstudent-31\tA\n".encode("utf-16"),
        b"sep=;\nStudent ID;Full Name\nstudent-31;A\n\n;\n",
    ],
)
def test_a_table_as_spreadsheets_write_it_is_read(instructor: Any, table: bytes) -> None:
    assert imported(instructor, table).status_code == 303
    assert "student-31 A student" in text(instructor.get("/staff/people").text)


def test_a_table_as_learning_platforms_write_it_is_read(instructor: Any) -> None:
    canvas = (
        b"Student,ID,SIS User ID,SIS Login ID,Section,Homework 1\n"
        b"    Points Possible,,,,,20\n"
        b'"Doe, Jo",11,student-32,jd,A,\n'
    )
    moodle = "First name,Last name,ID number,Email address\nÄnne,Müller,student-33,am@example.org\n".encode()
    for table in (canvas, moodle):
        assert imported(instructor, table).status_code == 303
    page = text(instructor.get("/staff/people").text)
    assert "student-32 Doe, Jo student" in page
    assert "student-33 Änne Müller am@example.org student" in page
    assert "Points Possible" not in page
    assert imported(instructor, b"Student,Section\nstudent-34,A\n").status_code == 303
    assert "student-34" in text(instructor.get("/staff/people").text)


def test_a_person_beside_a_table_is_not_lost_unsaid(instructor: Any) -> None:
    data = {"csrf": instructor.csrf, "student": "student-35", "name": "Z", "email": "", "role": "student"}
    files = {"roster": ("people.csv", b"student\nstudent-36\n")}
    refused = instructor.post("/staff/people", data=data, files=files)
    assert refused.status_code == 422
    assert "received both: nobody was added" in text(refused.text)
    assert 'value="student-35"' in refused.text
    assert "student-36" not in refused.text


def test_a_large_table_asks_the_database_as_often_as_a_small_one(served: Served, instructor: Any) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(served.service.store.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))

    def table(rows: int) -> int:
        before = len(asked)
        lines = "".join(f"m{row:03},N,t{row // 3}\n" for row in range(rows))
        assert imported(instructor, f"student,name,team\n{lines}".encode()).status_code == 303
        return len(asked) - before

    few = table(3)
    assert table(400) <= few + 5
    assert "m399 N student" in text(instructor.get("/staff/people").text)
