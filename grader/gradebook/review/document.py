"""DIR/review.toml as a document: its tables one by one, never all in memory; comments of people; errors."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli

from grader.errors import Place, UsageError
from grader.homework import lines as document_lines
from grader.homework.files import line_of
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


def read_whole(path: Path) -> Tables:
    """A review file as one document.

    Raises UsageError for invalid TOML, with the line and the repair where they are clear.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        yield loads(text), ""
    except UnicodeDecodeError:
        raise refused(path, sentence("expected UTF-8 text: save the file as UTF-8")) from None
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, tomli.TOMLDecodeError):
            from grader.homework.repairs import explain

            said, line, column = explain(text, str(problem))
            if column is None and line is not None:
                raise UsageError(said, Place(file=path.name, line=line)) from None
        raise refused(path, sentence("not TOML: {reason}", reason=str(problem))) from None


def refused(path: Path, said: Sentence, index: int | None = None, field: str = "") -> UsageError:
    """An error about a review file, or about a field of one of its entries."""
    line = None if index is None else line_of(path.read_bytes(), "review", index, field)
    return UsageError(said, Place(file=path.name, line=line))


# -- comments that people wrote ---------------------------------------------------------------------------------------

RemarkKey = tuple[str, str, str]
"""An entry: its assignment, student and part."""
HEAD: RemarkKey = ("", "", "")
"""The key of comments above the first entry."""


class Remarks:
    """The comments that people wrote into a review file, by entry."""

    def __init__(self, own: Container[str], before: Container[RemarkKey]) -> None:
        """`own` are the comments that the grader wrote; `before` the entries for which comments of people are kept."""
        self._own = own
        self._before = before
        self.lines: dict[RemarkKey, str] = {}
        """Comments by entry; empty if they were removed."""

    def collect(self, entries: Iterable[Any], text: str) -> None:
        """Take the comments from the text of some entries."""
        found = comments_besides(self._own, text)
        for key in [_key(entry) for entry in entries if isinstance(entry, dict)] or [HEAD]:
            if found or key in self._before:
                self.lines[key] = "\n".join(filter(None, [self.lines.get(key, ""), *found]))
                found = []


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


def _key(entry: Mapping[str, Any]) -> RemarkKey:
    assignment, student, part = (str(entry.get(name) or "").strip() for name in ("assignment", "student", "part"))
    return assignment, student, part
