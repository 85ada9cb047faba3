"""Values as people write them: fractions as fractions, matrices as aligned rows, shapes with a times sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grader.answers.kinds import KINDS
from grader.reports.sanitise import visible

LARGEST_DENOMINATOR = 1000
BLANK = "·"
_ROWS = 24
_COLUMNS = 24
_ENTRIES = 60


def _ends_in_decimals(denominator: int) -> bool:
    """Whether people would write this fraction as a decimal: tenths, twentieths, thousandths."""
    rest = denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and denominator % 5 == 0


def number(value: float | int | Fraction | Decimal) -> str:
    """One number: an integer, a simple fraction, or a decimal of at most ten significant digits.

    >>> [number(x) for x in (2.25, 1 / 3, 0.102, 10.0, 73856, -0.5, 2.87e-05)]
    ['9/4', '1/3', '0.102', '10', '73856', '-1/2', '2.87e-05']
    """
    if isinstance(value, int):
        return str(int(value)) if value.bit_length() < 10_000 else "an integer of over 3,000 digits"
    real = float(value)
    if not math.isfinite(real):
        return str(real)
    near = Fraction(real).limit_denominator(LARGEST_DENOMINATOR)
    if abs(float(near) - real) <= 1e-12 * max(1.0, abs(real)) and (near != 0 or real == 0):
        if near.denominator == 1 and abs(near) < 10**15:
            return str(near.numerator)
        if not _ends_in_decimals(near.denominator) and abs(near.numerator) < 10**6:
            return f"{near.numerator}/{near.denominator}"
    return f"{real:.10g}"


def scalar(value: object) -> str:
    """One leaf of a value: a number, a text made visible, or the mark of a blank cell."""
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Fraction | Decimal):
        return number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return visible(str(value))


def entries(value: object, kind: str | None) -> list[str] | None:
    """The entries of a value as texts, if its kind has text entries; None for values laid out by axes.

    >>> entries([14, 14, 32], "shape"), entries([[1, 2]], "array")
    (['14 × 14 × 32'], None)
    """
    return None if kind is None else KINDS[kind].texts(value, scalar)


def labelled(value: object, kind: str, choices: Sequence[str]) -> object:
    """A value with the letters of the options in it."""
    return KINDS[kind].labelled(value, choices) if choices else value


def one_line(value: object, kind: str | None = None) -> str:
    """A value on one line, for a table cell.

    >>> one_line([[2.25, 3.25], [1.75, 0.75]])
    '[[9/4, 13/4], [7/4, 3/4]]'
    >>> one_line([[14, 14, 32], None], "shapes")
    '14 × 14 × 32; ·'
    """
    texts = entries(value, kind)
    return _nested(value, 12) if texts is None else "; ".join(texts)


def _nested(value: object, depth: int) -> str:
    if isinstance(value, list | tuple):
        if not depth:
            return "[…]"
        shown = [_nested(entry, depth - 1) for entry in value[:_ENTRIES]]
        return f"[{', '.join(shown if len(value) <= _ENTRIES else [*shown, f'… ({len(value)} entries)'])}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{visible(str(key))} = {_nested(entry, depth - 1)}" for key, entry in value.items())
        return "{" + inside + "}" if depth else "{…}"
    return scalar(value)


def lines(value: object, kind: str | None = None) -> list[str]:
    """A value on as many lines as it needs: a row of a matrix or a shape of a list on each.

    >>> lines([[0, 0.75], [0.25, -0.5]])
    ['  0   3/4', '1/4  -1/2']
    """
    texts = entries(value, kind)
    if texts is not None:
        return _first(texts, "shapes")
    if not isinstance(value, list | tuple):
        return [one_line(value)]
    rank = _rank(value)
    if rank == 2:
        return _matrix(value)
    if rank == 1:
        return _matrix([value])
    if rank is None or rank > 6:
        return [one_line(value)]
    return _slices(value, ())


def _rank(value: object) -> int | None:
    """How many axes a nested list has, None if leaves are at different depths."""
    rank = 0
    level: list[object] = [value]
    while level and all(isinstance(entry, list | tuple) for entry in level):
        rank += 1
        level = [leaf for entry in level for leaf in entry]  # type: ignore[attr-defined]
    return None if any(isinstance(entry, list | tuple) for entry in level) else rank


def _first(rows: list[str], word: str) -> list[str]:
    return rows if len(rows) <= _ROWS else [*rows[:_ROWS], f"… ({len(rows)} {word})"]


def _matrix(rows: Sequence[Any]) -> list[str]:
    """Rows with their columns aligned to the right; long rows and long matrices are cut, with a notice."""
    cells = [[scalar(cell) for cell in row[:_COLUMNS]] for row in rows[:_ROWS]]
    widths = [
        max(len(row[column]) for row in cells if column < len(row))
        for column in range(max((len(row) for row in cells), default=0))
    ]
    shown = []
    for row, whole in zip(cells, rows, strict=False):
        line = "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False))
        shown.append(line if len(whole) <= _COLUMNS else f"{line}  … ({len(whole)} columns)")
    return shown if len(rows) <= _ROWS else [*shown, f"… ({len(rows)} rows)"]


def _slices(value: Sequence[Any], index: tuple[int, ...]) -> list[str]:
    """An array of rank 3 and more: its matrices, each under its index."""
    shown: list[str] = []
    for position, entry in enumerate(value):
        if len(shown) > 2 * _ROWS:
            return [*shown, f"… ({len(value)} slices)"]
        here = (*index, position)
        if _rank(entry) == 2:
            shown += [f"[{', '.join(map(str, here))}]", *_matrix(entry)]
        else:
            shown += _slices(entry, here)
    return shown


def marks(points: Decimal) -> str:
    """Points without needless zeros.

    >>> marks(Decimal("14.50")), marks(Decimal("4.00")), marks(Decimal("10"))
    ('14.5', '4', '10')
    """
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text
