"""A TOML error, answered with the repair where it is plain.

A repair is proposed only if the document, with the repaired line in it, is read past that line.
"""

from __future__ import annotations

import tomli

from grader.homework.line_repairs import MAX_LINE, repair_line, shorten
from grader.homework.lines import Lines, unclosed_text
from grader.messages import Sentence, sentence
from grader.patterns import pattern

MAX_TRIED = 200_000

Explained = tuple[Sentence, int | None, int | None]

_AT = pattern(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_OPENED = pattern(r"\s*+([A-Za-z0-9_-]++)\s*+=\s*+((?:[\"']?\s*[+\-−.0-9۰-۹٠-٩(][^\[\]{}]*|[\"'])?)")
"""A name and the first row of what was pasted, if it stands in the same line."""
_QUOTED = pattern(r"\s*+([A-Za-z0-9_-]++)\s*+=\s*+([\"'][^\"']*+)")
"""A name and a text that is not ended in its line."""
_LONGEST_TEXT = 200
_ROW = pattern(r"\s*(?:[+\-−.0-9۰-۹٠-٩(]|[\"']\s*$)")
_STATEMENT = pattern(r"\s*(?:[A-Za-z0-9_.-]+\s*=|\[+[A-Za-z])")
_CHARACTER = pattern(r"(?:Found invalid|Illegal) character '(\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|.)'")


def explain(text: str, problem: str) -> Explained:
    """What is said about a TOML error, its line and, where no repair is plain, its column.

    `problem` is tomli's message, which ends with the place.
    """
    line, column = _place(text, problem)
    if text.lstrip().startswith("{"):
        said_so = sentence("expected TOML, received what looks like JSON: `grader template` makes a file to fill in")
        return said_so, 1, None
    said = _AT.sub("", problem)
    if said.startswith(("Cannot", "Duplicate")) and (repeated := _repeated(text)):
        return repeated
    if problem.endswith("(at end of document)") and (opened := unclosed_text(text)):
        quotes, line = opened  # tomli looks for the quote to the end, and says nothing of where the text begins
        if len(quotes) == 3:
            said_so = sentence("the text that opens with {quotes} is never closed: end it with {quotes}", quotes=quotes)
            return said_so, line, None
    if len(text) <= MAX_TRIED and (repaired := _repaired(text, line)):
        return repaired
    if found := _CHARACTER.search(said):
        char = found[1].encode("ascii", "backslashreplace").decode("unicode_escape")
        if char != "\n":
            return sentence("the character U+{code:04X} cannot stand in TOML: remove it", code=ord(char)), line, column
    return sentence("not TOML: {problem}", problem=said[:1].lower() + shorten(said[1:])), line, column


def _place(text: str, problem: str) -> tuple[int, int | None]:
    """Line and column of an error; for the end of the document, the line that follows the last."""
    found = _AT.search(problem)
    if found and found[1]:
        return int(found[1]), int(found[2])
    return text.rstrip("\n").count("\n") + 1, None


def _repeated(text: str) -> Explained | None:
    """A name or table that stands twice."""
    repeats = Lines(text).repeats
    if not repeats:
        return None
    name, first, second, is_table = repeats[0]
    if is_table:
        said = sentence(
            "[{name}] stands twice, first in line {first}: make one table of the two", name=shorten(name), first=first
        )
    else:
        said = sentence("{name} stands twice, first in line {first}: keep one of them", name=shorten(name), first=first)
    return said, second, None


def _repaired(text: str, line: int) -> Explained | None:
    """A repair of the line, or of a list that was not closed before it."""
    lines = text.split("\n")
    if several := _several_rows(lines, line):
        return several
    at_end = line >= len(lines) or not any(map(str.strip, lines[line:]))
    opened = Lines("\n".join(lines[: line - 1]) + "\n").open if line > 1 else []
    if opened and _STATEMENT.match(lines[line - 1]):
        return _closed(lines, opened, line - 1)
    if opened and (before := _row_before(lines, line)):
        return before
    if found := repair_line(lines[line - 1], in_list=bool(opened)):
        said, meant = found
        if _is_read(lines, line, meant):
            return said, line, None
    if at_end and (opened := Lines(text).open):
        return _closed(lines, opened, line)
    return None


def _several_rows(lines: list[str], line: int) -> Explained | None:
    """An answer of several lines, as it is pasted from a table, that does not stand between three quotes."""
    if len(lines[line - 1]) > MAX_LINE:
        return None
    opened, end = _OPENED.fullmatch(lines[line - 1]), line
    if opened:
        while end < len(lines) and _ROW.match(lines[end]) and not _STATEMENT.match(lines[end]):
            end += 1
    elif opened := _QUOTED.fullmatch(lines[line - 1]):
        end = _quote_ends(lines, line, opened[2][0])
    if not opened or end == line or "'''" in "".join(lines[line - 1 : end]):
        return None
    rows = [opened[2].strip(), *(row.strip() for row in lines[line:end])]
    text = "\n".join(row for row in (one.strip("\"'") for one in rows) if row)
    if not _is_read(lines, line, f"{opened[1]} = '''\n{text}'''", end):
        return None
    said = sentence(
        "an answer of several lines stands between three quotes: begin it with {begin} and end line {last} with {end}",
        begin=f"{opened[1]} = '''",
        last=end,
        end="'''",
    )
    return said, line, None


def _quote_ends(lines: list[str], line: int, quote: str) -> int:
    """The line in which a text ends that was begun with one quote; the same line where that is not plain."""
    for end in range(line, min(line + _LONGEST_TEXT, len(lines))):
        if _STATEMENT.match(lines[end]):
            break
        if quote in lines[end]:
            return end + 1 if lines[end].rstrip().endswith(quote) else line
    return line


def _row_before(lines: list[str], line: int) -> Explained | None:
    """A row of a list that ends without the comma before the next one."""
    before = line - 1
    while before > 0 and not lines[before - 1].strip():
        before -= 1
    row = lines[before - 1].strip() if before else ""
    if not row.endswith("]") or not lines[line - 1].lstrip().startswith("["):
        return None
    if not _is_read(lines, before, row + ",", before, line):
        return None
    return sentence("a comma is missing between two rows: {repair}", repair=shorten(row + ",")), before, None


def _closed(lines: list[str], opened: list[tuple[str, int]], before: int) -> Explained | None:
    """The brackets that are still open, closed at the end of the last line that has text."""
    while before > 0 and not lines[before - 1].strip():
        before -= 1
    closers = "".join("]" if mark == "[" else "}" for mark, _ in reversed(opened))
    meant = lines[before - 1].strip().rstrip(",") + closers
    if not _is_read(lines, before, meant):
        return None
    mark, first = opened[0]
    said = sentence(
        "the {mark} that opens here is not closed; line {last} should be: {repair}",
        mark=mark,
        last=before,
        repair=shorten(meant),
    )
    if first == before:
        said = sentence("the {mark} that opens here is not closed: {repair}", mark=mark, repair=shorten(meant))
    return said, first, None


def _is_read(lines: list[str], line: int, meant: str, last: int = 0, past: int = 0) -> bool:
    """Whether the document is read past the line, once it (or the lines up to `last`) is as it was meant."""
    last = last or line
    text = "\n".join([*lines[: line - 1], meant, *lines[last:]])
    try:
        tomli.loads(text, parse_float=str)
    except tomli.TOMLDecodeError as problem:
        grown = meant.count("\n") - (last - line)
        return _place(text, str(problem))[0] > (past or last) + grown
    except (ValueError, RecursionError):
        return False
    return True
