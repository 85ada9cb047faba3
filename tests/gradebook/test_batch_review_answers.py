"""Marks by people belong to answers; the review file keeps what people write into it and takes what they mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomli

from grader.errors import UsageError
from tests.gradebook.folders import RIGHT, copy_keys, grade, report, submission, visible, write

EDITED = RIGHT.replace("Z = 10", "Z = 11")
"""Another answer to q4.Z; the same text for q1.why."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "in" / "ada.toml", submission("ada"))
    grade(tmp_path / "in", tmp_path / "out", pages=True)
    return tmp_path


def run(folder: Path, **options: Any) -> Any:
    return grade(folder / "in", folder / "out", **{"pages": True, **options})


def text(folder: Path) -> str:
    return (folder / "out" / "review.toml").read_text("utf-8")


def change(folder: Path, old: str, new: str) -> None:
    assert old in text(folder)
    (folder / "out" / "review.toml").write_text(text(folder).replace(old, new, 1), "utf-8")


def entries(folder: Path) -> list[dict[str, Any]]:
    return list(tomli.loads(text(folder))["review"])


def given(folder: Path, student: str = "ada") -> Any:
    return report(folder / "out", student)["questions"][0]["parts"][1].get("review")


# -- a mark belongs to an answer -----------------------------------------------------------------------------------


def test_a_mark_stays_while_the_answer_that_was_read_does(folder: Path) -> None:
    change(folder, 'points = ""', "points = 1.5")
    run(folder)
    write(folder / "in" / "ada.toml", submission("ada", EDITED))
    run(folder)
    assert given(folder) == {"points": 1.5}
    assert report(folder / "out", "ada")["status"] == "graded"
    (entry,) = entries(folder)
    assert (entry["points"], entry["answer"]) == (1.5, "It adds up to ada.")
    assert "outdated" not in text(folder)
    kept = visible(folder / "out")
    assert run(folder).unchanged == 1
    assert visible(folder / "out") == kept
    change(folder, "points = 1.5", "points = 1")
    run(folder)
    assert given(folder) == {"points": 1.0}, "corrected where it stands"


def test_a_mark_finds_its_answer_without_the_database(folder: Path) -> None:
    change(folder, 'points = ""', "points = 1.5")
    run(folder)
    for path in (folder / "out" / ".grader").iterdir():
        path.unlink()
    write(folder / "in" / "ada.toml", submission("ada", EDITED))
    run(folder)
    assert given(folder) == {"points": 1.5}


def test_a_mark_of_another_answer_or_of_another_student_is_none(folder: Path) -> None:
    change(folder, 'points = ""', "points = 1.5")
    run(folder)
    write(folder / "in" / "ben.toml", submission("ben", RIGHT.replace("{words}", "ada")))
    write(folder / "in" / "ada.toml", submission("ada", EDITED.replace("adds", "sums")))
    run(folder)
    assert given(folder) is None
    assert given(folder, "ben") is None
    asked = [one for one in entries(folder) if one["points"] == ""]
    assert [(one["student"], one.get("outdated")) for one in asked] == [("ada", {"points": 1.5}), ("ben", None)]


def test_an_appeal_stays_while_the_answer_does(folder: Path) -> None:
    entry = '\n[[review]]\nassignment = "cnn-foundations"\nstudent = "ada"\npart = "q4.Z"\npoints = 0\n'
    change(folder, "\n[[review]]", entry + 'who = "lecturer-1"\nwhy = "copied"\n\n[[review]]')
    run(folder)
    write(folder / "in" / "ada.toml", submission("ada", RIGHT.replace("adds", "sums")))
    run(folder)
    part = report(folder / "out", "ada")["questions"][3]["parts"][1]
    assert (part["id"], part["review"]["points"]) == ("Z", 0.0)
    write(folder / "in" / "ada.toml", submission("ada", EDITED))
    run(folder)
    assert "review" not in report(folder / "out", "ada")["questions"][3]["parts"][1]


# -- comments ------------------------------------------------------------------------------------------------------


def test_comments_that_people_write_stay(folder: Path) -> None:
    write(folder / "in" / "ben.toml", submission("ben"))
    run(folder)
    change(folder, "# Marks by people.", "# Group 3, room 12\n# Marks by people.")
    change(folder, 'part = "q1.why"', '# ask the author\npart = "q1.why"')
    change(folder, 'points = ""  # from 0 to 2', "points = 1  # from 0 to 2  ")
    change(folder, '[[review]]\nassignment = "cnn-foundations"\nstudent = "ben"', "# above ben\n[[review]]\nx")
    change(folder, "x\n", 'assignment = "cnn-foundations"\nstudent = "ben"\n')
    change(folder, 'points = ""  # from 0 to 2', 'points = ""  # two at most')
    for _ in range(3):
        run(folder)
        lines = text(folder).splitlines()
        comments = [line for line in lines if line.startswith("# ") and line[2:3] not in "0123456789"]
        assert comments[4:] == ["# Group 3, room 12", "# above ben", "# two at most", "# ask the author"]
        (folder / "out" / "review.toml").write_text(text(folder) + "\n", "utf-8")
    change(folder, "# ask the author\n", "")
    run(folder)
    assert "ask the author" not in text(folder)
    assert "above ben" in text(folder)


def test_a_rubric_that_was_changed_leaves_no_comment(folder: Path) -> None:
    keys = copy_keys(folder / "keys")
    run(folder, keys=keys)
    path = keys / "cnn-foundations" / "assignment.toml"
    old = "The weights add up to 0, so flat areas give 0"
    assert old in text(folder)
    path.write_text(path.read_text("utf-8").replace(old, "They sum to 0"), "utf-8")
    (folder / "out" / "review.toml").write_text(text(folder) + "\n", "utf-8")
    run(folder, keys=keys)
    assert old not in text(folder)
    assert "# 0.4: They sum to 0\n" in text(folder)


# -- order ---------------------------------------------------------------------------------------------------------


def test_equal_answers_stand_together_by_question(tmp_path: Path) -> None:
    words = {"a": "It sums to 0.", "b": "An edge.", "c": "it  sums to 0. ", "d": "An edge.", "e": "Other."}
    for name, answer in words.items():
        write(tmp_path / "in" / f"{name}.toml", submission(name, f"[answers.q1]\nwhy = '{answer}'\n"))
    grade(tmp_path / "in", tmp_path / "out")
    assert [one["student"] for one in entries(tmp_path)] == ["a", "c", "b", "d", "e"]


def test_all_answers_to_a_part_come_before_the_next_part(tmp_path: Path) -> None:
    for name in ("a", "b"):
        answers = "[answers.q4]\nZ = '98 = 54'\n[answers.q1]\nwhy = 'It sums to 0.'\n"
        write(tmp_path / "in" / f"{name}.toml", submission(name, answers))
    grade(tmp_path / "in", tmp_path / "out")
    assert [(one["part"], one["student"]) for one in entries(tmp_path)] == [
        ("q1.why", "a"),
        ("q1.why", "b"),
        ("q4.Z", "a"),
        ("q4.Z", "b"),
    ]


# -- what people write ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "points"),
    [("1,5", 1.5), ("1/2", 0.5), ("'1/2'", 0.5), ('"1,5"', 1.5), ("3/2  # a comment", 1.5), ("۱٫۵", 1.5), ("۲", 2.0)],
)
def test_points_as_people_write_them(written: str, points: float, folder: Path) -> None:
    change(folder, 'points = ""  # from 0 to 2', f"points = {written}")
    run(folder)
    assert given(folder)["points"] == points


@pytest.mark.parametrize("written", ["1/3", "1,234", "5/2", "1/0", "1,5,0", "1 1/2"])
def test_points_that_are_none(written: str, folder: Path) -> None:
    change(folder, 'points = ""  # from 0 to 2', f"points = '{written}'")
    with pytest.raises(UsageError, match=r"line \d+: expected points of q1\.why from 0 to 2 with at most 2 decimals"):
        run(folder)


def test_what_is_no_toml_is_answered_with_its_repair(folder: Path) -> None:
    change(folder, 'comment = ""', 'comment = "he said "zero" twice"')
    line = text(folder).splitlines().index('comment = "he said "zero" twice"') + 1
    with pytest.raises(UsageError) as refusal:
        run(folder)
    assert re.match(rf"review\.toml: line {line}: .*quote", str(refusal.value)), str(refusal.value)
