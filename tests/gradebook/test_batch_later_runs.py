"""Later runs: an assignment that was broken since, marks that moved shown again, what the exit status says."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from grader.cli.main import run
from grader.errors import UsageError
from tests.gradebook.folders import KEYS, RIGHT, call, copy_keys, grade, make_class, report, rows, submission, visible
from tests.gradebook.folders import write as put

BROKEN = "broken = ["


def test_a_database_of_an_older_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    put(tmp_path / "in" / "ada.toml", submission("ada"))
    grade(tmp_path / "in", tmp_path / "out")
    review = tmp_path / "out" / "review.toml"
    review.write_text(review.read_text("utf-8").replace('points = ""', "points = 1.5"), "utf-8")
    grade(tmp_path / "in", tmp_path / "out")
    path = tmp_path / "out" / ".grader" / "store.sqlite3"
    for left in path.parent.glob("store.sqlite3*"):
        left.unlink()
    base = sqlite3.connect(path)
    base.executescript(
        "CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
        "INSERT INTO notes VALUES ('version', '1'); CREATE TABLE files (id INTEGER PRIMARY KEY);"
    )
    base.close()
    before = visible(tmp_path / "out")
    with pytest.raises(
        UsageError, match=r"store\.sqlite3 is damaged or of another version \(1\): remove it and run again"
    ):
        grade(tmp_path / "in", tmp_path / "out")
    assert visible(tmp_path / "out") == before
    for left in path.parent.glob("store.sqlite3*"):
        left.unlink()
    grade(tmp_path / "in", tmp_path / "out")
    assert report(tmp_path / "out", "ada")["score"] == 7.5


def test_an_assignment_that_was_broken_since_takes_nobody_their_marks(tmp_path: Path) -> None:
    keys = copy_keys(tmp_path / "keys")
    folder, out = make_class(tmp_path / "in", 3), tmp_path / "out"
    grade(folder, out, keys, pages=True)
    before = visible(out)
    path = keys / "cnn-foundations" / "assignment.toml"
    whole = path.read_text("utf-8")
    path.write_text(BROKEN, "utf-8")
    (out / "reports" / "cnn-foundations" / "student-002.json").unlink()
    put(folder / "new.toml", submission("new"))
    counts = grade(folder, out, keys, pages=True)
    (said,) = map(str, counts.said)
    assert said.startswith("cnn-foundations/assignment.toml: ")
    assert said.endswith("; submissions that keep the marks of an earlier run: 3")
    found = rows(out)
    assert [found[f"student-00{number}.toml"]["status"] for number in range(3)] == ["needs_review"] * 3
    assert found["new.toml"]["status"] == "error"
    kept = visible(out)
    assert kept["reports/cnn-foundations/student-000.json"] == before["reports/cnn-foundations/student-000.json"]
    assert counts.moved == 0
    path.write_text(whole, "utf-8")
    (folder / "new.toml").unlink()
    again = grade(folder, out, keys, pages=True)
    assert again.said == []
    assert visible(out) == before


def test_marks_by_people_stay_in_force_under_a_broken_assignment(tmp_path: Path) -> None:
    keys = copy_keys(tmp_path / "keys")
    put(tmp_path / "in" / "ada.toml", submission("ada"))
    grade(tmp_path / "in", tmp_path / "out", keys)
    review = tmp_path / "out" / "review.toml"
    review.write_text(review.read_text("utf-8").replace('points = ""', "points = 1.5"), "utf-8")
    grade(tmp_path / "in", tmp_path / "out", keys)
    (keys / "cnn-foundations" / "assignment.toml").write_text(BROKEN, "utf-8")
    grade(tmp_path / "in", tmp_path / "out", keys)
    assert report(tmp_path / "out", "ada")["score"] == 7.5
    assert "points = 1.5" in review.read_text("utf-8")


def test_marks_that_moved_can_be_shown_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = make_class(tmp_path / "in", 2), tmp_path / "out"
    call = ["batch", str(folder), "--out", str(out), "--keys", str(KEYS), "--jobs", "1", "--no-pages"]
    run(call)
    put(folder / "student-001.toml", submission("student-001", RIGHT.replace("Z = 10", "Z = 77")))
    run(call)
    put(folder / "student-000.toml", submission("student-000"))
    run(call)
    capsys.readouterr()
    line_0 = "cnn-foundations student-000 q4.Z: 0/1 (wrong) -> 1/1 (correct) (submission)"
    line_1 = "cnn-foundations student-001 q4.Z: 1/1 (correct) -> 0/1 (wrong) (submission)"
    run([*call, "--diff"])
    assert capsys.readouterr().out.splitlines()[:-1] == [line_0, line_1], "of both runs: nobody was told of either"
    for _ in range(2):
        run([*call, "--diff"])
        shown = capsys.readouterr().out.splitlines()[:-1]
        assert shown == ["no mark moved since the last run", "the marks that moved before:", line_0, line_1]
    put(folder / "student-001.toml", submission("student-001"))
    run([*call, "--diff"])
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "cnn-foundations student-001 q4.Z: 0/1 (wrong) -> 1/1 (correct) (submission)"
    ]


@pytest.mark.parametrize(
    ("answers", "broken", "status"),
    [("[answers.q4]\nZ = 10\n", False, 0), (RIGHT, False, 1), ("[answers.q4]\nZ = 10\n", True, 3), (RIGHT, True, 1)],
)
def test_the_exit_status_says_what_is_left_to_do(answers: str, broken: bool, status: int, tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.toml", submission("a", answers))
    if broken:
        put(tmp_path / "in" / "b.toml", "assignment = ")
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1")
    assert done.returncode == status


def test_documents_that_are_no_submissions_are_named(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.toml", submission("a", "[answers.q4]\nZ = 10\n"))
    documents = ("work.ipynb", "sub/mine.docx", "sub/mine.toml.txt", "scan.PDF", "notes.txt")
    for name in documents:
        put(tmp_path / "in" / name, "x")
    for name in ("roster.csv", ".DS_Store", "page.html", "README"):
        put(tmp_path / "in" / name, "x")
    for _ in range(2):
        done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1")
        assert done.returncode == 0
        assert done.stdout.startswith("1 submission: 1 graded; ")
        assert "; 5 other files are not submissions (see results.csv); " in done.stdout
        found = rows(tmp_path / "out")
        assert set(found) == {"a.toml", *documents}
        assert {found[name]["status"] for name in documents} == {"ignored"}
    assert found["scan.PDF"]["reason"] == "scan.PDF: no submission: expected a file that ends in .toml, received .PDF"
    assert found["sub/mine.toml.txt"]["reason"].endswith("an editor added .txt to the name: rename it to mine.toml")
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert all(name in page for name in documents)
    (tmp_path / "in" / "sub" / "mine.docx").unlink()
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1")
    assert "; 4 other files are not submissions" in done.stdout
    assert "removed" not in done.stdout
    assert "sub/mine.docx" not in rows(tmp_path / "out")
