"""The answers to one part of an assignment that need a person, across all students."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from grader.gradebook.database.database import Database


class WaitingAnswer(NamedTuple):
    """One student's answer that needs a person, marked or not; equal answers to one variant have the same `folded`."""

    submission: int
    student: str
    digest: str
    answer: str
    said: str
    variant: str
    folded: str


_OF_PART = """
SELECT s.id, s.student, s.digest, w.answer, w.said, s.variant, s.variant || ' ' || w.folded AS same,
  min(s.path) OVER (PARTITION BY s.variant, w.folded) AS first
FROM submissions s JOIN waiting w ON w.submission = s.id
WHERE s.standing = '' AND s.assignment = ? AND w.question || '.' || w.part = ? ORDER BY first, same, s.path
"""


def waiting_answers(database: Database, assignment: str, part: str) -> Iterator[WaitingAnswer]:
    """The answers to a part (`question.part`), equal ones together, otherwise in the order of the folder."""
    for *found, _ in database.connection.execute(_OF_PART, (assignment, part)):
        yield WaitingAnswer(*found)


def waiting_parts(database: Database, assignment: str) -> set[str]:
    """The parts (`question.part`) in which some submission that counts needs a person."""
    found = database.connection.execute(
        "SELECT DISTINCT w.question || '.' || w.part FROM submissions s JOIN waiting w ON w.submission = s.id"
        " WHERE s.standing = '' AND s.assignment = ?",
        (assignment,),
    )
    return {name for (name,) in found}
