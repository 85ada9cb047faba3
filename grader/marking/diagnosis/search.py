"""The search for the cause of one wrong answer.

Explanations are tried in order, the simplest first, and the first that explains the answer ends the search: one
misconception; one on the student's own earlier answers; a slip; one misconception and a slip; two misconceptions;
one that explains only some of the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.core.support.inputs import Array
from grader.marking.attempt import Attempt
from grader.marking.credit import cell_list
from grader.marking.diagnosis import slips
from grader.marking.diagnosis.evidence import Matches, OtherParts, WrongAnswer, distinct, giving_every_cell
from grader.marking.diagnosis.hypotheses import Hypothesis
from grader.marking.diagnosis.own_answers import from_own_answers
from grader.marking.diagnosis.predictions import PartPredictions, Prediction, PredictionTable, PredictionTables
from grader.marking.diagnosis.slips import Slip
from grader.marking.report import Diagnosis
from grader.messages import Sentence, sentence
from grader.structs import Struct

LEAST_EXPLAINED = 0.5
"""The least share of the wrong entries that a partial explanation must cover."""
LEAST_ENTRIES = 3
"""The least number of entries from which a single wrong entry is diagnosed."""

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

Matched = NDArray[np.bool_] | None
"""Which cells are explained; None if all are."""


class Explanation(Struct):
    """The diagnoses of an answer, and the hypotheses each of which alone explains every cell."""

    diagnoses: tuple[Diagnosis, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()


class Search(Struct, eq=False):
    """The search for one answer's cause."""

    predictions: PartPredictions
    answer: WrongAnswer
    attempt: Attempt
    others: OtherParts

    def best(self) -> Explanation:
        """The first explanation of the answer.

        Explanations of every cell without a fitted number come first, the simpler before the more complex; then those
        with a fitted factor, or with a cell left over.
        """
        tried: tuple[Callable[[], Explanation], ...] = (
            self.misconception,
            self.misconception_on_own_answers,
            self.arithmetic,
            self.slip_in_all_cells,
            lambda: self.misconception_and_slip_in_all_cells[0],
            self.misconception_and_rounding,
            self.misconception_and_transposition,
            self.pair,
            self.misconception_and_slip_in_one_entry,
            lambda: self.pair(late=True),
            self.misconception_and_rearrangement,
            lambda: self.misconception_and_slip_in_all_cells[1],
            self.slip_in_one_entry,
            self.misconception_in_some_entries,
        )
        return next((found for explain in tried if (found := explain()).diagnoses), Explanation())

    @cached_property
    def table(self) -> PredictionTable:
        """Single misconceptions that give the answer's shape."""
        return self._of_its_shape(self.predictions.single_tables)

    @cached_property
    def matches(self) -> Matches:
        """Which cells each of them gives."""
        return Matches.of(self.answer, self.table)

    @property
    def tried(self) -> int:
        """How many of them there are."""
        return len(self.table.predictions)

    @cached_property
    def crowded(self) -> bool:
        """Whether so many numbers near the key are predicted that this one number is no evidence."""
        return self.answer.crowded(self.predictions.numbers)

    def _of_its_shape(self, tables: PredictionTables) -> PredictionTable:
        return tables.get(self.answer.written.vector.axes, PredictionTable())

    # ------------------------------------------------------------------------------------------- one misconception

    def misconception(self) -> Explanation:
        """One misconception that gives every cell, preferably one that no right answer to another part contradicts."""
        full = giving_every_cell(self.answer, self.table)
        if full and self.crowded:
            blamed = [one for one in full if one.hypotheses[0].key in self.others.blamed]
            full = blamed or self._of_own_operation(full)
        return self._alternatives(sorted(full, key=self.others.contradict))

    def _of_own_operation(self, full: list[Prediction]) -> list[Prediction]:
        """The one misconception of the part's own operation that gives a small whole number; none where two do."""
        part = self.predictions.part
        if not part.spec.counts:
            return []
        world = self.predictions.world
        nodes = world.base.live_nodes(part.id, frozenset(world.solved.parts))
        own = [one for one in full if all(site.node in nodes for site in one.hypotheses[0].sites)]
        return own if len({one.ids for one in own}) == 1 else []

    def misconception_on_own_answers(self) -> Explanation:
        """One misconception on the student's own earlier answers."""
        if not self.others.above or self.answer.key is None or self.crowded:
            return Explanation()
        found = from_own_answers(self.predictions, self.answer.written, self.attempt, self.others.above)
        return Explanation(self._named(found, _OWN))

    def arithmetic(self) -> Explanation:
        """One general mistake of arithmetic that gives every cell, if few of them give such numbers."""
        table = self._of_its_shape(self.predictions.arithmetic_tables)
        found = giving_every_cell(self.answer, table) if self.answer.count else []
        return self._alternatives(found if found and self.answer.tells_arithmetic(table.predictions) else [])

    def _alternatives(self, full: list[Prediction]) -> Explanation:
        """Single misconceptions that give every cell; if several do, the sentence of each says so."""
        number, one = self.answer.written.vector.values.size == 1, len(self.answer.wrong) == 1
        template = _EITHER if len(distinct(full)) > 1 else _NUMBER if number else _ANSWER if one else _ALL
        return Explanation(self._named(full, template), tuple(one.hypotheses[0] for one in full))

    def misconception_in_some_entries(self) -> Explanation:
        """One misconception that explains a minimum share of the wrong entries, more than coincidence would."""
        answer = self.answer
        if len(answer.wrong) == 1 or answer.repeats_one_value:
            return Explanation()
        matches = self.matches
        least = max(2, LEAST_EXPLAINED * answer.count)
        found = [index for index in matches.convincing(answer, self.tried) if matches.explained[index] >= least]
        if not found:
            return Explanation()
        best = matches.hits[found[0]]
        same = [self.table.predictions[index] for index in found if np.array_equal(matches.hits[index], best)]
        return Explanation(self._named(same, _SOME, best))

    def _named(self, predictions: list[Prediction], template: str, matched: Matched = None) -> tuple[Diagnosis, ...]:
        """The misconceptions of some predictions, each named once, with the cells that they leave unexplained."""
        cells = self.answer.written.vector.cells
        left = () if matched is None else tuple(cells[place] for place in np.flatnonzero(~matched))
        of, explained = len(cells), len(cells) - len(left)
        rules = {one.misconception.id: one.misconception for each in distinct(predictions) for one in each.hypotheses}
        found = []
        for id, rule in rules.items():
            fields = {"equals": rule.equals, "repair": rule.repair, "explained": explained, "of": of}
            said = Sentence(template, {**fields, "cells": cell_list(left)})
            found.append(Diagnosis(id, "misconception", 1, said, explained, of, left))
        return tuple(found)

    # ------------------------------------------------------------------------------------- a slip from the right value

    def slip_in_all_cells(self) -> Explanation:
        """A slip from the right value that gives every cell."""
        written, key = self.answer.written, self.answer.key
        if key is None:
            return self._transposed_shape()
        found = self._rounded_from(key) or self.predictions.right.slipped.found(written, self.answer.first).get(0)
        if found is not None:
            return Explanation(self._slips([found]))
        in_entries = [slip for slip in slips.in_entries(written, key, ~self.answer.wrong) if not slip.unexplained]
        sizes = slips.exchanged_sizes(written, key)
        return Explanation(self._slips(in_entries or ([sizes[0]] if sizes else [])))

    def slip_in_one_entry(self) -> Explanation:
        """A slip in one entry of the right value."""
        key, wrong = self.answer.key, self.answer.wrong
        if key is None or len(wrong) < LEAST_ENTRIES:
            return Explanation()
        return Explanation(self._slips(slips.in_entries(self.answer.written, key, ~wrong)))

    def _transposed_shape(self) -> Explanation:
        """The transpose of the right matrix, with a different shape."""
        key, turned = self.predictions.key, self.answer.turned
        if key is None or turned is None or turned.vector.axes != key.axes or not turned.equals(key.values):
            return Explanation()
        return Explanation(self._slips([slips.TRANSPOSED]))

    def _slips(self, found: Iterable[Slip]) -> tuple[Diagnosis, ...]:
        of = len(self.answer.wrong)
        return tuple(
            Diagnosis(slip.id, "slip", 1, slip.message, of - len(slip.unexplained), of, slip.unexplained)
            for slip in found
        )

    # ------------------------------------------------------------------------------------ one misconception and a slip

    def misconception_and_slip_in_one_entry(self) -> Explanation:
        """One misconception and one slip in an entry, for the misconception that explains most by itself."""
        several = len(self.answer.wrong) > 1
        choices = self.tried * len(self.answer.wrong)
        for answer in self.answer.precisions if several else ():
            matches = self.matches if answer is self.answer else Matches.of(answer, self.table)
            for index in matches.convincing(answer, choices):
                prediction, matched = self.table.predictions[index], matches.hits[index]
                found = slips.in_entries(self.answer.written, prediction.vector.values, matched)
                if found:
                    return self._then(self._like(prediction), found, matched)
        return Explanation()

    def misconception_and_rearrangement(self) -> Explanation:
        """One misconception, and two entries exchanged or one sign: judged on all cells, as few are left unchanged."""
        for answer in self.answer.precisions:
            if not answer.convinces(self.tried, answer.count):
                continue
            for index in self.table.rearranged(answer.written, answer.first):
                prediction = self.table.predictions[index]
                found = slips.rearrangement(answer.written, prediction.vector.values)
                if found and answer.convinces(self.tried * found[1], answer.count):
                    return self._then(self._like(prediction), [found[0]])
        return Explanation()

    @cached_property
    def misconception_and_slip_in_all_cells(self) -> tuple[Explanation, Explanation]:
        """The first misconception after which a slip in all cells gives the answer; and the same for scaling slips."""
        scaled = Explanation()
        for answer in self.answer.precisions if self.tried else ():
            if not self._enough(answer):
                continue
            for place, slip in self.table.slipped.found(answer.written, answer.first).items():
                known = slip.id in slips.SCALES and scaled.diagnoses
                if known or not self._enough(answer, slip.fitted):
                    continue
                found = self._then(self._like(self.table.predictions[place]), [slip])
                if slip.id not in slips.SCALES:
                    return found, scaled
                scaled = found
        return Explanation(), scaled

    def misconception_and_rounding(self) -> Explanation:
        """One misconception, and every number rounded to the few digits written."""
        coarse = self.answer.coarse()
        full = giving_every_cell(coarse, self.table) if coarse is not None and self._enough(coarse) else []
        rounded = [(one, slip) for one in full if (slip := self._rounded_from(one.vector.values))]
        return self._then([one for one, _ in rounded], [rounded[0][1]]) if rounded else Explanation()

    def _rounded_from(self, target: Array) -> Slip | None:
        """The slip of rounding a target to too few digits, if it gives the answer."""
        return self.answer.rounded_from(target, self.predictions.part.spec.counts)

    def misconception_and_transposition(self) -> Explanation:
        """One misconception, and the result transposed to another shape."""
        axes = self.answer.written.vector.axes
        turned = self.answer.turned if axes != axes[::-1] and self._enough(self.answer) else None
        if turned is None:
            return Explanation()
        table = self.predictions.single_tables.get(turned.vector.axes)
        full = turned.giving(table.values).tolist() if table else []
        return self._then([table.predictions[full[0]]], [slips.TRANSPOSED]) if table and full else Explanation()

    def _enough(self, answer: WrongAnswer, fitted: bool = False) -> bool:
        """Whether enough cells agree to rule out coincidence; a fitted factor or offset uses up one of them."""
        several = len(answer.wrong) > 1
        moves = slips.MOVES if several else slips.MOVES_OF_ONE
        return answer.convinces(self.tried * moves, answer.count - (fitted and several))

    def _like(self, prediction: Prediction) -> list[Prediction]:
        """The misconceptions with the same numbers as this one: none may be named without the others."""
        alike = np.isclose(self.table.values, prediction.vector.values).all(axis=(1, 2))
        return [self.table.predictions[index] for index in np.flatnonzero(alike)]

    def _then(self, predictions: list[Prediction], found: list[Slip], matched: Matched = None) -> Explanation:
        """A misconception followed by a slip, in one group; several of either kind are alternatives."""
        template = _SOME if matched is not None else _THEN if len(distinct(predictions)) == 1 else _EITHER_THEN
        said = [sentence("Compared with what that mistake gives: {slip}", slip=slip.message) for slip in found]
        after = [replace(slip, message=each) for slip, each in zip(found, said, strict=True)]
        return Explanation((*self._named(predictions, template, matched), *self._slips(after)))

    # ------------------------------------------------------------------------------------------- two misconceptions

    def pair(self, late: bool = False) -> Explanation:
        """All pairs of misconceptions that together give every cell, unless that may be coincidence.

        `late` are the more numerous pairs.
        """
        some = self.answer.written.vector.values.any()
        for answer in self.answer.precisions if some else ():
            if not answer.convinces(self.tried, answer.count):
                continue
            table = self._of_its_shape(self.predictions.late_pair_tables if late else self.predictions.pair_tables)
            full = giving_every_cell(answer, table) if answer.convinces(len(table.predictions), answer.count) else []
            if full:
                return Explanation(self._named(full, _BOTH if len(distinct(full)) == 1 else _PAIRS))
        return Explanation()
