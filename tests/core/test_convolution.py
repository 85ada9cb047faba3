"""The convolutions against naive loops, SciPy, and the identities that tie them together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

import grader.core as core
from tests.core import naive

MODERATE = settings(max_examples=25, deadline=None, derandomize=True)
SEEDS = st.integers(0, 2**32 - 1)


def explicit(padding, size, kernel, stride, dilation):
    """What the forms of padding mean, said once more: "same" is searched for, not computed."""
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same":
        sides = []
        for n, k, s, d in zip(size, kernel, stride, dilation, strict=True):
            total = 0
            while (naive.out_size(n, k, s, (0, total), d) if n + total > d * (k - 1) else 0) < -(-n // s):
                total += 1
            sides.append((total // 2, total - total // 2))
        return tuple(sides)
    if isinstance(padding, int):
        padding = (padding, padding)
    return tuple((side, side) if isinstance(side, int) else side for side in padding)


@MODERATE
@given(
    seed=SEEDS,
    groups=st.sampled_from([(1, 4, 3), (2, 1, 3), (3, 2, 1), (1, 9, 2)]),
    size=st.sampled_from([(5, 8), (7, 6), (6, 9)]),
    kernel=st.sampled_from([(2, 3), (3, 1), (1, 2), (3, 2)]),
    stride=st.sampled_from([(1, 1), (1, 2), (3, 2), (2, 3)]),
    padding=st.sampled_from([0, 2, (1, 2), ((0, 2), (3, 1)), "same", "valid"]),
    dilation=st.sampled_from([(1, 1), (2, 1), (1, 2)]),
    mode=st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
)
def test_conv2d_is_its_definition(seed, groups, size, kernel, stride, padding, dilation, mode):
    draw = np.random.default_rng(seed)
    count, inputs, outputs = groups
    x = draw.normal(size=(2, count * inputs, *size))
    w, b = draw.normal(size=(count * outputs, inputs, *kernel)), draw.normal(size=count * outputs)
    margins = explicit(padding, size, kernel, stride, dilation)
    expected = naive.conv2d(x, w, b, stride, margins, dilation, count, mode)
    received = core.conv2d(x, w, b, stride, padding, dilation, count, mode)
    np.testing.assert_allclose(received, expected, atol=1e-12)
    turned = core.convolve2d(x, w[..., ::-1, ::-1], b, stride, padding, dilation, count, padding_mode=mode)
    np.testing.assert_allclose(turned, expected, atol=1e-12)
    if padding == "same":
        assert received.shape[2:] == tuple(-(-n // s) for n, s in zip(size, stride, strict=True))


@pytest.mark.parametrize(("size", "kernel"), [((5, 7), (2, 3)), ((8, 6), (4, 1)), ((9, 4), (3, 2))])
def test_plain_images_agree_with_scipy(size, kernel):
    draw = np.random.default_rng(3)
    x, w = draw.normal(size=size), draw.normal(size=kernel)
    np.testing.assert_allclose(core.conv2d(x, w), signal.correlate2d(x, w, "valid"), atol=1e-12)
    np.testing.assert_allclose(core.convolve2d(x, w), signal.convolve2d(x, w, "valid"), atol=1e-12)
    around = tuple(k - 1 for k in kernel)
    np.testing.assert_allclose(core.convolve2d(x, w, padding=around), signal.convolve2d(x, w, "full"), atol=1e-12)
    np.testing.assert_allclose(core.conv_transpose2d(x, w), signal.convolve2d(x, w, "full"), atol=1e-12)
    odd = draw.normal(size=(3, 5))
    for mode, boundary in (("zeros", "fill"), ("circular", "wrap")):
        expected = signal.convolve2d(x, odd, "same", boundary=boundary)
        np.testing.assert_allclose(core.convolve2d(x, odd, padding="same", padding_mode=mode), expected, atol=1e-12)


def test_conv1d_agrees_with_numpy_and_with_its_definition():
    draw = np.random.default_rng(4)
    x, w = draw.normal(size=11), draw.normal(size=4)
    np.testing.assert_allclose(core.conv1d(x, w), np.correlate(x, w, "valid"), atol=1e-12)
    batch, kernels, bias = draw.normal(size=(2, 6, 11)), draw.normal(size=(4, 3, 5)), draw.normal(size=4)
    received = core.conv1d(batch, kernels, bias, stride=2, padding=(3, 1), dilation=2, groups=2)
    lifted = naive.conv2d(batch[:, :, None], kernels[:, :, None], bias, (1, 2), ((0, 0), (3, 1)), (1, 2), groups=2)
    np.testing.assert_allclose(received, lifted[:, :, 0], atol=1e-12)
    np.testing.assert_array_equal(core.conv1d(batch[0], kernels, bias, 2, (3, 1), 2, 2), received[0])


@MODERATE
@given(
    seed=SEEDS,
    groups=st.sampled_from([(1, 4, 3), (2, 1, 3), (3, 2, 1)]),
    kernel=st.sampled_from([(2, 3), (3, 1), (4, 2)]),
    stride=st.sampled_from([(1, 2), (3, 2), (1, 1)]),
    padding=st.sampled_from([(0, 0), (1, 0)]),
    dilation=st.sampled_from([(1, 1), (2, 3)]),
)
def test_conv_transpose2d_is_its_definition(seed, groups, kernel, stride, padding, dilation):
    draw = np.random.default_rng(seed)
    count, inputs, outputs = groups
    x, w = draw.normal(size=(2, count * inputs, 3, 5)), draw.normal(size=(count * inputs, outputs, *kernel))
    b = draw.normal(size=count * outputs)
    extra = tuple(max(pair) - 1 for pair in zip(stride, dilation, strict=True))
    expected = naive.conv_transpose2d(x, w, b, stride, padding, extra, count, dilation)
    received = core.conv_transpose2d(x, w, b, stride, padding, extra, count, dilation)
    np.testing.assert_allclose(received, expected, atol=1e-12)


@pytest.mark.parametrize("stride", [1, (2, 3)])
@pytest.mark.parametrize("padding", [0, (1, 2), ((0, 2), (1, 0)), "same"])
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_gradients_are_adjoints(stride, padding, mode):
    """<g, conv(x, w)> = <grad_input(g), x> = <grad_weight(g), w>, exactly, because the operation is bilinear."""
    draw = np.random.default_rng(5)
    x, w = draw.normal(size=(2, 3, 7, 8)), draw.normal(size=(4, 3, 2, 5))
    options = {"stride": stride, "padding": padding, "padding_mode": mode}
    out = core.conv2d(x, w, **options)
    g = draw.normal(size=out.shape)
    total = np.sum(g * out)
    assert np.sum(core.conv2d_grad_input(g, x, w, **options) * x) == pytest.approx(total, rel=1e-10)
    assert np.sum(core.conv2d_grad_weight(g, x, w, **options) * w) == pytest.approx(total, rel=1e-10)


def test_the_transposed_convolution_is_the_input_gradient_of_the_convolution():
    draw = np.random.default_rng(6)
    x, w = draw.normal(size=(3, 7, 10)), draw.normal(size=(4, 3, 3, 2))
    g = draw.normal(size=core.conv2d(x, w, stride=(2, 4), padding=(1, 0)).shape)
    np.testing.assert_allclose(
        core.conv_transpose2d(g, w, stride=(2, 4), padding=(1, 0)),
        core.conv2d_grad_input(g, x, w, stride=(2, 4), padding=(1, 0)),
        atol=1e-12,
    )


def test_many_channels_take_another_road_to_the_same_numbers():
    """One product per kernel cell (many inputs) and one product on gathered windows (few) must agree."""
    draw = np.random.default_rng(7)
    x, w = draw.normal(size=(2, 24, 9, 11)), draw.normal(size=(3, 24, 2, 4))
    whole = core.conv2d(x, w, padding=(1, 2), dilation=(2, 1))
    parts = sum(core.conv2d(x[:, c : c + 4], w[:, c : c + 4], None, 1, (1, 2), (2, 1)) for c in range(0, 24, 4))
    np.testing.assert_allclose(whole, parts, atol=1e-11)


@pytest.mark.parametrize(("mask", "groups", "offset_groups"), [(True, 1, 1), (True, 2, 3), (False, 3, 2)])
def test_deform_conv2d_is_its_definition(mask, groups, offset_groups):
    draw = np.random.default_rng(8)
    stride, padding, dilation, out = (1, 2), (1, 2), (2, 1), (4, 5)
    x, w = draw.normal(size=(2, 6, 4, 8)), draw.normal(size=(6, 6 // groups, 2, 3))
    b = draw.normal(size=6)
    offset = draw.normal(scale=2, size=(2, 2 * offset_groups * 6, *out))
    weights = draw.uniform(size=(2, offset_groups * 6, *out)) if mask else np.ones((2, offset_groups * 6, *out))
    expected = naive.deform_conv2d(x, offset, w, b, stride, padding, dilation, weights, groups, offset_groups)
    received = core.deform_conv2d(x, offset, w, b, stride, padding, dilation, weights if mask else None)
    np.testing.assert_allclose(received, expected, atol=1e-12)
    single = core.deform_conv2d(x[1], offset[1], w, b, stride, padding, dilation, weights[1])
    np.testing.assert_allclose(single, expected[1], atol=1e-12)


def test_deform_conv2d_without_offsets_is_conv2d_and_whole_offsets_shift_it():
    draw = np.random.default_rng(9)
    x, w = draw.normal(size=(5, 7)), draw.normal(size=(2, 3))
    np.testing.assert_allclose(core.deform_conv2d(x, np.zeros((12, 4, 5)), w), core.conv2d(x, w), atol=1e-12)
    down = np.zeros((6, 2, 4, 5))
    down[:, 0] = 1
    shifted = np.vstack([x[1:], np.zeros((1, 7))])
    np.testing.assert_allclose(core.deform_conv2d(x, down.reshape(12, 4, 5), w), core.conv2d(shifted, w), atol=1e-12)


@pytest.mark.parametrize("dilation", [2, 3, (1, 2)])
def test_dilating_the_kernel_is_dilating_the_convolution(dilation):
    draw = np.random.default_rng(10)
    x, w = draw.normal(size=(9, 11)), draw.normal(size=(2, 3))
    spread = core.dilate_kernel(w, dilation)
    np.testing.assert_allclose(core.conv2d(x, spread), core.conv2d(x, w, dilation=dilation), atol=1e-12)
    down, right = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    corner = np.zeros((down, right))
    corner[0, 0] = 1
    np.testing.assert_array_equal(np.kron(w, corner)[: spread.shape[0], : spread.shape[1]], spread)


@pytest.mark.parametrize(
    ("image", "kernel", "expected"),
    [
        ((5, 7), (2, 3), (4, 5)),
        ((5, 7), (4, 1, 2, 3), (4, 4, 5)),
        ((5, 7), (1, 1, 2, 3), (1, 4, 5)),
        ((1, 5, 7), (2, 3), (1, 4, 5)),
        ((3, 5, 7), (4, 3, 2, 3), (4, 4, 5)),
        ((2, 3, 5, 7), (4, 3, 2, 3), (2, 4, 4, 5)),
    ],
)
def test_the_result_has_the_rank_of_the_image_and_gradients_their_arguments_shapes(image, kernel, expected):
    x, w = np.ones(image), np.ones(kernel)
    out = core.conv2d(x, w)
    assert out.shape == expected
    assert core.conv2d_grad_input(out, x, w).shape == image
    assert core.conv2d_grad_weight(out, x, w).shape == kernel
    outputs = kernel[0] if len(kernel) == 4 else 1
    assert core.conv2d_grad_bias(out, x, w).shape == (outputs,)
    assert core.conv2d_grad_bias(out, x, w, 0.5) == out.sum()
