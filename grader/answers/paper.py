"""What a whole paper says about how to read its answers."""

from __future__ import annotations

from collections.abc import Iterable

from grader.answers.kinds import KINDS
from grader.answers.marks import Mark, decimal_mark
from grader.answers.spec import AnswerSpec


def decimal_of(answers: Iterable[tuple[AnswerSpec, object]]) -> Mark | None:
    """The decimal mark that a paper clearly uses; None where it uses none, or both.

    >>> decimal_of([(AnswerSpec("number"), "0,5"), (AnswerSpec("number"), "2,125")])
    ','
    """
    numbers: list[object] = []
    others: list[object] = []
    for spec, raw in answers:
        kind = KINDS[spec.kind]
        if kind.machine:
            (numbers if kind.tolerant and not spec.rank else others).append(raw)
    return decimal_mark(numbers, others)
