"""Shapes whose sizes are formulas in declared symbols: `(2h+1) x (2w+1) x 2`, `[C, H/2, W/2]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from grader.answers.characters import fold
from grader.answers.formulas import WrittenFormula, parse_formula
from grader.answers.named_axes import axis_of
from grader.answers.pasted import printed_shape, unlatex
from grader.answers.phrases import BATCH
from grader.answers.refusal import described, in_cell, quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.splitting import closes_last, outside
from grader.errors import UnreadableError
from grader.messages import Sentence, sentence
from grader.patterns import pattern

MAX_TEXT = 2_000
MAX_SHAPES = 200
MAX_AXES = 10
_TIMES = pattern(r"×|✕|✖|⨯|\\times\b")
_BY = pattern(
    r"\s+(?:x|X|by|mal|در)\s+|(?<=[\d)\]⌋⌉])\s?[xX]\s?(?=[\d(\[⌊⌈])|(?<=[\d)\]⌋⌉])[xX](?=\w)|(?<=\w)[xX](?=[\d(\[⌊⌈])"
)
_ORDER = pattern(
    r"(.*\S)\s+(?:\(\s?(?P<a>[NCHW](?:\s?[,xX*]?\s?[NCHW]){1,3})\s?\)"
    r"|in (?P<b>[NCHW]{2,4})(?: (?:order|format|layout))?)"
)
"""An axis order that follows a shape: `K x H x W (C x H x W)`, `(K, H, W) in CHW order`."""
_NAME = pattern(r"[^\W\d]\w{0,20}")
_POWER = pattern(r"(.+?)\s*\^\s*\(?2\)?")
_MAPS = r"(?:feature\s)?(?:maps?|channels?|filters?|kernels?)"
_CHANNELS_FIRST = pattern(rf"(.{{1,80}}?)\s{_MAPS}(?:,|\sof(?:\ssize)?|,?\seach(?:\sof(?:\ssize)?)?|:)?\s+(.+)")
_CHANNELS_LAST = pattern(rf"(.+?)(?:,|,?\s(?:with|and))\s+(.{{1,80}}?)\s{_MAPS}")
_OPEN, _CLOSE = "([{⌊⌈", ")]}⌋⌉"

WrittenSizes = tuple[WrittenFormula, ...]


def sizes_from(raw: object, spec: AnswerSpec, products: bool = True) -> WrittenSizes:
    """The sizes of one shape, each as a formula; with `products`, `a*b` may be a shape with two sizes.

    Raises:
        UnreadableError: not a shape, or a size that is not a formula in the declared symbols.
    """
    if isinstance(raw, list):
        if len(raw) == 1 and isinstance(raw[0], str):
            return sizes_from(raw[0], spec, products=False)
        pieces = [
            str(entry) if isinstance(entry, int | Decimal) and not isinstance(entry, bool) else entry for entry in raw
        ]
        if all(isinstance(piece, str) for piece in pieces):
            return _sizes([str(piece) for piece in pieces], spec, raw)
    elif isinstance(raw, str):
        if len(raw) > MAX_TEXT:
            raise unreadable(
                "expected a shape of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
            )
        return _of_text(raw, spec, products)
    elif isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return _sizes([str(raw)], spec, raw)
    raise unreadable(
        "expected a shape in {symbols}, received {received}", symbols=_named(spec), received=described(raw)
    )


def shapes_from(raw: object, spec: AnswerSpec, products: bool = True) -> tuple[WrittenSizes | None, ...]:
    """Several such shapes, from a TOML list or from text with one shape per line; None for a blank one.

    Raises:
        UnreadableError: an entry that is not a shape, with its index.
    """
    rows = raw if isinstance(raw, list) else [line for line in str(raw).split("\n") if line.strip()]
    if isinstance(raw, str) and len(rows) == 1 and ";" in raw:
        rows = [row for row in raw.split(";") if row.strip()]
    if len(rows) > MAX_SHAPES:
        raise unreadable("expected at most {most} shapes, received {received}", most=MAX_SHAPES, received=len(rows))
    row_spec = replace(spec, axes=spec.axes[1:] or None if spec.axes else None)
    found: list[WrittenSizes | None] = []
    for index, row in enumerate(rows):
        try:
            found.append(
                None if isinstance(row, str) and row.strip() in ("", "-", "?") else sizes_from(row, row_spec, products)
            )
        except UnreadableError as error:
            raise in_cell(error, (index,)) from None
    return tuple(found)


def _named(spec: AnswerSpec) -> str:
    return ", ".join(spec.symbols)


def _of_text(raw: str, spec: AnswerSpec, products: bool) -> WrittenSizes:
    """The sizes in the last side of a chain `a = b -> c` that is a shape, preferring the expected number of sizes."""
    text = printed_shape(" ".join(unlatex(fold(_TIMES.sub(" x ", raw))).split()))
    ordered = _ORDER.fullmatch(text)
    letters = re.sub(r"[^NCHW]", "", ordered["a"] or ordered["b"]) if ordered else ""
    if ordered and len(set(letters)) == len(letters):
        return _in_order(_of_text(ordered[1], spec, products), letters, spec.order)
    pieces = _by_axis(text, spec) or _with_channels(text, spec)
    if pieces:
        return _sizes(pieces, spec, raw)
    asked = spec.axes[0] if spec.axes else None
    found: list[tuple[bool, WrittenSizes]] = []
    failure: Sentence | None = None
    for side in reversed([side for side in re.split(r"\s*(?:=|→|->)\s*", text.replace(")(", ")*(")) if side]):
        read, failed = _read_cuts(side, spec, raw, products)
        found += read
        failure = failure or (None if read or _NAME.fullmatch(side) else failed)
    fitting = sorted((one for one in found if len(one[1]) == asked), key=lambda one: one[0])
    if asked == 2 and not fitting:
        fitting = sorted((_square(one[0], spec) for _, one in found if len(one) == 1), key=lambda one: one[0])
    if fitting:
        return fitting[0][1]
    short = asked is not None and found and len(found[0][1]) < asked
    if found and not (short and (failure or _says_more(found[0][1], spec))):
        return found[0][1]
    said = sentence("expected a shape in {symbols}, received {received}", symbols=_named(spec), received=quoted(raw))
    raise UnreadableError(failure or said)


def _says_more(sizes: WrittenSizes, spec: AnswerSpec) -> bool:
    """Whether sizes hold words, or the sign between two sizes: `c kanaele, h/2 x w/2` as two sizes."""
    words = {word for size in sizes for word in re.findall(r"[^\W\d_]{3,}|(?<=\s)[xX](?=\s)", size.text)}
    return not words <= {*spec.symbols, *spec.names}


def _read_cuts(
    side: str, spec: AnswerSpec, raw: str, products: bool
) -> tuple[list[tuple[bool, WrittenSizes]], Sentence | None]:
    """The sizes of a side in every way of cutting it, and whether that is at signs of products; the first failure."""
    found: list[tuple[bool, WrittenSizes]] = []
    failure: Sentence | None = None
    sure = list(_cuts(side, products=False))
    for pieces in _cuts(side, products):
        try:
            found.append((pieces not in sure, _sizes(pieces, spec, raw)))
        except UnreadableError as error:
            failure = failure or error.said
    return found, failure


def _square(side: WrittenFormula, spec: AnswerSpec) -> tuple[bool, WrittenSizes]:
    """Both sizes of a square, given as a power, `(n-f+1)^2`, or by its side, `n-f+1`, and whether by its side."""
    found = _POWER.fullmatch(side.text.strip())
    base = _without_brackets(found[1]) if found else ""
    if found and (base != found[1] or _NAME.fullmatch(base)):
        return False, (parse_formula(base, spec.symbols, spec.names),) * 2
    return True, (side, side)


def _by_axis(text: str, spec: AnswerSpec) -> list[str] | None:
    """The sizes of `C=c, H=h/2, W=w/2` and `H = W = n-f+1` in the assignment's order; None where axes are not named."""
    sizes: dict[str, str] = {}
    pieces = [re.split(r"\s*[=:]\s*", piece) for piece in _at(",;")(_without_brackets(text))]
    every = sorted(piece[0] for piece in pieces) == sorted(spec.order)  # `C=C, H=H/2, W=W/2`, of which all are symbols
    for *names, size in pieces:
        axes = [axis_of(name) for name in names if every or name not in spec.symbols]
        named = [axis for axis in axes if axis]
        if not named or axes[: len(named)] != named or set(named) & set(sizes):
            return None
        sizes |= dict.fromkeys(named, size)
    order = [axis for axis in spec.order if axis in sizes]
    return [sizes[axis] for axis in order] if len(sizes) == len(order) > 1 else None


def _with_channels(text: str, spec: AnswerSpec) -> list[str] | None:
    """The sizes of `c channels, h/2 x w/2` in the assignment's order; None for other texts."""
    first, last = _CHANNELS_FIRST.fullmatch(text), _CHANNELS_LAST.fullmatch(text)
    count, size = (first[1], first[2]) if first else (last[2], last[1]) if last else ("", "")
    for pieces in _cuts(size, products=False) if count else ():
        if len(pieces) == 2:
            return [count, *pieces] if spec.order.startswith("C") else [*pieces, count]
    return None


def _in_order(sizes: WrittenSizes, letters: str, order: str) -> WrittenSizes:
    """Sizes in the axis order `letters`, reordered to the assignment's order."""
    if len(sizes) != len(letters) or set(letters) != set(order):
        return sizes
    return tuple(sizes[letters.index(axis)] for axis in order)


def _cuts(side: str, products: bool) -> Iterator[list[str]]:
    """The ways to split a text into sizes, outside brackets: at commas, at crosses, at product signs, not at all."""
    inner = _without_brackets(side)
    for text in dict.fromkeys((inner, side)):
        for cut in (_at(",;"), _at_crosses, *((_at("*"), _at("@*xX")) if products else ())):
            pieces = cut(text)
            if len(pieces) > 1:
                yield pieces
    if inner != side:
        yield [inner]
    yield [side]


def _without_brackets(text: str) -> str:
    """The text without a pair of brackets around the whole of it."""
    whole = text[:1] in ("(", "[", "{") and closes_last(text, _OPEN, _CLOSE)
    return text[1:-1].strip() if whole else text


def _at(marks: str) -> Callable[[str], list[str]]:
    return lambda text: [piece.strip() for piece in outside(text, marks, _OPEN, _CLOSE)]


def _at_crosses(text: str) -> list[str]:
    """Split at an `x` between sizes, outside brackets."""
    found = [hit for hit in _BY.finditer(text) if _level(text, hit.start()) == 0]
    ends = [(0, 0), *(hit.span() for hit in found), (len(text), len(text))]
    return [text[before[1] : after[0]].strip() for before, after in pairwise(ends)]


def _level(text: str, end: int) -> int:
    return sum((char in _OPEN) - (char in _CLOSE) for char in text[:end])


def _sizes(pieces: list[str], spec: AnswerSpec, raw: object) -> WrittenSizes:
    if len(pieces) > 1 and pieces[0].strip().casefold() in BATCH and pieces[0].strip() not in spec.symbols:
        pieces = pieces[1:]
    if not 0 < len(pieces) <= MAX_AXES or not all(piece.strip() for piece in pieces):
        raise unreadable(
            "expected a shape in {symbols}, received {received}",
            symbols=_named(spec),
            received=quoted(raw) if isinstance(raw, str) else described(raw),
        )
    return tuple(parse_formula(piece, spec.symbols, spec.names) for piece in pieces)
