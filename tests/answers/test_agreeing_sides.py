"""Several ways in which one answer states one value: a square, a share and its percentage, a rounded quotient."""

from __future__ import annotations

import math

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Reading

NUMBER = AnswerSpec("number")
PERCENT = AnswerSpec("number", unit="%")
SOFTMAX = math.e**2 / (math.e + math.e**2 + math.e**3)


def readings(written: str, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What a text may mean, the most natural first."""
    return read_answer(written, spec).all


def number(reading: Reading) -> float:
    """The number of a reading."""
    return float(reading.value.value)  # type: ignore[union-attr]


@pytest.mark.parametrize("written", ["13x13", "13 x 13", "13×13 pixels", "13 by 13"])
def test_a_square_is_a_side_too_where_the_key_is_not_an_integer(written: str) -> None:
    assert [(number(one), one.natural) for one in readings(written, NUMBER)] == [(169, True), (13, True)]


def test_the_calculation_beside_a_square_says_which() -> None:
    assert [number(one) for one in readings("(28-4)/2+1 = 13x13", NUMBER)] == [13]


@pytest.mark.parametrize(("written", "later"), [("13*13", [169, 13]), ("2.5x2.5", [6.25]), ("13x14", [182])])
def test_a_product_is_first_of_all_a_product(written: str, later: list[float]) -> None:
    found = readings(written, NUMBER)
    assert [number(one) for one in found] == later
    assert [one.natural for one in found][1:] == [False] * (len(later) - 1)


@pytest.mark.parametrize(
    "written",
    [
        *["0.875 (87.5%)", "7/8 (87.5%)", "35/40 (87.5%)", "87.5% (0.875)", "0.875 [87.5 %]", "0.875 (= 87.5 %)"],
        *["35/40 = 0.875 = 87.5 %", "0.875 = 87.5%", "35/40*100 = 87.5%"],
    ],
)
def test_a_share_and_its_percentage_are_one_value(written: str) -> None:
    assert number(readings(written, PERCENT)[0]) == 87.5


@pytest.mark.parametrize("written", ["1/3 (33.3%)", "33.3% = 1/3", "0.33 (33.3%)", "1/3 ≈ 33.3%"])
def test_a_rounded_percentage_agrees_with_its_share(written: str) -> None:
    assert number(readings(written, PERCENT)[0]) == pytest.approx(100 / 3, abs=0.04)


def test_a_percentage_that_differs_from_its_share_is_a_reading() -> None:
    assert [number(one) for one in readings("0.3 (40%)", PERCENT)][:2] == [0.3, 40]


@pytest.mark.parametrize(
    "written",
    [
        *["e^2/(e^1+e^2+e^3) = 7.39/30.19 = 0.24", "e^2/(e^1+e^2+e^3) ≈ 7.39/30.19"],
        *["e^2/(e^1+e^2+e^3) = 7.39/30.19 ≈ 0.24", "\\frac{e^2}{e^1+e^2+e^3} = \\frac{7.39}{30.19}"],
    ],
)
def test_of_a_chain_with_rounded_terms_the_exact_side_counts(written: str) -> None:
    assert [number(one) for one in readings(written, NUMBER)] == pytest.approx([SOFTMAX], rel=1e-12)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("7.39/30.19", 7.39 / 30.19), ("0.5/1.5 = 0.33", 1 / 3), ("1/3 = 0.5/1.5", 1 / 3)],
        *[("e^2/(e+e^2+e^3) = 8.39/30.19", 8.39 / 30.19)],
    ],
)
def test_a_quotient_that_rounds_nothing_counts_itself(written: str, value: float) -> None:
    assert number(readings(written, NUMBER)[0]) == pytest.approx(value, rel=1e-12)
