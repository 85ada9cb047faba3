"""Splitting a text outside its brackets: at separators, or into the sides of a chain, `Z = (7 + 3) / 4 = 2.5`."""

from __future__ import annotations

import re

from grader.answers.characters import fold
from grader.patterns import pattern
from grader.structs import Struct

_WORDS = (
    r"(?:,?\s(?:which is|(?<=[\d)] )is(?= \d)|which gives|which equals|that is|i\.e\.,?|so it is|gives|yields|equals|"
    r"is equal to|rounded to|rounds to|rounded down to|rounded up to|das heißt|d\.h\.|ergibt|es decir|c'est-à-dire|"
    r"то есть|یعنی|"
    r"floor\s?→|becomes|so)\s)"
)
_LINKS = pattern(fold(rf"(:?==?|≈|→|←|∴|⟹|{_WORDS})"), re.IGNORECASE)
_APPROXIMATE = pattern(
    fold(
        r"^(?:approximately|approx\.?|about|around|roughly|nearly|circa|ca\.?|etwa|ungefähr|rund|environ|aproximadamente|"
        r"примерно|приблизительно|около|حدودا|حدود|تقریبا|تقريبا|نزدیک به|حوالي|大约|约|약|대략)"
        r"(?=[\s\d:(.-])\s*:?\s*"
    ),
    re.IGNORECASE,
    needs=fold(
        "approx about around roughly nearly ca etwa ungefähr rund environ aproximadamente примерно приблизительно "
        "около حدود تقریبا تقريبا نزدیک حوالي 大约 约 약 대략"
    ).split(),
)


MAX_SIDES = 50
"""More sides of a chain, or statements, are not read."""


class Side(Struct):
    """One side of a chain; `link` is the sign before it: `=`, `≈`, `→`, or nothing for the first."""

    text: str
    link: str


def chain_of(text: str) -> list[Side]:
    """The sides that are not empty, each with the link before it and without leading words such as `about`.

    >>> [(side.link, side.text) for side in chain_of("28/2 = 14.5 → 14")]
    [('', '28/2'), ('=', '14.5'), ('→', '14')]
    """
    sides: list[Side] = []
    start, link = 0, ""
    for found in _LINKS.finditer(text):
        if _inside_brackets(text, start, found.start()):
            continue
        _add(sides, text[start : found.start()], link)
        start, link = found.end(), found[0]
    _add(sides, text[start:], link)
    return sides


def _inside_brackets(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] opens a bracket that closes only after it."""
    open_now = sum((text[at] in "([{") - (text[at] in ")]}") for at in range(start, end))
    return open_now > 0 and any(closer in text[end:] for closer in ")]}")


def _add(sides: list[Side], text: str, link: str) -> None:
    side = _APPROXIMATE.sub("", text.strip()).strip()
    if side:
        kind = "" if not sides else "=" if set(link) <= set(":=") else "≈" if link == "≈" else "→"
        sides.append(Side(side, kind))


def outside(text: str, marks: str, opening: str = "([{", closing: str = ")]}") -> list[str]:
    """The pieces between marks that are in no brackets; the `*` of `**` is no mark.

    >>> outside("(1, 2), 3", ","), outside("2**3 * 4", "*")
    (['(1, 2)', ' 3'], ['2**3 ', ' 4'])
    """
    pieces, start, level = [], 0, 0
    for at, char in enumerate(text):
        level += (char in opening) - (char in closing)
        if level == 0 and char in marks and "**" not in text[max(0, at - 1) : at + 2]:
            pieces.append(text[start:at])
            start = at + 1
    return [*pieces, text[start:]]


def end_of_bracket(text: str, opening: str = "([{", closing: str = ")]}") -> int:
    """Where the bracket at the start of a text ends; 0 if it is never closed."""
    level = 0
    for at, char in enumerate(text):
        level += (char in opening) - (char in closing)
        if level == 0:
            return at + 1
    return 0


def closes_last(text: str, opening: str = "([{", closing: str = ")]}") -> bool:
    """Whether the first bracket closes at the end, as in `((1, 2), (3, 4))` and not in `((1)/(4)) ((3)/(4))`."""
    return 0 < end_of_bracket(text, opening, closing) == len(text)


def outermost(text: str) -> tuple[list[tuple[int, int]], bool]:
    """Where the outermost brackets of any kind begin and end, and whether all of them are closed.

    >>> outermost("f(x, (y)) + [1]"), outermost("(1")
    (([(1, 9), (12, 15)], True), ([], False))
    """
    found, start, level = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            start = at if level == 0 else start
            level += 1
        elif char in ")]}" and level:
            level -= 1
            if level == 0:
                found.append((start, at + 1))
    return found, level == 0
