"""Which column of a table names the student, and when: tables as forms and learning platforms write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from tests.gradebook.folders import KEYS, call, write

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,q4.Z,Timestamp
    Points Possible,,,,,1,
"Family, Given",881,U1,login1,S1,9,2026-03-21 07:30:00
"Family, Given",882,U2,login2,S1,10,2026-03-21 08:30:00
"""
MICROSOFT = """ID,Start time,Completion time,Email,Name,q4.Z
1,3/21/26 11:00:32,3/21/26 11:15:32,a@uni.example,Student A,9
2,3/21/26 11:02:32,3/21/26 11:16:32,b@uni.example,Student B,10
3,3/21/26 12:00:32,3/21/26 12:15:32,a@uni.example,Student A,10
"""
MOODLE = """Last name,First name,ID number,Email address,State,Started,Completed,q4.Z
Family,Given,881,a@x,Finished,21 March 2026 7:30 AM,21 March 2026  7:50 AM,10
Family,Given,881,a@x,Finished,21 March 2026 8:30 AM,21 March 2026  8:50 AM,9
"""
CANVAS_QUIZ = """name,id,sis_id,section,submitted,attempt,q4.Z,score
Student A,881,U1,S,2026-03-21 07:30:00 UTC,1,9,0
Student A,881,U1,S,2026-03-21 08:30:00 UTC,2,10,1
Student A,882,U2,S,2026-03-21 08:31:00 UTC,1,10,1
"""


def imported(tmp_path: Path, text: str, *options: str) -> tuple[int, list[tuple[str, str, str]], str]:
    """The exit status, what was written (student, time, answer), and what was said."""
    table = write(tmp_path / "table.csv", text)
    out = tmp_path / "out"
    done = call("import", table, "--assignment", "cnn-foundations", "--out", out, "--keys", KEYS, *options)
    found: list[dict[str, Any]] = [tomli.loads(path.read_text("utf-8")) for path in out.glob("*.toml")]
    rows = [(one["student"], str(one.get("submitted_at", "")), one["answers"]["q4"]["Z"]) for one in found]
    return done.returncode, sorted(rows), done.stderr


def test_namesakes_are_asked_about_and_kept_apart_by_their_ids(tmp_path: Path) -> None:
    code, rows, said = imported(tmp_path, CANVAS)
    assert (code, rows) == (2, [])
    assert "rows 3, 4 have one 'Student' and two values of 'SIS User ID'" in said
    assert "say with --student which column names the student" in said
    code, rows, _ = imported(tmp_path, CANVAS, "--student", "ID")
    assert (code, rows) == (0, [("881", "2026-03-21 07:30:00", "9"), ("882", "2026-03-21 08:30:00", "10")])


def test_a_column_of_names_that_was_chosen_loses_no_namesake_silently(tmp_path: Path) -> None:
    code, rows, said = imported(tmp_path, CANVAS, "--student", "Student")
    assert (code, rows) == (1, [])
    for row in (3, 4):
        assert f"row {row} (Family, Given): another row has this name and another id" in said


def test_the_number_of_a_response_is_no_student(tmp_path: Path) -> None:
    code, rows, _ = imported(tmp_path, MICROSOFT)
    assert code == 0
    assert rows == [
        ("a@uni.example", "2026-03-21 11:15:32", "9"),
        ("a@uni.example", "2026-03-21 12:15:32", "10"),
        ("b@uni.example", "2026-03-21 11:16:32", "10"),
    ]


def test_an_id_that_splits_one_address_is_asked_about(tmp_path: Path) -> None:
    code, rows, said = imported(tmp_path, "ID,Email,q4.Z\n1,a@x,9\n2,b@x,8\n3,a@x,10\n")
    assert (code, rows) == (2, [])
    assert "rows 2, 4 have one 'Email' and two values of 'ID'" in said


def test_an_id_that_two_addresses_gave_is_asked_about(tmp_path: Path) -> None:
    code, rows, said = imported(tmp_path, "Student ID,Email,q4.Z\n17,a@x,9\n17,b@x,8\n")
    assert (code, rows) == (2, [])
    assert "rows 2, 3 have one 'Student ID' and two values of 'Email'" in said


def test_one_id_with_two_spellings_of_a_name_is_one_student(tmp_path: Path) -> None:
    code, rows, _ = imported(tmp_path, "Name,ID,q4.Z\nAda L.,17,9\nAda Lovelace,17,8\nBen,18,7\n")
    assert (code, [row[0] for row in rows]) == (0, ["17", "17", "18"])


@pytest.mark.parametrize(
    ("header", "students"),
    [
        ("Name,Email,ID", "3"),
        ("Name,E-Mail-Adresse,Matrikelnummer", "3"),
        ("Student,Email,Section", "2"),
        ("Student,Section,Group", "1"),
        ("student,Email,ID", "1"),
        ("Nom,Username,Email", "2"),
        ("نام,ایمیل,شماره دانشجویی", "3"),
    ],
)
def test_ids_before_addresses_before_names(header: str, students: str, tmp_path: Path) -> None:
    code, rows, _ = imported(tmp_path, f"{header},q4.Z\na1,a2,a3,9\nb1,b2,b3,10\n")
    assert (code, [row[0] for row in rows]) == (0, [f"a{students}", f"b{students}"])


def test_a_column_of_blanks_or_of_nobody_names_no_student(tmp_path: Path) -> None:
    code, rows, _ = imported(tmp_path, "ID,Email,Name,q4.Z\n,anonymous,Ada,9\n,anonymous,Ben,10\n")
    assert (code, [row[0] for row in rows]) == (0, ["Ada", "Ben"])
    code, _, said = imported(tmp_path, "Email,q4.Z\nanonymous,9\nAnonymous,10\n")
    assert code == 2
    assert "no column for the student" in said
    code, rows, said = imported(tmp_path, "Email,q4.Z\nanonymous,9\nc@x,10\n", "--student", "Email", "--overwrite")
    assert code == 1
    assert "row 2 (anonymous): no student" in said


def test_times_of_moodle_and_of_a_canvas_quiz(tmp_path: Path) -> None:
    code, rows, _ = imported(tmp_path / "moodle", MOODLE)
    assert (code, rows) == (0, [("881", "2026-03-21 07:50:00", "10"), ("881", "2026-03-21 08:50:00", "9")])
    assert imported(tmp_path / "quiz", CANVAS_QUIZ)[0] == 2
    code, rows, _ = imported(tmp_path / "quiz", CANVAS_QUIZ, "--student", "sis_id")
    assert code == 0
    assert rows == [
        ("U1", "2026-03-21 07:30:00+00:00", "9"),
        ("U1", "2026-03-21 08:30:00+00:00", "10"),
        ("U2", "2026-03-21 08:31:00+00:00", "10"),
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sep=;\nstudent;q4.Z\na;1,5\n", "1,5"),
        ('"sep=;"\r\nstudent;"q4.Z"\r\na;1,5\r\n', "1,5"),
        ("SEP=,\nstudent,q4.Z\na,10\n", "10"),
        ("\ufeffsep=\t\nstudent\tq4.Z\na\t1,5\n", "1,5"),
    ],
)
def test_the_line_that_tells_excel_the_separator(text: str, answer: str, tmp_path: Path) -> None:
    code, rows, _ = imported(tmp_path, text)
    assert (code, rows) == (0, [("a", "", answer)])
