"""Points at which formulas are compared: integers from the declared ranges, and rational points between them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from grader.errors import AuthorError, Place
from grader.formula.arithmetic import all_finite
from grader.formula.evaluation import Evaluation
from grader.formula.operators import STEPPED
from grader.formula.substitution import Substitution
from grader.formula.tree import Binary, Call, Unary
from grader.messages import sentence
from grader.structs import Struct

SAMPLED_POINTS = 20
MAX_DRAWS = 400
_SEED = 20


class Samples(Struct, eq=False, frozen=False):
    """The points at which one node is defined, with the graph evaluated at each; drawn on demand.

    `base` holds the givens (of an accepted convention, say); without a `node` every point is used.
    """

    base: Evaluation
    node: str | None
    ranges: Mapping[str, tuple[int, int]]
    integers: list[Evaluation] = field(default_factory=list)
    rationals: list[Evaluation] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Two streams of random numbers, the same on every machine."""
        self._streams = {True: random.Random(_SEED), False: random.Random(_SEED + 1)}
        self._draws = {True: 0, False: 0}

    @cached_property
    def stepped(self) -> bool:
        """Whether the node's computation is stepped between integers."""
        if self.node is None:
            return False
        graph = self.base.graph
        names = [self.node, *graph.ancestors(self.node)]
        parts = [part for name in names for part in graph.nodes[name].expression.walk()]
        return any(
            (isinstance(part, Binary | Unary) and part.operator in STEPPED)
            or (isinstance(part, Call) and graph.library.stepped(part.function))
            for part in parts
        )

    def at(self, index: int, integer: bool) -> Evaluation | None:
        """The evaluation at the index-th integer or rational point; None when no more can be found."""
        found = self.integers if integer else self.rationals
        while len(found) <= index and self._draws[integer] < MAX_DRAWS:
            self._draws[integer] += 1
            evaluation = self.base.extended(Substitution(givens=self._draw(integer)))
            if _defined(evaluation, self.node):
                found.append(evaluation)
        return found[index] if index < len(found) else None

    def alternating(self, stepped: bool) -> Iterator[Evaluation]:
        """Integer points, alternating with rational ones where both sides of a comparison are smooth."""
        for index in range(3 * SAMPLED_POINTS):
            integer = stepped or index % 2 == 0
            frame = self.at(index if stepped else index // 2, integer)
            if frame is None and not stepped:
                frame = self.at(index, not integer)
            if frame is None:
                return
            yield frame

    def first(self) -> Evaluation:
        """The evaluation at the first point.

        Raises:
            AuthorError: when the node is defined nowhere in the declared ranges.
        """
        evaluation = self.at(0, True) or self.at(0, False)
        if evaluation is None:
            said = sentence("expected a formula that is defined somewhere in the ranges of its symbols")
            if self.node is not None:
                self.base.extended(Substitution(givens=self._draw(True))).value(self.node)
            raise AuthorError(said, Place(question=self.base.graph.question, name=self.node))
        return evaluation

    def _draw(self, integer: bool) -> dict[str, Any]:
        stream = self._streams[integer]
        if integer:
            return {name: stream.randint(low, high) for name, (low, high) in self.ranges.items()}
        point = {}
        for name, (low, high) in self.ranges.items():
            denominator = stream.randint(2, 7)
            point[name] = stream.randint(low * denominator, high * denominator) / denominator
        return point


def _defined(evaluation: Evaluation, node: str | None) -> bool:
    try:
        return node is None or all_finite(evaluation.value(node))
    except AuthorError:
        return False
