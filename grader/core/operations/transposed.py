"""`conv_transpose2d`, the adjoint of `conv2d`, and its gradients.

Source: torch.nn.functional.conv_transpose2d; Dumoulin and Visin, "A guide to convolution arithmetic" (2016), ch. 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.arrays import Array, Value, as_array, check_rank, gradient_like, like_bias, per_channel
from grader.core.support.contraction import correlate, correlate_grad_input, correlate_grad_weight
from grader.core.support.options import Padding, Pair, Size, pair, whole
from grader.core.support.padding import Margins, effective, margins, refit
from grader.core.support.plan import IMAGE_AXES, check_groups, lift_image, lift_kernel, shape_like

_BARE: Margins = ((0, 0), (0, 0))


@dataclass(frozen=True)
class _Plan:
    image: Array
    kernel: Array
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

    def scattered(self, grad_output: ArrayLike) -> Array:
        """grad_output on the untrimmed output, zero where the padding cut it off."""
        g = gradient_like(grad_output, self.output_shape)
        (top, bottom), (left, right) = self.trim
        return refit(g.reshape(self.image.shape[0], self.channels, *self.out), ((top, bottom), (left, right)))


def _plan(
    input: ArrayLike,
    weight: ArrayLike,
    stride: Size,
    padding: Padding,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> _Plan:
    image, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_rank(image, (2, 3, 4), "input", IMAGE_AXES)
    check_rank(kernel, (2, 4), "weight", "(kh, kw) or (C, O/groups, kh, kw)")
    x, w = lift_image(image), lift_kernel(kernel)
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
            f"expected padding to be a number, a pair or ((top, bottom), (left, right)), received {padding!r}"
        )
    sides = margins(padding, x.shape[2:], w.shape[2:], strides, dilations)
    full = tuple(
        (n - 1) * s + effective(k, d) for n, k, s, d in zip(x.shape[2:], w.shape[2:], strides, dilations, strict=True)
    )
    out = (full[0] - sum(sides[0]) + extra[0], full[1] - sum(sides[1]) + extra[1])
    if min(out) < 1:
        raise ValueError(f"expected an output of at least one cell, received padding that leaves {out[0]}x{out[1]}")
    trim = ((sides[0][0], sides[0][1] - extra[0]), (sides[1][0], sides[1][1] - extra[1]))
    return _Plan(x, w, strides, dilations, count, (full[0], full[1]), trim, out, image.shape, kernel.shape)


def check_output_padding(extra: Pair, stride: Pair, dilation: Pair) -> None:
    """The output padding picks one of the sizes that the stride leaves open, so it stays below stride or dilation."""
    for cells, s, d in zip(extra, stride, dilation, strict=True):
        if cells >= max(s, d):
            raise ValueError(f"expected output_padding below stride {s} or dilation {d}, received {cells}")


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
    p = _plan(input, weight, stride, padding, output_padding, groups, dilation)
    shift = per_channel(bias, p.channels, "bias")
    full = correlate_grad_input(p.image, p.kernel, p.full, _BARE, p.stride, p.dilation, p.groups)
    (top, bottom), (left, right) = p.trim
    result = refit(full, ((-top, -bottom), (-left, -right)))
    if shift is not None:
        result = result + shift[:, None, None]
    return np.ascontiguousarray(result).reshape(p.output_shape)


def conv_transpose2d_grad_input(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,  # noqa: ARG001 - the rule of names: all arguments of the operation follow
    stride: Size = 1,
    padding: Padding = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Array:
    """Gradient of `conv_transpose2d` with respect to its input: a `conv2d` of grad_output.

    grad_output has the shape of the output; the other arguments are those of `conv_transpose2d`.

    Raises ValueError as `conv_transpose2d` does, and for a grad_output of another shape.

    >>> conv_transpose2d_grad_input([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 1.]])
    """
    p = _plan(input, weight, stride, padding, output_padding, groups, dilation)
    spread = p.scattered(grad_output)[..., : p.full[0], : p.full[1]]
    return correlate(spread, p.kernel, p.stride, p.dilation, p.groups).reshape(p.image_shape)


def conv_transpose2d_grad_weight(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,  # noqa: ARG001 - the rule of names
    stride: Size = 1,
    padding: Padding = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Array:
    """Gradient of `conv_transpose2d` with respect to its kernel, in the kernel's shape.

    grad_output has the shape of the output; the other arguments are those of `conv_transpose2d`.

    Raises ValueError as `conv_transpose2d` does, and for a grad_output of another shape.

    >>> conv_transpose2d_grad_weight([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([[1., 0.],
           [0., 2.]])
    """
    p = _plan(input, weight, stride, padding, output_padding, groups, dilation)
    spread = p.scattered(grad_output)[..., : p.full[0], : p.full[1]]
    grad = correlate_grad_weight(p.image, spread, p.kernel.shape[2:], p.stride, p.dilation, p.groups)
    return grad.reshape(p.kernel_shape)


def conv_transpose2d_grad_bias(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Value:
    """Gradient of `conv_transpose2d` with respect to its bias: the sum of grad_output per output channel.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    Raises ValueError as `conv_transpose2d` does, and for a grad_output of another shape.

    >>> conv_transpose2d_grad_bias([[1, 0, 0, 0], [0, 0, 0, 1]], [[1, 2]], [[1, 0], [3, 1]], stride=2)
    array([2.])
    """
    p = _plan(input, weight, stride, padding, output_padding, groups, dilation)
    per_channel(bias, p.channels, "bias")
    g = gradient_like(grad_output, p.output_shape).reshape(p.image.shape[0], p.channels, *p.out)
    return like_bias(g.sum(axis=(0, 2, 3)), bias)
