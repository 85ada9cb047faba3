"""Why an answer is wrong: the misconception, or the slip, whose numbers it equals.

Tried in order, stopping at the first that explains it best: one misconception; one on the student's own earlier
answers; one and a slip; two; a slip; one that explains only some of the entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.errors import AuthorError
from grader.language.substitution import NodeId, Substitution
from grader.language.written.values import Number
from grader.marking import slips
from grader.marking.carrying import World, as_key
from grader.marking.cells import cells
from grader.marking.chance import ALPHA, cell_chance, expected_accidents
from grader.marking.explaining import alternatives, exact, from_own, jointly, partly, slipped
from grader.marking.predictions import Cause, PartPredictions, Prediction, Table, causes
from grader.marking.report import Diagnosis
from grader.marking.sheet import Sheet
from grader.marking.vectors import Floats, Given, Vector, encode, encode_answer

MAX_ALTERNATIVES = 6
MAX_OWN = 300


@dataclass(frozen=True, eq=False)
class Case:
    """One wrong answer, ready to be compared: as a vector, with the key's, and which cells are wrong."""

    given: Given
    key: Floats | None
    wrong: NDArray[np.bool_]
    chance: float
    decimals: list[int | None]

    @property
    def fits(self) -> bool:
        """Whether the answer has the key's shape."""
        return self.key is not None


@dataclass(frozen=True)
class Found:
    """What was found: the diagnoses, and the causes when one alone explains every cell."""

    diagnoses: tuple[Diagnosis, ...] = ()
    causes: tuple[Cause, ...] = ()


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
        leaves = cells(sheet.reads[name].value, part.kind).values()
        decimals = [leaf.decimals if isinstance(leaf, Number) else None for leaf in leaves]
        return Case(given, right, wrong, cell_chance(given.vector.values, key.values), decimals)

    def diagnose(self, sheet: Sheet, name: str, above: Sequence[str]) -> Found:
        """The named causes of a wrong answer; `above` are the earlier parts whose answers can be put in place."""
        case = self.case(sheet, name)
        if case is None or not np.isfinite(case.given.vector.values).any():
            return Found()
        return _Search(self.predictions(name), case, sheet, above).best()


@dataclass(frozen=True, eq=False)
class _Search:
    """The search for one answer's cause, from the simplest explanation on."""

    predictions: PartPredictions
    case: Case
    sheet: Sheet
    above: Sequence[str]

    def best(self) -> Found:
        """The first attempt that finds something.

        A slip that gives every cell goes before a misconception and a slip: it explains as much with less.
        """
        for attempt in (self.single, self.own, self.whole_slip, self.with_slip, self.pair, self.slip, self.partly):
            found = attempt()
            if found.diagnoses:
                return found
        return Found()

    @property
    def table(self) -> Table | None:
        """Single misconceptions that give the answer's shape."""
        return self.predictions.single_tables.get(self.case.given.vector.axes)

    @property
    def tried(self) -> int:
        """How many of them there are."""
        return len(self.table.predictions) if self.table else 0

    def single(self) -> Found:
        """One misconception that gives every cell."""
        full = [prediction for prediction, matched in _matched(self.case, self.table) if matched.all()]
        return Found(tuple(alternatives(_distinct(full), self.case.given)), tuple(p.causes[0] for p in full))

    def own(self) -> Found:
        """One misconception on the student's own earlier answers."""
        if not self.above or not self.case.fits:
            return Found()
        part, given = self.predictions.part, self.case.given
        try:
            within = [
                frame.extended(Substitution(values=self.sheet.bindings(self.above, frame)))
                for frame in self.predictions.frames
            ]
            usual = encode([as_key(frame.value(part.id), part) for frame in within], part)
            tried = list(causes(within[0], part.id))
        except AuthorError:
            return Found()
        start = _first_difference(given, usual)
        rows = list(within[0].graph.cells(part.id, within[0].value(part.id)).values())
        found = []
        for cause in [cause for cause in tried if _may_start(cause, rows, start)][:MAX_OWN]:
            vector = self.predictions.value((cause,), within)
            if vector is None or vector.axes != given.vector.axes:
                continue
            changes = usual is None or usual.axes != vector.axes or not np.allclose(usual.values, vector.values)
            if changes and given.matches(vector.values[None])[0].all():
                found.append(Prediction((cause,), vector))
        return Found(tuple(from_own(_distinct(found), given)))

    def whole_slip(self) -> Found:
        """A slip from the right value that gives every cell."""
        case = self.case
        if case.key is None:
            return self.misshapen()
        found = slips.whole(case.given, case.key)
        if not found:
            exchanged = slips.single(case.given, case.key, ~case.wrong)
            found = [slip for slip in exchanged if not slip.unexplained]
        return Found(tuple(exact(found, case.given)))

    def with_slip(self) -> Found:
        """One misconception and one slip that together give the answer; the one that explains most by itself."""
        ranked = sorted(_matched(self.case, self.table), key=lambda pair: -int(pair[1].sum()))
        for prediction, matched in ranked:
            explained = int((matched & self.case.wrong).sum())
            if not explained or not _convincing(self.case, self.tried, explained) or _breaks(self.case, matched):
                continue
            found = slips.single(self.case.given, prediction.vector.values, matched)
            if found:
                return Found(tuple(slipped(prediction, found, matched, self.case.given)))
        return self.with_whole_slip()

    def with_whole_slip(self) -> Found:
        """One misconception and a slip in all cells at once."""
        case, table = self.case, self.table
        if table is not None and table.values.shape[1:] == case.given.vector.values.shape:
            for index in slips.candidates(case.given, table.values):
                prediction = table.predictions[index]
                found = slips.whole(case.given, prediction.vector.values)
                if found and self.enough(found[0]):
                    return Found(tuple(slipped(prediction, found, None, case.given)))
        return self.turned()

    def enough(self, slip: slips.Slip) -> bool:
        """Whether so many cells are given that no accident does it; a factor or an offset uses up one of them."""
        used = 1 if slip.id in slips.FITTED else 0
        return _convincing(self.case, self.tried * len(slips.MOVES), int(self.case.wrong.sum()) - used)

    def turned(self) -> Found:
        """One misconception, and the result transposed to another shape."""
        given = slips.turned(self.case.given)
        table = None if given is None else self.predictions.single_tables.get(given.vector.axes)
        if given is None or table is None or given.vector.axes == self.case.given.vector.axes:
            return Found()
        for prediction, right in zip(table.predictions, given.matches(table.values), strict=True):
            if right.all() and self.enough(slips.TURNED):
                return Found(tuple(slipped(prediction, [slips.TURNED], None, self.case.given)))
        return Found()

    def pair(self) -> Found:
        """Two misconceptions that together give every cell, where that is no accident."""
        if not _convincing(self.case, 1000, int(self.case.wrong.sum())):
            return Found()
        table = self.predictions.pair_tables.get(self.case.given.vector.axes)
        full = [prediction for prediction, matched in _matched(self.case, table) if matched.all()]
        return Found(tuple(jointly(full[:1], self.case.given)))

    def slip(self) -> Found:
        """A slip in one entry of the right value, or a number that was rounded too early."""
        case = self.case
        if case.key is None:
            return Found()
        found = slips.single(case.given, case.key, ~case.wrong)
        early = slips.rounded(case.given, case.key, case.decimals)
        return Found(tuple(exact(found or ([early] if early else []), case.given)))

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
        case, wrong = self.case, int(self.case.wrong.sum())
        best: list[tuple[Prediction, NDArray[np.bool_]]] = []
        for prediction, matched in _matched(case, self.table if len(case.wrong) > 1 else None):
            explained = int((matched & case.wrong).sum())
            if 2 * explained < wrong or explained < 2 or _breaks(case, matched) or _repeated(case):
                continue
            if not _convincing(case, self.tried, explained):
                continue
            if not best or matched.sum() > best[0][1].sum():
                best = [(prediction, matched)]
            elif np.array_equal(matched, best[0][1]):
                best.append((prediction, matched))
        return Found(tuple(partly(_distinct([p for p, _ in best]), best[0][1], case.given))) if best else Found()


def _first_difference(given: Given, usual: Vector | None) -> int | None:
    """The first row in which an answer is not what is usually computed; None where rows cannot be compared."""
    if usual is None or usual.values.shape != given.vector.values.shape or len(given.vector.axes) != 1:
        return None
    different = np.flatnonzero(~given.matches(usual.values[None])[0])
    return int(different[0]) if different.size else None


def _may_start(cause: Cause, rows: Sequence[NodeId], start: int | None) -> bool:
    """Whether a cause can give an answer that first differs in a row; at a single row, only if it acts there or before.

    `rows` are the nodes of the answer's rows: a cause at an asked row shows in that row.
    """
    if start is None or len(cause.sites) != 1 or not rows:
        return True
    (site,) = cause.sites
    first = rows[start]
    if site.entry is None or isinstance(first, str) or site.node != first[0]:
        return True
    return site.entry == first[1] or (site.entry < first[1] and (site.node, site.entry) not in rows)


def _matched(case: Case, table: Table | None) -> Iterator[tuple[Prediction, NDArray[np.bool_]]]:
    """Every prediction of the answer's shape with the cells that it gives right."""
    if table is None or not table.predictions or table.values.shape[1:] != case.given.vector.values.shape:
        return
    yield from zip(table.predictions, case.given.matches(table.values), strict=True)


def _convincing(case: Case, tried: int, explained: int) -> bool:
    wrong = int(case.wrong.sum())
    return explained > 0 and expected_accidents(max(tried, 1), wrong, explained, case.chance) < ALPHA


def _repeated(case: Case) -> bool:
    """Whether the answer holds one value everywhere: some rule gives it somewhere, which tells nothing."""
    return bool((case.given.vector.values == case.given.vector.values[0]).all())


def _breaks(case: Case, matched: NDArray[np.bool_]) -> bool:
    """Whether a prediction misses more of the right entries than it explains of the wrong ones."""
    return int((~matched & ~case.wrong).sum()) > int((matched & case.wrong).sum()) // 2


def _distinct(predictions: Sequence[Prediction]) -> list[Prediction]:
    """One prediction per misconception, the first."""
    first: dict[tuple[str, ...], Prediction] = {}
    for prediction in predictions:
        first.setdefault(prediction.ids, prediction)
    return list(first.values())[:MAX_ALTERNATIVES]
