"""`dropout` with its mask as an argument: nothing is drawn at random."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, as_mask, real
from grader.core.support.losses import broadcast
from grader.core.support.pointwise import result


class _Kept(NamedTuple):
    """A checked input, and by what each of its numbers is multiplied."""

    x: Array
    factors: Array

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape


def _kept(input: ArrayLike, mask: ArrayLike, p: float) -> _Kept:
    x = as_array(input, "input")
    kept = broadcast(as_mask(mask, "mask").astype(np.float64), x.shape, "mask")
    if np.any((kept != 0) & (kept != 1)):
        raise ValueError(f"expected mask of 1 (kept) and 0 (dropped), received {kept[(kept != 0) & (kept != 1)][0]:g}")
    share = real(p, "p", 0.0, 1.0)
    return _Kept(x, kept / (1 - share) if share < 1 else np.zeros(x.shape))


@operation(topic="activation")
def dropout(input: ArrayLike, mask: ArrayLike, p: float = 0.5) -> ArrayOrFloat:
    """Inverted dropout: what the mask keeps, divided by 1 - p, and 0 elsewhere.

    input of any shape; mask broadcasts to it, 1 or True for what is kept, 0 or False for what is dropped. p is the
    probability of being dropped; with p = 1 everything is.

    Raises ValueError for a mask of other numbers or another shape, and a p outside 0 to 1. Source: Srivastava et al.
    (2014), inverted as in torch.nn.functional.dropout.

    >>> dropout([1, 2, 3], [1, 0, 1], p=0.5)
    array([2., 0., 6.])
    """
    call = _kept(input, mask, p)
    return result(call.x * call.factors)


@gradient(dropout, _kept)
def dropout_grad_input(g: Array, call: _Kept) -> ArrayOrFloat:
    """grad_output where the mask keeps, divided by 1 - p, and 0 elsewhere.

    >>> dropout_grad_input([1, 1, 1], [1, 2, 3], [1, 0, 1], p=0.75)
    array([4., 0., 4.])
    """
    return result(g * call.factors)
