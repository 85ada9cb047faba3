"""Reading one answer, from a TOML value to what it may mean, by the part's kind."""

from __future__ import annotations

from grader.answers.kinds import KINDS
from grader.answers.matrices import MAX_TEXT as MAX_ARRAY
from grader.answers.numbers import MAX_TEXT
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings
from grader.patterns import pattern

MAX_RUN = 100
"""More than this many blanks or equal signs in a row say no more; a message quotes fewer characters than that."""
_RUNS = pattern(rf"\s{{{MAX_RUN + 1},}}|([\W_])\1{{{MAX_RUN},}}")


def read_answer(raw: object, spec: AnswerSpec) -> Readings:
    """What a student's answer may mean, read as the part's kind; blank for a blank answer.

    `raw` is a value as `tomli.loads(..., parse_float=Decimal)` gives it.

    Raises:
        UnreadableError: not readable as the kind, not finite, or out of bounds.

    >>> read_answer("(None, 14 * 14 * 32)", AnswerSpec("shape")).value
    (14, 14, 32)
    """
    kind = KINDS[spec.kind]
    shortened = kind.machine and not spec.choices
    return kind.read(_without_runs(raw, MAX_ARRAY if spec.rank else MAX_TEXT) if shortened else raw, spec)


def _without_runs(raw: object, most: int) -> object:
    """A value whose texts have no long runs of blanks or of one sign, over which expressions take long.

    Texts of more than `most` characters, which the kinds refuse, and options, whose text is compared, stay as written.
    """
    if isinstance(raw, str):
        return _RUNS.sub(lambda found: found[0][:MAX_RUN], raw) if MAX_RUN < len(raw) <= most else raw
    return [_without_runs(item, most) for item in raw] if isinstance(raw, list) else raw
