"""Messages for TOML errors, with a suggested repair where it is clear.

A repair is suggested only if the document with the repaired line parses beyond that line. Characters that only look
like TOML's are searched for outside quoted texts, where TOML allows none of them.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import tomli

from grader.homework.line_repairs import MAX_LINE, repair_line, shorten
from grader.homework.lines import Lines, unclosed_text
from grader.messages import Sentence, sentence
from grader.patterns import pattern

MAX_TRIED = 200_000

MOST_REPAIRS = 6
LONGEST = 400
"""The length of a message beyond which no further repair is added."""

Explained = tuple[Sentence, int | None, int | None]


class Repaired(NamedTuple):
    """A repair: the message, its line, and the repaired document."""

    said: Sentence
    line: int
    text: str


_AT = pattern(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_OPENED = pattern(r"\s*+([A-Za-z0-9_-]++)\s*+=\s*+((?:[\"']?\s*[+\-−.0-9۰-۹٠-٩(][^\[\]{}]*|[\"'])?)")
"""A name and, if it is on the same line, the first row of pasted text."""
_QUOTED = pattern(r"\s*+([A-Za-z0-9_-]++)\s*+=\s*+([\"'][^\"']*+)")
"""A name and a text that does not end on its line."""
_ARRAY = pattern(r"\s*+([A-Za-z0-9_-]++)\s*+=\s*+((?:[A-Za-z_][A-Za-z_.]*+\(|<tf\.Tensor|\[\s*\[?).*)")
"""A name and the first line of an array as NumPy, PyTorch or TensorFlow print it."""
_LONGEST_TEXT = 200
_ROW = pattern(r"\s*(?:[+\-−.0-9۰-۹٠-٩(]|[\"']\s*$)")
_STATEMENT = pattern(r"\s*(?:[A-Za-z0-9_.-]+\s*=|\[+[A-Za-z])")
_CHARACTER = pattern(r"(?:Found invalid|Illegal) character '(\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|.)'")


def explain(text: str, problem: str) -> Explained:
    """The message about a TOML error, its line and, if no clear repair was found, its column.

    `problem` is tomli's message, which ends with the position.
    """
    line, column = _place(text, problem)
    if text.lstrip().startswith("{"):
        said_so = sentence("expected TOML, received what looks like JSON: `grader template` makes a file to fill in")
        return said_so, 1, None
    said = _AT.sub("", problem)
    if said.startswith(("Cannot", "Duplicate")) and (repeated := _repeated(text)):
        return repeated
    if problem.endswith("(at end of document)") and (opened := unclosed_text(text)):
        quotes, line = opened  # tomli reports where the search for the closing quote ended, not where the text began
        if len(quotes) == 3:
            said_so = sentence("the text that opens with {quotes} is never closed: end it with {quotes}", quotes=quotes)
            return said_so, line, None
    if len(text) <= MAX_TRIED and (repaired := _repaired(text, line)):
        return _with_further(repaired, text), repaired.line, None
    if found := _CHARACTER.search(said):
        char = found[1].encode("ascii", "backslashreplace").decode("unicode_escape")
        if char != "\n":
            said_so = sentence("the character U+{code:04X} is not allowed in TOML: remove it", code=ord(char))
            return said_so, line, column
    return sentence("not TOML: {problem}", problem=said[:1].lower() + shorten(said[1:])), line, column


def _place(text: str, problem: str) -> tuple[int, int | None]:
    """The line and column of an error; for one at the end of the document, the line after the last one with text."""
    found = _AT.search(problem)
    if found and found[1]:
        return int(found[1]), int(found[2])
    return text.rstrip("\n").count("\n") + 1, None


def _repeated(text: str) -> Explained | None:
    """A repeated name or table."""
    repeats = Lines(text).repeats
    if not repeats:
        return None
    name, first, second, is_table = repeats[0]
    if is_table:
        said = sentence(
            "[{name}] occurs twice, first in line {first}: merge the two tables", name=shorten(name), first=first
        )
    else:
        said = sentence("{name} occurs twice, first in line {first}: keep one of them", name=shorten(name), first=first)
    return said, second, None


def _with_further(first: Repaired, text: str) -> Sentence:
    """The first repair and the further ones that the document needs, each with its line."""
    said, now, lines_before = first.said, first.text, text.count("\n")
    for _ in range(MOST_REPAIRS - 1):
        problem = _problem(now)
        found = None if problem is None else _repaired(now, _place(now, problem)[0])
        if found is None or len(str(said)) > LONGEST:
            break
        line = found.line - (now.count("\n") - lines_before)
        said = sentence("{said}; line {line}: {more}", said=said, line=line, more=found.said)
        now = found.text
    return said


def _problem(text: str) -> str | None:
    """tomli's error for a document; None if it parses."""
    try:
        tomli.loads(text, parse_float=str)
    except tomli.TOMLDecodeError as problem:
        return str(problem)
    except (ValueError, RecursionError):
        return None
    return None


def _repaired(text: str, line: int) -> Repaired | None:
    """A repair of the line, or of a list that was not closed before it."""
    lines = text.split("\n")
    if several := _several_rows(lines, line) or _printed(lines, line):
        return several
    at_end = line >= len(lines) or not any(map(str.strip, lines[line:]))
    opened = Lines("\n".join(lines[: line - 1]) + "\n").open if line > 1 else []
    if opened and _STATEMENT.match(lines[line - 1]):
        return _closed(lines, opened, line - 1)
    if opened and (before := _row_before(lines, line)):
        return before
    if found := _line(lines[line - 1], bool(opened)):
        said, meant = found
        if repaired := _tried(said, line, lines, line, meant):
            return repaired
    if at_end and (opened := Lines(text).open):
        return _closed(lines, opened, line)
    return None


def _line(line: str, in_list: bool) -> tuple[Sentence, str] | None:
    """What is wrong with one line, and the repaired line: look-alike characters first, then everything else."""
    found = lookalike(line, in_list) if len(line) <= MAX_LINE else None
    if found is None:
        return repair_line(line, in_list)
    inner = None if in_list or _problem(found.line) is None else repair_line(found.line, in_list)
    meant = found.line if inner is None else inner[1]
    return told(found, shorten(meant)), meant


def _several_rows(lines: list[str], line: int) -> Repaired | None:
    """The repair of an answer of several lines, such as a pasted table, that has no triple quotes."""
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
    said = sentence(
        "an answer of several lines goes between triple quotes: begin it with {begin} and end line {last} with {end}",
        begin=f"{opened[1]} = '''",
        last=end,
        end="'''",
    )
    return _tried(said, line, lines, line, f"{opened[1]} = '''\n{text}'''", end)


def _printed(lines: list[str], line: int) -> Repaired | None:
    """The repair of an array pasted as a program prints it, on several lines: `array([[10., 13.],`, `[ 9., 18.]])`."""
    found = _ARRAY.fullmatch(lines[line - 1]) if len(lines[line - 1]) <= MAX_LINE else None
    if found is None:
        return None
    depth, end = 0, line - 1
    for end in range(line - 1, min(line - 1 + _LONGEST_TEXT, len(lines))):
        depth += sum(lines[end].count(mark) for mark in "([") - sum(lines[end].count(mark) for mark in ")]")
        if depth <= 0 or "'''" in lines[end]:
            break
    written = "\n".join([found[2], *lines[line : end + 1]])
    if depth or end == line - 1 or "'''" in written or ("," in written and written.startswith("[")):
        return None
    said = sentence(
        "{received} needs three quotes: write {begin} before it and ''' at the end of line {last}",
        received=shorten(found[2].strip(), 40),
        begin=f"{found[1]} = '''",
        last=end + 1,
    )
    return _tried(said, line, lines, line, f"{found[1]} = '''{written.rstrip()}'''", end + 1)


def _quote_ends(lines: list[str], line: int, quote: str) -> int:
    """The line on which a text opened with a single quote ends; the line on which it opens if the end is unclear."""
    for end in range(line, min(line + _LONGEST_TEXT, len(lines))):
        if _STATEMENT.match(lines[end]):
            break
        if quote in lines[end]:
            return end + 1 if lines[end].rstrip().endswith(quote) else line
    return line


def _row_before(lines: list[str], line: int) -> Repaired | None:
    """The repair of a row of a list that is followed by another row without a comma between them."""
    before = line - 1
    while before > 0 and not lines[before - 1].strip():
        before -= 1
    row = lines[before - 1].strip() if before else ""
    if not row.endswith("]") or not lines[line - 1].lstrip().startswith("["):
        return None
    said = sentence("a comma is missing between two rows: {repair}", repair=shorten(row + ","))
    return _tried(said, before, lines, before, row + ",", before, line)


def _closed(lines: list[str], opened: list[tuple[str, int]], before: int) -> Repaired | None:
    """The repair that closes all open brackets at the end of the last line with text."""
    while before > 0 and not lines[before - 1].strip():
        before -= 1
    closers = "".join("]" if mark == "[" else "}" for mark, _ in reversed(opened))
    meant = lines[before - 1].strip().rstrip(",") + closers
    mark, first = opened[0]
    said = sentence(
        "the {mark} that opens here is not closed; line {last} should be: {repair}",
        mark=mark,
        last=before,
        repair=shorten(meant),
    )
    if first == before:
        said = sentence("the {mark} that opens here is not closed: {repair}", mark=mark, repair=shorten(meant))
    return _tried(said, first, lines, before, meant)


def _tried(
    said: Sentence, named: int, lines: list[str], line: int, meant: str, last: int = 0, past: int = 0
) -> Repaired | None:
    """The repair, reported at line `named`, if the repaired document parses beyond it; otherwise None.

    The lines from `line` to `last` are replaced by `meant`. With `past`, the document must parse beyond that line.
    """
    last = last or line
    text = "\n".join([*lines[: line - 1], meant, *lines[last:]])
    problem = _problem(text)
    grown = meant.count("\n") - (last - line)
    if problem is not None and _place(text, problem)[0] <= (past or last) + grown:
        return None
    return Repaired(said, named, text)


_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_COMMAS = "\uff0c\u060c\u3001\ufe50\u201a"
_PLAIN = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_INVISIBLE, ""),
    **dict.fromkeys(_COMMAS, ","),
    **dict(zip("\uff1d\uff3b\uff3d\u3010\u3011\uff5b\uff5d\uff0e\uff03", "=[][]{}.#", strict=True)),
}
"""The character of TOML for each of its look-alikes."""
_LETTERS = {
    **dict(zip("АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝһ", "ABESIJKMHOPCTYXaesijopcyxdqwh", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ", "ABEZHIKMNOPTYXovp", strict=True)),
}
"""The Latin letter for each Cyrillic or Greek look-alike. Source: Unicode Technical Standard #39, confusables."""
_TEXT = pattern(r"'''.*?'''|\"\"\".*?\"\"\"|'[^']*'|\"(?:[^\"\\]|\\.)*\"|#.*")
_NAME = pattern(r"\s*[^\s=\[\]{}'\",#]+(?=\s*[=\uff1d])")


class Lookalike(NamedTuple):
    """A look-alike, the character that was meant, and the line with all look-alikes replaced."""

    character: str
    plain: str
    line: str


def lookalike(line: str, in_list: bool = False) -> Lookalike | None:
    r"""The first look-alike in a line; None if it has none.

    With `in_list` the line continues a list, so it does not begin with a name.

    >>> lookalike("Z\u00a0= [1\uff0c 2]")
    Lookalike(character='\xa0', plain=' ', line='Z = [1, 2]')
    """
    spelled = dict(_name(line)) if not in_list else {}
    quoted = {at for found in _TEXT.finditer(line) for at in range(*found.span())}
    pieces: list[str] = []
    first: tuple[str, str] | None = None
    for at, character in enumerate(line):
        plain = character if at in quoted else spelled.get(at, _PLAIN.get(character, character))
        first = first or (None if plain == character else (character, plain))
        pieces.append(plain)
    if first is None:
        return None
    return Lookalike(*first, "".join(pieces).strip())


def _name(line: str) -> list[tuple[int, str]]:
    """The characters of a name before `=` that come from another script: their positions and replacements.

    Only an otherwise Latin name is repaired: a name entirely in another script is not a typing slip.
    """
    found = _NAME.match(line)
    if found is None:
        return []
    spelled = [(at, _letter(character)) for at, character in enumerate(found.group())]
    plain = "".join(letter for _, letter in spelled).strip()
    if not plain.isascii() or found.group().isascii():
        return []
    return [(at, letter) for at, letter in spelled if letter != line[at]]


def _letter(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None and not character.isascii():
        return str(digit)
    wide = unicodedata.normalize("NFKC", character)
    return _LETTERS.get(character, _PLAIN.get(character, wide if wide.isascii() else character))


def told(found: Lookalike, repair: str) -> Sentence:
    """The message about a look-alike, with the repaired line."""
    character, plain = found.character, found.plain
    name = unicodedata.name(character, "CHARACTER")
    fields = {"name": name, "code": ord(character), "repair": repair[:200]}
    if plain == "":
        return sentence("{name} (U+{code:04X}) is invisible and is not allowed here: {repair}", **fields)
    if plain == " ":
        return sentence("{name} (U+{code:04X}) is not a space in TOML: {repair}", **fields)
    return sentence("{name} (U+{code:04X}) is used in place of {plain}: {repair}", plain=plain, **fields)
