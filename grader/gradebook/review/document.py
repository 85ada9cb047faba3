"""DIR/review.toml as a document: its tables one by one, never all in memory; errors that point into it."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli

from grader.errors import Place, UsageError
from grader.messages import Sentence, sentence

REVIEW_FILE = "review.toml"
Tables = Iterator[tuple[dict[str, Any], str]]
"""Documents with their source text."""

MOST = 1_000_000
"""The most characters of one table; a longer one is not ours."""
_TRIES = 20
_BEGINS = re.compile(rb"\s*\[\[\s*review\s*\]\]")
_POINTS = re.compile(
    r"^(\s*points\s*=\s*)([0-9۰-۹٠-٩]+\s*[/,٫]\s*[0-9۰-۹٠-٩]+|[۰-۹٠-٩]+)(?=\s*(?:#.*)?$)", re.MULTILINE
)
"""Unquoted points that are not a TOML number."""


def loads(text: str) -> dict[str, Any]:
    """The values of a document; points such as 1,5 or 1/2 need no quotes.

    Raises ValueError for invalid TOML.

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


def tables(lines: Iterable[bytes]) -> Tables:
    r"""Each `[[review]]` of the file as a document of its own, with its text.

    A line that looks like the start of a table may be inside a multi-line text. So a piece that is not valid TOML is
    continued with the next one.

    Raises ValueError if that fails: then the whole file has to be read at once.

    >>> found = tables([b"[[review]]\n", b"a = '''\n", b"[[review]]\n", b"'''\n", b"[[review]]\n"])
    >>> [one["review"] for one, _ in found]
    [[{'a': '[[review]]\n'}], [{}]]
    """
    held, tries = "", 0
    for piece in _pieces(lines):
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


def _pieces(lines: Iterable[bytes]) -> Iterator[str]:
    piece: list[bytes] = []
    size = 0
    for number, line in enumerate(lines):
        if _BEGINS.match(line) and piece:
            above = len(piece)
            while above and piece[above - 1].lstrip().startswith(b"#"):
                above -= 1  # comments right above a table belong to it
            yield b"".join(piece[:above]).decode()
            piece = piece[above:]
            size = sum(map(len, piece))
        piece.append(line.removeprefix(codecs.BOM_UTF8) if number == 0 else line)
        size += len(line)
        if size > 4 * MOST:
            raise ValueError("no table of a review file")
    yield b"".join(piece).decode()


def digest_of(path: Path) -> str:
    """The digest of the file, which may be large; empty if there is no file."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


class ReviewFile:
    """One review file. Tables are yielded with their text."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self.path = path
        self.name = path.name

    def tables(self) -> Tables:
        """The tables one after another.

        Raises ValueError where the file cannot be split into tables.
        """
        with self.path.open("rb") as stream:
            yield from tables(stream)

    def whole(self) -> Tables:
        """The file as one document.

        Raises UsageError for invalid TOML, with the line and the repair where they are clear.
        """
        try:
            text = self.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise self.refused(sentence("expected UTF-8 text: save the file as UTF-8")) from None
        try:
            yield loads(text), ""
        except (ValueError, RecursionError) as problem:
            raise self._no_toml(text, problem) from None

    def refused(self, said: Sentence, index: int | None = None, field: str = "") -> UsageError:
        """An error about the file, or about a field of one of its entries."""
        line = None
        if index is not None:
            from grader.homework.lines import Lines

            text = self.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            line = Lines(text).of(("review", index, field))
        return UsageError(said, Place(file=self.name, line=line))

    def _no_toml(self, text: str, problem: Exception) -> UsageError:
        """The error for a file that is not TOML, with the repair if it is obvious, as for a submission."""
        from grader.homework.repairs import explain

        if isinstance(problem, tomli.TOMLDecodeError):
            said, line, column = explain(text, str(problem))
            if column is None and line is not None:
                return UsageError(said, Place(file=self.name, line=line))
        return self.refused(sentence("not TOML: {reason}", reason=str(problem)))
