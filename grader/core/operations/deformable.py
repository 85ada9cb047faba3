"""`deform_conv2d`: a convolution whose taps are moved by offsets and read by bilinear sampling.

Source: Dai et al., "Deformable Convolutional Networks" (2017); Zhu et al., "Deformable ConvNets v2" (2018) for the
mask; the layout of the channels as in torchvision.ops.deform_conv2d.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import operation
from grader.core.support.convolution_plan import KERNEL_AXES, check_groups, shape_like
from grader.core.support.inputs import Array, Padding, Pair, Size, as_array, check_rank, check_shape, pair, per_channel
from grader.core.support.windows import check_image, lifted, margins, output_size, padded_size, starts


def _bilinear(x: Array, rows: Array, columns: Array) -> Array:
    """Read (N, G, C, H, W) at fractional places (N, G, 1, M); cells outside the image count as zero."""
    height, width = x.shape[-2:]
    cells = x.reshape(*x.shape[:-2], height * width)
    # places far outside all read zero: bounded here, so that they stay integers
    rows = np.clip(rows, -2, height + 1)
    columns = np.clip(columns, -2, width + 1)
    first_row, first_column = np.floor(rows), np.floor(columns)
    total = np.zeros((*x.shape[:-2], rows.shape[-1]))
    for down in (0, 1):
        for right in (0, 1):
            row, column = first_row + down, first_column + right
            share = (1 - np.abs(rows - row)) * (1 - np.abs(columns - column))
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            at = np.where(inside, row * width + column, 0).astype(np.intp)
            total += np.where(inside, share, 0.0) * np.take_along_axis(cells, at, axis=-1)
    return total


def _places(
    offset: Array, groups: int, kernel: Pair, stride: Pair, origin: Pair, dilation: Pair
) -> tuple[Array, Array]:
    """Rows and columns (N, G, 1, K*H'*W') that the moved taps of every window read."""
    samples, out = offset.shape[0], offset.shape[-2:]
    moved = offset.reshape(samples, groups, kernel[0], kernel[1], 2, *out)
    grid = [
        (starts(k, d) - o)[:, None] + starts(n, s)
        for k, d, o, n, s in zip(kernel, dilation, origin, out, stride, strict=True)
    ]
    rows = grid[0][:, None, :, None] + moved[..., 0, :, :]
    columns = grid[1][None, :, None, :] + moved[..., 1, :, :]
    return rows.reshape(samples, groups, 1, -1), columns.reshape(samples, groups, 1, -1)


def _check_channels(x: Array, w: Array, offset: Array) -> tuple[int, int]:
    """Weight groups and offset groups, both read off the shapes."""
    if x.shape[1] % w.shape[1]:
        raise ValueError(
            f"expected input channels in groups of {w.shape[1]}, as weight {w.shape} has them, received {x.shape[1]}"
        )
    groups = x.shape[1] // w.shape[1]
    check_groups(w.shape[0], x.shape[1], groups)
    per_group = 2 * w.shape[2] * w.shape[3]
    offset_groups = offset.shape[1] // per_group
    if offset.shape[1] % per_group or x.shape[1] % offset_groups:
        raise ValueError(
            f"expected offset with {per_group} channels for each offset group (2*kh*kw), the groups dividing "
            f"{x.shape[1]} input channels, received {offset.shape[1]} channels"
        )
    return groups, offset_groups


@operation(topic="convolution")
def deform_conv2d(
    input: ArrayLike,
    offset: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = (1, 1),
    padding: Padding = (0, 0),
    dilation: Size = (1, 1),
    mask: ArrayLike | None = None,
) -> Array:
    """Deformable cross-correlation: each tap of each window reads the image at its own, moved place.

    input (H, W), (C, H, W) or (N, C, H, W); weight (kh, kw) or (O, C/groups, kh, kw); offset (2*G*kh*kw, H', W'), or
    (N, 2*G*kh*kw, H', W') for a batch: for each of G offset groups and each tap in row-major order, the step down and
    the step right, in cells. mask (G*kh*kw, H', W') or (N, G*kh*kw, H', W') weights the taps. Fractional places are
    read by bilinear interpolation, cells outside the image are 0. Zero offsets give `conv2d`.

    Raises ValueError for options, shapes or channels that do not fit. Source: torchvision.ops.deform_conv2d.

    >>> deform_conv2d([[1, 2], [3, 4]], np.full((2, 2, 2), 0.5), [[1]])
    array([[2.5 , 1.5 ],
           [1.75, 1.  ]])
    """
    image, kernel = as_array(input, "input"), as_array(weight, "weight")
    check_image(image, 2)
    check_rank(kernel, (2, 4), "weight", KERNEL_AXES)
    x, w, single = lifted(image, 2), lifted(kernel, 2), image.ndim < 4
    moves = _lift_offset(offset, single)
    taps, strides, dilations = w.shape[2:], pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    sides = margins(padding, x.shape[2:], taps, strides, dilations)
    out = output_size(padded_size(x.shape[2:], sides), taps, strides, dilations)
    groups, offset_groups = _check_channels(x, w, moves)
    check_shape(moves, (x.shape[0], moves.shape[1], *out), "offset")
    shift = per_channel(bias, w.shape[0], "bias")

    places = _places(moves, offset_groups, taps, strides, (sides[0][0], sides[1][0]), dilations)
    grouped = x.reshape(x.shape[0], offset_groups, -1, *x.shape[2:])
    read = _bilinear(grouped, *places).reshape(x.shape[0], offset_groups, -1, taps[0] * taps[1], *out)
    if mask is not None:
        read = read * _mask(mask, single, (x.shape[0], offset_groups * taps[0] * taps[1], *out), read.shape)
    columns = read.reshape(x.shape[0], groups, -1, out[0] * out[1])
    result: Array = np.matmul(w.reshape(groups, w.shape[0] // groups, -1), columns)
    result = result.reshape(x.shape[0], w.shape[0], *out)
    if shift is not None:
        result += shift[:, None, None]
    return result.reshape(shape_like(image.shape, kernel.shape, w.shape[0], out))


def _lift_offset(offset: ArrayLike, single: bool) -> Array:
    """The offsets with an axis for the batch."""
    moves = as_array(offset, "offset")
    check_rank(moves, (3,) if single else (4,), "offset", f"({'' if single else 'N, '}2*G*kh*kw, H', W')")
    return moves[None] if single else moves


def _mask(mask: ArrayLike, single: bool, shape: tuple[int, ...], read: tuple[int, ...]) -> Array:
    """The mask per offset group and tap, the same for all channels of the group."""
    weights = as_array(mask, "mask")
    check_shape(weights, shape[1:] if single else shape, "mask")
    return weights.reshape(read[0], read[1], 1, *read[3:])
