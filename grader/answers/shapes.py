"""One shape such as `(None, 14 * 14 * 32)`: what it may stand for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from grader.answers.chains import Side, chain_of
from grader.answers.characters import fold, unmarked
from grader.answers.formulas import calculated
from grader.answers.frameworks import printed_shape, summary_row
from grader.answers.latex import unlatex
from grader.answers.named_axes import named_shape
from grader.answers.numbers import MAX_SIDES, MAX_TEXT
from grader.answers.phrases import BATCH, BLANKS, NO_ANSWER
from grader.answers.refusal import ambiguous, described, quoted, unreadable
from grader.answers.remarks import bracket_behind, says_only_words, undecorated, without_head, without_tail
from grader.answers.spec import AnswerSpec
from grader.answers.tokens import GROUPED
from grader.answers.values import Reading, Shape
from grader.errors import UnreadableError
from grader.messages import sentence
from grader.patterns import pattern

MAX_AXES = 10
MAX_SIDE = 400
_SIZE = pattern(rf"[-+]?(?:{GROUPED}|\d+)(?:\.\d*)?|\d{{1,9}}/[1-9]\d{{0,8}}")
"""A size that was not rounded, such as 14.5, is a wrong size and no unreadable one."""
_BY = pattern(rf"(?:(?<=\d)-by-(?=\d))|\s(?:by|times|mal|auf|por|par|{fold('на')}|در|في)\s")
_SPLIT = pattern(r" ?[*xX,;] ?")
_COMMAS = pattern(r"\d{1,3},\d{3}")
_POINTS = pattern(r"\d{1,3}(?:\.\d{3})+")
_SPACED = pattern(r"[1-9]\d{0,2}(?: \d{3})+")
_SPACE = pattern(r".*?[Rℝ]\s?\^\s?\(?(\d[^()]*)\)?\s*")
_POWER = pattern(r"(\d{1,6})\s?(?:\^|\*\*)\s?\(?([23])\)?")
_PIXELS = pattern(r"(?<=\d)\s?(?:px|pixels?)(?=\s?(?:[*xX,]|$))")
_WORDS = pattern(r"\s(?:i\.e\.?|that is|giving|which is)\s")


@dataclass(frozen=True)
class Sizes:
    """A shape that a side of a chain stands for; `product` is whether it is written with product signs alone."""

    shape: Shape
    product: bool = False
    power: bool = False
    natural: bool = True

    @property
    def size(self) -> int | Fraction:
        """How many entries an array of this shape has."""
        return math.prod(self.shape)


def shape_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What one shape from a TOML value may stand for, without the batch axis in front; none where it is blank.

    Raises:
        UnreadableError: not a shape of whole numbers, or with readings that nothing tells apart.
    """
    if isinstance(raw, str):
        if len(raw) > MAX_TEXT:
            raise unreadable(
                "expected a shape of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
            )
        found = shapes_in(unlatex(fold(raw)), raw, spec)
    elif isinstance(raw, bool) or not isinstance(raw, (int, Decimal, list)):
        raise unreadable("expected a shape such as (14, 14, 32), received {received}", received=described(raw))
    elif isinstance(raw, list):
        if len(raw) == 1 and isinstance(raw[0], str):
            return shape_readings(raw[0], spec)
        found = _of_list(raw)
    else:
        found = [Sizes((_size(raw),))]
    return tuple(Reading(shape, natural=natural) for shape, natural in _asked(found, spec))


def _asked(found: list[Sizes], spec: AnswerSpec) -> list[tuple[Shape, bool]]:
    """The shapes as answers to what is asked: the side of a square is that square; a batch in front does not count."""
    asked = spec.axes[0] if spec.axes else None
    readings: dict[Shape, bool] = {}
    for sizes in found:
        shape = sizes.shape
        if asked == 2 and len(shape) == 1 and isinstance(shape[0], int):
            readings.setdefault(shape, sizes.natural)
            readings.setdefault((shape[0], shape[0]), sizes.natural)
        elif asked is not None and asked >= 3 and len(shape) == asked + 1:
            readings.setdefault(shape[1:], sizes.natural)
        readings.setdefault(shape, sizes.natural)
    return list(readings.items())


def _of_list(raw: list[object]) -> list[Sizes]:
    """A shape given as a list of sizes."""
    if len(raw) == 1 and isinstance(raw[0], list):
        if any(isinstance(item, list) for item in raw[0]):
            raise unreadable("expected one shape such as (14, 14, 32), received {received}", received=described(raw))
        return _of_list(raw[0])
    if len(raw) > MAX_AXES:
        raise unreadable(
            "expected a shape of at most {most} axes, received {received}", most=MAX_AXES, received=len(raw)
        )
    if all(isinstance(item, str) and item.strip() in BLANKS for item in raw):
        return []
    return [Sizes(tuple(_size(item, index) for index, item in enumerate(raw) if index or not _is_batch(item)))]


def _is_batch(item: object) -> bool:
    return item == -1 if isinstance(item, int) else isinstance(item, str) and item.strip().casefold() in BATCH


def _size(item: object, index: int = 0) -> int | Fraction:
    """One axis of a shape given as a list."""
    if isinstance(item, str) and len(item) < MAX_SIDE:
        text = unmarked(fold(item))
        if _SIZE.fullmatch(text):
            return _whole(text)
    elif isinstance(item, int) and not isinstance(item, bool) and item.bit_length() < 996:
        return item
    elif isinstance(item, Decimal) and item.is_finite() and abs(item.adjusted()) < 300:
        return _whole(f"{item:f}")
    raise unreadable(
        "expected a whole number in a shape, received {received}, on axis {axis}",
        received=described(item),
        axis=index + 1,
    )


def _whole(text: str) -> int | Fraction:
    size = Fraction(re.sub(r"[,'_\u202f]|\.0*$", "", text))
    return int(size) if size.denominator == 1 else size


def shapes_in(folded: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """What a folded text without LaTeX may stand for as one shape; none where it is blank."""
    lines = [line for line in folded.split("\n") if line.strip()]
    rows = [row for line in lines if (row := summary_row(line))]
    if len(rows) == 1:
        folded = rows[0][0]
    line = undecorated(_once(" ".join(printed_shape(folded).split())))
    if line in BLANKS or line.casefold() in NO_ANSWER:
        return []
    named = named_shape(re.sub(r"\s*\n\s*", ", ", "\n".join(lines).strip()), spec.order) or named_shape(
        line, spec.order
    )
    if named is not None:
        return [Sizes(named)]
    line = _without_counts(line)
    told = [
        (side, sizes)
        for side in chain_of(_WORDS.sub(" = ", line))[-MAX_SIDES:]
        if (sizes := _of_side(side.text, raw, spec))
    ]
    if told:
        return _told(told, raw, spec)
    raise unreadable("expected a shape such as (14, 14, 32), received {received}", received=quoted(raw))


def _without_counts(line: str) -> str:
    """The text without what is said of other things behind the shape: `28x28x6, 156 params`."""
    pieces = line.split(", ")
    counts = all(re.search(r"\d", piece) and re.search(r"[^\W\d_]{3}", piece) for piece in pieces[1:])
    return pieces[0] if len(pieces) > 1 and counts and re.search(r"\d ?[*xX] ?\d", pieces[0]) else line


def _once(line: str) -> str:
    """A text that was pasted twice, as pages that show formulas give it, once."""
    close = re.sub(r" ?\* ?", "*", line)
    pieces = close.split(" ")
    return pieces[0] if len(pieces) == 2 and pieces[0] == pieces[1] and "*" in close else line


def _of_side(side: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """What one side of a chain stands for; nothing for words."""
    text = undecorated(side)
    for _ in range(4):
        found = _plain(text, raw, spec) or _with_bracket(text, raw, spec)
        if found:
            return found
        shorter = without_tail(text) or without_head(text)
        if shorter is None:
            break
        text = shorter
    return _calculated(text)


def _with_bracket(text: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """A shape with a remark behind it: words, the number of entries, or the whole shape behind its side."""
    behind = bracket_behind(text)
    head = _plain(undecorated(behind[0]), raw, spec) if behind else []
    if behind is None or not head:
        return []
    inside = [sizes for part in chain_of(behind[1]) for sizes in _of_side(part.text, raw, spec)]
    if not inside or says_only_words(behind[1]):
        return head
    same = [one for one in inside if one.size in (head[0].size, head[0].size ** 2)]
    return [*head, *(same or [Sizes(one.shape, natural=False) for one in inside])]


def _calculated(text: str) -> list[Sizes]:
    """A calculation of one size."""
    if (re.search(r"[*xX]", text) and not re.search(r"[-+/]", text)) or not re.search(r"\d", text):
        return []
    try:
        value = calculated(text[:MAX_SIDE])
    except UnreadableError:
        return []
    return [Sizes((int(value),))] if value >= 0 and Fraction(value).denominator == 1 else []


def _told(told: list[tuple[Side, list[Sizes]]], raw: str, spec: AnswerSpec) -> list[Sizes]:
    """What the sides of a chain say together: a shape and its number of entries are the same, else the last counts."""
    asked = spec.axes[0] if spec.axes else None
    start = max((at for at, (side, _) in enumerate(told) if side.link == "→"), default=0)
    sides = [sizes for _, sizes in told[start:]]
    last = sides[-1]
    sizes = {one.size for one in last}
    same = [one for found in sides for one in found if one.size in sizes]
    fitting = [one for one in same if len(one.shape) == asked]
    if any(one.power and one is not same[-1] for one in same) and len(sides) > 1:
        return [*last, *(Sizes(one.shape, natural=False) for one in same if one.power)]
    if fitting:
        return fitting
    if asked is not None or len(sides) < 2:
        return last
    before, final = sides[-2][0], last[0]
    if final.product and len(final.shape) > 1 and before.shape == (final.size,):
        return [before]
    if len(final.shape) == 1 and not before.product and before.shape != final.shape and before.size == final.size:
        raise ambiguous(
            raw,
            sentence("the shape {shape}", shape=str(before.shape)),
            sentence("the size {size}", size=str(final.shape[0])),
        )
    return last


def _plain(side: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """A side that is a shape and no calculation."""
    named = named_shape(side, spec.order)
    if named is not None:
        return [Sizes(named)]
    space = _SPACE.fullmatch(side)
    side = _BY.sub(" x ", _PIXELS.sub("", space[1].strip(" )") if space else side))
    bracketed = side[:1] in "([{" and (side[-1:] in ")]}" or not re.search(r"[)\]}]", side))
    inside = unmarked(side[1:].rstrip(")]}")) if bracketed and not re.search(r"[(\[{]", side[1:]) else side
    if not inside or not (inside[0].isalnum() or inside[0] in "?(+-.["):
        return []
    if _COMMAS.fullmatch(inside) and not bracketed:
        return _one_comma(inside, raw, spec)
    if _POINTS.fullmatch(inside):
        return _with_points(inside)
    if _SPACED.fullmatch(inside):
        joined, apart = Sizes((int(inside.replace(" ", "")),)), _pieces(inside, bracketed, spec)
        first, others = ([joined], apart) if spec.axes == (1,) else (apart, [joined])
        return [*first, *(replace(one, natural=False) for one in others)]
    if re.search(r", ", inside) and re.search(r"\d,\d{3}(?!\d)", inside):
        return _commas_and_thousands(inside, raw, spec)
    return _pieces(inside, bracketed, spec)


def _with_points(inside: str) -> list[Sizes]:
    """`1.568` is a size with a thousands mark; a size with decimals is a wrong one."""
    grouped = Sizes((int(inside.replace(".", "")),))
    return [grouped, Sizes((_whole(inside),), natural=False)] if inside.count(".") == 1 else [grouped]


def _one_comma(inside: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """`1,568` is a size or two of them; the number of sizes that are asked tells."""
    first, second = inside.split(",")
    pair, single = (int(first), int(second)), (_whole(inside),)
    asked = spec.axes[0] if spec.axes else None
    if asked is not None:
        first_of = (single, pair) if asked == 1 else (pair, single)
        return [Sizes(first_of[0]), Sizes(first_of[1], natural=False)]
    if second.startswith("0"):
        return [Sizes(single)]
    if first == second:
        return [Sizes(pair)]
    raise ambiguous(
        raw,
        sentence("the shape {shape}", shape=f"({int(first)}, {second})"),
        sentence("the size {size}", size=f"{first}{second}"),
    )


def _commas_and_thousands(inside: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    loose = ", ".join(_SPLIT.split(inside))
    tight = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", inside)
    found = [one for text in (loose, tight) for one in _pieces(text, True, AnswerSpec("shape"))]
    asked = spec.axes[0] if spec.axes else None
    fitting = [one for one in found if len(one.shape) == asked]
    if len(fitting) == 1:
        return fitting
    raise ambiguous(raw, f"({loose})", f"({tight})")


def _pieces(inside: str, bracketed: bool, spec: AnswerSpec) -> list[Sizes]:
    """The sizes between separators; a product in the place of one size is that size, or the sizes themselves."""
    asked = spec.axes[0] if spec.axes else None
    pieces = [piece.strip() for piece in _outside(inside, ",;")]
    if len(pieces) > 1 and pieces[-1] == "":
        pieces.pop()
    product = len(pieces) == 1
    if product:
        inside = pieces[0]
        pieces = [piece.strip() for piece in _outside(inside, "*xX")]
        if len(pieces) == 1 and " " in inside and not re.search(r"[-+/^()]", inside):
            pieces, product = inside.split(), False
    if len(pieces) > 1 and pieces[0].casefold() in BATCH:
        pieces = pieces[1:]
        if len(pieces) == 1 and len(factors := _outside(pieces[0], "*xX")) > 1:
            pieces, product = [factor.strip() for factor in factors], True
    power = any(_POWER.fullmatch(piece) for piece in pieces)
    if power and asked != 1 and product:
        pieces = [size for piece in pieces for size in _expanded(piece)]
    if not pieces or len(pieces) > MAX_AXES or max(map(len, pieces)) > 300:
        return []
    sizes = [_evaluated(piece) for piece in pieces]
    if not all(size is not None for size in sizes):
        return []
    shape: Shape = tuple(size for size in sizes if size is not None)
    starred = product and "*" in inside and len(shape) >= 3 and not re.search("[xX]", inside)
    found = Sizes(shape, product and not bracketed, power and len(shape) > 1)
    if asked == 1 and (starred or (power and product and len(shape) > 1)):
        return [Sizes((found.size,)), found]
    return [found]


def _outside(text: str, separators: str) -> list[str]:
    """What separators outside brackets divide."""
    pieces, start, level = [], 0, 0
    for at, char in enumerate(text):
        level += (char in "([{") - (char in ")]}")
        if char in separators and level == 0 and text[at : at + 2] != "**" and text[at - 1 : at + 1] != "**":
            pieces.append(text[start:at])
            start = at + 1
    return [*pieces, text[start:]]


def _expanded(piece: str) -> list[str]:
    found = _POWER.fullmatch(piece)
    return [found[1]] * int(found[2]) if found else [piece]


def _evaluated(piece: str) -> int | Fraction | None:
    """One size: as written, or a calculation in brackets; None where it is none."""
    if _SIZE.fullmatch(piece):
        return _whole(piece)
    if not re.fullmatch(r"\(.*\)|\d+\s?\^\s?\(?\d{1,2}\)?", piece) or not re.search(r"\d", piece):
        return None
    try:
        value = calculated(piece[:MAX_SIDE])
    except UnreadableError:
        return None
    if isinstance(value, float) or abs(Fraction(value)) > 10**300:
        return None
    return int(value) if Fraction(value).denominator == 1 else value


def shape_text(value: object) -> str:
    """A shape in brackets, `(14, 14, 32)`."""
    if not isinstance(value, tuple):
        return str(value)
    sizes = ", ".join(str(size) if isinstance(size, int) else repr(float(size)) for size in value)
    return f"({sizes}{',' if len(value) == 1 else ''})"
