"""Pooling against naive windows; what ceil_mode, padding and ties mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grader.core as core
from tests.core import naive
from tests.core.test_convolution import explicit

MODERATE = settings(max_examples=40, deadline=None, derandomize=True)
KERNELS = st.sampled_from([(2, 3), (3, 2), (4, 3)])
STRIDES = st.sampled_from([None, (1, 2), (3, 2), (2, 5)])
PADDINGS = st.sampled_from([0, 1, (1, 0), ((0, 1), (2, 1)), "same", 2])


@MODERATE
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([(7, 8), (9, 6), (8, 11)]),
    kernel=KERNELS,
    stride=STRIDES,
    padding=PADDINGS,
    ceil=st.booleans(),
    include=st.booleans(),
    override=st.sampled_from([None, 7]),
)
def test_avg_pool2d_is_its_definition(seed, size, kernel, stride, padding, ceil, include, override):
    x = np.random.default_rng(seed).normal(size=(3, *size))
    steps = stride or kernel
    margins = explicit(padding, size, kernel, steps, (1, 1))

    def mean(cells, places):
        padded = [all(-m[0] <= p < n + m[1] for p, n, m in zip(place, size, margins, strict=True)) for place in places]
        return sum(cells) / (override or (sum(padded) if include else len(cells)) or 1)

    expected = [naive.pool(plane, kernel, steps, margins, (1, 1), ceil, mean) for plane in x]
    np.testing.assert_allclose(core.avg_pool2d(x, kernel, stride, padding, ceil, include, override), expected)


@MODERATE
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([(7, 8), (9, 7), (8, 11)]),
    kernel=KERNELS,
    stride=STRIDES,
    padding=PADDINGS,
    dilation=st.sampled_from([(1, 1), (2, 1), (1, 2)]),
    ceil=st.booleans(),
)
def test_max_pool2d_is_its_definition(seed, size, kernel, stride, padding, dilation, ceil):
    x = np.random.default_rng(seed).normal(size=(2, *size))
    steps = stride or kernel
    margins = explicit(padding, size, kernel, steps, dilation)
    expected = [
        naive.pool(plane, kernel, steps, margins, dilation, ceil, lambda cells, _: max(cells, default=-np.inf))
        for plane in x
    ]
    np.testing.assert_array_equal(core.max_pool2d(x, kernel, stride, padding, dilation, ceil), expected)


def test_of_equal_maxima_the_first_in_row_major_order_gets_the_gradient():
    x = [[1, 4, 4], [4, 4, 0]]
    np.testing.assert_array_equal(core.max_pool2d_grad_input([[5]], x, (2, 3)), [[0, 5, 0], [0, 0, 0]])
    np.testing.assert_array_equal(core.global_max_pool_grad_input(5, x), [[0, 5, 0], [0, 0, 0]])
    # overlapping windows add up at their common maximum, and padding never wins, not even over minus infinity
    np.testing.assert_array_equal(core.max_pool2d_grad_input([[2, 3]], x, 2, 1), [[0, 5, 0], [0, 0, 0]])
    low = np.full((1, 2), -np.inf)
    np.testing.assert_array_equal(core.max_pool2d_grad_input([[7]], low, (1, 4), padding=(0, 1)), [[7, 0]])


def test_a_last_window_must_start_inside_the_image_or_the_padding_before_it():
    x = np.arange(1.0, 21.0).reshape(4, 5)
    assert core.max_pool2d(x, 2, 2, ceil_mode=True).tolist() == [[7, 9, 10], [17, 19, 20]]
    assert core.max_pool2d(x, (1, 2), (1, 3), (0, 1), ceil_mode=True).shape == (4, 2)
    assert core.avg_pool2d(x, 2, 2, ceil_mode=True)[0].tolist() == [4, 6, 7.5]
    padded = core.avg_pool2d(x, (2, 3), (2, 3), (1, 1), ceil_mode=True)
    assert padded[0].tolist() == [3 / 6, 12 / 6]


def test_nan_stays_nan_and_takes_the_gradient():
    x = [[1, np.nan, 2, 3]]
    assert np.isnan(core.max_pool2d(x, (1, 2))).tolist() == [[True, False]]
    assert core.max_pool2d_grad_input([[1, 1]], x, (1, 2)).tolist() == [[0, 1, 0, 1]]
    assert np.isnan(core.global_max_pool(x))


@pytest.mark.parametrize(("shape", "expected"), [((3, 4), ()), ((2, 3, 4), (2,)), ((5, 2, 3, 4), (5, 2))])
def test_global_pools_drop_the_last_two_axes(shape, expected):
    x = np.random.default_rng(1).normal(size=shape)
    for pool, reduce in ((core.global_avg_pool, np.mean), (core.global_max_pool, np.max)):
        assert np.shape(pool(x)) == expected
        np.testing.assert_allclose(pool(x), reduce(x, axis=(-2, -1)))
    assert isinstance(core.global_avg_pool(np.ones((3, 4))), float)


def test_average_pooling_is_a_convolution_with_equal_weights():
    x = np.random.default_rng(2).normal(size=(5, 8))
    np.testing.assert_allclose(core.avg_pool2d(x, (2, 3), 1), core.conv2d(x, np.full((2, 3), 1 / 6)))
