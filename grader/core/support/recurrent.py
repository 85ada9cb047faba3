"""One step of a recurrent layer: what the input and the state each contribute, and the gradients through both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.inputs import Array, as_array, check_rank, check_shape


class Step(NamedTuple):
    """Checked arguments: x (..., I), h (..., H), weights (gates H, I) and (gates H, H), and the two parts of the sum.

    `from_input` is W_ih x + b_ih, `from_state` W_hh h + b_hh, both (..., gates H).
    """

    x: Array
    h: Array
    w_ih: Array
    w_hh: Array
    from_input: Array
    from_state: Array

    def back(self, argument: str, inputs: Array, states: Array) -> Array:
        """The gradient with respect to an argument, from those with respect to the two parts of the sum."""
        match argument:
            case "input":
                return np.asarray(inputs @ self.w_ih)
            case "hx":
                return np.asarray(states @ self.w_hh)
            case "w_ih":
                return _rows(inputs).T @ _rows(self.x)
            case "w_hh":
                return _rows(states).T @ _rows(self.h)
            case "b_ih":
                return np.asarray(_rows(inputs).sum(axis=0))
            case "b_hh":
                return np.asarray(_rows(states).sum(axis=0))
        raise ValueError(f"expected an argument of a recurrent cell, received {argument!r}")


def _rows(array: Array) -> Array:
    return array.reshape(-1, array.shape[-1])


def step(
    input: ArrayLike,
    h: Array,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None,
    b_hh: ArrayLike | None,
    gates: int,
) -> Step:
    """Check shapes and compute both parts of the sum of `gates` gates."""
    x, wi, wh = as_array(input, "input"), as_array(w_ih, "w_ih"), as_array(w_hh, "w_hh")
    check_rank(x, (1, 2), "input", "(I) or (N, I)")
    check_rank(h, (x.ndim,), "hx", "(H)" if x.ndim == 1 else "(N, H)")
    rows = gates * h.shape[-1]
    check_shape(h, (*x.shape[:-1], h.shape[-1]), "hx")
    check_shape(wi, (rows, x.shape[-1]), "w_ih")
    check_shape(wh, (rows, h.shape[-1]), "w_hh")
    sums = []
    for values, weight, bias, name in ((x, wi, b_ih, "b_ih"), (h, wh, b_hh, "b_hh")):
        shift = np.zeros(rows) if bias is None else as_array(bias, name)
        check_shape(shift, (rows,), name)
        sums.append(values @ weight.T + shift)
    return Step(x, h, wi, wh, sums[0], sums[1])
