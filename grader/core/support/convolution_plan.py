"""The plan of any convolution: its arguments are checked once, then windows and kernels are multiplied by BLAS.

Arrays are (N, C, H, W) images and (O, C/groups, kh, kw) kernels. There are two ways to the same numbers: gather the
windows into columns for one large product, or, at stride 1, one product per kernel cell on a view of the flattened
image. The first copies every input kh*kw times, the second adds up every output kh*kw times, so the numbers of channels
on the two sides decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.inputs import (
    MOST_CELLS,
    Array,
    ArrayOrFloat,
    Padding,
    Pair,
    Sides,
    Size,
    as_array,
    check_rank,
    check_room,
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
    effective,
    lifted,
    margins,
    output_size,
    pad,
    pad_gradient,
    padded_size,
    refit,
    taps,
    windows,
)

KERNEL_AXES = "(kh, kw) or (O, C/groups, kh, kw)"
_ONE = (1, 1)


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
    """The output's shape: as many axes as the image, but (O, H', W') for a plain image and (O, 1, kh, kw) kernels."""
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
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding,
    dilation: Size,
    groups: int,
    padding_mode: str,
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


def grad_bias(p: Plan, g: Array) -> ArrayOrFloat:
    """The gradient with respect to the bias: one number per output channel, or one for a bias of one number."""
    return like_bias(_lifted(p, g).sum(axis=(0, 2, 3)), p.one_bias)


def correlate(x: Array, w: Array, stride: Pair, dilation: Pair, groups: int) -> Array:
    """The cross-correlation (N, O, H', W') of images that are padded already."""
    out = output_size(x.shape[-2:], w.shape[-2:], stride, dilation)
    check_room((x.shape[0], w.shape[0], *out))
    if _flat_pays(x, w.shape[0] // groups, w.shape[1], out, w.shape[-2:], stride):
        return _correlate_flat(x, w, out, dilation, groups)
    kernels = w.reshape(groups, w.shape[0] // groups, -1)
    result = np.empty((x.shape[0], groups, w.shape[0] // groups, out[0] * out[1]))
    for some in _in_room(x, w.shape[-2:], out):
        np.matmul(kernels, _columns(x[some], w.shape[-2:], stride, dilation, groups), out=result[some])
    return result.reshape(x.shape[0], w.shape[0], *out)


def _in_room(x: Array, kernel: Pair, out: Pair) -> Iterator[slice]:
    """As many samples at a time as have room for their columns; one without room raises ValueError."""
    each = (x.shape[1], *kernel, *out)
    check_room(each)
    count = MOST_CELLS // math.prod(each)
    return (slice(first, first + count) for first in range(0, x.shape[0], count))


def _flat_pays(x: Array, outputs: int, inputs: int, out: Pair, kernel: Pair, stride: Pair) -> bool:
    """Whether one product per kernel cell beats gathering: many input channels, few cells lost between rows.

    Also where the columns have no room.
    """
    if stride != _ONE:
        return False
    if _crowded(x, kernel, out):
        return True
    return 2 * x.shape[-1] <= 3 * out[1] and (kernel == _ONE or (inputs >= 8 and inputs >= outputs))


def _crowded(x: Array, kernel: Pair, out: Pair) -> bool:
    """Whether the columns of one sample have no room."""
    return math.prod((x.shape[1], *kernel, *out)) > MOST_CELLS


def _columns(x: Array, kernel: Pair, stride: Pair, dilation: Pair, groups: int) -> Array:
    """The windows as columns: (N, groups, C/groups*kh*kw, H'*W')."""
    view = windows(x, kernel, stride, dilation).transpose(0, 1, 4, 5, 2, 3)
    samples, channels, kh, kw, height, width = view.shape
    return view.reshape(samples, groups, channels // groups * kh * kw, height * width)


def _offsets(width: int, kernel: Pair, dilation: Pair) -> list[tuple[int, int, int]]:
    """Each kernel cell (u, v) with its distance from the window's first cell in a flattened image."""
    return [(u, v, u * dilation[0] * width + v * dilation[1]) for u in range(kernel[0]) for v in range(kernel[1])]


def _flat(x: Array, groups: int) -> Array:
    return x.reshape(x.shape[0], groups, x.shape[1] // groups, -1)


def _correlate_flat(x: Array, w: Array, out: Pair, dilation: Pair, groups: int) -> Array:
    samples, width, outputs = x.shape[0], x.shape[-1], w.shape[0]
    image = _flat(x, groups)
    kernels = np.ascontiguousarray(w.transpose(2, 3, 0, 1)).reshape(*w.shape[-2:], groups, -1, w.shape[1])
    reach = (out[0] - 1) * width + out[1]
    total = np.zeros((samples, groups, outputs // groups, out[0] * width))
    part = np.empty((*total.shape[:-1], reach))
    for u, v, offset in _offsets(width, w.shape[-2:], dilation):
        np.matmul(kernels[u, v], image[..., offset : offset + reach], out=part)
        total[..., :reach] += part
    return np.ascontiguousarray(total.reshape(samples, outputs, out[0], width)[..., : out[1]])


def correlate_grad_weight(g: Array, x: Array, kernel: Pair, stride: Pair, dilation: Pair, groups: int) -> Array:
    """The gradient (O, C/groups, kh, kw) of the kernels from that of the output (N, O, H', W')."""
    outputs = g.shape[1]
    inputs = x.shape[1] // groups
    flat_pays = inputs >= 8 and 2 * x.shape[-1] <= 3 * g.shape[-1]
    if stride == _ONE and (flat_pays or _crowded(x, kernel, g.shape[-2:])):
        return _grad_weight_flat(g, x, kernel, dilation, groups)
    gradients = _flat(g, groups)
    total = np.zeros((groups, outputs // groups, inputs * math.prod(kernel)))
    for some in _in_room(x, kernel, g.shape[-2:]):
        columns = _columns(x[some], kernel, stride, dilation, groups)
        for sample, gradient in enumerate(gradients[some]):
            total += np.matmul(gradient, columns[sample].swapaxes(-1, -2))
    return total.reshape(outputs, inputs, *kernel)


def _grad_weight_flat(g: Array, x: Array, kernel: Pair, dilation: Pair, groups: int) -> Array:
    width, outputs = x.shape[-1], g.shape[1]
    reach = (g.shape[-2] - 1) * width + g.shape[-1]
    # zeros between the rows, so that windows that run over a row's end count nothing
    gradients = _flat(refit(g, ((0, 0), (0, width - g.shape[-1]))), groups)[..., :reach]
    image = _flat(x, groups)
    result = np.empty((*kernel, groups, outputs // groups, x.shape[1] // groups))
    for u, v, offset in _offsets(width, kernel, dilation):
        part = np.matmul(gradients, image[..., offset : offset + reach].swapaxes(-1, -2))
        part.sum(axis=0, out=result[u, v])
    result = result.reshape(*kernel, outputs, -1)
    return np.ascontiguousarray(result.transpose(2, 3, 0, 1))


def correlate_grad_input(
    g: Array, w: Array, size: Sides, sides: Margins, stride: Pair, dilation: Pair, groups: int
) -> Array:
    """The gradient (N, C, H, W) of the image inside margins of zeros; `size` is (H, W) without the margins."""
    if stride == _ONE:
        # at stride 1 it is a full correlation with the kernels rotated by 180 degrees, margins left out from the start
        reach = [effective(k, d) - 1 for k, d in zip(w.shape[-2:], dilation, strict=True)]
        (top, bottom), (left, right) = sides
        around = ((reach[0] - top, reach[0] - bottom), (reach[1] - left, reach[1] - right))
        return correlate(refit(g, around), _adjoint(w, groups), _ONE, dilation, groups)
    padded = padded_size(size, sides)
    gradients = _flat(g, groups)
    kernels = w.reshape(groups, -1, w.shape[1], *w.shape[-2:])
    check_room((g.shape[0], groups, w.shape[1], *padded))
    total = np.zeros((g.shape[0], groups, w.shape[1], *padded))
    out: Pair = g.shape[-2:]
    for cell, at in zip(np.ndindex(w.shape[-2:]), taps(w.shape[-2:], out, stride, dilation), strict=True):
        part = np.matmul(kernels[(..., *cell)].swapaxes(-1, -2), gradients)
        total[at] += part.reshape(*part.shape[:-1], *out)
    return pad_gradient(total.reshape(g.shape[0], -1, *padded), sides, size, "zeros")


def _adjoint(w: Array, groups: int) -> Array:
    """Kernels with inputs and outputs exchanged within each group, rotated by 180 degrees."""
    outputs, inputs, kh, kw = w.shape
    turned = w[..., ::-1, ::-1].reshape(groups, outputs // groups, inputs, kh, kw).swapaxes(1, 2)
    return turned.reshape(groups * inputs, outputs // groups, kh, kw)
