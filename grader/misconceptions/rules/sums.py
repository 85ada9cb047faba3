"""Arithmetic on counts, written out in formulas: sums of operations, savings in percent, channels of a module."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from grader.core.layers.shapes import channels_first
from grader.formula.arithmetic import binary
from grader.formula.evaluation import Evaluation
from grader.formula.nodes import RowsNode
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Constant, Index, Name, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.formulas import (
    Subexpression,
    call_of,
    factors,
    items,
    meaning,
    own_expression,
    resolved,
    rows,
    terms,
)
from grader.misconceptions.support.layer_calls import Products, is_reduction, macs_calls, products


class _Term(NamedTuple):
    """A term of a sum: its value, and the convolution whose operations it counts, if it counts any."""

    value: Any
    products: Products | None


def _products(evaluation: Evaluation, part: Subexpression) -> Products | None:
    inner = resolved(evaluation, part)
    for factor in factors(inner)[0]:
        found = call_of(evaluation, factor)
        if found is not None and found.operation in ("conv2d_macs", "layer_macs"):
            try:
                return products(found)
            except NotApplicableError:
                return None
    return None


def _summands(occurrence: Occurrence) -> list[Subexpression]:
    """The terms of a sum, written with + or as the sum of a list that is written out."""
    evaluation = occurrence.evaluation
    if occurrence.operation == "+":
        return list(terms(evaluation, own_expression(occurrence)))
    expression = occurrence.expression
    if not isinstance(expression, Call) or len(expression.arguments) != 1 or expression.keywords:
        raise NotApplicableError
    return items(evaluation, Subexpression(occurrence.site.node, expression.arguments[0]))


def _counts(occurrence: Occurrence) -> list[_Term]:
    evaluation = occurrence.evaluation
    if occurrence.operation == "sum" and isinstance(occurrence.expression, Call):
        given = Subexpression(occurrence.site.node, occurrence.expression.arguments[0])
        inner = resolved(evaluation, given).expression
        node = evaluation.graph.nodes.get(inner.id) if isinstance(inner, Name) else None
        if isinstance(node, RowsNode):
            return [_Term(evaluation.result(row.site), _row_products(row)) for row in rows(evaluation, given)]
    return [_Term(meaning(evaluation, part), _products(evaluation, part)) for part in _summands(occurrence)]


def _row_products(row: Occurrence) -> Products | None:
    try:
        return products(row)
    except NotApplicableError:
        return None


@misconception(
    id="mac-bottleneck-only-2nd",
    operations=("+", "sum"),
    equals="the operations of the 1x1 reduction are left out of the sum",
    repair="Add the operations of the 1x1 reduction itself.",
)
def _without_reductions(occurrence: Occurrence) -> Any:
    counts = _counts(occurrence)
    seen = [term.products for term in counts if term.products is not None]
    kept = [
        term.value
        for term in counts
        if term.products is None or not any(is_reduction(term.products, other) for other in seen)
    ]
    if not kept or len(kept) == len(counts):
        raise NotApplicableError
    return sum(kept)


class _Saving(NamedTuple):
    """The saving factor * (old - new) / old."""

    factor: Any
    old: Any
    new: Any


def _quotient(evaluation: Evaluation, part: Subexpression) -> tuple[Any, Subexpression, Subexpression] | None:
    """The factor, new and old of an expression, or formula of a name, factor * new / old; None for another form."""
    above, below = factors(resolved(evaluation, part))
    constants = [factor for factor in above if isinstance(factor.expression, Constant)]
    others = [factor for factor in above if not isinstance(factor.expression, Constant)]
    if not others and constants:
        others = [constants.pop()]
    if len(below) != 1 or len(others) != 1:
        return None
    factor: Any = 1
    for constant in constants:
        factor = binary("*", factor, meaning(evaluation, constant))
    return factor, others[0], below[0]


def _saving(occurrence: Occurrence) -> _Saving:
    """A relative saving written as c(a - b)/a, c(1 - b/a) or c - c b/a."""
    evaluation, part = occurrence.evaluation, own_expression(occurrence)
    expression = part.expression
    if isinstance(expression, Binary) and expression.operator == "-":
        found = _one_minus(evaluation, part)
        if found is not None:
            return found
        raise NotApplicableError
    quotient = _quotient(evaluation, part)
    if quotient is not None:
        factor, difference, old = quotient
        inner = resolved(evaluation, difference)
        if not isinstance(inner.expression, Binary) or inner.expression.operator != "-":
            raise NotApplicableError
        if _alike(evaluation, Subexpression(inner.node, inner.expression.left), old):
            new = meaning(evaluation, Subexpression(inner.node, inner.expression.right))
            return _Saving(factor, meaning(evaluation, old), new)
        raise NotApplicableError
    return _scaled(evaluation, part)


def _one_minus(evaluation: Evaluation, part: Subexpression) -> _Saving | None:
    """The saving c - c b/a; None for another form."""
    node, expression = part
    if not isinstance(expression, Binary) or not isinstance(expression.left, Constant):
        return None
    quotient = _quotient(evaluation, Subexpression(node, expression.right))
    if quotient is None or quotient[0] != expression.left.value:
        return None
    return _Saving(quotient[0], meaning(evaluation, quotient[2]), meaning(evaluation, quotient[1]))


def _scaled(evaluation: Evaluation, part: Subexpression) -> _Saving:
    """The saving c (1 - b/a), or c times a saving that has a name."""
    above, below = factors(part)
    constants = [meaning(evaluation, factor) for factor in above if isinstance(factor.expression, Constant)]
    others = [factor for factor in above if not isinstance(factor.expression, Constant)]
    if below or len(constants) != 1 or len(others) != 1:
        raise NotApplicableError
    inner = resolved(evaluation, others[0])
    if not isinstance(inner.expression, Binary):
        raise NotApplicableError
    record = call_of(evaluation, inner)
    if record is None or inner.expression.operator not in ("-", "/"):
        raise NotApplicableError
    found = _saving(record)
    return found._replace(factor=binary("*", constants[0], found.factor))


def _alike(evaluation: Evaluation, one: Subexpression, other: Subexpression) -> bool:
    return same(one.expression, other.expression) or same(
        resolved(evaluation, one).expression, resolved(evaluation, other).expression
    )


@misconception(
    id="pct-remaining",
    operations=("/", "*", "-"),
    equals="the share that remains is given in place of the share that is saved",
    repair="Subtract what remains from the whole: the reduction is asked for.",
)
def _remaining(occurrence: Occurrence) -> Any:
    saving = _saving(occurrence)
    return binary("/", binary("*", saving.factor, saving.new), saving.old)


@misconception(
    id="pct-wrong-base",
    operations=("/", "*", "-"),
    equals="the difference is divided by the new value",
    repair="Divide the difference by the old value.",
)
def _wrong_base(occurrence: Occurrence) -> Any:
    saving = _saving(occurrence)
    return binary("/", binary("*", saving.factor, binary("-", saving.old, saving.new)), saving.new)


class _Module(NamedTuple):
    """A module that concatenates its branches: the last channels of each branch, and those of its reductions."""

    channels: list[int]
    reductions: list[int]


def _module(occurrence: Occurrence) -> _Module:
    parts = _summands(occurrence)
    evaluation = occurrence.evaluation
    if any(isinstance(resolved(evaluation, part).expression, Call | Binary) for part in parts):
        raise NotApplicableError
    channels = [meaning(evaluation, part) for part in parts]
    if len(channels) < 2 or not all(type(count) is int and count > 0 for count in channels):
        raise NotApplicableError
    reductions = _listed(evaluation, parts) or _branches(evaluation, channels) or _reducing(occurrence, channels)
    return _Module(channels, reductions)


def _listed(evaluation: Evaluation, parts: list[Subexpression]) -> list[int]:
    """If the terms are the last entries of lists, the other entries of those lists; otherwise []."""
    inside: list[int] = []
    for part in parts:
        inner = resolved(evaluation, part)
        if not isinstance(inner.expression, Index):
            return []
        base = meaning(evaluation, Subexpression(inner.node, inner.expression.base))
        if not _counts_list(base) or base[-1] != meaning(evaluation, part):
            return []
        inside.extend(base[:-1])
    return inside


def _counts_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(type(count) is int for count in value)


def _branches(evaluation: Evaluation, channels: list[int]) -> list[int]:
    """The other entries of a given list of branches whose last entries are the terms; otherwise []."""
    for name in evaluation.graph.givens:
        value = evaluation.given(name)
        if not isinstance(value, list) or not all(_counts_list(branch) for branch in value):
            continue
        if [branch[-1] for branch in value] == channels:
            return [count for branch in value for count in branch[:-1]]
    return []


def _reducing(occurrence: Occurrence, channels: list[int]) -> list[int]:
    """The channels of the question's 1x1 reductions if the terms are those of its other convolutions; otherwise []."""
    seen = _convolutions(occurrence)
    outputs = [conv.output[0] for conv in seen if not any(is_reduction(conv, other) for other in seen)]
    if sorted(outputs) != sorted(channels):
        return []
    return [conv.output[0] for conv in seen if any(is_reduction(conv, other) for other in seen)]


def _convolutions(occurrence: Occurrence) -> list[Products]:
    """The convolutions whose operations the question counts."""
    found = [_products(occurrence.evaluation, call) for call in macs_calls(occurrence)]
    return [seen for seen in found if seen is not None]


@misconception(
    id="inception-add-reductions",
    operations=("+", "sum"),
    equals="the outputs of the reductions are concatenated too",
    repair="Concatenate the last layer of each branch only.",
)
def _with_reductions(occurrence: Occurrence) -> Any:
    module = _module(occurrence)
    if not module.reductions:
        raise NotApplicableError
    return sum(module.channels) + sum(module.reductions)


@misconception(
    id="inception-pool-full",
    operations=("+", "sum"),
    equals="the pooling branch keeps all channels of the input",
    repair="Count the channels after the 1x1 convolution of the pooling branch.",
)
def _pool_full(occurrence: Occurrence) -> Any:
    """The pooling branch, drawn as the last of three or more, keeps the channels of the input."""
    channels = _module(occurrence).channels
    received = [count for count in _received(occurrence) if count != channels[-1]]
    if len(channels) < 3 or not received:
        raise NotApplicableError
    sums = tuple(sum(channels[:-1]) + count for count in received)
    return sums[0] if len(sums) == 1 else Alternatives(sums)


def _received(occurrence: Occurrence) -> list[int]:
    """The possible numbers of input channels of the module.

    They are those of the 1x1 convolutions that the question counts. If it counts none, they are givens that no formula
    uses: whole numbers, or the channels of shapes.
    """
    narrow = [seen.inputs for seen in _convolutions(occurrence) if math.prod(seen.kernel) == 1]
    if narrow:
        return [max(narrow)]
    evaluation = occurrence.evaluation
    unread = [name for name in evaluation.graph.givens if not evaluation.graph.readers(name)]
    told = [_channels_told(evaluation.given(name), evaluation.graph.library.shape_order) for name in unread]
    return list(dict.fromkeys(count for count in told if count is not None))


def _channels_told(given: Any, order: str) -> int | None:
    if isinstance(given, list | tuple) and len(given) == 3 and all(type(size) is int for size in given):
        given = channels_first(given, order)[0]
    return given if type(given) is int and given > 0 else None
