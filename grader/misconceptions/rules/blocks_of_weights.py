"""Layers made of equal blocks: mistakes in counting the parameters of an LSTM's or a GRU's gates, or of attention."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from grader.formula.substitution import NotApplicableError, Occurrence
from grader.formula.tree import Constant, Name
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import Subexpression, meaning, own_expression, resolved

_WRITTEN = ("*", "+")
_LSTM, _GRU, _PROJECTIONS = 4, 3, 4
_MOST_SIZES = 5
"""The largest number of sizes in a formula of which two can be recognised as those of a layer."""


def _leaves(occurrence: Occurrence) -> Iterator[tuple[bool, int]]:
    """The integers in a formula and in the formulas of its names: whether each is written out, and its value."""
    left, seen = [own_expression(occurrence)], set()
    while left:
        node, expression = left.pop()
        for inner in expression.walk():
            if isinstance(inner, Constant) and type(inner.value) is int:
                yield True, inner.value
            elif isinstance(inner, Name) and inner.id not in seen:
                seen.add(inner.id)
                found = resolved(occurrence.evaluation, Subexpression(node, inner))
                if not isinstance(found.expression, Name):
                    left.append(found)
                elif type(value := meaning(occurrence.evaluation, found)) is int:
                    yield False, value


def _blocks_and_sizes(occurrence: Occurrence) -> tuple[set[int], list[set[int]]]:
    """The numbers of blocks that a formula writes out, and the sizes in it: those with a name, then all."""
    right = occurrence.right()
    needs(type(right) is int and right > 0)
    leaves = [(written, value) for written, value in _leaves(occurrence) if value > 1]
    sizes = [{value for written, value in leaves if not written}, {value for _, value in leaves}]
    needs(len(sizes[1]) <= _MOST_SIZES)
    return {value for written, value in leaves if written and value in (_LSTM, _GRU)}, sizes


def _recurrent(occurrence: Occurrence) -> tuple[int, int, int, int]:
    """The gates, weights per gate, hidden size and bias vectors per gate, if only one choice gives the right value."""
    gates, pools = _blocks_and_sizes(occurrence)
    for sizes in pools:
        found = {
            (gate, hidden * (inputs + hidden), hidden, biases)
            for gate, inputs, hidden, biases in product(gates, sizes, sizes, (1, 2))
            if occurrence.right() == gate * hidden * (inputs + hidden + biases)
        }
        if found:
            needs(len(found) == 1)
            return found.pop()
    raise NotApplicableError


@misconception(
    id="gates-one-bias",
    operations=_WRITTEN,
    equals="each gate has one bias vector",
    repair="Count two bias vectors for each gate where the layer has both: one at the input, one at the state.",
    options={"right": 2, "wrong": 1},
)
@misconception(
    id="gates-two-biases",
    operations=_WRITTEN,
    equals="each gate has two bias vectors",
    repair="Count one bias vector for each gate, unless the question says that input and state have one each.",
    options={"right": 1, "wrong": 2},
)
def _biases(occurrence: Occurrence, right: int, wrong: int) -> Any:
    gates, weights, hidden, biases = _recurrent(occurrence)
    needs(biases == right)
    return gates * (weights + wrong * hidden)


@misconception(
    id="gates-no-bias",
    operations=_WRITTEN,
    equals="the biases of the gates are left out",
    repair="Add the biases of every gate.",
)
def _no_bias(occurrence: Occurrence) -> Any:
    gates, weights, _, _ = _recurrent(occurrence)
    return gates * weights


@misconception(
    id="lstm-counted-as-gru",
    operations=_WRITTEN,
    equals="three blocks of weights are counted, as in a GRU",
    repair="Count four blocks for an LSTM: three gates and the candidate.",
    options={"right": _LSTM, "wrong": _GRU},
)
@misconception(
    id="gru-counted-as-lstm",
    operations=_WRITTEN,
    equals="four blocks of weights are counted, as in an LSTM",
    repair="Count three blocks for a GRU: two gates and the candidate.",
    options={"right": _GRU, "wrong": _LSTM},
)
def _other_cell(occurrence: Occurrence, right: int, wrong: int) -> Any:
    gates, weights, hidden, biases = _recurrent(occurrence)
    needs(gates == right)
    return wrong * (weights + biases * hidden)


def _attention(occurrence: Occurrence) -> tuple[int, bool]:
    """The width of the four square projections of attention, and whether they have biases."""
    blocks, sizes = _blocks_and_sizes(occurrence)
    needs(_PROJECTIONS in blocks)
    for width, bias in product(sizes[1], (True, False)):
        if occurrence.right() == _PROJECTIONS * width * (width + bias):
            return width, bias
    raise NotApplicableError


@misconception(
    id="projections-no-bias",
    operations=_WRITTEN,
    equals="the biases of the projections are left out",
    repair="Add the biases: each of the four projections has a vector of them.",
)
def _projections_no_bias(occurrence: Occurrence) -> Any:
    width, bias = _attention(occurrence)
    needs(bias)
    return _PROJECTIONS * width * width


@misconception(
    id="projections-three",
    operations=_WRITTEN,
    equals="only three of the four projections are counted",
    repair="Count the projection of the output, too, beside those of queries, keys and values.",
)
def _three_projections(occurrence: Occurrence) -> Any:
    width, bias = _attention(occurrence)
    return (_PROJECTIONS - 1) * width * (width + bias)
