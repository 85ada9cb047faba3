"""What the core refuses, each with its exact sentence."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import grader.core as core

X, W = np.ones((3, 4)), np.ones((2, 3))
CHANNELS, KERNELS = np.ones((3, 5, 6)), np.ones((4, 3, 2, 3))
FORMS = "a number, a pair, ((top, bottom), (left, right)), 'valid' or 'same'"

REFUSALS = [
    (lambda: core.conv2d(X, W, padding="sane"), f"expected padding to be {FORMS}, received 'sane'"),
    (lambda: core.conv2d(X, W, padding="SAME"), f"expected padding to be {FORMS}, received 'SAME'"),
    (lambda: core.conv2d(X, W, padding=(1, 2, 3)), f"expected padding to be {FORMS}, received (1, 2, 3)"),
    (lambda: core.conv2d(X, W, padding=-1), "expected padding to be a whole number of at least 0, received -1"),
    (
        lambda: core.conv2d(X, W, padding_mode="mirror"),
        "expected padding_mode to be one of zeros, reflect, replicate, circular, received 'mirror'",
    ),
    (
        lambda: core.conv2d(X, W, padding=3, padding_mode="reflect"),
        "expected reflect padding of at most 2 on an axis of 3 cells, received 3",
    ),
    (lambda: core.conv2d(X, W, stride=0), "expected stride to be a whole number of at least 1, received 0"),
    (lambda: core.conv2d(X, W, stride=1.5), "expected stride to be a whole number of at least 1, received 1.5"),
    (lambda: core.conv2d(X, W, stride=True), "expected stride to be a whole number of at least 1, received True"),
    (lambda: core.conv2d(X, W, dilation=(1, 0)), "expected dilation to be a whole number of at least 1, received 0"),
    (
        lambda: core.conv2d(X, W, stride=(1, 2, 3)),
        "expected stride to be a whole number or a pair of them, received 3 entries",
    ),
    (
        lambda: core.conv2d(X, np.ones((4, 3))),
        "expected a kernel that fits into the padded image of 3x4 cells, received one that covers 4x3",
    ),
    (
        lambda: core.conv2d(CHANNELS, np.ones((4, 2, 2, 3))),
        "expected an input of 2 channels for weight (4, 2, 2, 3) and groups=1, received 3 channels in input (3, 5, 6)",
    ),
    (
        lambda: core.conv2d(CHANNELS, W),
        "expected an input of 1 channels for weight (2, 3) and groups=1, received 3 channels in input (3, 5, 6)",
    ),
    (
        lambda: core.conv2d(CHANNELS, KERNELS, groups=2),
        "expected groups to divide the 3 input channels, received groups=2",
    ),
    (
        lambda: core.conv2d(np.ones(4), W),
        "expected input of shape (H, W), (C, H, W) or (N, C, H, W), received shape (4,)",
    ),
    (
        lambda: core.conv2d(X, np.ones((3, 2, 3))),
        "expected weight of shape (kh, kw) or (O, C/groups, kh, kw), received shape (3, 2, 3)",
    ),
    (
        lambda: core.conv2d(CHANNELS, KERNELS, [1, 2, 3]),
        "expected bias with one number per channel, shape (4,), received shape (3,)",
    ),
    (
        lambda: core.conv2d_grad_input(np.ones((2, 3)), X, W),
        "expected grad_output of shape (2, 2), received shape (2, 3)",
    ),
    (lambda: core.conv2d_grad_weight(1, X, W), "expected grad_output of shape (2, 2), received shape ()"),
    (
        lambda: core.conv2d([[1, 2], [3]], W),
        "expected input with rows of equal length, received rows of unequal length",
    ),
    (
        lambda: core.conv2d(np.ones((0, 4)), W),
        "expected input with at least one number, received an empty array of shape (0, 4)",
    ),
    (lambda: core.relu(["1", "2"]), "expected input of real numbers, received text"),
    (lambda: core.relu([True, False]), "expected input of real numbers, received booleans"),
    (lambda: core.relu(None), "expected input of real numbers, received objects that are no numbers"),
    (lambda: core.relu([1j]), "expected input of real numbers, received complex numbers"),
    (
        lambda: core.conv_transpose2d(X, W, output_padding=1),
        "expected output_padding below stride 1 or dilation 1, received 1",
    ),
    (
        lambda: core.conv_transpose2d(X, W, padding="same"),
        "expected padding to be a number, a pair or ((top, bottom), (left, right)), received 'same'",
    ),
    (
        lambda: core.conv_transpose2d(X, W, padding=2),
        "expected an output of at least one cell, received padding that leaves 0x2",
    ),
    (
        lambda: core.max_pool2d(X, 4),
        "expected a kernel that fits into the padded size 3, received one that covers 4",
    ),
    (lambda: core.max_pool2d(X, 2, ceil_mode=1), "expected ceil_mode to be True or False, received 1"),
    (
        lambda: core.avg_pool2d(X, 2, divisor_override=0),
        "expected divisor_override to be a whole number of at least 1, received 0",
    ),
    (lambda: core.global_avg_pool_grad_input([1], X), "expected grad_output of shape (), received shape (1,)"),
    (
        lambda: core.linear([1, 2, 3], W[:, :2]),
        "expected an input of 2 features for weight (2, 2), received 3 features in input (3,)",
    ),
    (lambda: core.softmax(X, 2), "expected dim between -2 and 1 for input (3, 4), received 2"),
    (lambda: core.elu(X, np.nan), "expected alpha to be a finite number, received nan"),
    (
        lambda: core.batch_norm(X, None, None),
        "expected running_mean and running_var where training is False, received None",
    ),
    (
        lambda: core.batch_norm([[1, 2]], None, None, training=True),
        "expected more than one value per channel for statistics, received input (1, 2)",
    ),
    (
        lambda: core.batch_norm(X, None, None, [1, 2], training=True),
        "expected weight of shape (4,), received shape (2,)",
    ),
    (
        lambda: core.layer_norm(X, (3,)),
        "expected input whose last axes are normalized_shape (3,), received shape (3, 4)",
    ),
    (lambda: core.group_norm(X, 3), "expected num_groups to divide the 4 channels, received 3"),
    (lambda: core.mse_loss([1, 2], [1]), "expected target of shape (2,), received shape (1,)"),
    (
        lambda: core.mse_loss([1], [1], "avg"),
        "expected reduction to be one of mean, sum, none, received 'avg'",
    ),
    (lambda: core.cross_entropy(X, [0, 1, 4]), "expected class indices from 0 to 3 in target, received 4"),
    (lambda: core.cross_entropy(X, [0, 1]), "expected target of shape (3,), received shape (2,)"),
    (
        lambda: core.cross_entropy(X, [0, 1, 0.5]),
        "expected target of whole class indices or of class probabilities, received fractions",
    ),
    (
        lambda: core.cross_entropy_grad_target(1, X, [0, 1, 2]),
        "expected target to hold class probabilities, received class indices, which have no gradient",
    ),
    (
        lambda: core.cross_entropy(X, [0, 1, 2], label_smoothing=2),
        "expected label_smoothing to be at most 1, received 2",
    ),
    (
        lambda: core.sgd_momentum(1, 1, 0, lr=0.1, momentum=0.9, form="polyak"),
        "expected form to be one of lr_inside, lr_outside, ema, nesterov, received 'polyak'",
    ),
    (lambda: core.sgd_momentum([1, 2], [1], 0, lr=0.1, momentum=0), "expected grad of shape (2,), received shape (1,)"),
    (lambda: core.velocity(1, 0, momentum=0.9), "expected lr for the form lr_inside, received None"),
    (lambda: core.adam(1, 1, 0, 0, step=0), "expected step to be a whole number of at least 1, received 0"),
    (lambda: core.adam_m(1, 0, beta1=1), "expected beta1 to be below 1, received 1"),
    (
        lambda: core.conv_output_size(3, 5),
        "expected a kernel that fits into the padded size 3, received one that covers 5",
    ),
    (lambda: core.conv_output_size(3, 2, padding="full"), "expected padding to be one of valid, same, received 'full'"),
    (
        lambda: core.output_shape((3, 4, 5), {"type": "linear", "out_features": 2}),
        "expected features (n) before the linear layer, received (3, 4, 5): put a flatten before it",
    ),
    (
        lambda: core.output_shape((60,), {"type": "max_pool2d", "kernel_size": 2}),
        "expected an image (C, H, W) before the max_pool2d layer, received (60,)",
    ),
    (
        lambda: core.output_shape((3, 4, 5), {"type": "conv2d", "kernel_size": 2}),
        "expected the option out_channels in the conv2d layer, received none",
    ),
    (
        lambda: core.output_shape((3, 4, 5), {"type": "conv2d", "in_channels": 2, "out_channels": 7, "kernel_size": 2}),
        "expected in_channels = 3, the input's, in the conv2d layer, received 2",
    ),
    (
        lambda: core.output_shape((3, 4, 5), {"type": "relu"}, order="WHC"),
        "expected order to be one of CHW, HWC, received 'WHC'",
    ),
    (
        lambda: core.receptive_fields([{"type": "linear", "out_features": 2}]),
        "expected layers whose windows are known, received linear, which sees the whole image: "
        "ask for the receptive fields of the layers before it",
    ),
    (lambda: core.receptive_fields(3), "expected a list of layers, received 3"),
    (lambda: core.macs((3, 4, 5), None), "expected a list of layers, received None"),
    (lambda: core.relu(10**400), "expected input of numbers below 1.8e308, received a larger one"),
    (lambda: core.elu(1, 10**400), "expected alpha to be a number below 1.8e308, received a larger one"),
    (
        lambda: core.conv2d(X, W, padding=10**9),
        "expected arrays of at most 33554432 cells, received options that ask for 4000000014000000012",
    ),
    (
        lambda: core.conv_transpose2d(X, W, stride=10**9),
        "expected arrays of at most 33554432 cells, received options that ask for 6000000012000000006",
    ),
    (
        lambda: core.dilate_kernel(W, 10**9),
        "expected arrays of at most 33554432 cells, received options that ask for 2000000003000000001",
    ),
    (lambda: core.he_std(0), "expected fan_in to be above 0, received 0"),
]


@pytest.mark.parametrize(("call", "sentence"), REFUSALS, ids=[sentence[:60] for _, sentence in REFUSALS])
def test_a_refusal_says_expected_and_received(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence


def test_an_unknown_layer_type_or_option_names_the_nearest():
    with pytest.raises(ValueError, match=r"received 'conv2D' \(nearest: conv2d\)"):
        core.output_shape((3, 4, 5), {"type": "conv2D"})
    with pytest.raises(ValueError, match=r"an option of max_pool2d, .*; received 'kernel' \(nearest: kernel_size\)"):
        core.output_shape((3, 4, 5), {"type": "max_pool2d", "kernel": 2})


def test_lists_fractions_and_decimals_are_numbers():
    assert core.conv2d([[Fraction(1, 2), 2]], [[Decimal("0.5"), 1]]).tolist() == [[2.25]]
    assert core.relu(np.float32(1.5)) == 1.5
    assert core.relu(10**400 // 10**399) == 10
