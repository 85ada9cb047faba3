"""One step of a plain recurrent layer, `rnn_cell`, and the gradients through it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, as_array, one_of
from grader.core.support.recurrent import Step, step


class _Rnn(NamedTuple):
    """A checked step of a plain recurrent layer."""

    at: Step
    relu: bool

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.at.h.shape

    def state(self) -> Array:
        """The new hidden state."""
        total = self.at.from_input + self.at.from_state
        return np.maximum(total, 0.0) if self.relu else np.tanh(total)

    def back(self, argument: str, g: Array) -> Array:
        """The gradient with respect to an argument."""
        new = self.state()
        total = g * (new > 0) if self.relu else g * (1 - new**2)
        return self.at.back(argument, total, total)


def _rnn(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None,
    b_hh: ArrayLike | None,
    nonlinearity: str,
) -> _Rnn:
    relu = one_of(nonlinearity, "nonlinearity", ("tanh", "relu")) == "relu"
    return _Rnn(step(input, as_array(hx, "hx"), w_ih, w_hh, b_ih, b_hh, 1), relu)


@operation(topic="recurrent")
def rnn_cell(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
    nonlinearity: str = "tanh",
) -> Array:
    """One step of a plain recurrent layer: h' = tanh(W_ih x + b_ih + W_hh h + b_hh).

    input (I) or (N, I), hx (H) or (N, H), w_ih (H, I), w_hh (H, H), b_ih and b_hh (H). nonlinearity "relu" takes the
    ReLU instead of tanh.

    Raises ValueError for shapes that do not fit. Source: Elman (1990); torch.nn.RNNCell.

    >>> rnn_cell([1, 2], [3], [[0.5, -1]], [[0.5]]).round(6)
    array([0.])
    """
    return _rnn(input, hx, w_ih, w_hh, b_ih, b_hh, nonlinearity).state()


@gradient(rnn_cell, _rnn)
def rnn_cell_grad_input(g: Array, call: _Rnn) -> Array:
    """W_ih^T (grad_output (1 - h'^2)).

    >>> rnn_cell_grad_input([1], [1, 2], [3], [[0.5, -1]], [[0.5]])
    array([ 0.5, -1. ])
    """
    return call.back("input", g)


@gradient(rnn_cell, _rnn)
def rnn_cell_grad_hx(g: Array, call: _Rnn) -> Array:
    """W_hh^T (grad_output (1 - h'^2)).

    >>> rnn_cell_grad_hx([1], [1, 2], [3], [[0.5, -1]], [[0.5]])
    array([0.5])
    """
    return call.back("hx", g)


@gradient(rnn_cell, _rnn)
def rnn_cell_grad_w_ih(g: Array, call: _Rnn) -> Array:
    """the outer products of grad_output (1 - h'^2) and input, summed over the samples.

    >>> rnn_cell_grad_w_ih([1], [1, 2], [3], [[0.5, -1]], [[0.5]])
    array([[1., 2.]])
    """
    return call.back("w_ih", g)


@gradient(rnn_cell, _rnn)
def rnn_cell_grad_w_hh(g: Array, call: _Rnn) -> Array:
    """the outer products of grad_output (1 - h'^2) and hx, summed over the samples.

    >>> rnn_cell_grad_w_hh([1], [1, 2], [3], [[0.5, -1]], [[0.5]])
    array([[3.]])
    """
    return call.back("w_hh", g)


@gradient(rnn_cell, _rnn)
def rnn_cell_grad_b_ih(g: Array, call: _Rnn) -> Array:
    """grad_output (1 - h'^2), summed over the samples.

    >>> rnn_cell_grad_b_ih([1], [1, 2], [3], [[0.5, -1]], [[0.5]])
    array([1.])
    """
    return call.back("b_ih", g)


@gradient(rnn_cell, _rnn)
def rnn_cell_grad_b_hh(g: Array, call: _Rnn) -> Array:
    """the same as that with respect to b_ih.

    >>> rnn_cell_grad_b_hh([1], [1, 2], [3], [[0.5, -1]], [[0.5]])
    array([1.])
    """
    return call.back("b_hh", g)
