"""`conv_transpose1d` and its gradients: the transposed convolution of an image that is one cell high."""

from __future__ import annotations

from typing import NamedTuple

from numpy.typing import ArrayLike

from grader.core.operations.transposed import (
    conv_transpose2d,
    conv_transpose2d_grad_bias,
    conv_transpose2d_grad_input,
    conv_transpose2d_grad_weight,
)
from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    Padding,
    Size,
    Value,
    as_array,
    check_rank,
    entries,
    is_sequence,
    per_axis,
    shown,
    whole,
)
from grader.core.support.windows import check_image


class _Plan(NamedTuple):
    """The same call on images that are one cell high, and the shapes of signals."""

    arguments: tuple[object, ...]
    signal_shape: tuple[int, ...]
    kernel_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    def lifted(self, g: Array) -> Array:
        return g.reshape(*g.shape[:-1], 1, g.shape[-1])


def _plan(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> _Plan:
    signal, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(signal, 1)
    check_rank(kernel, (1, 3), "weight", "(k) or (C, O/groups, k)")
    image, kernels = (array.reshape(*array.shape[:-1], 1, array.shape[-1]) for array in (signal, kernel))
    strides, dilations = per_axis(stride, 1, "stride"), per_axis(dilation, 1, "dilation")
    extra = per_axis(output_padding, 1, "output_padding", 0)
    arguments = (
        image,
        kernels,
        bias,
        (1, *strides),
        ((0, 0), _side(padding)),
        (0, *extra),
        groups,
        (1, *dilations),
    )
    shape = conv_transpose2d(*arguments).shape
    return _Plan(arguments, signal.shape, kernel.shape, (*shape[:-2], shape[-1]))


def _side(padding: Padding) -> tuple[int, int]:
    if isinstance(padding, str):
        raise ValueError(f"expected padding to be a number or (left, right), received {shown(padding)}")
    numbers = entries(padding) if is_sequence(padding) else [padding]
    if len(numbers) not in (1, 2):
        raise ValueError(f"expected padding to be a number or (left, right), received {len(numbers)} entries")
    return whole(numbers[0], "padding"), whole(numbers[-1], "padding")


@operation(topic="convolution")
def conv_transpose1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Array:
    """Transposed convolution of a signal: every entry spreads the kernel over the output, `stride` entries apart.

    input (L), (C, L) or (N, C, L); weight (k) or (C, O/groups, k); bias one number or (O,). A signal of n entries
    becomes (n-1) stride - padding before and after + dilation (k-1) + 1 + output_padding. The result has the rank of
    the signal; an (L) signal under a (1, O, k) kernel gives (O, L').

    Raises ValueError for options, shapes or channels that do not fit. Source: torch.nn.functional.conv_transpose1d.

    >>> conv_transpose1d([1, 2], [1, 3], stride=2)
    array([1., 3., 2., 6.])
    """
    p = _plan(input, weight, bias, stride, padding, output_padding, groups, dilation)
    return conv_transpose2d(*p.arguments).reshape(p.output_shape)  # type: ignore[arg-type] # checked there


@gradient(conv_transpose1d, _plan)
def conv_transpose1d_grad_input(g: Array, p: _Plan) -> Array:
    """a `conv1d` of grad_output.

    >>> conv_transpose1d_grad_input([1, 0, 0, 1], [1, 2], [1, 3], stride=2)
    array([1., 3.])
    """
    return conv_transpose2d_grad_input(p.lifted(g), *p.arguments).reshape(p.signal_shape)  # type: ignore[arg-type]


@gradient(conv_transpose1d, _plan)
def conv_transpose1d_grad_weight(g: Array, p: _Plan) -> Array:
    """the correlation of grad_output with the input (dilated by the stride).

    >>> conv_transpose1d_grad_weight([1, 0, 0, 1], [1, 2], [1, 3], stride=2)
    array([1., 2.])
    """
    return conv_transpose2d_grad_weight(p.lifted(g), *p.arguments).reshape(p.kernel_shape)  # type: ignore[arg-type]


@gradient(conv_transpose1d, _plan)
def conv_transpose1d_grad_bias(g: Array, p: _Plan) -> Value:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv_transpose1d_grad_bias([1, 0, 0, 1], [1, 2], [1, 3], stride=2)
    array([2.])
    """
    return conv_transpose2d_grad_bias(p.lifted(g), *p.arguments)  # type: ignore[arg-type]
