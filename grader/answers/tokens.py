"""The tokens of a formula or a calculation, and the names that it may use, in all their spellings."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.characters import GREEK_LETTERS, THIN
from grader.answers.refusal import quoted, unreadable
from grader.errors import UnreadableError
from grader.patterns import pattern
from grader.structs import Struct

CONSTANT_NAMES = ("e", "pi", "π")
_SEAM = pattern(r"(?<=[A-Za-z\u0370-\u03ff])_?(?=\d)")
_LETTERS = pattern(r"[A-Za-z]+|[\u0370-\u03ff]")
_NAMES_OF_LETTERS = {letter: name for name, letter in reversed(GREEK_LETTERS.items())}


def spellings(name: str) -> set[str]:
    """All ways to write one name: `g_0` or `g0`, `alpha` or `α`.

    >>> sorted(spellings("alpha_1"))
    ['alpha1', 'alpha_1', 'α1', 'α_1']
    """
    forms = {name, _LETTERS.sub(lambda word: GREEK_LETTERS.get(word[0], word[0]), name)}
    forms |= {_LETTERS.sub(lambda word: _NAMES_OF_LETTERS.get(word[0], word[0]), name)}
    return forms | {_SEAM.sub(seam, form) for form in forms for seam in ("", "_")} | {f.replace("_", "") for f in forms}


class Vocabulary:
    """Declared symbols and names of earlier parts."""

    def __init__(self, symbols: Sequence[str], names: Sequence[str]) -> None:
        """Later names never hide earlier ones: a symbol takes precedence over a part with the same spelling."""
        self.allowed = tuple(dict.fromkeys((*symbols, *names)))
        self.spelled: dict[str, str] = {}
        for name in self.allowed:
            self.spelled.setdefault(name, name)
        for name in self.allowed:
            for form in spellings(name):
                self.spelled.setdefault(form, name)
        for constant in CONSTANT_NAMES:
            self.spelled.setdefault(constant, constant)
        self.constants = {c for c in CONSTANT_NAMES if self.spelled[c] == c and c not in self.allowed}

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for form in sorted(self.spelled, key=len, reverse=True):
            table.setdefault(form[:1], []).append(form)
        return table

    def split(self, run: str, called: bool) -> list[str] | None:
        """The names whose product a run of letters is, longest names first; the last may be a function.

        `called` says whether a bracket follows. None where the run is not made of declared names.

        >>> Vocabulary(["w", "d", "wide"], []).split("wdwide", called=False)
        ['w', 'd', 'wide']
        """
        if run in self.spelled:
            return [run]
        chosen: list[tuple[int, str]] = []
        dead: set[int] = set()
        at, skip = 0, 0
        while at < len(run):
            options = self._options(run, at, called)
            step = next((form for form in options[skip:] if at + len(form) not in dead), None)
            if step is not None:
                chosen.append((skip + options[skip:].index(step), step))
                at, skip = at + len(step), 0
            else:
                dead.add(at)
                if not chosen:
                    return None
                index, form = chosen.pop()
                at, skip = at - len(form), index + 1
        return [form for _, form in chosen]

    def _options(self, run: str, at: int, called: bool) -> list[str]:
        rest = run[at : at + 80]
        forms = [form for form in self._by_start.get(rest[:1], ()) if rest.startswith(form)]
        if run[at:] in FUNCTIONS and (called or at == 0):
            forms.insert(0, run[at:])
        return forms

    def nearest(self, word: str) -> str | None:
        """The allowed name closest to the word."""
        from difflib import get_close_matches

        lowered = {name.lower(): name for name in self.allowed}
        found = get_close_matches(word[:40].lower(), lowered, n=1, cutoff=0.5)
        return lowered[found[0]] if found else None


@lru_cache(maxsize=64)
def vocabulary(symbols: tuple[str, ...], names: tuple[str, ...]) -> Vocabulary:
    """The vocabulary of a part; cached, because every cell of a matrix needs it."""
    return Vocabulary(symbols, names)


MAX_EXPONENT = 300
MAX_DIGITS = 300

GROUPED = rf"[1-9]\d{{0,2}}(?:(?:,\d{{3}})+|(?:'\d{{3}})+|(?:_\d{{3}})+|(?:{THIN}\d{{3}})+)(?![\d,'_])"
MANTISSA = rf"(?:{GROUPED}(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
_NUMBER = pattern(rf"({MANTISSA})(?:[eE]([-+]?\d+))?")
_WORD = pattern(r"[^\W\d][\w]*")
_OPERATORS = {"**": "^", "//": "//", "+": "+", "-": "-", "*": "*", "/": "/", "^": "^"}
OPENERS = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}


TokenKind = Literal["number", "name", "constant", "function", "operator", "open", "close", "comma", "end"]


class Token(Struct):
    """A token of a formula; columns count from 1, and only numbers have a value."""

    kind: TokenKind
    text: str
    column: int
    value: int | Fraction | None = None


def exact(mantissa: str, exponent: str | None) -> int | Fraction:
    """The exact value of a decimal as written, thousands separators included."""
    digits = mantissa.replace(",", "").replace("'", "").replace("_", "").replace(THIN, "")
    if len(digits) > MAX_DIGITS:
        raise unreadable("expected at most {most} digits, received {digits}", most=MAX_DIGITS, digits=len(digits))
    scale = int(exponent) if exponent and len(exponent) <= 6 else 0 if not exponent else MAX_EXPONENT + 1
    if abs(scale) > MAX_EXPONENT:
        raise unreadable(
            "expected an exponent between -{most} and {most}, received {received}",
            most=MAX_EXPONENT,
            received=quoted(exponent or ""),
        )
    whole, _, part = digits.partition(".")
    value = Fraction(int((whole + part) or "0")) * Fraction(10) ** (scale - len(part))
    return value.numerator if value.denominator == 1 else value


def tokenize(text: str, words: Vocabulary) -> list[Token]:
    """The tokens of a folded text without LaTeX.

    Raises:
        UnreadableError: an unknown character or name.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char.isdecimal() or (char == "." and text[at + 1 : at + 2].isdecimal()):
            at = _number(text, at, words, tokens)
        elif char.isalpha():
            at = _word(text, at, words, tokens)
        else:
            at = _mark(text, at, tokens)
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def _number(text: str, at: int, words: Vocabulary, tokens: list[Token]) -> int:
    found = _NUMBER.match(text, at)
    if not found:
        raise _strange(text, at)
    mantissa, exponent = found[1], found[2]
    end = found.end()
    if exponent is not None and ("e" not in words.constants or f"e{exponent}" in words.spelled):
        exponent, end = None, found.end(1)
    tokens.append(Token("number", text[at:end], at + 1, exact(mantissa, exponent)))
    return end


def _word(text: str, at: int, words: Vocabulary, tokens: list[Token]) -> int:
    found = _WORD.match(text, at)
    if not found:
        raise _strange(text, at)
    run = found[0]
    follows = text[found.end() : found.end() + 20].lstrip()[:1]
    names = words.split(run, called=follows in OPENERS and follows != "")
    if names is None:
        if (
            run[0] in "xX"
            and (run[1:].isdecimal() or run[1:] == "")
            and tokens
            and tokens[-1].kind in ("number", "close")
        ):
            tokens.append(Token("operator", "*", at + 1))
            return at + 1
        raise _unknown(run, at, words)
    column = at + 1
    for name in names:
        if name in words.spelled and name not in words.constants:
            tokens.append(Token("name", words.spelled[name], column))
        else:
            tokens.append(Token("constant" if name in words.constants else "function", name, column))
        column += len(name)
    return found.end()


def _mark(text: str, at: int, tokens: list[Token]) -> int:
    pair = text[at : at + 2]
    mark = pair if pair in _OPERATORS else text[at]
    if mark in _OPERATORS:
        tokens.append(Token("operator", _OPERATORS[mark], at + 1))
    elif mark in OPENERS:
        tokens.append(Token("open", mark, at + 1))
    elif mark in OPENERS.values():
        tokens.append(Token("close", mark, at + 1))
    elif mark == ",":
        tokens.append(Token("comma", mark, at + 1))
    elif mark == "√":
        tokens.append(Token("function", "sqrt", at + 1))
    else:
        raise _strange(text, at)
    return at + len(mark)


def _strange(text: str, at: int) -> UnreadableError:
    return unreadable(
        "expected numbers, names and operators, received {received} at character {column}",
        received=quoted(text[at]),
        column=at + 1,
    )


def _unknown(run: str, at: int, words: Vocabulary) -> UnreadableError:
    if not words.allowed:
        return unreadable(
            "expected a number or a calculation, received the word {word} at character {column}",
            word=quoted(run),
            column=at + 1,
        )
    nearest = words.nearest(run)
    if nearest is not None:
        return unreadable(
            "expected the names {allowed}, received {word} at character {column}; the nearest is {nearest}",
            allowed=", ".join(words.allowed),
            word=quoted(run),
            column=at + 1,
            nearest=nearest,
        )
    return unreadable(
        "expected the names {allowed}, received {word} at character {column}",
        allowed=", ".join(words.allowed),
        word=quoted(run),
        column=at + 1,
    )
