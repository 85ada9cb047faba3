"""`conv1d` and its gradients: the two-dimensional convolution of an image that is one cell high."""

from __future__ import annotations

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Pair, Size, Value, as_array, check_rank, entries, is_sequence, whole
from grader.core.support.plan import Plan, forward, grad_bias, grad_input, grad_weight, plan
from grader.core.support.windows import Margins, check_image

Padding1d = int | str | tuple[int, int] | list[int]


def _lift(array: Array) -> Array:
    return array.reshape(*array.shape[:-1], 1, array.shape[-1])


def _single(value: Size, name: str) -> Pair:
    """A number, or a list of one number as PyTorch accepts, for the only axis."""
    if is_sequence(value):
        numbers = entries(value)
        if len(numbers) != 1:
            raise ValueError(f"expected {name} to be a whole number, received {len(numbers)} entries")
        return 1, whole(numbers[0], name, 1)
    return 1, whole(value, name, 1)


def _sides(padding: Padding1d) -> str | Margins:
    if isinstance(padding, str):
        return padding
    numbers = entries(padding) if is_sequence(padding) else [padding]
    if len(numbers) not in (1, 2):
        raise ValueError(
            f"expected padding to be a number, (left, right), 'valid' or 'same', received {len(numbers)} entries"
        )
    return (0, 0), (whole(numbers[0], "padding"), whole(numbers[-1], "padding"))


def _plan(
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
    strides, dilations = _single(stride, "stride"), _single(dilation, "dilation")
    p = plan(_lift(signal), _lift(kernel), bias, strides, _sides(padding), dilations, groups, padding_mode)
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
    return forward(_plan(input, weight, bias, stride, padding, dilation, groups, padding_mode))


@gradient(conv1d, _plan)
def conv1d_grad_input(g: Array, p: Plan) -> Array:
    """at stride 1, the full correlation of grad_output with the kernel reversed.

    >>> conv1d_grad_input([1, 2, -1], [2, -1, 3, 1], [2, 3])
    array([ 2.,  7.,  4., -3.])
    """
    return grad_input(p, g)


@gradient(conv1d, _plan)
def conv1d_grad_weight(g: Array, p: Plan) -> Array:
    """dw[j] = sum over i of g[i] x[i + j].

    >>> conv1d_grad_weight([1, 2, -1], [2, -1, 3, 1], [2, 3])
    array([-3.,  4.])
    """
    return grad_weight(p, g)


@gradient(conv1d, _plan)
def conv1d_grad_bias(g: Array, p: Plan) -> Value:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv1d_grad_bias([1, 2, -1], [2, -1, 3, 1], [2, 3])
    array([2.])
    """
    return grad_bias(p, g)
