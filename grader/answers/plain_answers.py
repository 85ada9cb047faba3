"""Answers in the plainest form: numbers in digits, tables of them, and sizes such as `14 x 14 x 32`.

Most answers are written like this, and can be read in only one way. Here they are read first, before any of the modules
that read everything else; what is found is exactly what those modules find, which the tests compare. Anything that may
have a second reading (a thousands mark, a share of 100, a shape other than asked) is left to them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from grader.answers.spec import AnswerSpec
from grader.answers.values import Cells, Number, WrittenShape
from grader.patterns import pattern

MAX_CELLS = 10_000
"""Larger arrays are refused elsewhere."""
_NUMBER = pattern(r"(-?)(0|[1-9]\d{0,8})(?:\.(\d{1,9}))?", re.ASCII)
_TABLE = pattern(r"[-\d. \t\n]+", re.ASCII)
_SIZE = r"[1-9]\d{0,5}"
_SIZES = pattern(rf"(\()?{_SIZE}(?: ?[x*] ?{_SIZE})+(?(1)\))|\({_SIZE}(?:, {_SIZE})+\)", re.ASCII)
"""Never both commas and crosses, which part the channels from the others: `(64, 28x28)`."""


def plain_number(raw: object, spec: AnswerSpec) -> Number | None:
    """The number that a TOML value or a text in digits is; None for anything else.

    >>> plain_number("-0.50", AnswerSpec("number"))
    Number(value=Fraction(-1, 2), text='-0.50', decimals=2, significant=2)
    >>> plain_number("1.796", AnswerSpec("number")) is None, plain_number("9/4", AnswerSpec("number")) is None
    (True, True)
    """
    if spec.unit == "%" or type(raw) not in (int, str, Decimal):
        return None
    text = str(raw)
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    sign, whole, part = found[1], found[2], found[3] or ""
    if whole != "0" and len(part) == 3:
        return None  # perhaps a thousands mark
    digits = (whole + part).lstrip("0")
    value: int | Fraction = Fraction(int(whole + part), 10 ** len(part)) if part.strip("0") else int(whole)
    exponent = type(raw) is Decimal  # `2.00e2`, whose zeros count
    significant = len(digits if part or exponent else digits.rstrip("0")) or 1
    return Number(-value if sign else value, text, len(part), significant)


def plain_array(raw: object, spec: AnswerSpec) -> Cells | None:
    """The array of the expected shape whose entries are all plain; None for anything else.

    It is written as nested lists, or as lines of entries with blanks between them.

    >>> [[cell.text for cell in row] for row in plain_array("1 2\\n3 -4", AnswerSpec("array", 2, axes=(2, 2)))]
    [['1', '2'], ['3', '-4']]
    """
    axes = spec.axes
    if not axes or len(axes) != spec.rank or math.prod(axes) > MAX_CELLS or spec.labels or spec.unasked:
        return None
    if isinstance(raw, str):
        if not _TABLE.fullmatch(raw):
            return None
        between = "\t" if "\t" in raw else None  # with tabs, a cell may be empty
        raw = [line.split(between) for line in raw.split("\n") if line.strip()]
    return _cells(raw, axes, spec)


def _cells(raw: object, axes: tuple[int, ...], spec: AnswerSpec) -> Cells | None:
    if not isinstance(raw, list) or len(raw) != axes[0]:
        return None
    read: Callable[[object], Cells | Number | None] = (
        (lambda item: plain_number(item, spec)) if len(axes) == 1 else (lambda item: _cells(item, axes[1:], spec))
    )
    cells = []
    for item in raw:
        cell = read(item)
        if cell is None:
            return None
        cells.append(cell)
    return tuple(cells)


def plain_shape(raw: object, spec: AnswerSpec) -> WrittenShape | None:
    """The shape of as many sizes as are asked for; None for anything else.

    >>> plain_shape("(7, 7, 32)", AnswerSpec("shape", axes=(3,))), plain_shape("7x7", AnswerSpec("shape", axes=(3,)))
    ((7, 7, 32), None)
    """
    if isinstance(raw, str):
        sizes = [int(size) for size in re.findall(r"\d+", raw)] if _SIZES.fullmatch(raw) else []
    elif isinstance(raw, list) and all(type(size) is int and 0 < size < 10**6 for size in raw):
        sizes = raw
    else:
        return None
    return tuple(sizes) if spec.axes == (len(sizes),) and len(sizes) > 1 and not spec.symbols else None
