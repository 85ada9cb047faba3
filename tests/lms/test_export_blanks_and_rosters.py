"""Marks that are not final stay blank in every export, and a roster says which row nearly, or twice, is meant."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from tests.gradebook.folders import grade, submission, write
from tests.lms import importers

FINISHED = "[answers.q4]\nZ = 10\n"
WAITING = '[answers.q1]\nwhy = "It adds up."\n[answers.q4]\nZ = 10\n'
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,CNN-Foundations (11),Essay (12)\n"
POINTS = "    Points Possible,,,,,20,5\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada is graded, Ben has a free text that nobody has marked."""
    folder = tmp_path_factory.mktemp("blanks")
    write(folder / "in" / "ada.toml", submission("ada", FINISHED))
    write(folder / "in" / "ben.toml", submission("ben", WAITING))
    grade(folder / "in", folder / "out")
    return folder / "out"


def exported(results: Path, out: Path, format: str, *options: object) -> tuple[int, Path]:
    return run(["export", format, str(results), "--out", str(out), *map(str, options)]), out


@pytest.mark.parametrize(
    ("format", "student", "mark"),
    [("csv", 1, 3), ("canvas", 3, 5), ("moodle", 0, 3), ("nbgrader", 3, 9), ("otter", 0, 5)],
)
def test_marks_that_are_not_final_stay_blank(
    format: str, student: int, mark: int, results: Path, tmp_path: Path, capsys: Any
) -> None:
    code, out = exported(results, tmp_path / "final.csv", format)
    assert code == 0
    assert "left blank; --provisional" in capsys.readouterr().out
    found = {row[student].removesuffix(".toml"): row for row in importers.table(out, for_people=format == "csv")}
    assert found["ben"][mark] == ""
    assert found["ada"][mark] == "1.00"
    _, out = exported(results, tmp_path / "now.csv", format, "--provisional")
    assert "left blank" not in capsys.readouterr().out
    found = {row[student].removesuffix(".toml"): row for row in importers.table(out, for_people=format == "csv")}
    assert (found["ada"][mark], found["ben"][mark]) == ("1.00", "1.00")


def test_a_question_that_waits_is_blank_for_otter_and_the_others_are_not(results: Path, tmp_path: Path) -> None:
    _, out = exported(results, tmp_path / "otter.csv", "otter")
    header, _, ada, ben = importers.table(out)
    assert (ada[header.index("q1")], ben[header.index("q1")], ben[header.index("q4")]) == ("0.00", "", "1.00")
    assert (ada[-1], ben[-1], ben[-2]) == ("Completed", "Waiting for a person", "")


def test_a_spreadsheet_sees_utf_8(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("سارا", FINISHED))
    grade(tmp_path / "in", tmp_path / "out")
    _, out = exported(tmp_path / "out", tmp_path / "marks.csv", "csv")
    assert out.read_bytes().startswith(b"\xef\xbb\xbfassignment,")
    assert "سارا" in out.read_text("utf-8-sig")
    _, out = exported(tmp_path / "out", tmp_path / "canvas.csv", "canvas")
    assert out.read_bytes().startswith(b"Student,"), "Canvas would take the mark for part of the header"


NEAR = [
    ("Student-007", "student-007", "letter case"),
    ("۱۲۳", "123", "Persian or Arabic digits"),
    ("علي", "علی", "Persian or Arabic letters"),
    ("123", "00123", "leading zeros"),
    ("René", unicodedata.normalize("NFD", "René"), "composed characters"),
    ("Ada Lovelace", "Lovelace, Ada", '"Last, First"'),
    ("ada lovelace", "Lovelace,  Ada", 'letter case, "Last, First"'),
]


@pytest.mark.parametrize(("student", "cell", "why"), NEAR)
@pytest.mark.parametrize("column", [0, 2, 3])
def test_a_near_row_is_named(student: str, cell: str, why: str, column: int, tmp_path: Path, capsys: Any) -> None:
    write(tmp_path / "in" / "a.toml", submission(student, FINISHED))
    grade(tmp_path / "in", tmp_path / "out")
    table = tmp_path / "roster.csv"
    rows = [["Other, One", "1", "A1", "one", "S", "", ""], ["Some, Two", "2", "A2", "two", "S", "", ""]]
    rows[1][column] = cell
    with table.open("w", encoding="utf-8", newline="") as stream:
        stream.write(CANVAS + POINTS)
        csv.writer(stream).writerows(rows)
    code, out = exported(tmp_path / "out", tmp_path / "canvas.csv", "canvas", "--roster", table)
    said = capsys.readouterr().out
    assert code == 1
    assert f"({why}): correct one of them" in said
    assert "is nearly row 4 of the roster" in said
    assert len(importers.table(out)) == 2, "a near row gets no mark"


def test_a_stranger_is_near_to_nobody(tmp_path: Path, results: Path, capsys: Any) -> None:
    table = write(tmp_path / "roster.csv", CANVAS + POINTS + '"Ada, A",1,adaa,ada1,S,,\n')
    assert exported(results, tmp_path / "c.csv", "canvas", "--roster", table)[0] == 1
    said = capsys.readouterr().out
    assert "match nobody in the roster and are left out (2): ada, ben\n" in said
    assert "nearly" not in said


def test_an_ambiguous_match_names_its_rows_and_is_never_nobody(tmp_path: Path, capsys: Any) -> None:
    for name in ("Given Family", "v"):
        write(tmp_path / "in" / f"{name}.toml", submission(name, FINISHED))
    grade(tmp_path / "in", tmp_path / "out")
    people = "Given Family,1000,A0,login1,S1,,\nGiven Family,1001,A1,login2,S2,,\n"
    people += '"V, W",1004,A5,v,S1,,\n"V, W",1004,A5,v,S2,,\n'
    table = write(tmp_path / "canvas.csv", CANVAS + POINTS + people)
    code, out = exported(tmp_path / "out", tmp_path / "c.csv", "canvas", "--roster", table)
    said = capsys.readouterr().out
    assert code == 1
    assert "Given Family matches several rows of the roster (3, 4) and is left out" in said
    assert "v matches several rows of the roster (5, 6) and is left out" in said
    assert "match nobody" not in said
    assert len(importers.table(out)) == 2


def test_a_name_of_several_rows_yields_to_an_id_of_one(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("A0", FINISHED))
    grade(tmp_path / "in", tmp_path / "out")
    table = write(tmp_path / "r.csv", CANVAS + POINTS + "A0,1000,A0,login1,S1,,\nA0,1001,A1,login2,S2,,\n")
    code, out = exported(tmp_path / "out", tmp_path / "c.csv", "canvas", "--roster", table)
    assert code == 0
    assert importers.table(out)[2][:3] == ["A0", "1000", "A0"]


def test_the_roster_s_own_assignments_are_offered(results: Path, tmp_path: Path, capsys: Any) -> None:
    table = write(tmp_path / "roster.csv", CANVAS.replace("CNN-Foundations", "Week 3") + POINTS + "A,1,ada,a,S,,\n")
    exported(results, tmp_path / "c.csv", "canvas", "--roster", table, "--dry-run")
    said = capsys.readouterr().out
    assert "Canvas makes a new one, cnn-foundations" in said
    assert "assignments of the roster, to name one with --title: Week 3 (11), Essay (12)\n" in said
    exported(results, tmp_path / "c.csv", "canvas", "--roster", table, "--title", "week 3")
    assert "Canvas makes a new one" not in capsys.readouterr().out
    assert importers.table(tmp_path / "c.csv")[0][-1] == "Week 3 (11)"
