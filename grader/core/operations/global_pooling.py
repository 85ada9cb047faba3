"""Global pools: the mean or the maximum over the last two axes, which they drop."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.arrays import Array, Value, as_array, check_rank, gradient_like, number_or_array
from grader.core.support.plan import IMAGE_AXES


def _image(input: ArrayLike) -> Array:
    image = as_array(input, "input")
    check_rank(image, (2, 3, 4), "input", IMAGE_AXES)
    return image


def global_avg_pool(input: ArrayLike) -> Value:
    """The mean over height and width.

    input (H, W) gives a number, (C, H, W) gives (C,), (N, C, H, W) gives (N, C).

    Raises ValueError for another rank. Source: Lin, Chen and Yan, "Network In Network" (2014).

    >>> global_avg_pool([[10, 3], [9, 18]])
    10.0
    """
    return number_or_array(np.asarray(_image(input).mean(axis=(-2, -1))))


def global_avg_pool_grad_input(grad_output: ArrayLike, input: ArrayLike) -> Array:
    """Gradient of `global_avg_pool` with respect to its input: every cell gets 1/(H W) of its channel's gradient.

    grad_output is a number for an (H, W) input, (C,) for (C, H, W), (N, C) for (N, C, H, W).

    Raises ValueError for another rank or a grad_output of another shape.

    >>> global_avg_pool_grad_input(1, [[10, 3], [9, 18]])
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    image = _image(input)
    g = gradient_like(grad_output, image.shape[:-2])
    cells = image.shape[-2] * image.shape[-1]
    return np.array(np.broadcast_to(g[..., None, None] / cells, image.shape))


def global_max_pool(input: ArrayLike) -> Value:
    """The maximum over height and width.

    input (H, W) gives a number, (C, H, W) gives (C,), (N, C, H, W) gives (N, C). NaN stays NaN.

    Raises ValueError for another rank. Source: the operator GlobalMaxPool of the ONNX standard.

    >>> global_max_pool([[9, 7], [10, 1]])
    10.0
    """
    return number_or_array(np.asarray(_image(input).max(axis=(-2, -1))))


def global_max_pool_grad_input(grad_output: ArrayLike, input: ArrayLike) -> Array:
    """Gradient of `global_max_pool` with respect to its input: the maximum gets all, every other cell nothing.

    Of several equal maxima the first in row-major order gets it. grad_output is a number for an (H, W) input, (C,) for
    (C, H, W), (N, C) for (N, C, H, W).

    Raises ValueError for another rank or a grad_output of another shape.

    >>> global_max_pool_grad_input(1, [[9, 7], [10, 10]])
    array([[0., 0.],
           [1., 0.]])
    """
    image = _image(input)
    g = gradient_like(grad_output, image.shape[:-2])
    flat = image.reshape(*image.shape[:-2], -1)
    result = np.zeros(flat.shape)
    np.put_along_axis(result, flat.argmax(axis=-1)[..., None], g[..., None], axis=-1)
    return result.reshape(image.shape)
