"""Decimal and thousands separators: which of them a text uses, and the same text with a decimal point alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from grader.answers.characters import THIN, fold
from grader.patterns import pattern

DecimalMark = Literal[".", ","]
"""A decimal mark."""

_TOKEN = pattern(rf"(?<![\w.,'{THIN}])(?:\d+(?:[.,'{THIN}]\d+)*|[.,]\d+)(?![\d'])")
_COMMA = pattern(
    rf"\d+|[1-9]\d{{0,2}}(?:\.\d{{3}})+(?:,(?!\d{{3}}$)\d+)?|[1-9]\d{{0,2}}(?:['{THIN}]\d{{3}})+(?:,\d+)?|\d*,\d+"
)
_REPEATED = pattern(r"(?<=\d),(?=\(\d{1,30}\))", needs=",")
"""The comma of `0,(3)`."""
_SPACED = pattern(r"(?<![\w.,] )(?<![\w.,])[1-9]\d{0,2}(?: \d{3})+(?![\d ]*\d)(?!/)", needs=" ")
_PERSIAN_SLASH = pattern(
    r"(?<![\d/])([\u0660-\u0669\u06f0-\u06f9]{1,9})/([\u0660-\u0669\u06f0-\u06f9]{1,9})(?![\d/])", needs="/"
)
_SURE_COMMA = pattern(r"\d*,\d{1,2}|\d*,\d{4,}|0,\d+|\d+(?:\.\d{3})+,\d+", needs=",")
_SURE_POINT = pattern(r"\d*\.\d{1,2}|\d*\.\d{4,}|0\.\d+|\d+(?:,\d{3})+\.\d+", needs=".")


def with_point(text: str) -> str | None:
    """A folded text that uses a decimal comma, with a decimal point and no thousands marks; None where it does not.

    >>> with_point("0,5; 1.234,25"), with_point("2,125"), with_point("1,5,3"), with_point("0.5")
    ('0.5; 1234.25', '2.125', None, None)
    """
    fits = True

    def rewritten(found: re.Match[str]) -> str:
        nonlocal fits
        token = found[0]
        if not _COMMA.fullmatch(token):
            fits = False
            return token
        return token.replace(".", "").replace("'", "").replace(THIN, "").replace(",", ".")

    written = _TOKEN.sub(rewritten, _REPEATED.sub(".", text))
    return written if fits else None


def with_slashes(raw: object) -> list[tuple[object, bool]]:
    """An array's text or lists as written, and with Persian slashes as decimal marks; whether each is natural.

    Where one of them can only be a decimal mark, `۰/۵`, all of them are.

    >>> with_slashes("۲/۵ و ۳/۵")
    [('۲/۵ و ۳/۵', True), ('۲.۵ و ۳.۵', False)]
    >>> with_slashes(["۰/۵", "۲/۵"])[0], with_slashes("1/2, 3/4")
    ((['۰.۵', '۲.۵'], True), [('1/2, 3/4', True)])
    """
    found = _slashed(raw)
    if not found:
        return [(raw, True)]
    sure = any(not int(above) or not int(below) for above, below in found)
    readings = [(raw, not sure), (_pointed(raw), sure)]
    return readings[::-1] if sure else readings


def _slashed(raw: object) -> list[tuple[str, str]]:
    if isinstance(raw, list):
        return [pair for item in raw for pair in _slashed(item)]
    return _PERSIAN_SLASH.findall(raw) if isinstance(raw, str) and "/" in raw and not raw.isascii() else []


def _pointed(raw: object) -> object:
    if isinstance(raw, list):
        return [_pointed(item) for item in raw]
    return _PERSIAN_SLASH.sub(r"\1.\2", raw) if isinstance(raw, str) else raw


def with_points(raw: list[object]) -> list[object] | None:
    """A list of texts with their decimal commas as points; None where they have none."""
    changed = False
    written: list[object] = []
    for item in raw:
        other = item
        if isinstance(item, str) and "," in item:
            other = with_point(fold(item))
        elif isinstance(item, list):
            other = with_points(item) or item
        if other is None:
            return None
        changed = changed or other is not item
        written.append(other)
    return written if changed else None


def sure_comma(text: str) -> bool:
    """Whether a folded text has a number whose comma can only be a decimal mark."""
    return any(_SURE_COMMA.fullmatch(token) for token in _TOKEN.findall(text))


def joined(text: str) -> str:
    """A folded text for one number, with thousands groups that spaces separate joined.

    >>> joined("1 234 567.5"), joined("1 5 6")
    ('1234567.5', '1 5 6')
    """
    return _SPACED.sub(lambda found: found[0].replace(" ", ""), text)


def decimal_mark(numbers: Iterable[object], others: Iterable[object]) -> DecimalMark | None:
    """The decimal mark that a paper clearly uses; None where it uses none, or both.

    `numbers` are its answers to parts that ask for one number: there `0,5` has a decimal comma, while in a list it may
    be two numbers. A bare TOML value tells nothing, as TOML itself requires a point.

    >>> decimal_mark(["0,5", "2,125"], []), decimal_mark(["1,234.5"], ["0,5"]), decimal_mark(["2,125"], ["1.796"])
    (',', '.', None)
    """
    alone, listed = ([_sure(text) for raw in answers for text in _texts(raw)] for answers in (numbers, others))
    comma = any(comma for comma, _ in alone)
    point = any(point for _, point in (*alone, *listed))
    if comma == point:
        return None
    return "," if comma else "."


def _texts(raw: object) -> list[str]:
    """The texts in an answer that have a mark."""
    if isinstance(raw, str):
        return [raw] if len(raw) <= 20_000 and any(mark in raw for mark in ".,٫") else []
    if not isinstance(raw, list) or len(raw) >= 2000:
        return []
    return [text for item in raw if isinstance(item, (str, list)) for text in _texts(item)]


@lru_cache(maxsize=500)
def _sure(text: str) -> tuple[bool, bool]:
    """Whether a text has numbers that clearly use a decimal comma, and numbers that clearly use a point."""
    tokens = _TOKEN.findall(fold(text))
    return any(map(_SURE_COMMA.fullmatch, tokens)), any(map(_SURE_POINT.fullmatch, tokens))
