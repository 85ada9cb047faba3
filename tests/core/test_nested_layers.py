"""Layers inside layers: rows depth first, branches that are joined, repetitions, and bounds on all of them."""

import pytest

import grader.core as core
from grader.core.layers.rows import MOST_NESTED, rows_of


def conv(channels, kernel=1, **options):
    return {"type": "conv2d", "out_channels": channels, "kernel_size": kernel, "bias": False, **options}


def residual(*inside, **options):
    return {"type": "add", "branches": [list(inside), []], **options}


INCEPTION = {
    "type": "concat",
    "name": "mixed",
    "branches": [
        [conv(4, name="one")],
        [conv(6, name="reduce"), conv(8, 3, padding=1, name="three")],
        [{"type": "max_pool2d", "kernel_size": 3, "stride": 1, "padding": 1}],
    ],
}


def test_branches_give_their_rows_and_then_the_joined_one():
    layers = [conv(5, 2, stride=2), INCEPTION, {"type": "global_avg_pool"}]
    assert [row.name for row in rows_of(layers)] == [
        "",
        "mixed.one",
        "mixed.reduce",
        "mixed.three",
        "mixed",
        "mixed",
        "",
    ]
    assert core.output_shapes((3, 14, 10), layers) == [
        (5, 7, 5),
        (4, 7, 5),
        (6, 7, 5),
        (8, 7, 5),
        (5, 7, 5),
        (17, 7, 5),
        (17,),
    ]
    weights = [5 * 3 * 4, 4 * 5, 6 * 5, 8 * 6 * 9, 0, 0, 0]
    assert core.parameter_counts((3, 14, 10), layers) == core.weight_counts((3, 14, 10), layers) == weights
    assert core.bias_counts((3, 14, 10), layers) == [0] * 7
    assert core.macs((3, 14, 10), layers) == [35 * count for count in weights]
    assert core.flops((3, 14, 10), layers) == [70 * count for count in weights]
    assert core.activation_counts((3, 14, 10), layers) == [175, 140, 210, 280, 175, 595, 17]
    assert core.memory((3, 14, 10), layers, bytes=2) == [350, 280, 420, 560, 350, 1190, 34]
    assert core.total(core.memory((3, 14, 10), layers)) == 4 * (175 + 140 + 210 + 280 + 175 + 595 + 17)


def test_one_layer_with_others_inside_counts_them_all():
    assert core.output_shape((5, 7, 9), INCEPTION) == (17, 7, 9)
    assert core.output_shape((7, 9, 5), INCEPTION, order="HWC") == (7, 9, 17)
    assert core.parameter_count((5, 7, 9), INCEPTION) == 4 * 5 + 6 * 5 + 8 * 6 * 9
    assert core.output_shape((5, 7, 9), {**conv(4, 3), "repeat": 2}) == (4, 3, 5)
    assert core.parameter_count((5, 7, 9), {**conv(4, 3), "repeat": 2}) == 4 * 5 * 9 + 4 * 4 * 9


def test_an_empty_branch_is_the_identity():
    block = residual(conv(8, 3, padding=1), {"type": "relu"}, conv(8, 3, padding=1))
    assert core.output_shapes((8, 7, 9), [block, conv(2)]) == [(8, 7, 9)] * 4 + [(2, 7, 9)]
    dense = {"type": "concat", "branches": [[], [conv(4, 3, padding=1)]], "repeat": 3}
    assert [shape[0] for shape in core.output_shapes((8, 7, 9), [dense])] == [4, 12, 4, 16, 4, 20]
    assert core.output_shapes((8, 7, 9), [{"type": "sequential", "layers": []}]) == []
    assert core.output_shape((8, 7, 9), {"type": "sequential", "layers": []}) == (8, 7, 9)


def test_repetitions_are_rows_whose_names_are_numbered():
    block = {"type": "sequential", "name": "stage", "repeat": 2, "layers": [conv(4, name="conv"), {"type": "relu"}]}
    names = ["stage.0.conv", "stage.0", "stage.1.conv", "stage.1"]
    assert [row.name for row in rows_of([block])] == names
    assert [row.name for row in rows_of([conv(4, name="conv", repeat=2)])] == ["conv.0", "conv.1"]
    assert [row.name for row in rows_of([conv(4, repeat=2)])] == ["", ""]
    assert core.parameter_counts((3, 5, 6), [block]) == [12, 0, 16, 0]


def test_a_field_behind_branches_is_the_largest():
    # 3; then 3 + 2*2 = 7 beside 3 + 4*2 = 11; then 11 + 2*2 = 15
    layers = [
        conv(4, 3, stride=2),
        {"type": "add", "branches": [[conv(4, 3)], [conv(4, 5)], []]},
        conv(4, 3),
    ]
    assert core.receptive_fields(layers) == [3, 7, 11, 11, 15]
    tall = {"type": "concat", "branches": [[conv(4, (5, 1))], [conv(4, (1, 3))]]}
    assert core.receptive_fields([tall]) == [(5, 1), (1, 3), (5, 3)]
    assert core.receptive_field([residual(conv(4, 3, stride=2), conv(4, 3)) | {"branches": [[conv(4, 3)], []]}]) == 3


def test_a_larger_branch_is_cropped_where_it_is_asked():
    skip = {"type": "concat", "crop": True, "branches": [[], [conv(4, 3)]]}
    assert core.output_shapes((2, 9, 8), [skip]) == [(4, 7, 6), (6, 7, 6)]


DEEP = [conv(1)]
for _ in range(MOST_NESTED + 1):
    DEEP = [{"type": "sequential", "layers": DEEP}]


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (
            [conv(4), {"type": "add", "name": "block", "branches": [[conv(6)], []]}],
            r"^layer 3 of 3 \(block\): expected branches of one shape, to add them, received \(6, 9, 8\)",
        ),
        (
            [{"type": "concat", "branches": [[conv(6, 3)], []]}],
            r"^layer 2 of 2: expected branches that differ in their channels only, .* \(6, 7, 6\) and \(3, 9, 8\)$",
        ),
        (
            [{"type": "sequential", "name": "stem", "layers": [conv(4, name="wide"), conv(4, 11, name="big")]}],
            r"^layer 2 of 2 \(stem\.big\): expected a kernel that fits into the padded size 9",
        ),
        ([conv(4), conv(4, groups=3)], "^layer 2 of 2: expected groups to divide the 4 input channels"),
        ([{"type": "concat"}], "^expected the option branches in the concat layer, received none$"),
        ([{"type": "concat", "branches": []}], "^expected branches of the concat layer, a list of lists of layers"),
        ([{"type": "add", "branches": [conv(4)]}], "^expected a list of layers, received {'type'"),
        ([{"type": "sequential", "layers": 3}], "^expected a list of layers, received 3$"),
        ([conv(4, repeat=0)], "^expected repeat to be a whole number of at least 1, received 0$"),
        ([conv(4, repeat=2.5)], "^expected repeat to be a whole number of at least 1, received 2.5$"),
        ([conv(4, repeat=10**9)], "^expected at most 10000 layers, repetitions included, received more$"),
        ([{"type": "sequential", "layers": [], "repeat": 10**9}], "^expected at most 10000 layers"),
        (
            [
                {
                    "type": "sequential",
                    "layers": [{"type": "sequential", "layers": [], "repeat": 10**5}],
                    "repeat": 10**5,
                }
            ],
            "^expected at most 10000 layers",
        ),
        ([conv(4, name=3)], "^expected the name of a layer to be a text, received 3$"),
        (DEEP, f"^expected layers nested at most {MOST_NESTED} levels deep, received deeper ones$"),
    ],
)
def test_a_refusal_says_which_layer(layers, said):
    with pytest.raises(ValueError, match=said):
        core.output_shapes((3, 9, 8), layers)


def test_branches_of_different_strides_have_no_common_field():
    with pytest.raises(
        ValueError, match=r"layer 2 of 2: expected branches whose strides have one product, received 2 and 1"
    ):
        core.receptive_fields([residual(conv(4, 3, stride=2))])


def test_totals_are_of_whole_numbers():
    assert core.total([]) == 0
    for rows in (3, [1.5], ["2"]):
        with pytest.raises(ValueError, match="expected"):
            core.total(rows)
