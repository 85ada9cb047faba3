"""Shapes whose sizes are named or described: each form gives every size its axis, and nothing is cut off silently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.symbolic_shapes import sizes_from
from grader.errors import UnreadableError

IMAGE = AnswerSpec("shape", axes=(3,), order="CHW")
IMAGE_LAST = AnswerSpec("shape", axes=(3,), order="HWC")
PLANE = AnswerSpec("shape", axes=(2,), order="CHW")
PLANE_LAST = AnswerSpec("shape", axes=(2,), order="HWC")
VECTOR = AnswerSpec("shape", axes=(1,), order="CHW")


def readings(raw: Any, spec: AnswerSpec) -> list[Any]:
    return [(reading.value, reading.natural) for reading in read_answer(raw, spec).all]


@pytest.mark.parametrize(
    "raw",
    [
        "7x7 images with 64 channels",
        "7x7 with depth 64",
        "7x7, depth 64",
        "7x7 feature map with 64 channels",
        "7 x 7 using 64 filters",
        "64 (7x7)",
        "HxWxC = 7x7x64",
        "hxwxc: 7x7x64",
        "7x7x64 (h x w x c)",
        "7x7x64 (hwc)",
        "7×7×64 (height × width × channels)",
        "7x7x64 (channels-last)",
        "7x7x64, channels-last",
        "H x W x C = 7x7x64",
        "64 (channels) x 7 (height) x 7 (width)",
        "64(C)x7(H)x7(W)",
        "64 maps, 7 by 7",
        "64 канала 7x7",
        "7 high, 7 wide, 64 deep",
        "7x7, 64",
        "(7x7, 64)",
        "[7x7, 64]",
        "((7x7), 64)",
        "64, 7x7",
        "(64, 7x7)",
    ],
)
def test_every_size_has_its_axis(raw: str) -> None:
    assert readings(raw, IMAGE) == [((64, 7, 7), True)]
    assert readings(raw, IMAGE_LAST) == [((7, 7, 64), True)]


@pytest.mark.parametrize(
    "raw",
    [
        "(28-5)/1+1 = 24 and (40-5)/1+1 = 36",
        "(28-5)/1+1 = 24, (40-5)/1+1 = 36",
        "H: (28-5)/1+1 = 24, W: (40-5)/1+1 = 36",
        "W: (40-5)/1+1 = 36, H: (28-5)/1+1 = 24",
        "H = (28-5)/1+1 = 24, W = (40-5)/1+1 = 36",
        "height: 28-5+1=24\nwidth: 40-5+1=36",
    ],
)
def test_sizes_that_are_worked_out_one_by_one(raw: str) -> None:
    assert readings(raw, PLANE) == [((24, 36), True)]


@pytest.mark.parametrize("raw", ["7x7 for 64 groups", "7x7 as 64 of them", "7x7 with 64 more"])
def test_a_number_is_not_cut_off_where_a_size_is_missing(raw: str) -> None:
    with pytest.raises(UnreadableError, match="expected a shape such as"):
        read_answer(raw, IMAGE)
    assert readings("28 because (32-5)/1+1 = 28", PLANE)[-1] == ((28, 28), True)


@pytest.mark.parametrize(
    "raw",
    [
        "T=3, d=4",
        "(T, d) = (3, 4)",
        "T x d = 3 x 4",
        "L x d = 3x4",
        "(time, features) = (3, 4)",
        "length 3, 4 features",
    ],
)
def test_the_order_of_images_says_nothing_of_sequences(raw: str) -> None:
    with pytest.raises(UnreadableError, match=r"which can be read as \(4, 3\) or as \(3, 4\)"):
        read_answer(raw, PLANE)
    assert readings(raw, PLANE_LAST) == [((3, 4), True)]


def test_channels_of_a_sequence_come_first_as_declared() -> None:
    assert readings("C=3, L=4", PLANE) == [((3, 4), True)]
    assert readings("(channels, length) = (3, 4)", PLANE) == [((3, 4), True)]
    assert readings("4 steps x 3 channels", PLANE) == [((3, 4), True), ((4, 3), False)]


def test_a_number_in_front_of_a_vector_may_be_a_batch() -> None:
    assert readings("(32, 784)", VECTOR) == [((32, 784), True), ((784,), False), ((25088,), False)]
    assert ((784,), False) in readings([32, 784], VECTOR)
    for raw in ("32x784", "(50208, 784)", "(784, 1)"):
        assert (784,) not in [value for value, _ in readings(raw, VECTOR)]


SIDES = AnswerSpec("shape", axes=(2,), order="CHW", symbols=("n", "f"))
MAPS = AnswerSpec("shape", axes=(3,), order="CHW", symbols=("c", "h", "w"))


@pytest.mark.parametrize(
    "raw",
    [
        "(n-f+1, n-f+1)",
        "(n-f+1)^2",
        "(n-f+1)²",
        "n-f+1",
        "out = n-f+1",
        "H=n-f+1, W=n-f+1",
        "H = W = n-f+1",
        "(n-f+1)(n-f+1)",
        "(n-f+1) x (n-f+1) = (n-f+1)^2",
        "(n-f+1)^2 = n^2 - 2n(f-1) + (f-1)^2",
    ],
)
def test_a_square_in_symbols(raw: str) -> None:
    assert [size.text.strip("()") for size in sizes_from(raw, SIDES)] == ["n-f+1", "n-f+1"]


@pytest.mark.parametrize("order", ["CHW", "HWC"])
@pytest.mark.parametrize(
    "raw",
    [
        "C=c, H=h/2, W=w/2",
        "W=w/2; H=h/2; C=c",
        "c channels, h/2 x w/2",
        "c feature maps of size h/2 x w/2",
        "h/2 x w/2 with c channels",
        "h/2 x w/2, c filters",
    ],
)
def test_named_sizes_in_symbols(raw: str, order: str) -> None:
    expected = ["c", "h/2", "w/2"] if order == "CHW" else ["h/2", "w/2", "c"]
    assert [size.text for size in sizes_from(raw, replace(MAPS, order=order))] == expected


def test_a_side_with_the_sizes_asked_counts_before_a_product() -> None:
    for raw in ("(c, h/2, w/2) -> c*h*w/4", "[c, h/2, w/2] = c*h/2*w/2", "torch.Size([c, h/2, w/2])"):
        assert [size.text for size in sizes_from(raw, MAPS)] == ["c", "h/2", "w/2"]


def test_too_few_sizes_beside_words_are_asked_about() -> None:
    with pytest.raises(UnreadableError):
        sizes_from("c kanaele, h/2 x w/2", MAPS)
    assert len(sizes_from("(h/2, w/2)", MAPS)) == 2


@pytest.mark.parametrize(
    "raw",
    [
        "3 Zeilen, 4 Spalten",
        "3 lignes et 4 colonnes",
        "3 filas y 4 columnas",
        "3 строки и 4 столбца",
        "3行4列",
        "۳ سطر و ۴ ستون",
        "3x4-Matrix",
        "[3 rows x 4 columns]",
        "3 (rows) x 4 (columns)",
        "4 columns, 3 rows",
        "4 wide, 3 high",
    ],
)
def test_rows_and_columns_in_words(raw: str) -> None:
    assert readings(raw, PLANE) == [((3, 4), True)]


@pytest.mark.parametrize(
    "raw",
    [
        "(*, 64, 7, 7)",
        "(..., 64, 7, 7)",
        "<KerasTensor shape=(None, 64, 7, 7), dtype=float32, sparse=False, name=keras_tensor_1>",
        "KerasTensor(type_spec=TensorSpec(shape=(None, 64, 7, 7), dtype=tf.float32, name=None))",
    ],
)
def test_shapes_as_programs_and_manuals_print_them(raw: str) -> None:
    assert readings(raw, IMAGE) == [((64, 7, 7), True)]


def test_steps_and_features_behind_their_sizes_are_a_sequence() -> None:
    with pytest.raises(UnreadableError, match=r"which can be read as \(4, 3\) or as \(3, 4\)"):
        read_answer("3 (steps) x 4 (features)", PLANE)


def test_sizes_named_by_axes_that_are_symbols_too() -> None:
    spec = replace(MAPS, symbols=("C", "H", "W"), order="CHW")
    assert [size.text for size in sizes_from("C=C, W=W/2, H=H/2", spec)] == ["C", "H/2", "W/2"]
