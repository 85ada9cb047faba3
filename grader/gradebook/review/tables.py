"""The tables of a long TOML file one after another: a class's review file is read without holding all of it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Container, Iterable, Iterator
from decimal import Decimal
from typing import Any

import tomli

from grader.homework import lines as document_lines

MOST = 1_000_000
"""Characters of one table; more are no table that we know."""
_TRIES = 20
_BEGINS = re.compile(rb"\s*\[\[\s*review\s*\]\]")
_POINTS = re.compile(
    r"^(\s*points\s*=\s*)([0-9۰-۹٠-٩]+\s*[/,٫]\s*[0-9۰-۹٠-٩]+|[۰-۹٠-٩]+)(?=\s*(?:#.*)?$)", re.MULTILINE
)
"""Points that stand without quotes as no number of TOML."""


def loads(text: str) -> dict[str, Any]:
    """The values of a document; points such as 1,5 or 1/2 need no quotes.

    Raises ValueError for what is no TOML.

    >>> loads("points = 1,5  # a comment"), loads("points = ۲")
    ({'points': '1,5'}, {'points': '۲'})
    """
    try:
        return tomli.loads(text, parse_float=Decimal)
    except ValueError:
        quoted = _POINTS.sub(r"\1'\2'", text)
        if quoted == text:
            raise
    return tomli.loads(quoted, parse_float=Decimal)


def tables(lines: Iterable[bytes], seen: Callable[[bytes], object]) -> Iterator[tuple[dict[str, Any], str]]:
    r"""Each `[[review]]` of the file as a document of its own, with its text; `seen` is given every line.

    A line that begins a table may stand inside a text over several lines. So a piece that is no TOML goes on with the
    next one.

    Raises ValueError where that does not lead anywhere: the whole file has to be read at once.

    >>> found = tables([b"[[review]]\n", b"a = '''\n", b"[[review]]\n", b"'''\n", b"[[review]]\n"], len)
    >>> [one["review"] for one, _ in found]
    [[{'a': '[[review]]\n'}], [{}]]
    """
    held, tries = "", 0
    for piece in _pieces(lines, seen):
        held += piece
        if len(held) > MOST or tries > _TRIES:
            raise ValueError("no table of a review file")
        if held.count('"""') % 2:
            continue
        try:
            found = loads(held)
        except ValueError:
            tries += 1 - held.count("'''") % 2
            continue
        yield found, held
        held, tries = "", 0
    if held:
        yield loads(held), held


def comments_besides(known: Container[str], text: str) -> list[str]:
    r"""The comments of a table that are not among the known ones.

    >>> comments_besides({"# 1: known"}, "# 1: known\npoints = 2  # generous\nanswer = '# no comment'\n")
    ['# generous']
    """
    lines = (line[line.index("#") :].rstrip() for line in text.splitlines() if "#" in line)
    if all(line in known for line in lines):
        return []
    found = (comment.rstrip() for comment in document_lines.comments(text))
    return [comment for comment in found if comment not in known]


def _pieces(lines: Iterable[bytes], seen: Callable[[bytes], object]) -> Iterator[str]:
    piece: list[bytes] = []
    size = 0
    for number, line in enumerate(lines):
        seen(line)
        if _BEGINS.match(line) and piece:
            above = len(piece)
            while above and piece[above - 1].lstrip().startswith(b"#"):
                above -= 1  # comments right above a table are about that table
            yield b"".join(piece[:above]).decode()
            piece = piece[above:]
            size = sum(map(len, piece))
        piece.append(line.removeprefix(codecs.BOM_UTF8) if number == 0 else line)
        size += len(line)
        if size > 4 * MOST:
            raise ValueError("no table of a review file")
    yield b"".join(piece).decode()
