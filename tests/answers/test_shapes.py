"""Shapes and lists of shapes as the papers write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

SHAPE = AnswerSpec("shape")
SHAPES = AnswerSpec("shapes")

READ = [
    ("(14 * 14 * 32)", (14, 14, 32)),
    ("Output = (14 * 14 * 32)", (14, 14, 32)),
    (r"(62 \* 62 \* 64)", (62, 62, 64)),
    (r"$128 \times 64 \times 32$", (128, 64, 32)),
    ("128 \times 64", (128, 64)),
    ("192 × 28 × 27", (192, 28, 27)),
    ("256×255", (256, 255)),
    ("(None, 1568)", (1568,)),
    ("(50208, 5)", (50208, 5)),
    ("12 imes 13 imes 14", (12, 13, 14)),
    ("7 * 7 * 32 = (None, 1568)", (1568,)),
    ("(1568 + 1) * 32 = (None, 50208)", (50208,)),
    ("(28 - 3 + 2) / 2 + 1 = 14", (14,)),
    ("(128 - 5) / 2 + 1 * 64 = (62*62*64)", (62, 62, 64)),
    ("14*14*32", (14, 14, 32)),
    ("14.5", (Fraction(29, 2),)),
    ("14 x 3.5", (14, Fraction(7, 2))),
    ("(14.0, 14.5, 32)", (14, Fraction(29, 2), 32)),
    ("(14, 14, 32)", (14, 14, 32)),
    ("14 x 13 X 32", (14, 13, 32)),
    ("14 Х 13 х 32", (14, 13, 32)),
    ("14 13 32", (14, 13, 32)),
    ("128,128,256", (128, 128, 256)),
    ("128,128", (128, 128)),
    ("۱۴×۱۳", (14, 13)),
    ("(batch, 1568)", (1568,)),
    ("(N, 14, 13, 32)", (14, 13, 32)),
    ("(?, 14, 13)", (14, 13)),
    ("(-1, 14, 13)", (14, 13)),
    ("(32,)", (32,)),
    ("[32]", (32,)),
    (32, (32,)),
    (Decimal("32.0"), (32,)),
    ([14, 13, 32], (14, 13, 32)),
    (["None", 1568], (1568,)),
    ([-1, 14, 13], (14, 13)),
    (["14", "13"], (14, 13)),
    ([1, 14, 13], (1, 14, 13)),
    ([[14, 13, 32]], (14, 13, 32)),
    (["14 x 13"], (14, 13)),
    ("1568 = 7*7*32", (1568,)),
    ("128 x 64 -> 32 x 16", (32, 16)),
    ("1,024", (1024,)),
    ("H=14, W=13, C=32", (14, 13, 32)),
    ("", None),
    (["", ""], None),
]


@pytest.mark.parametrize(("raw", "shape"), READ)
def test_shapes(raw: object, shape: object) -> None:
    assert read_answer(raw, SHAPE).value == shape


LISTS = [
    ("128×128, 64×64, 32×32, 16 × 16", ((128, 128), (64, 64), (32, 32), (16, 16))),
    (
        ["14*14*32", [7, 7, 32], "does not change", "تغییری نمی‌کند", 10, ""],
        ((14, 14, 32), (7, 7, 32), (7, 7, 32), (7, 7, 32), (10,), None),
    ),
    ("128×64×32\n62 x 61\n-\n(None, 10)", ((128, 64, 32), (62, 61), None, (10,))),
    ([256, 128, 64], ((256,), (128,), (64,))),
    ("[256, 128, 64]", ((256,), (128,), (64,))),
    ("(1, 2), (3, 4)", ((1, 2), (3, 4))),
    ("[(1, 2), (3, 4)]", ((1, 2), (3, 4))),
    ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
    ("128x64 → 64x32", ((128, 64), (64, 32))),
    ("128x64; 64x32", ((128, 64), (64, 32))),
    ("conv1: 128x64\npool: 64x32", ((128, 64), (64, 32))),
    ("14x13", ((14, 13),)),
    (["", "-"], None),
]


@pytest.mark.parametrize(("raw", "shapes"), LISTS)
def test_lists_of_shapes(raw: object, shapes: object) -> None:
    assert read_answer(raw, SHAPES).value == shapes


REFUSED = [
    ("hello", SHAPE, "expected a shape such as (5, 4, 3), received 'hello'"),
    ("128×128, 64×64", SHAPE, "expected a shape such as (5, 4, 3), received '128×128, 64×64'"),
    ("14-13-32", SHAPE, "expected a shape such as (5, 4, 3), received '14-13-32'"),
    (
        "(2, 3, 5) = 30",
        SHAPE,
        "expected one reading, received '(2, 3, 5) = 30', which can be read as the shape (2, 3, 5) or as the size 30",
    ),
    (True, SHAPE, "expected a shape such as (5, 4, 3), received the boolean true"),
    ([14, "", 3], SHAPE, "expected a whole number in a shape, received '', on axis 2"),
    ([[1, 2], [3, 4]], SHAPE, "expected a whole number in a shape, received a list of 2, on axis 1"),
    (list(range(11)), SHAPE, "expected a shape of at most 10 axes, received 11"),
    (
        "6,400",
        SHAPE,
        "expected one reading, received '6,400', which can be read as the shape (6, 400) or as the size 6400",
    ),
    (
        "(None, 1,568)",
        SHAPE,
        "expected one reading, received '(None, 1,568)', which can be read as (None, 1, 568) or as (None, 1568)",
    ),
    (["unchanged"], SHAPES, "expected a shape in the first row, received 'unchanged', in entry 0, counted from zero"),
    (["14x13", "x"], SHAPES, "expected a shape such as (5, 4, 3), received 'x', in entry 1, counted from zero"),
]


@pytest.mark.parametrize(
    "raw",
    [
        "-\n5x4x3\n60",
        "?\n5x4x3\n60",
        "blank\n5x4x3\n60",
        "1. -\n2. 5x4x3\n3. 60",
        "conv: -\npool: 5x4x3\nfc: 60",
        "conv | -\npool | 5x4x3\nfc | 60",
    ],
)
def test_a_first_row_that_is_blank_is_a_row_and_no_header(raw: str) -> None:
    """Were it dropped like a header, every other row would be compared with the one above it."""
    assert read_answer(raw, SHAPES).value == (None, (5, 4, 3), (60,))


@pytest.mark.parametrize("raw", ["Shapes:\n5x4x3\n60", "layer | output\na | 5x4x3\nb | 60", "output\n5x4x3\n60"])
def test_a_header_above_shapes_is_dropped(raw: str) -> None:
    assert read_answer(raw, SHAPES).value == ((5, 4, 3), (60,))


@pytest.mark.parametrize(("raw", "wanted", "message"), REFUSED)
def test_refusals(raw: object, wanted: AnswerSpec, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_answer(raw, wanted)
    assert str(caught.value) == message


def test_the_kind_steers_the_reading() -> None:
    assert getattr(read_answer("128,128,256", AnswerSpec("integer")).value, "value", None) == 128128256
    assert getattr(read_answer("7*7*32", AnswerSpec("integer")).value, "value", None) == 1568


NAMED = [
    "28x27x6",
    "6@28x27",
    "28x27, 6 filters",
    "28x27, 6 classes",
    "28x27 (6 class maps)",
    "28x27 with 6 units",
    "H=28, W=27, 6 classes",
    "6 planes of 28x27",
    "C=6, H=28, W=27",
    "(C, H, W) = (6, 28, 27)",
    "CHW: 6x28x27",
    "28h x 27w x 6c",
    "Height: 28\nWidth: 27\nDepth: 6",
    "(32-5+1) x (31-5+1) x 6",
    "28x27x6 = 4536",
    "4536 = 28x27x6",
    "28x27x6 (4536)",
    "torch.Size([28, 27, 6])",
    "[(None, 28, 27, 6)]",
    "(16, 28, 27, 6)",
    "conv2d (Conv2D)   (None, 28, 27, 6)   156",
]


@pytest.mark.parametrize("raw", NAMED)
def test_forms_of_a_shape(raw: str) -> None:
    readings = read_answer(raw, AnswerSpec("shape", axes=(3,), order="HWC")).all
    assert (28, 27, 6) in [reading.value for reading in readings if reading.natural]


@pytest.mark.parametrize(
    ("raw", "asked", "shape"),
    [
        ("252", 2, (252, 252)),
        ("H = W = 28", 2, (28, 28)),
        ("28²", 2, (28, 28)),
        ("7*7*32", 1, (1568,)),
        ("1.568", 1, (1568,)),
    ],
)
def test_what_is_asked_tells_sizes_apart(raw: str, asked: int, shape: tuple[int, ...]) -> None:
    readings = read_answer(raw, AnswerSpec("shape", axes=(asked,))).all
    assert shape in [reading.value for reading in readings if reading.natural]


@pytest.mark.parametrize("raw", ["28x27, 6 things", "28x27 (6 things)", "28x27 (6)"])
def test_a_number_beside_a_shape_that_lacks_a_size_is_not_dropped(raw: str) -> None:
    with pytest.raises(UnreadableError, match="expected a shape such as"):
        read_answer(raw, AnswerSpec("shape", axes=(3,), order="HWC"))
    assert read_answer(raw, AnswerSpec("shape", axes=(2,))).all[0].value == (28, 27)


@pytest.mark.parametrize("raw", ["28x27, 156 parameters", "28x27 (756)", "28x27 (stride 1)"])
def test_what_is_no_size_is_a_remark_though_a_size_is_lacking(raw: str) -> None:
    assert read_answer(raw, AnswerSpec("shape", axes=(3,), order="HWC")).all[0].value == (28, 27)


CALCULATED = [
    "(13, 14, 5*(5+3))",
    "(13, 14, 5*8)",
    "(13,14,5x8)",
    "[13, 14, 5*(4+1+3)]",
    "13 x 28/2 x 5*8",
    "(13, (28-3+3)/2, 40)",
    "13 x floor(29/2) x 40",
    "floor(25/2)+1 x (27-1)/2+1 x 40",
]


@pytest.mark.parametrize("raw", CALCULATED)
def test_each_of_the_sizes_may_be_a_calculation(raw: str) -> None:
    readings = read_answer(raw, AnswerSpec("shape", axes=(3,), order="HWC")).all
    assert (13, 14, 40) in [reading.value for reading in readings]


@pytest.mark.parametrize(
    "raw", ["(13, (28-1)/2+1, 40)", "13 x (28-1)/2+1 x 40", "64 x (224+6-7)/2+1 x 160", "13 x 14(28/2) x 40"]
)
def test_a_calculation_that_gives_no_size_is_asked_about(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, AnswerSpec("shape", axes=(3,), order="HWC"))


def test_a_calculation_right_behind_a_size_may_be_a_remark_or_a_factor() -> None:
    readings = read_answer("13x14x5(5+3)", AnswerSpec("shape", axes=(3,), order="HWC")).all
    assert readings[0].value == (13, 14, 5)
    assert (13, 14, 40) in [reading.value for reading in readings]
