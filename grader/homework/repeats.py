"""Givens that a prompt repeats by hand: the numbers agree now, but not after the next change to the givens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from grader.homework.prompts.pieces import pieces
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment, Question

NumberRow = Sequence[float]

LEAST_CELLS = 4
"""The fewest cells for a matrix to count: a smaller one may match a given by chance."""
LEAST_COUNT = 100
"""The smallest integer to count: a smaller one often means something else in a prompt."""
LEAST_ROW = 3
NEARLY = 0.7
"""The smallest share of equal cells at which a matrix counts as copied from a given."""

_NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d+\.\d+|\d+|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]*\d)")
_ROWS = re.compile(r"\[\s*(\[[^\[\]]*\](?:\s*,?\s*\[[^\[\]]*\])+)\s*\]")
_ONE_ROW = re.compile(r"\[([^\[\]]*)\]")
_LATEX = re.compile(r"\\begin\{(\w*matrix|array)\}(.*?)\\end\{\1\}", re.DOTALL)
_MATLAB = re.compile(r"\[([^\[\]]*;[^\[\]]*)\]")
_LIST = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]|((?:\d+\s*[x×]\s*)+\d+)")


class Repeat(Struct):
    """A given that a prompt repeats; `differs` are the indices of the cells in which the two differ.

    `part` is empty if it is the prompt of the question.
    """

    question: str
    part: str
    given: str
    differs: tuple[tuple[int, ...], ...] = ()


def repeats(assignment: Assignment) -> Iterator[Repeat]:
    """The givens that the prompts of an assignment repeat by hand."""
    for question in assignment.questions:
        yield from _in_text(question, "", question.prompt)
        for name, part in question.parts.items():
            yield from _in_text(question, name, part.prompt)


def _in_text(question: Question, part: str, source: str) -> Iterator[Repeat]:
    text = "".join(
        each if isinstance(each, str) else each.name for piece in pieces(source) for each in piece.content
    ).replace("−", "-")
    matrices = [*_matrices(text)]
    for name, value in question.given.items():
        differs = _differs(value, matrices, text)
        if differs is not None:
            yield Repeat(question.id, part, name, differs)


def _differs(value: Any, matrices: list[list[NumberRow]], text: str) -> tuple[tuple[int, ...], ...] | None:
    """The cells in which the prompt differs from a given; None if it does not repeat the given."""
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        rows = [row for row in value if all(isinstance(cell, int | float) for cell in row)]
        if len(rows) < len(value) or len({len(row) for row in rows}) > 1 or len(rows) * len(rows[0]) < LEAST_CELLS:
            return None
        return _nearest(rows, [*matrices, *_windows(text, len(rows), len(rows[0]))])
    if isinstance(value, list):
        return () if _is_distinct(value) and value in _lists(text) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_telling(value):
        return () if value in [float(each) for each in _NUMBER.findall(text)] else None
    return None


def _nearest(rows: list[NumberRow], found: list[list[NumberRow]]) -> tuple[tuple[int, ...], ...] | None:
    """The cells in which a matrix differs from the most similar of those found; None if none is similar."""
    best: tuple[tuple[int, ...], ...] | None = None
    size = len(rows) * len(rows[0])
    for other in found:
        if [len(row) for row in other] != [len(row) for row in rows]:
            continue
        differs = tuple(
            (place, column)
            for place, (one, two) in enumerate(zip(rows, other, strict=True))
            for column, (left, right) in enumerate(zip(one, two, strict=True))
            if left != right
        )
        told = sum(cell != 0 for row in rows for cell in row) - sum(rows[row][column] != 0 for row, column in differs)
        alike = not differs or (size - len(differs) >= NEARLY * size and told >= LEAST_CELLS - 1)
        if alike and (best is None or len(differs) < len(best)):
            best = differs
    return best


def _matrices(text: str) -> Iterator[list[NumberRow]]:
    """The matrices in a text, written with nested brackets, in LaTeX or as in MATLAB."""
    for found in _ROWS.finditer(text):
        yield [_numbers(row) for row in _ONE_ROW.findall(found[1])]
    for found in _LATEX.finditer(text):
        yield [_numbers(row) for row in found[2].split("\\\\") if _NUMBER.search(row)]
    for found in _MATLAB.finditer(text):
        yield [_numbers(row) for row in found[1].split(";")]


def _windows(text: str, height: int, width: int) -> Iterator[list[NumberRow]]:
    """The rectangles of this size in consecutive lines of numbers, such as each of two matrices side by side."""
    lines = [_numbers(line) for line in text.split("\n")]
    for start in range(len(lines) - height + 1):
        block = lines[start : start + height]
        for left in range(min(map(len, block)) - width + 1):
            yield [line[left : left + width] for line in block]


def _lists(text: str) -> list[NumberRow]:
    """The lists of numbers in a text: bracketed rows, and shapes such as 28 x 28 x 1."""
    return [_numbers(row or shape.replace("×", " ").replace("x", " ")) for row, shape in _LIST.findall(text)]


def _numbers(text: str) -> list[float]:
    return [float(each) for each in _NUMBER.findall(text)]


def _is_distinct(row: list[Any]) -> bool:
    """Whether a list is unlikely to occur in a text by chance: long enough, and no short sequence such as 1, 2, 3."""
    if len(row) < LEAST_ROW or any(isinstance(cell, bool) or not isinstance(cell, int | float) for cell in row):
        return False
    return len({after - before for before, after in pairwise(row)}) > 1 or len(row) > 2 * LEAST_ROW


def _is_telling(number: float) -> bool:
    """Whether a number is unlikely to mean something else in a text."""
    return abs(number) >= LEAST_COUNT or (number != int(number) and number != 0.5)
