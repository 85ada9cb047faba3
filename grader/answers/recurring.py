"""Recurring decimals: where the period of written digits begins, and the exact value."""

from __future__ import annotations

from fractions import Fraction


def period_of(digits: str) -> tuple[str, str] | None:
    """The digits before a period, and the period, if it occurs at least twice at the end.

    >>> period_of("1666"), period_of("142857142857"), period_of("14")
    (('1', '6'), ('', '142857'), None)
    """
    for length in range(1, len(digits) // 2 + 1):
        period = digits[-length:]
        if digits.endswith(period * 2) and set(period) != {"0"}:
            start = digits
            while start.endswith(period):
                start = start[:-length]
            return start, period
    return None


def recurring(sign: str, whole: str, start: str, period: str) -> int | Fraction:
    """The exact value of a recurring decimal.

    >>> recurring("", "0", "1", "6"), recurring("-", "1", "", "9")
    (Fraction(1, 6), -2)
    """
    value = Fraction(int(whole + start or "0"), 10 ** len(start))
    value += Fraction(int(period), 10 ** len(start) * (10 ** len(period) - 1))
    value = -value if sign == "-" else value
    return value.numerator if value.denominator == 1 else value
