"""Answers with their steps, remarks and units beside them; every value is what a careful person takes them for."""

from __future__ import annotations

import math
from contextlib import suppress
from time import process_time
from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

COUNT = AnswerSpec("integer", counts=True)
NUMBER = AnswerSpec("number")
PERCENT = AnswerSpec("number", unit="%")
KILOBYTES = AnswerSpec("number", unit="KB")
MEGABYTES = AnswerSpec("number", unit="MB")
SECONDS = AnswerSpec("number", unit="s")
MILLISECONDS = AnswerSpec("number", unit="ms")
PAIR = AnswerSpec("array", 1, axes=(2,))
TRIPLE = AnswerSpec("array", 1, axes=(3,))
SQUARE = AnswerSpec("array", 2, axes=(2, 2))
RATES = AnswerSpec("array", 1, axes=(3,), labels=("TP", "FP", "FN"))
HWC = AnswerSpec("shape", axes=(3,), order="HWC")
CHW = AnswerSpec("shape", axes=(3,), order="CHW")


def values(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(values, value))
    return float(getattr(value, "value", value))


@pytest.mark.parametrize(
    ("raw", "spec", "value"),
    [
        ("Each filter has 3*3*3 + 1 = 28 params; 28*10 = 280", COUNT, 280),
        ("sum is 52, mean is 52/16 = 3.25", NUMBER, 3.25),
        ("s = 0.1*0.25 = 0.025; w = 1 - 0.5*0.025 = 0.9875", NUMBER, 0.9875),
        ("intersection = 25, union = 175, IoU = 25/175 = 0.143", NUMBER, 0.143),
        ("n = 3, since 1+2n = 7", COUNT, 3),
        ("1 + 2n = 7 => n = 3", COUNT, 3),
        ("x_hat = 3 → y = 9", COUNT, 9),
        ("3 layers: 3 -> 5 -> 7", COUNT, 3),
        ("50000/128 = 390.625 -> 391", COUNT, 391),
        ("50000/128 = 390.625, so 391 iterations", COUNT, 391),
        ("390.625, rounded up to 391", COUNT, 391),
        ("w <- 0.95", NUMBER, 0.95),
        ("9.974.", NUMBER, 9.974),
        ("8.41 times fewer", NUMBER, 8.41),
        ("8.41x less", NUMBER, 8.41),
        ("8.41 : 1", NUMBER, 8.41),
        ("3 of 4", NUMBER, 0.75),
        ("94 out of 100", PERCENT, 94),
        ("1 - 0.94 = 0.06 = 6%", PERCENT, 6),
        ("(2+4)/100 = 6%", PERCENT, 6),
        ("1 - 8768/73728 = 0.8811 = 88.1%", PERCENT, 88.1),
        ("1/25 = 0.04 s = 40 ms", MILLISECONDS, 40),
        ("1.5 bits per symbol", AnswerSpec("number", unit="bits"), 1.5),
    ],
)
def test_the_last_step_counts(raw: str, spec: AnswerSpec, value: float) -> None:
    assert values(read_answer(raw, spec).value) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("raw", "spec", "value", "key"),
    [
        ("3.06 MiB", MEGABYTES, 3.06 * 1.048576, 3.211264),
        ("25.69 Mbit", MEGABYTES, 25.69 / 8, 3.211264),
        ("0.651 min", SECONDS, 39.06, 39.0625),
    ],
)
def test_digits_stay_digits_in_another_unit(raw: str, spec: AnswerSpec, value: float, key: float) -> None:
    from grader.answers.comparison import Allowance

    number: Any = read_answer(raw, spec).value
    assert float(number.value) == pytest.approx(value, rel=1e-12)
    assert Allowance().right(number, key)
    assert not Allowance().right(number, key * 1.01)


@pytest.mark.parametrize(
    ("raw", "spec", "other"),
    [
        ("784 KiB", KILOBYTES, 784),
        ("802816 B", KILOBYTES, 784),
        ("0.765625 MB", KILOBYTES, 784),
        ("gamma: 10, beta: 10", COUNT, 20),
        ("72.856 M", NUMBER, 72.856),
        ("0.5(1 - 0.5)", NUMBER, 0.25),
        ("28; 28*28 = 784", COUNT, 28),
        ("0.0721...", NUMBER, 0.07215),
    ],
)
def test_what_may_be_meant_too_is_a_later_reading(raw: str, spec: AnswerSpec, other: float) -> None:
    first, *later = read_answer(raw, spec).all
    assert not math.isclose(values(first.value), other, rel_tol=1e-9)
    assert any(math.isclose(values(reading.value), other, rel_tol=1e-9) for reading in later)


@pytest.mark.parametrize("raw", ["A = 3; B = 4", "sigma = 1.8, var = 3.2", "3-5", "2PR/(P+R)", "12 = 13"])
def test_steps_that_do_not_lead_to_each_other_are_asked_about(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, NUMBER)


@pytest.mark.parametrize(
    ("raw", "spec", "value"),
    [
        ("[1, 0, 3]/0.5 = [2, 0, 6]", TRIPLE, (2, 0, 6)),
        ("(10,1) - 0.05*(20,20) = (9,0)", PAIR, (9, 0)),
        ("[2x, 20y] = [20, 20]", PAIR, (20, 20)),
        ("x1 = 10 - 1 = 9, y1 = 1 - 1 = 0", PAIR, (9, 0)),
        ("[0.13-1, 0.87]", PAIR, (-0.87, 0.87)),
        ("[cos(0), cos(0/1)]", PAIR, (1, 1)),
        ("32/16/8", TRIPLE, (32, 16, 8)),
        ("(1/√4)[[1,1],[0,1]]", SQUARE, ((0.5, 0.5), (0, 0.5))),
        (r"\frac{1}{\sqrt{4}}\begin{bmatrix}1 & 1\\0 & 1\end{bmatrix}", SQUARE, ((0.5, 0.5), (0, 0.5))),
        ("[[1, 1], [0, 1]] / sqrt(4)", SQUARE, ((0.5, 0.5), (0, 0.5))),
        ("6, 8 / 3, 4", SQUARE, ((6, 8), (3, 4))),
        ("|  | pred 0 | pred 1 |\n|---|---|---|\n| true 0 | 86 | 2 |\n| true 1 | 4 | 8 |", SQUARE, ((86, 2), (4, 8))),
        ("         pred-  pred+\nactual-  86     2\nactual+   4     8", SQUARE, ((86, 2), (4, 8))),
        ("8 TP, 2 FP, 4 FN", RATES, (8, 2, 4)),
        ("FP 2 TP 8 FN 4", RATES, (8, 2, 4)),
        ("TP/FP/FN = 8/2/4", RATES, (8, 2, 4)),
        ("false positives: 2, true positives: 8, false negatives: 4", RATES, (8, 2, 4)),
    ],
)
def test_arrays_behind_calculations_and_among_names(raw: str, spec: AnswerSpec, value: Any) -> None:
    assert values(read_answer(raw, spec).value) == value


@pytest.mark.parametrize(
    ("raw", "spec", "shape"),
    [
        ("10 x 32 x 31 (C x H x W)", HWC, (32, 31, 10)),
        ("32 x 31 x 10 (H×W×C)", CHW, (10, 32, 31)),
        ("(32, 31, 10), since P = (F-1)/2 = 1 keeps the size", HWC, (32, 31, 10)),
        ("8 heads of 10 x 9", CHW, (8, 10, 9)),
        ("length 48 with 16 channels", AnswerSpec("shape", axes=(2,), order="CHW"), (16, 48)),
        ("48 steps x 16 channels", AnswerSpec("shape", axes=(2,), order="CHW"), (16, 48)),
        ("27 rows x 36 columns", AnswerSpec("shape", axes=(2,), order="HWC"), (27, 36)),
        ("(100-5)/2 + 1 = 48.5 -> 48; 16 x 48", AnswerSpec("shape", axes=(2,), order="CHW"), (16, 48)),
        ("W2 = H2 = (227-11)/4+1 = 55, D2 = 96", HWC, (55, 55, 96)),
        ("C=64, D=16, H=112, W=111", AnswerSpec("shape", axes=(4,), order="CHW"), (64, 16, 112, 111)),
    ],
)
def test_shapes_in_words_and_in_a_stated_order(raw: str, spec: AnswerSpec, shape: tuple[int, ...]) -> None:
    assert read_answer(raw, spec).value == shape


def test_two_axes_may_be_written_for_one() -> None:
    assert (19, 19, 125) in [reading.value for reading in read_answer("19x19x5x25", HWC).all if not reading.natural]


@pytest.mark.parametrize(
    "raw",
    ["keep: 0, 2; remove: 1, 3", "all but 0 and 2", "remove 0 and 2", "0,2 are removed", "0 or 2", "0-2", "not 0, 2"],
)
def test_a_set_that_says_what_is_not_in_it_is_asked_about(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, AnswerSpec("set"))


@pytest.mark.parametrize("raw", ["boxes 0 and 2", "keep 0, 2", "{0, 2}", "Box 0 and box 2 are kept", "0 & 2"])
def test_a_set_among_words(raw: str) -> None:
    assert values(read_answer(raw, AnswerSpec("set")).value) == (0, 2)


@pytest.mark.parametrize("raw", ["!= 32x32x10", "> 32x32x10", "32x32x10 ± 1"])
def test_a_comparison_is_no_shape(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, HWC)


@pytest.mark.parametrize(("raw", "other"), [("94%", 0.94), ("94", 0.94), ("0.28", 28)])
def test_per_cent_and_shares_are_readings_of_each_other(raw: str, other: float) -> None:
    _, later = read_answer(raw, PERCENT).all
    assert values(later.value) == pytest.approx(other)
    assert not later.natural


@pytest.mark.parametrize(("raw", "spec"), [("3.21 s", MEGABYTES), ("280 per filter", COUNT)])
def test_another_unit_is_asked_about(raw: str, spec: AnswerSpec) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, spec)


@pytest.mark.parametrize(
    ("raw", "value"), [("log s^2", math.log(9)), ("log(s)^2", math.log(3) ** 2), ("ln s", math.log(3))]
)
def test_a_power_stands_inside_a_function_without_brackets(raw: str, value: float) -> None:
    formula: Any = read_answer(raw, AnswerSpec("formula", symbols=("s",))).value
    assert formula.evaluate({"s": 3}) == pytest.approx(value)


def test_a_product_behind_a_function_is_asked_about() -> None:
    with pytest.raises(UnreadableError):
        read_answer("log 2s", AnswerSpec("formula", symbols=("s",)))


@pytest.mark.parametrize(
    "unit", ["1.", "0.333...", "8 TP ", "TP 8 ", "true positives 8, ", "log 2", "a = 1 = ", "1 of "]
)
def test_long_answers_among_names_and_units_end(unit: str) -> None:
    started = process_time()
    for spec in (RATES, MEGABYTES, PAIR, COUNT, HWC, AnswerSpec("set")):
        with suppress(UnreadableError):
            read_answer((unit * 20_000)[:30_000], spec)
        with suppress(UnreadableError):
            read_answer(unit * 12, spec)
    assert process_time() - started < 5  # some ten times what it takes


@pytest.mark.parametrize(
    ("raw", "spec", "value"),
    [
        ("[[2.5]]", NUMBER, 2.5),
        ("In [3]: y.item()\nOut[3]: 2.5", NUMBER, 2.5),
        (">>> y\n2.5", NUMBER, 2.5),
        (r"\begin{aligned} L &= 2 + 0.5 \\ &= 2.5 \end{aligned}", NUMBER, 2.5),
        ("**L = 2.5**", NUMBER, 2.5),
        ("2.5 to one decimal place", NUMBER, 2.5),
        ("tf.Tensor(2.5, shape=(), dtype=float32)", NUMBER, 2.5),
        ("eighty percent", NUMBER, 0.8),
        ("280 // 28*10", COUNT, 280),
        ("280: 28*10", COUNT, 280),
        ("28*10 is 280", COUNT, 280),
        ("28*10, i.e. 280", COUNT, 280),
        ("Formula: (K*K*C+1)*F\n28*10 = 280", COUNT, 280),
        ("768-dimensional vector", COUNT, 768),
        ("118013952 multiply-adds", COUNT, 118013952),
        ("(1,1): 6; (1,2): 8; (2,1): 3; (2,2): 4", SQUARE, ((6, 8), (3, 4))),
        ("Out[5]:\narray([[6, 8],\n       [3, 4]])", SQUARE, ((6, 8), (3, 4))),
        ("tf.Tensor(\n[[6 8]\n [3 4]], shape=(2, 2), dtype=float32)", SQUARE, ((6, 8), (3, 4))),
        ("Y = np.array([[6, 8], [3, 4]])", SQUARE, ((6, 8), (3, 4))),
        ("max pooling gives [[6, 8], [3, 4]]", SQUARE, ((6, 8), (3, 4))),
        ("2x2: [[6, 8], [3, 4]]", SQUARE, ((6, 8), (3, 4))),
        ("[[6, 8], [3, 4]], shape (2, 2)", SQUARE, ((6, 8), (3, 4))),
        (r"\pmatrix{6&8\cr 3&4}", SQUARE, ((6, 8), (3, 4))),
        ("⎛6 8⎞\n⎝3 4⎠", SQUARE, ((6, 8), (3, 4))),
        ("<table><tr><td>6</td><td>8</td></tr><tr><td>3</td><td>4</td></tr></table>", SQUARE, ((6, 8), (3, 4))),
        ("y ∈ R^3: [2, 2, -3]", TRIPLE, (2, 2, -3)),
        ("[2, 2, -3] = y", TRIPLE, (2, 2, -3)),
        (r"\langle 2, 2, -3 \rangle", TRIPLE, (2, 2, -3)),
        ("112x112x64, (224-7+6)/2+1 = 112.5 → 112", HWC, (112, 112, 64)),
        ("output = (112, 112, 64) where (224-7+5)/2+1 = 112", HWC, (112, 112, 64)),
    ],
)
def test_what_programs_and_pages_put_around_an_answer(raw: str, spec: AnswerSpec, value: Any) -> None:
    assert values(read_answer(raw, spec).value) == value


@pytest.mark.parametrize(
    "raw", ["[[6, 8], [3, 4]] or [[6, 8], [2, 4]]", "not [[6, 8], [3, 4]]", "[[6, 8], [3, 4]] + 1"]
)
def test_more_than_one_array_is_not_guessed(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, SQUARE)
