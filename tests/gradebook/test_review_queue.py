"""The queue of a part without a browser: groups, versions, two writers, and publishing as the review file does."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.gradebook.database import Database
from grader.gradebook.review import queue as module
from grader.gradebook.review.queue import (
    DecisionOutcome,
    Group,
    WantedDecision,
    checked,
    comments,
    decide,
    parts_in_queue,
    queue,
)
from grader.gradebook.run.batch import publish_marks
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import locked
from grader.messages import Sentence
from tests.gradebook.folders import KEYS, ROOT, grade, submission, visible, write

SIXTY = ROOT / "submissions_example" / "class-of-60"
ASSIGNMENT, PART = "cnn-foundations", "q1.why"
ANSWERS = ["It adds up.", "it  adds UP.", "Because of blur", "It adds up.\n", "Energy"]


def store(out: Path) -> Path:
    return out / ".grader" / "store.sqlite3"


def answered(text: str) -> str:
    return f"\n[answers.q1]\nwhy = {json.dumps(text)}\n"


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five students, three different answers."""
    folder = tmp_path_factory.mktemp("five")
    for number, text in enumerate(ANSWERS):
        name = f"student-{number:02}"
        write(folder / "in" / f"{name}.toml", submission(name, answered(text)))
    grade(folder / "in", folder / "out", pages=True)
    return folder


@pytest.fixture
def results(five: Path, tmp_path: Path) -> Path:
    """The results of the five, a copy for each test."""
    return shutil.copytree(five, tmp_path, dirs_exist_ok=True) / "out"


@pytest.fixture
def database(results: Path) -> Iterator[Database]:
    with closing(Database(store(results), durable=True)) as found:
        yield found


@cache
def shipped() -> Course:
    """The shipped assignments, which take a second to load."""
    return Course.load(KEYS)


def wanted(group: Group, points: str, comment: str = "", who: str = "") -> WantedDecision:
    found = checked(WantedDecision(ASSIGNMENT, PART, group.key, group.version, points, comment, who), shipped())
    assert isinstance(found, WantedDecision), str(found)
    return found


def give(database: Database, group: Group, points: str, comment: str = "", who: str = "") -> DecisionOutcome:
    return decide(database, wanted(group, points, comment, who))


def students(group: Group) -> list[str]:
    return [member.answer.student for member in group.members]


def fill(out: Path, student: str, line: str, words: str = "") -> None:
    """Fill in the first blank of a student in review.toml."""
    path = out / "review.toml"
    text = path.read_text(encoding="utf-8")
    blank = re.compile(
        rf'(student = "{student}"\npart = "{PART}"\n(?:(?!\[\[).*\n)*?)points = ""[^\n]*\ncomment = ""\nwho = ""'
    )
    text, count = blank.subn(lambda found: f'{found[1]}{line}\ncomment = "{words}"\nwho = ""', text)
    assert count == 1, text
    path.write_text(text, encoding="utf-8")


def test_equal_answers_are_one_group_after_folding_blanks_and_case(database: Database) -> None:
    assert [students(group) for group in queue(database, ASSIGNMENT, PART)] == [
        ["student-00", "student-01", "student-03"],
        ["student-02"],
        ["student-04"],
    ]
    assert list(parts_in_queue(database, shipped(), ASSIGNMENT)) == [PART]
    assert {group.version for group in queue(database, ASSIGNMENT, PART)} == {""}


def test_one_decision_marks_all_of_a_group(database: Database) -> None:
    found = give(database, queue(database, ASSIGNMENT, PART)[0], "1/2", "half\r\nof it ", "assistant-1")
    assert found.saved
    marks = list(database.people())
    assert [(one.student, one.points, one.comment, one.who) for one in marks] == [
        (f"student-0{number}", "0.5", "half\nof it", "assistant-1") for number in (0, 1, 3)
    ]
    assert found.group is not None and found.group.decided and len(found.group.given) == 1
    assert [group.decided for group in queue(database, ASSIGNMENT, PART)] == [True, False, False]
    assert comments(queue(database, ASSIGNMENT, PART)) == ["half\nof it"]
    assert database.connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_digest_of_the_answer_is_the_one_that_the_review_file_gives(results: Path, database: Database) -> None:
    other = results.parent / "other"
    shutil.copytree(results, other)
    fill(other, "student-03", "points = 1")
    grade(other.parent / "in", other, pages=True)
    give(database, queue(database, ASSIGNMENT, PART)[0], "1")
    with closing(Database(store(other))) as written:
        (by_file,) = written.people()
    assert by_file in list(database.people())
    assert by_file.answer


@pytest.mark.parametrize("points", ["", "-1", "1.001", "1/3", "9", "one", "1_0", "NaN", "1e0"])
def test_points_that_no_part_has_are_said_and_none_is_stored(points: str) -> None:
    said = checked(WantedDecision(ASSIGNMENT, PART, "", "", points), shipped())
    assert isinstance(said, Sentence)
    assert str(said).startswith("expected points of q1.why from 0 to 2 with at most 2 decimals, received ")


def test_a_mark_made_in_between_is_not_overwritten_unseen(database: Database) -> None:
    seen = queue(database, ASSIGNMENT, PART)[0]
    assert give(database, seen, "1", "good", "assistant-1").saved
    refused = give(database, seen, "0", "bad", "assistant-2")
    assert not refused.saved
    assert refused.group is not None and refused.group.given == [(("1", "good", "assistant-1", ""), 3)]
    assert {one.points for one in database.people()} == {"1"}
    assert give(database, refused.group, "0", "bad", "assistant-2").saved
    assert {one.points for one in database.people()} == {"0"}


def test_two_writers_at_once_leave_one_whole_mark(results: Path) -> None:
    with closing(Database(store(results))) as database:
        seen = queue(database, ASSIGNMENT, PART)[0]
    start, saved = threading.Barrier(8), []

    def write_one(number: int) -> None:
        with closing(Database(store(results), durable=True)) as own:
            start.wait()
            if give(own, seen, f"0.{number}", who=f"assistant-{number}").saved:
                saved.append(number)

    writers = [threading.Thread(target=write_one, args=(number,)) for number in range(1, 9)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(saved) == 1
    with closing(Database(store(results))) as database:
        assert {(one.points, one.who) for one in database.people()} == {(f"0.{saved[0]}", f"assistant-{saved[0]}")}
        assert len(list(database.people())) == 3


def test_a_version_that_is_not_looked_at_is_red(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = queue(database, ASSIGNMENT, PART)[0]
    monkeypatch.setattr(module, "group_of", lambda *_: seen)  # the fault: the group as it was shown, not as it is
    give(database, seen, "1")
    assert give(database, seen, "0").saved
    assert {one.points for one in database.people()} == {"0"}


def test_a_group_that_is_gone_is_no_fault(results: Path, database: Database) -> None:
    seen = queue(database, ASSIGNMENT, PART)[2]
    write(results.parent / "in" / "student-04.toml", submission("student-04", answered("Something else")))
    grade(results.parent / "in", results, pages=True)
    assert give(database, seen, "1") == DecisionOutcome(False, None)
    assert not list(database.people())


def test_a_student_who_joins_a_group_gets_its_mark(results: Path, database: Database) -> None:
    seen = queue(database, ASSIGNMENT, PART)[2]
    write(results.parent / "in" / "student-09.toml", submission("student-09", answered("energy")))
    grade(results.parent / "in", results, pages=True)
    assert give(database, seen, "1").saved
    assert [one.student for one in database.people()] == ["student-04", "student-09"]


def test_a_mark_stays_with_an_equal_answer_of_a_later_submission(results: Path, database: Database) -> None:
    give(database, queue(database, ASSIGNMENT, PART)[2], "1")
    write(results.parent / "in" / "student-04.toml", submission("student-04", answered("Energy") + "g = [[0]]\n"))
    grade(results.parent / "in", results, pages=True)
    assert [group.decided for group in queue(database, ASSIGNMENT, PART)] == [False, False, True]


def test_six_hundred_answers_of_ninety_texts_are_ninety_decisions(tmp_path: Path) -> None:
    for number in range(600):
        text = f"Reason {number % 90}"
        text = text.upper() if number % 7 == 0 else text.replace(" ", "  \t") if number % 5 == 0 else text
        write(tmp_path / "in" / f"{number}.toml", submission(f"student-{number:03}", answered(text)))
    grade(tmp_path / "in", tmp_path / "out")
    with closing(Database(store(tmp_path / "out"), durable=True)) as database:
        groups = queue(database, ASSIGNMENT, PART)
        assert len(groups) == 90
        assert all(give(database, group, "1").saved for group in groups)
        assert len({(one.student, one.digest) for one in database.people("points = '1'")}) == 600
        assert all(group.decided for group in queue(database, ASSIGNMENT, PART))


# -- publishing ---------------------------------------------------------------------------------------------------


def marks_of(place: int) -> tuple[str, str]:
    """Some points and words for a group, the same on both roads."""
    return ["0", "1", "0.5", "0.25"][place % 4], ["", "See the notes.", "سلام"][place % 3]


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_publishing_is_the_road_of_the_review_file_byte_for_byte(lang: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {"pages": True, "lang": lang, "reveal": "wrong"}
    by_queue, by_file = tmp_path / "queue", tmp_path / "file"
    grade(SIXTY, by_queue, **options)
    shutil.copytree(by_queue, by_file)
    given: dict[tuple[str, str], tuple[str, str]] = {}
    course = shipped()
    with closing(Database(store(by_queue), durable=True)) as database:
        for name in parts_in_queue(database, course, ASSIGNMENT):
            for place, group in enumerate(queue(database, ASSIGNMENT, name)):
                points, words = marks_of(place)
                found = checked(
                    WantedDecision(ASSIGNMENT, name, group.key, group.version, points, words, "assistant-1"), course
                )
                assert isinstance(found, WantedDecision)
                assert decide(database, found).saved
                given.update(((student, name), (points, words)) for student in students(group))
    path = by_file / "review.toml"
    tables = path.read_text(encoding="utf-8").split("\n[[review]]\n")
    for place, table in enumerate(tables[1:], start=1):
        key = tuple(re.search(rf'^{field} = "(.*)"$', table, re.MULTILINE)[1] for field in ("student", "part"))  # type: ignore[index]
        points, words = given[key]  # type: ignore[index]
        filled = re.sub(r'^points = "".*$', f"points = {points}", table, flags=re.MULTILINE)
        filled = filled.replace('\ncomment = ""', f'\ncomment = "{words}"').replace(
            '\nwho = ""', '\nwho = "assistant-1"'
        )
        assert filled != table
        tables[place] = filled
    assert len(given) == len(tables) - 1 > 100
    path.write_text("\n[[review]]\n".join(tables), encoding="utf-8")

    grade(SIXTY, by_file, **options)
    seen: list[int] = []
    summary = publish_marks(by_queue, None, seen.append, seen.append)
    assert summary.moved > 0
    assert seen[0] == len(seen) - 1 > 50
    published = visible(by_queue)
    assert published.keys() == visible(by_file).keys()
    assert [name for name, data in visible(by_file).items() if published[name] != data] == []
    after = grade(SIXTY, by_queue, **options)
    assert (after.marked, after.rewritten, after.moved, after.said) == (0, 0, 0, [])
    assert visible(by_queue) == published
    waiting = sum(Decimal(line.split(",")[-2] or 0) for line in (by_queue / "results.csv").read_text().splitlines()[1:])
    assert waiting == 0


def test_an_edited_review_file_is_read_and_its_marks_are_published_as_well(results: Path, database: Database) -> None:
    give(database, queue(database, ASSIGNMENT, PART)[0], "1")
    fill(results, "student-02", "points = 0.5", "from the file")
    summary = publish_marks(results)
    assert summary.said == []
    assert {(one.student, one.points) for one in database.people()} == {
        *((f"student-0{number}", "1") for number in (0, 1, 3)),
        ("student-02", "0.5"),
    }
    text = (results / "review.toml").read_text(encoding="utf-8")
    assert "from the file" in text
    assert text.count("points = 1\n") == 3


def test_a_line_of_the_file_that_nobody_touched_takes_no_newer_mark_back(results: Path, database: Database) -> None:
    give(database, queue(database, ASSIGNMENT, PART)[0], "1", "first")
    publish_marks(results)
    give(database, queue(database, ASSIGNMENT, PART)[0], "0.5", "second")
    fill(results, "student-02", "points = 0")
    assert grade(results.parent / "in", results, pages=True).said == []
    assert {(one.points, one.comment) for one in database.people("student = 'student-00'")} == {("0.5", "second")}


@pytest.mark.parametrize("road", ["batch", "publish"])
def test_a_mark_that_both_changed_is_said_and_both_stay(road: str, results: Path, database: Database) -> None:
    give(database, queue(database, ASSIGNMENT, PART)[1], "1")
    fill(results, "student-02", "points = 0.5")
    written = (results / "review.toml").read_bytes()

    def again() -> None:
        if road == "publish":
            publish_marks(results)
        else:
            grade(results.parent / "in", results, pages=True)

    with pytest.raises(UsageError) as refused:
        again()
    assert str(refused.value).endswith(
        "q1.why of 'student-02' was marked elsewhere, with 1 points, since this file was written, and is changed here "
        "too: write what was given there, or leave points, comment, who and why as they were"
    )
    assert (results / "review.toml").read_bytes() == written
    assert [one.points for one in database.people()] == ["1"]
    (results / "review.toml").write_bytes(written.replace(b"points = 0.5", b"points = 1"))
    again()
    assert [one.points for one in database.people()] == ["1"]


def test_publishing_waits_for_nobody(results: Path) -> None:
    with (
        locked(results / ".grader" / "lock", results),
        pytest.raises(UsageError, match="another run is writing into"),
    ):
        publish_marks(results)


def test_what_only_a_run_can_tell_is_left_to_a_run(results: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    shutil.copytree(KEYS / ASSIGNMENT, keys / ASSIGNMENT)
    before = visible(results)
    with pytest.raises(UsageError, match="so other marks may move, too: run `grader batch` again"):
        publish_marks(results, keys)
    (results / ".grader" / "unfinished").touch()
    with pytest.raises(UsageError, match="or of a run that did not end: run `grader batch` again first"):
        publish_marks(results)
    assert visible(results) == before
