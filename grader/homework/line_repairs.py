"""Repairing one invalid line of TOML to what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable

import tomli

from grader.messages import Sentence, sentence
from grader.patterns import pattern
from grader.structs import Struct

CURLY = "“”„‟‘’‚‛«»`´′″"
MAX_LINE = 2_000

_KEY = pattern(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_NO_EQUALS = pattern(rf"({_KEY.pattern})\s*(?::=|==|:|=|(?<=\S)\s)\s*(.*)")
_PIECE = pattern(r"""'[^']*'|"(?:[^"\\]|\\.)*"|[\[\],]|(?:\([^()]*\)|[^\[\],'"])+|['"]""")
_THOUSANDS = pattern(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_TABLE = pattern(r"answers\.[A-Za-z0-9_-]+")
_DECIMAL_COMMA = pattern(r"[+-]?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?,[0-9]+(?:\s+[+-]?[0-9]+,[0-9]+)*")
_NUMBERS = pattern(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:\s+[+-]?[0-9]+(?:\.[0-9]+)?)+")
_GROUPED = pattern(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+")
_NO_DIGIT_BEFORE = pattern(r"[+-]?\.[0-9]+(?:[eE][+-]?[0-9]+)?")
_NO_DIGIT_AFTER = pattern(r"[+-]?[0-9]+\.")
_ZEROS_BEFORE = pattern(r"([+-]?)0+([0-9]+(?:\.[0-9]+)?)")


class Repair(Struct):
    """The message about a piece of a line, the piece as received, and the piece as meant."""

    say: Callable[[str, str], Sentence]
    received: str
    meant: str


def repair_line(line: str, in_list: bool) -> tuple[Sentence, str] | None:
    """What is wrong with the line and the line as meant, or None where that is unclear.

    `in_list` says that the line continues a list opened on an earlier line.
    """
    body = line.strip()
    if len(body) > MAX_LINE:
        return None
    if in_list:
        repair = _list(_without_comment(body))
        return (repair.say(repair.received, repair.meant), repair.meant) if repair else None
    if body.startswith(("//", "%", ";")):
        meant = "# " + body.lstrip("/%; ")
        return sentence("a comment starts with #: {repair}", repair=shorten(meant)), meant
    if _TABLE.fullmatch(body) or (body.startswith("[") and "=" not in body):
        words = body.strip("[] ").split()
        meant = f"[{('.' if words[:-1] == ['answers'] else ' ').join(words)}]"
        return sentence("expected the name of a table between [ and ]: {repair}", repair=shorten(meant)), meant
    if body.startswith("```"):
        return sentence("``` belongs to Markdown, not to TOML: remove this line"), ""
    key, equals, written = body.partition("=")
    key, colon = key.rstrip(": "), ":" in key
    if not equals or colon or written.startswith("=") or not _KEY.fullmatch(key):
        return _missing_equals(body)
    repair = _value(_without_comment(written.strip()))
    if repair is None:
        return None
    meant = f"{key} = {repair.meant}"
    return repair.say(repair.received, meant), meant


def _missing_equals(body: str) -> tuple[Sentence, str] | None:
    """A line such as `Z: 9/4` or `Z 10`; its value may need a repair of its own."""
    found = _NO_EQUALS.fullmatch(body)
    if not found:
        name = body.partition("=")[0].strip()
        if "=" not in body or not name or _KEY.fullmatch(name):
            return None
        said = sentence(
            "expected a name of A-Z, a-z, 0-9, - and _ before =, received {received}", received=shorten(name, 60)
        )
        return said, f"# {body}"
    if found[1].replace(".", "").isdigit():
        return None  # a row of numbers that continues the line before
    value = _without_comment(found[2].strip())
    repair = _value(value)
    meant = f"{found[1]} = {repair.meant if repair else value}"
    said = sentence("expected one = after {received}: {repair}", received=shorten(found[1]), repair=shorten(meant))
    return said, meant


def _value(value: str) -> Repair | None:
    """The repair of the value after `=`; None if it is right or the repair is unclear."""
    if not value:
        return Repair(_blank, value, "''")
    if _parses(value):
        return None
    if any(char in CURLY for char in value):
        for quote in "'\"":
            straight = value.translate(dict.fromkeys(map(ord, CURLY), quote))
            inner = None if _parses(straight) else _value(straight)
            meant = inner.meant if inner else straight
            if _parses(meant):
                return Repair(_curly, value, meant)
    if value.startswith("{"):
        return None
    if value.startswith("[") and _rows(value.strip("[] ")):
        return Repair(_quotes, value, f"'{value.strip('[] ')}'")
    if value.startswith("["):
        return Repair(_extra, value, value[:-1].rstrip()) if _parses(value[:-1]) else _list(value)
    if _THOUSANDS.fullmatch(value) or _DECIMAL_COMMA.fullmatch(value) or _rows(value):
        return Repair(_quotes, value, f"'{value}'")
    pieces = _PIECE.findall(value)
    if "," in pieces and "[" not in pieces and "=" not in value:
        inner = _list(f"[{value}]")
        return Repair(_brackets, value, inner.meant if inner else f"[{value}]")
    return _string(value) if value[0] in "'\"" else _scalar(value)


def _rows(value: str) -> bool:
    """Whether the value is lists separated by semicolons, which TOML does not allow."""
    return ";" in value and not set("[]{}'\"") & set(value)


def _scalar(value: str) -> Repair:
    """Repair one bare value that TOML does not know."""
    if _NO_DIGIT_BEFORE.fullmatch(value):
        return Repair(_point, value, value.replace(".", "0.", 1))
    if _NO_DIGIT_AFTER.fullmatch(value):
        return Repair(_point, value, value + "0")
    if found := _ZEROS_BEFORE.fullmatch(value):
        return Repair(_zeros, value, found[1] + found[2])
    return Repair(_quotes, value.strip("'\""), _quoted(value.strip("'\"")))


def _string(value: str) -> Repair | None:
    """Repair a text with wrong quotes or backslashes."""
    quote, other = value[0], "'" if value[0] == '"' else '"'
    if value.startswith(quote * 3):
        return None
    if value.count(quote) == 1:
        content = value[1:-1] if value.endswith(other) else value[1:]
        return Repair(_unclosed, value, _quoted(content.strip()))
    if not value.endswith(quote):
        return None
    content = value[1:-1]
    if quote in content.replace('\\"', ""):
        return Repair(_inner, value, _quoted(content))
    return Repair(_backslash, value, _quoted(content)) if "\\" in content else None


def _list(value: str) -> Repair | None:
    """Repair a list, or one line of it: quote bare cells, fill blank ones; the message names the first repair."""
    meant: list[str] = []
    first: Repair | None = None
    before = "["
    for piece in _PIECE.findall(value.translate(dict.fromkeys(map(ord, CURLY), "'"))):
        cell = piece.strip()
        repair = None
        if piece == "," and before in "[,":
            repair = Repair(_hole, "", "''")
            meant.append(repair.meant)
        if piece == "[" and before == "]":
            repair = Repair(_between, "", ", ")
            meant.append(repair.meant)
        if piece in ("[", "]", ","):
            before = piece
            meant.append(", " if piece == "," else piece)
        elif cell:
            before = cell
            repair = _cell(cell)
            meant.append(repair.meant if repair else cell)
        first = first or repair
    text = "".join(meant).rstrip()
    if first is None:
        if not any(char in CURLY for char in value):
            return None
        first = Repair(_curly, value, text)
    return Repair(first.say, first.received, text)


def _cell(cell: str) -> Repair | None:
    """The repair of one cell; numbers separated by blanks lack commas."""
    if _parses(cell):
        return None
    if _GROUPED.fullmatch(cell):
        return Repair(_quotes, cell, f"'{cell}'")  # one number in groups of three, or several: left open
    if _NUMBERS.fullmatch(cell):
        return Repair(_commas, cell, ", ".join(cell.split()))
    return _string(cell) if cell[0] in "'\"" and len(cell) > 1 else _scalar(cell)


def _quoted(text: str) -> str:
    """The text as a TOML string in which a backslash is a backslash."""
    if "'" not in text:
        return f"'{text}'"
    return f'"{text}"' if '"' not in text and "\\" not in text else f"'''{text}'''"


def _parses(value: str) -> bool:
    """Whether the value is valid TOML."""
    try:
        tomli.loads(f"x = {value}")
    except (ValueError, RecursionError):
        return False
    return True


def _without_comment(value: str) -> str:
    """The value without a comment after it."""
    end = len(value)
    for found in re.finditer(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\#""", value):
        if found.group() == "#":
            end = found.start()
            break
    return value[:end].rstrip()


def shorten(text: str, limit: int = 200) -> str:
    """The text on one line of limited length, control characters escaped.

    >>> shorten("a\\x1bb" + "c" * 9, 8)
    'a\\\\x1bbc…'
    """
    clean = "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _quotes(received: str, repair: str) -> Sentence:
    return sentence("{received} needs quotes: {repair}", received=shorten(received, 60), repair=shorten(repair))


def _blank(_: str, repair: str) -> Sentence:
    return sentence("there is nothing after =; write a blank answer so: {repair}", repair=shorten(repair))


def _curly(_: str, repair: str) -> Sentence:
    return sentence("curly quotes must be straight: {repair}", repair=shorten(repair))


def _brackets(_: str, repair: str) -> Sentence:
    return sentence("a list needs brackets: {repair}", repair=shorten(repair))


def _point(received: str, repair: str) -> Sentence:
    return sentence(
        "{received} needs a digit on both sides of the point: {repair}",
        received=shorten(received, 60),
        repair=shorten(repair),
    )


def _zeros(received: str, repair: str) -> Sentence:
    return sentence("{received} starts with a zero: {repair}", received=shorten(received, 60), repair=shorten(repair))


def _unclosed(_: str, repair: str) -> Sentence:
    return sentence("the quote that opens here is not closed: {repair}", repair=shorten(repair))


def _inner(_: str, repair: str) -> Sentence:
    return sentence("the text holds the quote that ends it: {repair}", repair=shorten(repair))


def _backslash(_: str, repair: str) -> Sentence:
    return sentence("a text with a backslash needs single quotes: {repair}", repair=shorten(repair))


def _hole(_: str, repair: str) -> Sentence:
    return sentence("a blank cell is written '': {repair}", repair=shorten(repair))


def _extra(_: str, repair: str) -> Sentence:
    return sentence("the list is closed once too often: {repair}", repair=shorten(repair))


def _between(_: str, repair: str) -> Sentence:
    return sentence("a comma is missing between two rows: {repair}", repair=shorten(repair))


def _commas(received: str, repair: str) -> Sentence:
    return sentence(
        "{received} needs commas between the numbers: {repair}",
        received=shorten(received, 60),
        repair=shorten(repair),
    )
