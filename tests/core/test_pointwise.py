"""Activations, softmax, normalisations, losses and the linear layer against SciPy and their definitions."""

import warnings

import numpy as np
import pytest
from scipy import special, stats

import grader.core as core

DRAW = np.random.default_rng(11)
WIDE = np.array([-1e308, -1000, -30, -2.5, -0.0, 0, 1e-9, 0.7, 30, 1000, 1e308])


def test_activations_agree_with_scipy_and_never_overflow():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(core.sigmoid(WIDE), special.expit(WIDE))
        np.testing.assert_array_equal(core.relu(WIDE), [max(x, 0) for x in WIDE])
        np.testing.assert_allclose(core.elu(WIDE, 0.3), [x if x > 0 else 0.3 * special.expm1(x) for x in WIDE])
        np.testing.assert_allclose(core.leaky_relu(WIDE, 0.3), [x if x > 0 else 0.3 * x for x in WIDE])
        np.testing.assert_allclose(core.tanh(WIDE), 2 * special.expit(2 * np.clip(WIDE, -400, 400)) - 1, atol=1e-15)
        np.testing.assert_allclose(core.sigmoid_grad_input(np.ones(11), WIDE)[[1, 5, 9]], [0, 0.25, 0])
        assert np.isfinite(core.elu_grad_input(np.ones(11), WIDE)).all()


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "sigmoid", "tanh", "softmax", "log_softmax"])
def test_nan_stays_nan_and_numbers_give_numbers(name):
    assert np.isnan(getattr(core, name)([np.nan, np.nan])).all()
    assert isinstance(getattr(core, name)(3), float)
    assert isinstance(getattr(core, f"{name}_grad_input")(1, 3), float)


@pytest.mark.parametrize(("shape", "axis"), [((4,), 0), ((3, 4), 1), ((2, 3, 4), 0), ((2, 3, 4, 5), 1)])
def test_softmax_agrees_with_scipy_on_the_implicit_axis(shape, axis):
    x = DRAW.normal(scale=100, size=shape)
    np.testing.assert_allclose(core.softmax(x), special.softmax(x, axis=axis))
    np.testing.assert_allclose(core.log_softmax(x), special.log_softmax(x, axis=axis))
    np.testing.assert_allclose(core.softmax(x, -1), special.softmax(x, axis=-1))


def test_batch_norm_is_standardisation_per_channel():
    x, weight, bias = DRAW.normal(3, 2, size=(2, 4, 3, 5)), DRAW.normal(size=4), DRAW.normal(size=4)
    received = core.batch_norm(x, None, None, weight, bias, training=True, eps=0)
    for c in range(4):
        expected = stats.zscore(x[:, c], axis=None) * weight[c] + bias[c]
        np.testing.assert_allclose(received[:, c], expected, atol=1e-12)
    mean, variance = DRAW.normal(size=4), DRAW.uniform(1, 2, size=4)
    fixed = core.batch_norm(x, mean, variance, weight, bias)
    n, c, i, j = 1, 2, 2, 4
    assert fixed[n, c, i, j] == pytest.approx(
        (x[n, c, i, j] - mean[c]) / (variance[c] + 1e-5) ** 0.5 * weight[c] + bias[c]
    )


def test_the_other_normalisations_are_standardisation_within_a_sample():
    x = DRAW.normal(3, 2, size=(2, 6, 3, 5))
    for n in range(2):
        for c in range(6):
            expected = stats.zscore(x[n, c], axis=None)
            np.testing.assert_allclose(core.instance_norm(x, eps=0)[n, c], expected, atol=1e-12)
        for first in (0, 2, 4):
            expected = stats.zscore(x[n, first : first + 2], axis=None)
            np.testing.assert_allclose(core.group_norm(x, 3, eps=0)[n, first : first + 2], expected, atol=1e-12)
    np.testing.assert_allclose(core.layer_norm(x, 5, eps=0), stats.zscore(x, axis=-1), atol=1e-12)
    weight = DRAW.normal(size=(3, 5))
    expected = np.stack([[stats.zscore(plane, axis=None) * weight for plane in sample] for sample in x])
    np.testing.assert_allclose(core.layer_norm(x, (3, 5), weight, eps=0), expected, atol=1e-12)


def test_batch_norm_folds_into_the_convolution_before_it():
    x, w, b = DRAW.normal(size=(2, 3, 5, 6)), DRAW.normal(size=(4, 3, 2, 3)), DRAW.normal(size=4)
    mean, variance = DRAW.normal(size=4), DRAW.uniform(0.5, 2, size=4)
    gain, shift = DRAW.normal(size=4), DRAW.normal(size=4)
    rate = gain / np.sqrt(variance + 1e-5)
    folded = core.conv2d(x, w * rate[:, None, None, None], (b - mean) * rate + shift)
    np.testing.assert_allclose(core.batch_norm(core.conv2d(x, w, b), mean, variance, gain, shift), folded, atol=1e-12)


def test_linear_is_one_dot_product_per_output():
    x, w, b = DRAW.normal(size=(2, 3, 4)), DRAW.normal(size=(5, 4)), DRAW.normal(size=5)
    expected = [
        [[sum(a * c for a, c in zip(v, u, strict=True)) + s for u, s in zip(w, b, strict=True)] for v in m] for m in x
    ]
    np.testing.assert_allclose(core.linear(x, w, b), expected)
    assert core.linear([1, 2], [3, 4], 5) == 16.0


def test_cross_entropy_is_minus_the_log_of_the_right_probability():
    x, weight = DRAW.normal(size=(3, 4, 2)), np.array([0.5, 1, 2, 3])
    target = np.array([[0, 3], [2, 1], [3, 3]])
    logs = special.log_softmax(x, axis=1)
    terms = [[-weight[target[n, i]] * logs[n, target[n, i], i] for i in range(2)] for n in range(3)]
    np.testing.assert_allclose(core.cross_entropy(x, target, weight, reduction="none"), terms)
    assert core.cross_entropy(x, target, weight, reduction="sum") == pytest.approx(np.sum(terms))
    assert core.cross_entropy(x, target, weight) == pytest.approx(np.sum(terms) / weight[target].sum())
    kept = target != 3
    ignored = core.cross_entropy(x, target, weight, ignore_index=3)
    assert ignored == pytest.approx(np.sum(np.array(terms)[kept]) / weight[target][kept].sum())


def test_cross_entropy_of_probabilities_is_scipys_entropy():
    target = np.array([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]])
    x = DRAW.normal(size=(2, 3))
    q = special.softmax(x, axis=1)
    expected = np.mean([stats.entropy(t) + stats.entropy(t, p) for t, p in zip(target, q, strict=True)])
    assert core.cross_entropy(x, target) == pytest.approx(expected)
    one_hot = np.eye(3)[[2, 0]]
    assert core.cross_entropy(x, one_hot) == pytest.approx(core.cross_entropy(x, [2, 0]))
    smooth = 0.9 * one_hot + 0.1 / 3
    assert core.cross_entropy(x, [2, 0], label_smoothing=0.1) == pytest.approx(core.cross_entropy(x, smooth))


def test_losses_survive_certainty_and_infinite_scores():
    assert core.cross_entropy([0, -np.inf], 0) == 0.0
    assert core.cross_entropy([1e308, -1e308], 0) == 0.0
    assert core.mse_loss([[1, 2, 3]], [[1, 2, 5]], "sum") == 4.0
    assert np.isnan(core.cross_entropy([[1, 2]], [-100]))
