"""Why answers are wrong: each cause is named by the result that it gives, costs marks once, and may earn credit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from grader.answers.values import Number
from grader.errors import AuthorError, Place
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import Substitution
from grader.homework.assignment import Assignment
from grader.homework.solution import SolvedPart
from grader.marking.attempt import Attempt, answer_to
from grader.marking.carrying import World, ancestors, trivial_by
from grader.marking.credit import marks as marks_for
from grader.marking.diagnosis.evidence import OtherParts, WrongAnswer, cell_chance, shape_chance
from grader.marking.diagnosis.hypotheses import Hypothesis, HypothesisKey
from grader.marking.diagnosis.predictions import PartPredictions, Trials
from grader.marking.diagnosis.search import Explanation, Search
from grader.marking.diagnosis.slips import SLIP_IDS
from grader.marking.question import Mark
from grader.marking.report import Diagnosis
from grader.messages import Sentence, sentence
from grader.messages.names import all_near
from grader.misconceptions.registry import misconceptions
from grader.structs import Struct


def diagnosed(
    diagnoser: Diagnoser, attempt: Attempt, marks: Mapping[str, Mark], carried_share: Decimal
) -> dict[str, Mark]:
    """The marks of a question with the causes named.

    Where the same misconception at the same node explains two parts fully, the later one is carried from the first.
    """
    blame = _Blame(diagnoser, attempt, marks, carried_share)
    place = {name: index for index, name in enumerate(diagnoser.world.solved.graph.order)}
    found = {name: blame.of(name) for name in sorted(marks, key=lambda name: place.get(name, len(place)))}
    return {name: found[name] for name in marks}


class _Blame(Struct, eq=False, frozen=False):
    """The causes found so far in one student's answers to a question, each with the part where it costs marks."""

    diagnoser: Diagnoser
    attempt: Attempt
    marks: Mapping[str, Mark]
    carried_share: Decimal
    blamed: dict[HypothesisKey, str] = field(default_factory=dict)

    def of(self, name: str) -> Mark:
        """The mark of a part with its causes; called for the parts in graph order."""
        mark, part = self.marks[name], self.diagnoser.world.solved.parts[name]
        if mark.verdict == "carried":
            return replace(mark, diagnoses=tuple(_carried(mark, each, mark.message[0]) for each in mark.carried_from))
        if mark.verdict not in ("wrong", "partial") or part.part.accepts is not None:
            return mark
        right = frozenset(name for name, other in self.marks.items() if other.verdict == "correct")
        others = OtherParts(self._above(part), right, frozenset(self.blamed))
        found = self.diagnoser.diagnose(self.attempt, name, others)
        return _credited(self._once(part, replace(mark, diagnoses=found.diagnoses), found.hypotheses), part)

    def _above(self, part: SolvedPart) -> list[str]:
        """The earlier parts whose answers are substituted; none if all of them equal the key."""
        world = self.diagnoser.world
        above = ancestors(world, self.attempt, part)
        wrong = any(self.marks[name].verdict != "correct" for name in above)
        right_otherwise = any(world.solved.parts[name].part.accepts is not None for name in above)
        return above if wrong or right_otherwise else []

    def _once(self, part: SolvedPart, mark: Mark, causes: Sequence[Hypothesis]) -> Mark:
        """Carry the mark from the first part explained by the same cause; otherwise this part is the first."""
        known = [one for one in causes if one.key in self.blamed]
        if not known:
            self.blamed.update(dict.fromkeys((one.key for one in causes), part.id))
            return mark
        first = self.blamed[known[0].key]
        world = self.diagnoser.world
        trivial = [trivial_by(world, part, Substitution(operations=one.rules)) for one in known]
        if None not in trivial:
            said = sentence(
                "The same cause as in {names}, but it makes {name} trivial (all zeros, or the same everywhere), so it "
                "shows nothing and is not carried forward.",
                names=first,
                name=trivial[0],
            )
            return mark if mark.refused else replace(mark, message=(*mark.message, said))
        said = sentence("The same cause as in {names}: it costs marks once.", names=first)
        return replace(
            mark,
            verdict="carried",
            score=max(mark.score, marks_for(part.part.points, self.carried_share)),
            carried_from=(first,),
            message=(said,),
            entries=mark.entries and replace(mark.entries, correct=mark.entries.total, wrong=()),
            diagnoses=(_carried(mark, first, said), *mark.diagnoses),
        )


def _carried(mark: Mark, first: str, said: Sentence) -> Diagnosis:
    """A mistake in an earlier part as the cause of every cell."""
    of = mark.entries.total if mark.entries else 1
    return Diagnosis(first, "carried", 1, said, of, of)


def _credited(mark: Mark, part: SolvedPart) -> Mark:
    """Apply the share that the assignment gives for a known cause, by its id or kind."""
    causes = {name for one in mark.diagnoses for name in (one.id, one.kind)}
    shares = [share for cause, share in part.part.credit_for.items() if cause in causes]
    if not shares or mark.verdict not in ("wrong", "partial"):
        return mark
    score = marks_for(part.part.points, Fraction(max(shares)))
    if score <= mark.score:
        return mark
    said = sentence("Marks are given for the known cause.")
    return replace(mark, score=score, message=(*mark.message, said))


def check_credit_for(assignment: Assignment) -> None:
    """Check that every cause that earns credit is one that can be diagnosed.

    Raises:
        AuthorError: for an unknown id or kind, with question, part and the nearest known ones.
    """
    known = {"misconception", "slip", *(row.id for row in misconceptions()), *SLIP_IDS}
    for question in assignment.questions:
        for name, part in question.parts.items():
            for cause in part.credit_for:
                if cause not in known:
                    near = all_near(cause, sorted(known))
                    said = sentence(
                        "expected the id or kind of a misconception or slip in credit_for, received {cause!r}{meant}",
                        cause=cause,
                        meant=f": did you mean {' or '.join(near)}?" if near else "",
                    )
                    raise AuthorError(said, Place(question=question.id, name=name))


class Diagnoser:
    """Diagnoses answers to the parts of one question; predictions are kept from one student to the next."""

    def __init__(self, world: World) -> None:
        """Predictions are computed on demand."""
        self.world = world
        trials = Trials(world)
        self.predictions = cache(lambda name: PartPredictions(world, world.solved.parts[name], trials))
        """The predictions for a part, by its name."""
        self._behind_options: dict[str, Diagnoser] = {}

    def wrong_answer(self, attempt: Attempt, name: str) -> WrongAnswer | None:
        """One student's wrong answer to a part; None if there is nothing to compare."""
        part, value = self.world.solved.parts[name], attempt.answers[name].value
        if not part.computed or value is None:
            return None
        predictions = self.predictions(name)
        points = [_point(attempt, part, frame) for frame in predictions.frames]
        plain_key = self.world.key(part) if part.samples is None else None
        whole, key = part.kind.encode_reading(value, plain_key, part.spec, points), predictions.key
        if whole is None or key is None:
            return None
        written = whole.at(predictions.asked)
        fits = written.vector.values.shape == key.values.shape and written.vector.axes == key.axes
        right = key.values if fits else None
        wrong = ~written.matches(key.values[None])[0] if fits else np.ones(len(written.vector.cells), dtype=np.bool_)
        leaves = part.kind.cells(value)
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
    return Explanation() if any(one.kind == "slip" for one in found.diagnoses) else found


def _point(attempt: Attempt, part: SolvedPart, frame: Evaluation) -> Mapping[str, Any] | None:
    """The values of the names that the answer uses; None if one of them has no value."""
    try:
        return attempt.environment(part, frame)
    except (ArithmeticError, ValueError, AuthorError):
        return None
