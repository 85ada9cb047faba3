"""The search for the cause of one wrong answer.

Tried in order, stopping at the first that explains it best: one misconception; one on the student's own earlier
answers; one and a slip; two; a slip; one that explains only some of the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.errors import AuthorError
from grader.formula.substitution import Substitution
from grader.marking.carrying import as_key
from grader.marking.diagnosis import slips
from grader.marking.diagnosis.case import (
    Case,
    Elsewhere,
    Matches,
    convincing,
    differences,
    distinct,
    given_in_full,
    may_explain,
    repeated,
    row_agrees,
)
from grader.marking.diagnosis.causes import Cause
from grader.marking.diagnosis.chance import crowded, crowded_about
from grader.marking.diagnosis.explaining import alternatives, exact, from_own, jointly, partly, slipped
from grader.marking.diagnosis.predictions import PartPredictions, Prediction, Table, Tables, causes, same_values
from grader.marking.diagnosis.rearranged import candidates, rearranged
from grader.marking.diagnosis.vectors import encode
from grader.marking.report import Diagnosis
from grader.marking.sheet import Sheet

MAX_OWN = 300


@dataclass(frozen=True)
class Found:
    """What was found: the diagnoses, and the causes when one alone explains every cell."""

    diagnoses: tuple[Diagnosis, ...] = ()
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, eq=False)
class Search:
    """The search for one answer's cause, from the simplest explanation on."""

    predictions: PartPredictions
    case: Case
    sheet: Sheet
    elsewhere: Elsewhere

    def best(self) -> Found:
        """The first attempt that finds something.

        What gives every cell with nothing fitted goes first, the simpler before the more complex; then what needs a
        factor of its own, or leaves a cell.
        """
        for attempt in (
            self.single,
            self.own,
            self.whole_slip,
            self.with_whole_slip,
            self.pair,
            self.with_single_slip,
            self.late_pair,
            self.with_rearranging_slip,
            self.with_scaling_slip,
            self.slip,
            self.partly,
        ):
            found = attempt()
            if found.diagnoses:
                return found
        return Found()

    @property
    def table(self) -> Table | None:
        """Single misconceptions that give the answer's shape."""
        return self.predictions.single_tables.get(self.case.given.vector.axes)

    @cached_property
    def matches(self) -> Matches | None:
        """Which cells each of them gives."""
        return Matches.of(self.case, self.table)

    @property
    def blurred(self) -> bool:
        """Whether so much of what is about the key is somebody's mistake that this one number tells nothing."""
        key, given = self.case.key, self.case.given
        if key is None or given.vector.values.size != 1 or not np.isfinite(given.vector.values).all():
            return False
        answer, right = float(given.vector.values[0, 0]), float(key[0, 0])
        if answer.is_integer():
            return crowded(right, answer, self.predictions.numbers)
        limit = max(float(given.absolute[0]), given.relative * abs(answer))
        return crowded_about(right, answer, limit, self.predictions.numbers)

    @property
    def tried(self) -> int:
        """How many of them there are."""
        return len(self.table.predictions) if self.table else 0

    def single(self) -> Found:
        """One misconception that gives every cell; first those that no right answer to another part speaks against."""
        full = self.matches.full() if self.matches else []
        if self.blurred:
            full = [one for one in full if one.causes[0].key in self.elsewhere.causes]
        full.sort(key=self.elsewhere.contradicts)
        return Found(tuple(alternatives(distinct(full), self.case.given)), tuple(p.causes[0] for p in full))

    def own(self) -> Found:
        """One misconception on the student's own earlier answers."""
        above = self.elsewhere.above
        if not above or not self.case.fits or self.blurred:
            return Found()
        part, given = self.predictions.part, self.case.given
        try:
            within = [
                frame.extended(Substitution(values=self.sheet.bindings(above, frame)))
                for frame in self.predictions.frames
            ]
            usual = encode([as_key(frame.value(part.id), part) for frame in within], part)
            tried = list(causes(within[0], part.id))
        except AuthorError:
            return Found()
        different = differences(given, usual)
        graph = within[0].graph
        rows = list(graph.cells(part.id, within[0].value(part.id)).values())
        found = []
        for cause in [cause for cause in tried if may_explain(cause, rows, graph, part.id, different)][:MAX_OWN]:
            if not row_agrees(cause, rows, given, part.kind):
                continue
            vector = self.predictions.value((cause,), within)
            if vector is None or vector.axes != given.vector.axes:
                continue
            if given.equals(vector.values) and not (usual and same_values(usual, vector)):
                found.append(Prediction((cause,), vector))
        return Found(tuple(from_own(distinct(found), given)))

    def whole_slip(self) -> Found:
        """A slip from the right value that gives every cell."""
        case = self.case
        if case.key is None:
            return self.misshapen()
        early = slips.rounded(case.given, case.key, case.decimals)
        found = [early] if early else slips.whole(case.given, case.key)
        if not found:
            exchanged = slips.single(case.given, case.key, ~case.wrong)
            sizes = rearranged(case.given, case.key)
            found = [slip for slip in exchanged if not slip.unexplained] or ([sizes[0]] if sizes else [])
        return Found(tuple(exact(found, case.given)))

    def like(self, prediction: Prediction) -> list[Prediction]:
        """The misconceptions that give the same numbers as one of them: none is to be named without the others."""
        given = self.table.predictions if self.table else []
        return distinct([one for one in given if np.allclose(one.vector.values, prediction.vector.values)])

    def with_single_slip(self) -> Found:
        """One misconception and one slip in an entry; the misconception that explains most by itself."""
        choices = self.tried * len(self.case.wrong)
        for case in self.case.readings:
            matches = self.matches if case is self.case else Matches.of(case, self.table)
            for index in matches.worthy(case, choices) if matches else []:
                assert matches is not None
                prediction, matched = matches.table.predictions[index], matches.hits[index]
                found = slips.single(self.case.given, prediction.vector.values, matched)
                if found:
                    return Found(tuple(slipped(self.like(prediction), found, matched, self.case.given)))
        return Found()

    def with_rearranging_slip(self) -> Found:
        """One misconception and one slip in an entry or two, which leaves too few cells to be told from them alone."""
        table = self.table
        for case in self.case.readings:
            wrong = int(case.wrong.sum())
            if table is None or not convincing(case, self.tried, wrong):
                continue
            for index in candidates(case.given, table.values):
                prediction = table.predictions[index]
                found = rearranged(case.given, prediction.vector.values)
                if found and convincing(case, self.tried * found[1], wrong):
                    return Found(tuple(slipped(self.like(prediction), [found[0]], None, self.case.given)))
        return Found()

    def with_whole_slip(self) -> Found:
        """One misconception and a slip in all cells at once."""
        found = self.moved[0]
        if not found.diagnoses:
            found = self.rounded()
        return found if found.diagnoses else self.turned()

    def with_scaling_slip(self) -> Found:
        """One misconception and a factor or an offset in all cells at once."""
        return self.moved[1]

    @cached_property
    def moved(self) -> tuple[Found, Found]:
        """The first misconception after which one slip of all cells gives the answer; and the same for scaling ones."""
        first: dict[bool, Found] = {}
        for case in self.case.readings:
            for prediction in self.may_have_slipped(case) if self.enough(case) else ():
                found = slips.whole(case.given, prediction.vector.values)
                scaled = bool(found) and found[0].id in slips.SCALES
                if found and scaled not in first and self.enough(case, found[0].fitted):
                    first[scaled] = Found(tuple(slipped(self.like(prediction), found, None, case.given)))
                    if not scaled:
                        return first[False], first.get(True, Found())
        return Found(), first.get(True, Found())

    def rounded(self) -> Found:
        """One misconception, and every number rounded to the few digits that were written."""
        coarse = self.case.coarse()
        matches = None if coarse is None else Matches.of(coarse, self.table)
        full = matches.full() if coarse is not None and matches is not None and self.enough(coarse) else []
        return Found(tuple(slipped(distinct(full), [slips.EARLY], None, self.case.given)) if full else ())

    def may_have_slipped(self, case: Case) -> Iterator[Prediction]:
        """The misconceptions after which a slip of all cells may give the answer."""
        table = self.table
        if table is not None and table.values.shape[1:] == case.given.vector.values.shape:
            for index in slips.candidates(case.given, table.values):
                yield table.predictions[index]

    def enough(self, case: Case, fitted: bool = False) -> bool:
        """Whether so many cells are given that no accident does it; a factor or an offset uses up one of them."""
        several = len(case.wrong) > 1
        moves = slips.MOVES if several else slips.MOVES_OF_ONE
        return convincing(case, self.tried * moves, int(case.wrong.sum()) - (fitted and several))

    def turned(self) -> Found:
        """One misconception, and the result transposed to another shape."""
        given = slips.turned(self.case.given)
        table = None if given is None else self.predictions.single_tables.get(given.vector.axes)
        if given is None or table is None or given.vector.axes == self.case.given.vector.axes:
            return Found()
        for prediction, right in zip(table.predictions, given.matches(table.values), strict=True):
            if right.all() and self.enough(self.case):
                return Found(tuple(slipped([prediction], [slips.TURNED], None, self.case.given)))
        return Found()

    def pair(self) -> Found:
        """Two misconceptions that together give every cell, where that is no accident; all such pairs."""
        return self.paired(lambda: self.predictions.pair_tables)

    def late_pair(self) -> Found:
        """The same for pairs that there are many of."""
        return self.paired(lambda: self.predictions.late_pair_tables)

    def paired(self, tables: Callable[[], Tables]) -> Found:
        """The pairs of these tables that give every cell."""
        for case in self.case.readings:
            wrong = int(case.wrong.sum())
            if not convincing(case, self.tried, wrong) or not case.given.vector.values.any():
                continue
            table = tables().get(case.given.vector.axes)
            full = given_in_full(case, table) if table and convincing(case, len(table.predictions), wrong) else []
            if full:
                return Found(tuple(jointly(distinct(full), case.given)))
        return Found()

    def slip(self) -> Found:
        """A slip in one entry of the right value."""
        case = self.case
        if case.key is None:
            return Found()
        found = slips.single(case.given, case.key, ~case.wrong) if len(case.wrong) > 2 else []
        return Found(tuple(exact(found, case.given)))

    def misshapen(self) -> Found:
        """A matrix that is the transpose of the right one has another shape."""
        key, given = self.predictions.key, slips.turned(self.case.given)
        if (
            key is None
            or given is None
            or given.vector.axes != key.axes
            or not given.matches(key.values[None])[0].all()
        ):
            return Found()
        return Found(tuple(exact([slips.TURNED], self.case.given)))

    def partly(self) -> Found:
        """One misconception that explains at least half of the wrong entries, more than accident would."""
        case, matches = self.case, self.matches
        if matches is None or len(case.wrong) < 2 or repeated(case):
            return Found()
        half = max(2, (int(case.wrong.sum()) + 1) // 2)
        worthy = [index for index in matches.worthy(case, self.tried) if matches.explained[index] >= half]
        if not worthy:
            return Found()
        best = matches.hits[worthy[0]]
        same = [matches.table.predictions[i] for i in worthy if np.array_equal(matches.hits[i], best)]
        return Found(tuple(partly(distinct(same), best, case.given)))
