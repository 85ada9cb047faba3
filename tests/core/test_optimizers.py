"""Optimizers against hand-written recurrences on plain numbers, several steps long."""

import math

import numpy as np
import pytest

import grader.core as core

GRADIENTS = [4.0, -1.5, 2.25, 0.5]


def walk(step, state, theta=1.0):
    for t, g in enumerate(GRADIENTS, 1):
        theta, *state = step(theta, g, *state, t)
    return theta, state


@pytest.mark.parametrize(
    ("form", "recurrence"),
    [
        ("lr_inside", lambda th, g, v, _: ((w := 0.8 * v + 0.05 * g), th - w)[::-1]),
        ("lr_outside", lambda th, g, v, _: ((w := 0.8 * v + g), th - 0.05 * w)[::-1]),
        ("ema", lambda th, g, v, _: ((w := 0.8 * v + 0.2 * g), th - 0.05 * w)[::-1]),
        ("nesterov", lambda th, g, v, _: ((w := 0.8 * v + g), th - 0.05 * (g + 0.8 * w))[::-1]),
    ],
)
def test_sgd_momentum_in_every_form(form, recurrence):
    received = walk(lambda th, g, v, _: core.sgd_momentum(th, g, v, lr=0.05, momentum=0.8, form=form), [0.0])
    expected = walk(recurrence, [0.0])
    assert received[0] == pytest.approx(expected[0], rel=1e-14)
    assert received[1] == pytest.approx(expected[1], rel=1e-14)
    alone = 0.0
    for g in GRADIENTS:
        alone = core.velocity(g, alone, lr=0.05, momentum=0.8, form=form)
    assert alone == pytest.approx(expected[1][0])


def test_the_two_places_of_a_constant_rate_give_the_same_parameters():
    inside = walk(lambda th, g, v, _: core.sgd_momentum(th, g, v, lr=0.05, momentum=0.8), [0])
    outside = walk(lambda th, g, v, _: core.sgd_momentum(th, g, v, lr=0.05, momentum=0.8, form="lr_outside"), [0])
    assert inside[0] == pytest.approx(outside[0])
    assert inside[1][0] == pytest.approx(0.05 * outside[1][0])


def test_adagrad_rmsprop_and_adam_with_their_defaults():
    total = average = m = v = 0.0
    adagrad = rmsprop = adam = 1.0
    for t, g in enumerate(GRADIENTS, 1):
        total += g * g
        adagrad -= 0.01 * g / (math.sqrt(total) + 1e-10)
        average = 0.99 * average + 0.01 * g * g
        rmsprop -= 0.01 * g / (math.sqrt(average) + 1e-8)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        adam -= 0.001 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert walk(lambda th, g, s, _: core.adagrad(th, g, s), [0]) == (pytest.approx(adagrad), [pytest.approx(total)])
    assert walk(lambda th, g, s, _: core.rmsprop(th, g, s), [0]) == (pytest.approx(rmsprop), [pytest.approx(average)])
    theta, state = walk(lambda th, g, a, b, t: core.adam(th, g, a, b, step=t), [0, 0])
    assert theta == pytest.approx(adam, rel=1e-12)
    assert state == pytest.approx([m, v])


def test_the_steps_of_adam_compose_to_adam():
    theta, g, m, v = (
        np.array([1.0, 2, 3]),
        np.array([0.5, -1, 2]),
        np.array([0.1, 0.2, -0.3]),
        np.array([0.4, 0.5, 0.6]),
    )
    first, second = core.adam_m(g, m, beta1=0.7), core.adam_v(g, v, beta2=0.8)
    move = core.bias_correct(first, beta=0.7, step=3) / (np.sqrt(core.bias_correct(second, beta=0.8, step=3)) + 1e-8)
    received = core.adam(theta, g, m, v, lr=0.1, beta1=0.7, beta2=0.8, step=3)
    np.testing.assert_allclose(received[0], theta - 0.1 * move)
    np.testing.assert_array_equal(received[1:], [first, second])


def test_nothing_is_changed_in_place():
    theta, grad, velocity = (np.array([1.0, 2, 3]) for _ in range(3))
    core.sgd_momentum(theta, grad, velocity, lr=0.1, momentum=0.9)
    assert theta.tolist() == grad.tolist() == velocity.tolist() == [1, 2, 3]
