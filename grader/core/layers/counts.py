"""Counts for layers given as data: parameters, multiplications, activations and their memory.

Every list has one row per layer, as in `output_shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from grader.core.layers.layer_type import Layer, LayerOptions, Shape
from grader.core.layers.rows import START, LayerRow, located
from grader.core.layers.shapes import InputShape, channels_first, shapes_of
from grader.core.registry import operation
from grader.core.support.inputs import entries, is_sequence, shown, whole

_Count = Callable[[Shape, Shape, LayerOptions], int]


def _counted(count: _Count, input_shape: InputShape, layers: object, order: str) -> list[int]:
    """The count of every row, from the shapes before and after it."""
    rows, start, shapes = shapes_of(input_shape, layers, order)

    def counted(number: int, row: LayerRow) -> int:
        source = number if row.joins else row.sources[0]
        return count(start if source == START else shapes[source], shapes[number], LayerOptions(row.itself, order))

    return [located(rows, number, partial(counted, number, row)) for number, row in enumerate(rows)]


def _count_one(count: _Count, input_shape: InputShape, layer: Layer, order: str) -> int:
    """The count of one layer with everything inside it."""
    o = LayerOptions(layer, order)
    if o.plain:
        before = channels_first(input_shape, order)
        return count(before, o.kind.shape(before, o), o)
    return sum(_counted(count, input_shape, [layer], order))


def _weights(before: Shape, _after: Shape, o: LayerOptions) -> int:
    return o.kind.weights(before, o)


def _biases(before: Shape, _after: Shape, o: LayerOptions) -> int:
    return o.kind.biases(before, o)


def _parameters(before: Shape, _after: Shape, o: LayerOptions) -> int:
    return o.kind.weights(before, o) + o.kind.biases(before, o)


def _macs(before: Shape, after: Shape, o: LayerOptions) -> int:
    return o.kind.macs(before, after, o)


def _flops(before: Shape, after: Shape, o: LayerOptions) -> int:
    return 2 * o.kind.macs(before, after, o)


def _activations(_before: Shape, after: Shape, o: LayerOptions) -> int:
    return o.kind.activations(after, o)


@operation(topic="layers", stepped=True)
def parameter_count(input_shape: InputShape, layer: Layer, order: str = "CHW") -> int:
    """The number of trainable parameters of one layer that receives input_shape.

    input_shape as in `output_shape`. Convolution: (C/groups kh kw + 1) O; linear: (inputs + 1) outputs; a normalisation
    with affine parameters: two per channel or entry; everything without parameters: 0.

    Raises ValueError as `output_shape` does.

    >>> parameter_count((3, 128, 128), {"type": "conv2d", "out_channels": 64, "kernel_size": 5, "stride": 2})
    4864
    """
    return _count_one(_parameters, input_shape, layer, order)


@operation(topic="layers", stepped=True)
def parameter_counts(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The number of trainable parameters of each layer in a stack.

    input_shape as in `output_shape`; one row per layer.

    Raises ValueError as `output_shape` does.

    >>> parameter_counts(1568, [{"type": "linear", "out_features": 32}, {"type": "relu"}])
    [50208, 0]
    """
    return _counted(_parameters, input_shape, layers, order)


def weight_count(input_shape: InputShape, layer: Layer, order: str = "CHW") -> int:
    """The number of weights of one layer: one entry of `weight_counts`.

    Raises ValueError as `output_shape` does.

    >>> weight_count(1568, {"type": "linear", "out_features": 32})
    50176
    """
    return _count_one(_weights, input_shape, layer, order)


@operation(topic="layers", stepped=True)
def weight_counts(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The number of weights of each layer in a stack: the trainable parameters except biases.

    input_shape as in `output_shape`; one row per layer. The scales of normalisations are weights, their shifts biases.

    Raises ValueError as `output_shape` does.

    >>> weight_counts(1568, [{"type": "linear", "out_features": 32}, {"type": "batch_norm1d"}])
    [50176, 32]
    """
    return _counted(_weights, input_shape, layers, order)


def bias_count(input_shape: InputShape, layer: Layer, order: str = "CHW") -> int:
    """The number of biases of one layer: one entry of `bias_counts`.

    Raises ValueError as `output_shape` does.

    >>> bias_count(1568, {"type": "linear", "out_features": 32})
    32
    """
    return _count_one(_biases, input_shape, layer, order)


@operation(topic="layers", stepped=True)
def bias_counts(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The number of biases of each layer in a stack, the shifts of normalisations among them.

    input_shape as in `output_shape`; one row per layer.

    Raises ValueError as `output_shape` does.

    >>> bias_counts((3, 9, 9), [{"type": "conv2d", "out_channels": 8, "kernel_size": 3}, {"type": "relu"}])
    [8, 0]
    """
    return _counted(_biases, input_shape, layers, order)


def layer_macs(input_shape: InputShape, layer: Layer, order: str = "CHW") -> int:
    """The multiply-accumulates of one layer that receives input_shape: one entry of `macs`.

    Raises ValueError as `output_shape` does.

    >>> layer_macs((192, 28, 28), {"type": "conv2d", "out_channels": 32, "kernel_size": 5, "padding": 2})
    120422400
    """
    return _count_one(_macs, input_shape, layer, order)


@operation(topic="layers", stepped=True)
def macs(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The multiply-accumulates of each layer in a stack; biases, pools and activations count nothing.

    input_shape as in `output_shape`; one row per layer. Convolution: output cells times C/groups kh kw; transposed
    convolution: input cells times O/groups kh kw; linear: inputs times outputs; attention: its projections, and twice
    L L features for the products of queries with keys and of weights with values.

    Raises ValueError as `output_shape` does.

    >>> macs((192, 28, 28), [{"type": "conv2d", "out_channels": 32, "kernel_size": 5, "padding": 2}])
    [120422400]
    """
    return _counted(_macs, input_shape, layers, order)


def layer_flops(input_shape: InputShape, layer: Layer, order: str = "CHW") -> int:
    """The floating-point operations of one layer that receives input_shape: one entry of `flops`.

    Raises ValueError as `output_shape` does.

    >>> layer_flops(100, {"type": "linear", "out_features": 10})
    2000
    """
    return _count_one(_flops, input_shape, layer, order)


@operation(topic="layers", stepped=True)
def flops(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The floating-point operations of each layer in a stack: two for every multiply-accumulate of `macs`.

    input_shape as in `output_shape`; one row per layer.

    Raises ValueError as `output_shape` does.

    >>> flops((192, 28, 28), [{"type": "conv2d", "out_channels": 32, "kernel_size": 5, "padding": 2}])
    [240844800]
    """
    return _counted(_flops, input_shape, layers, order)


def activation_count(output_shape: InputShape, layer: Layer, order: str = "CHW") -> int:
    """The activations of one layer with output_shape: one entry of `activation_counts`.

    Raises ValueError for an invalid shape and for an unknown type or option.

    >>> activation_count((32, 14, 14), {"type": "conv2d", "out_channels": 32, "kernel_size": 3})
    6272
    """
    o = LayerOptions(layer, order)
    return o.kind.activations(channels_first(output_shape, order), o)


@operation(topic="layers", stepped=True)
def activation_counts(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The number of activations of each layer in a stack: the entries of its output, for one sample.

    input_shape as in `output_shape`; one row per layer. The input itself is not a row.

    Raises ValueError as `output_shape` does.

    >>> activation_counts((3, 9, 9), [{"type": "conv2d", "out_channels": 8, "kernel_size": 3}, {"type": "relu"}])
    [392, 392]
    """
    return _counted(_activations, input_shape, layers, order)


def layer_memory(output_shape: InputShape, layer: Layer, bytes: int = 4, order: str = "CHW") -> int:
    """The bytes of the activations of one layer with output_shape: one entry of `memory`.

    Raises ValueError as `activation_count` does.

    >>> layer_memory((32, 14, 14), {"type": "relu"}, bytes=2)
    12544
    """
    return whole(bytes, "bytes", 1) * activation_count(output_shape, layer, order)


@operation(topic="layers", stepped=True)
def memory(input_shape: InputShape, layers: Sequence[Layer], bytes: int = 4, order: str = "CHW") -> list[int]:
    """The bytes that the activations of each layer in a stack take, for one sample.

    input_shape as in `output_shape`; one row per layer; bytes are those of one number (4 in single precision).
    Parameters add `total(parameter_counts(...)) * bytes`.

    Raises ValueError as `output_shape` does.

    >>> memory((3, 9, 9), [{"type": "conv2d", "out_channels": 8, "kernel_size": 3}, {"type": "relu"}])
    [1568, 1568]
    """
    size = whole(bytes, "bytes", 1)
    return [size * count for count in activation_counts(input_shape, layers, order)]


@operation(topic="layers", stepped=True)
def total(rows: Sequence[int]) -> int:
    """The sum of the rows of a list: of the parameters, multiplications or bytes of all layers.

    Raises ValueError for anything but a list of whole numbers.

    >>> total(parameter_counts(1568, [{"type": "linear", "out_features": 32}, {"type": "linear", "out_features": 5}]))
    50373
    """
    if not is_sequence(rows):
        raise ValueError(f"expected a list of whole numbers, one a layer, received {shown(rows)}")
    return sum(whole(row, "every row") for row in entries(rows))
