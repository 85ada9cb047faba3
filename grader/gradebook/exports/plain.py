"""A plain table: one row for each student, one column for each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.gradebook.exports.records import Record
from grader.gradebook.exports.tables import mark

COLUMNS = ("assignment", "student", "status", "score", "max_score", "pending_points")


def rows(records: Iterable[Record]) -> Iterator[list[str]]:
    """The header and the rows; a part that waits for a person is blank, so is all that was not graded."""
    parts: list[tuple[str, str]] = []
    early: list[Record] = []
    for one in records:
        if not parts and not one.parts:
            early.append(one)
            continue
        if not parts:
            parts = [(part.question, part.part) for part in one.parts]
            yield _header(parts)
            yield from (_row(held, parts) for held in early)
            early = []
        yield _row(one, parts)
    if not parts:
        yield _header(parts)
        yield from (_row(held, parts) for held in early)


def _header(parts: list[tuple[str, str]]) -> list[str]:
    return [*COLUMNS, *(f"{question}.{part}" for question, part in parts)]


def _row(one: Record, parts: list[tuple[str, str]]) -> list[str]:
    scores = {(part.question, part.part): part.score for part in one.parts}
    totals = [mark(one.score), mark(one.max_score), mark(one.pending)] if one.graded else ["", "", ""]
    cells = ["" if (score := scores.get(name)) is None else mark(score) for name in parts]
    return [one.assignment, one.student, one.status, *totals, *cells]
