"""The losses against their definitions written as plain loops, against SciPy, and against each other."""

import math

import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial import distance

import grader.core as core

DRAW = np.random.default_rng(31)


def looped(rule, *arrays):
    """A rule of numbers at every place of some arrays."""
    return np.array([rule(*values) for values in zip(*(a.flat for a in arrays), strict=True)]).reshape(arrays[0].shape)


PLAIN = {
    "l1_loss": lambda x, t: abs(x - t),
    "mse_loss": lambda x, t: (x - t) * (x - t),
    "smooth_l1_loss": lambda x, t: (x - t) ** 2 / 1.4 if abs(x - t) < 0.7 else abs(x - t) - 0.35,
    "huber_loss": lambda x, t: (x - t) ** 2 / 2 if abs(x - t) <= 0.7 else 0.7 * abs(x - t) - 0.245,
    "kl_div": lambda x, t: t * (math.log(t) - x),
    "binary_cross_entropy": lambda x, t: -t * math.log(x) - (1 - t) * math.log(1 - x),
    "binary_cross_entropy_with_logits": lambda x, t: (
        t * math.log(1 + math.exp(-x)) + (1 - t) * math.log(1 + math.exp(x))
    ),
    "contrastive_loss": lambda d, y: d**2 if y else max(0, 0.7 - d) ** 2,
}
OPTIONS = {"smooth_l1_loss": {"beta": 0.7}, "huber_loss": {"delta": 0.7}, "contrastive_loss": {"margin": 0.7}}


@pytest.mark.parametrize("name", PLAIN)
def test_a_loss_is_its_rule_at_every_entry_and_reduced_after_it(name):
    x, t = DRAW.uniform(0.05, 0.95, size=(3, 4)), DRAW.uniform(0.05, 0.95, size=(3, 4))
    if name == "contrastive_loss":
        t = DRAW.integers(0, 2, size=(3, 4))
    loss, options = getattr(core, name), OPTIONS.get(name, {})
    each = looped(PLAIN[name], x, t)
    np.testing.assert_allclose(loss(x, t, reduction="none", **options), each, rtol=1e-12)
    assert loss(x, t, reduction="sum", **options) == pytest.approx(each.sum())
    assert loss(x, t, **options) == pytest.approx(each.sum() / 12)
    assert isinstance(loss(0.5, 1, reduction="none", **options), float)


def test_special_cases_meet():
    x, t = DRAW.normal(size=(3, 4)), DRAW.normal(size=(3, 4))
    assert core.smooth_l1_loss(x, t, beta=0) == pytest.approx(core.l1_loss(x, t))
    assert core.huber_loss(x, t, delta=2) == pytest.approx(2 * core.smooth_l1_loss(x, t, beta=2))
    assert core.huber_loss(x, t, delta=99) == pytest.approx(core.mse_loss(x, t) / 2)
    y = DRAW.uniform(size=(3, 4))
    logits = core.binary_cross_entropy_with_logits(x, y)
    assert logits == pytest.approx(core.binary_cross_entropy(special.expit(x), y))
    assert core.sigmoid_focal_loss(x, y, alpha=-1, gamma=0, reduction="mean") == pytest.approx(logits)
    assert core.sigmoid_focal_loss(x, y, alpha=0.5, gamma=0, reduction="mean") == pytest.approx(logits / 2)
    target = np.array([2, 0, 3])
    assert core.nll_loss(special.log_softmax(x, axis=1), target) == pytest.approx(core.cross_entropy(x, target))
    assert core.hinge_loss(x, target) == core.multi_margin_loss(x, target)


def test_scores_of_any_size_have_a_loss():
    assert core.binary_cross_entropy_with_logits([1e4, -1e4], [1, 0]) == 0.0
    assert core.binary_cross_entropy_with_logits([-1e4, 1e4], [1, 0]) == 1e4
    assert core.binary_cross_entropy([0, 1], [1, 0]) == 100.0
    assert core.nll_loss([[-np.inf, 0]], [1]) == 0.0


def test_kl_div_is_scipys_relative_entropy():
    p, q = DRAW.dirichlet(np.ones(5), size=3), DRAW.dirichlet(np.ones(5), size=3)
    expected = [stats.entropy(t, x) for t, x in zip(p, q, strict=True)]
    assert core.kl_div(np.log(q), p, "batchmean") == pytest.approx(np.mean(expected))
    assert core.kl_div(np.log(q), np.log(p), "sum", log_target=True) == pytest.approx(np.sum(expected))
    assert core.kl_div(np.log([[0.5, 0.5]]), [[0, 1]], "sum") == pytest.approx(math.log(2))


def test_focal_loss_is_its_papers_formula():
    """Lin et al. (2017), equation 5, with alpha and gamma; p = 0.9 of a positive: 100 times less than at gamma = 0."""
    x = special.logit([0.9, 0.2])
    expected = [-0.25 * 0.1**2 * math.log(0.9), -0.75 * 0.2**2 * math.log(0.8)]
    np.testing.assert_allclose(core.sigmoid_focal_loss(x, [1, 0]), expected)
    assert core.sigmoid_focal_loss(x[0], 1) * 100 == pytest.approx(core.sigmoid_focal_loss(x[0], 1, gamma=0))


def test_the_hinge_loss_of_cs231n():
    """Scores [13, -7, 11] of class 0 with margin 10: max(0, -10) + max(0, 8) = 8 (CS231n notes), here over 3."""
    assert core.multi_margin_loss([13, -7, 11], 0, margin=10) * 3 == pytest.approx(8)
    x, target = DRAW.normal(size=(4, 5)), np.array([1, 0, 4, 2])
    weight = DRAW.uniform(1, 2, size=5)
    for p in (1, 2):
        total = 0.0
        for row, y in zip(x, target, strict=True):
            total += sum(weight[y] * max(0, 0.8 - row[y] + row[j]) ** p for j in range(5) if j != y) / 5
        assert core.multi_margin_loss(x, target, p, 0.8, weight, "sum") == pytest.approx(total)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("p", [1, 2, 3.5])
def test_triplets_and_angles_use_scipys_distances(p, swap):
    a, near, far = DRAW.normal(size=(3, 4)), DRAW.normal(size=(3, 4)), DRAW.normal(size=(3, 4))
    losses = []
    for x, y, z in zip(a, near, far, strict=True):
        apart = distance.minkowski(x, z, p)
        if swap:
            apart = min(apart, distance.minkowski(y, z, p))
        losses.append(max(0, distance.minkowski(x, y, p) - apart + 0.8))
    received = core.triplet_margin_loss(a, near, far, 0.8, p, eps=0, swap=swap, reduction="none")
    np.testing.assert_allclose(received, losses)
    cosines = 1 - np.array([distance.cosine(x, y) for x, y in zip(a, near, strict=True)])
    target = [1, -1, -1]
    expected = [1 - cosines[0], max(0, cosines[1] - 0.1), max(0, cosines[2] - 0.1)]
    np.testing.assert_allclose(core.cosine_embedding_loss(a, near, target, 0.1, "none"), expected, atol=1e-11)


def test_dice_counts_cells():
    a, b = DRAW.integers(0, 2, size=(5, 6)), DRAW.integers(0, 2, size=(5, 6))
    both = sum(1 for x, y in zip(a.flat, b.flat, strict=True) if x and y)
    assert core.dice(a, b) == pytest.approx(2 * both / (np.count_nonzero(a) + np.count_nonzero(b)))
    assert core.dice(a, b) == pytest.approx(1 - distance.dice(a.ravel().astype(bool), b.ravel().astype(bool)))
    assert core.dice_loss(a, b) == pytest.approx(1 - core.dice(a, b))
    assert core.dice_loss(a, b, smooth=1) == pytest.approx(1 - (2 * both + 1) / (a.sum() + b.sum() + 1))


def test_weights_of_a_mean_divide_it_for_squares_and_distances_and_not_for_the_huber_loss():
    x, t, w = DRAW.normal(size=(2, 3)), DRAW.normal(size=(2, 3)), DRAW.uniform(1, 2, size=(2, 3))
    for name, weighted in (("mse_loss", True), ("l1_loss", True), ("huber_loss", False)):
        loss = getattr(core, name)
        each = loss(x, t, reduction="none") * w
        np.testing.assert_allclose(loss(x, t, reduction="none", weight=w), each)
        assert loss(x, t, weight=w) == pytest.approx(each.sum() / (w.sum() if weighted else 6))


def test_gradients_where_a_loss_has_a_kink_or_nothing_counts_are_pytorchs():
    """Each value was computed with torch 2.14: a margin that is just kept has no gradient."""
    anchor, near, far = [[0, 0]], [[1, 0]], [[2, 0]]
    for argument in ("anchor", "positive", "negative"):
        grad = getattr(core, f"triplet_margin_loss_grad_{argument}")(1, anchor, near, far, eps=0)
        assert not grad.any(), argument
    assert not core.cosine_embedding_loss_grad_input1(1, [[1, 0]], [[0, 1]], [-1]).any()
    assert core.multi_margin_loss_grad_input(3, [[1, 0, 2]], [0]).tolist() == [[-1, 0, 1]]
    assert core.l1_loss_grad_input(2, [1, 0], [1, 2]).tolist() == [0, -1]
    assert core.nll_loss_grad_input(1, [[-1, -2]], [-100]).tolist() == [[0, 0]]
    assert core.cross_entropy_grad_input(1, [[-1, -2]], [-100]).tolist() == [[0, 0]]
    assert core.binary_cross_entropy_grad_target(1, [0, 1], [0, 0], reduction="sum").tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: core.l1_loss([1, 2], [1]), "expected target of shape (2,), received shape (1,)"),
        (lambda: core.l1_loss([1, 2], [1, 1], weight=[1]), "expected weight of shape (2,), received shape (1,)"),
        (lambda: core.smooth_l1_loss([1], [1], beta=-1), "expected beta to be at least 0, received -1"),
        (lambda: core.huber_loss([1], [1], delta=0), "expected delta to be above 0, received 0"),
        (lambda: core.binary_cross_entropy([1.5], [1]), "expected input of probabilities from 0 to 1, received 1.5"),
        (
            lambda: core.binary_cross_entropy([[0.5, 0.5]], [[1, 0]], [1, 2, 3]),
            "expected weight that broadcasts to shape (1, 2), received shape (3,)",
        ),
        (
            lambda: core.sigmoid_focal_loss([1], [1], alpha=-0.5),
            "expected alpha between 0 and 1, or -1 for no balance, received -0.5",
        ),
        (lambda: core.kl_div([1], [-1]), "expected target of probabilities of at least 0, received -1"),
        (
            lambda: core.kl_div([1], [1], "batch"),
            "expected reduction to be one of mean, sum, none, batchmean, received 'batch'",
        ),
        (lambda: core.nll_loss([[0, 1]], [2]), "expected class indices from 0 to 1 in target, received 2"),
        (lambda: core.multi_margin_loss([[0, 1]], [2]), "expected class indices from 0 to 1 in target, received [2.0]"),
        (lambda: core.multi_margin_loss([[0, 1]], [0], p=3), "expected p to be 1 or 2, received 3"),
        (
            lambda: core.triplet_margin_loss([1], [1], [1], margin=0),
            "expected margin and p above 0, received margin=0 and p=2",
        ),
        (lambda: core.cosine_embedding_loss([1], [1], 0), "expected target of 1 and -1, received 0.0"),
        (lambda: core.contrastive_loss([-1], [1]), "expected distance of at least 0, received -1"),
        (lambda: core.contrastive_loss([1], [2]), "expected same of 1 (the same) and 0 (different), received [2.0]"),
        (
            lambda: core.dice([0, 0], [0, 0]),
            "expected at least one cell in one of the masks, received two empty ones",
        ),
    ],
)
def test_a_refusal_says_expected_and_received(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence
