"""DIR/review.toml as a file: its digest, its tables, and errors that point into it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tomli

from grader.errors import Place, UsageError
from grader.gradebook.review import tables as pieces
from grader.messages import Sentence, sentence

FILE = "review.toml"
Tables = Iterator[tuple[dict[str, Any], str]]


def digest_of(path: Path) -> str:
    """The digest of the file, which may be large; empty if there is no file."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


class ReviewFile:
    """One review file. Tables are yielded with their text; every line that is read is passed to `seen`."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self.path = path
        self.name = path.name

    def tables(self, seen: Callable[[bytes], object]) -> Tables:
        """The tables one after another.

        Raises ValueError where the file cannot be divided into tables.
        """
        with self.path.open("rb") as stream:
            yield from pieces.tables(stream, seen)

    def whole(self, seen: Callable[[bytes], object]) -> Tables:
        """The file as one document.

        Raises UsageError, with the line and the repair where they are plain, for what is no TOML.
        """
        data = self.path.read_bytes()
        seen(data)
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise self.refused(sentence("expected UTF-8 text: save the file as UTF-8")) from None
        try:
            yield pieces.loads(text), ""
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
