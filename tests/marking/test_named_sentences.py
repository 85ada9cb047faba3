"""What a named cause says of a number, of a shape, of a formula and of a matrix."""

from __future__ import annotations

import pytest

from tests.marking.homework import one

X = "x = [[3, -5], [7, 2]]"
SHAPES = 'x = [3, 128, 128]\nlayer = {type = "conv2d", out_channels = 64, kernel_size = 5, stride = 2}'
ALL_SIGNS = "The magnitudes are right, the signs are not."
ONE_SIGN = "Everything is right except the sign."


@pytest.mark.parametrize(
    ("key", "answer", "given", "said"),
    [
        ("x[0, 1]*8.5", '"42.5"', X, ONE_SIGN),
        ("x*8.5", "[[-25.5, 42.5], [-59.5, -17]]", X, ALL_SIGNS),
    ],
)
def test_a_sign(key: str, answer: str, given: str, said: str) -> None:
    report = one(key, answer, given=given)
    assert [(each.id, str(each.message)) for each in report.diagnoses] == [("sign", said)]


@pytest.mark.parametrize(
    ("key", "answer", "given", "begins"),
    [
        ("conv2d_parameter_count(3, 64, 5)", "4800", "", "Your number equals what you get if "),
        ("output_shape(x, layer)", '"(3, 62, 62)"', SHAPES, "Your answer equals what you get if "),
    ],
)
def test_what_the_answer_is_called(key: str, answer: str, given: str, begins: str) -> None:
    report = one(key, answer, given=given)
    assert str(report.diagnoses[0].message).startswith(begins), report.diagnoses
