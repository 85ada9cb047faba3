"""What the names of entries tell: which label each means, the number in it, and whether they are in the usual order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from grader.answers.characters import fold
from grader.answers.remarks import words_change
from grader.answers.tokens import spellings
from grader.patterns import pattern
from grader.structs import Struct

_ARTICLE = pattern(r"^(?:the|an?|der|die|das|la|le|el|new)\s+")
_DECORATION = pattern(
    r"[_ ]?(?:new|neu|next|old|hat)$|[_^]?\(*t\s?\+\s?1\)*$|['*]+$|\^\(\(\w{1,3}\)\)$|_?\d{1,2}$|\^[^\W\d]$"
)
_OF_VARIABLE = pattern(
    r"\(*[d∂]\s?[^\W\d_]{0,6}\)?\s?/\s?\(?[d∂]\s?(\w{1,12})\)*|(?:∇_?|grad(?:ient)? (?:of )?)(\w{1,12})"
)
_SYNONYMS = (
    ("mean", "mu", "μ", "average", "avg", "mittelwert", "moyenne", "media", "میانگین"),
    ("var", "variance", "σ2", "sigma2", "s2", "varianz", "varianza", "واریانس"),
    ("std", "sd", "σ", "sigma", "stdev", "stddev", "standarddeviation", "standardabweichung"),
)
_ENDING = pattern(r"(\D*?)[\s_^(\[{#]*(\d{1,4})[)\]}]*")
_ORDINALS = {
    word: number
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth",
        "erste zweite dritte vierte fünfte sechste",
        "ersten zweiten dritten vierten fünften sechsten",
        "erstens zweitens drittens viertens fünftens sechstens",
        "premier deuxième troisième quatrième cinquième sixième",
        "première seconde",
        "primero segundo tercero cuarto quinto sexto",
        "primera segunda tercera cuarta quinta sexta",
        "اول دوم سوم چهارم پنجم ششم هفتم هشتم",
        "اولی دومی سومی چهارمی پنجمی ششمی",
        "اولین دومین سومین چهارمین پنجمین ششمین",
    )
    for number, word in enumerate(fold(words).casefold().split(), start=1)
}
_ORDINAL = rf"(?<![^\W\d_])({'|'.join(sorted(_ORDINALS, key=len, reverse=True))})(?![^\W\d_])"
_IN_ROWS = fold(
    r"(?:rows?|columns?|cols?|channels?|zeilen?|spalten?|kanal|kanäle|lignes?|colonnes?|canal|filas?|columnas?|"
    r"سطر|ردیف|ستون|کانال)"
)
_ORDINAL_ROW = pattern(rf"{_ORDINAL}\s+({_IN_ROWS})(?![^\W\d_])|({_IN_ROWS})\s+{_ORDINAL}", re.IGNORECASE)


def placed(written: list[str], names: tuple[str, ...]) -> list[int | None]:
    """The positions among `names` of what was written, None for a name that fits none of them.

    A name may be spelled out (`true positives` for TP), shortened (`s` for stride), longer (`accuracy` for acc),
    decorated alike in all places (`w_new`, `b_new`), or stand among other words (`the mean value`); the
    strictest reading that places all counts.

    >>> placed(["P(B)", "p_a"], ("pa", "pb")), placed(["w'", "b'"], ("w", "b")), placed(["p", "s"], ("stride", "pad"))
    ([1, 0], [0, 1], [1, 0])
    """
    spelled = {form.casefold(): at for at, name in reversed(list(enumerate(names))) for form in spellings(name)}
    close = {_letters(form): at for form, at in reversed(spelled.items())}
    for group in _SYNONYMS:
        at = _only(close[word] for word in group if word in close)
        close |= {word: at for word in group if at is not None and word not in close}
    plain = [_ARTICLE.sub("", name.casefold().strip()) for name in written]
    alike = len({found and found[0] for found in map(_DECORATION.search, plain)}) == 1
    readers: tuple[Callable[[str], int | None], ...] = (
        lambda name: spelled.get(name, spelled.get(_initials(name))),
        lambda name: close.get(_letters(name)),
        lambda name: close.get(_letters(_DECORATION.sub("", name))) if alike else None,
        lambda name: _derivative(name, close),
        lambda name: _only(at for form, at in spelled.items() if _says(name, form)),
        lambda name: _only(at for form, at in spelled.items() if form.startswith(name)),
        lambda name: _only(at for form, at in spelled.items() if len(form) > 2 and name.startswith(form)),
    )
    best: list[int | None] = [None] * len(written)
    for read in readers:
        places = [read(name) for name in plain]
        if None not in places and len(set(places)) == len(places):
            return places
        best = [old if old is not None else new for old, new in zip(best, places, strict=True)]
    return best


def _says(name: str, form: str) -> bool:
    """Whether a name consists of words, one of them `form`, and none that changes the value: not `sigma squared`."""
    words = name.split()
    return form in words and all(map(str.isalpha, words)) and not words_change(" ".join(words))


def _derivative(name: str, close: dict[str, int]) -> int | None:
    """The place of `dw`, `grad_w` or `w` for `∂L/∂w`."""
    found = _OF_VARIABLE.fullmatch(name)
    forms = [front + _letters(found[1] or found[2]) for front in ("d", "grad", "g", "")] if found else []
    return next((close[form] for form in forms if form in close), None)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name)


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words) if len(words) > 1 else name


def _only(places: Iterable[int]) -> int | None:
    """The only place, None where there are several or none."""
    found = set(places)
    return found.pop() if len(found) == 1 else None


def stem_and_number(name: str) -> tuple[str, int] | None:
    """The number that a name ends in, and what stands before it: `Layer 2`, `y_2`, `y[2]`, `2`, `second`."""
    plain = _ARTICLE.sub("", name.casefold().strip())
    words = plain.split()
    ordinal = next((word for word in (*words[:1], *words[1:2]) if word in _ORDINALS), None)
    if ordinal is not None:
        return " ".join(word for word in words if word != ordinal), _ORDINALS[ordinal]
    found = _ENDING.fullmatch(plain)
    return (found[1].strip(" _^([{#"), int(found[2])) if found else None


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
        "left middle right",
        "top bottom",
        "start end",
        "first middle last",
        "red green blue",
        "input output",
    )
)
_LETTERED = tuple(
    tuple(fold(words).split())
    for words in ("a b c d e f g h", "i ii iii iv v vi vii viii", "الف ب پ ت ث ج", "الف ب ج د")
)
"""Letters of parts, in order; names in other places, such as `b` beside `w`, are no such letters."""
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
    fold(
        r"^\W*(?:(?:the|die|les)\s)?(?:columns?|cols?\.?|spalten?|colonnes?|columnas?|ستون\w*|列)\s?\d{0,3}\s*[:=]|"
        r"\bcolumn[- ]?(?:wise|major)|column (?:by|after) column|\b(?:are|as) (?:the )?columns\b|\(\s?columns\s?\)|"
        r"\beach\s[a-z ]{0,20}is a column|spaltenweise|par colonnes?|por columnas|ستونی|ستون به ستون|按列"
    ),
    re.IGNORECASE,
)


_PAGE = pattern(r"(?<![^\s])\w{0,30}\(:,\s?:,\s?(\d{1,4})\)\s*=", needs="(:")
"""What MATLAB writes above each matrix of an array of three axes."""


_BULLETED = pattern(
    rf"^[ \t]*\(?([a-h]|[ivx]{{1,4}}|{fold('الف|[بپتثجد]')})[).][ \t]", re.IGNORECASE | re.MULTILINE, needs=")."
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
    >>> against_custom(["c", "b", "a"]), against_custom(["h", "w", "d"]), against_custom(["bottom row", "top row"])
    (True, False, True)
    """
    letters = tuple(fold(name).casefold().strip(" ().") for name in names)
    if any(letters != group[: len(letters)] and set(letters) == set(group[: len(letters)]) for group in _LETTERED):
        return True
    places = [_placed(name) for name in names]
    for one, other in combinations(places, 2):
        if one is None or other is None or one.group != other.group:
            continue
        if (one.number == other.number and one.at > other.at) or (one.at == other.at and one.number > other.number):
            return True
    return False


def _placed(name: str) -> _Place | None:
    """The place of a name; None for a name of no customary order."""
    words = fold(name).casefold().split()
    named = len(words) > 1 and words[0] in _STEM and not words[1].isdigit()  # `left image`
    plain = words[0] if named else re.sub(r"[\s_{}]", "", fold(name).casefold())
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


def bullets(folded: str) -> list[str]:
    """The letters in front of lines, where each line has one.

    >>> bullets("b) 1\\na) 2"), bullets("a) 1\\n2")
    (['b', 'a'], [])
    """
    found = _BULLETED.findall(folded)
    return found if len(found) == sum(1 for line in folded.split("\n") if line.strip()) else []


def exchanged(names: Sequence[str]) -> bool:
    """Whether the names of rows are against custom, or their numbers do not ascend.

    >>> exchanged(["layer 2", "layer 1"]), exchanged(["second", "first"]), exchanged(["conv 2", "pool 1"])
    (True, True, False)
    """
    found = [stem_and_number(fold(name)) for name in names]
    numbers = [one[1] for one in found if one]
    alike = len(names) > 1 and len(numbers) == len(names) and len({one[0] for one in found if one}) == 1
    return (alike and numbers != sorted(numbers)) or against_custom(names)


def numbered_rows(folded: str) -> str:
    """A text in which rows, columns and channels have numbers in place of ordinals.

    >>> numbered_rows("second row: 1, 2; first row: 3, 4")
    'row 2: 1, 2; row 1: 3, 4'
    """
    folded = _PAGE.sub(r"page \1:", folded)
    return _ORDINAL_ROW.sub(
        lambda found: f"{found[2] or found[3]} {_ORDINALS[(found[1] or found[4]).casefold()]}", folded
    )


def by_columns(folded: str) -> bool:
    """Whether a matrix is said to be written column by column.

    >>> by_columns("column 1: 10, 3; column 2: 9, 18"), by_columns("columns: (10, 3), (9, 18)"), by_columns("row 1: 2")
    (True, True, False)
    """
    return _COLUMNS.search(folded) is not None
