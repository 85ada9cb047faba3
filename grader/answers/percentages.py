"""Calculations with percentages: a sum of them, or a share times 100 %."""

from __future__ import annotations

from fractions import Fraction

from grader.answers.arithmetic import Real
from grader.answers.formulas import calculated
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from grader.patterns import pattern

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
