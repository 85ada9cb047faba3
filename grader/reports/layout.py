"""Text in columns and frames, as styled pieces: joined for plain text, passed to Rich for colour.

Rich is imported only for colour, so a report for a file or a pipe does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from grader.patterns import pattern

_ISOLATE = pattern("[\u2066-\u2069]", needs="⁦⁧⁨⁩")
_POP = "\u2069"

StyledText = tuple[str, str]
"""A text without line breaks, and a Rich style; the style may be empty."""

Line = tuple[StyledText, ...]


class TableCell(NamedTuple):
    """The content of one column: lines of one style."""

    lines: Sequence[str] = ()
    style: str = ""
    right: bool = False


def fold(line: str, width: int) -> list[str]:
    """The line in pieces of at most `width` columns, broken at blanks where possible.

    >>> fold("one two three", 8)
    ['one two', 'three']
    >>> fold("abcdefgh", 3)
    ['abc', 'def', 'gh']
    """
    if cell_len(line) <= width:
        return [line]
    return closed_lines(_folded(line, width)) if _ISOLATE.search(line) else _folded(line, width)


def closed_lines(lines: Iterable[str]) -> list[str]:
    """The lines of one text, with isolates that are open at the end of a line closed there and reopened on the next."""
    closed: list[str] = []
    opened: list[str] = []
    for line in lines:
        before = "".join(opened)
        for mark in _ISOLATE.findall(line):
            if mark != _POP:
                opened.append(mark)
            elif opened:
                opened.pop()
        closed.append(f"{before}{line}{_POP * len(opened)}")
    return closed


def _folded(line: str, width: int) -> list[str]:
    folded: list[str] = []
    current = ""
    for word in line.split(" "):
        joined = f"{current} {word}" if current else word
        if cell_len(joined) <= width:
            current = joined
            continue
        if current:
            folded.append(current)
        *whole, current = chop_cells(word, width) or [""]
        folded += whole
    return [*folded, current] if current else folded


def columns(cells: Sequence[TableCell], widths: Sequence[int]) -> list[Line]:
    """One row of a table: cells side by side, each folded to its column; as many lines as the longest needs."""
    folded = [
        [part for line in cell.lines for part in fold(line, width)] for cell, width in zip(cells, widths, strict=True)
    ]
    rows: list[Line] = []
    for number in range(max(map(len, folded), default=0)):
        row: list[StyledText] = []
        for cell, lines, width in zip(cells, folded, widths, strict=True):
            text = lines[number] if number < len(lines) else ""
            blank = " " * (width - cell_len(text))
            row += [(blank, ""), (text, cell.style)] if cell.right else [(text, cell.style), (blank, "")]
            row.append(("  ", ""))
        rows.append(tuple(row[:-1]))
    return rows


def paragraph(text: str, width: int, indent: int, style: str = "") -> list[Line]:
    """A text over the whole width, indented."""
    return [((" " * indent, ""), (line, style)) for line in fold(text, width - indent)]


def framed(lines: Iterable[Line], heading: Line, width: int) -> list[Line]:
    """Lines inside a frame with a heading in its upper border; the heading is cut if too long."""
    inner = width - 4
    shown: list[StyledText] = []
    room = width - 6
    for text, style in heading:
        part = text if cell_len(text) <= room else (chop_cells(text, max(room - 1, 1)) or [""])[0] + "…"
        shown.append((part, style))
        room -= cell_len(part)
        if part != text:
            break
    border = "─" * (width - 5 - sum(cell_len(text) for text, _ in shown))
    drawn: list[Line] = [(("╭─ ", "dim"), *shown, (f" {border}╮", "dim"))]
    for line in lines:
        blank = " " * max(inner - sum(cell_len(text) for text, _ in line), 0)
        drawn.append((("│ ", "dim"), *line, (f"{blank} │", "dim")))
    drawn.append(((f"╰{'─' * (width - 2)}╯", "dim"),))
    return drawn


def written(lines: Iterable[Line], *, colour: bool) -> str:
    """The lines as text without trailing blanks; with colour codes if `colour` is set."""
    if not colour:
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
    return _coloured(lines)


def _coloured(lines: Iterable[Line]) -> str:
    """The same through Rich, without interpreting markup or emoji codes, and without highlighting."""
    import io

    from rich.console import Console
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(
        file=buffer, force_terminal=True, markup=False, emoji=False, highlight=False, legacy_windows=False
    )
    for line in lines:
        text = Text.assemble(*(piece for piece in line if piece[0]))
        text.rstrip()
        console.print(text, soft_wrap=True)
    return buffer.getvalue()
