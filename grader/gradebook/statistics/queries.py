"""What the instructor's report says of a class, asked of the store row by row: no list here grows with the class."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from grader.gradebook.statistics.measures import ClassStatistics, PartMark
from grader.marking.report import WAITING

FEWEST_THAT_AGREE = 3
SHARE_THAT_AGREES = 0.3
SHARE_OF_RIGHT = 0.5
"""Wrong answers to one part cast doubt on its key when at least this many are one value, this share of all wrong ones
and this share of the right ones: a key that many reach on their own is hardly wrong."""

_COUNTS = "f.standing = '' AND f.status IN ('graded', 'needs_review')"


class Finding(NamedTuple):
    """One cause that was found: how many students show it, and how many in which part."""

    id: str
    students: int
    parts: tuple[tuple[str, int], ...]


class Shows(NamedTuple):
    """A student who shows a cause, and in which parts."""

    student: str
    parts: str


class LeftOut(NamedTuple):
    """A file that earned no marks: whose report says so, if it has one, and why."""

    file: str
    student: str | None
    status: str
    reason: str


class Agreement(NamedTuple):
    """Many wrong answers that are one value which no rule explains."""

    question: str
    part: str
    value: str
    students: int
    wrong: int
    right: int


def assignments(base: sqlite3.Connection) -> list[str]:
    """The assignments of which there are submissions."""
    found = base.execute("SELECT DISTINCT assignment FROM submissions WHERE assignment IS NOT NULL ORDER BY assignment")
    return [str(row[0]) for row in found]


def statuses(base: sqlite3.Connection, assignment: str | None) -> dict[str, int]:
    """How many submission files have which status; None asks about those that name no known assignment."""
    found = base.execute(
        "SELECT CASE standing WHEN '' THEN status ELSE standing END AS shown, count(*) FROM submissions"
        " WHERE assignment IS ? GROUP BY shown ORDER BY shown",
        (assignment,),
    )
    return {str(status): int(count) for status, count in found}


def statistics(base: sqlite3.Connection, assignment: str) -> ClassStatistics:
    """The statistics of all marks of an assignment; submissions with the same marks are looked at once."""
    counted = ClassStatistics()
    rows = base.execute(
        f"SELECT marks, count(*) FROM submissions f WHERE {_COUNTS} AND assignment = ? GROUP BY marks ORDER BY marks",
        (assignment,),
    )
    for marks, times in rows:
        counted.add([_mark(line) for line in marks.splitlines()], times)
    return counted


@lru_cache(maxsize=4096)
def _mark(line: str) -> PartMark:
    """One line of the marks of a file: question.part, verdict, score, points, and a person's points if there are."""
    name, verdict, score, points, person = line.split("\t")
    question, _, part = name.partition(".")
    earned = Decimal(person) if person else None if verdict in WAITING else Decimal(score)
    return PartMark(question, part, verdict, earned, Decimal(points))


def findings(base: sqlite3.Connection, assignment: str) -> list[Finding]:
    """Every cause that was found, those that most students show first."""
    where = f"FROM findings n JOIN submissions f ON f.id = n.submission WHERE {_COUNTS} AND f.assignment = ?"
    parts: dict[str, list[tuple[str, int]]] = {}
    for cause, question, part, count in base.execute(
        f"SELECT n.diagnosis, n.question, n.part, count(*) {where} GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3",
        (assignment,),
    ):
        parts.setdefault(cause, []).append((f"{question}.{part}", count))
    found = base.execute(
        f"SELECT n.diagnosis, count(DISTINCT n.submission) AS students {where} GROUP BY 1 ORDER BY students DESC, 1",
        (assignment,),
    )
    return [Finding(cause, students, tuple(parts[cause])) for cause, students in found.fetchall()]


def everyone(base: sqlite3.Connection, assignment: str) -> Iterator[tuple[str, str, str, str]]:
    """Every student who has a page, in the order of their files: name, status, marks, points."""
    yield from base.execute(
        "SELECT student, status, score, max_score FROM submissions"
        " WHERE standing = '' AND assignment = ? AND student IS NOT NULL ORDER BY path",
        (assignment,),
    )


def left_out(base: sqlite3.Connection, assignment: str | None) -> Iterator[LeftOut]:
    """Files that earned no marks because something is wrong with them; None asks for those of no known assignment."""
    rows = base.execute(
        "SELECT file, CASE standing WHEN '' THEN student END, CASE standing WHEN '' THEN status ELSE standing END,"
        " CASE standing WHEN '' THEN reason ELSE why END FROM submissions"
        " WHERE assignment IS ? AND (standing = 'refused'"
        " OR (standing = '' AND status IN ('rejected', 'unreadable', 'error', 'ignored'))) ORDER BY path",
        (assignment,),
    )
    yield from (LeftOut(*row) for row in rows)


def who_shows(base: sqlite3.Connection, assignment: str, cause: str) -> Iterator[Shows]:
    """The students who show a cause, in the order of their files."""
    current: list[str] = []
    student, last = "", None
    # CROSS JOIN: from the findings to their files. Left to itself, SQLite goes through the whole class for each cause.
    rows = base.execute(
        "SELECT f.id, f.student, n.question, n.part FROM findings n CROSS JOIN submissions f ON f.id = n.submission"
        f" WHERE {_COUNTS} AND f.assignment = ? AND n.diagnosis = ? ORDER BY f.path, n.question, n.part",
        (assignment, cause),
    )
    for id, name, question, part in rows:
        if id != last and current:
            yield Shows(student, ", ".join(current))
            current = []
        student, last = name, id
        current.append(f"{question}.{part}")
    if current:
        yield Shows(student, ", ".join(current))


def agreements(base: sqlite3.Connection, assignment: str, counted: ClassStatistics) -> list[Agreement]:
    """The values on which so many wrong answers agree that the key may be wrong."""
    rows = base.execute(
        "SELECT w.question, w.part, w.value, count(*) AS students"
        " FROM wrong w JOIN submissions f ON f.id = w.submission"
        f" WHERE {_COUNTS} AND f.assignment = ? GROUP BY 1, 2, 3 HAVING students >= ?"
        " ORDER BY students DESC, 1, 2, 3",
        (assignment, FEWEST_THAT_AGREE),
    )
    found = []
    for question, part, value, students in rows:
        verdicts = counted.parts[question, part].verdicts
        wrong = verdicts["wrong"] + verdicts["partial"]
        right = verdicts["correct"]
        if students >= max(SHARE_THAT_AGREES * wrong, SHARE_OF_RIGHT * right):
            found.append(Agreement(question, part, value, students, wrong, right))
    return found
