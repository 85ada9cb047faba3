"""Cells that change places: `pixel_shuffle`, `pixel_unshuffle` and `channel_shuffle` with their gradients."""

from __future__ import annotations

from typing import NamedTuple

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, as_array, check_rank, whole

_IMAGES = "(C, H, W) or (N, C, H, W)"


class _Rearranged(NamedTuple):
    """A checked rearrangement: the image seen with more axes, their new order, and the shape of the result."""

    image: Array
    split: tuple[int, ...]
    order: tuple[int, ...]
    output_shape: tuple[int, ...]

    def result(self) -> Array:
        return self.image.reshape(self.split).transpose(self.order).reshape(self.output_shape)

    def gradient(self, g: Array) -> Array:
        """The same cells back to where they came from."""
        moved = tuple(self.split[axis] for axis in self.order)
        back = tuple(self.order.index(axis) for axis in range(len(self.order)))
        return g.reshape(moved).transpose(back).reshape(self.image.shape)


def _checked(input: ArrayLike) -> tuple[Array, tuple[int, int, int, int]]:
    image = as_array(input, "input")
    check_rank(image, (3, 4), "input", _IMAGES)
    channels, height, width = image.shape[-3:]
    return image, (image.size // (channels * height * width), channels, height, width)


def _shuffled(input: ArrayLike, upscale_factor: int) -> _Rearranged:
    image, (samples, channels, height, width) = _checked(input)
    r = whole(upscale_factor, "upscale_factor", 1)
    if channels % (r * r):
        raise ValueError(f"expected channels that upscale_factor {r} squared divides, received {channels}")
    split = (samples, channels // (r * r), r, r, height, width)
    shape = (*image.shape[:-3], channels // (r * r), height * r, width * r)
    return _Rearranged(image, split, (0, 1, 4, 2, 5, 3), shape)


@operation(topic="resampling")
def pixel_shuffle(input: ArrayLike, upscale_factor: int) -> Array:
    """Spreads channels over a larger image: (C r^2, H, W) becomes (C, H r, W r).

    input (C r^2, H, W) or (N, C r^2, H, W), r = upscale_factor. Channel c r^2 + i r + j fills the cells at row i and
    column j of every block of r x r.

    Raises ValueError for channels that r^2 does not divide. Source: torch.nn.functional.pixel_shuffle; Shi et al.,
    "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel CNN" (2016).

    >>> pixel_shuffle([[[1, 5]], [[2, 6]], [[3, 7]], [[4, 8]]], 2)
    array([[[1., 2., 5., 6.],
            [3., 4., 7., 8.]]])
    """
    return _shuffled(input, upscale_factor).result()


@gradient(pixel_shuffle, _shuffled)
def pixel_shuffle_grad_input(g: Array, call: _Rearranged) -> Array:
    """the cells go back to their channels.

    >>> pixel_shuffle_grad_input([[[1, 2], [3, 4]]], [[[1]], [[2]], [[3]], [[4]]], 2).tolist()
    [[[1.0]], [[2.0]], [[3.0]], [[4.0]]]
    """
    return call.gradient(g)


def _unshuffled(input: ArrayLike, downscale_factor: int) -> _Rearranged:
    image, (samples, channels, height, width) = _checked(input)
    r = whole(downscale_factor, "downscale_factor", 1)
    if height % r or width % r:
        raise ValueError(f"expected a size that downscale_factor {r} divides, received {height}x{width}")
    split = (samples, channels, height // r, r, width // r, r)
    shape = (*image.shape[:-3], channels * r * r, height // r, width // r)
    return _Rearranged(image, split, (0, 1, 3, 5, 2, 4), shape)


@operation(topic="resampling")
def pixel_unshuffle(input: ArrayLike, downscale_factor: int) -> Array:
    """Gathers the cells of every block of r x r as channels: (C, H r, W r) becomes (C r^2, H, W).

    input (C, H r, W r) or (N, C, H r, W r), r = downscale_factor. It undoes `pixel_shuffle`.

    Raises ValueError for a size that r does not divide. Source: torch.nn.functional.pixel_unshuffle.

    >>> pixel_unshuffle([[[1, 2, 5, 6], [3, 4, 7, 8]]], 2).tolist()
    [[[1.0, 5.0]], [[2.0, 6.0]], [[3.0, 7.0]], [[4.0, 8.0]]]
    """
    return _unshuffled(input, downscale_factor).result()


@gradient(pixel_unshuffle, _unshuffled)
def pixel_unshuffle_grad_input(g: Array, call: _Rearranged) -> Array:
    """the cells go back to their blocks.

    >>> pixel_unshuffle_grad_input([[[1]], [[2]], [[3]], [[4]]], [[[1, 2], [3, 4]]], 2)
    array([[[1., 2.],
            [3., 4.]]])
    """
    return call.gradient(g)


def _mixed(input: ArrayLike, groups: int) -> _Rearranged:
    image, (samples, channels, height, width) = _checked(input)
    count = whole(groups, "groups", 1)
    if channels % count:
        raise ValueError(f"expected groups to divide the {channels} channels, received {count}")
    split = (samples, count, channels // count, height, width)
    return _Rearranged(image, split, (0, 2, 1, 3, 4), image.shape)


@operation(topic="resampling")
def channel_shuffle(input: ArrayLike, groups: int) -> Array:
    """Mixes the channels of groups: the first of every group, then the second of every group, and so on.

    input (C, H, W) or (N, C, H, W).

    Raises ValueError for groups that do not divide the channels. Source: torch.nn.functional.channel_shuffle; Zhang et
    al., "ShuffleNet" (2018).

    >>> channel_shuffle([[[1]], [[2]], [[3]], [[4]]], 2).ravel()
    array([1., 3., 2., 4.])
    """
    return _mixed(input, groups).result()


@gradient(channel_shuffle, _mixed)
def channel_shuffle_grad_input(g: Array, call: _Rearranged) -> Array:
    """the channels go back to their groups.

    >>> channel_shuffle_grad_input([[[1]], [[3]], [[2]], [[4]]], [[[0]], [[0]], [[0]], [[0]]], 2).ravel()
    array([1., 2., 3., 4.])
    """
    return call.gradient(g)
