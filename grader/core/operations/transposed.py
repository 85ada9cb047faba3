"""`conv_transpose2d`, the adjoint of `conv2d`, and its gradients.

Source: torch.nn.functional.conv_transpose2d; Dumoulin and Visin, "A guide to convolution arithmetic" (2016), ch. 4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    Padding,
    Pair,
    Size,
    Value,
    as_array,
    check_rank,
    is_single,
    like_bias,
    pair,
    per_channel,
    shown,
    whole,
)
from grader.core.support.plan import check_groups, correlate, correlate_grad_input, correlate_grad_weight, shape_like
from grader.core.support.windows import Margins, check_image, effective, lifted, margins, refit

_BARE: Margins = ((0, 0), (0, 0))


class _Plan(NamedTuple):
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

    @property
    def channels(self) -> int:
        return int(self.kernel.shape[1]) * self.groups

    @property
    def output_shape(self) -> tuple[int, ...]:
        return shape_like(self.image_shape, self.kernel_shape, self.channels, self.out)

    def lifted(self, g: Array) -> Array:
        """grad_output with four axes."""
        return g.reshape(self.image.shape[0], self.channels, *self.out)

    def scattered(self, g: Array) -> Array:
        """grad_output on the untrimmed output, zero where the padding cut it off."""
        return refit(self.lifted(g), self.trim)[..., : self.full[0], : self.full[1]]


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
    return _Plan(
        x, w, shift, single, strides, dilations, count, (full[0], full[1]), trim, out, image.shape, kernel.shape
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
    p = _plan(input, weight, bias, stride, padding, output_padding, groups, dilation)
    full = correlate_grad_input(p.image, p.kernel, p.full, _BARE, p.stride, p.dilation, p.groups)
    (top, bottom), (left, right) = p.trim
    result = refit(full, ((-top, -bottom), (-left, -right)))
    if p.bias is not None:
        result = result + p.bias[:, None, None]
    return np.ascontiguousarray(result).reshape(p.output_shape)


@gradient(conv_transpose2d, _plan)
def conv_transpose2d_grad_input(g: Array, p: _Plan) -> Array:
    """a `conv2d` of grad_output.

    >>> conv_transpose2d_grad_input([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 1.]])
    """
    return correlate(p.scattered(g), p.kernel, p.stride, p.dilation, p.groups).reshape(p.image_shape)


@gradient(conv_transpose2d, _plan)
def conv_transpose2d_grad_weight(g: Array, p: _Plan) -> Array:
    """the correlation of grad_output with the input (dilated by the stride).

    >>> conv_transpose2d_grad_weight([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 0.],
           [0., 2.]])
    """
    grad = correlate_grad_weight(p.image, p.scattered(g), p.kernel.shape[2:], p.stride, p.dilation, p.groups)
    return grad.reshape(p.kernel_shape)


@gradient(conv_transpose2d, _plan)
def conv_transpose2d_grad_bias(g: Array, p: _Plan) -> Value:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv_transpose2d_grad_bias([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([2.])
    """
    return like_bias(p.lifted(g).sum(axis=(0, 2, 3)), p.one_bias)
