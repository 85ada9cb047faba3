"""`convolve2d`, the convolution of mathematics and signal processing, and its gradients: the kernel is rotated."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.arrays import Array, Value, as_array, check_rank
from grader.core.support.options import Padding, Size
from grader.core.support.plan import KERNEL_AXES, forward, grad_bias, grad_input, grad_weight, plan


def _rotated(weight: ArrayLike) -> Array:
    kernel = as_array(weight, "weight")
    check_rank(kernel, (2, 4), "weight", KERNEL_AXES)
    return kernel[..., ::-1, ::-1]


def convolve2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Array:
    """True convolution: `conv2d` with the kernel rotated by 180 degrees.

    Arguments, forms and errors are those of `conv2d`. With stride 1 and no padding it is the part of the convolution
    g(x, y) = sum w(s, t) f(x-s, y-t) for which the kernel lies inside the image.

    Raises ValueError as `conv2d` does. Source: Gonzalez and Woods, "Digital Image Processing", spatial filtering.

    >>> convolve2d([[2, 3, 4], [3, 1, 5], [4, -1, -2]], [[0, 3], [1, -2]])
    array([[8., 1.],
           [7., 0.]])
    """
    return forward(plan(input, _rotated(weight), stride, padding, dilation, groups, padding_mode), bias)


def convolve2d_grad_input(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,  # noqa: ARG001 - the rule of names: all arguments of the operation follow
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Array:
    """Gradient of `convolve2d` with respect to its input, in the input's shape.

    grad_output has the shape of the output; the other arguments are those of `convolve2d`.

    Raises ValueError as `convolve2d` does, and for a grad_output of another shape.

    >>> convolve2d_grad_input([[1, 0]], [[5, 6, 7], [8, 9, 10]], [[1, 2], [3, 4]])
    array([[4., 3., 0.],
           [2., 1., 0.]])
    """
    return grad_input(plan(input, _rotated(weight), stride, padding, dilation, groups, padding_mode), grad_output)


def convolve2d_grad_weight(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,  # noqa: ARG001 - the rule of names
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Array:
    """Gradient of `convolve2d` with respect to its kernel, in the kernel's shape.

    grad_output has the shape of the output; the other arguments are those of `convolve2d`.

    Raises ValueError as `convolve2d` does, and for a grad_output of another shape.

    >>> convolve2d_grad_weight([[1, 0]], [[5, 6, 7], [8, 9, 10]], [[1, 2], [3, 4]])
    array([[9., 8.],
           [6., 5.]])
    """
    p = plan(input, _rotated(weight), stride, padding, dilation, groups, padding_mode)
    return np.ascontiguousarray(grad_weight(p, grad_output)[..., ::-1, ::-1])


def convolve2d_grad_bias(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Value:
    """Gradient of `convolve2d` with respect to its bias: the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    Raises ValueError as `convolve2d` does, and for a grad_output of another shape.

    >>> convolve2d_grad_bias([[1, 2]], [[5, 6, 7], [8, 9, 10]], [[1, 2], [3, 4]])
    array([3.])
    """
    p = plan(input, _rotated(weight), stride, padding, dilation, groups, padding_mode)
    return grad_bias(p, grad_output, bias)
