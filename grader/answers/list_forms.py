"""Lists in particular forms: among words, as squares, as pairs, or with signs other than commas between the entries.

`64-64-128`, `0 to 0.5`, `[0, 0.5)` and `P(1|2)` are read where they can only be a list. Where the sign says something
else, as in `(10,20)-(30,40)`, the entries are asked about, never calculated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise

from grader.answers.characters import fold
from grader.answers.layout import plain_lines
from grader.answers.marks import with_point
from grader.answers.numbers import number_from
from grader.answers.outer import ACTING, acts_beside, acts_in_front, only_array
from grader.answers.pasted import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.answers.rows import without_label
from grader.answers.spec import AnswerSpec
from grader.answers.splitting import outermost
from grader.answers.values import Reading, nested_cells
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


MAX_JOINED = 300
_SUM = pattern(r"\d[-+]\d|\d\s[-+]\s\d", needs="+-")
_PLAIN_PAIR = pattern(r"\([^()|]*\)|\[[^\[\]()|]*\]|(?!.*\.\.)[-+\d.,;\s/%]*")
_ENTRY = r"(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:/\d+)?(?:\s?%)?"
_SIGNED = rf"[-+]?\s?{_ENTRY}"
_JOINTS = ("-", r"\s?>\s?", "_", r"\s?->\s?")
_TO = fold(r"to|until|through|up to|bis|à|hasta|ile|تا|إلى|الى|до|से|到|至|～|〜|≈|\.\.\.?|…")
_AND = fold(r"and|und|et|y|a|و|ve")
_FROM = fold(r"from|between|von|zwischen|de|entre|desde|از|بین|من|بين|от|从|range|interval|the interval")
_RANGE = pattern(
    rf"(?:(?:{_FROM})\s*:?\s*)?({_SIGNED})\s*(?:{_TO})\s*({_SIGNED}){fold('(?: arasında)?')}\.?|"
    rf"(?:{_FROM})\s*:?\s*({_SIGNED})\s+(?:{_AND})\s+({_SIGNED})\.?",
    re.IGNORECASE,
)
_BOUNDED = pattern(
    rf"({_SIGNED})\s*(?:<|≤|<=)\s*[^\W\d]\w{{0,5}}\s*(?:<|≤|<=)\s*({_SIGNED})|"
    rf"(?:[^\W\d]\w{{0,5}}\s*(?:∈|\sin\s)\s*|(?:the\s)?(?:range|interval)\s*:?\s*)?"
    rf"(?:\[|\]|\()\s*({_SIGNED})\s*[,;]\s*({_SIGNED})\s*(?:\]|\[|\))",
    re.IGNORECASE,
)
_DASH = pattern(rf"\s*({_ENTRY})[–—]({_ENTRY})\s*", needs="–—")
_POINT = pattern(
    fold(
        r"(?:(?:the\s|der\s|le\s)?(?:point|punkt|punto|nokta|نقطه|النقطة|点)\s?)?(?:[A-Z](?:_?\d)?\s?(?:=\s?)?)?"
        r"\(([^()|;,]{1,30})([|;,])([^()|;,]{1,30})\)\.?"
    ),
    re.IGNORECASE,
)


def entries_apart(raw: object, spec: AnswerSpec) -> object:
    """The entries of a list with semicolons between them, where they are joined otherwise; anything else unchanged.

    >>> four, pair = AnswerSpec("array", 1, axes=(4,)), AnswerSpec("array", 1, axes=(2,))
    >>> entries_apart("64-64-128-256", four), entries_apart("0 to 0.5", pair), entries_apart("[0, 0.5)", pair)
    ('64; 64; 128; 256', '0; 0.5', '0; 0.5')
    >>> entries_apart("P(1, 2)", pair), entries_apart("(1|2)", pair), entries_apart("1-2", pair)
    ('1; 2', '1; 2', '1-2')
    """
    asked = spec.axes[0] if spec.axes is not None and len(spec.axes) == 1 else 0
    if not isinstance(raw, str) or asked < 2 or not 2 < len(raw) <= MAX_JOINED or "\n" in raw.strip():
        return raw
    if "/" in raw and not raw.isascii():
        return raw  # a Persian slash has two readings
    entries = _dashed(raw) if asked == 2 else None
    text = unlatex(fold(raw)).strip(" $\n")
    entries = entries or (_pair(text) if asked == 2 else _chained(text, asked))
    return raw if entries is None else "; ".join(entry.strip() for entry in entries)


def _dashed(raw: str) -> list[str] | None:
    """The ends of `0–0.5`: a range by its dash, where `0-0.5` may be a difference."""
    found = _DASH.fullmatch(raw)
    return [found[1], found[2]] if found else None


def _pair(text: str) -> list[str] | None:
    """The ends of an interval or the coordinates of a point; None for anything else."""
    if _PLAIN_PAIR.fullmatch(text):
        return None  # every reader takes it as it is
    found = _RANGE.fullmatch(text) or _BOUNDED.fullmatch(text)
    if found and not _plain(text):
        return [end for end in found.groups() if end is not None]
    point = _POINT.fullmatch(text)
    if point is None or not all(re.search(r"\d", one) for one in (point[1], point[3])):
        return None
    letter = re.search(r"(?:^|\s)([A-Za-z])(?:_?\d)?\s?\($", text[: text.index("(") + 1])
    call = letter is not None and letter[1].islower()
    given = letter is not None and letter[1] == "P" and point[2] == "|"  # a probability, P(1|2)
    return None if call or given else [point[1], point[3]]


def _plain(text: str) -> bool:
    """Whether brackets of one kind are around the whole, so that the pair needs no help."""
    return (text[:1], text[-1:]) in (("(", ")"), ("[", "]"))


def _chained(text: str, asked: int) -> list[str] | None:
    """As many numbers as are asked, with the same sign between all of them; None for anything else."""
    bare = text[1:-1] if _plain(text) else text
    for joint in _JOINTS:
        entries = re.split(joint, bare.replace("→", "->").strip())
        if len(entries) == asked and all(re.fullmatch(_ENTRY, entry) for entry in entries):
            return entries
    return None


MAX_TEXT = 2_000
_ANY_NUMBER = pattern(r"(?:(?<![\w.])|(?<=\d[xX]))(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
_LINK = pattern(r"[=≈→\n]")
_TIGHT_COMMA = pattern(r"\d,\d")
_CALCULATION = pattern(r"\d\s*\+\s*\d|\d/\d")
"""A sum or a quotient, which has one value."""
_EQUALS = pattern(r"\s*(?<![<>!=:])=+(?!=)\s*")
_PLAIN_ARRAY = pattern(r"[\[({][\s\d.,;+\[\](){}-]*\d[\s\d.,;+\[\](){}-]*[\])}]")
_DECIMAL = pattern(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_PAIR = pattern(r"[(\[{]\s*[-+]?(\d+),\d+\s*[)\]}]", needs=",")


def refuse_joined(raw: object, readings: tuple[Reading, ...], spec: AnswerSpec) -> None:
    """Refuse an answer that was read as one number, or by a comma as a decimal mark, but holds all entries asked.

    Raises:
        UnreadableError: as many numbers as entries are asked, in a form that does not give them.
    """
    text = raw[0] if isinstance(raw, list) and len(raw) == 1 else raw
    asked = math.prod(spec.axes) if spec.axes else 0
    if asked < 2 or not isinstance(text, str) or len(text) > MAX_TEXT:
        return
    counts = [len(nested_cells(reading.value)) for reading in readings]
    if asked in counts or not counts or _has_rows(readings[0].value):
        return
    folded = fold(text)
    if _CALCULATION.search(folded):
        return
    tight = len(_TIGHT_COMMA.findall(folded))
    several = tight > 1 or (tight == 1 and re.search(r"[\[({]", folded) is not None)
    pieces = (*_pieces(folded), *_pieces(with_point(folded) or ""))
    holds = any(len(_ANY_NUMBER.findall(piece)) == asked for piece in pieces)
    if holds and ((several and counts[0] < asked) or (not tight and (counts[0] == 1 or counts[0] > asked))):
        groups, _ = outermost(folded)
        if any("," in folded[at:end] and acts_in_front(folded[:at], folded[at]) for at, end in groups):
            raise unreadable(
                "expected the values themselves, received {received}, in which something is still to be done with them",
                received=quoted(text),
            )
        raise unreadable(
            "expected the entries with commas or spaces between them, received {received}", received=quoted(text)
        )


def refuse_unequal(raw: object) -> None:
    """Refuse two arrays of numbers that are said to be equal and are not: two answers, `[1, 2] = [1, 3]`.

    Raises:
        UnreadableError: numbers that differ by more than rounding.
    """
    text = raw if isinstance(raw, str) and len(raw) <= MAX_TEXT else ""
    sides = _EQUALS.split(fold(text).strip()) if "=" in text else []
    plain = [side for side in sides if _PLAIN_ARRAY.fullmatch(side) and not _SUM.search(side)]
    for one, other in pairwise(plain):
        pairs = list(zip(_DECIMAL.findall(one), _DECIMAL.findall(other), strict=False))
        shapes = [re.sub(r"[^\[\](){}]", "", side) for side in (one, other)]
        if shapes[0] == shapes[1] and any(abs(float(a) - float(b)) > _rounding(a, b) for a, b in pairs):
            raise unreadable("expected one answer, received several in {received}", received=quoted(text))


def _rounding(*written: str) -> float:
    """How far a number may be from one with more decimals that it is rounded or cut from; 0 for as many decimals."""
    decimals = sorted(len(number.partition(".")[2]) for number in written)
    return 0.0 if decimals[0] == decimals[-1] else (1.0 if decimals[0] else 0.5) * 10.0 ** -decimals[0]


def _has_rows(value: object) -> bool:
    """Whether an array has several rows of several entries: it is of another shape than asked, but read as written."""
    return isinstance(value, tuple) and len(value) > 1 and all(isinstance(row, tuple) and len(row) > 1 for row in value)


def pairs_in_brackets(folded: str) -> bool:
    """Whether several brackets hold two whole numbers each, so that their commas are no decimal marks.

    >>> pairs_in_brackets("stride=(2,2), padding=(1,1)"), pairs_in_brackets("(0,5), (0,25)"), pairs_in_brackets("[1,5]")
    (True, False, False)
    """
    found = _PAIR.findall(folded)
    return len(found) > 1 and any(whole != "0" for whole in found)


def refuse_pair(cell: str) -> None:
    """Refuse two whole numbers in brackets for one entry, `(2,1)`: their comma is no decimal mark.

    Raises:
        UnreadableError: two numbers.
    """
    found = _PAIR.fullmatch(cell.strip())
    if found and found[1] != "0":
        raise unreadable("expected one number, received several in {received}", received=quoted(cell))


def _pieces(folded: str) -> Iterator[str]:
    """A text, the sides of its chain, and its outer and inner brackets."""
    yield folded
    yield from _LINK.split(folded)
    yield from re.findall(r"[\[({][^\[\](){}]*[\])}]", folded)
    yield from (folded[first:last] for first, last in outermost(folded)[0])
