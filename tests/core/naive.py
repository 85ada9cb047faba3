"""The second judge: operations as their definitions read, cell by cell, with Python loops and nothing shared."""

from __future__ import annotations

import itertools
import math

import numpy as np


def padded_cell(plane, row, column, mode):
    """The value at a place that may lie outside the plane."""
    rows, columns = plane.shape
    if mode == "zeros":
        return plane[row, column] if 0 <= row < rows and 0 <= column < columns else 0.0
    return plane[_inside(row, rows, mode), _inside(column, columns, mode)]


def _inside(place, size, mode):
    if mode == "replicate":
        return min(max(place, 0), size - 1)
    if mode == "circular":
        return place % size
    assert mode == "reflect"
    while not 0 <= place < size:
        place = -place if place < 0 else 2 * (size - 1) - place
    return place


def out_size(size, kernel, stride, margin, dilation):
    """How many positions of the window there are, by trying them."""
    count, start = 0, -margin[0]
    while start + dilation * (kernel - 1) <= size - 1 + margin[1]:
        count, start = count + 1, start + stride
    return count


def conv2d(x, w, b, stride, margins, dilation, groups, mode="zeros"):
    """(N, C, H, W) with (O, C/groups, kh, kw), one output cell after the other."""
    outputs, inputs, kh, kw = w.shape
    height, width = (
        out_size(n, k, s, m, d) for n, k, s, m, d in zip(x.shape[2:], (kh, kw), stride, margins, dilation, strict=True)
    )
    result = np.zeros((len(x), outputs, height, width))
    for n, o, i, j in np.ndindex(*result.shape):
        first = (o // (outputs // groups)) * inputs
        total = 0.0 if b is None else b[o]
        for c, u, v in np.ndindex(inputs, kh, kw):
            row = i * stride[0] + u * dilation[0] - margins[0][0]
            column = j * stride[1] + v * dilation[1] - margins[1][0]
            total += w[o, c, u, v] * padded_cell(x[n, first + c], row, column, mode)
        result[n, o, i, j] = total
    return result


def conv_transpose2d(x, w, b, stride, padding, extra, groups, dilation):
    """(N, C, H, W) with (C, O/groups, kh, kw): every input cell stamps the kernel onto the output."""
    inputs, per_group, kh, kw = w.shape
    height, width = (
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(x.shape[2:], stride, padding, dilation, (kh, kw), extra, strict=True)
    )
    result = np.zeros((len(x), per_group * groups, height, width))
    for n, c, i, j in np.ndindex(*x.shape):
        group = c // (inputs // groups)
        for o, u, v in np.ndindex(per_group, kh, kw):
            row = i * stride[0] + u * dilation[0] - padding[0]
            column = j * stride[1] + v * dilation[1] - padding[1]
            if 0 <= row < height and 0 <= column < width:
                result[n, group * per_group + o, row, column] += x[n, c, i, j] * w[c, o, u, v]
    return result + (0 if b is None else b[:, None, None])


def window_starts(size, kernel, stride, margin, dilation, ceil):
    """Where the windows of a pooling start; with ceil, also one that leaves the image, if it starts before its end."""
    starts = []
    for start in itertools.count(-margin[0], stride):
        last = start + dilation * (kernel - 1)
        fits = last <= size - 1 + margin[1]
        late = ceil and start < size and last - stride < size - 1 + margin[1]
        if not (fits or late) or (ceil and start >= size):
            return starts
        starts.append(start)
    return starts


def pool(x, kernel, stride, margins, dilation, ceil, reduce):
    """(H, W); `reduce` gets the cells of the image in the window and the places of the whole window."""
    rows, columns = (
        window_starts(n, k, s, m, d, ceil)
        for n, k, s, m, d in zip(x.shape, kernel, stride, margins, dilation, strict=True)
    )
    result = np.zeros((len(rows), len(columns)))
    for (i, top), (j, left) in itertools.product(enumerate(rows), enumerate(columns)):
        places = [(top + u * dilation[0], left + v * dilation[1]) for u, v in np.ndindex(*kernel)]
        cells = [x[r, c] for r, c in places if 0 <= r < x.shape[0] and 0 <= c < x.shape[1]]
        result[i, j] = reduce(cells, places)
    return result


def bilinear(plane, y, x):
    """The value at a fractional place; cells outside count as zero."""
    total = 0.0
    for row, column in itertools.product((math.floor(y), math.floor(y) + 1), (math.floor(x), math.floor(x) + 1)):
        share = (1 - abs(y - row)) * (1 - abs(x - column))
        total += share * padded_cell(plane, row, column, "zeros")
    return total


def deform_conv2d(x, offset, w, b, stride, padding, dilation, mask, groups, offset_groups):
    """(N, C, H, W), each tap read at its own place."""
    outputs, inputs, kh, kw = w.shape
    result = np.zeros((len(x), outputs, *offset.shape[2:]))
    for n, o, i, j in np.ndindex(*result.shape):
        total = b[o]
        for c, u, v in np.ndindex(inputs, kh, kw):
            channel = (o // (outputs // groups)) * inputs + c
            tap = (channel // (x.shape[1] // offset_groups)) * kh * kw + u * kw + v
            y = i * stride[0] - padding[0] + u * dilation[0] + offset[n, 2 * tap, i, j]
            z = j * stride[1] - padding[1] + v * dilation[1] + offset[n, 2 * tap + 1, i, j]
            total += w[o, c, u, v] * mask[n, tap, i, j] * bilinear(x[n, channel], y, z)
        result[n, o, i, j] = total
    return result
