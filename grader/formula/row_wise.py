"""Row-wise operations, whose lists have a node for every entry: the only place that names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from grader.formula.tree import Call, Expression


class Reads(Enum):
    """What the operation of a row works on, beside the row's own item."""

    PREVIOUS = "the row before, of the same list"
    SHAPE_BEFORE = "the shape before the layer, from the rows of `output_shapes`"


@dataclass(frozen=True)
class RowWise:
    """One row-wise operation.

    Attributes:
        name: as formulas call it.
        arguments: all of its arguments; called with others (`order`, say), it is a plain operation.
        row: the operation of one row, which rules replace; None where the formula names it.
        reads: what that operation works on.
        jumps: whether it also takes the product of the strides before the row.
        last_of: the row-wise operation of whose list this one gives the last entry only.
    """

    name: str
    arguments: tuple[str, ...]
    row: str | None
    reads: Reads
    jumps: bool = False
    last_of: str | None = None

    def bound(self, call: Call) -> dict[str, Expression] | None:
        """The arguments of a call by name; None when it is called in another way."""
        bound = dict(zip(self.arguments, call.arguments, strict=False))
        bound.update(dict(call.keywords))
        fits = len(call.arguments) + len(call.keywords) == len(self.arguments) and set(bound) == set(self.arguments)
        return bound if fits else None


_OF_LAYERS = ("input_shape", "layers")
SCAN = RowWise("scan", ("operation", "start", "items"), None, Reads.PREVIOUS)
SHAPES = RowWise("output_shapes", _OF_LAYERS, "output_shape", Reads.PREVIOUS)
_FIELDS = RowWise("receptive_fields", ("layers",), "next_receptive_field", Reads.PREVIOUS, jumps=True)

ROW_WISE: Mapping[str, RowWise] = MappingProxyType(
    {
        each.name: each
        for each in (
            SCAN,
            SHAPES,
            RowWise("parameter_counts", _OF_LAYERS, "parameter_count", Reads.SHAPE_BEFORE),
            RowWise("macs", _OF_LAYERS, "layer_macs", Reads.SHAPE_BEFORE),
            _FIELDS,
            RowWise("receptive_field", ("layers",), _FIELDS.row, Reads.PREVIOUS, jumps=True, last_of=_FIELDS.name),
        )
    }
)
"""Every row-wise operation by its name in formulas."""


def row_of(operation: str) -> str:
    """The operation of one row of a row-wise operation; any other operation is its own.

    >>> row_of("receptive_field"), row_of("conv2d")
    ('next_receptive_field', 'conv2d')
    """
    found = ROW_WISE.get(operation)
    return operation if found is None or found.row is None else found.row


def row_functions() -> Mapping[str, object]:
    """The operations of rows, which formulas cannot call where the reference core does not hand them out."""
    from grader.core.layers.receptive import next_receptive_field
    from grader.core.layers.stack import layer_macs

    return {"next_receptive_field": next_receptive_field, "layer_macs": layer_macs}
