"""One number as people write it: what it may stand for, with the digits as written.

A text is cut into statements (lines, `or`, `;`), a statement into the sides of a chain (`=`, `≈`, `→`), and of a side
the value is read: a plain one, a calculation, or either with words and brackets beside it. Statements and sides must
agree; what is rounded from another is the same value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.chains import Side, chain_of
from grader.answers.characters import fold, unmarked
from grader.answers.formulas import calculated
from grader.answers.frameworks import printed_value, summary_row
from grader.answers.latex import unlatex
from grader.answers.marks import joined, with_point
from grader.answers.numerals import Numeral, bounded, numerals, scaled, significant_digits, tidy
from grader.answers.phrases import BLANKS, NO_ANSWER, ZERO
from grader.answers.refusal import ambiguous, described, quoted, the_numbers, unreadable
from grader.answers.remarks import (
    bracket_behind,
    refuse_comparisons,
    says_only_words,
    says_zero,
    undecorated,
    without_head,
    without_tags,
    without_tail,
    words_change,
)
from grader.answers.spec import AnswerSpec
from grader.answers.tokens import MAX_EXPONENT
from grader.answers.tolerance import DIGITS
from grader.answers.values import Number, Reading
from grader.errors import UnreadableError
from grader.messages import sentence
from grader.patterns import pattern

MAX_TEXT = 20_000
MAX_SIDES = 50
MAX_CACHED = 100
MAX_SIDE = 2_000
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})
_TOTAL = pattern(r"\s*(?:total|sum|answer|result|final|altogether|gesamt|summe|antwort|insgesamt|somme|respuesta|"
                    r"suma|итого|всего|ответ|جمع|مجموع|کل|پاسخ|جواب|总计|合计|합계)\b", re.IGNORECASE)  # fmt: skip
_IN_UNITS = pattern(r"[^\W\d][^\d:()]{0,40}\(([KMG])\)\s*:\s*([\d.,]+)")
_NAME = pattern(rf"(?!(?:{'|'.join(sorted(FUNCTIONS))})\b)[^\W\d]\w{{0,20}}(?:\s?[\[(][\d, ]{{1,20}}[\])])?")
_BATCHED = pattern(r"[\[(]\s*(?:-1|None|N|1|batch)\s*,\s*(\d{1,15})\s*,?\s*[\])]", re.IGNORECASE)
_PERSIAN_SLASH = pattern(r"\s*-?\s*([\u06f0-\u06f9]{1,9})\s?/\s?([\u06f0-\u06f9]{1,9})\s*-?\s*")
_MIDDLE_DOT = pattern(r"\s*([-−]?)\s?0·(\d{1,30})\s*")
_PAIR = pattern(r"\s*[(\[]\s*(\d{1,9})\s*,\s*(\d{1,9})\s*[)\]]\s*")
_SQUARE = pattern(r"\(?(\d{1,9})\s?(?:px)?\s?(?:[xX*]|by)\s?\1\s?(?:px|pixels?)?\)?")
_TIMES = pattern(r"[xX×✕✖⨯╳х]|\bby\b|\\times", re.IGNORECASE)
_POWER_OF_TWO = pattern(r"(\d{1,9})\s?\^\s?\(?2\)?")
_SIZES = pattern(r"\(?\d{1,9}(?:\s?(?:[xX*@])\s?\d{1,9})+\)?")


NO_NUMBER = Numeral(Number(0, "", 0, 1), natural=False, blank=True)
"""What may be no answer at all."""


@dataclass(frozen=True)
class Value:
    """What one side or statement stands for, the natural first; `plain` values are no calculations."""

    numerals: tuple[Numeral, ...]
    plain: bool

    @property
    def first(self) -> Number:
        """The most natural number."""
        return self.numerals[0].number


def number_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What one number from a TOML value may stand for; none where it was left blank.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or several that differ.
    """
    while isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, str):
        return _as_readings(numbers_in(raw, spec))
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, float)):
        raise unreadable("expected a number, received {received}", received=described(raw))
    if isinstance(raw, int):
        return (Reading(_of_integer(raw)),)
    number = _of_decimal(Decimal(repr(raw)) if isinstance(raw, float) else raw)
    if "." in number.text and "e" not in number.text.lower():
        return _as_readings(_variants(number.text, spec, number.text))
    return (Reading(number),)


def number_from(raw: object, spec: AnswerSpec) -> Number | None:
    """The most natural number of a TOML value; None where it was left blank.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or several that differ.
    """
    readings = number_readings(raw, spec)
    return readings[0].value if readings else None  # type: ignore[return-value]


def _as_readings(found: list[Numeral]) -> tuple[Reading, ...]:
    return tuple(Reading(None if one.blank else one.number, natural=one.natural) for one in found)


def _of_integer(raw: int) -> Number:
    if raw.bit_length() > 996:
        raise unreadable(
            "expected a number of at most {most} digits, received {received}", most=300, received=described(raw)
        )
    text = str(raw)
    return Number(raw, text, 0, significant_digits(text.lstrip("-"), whole=True))


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
    """What one number in a text may stand for; none where it is blank."""
    if len(raw) > MAX_TEXT:
        raise unreadable(
            "expected a number of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
        )
    dotted = _MIDDLE_DOT.fullmatch(raw)
    if dotted:
        return numerals(f"{dotted[1]}0.{dotted[2]}", spec, raw)
    pair = _PAIR.fullmatch(fold(raw)) if spec.counts else None
    if pair:
        if pair[1] != pair[2]:
            raise unreadable("expected one number, received several in {received}", received=quoted(raw))
        return [Numeral(_of_integer(int(pair[1])))]
    persian = _PERSIAN_SLASH.fullmatch(raw)
    if persian:
        return _with_persian_slash(persian, raw, spec)
    return numbers_of(unlatex(fold(raw)), spec, raw.strip(" "))


def _with_persian_slash(found: re.Match[str], raw: str, spec: AnswerSpec) -> list[Numeral]:
    """`۸/۲۵` is a fraction, and 8.25 where the slash is a decimal mark; `۰/۵` can only be that."""
    above, below = (str(int(group)) for group in found.groups())
    digits = "".join(str(int(char)) for char in found[2])
    sign = "-" if "-" in raw else ""
    as_decimal = numerals(f"{sign}{above}.{digits}", spec, raw)
    if above == "0" or below == "0":
        return as_decimal
    first = numerals(f"{sign}{above}/{below}", spec, raw)
    return [*first, *(Numeral(one.number, natural=False) for one in as_decimal)]


def numbers_of(folded: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """What one number in a folded text without LaTeX may stand for; cells that repeat are read once."""
    return list(_cached(folded, spec, raw)) if len(folded) < MAX_CACHED else _numbers_of(folded, spec, raw)


@lru_cache(maxsize=2_000)
def _cached(folded: str, spec: AnswerSpec, raw: str) -> tuple[Numeral, ...]:
    return tuple(_numbers_of(folded, spec, raw))


def _numbers_of(folded: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """What one number in a folded text without LaTeX may stand for; `raw` is the text as it was written.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or several that differ.
    """
    text = printed_value(folded)
    line = " ".join(text.split())
    word = undecorated(line).casefold().rstrip(". ")
    silent = line in BLANKS or line.casefold() in NO_ANSWER or not line.strip("_. ")
    if spec.counts and (line == "-" or word in ZERO or says_zero(word) or (word and not word.strip("-"))):
        return [Numeral(Number(0, raw, 0, 1)), *([NO_NUMBER] if silent and line != "-" else [])]
    if silent:
        return []
    simple = _variants(line, spec, raw)
    if simple:
        if re.match(r"-\s+\d", line):  # a minus, or the mark of a list
            simple.append(Numeral(numeral_negated(simple[0].number), natural=False))
        return simple
    refuse_comparisons(without_tags(line))
    _refuse_doubt(undecorated(line), raw)
    values: list[tuple[str, Value]] = []
    for statement in _statements(text):
        row = summary_row(statement) if spec.counts else None
        value = _stated(row[1].replace("--", "0") if row else statement, spec, raw)
        if value is not None:
            values.append((statement, value))
    if not values:
        return _failed(line, raw)
    return _agreed(values, spec, raw)


def number_of(folded: str, spec: AnswerSpec, raw: str) -> Number | None:
    """The most natural number in a folded text without LaTeX; None where it is blank."""
    found = numbers_of(folded, spec, raw)
    return found[0].number if found else None


def _refuse_doubt(text: str, raw: str) -> None:
    """Refuse what no convention reads one way, with both readings."""
    if re.fullmatch(r"[-+]?\d+(?:,\d+){2,}", text):
        pieces = text.split(",")
        raise ambiguous(raw, "".join(pieces), the_numbers(pieces))
    if re.fullmatch(r"[-+]?0[xX]\d+", text):
        hexadecimal = sentence("the hexadecimal number {number}", number=text)
        raise ambiguous(raw, hexadecimal, sentence("the product {product}", product=f"0 * {text[2:]}"))
    if re.fullmatch(r"[-+]?[\d.]+\s?/\s?[\d.]+\s?/\s?[\d.]+", text):
        a, b, c = (piece.strip() for piece in text.split("/"))
        raise ambiguous(raw, f"({a}/{b})/{c}", f"{a}/({b}/{c})")


def _failed(line: str, raw: str) -> list[Numeral]:
    """Why there is no number."""
    sides = [side.text for side in chain_of(line)]
    if sides and sides[-1].casefold().lstrip("+-") in _NOT_FINITE:
        raise unreadable("expected a finite number, received {received}", received=quoted(raw))
    if sides and re.search(r"\d", line):
        calculated(undecorated(sides[-1])[:MAX_SIDE])
    raise unreadable("expected a number, received {received}", received=quoted(raw))


def _statements(text: str) -> list[str]:
    """Lines, and what `;`, `or` and commas between values divide; a line that begins or ends in an operator goes on."""
    lines: list[str] = []
    for line in (line.strip() for line in text.split("\n") if line.strip()):
        if lines and (re.match(r"[=≈→*/+]\s?\S", line) or re.search(r"[-+*/=(]$", lines[-1])):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    pieces: list[str] = []
    for line in lines:
        pieces += _divided(line)
    return pieces[:MAX_SIDES]


def _divided(line: str) -> list[str]:
    """What separators outside brackets divide."""
    line = re.sub(r",\s(?=(?:so|floor|i\.e\.)\b)", " ", line) if ", " in line else line
    marked = re.sub(r"\s(?:or|oder|ou|или|یا)\s(?:=\s)?", ";", line) if " " in line else line
    pieces, start, level = [], 0, 0
    bars = "| " in marked
    for at, char in enumerate(marked):
        level += (char in "([{") - (char in ")]}")
        if level <= 0 and (
            char == ";" or (char == "|" and bars) or (char == "," and marked[at + 1 : at + 2] in (" ", ""))
        ):
            pieces.append(marked[start:at].strip())
            start = at + 1
    pieces.append(marked[start:].strip())
    return [piece for piece in pieces if piece]


def _agreed(values: list[tuple[str, Value]], spec: AnswerSpec, raw: str) -> list[Numeral]:
    """The value of several statements: the total where one is called so, otherwise they must agree."""
    totals = [value for statement, value in values if _TOTAL.match(statement)]
    stated = totals[:1] or [value for _, value in values]
    result = stated[0]
    for value in stated[1:]:
        merged = _merged(result, value, spec)
        if merged is None:
            raise unreadable("expected one number, received several in {received}", received=quoted(raw))
        result = merged
    return list(result.numerals)


def _stated(statement: str, spec: AnswerSpec, raw: str) -> Value | None:
    """The value of one chain; None for words."""
    if len(statement) > MAX_SIDE:
        statement = statement[-MAX_SIDE:]
    in_units = _IN_UNITS.fullmatch(statement)
    if in_units:
        statement = f"{in_units[2]} {in_units[1]}"
    if _NAME.fullmatch(statement):
        return None
    evaluated: list[tuple[Side, Value]] = []
    failure: UnreadableError | None = None
    for side in chain_of(statement)[-MAX_SIDES:]:
        if _NAME.fullmatch(side.text):
            continue
        try:
            value = side_value(side.text, spec, raw)
        except UnreadableError as error:
            failure = error
            continue
        if value is not None:
            evaluated.append((side, value))
    if not evaluated:
        if failure is not None:
            raise failure
        return None
    return _chained(evaluated, spec, raw)


def _chained(sides: list[tuple[Side, Value]], spec: AnswerSpec, raw: str) -> Value:
    """The value of a chain: its plain sides; the exact one where another is rounded; after an arrow the last."""
    plain = [(side, value) for side, value in sides if value.plain]
    if not plain:
        return sides[-1][1]
    result = plain[0][1]
    for side, value in plain[1:]:
        merged = _merged(result, value, spec)
        if merged is None and side.link == "=":
            raise ambiguous(raw, _text(result.first), _text(value.first))
        result = merged or value
    calculations = [value for _, value in sides if not value.plain]
    for other in calculations:
        same = [one for one in result.numerals if _equal(one.number, other.first)]
        if same:
            return Value(tuple(same[:1]), plain=True)
    if not spec.counts and (result.first.significant or DIGITS) < DIGITS:
        near = 1.0 if plain[-1][0].link == "≈" else 0.5 - 1e-9
        for other in calculations:
            if _rounded_from(result.first, other.first, near):
                return other
    return result


def numeral_negated(number: Number) -> Number:
    """The number with the other sign."""
    return replace(number, value=-number.value)


def _text(number: Number) -> str:
    value = number.value
    return str(value) if isinstance(value, int) else f"{float(value):.10g}"


def _merged(one: Value, other: Value, spec: AnswerSpec) -> Value | None:
    """One value where two are the same or one is rounded from the other; None where they differ."""
    for first in one.numerals:
        for second in other.numerals:
            same = _equal(first.number, second.number)
            if same or (spec.unit == "%" and _equal(scaled(first.number, Fraction(100)), second.number)):
                return Value((replace(second, natural=True),), one.plain and other.plain)
    if _rounded_from(other.first, one.first):
        short, full = other, one
    elif _rounded_from(one.first, other.first):
        short, full = one, other
    else:
        return None
    if spec.counts:
        return short if _whole(short.first) and not _whole(full.first) else full
    return short if (short.first.significant or 0) >= 3 and short is other else full


def _equal(one: Number, other: Number) -> bool:
    return one.value == other.value or abs(float(one.value) - float(other.value)) <= 1e-12 * abs(float(one.value))


def _rounded_from(short: Number, full: Number, units: float = 1.0) -> bool:
    """Whether a number is another one, rounded or cut off: less than so many units of its last digit away."""
    if short.decimals is None or (full.decimals is not None and full.decimals <= short.decimals):
        return False
    return abs(float(short.value) - float(full.value)) < units * 10.0**-short.decimals


def _whole(number: Number) -> bool:
    return float(number.value).is_integer()


def side_value(side: str, spec: AnswerSpec, raw: str) -> Value | None:
    """The value of one side of a chain, words and brackets beside it left out; None for words alone.

    Raises:
        UnreadableError: a side with digits that is no value.
    """
    text = undecorated(side)
    for _ in range(4):
        found = _core(text, spec, raw)
        if found is not None:
            return found
        shorter = without_tail(text) or without_head(text)
        if shorter is None:
            break
        text = shorter
    if not re.search(r"\d", side):
        return None
    words = _without_words(side)
    if words is not None:
        return Value((Numeral(Number(bounded(calculated(words), raw), raw)),), plain=False)
    return Value((Numeral(Number(bounded(calculated(text), raw), raw)),), plain=False)


def _core(text: str, spec: AnswerSpec, raw: str) -> Value | None:
    """A plain value, a value with a bracket behind it, or a calculation; None where it is none of them."""
    plain = _variants(text, spec, raw)
    if plain:
        return Value(tuple(plain), plain=True)
    behind = bracket_behind(text)
    if behind is not None:
        found = _with_bracket(*behind, text, spec, raw)
        if found is not None:
            return found
    return _calculation(text, spec, raw)


def _calculation(text: str, spec: AnswerSpec, raw: str) -> Value | None:
    batched = _BATCHED.fullmatch(text) if spec.counts else None
    if batched:
        return Value((Numeral(_of_integer(int(batched[1]))),), plain=True)
    for written in dict.fromkeys([text, with_point(text) or text]):
        try:
            value = Number(bounded(calculated(written), raw), raw)
        except UnreadableError:
            continue
        power = _POWER_OF_TWO.fullmatch(text) if spec.counts else None
        if power:
            return Value((Numeral(value), Numeral(_of_integer(int(power[1])), natural=False)), plain=False)
        side = _SQUARE.fullmatch(text)
        if side and spec.counts:
            own = Numeral(_of_integer(int(side[1])), natural=_TIMES.search(raw) is not None)
            return Value((Numeral(value), own), plain=bool(_SIZES.fullmatch(text)))
        return Value((Numeral(value),), plain=False)
    maps = re.fullmatch(r"(\d{1,9})\s?@\s?(\d{1,9}(?:\s?[xX*]\s?\d{1,9})*)", text)
    return _calculation(f"{maps[1]}*{maps[2]}", spec, raw) if maps and spec.counts else None


def _with_bracket(head: str, inside: str, text: str, spec: AnswerSpec, raw: str) -> Value | None:
    """A value with a remark behind it; a plain one with a number in brackets may be a product, too."""
    core = _core(undecorated(head), spec, raw)
    if core is None:
        return None
    if says_only_words(inside):
        return core
    try:
        remark = _stated(inside.strip("=≈→ "), spec, raw)
    except UnreadableError:
        return core if core.plain and re.search(r"\s[(\[{]", text) else None
    if remark is None:
        return core
    merged = _merged(remark, core, spec)
    if merged is not None:
        return merged
    if not core.plain or head[-1:] in "+-*/^":
        return None
    try:
        product = Number(bounded(calculated(text), raw), raw)
    except UnreadableError:
        return core
    if not re.search(r"\s[(\[{]", text) and not remark.plain:  # `6(5*5+1)` has no room for a remark
        return Value((Numeral(product), *(replace(one, natural=False) for one in core.numerals)), plain=False)
    return Value((*core.numerals, Numeral(product, natural=False)), plain=True)


def _without_words(side: str) -> str | None:
    """A calculation without the words that say what is counted, `150 weights + 6 biases`; None where there is none."""
    words = re.findall(r"[^\W\d_]{3,}", side)
    if not words or any(words_change(word) for word in words):
        return None
    text = re.sub(r"(?<=[\d)])\s*[^\W\d_]{3,}(?=\s*(?:[-+*/)]|$))", "", side)
    return text if text != side and not re.search(r"[^\W\d_]{3,}", text) else None


def _variants(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """A plain value under both decimal marks, the natural first; a count is whole, and a paper keeps to one mark."""
    text = unmarked(text)
    alone = joined(text)
    point = _numerals(alone, spec, raw)
    written = with_point(alone) if "," in alone or "." in alone else None
    comma = _numerals(written, spec, raw) if written is not None and written != alone else []
    if spec.decimal is not None and point and comma:
        return comma if spec.decimal == "," else point
    found = [*point, *(one for one in comma if not point or not any(_equal(one.number, p.number) for p in point))]
    if spec.counts and len(found) > 1 and not _whole(found[0].number):
        found = [one for one in found if _whole(one.number)] or found
    return [Numeral(one.number, one.natural and not index) for index, one in enumerate(found)]


def _numerals(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    try:
        return numerals(text, spec, raw)
    except UnreadableError:
        if re.search(r"[^\W\d_]{2,}", text):
            return []
        raise
