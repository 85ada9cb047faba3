"""The rows of a table of layers: one per layer, with nested layers in place of the one that contains them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import TypeVar

from grader.core.layers.layer_type import Layer, LayerOptions
from grader.core.support.inputs import entries, is_sequence, shown, whole
from grader.structs import Struct

MOST_LAYERS = 10_000
MOST_NESTED = 30
START = -1
"""The number used for the input of the whole stack, which is not the output of any row."""

T = TypeVar("T")


class LayerRow(Struct):
    """One layer, without nested layers and repetitions.

    `sources` are the numbers of the rows whose outputs it takes: several only for a row that joins branches. `name` is
    the layer's name after those of the layers that contain it (`block.conv1`), or empty if it has no name.
    """

    layer: Layer
    name: str
    sources: tuple[int, ...]
    joins: bool = False

    @property
    def itself(self) -> Layer:
        """What the layer does itself, apart from nested layers: one that joins branches only passes on."""
        return {"type": "identity"} if self.joins else self.layer


def rows_of(layers: object) -> list[LayerRow]:
    """The rows of a list of layers; a layer alone is a list of one.

    A repeated layer gives one row per repetition; its name is followed by the number of the repetition, from 0. A
    `sequential` has no row of its own; a layer with branches has one, after the rows of its branches.

    Raises ValueError if `layers` is no list of layers, a type or an option is unknown, or there are too many rows or
    levels.

    >>> [row.name for row in rows_of([{"type": "sequential", "name": "b", "layers": [{"type": "relu", "name": "r"}]}])]
    ['b.r']
    """
    expansion = _Expansion()
    expansion.stack([layers] if isinstance(layers, Mapping) else layers, START, "", 0)
    return expansion.rows


class _Expansion(Struct, frozen=False):
    rows: list[LayerRow] = field(default_factory=list)
    layers: int = 0

    def stack(self, layers: object, source: int, prefix: str, depth: int) -> int:
        """Add the rows of a list of layers; return the number of the last one, or `source` if there are none."""
        if depth > MOST_NESTED:
            raise ValueError(f"expected layers nested at most {MOST_NESTED} levels deep, received deeper ones")
        if not is_sequence(layers):
            raise ValueError(f"expected a list of layers, received {shown(layers)}")
        for layer in entries(layers):
            source = self.layer(layer, source, prefix, depth)  # type: ignore[arg-type] # checked where it is read
        return source

    def layer(self, layer: Layer, source: int, prefix: str, depth: int) -> int:
        o = LayerOptions(layer)
        name = _joined(prefix, layer.get("name"))
        if "repeat" not in layer:
            return self.once(layer, o, source, name, depth)
        times = whole(layer["repeat"], "repeat", 1)
        for number in range(times):
            source = self.once(layer, o, source, name and f"{name}.{number}", depth)
        return source

    def once(self, layer: Layer, o: LayerOptions, source: int, name: str, depth: int) -> int:
        self.layers += 1
        if self.layers > MOST_LAYERS:
            raise ValueError(f"expected at most {MOST_LAYERS} layers, repetitions included, received more")
        if o.kind.inside is None:
            return self.add(LayerRow(_bare(layer), name, (source,)))
        ends = [self.stack(branch, source, name, depth + 1) for branch in o.kind.inside.branches(o)]
        if o.kind.inside.join is None:
            return ends[0]
        return self.add(LayerRow(_bare(layer), name, tuple(ends), joins=True))

    def add(self, row: LayerRow) -> int:
        self.rows.append(row)
        return len(self.rows) - 1


def _joined(prefix: str, name: object) -> str:
    if name is None:
        return prefix
    if not isinstance(name, str):
        raise ValueError(f"expected the name of a layer to be a text, received {shown(name)}")
    return f"{prefix}.{name}" if prefix else name


def _bare(layer: Layer) -> Layer:
    return layer if "repeat" not in layer else {key: value for key, value in layer.items() if key != "repeat"}


def chained(rows: Sequence[LayerRow], start: T, step: Callable[[LayerRow, list[T]], T]) -> list[T]:
    """The result of every row, computed by `step` from the results of its sources; errors name the layer."""
    found: list[T] = []
    for number, row in enumerate(rows):
        before = [start if source == START else found[source] for source in row.sources]
        found.append(located(rows, number, partial(step, row, before)))
    return found


def located(rows: Sequence[LayerRow], number: int, action: Callable[[], T]) -> T:
    """The value of an action on one row; its ValueError names the row if there are several."""
    try:
        return action()
    except ValueError as error:
        place = place_of(rows, number)
        raise ValueError(f"{place}: {error}" if place else str(error)) from None


def place_of(rows: Sequence[LayerRow], number: int) -> str:
    """The place of a row, for messages; empty if it is the only one.

    >>> place_of([LayerRow({"type": "relu"}, "", (-1,)), LayerRow({"type": "relu"}, "block.act", (0,))], 1)
    'layer 2 of 2 (block.act)'
    """
    name = f" ({rows[number].name})" if rows[number].name else ""
    return f"layer {number + 1} of {len(rows)}{name}" if len(rows) > 1 else ""
