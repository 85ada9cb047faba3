"""Sizes, counts, multiplications and receptive fields against counting by hand."""

from fractions import Fraction

import numpy as np
import pytest

import grader.core as core
from grader.core.layers.receptive import layer_jump, next_receptive_field
from tests.core import naive

CONV = {"type": "conv2d", "out_channels": 6, "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 2), "groups": 2}


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("margin", [(0, 0), (1, 1), (2, 1)])
def test_output_sizes_are_counted_windows(ceil, margin):
    for size in range(4, 12):
        for kernel, stride, dilation in [(2, 3, 1), (3, 2, 1), (2, 2, 2), (3, 1, 2), (1, 4, 3)]:
            starts = naive.window_starts(size, kernel, stride, margin, dilation, ceil)
            if size + sum(margin) < dilation * (kernel - 1) + 1:
                continue
            assert core.conv_output_size(size, kernel, stride, margin, dilation, ceil) == len(starts)


def test_sizes_agree_with_the_shapes_of_arrays():
    for size, kernel, stride, padding, dilation in [
        (7, 3, 2, 1, 1),
        (9, 2, 3, 0, 4),
        (8, 5, 1, "same", 1),
        (9, 2, 4, "same", 3),
    ]:
        out = core.conv1d(np.ones(size), np.ones(kernel), None, stride, padding, dilation)
        assert core.conv_output_size(size, kernel, stride, padding, dilation) == len(out)
    out = core.conv_transpose2d(np.ones((4, 5)), np.ones((3, 2)), None, (3, 2), (1, 0), (2, 1), 1, (1, 3))
    assert core.conv_transpose_output_size(4, 3, 3, 1, 2) == out.shape[0]
    assert core.conv_transpose_output_size(5, 2, 2, 0, 1, 3) == out.shape[1]


def test_counts_are_exact_integers_of_any_size():
    huge = 10**30 + 1
    assert core.conv_output_size(huge, 3, 2) == 5 * 10**29
    assert core.linear_parameter_count(huge, 3) == 3 * (huge + 1)
    assert type(core.conv2d_macs(np.array([32, 28, 28]), np.int64(192), 5)) is int
    assert core.conv2d_macs((32, 28, 28), 192, 5) == core.conv2d_macs((28, 28, 32), 192, 5, order="HWC") == 120_422_400


def test_a_convolution_layer_counts_what_its_arrays_hold():
    weight, bias = np.ones((6, 4 // 2, 3, 2)), np.ones(6)
    out = core.conv2d(np.ones((4, 9, 7)), weight, bias, (2, 1), (1, 2), 1, 2)
    assert core.output_shape((4, 9, 7), CONV) == out.shape
    assert core.output_shape((9, 7, 4), CONV, order="HWC") == (*out.shape[1:], out.shape[0])
    assert core.parameter_count((4, 9, 7), CONV) == weight.size + bias.size
    assert core.parameter_count((4, 9, 7), {**CONV, "bias": False}) == weight.size
    assert core.conv2d_parameter_count(4, 6, (3, 2), groups=2) == weight.size + bias.size
    assert core.macs((4, 9, 7), [CONV]) == [out.size * 2 * 3 * 2] == [core.conv2d_macs(out.shape, 4, (3, 2), 2)]


def test_a_transposed_convolution_counts_one_stamp_per_input_cell():
    layer = {
        "type": "conv_transpose2d",
        "out_channels": 6,
        "kernel_size": (3, 2),
        "stride": 2,
        "output_padding": (0, 1),
        "groups": 2,
    }
    weight = np.ones((4, 3, 3, 2))
    out = core.conv_transpose2d(np.ones((4, 5, 7)), weight, None, 2, 0, (0, 1), 2)
    assert core.output_shape((4, 5, 7), layer) == out.shape
    assert core.parameter_count((4, 5, 7), layer) == weight.size + 6
    assert core.macs((4, 5, 7), [layer]) == [4 * 5 * 7 * 3 * 3 * 2]


@pytest.mark.parametrize(
    ("layer", "shape", "out", "parameters"),
    [
        ({"type": "conv1d", "out_channels": 5, "kernel_size": 3, "padding": "same", "stride": 2}, (4, 9), (5, 5), 65),
        ({"type": "max_pool2d", "kernel_size": 3}, (4, 7, 9), (4, 2, 3), 0),
        ({"type": "max_pool2d", "kernel_size": 3, "ceil_mode": True}, (4, 7, 9), (4, 3, 3), 0),
        ({"type": "max_pool2d", "kernel_size": 2, "stride": 1, "padding": "same"}, (4, 7, 9), (4, 7, 9), 0),
        ({"type": "avg_pool2d", "kernel_size": (2, 3), "stride": 2, "padding": (1, 0)}, (4, 7, 9), (4, 4, 4), 0),
        ({"type": "adaptive_avg_pool2d", "output_size": (2, None)}, (4, 7, 9), (4, 2, 9), 0),
        ({"type": "global_avg_pool"}, (4, 7, 9), (4,), 0),
        ({"type": "global_max_pool", "name": "head"}, (4, 7, 9), (4,), 0),
        ({"type": "flatten"}, (4, 7, 9), (252,), 0),
        ({"type": "flatten", "start_dim": 2}, (4, 7, 9), (4, 63), 0),
        ({"type": "linear", "out_features": 5}, (252,), (5,), 1265),
        ({"type": "linear", "out_features": 5, "bias": False, "in_features": 252}, 252, (5,), 1260),
        ({"type": "dropout", "p": 0.2}, (252,), (252,), 0),
        ({"type": "relu"}, (4, 7, 9), (4, 7, 9), 0),
        ({"type": "prelu", "num_parameters": 4}, (4, 7, 9), (4, 7, 9), 4),
        ({"type": "batch_norm"}, (4, 7, 9), (4, 7, 9), 8),
        ({"type": "batch_norm2d", "num_features": 4, "affine": False}, (4, 7, 9), (4, 7, 9), 0),
        ({"type": "layer_norm"}, (4, 7, 9), (4, 7, 9), 504),
        ({"type": "layer_norm", "normalized_shape": (7, 9), "bias": False}, (4, 7, 9), (4, 7, 9), 63),
        ({"type": "group_norm", "num_groups": 2}, (4, 7, 9), (4, 7, 9), 8),
        ({"type": "instance_norm"}, (4, 7, 9), (4, 7, 9), 0),
        ({"type": "instance_norm", "affine": True}, (4, 7, 9), (4, 7, 9), 8),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_every_type_has_its_shape_and_its_parameters(layer, shape, out, parameters):
    assert core.output_shape(shape, layer) == out
    assert core.parameter_count(shape, layer) == parameters
    if isinstance(shape, tuple):
        written = (*shape[1:], shape[0])
        assert core.parameter_count(written, layer, order="HWC") == parameters
        assert core.output_shape(written, layer, order="HWC") == (*out[1:], out[0])


def test_stacks_have_one_entry_per_layer():
    layers = [
        CONV,
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "flatten"},
        {"type": "linear", "out_features": 5},
    ]
    shapes = core.output_shapes((4, 9, 8), layers)
    assert shapes == [(6, 5, 11), (6, 2, 5), (60,), (5,)]
    assert core.parameter_counts((4, 9, 8), layers) == [78, 0, 0, 305]
    assert core.macs((4, 9, 8), layers) == [6 * 5 * 11 * 12, 0, 0, 300]
    assert core.output_shapes((4, 9, 8), []) == core.macs((4, 9, 8), []) == []


def test_a_receptive_field_is_the_footprint_of_one_output_cell():
    layers = [
        {"type": "conv2d", "kernel_size": (3, 2), "stride": (2, 1)},
        {"type": "relu"},
        {"type": "avg_pool2d", "kernel_size": 2},
        {"type": "conv2d", "kernel_size": (2, 3), "dilation": (2, 1)},
    ]
    x = np.zeros((31, 29))
    first = core.conv2d(x, np.ones((3, 2)), stride=(2, 1))
    second = core.avg_pool2d(first, 2)
    g = np.zeros(core.conv2d(second, np.ones((2, 3)), dilation=(2, 1)).shape)
    g[2, 4] = 1
    back = core.conv2d_grad_input(g, second, np.ones((2, 3)), dilation=(2, 1))
    back = core.conv2d_grad_input(core.avg_pool2d_grad_input(back, first, 2), x, np.ones((3, 2)), stride=(2, 1))
    footprint = tuple(int(np.ptp(np.flatnonzero(back.any(axis=axis))) + 1) for axis in (1, 0))
    assert core.receptive_field(layers) == footprint
    assert core.receptive_fields(layers)[:3] == [(3, 2), (3, 2), (5, 3)]
    assert core.receptive_fields([]) == []
    assert core.receptive_field([]) == 1


def test_the_steps_of_a_scan_compose_to_the_fields():
    layers = [
        {"type": "conv2d", "kernel_size": 7, "stride": 2},
        {"type": "conv2d", "kernel_size": 5, "stride": 2},
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "conv2d", "kernel_size": 3, "dilation": 2},
    ]
    field, jump, fields = 1, 1, []
    for layer in layers:
        field, jump = next_receptive_field(field, layer, jump), jump * layer_jump(layer)
        fields.append(field)
    assert fields == core.receptive_fields(layers) == [7, 15, 19, 51]


def test_initial_spreads():
    draw = np.random.default_rng(0)
    assert core.he_std(192) == pytest.approx((2 / 192) ** 0.5)
    assert core.xavier_std(30, 20) == pytest.approx((2 / 50) ** 0.5)
    activations = np.maximum(draw.normal(size=(4000, 192)) @ draw.normal(scale=core.he_std(192), size=(192, 90)), 0)
    assert np.mean(activations**2) == pytest.approx(1, rel=0.05)


def test_a_size_that_was_not_rounded_is_computed_with_exactly():
    """13.5 * 13.5 * 32 = 5832; a window that is moved over 13.5 cells fits as often as over 13."""
    half = Fraction(27, 2)
    assert core.output_shape((32, half, half), {"type": "flatten"}) == (5832,)
    assert core.output_shape((32, half, half), {"type": "conv2d", "out_channels": 4, "kernel_size": 3}) == (4, 11, 11)
    assert core.output_shape((32, half, half), {"type": "relu"}) == (32, half, half)
    assert core.conv_output_size(half, 3, 2, 1) == 7
    assert core.conv2d_macs((32, half, half), 1, 3) == 5832 * 9
    with pytest.raises(ValueError, match=r"whole number of at least 1, received 13\.5"):
        core.output_shape((32, 13.5, 13.5), {"type": "flatten"})
    with pytest.raises(ValueError, match="whole number of at least 1"):
        core.conv_output_size(Fraction(1, 2), 1)
