"""Marks given outside the review file since it was written.

A person who edits the file has not seen them. What the file said when it was written is kept here, so that an edit can
be told from an untouched line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.gradebook.database.database import Database
from grader.gradebook.database.schema import PersonMark

_KEPT = (
    "INSERT INTO overtaken (assignment, student, question, part, digest, points, comment, who, why, answer, reading)"
)


def overtake(database: Database, marks: Iterable[PersonMark]) -> None:
    """Store previous marks within the transaction that replaces them; without points, there was none."""
    database.connection.executemany(f"{_KEPT} VALUES (?,?,?,?,?,?,?,?,?,?,?)", marks)


def overtaken(database: Database, where: str = "1", values: Sequence[object] = ()) -> Iterator[PersonMark]:
    """The overtaken marks, oldest first: that is what the review file said; `where` is our own SQL."""
    for _, *found in database.connection.execute(f"SELECT * FROM overtaken WHERE {where} ORDER BY id", tuple(values)):
        yield PersonMark(*found)


def newest(database: Database) -> int:
    """The number of the latest overtaken mark: a review file written from now on shows it."""
    return int(database.connection.execute("SELECT coalesce(max(id), 0) FROM overtaken").fetchone()[0])


def forget(database: Database, known: int) -> None:
    """Forget marks up to this one: the review file now shows what replaced them."""
    database.connection.execute("DELETE FROM overtaken WHERE id <= ?", (known,))
