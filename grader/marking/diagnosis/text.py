"""Explanations turned into diagnoses: their sentences, how many cells they explain, and which ones they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import AnswerVector
from grader.marking.credit import cell_list
from grader.marking.diagnosis.predictions import Prediction
from grader.marking.diagnosis.slips import Slip
from grader.marking.report import Diagnosis
from grader.messages import Sentence, sentence

_NUMBER = sentence("Your number equals what you get if {equals}. {repair}").template
_ANSWER = sentence("Your answer equals what you get if {equals}. {repair}").template
_ALL = sentence("Your numbers equal what you get if {equals}: {explained} of {of} entries. {repair}").template
_EITHER = sentence("Several mistakes give exactly your answer here; one is that {equals}. {repair}").template
_OWN = sentence("From your own earlier answers, you get exactly this if {equals}. {repair}").template
_BOTH = sentence("Two mistakes together give exactly your answer; one is that {equals}. {repair}").template
_PAIRS = sentence(
    "Several pairs of mistakes give exactly your answer; one of these mistakes is that {equals}. {repair}"
).template
_SOME = sentence(
    "{explained} of {of} entries equal what you get if {equals}; this leaves {cells}, counted from zero. {repair}"
).template
_EITHER_THEN = sentence(
    "Several mistakes give exactly your answer here, each with one slip after it; one is that {equals}. {repair}"
).template
_THEN = sentence("What you get if {equals}, and then one slip, gives exactly your answer. {repair}").template

Diagnoses = tuple[Diagnosis, ...]
Matched = NDArray[np.bool_] | None
"""Which cells are explained; None if all are."""


def _misconception(
    prediction: Prediction, written: AnswerVector, template: str, matched: Matched = None, index: int = 0
) -> Diagnosis:
    of = len(written.vector.cells)
    left = () if matched is None else tuple(written.vector.cells[place] for place in np.flatnonzero(~matched))
    rule, explained = prediction.hypotheses[index].misconception, of - len(left)
    fields = {"equals": rule.equals, "repair": rule.repair, "explained": explained, "of": of, "cells": cell_list(left)}
    return Diagnosis(rule.id, "misconception", 1, Sentence(template, fields), explained, of, left)


def _slip(slip: Slip, written: AnswerVector, said: Sentence) -> Diagnosis:
    of = len(written.vector.cells)
    return Diagnosis(slip.id, "slip", 1, said, of - len(slip.unexplained), of, slip.unexplained)


def alternatives(predictions: Sequence[Prediction], written: AnswerVector) -> Diagnoses:
    """Diagnoses for single misconceptions that give every cell; if several do, the sentence of each says so."""
    number, one = written.vector.values.size == 1, len(written.vector.cells) == 1
    template = _EITHER if len(predictions) > 1 else _NUMBER if number else _ANSWER if one else _ALL
    return tuple(_misconception(prediction, written, template) for prediction in predictions)


def on_own_answers(predictions: Sequence[Prediction], written: AnswerVector) -> Diagnoses:
    """Diagnoses for single misconceptions that give every cell when applied to the student's own earlier answers."""
    return tuple(_misconception(prediction, written, _OWN) for prediction in predictions)


def jointly(predictions: Sequence[Prediction], written: AnswerVector) -> Diagnoses:
    """Diagnoses for pairs of misconceptions that together give every cell; one in several pairs is named once."""
    template = _BOTH if len(predictions) == 1 else _PAIRS
    named: dict[str, Diagnosis] = {}
    for prediction in predictions:
        for index, id in enumerate(prediction.ids):
            if id not in named:
                named[id] = _misconception(prediction, written, template, index=index)
    return tuple(named.values())


def partly(predictions: Sequence[Prediction], matched: Matched, written: AnswerVector) -> Diagnoses:
    """Diagnoses for misconceptions that explain some cells, with the cells that they leave unexplained."""
    return tuple(_misconception(prediction, written, _SOME, matched) for prediction in predictions)


def with_slip(
    predictions: Sequence[Prediction], slips: Sequence[Slip], matched: Matched, written: AnswerVector
) -> Diagnoses:
    """Diagnoses for a misconception followed by a slip, in one group; several of either kind are alternatives."""

    def parts() -> Iterator[Diagnosis]:
        template = _SOME if matched is not None else _THEN if len(predictions) == 1 else _EITHER_THEN
        for prediction in predictions:
            yield _misconception(prediction, written, template, matched)
        for slip in slips:
            said = sentence("Compared with what that mistake gives: {slip}", slip=slip.message)
            yield _slip(slip, written, said)

    return tuple(parts())


def slipped(slips: Sequence[Slip], written: AnswerVector) -> Diagnoses:
    """Diagnoses for slips that turn the right value into the answer."""
    return tuple(_slip(slip, written, slip.message) for slip in slips)
