"""Every export of a class that was graded, re-read by its importer's rules."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.reports.spreadsheet import cell
from tests.gradebook.folders import EXAMPLES, RIGHT, grade, submission, write
from tests.lms import importers

HOSTILE = ('=HYPERLINK("http://x","y")', "+1", "@SUM(A1)", "<b>", "a,b;c", 'q"uote', "\u202eabc", "../../x", "\tTab")
STUDENTS = ("student-00", "student-01", "2024.001.7", "1,234", "-12", *HOSTILE)
INFORMATION = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Section")
POINTS = Decimal(20)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of the class has a wrong mean; one submission is broken after its head."""
    folder = tmp_path_factory.mktemp("exports")
    for number, name in enumerate(STUDENTS):
        text = RIGHT if number % 2 else RIGHT.replace("Z = 10", "Z = 3")
        write(folder / "in" / f"{number:02}.toml", submission(name, text))
    write(folder / "in" / "unknown.toml", submission("student-99", "[answers.q9]\nx = 1\n"))
    grade(folder / "in", folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def truth(results: Path) -> dict[str, Decimal]:
    """The total of each student, from the reports."""
    found = {}
    for path in sorted((results / "reports").rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        if document["status"] != "rejected":
            parts = [part for question in document["questions"] for part in question["parts"]]
            assert sum(part["score"] for part in parts) == document["score"]
            found[document["student"]] = Decimal(document["score"])
    assert len(found) == len(STUDENTS)
    return found


def exported(results: Path, out: Path, *arguments: object) -> tuple[int, Path]:
    """An export with the marks as they are now: the class has a free text that nobody has marked."""
    options = ["--out", str(out), "--provisional", *map(str, arguments[1:])]
    return run(["export", str(arguments[0]), str(results), *options]), out


def roster(path: Path, people: list[dict[str, str]], columns: tuple[str, ...], extra: dict[str, str]) -> Path:
    """A gradebook as Canvas writes it, with the points possible, and a column of the assignment."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*columns, *extra, "Final Score"])
        writer.writerow(["    Points Possible", *[""] * (len(columns) - 1), *extra.values(), "(read only)"])
        for person in people:
            writer.writerow([*(person[name] for name in columns), *[""] * len(extra), ""])
    return path


def canvas_people() -> list[dict[str, str]]:
    people = []
    for number, name in enumerate(STUDENTS):
        person = dict.fromkeys(INFORMATION, "")
        person |= {"Student": f"Person, {number:02}", "ID": str(100 + number), "Section": "Section 1, Mon"}
        person["SIS Login ID" if number % 2 else "SIS User ID"] = name.strip() if name != "\tTab" else name
        people.append(person)
    people.append({**dict.fromkeys(INFORMATION, ""), "Student": "Student, Test", "ID": "999", "Section": "Section 1"})
    return people


def test_plain_csv(results: Path, truth: dict[str, Decimal], tmp_path: Path) -> None:
    code, out = exported(results, tmp_path / "plain.csv", "csv")
    assert code == 0
    importers.no_formula(out, for_people=True)
    header, *rows = importers.table(out, for_people=True)
    assert header[:6] == ["assignment", "student", "status", "score", "max_score", "pending_points"]
    assert "q4.dX" in header
    assert len(rows) == len(STUDENTS) + 1
    scores = sorted(Decimal(row[3]) for row in rows if row[3])
    assert scores == sorted(truth.values())
    for row in rows:
        if row[3]:
            assert sum(Decimal(part) for part in row[6:] if part) == Decimal(row[3])
    assert next(row for row in rows if row[1] == "student-99")[2:6] == ["rejected", "", "", ""]


def test_canvas_by_its_rules(results: Path, truth: dict[str, Decimal], tmp_path: Path, capsys: Any) -> None:
    people = canvas_people()
    harmless = [one for one in people if cell(one["SIS Login ID"]) == one["SIS Login ID"]]
    harmless = [one for one in harmless if cell(one["SIS User ID"]) == one["SIS User ID"]]
    title = "CNN-Foundations (4711)"
    path = roster(tmp_path / "roster.csv", harmless, INFORMATION, {"Quiz (12)": "5.00", title: "20.00"})
    code, out = exported(results, tmp_path / "canvas.csv", "canvas", "--roster", path)
    assert code == 1
    importers.no_formula(out)
    taken = importers.canvas(out, harmless, {"4711": "CNN-Foundations"})
    by_id = {one["ID"]: one["SIS Login ID"] or one["SIS User ID"] for one in harmless if one["ID"] != "999"}
    assert taken == {id: truth[name] for id, name in by_id.items()}
    said = capsys.readouterr().out
    assert "match nobody in the roster" in said
    assert "student-99" in said
    assert "Student, Test" in said
    assert "2024.001.7" in by_id.values()
    assert "1,234" in by_id.values()


def test_logins_that_canvas_would_convert_are_said(results: Path, tmp_path: Path, capsys: Any) -> None:
    assert exported(results, tmp_path / "canvas.csv", "canvas")[0] == 0
    said = "logins that Canvas would take for numbers, and match nobody (3): '1,234', -12, 2024.001.7; use --roster\n"
    assert said in capsys.readouterr().out


def test_the_preview_writes_nothing(results: Path, tmp_path: Path, capsys: Any) -> None:
    path = roster(tmp_path / "roster.csv", canvas_people()[:1], INFORMATION, {"x (1)": "7.00"})
    code, out = exported(results, tmp_path / "none.csv", "canvas", "--roster", path, "--dry-run")
    assert code == 1
    assert not out.exists()
    said = capsys.readouterr().out
    assert "student-01" in said
    assert "Canvas makes a new one, cnn-foundations" in said
    assert "\u202e" not in said


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Name,ID,Section", "expected a gradebook exported from Canvas"),
        ("Student,ID,SIS Login ID", "expected a column Section"),
        ("", "it is empty"),
    ],
)
def test_a_roster_that_is_none(header: str, said: str, results: Path, tmp_path: Path, capsys: Any) -> None:
    path = write(tmp_path / "roster.csv", header)
    assert exported(results, tmp_path / "c.csv", "canvas", "--roster", path)[0] == 2
    assert said in capsys.readouterr().err


def test_a_title_that_two_columns_have(results: Path, tmp_path: Path, capsys: Any) -> None:
    twice = {"cnn-foundations (12)": "20", "CNN-Foundations (13)": "20"}
    table = roster(tmp_path / "roster.csv", canvas_people(), INFORMATION, twice)
    assert exported(results, tmp_path / "c.csv", "canvas", "--roster", table)[0] == 2
    assert "choose one of 'cnn-foundations (12)', 'CNN-Foundations (13)' with --title" in capsys.readouterr().err
    _, out = exported(results, tmp_path / "c.csv", "canvas", "--roster", table, "--title", "CNN-Foundations (13)")
    assert out.read_text("utf-8").splitlines()[0].endswith(",CNN-Foundations (13)")


def test_a_title_that_canvas_would_drop(results: Path, tmp_path: Path, capsys: Any) -> None:
    assert exported(results, tmp_path / "c.csv", "canvas", "--title", "Final Score of homework")[0] == 2
    assert "Canvas drops a column" in capsys.readouterr().err


def test_two_students_of_one_row_get_no_mark(results: Path, tmp_path: Path, capsys: Any) -> None:
    person = {**dict.fromkeys(INFORMATION, ""), "Student": "P", "ID": "1", "Section": "S"}
    person |= {"SIS User ID": "student-00", "SIS Login ID": "student-01"}
    path = roster(tmp_path / "roster.csv", [person], INFORMATION, {"cnn-foundations": "20.00"})
    code, out = exported(results, tmp_path / "c.csv", "canvas", "--roster", path)
    assert code == 1
    assert len(importers.table(out)) == 2
    assert "neither is taken" in capsys.readouterr().out


def test_a_login_that_two_people_share_matches_nobody(results: Path, tmp_path: Path) -> None:
    shared = {**dict.fromkeys(INFORMATION, ""), "Student": "P", "SIS Login ID": "student-00", "Section": "S"}
    people = [{**shared, "ID": "1"}, {**shared, "ID": "2"}]
    path = roster(tmp_path / "roster.csv", people, INFORMATION, {"cnn-foundations": "20.00"})
    code, out = exported(results, tmp_path / "c.csv", "canvas", "--roster", path)
    assert code == 1
    assert len(importers.table(out)) == 2


def test_moodle_by_its_rules(results: Path, truth: dict[str, Decimal], tmp_path: Path) -> None:
    users = [
        {"username": f"u{number}", "idnumber": name if number % 2 else "", "email": "" if number % 2 else name}
        for number, name in enumerate(STUDENTS[:4])
    ]
    path = tmp_path / "participants.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["Username", "ID number", "Email address"])
        writer.writerows([one.values() for one in users])
    code, out = exported(results, tmp_path / "moodle.csv", "moodle", "--roster", path)
    assert code == 1
    importers.no_formula(out)
    expected = {f"u{number}": truth[name] for number, name in enumerate(STUDENTS[:4])}
    assert importers.moodle(out, users, POINTS) == expected
    assert "q4: O 2/2" in out.read_text(encoding="utf-8")


def test_moodle_without_a_roster_takes_ids_for_usernames(
    results: Path, truth: dict[str, Decimal], tmp_path: Path
) -> None:
    code, out = exported(results, tmp_path / "moodle.csv", "moodle", "--title", "HW 4")
    assert code == 0
    importers.no_formula(out)
    rows = {row[0]: row for row in importers.table(out)[1:]}
    assert rows["student-99"][3] == ""
    assert "q9" in rows["student-99"][4]
    names = list(rows)
    users = [{"username": name} for name in names]
    assert importers.moodle(out, users, POINTS)["student-01"] == truth["student-01"]


def test_nbgrader_columns(results: Path, truth: dict[str, Decimal], tmp_path: Path) -> None:
    _, out = exported(results, tmp_path / "grades.csv", "nbgrader")
    importers.no_formula(out)
    header, *rows = importers.table(out)
    assert ",".join(header) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score"
    )
    by_name = {row[3]: row for row in rows}
    assert Decimal(by_name["student-00"][9]) == truth["student-00"]
    assert by_name["student-99"][9] == "0.00"
    assert {row[10] for row in rows} == {"20.00"}


def test_otter_columns(results: Path, truth: dict[str, Decimal], tmp_path: Path) -> None:
    _, out = exported(results, tmp_path / "final.csv", "otter")
    importers.no_formula(out)
    header, points, *rows = importers.table(out)
    assert header == ["file", "q1", "q2", "q3", "q4", "total_points_earned", "percent_correct", "grading_status"]
    assert points == ["points-per-question", "4.00", "2.00", "5.00", "9.00", "20.00", "1", "--"]
    row = next(row for row in rows if row[0] == "student-01.toml")
    assert Decimal(row[5]) == truth["student-01"] == sum(Decimal(part) for part in row[1:5])
    assert Decimal(row[6]) == truth["student-01"] / 20


def test_gradescope_by_its_rules(results: Path, truth: dict[str, Decimal], tmp_path: Path) -> None:
    _, out = exported(results, tmp_path / "gradescope", "gradescope")
    found = sorted(out.rglob("results.json"))
    assert len(found) == len(STUDENTS) + 1
    assert sorted(importers.gradescope(path) for path in found) == sorted([*truth.values(), Decimal(0)])
    assert all(path.resolve().is_relative_to(out) for path in found)


def test_a_person_s_mark_is_in_every_total(results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    source = results / "reports" / "cnn-foundations" / "student-01.json"
    document = json.loads(source.read_text(encoding="utf-8"))
    document["questions"][0]["parts"][1]["review"] = {"points": 1.5}
    document["score"] += 1.5
    write(folder / "reports" / "cnn-foundations" / "student-01.json", json.dumps(document))
    _, out = exported(folder, tmp_path / "plain.csv", "csv")
    header, row = importers.table(out, for_people=True)
    assert row[header.index("q1.why")] == "1.50"
    assert sum(Decimal(part) for part in row[6:] if part) == Decimal(row[3])
    document["questions"][0]["parts"][1] |= {"verdict": "error", "message": "a fault of ours"}
    write(folder / "reports" / "cnn-foundations" / "student-01.json", json.dumps(document))
    _, out = exported(folder, tmp_path / "gradescope", "gradescope")
    assert importers.gradescope(out / "student-01" / "results.json") == Decimal(str(document["score"]))
    said = (out / "student-01" / "results.json").read_text("utf-8")
    assert "marked by a person" in said and "a fault of ours" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["csv", "{nothing}"], "expected a folder of results"),
        (["csv", "{out}", "--assignment", "hw9"], "expected one of the assignments cnn-foundations"),
        (["otter", "{out}", "--roster", "x.csv"], "--roster is for canvas and moodle"),
        (["canvas", "{out}", "--roster", "{nothing}/x.csv"], "no such file"),
        (["excel", "{out}"], "invalid value"),
    ],
)
def test_bad_use(arguments: list[str], said: str, results: Path, tmp_path: Path, capsys: Any) -> None:
    filled = [text.format(out=results, nothing=tmp_path) for text in arguments]
    assert run(["export", *filled]) == 2
    assert said in capsys.readouterr().err


def test_several_assignments_want_a_choice(tmp_path: Path, capsys: Any) -> None:
    for name, paper in (("cnn-foundations", "paper-001"), ("cnn-pooling-capsules", "paper-004")):
        write(tmp_path / "in" / f"{paper}.toml", (EXAMPLES / name / f"{paper}.toml").read_text(encoding="utf-8"))
    grade(tmp_path / "in", tmp_path / "out")
    assert run(["export", "csv", str(tmp_path / "out")]) == 2
    assert "cnn-foundations, cnn-pooling-capsules" in capsys.readouterr().err
    assert run(["export", "csv", str(tmp_path / "out"), "--assignment", "cnn-pooling-capsules"]) == 0
    assert (tmp_path / "out" / "exports" / "cnn-pooling-capsules-csv.csv").is_file()


def test_files_of_nobody_are_said(tmp_path: Path, capsys: Any) -> None:
    write(tmp_path / "in" / "a.toml", submission("a"))
    write(tmp_path / "in" / "torn.toml", "assignment = ")
    grade(tmp_path / "in", tmp_path / "out")
    exported(tmp_path / "out", tmp_path / "marks.csv", "csv")
    said = "files of which no student is known are left out (1): torn.toml; see results.csv\n"
    assert said in capsys.readouterr().out


def test_who_has_left_has_no_result_for_gradescope(tmp_path: Path) -> None:
    for name in ("ada", "ben"):
        write(tmp_path / "in" / f"{name}.toml", submission(name))
    folder = tmp_path / "out" / "exports" / "cnn-foundations-gradescope"
    for names in (["ada", "ben"], ["ben"]):
        grade(tmp_path / "in", tmp_path / "out")
        assert run(["export", "gradescope", str(tmp_path / "out")]) == 0
        assert sorted(path.name for path in folder.iterdir()) == names
        (tmp_path / "in" / "ada.toml").unlink(missing_ok=True)
    write(tmp_path / "other" / "results.json", "mine")
    write(folder / "notes" / "results.json", "{}")
    (folder / "link").symlink_to(tmp_path / "other", target_is_directory=True)
    assert run(["export", "gradescope", str(tmp_path / "out")]) == 0
    assert (tmp_path / "other" / "results.json").exists()
    assert (folder / "notes" / "results.json").exists()


def test_the_roster_is_never_overwritten(results: Path, tmp_path: Path, capsys: Any) -> None:
    table = roster(tmp_path / "roster.csv", canvas_people(), INFORMATION, {})
    before = table.read_bytes()
    assert exported(results, table, "canvas", "--roster", table)[0] == 2
    assert "roster.csv is the roster: name another file with --out" in capsys.readouterr().err
    assert table.read_bytes() == before
    (tmp_path / "folder").mkdir()
    assert exported(results, tmp_path / "folder", "csv")[0] == 2
    assert capsys.readouterr().err.startswith(f"grader: {tmp_path / 'folder'}: ")


@pytest.mark.parametrize("format", ["gradescope", "moodle", "otter", "csv"])
def test_a_persian_class_has_no_marks_of_direction_in_exports(format: str, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("a", "[answers.q4]\nZ = '98 = 56'\ndX = [[1, 2]]\n"))
    write(tmp_path / "in" / "b.toml", submission("b", "[answers.q9]\nx = 1\n"))
    grade(tmp_path / "in", tmp_path / "out", lang="fa")
    assert run(["export", format, str(tmp_path / "out")]) == 0
    for path in (tmp_path / "out" / "exports").rglob("*.*"):
        assert "u206" not in path.read_text("utf-8")
        assert not set("\u2066\u2067\u2068\u2069") & set(path.read_text("utf-8"))
    assert "u206" not in (tmp_path / "out" / "review.toml").read_text("utf-8")


def test_the_same_bytes_every_time(results: Path, tmp_path: Path) -> None:
    for name in ("csv", "canvas", "moodle", "nbgrader", "otter"):
        first, second = (exported(results, tmp_path / f"{name}-{turn}.csv", name)[1] for turn in (1, 2))
        assert first.read_bytes() == second.read_bytes()
