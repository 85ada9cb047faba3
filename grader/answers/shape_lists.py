"""Lists of shapes: a row a layer, in any of their forms."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.answers.characters import fold, unmarked
from grader.answers.frameworks import summary_row
from grader.answers.latex import unlatex
from grader.answers.numbers import MAX_TEXT
from grader.answers.phrases import SAME
from grader.answers.refusal import described, in_cell, unreadable
from grader.answers.shapes import shape_readings
from grader.answers.spec import AnswerSpec
from grader.answers.values import Reading, Shape
from grader.errors import UnreadableError
from grader.patterns import pattern

MAX_SHAPES = 10_000
_LABEL = pattern(r"[^\W\d][\w .+-]{0,40}(?:\([^()]{0,30}\)\s*)?\s*[:=\t]\s*")
_NUMBERED = pattern(r"\s*(\d{1,3})[.):]\s+")
_NAMED = pattern(r"[^\W\d][\w().-]{0,30}\s+(?!\d+:)(?=[\d(\[])")
_DASH = pattern(r"\s*-\s+(?=[\d(\[])")


def shapes_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What a list of shapes may stand for: a TOML list of any of their forms, or text with one shape per line.

    `does not change` repeats the shape of the row before. None where everything was left blank. Where there is one row
    more than asked, the first may be the input.

    Raises:
        UnreadableError: a row that is not a shape, with its number.
    """
    items = raw if isinstance(raw, list) else _lines(raw) if isinstance(raw, str) else [raw]
    if len(items) > MAX_SHAPES:
        raise unreadable("expected at most {most} shapes, received {received}", most=MAX_SHAPES, received=len(items))
    row = replace(spec, axes=spec.axes[1:] or None if spec.axes else None)
    shapes: list[Shape | None] = []
    squares: list[Shape | None] = []
    for index, item in enumerate(items):
        try:
            if _says_same(item):
                if not shapes:
                    raise unreadable("expected a shape in the first row, received {received}", received=described(item))
                shapes.append(shapes[-1])
                squares.append(squares[-1])
            else:
                natural = [reading.value for reading in shape_readings(item, row) if reading.natural]
                shapes.append(natural[0] if natural else None)  # type: ignore[arg-type]
                squares.append(natural[-1] if natural else None)  # type: ignore[arg-type]
        except UnreadableError as error:
            raise in_cell(error, (index,)) from None
    if all(shape is None for shape in shapes):
        return ()
    readings = [Reading(tuple(shapes))]
    if squares != shapes:
        readings.append(Reading(tuple(squares)))
    if spec.axes and len(shapes) == spec.axes[0] + 1:
        readings.append(Reading(tuple(shapes[1:]), natural=False))
    return tuple(readings)


def _says_same(item: object) -> bool:
    return isinstance(item, str) and len(item) < 80 and " ".join(fold(item).split()).casefold().strip(".() ") in SAME


def _lines(raw: str) -> list[str]:
    """The rows of a text: lines, or what `;`, arrows or commas between products or brackets divide."""
    if len(raw) > 10 * MAX_TEXT:
        raise unreadable(
            "expected shapes in at most {most} characters, received {received}", most=10 * MAX_TEXT, received=len(raw)
        )
    text = unlatex(fold(raw)).strip()
    lines = [line.strip(" ,;") for line in text.split("\n") if line.strip()]
    if len(lines) > 1:
        return _rows(lines)
    line = unmarked(" ".join(lines[0].split()))
    for mark in (";", "→", "|"):
        if mark in line.strip("| "):
            return [piece.strip() for piece in line.split(mark) if piece.strip()]
    if re.fullmatch(r"\[.*\]", line):
        line = line[1:-1]
    pieces = _between(line)
    if len(pieces) > 1 and all(_LABEL.match(piece) for piece in pieces):
        return [_LABEL.sub("", piece, count=1) for piece in pieces]
    if re.search(r"[)\]}]", line):
        return [piece.strip() for piece in re.split(r"(?<=[)\]}]) ?,? ?(?=[(\[{])", line)]
    if re.search(r"\d\s*[*xX]\s*\d", line) or re.fullmatch(r"[\d\s,]*", line):
        return [piece.strip() for piece in line.split(",")] if "," in line else _by_spaces(line)
    return [line]


def _rows(lines: list[str]) -> list[str]:
    """The shapes of several lines, without numbers, labels, frames and heads; of a model's summary the shapes."""
    summary = [summary_row(line) for line in lines]
    if any(summary):
        return [row[0] for row in summary if row]
    lines = [line for line in lines if not re.fullmatch(r"[-+|=: ]{3,}", line)]
    numbers = [_NUMBERED.match(line) for line in lines]
    if all(numbers) and [int(found[1]) for found in numbers if found] == list(range(1, len(lines) + 1)):
        lines = [_NUMBERED.sub("", line, count=1) for line in lines]
    for mark in (_NAMED, _DASH):
        if all(mark.match(line) or line.casefold().rstrip(".") in SAME for line in lines):
            lines = [mark.sub("", line, count=1) for line in lines]
    cells = [[cell.strip() for cell in re.split(r"[|]", line.strip("| ")) if cell.strip()] or [line] for line in lines]
    if all(len(row) <= 2 for row in cells) and not any(re.search(r"\d", cell) for cell in cells[0]):
        cells = cells[1:] if cells[0][-1].casefold().rstrip(".") not in SAME else cells
    return [_LABEL.sub("", " ".join(row[-1].split(" ")), count=1) if len(row) else "" for row in cells]


def _between(line: str) -> list[str]:
    """What commas outside brackets divide."""
    pieces, start, level = [], 0, 0
    for at, char in enumerate(line):
        level += (char in "([{") - (char in ")]}")
        if char == "," and level == 0:
            pieces.append(line[start:at].strip())
            start = at + 1
    return [*pieces, line[start:].strip()]


def _by_spaces(line: str) -> list[str]:
    return (
        re.split(r"\s+", line)
        if re.fullmatch(r"[\d\sxX*]*", line) and not re.search(r"\s[xX*]|[xX*]\s", line)
        else [line]
    )
