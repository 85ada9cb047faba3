"""Values as prompts show them, each as plain text, Markdown and LaTeX: a word, a shape, a row, a matrix, a table.

Numbers are already texts here, so that 0.10 in the assignment stays 0.10.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from grader.messages.isolates import FIRST_STRONG, LEFT_TO_RIGHT, POP
from grader.structs import Struct

MOST_SHOWN_CELLS = 400
"""A larger array is cut to its first rows and columns."""
_SIDE = 12
_GAP = "  "
_DOTS = "…"
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_POWER = re.compile(r"(.+)e([+-]?\d+)")
_LATEX = {character: f"\\{character}" for character in "#$%&_{}"} | {
    "\\": r"\backslash{}",
    "^": r"\hat{}",
    "~": r"\sim{}",
}

Rows = Sequence[Sequence[str]]


class FillValue(Struct, ABC):
    """A value that replaces a fill."""

    @abstractmethod
    def plain(self) -> list[str]:
        """The lines for a terminal or a comment."""

    @abstractmethod
    def markdown(self) -> str:
        """The value as Markdown; a value with a line break needs lines of its own."""

    @abstractmethod
    def latex(self) -> str:
        """The value as LaTeX, inside mathematics."""

    @property
    def alone(self) -> bool:
        """Whether it needs lines of its own in every form."""
        return False


class Word(FillValue):
    """A number, a truth value or a text; with `number`, its characters are written unchanged in mathematics."""

    text: str
    number: bool = True

    def plain(self) -> list[str]:
        """The text on one line."""
        return [self.text]

    def markdown(self) -> str:
        """The text, escaped, and isolated so that a sign stays before its number in right-to-left languages."""
        opened = LEFT_TO_RIGHT if self.number else FIRST_STRONG
        return opened + escaped(self.text) + POP

    def latex(self) -> str:
        """A number as it is; anything else as text inside mathematics."""
        return (
            _number(self.text) if self.number else rf"\text{{{''.join(_LATEX.get(each, each) for each in self.text)}}}"
        )


class ShapeValue(FillValue):
    """The sizes of a shape, in the order in which the question writes them."""

    sizes: tuple[str, ...]

    def plain(self) -> list[str]:
        """The sizes with crosses between them, such as 28 x 28 x 1."""
        return [" x ".join(self.sizes)]

    def markdown(self) -> str:
        """The plain text, written from left to right in every language."""
        return LEFT_TO_RIGHT + self.plain()[0] + POP

    def latex(self) -> str:
        """The sizes with multiplication signs between them."""
        return r" \times ".join(self.sizes)


class ListValue(FillValue):
    """The entries of a list, on one line."""

    entries: tuple[str, ...]

    def _shown(self) -> list[str]:
        most = len(self.entries) if len(self.entries) <= MOST_SHOWN_CELLS else _SIDE
        return [*self.entries[:most], *([f"{_DOTS} ({len(self.entries)})"] if most < len(self.entries) else [])]

    def plain(self) -> list[str]:
        """The entries in brackets."""
        return [f"[{', '.join(self._shown())}]"]

    def markdown(self) -> str:
        """The entries in brackets that do not open a link."""
        return LEFT_TO_RIGHT + escaped(self.plain()[0]) + POP

    def latex(self) -> str:
        """The entries in brackets."""
        return rf"[{', '.join(map(_number, self._shown()))}]"


class Matrix(FillValue):
    """A matrix, as rows of entries."""

    rows: Rows

    def _shown(self) -> tuple[list[list[str]], bool]:
        """The rows to show, and whether any entries are left out."""
        width = len(self.rows[0]) if self.rows else 0
        if len(self.rows) * width <= MOST_SHOWN_CELLS:
            return [list(row) for row in self.rows], False
        rows = [[*row[:_SIDE], *([_DOTS] if width > _SIDE else [])] for row in self.rows[:_SIDE]]
        return [*rows, *([[_DOTS] * len(rows[0])] if len(self.rows) > _SIDE else [])], True

    @property
    def size(self) -> str:
        """The number of rows and columns, such as 3 x 4."""
        return f"{len(self.rows)} x {len(self.rows[0]) if self.rows else 0}"

    def plain(self) -> list[str]:
        """The rows, with their columns aligned to the right."""
        rows, cut = self._shown()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_GAP.join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return [*lines, f"({self.size})"] if cut else lines

    def markdown(self) -> str:
        """The matrix as inline mathematics."""
        return f"${self.latex()}$"

    def latex(self) -> str:
        """The matrix in brackets, with its size if it is cut."""
        rows, cut = self._shown()
        inside = r" \\ ".join(" & ".join(map(_number, row)) for row in rows)
        size = rf"\;({self.size.replace('x', chr(92) + 'times')})" if cut else ""
        return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}{size}"


class SlicesValue(FillValue):
    """The matrices of an array with three or more axes, each with its index; `count` includes those not shown."""

    matrices: tuple[tuple[str, Matrix], ...]
    count: int

    @property
    def alone(self) -> bool:
        """True: each matrix has a line with its index above it."""
        return True

    def plain(self) -> list[str]:
        """Each matrix below a line with its index."""
        lines = [line for index, matrix in self.matrices for line in (f"[{index}]", *matrix.plain())]
        return lines if len(self.matrices) == self.count else [*lines, f"{_DOTS} ({self.count})"]

    def markdown(self) -> str:
        """Each matrix as inline mathematics on a line of its own."""
        return "\n".join(f"${piece}$" for piece in self._pieces())

    def latex(self) -> str:
        """The matrices on one line."""
        return r" \quad ".join(self._pieces())

    def _pieces(self) -> list[str]:
        found = [rf"[{index}] = {matrix.latex()}" for index, matrix in self.matrices]
        return found if len(found) == self.count else [*found, rf"\ldots ({self.count})"]


class TableValue(FillValue):
    """A table such as that of layers and their options; an option that a layer does not have is blank."""

    head: tuple[str, ...]
    rows: Rows
    count: int

    @property
    def alone(self) -> bool:
        """True: a table does not fit into a line of text."""
        return True

    def _lines(self) -> list[list[str]]:
        more = [[_DOTS, f"({self.count})", *[""] * (len(self.head) - 2)]] if len(self.rows) < self.count else []
        return [list(self.head), *map(list, self.rows), *more]

    def plain(self) -> list[str]:
        """The head and the rows, with their columns aligned to the left."""
        lines = self._lines()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return [
            _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]

    def markdown(self) -> str:
        """A Markdown table, with pipes."""
        head, *rows = [f"| {' | '.join(escaped(cell) for cell in line)} |" for line in self._lines()]
        return "\n".join([head, f"|{' --- |' * len(self.head)}", *rows])

    def latex(self) -> str:
        """A LaTeX array of texts."""
        rows = [" & ".join(Word(cell, number=False).latex() for cell in line) for line in self._lines()]
        return rf"\begin{{array}}{{{'l' * len(self.head)}}} {(' ' + chr(92) * 2 + ' ').join(rows)} \end{{array}}"


def escaped(text: str) -> str:
    r"""A text escaped for Markdown.

    >>> print(escaped("a_b [1]"))
    a\_b \[1\]
    """
    return _MARKS.sub(r"\\\1", text)


def _number(text: str) -> str:
    """A number, or the dots in place of omitted entries, as LaTeX."""
    power = _POWER.fullmatch(text)
    if power is not None:
        return rf"{power[1]} \times 10^{{{int(power[2])}}}"
    return text.replace(_DOTS, r"\ldots")
