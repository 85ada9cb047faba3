"""The statements of an answer: how a text is split into them, and what they say together."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from grader.answers.agreement import Value, merged, same_value
from grader.answers.characters import fold
from grader.answers.formulas import calculated
from grader.answers.frameworks import summary_row
from grader.answers.numerals import Numeral
from grader.answers.refusal import quoted, unreadable
from grader.answers.sides import MAX_SIDES
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError
from grader.patterns import pattern

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


def agreed(values: list[tuple[str, Value]], spec: AnswerSpec, raw: str, exactly: bool) -> list[Numeral]:
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


def _steps(values: list[tuple[str, Value]]) -> list[Value]:
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


def _summed(values: list[tuple[str, Value]]) -> list[Numeral]:
    """The sum of statements with different names, `gamma: 10, beta: 10`, a possible meaning."""
    names = {_NAME.match(statement) for statement, _ in values}
    if len(values) < 2 or None in names or len({found[0] for found in names if found}) < len(values):
        return []
    total = sum(value.first.value for _, value in values)
    return [Numeral(Number(total, str(total)))]
