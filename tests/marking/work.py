"""Pins of what bounds the work of the diagnosis: each judges at the limit itself, and one beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.answers.comparison import AnswerVector, Vector
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import Site
from grader.homework.solution import solve
from grader.marking.carrying import World
from grader.marking.diagnosis import (
    hypotheses,
    own_answers,
)
from grader.marking.diagnosis.hypotheses import Hypothesis
from grader.marking.diagnosis.predictions import PartPredictions, Prediction, PredictionTable, Trials
from grader.messages import sentence
from grader.misconceptions.registry import Misconception
from tests.marking.homework import assignment

Values = Sequence[float]


def refused(*_: Any) -> Any:
    raise AssertionError("a made-up rule is never computed")


def hypothesis(id: str, family: int = 1) -> Hypothesis:
    said = sentence("something is done")
    return Hypothesis(Misconception(id, ("*",), refused, said, said), {Site("y", 0): refused}, family=family)


def vector(values: Values) -> Vector:
    axes = (len(values),) if len(values) > 1 else ()
    return Vector(axes, tuple(np.ndindex(*axes)), np.array(values, dtype=np.float64)[:, None])


def predictions_of(operations: int, cells: int = 1) -> tuple[PartPredictions, list[str]]:
    """The predictions for a part of so many operations, with 200 made-up misconceptions; and what is evaluated."""
    key = " + ".join(["x"] * (operations + 1))
    given = "x = 1.5" if cells == 1 else f"x = {[1.5] * cells}"
    text = f"[questions.given]\n{given}\n[questions.compute]\ny = '{key}'\n[questions.parts]\ny = 1\n"
    solved = solve(assignment(text)).questions["q"]
    made = PartPredictions(World.of(solved), solved.parts["y"])
    known = [
        Prediction((hypothesis(f"rule-{number}", family=1 + 9 * (number % 2)),), vector([number + 0.5] * cells))
        for number in range(200)
    ]
    evaluated: list[str] = []

    def value(acting: tuple[Hypothesis, ...], _within: list[Evaluation] | None = None) -> Vector:
        evaluated.append(" ".join(one.misconception.id for one in acting))
        return vector([len(evaluated) + 0.25] * cells)

    made.__dict__["singles"] = known
    made.value = value  # type: ignore[method-assign]
    return made, evaluated


def work_of_pairs() -> None:
    made, evaluated = predictions_of(60)
    assert made.pair_tables
    assert len(evaluated) == 12_000 // 60


def work_of_late_pairs() -> None:
    made, evaluated = predictions_of(60, cells=2)
    assert made.pair_tables
    early = len(evaluated)
    assert made.late_pair_tables
    assert len(evaluated) - early == 1_000 // 60


def evaluations() -> None:
    made, evaluated = predictions_of(1)
    assert made.pair_tables
    assert len(evaluated) == 2_000


def wide_families() -> None:
    known = [hypothesis("plain"), hypothesis("three", family=3), hypothesis("four", family=4)]
    found = {tuple(one.misconception.id for one in pair) for pair in hypotheses.pairs(known)}
    assert {frozenset(pair) for pair in found} == {frozenset({"plain", "three"})}


def evaluations_on_own_answers() -> None:
    made, evaluated = predictions_of(1)
    written = AnswerVector(vector([7.0]), np.zeros(1), 1e-6)
    attempt = SimpleNamespace(bindings=lambda *_: {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_answers, "hypotheses", lambda *_: [hypothesis(f"rule-{n}") for n in range(400)])
        own_answers.from_own_answers(made, written, attempt, ["x"])  # type: ignore[arg-type]
    assert len(evaluated) == 300


def own_answers_that_are_kept() -> None:
    """Of 21 earlier answers the first is forgotten, the second is not."""
    made, _ = predictions_of(1)
    asked: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_answers, "OwnAnswers", lambda *_: asked.append(_) or asked)
        for answer in (*range(21), 1, 0):
            attempt = SimpleNamespace(bindings=lambda *_, answer=answer: {"y": answer})
            own_answers.own_answers(made, attempt, ["y"])  # type: ignore[arg-type]
    assert len(asked) == 21 + 1


def evaluations_that_are_kept() -> None:
    """Each makes 1,000 calls: fifty of them are 50,000."""
    text = "[questions.given]\nx = 2\n[questions.compute]\ny = 'x + 1'\nz = 'y + x'\n[questions.parts]\ny = 1\nz = 1\n"
    made = Trials(World.of(solve(assignment(text)).questions["q"]))
    evaluated: list[object] = []

    def extended(_: object) -> object:
        evaluated.append(_)
        return SimpleNamespace(records=range(1_000), value=len)

    made.evaluation = SimpleNamespace(extended=extended, graph=made.evaluation.graph)  # type: ignore[assignment]
    acting = [(Hypothesis(hypothesis("rule").misconception, {Site("y", place): refused}),) for place in range(51)]
    for _ in range(2):
        for one in acting:
            made.value(one, "y", made.evaluation)
    assert len(evaluated) == 51 + 1


def tables_whose_slips_are_kept() -> None:
    """Two predictions of 50,000 cells each are the most."""
    for cells, kept in ((50_000, True), (50_001, False)):
        vector = Vector((cells,), tuple((cell,) for cell in range(cells)), np.ones((cells, 1)))
        table = PredictionTable([Prediction((), vector), Prediction((), vector)])
        assert (table.slipped is table.slipped) is kept
