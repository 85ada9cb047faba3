"""The finished report on one submission, as plain data; renderers read it and nothing else."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from grader.answers.comparison import Comparison
from grader.answers.kinds import KINDS
from grader.core.support.inputs import Cell
from grader.homework.checks import plain
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.structs import Struct

Verdict = Literal["correct", "partial", "carried", "wrong", "missing", "unreadable", "pending", "error"]
Status = Literal["graded", "needs_review", "rejected"]
WAITING: frozenset[Verdict] = frozenset({"pending", "unreadable", "error"})
"""The verdicts on parts that wait for a person."""


class Entries(Struct):
    """How many cells an answer has, how many are right, where the wrong ones are (row-major; `()` for a scalar)."""

    total: int
    correct: int
    wrong: tuple[Cell, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Entries:
        """The entries of a compared answer."""
        return cls(len(comparison.all_cells), len(comparison.right), comparison.wrong)


class Diagnosis(Struct):
    """A named cause: what the numbers equal, how many cells that explains, and which cells it does not.

    What is carried is a mistake in an earlier part, which is named there.
    """

    id: str
    kind: Literal["misconception", "slip", "carried"]
    group: int
    message: Sentence
    explained: int
    of: int
    unexplained: tuple[Cell, ...] = ()


class Review(Struct):
    """A person's mark for a part, which replaces the automatic one."""

    points: Decimal
    comment: str = ""
    who: str = ""
    why: str = ""


class ChosenReading(Struct):
    """A person's reading of an answer that was unreadable: it was marked as if this had been written."""

    text: str
    who: str = ""


class PartReport(Struct):
    """One part: verdict, marks, what was submitted, read and expected, and the messages about it."""

    id: str
    kind: str
    prompt: str
    verdict: Verdict
    score: Decimal
    max_score: Decimal
    submitted: Any = None
    read: Any = None
    expected: Any = field(default=None, compare=False)
    """The right answer as plain data, or a function that finds it: a formula's text takes a second to find.

    Where reports are compared, the key's digest is compared instead.
    """
    rule: Sentence | None = None
    carried_from: tuple[str, ...] = ()
    entries: Entries | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    message: tuple[Sentence, ...] = ()
    unit: str | None = None
    rubric: tuple[tuple[Decimal, str], ...] = ()
    choices: tuple[str, ...] = ()
    review: Review | None = None
    reading: ChosenReading | None = None

    @property
    def needs_person(self) -> bool:
        """Whether it cannot be marked without a person."""
        return self.verdict in WAITING or self.reading is not None

    @property
    def waits(self) -> bool:
        """Whether a person has yet to look at it."""
        return self.verdict in WAITING and self.review is None

    @property
    def points(self) -> Decimal:
        """The marks that count: a person's if given, else the automatic ones."""
        return self.score if self.review is None else self.review.points


class QuestionReport(Struct):
    """One question: its parts in order, and the convention that was accepted."""

    id: str
    title: str
    parts: tuple[PartReport, ...]
    convention: str | None = None

    @cached_property
    def score(self) -> Decimal:
        """The exact sum of the marks that count; penalties never take it below 0."""
        return max(Decimal(0), sum((part.points for part in self.parts), Decimal(0)))

    @cached_property
    def max_score(self) -> Decimal:
        """The exact sum of the parts' points."""
        return sum((part.max_score for part in self.parts), Decimal(0))


class Variant(Struct):
    """The variant under which a submission was marked.

    Where the submission declares another one, `score` is what it would have earned under that.
    """

    id: str
    declared: str | None = None
    score: Decimal = Decimal(0)


class SubmissionReport(Struct):
    """The report on one submission. A part's `expected` always holds the key: renderers obey `--reveal`."""

    assignment: str
    title: str
    student: str
    key_digest: str
    grader: str
    questions: tuple[QuestionReport, ...]
    variant: Variant | None = None
    warnings: tuple[Sentence, ...] = field(default=())

    @cached_property
    def staff_note(self) -> Sentence | None:
        """A note that the submission declares a variant not its student's; students do not see it."""
        if self.variant is None or self.variant.declared in (None, self.variant.id):
            return None
        return sentence(
            "declares variant {declared}, but {student} has {own}: marked under {own}, {points} of {most} points; "
            "under {declared} it would be {other}",
            declared=self.variant.declared,
            student=shown(self.student),
            own=self.variant.id,
            points=plain(self.score),
            most=plain(self.max_score),
            other=plain(self.variant.score),
        )

    @cached_property
    def parts(self) -> tuple[PartReport, ...]:
        """All parts, in order."""
        return tuple(part for question in self.questions for part in question.parts)

    @cached_property
    def score(self) -> Decimal:
        """The exact sum of the questions' marks."""
        return sum((question.score for question in self.questions), Decimal(0))

    @cached_property
    def max_score(self) -> Decimal:
        """The exact sum of all points."""
        return sum((question.max_score for question in self.questions), Decimal(0))

    @cached_property
    def pending_points(self) -> Decimal:
        """Points that wait for a person: of parts that are pending, unreadable, or failed because of a bug."""
        return sum((part.max_score for part in self.parts if part.waits), Decimal(0))

    @cached_property
    def status(self) -> Status:
        """`needs_review` when a person has to look at a part."""
        return "needs_review" if any(part.waits for part in self.parts) else "graded"

    @property
    def earned_all(self) -> bool:
        """Whether every automatically marked point was earned."""
        return all(part.score == part.max_score for part in self.parts if KINDS[part.kind].machine)
