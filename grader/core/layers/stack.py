"""Architecture: output shapes, parameter counts and multiplications of layers that are data.

Shapes have no batch; they are (C, H, W), or (H, W, C) where order is "HWC", or (features).
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.core.layers.layer_type import Layer, Options, Shape
from grader.core.layers.shapes import channels_first, in_order, stack_of
from grader.core.registry import operation


@operation(topic="layers", stepped=True)
def output_shape(input_shape: int | Sequence[int], layer: Layer, order: str = "CHW") -> Shape:
    """The shape after one layer.

    input_shape (C, H, W), (H, W, C) where order is "HWC", (features) or a number of features; the result is written in
    the same order. A `conv1d` takes (C, L), or (L, C).

    Raises ValueError for an unknown type or option and for a shape that the layer cannot take; a linear layer wants a
    flatten before it. Source: the shape formulas of torch.nn.

    >>> output_shape((1, 28, 28), {"type": "conv2d", "out_channels": 32, "kernel_size": 3, "stride": 2, "padding": 1})
    (32, 14, 14)
    """
    shape, o = channels_first(input_shape, order), Options(layer, order)
    return in_order(o.kind.shape(shape, o), order)


@operation(topic="layers", stepped=True)
def output_shapes(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str = "CHW") -> list[Shape]:
    """The shapes after each layer of a stack.

    input_shape as in `output_shape`; one entry per layer.

    Raises ValueError as `output_shape` does.

    >>> output_shapes((28, 28, 1), [{"type": "max_pool2d", "kernel_size": 3}, {"type": "flatten"}], order="HWC")
    [(9, 9, 1), (81,)]
    """
    return _stack(input_shape, layers, order)[1:]


def _stack(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str) -> list[Shape]:
    shapes = [in_order(channels_first(input_shape, order), order)]
    for layer in stack_of(layers):
        shapes.append(output_shape(shapes[-1], layer, order))
    return shapes


@operation(topic="layers", stepped=True)
def parameter_count(input_shape: int | Sequence[int], layer: Layer, order: str = "CHW") -> int:
    """The number of trainable parameters of one layer that receives input_shape.

    input_shape as in `output_shape`. Convolution: (C/groups kh kw + 1) O; linear: (inputs + 1) outputs; a normalisation
    with affine parameters: two per channel or entry; everything without parameters: 0.

    Raises ValueError as `output_shape` does.

    >>> parameter_count((3, 128, 128), {"type": "conv2d", "out_channels": 64, "kernel_size": 5, "stride": 2})
    4864
    """
    shape, o = channels_first(input_shape, order), Options(layer, order)
    o.kind.shape(shape, o)
    return o.kind.weights(shape, o) + o.kind.biases(shape, o)


@operation(topic="layers", stepped=True)
def parameter_counts(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The numbers of trainable parameters of each layer of a stack.

    input_shape as in `output_shape`; one entry per layer.

    Raises ValueError as `output_shape` does.

    >>> parameter_counts(1568, [{"type": "linear", "out_features": 32}, {"type": "relu"}])
    [50208, 0]
    """
    shapes = _stack(input_shape, layers, order)
    return [parameter_count(shape, layer, order) for shape, layer in zip(shapes[:-1], layers, strict=True)]


def layer_macs(input_shape: int | Sequence[int], layer: Layer, order: str = "CHW") -> int:
    """The multiply-accumulates of one layer that receives input_shape: one entry of `macs`.

    Raises ValueError as `output_shape` does.

    >>> layer_macs((192, 28, 28), {"type": "conv2d", "out_channels": 32, "kernel_size": 5, "padding": 2})
    120422400
    """
    shape, o = channels_first(input_shape, order), Options(layer, order)
    return o.kind.macs(shape, o.kind.shape(shape, o), o)


@operation(topic="layers", stepped=True)
def macs(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The multiply-accumulates of each layer of a stack; biases, pools and activations count nothing.

    input_shape as in `output_shape`; one entry per layer. Convolution: output cells times C/groups kh kw; transposed
    convolution: input cells times O/groups kh kw; linear: inputs times outputs.

    Raises ValueError as `output_shape` does.

    >>> macs((192, 28, 28), [{"type": "conv2d", "out_channels": 32, "kernel_size": 5, "padding": 2}])
    [120422400]
    """
    shapes = _stack(input_shape, layers, order)
    return [layer_macs(shape, layer, order) for shape, layer in zip(shapes[:-1], layers, strict=True)]
