"""Operations on signals, images and volumes against loops over their definitions, identities and refusals."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import grader.core as core
from tests.core import naive, spatial_cases
from tests.core.draws import pick

seeds = st.integers(0, 2**32 - 1)
several = settings(max_examples=25, deadline=None, derandomize=True)


def margins_of(padding, axes, sizes, kernel, stride, dilation=None):
    """(before, after) of each axis, "same" found by trying totals."""
    dilation = dilation or (1,) * axes
    if padding == "same":
        found = []
        for n, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
            total = 0
            while (naive.out_size(n, k, s, (0, total), d) if n + total > d * (k - 1) else 0) < -(-n // s):
                total += 1
            found.append((total // 2, total - total // 2))
        return found
    if padding == "valid":
        return [(0, 0)] * axes
    if axes == 1 and isinstance(padding, tuple):
        return [padding]
    each = padding if isinstance(padding, tuple) else (padding,) * axes
    return [side if isinstance(side, tuple) else (side, side) for side in each]


def every(value, axes):
    return tuple(value) * (axes if len(value) == 1 else 1) if isinstance(value, tuple) else (value,) * axes


def pooled(arguments, axes, reduce):
    """One window after the other; reduce takes the cells in the image and the number of cells with padding."""
    x = arguments["input"]
    size, lead = x.shape[-axes:], x.shape[:-axes]
    kernel = every(arguments["kernel_size"], axes)
    stride = kernel if arguments["stride"] is None else every(arguments["stride"], axes)
    dilation = every(arguments.get("dilation", 1), axes)
    margins = margins_of(arguments["padding"], axes, size, kernel, stride, dilation)
    starts = [
        naive.window_starts(n, k, s, m, d, arguments["ceil_mode"])
        for n, k, s, m, d in zip(size, kernel, stride, margins, dilation, strict=True)
    ]
    result = np.zeros((*lead, *map(len, starts)))
    for at in np.ndindex(*result.shape):
        first = [axis[i] for axis, i in zip(starts, at[len(lead) :], strict=True)]
        cells, counted = [], 0
        for tap in itertools.product(*map(range, kernel)):
            place = [f + t * d for f, t, d in zip(first, tap, dilation, strict=True)]
            counted += all(p < n + m[1] for p, n, m in zip(place, size, margins, strict=True))
            if all(0 <= p < n for p, n in zip(place, size, strict=True)):
                cells.append(x[(*at[: len(lead)], *place)])
        result[at] = reduce(cells, counted)
    return result


@pytest.mark.parametrize(("name", "axes"), [("max_pool1d", 1), ("max_pool3d", 3)])
@several
@given(seed=seeds)
def test_max_pooling_is_the_largest_cell_of_each_window(name, axes, seed):
    arguments = spatial_cases.CASES[name][0][0](np.random.default_rng(seed))
    expected = pooled(arguments, axes, lambda cells, _: max(cells, default=-np.inf))
    np.testing.assert_array_equal(getattr(core, name)(**arguments), expected)


@pytest.mark.parametrize(("name", "axes"), [("avg_pool1d", 1), ("avg_pool3d", 3)])
@several
@given(seed=seeds)
def test_average_pooling_is_the_mean_of_each_window(name, axes, seed):
    arguments = spatial_cases.CASES[name][0][0](np.random.default_rng(seed))

    def mean(cells, counted):
        divisor = counted if arguments["count_include_pad"] else len(cells)
        return sum(cells) / max(arguments.get("divisor_override") or divisor, 1)

    np.testing.assert_allclose(getattr(core, name)(**arguments), pooled(arguments, axes, mean), atol=1e-12)


@several
@given(seed=seeds)
def test_power_pooling_by_its_definition(seed):
    arguments = spatial_cases.powers(np.random.default_rng(seed))
    p, cells_of_window = arguments["norm_type"], math.prod(every(arguments["kernel_size"], 2))

    def norm(cells, counted):
        return (sum(cell**p for cell in cells) * cells_of_window / counted) ** (1 / p)

    expected = pooled({**arguments, "padding": 0}, 2, norm)
    np.testing.assert_allclose(core.lp_pool2d(**arguments), expected, rtol=1e-12)


def test_power_pooling_lies_between_sum_and_maximum():
    x = np.random.default_rng(3).uniform(0.1, 2, size=(3, 6, 8))
    np.testing.assert_allclose(core.lp_pool2d(x, 1, (2, 3)), 6 * core.avg_pool2d(x, (2, 3)))
    np.testing.assert_allclose(core.lp_pool2d(x, 200, (2, 3)), core.max_pool2d(x, (2, 3)), rtol=0.01)
    assert core.lp_pool2d_grad_input([[1.0]], np.zeros((2, 3)), 2, (2, 3)).tolist() == [[0.0] * 3] * 2


@several
@given(seed=seeds)
def test_adaptive_means_of_windows_from_floor_to_ceil(seed):
    arguments = spatial_cases.adaptive(np.random.default_rng(seed))
    x, wanted = arguments["input"], every(arguments["output_size"], 2)
    sizes = [n if side is None else side for n, side in zip(x.shape[-2:], wanted, strict=True)]
    expected = np.zeros((*x.shape[:-2], *sizes))
    for i, j in np.ndindex(*sizes):
        rows, columns = (
            slice(math.floor(k * n / m), math.ceil((k + 1) * n / m))
            for k, n, m in zip((i, j), x.shape[-2:], sizes, strict=True)
        )
        expected[..., i, j] = x[..., rows, columns].mean(axis=(-2, -1))
    np.testing.assert_allclose(core.adaptive_avg_pool2d(**arguments), expected, atol=1e-12)


@several
@given(seed=seeds)
def test_indices_say_where_the_maxima_stand(seed):
    draw = np.random.default_rng(seed)
    x = spatial_cases.apart(draw, (2, 3, 6, 7))
    arguments = {
        "kernel_size": pick(draw, (2, 3), 3),
        "stride": pick(draw, None, (1, 2)),
        "padding": pick(draw, 0, 1),
        "dilation": pick(draw, 1, (2, 1)),
        "ceil_mode": bool(draw.integers(2)),
    }
    indices = core.max_pool2d_indices(x, **arguments)
    taken = np.take_along_axis(x.reshape(2, 3, -1), indices.reshape(2, 3, -1), axis=2)
    np.testing.assert_array_equal(taken.reshape(indices.shape), core.max_pool2d(x, **arguments))


def test_unpooling_puts_maxima_back():
    assert core.max_pool2d_indices([[4, 4, 1], [2, 4, 9]], (2, 2), 1).tolist() == [[0, 5]]
    x = spatial_cases.apart(np.random.default_rng(5), (2, 3, 6, 9))
    indices = core.max_pool2d_indices(x, (2, 3))
    back = core.max_unpool2d(core.max_pool2d(x, (2, 3)), indices, (2, 3))
    assert back.shape == x.shape
    np.testing.assert_array_equal(back[back != 0], x[back != 0])
    assert np.count_nonzero(back) == indices.size
    np.testing.assert_array_equal(core.max_pool2d(np.where(back == 0, -100, back), (2, 3)), core.max_pool2d(x, (2, 3)))
    # a remainder row is lost by the pooling, and found by output_size
    assert core.max_unpool2d([[5.0]], [[3]], 2, output_size=(3, 2)).tolist() == [[0, 0], [0, 5], [0, 0]]


@several
@given(seed=seeds)
def test_transposed_signals_are_stamps(seed):
    arguments = spatial_cases.transposed_signal(np.random.default_rng(seed))
    x, w, b, s, d = (arguments[name] for name in ("input", "weight", "bias", "stride", "dilation"))
    before, after = margins_of(arguments["padding"], 1, x.shape[-1:], w.shape[-1:], (s,))[0]
    extra, groups = arguments["output_padding"], arguments["groups"]
    image, kernels = x[:, :, None], w[:, :, None]
    whole = naive.conv_transpose2d(image, kernels, b, (1, s), (0, 0), (0, extra + after), groups, (1, d))
    expected = whole[:, :, 0, before : whole.shape[-1] - 2 * after]
    np.testing.assert_allclose(core.conv_transpose1d(**arguments), expected, atol=1e-12)


@several
@given(seed=seeds)
def test_volumes_are_correlated_cell_by_cell(seed):
    arguments = spatial_cases.volume_convolution(np.random.default_rng(seed))
    x, w, b, groups = (arguments[name] for name in ("input", "weight", "bias", "groups"))
    stride, dilation = every(arguments["stride"], 3), every(arguments["dilation"], 3)
    margins = margins_of(arguments["padding"], 3, x.shape[2:], w.shape[2:], stride, dilation)
    padded = np.pad(x, ((0, 0), (0, 0), *margins))
    received = core.conv3d(**arguments)
    per_group = w.shape[0] // groups
    for n, o, *at in np.ndindex(*received.shape):
        total = b[o]
        for c, *tap in np.ndindex(*w.shape[1:]):
            place = [a * s + t * d for a, s, t, d in zip(at, stride, tap, dilation, strict=True)]
            total += w[(o, c, *tap)] * padded[(n, o // per_group * w.shape[1] + c, *place)]
        assert received[(n, o, *at)] == pytest.approx(total, abs=1e-12)
    sizes = zip(x.shape[2:], w.shape[2:], stride, margins, dilation, strict=True)
    assert received.shape[2:] == tuple(naive.out_size(n, k, s, m, d) for n, k, s, m, d in sizes)


def test_volumes_against_scipy():
    draw = np.random.default_rng(11)
    x, w = draw.normal(size=(5, 7, 6)), draw.normal(size=(3, 1, 3))
    np.testing.assert_allclose(core.conv3d(x, w, padding="same"), ndimage.correlate(x, w, mode="constant"), atol=1e-12)


@several
@given(seed=seeds)
def test_columns_are_windows_and_add_up_again(seed):
    arguments = spatial_cases.unfolded(np.random.default_rng(seed))
    image = arguments.pop("input")
    x = image if image.ndim > 2 else image[None]
    kernel, stride, dilation = (every(arguments[name], 2) for name in ("kernel_size", "stride", "dilation"))
    margins = margins_of(arguments["padding"], 2, x.shape[-2:], kernel, stride)
    padded = np.pad(x, (*[(0, 0)] * (x.ndim - 2), *margins))
    counts = [
        naive.out_size(n, k, s, m, d)
        for n, k, s, m, d in zip(x.shape[-2:], kernel, stride, margins, dilation, strict=True)
    ]
    columns = []
    for i, j in np.ndindex(*counts):
        rows = [i * stride[0] + u * dilation[0] for u in range(kernel[0])]
        across = [j * stride[1] + v * dilation[1] for v in range(kernel[1])]
        columns.append(padded[..., rows, :][..., across].reshape(*x.shape[:-3], -1))
    received = core.unfold(image, **arguments)
    np.testing.assert_array_equal(received, np.stack(columns, axis=-1))
    ones = core.fold(core.unfold(np.ones(image.shape), **arguments), image.shape[-2:], **arguments)
    np.testing.assert_allclose(core.fold(received, image.shape[-2:], **arguments), ones * x)


@several
@given(seed=seeds)
def test_a_matrix_convolves_flattened_images(seed):
    draw = np.random.default_rng(seed)
    w, shape = draw.normal(size=(3, 2, 3, 1)), (2, 6, 5)
    stride, padding = pick(draw, 1, (2, 3)), pick(draw, 0, (1, 2), "same")
    matrix = core.conv_matrix(w, shape, stride, padding)
    x, y = draw.normal(size=shape), core.conv2d(draw.normal(size=shape), w, None, stride, padding)
    np.testing.assert_allclose(matrix @ x.ravel(), core.conv2d(x, w, None, stride, padding).ravel(), atol=1e-12)
    np.testing.assert_allclose(matrix.T @ y.ravel(), core.conv2d_grad_input(y, x, w, None, stride, padding).ravel())
    signal = core.conv_matrix(draw.normal(size=3), 7, 2)
    assert signal.shape == (3, 7)
    assert core.conv_matrix(np.ones((4, 2, 3)), (2, 7)).shape == (4 * 5, 2 * 7)


@several
@given(seed=seeds)
def test_margins_against_numpy(seed):
    draw = np.random.default_rng(seed)
    arguments = spatial_cases.padded(draw)
    x, pad, mode = arguments["input"], arguments["pad"], arguments["mode"]
    pad = (pad, pad) if isinstance(pad, int) else pad
    pairs = [(0, 0)] * (x.ndim - len(pad) // 2) + [pad[i : i + 2] for i in range(len(pad) - 2, -1, -2)]
    if min(pad) >= 0:
        word = {"replicate": "edge", "circular": "wrap"}.get(mode, mode)
        np.testing.assert_array_equal(core.pad(**arguments), np.pad(x, pairs, mode=word))
    cut = tuple(slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(x.shape, pairs, strict=True))
    grown = [(max(b, 0), max(a, 0)) for b, a in pairs]
    expected = np.pad(x[cut], grown, constant_values=3.5)
    np.testing.assert_array_equal(core.pad(x, pad, "constant", 3.5), expected)
    if mode == "circular":
        np.testing.assert_array_equal(core.pad(x, pad, mode), np.pad(x[cut], grown, mode="wrap"))


def test_margins_for_the_word_same():
    for size, kernel, stride, dilation in itertools.product(range(3, 12), (1, 2, 3, 4), (1, 2, 3), (1, 2)):
        before, after = core.same_padding(size, kernel, stride, dilation)
        assert after - before in (0, 1)
        if size + before + after >= dilation * (kernel - 1) + 1:
            out = core.conv_output_size(size, kernel, stride, (before, after), dilation)
            assert out == core.conv_output_size(size, kernel, stride, "same", dilation) == -(-size // stride)
    assert core.same_padding((9, 8), (5, 2), 2) == ((2, 2), (0, 0))


@several
@given(seed=seeds)
def test_other_sizes_by_their_formulas(seed):
    arguments = spatial_cases.resized(np.random.default_rng(seed))
    x, corners = arguments["input"], arguments["align_corners"]
    factors = every(arguments.get("scale_factor", 1), 2)
    sizes = every(arguments["size"], 2) if "size" in arguments else None
    sizes = sizes or tuple(math.floor(n * f) for n, f in zip(x.shape[-2:], factors, strict=True))
    ratios = [n / m if "size" in arguments else 1 / f for n, m, f in zip(x.shape[-2:], sizes, factors, strict=True)]
    received = core.interpolate(**arguments)
    assert received.shape == (*x.shape[:-2], *sizes)
    for i, j in np.ndindex(*sizes):
        if arguments["mode"] == "nearest":
            row, column = (min(int(k * r), n - 1) for k, r, n in zip((i, j), ratios, x.shape[-2:], strict=True))
            np.testing.assert_array_equal(received[..., i, j], x[..., row, column])
            continue
        places = []
        for k, n, m, r in zip((i, j), x.shape[-2:], sizes, ratios, strict=True):
            place = k * (n - 1) / (m - 1) if corners else (k + 0.5) * r - 0.5
            places.append(min(max(place, 0), n - 1))
        planes = x.reshape(-1, *x.shape[-2:])
        expected = [naive.bilinear(plane, *places) for plane in planes]
        np.testing.assert_allclose(received[..., i, j].ravel(), expected, atol=1e-12)


def test_other_sizes_on_other_axes():
    assert core.interpolate([1, 3], 4, mode="linear").tolist() == [1, 1.5, 2.5, 3]
    cube = np.arange(8.0).reshape(2, 2, 2)
    grown = core.interpolate(cube, (3, 3, 3), mode="trilinear", align_corners=True)
    np.testing.assert_allclose(grown, sum(np.meshgrid([0, 2, 4], [0, 1, 2], [0, 0.5, 1], indexing="ij")))
    assert core.interpolate(cube[None, None], 4).shape == (1, 1, 4, 4, 4)


def test_shuffled_cells_and_back():
    x = np.arange(2 * 12 * 3 * 5.0).reshape(2, 12, 3, 5)
    y = core.pixel_shuffle(x, 2)
    for n, c, i, j in np.ndindex(*y.shape):
        assert y[n, c, i, j] == x[n, 4 * c + 2 * (i % 2) + j % 2, i // 2, j // 2]
    np.testing.assert_array_equal(core.pixel_unshuffle(y, 2), x)
    z = core.channel_shuffle(x, 3)
    for c in range(12):
        np.testing.assert_array_equal(z[:, c], x[:, c % 3 * 4 + c // 3])


X = np.ones((3, 4, 5))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: core.max_pool1d(np.ones((1, 2, 3, 4)), 2), r"expected input of shape \(L\), \(C, L\) or \(N, C, L\)"),
        (lambda: core.max_pool1d([1, 2], 3), "expected a kernel that fits into the padded size 2"),
        (lambda: core.avg_pool3d(X, (2, 2)), "kernel_size to be a whole number or 3 of them, received 2 entries"),
        (lambda: core.max_pool3d(X, 2, padding=(1, 1)), "a number, a word or 3 entries, received 2 entries"),
        (lambda: core.lp_pool2d(X, 0, 2), "norm_type to be other than 0"),
        (lambda: core.adaptive_avg_pool2d(X, (1, 2, 3)), "a pair of them, received 3 entries"),
        (lambda: core.max_unpool2d(X, X[0], 2), r"indices of the input's shape \(3, 4, 5\), received shape \(4, 5\)"),
        (lambda: core.max_unpool2d(X, 99 * X, 2), "whole numbers from 0 to 79, received others"),
        (lambda: core.max_unpool2d(X, 0.5 * X, 2), "whole numbers from 0 to 79, received others"),
        (lambda: core.max_unpool2d(X, X, 2, output_size=(8, 99)), "within a stride of 8x10"),
        (lambda: core.max_unpool2d(X, X, 2, output_size=8), "within a stride of 8x10, received 8"),
        (lambda: core.max_unpool2d(X, X, 2, output_size=np.array(8)), r"within a stride of 8x10, received array\(8\)"),
        (lambda: core.pad([1, 2, 3], (-2, 2), "circular"), "circular padding of at most 1 on an axis of 3 cells"),
        (lambda: core.conv_transpose1d([1, 2], [1], padding="same"), "received 'same'"),
        (lambda: core.conv3d(X, np.ones((2, 2, 1, 1, 1))), "expected an input of 2 channels"),
        (lambda: core.fold(np.ones((4, 3)), 3, 2), "expected 4 columns of a length that 4 divides"),
        (lambda: core.conv_matrix(np.ones((2, 2)), (3, 4, 5)), "expected input_shape"),
        (lambda: core.conv_matrix(np.ones((2, 2)), (1, 4)), "expected a kernel that fits"),
        (lambda: core.conv_matrix([1, 2], 10**5), "expected arrays of at most 33554432 cells"),
        (lambda: core.pad(X, 10**9), "expected arrays of at most 33554432 cells"),
        (lambda: core.pad(X, (1, 2, 3)), "in pairs"),
        (lambda: core.pad(X, -3), "expected padding that leaves a cell of 5"),
        (lambda: core.pad(X, 5, "reflect"), "reflect padding of at most 4 on an axis of 5"),
        (lambda: core.pad(X, 1, "reflect", 0), "a value with mode constant only"),
        (lambda: core.interpolate(X), "expected either size or scale_factor, received None and None"),
        (lambda: core.interpolate(X, 2, align_corners=True), "no align_corners with mode nearest"),
        (lambda: core.interpolate(X, 10**9), "expected arrays of at most 33554432 cells"),
        (lambda: core.interpolate(X, scale_factor=0.1), "at least 1, received 0"),
        (lambda: core.interpolate(X, 2, mode="cubic"), "one of nearest, linear, bilinear, trilinear"),
        (lambda: core.pixel_shuffle(X, 2), "upscale_factor 2 squared divides, received 3"),
        (lambda: core.pixel_unshuffle(X, 2), "downscale_factor 2 divides, received 4x5"),
        (lambda: core.channel_shuffle(X, 2), "expected groups to divide the 3 channels, received 2"),
        (lambda: core.same_padding((3, 4), (1, 2, 3)), "received 2 entries"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
