"""Why an answer is wrong: the misconception, or the slip, whose numbers it equals."""

from __future__ import annotations

import numpy as np

from grader.answers.values import Number
from grader.marking.carrying import World
from grader.marking.diagnosis.case import Case, Elsewhere
from grader.marking.diagnosis.chance import cell_chance, shape_chance
from grader.marking.diagnosis.predictions import PartPredictions
from grader.marking.diagnosis.search import Found, Search
from grader.marking.diagnosis.vectors import encode_answer
from grader.marking.sheet import Sheet


class Diagnoser:
    """Diagnoses answers to the parts of one question; predictions are kept for the next student."""

    def __init__(self, world: World) -> None:
        """Nothing is predicted yet."""
        self.world = world
        self._predictions: dict[str, PartPredictions] = {}

    def predictions(self, name: str) -> PartPredictions:
        """The predictions for a part, made when they are first asked for."""
        if name not in self._predictions:
            self._predictions[name] = PartPredictions(self.world, self.world.solved.parts[name])
        return self._predictions[name]

    def case(self, sheet: Sheet, name: str) -> Case | None:
        """One student's wrong answer to a part; None where there is nothing that can be compared."""
        part = self.world.solved.parts[name]
        if not part.computed:
            return None
        predictions = self.predictions(name)
        given = encode_answer(self.world, sheet, part, predictions.frames)
        key = predictions.key
        if given is None or key is None:
            return None
        fits = given.vector.values.shape == key.values.shape and given.vector.axes == key.axes
        right = key.values if fits else None
        wrong = ~given.matches(key.values[None])[0] if fits else np.ones(len(given.vector.cells), dtype=np.bool_)
        leaves = part.kind.cells(sheet.answers[name].value).values()
        decimals = [leaf.decimals if isinstance(leaf, Number) else None for leaf in leaves]
        if part.spec.counts:
            decimals = [None] * len(decimals)  # a count is exact, and no rounded number
        chance = (
            shape_chance(given.vector.values, key.values)
            if part.kind.sizes
            else cell_chance(given.vector.values, key.values)
        )
        return Case(given, right, wrong, chance, decimals)

    def diagnose(self, sheet: Sheet, name: str, elsewhere: Elsewhere) -> Found:
        """The named causes of a wrong answer."""
        case = self.case(sheet, name)
        if case is None or not np.isfinite(case.given.vector.values).any():
            return Found()
        return Search(self.predictions(name), case, sheet, elsewhere).best()
