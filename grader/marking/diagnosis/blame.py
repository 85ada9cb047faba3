"""From verdicts to causes: wrong answers are diagnosed, a cause costs marks only once, and may earn credit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from grader.formula.substitution import Substitution
from grader.homework.solution import SolvedPart
from grader.marking.attempt import Attempt
from grader.marking.carrying import ancestors, trivial_on_the_way
from grader.marking.credit import marks as marks_for
from grader.marking.diagnosis.diagnoser import Diagnoser
from grader.marking.diagnosis.evidence import OtherParts
from grader.marking.diagnosis.hypotheses import Hypothesis, HypothesisKey
from grader.marking.diagnosis.search import Explanation
from grader.marking.question import Mark
from grader.marking.report import Diagnosis
from grader.messages import Sentence, sentence
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
        mark = self.marks[name]
        if mark.verdict == "carried":
            mark = replace(mark, diagnoses=_carried(mark))
        elif mark.verdict in ("wrong", "partial") and self._part(name).part.accepts is None:
            others = OtherParts(self._above(name), self._right, frozenset(self.blamed))
            explanation = self.diagnoser.diagnose(self.attempt, name, others)
            mark = self._once(name, replace(mark, diagnoses=explanation.diagnoses), explanation)
        return _credited(mark, self._part(name))

    @cached_property
    def _right(self) -> frozenset[str]:
        return frozenset(name for name, mark in self.marks.items() if mark.verdict == "correct")

    def _part(self, name: str) -> SolvedPart:
        return self.diagnoser.world.solved.parts[name]

    def _above(self, name: str) -> list[str]:
        """The earlier parts whose answers are substituted; none if all of them are right."""
        above = ancestors(self.diagnoser.world, self.attempt, self._part(name))
        return above if any(self._differs(ancestor) for ancestor in above) else []

    def _differs(self, name: str) -> bool:
        """Whether an answer's value may differ from the key's."""
        return self.marks[name].verdict != "correct" or self._part(name).part.accepts is not None

    def _trivial(self, name: str, one: Hypothesis) -> str | None:
        """The name on the way to a part whose value a mistake makes trivial; None if there is none."""
        world, part = self.diagnoser.world, self._part(name)
        frame = world.frame(part)
        substituted = frame.extended(Substitution(operations=one.rules))
        return trivial_on_the_way(world, substituted, frame, part)

    def _once(self, name: str, mark: Mark, explanation: Explanation) -> Mark:
        """Carry the mark from the first part explained by the same cause; otherwise this part is the first."""
        known = [one for one in explanation.hypotheses if one.key in self.blamed]
        if not known:
            self.blamed.update(dict.fromkeys((one.key for one in explanation.hypotheses), name))
            return mark
        first = self.blamed[known[0].key]
        trivial = [self._trivial(name, one) for one in known]
        if None not in trivial:
            why = () if mark.refused else (_earns_nothing(first, str(trivial[0])),)
            return replace(mark, message=(*mark.message, *why))
        said = sentence("The same cause as in {names}: it costs marks once.", names=first)
        of = mark.entries.total if mark.entries else 1
        return replace(
            mark,
            verdict="carried",
            score=max(mark.score, marks_for(self._part(name).part.points, self.carried_share)),
            carried_from=(first,),
            message=(said,),
            entries=replace(mark.entries, correct=of, wrong=()) if mark.entries else None,
            diagnoses=(Diagnosis(first, "carried", 1, said, of, of), *mark.diagnoses),
        )


def _earns_nothing(first: str, name: str) -> Sentence:
    return sentence(
        "The same cause as in {names}, but it makes {name} trivial (all zeros, or the same everywhere), so it shows "
        "nothing and is not carried forward.",
        names=first,
        name=name,
    )


def _carried(mark: Mark) -> tuple[Diagnosis, ...]:
    of = mark.entries.total if mark.entries else 1
    return tuple(
        Diagnosis(source, "carried", 1, mark.message[0], of, of) for source in mark.carried_from if mark.message
    )


def _credited(mark: Mark, part: SolvedPart) -> Mark:
    """Apply the share that the assignment gives for a known cause, by its id or kind."""
    shares = [
        share
        for diagnosis in mark.diagnoses
        for key, share in part.part.credit_for.items()
        if key in (diagnosis.id, diagnosis.kind)
    ]
    if not shares or mark.verdict not in ("wrong", "partial"):
        return mark
    score = marks_for(part.part.points, Fraction(max(shares)))
    if score <= mark.score:
        return mark
    said = sentence("Marks are given for the known cause.")
    return replace(mark, score=score, message=(*mark.message, said))
