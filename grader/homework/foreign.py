"""Binary files with a TOML file's name, recognised by their first bytes."""

from __future__ import annotations

from grader.messages import Sentence, sentence

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
