"""Central finite differences: the judge of every gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def finite_difference(operation: Callable, grad_output, arguments: dict, name: str, step: float = 1e-5):
    """d sum(grad_output * operation(**arguments)) / d arguments[name], entry by entry."""
    at = np.array(arguments[name], dtype=float)
    slope = np.zeros(at.shape)
    for index in np.ndindex(*at.shape):
        sides = []
        for sign in (1, -1):
            moved = at.copy()
            moved[index] += sign * step
            sides.append(np.sum(grad_output * np.asarray(operation(**{**arguments, name: moved}))))
        slope[index] = (sides[0] - sides[1]) / (2 * step)
    return slope


def assert_gradient(operation: Callable, gradient: Callable, arguments: dict, name: str, draw) -> None:
    """The gradient must have the argument's shape and agree with finite differences for a random grad_output."""
    grad_output = draw.normal(size=np.shape(operation(**arguments)))
    received = gradient(grad_output, **arguments)
    expected = finite_difference(operation, grad_output, arguments, name)
    assert np.shape(received) == expected.shape
    np.testing.assert_allclose(received, expected, rtol=1e-6, atol=1e-7)
