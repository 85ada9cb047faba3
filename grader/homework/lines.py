"""The line of each key in a TOML document.

tomli returns values without positions. This module scans the text again, in linear time and without recursion, and
only when a message needs a line. It never fails: invalid TOML gives lines as far as it was understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import tomli

from grader.homework.readers import KeyPath
from grader.patterns import pattern

LineTokenKind = Literal["text", "word", "mark", "line"]
LineToken = tuple[LineTokenKind, str, int]

_TOKEN = pattern(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<text>
        '''(?:[^']|'(?!''))*+(?:'{3,5}|\Z)
      | \"\"\"(?:[^"\\]|\\.|\\\n|"(?!""))*+(?:"{3,5}|\\?\Z)
      | '[^'\n]*+'?
      | "(?:[^"\\\n]|\\[^\n])*+"?
    )
  | (?P<line>\n)
  | (?P<mark>[\[\]{},=.])
  | (?P<word>[^\s\[\]{},=.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Lines:
    """The lines of a document by key path, such as `("questions", 0, "parts", "dX")`.

    An index in a path counts the tables of a list of tables, or the entries of a list.

    >>> lines = Lines("id = 1\\n[[parts]]\\npoints = 2\\n[[parts]]\\npoints = [1,\\n 2]\\n")
    >>> lines.of(("parts", 1, "points")), lines.of(("parts", 1, "points", 1)), lines.of(("id", "no", "such"))
    (5, 6, 1)
    """

    def __init__(self, text: str) -> None:
        """Read the whole text, once."""
        self._lines: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        self.open: list[tuple[str, int]] = []  # brackets still open where the text ends
        self.repeats: list[tuple[str, int, int, bool]] = []  # name, its first and second line, whether a table
        self._complete: dict[KeyPath, int] = {}
        self._read(text)

    def of(self, path: KeyPath) -> int | None:
        """The line of the path, or else of the longest part of it that has one; None if none has."""
        for size in range(len(path), 0, -1):
            if path[:size] in self._lines:
                return self._lines[path[:size]]
        return None

    def known(self, path: KeyPath) -> int | None:
        """The line where exactly this path first occurs."""
        return self._lines.get(path)

    def _once(self, path: KeyPath, line: int, is_table: bool) -> None:
        """Record a path that must occur only once, and whether it is a repetition."""
        first = self._complete.setdefault(path, line)
        if first != line:
            name = ".".join(str(key) for key in (path if is_table else path[-1:]) if isinstance(key, str))
            self.repeats.append((name, first, line, is_table))

    def _note(self, base: KeyPath, keys: list[str], line: int) -> KeyPath:
        """Record every step of a dotted key; the first line of a path is kept."""
        for key in keys:
            base = (*base, key)
            self._lines.setdefault(base, line)
        return base

    def _read(self, text: str) -> None:
        table: KeyPath = ()
        found = tokens(text.replace("\r\n", "\n"))
        for kind, word, line in found:
            if kind == "line":
                continue
            if word == "[" and kind == "mark":
                table = self._header(found, line)
            else:
                keys, ended = _key(found, word)
                path = self._note(table, keys, line)
                if not ended:
                    self._once(path, line, is_table=False)
                    self._value(found, path)

    def _header(self, found: Iterator[LineToken], line: int) -> KeyPath:
        """The path of the table that `[a.b]` or `[[a.b]]` opens, with indices for lists of tables."""
        keys: list[str] = []
        marks = 1
        for kind, word, _ in found:
            if kind == "line":
                break
            marks += word == "[" and kind == "mark"
            if kind in ("word", "text"):
                keys.append(_bare(word))
        path: KeyPath = ()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            self._lines.setdefault(path, line)
            if marks == 2 and number == len(keys):
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
                self._lines.setdefault(path, line)
        self._once(path, line, is_table=True)
        return path

    def _value(self, found: Iterator[LineToken], path: KeyPath) -> None:
        """Read a value to its end; lists and inline tables are followed with a stack, without recursion."""
        stack: list[_Frame] = []
        coming: KeyPath | None = path
        for kind, word, line in found:
            if kind == "line":
                if not stack:
                    return
            elif kind == "mark" and word in "]}":
                if stack:
                    stack.pop()
                    self.open.pop()
                coming = None
            elif kind == "mark" and word == ",":
                coming = stack[-1].step() if stack else None
            elif stack and stack[-1].keyed:
                stack[-1].keyed = False
                keys, _ = _key(found, word)
                coming = self._note(stack[-1].path, keys, line)
            elif coming is not None:
                self._lines.setdefault(coming, line)
                opens = kind == "mark" and word in "[{"
                if opens:
                    stack.append(_Frame(coming, table=word == "{"))
                    self.open.append((word, line))
                coming = stack[-1].step() if opens else None


class _Frame:
    """An open list or inline table."""

    def __init__(self, path: KeyPath, table: bool) -> None:
        self.path = path
        self.table = table
        self.keyed = table
        self.index = -1

    def step(self) -> KeyPath | None:
        """The path of the next entry of a list; None in a table, where a key comes next."""
        self.keyed = self.table
        self.index += 1
        return None if self.table else (*self.path, self.index)


def tokens(text: str) -> Iterator[LineToken]:
    """The kind, text and line of every token except white space and comments."""
    line = 1
    for found in _TOKEN.finditer(text):
        kind: Any = found.lastgroup
        if kind != "comment":
            word = found.group()
            yield kind, word, line
            line += word.count("\n")


def comments(text: str) -> Iterator[str]:
    """The comments of a document, each from its `#`."""
    return (found.group() for found in _TOKEN.finditer(text) if found.lastgroup == "comment")


def _key(found: Iterator[LineToken], first: str) -> tuple[list[str], bool]:
    """A dotted key up to its `=`, and whether the line ended before one."""
    keys = [_bare(first)]
    for kind, word, _ in found:
        if kind == "line":
            return keys, True
        if kind == "mark" and word == "=":
            break
        if kind in ("word", "text"):
            keys.append(_bare(word))
    return keys, False


def _bare(word: str) -> str:
    """A key without its quotes."""
    if word.startswith("'"):
        return word.strip("'")
    if word.startswith('"'):
        try:
            return str(tomli.loads(f"x = {word}")["x"])
        except ValueError:
            return word.strip('"')
    return word


def unclosed_text(text: str) -> tuple[str, int] | None:
    """The quotes and the line of the first text that is never closed; None if all are closed."""
    for kind, word, line in tokens(text):
        if kind == "text":
            quotes = word[:3] if word[:3] in ("'''", '"""') else word[0]
            if len(word) < 2 * len(quotes) or not word.endswith(quotes):
                return quotes, line
    return None
