"""`lp_pool2d`, the pooling between the sum and the maximum, and its gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Sides, Size, real
from grader.core.support.pools import Pool, divisors, pool, spread, sums


class _Power(NamedTuple):
    """A checked pooling, its power, and the sums of powers, those of incomplete windows made up to whole ones."""

    pool: Pool
    norm: float
    scale: Array
    total: Array

    @property
    def output_shape(self) -> Sides:
        return self.pool.output_shape


def _power(input: ArrayLike, norm_type: float, kernel_size: Size, stride: Size | None, ceil_mode: bool) -> _Power:
    p, norm = pool(input, 2, kernel_size, stride, 0, 1, ceil_mode), real(norm_type, "norm_type")
    if norm == 0:
        raise ValueError("expected norm_type to be other than 0, received 0")
    scale = p.kernel[0] * p.kernel[1] / divisors(p, True, None)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _Power(p, norm, scale, sums(p, p.image**norm) * scale)


@operation(topic="pooling")
def lp_pool2d(
    input: ArrayLike,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Array:
    """The power mean of each window without its divisor: (sum of x^p)^(1/p), with p = norm_type.

    input (H, W), (C, H, W) or (N, C, H, W); stride is kernel_size where it is None. p = 1 is the sum, a large p comes
    near the maximum of positive cells. The sum of an incomplete window, which ceil_mode keeps, is scaled to that of a
    whole one.

    Negative cells under a fractional p, and a negative sum that has no p-th root, give NaN.

    Raises ValueError for options that do not fit and a norm_type of 0. Source: torch.nn.functional.lp_pool2d.

    >>> lp_pool2d([[3, 4, 0, 5], [0, 0, 0, 12]], 2, 2)
    array([[ 5., 13.]])
    """
    call = _power(input, norm_type, kernel_size, stride, ceil_mode)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.asarray(call.total ** (1 / call.norm)).reshape(call.output_shape)


@gradient(lp_pool2d, _power)
def lp_pool2d_grad_input(g: Array, call: _Power) -> Array:
    """each cell gets that of its window times (x / result)^(p-1).

    A window whose cells are all 0 has no gradient and passes on 0.

    >>> lp_pool2d_grad_input([[5]], [[3, 4], [0, 0]], 2, 2)
    array([[3., 4.],
           [0., 0.]])
    """
    p, norm = call.pool, call.norm
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(call.total == 0, 0.0, call.total ** (1 / norm - 1))
        inside = p.crop(spread(p.lifted(g) * slope * call.scale, p))
        return np.asarray(inside * p.image.reshape(p.image_shape) ** (norm - 1))
