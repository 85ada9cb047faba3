"""The value of one statement: the sides of a chain, remarks next to a value, and a plain value."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.characters import fold, unmarked
from grader.answers.comparison import SIGNIFICANT_DIGITS
from grader.answers.formulas import calculated
from grader.answers.marks import joined, with_point
from grader.answers.numerals import Numeral, bounded, numerals, significant_digits
from grader.answers.pasted import printed_value
from grader.answers.phrases import DEGREES
from grader.answers.refusal import ambiguous, described, quoted, unreadable
from grader.answers.remarks import (
    bracket_behind,
    offers_another,
    says_factor,
    says_only_words,
    says_sign,
    undecorated,
    without_head,
    without_tail,
    words_change,
)
from grader.answers.spec import AnswerSpec
from grader.answers.splitting import MAX_SIDES, Side, chain_of
from grader.answers.statements import StatedValue, equal, merged, rounded_from, same_number, unrounded, whole
from grader.answers.tokens import CONSTANT_NAMES
from grader.answers.values import Number
from grader.errors import UnreadableError
from grader.messages import Sentence
from grader.patterns import pattern

MAX_SIDE_TEXT = 2_000
_IN_UNITS = pattern(r"[^\W\d][^\d:()]{0,40}\(([KMG])\)\s*:\s*([\d.,]+)", needs=":")
_NAME = pattern(
    rf"(?!(?i:{'|'.join(sorted(FUNCTIONS))})(?:\b|_)|(?:ln|log|sqrt)\d|σ\s?\()"
    r"[^\W\d]\w{0,20}(?:\s?[\[(][\d, ]{1,20}[\])]){0,3}"
)
_MINUS = pattern(
    fold(r"(?:minus|negative|neg|moins|menos|eksi|минус|منفی|سالب|ऋण|負|负)\s?(?=[\d.(])"),
    re.IGNORECASE,
    needs=fold("minus neg moins menos минус منفی 負 负 eksi سالب ऋण").split(),
)
_ANGLE = pattern(
    rf"\b(sin|cos|tan)\s?(\()?\s?(-?\d{{1,9}}(?:\.\d{{1,15}})?)\s?(?:°|{DEGREES}(?![^\W\d_]))\s?(?(2)\))",
    re.IGNORECASE,
    needs=("sin", "cos", "tan"),
)
"""A function of degrees."""
_BARE_ANGLE = pattern(
    r"\b(sin|cos|tan)\s?(\()?\s?(\d{2,3})(?![\d.,]|\s?[*/^°])\s?(?(2)\))", needs=("sin", "cos", "tan")
)
"""A function of a whole number, which may be in degrees, too."""
_MAX_BRACKETS = 20
"""A text with more brackets is not searched for remarks: the search goes one bracket deeper for each."""
_CLOSE_WORDS = pattern(r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=\d)")
"""Between a word of a script without spaces and the number after it."""
_BATCHED = pattern(r"[\[(]\s*(?:-1|None|N|1|batch)\s*,\s*(\d{1,15})\s*,?\s*[\])]", re.IGNORECASE, needs=",")
_SQUARE = pattern(r"\(?(\d{1,9})\s?(?:px)?\s?(?:[xX*]|by)\s?\1\s?(?:px|pixels?)?\)?", needs="*Xbx")
_TIMES = pattern(r"[xX×✕✖⨯╳х]|\bby\b|\\times", re.IGNORECASE)
_POWER_OF_TWO = pattern(r"(\d{1,9})\s?\^\s?\(?2\)?")
_SIZES = pattern(r"\(?\d{1,9}(?:\s?(?:[xX*@])\s?\d{1,9})+\)?")


_SUM = pattern(
    r"-?\d{1,9}(?:\.\d{1,15})?(?:\s?[-+]\s?\d{1,9}(?:\.\d{1,15})?)*\s?[-+]\s?\d{1,9}\.\d{1,15}|"
    r"-?\d{1,9}\.\d{1,15}(?:\s?[-+]\s?\d{1,9}(?:\.\d{1,15})?)+",
    needs=".",
)
_COUNT_AHEAD = pattern(r"(\d{1,9})\s[^\W\d_]{3,20}\s?:\s*(.*\d.*)", needs=":")
_X_AS_NAME = pattern(r"\d\s?[xX]\s*[-+]\s", needs="xX")
"""What is no product, `0.5x + 1`."""
"""A sum with a name in it, `0.5x + 1`, that would be the product 0.5 * (+1)."""
_BY = pattern(r"(?<=\d)\sby\s(?=\d)", needs=("by",))
_UNIT_BEHIND = pattern(r"[\d)]\s?[^\W\d_]{1,20}\.?$")
NO_NUMBER = Numeral(Number(0, "", 0, 1), natural=False, blank=True)
"""Texts that may not be an answer at all."""


def integer_number(raw: int) -> Number:
    """An integer as written.

    Raises:
        UnreadableError: too many digits.
    """
    if raw.bit_length() > 996:
        raise unreadable(
            "expected a number of at most {most} digits, received {received}", most=300, received=described(raw)
        )
    text = str(raw)
    return Number(raw, text, 0, significant_digits(text.lstrip("-"), whole=True))


def stated(statement: str, spec: AnswerSpec, raw: str) -> StatedValue | None:
    """The value of one chain; None for words."""
    if len(statement) > MAX_SIDE_TEXT:
        statement = statement[-MAX_SIDE_TEXT:]
    in_units = _IN_UNITS.fullmatch(statement)
    if in_units:
        statement = f"{in_units[2]} {in_units[1]}"
    counted = _COUNT_AHEAD.fullmatch(statement)
    if counted:  # `3 layers: 3 → 5 → 7`
        value = stated(counted[2], spec, raw)
        others = () if value is None else tuple(replace(one, natural=False) for one in value.numerals)
        return StatedValue((Numeral(integer_number(int(counted[1]))), *others), plain=True)
    statement = _ANGLE.sub(r"\1(\3*pi/180)", statement)
    if not statement.isascii():
        statement = _CLOSE_WORDS.sub(" ", statement)
    if _NAME.fullmatch(statement) and statement not in CONSTANT_NAMES:
        return None
    evaluated: list[tuple[Side, StatedValue]] = []
    failure: Sentence | None = None
    arrow = False
    for side in chain_of(statement)[-MAX_SIDES:]:
        if _NAME.fullmatch(side.text) and side.text != statement:
            arrow = side.link == "→"  # `x = 3 → y = 9` concludes 9
            continue
        side, arrow = (Side(side.text, "→") if arrow else side), False
        try:
            value = side_value(side.text, spec, raw)
        except UnreadableError as error:
            failure = error.said
            continue
        if value is not None:
            evaluated.append((side, value))
    if not evaluated:
        if failure is not None:
            raise UnreadableError(failure)
        return None
    return _chained(evaluated, spec, raw)


def _chained(sides: list[tuple[Side, StatedValue]], spec: AnswerSpec, raw: str) -> StatedValue:
    """The value of a chain: its plain sides, of which the unrounded one counts; after an arrow, the last."""
    sides = unrounded(sides)
    plain = [(side, value) for side, value in sides if value.plain]
    if not plain:
        return sides[-1][1]
    result = plain[0][1]
    for side, value in plain[1:]:
        agreed = merged(result, value, spec)
        if agreed is None and side.link != "→" and not _in_its_unit(side, value, spec):
            raise ambiguous(raw, _text(result.first), _text(value.first))
        result = agreed or value
    calculations = [value for _, value in sides if not value.plain]
    for other in calculations:
        same = [one for one in result.numerals if same_number(other.first, one.number, spec)]
        if same:
            return StatedValue(tuple(same[:1]), plain=True)
    if not spec.counts and (result.first.significant or SIGNIFICANT_DIGITS) < SIGNIFICANT_DIGITS:
        near = 1.0 if plain[-1][0].link == "≈" else 0.5 - 1e-9
        for other in calculations:
            if rounded_from(result.first, other.first, near):
                return other
    return _or_calculated(result, sides, spec)


def _in_its_unit(side: Side, value: StatedValue, spec: AnswerSpec) -> bool:
    """Whether a side has a unit, and so takes precedence over one without: `1/25 = 0.04 s`."""
    return spec.unit not in (None, "%") and value.plain and bool(_UNIT_BEHIND.search(side.text))


def _or_calculated(result: StatedValue, sides: list[tuple[Side, StatedValue]], spec: AnswerSpec) -> StatedValue:
    """What a chain states, and the value of its calculation, `(5*5+1)*6 = 150`: a slip for a person to see."""
    (_, last), (side, final) = sides[-2:] if len(sides) > 1 else (sides[0], sides[0])
    if last.plain or not final.plain or side.link != "=" or merged(last, final, spec):
        return result
    return StatedValue((*result.numerals, replace(last.numerals[0], natural=False)), plain=True)


def negated(number: Number) -> Number:
    """The number with its sign changed."""
    return replace(number, value=-number.value)


def _text(number: Number) -> str:
    value = number.value
    return str(value) if isinstance(value, int) else f"{float(value):.10g}"


def side_value(side: str, spec: AnswerSpec, raw: str) -> StatedValue | None:
    """The value of one side of a chain, without words and brackets around it; None for words alone.

    Raises:
        UnreadableError: a side with digits that is not a value.
    """
    text = undecorated(side)
    if side[:1].isalpha():
        text = _MINUS.sub("-", printed_value(text), count=1)
    for _ in range(4):
        found = _core(text, spec, raw)
        if found is not None:
            return found
        shorter = without_tail(text) or without_head(text)
        if shorter is None:
            break
        text = printed_value(shorter)
    if not re.search(r"\d", side):
        return None
    if _X_AS_NAME.search(text):
        raise unreadable("expected a number, received {received}", received=quoted(raw))
    words = _without_words(side)
    if words is not None:
        return StatedValue((Numeral(Number(bounded(calculated(words), raw), raw)),), plain=False)
    return StatedValue((Numeral(Number(bounded(calculated(text), raw), raw)),), plain=False)


def _core(text: str, spec: AnswerSpec, raw: str) -> StatedValue | None:
    """A plain value, a value with a bracket after it, or a calculation; None for anything else."""
    plain = variants(text, spec, raw)
    if plain:
        return StatedValue(tuple(plain), plain=True)
    behind = bracket_behind(text) if sum(map(text.count, "([{")) <= _MAX_BRACKETS else None
    if behind is not None:
        found = _with_bracket(*behind, text, spec, raw)
        if found is not None:
            return found
    return _calculation(text, spec, raw)


def _calculation(text: str, spec: AnswerSpec, raw: str) -> StatedValue | None:
    if "%" in text:
        from grader.answers.units import of_percentages

        number = of_percentages(text, spec)
        return None if number is None else StatedValue((Numeral(Number(bounded(number, raw), raw)),), plain=False)
    if _X_AS_NAME.search(text):
        return None
    text = _BY.sub(" x ", text)
    batched = _BATCHED.fullmatch(text) if spec.counts else None
    if batched:
        return StatedValue((Numeral(integer_number(int(batched[1]))),), plain=True)
    for written in dict.fromkeys([text, with_point(text) or text]):
        try:
            value = _with_digits(Number(bounded(calculated(written), raw), raw), written)
        except UnreadableError:
            continue
        power = _POWER_OF_TWO.fullmatch(text) if spec.counts else None
        if power:
            return StatedValue((Numeral(value), Numeral(integer_number(int(power[1])), natural=False)), plain=False)
        side = _SQUARE.fullmatch(text) if spec.counts or not spec.rank else None  # not in a list of measured values
        if side:
            own = Numeral(integer_number(int(side[1])), natural=_TIMES.search(raw) is not None)
            sides = (own,) if own.natural or not spec.rank else ()  # in a list, a product in a row of sizes is an area
            return StatedValue((Numeral(value), *sides), plain=bool(_SIZES.fullmatch(text)))
        angle = _BARE_ANGLE.sub(r"\1(\3*pi/180)", text)
        others = (Numeral(Number(calculated(angle), raw), natural=False),) if angle != text else ()
        return StatedValue((Numeral(value), *others), plain=False)
    maps = re.fullmatch(r"(\d{1,9})\s?@\s?(\d{1,9}(?:\s?[xX*]\s?\d{1,9})*)", text)
    return _calculation(f"{maps[1]}*{maps[2]}", spec, raw) if maps and spec.counts else None


def _with_digits(number: Number, written: str) -> Number:
    """A sum of decimals such as `0.1298 - 1` counts as written to as many digits as its terms."""
    if not _SUM.fullmatch(written) or isinstance(number.value, float):
        return number
    places = max(len(part) for part in re.findall(r"\.(\d+)", written))
    digits = len(str(abs(round(number.value * 10**places))))
    return replace(number, decimals=places, significant=digits)


def _with_bracket(head: str, inside: str, text: str, spec: AnswerSpec, raw: str) -> StatedValue | None:
    """A value with a remark after it; a plain value with a number in brackets may also be a product."""
    if head[-1] == ")" and text[len(head)] == "(":
        return None  # the product `(1/2)(1/3)`
    if text[len(head)] == "(" and re.search(r"[^\W\d_]\s?[-+*/^]|[-+*/^]\s?[^\W\d_]", inside):
        return None  # a product with a factor that is not a number, `4(nm + n)`
    head = undecorated(head)
    core = _core(head, spec, raw) or _core("" if head[-1:] in "+-*/^" else without_tail(head) or "", spec, raw)
    if core is None:
        return None
    if says_factor(inside) or (says_sign(inside) and core.first.value > 0):
        raise unreadable("expected a number, received {received}", received=quoted(raw))
    if offers_another(inside):
        raise unreadable("expected one number, received several in {received}", received=quoted(raw))
    if says_only_words(inside):
        return core
    try:
        remark = stated(inside.strip("=≈→ "), spec, raw)
    except UnreadableError:
        return core if core.plain and re.search(r"\s[(\[{]", text) else None
    if remark is None:
        return core
    agreed = merged(remark, core, spec)
    if agreed is not None:
        return agreed if re.search(r"\s[(\[{]", text) else _or_product(agreed, text)
    if (spec.counts or (spec.unit == "%" and "%" in inside)) and core.plain and remark.plain:
        others = tuple(replace(one, natural=False) for one in remark.numerals)
        core = StatedValue((*core.numerals, *others), plain=True)
    if not core.plain or head[-1:] in "+-*/^":
        return None
    try:
        product = Number(bounded(calculated(text), raw), raw)
    except UnreadableError:
        return core
    if not re.search(r"\s[(\[{]", text) and not remark.plain:  # without a space, no remark: `6(5*5+1)`
        return StatedValue((Numeral(product), *(replace(one, natural=False) for one in core.numerals)), plain=False)
    return StatedValue((*core.numerals, Numeral(product, natural=False)), plain=True)


def _or_product(value: StatedValue, text: str) -> StatedValue:
    """A value directly followed by a bracket that equals it; `0.5(1 - 0.5)` is also a product."""
    try:
        product = Numeral(Number(bounded(calculated(text), text), text), natural=False)
    except UnreadableError:
        return value
    return replace(value, numerals=(*value.numerals, product))


def _without_words(side: str) -> str | None:
    """A calculation without its unit words, `150 weights + 6 biases`; None where there is none."""
    words = re.findall(r"[^\W\d_]{3,}", side)
    if not words or any(words_change(word) or says_sign(word) for word in words):
        return None
    text = re.sub(r"(?<=[\d)])\s*[^\W\d_]{3,}(?=\s*(?:[-+*/)]|$))", "", side)
    return text if text != side and not re.search(r"[^\W\d_]{3,}", text) else None


def variants(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    """A plain value under both decimal marks, the natural first; counts are whole, and a paper keeps to one mark."""
    text = unmarked(text)
    text = text[:-1] if text[-1:] == "." and re.fullmatch(r"[^.]*\d\.\d+\.", text) else text
    alone = joined(text)
    point = _numerals(alone, spec, raw)
    written = with_point(alone) if "," in alone or "." in alone else None
    comma = _numerals(written, spec, raw) if written is not None and written != alone else []
    if spec.decimal is not None and point and comma:
        return comma if spec.decimal == "," else point
    found = [*point, *(one for one in comma if not point or not any(equal(one.number, p.number) for p in point))]
    if spec.counts and len(found) > 1 and comma and not whole(found[0].number):
        found.sort(key=lambda one: not whole(one.number))
    return [Numeral(one.number, one.natural and not index) for index, one in enumerate(found)]


def _numerals(text: str, spec: AnswerSpec, raw: str) -> list[Numeral]:
    try:
        return numerals(text, spec, raw)
    except UnreadableError:
        if re.search(r"[^\W\d_]{2,}", text):
            return []
        raise
