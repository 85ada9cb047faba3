"""Schedules against the recursion that PyTorch runs, and the newer optimizers one number at a time."""

import bisect
import math

import numpy as np
import pytest

import grader.core as core

EPOCHS = range(14)
DRAW = np.random.default_rng(71)


def run(start, following):
    """The rates of a recursion from epoch to epoch."""
    rates = [start]
    for epoch in EPOCHS[1:]:
        rates.append(following(rates[-1], epoch))
    return rates


RECURSIONS = {
    "step_lr": ({"step_size": 4, "gamma": 0.3}, 1, lambda lr, t: lr * 0.3 if t % 4 == 0 else lr),
    "multi_step_lr": ({"milestones": [2, 7, 9], "gamma": 0.3}, 1, lambda lr, t: lr * 0.3 if t in (2, 7, 9) else lr),
    "exponential_lr": ({"gamma": 0.8}, 1, lambda lr, _: lr * 0.8),
    "linear_warmup_lr": (
        {"start_factor": 0.2, "end_factor": 0.8, "total_iters": 6},
        0.2,
        lambda lr, t: lr + 0.1 if t <= 6 else lr,
    ),
    "polynomial_lr": (
        {"total_iters": 9, "power": 2},
        1,
        lambda lr, t: lr * ((1 - t / 9) / (1 - (t - 1) / 9)) ** 2 if t <= 9 else lr,
    ),
    "cosine_annealing_lr": (
        {"T_max": 20, "eta_min": 0.1},
        1,
        lambda lr, t: (1 + math.cos(math.pi * t / 20)) / (1 + math.cos(math.pi * (t - 1) / 20)) * (lr - 0.1) + 0.1,
    ),
}


@pytest.mark.parametrize("name", RECURSIONS)
def test_a_schedule_is_its_recursion(name):
    options, start, following = RECURSIONS[name]
    received = [getattr(core, name)(0.7, epoch, **options) for epoch in EPOCHS]
    factors = run(start, following)
    if name == "cosine_annealing_lr":
        received = [core.cosine_annealing_lr(1, epoch, **options) for epoch in EPOCHS]
        np.testing.assert_allclose(received, factors)
    else:
        np.testing.assert_allclose(received, 0.7 * np.array(factors), atol=1e-15)


def test_schedules_after_their_end():
    assert core.linear_warmup_lr(0.5, 99) == 0.5
    assert core.polynomial_lr(0.5, 99) == 0.0
    assert core.cosine_annealing_lr(1, 20, 10) == 1.0
    assert core.multi_step_lr(1, 5, []) == 1.0
    assert core.step_lr(1, 10**400, 3) == 0.0
    assert core.cosine_annealing_lr(1, 10**400, 10**400) == 0.0


@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_one_cycle_goes_up_to_the_top_and_down_to_the_bottom(strategy):
    rates = [core.one_cycle_lr(9, t, 2.0, 40, anneal_strategy=strategy, pct_start=0.25) for t in range(40)]
    assert (rates[0], rates[9], rates[-1]) == pytest.approx((0.08, 2, 0.08 / 1e4))
    assert np.all(np.diff(rates[:10]) > 0)
    assert np.all(np.diff(rates[9:]) < 0)
    middle = {"cos": 2 + (0.08 - 2) / 2 * (1 + math.cos(math.pi / 3)), "linear": 0.08 + (2 - 0.08) / 3}
    assert rates[3] == pytest.approx(middle[strategy])
    assert core.one_cycle_lr(2.0, 9, epochs=4, steps_per_epoch=10, pct_start=0.25) == pytest.approx(2)
    three = [core.one_cycle_lr(2, t, total_steps=40, pct_start=0.25, three_phase=True) for t in range(40)]
    assert (three[9], three[18], three[-1]) == pytest.approx((2, 0.08, 0.08 / 1e4))


def test_the_new_optimizers_one_number_at_a_time():
    for theta, grad in zip(DRAW.normal(size=5), DRAW.normal(size=5), strict=True):
        assert core.sgd(theta, grad, lr=0.1, weight_decay=0.3) == pytest.approx(theta - 0.1 * (grad + 0.3 * theta))
        moved, velocity = core.nag(theta, grad, 0.5, lr=0.1, momentum=0.9, weight_decay=0.3)
        g = grad + 0.3 * theta
        assert velocity == pytest.approx(0.45 + g)
        assert moved == pytest.approx(theta - 0.1 * (g + 0.9 * velocity))
        moved, square, delta = core.adadelta(theta, grad, 0.5, 0.2, lr=0.7, rho=0.8, eps=0.01, weight_decay=0.3)
        assert square == pytest.approx(0.4 + 0.2 * g * g)
        d = math.sqrt(0.21) / math.sqrt(square + 0.01) * g
        assert (moved, delta) == pytest.approx((theta - 0.7 * d, 0.16 + 0.2 * d * d))
        m, v = 0.9 * 0.1 + 0.1 * grad, 0.999 * 0.2 + 0.001 * grad * grad
        found = core.adamw(theta, grad, 0.1, 0.2, lr=0.05, weight_decay=0.3, step=3)
        hat = (m / (1 - 0.9**3), v / (1 - 0.999**3))
        assert found == pytest.approx((theta * (1 - 0.015) - 0.05 * hat[0] / (math.sqrt(hat[1]) + 1e-8), m, v))


def test_adamw_without_decay_is_adam_and_nag_is_a_form_of_momentum():
    theta, grad = DRAW.normal(size=(2, 3)), DRAW.normal(size=(2, 3))
    for one, other in zip(
        core.adamw(theta, grad, 0, 0, weight_decay=0, step=1), core.adam(theta, grad, 0, 0, step=1), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(
        core.nag(theta, grad, 0, lr=0.1, momentum=0.9)[0],
        core.sgd_momentum(theta, grad, 0, lr=0.1, momentum=0.9, form="nesterov")[0],
    )


def test_milestones_are_those_that_the_epoch_has_reached():
    for epoch in EPOCHS:
        reached = bisect.bisect_right([3, 8, 8, 10], epoch)
        assert core.multi_step_lr(1, epoch, [3, 8, 8, 10], 0.5) == 0.5**reached


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: core.step_lr(1, 1.5, 3), "expected epoch to be a whole number of at least 0, received 1.5"),
        (lambda: core.step_lr(-1, 1, 3), "expected lr to be at least 0, received -1"),
        (lambda: core.step_lr(1, 1, 0), "expected step_size to be a whole number of at least 1, received 0"),
        (lambda: core.multi_step_lr(1, 1, 3), "expected milestones as a list of epochs, received 3"),
        (
            lambda: core.multi_step_lr(1, 1, [0.5]),
            "expected every milestone to be a whole number of at least 0, received 0.5",
        ),
        (
            lambda: core.exponential_lr(1, 10**6, 2),
            "expected a rate below 1.8e308, received 1 times a power of 2",
        ),
        (lambda: core.cosine_annealing_lr(1, 1, 0), "expected T_max to be a whole number of at least 1, received 0"),
        (lambda: core.linear_warmup_lr(1, 1, 0), "expected start_factor to be above 0, received 0"),
        (lambda: core.one_cycle_lr(1, 1), "expected total_steps, or epochs and steps_per_epoch, received neither"),
        (lambda: core.one_cycle_lr(1, 5, 1, 10**16), f"expected at most {10**15} steps, received {10**16}"),
        (lambda: core.one_cycle_lr(1, 5, 1, 5), "expected epoch below the number of steps 5, received 5"),
        (
            lambda: core.one_cycle_lr(1, 1, 1, 5, anneal_strategy="exp"),
            "expected anneal_strategy to be one of cos, linear, received 'exp'",
        ),
        (lambda: core.sgd(1, 1, weight_decay=-1), "expected weight_decay to be at least 0, received -1"),
        (lambda: core.adadelta(1, 1, -9, 0), "expected square_avg of at least 0, received -8"),
    ],
)
def test_a_refusal_says_expected_and_received(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence
