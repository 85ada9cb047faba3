"""Whether a question can tell misconceptions apart, and other givens of the same shape that tell more apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from grader.answers.comparison import Allowance, Vector
from grader.answers.values import Number, all_zero, nested_cells
from grader.errors import AuthorError
from grader.formula.arithmetic import is_number
from grader.formula.substitution import Site
from grader.formula.tree import Constant, Expression, Name, names, same
from grader.homework.assignment import Assignment, Question
from grader.homework.givens import leaves
from grader.homework.solution import Solution, SolvedPart, SolvedQuestion, solve_question
from grader.marking.attempt import numeric
from grader.marking.carrying import World
from grader.marking.diagnosis.predictions import PartPredictions, Trials
from grader.structs import Struct

TELLING = 100
"""An integer below this may equal another by coincidence."""
TRIES = 60
_SEED = 7
_SHARES = [0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.8, 0.9]


class Finding(Struct):
    """One finding about a part: the check, and the misconceptions or names concerned."""

    check: Literal["untried", "invisible", "collision", "swallowed", "accident", "recomputed"]
    names: tuple[str, ...] = ()


class PartLint(Struct):
    """What a part cannot tell apart, or cannot carry forward.

    `invisible` are the misconceptions that give the right answer, `collisions` the groups that give the same wrong
    one, `swallowed` those whose wrong answer the tolerance accepts, `accidents` the names whose value (or one entry of
    it) equals the right answer, so that it can be copied by mistake; `recomputed` are the earlier parts whose value the
    part computes again. Where `tried` is 0, no misconception applies; `shown` are those that give a different answer.
    """

    question: str
    part: str
    invisible: tuple[str, ...] = ()
    collisions: tuple[tuple[str, ...], ...] = ()
    swallowed: tuple[str, ...] = ()
    accidents: tuple[str, ...] = ()
    recomputed: tuple[str, ...] = ()
    tried: int = 0
    shown: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, each one line of a report."""
        return (
            *([Finding("untried")] if not self.tried else []),
            *([Finding("invisible", self.invisible)] if self.invisible else []),
            *(Finding("collision", group) for group in self.collisions),
            *([Finding("swallowed", self.swallowed)] if self.swallowed else []),
            *(Finding("accident", (name,)) for name in self.accidents),
            *(Finding("recomputed", (name,)) for name in self.recomputed),
        )


def lint(solution: Solution) -> list[PartLint]:
    """What each computed part of an assignment cannot tell apart."""
    return [found for solved in solution for found in lint_question(solved)]


def lint_question(solved: SolvedQuestion) -> list[PartLint]:
    """What each computed part of a question cannot tell apart."""
    world = World.of(solved)
    trials = Trials(world)
    return [lint_part(world, part, trials) for part in solved.parts.values() if part.computed]


def lint_part(world: World, part: SolvedPart, trials: Trials | None = None) -> PartLint:
    """What one part cannot tell apart, among the misconceptions that it is the first to reveal.

    `trials` are the misconceptions' results for the other parts.
    """
    predictions = PartPredictions(world, part, trials)
    found: dict[str | bytes, set[str]] = {"invisible": set(), "swallowed": set()}
    own = world.base.live_nodes(part.id, frozenset(world.solved.parts))  # none of them behind another part
    for hypothesis in predictions.hypotheses:
        vector = predictions.value((hypothesis,)) if any(site.node in own for site in hypothesis.sites) else None
        if vector is not None:
            found.setdefault(_told(vector, predictions.key, world, part), set()).add(hypothesis.misconception.id)
    tried = set().union(*found.values())
    invisible = found.pop("invisible")
    visible = set().union(*found.values())
    swallowed = found.pop("swallowed")
    if not tried:  # general mistakes of arithmetic may still change the value
        tried = {id for table in predictions.arithmetic_tables.values() for one in table.predictions for id in one.ids}
    return PartLint(
        world.solved.question.id,
        part.id,
        invisible=tuple(sorted(invisible - visible)),
        collisions=tuple(sorted({tuple(sorted(group)) for group in found.values() if len(group) > 1})),
        swallowed=tuple(sorted(swallowed)),
        accidents=tuple(_accidents(world, part)),
        recomputed=tuple(_recomputed(world, part)),
        tried=len(tried),
        shown=tuple(sorted(visible)),
    )


def _told(vector: Vector, key: Vector | None, world: World, part: SolvedPart) -> str | bytes:
    """`invisible`, `swallowed` (by the tolerance), or the digits that identify a wrong value."""
    if key is None or vector.axes != key.axes or vector.values.shape != key.values.shape:
        return repr(vector.axes).encode() + _rounded(vector)
    if np.allclose(vector.values, key.values, rtol=1e-9, atol=1e-12):
        return "invisible"
    return "swallowed" if _accepted(vector, world, part) else _rounded(vector)


def _rounded(vector: Vector) -> bytes:
    return np.array([float(f"{value:.9g}") + 0.0 for value in vector.values.ravel()]).tobytes()


def _accepted(vector: Vector, world: World, part: SolvedPart) -> bool:
    """Whether the part would accept the wrong value, written to three significant digits."""
    if not part.kind.tolerant:
        return False
    keys = part.kind.cells(world.key(part))
    allowance = Allowance(part.part.tolerance)
    written = [_written(float(row[0])) for row in vector.values]
    exact = [Number(float(row[0]), "") for row in vector.values]
    return any(
        all(allowance.right(number, key) for number, key in zip(numbers, keys.values(), strict=True))
        for numbers in (exact, written)
    )


def _written(value: float) -> Number:
    """A number written to three significant digits."""
    rounded = float(f"{value:.3g}")
    if not rounded:
        return Number(0, "0")
    decimals = 2 - int(np.floor(np.log10(abs(rounded))))
    return Number(rounded, f"{value:.3g}", decimals, 3)


def _accidents(world: World, part: SolvedPart) -> Iterator[str]:
    """Computed names that a single number is computed from and one of whose entries it equals."""
    key = world.key(part) if part.samples is None else None
    if not isinstance(key, int | float):
        return
    graph = world.solved.graph
    for name in graph.order:
        if name not in graph.ancestors(part.id) or name not in world.solved.question.compute:
            continue
        value = world.base.value(name)
        for cell, entry in () if isinstance(value, tuple) else nested_cells(value).items():
            if is_number(entry) and entry == key and key != 0:
                yield name + (f"[{', '.join(map(str, cell))}]" if cell else "")
                break


def _recomputed(world: World, part: SolvedPart) -> Iterator[str]:
    """The earlier parts whose value a part computes again instead of using it by name.

    An error in such an earlier part is then not carried forward.
    """
    solved = world.solved
    own = world.base.live_nodes(part.id, frozenset(solved.parts))
    place = {name: index for index, name in enumerate(solved.parts)}
    for name, earlier in solved.parts.items():
        if earlier.computed and place[name] < place[part.id] and name not in own:
            inside = () if any(name in solved.graph.nodes[node].reads for node in own) else _inside(world, own)
            if any(_holds(world, part, earlier, node, expression) for node, expression in inside):
                yield name


def _inside(world: World, own: frozenset[str]) -> Iterator[tuple[str, Expression]]:
    written = world.solved.question.compute  # a list of shapes that two calls share is stored under the first
    for node in world.solved.graph.order:
        if node in own and node in written:
            for expression in world.solved.graph.nodes[node].expression.walk():
                if not isinstance(expression, Name | Constant):
                    yield node, expression


def _holds(world: World, part: SolvedPart, earlier: SolvedPart, node: str, expression: Expression) -> bool:
    """Whether an expression at a node is written like the earlier part's formula, or has its distinctive value."""
    graph = world.solved.graph
    formula = graph.nodes[earlier.id].expression
    if not isinstance(formula, Name | Constant) and same(expression, formula):
        return True
    reads = names(expression) & graph.nodes.keys()
    if earlier.id in reads or any(earlier.id in graph.ancestors(read) for read in reads):
        return False  # computed from it, and equal by coincidence
    frame = world.frame(part)
    try:
        right = frame.value(earlier.id)
        result = frame.result(Site(node, expression.position))
    except (AuthorError, KeyError):
        return False
    return _telling(right) and _equal(result, right)


def _telling(value: Any) -> bool:
    """Whether another value is unlikely to equal this one by coincidence."""
    if is_number(value):
        return bool(abs(value) >= TELLING or value != int(value))
    entries = np.asarray(value, dtype=object).ravel().tolist() if not isinstance(value, tuple) else list(value)
    return len(entries) > 1 and len(set(map(str, entries))) > 1


def _equal(one: Any, other: Any) -> bool:
    try:
        return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-12, atol=0))
    except (TypeError, ValueError):
        return False


class Suggestion(Struct):
    """Better givens for a question, and how many findings remain with them."""

    question: str
    given: dict[str, Any]
    before: int
    after: int


def suggest(question: Question, assignment: Assignment) -> Suggestion | None:
    """The best of some random small givens of the same shape; None when none is better than the present ones."""
    before = _count(question, assignment)
    if not before:
        return None
    stream = random.Random(_SEED)
    best: Suggestion | None = None
    for given in _candidates(question.given, stream):
        changed = question.replaced(given={**question.given, **given})
        try:
            after = _count(changed, assignment)
        except AuthorError:
            continue
        if after < (before if best is None else best.after):
            best = Suggestion(question.id, given, before, after)
        if after == 0:
            break
    return best


def _count(question: Question, assignment: Assignment) -> int:
    return sum(len(found.findings) for found in lint_question(solve_question(question, assignment)))


def _candidates(given: dict[str, Any], stream: random.Random) -> Iterator[dict[str, Any]]:
    """Givens with some or all numbers drawn again; zeros (a velocity at rest) mostly stay."""
    every = [name for name, value in given.items() if numeric(value)]
    moving = [name for name in every if not all_zero(given[name])]
    for index in range(TRIES if every else 0):
        names = every if index % 3 == 2 or not moving else moving
        chosen = names if index % 2 else stream.sample(names, stream.randint(1, len(names)))
        yield {name: _drawn(given[name], stream) for name in chosen}


def _drawn(value: Any, stream: random.Random, signed: bool | None = None) -> Any:
    """A value of the same shape: small integers for integers, signed where the old ones are, decimals for decimals."""
    if isinstance(value, list):
        signed = any(entry <= 0 for entry in leaves(value)) if signed is None else signed
        return [_drawn(item, stream, signed) for item in value]
    if isinstance(value, float):
        if 0 < value < 1:
            return stream.choice(_SHARES)
        return float(stream.randint(-9, 9))
    if signed:
        return stream.choice([number for number in range(-5, 10) if number])
    return stream.randint(1, max(9, 2 * value))
