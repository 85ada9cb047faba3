"""Plain values, without calculation: decimals, fractions, percentages, magnitudes such as millions, number words."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction

from grader.answers.arithmetic import period_of, recurring
from grader.answers.characters import THIN, fold
from grader.answers.formulas import calculated
from grader.answers.phrases import COUNTED, DEGREES, HUNDREDTHS, POWERS, number_words
from grader.answers.refusal import quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.tokens import MANTISSA, MAX_EXPONENT, exact
from grader.answers.values import Number
from grader.patterns import caseless, pattern
from grader.structs import Struct

MAX_PLAIN = 400
_SIGN = r"[-+]?\s?"
_TEN = r"\s?[*xX]?\s?10\s?(?:\^|\*\*)\s?(?:\(\s?([-+]?\s?\d+)\s?\)|([-+]?\s?\d+))"
_DECIMAL = pattern(rf"({_SIGN})({MANTISSA})(?:\s?[eE]\s?([-+]?\d+)|{_TEN})?")
_LOWERED = pattern(rf"({_SIGN})({MANTISSA})\s?[*xX]\s?10\s?-\s?(\d{{1,3}})", needs="*Xx")
_BARE_POWER = pattern(rf"({_SIGN})10\s?(?:\^|\*\*)\s?(?:\(\s?([-+]?\s?\d+)\s?\)|([-+]?\s?\d+))", needs="*^")
_FRACTION = pattern(rf"{_SIGN}\(*\s?{_SIGN}{MANTISSA}\s?\)*\s?/\s?\(*\s?{_SIGN}{MANTISSA}\s?\)*", needs="/")
_RATIO = pattern(r"([-+]?\d{1,9}(?:\.\d{1,9})?)\s?:\s?([1-9]\d{0,8})", needs=":")
_OUT_OF = pattern(
    fold(r"(\d{1,9})\s(?:out of|of|von|sur|из|از)\s([1-9]\d{0,8})"),
    re.IGNORECASE,
    needs=fold("of von sur из از").split(),
)
_MIXED = pattern(r"([-+]?)(\d{1,9})\s?\(?\(?(\d{1,9})\)?\s?/\s?\(?([1-9]\d{0,8})\)?\)?", needs="/")
_REPEATING = pattern(r"([-+]?)(\d{0,30})\.(\d{0,30})\((\d{1,30})\)(?:\s?(?:…|\.\.\.))?", needs=".")
_RECURRING = pattern(
    r"([-+]?)(\d{0,30})\.(\d{1,30})\s?(?:repeating|recurring|periodic|periodisch|périodique)", needs=("re", "p")
)
_GOES_ON = pattern(r"([-+]?)(\d{0,30})\.(\d{1,60})\s?(?:…|\.\.\.)", needs=".")
_LARGE = tuple(POWERS)
_MAGNITUDE = pattern(
    rf"(.*[\d)]\s?|[^\W\d_]+\s)({'|'.join(map(re.escape, sorted(POWERS, key=len, reverse=True)))})\.?", re.I
)
_PREFIXED = pattern(
    r"(.*[\d)])\s?([kKMGTP])\s?-?(?:flops?|ops|op|macs?|multiply-adds|params?|parameters?)(?:/s)?",
    re.I,
    needs=("op", "mac", "multiply", "param"),
)
_PERCENT = pattern(
    rf"(.*[\d)])\s?(?:%|{HUNDREDTHS})|(?:%|yüzde\s|百分之)\s?(.+)|([^\W\d_]+(?:[ -][^\W\d_]+)?) (?:percent|per cent)",
    re.IGNORECASE,
    needs=fold("% yüzde 百分之 cent pct prozent ciento процент درصد بالمئة المئة بالمائة 퍼센트").split(),
)
_PERMILLE = pattern(r"(.*[\d)])\s?‰", needs="‰")
_DEGREES = pattern(
    rf"(.*[\d)])\s?(?:°|{DEGREES})", re.IGNORECASE, needs=fold("° deg grad градус درجه درجة 度 도").split()
)
_NESTED = pattern(r"([\[(]{1,9})\s*([^()\[\]{},]{1,60}?)\s*([\])]{1,9})", needs=")]")
_WITH_UNIT = pattern(r"(.*[\d)])\s?\(?((?:million|billion|thousand)?s?\s?[^\W\d_][^\d()+*]{0,30}?[23]?)\)?")
_BYTES = pattern(r"(.*[\d)])\s?([KMGT]?)(i?)(B|bytes?)", re.IGNORECASE, needs="Bb")
_BINARY = pattern(r"(.*[\d)])\s?([KMGT])i", needs="i")
_TIMES = pattern(r"(.*\d)\s?[x*]", needs="x*")
_FLOAT = pattern(rf"({_SIGN}{MANTISSA})f", needs="f")
_COUNTED = pattern(
    rf"(.*(?:\S\s|[\d)])){COUNTED}",
    re.IGNORECASE,
    needs=fold(
        "param channel px pixel mac flop op weight unit neuron image filter "
        "پارامتر کانال پیکسل عمل ضرب معلمة 参数 개 个"
    ).split(),
)


class Numeral(Struct):
    """A plain value; `natural` is False for a secondary reading; `blank` for no answer."""

    number: Number
    natural: bool = True
    blank: bool = False


def numerals(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """What a plain value may mean, the most natural first; empty where the text is not a plain value.

    `text` has been folded and has a decimal point.

    Raises:
        UnreadableError: too many digits, or an exponent out of bounds.
    """
    text = _unwrapped(text)
    if not text:
        return []
    found = decimal(text, raw)
    if found is not None:
        return [Numeral(found)]
    if len(text) > MAX_PLAIN:
        return []
    for reader in (_special, _shares, _converted, _magnitudes, _units):
        several = reader(text, spec, raw)
        if several:
            return several
    return []


def decimal(text: str, raw: str) -> Number | None:
    """A decimal, perhaps with an exponent: the digits as written."""
    found = _DECIMAL.fullmatch(text)
    if found:
        sign, mantissa = found[1].strip(), found[2]
        exponent = found[3] or found[4] or found[5]
    elif found := _LOWERED.fullmatch(text):
        sign, mantissa, exponent = found[1].strip(), found[2], f"-{found[3]}"
    elif found := _BARE_POWER.fullmatch(text):
        sign, mantissa, exponent = found[1].strip(), "1", found[2] or found[3]
    else:
        return None
    exponent = exponent and exponent.replace(" ", "")
    value = exact(mantissa, exponent)
    scale = int(exponent or 0)
    whole, _, part = mantissa.partition(".")
    digits = (whole if whole.isdecimal() else re.sub(rf"[,'_{THIN}]", "", whole)) + part
    significant = significant_digits(digits, whole=not part and "." not in mantissa)
    return Number(-value if sign == "-" else value, raw, len(part) - scale, significant)


def significant_digits(digits: str, whole: bool) -> int:
    """How many digits are significant: not leading zeros, nor trailing zeros of an integer.

    >>> significant_digits("0102", whole=False), significant_digits("120", whole=True)
    (3, 2)
    """
    counted = digits.lstrip("0")
    return len(counted.rstrip("0") if whole else counted) or 1


def scaled(number: Number, factor: Fraction) -> Number:
    """The number times a factor, with its last decimal place, fractional unless the factor is a power of 10."""
    value = number.value * float(factor) if isinstance(number.value, float) else number.value * factor
    power = math.log10(abs(factor)) if factor else 0.0
    power = round(power) if Fraction(10) ** round(power) == abs(factor) else power
    decimals = None if number.decimals is None else number.decimals - power
    return Number(tidy(value), number.text, decimals, number.significant)


def tidy(value: int | Fraction | float) -> int | Fraction | float:
    """A fraction as an int if it is whole."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def bounded(value: int | Fraction | float, raw: str) -> int | Fraction | float:
    """The value, if it is small enough to compare.

    Raises:
        UnreadableError: too large.
    """
    if abs(value) < 10**MAX_EXPONENT:
        return tidy(value)
    raise unreadable("expected a number below 1e{most}, received {received}", most=MAX_EXPONENT, received=quoted(raw))


def _unwrapped(text: str) -> str:
    """The text without brackets around the whole, or around all after the sign: `(-1.6)`."""
    while len(text) > 2 and text[0] in "([{" and text[-1] in ")]}" and not set("()[]{}") & set(text[1:-1]):
        text = text[1:-1].strip()
    nested = _NESTED.fullmatch(text)
    if nested and len(nested[1]) == len(nested[3]):  # `[[2.5]]`
        text = nested[2]
    return text.removesuffix(",") if text[:-1].isdigit() else text


def _special(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """Fractions, mixed numbers, ratios, repeating decimals, words."""
    found = _REPEATING.fullmatch(text)
    if found and (found[2] or found[3]):
        repeated = recurring(found[1], found[2], found[3], found[4])
        product = Number(tidy(exact(f"{found[2] or 0}.{found[3] or 0}", None) * Fraction(int(found[4]))), raw)
        sure = not found[3] or int(found[4]) > 9 or "…" in text
        return [Numeral(Number(repeated, raw)), *([] if sure else [Numeral(product, natural=False)])]
    found = _RECURRING.fullmatch(text)
    if found:
        last = Numeral(Number(recurring(found[1], found[2], found[3][:-1], found[3][-1]), raw))
        whole = Numeral(Number(recurring(found[1], found[2], "", found[3]), raw), natural=False)
        return [last] if len(found[3]) == 1 else [last, whole]
    found = _GOES_ON.fullmatch(text)
    if found:
        return _going_on(found, text, raw)
    if _FRACTION.fullmatch(text) and text.count("(") == text.count(")") and "/" in text:
        return [Numeral(Number(bounded(calculated(text), raw), raw))]
    found = _MIXED.fullmatch(text)
    if found and int(found[3]) < int(found[4]) and (" " in text or "(" in text):
        part = Fraction(int(found[3]), int(found[4]))
        sign = -1 if found[1] == "-" else 1
        mixed = Numeral(Number(tidy(sign * (int(found[2]) + part)), raw))
        return [mixed, Numeral(Number(tidy(sign * int(found[2]) * part), raw), natural=False)]
    found = _RATIO.fullmatch(text)
    if found and found[2] == "1":
        return numerals(found[1], spec, raw)
    if found and Fraction(found[1]):
        return [Numeral(Number(tidy(Fraction(found[1]) / int(found[2])), raw))]
    found = None if spec.counts else _OUT_OF.fullmatch(text)
    if found and int(found[1]) <= int(found[2]):
        share = Fraction(int(found[1]), int(found[2])) * (100 if spec.unit == "%" else 1)
        return [Numeral(Number(tidy(share), raw))]
    words = number_words(text)
    return [] if words is None else [Numeral(Number(words, raw, 0, significant_digits(str(words), whole=True)))]


def _going_on(found: re.Match[str], text: str, raw: str) -> list[Numeral]:
    """`0.333...` repeats; `0.0721...` is truncated, so it lies between 0.0721 and 0.0722."""
    stopped = decimal(text.rstrip("…. "), raw)
    if stopped is None:
        return []
    period = period_of(found[3])
    repeated = Number(recurring(found[1], found[2], *(period or (found[3][:-1], found[3][-1]))), raw)
    half = Fraction(5, 10 ** (len(found[3]) + 1))
    cut = replace(stopped, value=tidy(Fraction(stopped.value) + (-half if found[1] == "-" else half)))
    first, *others = (repeated, stopped, cut) if period else (stopped, cut, repeated)
    return [Numeral(first), *(Numeral(number, natural=False) for number in others)]


def _shares(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """Percentages and thousandths; degrees are parts of a circle."""
    found = _PERCENT.fullmatch(text)
    if found:
        inner = numerals((found[1] or found[2] or found[3]).strip(), spec, raw)
        return inner if spec.unit == "%" else _times(inner, Fraction(1, 100))
    found = _PERMILLE.fullmatch(text)
    if found:
        return _times(numerals(found[1].strip(), spec, raw), Fraction(1, 10 if spec.unit == "%" else 1000))
    found = _DEGREES.fullmatch(text)
    if found:
        inner = numerals(found[1].strip(), spec, raw)
        return [*(Numeral(Number(math.radians(one.number.value), raw), one.natural) for one in inner), *inner]
    return []


def _converted(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """A number in another unit of the same quantity, converted to the expected unit."""
    found = _WITH_UNIT.fullmatch(text) if spec.unit and spec.unit != "%" else None
    if not found or not spec.unit:
        return []
    from grader.answers.units import factor_to, other_factors

    written = found[2].strip().rstrip(".")
    factor = factor_to(spec.unit, written)
    if factor is None:
        return []
    inner = numerals(found[1].strip(), spec, raw)
    others = [one for other in other_factors(spec.unit, written) for one in _times(inner, other)]
    return [*_times(inner, factor), *_unnatural(others)]


def refuse_other_unit(raw: str, spec: AnswerSpec) -> None:
    """Refuse a number with a unit of another quantity.

    Raises:
        UnreadableError: a unit of a quantity that is not the one asked for.
    """
    if not spec.unit or spec.unit == "%" or len(raw) > 200:
        return
    found = _WITH_UNIT.fullmatch(" ".join(raw.split()))
    if not found:
        return
    from grader.answers.units import factor_to, is_unit

    written = found[2].strip().rstrip(".")
    if factor_to(spec.unit, written) is None and is_unit(written):
        raise unreadable("expected an answer in {unit}, received {received}", unit=spec.unit, received=quoted(raw))


def _magnitudes(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """`1.2M`, `0.5 GFLOPs`, `12.4 million`; a lone `B` is billions, unless bytes are asked for."""
    own = _power_of(spec.unit)
    found = _PREFIXED.fullmatch(text)
    if found:
        inner = numerals(found[1].strip(), spec, raw)
        large = _times(inner, Fraction(10) ** (POWERS[found[2].lower()] - own))
        return large if spec.unit else [*large, *_unnatural(inner)]
    found = _BINARY.fullmatch(text)
    if found:
        return _times(numerals(found[1].strip(), spec, raw), Fraction(1024) ** ("KMGT".index(found[2]) + 1))
    found = _MAGNITUDE.fullmatch(text) if caseless(text).rstrip(".").endswith(_LARGE) else None
    if not found or (found[2].lower() == "b" and _unit_of(spec)):
        return []
    inner = numerals(found[1].strip(), spec, raw)
    large = _times(inner, Fraction(10) ** (POWERS[found[2].lower()] - own))
    return large if spec.unit else [*large, *_unnatural(inner)]  # the unit may be in the question, "in millions"


def _power_of(unit: str | None) -> int:
    """The power of ten in the declared unit: `0.5 G` for GFLOPs is 0.5."""
    if not unit or unit == "%":
        return 0
    from grader.answers.units import power_of

    return power_of(unit)


def _unit_of(spec: AnswerSpec) -> tuple[int, bool] | None:
    """The power of 1000 of a declared unit of bytes, and whether it is binary."""
    found = re.fullmatch(r"([KMGT]?)(i?)B", spec.unit or "", re.IGNORECASE)
    return ("KMGT".index(found[1].upper()) + 1 if found[1] else 0, bool(found[2])) if found else None


def _units(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """Unit words, the declared unit, other multiples of bytes, `2.5x`, `0.5f`."""
    if spec.unit:
        found = re.fullmatch(rf"(.*[\d)])\s?\(?{re.escape(spec.unit)}\)?", text)
        if found:
            return numerals(found[1].strip(), spec, raw)
    found = _BYTES.fullmatch(text)
    if found:
        return _bytes(found, spec, raw)
    for written in (_COUNTED, _TIMES, _FLOAT):
        found = written.fullmatch(text)
        if found:
            return numerals(found[1].strip(), spec, raw)
    return []


def _bytes(found: re.Match[str], spec: AnswerSpec, raw: str) -> list[Numeral]:
    """A size in bytes in the declared unit; without one, binary multiples count bytes and others are unreadable."""
    if found[4] == "b" and found[2]:
        return []  # bits or bytes
    power = "KMGT".index(found[2].upper()) + 1 if found[2] else 0
    unit = _unit_of(spec)
    if unit is None and not found[3] and not (found[4].lower().startswith("byte") and not found[2]):
        return []
    own, binary = unit or (0, bool(found[3]))
    base = 1024 if found[3] else 1000
    factor = Fraction(base) ** power / Fraction(1024 if binary and unit else 1000) ** own
    return _times(numerals(found[1].strip(), spec, raw), factor)


def _unnatural(found: list[Numeral]) -> list[Numeral]:
    return [replace(one, natural=False) for one in found]


def _times(inner: list[Numeral], factor: Fraction) -> list[Numeral]:
    return [Numeral(scaled(one.number, factor), one.natural) for one in inner]
