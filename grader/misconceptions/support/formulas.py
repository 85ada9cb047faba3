"""Helpers to inspect a question's formulas: what a name stands for, the value of an expression, terms and factors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.formula.arithmetic import as_array
from grader.formula.evaluation import Evaluation
from grader.formula.nodes import RowsNode, ScanNode
from grader.formula.operators import signed
from grader.formula.substitution import NotApplicableError, Occurrence, Site
from grader.formula.tree import Binary, Call, Constant, Expression, Index, Name, Sequence, Unary


class Subexpression(NamedTuple):
    """An expression, and the node whose formula contains it."""

    node: str
    expression: Expression


def own_expression(occurrence: Occurrence) -> Subexpression:
    """The occurrence's own expression."""
    return Subexpression(occurrence.site.node, occurrence.expression)


def operands(occurrence: Occurrence) -> tuple[Subexpression, Subexpression]:
    """The two sides of an arithmetic sign; NotApplicableError for anything else."""
    expression = occurrence.expression
    if not isinstance(expression, Binary):
        raise NotApplicableError
    return Subexpression(occurrence.site.node, expression.left), Subexpression(occurrence.site.node, expression.right)


def replaced(evaluation: Evaluation, name: str) -> bool:
    """Whether the value of a node is substituted, in this evaluation or in one that it is based on."""
    where: Evaluation | None = evaluation
    while where is not None:
        if name in where.substitution.values:
            return True
        where = where.base
    return False


def resolved(evaluation: Evaluation, part: Subexpression) -> Subexpression:
    """The expression that a name stands for, through any number of names; a given stays a name."""
    node, expression = part
    while isinstance(expression, Name) and expression.id in evaluation.graph.nodes:
        if replaced(evaluation, expression.id) or evaluation.graph.nodes[expression.id].row_wise:
            break
        node = expression.id
        expression = evaluation.graph.nodes[node].expression
    return Subexpression(node, expression)


def meaning(evaluation: Evaluation, part: Subexpression) -> Any:
    """The value of an expression; NotApplicableError if it was not evaluated by itself."""
    node, expression = part
    match expression:
        case Constant(value=value):
            return value
        case Name(id=name):
            return evaluation.value(name) if name in evaluation.graph.nodes else evaluation.given(name)
        case Unary(operator=sign, operand=operand):
            return signed(sign, meaning(evaluation, Subexpression(node, operand)))
        case Sequence(items=items, is_tuple=is_tuple):
            values = [meaning(evaluation, Subexpression(node, item)) for item in items]
            return tuple(values) if is_tuple else values
        case Index(base=base, indices=indices):
            return _entry(
                meaning(evaluation, Subexpression(node, base)),
                [meaning(evaluation, Subexpression(node, i)) for i in indices],
            )
    value = evaluation.result(Site(node, expression.position))
    if value is None:
        raise NotApplicableError
    return value


def _entry(value: Any, indices: list[Any]) -> Any:
    if all(type(index) is int for index in indices):
        if len(indices) == 1 and isinstance(value, list | tuple | dict):
            return value[indices[0]]
        return as_array(value)[tuple(indices)]
    raise NotApplicableError


def terms(evaluation: Evaluation, part: Subexpression) -> Iterator[Subexpression]:
    """The terms of a sum; a name for a sum is replaced by its terms."""
    inner = resolved(evaluation, part)
    if isinstance(inner.expression, Binary) and inner.expression.operator == "+":
        yield from terms(evaluation, Subexpression(inner.node, inner.expression.left))
        yield from terms(evaluation, Subexpression(inner.node, inner.expression.right))
    else:
        yield part


def depends(evaluation: Evaluation, part: Subexpression, name: str) -> bool:
    """Whether an expression is computed from a name."""
    graph = evaluation.graph
    for inner in part.expression.walk():
        if isinstance(inner, Name):
            if inner.id == name or (inner.id in graph.nodes and name in graph.ancestors(inner.id)):
                return True
            if inner.id in graph.nodes and name not in graph.nodes and inner.id in graph.readers(name):
                return True
    return False


def is_deviation(evaluation: Evaluation, left: Subexpression, right: Subexpression) -> bool:
    """Whether a difference is the deviation of values from their own mean, as in X - mean(X)."""
    for values, other in ((left, right), (right, left)):
        if isinstance(values.expression, Name):
            calls = [one for one in resolved(evaluation, other).expression.walk() if isinstance(one, Call)]
            sums = [call for call in calls if call.function in ("sum", "mean")]
            if any(inner == values.expression.id for call in sums for inner in _names(call)):
                return True
    return False


def _names(expression: Expression) -> set[str]:
    return {inner.id for inner in expression.walk() if isinstance(inner, Name)}


def factors(part: Subexpression) -> tuple[list[Subexpression], list[Subexpression]]:
    """The factors and the divisors of an expression; names are not replaced."""
    node, expression = part
    if isinstance(expression, Binary) and expression.operator in ("*", "/"):
        above, below = factors(Subexpression(node, expression.left))
        more, less = factors(Subexpression(node, expression.right))
        return (above + more, below + less) if expression.operator == "*" else (above + less, below + more)
    return [part], []


def items(evaluation: Evaluation, part: Subexpression) -> list[Subexpression]:
    """The entries of a list that is written out, perhaps under a name; NotApplicableError for any other list."""
    inner = resolved(evaluation, part)
    if not isinstance(inner.expression, Sequence):
        raise NotApplicableError
    return [Subexpression(inner.node, item) for item in inner.expression.items]


def call_of(evaluation: Evaluation, part: Subexpression) -> Occurrence | None:
    """The call whose result an expression is, directly, by name or as a row of a row-wise list; None for no call."""
    node, expression = resolved(evaluation, part)
    if isinstance(expression, Call | Binary):
        return evaluation.record(Site(node, expression.position))
    if isinstance(expression, Index) and isinstance(expression.base, Name) and len(expression.indices) == 1:
        return _row(evaluation, expression.base.id, _whole(expression.indices[0]))
    return None


def _whole(expression: Expression) -> int | None:
    if isinstance(expression, Unary) and expression.operator == "-" and isinstance(expression.operand, Constant):
        value = expression.operand.value
        return -value if type(value) is int else None
    value = expression.value if isinstance(expression, Constant) else None
    return value if type(value) is int else None


def _row(evaluation: Evaluation, name: str, row: int | None) -> Occurrence | None:
    node = evaluation.graph.nodes.get(name)
    if row is None or node is None or not node.row_wise or replaced(evaluation, name):
        return None
    count = len(evaluation.value(name))
    return evaluation.record(Site(name, node.expression.position, row + count if row < 0 else row))


def rows(evaluation: Evaluation, part: Subexpression) -> list[Occurrence]:
    """The rows of a row-wise list; NotApplicableError for anything else."""
    expression = resolved(evaluation, part).expression
    found = evaluation.graph.nodes.get(expression.id) if isinstance(expression, Name) else None
    if found is None or not found.row_wise or replaced(evaluation, found.name):
        raise NotApplicableError
    count = len(evaluation.value(found.name))
    records = [evaluation.record(Site(found.name, found.expression.position, row)) for row in range(count)]
    return [record for record in records if record is not None]


def row_before(occurrence: Occurrence) -> Occurrence | None:
    """The row of the same list whose result a row takes; None for the first row and for a row that joins branches."""
    if len(occurrence.sources) != 1 or occurrence.sources[0] < 0:
        return None
    found = occurrence.evaluation.record(occurrence.site._replace(entry=occurrence.sources[0]))
    return found if found is not None and found.operation == occurrence.operation else None


def shape_before(occurrence: Occurrence) -> Occurrence | None:
    """The call to output_shape that computed a layer's input shape, in a row-wise list or by name; None if none did."""
    evaluation = occurrence.evaluation
    node = evaluation.graph.nodes[occurrence.site.node]
    scan = evaluation.graph.nodes.get(node.shapes) if isinstance(node, RowsNode) else node
    if occurrence.site.entry is not None and isinstance(scan, ScanNode):
        if len(occurrence.sources) != 1:
            return None
        if occurrence.sources[0] >= 0:
            return _shape_call(evaluation.record(Site(scan.name, scan.expression.position, occurrence.sources[0])))
        return _shape_call(call_of(evaluation, Subexpression(scan.name, scan.start)))
    expression = occurrence.expression
    if not isinstance(expression, Call):
        return None
    given = dict(expression.keywords).get("input_shape", expression.arguments[0] if expression.arguments else None)
    return None if given is None else _shape_call(call_of(evaluation, Subexpression(occurrence.site.node, given)))


def _shape_call(found: Occurrence | None) -> Occurrence | None:
    return found if found is not None and found.operation == "output_shape" else None


def argument(occurrence: Occurrence, name: str) -> Subexpression | None:
    """The expression of an argument of a call; None if it is not written."""
    found = occurrence.argument(name)
    return None if found is None else Subexpression(occurrence.site.node, found)
