"""`conv2d`, the cross-correlation that deep learning calls convolution, and `conv1d`, its form for signals.

Source: the definition in PyTorch's `torch.nn.functional.conv2d`; Dumoulin and Visin, "A guide to convolution
arithmetic for deep learning" (2016) for the gradients as correlations.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.convolution_plan import Plan, forward, grad_bias, grad_input, grad_weight, plan
from grader.core.support.inputs import (
    Array,
    ArrayOrFloat,
    Padding,
    Size,
    as_array,
    check_rank,
    entries,
    is_sequence,
    per_axis,
    whole,
)
from grader.core.support.windows import Margins, check_image

Padding1d = int | str | tuple[int, int] | list[int]


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
def conv2d_grad_bias(g: Array, p: Plan) -> ArrayOrFloat:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv2d_grad_bias([[1, 1], [1, 1]], [[2, 3, 4], [3, 1, 5], [4, -1, -2]], [[0, 3], [1, -2]])
    array([4.])
    """
    return grad_bias(p, g)


def _sides(padding: Padding1d) -> str | Margins:
    if isinstance(padding, str):
        return padding
    numbers = entries(padding) if is_sequence(padding) else [padding]
    if len(numbers) not in (1, 2):
        raise ValueError(
            f"expected padding to be a number, (left, right), 'valid' or 'same', received {len(numbers)} entries"
        )
    return (0, 0), (whole(numbers[0], "padding"), whole(numbers[-1], "padding"))


def _plan1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding1d,
    dilation: Size,
    groups: int,
    padding_mode: str,
) -> Plan:
    """The plan of an image that is one cell high, with the shapes of signals."""
    signal, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(signal, 1)
    check_rank(kernel, (1, 3), "weight", "(k) or (O, C/groups, k)")
    strides, dilations = (1, *per_axis(stride, 1, "stride")), (1, *per_axis(dilation, 1, "dilation"))
    image, kernels = signal[..., None, :], kernel[..., None, :]
    p = plan(image, kernels, bias, strides, _sides(padding), dilations, groups, padding_mode)
    shape = (*p.output_shape[:-2], p.output_shape[-1])
    return p._replace(image_shape=signal.shape, kernel_shape=kernel.shape, output_shape=shape)


@operation(topic="convolution")
def conv1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding1d = 0,
    dilation: Size = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Array:
    """Cross-correlation of a signal with kernels: z[i] = sum over j of w[j] x[i + j].

    input (L), (C, L) or (N, C, L); weight (k) or (O, C/groups, k); bias one number or (O,). The result has the rank of
    the signal; an (L) signal under an (O, 1, k) kernel gives (O, L'). padding is a number, (left, right), "valid", or
    "same": an output of ceil(L / stride), the extra cell on the right.

    Raises ValueError for options, shapes or channels that do not fit. Source: torch.nn.functional.conv1d.

    >>> conv1d([2, -1, 3, 1], [2, 3])
    array([1., 7., 9.])
    """
    return forward(_plan1d(input, weight, bias, stride, padding, dilation, groups, padding_mode))


@gradient(conv1d, _plan1d)
def conv1d_grad_input(g: Array, p: Plan) -> Array:
    """at stride 1, the full correlation of grad_output with the kernel reversed.

    >>> conv1d_grad_input([1, 2, -1], [2, -1, 3, 1], [2, 3])
    array([ 2.,  7.,  4., -3.])
    """
    return grad_input(p, g)


@gradient(conv1d, _plan1d)
def conv1d_grad_weight(g: Array, p: Plan) -> Array:
    """dw[j] = sum over i of g[i] x[i + j].

    >>> conv1d_grad_weight([1, 2, -1], [2, -1, 3, 1], [2, 3])
    array([-3.,  4.])
    """
    return grad_weight(p, g)


@gradient(conv1d, _plan1d)
def conv1d_grad_bias(g: Array, p: Plan) -> ArrayOrFloat:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv1d_grad_bias([1, 2, -1], [2, -1, 3, 1], [2, 3])
    array([2.])
    """
    return grad_bias(p, g)
