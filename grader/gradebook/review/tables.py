"""The tables of a long TOML file one after another: a class's review file is read without holding all of it."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli

MOST = 1_000_000
"""Characters of one table; more are no table that we know."""
_TRIES = 20
_BEGINS = re.compile(rb"\s*\[\[\s*review\s*\]\]")


def digest_of(path: Path) -> str:
    """The digest of the file, which may be large; empty where there is none."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def tables(lines: Iterable[bytes], seen: Callable[[bytes], object]) -> Iterator[dict[str, Any]]:
    r"""Each `[[review]]` of the file as a document of its own; `seen` is given every line.

    A line that begins a table may stand inside a text over several lines. So a piece that is no TOML goes on with the
    next one.

    Raises ValueError where that does not lead anywhere: the whole file has to be read at once.

    >>> found = tables([b"[[review]]\n", b"a = '''\n", b"[[review]]\n", b"'''\n", b"[[review]]\n"], len)
    >>> [one["review"] for one in found]
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
            found = tomli.loads(held, parse_float=Decimal)
        except ValueError:
            tries += 1 - held.count("'''") % 2
            continue
        held, tries = "", 0
        yield found
    if held:
        yield tomli.loads(held, parse_float=Decimal)


def _pieces(lines: Iterable[bytes], seen: Callable[[bytes], object]) -> Iterator[str]:
    piece: list[bytes] = []
    size = 0
    for number, line in enumerate(lines):
        seen(line)
        if _BEGINS.match(line) and piece:
            yield b"".join(piece).decode()
            piece, size = [], 0
        piece.append(line.removeprefix(codecs.BOM_UTF8) if number == 0 else line)
        size += len(line)
        if size > 4 * MOST:
            raise ValueError("no table of a review file")
    yield b"".join(piece).decode()
