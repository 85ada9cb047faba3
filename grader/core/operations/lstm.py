"""One step of a long short-term memory layer, `lstm_cell`, and the gradients through it.

The gates are stacked in the weights, in PyTorch's order: input, forget, cell, output.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, as_array
from grader.core.support.pointwise import logistic
from grader.core.support.recurrent import Step, step


class _Lstm(NamedTuple):
    """A checked step: the four gates, the old memory and the new one."""

    at: Step
    i: Array
    f: Array
    g: Array
    o: Array
    memory: Array
    new: Array

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (2, *self.memory.shape)

    def memory_gradient(self, g: Array) -> Array:
        """The gradient of the new memory, through the output gate too."""
        return np.asarray(g[1] + g[0] * self.o * (1 - np.tanh(self.new) ** 2))

    def back(self, argument: str, g: Array) -> Array:
        """The gradient with respect to an argument, the old memory apart."""
        memory = self.memory_gradient(g)
        gates = (
            memory * self.g * self.i * (1 - self.i),
            memory * self.memory * self.f * (1 - self.f),
            memory * self.i * (1 - self.g**2),
            g[0] * np.tanh(self.new) * self.o * (1 - self.o),
        )
        total = np.concatenate(gates, axis=-1)
        return self.at.back(argument, total, total)


def _lstm(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None,
    b_hh: ArrayLike | None,
) -> _Lstm:
    state = as_array(hx, "hx")
    if state.ndim == 0 or len(state) != 2:
        raise ValueError(f"expected hx as (h, c), two arrays of one shape, received shape {state.shape}")
    at = step(input, state[0], w_ih, w_hh, b_ih, b_hh, 4)
    i, f, g, o = np.split(at.from_input + at.from_state, 4, axis=-1)
    i, f, g, o = logistic(i), logistic(f), np.tanh(g), logistic(o)
    return _Lstm(at, i, f, g, o, state[1], f * state[1] + i * g)


@operation(topic="recurrent")
def lstm_cell(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """One step of an LSTM: (h, c), both new.

    input (I) or (N, I); hx = (h, c), both (H) or (N, H); w_ih (4H, I), w_hh (4H, H), b_ih and b_hh (4H), their rows the
    input, forget, cell and output gate. c' = f c + i g, h' = o tanh(c'), with i, f, o through the sigmoid, g through
    tanh of W_ih x + b_ih + W_hh h + b_hh.

    Raises ValueError for shapes that do not fit. Source: Hochreiter and Schmidhuber (1997), with the forget gate of
    Gers et al. (2000); torch.nn.LSTMCell.

    >>> h, c = lstm_cell([1], ([0], [8]), [[0], [0], [0], [0]], [[0], [0], [0], [0]])
    >>> c
    array([4.])
    """
    call = _lstm(input, hx, w_ih, w_hh, b_ih, b_hh)
    return call.o * np.tanh(call.new), call.new


@gradient(lstm_cell, _lstm)
def lstm_cell_grad_input(g: Array, call: _Lstm) -> Array:
    """W_ih^T times the gradient of the gates' sums.

    grad_output is the pair of the gradients of h' and c'.

    >>> lstm_cell_grad_input(([0], [1]), [2], ([3], [8]), [[0], [0], [1], [0]], [[0], [0], [0], [0]]).round(6)
    array([0.035325])
    """
    return call.back("input", g)


@gradient(lstm_cell, _lstm)
def lstm_cell_grad_hx(g: Array, call: _Lstm) -> Array:
    """the pair of the gradients of h and c.

    grad_output is the pair of the gradients of h' and c'.

    >>> lstm_cell_grad_hx(([0], [1]), [2], ([3], [8]), [[0], [0], [1], [0]], [[0], [0], [0], [0]])
    array([[0. ],
           [0.5]])
    """
    return np.stack([call.back("hx", g), call.memory_gradient(g) * call.f])


@gradient(lstm_cell, _lstm)
def lstm_cell_grad_w_ih(g: Array, call: _Lstm) -> Array:
    """the outer products of the gradient of the gates' sums and input, summed over the samples.

    grad_output is the pair of the gradients of h' and c'.

    >>> lstm_cell_grad_w_ih(([0], [1]), [2], ([3], [8]), [[0], [0], [1], [0]], [[0], [0], [0], [0]]).round(6)
    array([[0.482014],
           [4.      ],
           [0.070651],
           [0.      ]])
    """
    return call.back("w_ih", g)


@gradient(lstm_cell, _lstm)
def lstm_cell_grad_w_hh(g: Array, call: _Lstm) -> Array:
    """the outer products of the gradient of the gates' sums and h, summed over the samples.

    grad_output is the pair of the gradients of h' and c'.

    >>> lstm_cell_grad_w_hh(([0], [1]), [2], ([3], [8]), [[0], [0], [1], [0]], [[0], [0], [0], [0]]).round(6)
    array([[0.723021],
           [6.      ],
           [0.105976],
           [0.      ]])
    """
    return call.back("w_hh", g)


@gradient(lstm_cell, _lstm)
def lstm_cell_grad_b_ih(g: Array, call: _Lstm) -> Array:
    """the gradient of the gates' sums, summed over the samples.

    grad_output is the pair of the gradients of h' and c'.

    >>> lstm_cell_grad_b_ih(([0], [1]), [2], ([3], [8]), [[0], [0], [1], [0]], [[0], [0], [0], [0]]).round(6)
    array([0.241007, 2.      , 0.035325, 0.      ])
    """
    return call.back("b_ih", g)


@gradient(lstm_cell, _lstm)
def lstm_cell_grad_b_hh(g: Array, call: _Lstm) -> Array:
    """the same as that with respect to b_ih.

    grad_output is the pair of the gradients of h' and c'.

    >>> lstm_cell_grad_b_hh(([0], [1]), [2], ([3], [8]), [[0], [0], [1], [0]], [[0], [0], [0], [0]]).round(6)
    array([0.241007, 2.      , 0.035325, 0.      ])
    """
    return call.back("b_hh", g)
