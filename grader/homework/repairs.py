"""A TOML error, answered with the repair where it is plain.

A repair is proposed only if the document, with the repaired line in it, is read past that line.
"""

from __future__ import annotations

import re

import tomli

from grader.homework.line_repairs import repair_line, shorten
from grader.homework.lines import Lines, unclosed_text
from grader.messages import Sentence, sentence

MAX_TRIED = 200_000

Explained = tuple[Sentence, int | None, int | None]

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_STATEMENT = re.compile(r"\s*(?:[A-Za-z0-9_.-]+\s*=|\[+[A-Za-z])")
_CHARACTER = re.compile(r"(?:Found invalid|Illegal) character '(\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|.)'")


def explain(text: str, problem: str) -> Explained:
    """What is said about a TOML error, its line and, where no repair is plain, its column.

    `problem` is tomli's message, which ends with the place.
    """
    line, column = _place(text, problem)
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
    at_end = line >= len(lines) or not any(map(str.strip, lines[line:]))
    opened = Lines("\n".join(lines[: line - 1]) + "\n").open if line > 1 else []
    if opened and _STATEMENT.match(lines[line - 1]):
        return _closed(lines, opened, line - 1)
    if found := repair_line(lines[line - 1], in_list=bool(opened)):
        said, meant = found
        if _is_read(lines, line, meant):
            return said, line, None
    if at_end and (opened := Lines(text).open):
        return _closed(lines, opened, line)
    return None


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


def _is_read(lines: list[str], line: int, meant: str) -> bool:
    """Whether the document is read past the line, once the line is as it was meant."""
    text = "\n".join([*lines[: line - 1], meant, *lines[line:]])
    try:
        tomli.loads(text, parse_float=str)
    except tomli.TOMLDecodeError as problem:
        return _place(text, str(problem))[0] > line
    except (ValueError, RecursionError):
        return False
    return True
