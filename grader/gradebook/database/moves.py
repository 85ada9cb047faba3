"""Which marks moved since the last run, and why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import NamedTuple

from grader.gradebook.database.database import Database
from grader.gradebook.database.schema import PartLine
from grader.homework.checks import plain

CAUSES = ("submission", "assignment", "key", "grader version", "person")


class Move(NamedTuple):
    """One part's mark before and after; None where there is none."""

    assignment: str
    student: str
    part: str
    before: str
    after: str
    why: str


def record(database: Database) -> int:
    """Compare the marks that count with those after the last run, store the differences, and return their number.

    The list is kept until there are new moves, so that it can be shown again; until it has been shown, it grows.
    """
    moved = iter(()) if not database.note("compared") else _moved(database)
    with database.transaction() as base:
        head = list(islice(moved, 1))
        if head and told(database):
            base.execute("DELETE FROM moves")
        count = base.executemany("INSERT INTO moves VALUES (?,?,?,?,?,?)", chain(head, moved)).rowcount
        # A student who is missing or refused has no marks for now: they move again on return.
        base.execute(f"UPDATE earlier SET marks = '', causes = '' WHERE NOT EXISTS ({_COUNTS})")
        base.execute(
            "INSERT OR REPLACE INTO earlier SELECT assignment, student, marks, causes FROM submissions"
            " WHERE standing = '' AND name IS NOT NULL"
        )
        database.put_note("compared", "yes")
        if head:
            database.put_note("told", "")
    return max(count, 0)


def told(database: Database) -> bool:
    """Whether the instructor has seen the list of moved marks."""
    return database.note("told") == "yes"


def tell(database: Database) -> None:
    """Record that the instructor has seen the list of moved marks."""
    database.put_note("told", "yes")


def moves(database: Database) -> Iterator[Move]:
    """The moves recorded last, in order."""
    return map(Move._make, database.connection.execute("SELECT * FROM moves ORDER BY assignment, student, rowid"))


_DIFFERENT = """
SELECT l.assignment, l.student, l.marks, l.causes, f.marks, f.causes FROM earlier l
LEFT JOIN submissions f ON f.assignment = l.assignment AND f.student = l.student AND f.standing = ''
WHERE coalesce(f.marks, '') != l.marks ORDER BY l.assignment, l.student
"""
_COUNTS = (
    "SELECT 1 FROM submissions f WHERE f.assignment = earlier.assignment"
    " AND f.student = earlier.student AND f.standing = ''"
)


def _moved(database: Database) -> Iterator[Move]:
    for assignment, student, old, old_causes, new, new_causes in database.connection.execute(_DIFFERENT):
        why = "not in the folder any more, or refused" if new is None else changed_causes(old_causes, new_causes)
        for part, before, after in differences(old, new or ""):
            yield Move(assignment, student, part, before, after, why)


def differences(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    """The parts in which two marks of a row differ: name, before and after; `-` where a part has no mark."""
    before, after = _parts(old), _parts(new)
    for part in dict.fromkeys([*before, *after]):
        if before.get(part) != after.get(part):
            yield part, before.get(part, "-"), after.get(part, "-")


def changed_causes(old: str, new: str) -> str:
    """Which of a mark's causes changed."""
    pairs = zip(CAUSES, old.split("|"), new.split("|"), strict=False)
    return ", ".join(cause for cause, before, after in pairs if before != after) or "submission"


def _parts(marks: str) -> dict[str, str]:
    """`14.5/20 (verdict)` by part."""
    return {
        line.name: f"{plain(Decimal(line.given or line.score))}/{plain(Decimal(line.max_score))}"
        f" ({'person' if line.given else line.verdict})"
        for line in PartLine.read(marks)
    }
