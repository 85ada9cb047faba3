"""`conv3d` and its gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.convolution_plan import check_groups
from grader.core.support.inputs import (
    Array,
    ArrayOrFloat,
    Padding,
    Sides,
    Size,
    as_array,
    check_rank,
    check_room,
    is_single,
    like_bias,
    per_axis,
    per_channel,
    whole,
)
from grader.core.support.windows import Margins, Slices, check_image, inner, lifted, margins, pad, taps, window_count


class _VolumePlan(NamedTuple):
    """A checked convolution of volumes (N, C, D, H, W) with kernels (groups, O/groups, C/groups, cells)."""

    volume: Array
    kernel: Array
    bias: Array | None
    one_bias: bool
    size: Sides
    stride: Sides
    dilation: Sides
    sides: Margins
    out: Sides
    volume_shape: Sides
    kernel_shape: Sides
    output_shape: Sides

    @property
    def channels(self) -> int:
        return int(self.kernel.shape[0] * self.kernel.shape[1])

    def taps(self) -> list[Slices]:
        return list(taps(self.size, self.out, self.stride, self.dilation))

    def met(self, x: Array, at: Slices) -> Array:
        """The cells of a padded (N, C, D, H, W) that a kernel cell meets, as (N, groups, C/groups, cells)."""
        groups, _, inputs = self.kernel.shape[:3]
        return x[at].reshape(x.shape[0], groups, inputs, -1)

    def grouped(self, g: Array) -> Array:
        """grad_output as (N, groups, O/groups, cells)."""
        return g.reshape(self.volume.shape[0], *self.kernel.shape[:2], -1)


def _plan(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: Size,
    padding: Padding,
    dilation: Size,
    groups: int,
) -> _VolumePlan:
    volume, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(volume, 3)
    check_rank(kernel, (3, 5), "weight", "(kd, kh, kw) or (O, C/groups, kd, kh, kw)")
    x, w = lifted(volume, 3), lifted(kernel, 3)
    strides, step = per_axis(stride, 3, "stride"), per_axis(dilation, 3, "dilation")
    count = whole(groups, "groups", 1)
    check_groups(w.shape[0], x.shape[1], count)
    if w.shape[1] * count != x.shape[1]:
        raise ValueError(
            f"expected an input of {w.shape[1] * count} channels for weight {kernel.shape} and groups={count}, "
            f"received {x.shape[1]} channels in input {volume.shape}"
        )
    size, sides = w.shape[2:], margins(padding, x.shape[2:], w.shape[2:], strides, step)
    axes = zip(x.shape[2:], size, strides, sides, step, strict=True)
    out = tuple(window_count(*axis, False) for axis in axes)
    check_room((x.shape[0], w.shape[0], *out))
    lead = volume.shape[:-4] if volume.ndim > 3 else ()
    plain = volume.ndim == 3 and kernel.ndim == 3
    shape = out if plain else (*lead, w.shape[0], *out)
    kernels = w.reshape(count, w.shape[0] // count, w.shape[1], -1)
    shift = per_channel(bias, w.shape[0], "bias")
    return _VolumePlan(
        x, kernels, shift, is_single(bias), size, strides, step, sides, out, volume.shape, kernel.shape, shape
    )


@operation(topic="convolution")
def conv3d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Cross-correlation of a volume with kernels.

    input (D, H, W), (C, D, H, W) or (N, C, D, H, W); weight (kd, kh, kw) or (O, C/groups, kd, kh, kw); bias one number
    or (O,). The result has the rank of the volume; a (D, H, W) volume under (O, 1, kd, kh, kw) kernels gives
    (O, D', H', W'). padding is a number, three of them, three pairs (before, after), "valid", or "same": an output of
    ceil(size / stride), the extra cell at the end.

    Raises ValueError for options, shapes or channels that do not fit. Source: torch.nn.functional.conv3d.

    >>> conv3d([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[1, 0]], [[0, 2]]])
    array([[[13.],
            [19.]]])
    """
    p = _plan(input, weight, bias, stride, padding, dilation, groups)
    x = pad(p.volume, p.sides)
    result = np.zeros((x.shape[0], *p.kernel.shape[:2], int(np.prod(p.out))))
    for number, at in enumerate(p.taps()):
        result += np.matmul(p.kernel[..., number], p.met(x, at))
    result = result.reshape(x.shape[0], p.channels, *p.out)
    if p.bias is not None:
        result = result + p.bias[:, None, None, None]
    return result.reshape(p.output_shape)


@gradient(conv3d, _plan)
def conv3d_grad_input(g: Array, p: _VolumePlan) -> Array:
    """every cell collects from the windows that contain it, through the weights that it met there.

    >>> conv3d_grad_input([[[1]]], [[[1, 2]], [[5, 6]]], [[[1, 0]], [[0, 2]]]).tolist()
    [[[1.0, 0.0]], [[0.0, 2.0]]]
    """
    gradients, total = p.grouped(g), np.zeros_like(pad(p.volume, p.sides))
    for number, at in enumerate(p.taps()):
        part = np.matmul(p.kernel[..., number].swapaxes(-1, -2), gradients)
        total[at] += part.reshape(*p.volume.shape[:2], *p.out)
    return np.ascontiguousarray(total[inner(p.sides, p.volume.shape[2:])]).reshape(p.volume_shape)


@gradient(conv3d, _plan)
def conv3d_grad_weight(g: Array, p: _VolumePlan) -> Array:
    """the correlation of the input with grad_output.

    >>> conv3d_grad_weight([[[1]]], [[[1, 2]], [[5, 6]]], [[[1, 0]], [[0, 2]]]).tolist()
    [[[1.0, 2.0]], [[5.0, 6.0]]]
    """
    gradients, x, result = p.grouped(g), pad(p.volume, p.sides), np.empty(p.kernel.shape)
    for number, at in enumerate(p.taps()):
        result[..., number] = np.matmul(gradients, p.met(x, at).swapaxes(-1, -2)).sum(axis=0)
    return result.reshape(p.kernel_shape)


@gradient(conv3d, _plan)
def conv3d_grad_bias(g: Array, p: _VolumePlan) -> ArrayOrFloat:
    """the sum of grad_output over everything but the channels.

    One number per output channel, (O,); a bias that was given as a single number gets a single number.

    >>> conv3d_grad_bias([[[3]]], [[[1, 2]], [[5, 6]]], [[[1, 0]], [[0, 2]]])
    array([3.])
    """
    return like_bias(p.grouped(g).sum(axis=(0, 3)).ravel(), p.one_bias)
