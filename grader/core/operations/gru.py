"""One step of a gated recurrent unit, `gru_cell`, and the gradients through it.

The gates are stacked in the weights, in PyTorch's order: reset, update, new.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, as_array
from grader.core.support.pointwise import logistic
from grader.core.support.recurrent import Step, step


class _Gru(NamedTuple):
    """A checked step: the reset and update gates, the new content, and what the reset gate is applied to."""

    at: Step
    r: Array
    z: Array
    n: Array
    reset: Array

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.at.h.shape

    def back(self, argument: str, g: Array) -> Array:
        """The gradient with respect to an argument, through the gates."""
        content = g * (1 - self.z) * (1 - self.n**2)
        update = g * (self.at.h - self.n) * self.z * (1 - self.z)
        reset = content * self.reset * self.r * (1 - self.r)
        inputs = np.concatenate((reset, update, content), axis=-1)
        states = np.concatenate((reset, update, content * self.r), axis=-1)
        return self.at.back(argument, inputs, states)


def _gru(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None,
    b_hh: ArrayLike | None,
) -> _Gru:
    at = step(input, as_array(hx, "hx"), w_ih, w_hh, b_ih, b_hh, 3)
    inputs, states = np.split(at.from_input, 3, axis=-1), np.split(at.from_state, 3, axis=-1)
    r, z = logistic(inputs[0] + states[0]), logistic(inputs[1] + states[1])
    return _Gru(at, r, z, np.tanh(inputs[2] + r * states[2]), states[2])


@operation(topic="recurrent")
def gru_cell(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> Array:
    """One step of a gated recurrent unit: h' = (1 - z) n + z h.

    input (I) or (N, I), hx (H) or (N, H), w_ih (3H, I), w_hh (3H, H), b_ih and b_hh (3H), their rows the reset gate r,
    the update gate z and the new content n. As in PyTorch, n = tanh(W_in x + b_in + r (W_hn h + b_hn)).

    Raises ValueError for shapes that do not fit. Source: Cho et al. (2014); torch.nn.GRUCell.

    >>> gru_cell([1], [8], [[0], [0], [0]], [[0], [0], [0]])
    array([4.])
    """
    call = _gru(input, hx, w_ih, w_hh, b_ih, b_hh)
    return (1 - call.z) * call.n + call.z * call.at.h


@gradient(gru_cell, _gru)
def gru_cell_grad_input(g: Array, call: _Gru) -> Array:
    """W_ih^T times the gradient of the gates' sums.

    >>> gru_cell_grad_input([1], [2], [8], [[0], [0], [1]], [[0], [0], [0]]).round(6)
    array([0.035325])
    """
    return call.back("input", g)


@gradient(gru_cell, _gru)
def gru_cell_grad_hx(g: Array, call: _Gru) -> Array:
    """through the gates, and grad_output z past them.

    >>> gru_cell_grad_hx([1], [2], [8], [[0], [0], [1]], [[0], [0], [0]])
    array([0.5])
    """
    return call.back("hx", g) + g * call.z


@gradient(gru_cell, _gru)
def gru_cell_grad_w_ih(g: Array, call: _Gru) -> Array:
    """the outer products of the gradient of the gates' sums and input, summed over the samples.

    >>> gru_cell_grad_w_ih([1], [2], [8], [[0], [0], [1]], [[0], [0], [0]]).round(6)
    array([[0.      ],
           [3.517986],
           [0.070651]])
    """
    return call.back("w_ih", g)


@gradient(gru_cell, _gru)
def gru_cell_grad_w_hh(g: Array, call: _Gru) -> Array:
    """the outer products of the gradient of the state's part and hx, summed over the samples.

    >>> gru_cell_grad_w_hh([1], [2], [8], [[0], [0], [1]], [[0], [0], [0]]).round(6)
    array([[ 0.      ],
           [14.071945],
           [ 0.141302]])
    """
    return call.back("w_hh", g)


@gradient(gru_cell, _gru)
def gru_cell_grad_b_ih(g: Array, call: _Gru) -> Array:
    """the gradient of the gates' sums, summed over the samples.

    >>> gru_cell_grad_b_ih([1], [2], [8], [[0], [0], [1]], [[0], [0], [0]]).round(6)
    array([0.      , 1.758993, 0.035325])
    """
    return call.back("b_ih", g)


@gradient(gru_cell, _gru)
def gru_cell_grad_b_hh(g: Array, call: _Gru) -> Array:
    """the gradient of the state's part, summed over the samples.

    >>> gru_cell_grad_b_hh([1], [2], [8], [[0], [0], [1]], [[0], [0], [0]]).round(6)
    array([0.      , 1.758993, 0.017663])
    """
    return call.back("b_hh", g)
