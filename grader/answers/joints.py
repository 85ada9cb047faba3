"""Entries joined by a sign that says something else, `64-64-128`, `(10,20)-(30,40)`: asked about, never calculated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise

from grader.answers.beside import acts_in_front
from grader.answers.characters import fold
from grader.answers.marks import with_point
from grader.answers.outer import outermost
from grader.answers.refusal import quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.values import Reading, nested_cells
from grader.patterns import pattern

MAX_TEXT = 2_000
_NUMBER = pattern(r"(?:(?<![\w.])|(?<=\d[xX]))(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
_LINK = pattern(r"[=≈→\n]")
_TIGHT_COMMA = pattern(r"\d,\d")
_CALCULATION = pattern(r"\d\s*\+\s*\d|\d/\d")
"""A sum or a quotient, which has one value."""
_EQUALS = pattern(r"\s*(?<![<>!=:])=+(?!=)\s*")
_PLAIN_ARRAY = pattern(r"[\[({][\s\d.,;+\[\](){}-]*\d[\s\d.,;+\[\](){}-]*[\])}]")
_DECIMAL = pattern(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_PAIR = pattern(r"[(\[{]\s*[-+]?(\d+),\d+\s*[)\]}]", needs=",")


def refuse_joined(raw: object, readings: tuple[Reading, ...], spec: AnswerSpec) -> None:
    """Refuse an answer that was read as one number, or by a comma as a decimal mark, but holds all entries asked.

    Raises:
        UnreadableError: as many numbers as entries are asked, in a form that does not give them.
    """
    text = raw[0] if isinstance(raw, list) and len(raw) == 1 else raw
    asked = math.prod(spec.axes) if spec.axes else 0
    if asked < 2 or not isinstance(text, str) or len(text) > MAX_TEXT:
        return
    counts = [len(nested_cells(reading.value)) for reading in readings]
    if asked in counts or not counts or _has_rows(readings[0].value):
        return
    folded = fold(text)
    if _CALCULATION.search(folded):
        return
    tight = len(_TIGHT_COMMA.findall(folded))
    several = tight > 1 or (tight == 1 and re.search(r"[\[({]", folded) is not None)
    pieces = (*_pieces(folded), *_pieces(with_point(folded) or ""))
    holds = any(len(_NUMBER.findall(piece)) == asked for piece in pieces)
    if holds and ((several and counts[0] < asked) or (not tight and (counts[0] == 1 or counts[0] > asked))):
        groups, _ = outermost(folded)
        if any("," in folded[at:end] and acts_in_front(folded[:at], folded[at]) for at, end in groups):
            raise unreadable(
                "expected the values themselves, received {received}, in which something is still to be done with them",
                received=quoted(text),
            )
        raise unreadable(
            "expected the entries with commas or spaces between them, received {received}", received=quoted(text)
        )


def refuse_unequal(raw: object) -> None:
    """Refuse two arrays of numbers that are said to be equal and are not: two answers, `[1, 2] = [1, 3]`.

    Raises:
        UnreadableError: numbers that differ by more than rounding.
    """
    text = raw if isinstance(raw, str) and len(raw) <= MAX_TEXT else ""
    sides = _EQUALS.split(fold(text).strip()) if "=" in text else []
    plain = [side for side in sides if _PLAIN_ARRAY.fullmatch(side)]
    for one, other in pairwise(plain):
        pairs = list(zip(_DECIMAL.findall(one), _DECIMAL.findall(other), strict=False))
        shapes = [re.sub(r"[^\[\](){}]", "", side) for side in (one, other)]
        if shapes[0] == shapes[1] and any(abs(float(a) - float(b)) > _rounding(a, b) for a, b in pairs):
            raise unreadable("expected one answer, received several in {received}", received=quoted(text))


def _rounding(*written: str) -> float:
    """How far a number may be from one with more decimals that it is rounded or cut from; 0 for as many decimals."""
    decimals = sorted(len(number.partition(".")[2]) for number in written)
    return 0.0 if decimals[0] == decimals[-1] else (1.0 if decimals[0] else 0.5) * 10.0 ** -decimals[0]


def _has_rows(value: object) -> bool:
    """Whether an array has several rows of several entries: it is of another shape than asked, but read as written."""
    return isinstance(value, tuple) and len(value) > 1 and all(isinstance(row, tuple) and len(row) > 1 for row in value)


def pairs_in_brackets(folded: str) -> bool:
    """Whether several brackets hold two whole numbers each, so that their commas are no decimal marks.

    >>> pairs_in_brackets("stride=(2,2), padding=(1,1)"), pairs_in_brackets("(0,5), (0,25)"), pairs_in_brackets("[1,5]")
    (True, False, False)
    """
    found = _PAIR.findall(folded)
    return len(found) > 1 and any(whole != "0" for whole in found)


def refuse_pair(cell: str) -> None:
    """Refuse two whole numbers in brackets for one entry, `(2,1)`: their comma is no decimal mark.

    Raises:
        UnreadableError: two numbers.
    """
    found = _PAIR.fullmatch(cell.strip())
    if found and found[1] != "0":
        raise unreadable("expected one number, received several in {received}", received=quoted(cell))


def _pieces(folded: str) -> Iterator[str]:
    """A text, the sides of its chain, and its outer and inner brackets."""
    yield folded
    yield from _LINK.split(folded)
    yield from re.findall(r"[\[({][^\[\](){}]*[\])}]", folded)
    yield from (folded[first:last] for first, last in outermost(folded)[0])
