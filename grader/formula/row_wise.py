"""Row-wise operations, whose lists have a node for every entry: this module alone names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

from grader.formula.tree import Call, Expression
from grader.structs import Struct


class Reads(Enum):
    """What the operation of a row works on, besides the row's own layer or item."""

    PREVIOUS = "the row before, of the same list; behind branches, the last row of each"
    SHAPE_BEFORE = "the shape before the layer, from the rows of `output_shapes`"
    SHAPE_AFTER = "the shape after the layer, from the rows of `output_shapes`"


class RowWise(Struct):
    """One row-wise operation.

    Attributes:
        name: its name in formulas.
        arguments: the arguments that a call must have; called with `order`, it is a plain operation.
        row: the operation of one row, which rules replace; None where the formula names it.
        reads: what that operation works on.
        join: the operation of a row that joins branches, where it differs from that of other rows.
        jumps: whether both also take the product of the strides before the row.
        last_of: the row-wise operation whose last entry alone this one gives.
        optional: optional arguments, which the operation of a row also takes.
    """

    name: str
    arguments: tuple[str, ...]
    row: str | None
    reads: Reads
    join: str = ""
    jumps: bool = False
    last_of: str | None = None
    optional: tuple[str, ...] = ()

    def bound(self, call: Call) -> dict[str, Expression] | None:
        """The arguments of a call by name; None where the call does not have this form."""
        names = (*self.arguments, *self.optional)
        bound = dict(zip(names, call.arguments, strict=False))
        bound.update(dict(call.keywords))
        once = len(bound) == len(call.arguments) + len(call.keywords)
        return bound if once and set(self.arguments) <= set(bound) <= set(names) else None


_OF_LAYERS = ("input_shape", "layers")
SCAN = RowWise("scan", ("operation", "start", "items"), None, Reads.PREVIOUS)
_PARAMETERS = RowWise("parameter_counts", _OF_LAYERS, "parameter_count", Reads.SHAPE_BEFORE)
OUTPUT_SHAPES = RowWise("output_shapes", _OF_LAYERS, "output_shape", Reads.PREVIOUS, join="joined_shape")
_FIELDS = RowWise(
    "receptive_fields",
    ("layers",),
    "next_receptive_field",
    Reads.PREVIOUS,
    join="joined_receptive_field",
    jumps=True,
)
_LAST_FIELD = RowWise(
    "receptive_field", ("layers",), _FIELDS.row, Reads.PREVIOUS, join=_FIELDS.join, jumps=True, last_of=_FIELDS.name
)

ROW_WISE: Mapping[str, RowWise] = MappingProxyType(
    {
        each.name: each
        for each in (
            SCAN,
            OUTPUT_SHAPES,
            _PARAMETERS,
            RowWise("weight_counts", _OF_LAYERS, "weight_count", Reads.SHAPE_BEFORE),
            RowWise("bias_counts", _OF_LAYERS, "bias_count", Reads.SHAPE_BEFORE),
            RowWise("macs", _OF_LAYERS, "layer_macs", Reads.SHAPE_BEFORE),
            RowWise("flops", _OF_LAYERS, "layer_flops", Reads.SHAPE_BEFORE),
            RowWise("activation_counts", _OF_LAYERS, "activation_count", Reads.SHAPE_AFTER),
            RowWise("memory", _OF_LAYERS, "layer_memory", Reads.SHAPE_AFTER, optional=("bytes",)),
            _FIELDS,
            _LAST_FIELD,
        )
    }
)
"""Every row-wise operation by its name in formulas."""

OF_WHOLE_LAYERS: Mapping[str, tuple[RowWise, str | None]] = MappingProxyType(
    {"output_shape": (OUTPUT_SHAPES, None), "parameter_count": (_PARAMETERS, "total")}
)
"""For each operation that may be given a layer with others inside it: the row-wise operation that gives their rows, and
the helper that makes one value of these; None where it is the last row."""


def row_of(operation: str) -> str:
    """The operation of one row of a row-wise operation; any other operation itself.

    >>> row_of("receptive_field"), row_of("conv2d")
    ('next_receptive_field', 'conv2d')
    """
    found = ROW_WISE.get(operation)
    return operation if found is None or found.row is None else found.row


def row_functions() -> Mapping[str, Callable[..., Any]]:
    """The operations of rows; formulas can call only those that the reference core exports."""
    from grader.core.layers import counts, receptive, shapes

    functions = (
        shapes.joined_shape,
        counts.weight_count,
        counts.bias_count,
        counts.layer_macs,
        counts.layer_flops,
        counts.activation_count,
        counts.layer_memory,
        receptive.next_receptive_field,
        receptive.joined_receptive_field,
    )
    return {function.__name__: function for function in functions}
