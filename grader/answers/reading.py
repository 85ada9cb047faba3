"""Reading one answer, from a TOML value to what it may mean, by the kind of its part, and the decimal mark of a paper.

Without an assignment the kind is guessed, so that `grader read` can show how an answer would be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal

from grader.answers.characters import fold
from grader.answers.formulas import parse_formula
from grader.answers.kinds import KINDS, Kind
from grader.answers.marks import DecimalMark, decimal_mark
from grader.answers.pasted import unlatex
from grader.answers.sayings import refuse_denied, without_announcement, without_reason, without_struck
from grader.answers.spec import MAX_ANSWER, MAX_ARRAY, AnswerSpec
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
        raw = _without_runs(raw, MAX_ARRAY if spec.rank else MAX_ANSWER)
    written = _without_struck(raw)
    readings = _read_or_announced(written, kind, spec) if isinstance(written, str) else kind.read(written, spec)
    if not spec.choices and not readings.blank:
        for text in _texts(written):
            refuse_denied(text)
    return readings


def _without_struck(raw: object) -> object:
    """An answer, or the entries of one, without what is struck out."""
    if isinstance(raw, list):
        return [_without_struck(item) for item in raw]
    return without_struck(raw) if isinstance(raw, str) else raw


def _texts(raw: object) -> Iterator[str]:
    """The text of an answer, or those of its entries."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, list):
        for item in raw:
            yield from _texts(item)


def _read_or_announced(written: str, kind: Kind, spec: AnswerSpec) -> Readings:
    """A text as it is; where that cannot be read, without words that only announce the answer or give a reason.

    Raises:
        UnreadableError: neither can be read; the reason is that for the whole text.
    """
    try:
        return kind.read(written, spec)
    except UnreadableError:
        bare = without_announcement(written)
        plain = bare if spec.choices else without_reason(bare, conditional=not spec.symbols, numbers=not kind.sizes)
        for shorter in (bare, plain):
            if shorter and shorter != written:
                with suppress(UnreadableError):
                    return kind.read(shorter, spec)
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


def decimal_of(answers: Iterable[tuple[AnswerSpec, object]]) -> DecimalMark | None:
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


_SYMBOL = pattern(r"[^\W\d_]_?\d*")
_FUNCTIONS = pattern(r"sqrt|exp|log|floor|ceil|abs")
_SHAPE = pattern(r"\(?\s*(?:None|batch|N|\?|-1)?[\s,]*\d+(?:\s*[*xX,]\s*\d+)*\s*,?\s*\)?")
_NUMBER = AnswerSpec("number")


def guess_spec(raw: object) -> AnswerSpec:
    """The kind that the text looks like, tried in the order number, shape, array, formula, text.

    >>> guess_spec("14 x 14 x 32").kind, guess_spec([[1, 2], [3, 4]]).rank, guess_spec("wd - w").symbols
    ('shape', 2, ('d', 'w'))
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, str, list)):
        return AnswerSpec("text")
    if isinstance(raw, int):
        return AnswerSpec("integer")
    if isinstance(raw, Decimal):
        return _NUMBER
    return _of_list(raw) if isinstance(raw, list) else _of_text(raw)


def _of_list(raw: list[object]) -> AnswerSpec:
    rank, inner = 1, raw
    while rank < 8 and inner and isinstance(inner[0], list):
        rank, inner = rank + 1, inner[0]
    any_shape = rank == 1 and any(isinstance(item, str) and _is_shape(item) for item in raw)
    if any_shape and _reads(raw, AnswerSpec("shapes")):
        return AnswerSpec("shapes")
    for spec in (AnswerSpec("array", rank), AnswerSpec("array", rank, counts=True), _of_formulas(raw, rank)):
        if spec is not None and _reads(raw, spec):
            return spec
    words = [item for item in raw if isinstance(item, str)]
    return AnswerSpec("text") if any(len(item.split()) > 4 for item in words) else AnswerSpec("array", rank)


def _of_formulas(raw: object, rank: int) -> AnswerSpec | None:
    """Formulas with `rank` axes, whose symbols are all the letters in them."""
    text = raw if isinstance(raw, str) else str(raw)
    symbols = _symbols(text) if len(text) <= 2000 else None
    return AnswerSpec("formula", rank, symbols=symbols) if symbols else None


def _of_text(raw: str) -> AnswerSpec:
    if len(raw) > 2000:
        return AnswerSpec("array", 2) if _reads(raw, AnswerSpec("array", 2)) else AnswerSpec("text")
    lines = [line for line in raw.strip().split("\n") if line.strip()]
    if len(lines) > 1:
        if all(_is_shape(line) for line in lines) and _reads(raw, AnswerSpec("shapes")):
            return AnswerSpec("shapes")
        for spec in (AnswerSpec("array", 2), _of_formulas(raw, 2)):
            if spec is not None and _reads(raw, spec):
                return spec
        return AnswerSpec("text")
    if re.search(r"\d\)?\s*,\s*\(?\d+\s*[*xX×]", raw) and _reads(raw, AnswerSpec("shapes")):
        return AnswerSpec("shapes")
    if _is_shape(raw) and _reads(raw, AnswerSpec("shape")):
        return AnswerSpec("shape")
    if _reads(raw, _NUMBER):
        return _NUMBER
    for rank in (1, 2):
        if re.search(r"[\s,;&\[]", raw.strip()) and _reads(raw, AnswerSpec("array", rank)):
            return AnswerSpec("array", 2 if re.search(r"[;&]|\[\s*\[", raw) else 1)
    return _of_formula(raw)


def _is_shape(raw: str) -> bool:
    text = " ".join(unlatex(fold(raw)).split()) if len(raw) < 400 and raw.count("{") < 20 else ""
    last = re.split(r"[=→≈]", text)[-1].strip()
    several = re.search(r"\d\s*[*xX,]\s*\d|None|batch", last) is not None
    grouped = re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+", last) is not None or re.fullmatch(r"\d+,\d+", last) is not None
    power = re.search(r"\^", last) is not None
    return several and not grouped and not power and _SHAPE.fullmatch(last) is not None


def _of_formula(raw: str) -> AnswerSpec:
    symbols = _symbols(raw)
    if not symbols or (raw.strip().isalpha() and raw.strip() not in symbols):
        return AnswerSpec("text")
    try:
        parse_formula(raw, symbols, ())
    except UnreadableError:
        return AnswerSpec("text")
    return AnswerSpec("formula", symbols=symbols)


def _symbols(raw: str) -> tuple[str, ...]:
    """The letters of a possible formula; none where the text has words."""
    try:
        text = unlatex(fold(raw), row=True).rsplit("=", 1)[-1]
    except UnreadableError:
        return ()
    letters = _FUNCTIONS.sub(" ", text)
    if any(len(word) > 3 for word in re.findall(r"[^\W\d_]+", letters)):
        return ()
    return tuple(sorted({symbol for symbol in _SYMBOL.findall(letters) if symbol != "e"}))[:30]


def _reads(raw: object, spec: AnswerSpec) -> bool:
    try:
        return not read_answer(raw, spec).blank
    except UnreadableError:
        return False


def shown(readings: Readings) -> str:
    """A reading as text: fractions as fractions, digits as written, shapes in brackets, matrices as aligned rows."""
    return "blank" if readings.blank else KINDS[readings.kind].show(readings.value)
