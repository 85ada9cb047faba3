"""One number as people write it: what it may mean, with the digits as written.

A text is split into statements (lines, `or`, `;`) and a statement into the sides of a chain (`=`, `≈`, `→`). A side is
read as a plain value or a calculation, either with words and brackets next to it. Statements and sides must agree; a
rounded value agrees with the exact one.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from grader.answers.characters import fold, unmarked
from grader.answers.formulas import calculated
from grader.answers.numerals import Numeral, numerals, refuse_other_unit, scaled, significant_digits, tidy
from grader.answers.pasted import printed_value, summary_row, unlatex
from grader.answers.phrases import BLANKS, ZERO_WORDS, number_words, says_nothing
from grader.answers.refusal import ambiguous, described, quoted, the_numbers, unreadable
from grader.answers.remarks import (
    refuse_comparisons,
    says_sign,
    says_zero,
    undecorated,
    without_tags,
)
from grader.answers.sides import (
    MAX_SIDE_TEXT,
    NO_NUMBER,
    integer_number,
    negated,
    stated,
    variants,
)
from grader.answers.spec import MAX_ANSWER, AnswerSpec
from grader.answers.splitting import chain_of
from grader.answers.statements import StatedValue, agreed, alternatives, statements_of
from grader.answers.tokens import MAX_EXPONENT
from grader.answers.values import Number, Reading
from grader.messages import sentence
from grader.patterns import pattern

MAX_CACHED = 100
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})
_ROUNDED = pattern(
    r"(?<=\d)(?:,? \(?(?:rounded |correct )?(?:to|up to) [\w-]{1,9} (?:decimals?|decimal places?|d\.?p\.?|s\.?f\.?|"
    r"digits|significant (?:figures|digits))\)?)\s*\.?\s*$",
    needs=("to ",),
)
_PERSIAN_SLASH = pattern(r"\s*-?\s*([\u06f0-\u06f9]{1,9})\s?/\s?([\u06f0-\u06f9]{1,9})\s*-?\s*", needs="۰۱۲۳۴۵۶۷۸۹")
_MIDDLE_DOT = pattern(r"\s*([-−]?)\s?0·(\d{1,30})\s*", needs="·")
_UPDATED = pattern(r"(?<=[^\W\d])\s?[-+]=(?!=)[^=→]*$", needs="=")
"""A change of a variable, `w -= 0.5`: its new value is not said."""
_TAKEN_BACK = (
    r"(?:(?:no|nein|non)[,:]?\s?(?=-?\d)|(?:actually|sorry|correction|corrected|korrektur|should (?:be|read|have been)|"
    r"changed|was|wrong|i mean|i meant|typo|eigentlich|sollte|falsch|en fait)\b[^\d=]{0,30}?)"
)
_CORRECTED = pattern(
    rf"(\d[\d.,]{{0,20}})\s?(?:%|[^\W\d_]{{1,12}})?\s?[,;:(>→–-]{{0,3}}\s?{_TAKEN_BACK}(-?\d[\d.,]{{0,20}})|"
    r"(\d[\d.,]{0,20})\s?\(\s?(\d[\d.,]{0,20})\s(?:is|would be)\s(?:better|right|correct)\b",
    re.IGNORECASE,
    needs=fold(
        "no nein actually sorry correct korrektur should changed was wrong mean typo eigentlich sollte falsch fait "
        "right better"
    ).split(),
)
"""A number and another one that takes it back, `14 (no, 13)`."""
_SIZE_BEHIND = pattern(r"(?<=\d)\s\([\d.,]{1,12}\s[KMGT]?i?B(?:yte)?\)(?=\s*(?:\n|$))", needs="B")
"""The size in memory that Keras prints after a number of parameters."""
_RANGE = pattern(r"(\d+(?:\.\d+)?)\s?-{1,2}\s?(\d+(?:\.\d+)?)", needs="-")
_TWICE_DIVIDED = pattern(r"[-+]?[\d.]+\s?/\s?[\d.]+\s?/\s?[\d.]+", needs="/")
_PAIR = pattern(r"\s*[(\[]\s*(\d{1,9})\s*,\s*(\d{1,9})\s*[)\]]\s*")


def number_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What one number from a TOML value may mean; empty where it is blank.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or several that differ.
    """
    while isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    return _with_shares(_readings(raw, spec), raw, spec)


def cell_readings(folded: str, spec: AnswerSpec, raw: str) -> tuple[Reading, ...]:
    """What the text of one entry of an array, folded and without LaTeX, may mean."""
    found = numbers_of(folded, spec, raw)
    readings = tuple(Reading(None if one.blank else one.number, natural=one.natural) for one in found)
    return _with_shares(readings, raw, spec)


def _with_shares(readings: tuple[Reading, ...], raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """Where a percentage is asked for, 0.28 may mean 28 %, and 94 % may mean the author's 0.94."""
    number = readings[0].value if readings else None
    if spec.unit != "%" or not isinstance(number, Number) or not 0 < abs(float(number.value)) <= 100:
        return readings
    below = abs(float(number.value)) < 1
    if below and "%" in str(raw):
        return readings
    return (*readings, Reading(scaled(number, Fraction(100) if below else Fraction(1, 100)), natural=False))


def _readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    if isinstance(raw, str):
        return _as_readings(numbers_in(raw, spec), spec)
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, float)):
        raise unreadable("expected a number, received {received}", received=described(raw))
    if isinstance(raw, int):
        return (Reading(integer_number(raw)),)
    number = _of_decimal(Decimal(repr(raw)) if isinstance(raw, float) else raw)
    if "." in number.text and "e" not in number.text.lower():
        return _as_readings(variants(number.text, spec, number.text), spec)
    return (Reading(number),)


def number_from(raw: object, spec: AnswerSpec) -> Number | None:
    """The most natural number of a TOML value; None where it is blank.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or several that differ.
    """
    readings = number_readings(raw, spec)
    return readings[0].value if readings else None  # type: ignore[return-value]


def _as_readings(found: list[Numeral], spec: AnswerSpec) -> tuple[Reading, ...]:
    """The readings; for a count only the integers, where the natural one is an integer."""
    whole = [one for one in found if one.blank or float(one.number.value).is_integer()]
    found = whole if spec.counts and found and found[0] in whole else found
    return tuple(Reading(None if one.blank else one.number, natural=one.natural) for one in found)


def _of_decimal(raw: Decimal) -> Number:
    if not raw.is_finite():
        raise unreadable("expected a finite number, received {received}", received=described(raw))
    _, digits, exponent = raw.as_tuple()
    if (
        len(digits) > MAX_EXPONENT
        or not isinstance(exponent, int)
        or max(abs(raw.adjusted()), abs(exponent)) > MAX_EXPONENT
    ):
        raise unreadable(
            "expected at most {most} digits and an exponent between -{most} and {most}, received {received}",
            most=MAX_EXPONENT,
            received=described(raw),
        )
    written = "".join(map(str, digits))
    number = tidy(Fraction(raw))
    return Number(number, str(raw), -exponent, significant_digits(written, whole=False))


def numbers_in(raw: str, spec: AnswerSpec) -> list[Numeral]:
    """What one number in a text may mean; empty where it is blank."""
    if len(raw) > MAX_ANSWER:
        raise unreadable(
            "expected a number of at most {most} characters, received {received}", most=MAX_ANSWER, received=len(raw)
        )
    refuse_other_unit(raw, spec)
    short = raw.strip()[:MAX_CACHED]
    dotted = _MIDDLE_DOT.fullmatch(short)
    if dotted:
        return numerals(f"{dotted[1]}0.{dotted[2]}", spec, raw)
    pair = _PAIR.fullmatch(fold(short)) if spec.counts else None
    if pair:
        if pair[1] != pair[2]:
            raise unreadable("expected one number, received several in {received}", received=quoted(raw))
        return [Numeral(integer_number(int(pair[1])))]
    persian = _PERSIAN_SLASH.fullmatch(short)
    if persian:
        return _with_persian_slash(persian, raw, spec)
    return numbers_of(unlatex(fold(raw)), spec, raw.strip(" "))


def _with_persian_slash(found: re.Match[str], raw: str, spec: AnswerSpec) -> list[Numeral]:
    """`۸/۲۵` is a fraction, and 8.25 where the slash is a decimal mark; `۰/۵` can only be a decimal."""
    above, below = (str(int(group)) for group in found.groups())
    digits = "".join(str(int(char)) for char in found[2])
    sign = "-" if "-" in raw else ""
    as_decimal = numerals(f"{sign}{above}.{digits}", spec, raw)
    if above == "0" or below == "0":
        return as_decimal
    first = numerals(f"{sign}{above}/{below}", spec, raw)
    return [*first, *(Numeral(one.number, natural=False) for one in as_decimal)]


def numbers_of(folded: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """What one number in a folded text without LaTeX may mean; cached, as cells repeat."""
    return list(_cached(folded, spec, raw)) if len(folded) < MAX_CACHED else _numbers_of(folded, spec, raw)


@lru_cache(maxsize=2_000)
def _cached(folded: str, spec: AnswerSpec, raw: str) -> tuple[Numeral, ...]:
    return tuple(_numbers_of(folded, spec, raw))


def _numbers_of(folded: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """What one number in a folded text without LaTeX may mean; `raw` is the text as written.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or several that differ.
    """
    text = _ROUNDED.sub("", printed_value(folded))
    text = _SIZE_BEHIND.sub("", text)
    text = unmarked(text) if text.lstrip()[:1] in ("*", "_") and "\n" not in text.strip() else text
    line = " ".join(text.split())
    word = undecorated(line).casefold().rstrip(". ")
    silent = line in BLANKS or says_nothing(line)
    if spec.counts and (line == "-" or word in ZERO_WORDS or says_zero(word) or (word and not word.strip("-"))):
        return [Numeral(Number(0, raw, 0, 1)), *([NO_NUMBER] if silent and line != "-" else [])]
    if silent:
        return []
    simple = variants(line, spec, raw) if "\n" not in text.strip() else []
    if simple:
        if re.match(r"-\s+\d", line):  # a minus sign or a list bullet
            simple.append(Numeral(negated(simple[0].number), natural=False))
        return simple
    refuse_comparisons(without_tags(line))
    if _UPDATED.search(line):
        raise unreadable("expected a number, received {received}", received=quoted(raw))
    corrected = _CORRECTED.search(line)
    if corrected and len({number.rstrip(".,") for number in corrected.groups() if number}) > 1:
        raise unreadable("expected one number, received several in {received}", received=quoted(raw))
    if not spec.rank:  # in a list, 3-5 is a difference
        _refuse_ranges(undecorated(line), raw)
    _refuse_doubt(undecorated(line), raw)
    values: list[tuple[str, StatedValue]] = []
    for statement in statements_of(text):
        row = summary_row(statement) if spec.counts else None
        value = stated(row[1].replace("--", "0") if row else statement, spec, raw)
        if value is not None:
            values.append((statement, value))
        elif values and says_sign(statement) and values[-1][1].first.value > 0:
            raise unreadable("expected a number, received {received}", received=quoted(raw))
    if not values:
        return _failed(line, raw)
    offered = alternatives(line)
    if len(offered) > 1 and not all(re.search(r"\d", piece) or number_words(piece) is not None for piece in offered):
        raise unreadable("expected one value, received a comparison or a range in {received}", received=quoted(raw))
    return agreed(values, spec, raw, exactly=len(offered) > 1)


def _refuse_doubt(text: str, raw: str) -> None:
    """Refuse text with two readings that no convention decides, and name both."""
    if re.fullmatch(r"[-+]?\d+(?:,\d+){2,}", text):
        pieces = text.split(",")
        raise ambiguous(raw, quoted("".join(pieces))[1:-1], the_numbers(pieces))
    if re.fullmatch(r"[-+]?0[xX]\d+", text):
        hexadecimal = sentence("the hexadecimal number {number}", number=text)
        raise ambiguous(raw, hexadecimal, sentence("the product {product}", product=f"0 * {text[2:]}"))
    if _TWICE_DIVIDED.fullmatch(text):
        a, b, c = (piece.strip() for piece in text.split("/"))
        raise ambiguous(raw, f"({a}/{b})/{c}", f"{a}/({b}/{c})")


def _refuse_ranges(text: str, raw: str) -> None:
    """Refuse `3-5`, which is a range where one value is asked for."""
    ends = _RANGE.fullmatch(text)
    if ends and float(ends[1]) < float(ends[2]):
        raise unreadable("expected one value, received a comparison or a range in {received}", received=quoted(raw))


def _failed(line: str, raw: str) -> list[Numeral]:
    """The error that says why there is no number."""
    sides = [side.text for side in chain_of(line)]
    if sides and sides[-1].casefold().lstrip("+-") in _NOT_FINITE:
        raise unreadable("expected a finite number, received {received}", received=quoted(raw))
    if sides and re.search(r"\d", line):
        calculated(undecorated(sides[-1])[:MAX_SIDE_TEXT])
    raise unreadable("expected a number, received {received}", received=quoted(raw))
