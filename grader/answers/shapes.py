"""Shapes such as `(None, 14 * 14 * 32)` and lists of them."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from grader.answers.chains import sides_of, unlabelled
from grader.answers.characters import fold, unmarked
from grader.answers.latex import unlatex
from grader.answers.numbers import MAX_SIDES, MAX_TEXT, number_of
from grader.answers.phrases import BATCH, BLANKS, SAME
from grader.answers.refusal import ambiguous, described, in_cell, quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.tokens import GROUPED
from grader.answers.values import Shape
from grader.errors import UnreadableError
from grader.messages import sentence

MAX_AXES = 10
MAX_SHAPES = 10_000
_SIZE = re.compile(rf"[-+]?(?:{GROUPED}|\d+)(?:\.\d*)?|\d{{1,9}}/[1-9]\d{{0,8}}")
"""A size that was not rounded, such as 14.5, is a wrong size and no unreadable one."""
_PIECES = re.compile(r" ?[*xX,;] ?| by ")
_AXES = re.compile(r"\(?(?:[HWCDhwcd] ?= ?\d{1,9} ?[,;*]? ?){2,}\)?")
_COMMAS = re.compile(r"\d{1,3},\d{3}")


def shape_from(raw: object, spec: AnswerSpec) -> Shape | None:
    """One shape from a TOML value, without the batch axis in front; None where it was left blank.

    Raises:
        UnreadableError: not a shape of whole numbers, or with two readings.
    """
    if isinstance(raw, str):
        if len(raw) > MAX_TEXT:
            raise unreadable(
                "expected a shape of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
            )
        return shape_in(" ".join(unlatex(fold(raw)).split()), raw, spec)
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, list)):
        raise unreadable("expected a shape such as (14, 14, 32), received {received}", received=described(raw))
    if not isinstance(raw, list):
        return (_size(raw),)
    if len(raw) == 1 and isinstance(raw[0], (list, str)):
        return shape_from(raw[0], spec) if not isinstance(raw[0], list) or _flat(raw[0]) else _deep(raw)
    if len(raw) > MAX_AXES:
        raise unreadable(
            "expected a shape of at most {most} axes, received {received}", most=MAX_AXES, received=len(raw)
        )
    if all(_is_blank(item) for item in raw):
        return None
    return tuple(_size(item, index) for index, item in enumerate(raw) if index or not _is_batch(item))


def _flat(raw: list[object]) -> bool:
    return not any(isinstance(item, list) for item in raw)


def _deep(raw: list[object]) -> Shape:
    raise unreadable("expected one shape such as (14, 14, 32), received {received}", received=described(raw))


def _is_batch(item: object) -> bool:
    return item == -1 if isinstance(item, int) else isinstance(item, str) and item.strip().casefold() in BATCH


def _is_blank(item: object) -> bool:
    return isinstance(item, str) and item.strip() in BLANKS


def _size(item: object, index: int = 0) -> int | Fraction:
    """One axis of a shape given as a list."""
    if isinstance(item, str) and len(item) < 400:
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


def shape_in(line: str, raw: str, spec: AnswerSpec) -> Shape | None:
    """One shape from a line that has been folded already: of a chain, the last side that is a shape."""
    line = unmarked(line)
    if line in BLANKS:
        return None
    axes = _AXES.fullmatch(line)
    if axes:
        return tuple(_whole(size) for size in re.findall(r"\d+", line))
    sides = sides_of(unlabelled(line))[-MAX_SIDES:]
    shapes = [(shape, _is_product(side)) for side in sides if (shape := _plain(side, raw)) is not None]
    if shapes:
        return _told(shapes, raw)
    for side in reversed(sides):
        if re.search(r"[*xX]", side) and not re.search(r"[-+/]", side):
            continue
        try:
            number = number_of(side, spec, raw)
        except UnreadableError:
            continue
        if number is not None and number.value >= 0 and Fraction(number.value).denominator == 1:
            return (int(number.value),)
    raise unreadable("expected a shape such as (14, 14, 32), received {received}", received=quoted(raw))


def _is_product(side: str) -> bool:
    return side[:1] not in "([{" and "," not in side


def _told(shapes: list[tuple[Shape, bool]], raw: str) -> Shape:
    """The last shape; but `1568 = 7 * 7 * 32` tells the size, result first."""
    last, product = shapes[-1]
    if product and len(last) > 1 and len(shapes) > 1 and shapes[-2][0] == (math.prod(last),):
        return shapes[-2][0]
    if (
        len(last) == 1
        and len(shapes) > 1
        and not shapes[-2][1]
        and shapes[-2][0] != last
        and math.prod(shapes[-2][0]) == last[0]
    ):
        raise ambiguous(
            raw, sentence("the shape {shape}", shape=str(shapes[-2][0])), sentence("the size {size}", size=str(last[0]))
        )
    return last


def _plain(side: str, raw: str) -> Shape | None:
    """A side that is a shape and no calculation."""
    bracketed = side[:1] in "([{" and side[-1:] in ")]}"
    inside = unmarked(side[1:-1]) if bracketed else side
    if _COMMAS.fullmatch(inside) and not bracketed:
        first, second = inside.split(",")
        if not second.startswith("0") and first != second:
            raise ambiguous(
                raw,
                sentence("the shape {shape}", shape=f"({int(first)}, {second})"),
                sentence("the size {size}", size=f"{first}{second}"),
            )
        return (_whole(inside),) if first != second else (int(first), int(second))
    if re.search(r", ", inside) and re.search(r"\d,\d{3}(?!\d)", inside):
        loose = ", ".join(_PIECES.split(inside))
        raise ambiguous(raw, f"({loose})", f"({re.sub(r'(?<=[0-9]),(?=[0-9]{3})', '', inside)})")
    pieces = _PIECES.split(inside)
    if len(pieces) > 1 and pieces[-1] == "":
        pieces.pop()
    if len(pieces) == 1 and " " in inside:
        pieces = inside.split()
    if len(pieces) > 1 and pieces[0].casefold() in BATCH:
        pieces = pieces[1:]
    if re.search(r"\d ?[*xX] ?\d", inside) and re.search(r"\d ?[,;] ?\d", inside):
        return None
    if not pieces or len(pieces) > MAX_AXES or not all(_SIZE.fullmatch(piece) for piece in pieces):
        return None
    if max(map(len, pieces)) > 300:
        return None
    return tuple(_whole(piece) for piece in pieces)


def shapes_from(raw: object, spec: AnswerSpec) -> tuple[Shape | None, ...] | None:
    """A list of shapes: a TOML list of any of their forms, or text with one shape per line.

    `does not change` repeats the shape of the row before. None where everything was left blank.

    Raises:
        UnreadableError: a row that is not a shape, with its number.
    """
    items = raw if isinstance(raw, list) else _lines(raw) if isinstance(raw, str) else [raw]
    if len(items) > MAX_SHAPES:
        raise unreadable("expected at most {most} shapes, received {received}", most=MAX_SHAPES, received=len(items))
    shapes: list[Shape | None] = []
    for index, item in enumerate(items):
        try:
            if _says_same(item):
                if not shapes:
                    raise unreadable("expected a shape in the first row, received {received}", received=described(item))
                shapes.append(shapes[-1])
            else:
                shapes.append(shape_from(item, spec))
        except UnreadableError as error:
            raise in_cell(error, (index,)) from None
    return tuple(shapes) if any(shape is not None for shape in shapes) else None


def _says_same(item: object) -> bool:
    return isinstance(item, str) and len(item) < 80 and " ".join(fold(item).split()).casefold().rstrip(". ") in SAME


def _lines(raw: str) -> list[str]:
    """The rows of a text: lines, or what `;`, arrows or commas between products or brackets divide."""
    if len(raw) > 10 * MAX_TEXT:
        raise unreadable(
            "expected shapes in at most {most} characters, received {received}", most=10 * MAX_TEXT, received=len(raw)
        )
    text = unlatex(fold(raw)).strip()
    lines = [" ".join(line.split()).strip(" ,;") for line in text.split("\n") if line.strip()]
    if len(lines) != 1:
        return lines
    line = unmarked(lines[0])
    for mark in (";", "→", "|"):
        if mark in line:
            return [piece.strip() for piece in line.split(mark) if piece.strip()]
    if re.fullmatch(r"\[.*\]", line):
        line = line[1:-1]
    if re.search(r"[)\]}]", line):
        return [piece.strip() for piece in re.split(r"(?<=[)\]}]) ?,? ?(?=[(\[{])", line)]
    if re.search(r"\d\s*[*xX]\s*\d", line) or re.fullmatch(r"[\d\s,]*", line):
        return [piece.strip() for piece in line.split(",")] if "," in line else _by_spaces(line)
    return [line]


def _by_spaces(line: str) -> list[str]:
    return (
        re.split(r"\s+", line)
        if re.fullmatch(r"[\d\sxX*]*", line) and not re.search(r"\s[xX*]|[xX*]\s", line)
        else [line]
    )


def shape_text(value: object) -> str:
    """A shape in brackets, `(14, 14, 32)`."""
    if not isinstance(value, tuple):
        return str(value)
    sizes = ", ".join(str(size) if isinstance(size, int) else repr(float(size)) for size in value)
    return f"({sizes}{',' if len(value) == 1 else ''})"
