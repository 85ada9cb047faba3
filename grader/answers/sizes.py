"""One plainly written shape: sizes between separators, possibly with axis names or thousands marks."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction

from grader.answers.characters import fold, unmarked
from grader.answers.formulas import calculated
from grader.answers.named_axes import named_shape, sequence_as_written
from grader.answers.phrases import BATCH
from grader.answers.refusal import ambiguous, quoted
from grader.answers.spec import AnswerSpec
from grader.answers.splitting import closes_last, outside
from grader.answers.tokens import GROUPED
from grader.answers.values import WrittenShape
from grader.errors import UnreadableError
from grader.messages import sentence
from grader.patterns import pattern
from grader.structs import Struct

MAX_AXES = 10
MAX_SIZE_TEXT = 400
_SIZE = pattern(rf"[-+]?(?:{GROUPED}|\d+)(?:\.\d*)?|\d{{1,9}}/[1-9]\d{{0,8}}")
"""An unrounded size such as 14.5 is wrong, not unreadable."""
_BY = pattern(
    rf"(?:(?<=\d)-by-(?=\d))|(?<=\d)\s?乘以?\s?(?=\d)|\s(?:by|times|mal|auf|por|par|{fold('на')}|در|في)\s",
    needs=("by", "乘", "times", "mal", "auf", "por", "par", fold("на"), "در", "في"),
)
_SPLIT = pattern(r" ?[*xX,;] ?")
_COMMAS = pattern(r"\d{1,3},\d{3}", needs=",")
_POINTS = pattern(r"\d{1,3}(?:\.\d{3})+", needs=".")
_SPACED = pattern(r"[1-9]\d{0,2}(?: \d{3})+", needs=" ")
_SPACE = pattern(r".*?[Rℝ]\s?\^\s?\(?(\d[^()]*)\)?\s*", needs="^")
_POWER = pattern(r"(\d{1,6})\s?(?:\^|\*\*)\s?\(?([23])\)?", needs="*^")
_CALCULATION = pattern(r"(?:[\d\s+*/.()⌊⌋⌈⌉-]|\b(?:floor|ceil)(?=\())+")
_PIXELS = pattern(r"(?<=\d)\s?(?:px|pixels?)(?=\s?(?:[*xX,]|$))", needs="p")


class Sizes(Struct):
    """A shape that one side of a chain may mean; `product` says whether only product signs separate its sizes."""

    shape: WrittenShape
    product: bool = False
    power: bool = False
    natural: bool = True

    @property
    def size(self) -> int | Fraction:
        """How many entries an array of this shape has."""
        return math.prod(self.shape)


def whole_size(text: str) -> int | Fraction:
    """A size as written, without thousands marks."""
    size = Fraction(text if text.isdecimal() else re.sub(r"[,'_\u202f]|\.0*$", "", text))
    return int(size) if size.denominator == 1 else size


def plain_sizes(side: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """A side that is a shape rather than a calculation."""
    named = named_sizes(side, raw, spec, four=spec.axes == (4,))
    if named:
        return named
    space = _SPACE.fullmatch(side)
    side = _BY.sub(" x ", _PIXELS.sub("", space[1].strip(" )") if space else side))
    bracketed = side[:1] in "([{" and (side[-1:] in ")]}" or not re.search(r"[)\]}]", side))
    if bracketed and not re.search(r"[(\[{]", side[1:]):
        inside = unmarked(side[1:].rstrip(")]}"))
    elif bracketed and closes_last(side) and len(outside(side[1:-1], ",;")) > 1:
        inside = unmarked(side[1:-1])
    else:
        inside = side
    if not inside or not (inside[0].isalnum() or inside[0] in "*?(+-.…["):
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


def named_sizes(text: str, raw: str, spec: AnswerSpec, four: bool = False) -> list[Sizes]:
    """Sizes given by axis name; empty where none are named.

    Raises:
        UnreadableError: the sizes of a sequence in an order that the assignment does not tell.
    """
    named = named_shape(text, spec.order, four)
    written, channels = (sequence_as_written(text) if named else None) or (named, True)
    if named is None or written is None:
        return []
    if not channels and spec.order.startswith("C") and written != named:
        raise ambiguous(raw, str(named), str(written))
    return [Sizes(named)] if written == named else [Sizes(named), Sizes(written, natural=False)]


def _with_points(inside: str) -> list[Sizes]:
    """`1.568` is a size with a thousands mark; a size with decimals is wrong."""
    grouped = Sizes((int(inside.replace(".", "")),))
    return [grouped, Sizes((whole_size(inside),), natural=False)] if inside.count(".") == 1 else [grouped]


def _one_comma(inside: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """`1,568` is one size or two; the expected number of sizes decides."""
    first, second = inside.split(",")
    pair, single = (int(first), int(second)), (whole_size(inside),)
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
    raise ambiguous(raw, f"({quoted(loose)[1:-1]})", f"({quoted(tight)[1:-1]})")


def _pieces(inside: str, bracketed: bool, spec: AnswerSpec) -> list[Sizes]:
    """The sizes between separators; a product in place of a size is that size, or several sizes."""
    asked = spec.axes[0] if spec.axes else None
    pieces = [piece.strip() for piece in outside(inside, ",;")]
    if len(pieces) > 1 and pieces[-1] == "":
        pieces.pop()
    product = len(pieces) == 1
    if product:
        inside = pieces[0]
        pieces = [piece.strip() for piece in outside(inside, "*xX")]
        if len(pieces) == 1 and " " in inside and not re.search(r"[-+/^()]", inside):
            pieces, product = inside.split(), False
    elif asked is not None and asked > 3 and not re.search(r",\S", inside):  # `32, 7x7, 64`; of three, 64 are channels
        factors = [factor.strip() for piece in pieces for factor in outside(piece, "*xX")]
        pieces = factors if len(factors) == asked else pieces
    if len(pieces) > 1 and pieces[0].casefold() in BATCH:
        pieces = pieces[1:]
        if len(pieces) == 1 and len(outside(pieces[0], "*xX")) > 1:
            pieces, product = [factor.strip() for factor in outside(pieces[0], "*xX")], True
    power = any(_POWER.fullmatch(piece) for piece in pieces)
    if power and asked != 1 and product:
        pieces = [size for piece in pieces for size in _expanded(piece)]
    if not pieces or len(pieces) > MAX_AXES or max(map(len, pieces)) > 300:
        return []
    fits = len(pieces) == asked and (not product or len(outside(inside, "*")) == 1)
    steps = [_steps(piece, product) if fits and len(pieces) > 1 else "" for piece in pieces]
    sizes = [_evaluated(piece, not product, step) for piece, step in zip(pieces, steps, strict=True)]
    if not all(size is not None for size in sizes):
        return []
    shape: WrittenShape = tuple(size for size in sizes if size is not None)
    starred = product and "*" in inside and len(shape) >= 3 and not re.search("[xX]", inside)
    found = Sizes(shape, product and not bracketed, power and len(shape) > 1)
    if asked == 1 and (starred or (power and product and len(shape) > 1)):
        return [Sizes((found.size,)), found]
    return [found]


def _expanded(piece: str) -> list[str]:
    found = _POWER.fullmatch(piece)
    return [found[1]] * int(found[2]) if found else [piece]


def _steps(piece: str, product: bool) -> str:
    """A calculation of one of as many sizes as are asked, with `*` for every product; empty for anything else.

    Among sizes with product signs between them it has a bracket: `64 x floor(223/2)+1 x 160`, not `5 x 5 x 6+6`.
    """
    text = piece if product else re.sub(r"(?<=[\d)])\s?[xX]\s?(?=[\d(])", "*", piece)
    calculation = _CALCULATION.fullmatch(text) and re.search(r"[-+*/(]", text[1:])
    glued = re.search(r"\d\s?\(", text)  # `112(224/2)`: a remark, or a product
    return text if calculation and not glued and ("(" in text or not product) else ""


def _evaluated(piece: str, listed: bool, steps: str) -> int | Fraction | None:
    """One size: as written, or a calculation (in brackets unless commas separate the sizes); None otherwise.

    `steps` is the calculation that it may also be.
    """
    if _SIZE.fullmatch(piece):
        return whole_size(piece)
    piece = steps or piece
    sum_of = r"|\d+\s?\*\s?\([\d\s*+-]+\)" if listed else ""
    calculation = steps or re.fullmatch(rf"\(.*\)|\d+\s?\^\s?\(?\d{{1,2}}\)?{sum_of}", piece)
    if not calculation or not re.search(r"\d", piece):
        return None
    try:
        value = calculated(piece[:MAX_SIZE_TEXT])
    except UnreadableError:
        return None
    if isinstance(value, float) or abs(Fraction(value)) > 10**300 or (steps and Fraction(value).denominator > 1):
        return None
    return int(value) if Fraction(value).denominator == 1 else value
