"""Sets as students write them: numbers, labels or coordinates, in any order, with any brackets."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeAlias

from grader.answers.characters import fold
from grader.answers.matrices import array_readings
from grader.answers.numbers import number_from
from grader.answers.option_words import normal
from grader.answers.phrases import DIVIDERS, NOTHING
from grader.answers.refusal import ambiguous, described, quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number, Reading
from grader.errors import UnreadableError
from grader.patterns import pattern

MAX_TEXT = 20_000
MAX_ENTRIES = 1_000
_EMPTY = NOTHING | {"empty", "the empty set", "empty set", "set()", "تهی"}
_WHOLE = pattern(r"\s*(?:(?:set|frozenset)\s*\(\s*[\[({]|\\?\{)(.*?)(?:[\])}]\s*\)|\\?\})\s*", re.DOTALL)
_POINT = pattern(r"[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]")
_BETWEEN = pattern(r"(?:[\s&,;،؛|\[\](){}.]|and|und|et|و)*")
_SEPARATORS = pattern(rf"\s*(?:{DIVIDERS})\s*|\s+")
_CHANGES = pattern(
    r"\b(?:all|but|except|without|not|no|neither|nor|never|or|wrong|remov\w*|suppress\w*|discard\w*|delet\w*|drop\w*|"
    r"eliminat\w*|reject\w*|exclud\w*|missing|probably|possibly|likely|between|interval\w*|zwischen|entre|"
    rf"(?:one|1)[- ](?:based|indexed)|{fold('بین|بازه|احتمالا')})\b|[!≠<>]|\([^()]*[^\W\d_]{3}[^()]*\d",
    re.IGNORECASE,
)
"""Words that say that other entries are meant, or that there are two answers."""
_NAMED = pattern(r"(?<![^\s,;{\[(])([^\W\d_]\w{0,8})\s?=(?!=)\s?(?=[-+\d.])", needs="=")
_POSITIONS = pattern(r"\s*\(\s*array\((\[[^\[\]()]*\])(?:,\s?dtype=\w+)?\)\s*,\s*\)\s*", needs="array")
_RANGE = pattern(r"\s*\d+\s*(?:-|–|to)\s*\d+\s*")
_NUMBERED = pattern(r"((?![eE]\d)[^\W\d_]{1,12}_?|#)(\d{1,6})")
_HEADING = pattern(r"(?<![^\W\d_])[^\W\d_]{2,60}\s{0,20}:", needs=":")

SetEntry: TypeAlias = "Number | tuple[Number, ...]"


def set_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What a set from a TOML value may mean: its entries, each one number or, for coordinates, several.

    A label is read as its position in the part's list of labels. `none` and empty brackets are the empty set.

    Raises:
        UnreadableError: an entry that is not a number, label or coordinate.
    """
    if isinstance(raw, str) and (len(raw) > MAX_TEXT or normal(raw) in _EMPTY):
        return (Reading(()),) if len(raw) <= MAX_TEXT else _too_long(raw)
    if raw == []:
        return (Reading(()),)
    if spec.labels:
        return (Reading(tuple(_labelled(entry, spec) for entry in _pieces(raw))),)
    if isinstance(raw, str) and (_CHANGES.search(raw) or _RANGE.fullmatch(raw) or len(_HEADING.findall(raw)) > 1):
        raise _no_set(raw)
    raw = _unnumbered(_unnamed(raw)) if isinstance(raw, str) else raw
    points = _points(raw, spec)
    if points is not None:
        return (Reading(points),)
    if isinstance(raw, str) and (inside := _WHOLE.fullmatch(fold(raw))):
        raw = inside[1]
    if not isinstance(raw, str | list):
        raw = [raw]
    rank = 2 if spec.axes else 1
    readings = array_readings(raw, AnswerSpec("array", rank, spec.counts, spec.unit, decimal=spec.decimal))
    return tuple(replace(reading, value=_entries(reading.value, spec, raw)) for reading in readings)


def _too_long(raw: str) -> tuple[Reading, ...]:
    raise unreadable("expected at most {most} characters, received {count}", most=MAX_TEXT, count=len(raw))


def _entries(value: Any, spec: AnswerSpec, raw: object) -> tuple[SetEntry, ...]:
    """Rows as coordinates; one row, or one column, as a list of numbers."""
    if spec.axes and isinstance(value, tuple) and value and all(isinstance(row, tuple) for row in value):
        return value
    while isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], tuple):
        value = value[0]
    if isinstance(value, tuple) and all(isinstance(row, tuple) and len(row) == 1 for row in value):
        value = tuple(row[0] for row in value)
    if not isinstance(value, tuple) or len(value) > MAX_ENTRIES or not all(isinstance(one, Number) for one in value):
        raise _no_set(raw)
    return value


def _no_set(raw: object) -> UnreadableError:
    return unreadable(
        "expected the entries of a set, such as {example}, received {received}",
        example="0, 2, 5",
        received=quoted(raw) if isinstance(raw, str) else described(raw),
    )


def _unnamed(raw: str) -> str:
    """The values alone of one unknown, `x = 0, x = 2`, and of what NumPy prints for positions; other text unchanged."""
    text = fold(raw)
    printed = _POSITIONS.fullmatch(text)
    if printed:
        return printed[1]
    names = _NAMED.findall(text)
    return _NAMED.sub("", text) if len(names) > 1 and len(set(names)) == 1 == len(set(text) & set("=")) else raw


def _unnumbered(raw: str) -> str:
    """The numbers alone of entries that one word or sign numbers, `box0, box3` and `#0, #3`; other text unchanged.

    Raises:
        UnreadableError: without a 0, so that the first may be 0 or 1.
    """
    found = [_NUMBERED.fullmatch(piece) for piece in _SEPARATORS.split(fold(raw).strip("[](){}. ")) if piece]
    numbers = [one[2] for one in found if one]
    if len({one[1].casefold() for one in found if one}) != 1 or len(numbers) < len(found):
        return raw
    if not any(int(number) == 0 for number in numbers):
        lowered = ", ".join(str(int(number) - 1) for number in numbers)
        raise ambiguous(raw, ", ".join(numbers), lowered)
    return ", ".join(numbers)


def _pieces(raw: object) -> list[object]:
    if not isinstance(raw, str):
        return list(raw) if isinstance(raw, list) else [raw]
    text = fold(raw)
    inside = _WHOLE.fullmatch(text)
    return [piece for piece in _SEPARATORS.split((inside[1] if inside else text).strip("()[] ")) if piece]


def _labelled(entry: object, spec: AnswerSpec) -> Number:
    """The position of a label."""
    text = normal(str(entry))
    for index, label in enumerate(spec.labels):
        if normal(label) == text:
            return Number(index, label, 0, None)
    raise unreadable(
        "expected labels out of {allowed}, received {received}",
        allowed=", ".join(spec.labels),
        received=quoted(str(entry)),
    )


def _points(raw: object, spec: AnswerSpec) -> tuple[SetEntry, ...] | None:
    """Coordinates; None where the answer has none."""
    if isinstance(raw, list) and raw and all(isinstance(entry, list) for entry in raw):
        return tuple(tuple(_number(size, spec) for size in entry) for entry in raw)
    text = " ".join(map(str, raw)) if isinstance(raw, list) and all(isinstance(one, str) for one in raw) else raw
    if not isinstance(text, str):
        return None
    folded = fold(text)
    found = _POINT.findall(folded)
    if not found or not all(re.search(r"\d\s*[,;\s]\s*[-+.\d]", one) for one in found):
        return None
    if not _BETWEEN.fullmatch(_POINT.sub(" ", folded)):
        return None
    if spec.axes is None and len(found) == 1:  # one pair of brackets around a list of numbers
        return None
    if spec.axes == ():
        if len(found) > 1 and spec.decimal != ",":  # else (0,5) is a number
            raise _no_set(text)
        return None
    return tuple(tuple(_number(size, spec) for size in re.split(r"\s*[,;]\s*|\s+", one) if size) for one in found)


def _number(written: object, spec: AnswerSpec) -> Number:
    number = number_from(written, AnswerSpec("number", counts=spec.counts, unit=spec.unit, decimal=spec.decimal))
    if number is None:
        raise unreadable(
            "expected a number in each place of a coordinate, received {received}", received=quoted(str(written))
        )
    return number
