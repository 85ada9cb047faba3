"""Lists of shapes in which every row lacks the same axis: one mistake, though each is computed from the right one."""

from __future__ import annotations

import pytest

from tests.marking.homework import assignment, parts

VIDEO = """
[questions.given]
layers = [
    {type = "conv3d", out_channels = 64, kernel_size = 3, padding = 1},
    {type = "max_pool3d", kernel_size = [1, 2, 2]},
    {type = "conv3d", out_channels = 128, kernel_size = 3, stride = [2, 1, 1], padding = 1},
]
[questions.compute]
shapes = "output_shapes((3, 16, 112, 110), layers)"
[questions.parts]
shapes = 3
"""
SIGNAL = """
[questions.given]
layers = [
    {type = "conv1d", out_channels = 32, kernel_size = 8, stride = 4},
    {type = "conv1d", out_channels = 16, kernel_size = 4, stride = 2},
    {type = "max_pool1d", kernel_size = 3, stride = 2},
]
[questions.compute]
shapes = "output_shapes((40, 400), layers)"
[questions.parts]
shapes = 3
"""


@pytest.mark.parametrize(
    ("homework", "answer", "named"),
    [
        (VIDEO, ["64x112x110", "64x56x55", "128x56x55"], "shape-depth-dropped"),
        (VIDEO, ["16x112x110", "16x56x55", "8x56x55"], "shape-no-channels"),
        (VIDEO, ["16x112x110x64", "16x56x55x64", "8x56x55x128"], None),
        (SIGNAL, ["99", "48", "23"], "shape-no-channels"),
    ],
)
def test_one_axis_lacks_in_every_row(homework: str, answer: list[str], named: str | None) -> None:
    part = parts(assignment(homework), f"shapes = {answer}")["shapes"]
    assert part.verdict == "wrong"
    assert named is None or named in [each.id for each in part.diagnoses]
