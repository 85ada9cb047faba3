"""Why an answer is wrong: the misconception or slip whose result it equals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.answers.comparison import AnswerVector
from grader.answers.values import Number
from grader.errors import AuthorError
from grader.formula.evaluation import Evaluation
from grader.homework.solution import SolvedPart
from grader.marking.attempt import Attempt, answer_to
from grader.marking.carrying import World
from grader.marking.diagnosis.evidence import OtherParts, WrongAnswer, cell_chance, shape_chance
from grader.marking.diagnosis.predictions import PartPredictions, Trials
from grader.marking.diagnosis.search import Explanation, Search


class Diagnoser:
    """Diagnoses answers to the parts of one question; predictions are kept from one student to the next."""

    def __init__(self, world: World) -> None:
        """Predictions are computed on demand."""
        self.world = world
        self._trials = Trials(world)
        self._predictions: dict[str, PartPredictions] = {}
        self._behind_options: dict[str, Diagnoser] = {}

    def predictions(self, name: str) -> PartPredictions:
        """The predictions for a part, computed on first use."""
        if name not in self._predictions:
            self._predictions[name] = PartPredictions(self.world, self.world.solved.parts[name], self._trials)
        return self._predictions[name]

    def wrong_answer(self, attempt: Attempt, name: str) -> WrongAnswer | None:
        """One student's wrong answer to a part; None if there is nothing to compare."""
        part = self.world.solved.parts[name]
        if not part.computed:
            return None
        predictions = self.predictions(name)
        whole = self._encoded(attempt, part, predictions.frames)
        key = predictions.key
        if whole is None or key is None:
            return None
        written = whole.at(predictions.asked)
        fits = written.vector.values.shape == key.values.shape and written.vector.axes == key.axes
        right = key.values if fits else None
        wrong = ~written.matches(key.values[None])[0] if fits else np.ones(len(written.vector.cells), dtype=np.bool_)
        leaves = part.kind.cells(attempt.answers[name].value)
        decimals = [_last_digit(leaves.get(cell), part.spec.counts) for cell in written.vector.cells]
        chance = shape_chance if part.kind.sizes else cell_chance
        return WrongAnswer(written, right, wrong, chance(written.vector.values, key.values), decimals)

    def diagnose(self, attempt: Attempt, name: str, others: OtherParts) -> Explanation:
        """The named causes of a wrong answer; no slips for options, nor for sets, whose entries have no order."""
        part = self.world.solved.parts[name]
        if part.underlying is None:
            found = self._explained(attempt, name, others)
            return found if part.kind.ordered else _without_slips(found)
        option = answer_to(part.underlying, {name: attempt.answers[name].value})
        if option.value is None:
            return Explanation()
        if name not in self._behind_options:
            parts = {**self.world.solved.parts, name: part.underlying}
            world = World(replace(self.world.solved, parts=parts), self.world.base, self.world.samples)
            self._behind_options[name] = Diagnoser(world)
        behind = self._behind_options[name]
        return _without_slips(behind._explained(attempt.with_answer(option), name, others))

    def _explained(self, attempt: Attempt, name: str, others: OtherParts) -> Explanation:
        answer = self.wrong_answer(attempt, name)
        if answer is None or not np.isfinite(answer.written.vector.values).any():
            return Explanation()
        return Search(self.predictions(name), answer, attempt, others).best()

    def _encoded(self, attempt: Attempt, part: SolvedPart, at: Sequence[Evaluation]) -> AnswerVector | None:
        """A student's answer as a vector at some frames; None if there is nothing to compare."""
        value = attempt.answers[part.id].value
        if value is None:
            return None
        key = self.world.key(part) if part.samples is None else None
        return part.kind.encode_reading(value, key, part.spec, [_point(attempt, part, frame) for frame in at])


def _last_digit(leaf: object, counts: bool) -> int | None:
    """The decimal place of the last digit written; for a count, None unless it is given in thousands or millions.

    `800 K` is written to hundred thousands: trailing zeros do not count.
    """
    if not isinstance(leaf, Number) or leaf.decimals is None:
        return None
    if not counts:
        return math.floor(leaf.decimals)
    if leaf.decimals >= 0 or leaf.significant is None or type(leaf.value) is not int:
        return None
    return leaf.significant - len(str(abs(leaf.value)))


def _without_slips(found: Explanation) -> Explanation:
    return Explanation() if any(one.is_slip for one in found.diagnoses) else found


def _point(attempt: Attempt, part: SolvedPart, frame: Evaluation) -> Mapping[str, Any] | None:
    """The values of the names that the answer uses; None if one of them has no value."""
    try:
        return attempt.environment(part, frame)
    except (ArithmeticError, ValueError, AuthorError):
        return None
