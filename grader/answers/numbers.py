"""Numbers as people write them, with the digits as written."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from grader.answers.chains import sides_of, unlabelled
from grader.answers.characters import THIN, fold, unmarked
from grader.answers.formulas import calculated
from grader.answers.latex import unlatex
from grader.answers.phrases import BLANKS, POWERS, ZERO
from grader.answers.refusal import ambiguous, described, quoted, the_numbers, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.tokens import MANTISSA, MAX_EXPONENT, exact
from grader.answers.values import Number
from grader.errors import UnreadableError
from grader.messages import sentence

MAX_TEXT = 20_000
MAX_SIDES = 50
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})
_UNITS = r"(?:parameters?|params?|channels?|pixels?|px|macs?|flops?|operations?|ops|پارامتر|کانال|پیکسل|عملیات|عمل|ضرب)"

_SIGN = r"[-+]?\s?"
_POWER = r"10\s?(?:\^|\*\*)\s?(?:\(\s?([-+]?\s?\d+)\s?\)|([-+]?\s?\d+))"
_DECIMAL = re.compile(rf"({_SIGN})({MANTISSA})(?:[eE]([-+]?\d+)|\s?[*xX]\s?{_POWER})?")
_BARE_POWER = re.compile(rf"({_SIGN}){_POWER}")
_FRACTION = re.compile(rf"{_SIGN}\(*\s?{_SIGN}{MANTISSA}\s?\)*\s?/\s?\(*\s?{_SIGN}{MANTISSA}\s?\)*")
_MAGNITUDE = re.compile(rf"(.*[\d)])\s?({'|'.join(sorted(POWERS, key=len, reverse=True))})", re.IGNORECASE)
_PERCENT = re.compile(r"(?:(.*[\d)])\s?(?:%|percent|per cent|درصد)|%\s?(.+))", re.IGNORECASE)
_UNIT = re.compile(rf"(.*(?:\S\s|[\d)])){_UNITS}", re.IGNORECASE)
_NEXT_LABEL = re.compile(r".*\d\s*[,;]\s*[^\W\d][\w ()]{0,20}")
_LABELLED_LINE = re.compile(r"\s*[^\W\d][^=]{0,40}=[^=]*\d[^=]*")
_COMMAS = re.compile(r"[-+]?\d+(?:[,'_]\d+)+(?:\.\d+)?")
_SPACED = re.compile(r"[-+]?[1-9]\d{0,2}(?: \d{3})+")


def number_from(raw: object, spec: AnswerSpec) -> Number | None:
    """One number from a TOML value; None where it was left blank.

    Raises:
        UnreadableError: not a number, not finite, out of bounds, or with two readings.
    """
    if isinstance(raw, str):
        return number_in(raw, spec)
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, float)):
        raise unreadable("expected a number, received {received}", received=described(raw))
    if isinstance(raw, int):
        return _of_integer(raw)
    return _of_decimal(Decimal(repr(raw)) if isinstance(raw, float) else raw)


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
    return Number(_tidy(Fraction(raw)), str(raw), -exponent, significant_digits(written, whole=False))


def number_in(raw: str, spec: AnswerSpec) -> Number | None:
    """One number from a text; None where it is blank."""
    if len(raw) > MAX_TEXT:
        raise unreadable(
            "expected a number of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
        )
    lines = [line for line in raw.split("\n") if line.strip()]
    if len(lines) > 1 and all(_LABELLED_LINE.fullmatch(line) for line in lines):
        raise unreadable("expected one number, received {count} in {received}", count=len(lines), received=quoted(raw))
    return number_of(one_line(raw), spec, raw.strip(" "))


def one_line(raw: str) -> str:
    """The text folded, without LaTeX and Markdown, on one line."""
    return unmarked(re.sub(r"[ \t\n\r\f\b]+", " ", unlatex(fold(raw))))


def number_of(line: str, spec: AnswerSpec, raw: str) -> Number | None:
    """One number from a line that has been folded already; `raw` is the text as it was written."""
    found = _decimal(line, raw)
    if found is not None:
        return found
    if spec.counts and (line == "-" or line.casefold().rstrip(". ") in ZERO):
        return Number(0, raw, 0, 1)
    if line in BLANKS:
        return None
    sides = sides_of(unlabelled(line))[-MAX_SIDES:]
    if any(_NEXT_LABEL.fullmatch(side) for side in sides[:-1]):
        raise unreadable("expected one number, received several in {received}", received=quoted(raw))
    plain = [number for number in (_plain(side, spec, raw) for side in sides) if number is not None]
    if plain:
        return plain[-1]
    if sides and sides[-1].casefold().lstrip("+-") in _NOT_FINITE:
        raise unreadable("expected a finite number, received {received}", received=quoted(raw))
    failure: UnreadableError | None = None
    for side in reversed(sides):
        try:
            return _calculation(side, spec, raw)
        except UnreadableError as error:
            failure = failure or error
    if failure is None or not re.search(r"\d", line):
        raise unreadable("expected a number, received {received}", received=quoted(raw))
    raise failure


def _plain(side: str, spec: AnswerSpec, raw: str) -> Number | None:
    """A side that is a number and no calculation: decimal, fraction, percentage, so many millions."""
    side = _unwrapped(side)
    found = _decimal(side, raw)
    if found is not None:
        return found
    suffixed = _PERCENT.fullmatch(side)
    if suffixed:
        number = _plain(suffixed[1] or suffixed[2], spec, raw)
        return number and (number if spec.unit == "%" else _scaled(number, -2))
    suffixed = _MAGNITUDE.fullmatch(side)
    if suffixed:
        number = _decimal(suffixed[1].rstrip(), raw)
        return number and _scaled(number, POWERS[suffixed[2].lower()])
    suffixed = _UNIT.fullmatch(side) or (spec.unit and _ends_with(side, spec.unit)) or None
    if suffixed:
        return _plain(suffixed[1].rstrip(), spec, raw)
    if _FRACTION.fullmatch(side) and side.count("(") == side.count(")"):
        return Number(_bounded(calculated(side), raw), raw)
    _refuse_doubt(side, raw)
    return None


def _ends_with(side: str, unit: str) -> re.Match[str] | None:
    return re.fullmatch(rf"(.*[\d)])\s?{re.escape(unit)}", side)


def _unwrapped(side: str) -> str:
    """Without a pair of brackets around the whole, or after the sign: `(-1.6)`."""
    side = re.sub(r"(?<=\d)\s?(?:…|\.\.\.)$", "", side)
    while len(side) > 2 and side[0] in "([{" and side[-1] in ")]}" and not set("()[]{}") & set(side[1:-1]):
        side = unmarked(side[1:-1])
    return side.removesuffix(",") if side[:-1].isdigit() else side


def _decimal(line: str, raw: str) -> Number | None:
    found = _DECIMAL.fullmatch(line)
    if found:
        sign, mantissa = found[1].strip(), found[2]
        exponent = found[3] or found[4] or found[5]
    else:
        found = _BARE_POWER.fullmatch(line)
        if not found:
            return None
        sign, mantissa, exponent = found[1].strip(), "1", found[2] or found[3]
    exponent = exponent and exponent.replace(" ", "")
    value = exact(mantissa, exponent)
    scale = int(exponent or 0)
    whole, _, part = mantissa.partition(".")
    digits = re.sub(rf"[,'_{THIN}]", "", whole) + part
    significant = significant_digits(digits, whole=not part and "." not in mantissa)
    return Number(-value if sign == "-" else value, raw, len(part) - scale, significant)


def significant_digits(digits: str, whole: bool) -> int:
    """How many digits count: zeros in front never do, zeros at the end of an integer neither.

    >>> significant_digits("0102", whole=False), significant_digits("120", whole=True)
    (3, 2)
    """
    counted = digits.lstrip("0")
    return len(counted.rstrip("0") if whole else counted) or 1


def _scaled(number: Number, power: int) -> Number:
    factor = Fraction(10) ** power
    value = number.value * float(factor) if isinstance(number.value, float) else number.value * factor
    decimals = None if number.decimals is None else number.decimals - power
    return Number(_tidy(value), number.text, decimals, number.significant)


def _calculation(side: str, spec: AnswerSpec, raw: str) -> Number:
    suffixed = _PERCENT.fullmatch(side)
    if suffixed:
        number = Number(_bounded(calculated(suffixed[1] or suffixed[2]), raw), raw)
        return number if spec.unit == "%" else _scaled(number, -2)
    suffixed = _UNIT.fullmatch(side)
    return Number(_bounded(calculated(suffixed[1] if suffixed else side), raw), raw)


def _bounded(value: int | Fraction | float, raw: str) -> int | Fraction | float:
    if abs(value) < 10**MAX_EXPONENT:
        return _tidy(value)
    raise unreadable("expected a number below 1e{most}, received {received}", most=MAX_EXPONENT, received=quoted(raw))


def _tidy(value: int | Fraction | float) -> int | Fraction | float:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _refuse_doubt(side: str, raw: str) -> None:
    """Refuse what can be read two ways, with both readings."""
    if _COMMAS.fullmatch(side):
        pieces = re.split(r"[,'_]", side)
        joined = ".".join(pieces) if len(pieces) == 2 else "".join(pieces)
        raise ambiguous(raw, joined, the_numbers(pieces))
    if _SPACED.fullmatch(side):
        pieces = side.split()
        raise ambiguous(raw, "".join(pieces), the_numbers(pieces))
    european = re.fullmatch(r"([-+]?\d{1,3}(?:\.\d{3})+),(\d+)", side)
    if european:
        joined = f"{european[1].replace('.', '')}.{european[2]}"
        raise ambiguous(raw, joined, the_numbers([european[1], european[2]]))
    if re.fullmatch(r"[-+]?0[xX]\d+", side):
        hexadecimal = sentence("the hexadecimal number {number}", number=side)
        raise ambiguous(raw, hexadecimal, sentence("the product {product}", product=f"0 * {side[2:]}"))
    if re.fullmatch(r"[-+]?\d+\.\d+(?:\.\d+)+", side):
        head, *tail = side.split(".")
        raise ambiguous(raw, head + "".join(tail), f"{head}.{''.join(tail)}")
    if re.fullmatch(r"[-+]?[\d.]+\s?/\s?[\d.]+\s?/\s?[\d.]+", side):
        a, b, c = (piece.strip() for piece in side.split("/"))
        raise ambiguous(raw, f"({a}/{b})/{c}", f"{a}/({b}/{c})")
    lowered = re.fullmatch(rf"([-+]?{MANTISSA})\s?[*xX]\s?10\s?-\s?(\d{{1,3}})", side)
    if lowered:
        raise ambiguous(raw, f"{lowered[1]} * 10^-{lowered[2]}", f"{lowered[1]} * 10 - {lowered[2]}")
    mixed = re.fullmatch(r"([-+]?\d+) (\d+\s?/\s?\d+)", side)
    if mixed:
        raise ambiguous(raw, f"{mixed[1]} + {mixed[2]}", the_numbers([mixed[1], mixed[2]]))
