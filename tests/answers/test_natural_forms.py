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
CHW = AnswerSpec("shape", order="CHW", axes=(3,))
ROWS = AnswerSpec("shapes", order="HWC", axes=(4, 3))
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


SHAPES = [
    "28x28 with 6 feature maps",
    "6 channels, 28x28 each",
    "28 x 28 pixels, 6 channels",
    "Size: 28x28, depth: 6",
    "高28，宽28，通道6",
    "28乘28乘6",
    "(6, 28, 28) [CHW]",
    "channels first: (6, 28, 28)",
    "6@(28x28)",
    "- 28x28x6",
    "<28, 28, 6>",
    "(32 - 5 + 0)/1 + 1 = 28; output 28x28x6",
    "⌊(32-5)/1⌋+1 = 28, 28x28x6",
    "W = (32-5)/1+1 = 28\nH = 28\nC = 6",
]


@pytest.mark.parametrize("raw", SHAPES)
def test_shapes(raw: str) -> None:
    assert first(raw, HWC) == (28, 28, 6)


def test_a_list_of_a_product_and_a_size() -> None:
    assert first(["28x28", 6], HWC) == (28, 28, 6)


@pytest.mark.parametrize("raw", ["6 channels, 28x29 each", "28x29, 6 channels", "H=28, W=29, C=6", "(28, 29, 6) [HWC]"])
def test_named_sizes_in_another_order(raw: str) -> None:
    assert first(raw, CHW) == (6, 28, 29)


@pytest.mark.parametrize("raw", ["(N, C, H, W) = (4, 6, 28, 29)", "N=4, C=6, H=28, W=29"])
def test_the_batch_counts_where_four_sizes_are_asked(raw: str) -> None:
    assert first(raw, AnswerSpec("shape", order="CHW", axes=(4,))) == (4, 6, 28, 29)


@pytest.mark.parametrize("raw", ["(28-3+2)/2+1 = 14.5 → 14, (40-5)/2+1 = 18", "(28 - 1)//2 + 1 = 14; (40-5)/2+1 = 18"])
def test_a_calculation_for_each_size(raw: str) -> None:
    assert first(raw, AnswerSpec("shape", order="CHW", axes=(2,))) == (14, 18)


def test_a_batch_stands_in_front_of_a_channel_and_a_length() -> None:
    spec = AnswerSpec("shape", order="CHW", axes=(2,))
    readings = {raw: read_answer(raw, spec).all for raw in ("torch.Size([8, 64, 50])", "(32, 64, 50)", "(96, 55, 55)")}
    found = {raw: {each.value: each.natural for each in those} for raw, those in readings.items()}
    assert found["torch.Size([8, 64, 50])"][(64, 50)]
    assert found["(32, 64, 50)"][(64, 50)]
    assert not found["(96, 55, 55)"][(55, 55)]  # these are channels, perhaps: a person is asked


@pytest.mark.parametrize("raw", ["5x5x3, 32 filters", "5x5x3 (32 filters)", "32 filters of 5x5x3"])
def test_weights_of_filters(raw: str) -> None:
    assert first(raw, AnswerSpec("shape", order="HWC", axes=(4,))) == (5, 5, 3, 32)


@pytest.mark.parametrize("raw", ["10-d", "10-dimensional", "a 10-dimensional vector", "ten", "10 classes"])
def test_vectors(raw: str) -> None:
    assert first(raw, AnswerSpec("shape", axes=(1,))) == (10,)


def test_two_shapes_are_asked_about() -> None:
    with pytest.raises(UnreadableError):
        read_answer("28x28x6 / 14x14x6", HWC)


LISTED = [
    "26x26x32 (conv), 13x13x32 (pool), 13x13x32 (relu), 11x11x64 (conv)",
    "26x26x32 and 13x13x32 and 13x13x32 and 11x11x64",
    "(a) 26x26x32 (b) 13x13x32 (c) 13x13x32 (d) 11x11x64",
    "C1 26x26x32, P1 13x13x32, R1 13x13x32, C2 11x11x64",
    "[26, 26, 32], [13, 13, 32], [13, 13, 32], [11, 11, 64]",
    "H=W=26, C=32\nH=W=13, C=32\nH=W=13, C=32\nH=W=11, C=64",
    "(28-3+1)x(28-3+1)x32 = 26x26x32\n26/2 x 26/2 x 32 = 13x13x32\n13x13x32\n11x11x64",
    "Net  [1, 11, 11, 64]  --\n├─A: 1-1  [26, 26, 32]  320\n├─B: 1-2  [13, 13, 32]  --\n├─C: 1-3  [13, 13, 32]  --\n"
    "├─D: 1-4  [11, 11, 64]  18,496",
]
SAME = [
    "no change (13x13x32)",
    "unchanged: 13x13x32",
    "ReLU does not change the shape",
    "same as input",
    "bleibt gleich",
    "sin cambio",
    "не изменяется",
    "변화없음",
    "تغییر نمی‌کند",
]


@pytest.mark.parametrize("raw", LISTED + [f"26x26x32\n13x13x32\n{same}\n11x11x64" for same in SAME])
def test_lists_of_shapes(raw: str) -> None:
    assert first(raw, ROWS) == ((26, 26, 32), (13, 13, 32), (13, 13, 32), (11, 11, 64))


@pytest.mark.parametrize("row", ["same padding", "same but half", "14x14x32"])
def test_what_changes_is_not_the_row_before(row: str) -> None:
    try:
        shapes = first(f"26x26x32\n13x13x32\n{row}\n11x11x64", ROWS)
    except UnreadableError:
        return
    assert isinstance(shapes, tuple)
    assert shapes[2] != (13, 13, 32)


MATRICES = [
    "The output is [[1, 2], [3, 4]]",
    "[[1, 2], [3, 4]] (2x2)",
    "1 2\n3 4 (after ReLU)",
    "⎡1 2⎤\n⎣3 4⎦",
    "[[1, 3], [2, 4]].T",
    "- [[-1, -2], [-3, -4]]",
    "O ≈ [[1, 2], [3, 4]]",
    "1⁰ 2\n3 4",
    "(1,2),(3,4)",
    "(1, 2), (3, 4)",
    "1 (2/2) 2 (4/2)\n3 (6/2) 4 (8/2)",
]


@pytest.mark.parametrize("raw", MATRICES)
def test_matrices(raw: str) -> None:
    assert first(raw, MATRIX) == ((1, 2), (3, 4))


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


@pytest.mark.parametrize("raw", [r"[[\frac14,\frac12],[1,2]]", "[[(1/4),(1/2)],[1,(2)]]", "[(1/4, 1/2), (1, 2)]"])
def test_brackets_of_an_entry_begin_no_row_of_a_matrix(raw: str) -> None:
    assert first(raw, MATRIX) == ((Fraction(1, 4), Fraction(1, 2)), (1, 2))


@pytest.mark.parametrize(
    "raw", [">>> 9472", "In [2]: 9472", ">>> 64*148", "'9472'", "9472 learnable weights and biases"]
)
def test_prompts_quotes_and_what_is_counted(raw: str) -> None:
    assert first(raw, COUNT) == 9472


def test_a_shape_behind_a_prompt_or_in_quotes() -> None:
    for raw in (">>> (6, 28, 28)", ">>> x.shape\ntorch.Size([6, 28, 28])", "'6x28x28'"):
        assert first(raw, CHW) == (6, 28, 28)


def test_entries_of_a_set_that_one_word_numbers() -> None:
    spec = AnswerSpec("set", counts=True)
    for raw in ("box0, box3", "#0, #3", "B0 and B3", "{b_0, b_3}"):
        assert first(raw, spec) == (0, 3)
    with pytest.raises(UnreadableError):
        read_answer("a0, b3", spec)


SQUARES = [
    "3×3, 5×5, 7×7",
    "3×3\n5×5\n7×7",
    r"3\times3, 5\times5, 7 \times 7",
    "(3,3), (5,5), (7,7)",
    "[(3, 3), (5, 5), (7, 7)]",
]


@pytest.mark.parametrize("raw", SQUARES)
def test_squares_in_a_list_are_sides_whatever_the_sign(raw: str) -> None:
    readings = read_answer(raw, AnswerSpec("array", rank=1, axes=(3,), counts=True)).all
    assert (3, 5, 7) in [plain(each.value) for each in readings if each.natural]


def test_steps_with_their_names_keep_every_entry() -> None:
    raw = "C1: (3x3x1+1)x8 = 80; S2: 0; C3: (3x3x8+1)x16 = 1168; S4: 0; FC: 784x10 + 10 = 7850"
    assert first(raw, AnswerSpec("array", rank=1, axes=(5,), counts=True)) == (80, 0, 1168, 0, 7850)


PRINTED = [
    "tensor([[[[1., 2.],\n          [3., 4.]]]])",
    "<tf.Tensor: shape=(1, 2, 2, 1), dtype=float32, "
    "numpy=\narray([[[[1.],\n [2.]],\n\n [[3.],\n [4.]]]], dtype=float32)>",
    "[[[1.], [2.]], [[3.], [4.]]]",
]


@pytest.mark.parametrize("raw", PRINTED)
def test_axes_of_length_one_around_a_printed_matrix(raw: str) -> None:
    assert first(raw, MATRIX) == ((1, 2), (3, 4))


def test_the_batch_of_a_printed_volume() -> None:
    raw = "tensor([[[[1., 0.],\n          [3., 4.]],\n\n         [[0., 6.],\n          [7., 0.]]]])"
    assert first(raw, AnswerSpec("array", rank=3, axes=(2, 2, 2))) == (((1, 0), (3, 4)), ((0, 6), (7, 0)))


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


CUBES = [
    "Channel 1:\n1 2\n3 4\nChannel 2:\n5 6\n7 8",
    "C1 = [[1,2],[3,4]]\nC2 = [[5,6],[7,8]]",
    "first channel: [[1,2],[3,4]], second channel: [[5,6],[7,8]]",
    "[1 2; 3 4] and [5 6; 7 8]",
    r"\begin{bmatrix}1&2\\3&4\end{bmatrix}, \begin{bmatrix}5&6\\7&8\end{bmatrix}",
]


@pytest.mark.parametrize("raw", CUBES)
def test_several_matrices(raw: str) -> None:
    assert first(raw, AnswerSpec("array", rank=3, axes=(2, 2, 2))) == (((1, 2), (3, 4)), ((5, 6), (7, 8)))


@pytest.mark.parametrize("raw", ["1, 2, 3", "[1, 2, 3]", "(1, 2, 3)", "1\n2\n3", "[1; 2; 3]"])
def test_a_column_may_be_written_as_a_list(raw: str) -> None:
    assert first(raw, AnswerSpec("array", rank=2, axes=(3, 1))) == ((1,), (2,), (3,))


def test_a_row_is_no_column() -> None:
    assert first("[[1, 2, 3]]", AnswerSpec("array", rank=2, axes=(3, 1))) == ((1, 2, 3),)


@pytest.mark.parametrize("raw", ["(1,5 ; 2,5)", "[1,5; 2,5]", "1,5; 2,5"])
def test_semicolons_divide_decimal_commas(raw: str) -> None:
    assert first(raw, AnswerSpec("array", rank=1, axes=(2,))) == (Fraction(3, 2), Fraction(5, 2))


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
