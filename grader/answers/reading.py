"""Reading one answer, from a TOML value to what it may mean, by the part's kind."""

from __future__ import annotations

from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings


def read_answer(raw: object, spec: AnswerSpec) -> Readings:
    """What a student's answer may mean, read as the part's kind; blank for a blank answer.

    `raw` is a value as `tomli.loads(..., parse_float=Decimal)` gives it.

    Raises:
        UnreadableError: not readable as the kind, not finite, or out of bounds.

    >>> read_answer("(None, 14 * 14 * 32)", AnswerSpec("shape")).value
    (14, 14, 32)
    """
    return KINDS[spec.kind].read(raw, spec)
