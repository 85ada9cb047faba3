"""Forms in which an option and what a student writes are compared: as numbers, and as a formula without blanks."""

from __future__ import annotations

import re
from decimal import Decimal

from grader.answers.alternatives import of_words


def numeric(text: str) -> tuple[Decimal, ...] | None:
    """A number or a shape as numbers, in any spelling; None for words."""
    pieces = [piece for piece in re.split(r"\s*(?:[x×*,]|\s)\s*", text.strip("()[] ")) if piece]
    try:
        return tuple(Decimal(piece).normalize() for piece in pieces) if 0 < len(pieces) <= 12 else None
    except ArithmeticError:  # not a number, or out of bounds
        return None


def bare(text: str) -> str | None:
    """A formula without blanks and brackets, which identifies an option if no two are then alike."""
    return re.sub(r"[\s()\[\]*]", "", text) if re.search(r"\w\s?[-+/^=*)]", text) else None


def other_formula(text: str, option: str) -> bool:
    """Whether an option is a formula that a text has the letters of, but not by itself: `o(n*n)` for `o(n)`.

    >>> other_formula("o(n*n)", "o(n)"), other_formula("linear: o(n)", "o(n)"), other_formula("max of all", "max")
    (True, False, False)
    """
    if of_words(option) or not re.search(r"[()^*/+=]", option):
        return False
    inside = r"\s*".join(map(re.escape, "".join(option.split())))
    return re.search(rf"(?<![\w*/^+-])(?<![*/^+-]\s){inside}(?!\s?[*/^+-]|\w|\()", text) is None
