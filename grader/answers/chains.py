"""Chains such as `Z = (10 + 3 + 18 + 9) / 4 = 10`: the sides, in reading order."""

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
_COLON = pattern(r"^[^\W\d][\w ]{0,30}:\s*")


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


def sides_of(text: str) -> list[str]:
    """The sides that are not empty.

    >>> sides_of("σ = √(2/192) ≈ about 0.102")
    ['σ', '√(2/192)', '0.102']
    """
    return [side.text for side in chain_of(text)]


def unlabelled(text: str) -> str:
    """The text without a leading label such as `Output:`."""
    return _COLON.sub("", text)
