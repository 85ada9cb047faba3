"""One answer, from the TOML value to what it may mean, by the kind of the part."""

from __future__ import annotations

from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings


def read_answer(raw: object, spec: AnswerSpec) -> Readings:
    """What a student's answer may mean, read as the kind of the part; blank where nothing was answered.

    `raw` is a value as `tomli.loads(..., parse_float=Decimal)` gives it.

    Raises:
        UnreadableError: not readable as the kind, not finite, or out of bounds.

    >>> read_answer("(None, 14 * 14 * 32)", AnswerSpec("shape")).value
    (14, 14, 32)
    """
    return KINDS[spec.kind].read(raw, spec)
