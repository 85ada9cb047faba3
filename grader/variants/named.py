"""Which mistakes a question diagnoses: each is put into an answer, which is then marked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from grader.errors import AuthorError
from grader.formula.arithmetic import as_lists, plain
from grader.formula.substitution import Substitution
from grader.homework.solution import SolvedPart
from grader.marking.diagnosis.hypotheses import hypotheses
from grader.marking.marker import QuestionMarker


def injected(marker: QuestionMarker, part: SolvedPart) -> Iterator[tuple[str, Any, bool]]:
    """Each mistake that changes a part: its id, the answer that it gives, and whether marking that answer names it.

    For a part without sample points; nothing else is answered.
    """
    base = marker.solved.evaluation
    seen = set()
    for one in hypotheses(base, part.id):
        try:
            value = plain(base.extended(Substitution(operations=one.rules)).value(part.id))
        except AuthorError:
            continue
        answer = answered(value)
        if answer is None or (one.misconception.id, repr(answer)) in seen:
            continue
        seen.add((one.misconception.id, repr(answer)))
        report = next(found for found in marker.marked({part.id: answer}).parts if found.id == part.id)
        if report.verdict in ("wrong", "partial"):
            yield one.misconception.id, answer, any(one.misconception.id == cause.id for cause in report.diagnoses)


def answered(value: Any) -> Any:
    """A value as a submission would hold it; None where no submission can."""
    value = as_lists(value)
    if isinstance(value, list | tuple):
        items = [answered(item) for item in value]
        return None if None in items else items
    if isinstance(value, Fraction):
        return str(value)
    return value if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)) else None


def fully_named(marker: QuestionMarker, part: SolvedPart) -> set[str]:
    """The mistakes that are named for each answer they may give to a part."""
    found: dict[str, bool] = {}
    for id, _, named in injected(marker, part):
        found[id] = found.get(id, True) and named
    return {id for id, named in found.items() if named}
