"""From what was found to what is reported: diagnoses with their sentences, counts and cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.answers.cells import Cell
from grader.marking.diagnosis.predictions import Prediction
from grader.marking.diagnosis.slips import Slip
from grader.marking.diagnosis.vectors import Given
from grader.marking.report import Diagnosis
from grader.marking.wording import cell_list
from grader.messages import Sentence, sentence
from grader.misconceptions.rule import Misconception

_NUMBER = sentence("Your number equals what you get if {equals}. {repair}").template
_ANSWER = sentence("Your answer equals what you get if {equals}. {repair}").template
_ALL = sentence("Your numbers equal what you get if {equals}: {explained} of {of} entries. {repair}").template
_EITHER = sentence("Several mistakes give exactly your answer here; one is that {equals}. {repair}").template
_OWN = sentence("From your own earlier answers, you get exactly this if {equals}. {repair}").template
_BOTH = sentence("Two mistakes together give exactly your answer; one is that {equals}. {repair}").template
_PAIRS = sentence("Several pairs of mistakes give exactly your answer; one of them is that {equals}. {repair}").template
_SOME = sentence(
    "{explained} of {of} entries equal what you get if {equals}; this leaves {cells}, counted from zero. {repair}"
).template
_EITHER_THEN = sentence(
    "Several mistakes give exactly your answer here, each with one slip after it; one is that {equals}. {repair}"
).template
_THEN = sentence("What you get if {equals}, and then one slip, gives exactly your answer. {repair}").template


def _said(template: str, rule: Misconception, **fields: object) -> Sentence:
    return Sentence(template, {"equals": rule.equals, "repair": rule.repair, **fields})


def _misconception(
    prediction: Prediction, index: int, given: Given, template: str, matched: NDArray[np.bool_] | None = None
) -> Diagnosis:
    of = len(given.vector.cells)
    rule = prediction.causes[index].misconception
    left = _left(given, matched)
    explained = of - len(left)
    said = _said(template, rule, explained=explained, of=of, cells=cell_list(left))
    return Diagnosis(rule.id, "misconception", 1, said, explained, of, left)


def _left(given: Given, matched: NDArray[np.bool_] | None) -> tuple[Cell, ...]:
    if matched is None:
        return ()
    return tuple(cell for cell, right in zip(given.vector.cells, matched, strict=True) if not right)


def alternatives(predictions: Sequence[Prediction], given: Given) -> Iterator[Diagnosis]:
    """Single misconceptions that give every cell; several are reported together, honestly."""
    number, one = given.vector.values.size == 1, len(given.vector.cells) == 1
    template = _NUMBER if number else _ANSWER if one else _ALL
    for prediction in predictions:
        yield _misconception(prediction, 0, given, template if len(predictions) == 1 else _EITHER)


def from_own(predictions: Sequence[Prediction], given: Given) -> Iterator[Diagnosis]:
    """Single misconceptions that give every cell from the student's own earlier answers."""
    for prediction in predictions:
        yield _misconception(prediction, 0, given, _OWN)


def jointly(predictions: Sequence[Prediction], given: Given) -> Iterator[Diagnosis]:
    """Pairs of misconceptions that give every cell together; a misconception of several pairs is named once."""
    named: set[str] = set()
    for prediction in predictions:
        for index, cause in enumerate(prediction.causes):
            if cause.misconception.id not in named:
                named.add(cause.misconception.id)
                yield _misconception(prediction, index, given, _BOTH if len(predictions) == 1 else _PAIRS)


def partly(predictions: Sequence[Prediction], matched: NDArray[np.bool_], given: Given) -> Iterator[Diagnosis]:
    """Misconceptions that give some cells, with those that they leave."""
    for prediction in predictions:
        yield _misconception(prediction, 0, given, _SOME, matched)


def slipped(
    predictions: Sequence[Prediction], found: Sequence[Slip], matched: NDArray[np.bool_] | None, given: Given
) -> Iterator[Diagnosis]:
    """A misconception and the slip on top of it, in one group; several of either are alternatives."""
    template = _SOME if matched is not None else _THEN if len(predictions) == 1 else _EITHER_THEN
    for prediction in predictions:
        yield _misconception(prediction, 0, given, template, matched)
    of = len(given.vector.cells)
    for slip in found:
        said = sentence("Compared with what that mistake gives: {slip}", slip=slip.message)
        yield Diagnosis(slip.id, "slip", 1, said, of - len(slip.unexplained), of, slip.unexplained)


def exact(found: Sequence[Slip], given: Given) -> Iterator[Diagnosis]:
    """Slips from the right value."""
    of = len(given.vector.cells)
    for slip in found:
        yield Diagnosis(slip.id, "slip", 1, slip.message, of - len(slip.unexplained), of, slip.unexplained)
