"""Shapes and lists of shapes, as students naturally write them."""

from __future__ import annotations

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from tests.answers.test_natural_forms import HWC, first, plain

CHW = AnswerSpec("shape", order="CHW", axes=(3,))
ROWS = AnswerSpec("shapes", order="HWC", axes=(4, 3))


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


@pytest.mark.parametrize("raw", ["32, 7x8, 64", "(32, 7x8, 64)", "(32x7, 8x64)", "32x7, 8, 64"])
@pytest.mark.parametrize("order", ["HWC", "CHW"])
def test_four_sizes_between_commas_and_crosses_stay_in_their_order(raw: str, order: str) -> None:
    spec = AnswerSpec("shape", order=order, axes=(4,))
    assert [reading.value for reading in read_answer(raw, spec).all] == [(32, 7, 8, 64)]


@pytest.mark.parametrize(("raw", "sizes"), [("(28x27,64)", 3), ("28x27,64", 3), ("1,024x7x7", 4)])
def test_a_comma_without_a_space_may_be_in_a_number(raw: str, sizes: int) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, AnswerSpec("shape", order="CHW", axes=(sizes,)))


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


def test_a_shape_behind_a_prompt_or_in_quotes() -> None:
    for raw in (">>> (6, 28, 28)", ">>> x.shape\ntorch.Size([6, 28, 28])", "'6x28x28'"):
        assert first(raw, CHW) == (6, 28, 28)


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
