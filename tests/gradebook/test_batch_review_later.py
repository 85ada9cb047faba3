"""Marks by people after the submission, the assignment or the file has changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.errors import UsageError
from tests.gradebook.folders import RIGHT, copy_keys, grade, report, submission, visible, write
from tests.gradebook.test_batch_review import OVERRIDE, add, entries, fill, graded, lower_why, review, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return graded(tmp_path)


def test_a_mark_beside_another_student_s_submission_is_refused(folder: Path) -> None:
    fill(folder, "ada", "points = 0.5")
    run(folder)
    digests = {str(one["student"]): str(one["submission"]) for one in entries(folder)}
    words = 'who = "prof"\nwhy = "appeal"\n'
    for part, student in (("q4.dX", "ben"), ("q1.why", "ben"), ("q1.why", "nobody")):
        before = visible(folder / "out")
        add(
            folder,
            OVERRIDE.replace("q4.dX", part).replace("ben", student) + words + f'submission = "{digests["ada"]}"\n',
        )
        with pytest.raises(UsageError) as refusal:
            run(folder)
        if student == "ben":
            expected = f"that was marked is {digests['ben']}, received "
        else:
            expected = "expected a student whose submission to cnn-foundations was marked, received 'nobody' with"
        assert expected in str(refusal.value)
        review(folder).write_bytes(before["review.toml"])
    run(folder)
    assert report(folder / "out", "ada")["questions"][0]["parts"][1]["review"] == {"points": 0.5}


def test_a_mark_by_digest_alone_reaches_nobody_else(folder: Path) -> None:
    """A file that is graded into a new folder may have entries that could not be checked there yet."""
    digests = {str(one["student"]): str(one["submission"]) for one in entries(folder)}
    words = 'who = "prof"\nwhy = "appeal"\n'
    add(folder, OVERRIDE + words + f'submission = "{digests["ada"]}"\n')
    new = folder / "new"
    new.mkdir()
    (new / "review.toml").write_bytes(review(folder).read_bytes())
    grade(folder / "in", new)
    for student in ("ada", "ben"):
        assert not any("review" in part for one in report(new, student)["questions"] for part in one["parts"])


def test_a_mark_that_was_taken_stays_right_whatever_becomes_of_the_submission(tmp_path: Path) -> None:
    """The part was unreadable when it was marked: no reason was needed, and none is later."""
    write(tmp_path / "in" / "ada.toml", submission("ada", "[answers.q4]\nZ = '98 = 54'\n"))
    write(tmp_path / "in" / "ben.toml", submission("ben"))
    grade(tmp_path / "in", tmp_path / "out")
    fill(tmp_path, "ada", "points = 0.25", part="q4.Z")
    grade(tmp_path / "in", tmp_path / "out")
    given = review(tmp_path).read_text("utf-8")
    assert 'answer = "98 = 54"\nsaid = ' in given
    new = tmp_path / "new"
    new.mkdir()
    (new / "review.toml").write_text(given, encoding="utf-8")
    assert grade(tmp_path / "in", new).need_people == 1  # a folder that knows nothing of it takes it, too
    assert report(new, "ada")["questions"][3]["parts"][1]["review"] == {"points": 0.25}
    write(tmp_path / "in" / "ada.toml", submission("ada", "[answers.q4]\nZ = 14\n"))
    grade(tmp_path / "in", tmp_path / "out")
    fill(tmp_path, "ben", "points = 1")
    grade(tmp_path / "in", tmp_path / "out")
    (tmp_path / "in" / "ada.toml").unlink()
    fill(tmp_path, "ben", "points = 2")
    assert grade(tmp_path / "in", tmp_path / "out").gone == 1
    add(tmp_path, "# a word\n")
    grade(tmp_path / "in", tmp_path / "out")
    assert report(tmp_path / "out", "ben")["questions"][0]["parts"][1]["review"] == {"points": 2.0}


def test_marks_of_parts_that_are_asked_no_more_block_nobody(folder: Path) -> None:
    keys = copy_keys(folder / "keys")
    for student in ("ada", "ben"):
        fill(folder, student, "points = 2")
    run(folder, keys=keys)
    assignment = keys / "cnn-foundations" / "assignment.toml"
    asked = assignment.read_text("utf-8")
    for changed in (asked.replace("why", "reason"), "broken = ["):
        assignment.write_text(changed, encoding="utf-8")
        add(folder, "# a word\n")
        run(folder, keys=keys)
        assert len([one for one in entries(folder) if one["part"] == "q1.why" and one["points"] == 2]) == 2
    assignment.write_text(asked, encoding="utf-8")
    run(folder, keys=keys)
    assert report(folder / "out", "ada")["questions"][0]["parts"][1]["review"] == {"points": 2.0}


def test_points_that_were_lowered_matter_to_those_who_are_there(folder: Path) -> None:
    keys = copy_keys(folder / "keys")
    fill(folder, "ada", "points = 2")
    run(folder, keys=keys)
    (folder / "in" / "ada.toml").unlink()
    run(folder, keys=keys)
    assignment = keys / "cnn-foundations" / "assignment.toml"
    asked = assignment.read_text("utf-8")
    lowered = lower_why(asked)
    assert lowered != asked
    assignment.write_text(re.sub(r"^points = 20\n", "", lowered, flags=re.MULTILINE), encoding="utf-8")
    assert run(folder, keys=keys).files == 1


def test_a_file_with_several_older_marks_is_read_back(folder: Path) -> None:
    for number in range(4):
        write(folder / "in" / "ada.toml", submission("ada", RIGHT.replace("adds up", f"sums up {number}")))
        run(folder)
        fill(folder, "ada", "points = 0.5")
        run(folder)
    add(folder, "# a word\n")
    run(folder)
    write(folder / "in" / "ada.toml", submission("ada"))
    run(folder)
    asked = next(one for one in entries(folder) if one["student"] == "ada" and one["points"] == "")
    assert asked["outdated"] == [{"points": 0.5}] * 4
    fill(folder, "ben", "points = 1")
    run(folder)
    assert report(folder / "out", "ben")["questions"][0]["parts"][1]["review"] == {"points": 1.0}


@pytest.mark.parametrize("gone", [True, False])
def test_a_mark_of_a_submission_that_was_replaced_meanwhile_is_kept(gone: bool, folder: Path) -> None:
    """The file was open in an editor while the student sent another one, or took it back."""
    fill(folder, "ada", "points = 1.5")
    edited = review(folder).read_bytes()
    fill(folder, "ada", 'points = ""')
    if gone:
        (folder / "in" / "ada.toml").unlink()
    else:
        write(folder / "in" / "ada.toml", submission("ada", RIGHT.replace("adds up", "sums up")))
    run(folder)
    review(folder).write_bytes(edited)
    run(folder)
    found = [one for one in entries(folder) if one["student"] == "ada"]
    assert any(one["points"] == 1.5 for one in found)
    assert gone or any(one.get("outdated") == {"points": 1.5} for one in found)
    write(folder / "in" / "ada.toml", submission("ada"))
    run(folder)
    assert report(folder / "out", "ada")["questions"][0]["parts"][1]["review"] == {"points": 1.5}


def test_a_submission_that_was_rejected_has_no_part_to_mark(folder: Path) -> None:
    write(folder / "in" / "eve.toml", submission("eve", "[answers.q9]\nx = 1\n"))
    run(folder)
    add(folder, OVERRIDE.replace("ben", "eve") + 'who = "prof"\nwhy = "appeal"\n')
    with pytest.raises(
        UsageError, match="of 'eve' to cnn-foundations could not be graded, so no part of it can be marked"
    ):
        run(folder)
