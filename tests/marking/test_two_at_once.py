"""Two mistakes in one answer, or one and a slip, in the forms in which students write them; values by hand or SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import convolve2d

from tests.marking.homework import one

LINEAR = "x = [1.37, -0.59, 0.83]\nw = [[0.7, 1.9, -0.3], [1.1, -2.3, 0.9]]\nb = [0.35, -1.05]"
NO_BIAS = (1.37 * 0.7 - 0.59 * 1.9 - 0.83 * 0.3, 1.37 * 1.1 + 0.59 * 2.3 + 0.83 * 0.9)
IMAGE = [[1.37, -0.59, 0.83], [2.11, 0.47, -1.93], [0.29, 1.71, -0.67]]
KERNEL = [[0.7, 1.9], [-0.3, 1.1]]
STACK = """\
x = [3, 20, 20]
layers = [
  {type = "conv2d", out_channels = 16, kernel_size = 5},
  {type = "max_pool2d", kernel_size = 2},
  {type = "flatten"},
]"""
FIELDS = """\
layers = [
  {type = "conv2d", out_channels = 6, kernel_size = 5, stride = 2},
  {type = "max_pool2d", kernel_size = 3, stride = 2},
  {type = "conv2d", out_channels = 6, kernel_size = 3},
  {type = "conv2d", out_channels = 6, kernel_size = 3, stride = 2},
  {type = "conv2d", out_channels = 6, kernel_size = 3},
]"""


def named(key: str, answer: object, given: str = "") -> set[str]:
    return {diagnosis.id for diagnosis in one(key, str(answer), given=given).diagnoses}


@pytest.mark.parametrize(("by", "slip"), [((2, 2), "factor"), ((0.5, 0.5), "factor"), ((1, -1), "one-sign")])
def test_two_numbers_and_their_digits(by: tuple[float, float], slip: str) -> None:
    written = [round(value * factor, 4) for value, factor in zip(NO_BIAS, by, strict=True)]
    assert named("linear(x, w, b)", written, LINEAR) == {"linear-no-bias", slip}


def test_two_small_whole_numbers_tell_nothing() -> None:
    assert named("linear(x, w, b)", [3, -2], LINEAR.replace("1.37, -0.59, 0.83", "1, 0, 1")) == set()


def test_rounded_to_two_digits_after_the_mistake() -> None:
    flipped = convolve2d(IMAGE, KERNEL, mode="valid")
    given = f"X = {IMAGE}\nK = {KERNEL}"
    assert named("conv2d(X, K)", np.round(flipped, 1).tolist(), given) == {"conv-flip", "rounded-early"}


@pytest.mark.parametrize(
    ("answer", "causes"),
    [
        (3 * 7 * 7, {"shape-depth-cin", "shape-no-plus1"}),  # depth 3 for 16; (20 - 5) // 1 = 15, halved 7
        (3 * 16 * 7 * 7, {"shape-depth-cin-cout", "shape-no-plus1"}),
        (3 * 4 * 49, set()),
    ],
)
def test_a_shape_of_one_size_is_weighed_as_a_number(answer: int, causes: set[str]) -> None:
    assert named("output_shapes(x, layers)[2]", [answer], STACK) == causes


def test_mistakes_in_two_rows_of_a_list() -> None:
    # right: 5, 9, 17, 25, 41; the second squared, then +8, then the stride of the layer before alone, then +16
    assert named("receptive_fields(layers)", [5, 81, 89, 91, 107], FIELDS) == {"rf-area-for-side", "rf-jump-prev-only"}


@pytest.mark.parametrize("answer", ["'110/3'", "36.67", "36.6667", "'36.7'"])
def test_a_size_that_was_not_rounded_down_is_named_as_it_is_written(answer: str) -> None:
    """(112 + 2 - 7)/3 + 1; with a padding of 2 it would be 112/3, size over stride."""
    assert named("conv_output_size(112, 7, stride=3, padding=1)", answer) == {"shape-no-round"}


@pytest.mark.parametrize("answer", ["'20 x 8 x 34/3'", "'20 x 8 x 11.33'", "[20, 8, 11.333]"])
def test_so_it_is_in_a_shape(answer: str) -> None:
    given = 'x = [20, 24, 34]\nlayer = {type = "conv2d", out_channels = 20, kernel_size = 3, stride = 3}'
    assert named("output_shape(x, layer)", answer, given) == {"shape-no-round"}


def test_what_is_no_count_is_still_not_right() -> None:
    assert one("conv_output_size(112, 7, stride=3, padding=2)", "37.0001").verdict == "wrong"
    assert one("conv_output_size(112, 7, stride=3, padding=2)", "'37.0'").verdict == "correct"


def test_a_slip_after_a_mistake_is_told_from_what_the_mistake_gives() -> None:
    written = [round(NO_BIAS[0], 4), -round(NO_BIAS[1], 4)]
    said = [str(each.message) for each in one("linear(x, w, b)", str(written), given=LINEAR).diagnoses]
    assert said[1] == "Compared with what that mistake gives: Only the sign of entry (1) is not right."


FIELD = """\
layers = [
  {type = "conv2d", out_channels = 6, kernel_size = 5, stride = 2},
  {type = "max_pool2d", kernel_size = 3},
]"""
# one field of 5, then (3 - 1) * 2 = 4 more


@pytest.mark.parametrize("answer", ["'9x9'", "'9 × 9'", "'۹ × ۹'", "'RF = 9x9'", "'9×9 pixels'", "'9 (9x9)'"])
def test_a_size_where_its_side_is_asked_is_that_side(answer: str) -> None:
    assert one("receptive_field(layers)", answer, given=FIELD).verdict == "correct"


def test_a_product_where_its_factor_is_asked_has_two_readings() -> None:
    part = one("receptive_field(layers)", "'9*9'", given=FIELD)
    assert (part.verdict, part.diagnoses) == ("unreadable", ())
    assert "which can be read as 81 or as 9" in str(part.message[0])


def test_sizes_in_a_list_are_sides() -> None:
    assert one("receptive_fields(layers)", "['5x5', 9]", given=FIELD).verdict == "correct"
    assert one("receptive_fields(layers)", "['5x5', 8]", given=FIELD).verdict == "partial"


@pytest.mark.parametrize(("answer", "verdict"), [("81", "wrong"), ("'9 x 9 = 81'", "wrong"), ("'8 x 8'", "wrong")])
def test_an_area_is_still_an_area(answer: str, verdict: str) -> None:
    assert one("receptive_field(layers)", answer, given=FIELD).verdict == verdict
    assert one("receptive_field(layers)**2", "'9 x 9'", given=FIELD).verdict == "correct"


def test_two_entries_of_two_exchanged_after_a_mistake() -> None:
    written = [round(value, 4) for value in reversed(NO_BIAS)]
    assert named("linear(x, w, b)", written, LINEAR) == {"linear-no-bias", "exchanged"}


def test_two_sizes_exchanged_after_a_mistake() -> None:
    given = 'x = [3, 90, 120]\nlayer = {type = "conv2d", out_channels = 64, kernel_size = 5, stride = 3}'
    # (90 - 5) // 3 + 1 = 29 and 39; without the + 1 they are 28 and 38
    assert named("output_shape(x, layer)", "[64, 38, 28]", given) == {"shape-no-plus1", "exchanged"}
    assert named("output_shape(x, layer)", "[64, 39, 29]", given) == {"exchanged"}
    assert named("output_shape(x, layer)", "[64, 37, 26]", given) == set()
