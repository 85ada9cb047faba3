"""Optimizers besides `adam` and its relatives, one step each: `sgd`, `nag`, `adamw`, `adadelta`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.operations.optimizers import adam, parameters_and_gradient, sgd_momentum, state_like
from grader.core.registry import operation
from grader.core.support.inputs import Array, ArrayOrFloat, number_or_array, real


def _decayed(theta: ArrayLike, grad: ArrayLike, weight_decay: float) -> tuple[Array, Array]:
    """Parameters, and the gradient with that of the penalty weight_decay/2 |theta|^2 added."""
    parameters, gradient = parameters_and_gradient(theta, grad)
    return parameters, np.asarray(gradient + real(weight_decay, "weight_decay", 0.0) * parameters)


@operation(topic="optimizer")
def sgd(theta: ArrayLike, grad: ArrayLike, *, lr: float = 1e-3, weight_decay: float = 0.0) -> ArrayOrFloat:
    """One step of gradient descent: theta - lr (g + weight_decay theta).

    theta and grad of the same shape; the new theta is returned.

    Raises ValueError for a negative option and shapes that differ. Source: torch.optim.SGD.

    >>> sgd(2, 3, lr=0.5, weight_decay=0.5)
    0.0
    """
    parameters, gradient = _decayed(theta, grad, weight_decay)
    return number_or_array(np.asarray(parameters - real(lr, "lr", 0.0) * gradient))


@operation(topic="optimizer")
def nag(
    theta: ArrayLike,
    grad: ArrayLike,
    velocity: ArrayLike,
    *,
    lr: float,
    momentum: float,
    weight_decay: float = 0.0,
) -> tuple[ArrayOrFloat, ArrayOrFloat]:
    """One step of Nesterov's accelerated gradient, as PyTorch has it: (theta, velocity), both new.

    v = momentum v + g, then theta - lr (g + momentum v), with g = grad + weight_decay theta. theta and grad of the same
    shape, velocity too or one number. It is `sgd_momentum` in the form "nesterov".

    Raises ValueError for options out of range and shapes that differ. Source: Nesterov (1983); Sutskever et al. (2013);
    torch.optim.SGD with nesterov=True.

    >>> nag(1, 2, 4, lr=0.5, momentum=0.5)
    (-1.0, 4.0)
    """
    parameters, gradient = _decayed(theta, grad, weight_decay)
    return sgd_momentum(parameters, gradient, velocity, lr=lr, momentum=momentum, form="nesterov")


@operation(topic="optimizer")
def adamw(
    theta: ArrayLike,
    grad: ArrayLike,
    m: ArrayLike,
    v: ArrayLike,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    step: int,
) -> tuple[ArrayOrFloat, ArrayOrFloat, ArrayOrFloat]:
    """One step of AdamW: (theta, m, v), all new; weights decay alongside the step of `adam`, not inside its gradient.

    theta (1 - lr weight_decay), then as in `adam`. theta and grad of the same shape, m and v too or one number; step
    counts from 1.

    Raises ValueError for options out of range and shapes that differ. Source: Loshchilov and Hutter, "Decoupled Weight
    Decay Regularization" (2019); torch.optim.AdamW.

    >>> adamw(2, 4, 0, 0, lr=0.5, beta1=0.5, beta2=0.75, eps=0, weight_decay=0.5, step=1)
    (1.0, 2.0, 4.0)
    """
    parameters, gradient = parameters_and_gradient(theta, grad)
    shrunk = parameters * (1 - real(lr, "lr", 0.0) * real(weight_decay, "weight_decay", 0.0))
    return adam(shrunk, gradient, m, v, lr=lr, beta1=beta1, beta2=beta2, eps=eps, step=step)


@operation(topic="optimizer")
def adadelta(
    theta: ArrayLike,
    grad: ArrayLike,
    square_avg: ArrayLike,
    acc_delta: ArrayLike,
    *,
    lr: float = 1.0,
    rho: float = 0.9,
    eps: float = 1e-6,
    weight_decay: float = 0.0,
) -> tuple[ArrayOrFloat, ArrayOrFloat, ArrayOrFloat]:
    """One step of Adadelta: (theta, square_avg, acc_delta), all new.

    square_avg = rho square_avg + (1 - rho) g^2; the step is d = sqrt(acc_delta + eps) / sqrt(square_avg + eps) g, and
    acc_delta = rho acc_delta + (1 - rho) d^2; then theta - lr d, with g = grad + weight_decay theta. theta and grad of
    the same shape, the states too or one number.

    Raises ValueError for options out of range and shapes that differ. Source: Zeiler, "ADADELTA" (2012);
    torch.optim.Adadelta.

    >>> adadelta(1, 2, 4, 4, rho=0.75, eps=0)
    (-1.0, 4.0, 4.0)
    """
    parameters, gradient = _decayed(theta, grad, weight_decay)
    decay, small = real(rho, "rho", 0.0, 1.0), real(eps, "eps", 0.0)
    average = decay * state_like(square_avg, gradient, "square_avg") + (1 - decay) * gradient**2
    steps = state_like(acc_delta, gradient, "acc_delta")
    for state, name in ((average, "square_avg"), (steps, "acc_delta")):
        if np.any(state < 0):
            raise ValueError(f"expected {name} of at least 0, received {float(state.min()):g}")
    with np.errstate(invalid="ignore", divide="ignore"):
        move = np.sqrt(steps + small) / np.sqrt(average + small) * gradient
    new = decay * steps + (1 - decay) * move**2
    moved = parameters - real(lr, "lr", 0.0) * move
    return number_or_array(np.asarray(moved)), number_or_array(np.asarray(average)), number_or_array(np.asarray(new))
