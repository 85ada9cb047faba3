"""Marking one question: the verdict on each part, by rules that are tried in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grader.answers.comparison import Comparison
from grader.answers.kinds import Kind
from grader.answers.refusal import ambiguous
from grader.answers.values import Reading
from grader.errors import AuthorError, UnreadableError
from grader.formula.substitution import Substitution
from grader.homework.checks import plain
from grader.homework.solution import SolvedPart
from grader.marking import credit
from grader.marking.attempt import Answer, Attempt
from grader.marking.carrying import World, ancestors, as_exact, right_rows, trivial_by, used
from grader.marking.report import Diagnosis, Entries, Verdict
from grader.messages import Sentence, sentence
from grader.structs import Struct


class Mark(Struct):
    """The decision on one part; the report adds how it is shown."""

    verdict: Verdict
    score: Decimal = Decimal(0)
    rule: Sentence | None = None
    message: tuple[Sentence, ...] = ()
    carried_from: tuple[str, ...] = ()
    entries: Entries | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    refused: bool = False
    """Whether it follows from trivial earlier answers, so that the message says it shows nothing."""


class AttemptMarker(Struct, eq=False, frozen=False):
    """Marks the parts of one question, in order, under one convention."""

    world: World
    attempt: Attempt
    carried_share: Decimal = Decimal(1)
    """The share of a part's points that a carried error earns."""
    marks: dict[str, Mark] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def all(self) -> dict[str, Mark]:
        """The mark of every part; earlier parts before those that depend on them."""
        order = {name: place for place, name in enumerate(self.world.solved.graph.order)}
        for name in sorted(self.attempt.answers, key=lambda name: order.get(name, len(order))):
            self._settle(name)
        return {name: self.marks[name] for name in self.attempt.answers}

    @property
    def score(self) -> Decimal:
        """The sum of the marks so far."""
        return sum((mark.score for mark in self.marks.values()), Decimal(0))

    def _settle(self, name: str) -> None:
        """Mark a part, unless it is marked or being marked."""
        if name not in self.marks and name not in self.open:
            self.open.add(name)
            self.marks[name] = self._guarded(self.attempt.answers[name])

    def _above(self, part: SolvedPart) -> list[str]:
        """The parts that a part depends on, after marking them.

        A list that only names other nodes may come late in the graph's order and still lead to what they lead to; of
        two such lists that lead to each other, one is marked without the other.
        """
        above = ancestors(self.world, self.attempt, part)
        for name in above:
            self._settle(name)
        return [name for name in above if name in self.marks]

    def _guarded(self, answer: Answer) -> Mark:
        try:
            return self._mark(answer)
        except UnreadableError as error:
            return Mark("unreadable", message=(error.said,))
        except Exception as error:
            said = sentence(
                "This part could not be marked by a fault of the grader: {fault}.", fault=type(error).__name__
            )
            return Mark("error", message=(said,))

    def _mark(self, answer: Answer) -> Mark:
        if answer.unreadable is not None:
            return Mark("unreadable", message=(answer.unreadable,))
        if not answer.blank and not answer.part.kind.machine:
            return Mark("pending", message=(sentence("A person marks this part."),))
        if answer.readings is None or len(answer.readings.all) < 2:
            return self._as_read(answer)
        return self._among(answer, answer.readings.all)

    def _among(self, answer: Answer, readings: Sequence[Reading]) -> Mark:
        """The mark of an answer with several readings: right if a natural one is, wrong only if all are."""
        found = [self._under(replace(answer, chosen=at)) for at in range(len(readings))]
        worth = [_worth(mark) for mark in found]
        natural = sum(reading.natural for reading in readings)
        best = max(range(natural), key=lambda at: worth[at])
        better = next((at for at in range(natural, len(readings)) if worth[at] > worth[best]), None)
        if better is None or found[best].verdict == "correct":
            self.attempt = self.attempt.with_answer(replace(answer, chosen=best))
            return found[best]
        one, other = (_meant(answer.part.kind, readings[at]) for at in (best, better))
        said = ambiguous(written_text(answer.written), one, other).said
        self.attempt = self.attempt.with_answer(replace(answer, unreadable=said))
        return Mark("unreadable", message=(said,))

    def _under(self, answer: Answer) -> Mark:
        before = self.attempt
        self.attempt = before.with_answer(answer)
        try:
            return self._as_read(answer)
        except UnreadableError as error:
            return Mark("unreadable", message=(error.said,))
        finally:
            self.attempt = before

    def _as_read(self, answer: Answer) -> Mark:
        part = answer.part
        if answer.value is None:
            cells = tuple(part.kind.cells(self._shown_key(part))) if part.kind.machine else ()
            nothing = Entries(len(cells), 0, cells) if part.kind.machine else None
            return Mark("missing", entries=nothing, message=(sentence("Not answered."),))
        comparison = self._compared(part)
        mark = self._decided(answer, comparison)
        return mark if mark.entries else replace(mark, entries=Entries.of(comparison))

    def _compared(self, part: SolvedPart) -> Comparison:
        """Compare the answer with the key; after a part with many right answers, with what follows from it."""
        own = self._own(ancestors(self.world, self.attempt, part))
        if own and part.part.accepts is None:
            try:
                return self.world.compared(self.attempt, part, lambda at: self.attempt.bindings(own, at))
            except AuthorError:
                pass  # nothing follows from them: the key counts
        return self.world.compared(self.attempt, part)

    def _own(self, names: list[str]) -> list[str]:
        """The rightly answered parts that have many right answers: later parts follow from them, not from the key."""
        parts = self.world.solved.parts
        return [n for n in names if parts[n].part.accepts is not None and self.marks[n].verdict == "correct"]

    def _shown_key(self, part: SolvedPart) -> Any:
        if part.samples is None:
            return self.world.key(part)
        return self.world.frame(part).value(part.id) if part.computed else 0

    def _decided(self, answer: Answer, comparison: Comparison) -> Mark:
        part = answer.part
        if not comparison.fits:
            misfit = part.kind.misfit(comparison.expected_axes or (), comparison.received_axes or ())
            return Mark("wrong", message=(misfit,))
        if comparison.equal:
            return Mark("correct", credit.marks(part.part.points, 1), comparison.rule)
        above = self._above(part)
        rounded = self._rounded(part, above)
        if rounded is not None:
            return rounded
        wrong = [name for name in above if self.marks[name].verdict != "correct"]
        carried, refusal = self._carried(part, above, wrong)
        carried = carried or self._carried_as_read_otherwise(part, above, wrong)
        by_entry = self._by_entries(answer, comparison, above)
        if carried is not None:
            return replace(carried, score=max(carried.score, by_entry.score))
        return replace(by_entry, message=by_entry.message + refusal, refused=bool(refusal))

    def _same_under(self, part: SolvedPart, names: list[str]) -> Comparison | None:
        """The comparison given the student's own answers to some parts, if every cell is then right."""
        try:
            found = self.world.compared(self.attempt, part, lambda at: self.attempt.bindings(names, at), whole=True)
        except AuthorError:
            return None
        return found if found.equal else None

    def _rounded(self, part: SolvedPart, above: list[str]) -> Mark | None:
        names = [name for name in above if self.marks[name].verdict == "correct"]
        rounded = [name for name in names if not as_exact(self.world, self.attempt, part, name)]
        found = self._same_under(part, names) if rounded else None
        if found is None:
            return None
        sources = [name for name in used(self.world, self.attempt, part, names) if name in rounded]
        said = sentence("Right from your own rounded {names}.", names=credit.listed(sources or rounded))
        return Mark("correct", credit.marks(part.part.points, 1), found.rule, (said,), entries=Entries.of(found))

    def _carried(
        self, part: SolvedPart, above: list[str], wrong: list[str]
    ) -> tuple[Mark | None, tuple[Sentence, ...]]:
        """The mark for an error carried forward; or None, and why a match does not count."""
        refusal: tuple[Sentence, ...] = ()
        free = self._own(above)
        for names in [above, *([*free, name] for name in wrong if above != [name])] if wrong else []:
            found = self._same_under(part, names)
            if found is None:
                continue
            own = Substitution(values=self.attempt.bindings(names, self.world.frame(part)))
            made_trivial = trivial_by(self.world, part, own)
            if made_trivial is not None:
                said = sentence(
                    "It follows from your own earlier answers, but they make {name} trivial (all zeros, or the same "
                    "everywhere), so it shows nothing and is not carried forward.",
                    name=made_trivial,
                )
                refusal = (said,)
                continue
            sources = [name for name in used(self.world, self.attempt, part, names) if name in wrong]
            said = sentence(
                "Right from your own {names}: the earlier error is carried forward.", names=credit.listed(sources)
            )
            score = credit.marks(part.part.points, self.carried_share)
            return Mark("carried", score, found.rule, (said,), tuple(sources), Entries.of(found)), ()
        return None, refusal

    def _carried_as_read_otherwise(self, part: SolvedPart, above: list[str], wrong: list[str]) -> Mark | None:
        """The mark if a wrong earlier answer has another reading that this part follows from.

        Raises:
            UnreadableError: that reading is not natural.
        """
        before = self.attempt
        for answer in [before.answers[name] for name in wrong]:
            for at, reading in enumerate(answer.readings.all if answer.readings else ()):
                if at == answer.chosen or reading.value is None:
                    continue
                self.attempt = before.with_answer(replace(answer, chosen=at))
                found, _ = self._carried(part, above, wrong)
                if found is None or not reading.natural or self.marks[answer.part.id].verdict != "wrong":
                    self.attempt = before
                if found is not None and not reading.natural:
                    raise UnreadableError(_depends(answer, at))
                if found is not None:
                    return found
        return None

    def _by_entries(self, answer: Answer, comparison: Comparison, above: list[str]) -> Mark:
        part, points = answer.part, answer.part.part.points
        share = part.kind.partial_share(answer.value, self._shown_key(part), part.part)
        if share:
            said = credit.options_right(share, part.part)
            return Mark("partial", credit.marks(points, share), comparison.rule, (said,))
        carried = right_rows(self.world, self.attempt, part, above) - comparison.right
        with_carried = replace(comparison, right=comparison.right | carried)
        entries = Entries.of(with_carried)
        total, right = entries.total, entries.correct
        said = sentence("Right from your own rows before them: {cells}.", cells=credit.cell_list(sorted(carried)))
        if carried and not entries.wrong:  # all follow from rows that are right but rounded
            return Mark("correct", credit.marks(points, 1), comparison.rule, (said,), entries=entries)
        asked = frozenset(comparison.all_cells)
        blank = sum(value is None and cell in asked for cell, value in part.kind.cells(answer.value).items())
        message = credit.counted(with_carried, blank, part.kind.ordered) if total > 1 or comparison.surplus else []
        message += [said] if carried else []
        if credit.by_entries(part) and right:
            most = 0
            if not part.kind.chance_free:
                frames = () if part.samples is None else self.world.frames(part)
                most = credit.repeated([at.value(part.id) for at in frames] or [self.world.key(part)], part)
                message.append(credit.beyond_repeated(right, most, total))
            earned = Fraction(len(comparison.right) - comparison.surplus) + Fraction(self.carried_share) * len(carried)
            score = credit.marks(points, credit.entry_share(earned, total, most))
            return Mark("partial", score, comparison.rule, tuple(message), entries=entries)
        hint = credit.power_of_ten(answer.value, self._shown_key(part))
        message += [] if total > 1 else [sentence("Not right (compared: {rule}).", rule=comparison.rule)]
        message += [hint] if hint else []
        message += [sentence("All entries must be right to earn marks.")] if right and total > 1 else []
        cost = -credit.marks(points, part.part.penalty or 0)
        if cost:
            message.append(
                sentence("A wrong choice costs {most} of the question's points.", most=Decimal(plain(-cost)))
            )
        return Mark("wrong", cost, comparison.rule, tuple(message), entries=entries)


def _worth(mark: Mark) -> tuple[int, Decimal]:
    """A rank by what a reading earns: right, carried, a person decides, partly right, wrong."""
    order = {"correct": 5, "carried": 4, "unreadable": 3, "partial": 2, "missing": 1}
    return order.get(mark.verdict, 0), mark.score


def _depends(answer: Answer, at: int) -> Sentence:
    """The message where a part follows from another reading of an earlier answer."""
    assert answer.readings is not None
    one, other = (_meant(answer.part.kind, answer.readings.all[place]) for place in (answer.chosen, at))
    return sentence(
        "Whether this follows from {name} depends on whether that means {one} or {other}.",
        name=answer.part.id,
        one=one,
        other=other,
    )


def _meant(kind: Kind, reading: Reading) -> str | Sentence:
    if reading.value is None:
        return sentence("no answer")
    return reading.how or shorten(" ; ".join(kind.show(reading.value).split("\n")), 80)


def written_text(written: Any) -> str:
    """An answer as it was written, on one line."""
    if isinstance(written, list):
        return f"[{', '.join(map(written_text, written))}]"
    return written.strip() if isinstance(written, str) else str(written)


def shorten(text: str, most: int) -> str:
    """The text, cut to `most` characters if it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"
