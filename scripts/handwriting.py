"""How the students of the example class write: a seeded draw, and one way of writing for each student."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import prod
from typing import Any, TypeVar

PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")

One = TypeVar("One")


class Draw:
    """Choices from a seed; built on `random()` alone, whose numbers are the same in every version of Python."""

    def __init__(self, seed: str) -> None:
        """The same seed draws the same."""
        self._random = random.Random(seed).random

    def chance(self, share: float) -> bool:
        """True that often."""
        return self._random() < share

    def one(self, items: Sequence[One], often: Sequence[int] | None = None) -> One:
        """One of the items."""
        weights = often or [1] * len(items)
        place = self._random() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            place -= weight
            if place < 0:
                return item
        return items[-1]

    def order(self, count: int) -> list[int]:
        """The numbers below `count`, shuffled."""
        return [number for _, number in sorted((self._random(), number) for number in range(count))]


@dataclass(frozen=True)
class Hand:
    """One student's way of writing."""

    fractions: str
    matrices: str
    times: str
    shapes: str
    working: bool
    persian: bool
    long_minus: bool

    @classmethod
    def of(cls, draw: Draw) -> Hand:
        """A way of writing; one student in eight writes Persian."""
        return cls(
            draw.one(("slash", "decimal", "latex"), (6, 4, 1)),
            draw.one(("rows", "tabs", "lists", "latex"), (5, 1, 5, 1)),
            draw.one(("*", " * ", " x ", "x", " × "), (3, 2, 3, 1, 1)),
            draw.one(("plain", "round", "list", "None"), (6, 2, 3, 2)),
            draw.chance(0.5),
            draw.chance(0.125),
            draw.chance(0.15),
        )

    def number(self, value: Any, coarse: bool = False) -> str:
        """One number; a decimal with as many digits as it has, or three, or one behind the point if `coarse`."""
        exact = Fraction(float(value)).limit_denominator(144)
        if exact.denominator == 1:
            return str(exact)
        if coarse:
            return str(Decimal(float(exact)).quantize(Decimal("0.1"), ROUND_HALF_UP))
        if self.fractions == "decimal":
            return f"{float(exact):.4f}".rstrip("0") if 10_000 % exact.denominator == 0 else f"{float(exact):.3g}"
        if self.fractions == "latex" and not self.persian:
            sign = "-" if exact < 0 else ""
            return f"{sign}\\frac{{{abs(exact.numerator)}}}{{{exact.denominator}}}"
        return str(exact)

    def said(self, text: str) -> str:
        """A literal TOML string in the student's digits and signs."""
        text = text.translate(PERSIAN) if self.persian else text
        text = text.replace("-", "−") if self.long_minus else text
        return f"'''\n{text}\n'''" if "\n" in text else f"'{text}'"

    def scalar(self, text: str) -> str:
        """A number as TOML has it, else a string."""
        return text if set(text) <= set("-.0123456789") and not self.persian else self.said(text)

    def matrix(self, value: Any, coarse: bool = False) -> str:
        """A matrix: rows of text, nested lists, or LaTeX."""
        rows = [[self.number(entry, coarse) for entry in row] for row in value]
        if self.matrices == "lists":
            return "[" + ", ".join("[" + ", ".join(map(self.scalar, row)) + "]" for row in rows) + "]"
        if self.matrices == "latex":
            return self.said(r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in rows) + r" \end{bmatrix}")
        if self.matrices == "tabs":
            return self.said("\n".join("\t".join(row) for row in rows))
        width = max(len(entry) for row in rows for entry in row)
        return self.said("\n".join(" ".join(entry.rjust(width) for entry in row) for row in rows))

    def shape(self, sizes: Sequence[Any], before: Sequence[Any]) -> str:
        """A shape; after flatten with the product before it if the student shows working."""
        texts = [f"{size:g}" if isinstance(size, float) else str(size) for size in sizes]
        if len(texts) == 1 and self.working and len(before) > 1 and int(texts[0]) == prod(before):
            return self.said(self.times.join(map(str, before)) + " = " + texts[0])
        if self.shapes == "None":
            return self.said("(" + ", ".join(["None", *texts]) + ")")
        if len(texts) == 1:
            return self.scalar(texts[0])
        if self.shapes == "list" and not self.persian:
            return "[" + ", ".join(texts) + "]"
        return self.said("(" + ", ".join(texts) + ")" if self.shapes == "round" else self.times.join(texts))

    def mean(self, value: Any, of: Any) -> str:
        """The result of pooling, with the sum where it is that of the matrix that the student pooled."""
        entries = [float(entry) for row in of for entry in row]
        said = " + ".join(f"({entry:g})" if entry < 0 else f"{entry:g}" for entry in entries)
        result = self.number(value)
        if self.working and "." not in result and float(value) == sum(entries):
            return self.said(f"{said} = {result}")
        if self.working and "." not in result and float(value) == sum(entries) / 4:
            return self.said(f"({said})/4 = {result}")
        return self.scalar(result)
