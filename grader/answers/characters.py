"""Characters as people type and paste them, folded to one form before anything is read.

NFKC folds neither Persian separators nor Cyrillic and Greek look-alikes, and it folds characters that must stay
distinct, so we keep our own table.
"""

from __future__ import annotations

import re
import unicodedata

from grader.patterns import pattern

THIN = "\u202f"
"""The one space that may separate thousands; plain spaces separate cells."""

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega"
)
GREEK_LETTERS = dict(zip(GREEK.split(), "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
GREEK_LETTERS |= {name.capitalize(): letter.upper() for name, letter in tuple(GREEK_LETTERS.items())}
GREEK_LETTERS |= {"varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varrho": "ρ", "varsigma": "σ"}


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for zero in (0x06F0, 0x0660, 0xFF10):
        table |= {zero + digit: str(digit) for digit in range(10)}
    pairs = {
        "-": "\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d\u02d7",
        "*": "×✕✖⨯∗·⋅∙•⊙╳\u2062",
        "/": "÷⁄∕\u29f8",
        ",": "\u060c\uff0c\u3001",
        ";": "\u061b",
        "%": "\u066a\uff05",
        ".": "\u066b\u3002",
        "'": "\u066c\u2019\u2018`´",
        "≈": "~∼≃≅≒≐",
        "→": "↓⇒⟶⟹➔➜\u27f9",
        THIN: "\u00a0\u2009\u2007\u2008",
        " ": "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u200a\u3000\u205f",
        "\n": "\u2028\u2029\u0085\x0b",
        "X": "\u0425\u03a7",
        "x": "\u0445",
        "ی": "\u0649\u064a",
        "ک": "\u0643",
        "μ": "\u00b5",
        "ε": "\u03f5",
        "φ": "\u03d5",
        "θ": "\u03d1",
        "σ": "\u03c2",
        "Δ": "\u2206",
        "e": "ℯ",
        "[": "\u3010\uff3b",
        "]": "\u3011\uff3d",
        "|": "│┃",
        "⌊": "⎣⎝",
        "⌋": "⎦⎠",
        "⎡": "⎛",
        "⎤": "⎞",
        "⎢": "⎜",
        "⎥": "⎟",
        "(": "\uff08⟨",
        ")": "\uff09⟩",
        '"': "“”„«»",
    }
    for target, sources in pairs.items():
        table |= {ord(source): target for source in sources}
    cyrillic = zip("АВЕКМНОРСТаеорсу", "ABEKMHOPCTaeopcy", strict=True)
    table |= {ord(source): target for source, target in cyrillic}
    invisible = [0x00AD, 0x061C, 0x0640, 0x2060, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
    invisible += [*range(0x2066, 0x206A), *range(0x064B, 0x0653)]
    table |= dict.fromkeys(invisible)
    return table


_TABLE = _table()
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣʸᵏᶻʷᵐˡᴸ", "0123456789+-nxykzwmlL")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_FRACTIONS = "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅐⅑⅒⅛⅜⅝⅞"
_COMPOSED = frozenset(map(chr, {*_SUPERSCRIPTS, *_SUBSCRIPTS})) | {*_FRACTIONS, "\u0304", "\u0305"}
"""Characters that stand for several, or combine with the one before."""

# A double-quoted TOML string turns the start of these commands into one control character.
_EATEN = {
    "\f": r"(?=rac|orall|loor)",
    "\t": r"(?=imes(?![a-z])|heta|au(?![a-z])|frac|ext|anh(?![a-z])|ilde)",
    "\b": r"(?=egin|eta(?![a-z])|ar(?![a-z])|matrix|oldsymbol|m(?=\{)|oxed|ullet)",
    "\r": r"(?=ight|ho(?![a-z])|floor|ceil|angle)",
    "\n": r"(?=(?:eq|u|abla|e)(?![A-Za-z0-9_(]))",
}
_LETTERS = {"\f": "f", "\t": "t", "\b": "b", "\r": "r", "\n": "n"}
_EATEN_PATTERNS = tuple((pattern(char + ahead, needs=char), "\\" + _LETTERS[char]) for char, ahead in _EATEN.items())
_TIE = pattern(r"(?<=\d)~(?=\d{3}(?!\d))")
_ANGLES = pattern(r"<([-+\d.,;\s/]*)>\s*")
_LOST_TAB = pattern(r"(?<![A-Za-z\\])imes(?![A-Za-z])", needs=("imes",))


def fold(raw: str) -> str:
    r"""The text in one form: ASCII digits and signs, `*` for every product sign, lost backslashes restored.

    Line breaks and tabs stay: they separate rows and cells.

    >>> fold("۱۲٫۵ × 10⁻⁵")
    '12.5 * 10^(-5)'
    >>> fold("\frac{9}{4} and 12 imes 12")
    '\\frac{9}{4} and 12 \\times 12'
    """
    text = raw.replace("\r\n", "\n")
    if not text.isprintable():
        for pattern, command in _EATEN_PATTERNS:
            text = pattern.sub(lambda _, command=command: command, text)  # type: ignore[misc]
        text = text.replace("\r", "\n")
    if "imes" in text:
        text = _LOST_TAB.sub(r"\\times", text)
    text = text.replace("`", "")
    if "~" in text:
        text = _TIE.sub(THIN, text)
    if not text.isascii():
        text = _fold_wide(text)
    if text[:1] == "<" and (angles := _ANGLES.fullmatch(text)):
        text = f"({angles[1]})"
    return (
        text.replace("\\*", "*")
        .replace("\\_", "_")
        .replace("\\%", "%")
        .replace("~", "≈")
        .replace("=>", "→")
        .replace("->", "→")
        .replace(" <- ", " ← ")
    )


def _fold_wide(text: str) -> str:
    composed = not _COMPOSED.isdisjoint(text)
    if composed:
        text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣʸᵏᶻʷᵐˡᴸ]+", lambda found: f"^({found[0].translate(_SUPERSCRIPTS)})", text)
        text = re.sub("((?:[0-9][\u0304\u0305])+)", lambda found: f"({re.sub('[^0-9]', '', found[0])})", text)
        text = text.replace("log₂", "log2 ").replace("log₁₀", "log10 ")
        text = re.sub("[₀₁₂₃₄₅₆₇₈₉]+", lambda found: f"_{found[0].translate(_SUBSCRIPTS)}", text)
    text = text.translate(_TABLE)
    if max(text, default="") > "\uff00" and any(_is_wide(char) for char in text):
        text = "".join(unicodedata.normalize("NFKC", c) if c > "\uff00" else c for c in text)
    return re.sub(f"([0-9]{{0,9}})([{_FRACTIONS}])(?![0-9])", _vulgar, text) if composed else text


def _is_wide(char: str) -> bool:
    """Whether a character is a wide or a mathematical form of another."""
    return "\uff01" <= char <= "\uff5e" or "\U0001d400" <= char <= "\U0001d7ff"


def _vulgar(found: re.Match[str]) -> str:
    fraction = unicodedata.normalize("NFKC", found[2]).replace("⁄", "/")
    return f"({found[1]}+{fraction})" if found[1] else f"({fraction})"


def unmarked(text: str) -> str:
    """The text without surrounding white space and Markdown marks.

    >>> unmarked(" **36928** ")
    '36928'
    """
    text = text.strip()
    for mark in ("**", "__", "*", "_"):
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            text = text[len(mark) : -len(mark)].strip()
    return text
