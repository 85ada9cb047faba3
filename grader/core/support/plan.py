"""One plan for every convolution: forms lifted to four axes, options normalised, everything checked, once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.contraction import correlate, correlate_grad_input, correlate_grad_weight
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
    whole,
)
from grader.core.support.windows import (
    Margins,
    check_image,
    check_padding_mode,
    lifted,
    margins,
    output_size,
    pad,
    pad_gradient,
    padded_size,
)

KERNEL_AXES = "(kh, kw) or (O, C/groups, kh, kw)"


class Plan(NamedTuple):
    """A checked cross-correlation: images (N, C, H, W), kernels (O, C/groups, kh, kw), and the shapes to return.

    `bias` has one number per output channel, or none; `one_bias` says that it was given as a single number.
    """

    image: Array
    kernel: Array
    bias: Array | None
    one_bias: bool
    stride: Pair
    dilation: Pair
    groups: int
    sides: Margins
    mode: str
    out: Pair
    image_shape: tuple[int, ...]
    kernel_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    @property
    def size(self) -> Pair:
        """Height and width of the image without margins."""
        return self.image.shape[-2], self.image.shape[-1]


def shape_like(image: tuple[int, ...], kernel: tuple[int, ...], channels: int, out: Pair) -> tuple[int, ...]:
    """The rank of the image; a plain (H, W) image under (O, 1, kh, kw) kernels gives (O, H', W')."""
    if len(image) == 2:
        return out if len(kernel) == 2 else (channels, *out)
    return (*image[:-3], channels, *out)


def check_groups(outputs: int, inputs: int, groups: int) -> None:
    """Groups must divide the channels on both sides."""
    for count, name in ((inputs, "input"), (outputs, "output")):
        if count % groups:
            raise ValueError(f"expected groups to divide the {count} {name} channels, received groups={groups}")


def plan(
    input: ArrayLike,
    weight: ArrayLike,
    stride: Size,
    padding: Padding,
    dilation: Size,
    groups: int,
    padding_mode: str,
    bias: ArrayLike | None = None,
) -> Plan:
    """Check all arguments of a convolution and lift them to the four axes on which it works."""
    image, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(image, 2)
    check_rank(kernel, (2, 4), "weight", KERNEL_AXES)
    x, w = lifted(image, 2), lifted(kernel, 2)
    strides, dilations = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    count = whole(groups, "groups", 1)
    check_groups(w.shape[0], x.shape[1], count)
    if w.shape[1] * count != x.shape[1]:
        wanted = w.shape[1] * count
        last = "; its last axis has that size, but channels come first" if image.shape[-1] == wanted else ""
        raise ValueError(
            f"expected an input of {wanted} channels for weight {kernel.shape} and groups={count}, "
            f"received {x.shape[1]} channels in input {image.shape}{last}"
        )
    size = (x.shape[2], x.shape[3])
    sides = margins(padding, size, w.shape[2:], strides, dilations)
    mode = check_padding_mode(padding_mode, sides, size)
    out = output_size(padded_size(size, sides), w.shape[2:], strides, dilations)
    shift, single = per_channel(bias, w.shape[0], "bias"), is_single(bias)
    shape = shape_like(image.shape, kernel.shape, w.shape[0], out)
    return Plan(x, w, shift, single, strides, dilations, count, sides, mode, out, image.shape, kernel.shape, shape)


def forward(p: Plan) -> Array:
    """The cross-correlation that was planned."""
    result = correlate(pad(p.image, p.sides, p.mode), p.kernel, p.stride, p.dilation, p.groups)
    if p.bias is not None:
        result += p.bias[:, None, None]
    return result.reshape(p.output_shape)


def _lifted(p: Plan, g: Array) -> Array:
    return g.reshape(p.image.shape[0], p.kernel.shape[0], *p.out)


def grad_input(p: Plan, g: Array) -> Array:
    """The gradient with respect to the image, in the image's form."""
    g = _lifted(p, g)
    if p.mode == "zeros":
        grad = correlate_grad_input(g, p.kernel, p.size, p.sides, p.stride, p.dilation, p.groups)
    else:
        padded, bare = padded_size(p.size, p.sides), ((0, 0), (0, 0))
        inner = correlate_grad_input(g, p.kernel, padded, bare, p.stride, p.dilation, p.groups)
        grad = pad_gradient(inner, p.sides, p.size, p.mode)
    return np.ascontiguousarray(grad).reshape(p.image_shape)


def grad_weight(p: Plan, g: Array) -> Array:
    """The gradient with respect to the kernel, in the kernel's form."""
    padded = pad(p.image, p.sides, p.mode)
    grad = correlate_grad_weight(_lifted(p, g), padded, p.kernel.shape[2:], p.stride, p.dilation, p.groups)
    return grad.reshape(p.kernel_shape)


def grad_bias(p: Plan, g: Array) -> Value:
    """The gradient with respect to the bias: one number per output channel, or one for a bias of one number."""
    return like_bias(_lifted(p, g).sum(axis=(0, 2, 3)), p.one_bias)
