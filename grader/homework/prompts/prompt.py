"""A prompt: parsed once, filled with the values of a question, and rendered as plain text or as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from grader.homework.prompts.pieces import Context, Fill, Piece, pieces
from grader.homework.prompts.values import FillValue
from grader.messages.isolates import unisolated
from grader.structs import Struct


class Prompt(Struct):
    """A prompt as the author wrote it.

    >>> from grader.homework.prompts.layout import laid_out
    >>> filled = Prompt("X = {{ X }}, and so on").filled({"X": laid_out([[1, 2], [3, 4]])}.get)
    >>> print(filled.plain)
    X = 1  2, and so on
        3  4
    >>> print(filled.markdown)
    X = $\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}$, and so on
    """

    source: str

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of the source.

        Raises RefusedError if `{{` is not followed by a name.
        """
        return pieces(self.source)

    def filled(self, value: Callable[[str], FillValue | None]) -> FilledPrompt:
        """The prompt with every fill replaced by its value; a fill whose value is None stays as it is written."""
        return FilledPrompt(
            tuple(
                FilledPiece(
                    piece.context,
                    tuple(
                        (value(each.name) or each.source) if isinstance(each, Fill) else each for each in piece.content
                    ),
                )
                for piece in self.pieces
            )
        )


class FilledPiece(Struct):
    """A piece with its fills replaced by values."""

    context: Context
    content: tuple[str | FillValue, ...]


class FilledPrompt(Struct):
    """A prompt with its fills replaced by values, to be rendered."""

    pieces: tuple[FilledPiece, ...]

    @cached_property
    def plain(self) -> str:
        """Text for a terminal or a comment: Markdown and LaTeX as written, multi-line values aligned."""
        return _aligned([each for piece in self.pieces for each in _plain(piece)])

    @cached_property
    def line(self) -> str:
        """The plain text with every value on one line, for an option or a line of a rubric."""
        return "".join(
            each if isinstance(each, str) else "; ".join(each.plain())
            for piece in self.pieces
            for each in piece.content
        )

    @property
    def markdown(self) -> str:
        """Markdown with LaTeX between dollars."""
        return unisolated(self.isolated)

    @cached_property
    def isolated(self) -> str:
        """The Markdown, with each value between U+2066 or U+2068 and U+2069, for a page in any language."""
        return "".join(_markdown(self.pieces))

    def __str__(self) -> str:
        """The plain text."""
        return self.plain


@lru_cache(maxsize=2_000)
def prompt(source: str) -> Prompt:
    """The prompt with this source, cached so that it is parsed once."""
    return Prompt(source)


def _plain(piece: FilledPiece) -> tuple[str | FillValue, ...]:
    """The content of a piece for plain text; mathematics with a multi-line value loses its dollars."""
    tall = any(isinstance(each, FillValue) and len(each.plain()) > 1 for each in piece.content)
    if piece.context is not Context.MATHS or not tall:
        return piece.content
    first, *between, last = piece.content
    assert isinstance(first, str) and isinstance(last, str)
    return (first.lstrip("$"), *between, last.rstrip("$"))


def _aligned(content: list[str | FillValue]) -> str:
    """The content as text; what is before and after a multi-line value is on the value's first line."""
    done: list[str] = []
    box: list[str] = [""]  # the current line, and the lines of values below it
    alone = False
    for each in content:
        if isinstance(each, str):
            first, *more = (each.lstrip(" \t").removeprefix("\n") if alone else each).split("\n")
            box[0] += first
            if more:
                done += [*_finished(box), *more[:-1]]
                box = [more[-1]]
        elif each.alone:
            done += [*(_finished(box) if box[0].strip() else ()), *each.plain()]
            box = [""]
        else:
            _beside(box, each.plain())
        alone = not isinstance(each, str) and each.alone
    return "\n".join([*done, *(() if alone else _finished(box))])


def _beside(box: list[str], lines: list[str]) -> None:
    """Append lines: the first to the current line, the others below it."""
    column = len(box[0])
    width = max(map(len, lines), default=0)
    box += [""] * (len(lines) - len(box))
    for place, line in enumerate(lines):
        start = box[place] if place == 0 else box[place].ljust(column)
        box[place] = start + (line.ljust(width) if place == 0 and len(lines) > 1 else line)


def _finished(box: list[str]) -> list[str]:
    """The lines of a box, without trailing spaces from the alignment."""
    return box if len(box) == 1 else [line.rstrip() for line in box]


def _markdown(found: tuple[FilledPiece, ...]) -> Iterator[str]:
    """The pieces as Markdown, with each value written as its context requires."""
    written = ""
    for piece in found:
        if piece.context is Context.BLOCK:
            text = _aligned(list(piece.content))
        else:
            parts: list[str] = []
            for each in piece.content:
                before = "".join(parts) or written
                parts.append(each if isinstance(each, str) else _value(each, piece.context, before))
            text = "".join(parts)
        written = (written + text)[-1000:]
        yield text


def _value(value: FillValue, context: Context, before: str) -> str:
    """A value as Markdown: within the line, or on lines of its own, indented like the line `before`."""
    if context is Context.MATHS:
        return value.latex()
    if context is Context.CODE:
        return "; ".join(value.plain())
    if not value.alone:
        return value.markdown()
    line = before.rpartition("\n")[2]
    indent = line[: len(line) - len(line.lstrip(" "))]
    lines = value.markdown().split("\n")
    return "\n\n" + "\n".join(indent + each for each in lines) + "\n\n" + indent
