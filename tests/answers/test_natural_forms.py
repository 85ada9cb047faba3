"""Forms in which people write answers, in several languages, each with what a careful person reads."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError

COUNT = AnswerSpec("integer", counts=True)
NUMBER = AnswerSpec("number")


def first(raw: object, spec: AnswerSpec) -> object:
    """The natural reading; for a number its value."""
    value = read_answer(raw, spec).value
    return value.value if isinstance(value, Number) else value


COUNTS = [
    ("共156个参数", 156),
    ("总参数量为156", 156),
    ("So 156", 156),
    ("ii) 156", 156),
    ("Param #: 156", 156),
    ("(=156)", 156),
    ("156 learnable parameters (150 weights and 6 biases)", 156),
    ("3*3*64*128=73728, +128 = 73856", 73856),
    ("│ conv2d (Conv2D)  │ (None, 28, 28, 6)  │   156 │", 156),
    ("=======\nTotal params: 25,557,032\nTrainable params: 25,557,032\nNon-trainable params: 0\n-------", 25_557_032),
    ("примерно 1,2 млн", 1_200_000),
    ("500M multiply-accumulates", 500_000_000),
    ("one million", 1_000_000),
    ("two hundred thousand", 200_000),
    ("یک میلیون", 1_000_000),
    ("none (pooling)", 0),
    ("there are none", 0),
    ("pas de paramètres", 0),
    ("nothing to learn", 0),
    ("(32 - 5) // 1 + 1", 28),
    ("6 filters * (25 weights + 1 bias) = 156", 156),
]


@pytest.mark.parametrize(("raw", "value"), COUNTS)
def test_counts(raw: str, value: int) -> None:
    assert first(raw, COUNT) == value


NUMBERS = [
    ("0,(3)", Fraction(1, 3)),
    ("⅙", Fraction(1, 6)),
    ("(1/2)(1/3)", Fraction(1, 6)),
    ("(-0.5)(0.5)", Fraction(-1, 4)),
    ("(1)(3)", 3),
    ("ReLU(3)", 3),
    (r"\sigma(0)", Fraction(1, 2)),
    ("log_2(8)", 3),
    ("out[0][0] = 3", 3),
    ("Ans. 3", 3),
    ("minus 1/4", Fraction(-1, 4)),
    ("минус 0,25", Fraction(-1, 4)),
    ("0 (since x < 0)", 0),
    ("دقت: ۹۸٫۰۷ درصد", Fraction(9807, 10_000)),
    ("точность: 98,07 процентов", Fraction(9807, 10_000)),
    ("60 images per batch", 60),
    ('Decimal("0.5")', Fraction(1, 2)),
    ("<tf.Tensor: shape=(), dtype=float32, numpy=0.5>", Fraction(1, 2)),
]


@pytest.mark.parametrize(("raw", "value"), NUMBERS)
def test_numbers(raw: str, value: object) -> None:
    assert first(raw, NUMBER) == pytest.approx(value)


@pytest.mark.parametrize("raw", ["135 degrees", "135 Grad", "135 градусов", "135°"])
def test_degrees_are_parts_of_a_circle(raw: str) -> None:
    assert first(raw, NUMBER) == pytest.approx(2.356194490192345)


@pytest.mark.parametrize("raw", ["weiß nicht", "(no idea)", "to do", "不清楚", "нет ответа", "بدون پاسخ", "[blank]"])
def test_nothing_was_answered(raw: str) -> None:
    assert read_answer(raw, NUMBER).blank


def test_a_slip_after_a_right_calculation_has_both_readings() -> None:
    readings = [reading.value for reading in read_answer("(5*5*1 + 1)*6 = 150", COUNT).all]
    assert [value.value for value in readings if isinstance(value, Number)] == [150, 156]


def test_a_condition_is_no_value() -> None:
    for raw in ("x < 156", "> 156", "15 > 10"):
        with pytest.raises(UnreadableError):
            read_answer(raw, COUNT)
