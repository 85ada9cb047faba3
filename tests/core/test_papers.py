"""The worked numbers of five real homework papers, each computed by hand or by another program."""

from fractions import Fraction as Q

import numpy as np
import pytest

import grader.core as core

X = [[2, 3, 4], [3, 1, 5], [4, -1, -2]]
F = [[0, 3], [1, -2]]


def test_papers_000_and_001_convolution_global_average_and_their_gradients():
    out = core.conv2d(X, F)
    assert out.tolist() == [[10, 3], [9, 18]]
    assert core.global_avg_pool(out) == 10
    grad = core.global_avg_pool_grad_input(1, out)
    assert core.conv2d_grad_weight(grad, X, F).tolist() == [[9 / 4, 13 / 4], [7 / 4, 3 / 4]]
    assert core.conv2d_grad_input(grad, X, F).tolist() == [[0, 0.75, 0.75], [0.25, 0.5, 0.25], [0.25, -0.25, -0.5]]
    assert core.conv2d_grad_bias(grad, X, F).tolist() == [1]


def test_paper_000_laplacian():
    line = np.zeros((5, 5))
    line[:, 2] = 10
    laplacian = [[1, 1, 1], [1, -8, 1], [1, 1, 1]]
    rows = [[0, 20, -70, 20, 0], *[[0, 30, -60, 30, 0]] * 3, [0, 20, -70, 20, 0]]
    assert core.convolve2d(line, laplacian, padding=1).tolist() == rows
    assert core.convolve2d(line, laplacian, padding="same").tolist() == rows
    assert core.conv2d(line, laplacian, padding=1, padding_mode="replicate")[0].tolist() == rows[1]


def test_paper_000_layer_sizes():
    layers = [
        {"type": "conv2d", "out_channels": 32, "kernel_size": 3, "stride": 2, "padding": 1},
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "flatten"},
        {"type": "linear", "out_features": 32},
        {"type": "linear", "out_features": 5},
    ]
    shapes = core.output_shapes((28, 28, 1), layers, order="HWC")
    assert shapes == [(14, 14, 32), (7, 7, 32), (1568,), (32,), (5,)]
    assert core.parameter_counts((28, 28, 1), layers, order="HWC") == [320, 0, 0, 50208, 165]


def test_paper_002_one_dimensional_gradient():
    assert core.conv1d_grad_weight([1, 2, -1], [2, -1, 3, 1], [2, 3]).tolist() == [-3, 4]


def test_paper_002_chain_of_two_convolutions_a_pool_and_a_dense_layer():
    x = [
        [1, 0, 2, 1, 0, 1],
        [0, 1, 1, 0, 2, 0],
        [2, 1, 0, 1, 1, 1],
        [1, 0, 1, 2, 0, 1],
        [0, 2, 1, 0, 1, 0],
        [1, 1, 0, 1, 0, 2],
    ]
    w1 = [[[[1, 0, 0], [0, 1, 0], [0, 0, 1]]], [[[0, 1, 0], [1, -1, 1], [0, 1, 0]]]]
    w2 = [[[[1, 2], [0, -1]], [[0, 1], [1, 0]]]]
    margins = ((1, 0), (0, 1))
    p1 = core.conv2d([x], w1)
    assert p1.tolist() == [
        [[2, 2, 3, 4], [2, 3, 2, 2], [3, 2, 3, 1], [3, 2, 1, 5]],
        [[1, 2, 5, -1], [2, 4, 2, 3], [5, 2, 0, 5], [0, 2, 5, -1]],
    ]
    p2 = core.conv2d(p1, w2, padding=margins)
    assert p2.tolist() == [[[-1, -1, 1, -1], [7, 15, 10, 7], [15, 8, 8, 7], [7, 9, 10, 0]]]
    p3 = core.avg_pool2d(p2, 2)
    assert p3.tolist() == [[[5, 17 / 4], [39 / 4, 25 / 4]]]
    fc = [[1, -2, 3, 4]]
    assert core.linear(p3.ravel(), fc, [5]) == [223 / 4]
    df = core.linear_grad_input([1], p3.ravel(), fc, [5]).reshape(p3.shape)
    dp2 = core.avg_pool2d_grad_input(df, p2, 2)
    quarter = [[1, 1, -2, -2], [1, 1, -2, -2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert (4 * dp2).tolist() == [quarter]
    dw2 = core.conv2d_grad_weight(dp2, p1, w2, padding=margins)
    assert dw2.tolist() == [[[[13, 39 / 4], [57 / 4, 23 / 2]], [[37 / 2, 65 / 4], [27 / 2, 13]]]]
    dp1 = core.conv2d_grad_input(dp2, p1, w2, padding=margins)
    assert (4 * dp1).tolist() == [
        [[1, 2, -1, -4], [3, 8, 9, 14], [3, 6, 7, 8], [0, -3, -3, -4]],
        [[1, 2, -1, -4], [1, 4, 1, 2], [3, 6, 7, 8], [3, 3, 4, 4]],
    ]
    dw1 = core.conv2d_grad_weight(dp1, [x], w1)
    assert (4 * dw1).tolist() == [
        [[[21, 51, 32], [46, 34, 50], [52, 39, 29]]],
        [[[35, 41, 37], [45, 32, 36], [35, 29, 29]]],
    ]


def test_paper_002_counts():
    assert core.densenet_channels(32, 24, 3) == 104
    assert core.conv2d_parameter_count(64, 128, 3) == 73_856
    branches = [(64, 192, 1), (96, 192, 1), (128, 96, 3), (16, 192, 1), (32, 16, 5), (32, 192, 1)]
    costs = [core.conv2d_macs((o, 28, 28), c, k) for o, c, k in branches]
    assert costs == [9_633_792, 14_450_688, 86_704_128, 2_408_448, 10_035_200, 4_816_896]
    direct = core.conv2d_macs((32, 28, 28), 192, 5)
    assert direct == 120_422_400
    assert Q(100 * (direct - costs[3] - costs[4]), direct) == Q(269, 3)
    assert core.he_std(3 * 8 * 8) == pytest.approx(0.10206207261596575)


@pytest.mark.parametrize(("w", "d", "fields"), [(4, 3, [5, 14, 30]), (3, 2, [2, 6, 15]), (5, 4, [10, 26, 51])])
def test_paper_002_receptive_fields_of_growing_kernels(w, d, fields):
    layers = [{"type": "conv2d", "kernel_size": w + i, "dilation": d + i} for i in (-1, 0, 1)]
    received = core.receptive_fields(layers)
    assert received == [w * d - w - 2 * d + 3, 2 * w * d - w - 3 * d + 3, 3 * (w * d - d + 1)]
    assert received == fields


def test_paper_003_eleven_layers():
    layers = [
        {"type": "conv2d", "out_channels": 32, "kernel_size": 7, "stride": 2, "padding": 3},
        {"type": "conv2d", "out_channels": 64, "kernel_size": 5, "stride": 2},
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "conv2d", "out_channels": 128, "kernel_size": 3, "dilation": 2},
        {"type": "conv2d", "out_channels": 128, "kernel_size": 3},
        {"type": "avg_pool2d", "kernel_size": 2},
        {"type": "conv2d", "out_channels": 256, "kernel_size": 3},
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "flatten"},
        {"type": "linear", "out_features": 1024},
        {"type": "dropout", "p": 0.5},
        {"type": "linear", "out_features": 10},
    ]
    shapes = core.output_shapes((256, 256, 3), layers, order="HWC")
    assert [shape[0] for shape in shapes] == [128, 62, 31, 27, 25, 12, 10, 5, 6400, 1024, 1024, 10]
    counts = [4736, 51264, 0, 73856, 147584, 0, 295168, 0, 0, 6554624, 0, 10250]
    assert core.parameter_counts((256, 256, 3), layers, order="HWC") == counts
    assert sum(counts) == 7_137_482
    assert core.receptive_fields(layers[:8]) == [7, 15, 19, 51, 67, 75, 107, 123]


def test_paper_003_global_maximum():
    x, f, bias = [[2, 1, 0], [-1, 5, 1], [3, 0, 2]], [[-1, 1], [1, 2]], [1]
    z = core.conv2d(x, f, bias)
    assert z.tolist() == [[9, 7], [10, 1]]
    grad = core.global_max_pool_grad_input(1, z)
    assert core.conv2d_grad_weight(grad, x, f, bias).tolist() == [[-1, 5], [3, 0]]
    assert core.conv2d_grad_bias(grad, x, f, bias).tolist() == [1]
    assert core.conv2d_grad_input(grad, x, f, bias).tolist() == [[0, 0, 0], [-1, 1, 0], [1, 2, 0]]


def test_paper_003_momentum():
    theta, velocity = np.array([1.0, -1, -1, 1]), np.zeros(4)
    outputs = []
    for (x1, x2), target in (((1, -1), 10), ((2, 0), 13)):
        features = np.array([x1**2, x2**2, x1 * x2, 1.0])
        outputs.append(features @ theta)
        gradient = -2 * (target - features @ theta) * features
        theta, velocity = core.sgd_momentum(theta, gradient, velocity, lr=0.1, momentum=0.9)
    assert outputs == [2, 13]
    np.testing.assert_allclose(theta, [4.04, 2.04, -4.04, 4.04])
    np.testing.assert_allclose(velocity, [-1.44, -1.44, 1.44, -1.44])


def test_paper_004_layer_table_and_gradients():
    layers = [
        {"type": "conv2d", "out_channels": 64, "kernel_size": 5, "stride": 2},
        {"type": "conv2d", "out_channels": 64, "kernel_size": 3, "stride": 2},
        {"type": "max_pool2d", "kernel_size": 3},
    ]
    assert core.output_shapes((128, 128, 3), layers, order="HWC") == [(62, 62, 64), (30, 30, 64), (10, 10, 64)]
    assert core.parameter_counts((128, 128, 3), layers, order="HWC") == [4864, 36928, 0]
    x, f = [[3, 4, 5], [2, 1, -3], [4, -2, 0]], [[2, 0], [-3, 1]]
    out = core.conv2d(x, f)
    assert out.tolist() == [[1, 2], [-10, 8]]
    assert core.global_avg_pool(out) == 0.25
    grad = core.global_avg_pool_grad_input(1, out)
    assert core.conv2d_grad_weight(grad, x, f).tolist() == [[5 / 2, 7 / 4], [5 / 4, -1]]
    assert core.conv2d_grad_input(grad, x, f).tolist() == [[0.5, 0.5, 0], [-0.25, 0, 0.25], [-0.75, -0.5, 0.25]]
