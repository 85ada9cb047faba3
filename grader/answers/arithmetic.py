"""Arithmetic on what students write: exact while small, also for recurring decimals, always bounded, never complex."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

Exact: TypeAlias = "int | Fraction"
Real: TypeAlias = "int | Fraction | float"
ProgramStep: TypeAlias = "tuple[str, object, int]"
"""One step of a postfix program: the operation, its operand, and how many values it takes."""

_MAX_BITS = 4096


def evaluate(program: tuple[ProgramStep, ...], point: Mapping[str, Real]) -> Real:
    """The value of a program at a point.

    Raises:
        ArithmeticError: division by zero, or a value too large.
        ValueError: a root or logarithm outside its domain.
    """
    stack: list[Real] = []
    for action, what, takes in program:
        if action == "constant":
            stack.append(what)  # type: ignore[arg-type]
        elif action == "name":
            stack.append(point[str(what)])
        else:
            values = stack[len(stack) - takes :]
            del stack[len(stack) - takes :]
            stack.append(bounded(_OPERATIONS[action](*values)))
    return bounded(stack.pop())


def bounded(value: Real) -> Real:
    """The value, as a float once its exact form is long; OverflowError where that is infinite or NaN."""
    if type(value) is int and value.bit_length() <= _MAX_BITS:
        return value
    if isinstance(value, Fraction):
        if value.denominator == 1:
            value = value.numerator
        elif max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
            value = float(value)
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise OverflowError("the value is not finite")
    return value


def _exact(*values: Real) -> bool:
    return not any(isinstance(value, float) for value in values)


def divide(a: Real, b: Real) -> Real:
    """The quotient, exact for exact numbers."""
    return Fraction(a) / Fraction(b) if _exact(a, b) else a / b


def power(base: Real, exponent: Real) -> Real:
    """The power; exact only where the result is short, so that 9**9**9 costs nothing."""
    if _exact(base, exponent) and Fraction(exponent).denominator == 1:
        whole, exact = int(exponent), Fraction(base)
        bits = max(exact.numerator.bit_length(), exact.denominator.bit_length())
        if abs(whole) * bits <= _MAX_BITS:
            return exact**whole
    if base == 0 and exponent < 0:
        raise ZeroDivisionError("zero to a negative power")
    return math.pow(base, exponent)


def root(value: Real) -> Real:
    """The square root, exact for squares."""
    if value >= 0 and _exact(value):
        exact = Fraction(value)
        above, below = math.isqrt(exact.numerator), math.isqrt(exact.denominator)
        if above * above == exact.numerator and below * below == exact.denominator:
            return Fraction(above, below)
    return math.sqrt(value)


def _sigmoid(value: Real) -> Real:
    return 1 / (1 + math.exp(-value))


_OPERATIONS: Mapping[str, Callable[..., Real]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "//": lambda a, b: a // b,
    "^": power,
    "negate": lambda a: -a,
    "sqrt": root,
    "exp": math.exp,
    "log": math.log,
    "ln": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "floor": math.floor,
    "ceil": math.ceil,
    "abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "tanh": math.tanh,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "sech": lambda a: 1 / math.cosh(a),
    "sigmoid": _sigmoid,
    "relu": lambda a: max(a, 0),
    "pow": power,
    "int": math.floor,
    "max": max,
    "min": min,
}
FUNCTIONS = frozenset(name for name in _OPERATIONS if name.isalnum() and name != "negate")
STEPPED_ACTIONS = frozenset({"floor", "ceil", "//", "int"})


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
