"""The statements of an answer: how a text is split into them, and whether their values agree.

Two values agree if they are equal, if one is the other as a percentage, or if one is rounded from the other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from grader.answers.characters import fold
from grader.answers.formulas import calculated
from grader.answers.numerals import Numeral, scaled
from grader.answers.pasted import summary_row
from grader.answers.refusal import quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.splitting import MAX_SIDES, Side
from grader.answers.values import Number
from grader.errors import UnreadableError
from grader.patterns import pattern
from grader.structs import Struct

_QUOTIENT = pattern(r"\(*-?(\d{0,9}[.,]?\d{1,15})\)*\s?/\s?\(*(\d{0,9}[.,]?\d{1,15})\)*", needs="/")


class StatedValue(Struct):
    """What one side or statement may mean, the most natural first; `plain` values are not calculations."""

    numerals: tuple[Numeral, ...]
    plain: bool

    @property
    def first(self) -> Number:
        """The most natural number."""
        return self.numerals[0].number


def same_value(one: StatedValue, other: StatedValue, spec: AnswerSpec) -> bool:
    """Whether two values are equal, where one may be a percentage."""
    return any(same_number(first.number, second.number, spec) for first in one.numerals for second in other.numerals)


def same_number(one: Number, other: Number, spec: AnswerSpec) -> bool:
    """Whether two numbers are equal; where a percentage is asked for, 0.06 also equals 6."""
    return equal(one, other) or _share_of(one, other, spec) or _share_of(other, one, spec)


def _share_of(share: Number, percentage: Number, spec: AnswerSpec) -> bool:
    """Whether one number is the other as a share, where a percentage is asked for."""
    return spec.unit == "%" and equal(scaled(share, Fraction(100)), percentage)


def merged(one: StatedValue, other: StatedValue, spec: AnswerSpec) -> StatedValue | None:
    """The one value that two values agree on, if need be by rounding; None where they differ."""
    for first in one.numerals:
        for second in other.numerals:
            if same_number(first.number, second.number, spec):
                said = first if _share_of(second.number, first.number, spec) else second
                units = one.numerals if spec.unit else ()  # a size in bytes, by powers of 1000 and of 1024
                others = [replace(n, natural=False) for n in units if not equal(n.number, said.number)]
                return StatedValue((replace(said, natural=True), *others), one.plain and other.plain)
    shares = [(_as_percentage(one), other), (one, _as_percentage(other))] if spec.unit == "%" else []
    for pair in ((one, other), *shares):
        found = _rounded(*pair, spec)
        if found is not None:
            return found
    return None


def _as_percentage(value: StatedValue) -> StatedValue:
    return replace(value, numerals=tuple(replace(n, number=scaled(n.number, Fraction(100))) for n in value.numerals))


def _rounded(one: StatedValue, other: StatedValue, spec: AnswerSpec) -> StatedValue | None:
    """The more precise of two values where one is rounded from the other; None where neither is."""
    if rounded_from(other.first, one.first):
        short, full = other, one
    elif rounded_from(one.first, other.first):
        short, full = one, other
    else:
        return None
    if spec.counts:
        return short if whole(short.first) and not whole(full.first) else full
    return short if (short.first.significant or 0) >= 3 and short is other else full


def unrounded(sides: list[tuple[Side, StatedValue]]) -> list[tuple[Side, StatedValue]]:
    """The sides without quotients of rounded numbers that follow a calculation which they agree with."""
    kept: list[tuple[Side, StatedValue]] = []
    for side, value in sides:
        slack, found = _slack(side.text), float(value.first.value)
        earlier = [float(one.first.value) for _, one in kept if not one.plain] if slack else []
        if not any(abs(one - found) <= slack * abs(found) for one in earlier):
            kept.append((side, value))
    return kept


def _slack(text: str) -> float:
    """The relative rounding error of a quotient of decimals, `7.39/30.19`; 0 for anything else."""
    found = _QUOTIENT.fullmatch(text)
    numbers = [number.replace(",", ".") for number in found.groups()] if found else []
    decimals = [number for number in numbers if "." in number and float(number)]
    return sum(0.5 * 10.0 ** -len(number.partition(".")[2]) / float(number) for number in decimals)


def equal(one: Number, other: Number) -> bool:
    """Whether two numbers are equal up to floating-point error."""
    return one.value == other.value or abs(float(one.value) - float(other.value)) <= 1e-12 * abs(float(one.value))


def rounded_from(short: Number, full: Number, units: float = 1.0) -> bool:
    """Whether `short` is `full` rounded or truncated: within `units` units of its last digit."""
    if short.decimals is None or (full.decimals is not None and full.decimals <= short.decimals):
        return False
    return bool(abs(float(short.value) - float(full.value)) < units * 10.0**-short.decimals)


def whole(number: Number) -> bool:
    """Whether a number is an integer."""
    return float(number.value).is_integer()


_TOTAL = pattern(
    fold(
        r"\s*(?:total|sum|answer|result|final|altogether|gesamt|summe|antwort|insgesamt|somme|respuesta|suma|réponse|"
        r"résultat|ergebnis|resultado|итого|всего|ответ|результат|جمع|مجموع|کل|پاسخ|جواب|المجموع|الإجابة|总计|合计|总共|"
        r"答案|합계|총|답)\b"
    ),
    re.IGNORECASE,
    needs=fold(
        "total sum answer result final altogether gesamt antwort insgesamt somme respuesta réponse résultat ergebnis "
        "итого всего ответ результат جمع مجموع کل پاسخ جواب المجموع الإجابة 总计 合计 总共 答案 합계 총 답"
    ).split(),
)
_RULED = pattern(r"[-=_*+|─━═\s]{3,}")
_OR = pattern(fold(r"\s(?:or|oder|ou|или|یا|或|또는)\s(?:=\s)?"), needs="oиی或또")
_CAUSES = fold("because|since|weil|denn|porque|puisque|потому что|так как|چون|زیرا|因为")
_CAUSE = pattern(rf"[,;]\s(?:{_CAUSES})\s.*$", re.IGNORECASE, needs=_CAUSES.split("|"))
_GOES_ON = pattern(r",\s(?=i\.e\.|(?:so|floor|rounded|which|giving|hence|thus|therefore)\b)")
_GENERAL = pattern(r"(?:general )?formula\s?:", re.IGNORECASE, needs=("formula",))
_REMARK = pattern(r"\s*([\d,.']{1,30})\s*(?:\s//|:)\s+([^=≈→]{3,200})", needs=("//", ":"))
_COMPUTES = pattern(r"[\w)\]]\s?[-+*/^xX]\s?[\w(\[√]|\(")
_OPERAND = pattern(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w,]*\.?\d)")
_NAME = pattern(r"[^\W\d_][^\d=:]{0,30}?\s*[=:](?=\s*[-+\d(])")
_MAX_TOKEN = 60


def alternatives(line: str) -> list[str]:
    """The alternatives between `or`."""
    return [piece for piece in _OR.split(line) if piece.strip()]


def statements_of(text: str) -> list[str]:
    """Lines, split at `;`, `or` and commas between values; a line that begins or ends with an operator is continued."""
    lines: list[str] = []
    written = [line.strip() for line in text.split("\n") if line.strip() and not _RULED.fullmatch(line)]
    for line in [line for line in written if not _GENERAL.match(line)] or written:
        if lines and (re.match(r"[=≈→*/+]\s?\S", line) or lines[-1].endswith(("-", "+", "*", "/", "=", "("))):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    pieces: list[str] = []
    for line in lines:
        pieces += _divided(line)
    return pieces[:MAX_SIDES]


def _divided(line: str) -> list[str]:
    """Split at separators outside brackets; rows of a summary and continued sums, `150, + 6 = 156`, stay whole."""
    if summary_row(line):
        return [line]
    remark = _REMARK.fullmatch(line)
    if remark and _equal_sides(remark[1], remark[2]):
        return [remark[1]]
    line = re.sub(r",\s(?=[+*/]\s?\d)", " ", line)
    line = _GOES_ON.sub(" ", line) if ", " in line else line
    cause = _CAUSE.search(line)
    if cause and re.search(r"\d", line[: cause.start()]):
        line = line[: cause.start()]
    marked = _OR.sub(";", line) if " " in line else line
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


def _equal_sides(value: str, calculation: str) -> bool:
    """Whether a calculation after `//` or a colon gives the value before it, `280 // 28*10`."""
    try:
        return calculated(value) == calculated(calculation)
    except UnreadableError:
        return False


def agreed(values: list[tuple[str, StatedValue]], spec: AnswerSpec, raw: str, exactly: bool) -> list[Numeral]:
    """The value of several statements: the one called total, if any; otherwise they must agree.

    A statement whose value a later one uses is a step towards it. Alternatives must be `exactly` the same number:
    `1.5 or 2` is two answers.
    """
    steps = [] if exactly else _steps(values)
    last = [(statement, value) for statement, value in values if not any(value is step for step in steps)]
    totals = [value for statement, value in last if _TOTAL.match(statement)]
    stated = totals[:1] or [value for _, value in last]
    result = stated[0]
    for value in stated[1:]:
        both = merged(result, value, spec)
        if both is None or (exactly and not same_value(result, value, spec)):
            raise unreadable("expected one number, received several in {received}", received=quoted(raw))
        result = both
    others = [*(step.numerals[0] for step in steps), *(_summed(last) if spec.counts else [])]
    return [*result.numerals, *(replace(one, natural=False) for one in others)]


def _steps(values: list[tuple[str, StatedValue]]) -> list[StatedValue]:
    """The values of statements that a later statement uses: `s = 0.5*2 = 1; w = 3 - s*1 = 2`."""
    steps = []
    for at, (_, value) in enumerate(values[:-1]):
        later = [statement for statement, _ in values[at + 1 :] if _COMPUTES.search(statement)]
        used = {token.replace(",", "") for statement in later for token in _OPERAND.findall(statement)}
        if any(_is(token, value.first) for token in used):
            steps.append(value)
    return steps


def _is(token: str, number: Number) -> bool:
    return len(token) <= _MAX_TOKEN and Fraction(token) == number.value


def _summed(values: list[tuple[str, StatedValue]]) -> list[Numeral]:
    """The sum of statements with different names, `gamma: 10, beta: 10`, a possible meaning."""
    names = {_NAME.match(statement) for statement, _ in values}
    if len(values) < 2 or None in names or len({found[0] for found in names if found}) < len(values):
        return []
    total = sum(value.first.value for _, value in values)
    return [Numeral(Number(total, str(total)))]
