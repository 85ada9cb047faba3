"""Global pools: the mean or the maximum over the last two axes, which they drop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, number_or_array
from grader.core.support.windows import check_image


class _Map(NamedTuple):
    """A checked image."""

    image: Array

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.image.shape[:-2]


def _map(input: ArrayLike) -> _Map:
    image = as_array(input, "input")
    check_image(image, 2)
    return _Map(image)


@operation(topic="pooling")
def global_avg_pool(input: ArrayLike) -> ArrayOrFloat:
    """The mean over height and width.

    input (H, W) gives a number, (C, H, W) gives (C,), (N, C, H, W) gives (N, C).

    Raises ValueError for another rank. Source: Lin, Chen and Yan, "Network In Network" (2014).

    >>> global_avg_pool([[10, 3], [9, 18]])
    10.0
    """
    return number_or_array(np.asarray(_map(input).image.mean(axis=(-2, -1))))


@gradient(global_avg_pool, _map)
def global_avg_pool_grad_input(g: Array, call: _Map) -> Array:
    """every cell gets 1/(H W) of its channel's gradient.

    >>> global_avg_pool_grad_input(1, [[10, 3], [9, 18]])
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    cells = call.image.shape[-2] * call.image.shape[-1]
    return np.array(np.broadcast_to(g[..., None, None] / cells, call.image.shape))


@operation(topic="pooling")
def global_max_pool(input: ArrayLike) -> ArrayOrFloat:
    """The maximum over height and width.

    input (H, W) gives a number, (C, H, W) gives (C,), (N, C, H, W) gives (N, C). NaN stays NaN.

    Raises ValueError for another rank. Source: the operator GlobalMaxPool of the ONNX standard.

    >>> global_max_pool([[9, 7], [10, 1]])
    10.0
    """
    return number_or_array(np.asarray(_map(input).image.max(axis=(-2, -1))))


@gradient(global_max_pool, _map)
def global_max_pool_grad_input(g: Array, call: _Map) -> Array:
    """the maximum gets all, every other cell nothing.

    Of several equal maxima the first in row-major order gets it.

    >>> global_max_pool_grad_input(1, [[9, 7], [10, 10]])
    array([[0., 0.],
           [1., 0.]])
    """
    flat = call.image.reshape(*call.output_shape, -1)
    grad = np.zeros(flat.shape)
    np.put_along_axis(grad, flat.argmax(axis=-1)[..., None], g[..., None], axis=-1)
    return grad.reshape(call.image.shape)
