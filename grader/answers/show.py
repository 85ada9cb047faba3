"""How an answer was read, as text for people and as plain data for JSON."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from grader.answers.values import Number, Readings


def shown(readings: Readings) -> str:
    """A reading as text: fractions as fractions, digits as written, shapes in brackets, matrices as aligned rows."""
    from grader.answers.kinds import KINDS

    return "blank" if readings.blank else KINDS[readings.kind].show(readings.value)


def value_text(value: object) -> str:
    """A number, a formula, or nested rows of them."""
    if not isinstance(value, tuple):
        return _leaf(value)
    if not any(isinstance(item, tuple) for item in value):
        return "  ".join(map(_leaf, value))
    if any(isinstance(cell, tuple) for row in value for cell in row):
        return "\n\n".join(map(value_text, value))
    rows = [[_leaf(cell) for cell in row] for row in value]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _leaf(value: object) -> str:
    if value is None:
        return "blank"
    return number_text(value) if isinstance(value, Number) else str(getattr(value, "text", value))


def number_text(number: Number) -> str:
    """The number as it was read: a fraction as a fraction, a decimal with the digits written.

    >>> number_text(Number(Fraction(9, 4), "9/4")), number_text(Number(Fraction(1, 10), "0.10", 2, 2))
    ('9/4', '0.10')
    """
    value = number.value
    if isinstance(value, float):
        return repr(value)
    decimals = None if number.decimals is None else math.ceil(number.decimals)
    if decimals is None or decimals <= 0:
        return str(value) if value.denominator < 10**12 else repr(float(value))
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact:.{decimals}f}" if decimals <= 15 else f"{float(value):.{(number.significant or 1) - 1}e}"


def plain(readings: Readings) -> object:
    """The most natural reading as JSON data.

    Whole numbers as integers, others as floats, shapes as lists, blanks as None.
    """
    return plain_value(readings.value)


def plain_value(value: object) -> object:
    """A reading as JSON data."""
    if isinstance(value, Number):
        exact = value.value
        if isinstance(exact, Fraction):
            return float(exact)
        return int(exact) if isinstance(exact, int) else exact
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, Fraction):
        return float(value)
    if value is None or isinstance(value, (int, str)):
        return value
    return str(getattr(value, "text", value))


def shape_text(value: object) -> str:
    """A shape in brackets, `(14, 14, 32)`."""
    if not isinstance(value, tuple):
        return str(value)
    sizes = ", ".join(str(size) if isinstance(size, int) else repr(float(size)) for size in value)
    return f"({sizes}{',' if len(value) == 1 else ''})"
