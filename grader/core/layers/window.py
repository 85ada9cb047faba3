"""The window of a layer: what convolutions and poolings look at, on any number of axes."""

from __future__ import annotations

from grader.core.operations.sizes import conv_transpose_output_size
from grader.core.support.inputs import Padding, Pair, Sides
from grader.core.support.windows import effective, margins, window_count
from grader.structs import Struct


class Window(Struct):
    """Kernel, stride and dilation, one number per axis, and the padding as it was given.

    `ceil_mode` keeps a last, incomplete window; `output_padding` belongs to transposed convolutions.
    """

    kernel: Sides
    stride: Sides
    dilation: Sides
    padding: Padding = 0
    ceil_mode: bool = False
    output_padding: Sides = ()

    @property
    def covered(self) -> Sides:
        """How many cells the window spans on each axis."""
        return tuple(effective(k, d) for k, d in zip(self.kernel, self.dilation, strict=True))

    def margins(self, size: Sides) -> tuple[Pair, ...]:
        """The padding as (before, after) on each axis.

        Raises ValueError for a padding that is not a number, a word, or one entry per axis.
        """
        return margins(self.padding, size, self.kernel, self.stride, self.dilation)

    def output_size(self, size: Sides) -> Sides:
        """How many windows fit on each axis.

        Raises ValueError as `conv_output_size` does.
        """
        axes = zip(size, self.kernel, self.stride, self.margins(size), self.dilation, strict=True)
        return tuple(window_count(*axis, self.ceil_mode) for axis in axes)

    def transposed_size(self, size: Sides) -> Sides:
        """The size whose windows the input's cells are: the output of a transposed convolution.

        Raises ValueError as `conv_transpose_output_size` does.
        """
        axes = zip(size, self.kernel, self.stride, self.margins(size), self.output_padding, self.dilation, strict=True)
        return tuple(conv_transpose_output_size(*axis) for axis in axes)
