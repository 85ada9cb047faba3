"""Characters that look like TOML's but are not: pasted spaces, commas and brackets, letters of other scripts.

They are searched for only outside quoted texts, where TOML allows none of them. Source of the look-alike letters:
Unicode Technical Standard #39, confusables.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from grader.messages import Sentence, sentence
from grader.patterns import pattern

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
"""The Latin letter for each Cyrillic or Greek look-alike."""
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
