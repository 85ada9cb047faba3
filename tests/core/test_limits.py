"""Options far out of range: a sentence on one line, in little time and memory, or the value that follows from them."""

import time
from fractions import Fraction

import numpy as np
import pytest

import grader.core as core
from grader.core.support import convolution_plan
from grader.core.support.inputs import shown

X = np.arange(12.0).reshape(3, 4)
HUGE = 10**30
TOO_MANY = {
    "the margins of avg_pool1d": lambda: core.avg_pool1d(X[0], 2, padding=10**9),
    "the margins of avg_pool2d": lambda: core.avg_pool2d(X, 2, padding=10**9),
    "the margins of avg_pool3d": lambda: core.avg_pool3d(X[None], 1, padding=10**6),
    "the margins of max_pool2d": lambda: core.max_pool2d(X, 2, padding=HUGE),
    "the margins of lp_pool2d under ceil_mode": lambda: core.lp_pool2d(X, 2, 10**9, 10**9, ceil_mode=True),
    "the columns of conv2d": lambda: core.conv2d(X, np.ones((90, 90)), stride=2, padding=200),
    "the columns of conv2d_grad_weight": lambda: core.conv2d_grad_weight(
        np.ones((157, 158)), X, np.ones((90, 89)), stride=2, padding=200
    ),
    "the output of conv2d": lambda: core.conv2d(X, np.ones((900, 1, 1, 1)), padding=100),
}
TAPS = {
    "max_pool1d": lambda: core.max_pool1d(X[0], 10**5, padding=10**5),
    "max_pool2d": lambda: core.max_pool2d(X, 3000, padding=1500),
    "avg_pool2d": lambda: core.avg_pool2d(X, 3000, padding=1500),
    "unfold": lambda: core.unfold(X, (3003, 3004), padding=1500),
}


def refused(call):
    start = time.process_time()
    with pytest.raises(ValueError, match=r"^expected ") as raised:
        call()
    assert time.process_time() - start < 5  # ten times what it takes: nothing is gone through
    return str(raised.value)


@pytest.mark.parametrize("call", TOO_MANY.values(), ids=TOO_MANY)
def test_arrays_that_would_fill_the_memory_are_not_made(call):
    assert refused(call).startswith("expected arrays of at most 33554432 cells, received options that ask for ")


@pytest.mark.parametrize("call", TAPS.values(), ids=TAPS)
def test_windows_of_too_many_cells_are_not_gone_through(call):
    assert refused(call).startswith("expected windows of at most 65536 cells, received one of ")


def test_a_stride_beyond_the_image_leaves_the_first_window():
    first = X[:2, :3]
    assert core.avg_pool2d(X, (2, 3), HUGE) == [[first.mean()]]
    assert core.avg_pool1d(X[0], 3, HUGE) == [1]
    assert core.avg_pool3d(X[None], (1, 2, 3), HUGE) == [[[first.mean()]]]
    assert core.lp_pool2d(X, 1, (2, 3), HUGE) == [[first.sum()]]
    assert core.max_pool2d_indices(X, (2, 3), HUGE) == [[6]]
    assert core.conv2d(X, np.ones((2, 3)), stride=HUGE) == [[first.sum()]]
    assert core.deform_conv2d(X, np.zeros((12, 1, 1)), np.ones((2, 3)), stride=HUGE) == [[first.sum()]]


def test_a_kernel_of_one_cell_has_no_distances():
    np.testing.assert_array_equal(core.max_pool2d_indices(X, 1, dilation=HUGE), np.arange(12).reshape(3, 4))
    np.testing.assert_array_equal(core.max_pool1d(X, 1, dilation=HUGE), X)


def test_a_batch_is_taken_in_parts_where_its_columns_have_no_room(monkeypatch):
    draw = np.random.default_rng(7)
    x, w = draw.normal(size=(5, 4, 6, 7)), draw.normal(size=(6, 2, 2, 3))
    options = {"stride": (2, 1), "padding": 1, "groups": 2}
    each = [core.conv2d(one, w, **options) for one in x]
    g = draw.normal(size=np.shape(each))
    weights = sum(core.conv2d_grad_weight(up, one, w, **options) for up, one in zip(g, x, strict=True))
    monkeypatch.setattr(convolution_plan, "MOST_CELLS", 2 * each[0][0].size * 4 * 6)  # two samples' columns
    np.testing.assert_allclose(core.conv2d(x, w, **options), each, atol=1e-12)
    np.testing.assert_allclose(core.conv2d_grad_weight(g, x, w, **options), weights, atol=1e-12)


def test_an_image_without_room_for_its_columns_takes_the_other_way(monkeypatch):
    draw = np.random.default_rng(11)
    x, w = draw.normal(size=(2, 3, 6, 7)), draw.normal(size=(4, 3, 2, 3))
    options = {"padding": (1, 2), "dilation": (2, 1)}
    expected = core.conv2d(x, w, **options)
    g = draw.normal(size=expected.shape)
    weights = core.conv2d_grad_weight(g, x, w, **options)
    monkeypatch.setattr(convolution_plan, "MOST_CELLS", 3 * 6 * 6 * 9 - 1)  # one less than the columns of a sample
    np.testing.assert_allclose(core.conv2d(x, w, **options), expected, atol=1e-12)
    np.testing.assert_allclose(core.conv2d_grad_weight(g, x, w, **options), weights, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda mask: core.dropout([1, 2], mask), "mask"),
        (lambda mask: core.attention_weights([[1]], [[2]], mask), "attn_mask"),
    ],
)
def test_masks_are_checked_as_other_arrays(call, name):
    rows = f"expected {name} with rows of equal length, received rows of unequal length"
    empty = f"expected {name} with at least one number, received an empty array of shape (0,)"
    assert refused(lambda: call([[True, False], [True]])) == refused(lambda: call([[1, 0], [1]])) == rows
    assert refused(lambda: call([])) == refused(lambda: call(np.zeros(0, dtype=bool))) == empty


def test_integers_beyond_float64():
    assert core.linear_warmup_lr(2, 3, 0.25, 1.0, total_iters=10**400) == 0.5
    scores = np.log([[1.0, 3.0]])
    assert core.cross_entropy(scores, [1], ignore_index=10**400) == pytest.approx(np.log(4 / 3))
    assert core.nll_loss(scores, [1], ignore_index=10**400) == pytest.approx(-np.log(3))


def test_exact_options_give_float64():
    theta, velocity = core.nag([1, 2], [4, 8], [0, 2], lr=0.5, momentum=Fraction(1, 4))
    assert theta.dtype == velocity.dtype == np.float64
    np.testing.assert_allclose(velocity, [4, 8.5])
    np.testing.assert_allclose(theta, [1 - 0.5 * (4 + 1), 2 - 0.5 * (8 + 8.5 / 4)])


def test_roots_that_do_not_exist_are_nan_without_a_warning():
    with np.errstate(all="raise"):
        np.testing.assert_allclose(core.lp_pool2d([[-3, 1, 4, 0]], 3, (1, 2)), [[np.nan, 4]])
        assert np.isnan(core.lp_pool2d([[-3, 4]], 1.5, (1, 2))).all()
        assert np.isnan(core.lp_pool2d_grad_input([[1]], [[-3, 1]], 3, (1, 2))).all()


def test_a_signal_kernel_takes_its_dilation_as_a_list():
    np.testing.assert_array_equal(core.dilate_kernel([1, 2], [3]), [1, 0, 0, 2])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((2, 3)), "array([[0., 0., 0.], [0., 0., 0.]])"),
        ("a\nb", r"'a\nb'"),
        (list(range(99)), str(list(range(99)))[:97] + "..."),
        (-(10**400), "an integer of 401 digits"),
        (10**4999, "an integer of 5000 digits"),
        (7, "7"),
    ],
    ids=range(6),
)
def test_values_in_messages_stand_on_one_short_line(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    "call",
    [
        lambda value: core.conv2d(X, X, groups=value),
        lambda value: core.conv2d(X, X, padding=value),
        lambda value: core.mse_loss(X, X, value),
        lambda value: core.batch_norm(X, None, None, training=value),
        lambda value: core.adam(X, X, 0, 0, eps=value, step=1),
        lambda value: core.output_shapes((3, 4), value),
        lambda value: core.network(value),
        lambda value: core.step_lr(1, 1, value),
        lambda value: core.total(value),
    ],
)
@pytest.mark.parametrize("value", [np.ones((3, 9, 9)), np.full((2, 2, 2, 2, 2), np.nan), [list(range(999))], -HUGE])
def test_what_is_quoted_does_not_fill_the_message(call, value):
    said = refused(lambda: call(value))
    assert "\n" not in said
    assert len(said) < 400
