"""Where a part computes again what an earlier part holds: an error in that part is not carried then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.errors import AuthorError
from grader.formula.arithmetic import is_number
from grader.formula.sites import Site
from grader.formula.tree import Constant, Expression, Name, names, same
from grader.formula.upstream import live_nodes
from grader.homework.solution import SolvedPart
from grader.marking.carrying import World

TELLING = 100
"""A whole number below this may be equal to another by coincidence."""


def recomputed(world: World, part: SolvedPart) -> tuple[str, ...]:
    """The earlier parts whose value a part computes again, though it could read it by name."""
    solved = world.solved
    own = live_nodes(world.base, part.id, frozenset(solved.parts))
    place = {name: index for index, name in enumerate(solved.parts)}
    found = []
    for name, earlier in solved.parts.items():
        if earlier.computed and place[name] < place[part.id] and name not in own:
            inside = () if any(name in solved.graph.nodes[node].reads for node in own) else _inside(world, own)
            if any(_holds(world, part, earlier, node, expression) for node, expression in inside):
                found.append(name)
    return tuple(found)


def _inside(world: World, own: frozenset[str]) -> Iterator[tuple[str, Expression]]:
    written = world.solved.question.compute  # a list of shapes that two calls share holds the first of them
    for node in world.solved.graph.order:
        if node in own and node in written:
            for expression in world.solved.graph.nodes[node].expression.walk():
                if not isinstance(expression, Name | Constant):
                    yield node, expression


def _holds(world: World, part: SolvedPart, earlier: SolvedPart, node: str, expression: Expression) -> bool:
    """Whether an expression at a node is written as the earlier part's formula, or has its telling value."""
    graph = world.solved.graph
    formula = graph.nodes[earlier.id].expression
    if not isinstance(formula, Name | Constant) and same(expression, formula):
        return True
    reads = names(expression) & graph.nodes.keys()
    if earlier.id in reads or any(earlier.id in graph.ancestors(read) for read in reads):
        return False  # computed from it, and equal to it by coincidence
    frame = world.frame(part)
    try:
        right = frame.value(earlier.id)
        result = frame.result(Site(node, expression.position))
    except (AuthorError, KeyError):
        return False
    return _telling(right) and _equal(result, right)


def _telling(value: Any) -> bool:
    """Whether another value is hardly equal to this one by coincidence."""
    if is_number(value):
        return bool(abs(value) >= TELLING or value != int(value))
    entries = np.asarray(value, dtype=object).ravel().tolist() if not isinstance(value, tuple) else list(value)
    return len(entries) > 1 and len(set(map(str, entries))) > 1


def _equal(one: Any, other: Any) -> bool:
    try:
        return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-12, atol=0))
    except (TypeError, ValueError):
        return False
