"""Marks that were given elsewhere than in the review file since that file was written.

Whoever changed the file meanwhile has not seen them. What the file said of them when it was written is kept here, so
that a change in the file can be told from a line that nobody touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.gradebook.database.database import Database
from grader.gradebook.database.schema import PersonMark

_KEPT = (
    "INSERT INTO overtaken (assignment, student, question, part, digest, points, comment, who, why, answer, reading)"
)


def overtake(database: Database, marks: Iterable[PersonMark]) -> None:
    """Keep what marks were, in the transaction in which they are given anew; one without points: there was none."""
    database.connection.executemany(f"{_KEPT} VALUES (?,?,?,?,?,?,?,?,?,?,?)", marks)


def overtaken(database: Database, where: str = "1", values: Sequence[object] = ()) -> Iterator[PersonMark]:
    """What was overtaken, the oldest first: that is what the review file said; `where` is SQL of ours."""
    for _, *found in database.connection.execute(f"SELECT * FROM overtaken WHERE {where} ORDER BY id", tuple(values)):
        yield PersonMark(*found)


def newest(database: Database) -> int:
    """What was overtaken last: a review file that is written from now on shows it."""
    return int(database.connection.execute("SELECT coalesce(max(id), 0) FROM overtaken").fetchone()[0])


def forget(database: Database, known: int) -> None:
    """The review file shows all that was overtaken up to this."""
    database.connection.execute("DELETE FROM overtaken WHERE id <= ?", (known,))
