"""The search for the cause of one wrong answer.

Explanations are tried in order, the simplest first, and the first that explains the answer ends the search: one
misconception; one on the student's own earlier answers; a slip; one misconception and a slip; two misconceptions;
one that explains only some of the entries.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from grader.answers.comparison import Floats
from grader.marking.attempt import Attempt
from grader.marking.diagnosis import slips, text
from grader.marking.diagnosis.entry_slips import entry_slips, exchanged_sizes, may_be_rearranged, rearranged
from grader.marking.diagnosis.evidence import Matches, OtherParts, WrongAnswer, distinct, giving_every_cell
from grader.marking.diagnosis.hypotheses import Hypothesis
from grader.marking.diagnosis.own_answers import from_own_answers
from grader.marking.diagnosis.predictions import PartPredictions, Prediction, PredictionTable, PredictionTables
from grader.marking.report import Diagnosis
from grader.structs import Struct

LEAST_EXPLAINED = 0.5
"""The least share of the wrong entries that a partial explanation must cover."""

LEAST_ENTRIES = 3
"""The least number of entries from which a single wrong entry is diagnosed."""


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
            self.misconception_and_slip_in_all_cells,
            self.pair,
            self.misconception_and_slip_in_one_entry,
            self.late_pair,
            self.misconception_and_rearrangement,
            self.misconception_and_scaling,
            self.slip_in_one_entry,
            self.misconception_in_some_entries,
        )
        return next((found for explain in tried if (found := explain()).diagnoses), Explanation())

    @cached_property
    def table(self) -> PredictionTable | None:
        """Single misconceptions that give the answer's shape."""
        return self.predictions.single_tables.get(self.answer.written.vector.axes)

    @cached_property
    def matches(self) -> Matches | None:
        """Which cells each of them gives."""
        return Matches.of(self.answer, self.table)

    @property
    def tried(self) -> int:
        """How many of them there are."""
        return len(self.table.predictions) if self.table else 0

    @cached_property
    def crowded(self) -> bool:
        """Whether so many numbers near the key are predicted that this one number is no evidence."""
        return self.answer.crowded(self.predictions.numbers)

    # ------------------------------------------------------------------------------------------- one misconception

    def misconception(self) -> Explanation:
        """One misconception that gives every cell, preferably one that no right answer to another part contradicts."""
        full = giving_every_cell(self.answer, self.table)
        if full and self.crowded:
            blamed = [one for one in full if one.hypotheses[0].key in self.others.blamed]
            full = blamed or self._of_own_operation(full)
        full.sort(key=self.others.contradict)
        found = text.alternatives(distinct(full), self.answer.written)
        return Explanation(found, tuple(one.hypotheses[0] for one in full))

    def _of_own_operation(self, full: list[Prediction]) -> list[Prediction]:
        """The one misconception of the part's own operation that gives a small whole number; none where two do."""
        part = self.predictions.part
        if not full or not part.spec.counts:
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
        return Explanation(text.on_own_answers(distinct(found), self.answer.written))

    def arithmetic(self) -> Explanation:
        """One general mistake of arithmetic that gives every cell, if few of them give such numbers."""
        table = self.predictions.arithmetic_tables.get(self.answer.written.vector.axes)
        found = giving_every_cell(self.answer, table) if self.answer.count else []
        if not found or not self.answer.tells_arithmetic(table.predictions if table else []):
            return Explanation()
        said = text.alternatives(distinct(found), self.answer.written)
        return Explanation(said, tuple(one.hypotheses[0] for one in found))

    def misconception_in_some_entries(self) -> Explanation:
        """One misconception that explains a minimum share of the wrong entries, more than coincidence would."""
        answer = self.answer
        matches = self.matches if len(answer.wrong) > 1 else None
        if matches is None or answer.repeats_one_value:
            return Explanation()
        least = max(2, LEAST_EXPLAINED * answer.count)
        found = [index for index in matches.convincing(answer, self.tried) if matches.explained[index] >= least]
        if not found:
            return Explanation()
        best = matches.hits[found[0]]
        same = [matches.table.predictions[index] for index in found if np.array_equal(matches.hits[index], best)]
        return Explanation(text.partly(distinct(same), best, answer.written))

    # ------------------------------------------------------------------------------------- a slip from the right value

    def slip_in_all_cells(self) -> Explanation:
        """A slip from the right value that gives every cell."""
        written, key = self.answer.written, self.answer.key
        if key is None:
            return self._transposed_shape()
        found = self._rounded_from(key) or self.predictions.right.slipped.found(written, self.answer.first).get(0)
        if found is None:
            in_entries = [slip for slip in entry_slips(written, key, ~self.answer.wrong) if not slip.unexplained]
            sizes = exchanged_sizes(written, key)
            return self._slipped(in_entries or ([sizes[0]] if sizes else []))
        return self._slipped([found])

    def slip_in_one_entry(self) -> Explanation:
        """A slip in one entry of the right value."""
        key, wrong = self.answer.key, self.answer.wrong
        several = key is not None and len(wrong) >= LEAST_ENTRIES
        return self._slipped(entry_slips(self.answer.written, key, ~wrong) if key is not None and several else [])

    def _transposed_shape(self) -> Explanation:
        """The transpose of the right matrix, with a different shape."""
        key, turned = self.predictions.key, self.answer.turned
        if key is None or turned is None or turned.vector.axes != key.axes or not turned.equals(key.values):
            return Explanation()
        return self._slipped([slips.TRANSPOSED])

    def _slipped(self, found: list[slips.Slip]) -> Explanation:
        return Explanation(text.slipped(found, self.answer.written))

    # ------------------------------------------------------------------------------------ one misconception and a slip

    def misconception_and_slip_in_all_cells(self) -> Explanation:
        """One misconception and a slip in all cells at once: moved, rounded, or transposed to another shape."""
        return next(
            (found for found in (self._moved[0], self._rounded(), self._transposed()) if found.diagnoses), Explanation()
        )

    def misconception_and_scaling(self) -> Explanation:
        """One misconception and a factor or an offset in all cells at once."""
        return self._moved[1]

    def misconception_and_slip_in_one_entry(self) -> Explanation:
        """One misconception and one slip in an entry, for the misconception that explains most by itself."""
        several = len(self.answer.wrong) > 1
        choices = self.tried * len(self.answer.wrong)
        for answer in self.answer.precisions if several else ():
            matches = self.matches if answer is self.answer else Matches.of(answer, self.table)
            for index in matches.convincing(answer, choices) if matches else []:
                assert matches is not None
                prediction, matched = matches.table.predictions[index], matches.hits[index]
                found = entry_slips(self.answer.written, prediction.vector.values, matched)
                if found:
                    return Explanation(text.with_slip(self._like(prediction), found, matched, self.answer.written))
        return Explanation()

    def misconception_and_rearrangement(self) -> Explanation:
        """One misconception, and two entries exchanged or one sign: judged on all cells, as few are left unchanged."""
        table = self.table
        for answer in self.answer.precisions:
            wrong = answer.count
            if table is None or not answer.convinces(self.tried, wrong):
                continue
            for index in may_be_rearranged(answer.written, table, answer.first):
                prediction = table.predictions[index]
                found = rearranged(answer.written, prediction.vector.values)
                if found and answer.convinces(self.tried * found[1], wrong):
                    return self._then(self._like(prediction), found[0])
        return Explanation()

    @cached_property
    def _moved(self) -> tuple[Explanation, Explanation]:
        """The first misconception after which a slip in all cells gives the answer; and the same for scaling slips."""
        first: dict[bool, Explanation] = {}
        table = self.table
        for answer in self.answer.precisions if table else ():
            if table is None or not self._enough(answer):
                continue
            for place, slip in table.slipped.found(answer.written, answer.first).items():
                scaled = slip.id in slips.SCALES
                if scaled not in first and self._enough(answer, slip.fitted):
                    first[scaled] = self._then(self._like(table.predictions[place]), slip)
                    if not scaled:
                        return first[False], first.get(True, Explanation())
        return Explanation(), first.get(True, Explanation())

    def _rounded(self) -> Explanation:
        """One misconception, and every number rounded to the few digits written."""
        coarse = self.answer.coarse()
        full = giving_every_cell(coarse, self.table) if coarse is not None and self._enough(coarse) else []
        rounded = [(one, slip) for one in full if (slip := self._rounded_from(one.vector.values))]
        return self._then(distinct([one for one, _ in rounded]), rounded[0][1]) if rounded else Explanation()

    def _rounded_from(self, target: Floats) -> slips.Slip | None:
        """The slip of rounding a target to too few digits, if it gives the answer."""
        counts = self.predictions.part.spec.counts
        return slips.rounded(self.answer.written, target, self.answer.decimals, counts)

    def _transposed(self) -> Explanation:
        """One misconception, and the result transposed to another shape."""
        axes = self.answer.written.vector.axes
        turned = self.answer.turned if axes != axes[::-1] and self._enough(self.answer) else None
        if turned is None:
            return Explanation()
        table = self.predictions.single_tables.get(turned.vector.axes)
        full = turned.giving(table.values).tolist() if table else []
        return self._then([table.predictions[full[0]]], slips.TRANSPOSED) if table and full else Explanation()

    def _enough(self, answer: WrongAnswer, fitted: bool = False) -> bool:
        """Whether enough cells agree to rule out coincidence; a fitted factor or offset uses up one of them."""
        several = len(answer.wrong) > 1
        moves = slips.MOVES if several else slips.MOVES_OF_ONE
        return answer.convinces(self.tried * moves, answer.count - (fitted and several))

    def _like(self, prediction: Prediction) -> list[Prediction]:
        """The misconceptions with the same numbers as this one: none may be named without the others."""
        table = self.table
        if table is None:
            return []
        alike = np.isclose(table.values, prediction.vector.values).all(axis=(1, 2))
        return distinct([table.predictions[index] for index in np.flatnonzero(alike)])

    def _then(self, predictions: list[Prediction], slip: slips.Slip) -> Explanation:
        return Explanation(text.with_slip(predictions, [slip], None, self.answer.written))

    # ------------------------------------------------------------------------------------------- two misconceptions

    def pair(self) -> Explanation:
        """All pairs of misconceptions that together give every cell, unless that may be coincidence."""
        return self._paired(lambda: self.predictions.pair_tables)

    def late_pair(self) -> Explanation:
        """The same for the more numerous pairs."""
        return self._paired(lambda: self.predictions.late_pair_tables)

    def _paired(self, tables: Callable[[], PredictionTables]) -> Explanation:
        """The pairs of these tables that give every cell."""
        some = self.answer.written.vector.values.any()
        for answer in self.answer.precisions if some else ():
            wrong = answer.count
            if not answer.convinces(self.tried, wrong):
                continue
            table = tables().get(answer.written.vector.axes)
            full = giving_every_cell(answer, table) if table and answer.convinces(len(table.predictions), wrong) else []
            if full:
                return Explanation(text.jointly(distinct(full), answer.written))
        return Explanation()
