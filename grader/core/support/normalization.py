"""The arithmetic that all normalisations share: centre, scale by the deviation, then weight and bias."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.inputs import Array, Size, as_array, check_shape, entries, is_sequence, real, whole


class Normalized(NamedTuple):
    """A normalised input with what its gradients need; `g` is a checked grad_output.

    `axes` are those over which mean and variance were taken from the input itself (none: fixed statistics);
    `view` is the shape in which they were taken; `gain` and `shift` broadcast against the input's own shape.
    """

    shape: tuple[int, ...]
    view: tuple[int, ...]
    axes: tuple[int, ...]
    centred: Array
    rate: Array
    gain: Array
    shift: Array
    parameter_axes: tuple[int, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """That of the input."""
        return self.shape

    def output(self) -> Array:
        """The normalised input, weighted and shifted."""
        return self.centred.reshape(self.shape) * self.gain + self.shift

    def grad_input(self, g: Array) -> Array:
        """The gradient through the values and, where they come from the input, through mean and variance."""
        g = (g * self.gain).reshape(self.view)
        if self.axes:
            slope = (g * self.centred).mean(axis=self.axes, keepdims=True)
            g = g - g.mean(axis=self.axes, keepdims=True) - self.centred * slope
        return np.asarray((g * self.rate).reshape(self.shape))

    def grad_weight(self, g: Array) -> Array:
        """The gradient of the weight: grad_output times the normalised input, summed over all but its axes."""
        return np.asarray((g * self.centred.reshape(self.shape)).sum(axis=self.parameter_axes))

    def grad_bias(self, g: Array) -> Array:
        """The gradient of the bias: grad_output, summed over all but its axes."""
        return np.asarray(g.sum(axis=self.parameter_axes))


def last_axes(normalized_shape: Size, x: Array) -> tuple[int, ...]:
    """The shape over which statistics are taken: that of the last axes of the input."""
    sides = entries(normalized_shape) if is_sequence(normalized_shape) else [normalized_shape]
    shape = tuple(whole(side, "normalized_shape", 1) for side in sides)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ValueError(f"expected input whose last axes are normalized_shape {shape}, received shape {x.shape}")
    return shape


def by_channel(value: ArrayLike | None, x: Array, name: str, default: float) -> Array:
    """One number per channel, shaped to broadcast against (N, C, ...)."""
    channels = x.shape[1]
    numbers = np.full(channels, default) if value is None else as_array(value, name)
    check_shape(numbers, (channels,), name)
    return numbers.reshape((channels,) + (1,) * (x.ndim - 2))


def normalize(
    x: Array,
    view: tuple[int, ...],
    axes: tuple[int, ...],
    gain: Array,
    shift: Array,
    parameter_axes: tuple[int, ...],
    eps: float,
    fixed: tuple[Array, Array] | None = None,
) -> Normalized:
    """Normalise over `axes` of the input seen in the shape `view`, or by a fixed mean and variance."""
    seen = x.reshape(view)
    small = real(eps, "eps", 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if fixed is None:
            mean, variance = seen.mean(axis=axes, keepdims=True), seen.var(axis=axes, keepdims=True)
        else:
            mean, variance = fixed
            axes = ()
        rate = 1.0 / np.sqrt(variance + small)
        return Normalized(x.shape, view, axes, (seen - mean) * rate, rate, gain, shift, parameter_axes)
