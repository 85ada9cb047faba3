"""The catalogue by operation and by id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from grader.formula.row_wise import row_of
from grader.misconceptions.rule import Misconception


def by_operation(operation: str) -> tuple[Misconception, ...]:
    """The misconceptions that replace an operation (or an arithmetic sign); none for most."""
    return _by_operation().get(operation, ())


def made_in(operation: str) -> tuple[Misconception, ...]:
    """The mistakes made at an operation, in its rows where it is computed row by row."""
    return by_operation(row_of(operation))


def by_id(id: str) -> Misconception | None:
    """The misconception with an id."""
    return _by_id().get(id)


@cache
def _by_operation() -> Mapping[str, tuple[Misconception, ...]]:
    from grader.misconceptions.catalogue import CATALOGUE

    found: dict[str, list[Misconception]] = {}
    for row in CATALOGUE:
        for operation in row.operations:
            found.setdefault(operation, []).append(row)
    return {operation: tuple(rows) for operation, rows in found.items()}


@cache
def _by_id() -> Mapping[str, Misconception]:
    from grader.misconceptions.catalogue import CATALOGUE

    return {row.id: row for row in CATALOGUE}
