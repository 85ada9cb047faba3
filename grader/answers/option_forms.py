"""Forms in which an option and what a student writes are compared: as numbers, and as a formula without blanks."""

from __future__ import annotations

import re
from decimal import Decimal


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
