"""`convolve2d`, the convolution of mathematics and signal processing, and its gradients: the kernel is rotated."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.convolution_plan import KERNEL_AXES, Plan, forward, grad_bias, grad_input, grad_weight, plan
from grader.core.support.inputs import Array, ArrayOrFloat, Padding, Size, as_array, check_rank


def _plan(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding,
    dilation: Size,
    groups: int,
    padding_mode: str,
) -> Plan:
    """The plan of the cross-correlation with the rotated kernel."""
    kernel = as_array(weight, "weight")
    check_rank(kernel, (2, 4), "weight", KERNEL_AXES)
    return plan(input, kernel[..., ::-1, ::-1], bias, stride, padding, dilation, groups, padding_mode)


@operation(topic="convolution")
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
    return forward(_plan(input, weight, bias, stride, padding, dilation, groups, padding_mode))


@gradient(convolve2d, _plan)
def convolve2d_grad_input(g: Array, p: Plan) -> Array:
    """at stride 1, the full correlation of grad_output with the kernel as it was given.

    >>> convolve2d_grad_input([[1, 0]], [[5, 6, 7], [8, 9, 10]], [[1, 2], [3, 4]])
    array([[4., 3., 0.],
           [2., 1., 0.]])
    """
    return grad_input(p, g)


@gradient(convolve2d, _plan)
def convolve2d_grad_weight(g: Array, p: Plan) -> Array:
    """that of `conv2d`, rotated by 180 degrees.

    >>> convolve2d_grad_weight([[1, 0]], [[5, 6, 7], [8, 9, 10]], [[1, 2], [3, 4]])
    array([[9., 8.],
           [6., 5.]])
    """
    return np.ascontiguousarray(grad_weight(p, g)[..., ::-1, ::-1])


@gradient(convolve2d, _plan)
def convolve2d_grad_bias(g: Array, p: Plan) -> ArrayOrFloat:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> convolve2d_grad_bias([[1, 2]], [[5, 6, 7], [8, 9, 10]], [[1, 2], [3, 4]])
    array([3.])
    """
    return grad_bias(p, g)
