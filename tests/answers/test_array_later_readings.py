"""Arrays whose entries can be read in two ways: the second way is a reading of the whole array."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError

PAIR = AnswerSpec("array", rank=1, axes=(2,))
MATRIX = AnswerSpec("array", rank=2, axes=(2, 3))
SET = AnswerSpec("set")
HALVES = [[Fraction(1, 2), Fraction(5, 2), Fraction(7, 2)], [Fraction(3, 2), Fraction(9, 2), Fraction(13, 2)]]


def values(value: object) -> object:
    """The bare values of a reading."""
    if isinstance(value, tuple):
        return [values(inner) for inner in value]
    return value.value if isinstance(value, Number) else value


def readings(raw: object, spec: AnswerSpec) -> list[tuple[object, bool]]:
    return [(values(one.value), one.natural) for one in read_answer(raw, spec).all]


@pytest.mark.parametrize("raw", ["۲/۵ و ۳/۵", "۲/۵، ۳/۵", "[۲/۵, ۳/۵]", ["۲/۵", "۳/۵"]])
@pytest.mark.parametrize("spec", [PAIR, SET])
def test_persian_slashes_are_fractions_or_decimal_marks(raw: object, spec: AnswerSpec) -> None:
    assert readings(raw, spec)[:2] == [
        ([Fraction(2, 5), Fraction(3, 5)], True),
        ([Fraction(5, 2), Fraction(7, 2)], False),
    ]


@pytest.mark.parametrize(
    "raw", ["۰/۵  ۲/۵  ۳/۵\n۱/۵  ۴/۵  ۶/۵", [["۰/۵", "۲/۵", "۳/۵"], ["۱/۵", "۴/۵", "۶/۵"]], "۰/۵ ۲٫۵ ۳/۵\n۱٫۵ ۴/۵ ۶/۵"]
)
def test_one_slash_that_can_only_be_a_decimal_mark_decides_all(raw: object) -> None:
    assert readings(raw, MATRIX)[0] == (HALVES, True)


@pytest.mark.parametrize("raw", ["0.2, 0.3", "[0.2, 0.3]", ["0.2", "0.3"]])
def test_shares_may_be_percentages(raw: object) -> None:
    assert readings(raw, AnswerSpec("array", rank=1, axes=(2,), unit="%")) == [
        ([Fraction(1, 5), Fraction(3, 10)], True),
        ([20, 30], False),
    ]


@pytest.mark.parametrize("raw", ["1536 KB, 3072 KB", ["1536 KB", "3072 KB"]])
def test_bytes_may_be_counted_by_powers_of_1024(raw: object) -> None:
    found = readings(raw, AnswerSpec("array", rank=1, axes=(2,), unit="MB"))
    assert found[0] == ([Fraction(1536, 1000), Fraction(3072, 1000)], True)
    assert ([Fraction(3, 2), 3], False) in found


def test_a_mixed_number_may_be_a_product() -> None:
    assert ([Fraction(1, 2), 1], False) in readings("1 1/2, 2 1/2", PAIR)


def test_a_factor_leaves_no_reading_without_it() -> None:
    spec = AnswerSpec("array", rank=1, axes=(2,), unit="%")
    assert readings("2*[0.2, 0.3]", spec) == [([Fraction(2, 5), Fraction(3, 5)], True)]


def test_the_unit_behind_an_array_is_that_of_the_part() -> None:
    assert readings("[20, 30] %", AnswerSpec("array", rank=1, axes=(2,), unit="%"))[0] == ([20, 30], True)
    with pytest.raises(UnreadableError):
        read_answer("[1536, 3072] KB", AnswerSpec("array", rank=1, axes=(2,), unit="MB"))
