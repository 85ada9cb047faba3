"""Forms in which people write answers, in several languages, each with what a careful person reads."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction
from time import process_time

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError

COUNT = AnswerSpec("integer", counts=True)
NUMBER = AnswerSpec("number")


HWC = AnswerSpec("shape", order="HWC", axes=(3,))
MATRIX = AnswerSpec("array", rank=2, axes=(2, 2))
LIST = AnswerSpec("array", rank=1, axes=(3,))


def first(raw: object, spec: AnswerSpec) -> object:
    """The natural reading; for a number its value."""
    return plain(read_answer(raw, spec).value)


def plain(value: object) -> object:
    """The values alone, without their digits."""
    if isinstance(value, tuple):
        return tuple(map(plain, value))
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


LISTS = [
    "<0.2, 0.3, 0.5>",
    "⟨0.2, 0.3, 0.5⟩",
    "1) 0.2 2) 0.3 3) 0.5",
    "0.2 / 0.3 / 0.5",
    "[0.2, 0.3, 0.5] (sums to 1)",
    "p ≈ (0.2, 0.3, 0.5)",
    "1: 0.2\n2: 0.3\n3: 0.5",
]


@pytest.mark.parametrize("raw", LISTS)
def test_lists(raw: str) -> None:
    assert first(raw, LIST) == (Fraction(1, 5), Fraction(3, 10), Fraction(1, 2))


PAIRS = ["values 3,5", "(3,5) each", "result: 3,5", "sizes are 3,5", "3,5 pixels", "keep 3,5 here"]


@pytest.mark.parametrize("raw", PAIRS)
@pytest.mark.parametrize("spec", [AnswerSpec("array", rank=1, axes=(2,)), AnswerSpec("set", counts=True)])
def test_words_beside_a_list_are_no_reason_for_a_decimal_comma(raw: str, spec: AnswerSpec) -> None:
    assert first(raw, spec) == (3, 5)


BRACKETED = [
    r"\left[\tfrac14,\tfrac12,\tfrac18\right]",
    r"\left(\frac14,\frac12,\frac18\right)",
    "[(1/4), (1/2), (1/8)]",
    "[2^(-2), (1)/(2), (1/2)^3]",
    ">>> [0.25, 0.5, 0.125]",
]


@pytest.mark.parametrize("raw", BRACKETED)
def test_brackets_of_an_entry_begin_no_row(raw: str) -> None:
    assert first(raw, LIST) == (Fraction(1, 4), Fraction(1, 2), Fraction(1, 8))


@pytest.mark.parametrize(
    "raw", [">>> 9472", "In [2]: 9472", ">>> 64*148", "'9472'", "9472 learnable weights and biases"]
)
def test_prompts_quotes_and_what_is_counted(raw: str) -> None:
    assert first(raw, COUNT) == 9472


def test_entries_of_a_set_that_one_word_numbers() -> None:
    spec = AnswerSpec("set", counts=True)
    for raw in ("box0, box3", "#0, #3", "B0 and B3", "{b_0, b_3}"):
        assert first(raw, spec) == (0, 3)
    with pytest.raises(UnreadableError):
        read_answer("a0, b3", spec)


def test_steps_with_their_names_keep_every_entry() -> None:
    raw = "C1: (3x3x1+1)x8 = 80; S2: 0; C3: (3x3x8+1)x16 = 1168; S4: 0; FC: 784x10 + 10 = 7850"
    assert first(raw, AnswerSpec("array", rank=1, axes=(5,), counts=True)) == (80, 0, 1168, 0, 7850)


def test_words_beside_a_list_that_change_it_or_are_its_unit_are_not_dropped() -> None:
    pair = AnswerSpec("array", rank=1, axes=(2,))
    with pytest.raises(UnreadableError):
        read_answer("not 3,5", pair)
    assert first("3,5 million", pair) == (3_500_000,)
    assert first("0.1, 2 seconds", AnswerSpec("array", rank=1, axes=(2,), unit="ms")) != (Fraction(1, 10), 2)


def test_commas_group_thousands_where_others_divide() -> None:
    spec = AnswerSpec("array", rank=1, axes=(4,), counts=True)
    assert first("156, 0, 2,416, 48,120", spec) == (156, 0, 2416, 48120)
    assert first("4 736; 51 264; 0; 73 856", spec) == (4736, 51264, 0, 73856)
    assert first("(1*3+1)*32=128, 0, (3+1)*4=16, 0", spec) == (128, 0, 16, 0)


@pytest.mark.parametrize(
    "raw", ["(F-1)/2, F odd", "Padding: (F-1)/2", "(F-1)/2 (F: filter size)", "(F-1)/2 parameters"]
)
def test_formulas(raw: str) -> None:
    spec = AnswerSpec("formula", symbols=("F",))
    formula = read_answer(raw, spec).value
    assert formula.evaluate({"F": 7}) == 3  # type: ignore[union-attr]


def test_a_word_that_is_a_part_is_asked_about() -> None:
    with pytest.raises(UnreadableError):
        read_answer("2F + 1 params", AnswerSpec("formula", symbols=("F",), names=("params",)))


REFUSED = [
    (COUNT, "1.5 or 2"),
    (COUNT, "156 or more"),
    (COUNT, "156 or so"),
    (HWC, "H x W x 6"),
    (HWC, "HxWx6"),
    (HWC, "28x28x6; 14x14x6"),
    (HWC, "28x28x6, 14x14x6"),
    (MATRIX, "not [[1, 2], [3, 4]]"),
    (MATRIX, "inverse of [[1, 2], [3, 4]]"),
    (AnswerSpec("formula", symbols=("F",)), "F + 1 squared"),
]


@pytest.mark.parametrize(("spec", "raw"), REFUSED)
def test_what_is_no_one_answer_is_asked_about(spec: AnswerSpec, raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, spec)


def test_a_number_in_brackets_is_a_reading_too() -> None:
    values = [reading.value for reading in read_answer("157 (156)", COUNT).all]
    assert [value.value for value in values if isinstance(value, Number)][:2] == [157, 156]


LONG = [
    (LIST, "1," * 9000 + " x"),
    (LIST, "word " * 3000 + "1,2"),
    (MATRIX, "[[" * 4000 + "1" + "]]" * 4000),
    (MATRIX, "[[[[" + "[1]," * 4000 + "]]]]"),
    (AnswerSpec("shape", order="CHW", axes=(2,)), "1-" * 9000 + "1=2, 3"),
    (AnswerSpec("set", counts=True), "box1, " * 3000),
]


@pytest.mark.parametrize(("spec", "raw"), LONG)
def test_long_texts_take_no_long_time(spec: AnswerSpec, raw: str) -> None:
    started = process_time()
    with suppress(UnreadableError):
        read_answer(raw, spec)
    assert process_time() - started < 1  # twenty times what it takes: only what grows with the square is caught


def test_lines_are_never_thousands() -> None:
    with pytest.raises(UnreadableError):
        read_answer("156\n157", COUNT)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1,5 Mo", 1.5),
        ("1.5 мегабайта", 1.5),
        ("1500 КБ", 1.5),
        ("1.5 ГБ", 1500),
        ("1.5 гигабайт", 1500),
        ("1.5 گیگابایت", 1500),
        ("۱٫۵ مگابایت", 1.5),
        ("1.5 Gigabyte", 1500),
        ("1.5 兆字节", 1.5),
        ("1,500,000 octets", 1.5),
    ],
)
def test_words_for_bytes(raw: str, value: float) -> None:
    assert first(raw, AnswerSpec("number", unit="MB")) == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5 - sqrt(24.25)", 5 - 24.25**0.5),
        ("5 - exp(1)", 5 - math.e),
        ("7 - log(2)", 7 - math.log(2)),
        ("1 + ln(2)", 1 + math.log(2)),
    ],
)
def test_a_call_behind_a_sign_is_no_remark(written: str, value: float) -> None:
    readings = read_answer(written, AnswerSpec("number")).all
    assert [float(reading.value.value) for reading in readings] == [pytest.approx(value, rel=1e-12)]  # type: ignore[union-attr]


def test_two_sizes_where_one_is_asked_may_be_a_side_or_a_product() -> None:
    flat = AnswerSpec("shape", axes=(1,))
    found = {text: [reading.value for reading in read_answer(text, flat).all] for text in ("14x14", "49*32", "1568")}
    assert found == {"14x14": [(14,), (14, 14), (196,)], "49*32": [(49, 32), (1568,)], "1568": [(1568,)]}
