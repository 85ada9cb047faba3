"""A reading in place of points: the machine marks it, and what follows from it, on every road to the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook.database import Database
from grader.gradebook.review.queue import WantedDecision, checked, decide, queue
from grader.gradebook.run.batch import publish_marks
from grader.gradebook.run.course import Course
from grader.messages import Sentence
from tests.gradebook.folders import KEYS, call, submission, write

ASSIGNMENT, PART = "cnn-foundations", "q4.Z"
UNREADABLE = '\n[answers.q4]\nZ = "9 or 10"\ndF = "{rest}"\n'


def graded(folder: Path) -> None:
    assert call("batch", folder / "in", "--out", folder / "out", "--keys", KEYS, "--jobs", "1").returncode in (0, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2):
        write(tmp_path / "in" / f"student-0{number}.toml", submission(f"student-0{number}", UNREADABLE.format(rest="")))
    graded(tmp_path)
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    with closing(Database(folder / "out" / ".grader" / "store.sqlite3")) as found:
        yield found


def part_of(folder: Path, student: str = "student-01") -> dict[str, Any]:
    report = json.loads((folder / "out" / "reports" / ASSIGNMENT / f"{student}.json").read_text("utf-8"))
    question = next(one for one in report["questions"] if one["id"] == "q4")
    found: dict[str, Any] = next(one for one in question["parts"] if one["id"] == "Z")
    return found


def wanted(database: Database, reading: str) -> WantedDecision | Sentence:
    (group,) = queue(database, ASSIGNMENT, PART)
    asked = WantedDecision(ASSIGNMENT, PART, group.key, group.version, "", "", "assistant-1", reading)
    return checked(asked, Course.load(KEYS))


@pytest.mark.parametrize(("reading", "verdict", "score"), [("10", "correct", 1), ("9", "wrong", 0)])
def test_a_chosen_reading_is_marked_by_the_machine(
    folder: Path, database: Database, reading: str, verdict: str, score: float
) -> None:
    assert part_of(folder)["verdict"] == "unreadable"
    found = wanted(database, reading)
    assert isinstance(found, WantedDecision)
    assert decide(database, found).saved
    publish_marks(folder / "out", KEYS, lambda _: None, lambda _: None)
    for student in ("student-01", "student-02"):
        part = part_of(folder, student)
        assert (part["verdict"], part["score"], part["submitted"]) == (verdict, score, "9 or 10")
        assert part["message"].startswith(f"Read by a person as {reading}.")
        assert "review" not in part
    (group,) = queue(database, ASSIGNMENT, PART)
    assert group.decided
    assert group.first.answer == "9 or 10"
    assert group.given == [((None, "", "assistant-1", reading), 2)]


def test_the_review_file_says_and_takes_readings(folder: Path) -> None:
    path = folder / "out" / "review.toml"
    text = path.read_text("utf-8")
    entry = text.index('part = "q4.Z"')
    blank = text.index('points = ""', entry)
    path.write_text(f'{text[:blank]}reading = "10"\n{text[blank:]}', "utf-8")
    graded(folder)
    assert part_of(folder)["verdict"] == "correct"
    assert part_of(folder, "student-02")["verdict"] == "unreadable"
    kept = path.read_text("utf-8")
    assert kept.count('reading = "10"\n') == 1
    graded(folder)
    assert path.read_text("utf-8") == kept
    (folder / "out" / ".grader" / "store.sqlite3").unlink()
    graded(folder)  # the file alone holds it
    assert part_of(folder)["verdict"] == "correct"


def test_points_given_later_count_in_place_of_a_reading(folder: Path, database: Database) -> None:
    found = wanted(database, "10")
    assert isinstance(found, WantedDecision)
    assert decide(database, found).saved
    (group,) = queue(database, ASSIGNMENT, PART)
    points = checked(WantedDecision(ASSIGNMENT, PART, group.key, group.version, "0.5"), Course.load(KEYS))
    assert isinstance(points, WantedDecision)
    assert decide(database, points).saved
    publish_marks(folder / "out", KEYS, lambda _: None, lambda _: None)
    part = part_of(folder)
    assert (part["verdict"], part["review"]["points"]) == ("unreadable", 0.5)


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ("ten or so", "q4.Z cannot be read so: "),
        ("1,500 ", "expected a reading of q4.Z that means one thing, received '1,500'"),
        ("1" * 10_001, "expected a reading of at most 10,000 characters, received 10,001"),
    ],
)
def test_a_reading_that_does_not_mean_one_thing_is_refused(database: Database, reading: str, said: str) -> None:
    found = wanted(database, reading)
    assert isinstance(found, Sentence)
    assert str(found).startswith(said)


def test_a_free_text_has_no_reading() -> None:
    found = checked(WantedDecision(ASSIGNMENT, "q1.why", "", "", "", reading="10"), Course.load(KEYS))
    assert str(found) == "a person marks q1.why: expected points, received a reading"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('reading = "10"\npoints = 1', "expected points or reading, received both for q4.Z"),
        ('reading = "or"', "q4.Z cannot be read so: "),
    ],
)
def test_a_reading_of_the_file_that_cannot_be_meant_is_refused(folder: Path, fields: str, said: str) -> None:
    path = folder / "out" / "review.toml"
    text = path.read_text("utf-8")
    entry = text.index('part = "q4.Z"')
    blank = text.index('points = ""', entry)
    end = text.index("\n", blank)
    path.write_text(text[:blank] + fields + text[end:], "utf-8")
    refused = call("batch", folder / "in", "--out", folder / "out", "--keys", KEYS, "--jobs", "1")
    assert refused.returncode == 2
    assert said in refused.stderr
