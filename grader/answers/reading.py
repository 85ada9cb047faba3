"""One answer, from the TOML value to what it means, by the kind of the part."""

from __future__ import annotations

from collections.abc import Callable

from grader.answers.characters import fold
from grader.answers.formulas import parse_formula
from grader.answers.kinds import Wanted
from grader.answers.matrices import array_from
from grader.answers.numbers import number_from
from grader.answers.phrases import ANSWERS, BLANKS
from grader.answers.refusal import described, quoted, unreadable
from grader.answers.shapes import shape_from, shapes_from
from grader.answers.values import Answer, Cells, Formula, Value


def read_answer(raw: object, wanted: Wanted) -> Answer:
    """What a student's answer means, read as the kind of the part; blank where nothing was answered.

    `raw` is a value as `tomli.loads(..., parse_float=Decimal)` gives it.

    Raises:
        UnreadableError: not readable as the kind, not finite, out of bounds, or with two readings.

    >>> read_answer("(None, 14 * 14 * 32)", Wanted("shape")).value
    (14, 14, 32)
    """
    if _is_blank(raw) and not (wanted.counts and _may_be_zero(raw, wanted)):
        return Answer(wanted.kind, None)
    return Answer(wanted.kind, _READERS[wanted.kind](raw, wanted))


def _may_be_zero(raw: object, wanted: Wanted) -> bool:
    """Whether `-` is 0 here: alone for one count, in the cells of a list for many."""
    return wanted.kind in ("integer", "number") if isinstance(raw, str) else wanted.kind == "array"


def _is_blank(raw: object, depth: int = 0) -> bool:
    """Nothing but blanks: empty text, `-`, `?`, and lists of such."""
    if isinstance(raw, str):
        return len(raw) < 400 and (raw.strip() in BLANKS or fold(raw).strip() in BLANKS)
    return isinstance(raw, list) and depth < 50 and all(_is_blank(item, depth + 1) for item in raw)


def _formula(raw: object, wanted: Wanted) -> Formula | Cells | None:
    if wanted.rank:
        return array_from(raw, wanted)
    if isinstance(raw, str):
        return parse_formula(raw, wanted.symbols, wanted.names)
    if isinstance(raw, list):
        raise unreadable("expected a formula, received {received}", received=described(raw))
    number = number_from(raw, wanted)
    return parse_formula(number.text, (), ()) if number else None


def _choice(raw: object, wanted: Wanted) -> str:
    allowed = ", ".join(wanted.choices)
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        raise unreadable("expected one of {allowed}, received {received}", allowed=allowed, received=described(raw))
    word = _normal(str(raw)[:1000])
    choices = {_normal(choice): choice for choice in reversed(wanted.choices)}
    if word not in choices:
        word = ANSWERS.get(word, {"true": "yes", "false": "no"}.get(word, word))
    if word not in choices:
        raise unreadable("expected one of {allowed}, received {received}", allowed=allowed, received=quoted(str(raw)))
    return choices[word]


def _normal(text: str) -> str:
    return " ".join(fold(text).strip(" .!*_\"'()\n\t").casefold().split())


def _text(raw: object, wanted: Wanted) -> str:
    if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
        raw = "\n".join(raw)
    if isinstance(raw, bool) or not isinstance(raw, str):
        raise unreadable("expected a {kind}, received {received}", kind=wanted.kind, received=described(raw))
    return raw.strip()


_READERS: dict[str, Callable[[object, Wanted], Value]] = {
    "integer": number_from,
    "number": number_from,
    "shape": shape_from,
    "shapes": shapes_from,
    "array": array_from,
    "formula": _formula,
    "choice": _choice,
    "text": _text,
}
