"""`conv_transpose2d`, the adjoint of `conv2d`, with its gradients; and `conv_transpose1d`, its form for signals.

Source: torch.nn.functional.conv_transpose2d; Dumoulin and Visin, "A guide to convolution arithmetic" (2016), ch. 4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.convolution_plan import (
    check_groups,
    correlate,
    correlate_grad_input,
    correlate_grad_weight,
    shape_like,
)
from grader.core.support.inputs import (
    Array,
    ArrayOrFloat,
    Padding,
    Pair,
    Size,
    as_array,
    check_rank,
    entries,
    is_sequence,
    is_single,
    like_bias,
    pair,
    per_axis,
    per_channel,
    shown,
    whole,
)
from grader.core.support.windows import Margins, check_image, effective, lifted, margins, refit

_BARE: Margins = ((0, 0), (0, 0))


class _TransposedPlan(NamedTuple):
    """A checked call: images (N, C, H, W), kernels (C, O/groups, kh, kw), and the shapes to return.

    `full` is the size of the output before `trim` cuts off the padding.
    """

    image: Array
    kernel: Array
    bias: Array | None
    one_bias: bool
    stride: Pair
    dilation: Pair
    groups: int
    full: Pair
    trim: Margins
    out: Pair
    image_shape: tuple[int, ...]
    kernel_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    def _lifted(self, g: Array) -> Array:
        """grad_output with four axes."""
        return g.reshape(self.image.shape[0], -1, *self.out)

    def _scattered(self, g: Array) -> Array:
        """grad_output on the untrimmed output, zero where the padding cut it off."""
        return refit(self._lifted(g), self.trim)[..., : self.full[0], : self.full[1]]

    def result(self) -> Array:
        full = correlate_grad_input(self.image, self.kernel, self.full, _BARE, self.stride, self.dilation, self.groups)
        (top, bottom), (left, right) = self.trim
        result = refit(full, ((-top, -bottom), (-left, -right)))
        if self.bias is not None:
            result = result + self.bias[:, None, None]
        return np.ascontiguousarray(result).reshape(self.output_shape)

    def grad_input(self, g: Array) -> Array:
        grad = correlate(self._scattered(g), self.kernel, self.stride, self.dilation, self.groups)
        return grad.reshape(self.image_shape)

    def grad_weight(self, g: Array) -> Array:
        size = self.kernel.shape[2:]
        grad = correlate_grad_weight(self.image, self._scattered(g), size, self.stride, self.dilation, self.groups)
        return grad.reshape(self.kernel_shape)

    def grad_bias(self, g: Array) -> ArrayOrFloat:
        return like_bias(self._lifted(g).sum(axis=(0, 2, 3)), self.one_bias)


def _plan(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> _TransposedPlan:
    image, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(image, 2)
    check_rank(kernel, (2, 4), "weight", "(kh, kw) or (C, O/groups, kh, kw)")
    x, w = lifted(image, 2), lifted(kernel, 2)
    strides, dilations = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    extra, count = pair(output_padding, "output_padding"), whole(groups, "groups", 1)
    if w.shape[0] != x.shape[1]:
        raise ValueError(
            f"expected an input of {w.shape[0]} channels for weight {kernel.shape}, "
            f"received {x.shape[1]} channels in input {image.shape}"
        )
    check_groups(w.shape[1] * count, x.shape[1], count)
    check_output_padding(extra, strides, dilations)
    if isinstance(padding, str):
        raise ValueError(
            f"expected padding to be a number, a pair or ((top, bottom), (left, right)), received {shown(padding)}"
        )
    sides = margins(padding, x.shape[2:], w.shape[2:], strides, dilations)
    full = tuple(
        (n - 1) * s + effective(k, d) for n, k, s, d in zip(x.shape[2:], w.shape[2:], strides, dilations, strict=True)
    )
    out = (full[0] - sum(sides[0]) + extra[0], full[1] - sum(sides[1]) + extra[1])
    if min(out) < 1:
        raise ValueError(f"expected an output of at least one cell, received padding that leaves {out[0]}x{out[1]}")
    trim = ((sides[0][0], sides[0][1] - extra[0]), (sides[1][0], sides[1][1] - extra[1]))
    shift, single = per_channel(bias, w.shape[1] * count, "bias"), is_single(bias)
    size = (full[0], full[1])
    shape = shape_like(image.shape, kernel.shape, w.shape[1] * count, out)
    return _TransposedPlan(
        x, w, shift, single, strides, dilations, count, size, trim, out, image.shape, kernel.shape, shape
    )


def check_output_padding(extra: Pair, stride: Pair, dilation: Pair) -> None:
    """The output padding picks one of the sizes that the stride leaves open, so it stays below stride or dilation."""
    for cells, s, d in zip(extra, stride, dilation, strict=True):
        if cells >= max(s, d):
            raise ValueError(f"expected output_padding below stride {s} or dilation {d}, received {cells}")


@operation(topic="convolution")
def conv_transpose2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Array:
    """Transposed convolution: every input cell spreads the kernel over the output, `stride` cells apart.

    input (H, W), (C, H, W) or (N, C, H, W); weight (kh, kw) or (C, O/groups, kh, kw); bias one number or (O,). An axis
    of n cells becomes (n-1) stride - padding before and after + dilation (k-1) + 1 + output_padding. The result has
    the rank of the image; an (H, W) image under a (1, O, kh, kw) kernel gives (O, H', W').

    Raises ValueError for options, shapes or channels that do not fit. Source: torch.nn.functional.conv_transpose2d.

    >>> conv_transpose2d([[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 0., 2., 0.],
           [3., 1., 6., 2.]])
    """
    return _plan(input, weight, bias, stride, padding, output_padding, groups, dilation).result()


@gradient(conv_transpose2d, _plan)
def conv_transpose2d_grad_input(g: Array, p: _TransposedPlan) -> Array:
    """a `conv2d` of grad_output.

    >>> conv_transpose2d_grad_input([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 1.]])
    """
    return p.grad_input(g)


@gradient(conv_transpose2d, _plan)
def conv_transpose2d_grad_weight(g: Array, p: _TransposedPlan) -> Array:
    """the correlation of grad_output with the input (dilated by the stride).

    >>> conv_transpose2d_grad_weight([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 0.],
           [0., 2.]])
    """
    return p.grad_weight(g)


@gradient(conv_transpose2d, _plan)
def conv_transpose2d_grad_bias(g: Array, p: _TransposedPlan) -> ArrayOrFloat:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv_transpose2d_grad_bias([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([2.])
    """
    return p.grad_bias(g)


def _plan1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> _TransposedPlan:
    """The plan of an image that is one cell high, with the shapes of signals."""
    signal, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(signal, 1)
    check_rank(kernel, (1, 3), "weight", "(k) or (C, O/groups, k)")
    strides, dilations = (1, *per_axis(stride, 1, "stride")), (1, *per_axis(dilation, 1, "dilation"))
    extra = (0, *per_axis(output_padding, 1, "output_padding", 0))
    sides = ((0, 0), _side(padding))
    p = _plan(signal[..., None, :], kernel[..., None, :], bias, strides, sides, extra, groups, dilations)
    shape = (*p.output_shape[:-2], p.output_shape[-1])
    return p._replace(image_shape=signal.shape, kernel_shape=kernel.shape, output_shape=shape)


def _side(padding: Padding) -> Pair:
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
    return _plan1d(input, weight, bias, stride, padding, output_padding, groups, dilation).result()


@gradient(conv_transpose1d, _plan1d)
def conv_transpose1d_grad_input(g: Array, p: _TransposedPlan) -> Array:
    """a `conv1d` of grad_output.

    >>> conv_transpose1d_grad_input([1, 0, 0, 1], [1, 2], [1, 3], stride=2)
    array([1., 3.])
    """
    return p.grad_input(g)


@gradient(conv_transpose1d, _plan1d)
def conv_transpose1d_grad_weight(g: Array, p: _TransposedPlan) -> Array:
    """the correlation of grad_output with the input (dilated by the stride).

    >>> conv_transpose1d_grad_weight([1, 0, 0, 1], [1, 2], [1, 3], stride=2)
    array([1., 2.])
    """
    return p.grad_weight(g)


@gradient(conv_transpose1d, _plan1d)
def conv_transpose1d_grad_bias(g: Array, p: _TransposedPlan) -> ArrayOrFloat:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv_transpose1d_grad_bias([1, 0, 0, 1], [1, 2], [1, 3], stride=2)
    array([2.])
    """
    return p.grad_bias(g)
