"""The proof that a question with other numbers is equivalent: it diagnoses what the base does, and is about as hard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from grader.errors import AuthorError
from grader.homework.solution import Solution, SolvedPart, SolvedQuestion
from grader.homework.solved import kept
from grader.homework.vary import Vary
from grader.marking.carrying import World, trivial
from grader.marking.diagnosis.lint import PartLint, lint_part, lint_question
from grader.marking.diagnosis.predictions import Trials
from grader.marking.marker import QuestionMarker
from grader.messages import Sentence, sentence
from grader.variants.measure import Measure
from grader.variants.named import fully_named


class DrawRefusal(NamedTuple):
    """Why a draw is refused: the rule, its part or condition, and details."""

    rule: str
    where: str
    detail: str = ""


RULES: dict[str, Sentence] = {
    "solved": sentence("a formula has no value: {detail}; vary less, or other givens"),
    "keep": sentence("the condition {where} does not hold; widen the ranges or choices, or drop the condition"),
    "form": sentence("the key of {where} has another kind or shape than the base's; vary what keeps them"),
    "trivial": sentence("the key of {where} is zero or everywhere the same; widen the ranges or choices"),
    "equal": sentence(
        "the key of {where} is not as hard as the base's; widen {detail} in equal = {{...}}, or vary closer to the base"
    ),
    "differ": sentence(
        "the key of {where} is that of another variant; widen the ranges or choices, or lower the count"
    ),
    "shown": sentence("{detail} is not shown at {where}, as the base shows it; widen the ranges or choices"),
    "collision": sentence("{detail} give the same answer at {where}, but not in the base; widen the ranges or choices"),
    "named": sentence("{detail} is not named at {where}, as it is in the base; widen the ranges or choices"),
    "swallowed": sentence(
        "the tolerance of {where} accepts what {detail} gives; widen the ranges or choices, or narrow the tolerance"
    ),
    "accident": sentence("{where} is right by accident for anyone who copies {detail}; widen the ranges or choices"),
}
"""The messages about the rule that refused most, in the order in which rules are tried, cheap ones first."""


class Proof:
    """The base of one question, with what its variants are compared with."""

    def __init__(self, base: SolvedQuestion, vary: Vary) -> None:
        """Examine the parts that depend on what varies; the others are the same in every variant.

        Raises AuthorError where no part does, or where `keep` holds something that is not a condition.
        """
        self.base = base
        self.vary = vary
        self.parts = [base.parts[name] for name in base.parts if name in base.varying]
        if not self.parts:
            raise AuthorError(sentence("nothing that varies reaches a part: vary what a part is computed from"))
        self._measures = {part.id: Measure.of(part) for part in self.parts}
        world = World.of(base)
        self._lints = {part.id: lint_part(world, part) for part in self.parts if part.computed}
        self._named = self._names(base)
        for index, condition in enumerate(vary.keep):
            holds = base.evaluation.value(kept(index))
            if not isinstance(holds, bool | np.bool_):
                said = sentence(
                    "expected keep to hold conditions, such as {example}, received {condition}",
                    example="O[0, 0] != Z",
                    condition=condition,
                )
                raise AuthorError(said)

    def at_once(self, solved: SolvedQuestion) -> DrawRefusal | None:
        """The first cheap rule that refuses a draw: its conditions, the form of its keys, and how hard they are."""
        return next(self._at_once(solved), None)

    def _at_once(self, solved: SolvedQuestion) -> Iterator[DrawRefusal]:
        for index, condition in enumerate(self.vary.keep):
            try:
                holds = bool(solved.evaluation.value(kept(index)))
            except AuthorError:
                holds = False
            if not holds:
                yield DrawRefusal("keep", condition)
        for base in self.parts:
            part = solved.parts[base.id]
            if not _alike(base, part):
                yield DrawRefusal("form", part.id)
            elif base.samples is None and trivial(part.value, base.value):
                yield DrawRefusal("trivial", part.id)
        for base in self.parts:
            measure, own = self._measures[base.id], Measure.of(solved.parts[base.id])
            if measure is not None and own is not None and (field := own.apart(measure, self.vary.equal)) is not None:
                yield DrawRefusal("equal", base.id, field)

    def power(self, solved: SolvedQuestion) -> DrawRefusal | None:
        """The first part that tells fewer mistakes apart than in the base."""
        world = World.of(solved)
        trials = Trials(world)
        found = (weaker(lint, lint_part(world, solved.parts[id], trials)) for id, lint in self._lints.items())
        return next(filter(None, found), None) or self._unnamed(solved)

    def _names(self, solved: SolvedQuestion) -> dict[str, set[str]]:
        """The mistakes named at each part with one number, where possible coincidence may prevent naming."""
        marker = QuestionMarker(solved)
        parts = [solved.parts[part.id] for part in self.parts]
        return {part.id: fully_named(marker, part) for part in parts if isinstance(part.value, int | float)}

    def _unnamed(self, solved: SolvedQuestion) -> DrawRefusal | None:
        """The first mistake that is named in the base but not here."""
        for id, found in self._names(solved).items():
            missed = sorted(self._named[id] - found)
            if missed:
                return DrawRefusal("named", id, missed[0])
        return None


def shows_less(variant: Solution, base: Sequence[PartLint]) -> Iterator[PartLint]:
    """The findings on the parts of a variant that tell less apart than the base's."""
    known = {(part.question, part.part): part for part in base}
    for solved in variant:
        for part in lint_question(solved) if solved.varying else ():
            if weaker(known[part.question, part.part], part) is not None:
                yield part


def _alike(base: SolvedPart, part: SolvedPart) -> bool:
    """Whether two keys have the same form of answer: their kind, their axes, and how many sizes shapes have."""
    if (base.kind, base.axes, base.spec) != (part.kind, part.axes, part.spec):
        return False
    return base.samples is not None or base.kind.asked(base.value) == part.kind.asked(part.value)


def weaker(base: PartLint, found: PartLint) -> DrawRefusal | None:
    """In what way a part tells fewer mistakes apart than the base's; None if it does not."""
    missed = sorted(set(base.shown) - set(found.shown) | set(found.invisible) - set(base.invisible))
    if missed:
        return DrawRefusal("shown", found.part, missed[0])
    known = [set(group) for group in base.collisions]
    for group in found.collisions:
        if not any(set(group) <= other for other in known):
            return DrawRefusal("collision", found.part, " = ".join(group))
    for rule, before, now in (
        ("swallowed", set(base.swallowed), set(found.swallowed)),
        ("accident", _copied(base), _copied(found)),
    ):
        more = sorted(now - before)
        if more:
            return DrawRefusal(rule, found.part, more[0])
    return None


def _copied(lint: PartLint) -> set[str]:
    """The names whose entries, whichever they are, equal an answer by accident."""
    return {name.partition("[")[0] for name in lint.accidents}
