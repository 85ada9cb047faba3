"""Receptive fields: mistakes with how the window of each layer widens the field."""

from __future__ import annotations

from typing import Any, NamedTuple

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.receptive import layer_jump, next_receptive_field
from grader.core.support.inputs import Pair, pair
from grader.formula.nodes import ScanNode
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Constant, Expression, Index, Name, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import Subexpression, resolved, row_before
from grader.misconceptions.support.layer_calls import layer_of

_FIELDS = "next_receptive_field"


class _Row(NamedTuple):
    """A row: the field and the jump before the layer, the extent of its dilated window, and its stride."""

    field: Pair
    jump: Pair
    covered: Pair
    stride: Pair


def _row(occurrence: Occurrence) -> _Row:
    b = occurrence.bound()
    if "jump" not in b:
        raise NotApplicableError
    covered = pair(next_receptive_field(1, b["layer"], 1), "covered", 1)
    if covered == (1, 1):
        raise NotApplicableError
    return _Row(pair(b["field"], "field", 1), pair(b["jump"], "jump", 1), covered, pair(layer_jump(b["layer"]), "s", 1))


def _side(height: int, width: int) -> Any:
    return height if height == width else (height, width)


def _later(occurrence: Occurrence) -> _Row:
    """A row after the first layer with a window; NotApplicableError before, where the mistake changes nothing."""
    row = _row(occurrence)
    if row.field == (1, 1):
        raise NotApplicableError
    return row


@misconception(
    id="rf-product",
    operations=_FIELDS,
    equals="the field is multiplied by the kernel size",
    repair="Add (k-1) times the jump: the fields of neighbouring cells overlap.",
    source="paper 003 q1",
)
def _product(occurrence: Occurrence) -> Any:
    row = _later(occurrence)
    return _side(row.field[0] * row.covered[0], row.field[1] * row.covered[1])


def _grown(row: _Row, jump: Pair, steps: int = -1) -> Any:
    """The field widened by the window, one cell less by default, times a jump."""
    (height, width), (rows, columns) = row.field, row.covered
    return _side(height + (rows + steps) * jump[0], width + (columns + steps) * jump[1])


@misconception(
    id="rf-no-jump",
    operations=_FIELDS,
    equals="the strides of the layers before are left out",
    repair="Multiply k-1 by the product of the strides of all layers before.",
)
def _no_jump(occurrence: Occurrence) -> Any:
    row = _row(occurrence)
    if row.jump == (1, 1):
        raise NotApplicableError
    return _grown(row, (1, 1))


@misconception(
    id="rf-jump-own",
    operations=_FIELDS,
    equals="the layer's own stride is in its jump",
    repair="Use the strides of the layers before: a layer's own stride acts on the layers after it.",
)
def _own_stride(occurrence: Occurrence) -> Any:
    row = _row(occurrence)
    if row.stride == (1, 1):
        raise NotApplicableError
    return _grown(row, (row.jump[0] * row.stride[0], row.jump[1] * row.stride[1]))


@misconception(
    id="rf-jump-prev-only",
    operations=_FIELDS,
    equals="only the stride of the layer just before is used",
    repair="Multiply the strides of all layers before.",
)
def _previous_stride(occurrence: Occurrence) -> Any:
    row = _later(occurrence)
    before = row_before(occurrence)
    while before is not None and next_receptive_field(1, layer_of(before), 1) == 1:
        before = row_before(before)
    if before is None:
        raise NotApplicableError
    stride = pair(layer_jump(layer_of(before)), "stride", 1)
    if stride == row.jump:
        raise NotApplicableError
    return _grown(row, stride)


@misconception(
    id="rf-sum-k",
    operations=_FIELDS,
    equals="the kernel sizes are added up",
    repair="Add (k-1) times the jump: one cell of each window was seen before.",
)
def _sum_of_kernels(occurrence: Occurrence) -> Any:
    return _grown(_later(occurrence), (1, 1), 0)


@misconception(
    id="rf-last-kernel",
    operations=_FIELDS,
    equals="the field is the layer's own window",
    repair="Follow the window back through all layers to the input image.",
)
def _own_kernel(occurrence: Occurrence) -> Any:
    row = _later(occurrence)
    return _side(*row.covered)


@misconception(
    id="rf-first-cell-left-out",
    operations=_FIELDS,
    equals="the cell that the field starts from is left out",
    repair="Start with a field of one cell; every layer adds k - 1 cells at its jump.",
)
def _first_cell(occurrence: Occurrence) -> Any:
    row = _row(occurrence)
    needs(row.field == (1, 1) and row.jump == (1, 1))
    return _grown(row._replace(field=(0, 0)), row.jump)


@misconception(
    id="rf-pool-ignored",
    operations=_FIELDS,
    equals="pooling does not widen the field",
    repair="Let a pooling window widen the field as a kernel does.",
)
def _pool_ignored(occurrence: Occurrence) -> Any:
    row = _row(occurrence)
    if LayerOptions(layer_of(occurrence)).kind.family != "pooling":
        raise NotApplicableError
    return _side(*row.field)


def _dilation(occurrence: Occurrence) -> Pair:
    window = LayerOptions(layer_of(occurrence)).window()
    if window is None or set(window.dilation) == {1}:
        raise NotApplicableError
    return pair(window.dilation, "dilation", 1)


@misconception(
    id="rf-dilation-ignored",
    operations=_FIELDS,
    equals="the dilation is left out",
    repair="Put d(k-1) in the place of k-1, with d the dilation.",
)
def _dilation_ignored(occurrence: Occurrence) -> Any:
    _row(occurrence)
    _dilation(occurrence)
    return occurrence.changed(layer={**layer_of(occurrence), "dilation": 1})


@misconception(
    id="rf-dilation-kd",
    operations=_FIELDS,
    equals="the dilated kernel spans k times d cells",
    repair="Let the kernel span d(k-1)+1 cells: there are only k-1 gaps.",
)
def _dilation_kd(occurrence: Occurrence) -> Any:
    row, dilation = _row(occurrence), _dilation(occurrence)
    kernel = pair(LayerOptions(layer_of(occurrence))["kernel_size"], "kernel_size", 1)
    covered = (kernel[0] * dilation[0], kernel[1] * dilation[1])
    return _grown(row._replace(covered=covered), row.jump)


@misconception(
    id="rf-padding-counted",
    operations=_FIELDS,
    equals="the padding changes the size of the field",
    repair="Leave the padding out: it moves fields over the edge of the image and keeps their size.",
)
def _padding_counted(occurrence: Occurrence) -> Any:
    row = _row(occurrence)
    o = LayerOptions(layer_of(occurrence))
    padding = o["padding"]
    if isinstance(padding, str) or padding == 0:
        raise NotApplicableError
    cells = pair(padding, "padding")
    grown, shrunk = (
        _grown(
            row._replace(covered=(row.covered[0] + sign * 2 * cells[0], row.covered[1] + sign * 2 * cells[1])), row.jump
        )
        for sign in (1, -1)
    )
    return Alternatives((grown, shrunk))


@misconception(
    id="rf-area-for-side",
    operations=(_FIELDS, "**", "*"),
    equals="the area is given where the side is asked for, or the side where the area is",
    repair="Give what is asked for: the side counts cells along one axis, the area is its square.",
)
def _area_for_side(occurrence: Occurrence) -> Any:
    if occurrence.operation in ("**", "*"):
        return _side_for_area(occurrence)
    _row(occurrence)
    height, width = pair(_true_side(occurrence), "field", 1)
    return height * width


def _true_side(occurrence: Occurrence) -> Any:
    """The side of the field after the row; if earlier rows gave areas, they are converted back to sides."""
    chain = [occurrence]
    while (before := row_before(chain[-1])) is not None:
        chain.append(before)
    side: Any = chain[-1].bound()["field"]
    for row in reversed(chain):
        b = row.bound()
        height, width = pair(side, "field", 1)
        side = next_receptive_field(side if b["field"] == height * width else b["field"], b["layer"], b["jump"])
    return side


def _side_for_area(occurrence: Occurrence) -> Any:
    """The receptive field in a formula that squares it, as a power or as a product."""
    expression = occurrence.expression
    if not isinstance(expression, Binary) or not _is_field(occurrence, expression.left):
        raise NotApplicableError
    exponent = expression.right
    squared = isinstance(exponent, Constant) and exponent.value == 2
    if not (squared if expression.operator == "**" else same(expression.left, exponent)):
        raise NotApplicableError
    return occurrence.arguments[0]


def _is_field(occurrence: Occurrence, expression: Expression) -> bool:
    found = resolved(occurrence.evaluation, Subexpression(occurrence.site.node, expression)).expression
    if isinstance(found, Index):
        found = resolved(occurrence.evaluation, Subexpression(occurrence.site.node, found.base)).expression
    node = occurrence.evaluation.graph.nodes.get(found.id) if isinstance(found, Name) else None
    return isinstance(node, ScanNode) and node.operation == _FIELDS
