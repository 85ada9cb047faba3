"""`conv2d`, the cross-correlation that deep learning calls convolution, and its gradients.

Source: the definition in PyTorch's `torch.nn.functional.conv2d`; Dumoulin and Visin, "A guide to convolution
arithmetic for deep learning" (2016) for the gradients as correlations.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Padding, Size, Value
from grader.core.support.plan import Plan, forward, grad_bias, grad_input, grad_weight, plan


@operation(topic="convolution")
def conv2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Array:
    """Cross-correlation of an image with kernels (the kernel is not rotated).

    input (H, W), (C, H, W) or (N, C, H, W); weight (kh, kw) or (O, C/groups, kh, kw); bias one number or (O,). The
    result has the rank of the image; an (H, W) image under an (O, 1, kh, kw) kernel gives (O, H', W'). padding is a
    number, a pair, ((top, bottom), (left, right)), "valid", or "same": an output of ceil(n / stride), the extra cell
    at the bottom and right. padding_mode is zeros, reflect, replicate or circular.

    Raises ValueError for options, shapes or channels that do not fit. Source: torch.nn.functional.conv2d.

    >>> conv2d([[2, 3, 4], [3, 1, 5], [4, -1, -2]], [[0, 3], [1, -2]])
    array([[10.,  3.],
           [ 9., 18.]])
    """
    return forward(plan(input, weight, bias, stride, padding, dilation, groups, padding_mode))


@gradient(conv2d, plan)
def conv2d_grad_input(g: Array, p: Plan) -> Array:
    """at stride 1, the full correlation of grad_output with the kernel rotated by 180 degrees.

    >>> conv2d_grad_input([[1, 1], [1, 1]], [[2, 3, 4], [3, 1, 5], [4, -1, -2]], [[0, 3], [1, -2]])
    array([[ 0.,  3.,  3.],
           [ 1.,  2.,  1.],
           [ 1., -1., -2.]])
    """
    return grad_input(p, g)


@gradient(conv2d, plan)
def conv2d_grad_weight(g: Array, p: Plan) -> Array:
    """the correlation of the padded image with grad_output (dilated by the stride).

    >>> conv2d_grad_weight([[1, 1], [1, 1]], [[2, 3, 4], [3, 1, 5], [4, -1, -2]], [[0, 3], [1, -2]])
    array([[ 9., 13.],
           [ 7.,  3.]])
    """
    return grad_weight(p, g)


@gradient(conv2d, plan)
def conv2d_grad_bias(g: Array, p: Plan) -> Value:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv2d_grad_bias([[1, 1], [1, 1]], [[2, 3, 4], [3, 1, 5], [4, -1, -2]], [[0, 3], [1, -2]])
    array([4.])
    """
    return grad_bias(p, g)
