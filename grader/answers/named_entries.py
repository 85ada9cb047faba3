"""Entries with their names, in any form: `b = 2, w = 1`, `2 (b), 1 (w)`, `(b, w) = (2, 1)`, tables, dictionaries."""

from __future__ import annotations

import re
from functools import partial

from grader.answers.characters import fold
from grader.answers.outer import concluded
from grader.answers.pasted import printed_value, unlatex
from grader.answers.splitting import closes_last
from grader.patterns import pattern
from grader.structs import Struct

MAX_NAMED = 5_000
"""In longer texts, names are not looked for."""
_QUOTED = pattern(r"'([^'=:,;\n]{0,60})'|\"([^\"\n]{0,60})\"")
_MARKS = pattern(r"\*\*|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)|^\s*[*•◦▪●-]\s+(?=[^\W\d]|\*\*)", re.MULTILINE, needs="*_•◦▪●-")
_LINE_NUMBER = pattern(r"^\s*\(?\d{1,2}[.)]\s+(?=[^\W\d])", re.MULTILINE)
_LETTERED = pattern(r"(?:^|(?<=[\s,;]))\(?[a-h]\)\s+(?=[^\W\d])", needs=")")
_OPENING = pattern(
    r"^\s*(?:(?:there (?:are|is)|we (?:have|get|obtain)|i (?:get|got|have)|so|thus|hence)\s+|dict(?=\())",
    re.IGNORECASE,
    needs=["there", "we", "i", "so", "thus", "hence", "dict"],
)
_AND = pattern(
    rf"\s(?:and|und|et|&|y(?=\s+[^=:\s])|و|{fold('и')})\s+|(?<=[\d)])\s?/\s?(?=[^\W\d]{{2}})|\s/\s(?=[^\W\d])|"
    r"(?<=[^\W\d])\s/\s(?=[-.\d])"
)
_NEXT = pattern(r"(?<=[\d)\]}])[ \t]+(?=[^\W\d][\w()\[\]{}^'/]{0,30}\s?(?::=|[=:≈→←]))", needs="=:≈→←")
_AFTER_VALUE = pattern(r"(?<=[\d)\]])\s+(?=[^\W\d])")
_AFTER_NAME = pattern(r"(?<=[^\W\d_])\s+(?=[-+.\d])")
_BECOMES = pattern(
    r"\s*(?::=|[=:≈→←]|(?<=\s)(?:-|≈|is equal to|is|are|of|equals|ist|est|es|beträgt|vaut)(?=\s))\s*", re.IGNORECASE
)
_NAME = pattern(r"(?=.*[^\W\d])[^\W\d(∂∇][^=:;,\n|]{0,60}|[∂∇(][^=:;,\n|]{1,60}")
_SHORT_NAME = r"[^\W\d][\w^'{}]{0,40}(?:\([\w, ]{1,10}\)|\[[\w, ]{1,10}\]| \d{1,3})?"
_NUMBER_NAME = pattern(r"\(?(\d{1,3})(?:[).]\s+|:\s+)")
_VALUE = pattern(r"(?=.*\d)(?:[-+≈]?\s?[\d.(\[√]|[-+]?(?:sqrt|exp|ln|log\d*|tanh|e)\b).*|[-?]", re.DOTALL)
_BESIDE = pattern(r"([^\W\d]\w*|[^\W\d][^\d=:()]*?)(?:\s+|\s*(?=\())([-+]?[\d.(√].*)")
_BRACKETED_NAME = pattern(rf"(.*\S)\s*[(\[]\s*({_SHORT_NAME}|[^\W\d][^\d()=:,]{{0,60}})\s*[)\]]", needs=")]")
_BARE_NAME = pattern(
    rf"([-+]?[\d.(√][^=:]*?)\s*(?:(?:[=:→]|\sfor\s)\s*({_SHORT_NAME})|\s(?:(?:for|as)\s)?(?:the\s)?([^\W\d][^\d()=:,;]{{0,60}}))",
    re.IGNORECASE,
)
_HEAD_NAME = pattern(rf"{_SHORT_NAME}|[∂∇][\w/∂]{{1,20}}")
_NO_ONE_VALUE = pattern(r"[^\W\d_]{2}|[=:]|[(\[].*,")
RESPECTIVELY = pattern(r",?\s+(?:respectively|resp\.?)\s*$", needs=("resp",))
_NAMES_LAST = pattern(r"(.*\d\s*[\])}]?)\s*(?:\(([^()\n]*)\)|\sfor\s+([^\n]*))", re.DOTALL)


class NamedEntries(Struct):
    """Names and values, in the order written; `said` where the text can hardly be anything but names and values."""

    names: list[str]
    values: list[str]
    said: bool = True


def named_entries(folded: str, numbers: bool = False) -> NamedEntries | None:
    """The names and values of a text in which every value has a name; with `numbers`, a name may be a bare number.

    >>> named_entries("std=0.5,mean=2.5"), named_entries("0.5, 2.5")
    (NamedEntries(names=['std', 'mean'], values=['0.5', '2.5'], said=True), None)
    >>> named_entries("0.5 (std), 2.5 (mean)").names, named_entries("(std, mean) = (0.5, 2.5)").values
    (['std', 'mean'], ['0.5', '2.5'])
    """
    if len(folded) > MAX_NAMED or "&" in folded or "\\begin" in folded:
        return None
    text = _plain(folded)
    found = _table(text, numbers) or _headed(text)
    if found:
        return found
    entry = partial(_entry, numbers=numbers)
    for cut in (text, _AFTER_VALUE.sub(";", text), _AFTER_NAME.sub(";", text.replace("\n", " "))):
        pieces = _pieces(cut)
        for read in (entry, _name_behind):
            entries = [read(piece) for piece in pieces]
            pairs = [pair for entry in entries if entry for pair in entry]
            if all(entries) and len(pairs) > 1:
                said = read is entry and cut is text
                return NamedEntries([name for name, _ in pairs], [value for _, value in pairs], said)
    return None


def _plain(folded: str) -> str:
    """The text without marks of emphasis, quotation marks, bullets, and brackets around the whole."""
    text = unlatex(_MARKS.sub("", folded), row=True)
    if "'" in text or '"' in text:
        text = _QUOTED.sub(lambda found: found[1] or found[2] or "", text)
    text = _LINE_NUMBER.sub("", text)
    text = _OPENING.sub("", _LETTERED.sub("; ", text)).strip(" \n,;").rstrip(".")
    while text[:1] in ("(", "[", "{") and closes_last(text):
        text = text[1:-1].strip(" \n,;")
    return text


def _pieces(text: str) -> list[str]:
    """Lines, split outside brackets at separators; `w = 1,234` stays whole."""
    text = _NEXT.sub(";", _AND.sub(";", text))
    pieces, start, level = [], 0, 0
    for at, char in enumerate(text + ";"):
        level += (char in "([{") - (char in ")]}")
        inside = char == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
        if char in ",;|\n" and not inside and (level <= 0 or at == len(text)):
            pieces.append(text[start:at].strip(" \t.*"))
            start = at + 1
    return [piece for piece in pieces if piece]


def _entry(piece: str, numbers: bool) -> list[tuple[str, str]] | None:
    """The name and the value after it, or several names and as many values."""
    several = _headed(piece)
    if several:
        return list(zip(several.names, several.values, strict=True))
    number = _NUMBER_NAME.match(piece) if numbers else None
    if number and _VALUE.fullmatch(piece[number.end() :].strip()):
        return [(number[1], piece[number.end() :].strip())]
    mark = _mark(piece)
    if mark:
        name, value = piece[: mark.start()].strip(), piece[mark.end() :].strip()
        return [(name, value)] if _NAME.fullmatch(name) and _VALUE.fullmatch(value) else None
    beside = _BESIDE.fullmatch(piece)
    return [(beside[1], beside[2])] if beside and _VALUE.fullmatch(beside[2]) else None


def _mark(piece: str) -> re.Match[str] | None:
    """The first sign or word outside brackets that gives a name its value."""
    level, levels = 0, []
    for char in piece:
        level += (char in "([{") - (char in ")]}")
        levels.append(level)
    return next((found for found in _BECOMES.finditer(piece) if not any(levels[found.start() : found.end()])), None)


def _name_behind(piece: str) -> list[tuple[str, str]] | None:
    """The value and the name behind it: `0.5 (std)`, `3 true positives`."""
    found = _BRACKETED_NAME.fullmatch(piece) or _BARE_NAME.fullmatch(piece)
    if not found or not _VALUE.fullmatch(found[1]) or re.search(r"[^\W\d_]{2}", found[1]):
        return None
    return [(next(name for name in found.groups()[1:] if name), found[1].strip())]


def _headed(text: str) -> NamedEntries | None:
    """Several names and as many values: `TP, FP: 3 1`, `(b, w) = (2, 1)`, two lines, `[2, 1] (b, w)`."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) == 2 and not re.search(r"[=:]", text):
        return _zipped(lines[0], lines[1])
    if len(lines) != 1:
        return None
    text = RESPECTIVELY.sub("", text)
    mark = _mark(text)
    behind = _NAMES_LAST.fullmatch(text)
    if behind:
        return _zipped(behind[2] or behind[3] or "", behind[1])
    if mark is None:
        return None
    before, after = text[: mark.start()], text[mark.end() :]
    return _zipped(before, concluded(after)) or _zipped(after, before)


def _zipped(head: str, rest: str) -> NamedEntries | None:
    """Names and values, if there are as many of both."""
    head, rest = _AND.sub(", ", _unwrapped(head)), _AND.sub(", ", _unwrapped(printed_value(rest)))
    names = [name.strip() for name in re.split(r"[,;|/&]" if re.search(r"[,;|/&]", head) else r"\s+", head)]
    if len(names) < 2 or not all(_HEAD_NAME.fullmatch(name) for name in names):
        return None
    for separator in (r"\s*;\s*", r"\s*\|\s*", r",\s+", r"\s+", r"\s*,\s*", *([r"\s*/\s*"] if "/" in head else ())):
        values = [value for value in re.split(separator, rest.strip(" |")) if value]
        if len(values) == len(names) and all(re.search(r"\d|^[-?]$", value) for value in values):
            other = any(_NO_ONE_VALUE.search(value) for value in values)
            return None if other else NamedEntries(names, values, bool(re.search("[,;|/]", head)))
    return None


def _unwrapped(text: str) -> str:
    text = text.strip(" $.")
    return text[1:-1].strip() if text[:1] in ("(", "[", "{") and closes_last(text) else text


def _table(text: str, numbers: bool) -> NamedEntries | None:
    """Rows or columns of names and values."""
    lines = [line for line in text.split("\n") if re.search(r"\w", line)]
    marks = r"[|\t]" if all(re.search(r"[|\t]", line.strip(" |")) for line in lines) else r",\s?"
    rows = [[cell.strip(" *") for cell in re.split(marks, line.strip(" |"))] for line in lines]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return None
    name = _either if numbers else _is_name
    if len(rows) == 2 and not _is_value(rows[1][0]) and len(rows[0]) > 2:
        rows = [row[1:] for row in rows]
    if len(rows) == 2 and all(map(_is_name, rows[0])) and all(map(_is_value, rows[1])):
        return NamedEntries(rows[0], rows[1])
    if len(rows[0]) != 2:
        return None
    rows = rows[1:] if not any(map(_is_value, rows[0])) else rows
    for first in (0, 1):
        if len(rows) > 1 and all(name(row[first]) and _is_value(row[1 - first]) for row in rows):
            return NamedEntries([row[first] for row in rows], [row[1 - first] for row in rows])
    return None


def _is_name(cell: str) -> bool:
    return _NAME.fullmatch(cell) is not None


def _either(cell: str) -> bool:
    return _is_name(cell) or re.fullmatch(r"\d{1,3}", cell) is not None


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None
