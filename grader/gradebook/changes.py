"""Which marks moved since the last run, and why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import NamedTuple

from grader.gradebook.store import Row, Store
from grader.homework.checks import plain

CAUSES = ("submission", "assignment", "key", "grader version", "person")


class Change(NamedTuple):
    """One part's mark before and after; None where there was or is none."""

    assignment: str
    student: str
    part: str
    before: str
    after: str
    why: str


def causes(row: Row | None) -> str:
    """What the marks of a row depend on, in the order of CAUSES."""
    return "" if row is None else row.causes


def record(store: Store, keep: bool) -> int:
    """Compare what counts now with what counted after the last run, keep the differences, and give their number.

    With `keep` the differences that were found before stay where there are none: nobody was told of them yet.
    """
    moved = iter(()) if not store.note("compared") else _moved(store)
    with store.whole() as base:
        head = list(islice(moved, 1))
        if head or not keep:
            base.execute("DELETE FROM changes")
        count = base.executemany("INSERT INTO changes VALUES (?,?,?,?,?,?)", chain(head, moved)).rowcount
        # Who is not there, or refused, has no marks for now: they moved again when they come back.
        base.execute(f"UPDATE last SET marks = '', causes = '' WHERE NOT EXISTS ({_COUNTS})")
        base.execute(
            "INSERT OR REPLACE INTO last SELECT assignment, student, marks, causes FROM files"
            " WHERE standing = '' AND assignment IS NOT NULL AND student IS NOT NULL"
        )
        store.put_note("compared", "yes")
    return max(count, 0)


def changes(store: Store) -> Iterator[Change]:
    """What was recorded last, in order."""
    for found in store.base.execute("SELECT * FROM changes ORDER BY assignment, student, rowid"):
        yield Change(*found)


_DIFFERENT = """
SELECT l.assignment, l.student, l.marks, l.causes, f.marks, f.causes FROM last l
LEFT JOIN files f ON f.assignment = l.assignment AND f.student = l.student AND f.standing = ''
WHERE coalesce(f.marks, '') != l.marks ORDER BY l.assignment, l.student
"""
_COUNTS = "SELECT 1 FROM files f WHERE f.assignment = last.assignment AND f.student = last.student AND f.standing = ''"


def _moved(store: Store) -> Iterator[Change]:
    for assignment, student, old, old_causes, new, new_causes in store.base.execute(_DIFFERENT):
        why = "not in the folder any more, or refused" if new is None else _why(old_causes, new_causes)
        before, after = _parts(old), _parts(new or "")
        for part in dict.fromkeys([*before, *after]):
            if before.get(part) != after.get(part):
                yield Change(assignment, student, part, before.get(part, "-"), after.get(part, "-"), why)


def _why(old: str, new: str) -> str:
    pairs = zip(CAUSES, old.split("|"), new.split("|"), strict=False)
    return ", ".join(cause for cause, before, after in pairs if before != after) or "submission"


def _parts(marks: str) -> dict[str, str]:
    """`14.5/20 (verdict)` by part."""
    found = {}
    for line in marks.splitlines():
        part, verdict, score, most, person = line.split("\t")
        points = plain(Decimal(person or score))
        found[part] = f"{points}/{plain(Decimal(most))} ({'person' if person else verdict})"
    return found
