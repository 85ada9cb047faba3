"""Lists in particular forms: among words, as squares with any sign of a product, as pairs of equal sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.answers.beside import ACTING, acts_beside
from grader.answers.layout import plain_lines
from grader.answers.numbers import number_from
from grader.answers.outer import only_array
from grader.answers.rows import without_label
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from grader.patterns import pattern

_AMONG_WORDS = pattern(
    r"([^\W\d][^\d\[\](){}=\n]{0,60}[\s:])?\s*([\[(]?[-+]?[.\d]+(?:[,; ]{1,9}[-+]?[.\d]+)+[\])]?)"
    r"(\s[^\W\d][^\d\[\](){}=\n]{0,60})?"
)
TIMES = pattern(r"(?<=\d)\s?(?:[×✕✖⨯╳]|\\times)\s?(?=\d)", needs=(*"×✕✖⨯╳", "\\times"))
_PRODUCT = pattern(r"\d{1,9}(?:\s?[xX]\s?\d{1,9})+")
_OTHER_SIGN = pattern(r"[-+*/^=·≈→]")
_PAIRS = pattern(r"\s*[\[({]?\s*(?:\(\s*\d{1,9}\s*,\s*\d{1,9}\s*\)[\s,;]*){2,}[\])}]?\s*", needs="(")
_UNIT_BEHIND = pattern(r"(.*[\])}])\s*([^\s\d()\[\]{}]{1,12})\s*", re.DOTALL, needs=")]}")
MAX_LIST = 500
"""In longer texts, words next to a list are not looked for."""


def without_words(text: str) -> str:
    """A list with commas without the words around it; unchanged where the words may act on it.

    >>> without_words("boxes 0,2"), without_words("(3,5) each"), without_words("half of 3,5"), without_words("3,5 ms")
    ('0,2', '(3,5)', 'half of 3,5', '3,5')
    >>> without_words("sqrt 2, 3"), without_words("negative 0.5, 0.25")
    ('sqrt 2, 3', 'negative 0.5, 0.25')
    """
    found = _AMONG_WORDS.fullmatch(text.strip()) if "," in text and len(text) <= MAX_LIST else None
    if found is None or "," not in found[2]:
        return text
    around = [words for words in (found[1], found[3]) if words]
    return text if any(map(acts_beside, around)) else found[2]


def list_alone(folded: str, spec: AnswerSpec) -> str | None:
    """A list without the words around it; None where there are none, or where they may be labels or a unit."""
    if spec.rank != 1 or spec.unit is not None or spec.labels or len(folded) > MAX_LIST:
        return None
    text = plain_lines(without_label(folded), spec.rank)
    alone = without_words(text)
    return alone if alone != text else None


def array_alone(folded: str, spec: AnswerSpec) -> str | None:
    """The only array without what is around it; None where that may change it, as a unit does that is not the part's.

    >>> array_alone("[20, 30] %", AnswerSpec("array", 1, unit="%")), array_alone("[20, 30] %", AnswerSpec("array", 1))
    ('[20, 30]', None)
    >>> array_alone("[1536, 3072] KB", AnswerSpec("array", 1, unit="MB")) is None
    True
    """
    found = _UNIT_BEHIND.fullmatch(folded) if spec.unit is not None and len(folded) <= MAX_LIST else None
    if found is None:
        return only_array(folded)
    try:
        one = number_from(f"1 {found[2]}", spec)
    except UnreadableError:
        return None
    return only_array(found[1]) if one is not None and one.value == 1 else None


def squares(raw: str, spec: AnswerSpec) -> Iterator[tuple[str, bool]]:
    """A list of squares, one for each entry, with `x` for other signs of a product, `3×3, 5×5`.

    Beside a word that may act on them, the sides are a later reading.
    """
    if not spec.counts or spec.rank != 1 or (raw.isascii() and "\\times" not in raw):
        return
    text = TIMES.sub("x", raw)
    found = [re.split(r"\s?[xX]\s?", product) for product in _PRODUCT.findall(text)]
    square = all(len(sizes) == 2 and sizes[0] == sizes[1] for sizes in found)
    beside = _PRODUCT.sub(" ", text)
    if square and len(found) > 1 and spec.axes in (None, (len(found),)) and not _OTHER_SIGN.search(beside):
        yield text, not ACTING.search(beside)


def pairs(folded: str, spec: AnswerSpec) -> Iterator[tuple[str, bool]]:
    """Pairs of sizes where a list is asked for: a side for each pair of equal ones, or both sizes of each.

    The products of equal sizes may be meant, too.
    """
    found = re.findall(r"\d+", folded) if spec.counts and spec.rank == 1 and _PAIRS.fullmatch(folded) else []
    if found and spec.axes in (None, (len(found) // 2,)) and found[::2] == found[1::2]:
        yield ", ".join(found[::2]), True
        yield ", ".join(f"{side}*{side}" for side in found[::2]), False
    if found and spec.axes in (None, (len(found),)):
        yield ", ".join(found), False
