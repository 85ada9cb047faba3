"""Tables as a form, an LMS or a spreadsheet saves them: rows of cells, with any separator."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from grader.errors import Place, UsageError
from grader.messages import sentence

MAX_TABLE_BYTES = 200_000_000
_MAX_CELL = 5_000_000
_QUOTED = re.compile('"[^"]*"')
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[^\S\n]*\n', re.IGNORECASE)
"""The line that tells Excel the separator."""


def read_cells(path: Path, limit: int = MAX_TABLE_BYTES) -> list[list[str]]:
    """The rows of a table; separated by commas, semicolons or tabs, in UTF-8, or UTF-16 with a byte order mark.

    Raises UsageError with the file's name for anything else, OSError if it cannot be read.
    """
    data = path.read_bytes()
    if len(data) > limit:
        raise UsageError(sentence("at most {limit:,} bytes are read, received more", limit=limit), _in(path))
    text = _text(data, path)
    declared = _SEPARATOR.match(text)
    if declared:
        delimiter, text = declared[1], text[declared.end() :]
    else:
        # Headers may be questions with commas in them: commas in quotes are not separators.
        first = _QUOTED.sub("", text).partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(_MAX_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        raise UsageError(sentence("not a table: {reason}", reason=str(problem)), _in(path)) from None


def _text(data: bytes, path: Path) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        said = sentence(
            "expected UTF-8 text, received another encoding at byte {at}: in a spreadsheet, save it as CSV UTF-8",
            at=problem.start,
        )
        raise UsageError(said, _in(path)) from None


def _in(path: Path) -> Place:
    return Place(file=path.name)
