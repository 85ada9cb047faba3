"""Chains such as `Z = (10 + 3 + 18 + 9) / 4 = 10`: the sides, in reading order."""

from __future__ import annotations

import re

_LINKS = re.compile(r"==|[=≈→]|:=")
_APPROXIMATE = re.compile(
    r"^(?:approximately|approx\.?|about|around|roughly|nearly|circa|ca\.|حدودا|حدود|تقریبا|نزدیک به)"
    r"(?=[\s\d:(.-])\s*:?\s*",
    re.IGNORECASE,
)
_COLON = re.compile(r"^[^\W\d][\w ]{0,30}:\s*")


def sides_of(text: str) -> list[str]:
    """The sides that are not empty; words such as `about` in front of a side are left out.

    >>> sides_of("σ = √(2/192) ≈ about 0.102")
    ['σ', '√(2/192)', '0.102']
    """
    sides = (_APPROXIMATE.sub("", side.strip()).strip() for side in _LINKS.split(text))
    return [side for side in sides if side]


def unlabelled(text: str) -> str:
    """The text without a label such as `Output:` in front."""
    return _COLON.sub("", text)
