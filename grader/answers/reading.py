"""Reading one answer, from a TOML value to what it may mean, by the part's kind, and the decimal mark of a paper."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from grader.answers.kinds import KINDS, Kind
from grader.answers.marks import Mark, decimal_mark
from grader.answers.sayings import refuse_denied, without_announcement, without_struck
from grader.answers.spec import MAX_ARRAY, MAX_TEXT, AnswerSpec
from grader.answers.values import Readings
from grader.errors import UnreadableError
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
    if not kind.machine:
        return kind.read(raw, spec)
    plain = kind.read_plain(raw, spec)
    if plain is not None:
        return plain
    if not spec.choices:
        raw = _without_runs(raw, MAX_ARRAY if spec.rank else MAX_TEXT)
    if not isinstance(raw, str):
        return kind.read(raw, spec)
    written = without_struck(raw)
    readings = _read_or_announced(written, kind, spec)
    if not spec.choices and not readings.blank:
        refuse_denied(written)
    return readings


def _read_or_announced(written: str, kind: Kind, spec: AnswerSpec) -> Readings:
    """A text as it is; where that cannot be read, without words that only say that it is the answer.

    Raises:
        UnreadableError: neither can be read; the reason is that for the whole text.
    """
    try:
        return kind.read(written, spec)
    except UnreadableError:
        bare = without_announcement(written)
        if bare and bare != written:
            with suppress(UnreadableError):
                return kind.read(bare, spec)
        if not spec.choices:
            refuse_denied(written, behind=True)  # names the reason better than the word that cannot be read
        raise


def _without_runs(raw: object, most: int) -> object:
    """A value whose texts have no long runs of blanks or of one sign, over which expressions take long.

    Texts of more than `most` characters, which the kinds refuse, and options, whose text is compared, stay as written.
    """
    if isinstance(raw, str):
        return _RUNS.sub(lambda found: found[0][:MAX_RUN], raw) if MAX_RUN < len(raw) <= most else raw
    return [_without_runs(item, most) for item in raw] if isinstance(raw, list) else raw


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
