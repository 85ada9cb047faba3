"""Optimizers, one step each: new parameters and new state, nothing changed in place; and their component steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_shape, number_or_array, one_of, real, whole

FORMS = ("lr_inside", "lr_outside", "ema", "nesterov")


def state_like(state: ArrayLike, like: Array, name: str) -> Array:
    """State in the shape of the gradient; a single number is used for every entry, as 0 at the start."""
    array = as_array(state, name)
    if array.ndim == 0:
        return np.full(like.shape, float(array))
    check_shape(array, like.shape, name)
    return array


def parameters_and_gradient(theta: ArrayLike, grad: ArrayLike) -> tuple[Array, Array]:
    """Parameters and their gradient, which must have one shape."""
    parameters, gradient = as_array(theta, "theta"), as_array(grad, "grad")
    check_shape(gradient, parameters.shape, "grad")
    return parameters, gradient


def _beta(value: float, name: str) -> float:
    beta = real(value, name, 0.0)
    if beta >= 1:
        raise ValueError(f"expected {name} to be below 1, received {beta:g}")
    return beta


@operation(topic="optimizer")
def velocity(
    grad: ArrayLike, velocity: ArrayLike, *, momentum: float, lr: float | None = None, form: str = "lr_inside"
) -> ArrayOrFloat:
    """The new velocity of `sgd_momentum`.

    grad of any shape, velocity the same or one number. lr_inside: momentum v + lr g (needs lr); lr_outside and
    nesterov: momentum v + g; ema: momentum v + (1 - momentum) g.

    Raises ValueError for an unknown form, a missing lr and shapes that differ. Source: Polyak (1964); Sutskever et al.
    (2013).

    >>> velocity(-16, 0, lr=0.1, momentum=0.9)
    -1.6
    """
    gradient = as_array(grad, "grad")
    old, rate = state_like(velocity, gradient, "velocity"), real(momentum, "momentum", 0.0)
    word = one_of(form, "form", FORMS)
    step = None if lr is None else real(lr, "lr", 0.0)
    if word == "lr_inside":
        if step is None:
            raise ValueError("expected lr for the form lr_inside, received None")
        return number_or_array(np.asarray(rate * old + step * gradient))
    if word == "ema":
        return number_or_array(np.asarray(rate * old + (1 - real(momentum, "momentum", 0.0, 1.0)) * gradient))
    return number_or_array(np.asarray(rate * old + gradient))


@operation(topic="optimizer")
def sgd_momentum(
    theta: ArrayLike, grad: ArrayLike, velocity: ArrayLike, *, lr: float, momentum: float, form: str = "lr_inside"
) -> tuple[ArrayOrFloat, ArrayOrFloat]:
    """One step of gradient descent with momentum: (theta, velocity), both new.

    theta and grad of the same shape, velocity too or one number. lr_inside: v = momentum v + lr g, theta - v;
    lr_outside (PyTorch): v = momentum v + g, theta - lr v; ema: v = momentum v + (1 - momentum) g, theta - lr v;
    nesterov (PyTorch): v = momentum v + g, theta - lr (g + momentum v).

    Raises ValueError for an unknown form, options out of range and shapes that differ. Source: torch.optim.SGD.

    >>> sgd_momentum(1, -16, 0, lr=0.1, momentum=0.9)
    (2.6, -1.6)
    """
    parameters, gradient = parameters_and_gradient(theta, grad)
    step, kept = real(lr, "lr", 0.0), real(momentum, "momentum", 0.0)
    new = np.asarray(_new_velocity(gradient, velocity, momentum=kept, lr=step, form=form))
    moves = {
        "lr_inside": new,
        "lr_outside": step * new,
        "ema": step * new,
        "nesterov": step * (gradient + kept * new),
    }
    return number_or_array(np.asarray(parameters - moves[form])), number_or_array(new)


_new_velocity = velocity  # sgd_momentum's own argument of that name hides the function


@operation(topic="optimizer")
def adagrad(
    theta: ArrayLike, grad: ArrayLike, state_sum: ArrayLike, *, lr: float = 0.01, eps: float = 1e-10
) -> tuple[ArrayOrFloat, ArrayOrFloat]:
    """One step of Adagrad: (theta, state_sum), both new.

    state_sum + g^2, then theta - lr g / (sqrt(state_sum) + eps). theta and grad of the same shape, state_sum too or
    one number.

    Raises ValueError for options out of range and shapes that differ. Source: Duchi et al. (2011); torch.optim.Adagrad.

    >>> adagrad(1, 3, 16, lr=0.5, eps=0)
    (0.7, 25.0)
    """
    parameters, gradient = parameters_and_gradient(theta, grad)
    total = state_like(state_sum, gradient, "state_sum") + gradient**2
    return _scaled_step(parameters, gradient, total, lr, eps), number_or_array(np.asarray(total))


@operation(topic="optimizer")
def rmsprop(
    theta: ArrayLike,
    grad: ArrayLike,
    square_avg: ArrayLike,
    *,
    lr: float = 0.01,
    alpha: float = 0.99,
    eps: float = 1e-8,
) -> tuple[ArrayOrFloat, ArrayOrFloat]:
    """One step of RMSprop: (theta, square_avg), both new.

    square_avg = alpha square_avg + (1 - alpha) g^2, then theta - lr g / (sqrt(square_avg) + eps). theta and grad of the
    same shape, square_avg too or one number.

    Raises ValueError for options out of range and shapes that differ. Source: torch.optim.RMSprop.

    >>> rmsprop(1, 2, 4, lr=0.5, alpha=0.75, eps=0)
    (0.5, 4.0)
    """
    parameters, gradient = parameters_and_gradient(theta, grad)
    decay = real(alpha, "alpha", 0.0, 1.0)
    average = decay * state_like(square_avg, gradient, "square_avg") + (1 - decay) * gradient**2
    return _scaled_step(parameters, gradient, average, lr, eps), number_or_array(np.asarray(average))


def _scaled_step(parameters: Array, move: Array, squares: Array, lr: float, eps: float) -> ArrayOrFloat:
    """theta - lr move / (sqrt(squares) + eps)."""
    step, small = real(lr, "lr", 0.0), real(eps, "eps", 0.0)
    if np.any(squares < 0):
        raise ValueError(f"expected a state of squares of at least 0, received {float(squares.min()):g}")
    with np.errstate(invalid="ignore", divide="ignore"):
        return number_or_array(np.asarray(parameters - step * move / (np.sqrt(squares) + small)))


@operation(topic="optimizer")
def adam_m(grad: ArrayLike, m: ArrayLike, *, beta1: float = 0.9) -> ArrayOrFloat:
    """Adam's first moment: beta1 m + (1 - beta1) g.

    grad of any shape, m the same or one number.

    Raises ValueError for a beta1 outside [0, 1) and shapes that differ. Source: Kingma and Ba, "Adam" (2015).

    >>> adam_m(4, 2, beta1=0.5)
    3.0
    """
    gradient, beta = as_array(grad, "grad"), _beta(beta1, "beta1")
    return number_or_array(np.asarray(beta * state_like(m, gradient, "m") + (1 - beta) * gradient))


@operation(topic="optimizer")
def adam_v(grad: ArrayLike, v: ArrayLike, *, beta2: float = 0.999) -> ArrayOrFloat:
    """Adam's second moment: beta2 v + (1 - beta2) g^2.

    grad of any shape, v the same or one number.

    Raises ValueError for a beta2 outside [0, 1) and shapes that differ. Source: Kingma and Ba, "Adam" (2015).

    >>> adam_v(4, 2, beta2=0.5)
    9.0
    """
    gradient, beta = as_array(grad, "grad"), _beta(beta2, "beta2")
    return number_or_array(np.asarray(beta * state_like(v, gradient, "v") + (1 - beta) * gradient**2))


@operation(topic="optimizer")
def bias_correct(moment: ArrayLike, *, beta: float, step: int) -> ArrayOrFloat:
    """A moment of Adam without its bias towards the zero it started from: moment / (1 - beta^step).

    moment of any shape; step counts from 1.

    Raises ValueError for a beta outside [0, 1) and a step below 1. Source: Kingma and Ba, "Adam" (2015).

    >>> bias_correct(3, beta=0.5, step=2)
    4.0
    """
    rate, steps = _beta(beta, "beta"), whole(step, "step", 1)
    # from here on every power of a number below 1 is 0 in float64
    decay = rate ** min(steps, 10**19)
    return number_or_array(np.asarray(as_array(moment, "moment") / (1 - decay)))


@operation(topic="optimizer")
def adam(
    theta: ArrayLike,
    grad: ArrayLike,
    m: ArrayLike,
    v: ArrayLike,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    step: int,
) -> tuple[ArrayOrFloat, ArrayOrFloat, ArrayOrFloat]:
    """One step of Adam: (theta, m, v), all new.

    m and v as in `adam_m` and `adam_v`, corrected as in `bias_correct`; then theta - lr m / (sqrt(v) + eps). theta and
    grad of the same shape, m and v too or one number; step counts from 1.

    Raises ValueError for options out of range and shapes that differ. Source: Kingma and Ba, "Adam" (2015);
    torch.optim.Adam.

    >>> adam(1, 4, 0, 0, lr=0.5, beta1=0.5, beta2=0.75, eps=0, step=1)
    (0.5, 2.0, 4.0)
    """
    parameters, gradient = parameters_and_gradient(theta, grad)
    first, second = adam_m(gradient, m, beta1=beta1), adam_v(gradient, v, beta2=beta2)
    move = np.asarray(bias_correct(first, beta=beta1, step=step))
    squares = np.asarray(bias_correct(second, beta=beta2, step=step))
    return _scaled_step(parameters, move, squares, lr, eps), first, second
