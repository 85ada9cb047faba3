"""Names whose order everybody knows: x before y, rows before columns, lower before upper, 1 before 2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from grader.answers.characters import fold
from grader.patterns import pattern
from grader.structs import Struct

_GROUPS = tuple(
    tuple(fold(words).split())
    for words in (
        "x y z",
        "i j k",
        "row column",
        "zeile spalte",
        "ligne colonne",
        "fila columna",
        "سطر ستون",
        "行 列",
        "left right",
        "start end",
        "first last",
    )
)
_ENDS = (
    tuple(fold(words).split())
    for words in ("min max", "minimum maximum", "lower upper", "low high", "untere obere", "lo hi", "کمینه بیشینه")
)
_BY_END = {word: (stem, at) for stem, words in enumerate(_ENDS) for at, word in enumerate(words)}
_SHORT = {"rows": "row", "columns": "column", "col": "column", "cols": "column", "r": "row", "c": "column"}
_STEM = {word: (group, at) for group, words in enumerate(_GROUPS) for at, word in enumerate(words)}
_PARTS = pattern(r"([^\W\d_]+)[\s_{(\[]*(\d{1,3})?[})\]]*")
_END = pattern(rf"^({'|'.join(_BY_END)})|({'|'.join(_BY_END)})$")
_COLUMNS = pattern(
    fold(r"^\W*(?:(?:the|die|les)\s)?(?:columns?|cols?\.?|spalten?|colonnes?|columnas?|ستون\w*|列)\s?\d{0,3}\s*[:=]"),
    re.IGNORECASE,
)


class _Place(Struct):
    """Where a name stands: the group and the place in it of its stem, and its number."""

    group: tuple[int, int]
    at: int
    number: int


def against_custom(names: Sequence[str]) -> bool:
    """Whether names are in an order that nobody writes them in, so that their values may have been exchanged.

    Of two names with the same number the stems decide, and of two with the same stem the numbers; `min` counts as a
    smaller number than `max`.

    >>> against_custom(["x1", "y1", "x2", "y2"]), against_custom(["x1", "x2", "y1", "y2"]), against_custom(["w", "b"])
    (False, False, False)
    >>> against_custom(["y1", "x1", "y2", "x2"]), against_custom(["xmax", "xmin"]), against_custom(["column", "row"])
    (True, True, True)
    """
    places = [_placed(name) for name in names]
    for one, other in combinations(places, 2):
        if one is None or other is None or one.group != other.group:
            continue
        if (one.number == other.number and one.at > other.at) or (one.at == other.at and one.number > other.number):
            return True
    return False


def _placed(name: str) -> _Place | None:
    """The place of a name; None for a name of no customary order."""
    plain = re.sub(r"[\s_{}]", "", fold(name).casefold())
    end = _END.search(plain)
    stem, group, number = plain, -1, 0
    if end:
        word = end[1] or end[2]
        group, number = _BY_END[word]
        stem = plain.removeprefix(word) if end[1] else plain.removesuffix(word)
    elif found := _PARTS.fullmatch(plain):
        stem, number = found[1], int(found[2] or 0)
    stem = _SHORT.get(stem, stem)
    if stem in _STEM:
        return _Place((_STEM[stem][0], group), _STEM[stem][1], number)
    return _Place((-1, group), 0, number) if end and stem in ("", "bound", "limit", "value", "x") else None


def by_columns(folded: str) -> bool:
    """Whether a matrix is said to be written column by column.

    >>> by_columns("column 1: 10, 3; column 2: 9, 18"), by_columns("columns: (10, 3), (9, 18)"), by_columns("row 1: 2")
    (True, True, False)
    """
    return _COLUMNS.search(folded) is not None
