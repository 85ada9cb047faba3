"""From verdicts to causes: what is not fully right is diagnosed; one cause costs once; a known one may earn credit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from grader.homework.solution import SolvedPart
from grader.marking import wording
from grader.marking.carrying import World, ancestors
from grader.marking.credit import marks as marks_for
from grader.marking.diagnosis.case import Elsewhere
from grader.marking.diagnosis.causes import CauseKey
from grader.marking.diagnosis.diagnoser import Diagnoser
from grader.marking.diagnosis.search import Found
from grader.marking.question import Mark
from grader.marking.report import Diagnosis
from grader.marking.sheet import Sheet
from grader.messages import sentence


def diagnosed(diagnoser: Diagnoser, sheet: Sheet, marks: Mapping[str, Mark], carried_share: Decimal) -> dict[str, Mark]:
    """The marks of a question with the causes named.

    Where the same misconception at the same node explains two parts fully, the later one is carried from the first.
    """
    world = diagnoser.world
    place = {name: index for index, name in enumerate(world.solved.graph.order)}
    blamed: dict[CauseKey, str] = {}
    found: dict[str, Mark] = {}
    right = frozenset(name for name, mark in marks.items() if mark.verdict == "correct")
    for name in sorted(marks, key=lambda name: place.get(name, len(place))):
        mark = marks[name]
        if mark.verdict == "carried":
            mark = replace(mark, diagnoses=_carried(mark))
        elif mark.verdict in ("wrong", "partial"):
            elsewhere = Elsewhere(_above(world, sheet, name, marks), right, frozenset(blamed))
            cause = diagnoser.diagnose(sheet, name, elsewhere)
            mark = _blamed(replace(mark, diagnoses=cause.diagnoses), cause, blamed, name, world, carried_share)
        found[name] = _credited(mark, world.solved.parts[name])
    return {name: found[name] for name in marks}


def _above(world: World, sheet: Sheet, name: str, marks: Mapping[str, Mark]) -> list[str]:
    """The earlier parts to put in place; none when all of them are right anyway."""
    above = ancestors(world, sheet, world.solved.parts[name])
    return above if any(marks[ancestor].verdict != "correct" for ancestor in above) else []


def _carried(mark: Mark) -> tuple[Diagnosis, ...]:
    of = mark.entries.total if mark.entries else 1
    return tuple(
        Diagnosis(source, "carried", 1, mark.message[0], of, of) for source in mark.carried_from if mark.message
    )


def _blamed(
    mark: Mark, cause: Found, blamed: dict[CauseKey, str], name: str, world: World, carried_share: Decimal
) -> Mark:
    """Carried from the first part that the same cause explains; else this part is the first."""
    keys = [one.key for one in cause.causes]
    first = next((blamed[key] for key in keys if key in blamed), None)
    if first is None:
        blamed.update(dict.fromkeys(keys, name))
        return mark
    said = sentence("The same cause as in {names}: it costs marks once.", names=wording.listed([first]))
    of = mark.entries.total if mark.entries else 1
    carried = Diagnosis(first, "carried", 1, said, of, of)
    points = world.solved.parts[name].part.points
    entries = replace(mark.entries, correct=of, wrong=()) if mark.entries else None
    return replace(
        mark,
        verdict="carried",
        score=max(mark.score, marks_for(points, carried_share)),
        carried_from=(first,),
        message=(said,),
        entries=entries,
        diagnoses=(carried, *mark.diagnoses),
    )


def _credited(mark: Mark, part: SolvedPart) -> Mark:
    """The share that the assignment gives for a known cause, by its id or its kind."""
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
