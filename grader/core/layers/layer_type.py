"""Layer types: what each declares, the registry of all of them, and the options of a layer checked against its type.

A layer is a table such as {type = "conv2d", out_channels = 32, kernel_size = 3}; it may have a `name` and a number of
repetitions, `repeat = 3`.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache

from grader.core.operations.sizes import ORDERS, conv_transpose_output_size
from grader.core.support.inputs import Padding, Pair, Sides, one_of, per_axis, shown, switch, whole
from grader.core.support.windows import effective, margins, window_count
from grader.structs import Struct

Layer = Mapping[str, object]
Layers = list[Layer]
Shape = tuple[int, ...]

REQUIRED = object()
"""In place of a default: the layer's size or parameters cannot be computed without the option."""

COMMON = ("type", "name", "repeat")
"""The keys that a layer of any type may have besides its options."""


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


class ReceptiveField(Enum):
    """What a layer does to the receptive field of its cells."""

    KEPT = "a cell sees one cell of the input"
    WINDOW = "a cell sees a window of the input"
    WHOLE = "a cell sees the whole input"
    VARIES = "cells see different numbers of cells of the input"


class Inside(Struct):
    """The layers inside a layer: branches that all take its input, and how their outputs become one.

    `join` computes the shape of the joined outputs, or raises ValueError; it is None for a single branch, whose output
    is that of the layer.
    """

    branches: Callable[[LayerOptions], Sequence[object]]
    join: Callable[[Sequence[Shape], LayerOptions], Shape] | None


class LayerType(Struct, kw_only=True):
    """Everything that the grader knows about layers of one type. Shapes are channels first, without the batch axis.

    For a layer that contains others, all attributes but `inside` describe only what it adds to them.

    Attributes:
        name: the `type` of the table.
        summary: one line that says what the layer does.
        family: the kind of layer that it belongs to ("convolution", "pooling", "batch norm", ...).
        options: its options with PyTorch's defaults; REQUIRED for an option without a default.
        shape: the output shape; ValueError for an input shape that the layer cannot take.
        weights: the number of weights (trainable parameters except biases).
        biases: the number of biases.
        macs: the number of multiply-accumulates, from the shapes before and after the layer.
        activations: the number of entries that the layer computes and outputs, from the shape after it.
        window: kernel, stride, dilation and padding, or None for a layer that has no window.
        field: what it does to the receptive field.
        inside: the layers inside it, or None.
    """

    name: str
    summary: str
    family: str
    options: Mapping[str, object]
    shape: Callable[[Shape, LayerOptions], Shape]
    weights: Callable[[Shape, LayerOptions], int]
    biases: Callable[[Shape, LayerOptions], int]
    macs: Callable[[Shape, Shape, LayerOptions], int]
    activations: Callable[[Shape, LayerOptions], int]
    window: Callable[[LayerOptions], Window] | None
    field: ReceptiveField
    inside: Inside | None


_DECLARED = tuple(LayerType.__annotations__)
_FITS: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(("name", "summary", "family"), lambda value: isinstance(value, str) and bool(value.strip())),
    "options": lambda value: isinstance(value, Mapping),
    "window": lambda value: value is None or callable(value),
    "field": lambda value: isinstance(value, ReceptiveField),
    "inside": lambda value: value is None or isinstance(value, Inside),
}
"""What fits an attribute; the other attributes are functions."""
_TYPES: dict[str, LayerType] = {}


def register(**declared: object) -> LayerType:
    """Declare a layer type; the arguments are the attributes of `LayerType`, all of them.

    Raises:
        TypeError: when an attribute is missing, unknown or of another type, or the field grows by a window that is not
            declared.
        ValueError: when the name is already declared.
    """
    name = declared.get("name")
    missing = [each for each in _DECLARED if each not in declared]
    if missing:
        raise TypeError(f"the layer type {name!r} does not declare {', '.join(missing)}")
    unknown = sorted(set(declared) - set(_DECLARED))
    if unknown:
        raise TypeError(f"the layer type {name!r} declares {', '.join(unknown)}: no layer type has that")
    unfit = [each for each in _DECLARED if not _FITS.get(each, callable)(declared[each])]
    if unfit:
        raise TypeError(f"the layer type {name!r} declares {', '.join(unfit)} as something else than `LayerType` says")
    if declared["field"] is ReceptiveField.WINDOW and declared["window"] is None:
        raise TypeError(f"the layer type {name!r} declares a field that grows by a window, but no window")
    kind = LayerType(**declared)  # type: ignore[arg-type] # checked above
    if kind.name in _TYPES:
        raise ValueError(f"the layer type {name!r} is declared twice")
    _TYPES[kind.name] = kind
    return kind


@cache
def layer_types() -> Mapping[str, LayerType]:
    """Every layer type by name, as declared by the modules of `grader.core.layers.types` in alphabetical order."""
    from grader.core.layers import types

    for module in sorted(info.name for info in pkgutil.iter_modules(types.__path__)):
        importlib.import_module(f"{types.__name__}.{module}")
    return _TYPES


class LayerOptions:
    """The checked options of one layer: those given, and PyTorch's defaults for the others."""

    def __init__(self, layer: Layer, order: str = "CHW") -> None:
        """Check the table's type and the names of its options; `order` is the axis order of shapes in messages."""
        if not isinstance(layer, Mapping):
            raise ValueError(f'expected a layer as a table such as {{type = "relu"}}, received {shown(layer)}')
        name, types = layer.get("type"), layer_types()
        if not isinstance(name, str) or name not in types:
            raise ValueError(unknown("a layer type", name, types))
        self.kind = types[name]
        for option in layer:
            if option not in self.kind.options and option not in COMMON:
                raise ValueError(unknown(f"an option of {name}", option, self.kind.options))
        self.order = one_of(order, "order", ORDERS)
        self._given = layer

    @property
    def plain(self) -> bool:
        """Whether it is one layer, without repetitions and without layers inside it."""
        return self.kind.inside is None and "repeat" not in self._given

    @property
    def type(self) -> str:
        """The name of the layer's type."""
        return self.kind.name

    def __contains__(self, option: str) -> bool:
        """Whether layers of this type have the option."""
        return option in self.kind.options

    def __getitem__(self, option: str) -> object:
        """The option as given, or its default; a missing one without a default raises ValueError."""
        value = self._given.get(option, self.kind.options[option])
        if value is REQUIRED:
            raise ValueError(f"expected the option {option} in the {self.type} layer, received none")
        return value

    def get(self, option: str, otherwise: object) -> object:
        """The option, or `otherwise` for layer types without it."""
        if option not in self:
            return otherwise
        return self[option]

    def count(self, option: str, least: int = 1) -> int:
        """An option that is one whole number."""
        return whole(self[option], option, least)

    def count_or(self, option: str, otherwise: int) -> int:
        """An option that is one whole number; `otherwise` if it is None."""
        return otherwise if self[option] is None else self.count(option)

    def on(self, option: str) -> bool:
        """An option that is True or False."""
        return switch(self[option], option)

    def sides(self, option: str, axes: int, least: int = 1) -> tuple[int, ...]:
        """An option with one whole number per axis, or one for all axes."""
        return per_axis(self[option], axes, option, least)

    def agree(self, option: str, count: int) -> None:
        """Raise ValueError if the layer states a size of its input (in_channels, ...) that differs from `count`."""
        stated = self[option]
        if stated is not None and whole(stated, option, 1) != count:
            raise ValueError(
                f"expected {option} = {count}, the input's, in the {self.type} layer, received {shown(stated)}"
            )

    def window(self) -> Window | None:
        """The layer's window; None for a type without one."""
        return None if self.kind.window is None else self.kind.window(self)


def unknown(what: str, received: object, allowed: Iterable[str]) -> str:
    """The sentence about an unknown name: the names that there are, and the nearest."""
    import difflib

    names = list(allowed)
    near = difflib.get_close_matches(str(received), names, n=1)
    hint = f" (nearest: {near[0]})" if near else ""
    known = ", ".join(names) if names else "none"
    return f"expected {what}, one of {known}; received {shown(received)}{hint}"


def nothing(*_: object) -> int:
    """The count 0, for something that layers of a type do not have."""
    return 0


def outputs(after: Shape, _o: LayerOptions) -> int:
    """The number of activations of a layer that outputs every entry it computes."""
    return math.prod(after)


def unchanged(shape: Shape, _o: LayerOptions) -> Shape:
    """The output shape of a layer that accepts every shape and keeps it."""
    return shape
