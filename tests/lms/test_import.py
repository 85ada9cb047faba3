"""`grader import`: a table becomes submissions."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from tests.gradebook.folders import KEYS, call, write

TABLE = 'Id,q4.Z,q4.O,Remark,q3.conv_shape\nstudent-01,10,"10 3\n9 18",x,"14,14,32"\n../../x,=1+1,,,\n'


def imported(tmp_path: Path, text: str, *options: str | Path) -> tuple[int, str, str]:
    table = write(tmp_path / "table.csv", text)
    out = tmp_path / "out"
    done = call("import", table, "--assignment", "cnn-foundations", "--out", out, "--keys", KEYS, *options)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_rows_become_submissions_that_check_reads(tmp_path: Path) -> None:
    code, said, warned = imported(tmp_path, TABLE)
    assert (code, warned) == (0, "grader: columns that are left out: Remark\n")
    assert said == f"submissions written to {tmp_path / 'out'}: 2; there already: 0; rows refused: 0\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "table.csv"]
    found = tomli.loads((tmp_path / "out" / "student-01.toml").read_text("utf-8"))
    assert found == {
        "assignment": "cnn-foundations",
        "student": "student-01",
        "answers": {"q4": {"Z": "10", "O": "10 3\n9 18"}, "q3": {"conv_shape": "14,14,32"}},
    }
    assert "Total 4 / 20" in call("check", tmp_path / "out" / "student-01.toml", "--keys", KEYS).stdout


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    code, said, _ = imported(tmp_path, TABLE, "--dry-run")
    assert code == 0
    assert "student: Id\n" in said
    assert "q4.Z: q4.Z\n" in said
    assert f"row 2: student-01 -> {tmp_path / 'out' / 'student-01.toml'} (3 answers)\n" in said
    assert not (tmp_path / "out").exists()


def test_never_overwrites_silently(tmp_path: Path) -> None:
    imported(tmp_path, TABLE)
    assert imported(tmp_path, TABLE)[1].endswith("out: 0; there already: 2; rows refused: 0\n")
    changed = TABLE.replace("14,14,32", "13,13,32")
    code, _, said = imported(tmp_path, changed)
    assert code == 2
    assert "(1): student-01.toml; nothing was written (see --overwrite)" in said
    assert "student-01.toml" in said
    assert "14,14,32" in (tmp_path / "out" / "student-01.toml").read_text("utf-8")
    assert imported(tmp_path, changed, "--overwrite")[0] == 0
    assert "13,13,32" in (tmp_path / "out" / "student-01.toml").read_text("utf-8")


def test_a_map_by_headers_semicolons_and_moments(tmp_path: Path) -> None:
    table = "\ufeffTimestamp;Matrikel;Frage 4: Z\n2026-03-01 12:00:00+00:00;0017;1,5\n"
    names = write(tmp_path / "map.toml", "'Frage 4: Z' = 'q4.Z'\nMatrikel = 'student'\n")
    assert imported(tmp_path, table, "--map", names)[0] == 0
    text = (tmp_path / "out" / "0017.toml").read_text("utf-8")
    assert 'student = "0017"\nsubmitted_at = 2026-03-01 12:00:00+00:00\n' in text
    assert 'Z = "1,5"' in text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('"Question 4, the mean, in words, or as a number";student;q4.Z\nx;a;1,5\n', "utf-8"),
        ('"two\nlines, of, commas"\tstudent\tq4.Z\nx\ta\t1,5\n', "utf-16"),
        ("student,q4.Z\r\na,'1,5'\r\n".replace("'", '"'), "utf-16"),
    ],
)
def test_a_spreadsheet_s_tables_are_read(tmp_path: Path, text: str, encoding: str) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(text.encode(encoding))
    done = call("import", table, "--assignment", "cnn-foundations", "--out", tmp_path / "out", "--keys", KEYS)
    assert done.returncode == 0, done.stderr
    assert 'Z = "1,5"' in (tmp_path / "out" / "a.toml").read_text("utf-8")


def test_no_row_is_lost_to_a_name_and_a_repeated_one_is_said(tmp_path: Path) -> None:
    code, said, warned = imported(tmp_path, "student,q4.Z\na,1\na,2\na-2,7\na,1,,\n")
    assert (code, said) == (0, f"submissions written to {tmp_path / 'out'}: 3; there already: 0; rows refused: 0\n")
    assert "rows that say what an earlier one of the student says are left out: 5\n" in warned
    found = {path.name: tomli.loads(path.read_text("utf-8")) for path in (tmp_path / "out").iterdir()}
    assert {name: (one["student"], one["answers"]["q4"]["Z"]) for name, one in found.items()} == {
        "a.toml": ("a", "1"),
        "a-2.toml": ("a", "2"),
        "a-2-2.toml": ("a-2", "7"),
    }


def test_a_blank_row_that_goes_changes_no_file(tmp_path: Path) -> None:
    imported(tmp_path, "student,q4.Z\na,1\n,\na,2\n")
    assert imported(tmp_path, "student,q4.Z\na,1\na,2\n")[1].endswith("out: 0; there already: 2; rows refused: 0\n")


def test_a_year_of_another_calendar_is_left_out(tmp_path: Path) -> None:
    code, _, warned = imported(tmp_path, "student,submitted_at,q4.Z\na,1404-12-10 10:00:00,1\n")
    assert code == 0
    assert "are left out: 1, such as '1404-12-10 10:00:00' in row 2" in warned
    assert "submitted_at" not in (tmp_path / "out" / "a.toml").read_text("utf-8")


def test_an_old_encoding_is_refused_with_advice(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes("student,q4.Z\ncaf\u00e9,1\n".encode("cp1252"))
    done = call("import", table, "--assignment", "cnn-foundations", "--out", tmp_path / "out", "--keys", KEYS)
    assert (done.returncode, done.stderr) == (
        2,
        "grader: table.csv: expected UTF-8 text, received another encoding at byte 16: "
        "in a spreadsheet, save it as CSV UTF-8\n",
    )


def test_rows_that_cannot_be_are_listed_and_the_rest_is_written(tmp_path: Path) -> None:
    table = f"student,q4.Z\n,1\n{'x' * 300},2\na,3\na,4\nb,5,6\n\n"
    code, said, warned = imported(tmp_path, table)
    assert code == 1
    assert "row 2: no student" in warned
    assert "at most 200 characters, received 300" in warned
    assert "row 6 (b): more cells than headers" in warned
    assert said.endswith("out: 2; there already: 0; rows refused: 3\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a-2.toml", "a.toml"]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("who,q4.Z\na,1\n", (), "no column for the student: name it with --student; the columns are who, q4.Z"),
        ("Student,student,q4.Z\na,b,1\n", (), "two columns stand for 'student'"),
        ("student,Z\na,1\n", (), "no column is a part of cnn-foundations: expected headers such as q1.g"),
        ("student,q4.Z,q4.Z\na,1,2\n", (), "two columns stand for 'q4.Z'"),
        ("student,q4.Z\na,1\n", ("--student", "who"), "no column 'who'; the columns are student, q4.Z"),
        ("", (), "expected a first line with headers, received none"),
        ('student,q4.Z\na,"1\n', (), "not a table: unexpected end of data"),
    ],
)
def test_bad_tables_are_one_sentence(tmp_path: Path, text: str, options: tuple[str, ...], said: str) -> None:
    code, _, warned = imported(tmp_path, text, *options)
    assert code == 2
    assert said in warned
    assert not (tmp_path / "out").exists()


def test_an_unknown_assignment_and_a_bad_map(tmp_path: Path) -> None:
    names = write(tmp_path / "map.toml", "Z = 'q4.z'\n")
    assert "did you mean 'q4.Z'?" in imported(tmp_path, "student,Z\na,1\n", "--map", names)[2]
    table = write(tmp_path / "t.csv", TABLE)
    done = call("import", table, "--assignment", "cnn-foundation", "--out", tmp_path / "out", "--keys", KEYS)
    assert done.returncode == 2
    assert "did you mean 'cnn-foundations'?" in done.stderr


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026/01/02 10:00:00 AM GMT+3:30", "2026-01-02T10:00:00+03:30"),  # Google Forms
        ("1/15/2026 13:45:22", "2026-01-15T13:45:22"),
        ("15/01/2026 13:45", "2026-01-15T13:45:00"),
        ("15 January 2026, 1:45 PM", "2026-01-15T13:45:00"),  # Moodle
        ("2026-01-15 13:45:22 UTC", "2026-01-15T13:45:22+00:00"),  # Canvas
        ("2026-01-15", "2026-01-15T00:00:00"),
        ("1404/10/25 13:45", None),
        ("2/3/2026 9:00", None),
        ("yesterday", None),
        ("13:45", None),
        ("9" * 5_000, None),
    ],
)
def test_times_as_forms_write_them(tmp_path: Path, written: str, read: str | None) -> None:
    code, _, warned = imported(tmp_path, f'Timestamp,student,q4.Z\n"{written}",a,10\n')
    (found,) = (tomli.loads(path.read_text("utf-8")) for path in (tmp_path / "out").iterdir())
    moment = found.get("submitted_at")
    assert (code, moment and moment.isoformat()) == (0, read)
    assert ("left out: 1, such as" in warned) == (read is None)


def test_the_column_tells_whether_the_day_comes_first(tmp_path: Path) -> None:
    imported(tmp_path, "Timestamp,student,q4.Z\n2/3/2026 9:00,a,10\n25/3/2026 9:00,b,10\n")
    assert "2026-03-02" in (tmp_path / "out" / "a.toml").read_text("utf-8")


def test_a_map_may_leave_a_column_out(tmp_path: Path) -> None:
    leave = write(tmp_path / "map.toml", '"Timestamp" = ""\n"q4.O" = ""\n')
    _, _, warned = imported(tmp_path, "Timestamp,student,q4.Z,q4.O\nnoon,a,10,3\n", "--map", leave)
    assert warned == "grader: columns that are left out: Timestamp, q4.O\n"
    assert "q4.O" not in (tmp_path / "out" / "a.toml").read_text("utf-8")


def test_the_second_row_of_canvas_is_no_student_and_one_in_two_rows_is_said(tmp_path: Path) -> None:
    table = 'Student,ID,q4.Z\n"    Points Possible",,5\nstudent-01,7,10\nstudent-01,7,11\n'
    code, said, warned = imported(tmp_path, table, "--student", "Student")
    assert (code, said) == (0, f"submissions written to {tmp_path / 'out'}: 2; there already: 0; rows refused: 0\n")
    assert warned.endswith("grader: 'student-01' is in rows 3, 4: one submission each\n")
