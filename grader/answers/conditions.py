"""A formula with the condition under which it is meant, `z for z > 0`: only a part of the answer."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from grader.answers.characters import fold
from grader.answers.formulas import calculated
from grader.answers.pasted import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.answers.values import Formula
from grader.errors import UnreadableError
from grader.patterns import pattern
from grader.structs import Struct

Bound: TypeAlias = "tuple[str | float, str, str | float]"
"""Two sides, each a symbol or a number, and the sign between them."""

_MAX_TEXT = 400
_ONLY_IF = fold(r"if|when|whenever|unless|except|provided|as long as|falls|wenn|sofern|si|если|اگر|وقتی|如果|当")
_FOR = fold(r"for|where|assuming|für|pour|para|для|برای|对")
_LED = pattern(rf"[\s(,;]\(?\s*(?:only\s+)?(?:({_ONLY_IF})|{_FOR})\s+([^;]+?)\s*\)?\s*\.?$", re.IGNORECASE)
_COMPARED = pattern(r"(?:,|\s\()\s*([^\W\d]\w{0,7}\s*[<>≤≥].*?|[-+\d.]+\s*[<>≤≥].*?)\s*\)?(?:时)?$", needs="<>≤≥")
_AND = pattern(r"\s*(?:,|&|∧|\b(?:and|und|et|y)\b)\s*")
_BOUND = pattern(r"\s*([^<>≤≥=]+?)\s*(<=|>=|[<>≤≥])\s*([^<>≤≥=]+?)\s*(?:(<=|>=|[<>≤≥])\s*([^<>≤≥=]+?)\s*)?")
_SIGNED = pattern(r"(?:(\w+)\s(?:is\s)?)?(non-?|not\s)?(positive|negative)(?:\s(\w+))?")
_BY_SIGN = {("", "positive"): ">", ("", "negative"): "<", ("non", "positive"): "≤", ("non", "negative"): "≥"}
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "≤": operator.le,
    "≥": operator.ge,
}


class Conditioned(Struct):
    """A formula and the condition written behind it, which `evaluate` ignores.

    `said` is the condition as written; `bounds` are its comparisons, or None for one that is not understood.
    """

    formula: Formula
    said: str
    bounds: tuple[Bound, ...] | None

    @property
    def text(self) -> str:
        """The formula as written."""
        return self.formula.text

    @property
    def names(self) -> frozenset[str]:
        """The symbols and earlier parts that it uses."""
        return self.formula.names

    @property
    def stepped(self) -> bool:
        """Whether only integer points are meaningful."""
        return self.formula.stepped

    def evaluate(self, point: Mapping[str, float]) -> float:
        """The formula's value at a point, whether or not the condition holds there."""
        return self.formula.evaluate(point)

    def holds(self, point: Mapping[str, float]) -> bool:
        """Whether the condition holds at a point; False for one that is not understood."""
        if self.bounds is None:
            return False
        sides = [(_at(one, point), sign, _at(other, point)) for one, sign, other in self.bounds]
        return all(_ORDER[sign](one, other) for one, sign, other in sides)

    def refused(self) -> UnreadableError:
        """The error for a formula that is right, or may be, where its condition holds, and nowhere else."""
        return unreadable(
            "expected a formula for all values, received {received}, which is for {condition} alone",
            received=quoted(self.text),
            condition=quoted(self.said),
        )


def with_condition(raw: str, formula: Formula, symbols: Sequence[str]) -> Formula:
    """The formula with the condition behind it; the same formula where none is written.

    >>> from grader.answers.formulas import parse_formula
    >>> with_condition("z for z > 0", parse_formula("z", ["z"], []), ["z"]).bounds
    (('z', '>', 0.0),)
    >>> z = parse_formula("z", ["z"], [])
    >>> with_condition("z for all z", z, ["z"]) is z, with_condition("z, where z is the input", z, ["z"]) is z
    (True, True)
    """
    if len(raw) > _MAX_TEXT:
        return formula
    text = " ".join(unlatex(fold(raw)).split())
    led = _LED.search(text)
    found = led or _COMPARED.search(text)
    if found is None:
        return formula
    said = found[2] if led else found[1]
    bounds = _bounds(said, symbols)
    return Conditioned(formula, said, bounds) if bounds is not None or (led and led[1]) else formula


def _bounds(said: str, symbols: Sequence[str]) -> tuple[Bound, ...] | None:
    """The comparisons of a condition on symbols; None for one that is not understood."""
    bounds: list[Bound] = []
    for piece in _AND.split(said):
        signed = _SIGNED.fullmatch(piece.strip())
        name = (signed[1] or signed[4]) if signed else None
        found = _BOUND.fullmatch(piece)
        if signed and isinstance(name, str) and name in symbols:
            bounds.append((name, _BY_SIGN["non" if signed[2] else "", signed[3]], 0.0))
        elif found:
            sides = [_side(part, symbols) for part in (found[1], found[3], *([found[5]] if found[5] else []))]
            signs = [sign.replace("<=", "≤").replace(">=", "≥") for sign in (found[2], found[4]) if sign]
            for (one, other), sign in zip(pairwise(sides), signs, strict=True):
                if one is None or other is None:
                    return None
                bounds.append((one, sign, other))
        else:
            return None
    return tuple(bounds)


def _at(side: str | float, point: Mapping[str, float]) -> float:
    return float(point[side]) if isinstance(side, str) else side


def _side(part: str, symbols: Sequence[str]) -> str | float | None:
    """A declared symbol, or the value of a number; None for anything else."""
    if part in symbols:
        return part
    try:
        return float(calculated(part))
    except UnreadableError:
        return None
