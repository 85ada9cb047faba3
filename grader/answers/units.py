"""Answers in another unit of the same quantity, `600 KB` for MB, `0.0025 s` for ms; calculations with percentages."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from grader.answers.arithmetic import Real
from grader.answers.characters import fold
from grader.answers.formulas import calculated
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from grader.patterns import pattern

_PREFIXES = {"k": 3, "m": 6, "g": 9, "t": 12, "p": 15}
_WORDS = {"thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12}
_COUNTED = pattern(
    r"(?:([kKMGTP])\s?-?|(thousand|millions?|billions?|trillion)\s)?"
    r"(flops?|macs?|mult(?:iply)?-adds?|madds?|ops?|operations|params?|parameters?|weights)",
)
_BYTES = pattern(r"[kKMGTP](?:B|[bB]ytes?)")
_SIZE = pattern(r"([kKMGT]?)(i?)([Bb]|[Bb]ytes?|[Bb]its?)")
_POWERS = ("", "K", "M", "G", "T")
_UNIT = pattern(r"[^\W\d_]{1,24}(?:\s?/\s?[^\W\d_]{1,24}|\s?(?:\^|\*\*)?\s?[23])?")
_SAME = {
    **dict.fromkeys(("flop", "flops"), "flops"),
    **dict.fromkeys(("mac", "macs", "mult-add", "mult-adds", "multiply-add", "multiply-adds", "madd", "madds"), "macs"),
    **dict.fromkeys(("op", "ops", "operations"), "operations"),
    **dict.fromkeys(("param", "params", "parameter", "parameters", "weights"), "parameters"),
}
"""The units that networks are measured in; a FLOP is not a MAC."""
_DEFINITIONS = """
pico- = 1e-12 = p-
nano- = 1e-9 = n-
micro- = 1e-6 = µ- = u-
milli- = 1e-3 = m-
centi- = 1e-2 = c-
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
tera- = 1e12 = T-
peta- = 1e15 = P-
kibi- = 2**10 = Ki-
mebi- = 2**20 = Mi-
gibi- = 2**30 = Gi-
tebi- = 2**40 = Ti-
meter = [length] = m = metre
second = [time] = s = sec
byte = [information] = B = octet
bit = byte / 8 = _ = shannon
nat = 1.4426950408889634 * bit
hartley = 3.321928094887362 * bit = _ = dit = ban
gram = [mass] = g
watt = [power] = W
joule = watt * second = J
hertz = 1 / second = Hz
minute = 60 * second = min
hour = 60 * minute = h = hr
inch = 2.54 * centimeter = in
pixel = [pixel] = px
"""
_SPELLED = {"msec": "millisecond", "msecs": "millisecond", "sec": "second", "secs": "second"}
_FOREIGN_PREFIXES = {
    fold(word).casefold(): prefix
    for prefix, words in {
        "kilo": "k kilo кило کیلو كيلو 千 킬로",
        "mega": "m mega méga мега مگا ميجا ميغا 兆 메가",
        "giga": "g г giga гига گیگا جيجا غيغا 吉 千兆 기가",
        "tera": "t т tera téra тера ترا تيرا 太 테라",
    }.items()
    for word in words.split()
}
_FOREIGN = pattern(
    rf"((?i:{'|'.join(sorted(_FOREIGN_PREFIXES, key=len, reverse=True))}))?\s?"
    rf"(?:(?<=[KMGTkmgt])o|{fold('Б')}|(?i:octets?|{fold('байт(?:а|ов)?')})|بایت|字节|바이트)"
)
"""Words for bytes in French, Russian, Persian, Arabic, Chinese and Korean."""


@lru_cache(1_000)
def factor_to(declared: str, written: str) -> Fraction | None:
    """The factor from the written unit to the declared one; None where their quantities differ.

    Byte prefixes are powers of 1000; `Ki`, `Mi`, ... are powers of 1024.

    >>> factor_to("MB", "KB"), factor_to("ms", "s"), factor_to("GFLOPs", "MFLOP"), factor_to("MB", "ms")
    (Fraction(1, 1000), Fraction(1000, 1), Fraction(1, 1000), None)
    """
    if declared == written:
        return Fraction(1)
    one, other = _count(declared), _count(written)
    if one or other:
        return Fraction(10) ** (other[1] - one[1]) if one and other and one[0] == other[0] else None
    if not _UNIT.fullmatch(declared) or not _UNIT.fullmatch(written):
        return None
    registry, errors = _registry()
    try:
        factor = registry.Quantity(1, _spelled(written)).to(_spelled(declared)).magnitude
    except errors:  # not a unit, or one of another quantity
        return None
    return Fraction(factor).limit_denominator(10**15) if factor and factor > 0 else None


def other_factors(declared: str, written: str) -> tuple[Fraction, ...]:
    """The factors if byte prefixes are powers of 1024 on one side or both, as in many courses.

    >>> other_factors("KB", "B"), other_factors("ms", "s")
    ((Fraction(1, 1024),), ())
    >>> [float(factor) for factor in other_factors("MB", "MiB")]
    [1.0]
    """
    sizes = [_SIZE.fullmatch(unit) for unit in (declared, written)]
    if None in sizes:
        return ()
    own, other = (_POWERS.index(found[1].upper()) for found in sizes if found)
    bits = [1 if found[3] == "b" or "bit" in found[3].lower() else 8 for found in sizes if found]
    bases = [(1024,) if found[2] else (1000, 1024) for found in sizes if found]
    factors = {Fraction(b) ** other * bits[1] / (Fraction(a) ** own * bits[0]) for a in bases[0] for b in bases[1]}
    return tuple(sorted(factors - {factor_to(declared, written)}))


def power_of(unit: str) -> int:
    """The power of ten of a unit's prefix: 9 for GFLOPs and GB, 0 without a prefix.

    >>> power_of("GMACs"), power_of("MB"), power_of("ms"), power_of("parameters")
    (9, 6, 0, 0)
    """
    found = _count(unit)
    if found:
        return found[1]
    return _PREFIXES[unit[0].lower()] if _BYTES.fullmatch(unit) else 0


def is_unit(written: str) -> bool:
    """Whether a text is a unit of any quantity, so that a number before it is a quantity."""
    if _count(written):
        return True
    if (len(written) < 2 and written not in "shmg") or not _UNIT.fullmatch(written):
        return False
    registry, errors = _registry()
    try:
        return not registry.Unit(_spelled(written)).dimensionless
    except errors:
        return False


def _count(unit: str) -> tuple[str, int] | None:
    """What is counted, and the power of ten of its prefix: `GFLOPs` is ("flops", 9)."""
    found = _COUNTED.fullmatch(unit.strip()) or _COUNTED.fullmatch(unit.strip()[:1] + unit.strip()[1:].lower())
    found = found or _COUNTED.fullmatch(unit.strip().lower())
    if not found:
        return None
    power = _PREFIXES[found[1].lower()] if found[1] else _WORDS[found[2]] if found[2] else 0
    return _SAME[found[3]], power


def _spelled(unit: str) -> str:
    """A unit as pint spells it: words for bytes in other languages translated, no capital at the start of a word."""
    foreign = _FOREIGN.fullmatch(fold(unit))
    if foreign:
        return f"{_FOREIGN_PREFIXES.get((foreign[1] or '').casefold(), '')}byte"
    text = _SPELLED.get(unit, unit.lower() if unit in ("Bit", "Bits", "Nat", "Nats") else unit).replace("μ", "µ")
    text = text.lower() if text[:4].lower() in ("kilo", "mega", "giga", "tera", "byte") else text
    if text[1:] in ("B", "b", "Bytes", "bytes", "Byte", "byte", "bit", "bits", "Bit", "Bits") and text[0] == "K":
        return "k" + text[1:]
    return text


@lru_cache(1)
def _registry() -> tuple[Any, tuple[type[Exception], ...]]:
    """The units of coursework, and what pint raises for others; built only for an answer in a different unit."""
    from pint import UnitRegistry
    from pint.errors import PintError

    registry: Any = UnitRegistry(None, non_int_type=Fraction)  # no file: pint's own takes a second to read
    registry.load_definitions(_DEFINITIONS.strip().split("\n"))
    return registry, (PintError, ValueError)  # ValueError for `log 2`: a unit has no factor


_SUM = pattern(r"\d{1,9}(?:\.\d{1,9})?\s?%(?:\s?[-+]\s?\d{1,9}(?:\.\d{1,9})?\s?%)+", needs="%")
_TIMES_HUNDRED = pattern(r"\s?[*xX]\s?100\s?%$", needs="%")


def of_percentages(text: str, spec: AnswerSpec) -> Real | None:
    """The value of such a calculation, in per cent where that is the unit; None for anything else.

    >>> of_percentages("100% - 12.5%", AnswerSpec("number", unit="%"))
    Fraction(175, 2)
    >>> of_percentages("(35/40)*100%", AnswerSpec("number"))
    Fraction(7, 8)
    """
    share = _TIMES_HUNDRED.search(text)
    if not share and not _SUM.fullmatch(text):
        return None
    try:
        value = calculated(text[: share.start()] if share else text.replace("%", ""))
    except UnreadableError:
        return None
    exact = value if isinstance(value, float) else Fraction(value)
    if share:
        return exact * 100 if spec.unit == "%" else exact
    return exact if spec.unit == "%" else exact / 100
