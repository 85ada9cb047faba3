"""`grader batch` on a folder that was graded before, on several files of one student, on what is no submission."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.main import run
from grader.errors import UsageError
from grader.gradebook.run import batch
from grader.gradebook.run.marking import ReportOptions
from grader.gradebook.run.request import BatchRequest
from tests.gradebook.folders import (
    KEYS,
    RIGHT,
    call,
    copy_keys,
    grade,
    make_class,
    report,
    rows,
    submission,
    visible,
    write,
)


def test_a_second_run_marks_only_what_changed(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 20)
    first = grade(folder, tmp_path / "out")
    assert (first.marked, first.unchanged) == (20, 0)
    again = grade(folder, tmp_path / "out")
    assert (again.marked, again.unchanged, again.moved) == (0, 20, 0)
    write(folder / "student-004.toml", submission("student-004", RIGHT.replace("Z = 10", "Z = 77")))
    third = grade(folder, tmp_path / "out")
    assert (third.marked, third.unchanged) == (1, 19)
    grade(folder, tmp_path / "fresh")
    assert visible(tmp_path / "out") == visible(tmp_path / "fresh")


def test_a_report_that_was_removed_is_written_again(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 3)
    grade(folder, tmp_path / "out")
    before = visible(tmp_path / "out")
    (tmp_path / "out" / "reports" / "cnn-foundations" / "student-001.json").unlink()
    again = grade(folder, tmp_path / "out")
    assert (again.marked, again.rewritten, again.unchanged) == (0, 1, 2)
    assert visible(tmp_path / "out") == before


def test_a_template_without_a_name_is_nobody_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day, name in ((1, "a"), (2, "b")):
        head = f"submitted_at = 2026-01-0{day}\n"
        write(tmp_path / "in" / f"{name}.toml", submission("Your name or number ".strip(), head=head))
    write(tmp_path / "in" / "a.toml", submission("your name or number"))
    counts = grade(tmp_path / "in", tmp_path / "out", pages=True)
    assert counts.statuses == {"rejected": 2}
    assert not (tmp_path / "out" / "pages").exists()
    said = "expected the student's name or number, received the template's 'your name or number'"
    assert f"a.toml: {said}" in (tmp_path / "out" / "results.csv").read_text("utf-8")
    assert run(["check", str(tmp_path / "in" / "a.toml"), "--keys", str(KEYS)]) == 1
    assert capsys.readouterr().err == f"grader: warning: {said}\n"


def test_files_that_an_editor_renamed_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "in" / "sub" / "mine.toml.txt", submission("s"))
    call = ["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--keys", str(KEYS)]
    assert run(call) == 2
    assert "rename those that end in .toml.txt: sub/mine.toml.txt" in capsys.readouterr().err
    write(tmp_path / "in" / "a.toml", submission("a"))
    run(call)
    assert capsys.readouterr().err == (
        "grader: files that end in .toml.txt are left aside, rename them: sub/mine.toml.txt\n"
    )


def test_folders_of_results_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for section in ("one", "two"):
        make_class(tmp_path / "in" / section, 2)
    keys = ["--keys", str(KEYS), "--no-pages"]
    run(["batch", str(tmp_path / "in" / "one"), "--out", str(tmp_path / "in" / "one"), *keys])
    capsys.readouterr()
    run(["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *keys])
    captured = capsys.readouterr()
    assert captured.err == "grader: folders that hold results of a batch (.grader) are not read: one\n"
    assert captured.out.startswith("2 submissions: ")
    run(["batch", str(tmp_path / "in" / "one"), "--out", str(tmp_path / "other"), *keys])
    captured = capsys.readouterr()
    assert (captured.err, captured.out[:15]) == ("", "2 submissions: ")  # review.toml is none of them


def test_other_pages_are_no_new_marks(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 3)
    grade(folder, tmp_path / "out")
    write(folder / "student-002.toml", submission("student-002", RIGHT.replace("Z = 10", "Z = 77")))
    other = grade(folder, tmp_path / "out", lang="fa", pages=True)
    assert (other.marked, other.rewritten, other.unchanged) == (1, 2, 0)
    assert grade(folder, tmp_path / "out", lang="fa", pages=True).unchanged == 3


def test_a_folder_that_is_its_own_folder_of_results(tmp_path: Path) -> None:
    make_class(tmp_path, 3)
    assert grade(tmp_path, tmp_path).files == 3
    assert (tmp_path / "review.toml").exists()
    again = grade(tmp_path, tmp_path)
    assert (again.files, again.marked) == (3, 0)


def test_of_several_files_of_one_student_nothing_is_written_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, name in ((1, "z"), (2, "a")):  # the newer one is read first, and written over by the older one
        text = submission("ada").replace("student =", f"submitted_at = 2026-01-0{day}T10:00:00\nstudent =")
        write(tmp_path / "in" / f"{name}.toml", text.replace("[[10, 3], [9, 18]]", f"[[{day}, 3], [9, 18]]"))
    grade(tmp_path / "in", tmp_path / "out")
    first = visible(tmp_path / "out")
    assert "a.toml is newer" in rows(tmp_path / "out")["z.toml"]["reason"]

    def never(*_: object) -> None:
        raise AssertionError("written again")

    monkeypatch.setattr(batch._Run, "_again", never)
    assert grade(tmp_path / "in", tmp_path / "out").unchanged == 2
    assert visible(tmp_path / "out") == first
    monkeypatch.undo()
    (tmp_path / "in" / "a.toml").unlink()
    grade(tmp_path / "in", tmp_path / "out")
    grade(tmp_path / "in", tmp_path / "fresh")
    assert visible(tmp_path / "out") == visible(tmp_path / "fresh")


def test_results_inside_the_folder_are_not_submissions(tmp_path: Path) -> None:
    folder = make_class(tmp_path, 2)
    first = grade(folder, tmp_path / "out")
    grade(folder, tmp_path / "other")
    assert first.files == grade(folder, tmp_path / "out").files == 2


def test_a_student_who_is_gone_has_no_files_any_more(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 4)
    grade(folder, tmp_path / "out", pages=True)
    (folder / "student-002.toml").unlink()
    write(folder / "student-003.toml", submission("renamed"))
    counts = grade(folder, tmp_path / "out", pages=True)
    assert counts.gone == 1
    grade(folder, tmp_path / "fresh", pages=True)
    assert visible(tmp_path / "out") == visible(tmp_path / "fresh")
    assert not [name for name in visible(tmp_path / "out") if "student-002" in name or "student-003" in name]


# -- what moved ----------------------------------------------------------------------------------------------------


def test_diff_lists_what_moved_and_why(tmp_path: Path) -> None:
    keys = copy_keys(tmp_path / "keys")
    folder = make_class(tmp_path / "in", 2)
    arguments = ("batch", folder, "--out", tmp_path / "out", "--keys", keys, "--jobs", "1", "--no-pages", "--diff")
    assert call(*arguments).stdout.startswith("no mark moved since the last run\n")
    write(folder / "student-000.toml", submission("student-000"))
    moved = call(*arguments).stdout.splitlines()
    assert moved[0] == "cnn-foundations student-000 q4.Z: 0/1 (wrong) -> 1/1 (correct) (submission)"
    path = keys / "cnn-foundations" / "assignment.toml"
    path.write_text(path.read_text("utf-8").replace("F = [[0, 3], [1, -2]]", "F = [[0, 3], [1, -4]]"), "utf-8")
    moved = call(*arguments).stdout.splitlines()
    assert any(one.startswith("cnn-foundations student-001 q4.O: 2/2 (correct) -> ") for one in moved)
    assert all(one.endswith("(assignment)") for one in moved[:-1])
    assert call(*arguments).stdout.startswith("no mark moved since the last run\n"), "they were told already"
    path.write_text(path.read_text("utf-8").replace("F = [[0, 3], [1, -4]]", "F = [[0, 3], [1, -2]]"), "utf-8")
    assert "marks moved since the last run (see --diff)" in call(*arguments[:-1]).stdout
    assert "marks moved" not in call(*arguments[:-1]).stdout
    assert len(call(*arguments).stdout.splitlines()) == len(moved), "what nobody was told is still to be read"


def test_the_grader_version_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_class(tmp_path / "in", 2)
    grade(folder, tmp_path / "out")
    monkeypatch.setattr("grader.__version__", "99.0")
    assert grade(folder, tmp_path / "out").marked == 2


# -- two submissions of one student --------------------------------------------------------------------------------


def test_the_newer_by_submitted_at_counts(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    wrong = RIGHT.replace("Z = 10", "Z = 4")
    write(folder / "z.toml", submission("twice", wrong, "submitted_at = 2026-03-01T12:00:00+03:30"))
    write(folder / "a.toml", submission("twice", RIGHT, "submitted_at = 2026-03-01T12:00:00+00:00"))
    grade(folder, tmp_path / "out")
    found = rows(tmp_path / "out")
    assert (found["a.toml"]["status"], found["z.toml"]["status"]) == ("needs_review", "superseded")
    assert found["z.toml"]["reason"] == "a.toml is newer by submitted_at"
    assert report(tmp_path / "out", "twice")["score"] == 6.0
    (folder / "a.toml").unlink()
    grade(folder, tmp_path / "out")
    assert report(tmp_path / "out", "twice")["score"] < 6.0
    grade(folder, tmp_path / "fresh")
    assert visible(tmp_path / "out") == visible(tmp_path / "fresh")


@pytest.mark.parametrize(
    "heads",
    [
        ("", ""),
        ("submitted_at = 2026-03-01", ""),
        ("submitted_at = 2026-03-01", "submitted_at = 2026-03-01"),
        ("submitted_at = 2026-03-01T00:00:00Z", "submitted_at = 2026-03-02T00:00:00"),
    ],
)
def test_no_silent_pick(tmp_path: Path, heads: tuple[str, str]) -> None:
    for name, head in zip("ab", heads, strict=True):
        write(tmp_path / "in" / f"{name}.toml", submission("twice", RIGHT, head))
    counts = grade(tmp_path / "in", tmp_path / "out")
    assert counts.need_people == 2
    for row in rows(tmp_path / "out").values():
        assert row["status"] == "refused"
        assert row["score"] == ""
        assert "a.toml, b.toml" in row["reason"]
    assert not [name for name in visible(tmp_path / "out") if name.startswith("reports")]


def test_ids_that_differ_by_case_are_two_students(tmp_path: Path) -> None:
    for name in ("Ali", "ali", "ALI"):
        write(tmp_path / "in" / name / "a.toml", submission(name))
    grade(tmp_path / "in", tmp_path / "out")
    names = [name.casefold() for name in visible(tmp_path / "out") if name.startswith("reports")]
    assert len(set(names)) == 3


def test_an_assignment_that_is_broken_stops_only_its_own(tmp_path: Path) -> None:
    keys = copy_keys(tmp_path / "keys")
    write(keys / "broken" / "assignment.toml", '[assignment]\nid = "broken"\n')
    write(tmp_path / "in" / "a.toml", submission("a", assignment="broken"))
    write(tmp_path / "in" / "b.toml", submission("b"))
    grade(tmp_path / "in", tmp_path / "out", keys)
    found = rows(tmp_path / "out")
    assert found["a.toml"]["status"] == "error"
    assert "broken/assignment.toml" in found["a.toml"]["reason"]
    assert str(tmp_path) not in found["a.toml"]["reason"]
    assert found["b.toml"]["status"] == "needs_review"


def test_a_damaged_store_is_one_sentence(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 1)
    write(tmp_path / "out" / ".grader" / "store.sqlite3", "this is no database, it is text " * 50)
    with pytest.raises(UsageError, match="damaged or of another version"):
        grade(folder, tmp_path / "out")


def test_a_store_that_is_damaged_further_on_is_the_same_sentence(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 60)
    grade(folder, tmp_path / "out")
    path = tmp_path / "out" / ".grader" / "store.sqlite3"
    data = bytearray(path.read_bytes())
    data[10 * 4096 :] = b"\xff" * (len(data) - 10 * 4096)
    path.write_bytes(bytes(data))
    with pytest.raises(UsageError, match=r"store\.sqlite3 is damaged or of another version \("):
        grade(folder, tmp_path / "out")


def test_marks_are_told_though_the_run_that_moved_them_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_class(tmp_path / "in", 2)
    grade(folder, tmp_path / "out")
    write(folder / "student-001.toml", submission("student-001", RIGHT.replace("Z = 10", "Z = 77")))
    plan = BatchRequest(folder, tmp_path / "out", KEYS, ReportOptions(pages=False), 1, None, diff=True)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(batch._Run, "_write_class_files", killed)
        batch.run(plan)
    assert [one.part for one in batch.run(plan).moves] == ["q4.Z"]
    assert batch.run(plan).moves == []


def test_marks_that_come_back_are_told(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 2)

    def moved() -> list[tuple[str, str, str]]:
        plan = BatchRequest(folder, tmp_path / "out", KEYS, ReportOptions(pages=False), 1, None, diff=True)
        return [(one.part, one.before, one.after) for one in batch.run(plan).moves if one.part == "q4.O"]

    assert moved() == []
    write(folder / "again.toml", submission("student-001"))
    assert moved() == [("q4.O", "2/2 (correct)", "-")]
    (folder / "again.toml").unlink()
    assert moved() == [("q4.O", "-", "2/2 (correct)")]
    assert moved() == []
