"""Reading TOML that anyone may have written: bounded first, then parsed; every error is one sentence with its line.

Binary files with a TOML file's name are recognised by their first bytes.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO

import tomli

from grader.errors import GraderError, Place, StudentError
from grader.messages import Sentence, sentence
from grader.patterns import pattern

MAX_BYTES = 5_000_000
MAX_ENTRIES = 100_000
MAX_DEPTH = 320
MAX_DIGITS = 4_300
MAX_FLOAT_TEXT = 1_000
BLOCK = 10_000
_FIRST = 65_536
"""Bytes that are read first: most documents end there, and room for the largest costs more than reading them."""
SHORT = 3_500  # characters of a document too short to hold an integer that is too long, even a hexadecimal one

_BRACKETS = pattern(
    r"""#[^\n]*|'''(?:[^']|'(?!''))*+|\"\"\"(?:[^"\\]|\\.|"(?!""))*+|'[^'\n]*+|"(?:[^"\\\n]|\\[^\n])*+|[\[{]+|[\]}]+""",
    re.DOTALL,
)
_INTEGER = pattern(r"[0-9][0-9A-Fa-f_xob]*+")


def read_bytes(path: str | Path, error: type[GraderError] = StudentError) -> bytes:
    """The bytes of a file, at most one more than a document may have.

    Raises `error` for a file that cannot be opened, or a folder.
    """
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - a Path costs more than reading a submission
            return read_stream(stream)
    except FileNotFoundError:
        raise error(sentence("no such file"), Place(file=str(path))) from None
    except IsADirectoryError:
        raise error(sentence("expected a file, received a folder"), Place(file=str(path))) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise error(sentence("cannot be read: {reason}", reason=reason), Place(file=str(path))) from None


def read_stream(stream: BinaryIO) -> bytes:
    """The bytes of a stream such as standard input, at most one more than a document may have."""
    data = stream.read(_FIRST)
    return data if len(data) < _FIRST else data + stream.read(MAX_BYTES + 1 - _FIRST)


def read_toml(data: bytes, file: str, error: type[GraderError]) -> tuple[dict[str, Any], str]:
    """The values of a TOML document and its text (line ends as LF); decimals keep their digits.

    Raises `error`, with file and line, for a document that is too large, not UTF-8, not TOML, nested too deep, or holds
    an integer of more than 4,300 digits.
    """
    text = _decode(data, file, error)
    _bound(text, file, error)
    try:
        values = tomli.loads(text, parse_float=_decimal)
    except tomli.TOMLDecodeError as problem:
        from grader.homework.repairs import explain

        said, line, column = explain(text, str(problem))
        raise error(said, Place(file=file, line=line, column=column)) from None
    except RecursionError:
        raise error(_too_deep(), Place(file=file)) from None
    except ValueError:
        raise error(*_long_integer(text, file)) from None
    _check_values(values, text, file, error)
    return values, text


def _decode(data: bytes, file: str, error: type[GraderError]) -> str:
    """The text of the bytes: UTF-8, without a byte order mark, line ends as LF."""
    if len(data) > MAX_BYTES:
        raise error(
            sentence("at most {limit:,} bytes are read, received more", limit=MAX_BYTES),
            Place(file=file),
        )
    if (said := foreign_file(data)) is not None:
        raise error(said, Place(file=file))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise error(sentence("expected UTF-8 text, received UTF-16: save the file as UTF-8"), Place(file=file))
    if b"\0" in data[:400] and data[:400].count(0) * 3 > len(data[:400]):
        raise error(sentence("expected UTF-8 text, received UTF-16: save the file as UTF-8"), Place(file=file))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        said = sentence(
            "expected UTF-8 text, received byte 0x{byte:02x} at offset {offset}: save the file as UTF-8",
            byte=data[problem.start],
            offset=problem.start,
        )
        raise error(said, Place(file=file, line=data.count(b"\n", 0, problem.start) + 1)) from None
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        said = sentence("a carriage return without a line feed: save the file with LF or CRLF line ends")
        raise error(said, Place(file=file, line=line))
    return text


def _bound(text: str, file: str, error: type[GraderError]) -> None:
    """Refuse a document that would take too much time, memory or depth, before parsing it."""
    brackets = text.count("[") + text.count("{")
    entries = text.count("\n") + text.count(",") + text.count(".") + brackets
    if entries > MAX_ENTRIES:
        said = sentence(
            "at most {limit:,} lines, commas, points and brackets are read, received {entries:,}",
            limit=MAX_ENTRIES,
            entries=entries,
        )
        raise error(said, Place(file=file))
    _bound_digits(text, file, error)
    if brackets > MAX_DEPTH:
        _bound_depth(text, file, error)


def _bound_digits(text: str, file: str, error: type[GraderError]) -> None:
    """Refuse numbers so long that tomli's pattern, at 100 bytes a digit, would take too much memory."""
    digits = "0123456789_" + ("abcdefABCDEF" if "0x" in text else "")
    blocks = range(0, len(text) - BLOCK, BLOCK)  # anything twice as long as a block fills a block
    if all(text[start : start + BLOCK].strip(digits) for start in blocks):
        return
    from grader.homework.lines import tokens

    for kind, word, line in tokens(text):
        if kind == "word" and len(word) >= BLOCK and word[0] in "+-0123456789":
            raise error(_too_long(), Place(file=file, line=line))


def _bound_depth(text: str, file: str, error: type[GraderError]) -> None:
    """Refuse lists nested too deep before tomli recurses into them."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        word = found.group()
        if word[0] in "[{":
            depth += len(word)
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, found.start()) + 1
                raise error(_too_deep(), Place(file=file, line=line))
        elif word[0] in "]}":
            depth = max(0, depth - len(word))


def _decimal(text: str) -> Decimal | str:
    """A decimal with the digits as written; one out of range stays text, for the reader of answers."""
    if len(text) > MAX_FLOAT_TEXT:
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _check_values(values: dict[str, Any], text: str, file: str, error: type[GraderError]) -> None:
    """Refuse tables nested by long dotted keys, and integers too long to be printed (hexadecimal ones get this far)."""
    if len(text) < SHORT and text.count(".") + text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    level: list[Any] = [values]
    limit = 10**MAX_DIGITS
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for holder in level:
            entries = holder.values() if isinstance(holder, dict) else holder
            for entry in entries:
                if isinstance(entry, (dict, list)):
                    inner.append(entry)
                elif isinstance(entry, int) and not -limit < entry < limit:
                    raise error(*_long_integer(text, file))
        if not inner:
            return
        level = inner
    raise error(_too_deep(), Place(file=file))


def _too_deep() -> Sentence:
    return sentence("at most {limit} levels of lists and tables are read, received more", limit=MAX_DEPTH)


def _long_integer(text: str, file: str) -> tuple[Sentence, Place]:
    """The message about an integer that Python refuses to parse, with the line of the longest one."""
    longest = max(_INTEGER.finditer(text), key=lambda found: found.end() - found.start(), default=None)
    return _too_long(), Place(file=file, line=text.count("\n", 0, longest.start()) + 1 if longest else None)


def _too_long() -> Sentence:
    return sentence("at most {limit:,} digits are read in a number, received more", limit=MAX_DIGITS)


_SIGNATURES: tuple[tuple[bytes, Sentence], ...] = (
    (b"%PDF-", sentence("a PDF file")),
    (b"\xd0\xcf\x11\xe0", sentence("a Word or Excel file of the old form")),
    (b"{\\rtf", sentence("a rich text file")),
    (b"\x89PNG", sentence("a picture (PNG)")),
    (b"\xff\xd8\xff", sentence("a picture (JPEG)")),
    (b"GIF8", sentence("a picture (GIF)")),
    (b"<!DOCTYPE", sentence("a web page")),
    (b"<!doctype", sentence("a web page")),
    (b"<html", sentence("a web page")),
    (b"<?xml", sentence("an XML file")),
    (b"\x1f\x8b", sentence("a compressed file (gzip)")),
    (b"7z\xbc\xaf", sentence("a compressed file (7z)")),
    (b"Rar!", sentence("a compressed file (RAR)")),
    (b"PK\x03\x04", sentence("a compressed file (zip)")),
)
_INSIDE_ZIP: tuple[tuple[bytes, Sentence], ...] = (
    (b"word/", sentence("a Word file (.docx)")),
    (b"xl/", sentence("an Excel file (.xlsx)")),
    (b"ppt/", sentence("a PowerPoint file (.pptx)")),
    (b"opendocument.text", sentence("a Writer file (.odt)")),
    (b"opendocument.spreadsheet", sentence("a Calc file (.ods)")),
    (b"Index/Document.iwa", sentence("a Pages file (.pages)")),
)
_LOOKED_AT = 1_000_000
"""How many bytes of an archive are searched for the names of its members."""


def foreign_file(data: bytes) -> Sentence | None:
    """The message for the bytes of a binary file; None for bytes that may be text.

    >>> print(foreign_file(b"%PDF-1.7"))
    expected TOML, received a PDF file: write the answers as plain text, into what `grader template` prints
    """
    start = data[:64].lstrip()
    received = next((what for signature, what in _SIGNATURES if start.startswith(signature)), None)
    if received is None:
        return None
    if start.startswith(b"PK"):
        inside = data[:_LOOKED_AT]
        received = next((what for name, what in _INSIDE_ZIP if name in inside), received)
    return sentence(
        "expected TOML, received {received}: write the answers as plain text, into what `grader template` prints",
        received=received,
    )
