"""Mark a submission: assignment and answers in, finished report out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import grader
from grader.answers.show import plain as plain_answer
from grader.formula.arithmetic import plain
from grader.homework.solution import Solution, SolvedPart, SolvedQuestion
from grader.homework.submission import Submission
from grader.marking.carrying import World
from grader.marking.question import Mark, QuestionMarker
from grader.marking.report import PartReport, QuestionReport, Report
from grader.marking.sheet import Answer, Sheet

if TYPE_CHECKING:
    from grader.marking.diagnosis.diagnoser import Diagnoser


def mark(solution: Solution, submission: Submission) -> Report:
    """The report on a submission whose questions and parts are known to the assignment.

    Each question is marked under its declared convention and under each accepted one; the one that earns most counts.
    """
    assignment = solution.assignment
    questions = tuple(
        mark_question(solved, submission.answers.get(solved.question.id, {}), assignment.carried) for solved in solution
    )
    return Report(
        assignment=assignment.id,
        title=assignment.title,
        student=submission.student,
        key_digest=solution.digest,
        grader=grader.__version__,
        questions=questions,
    )


def mark_question(solved: SolvedQuestion, answers: Mapping[str, Any], carried_share: Decimal) -> QuestionReport:
    """The report on one question."""
    desk = Desk.of(solved)
    sheet = Sheet(solved, answers)
    best: tuple[dict[str, Mark], str | None, World] | None = None
    for name, givens in ((None, None), *solved.conventions):
        world = desk.world(name, givens)
        marks = QuestionMarker(world, sheet, carried_share).all()
        if best is None or _total(marks) > _total(best[0]):
            best = (marks, name, world)
        if all(mark.verdict in ("correct", "missing", "pending") for mark in marks.values()):
            break
    assert best is not None
    marks, convention, world = best
    if any(mark.verdict in ("wrong", "partial", "carried") for mark in marks.values()):
        from grader.marking.diagnosis.blame import diagnosed

        marks = diagnosed(desk.diagnoser(convention), sheet, marks, carried_share)
    parts = tuple(part_report(sheet.answers[name], mark, world) for name, mark in marks.items())
    return QuestionReport(solved.question.id, solved.question.title, parts, convention)


class Desk:
    """What marking a question keeps from one student to the next: worlds with their sample points, predictions."""

    def __init__(self, solved: SolvedQuestion) -> None:
        """Nothing is kept yet."""
        self.solved = solved
        self._worlds: dict[str | None, World] = {}
        self._diagnosers: dict[str | None, Diagnoser] = {}

    @classmethod
    def of(cls, solved: SolvedQuestion) -> Desk:
        """The desk of a question; it lives as long as the question."""
        desk = solved.kept.setdefault("desk", None) or cls(solved)
        solved.kept["desk"] = desk
        return desk

    def world(self, convention: str | None, givens: Mapping[str, Any] | None) -> World:
        """The question under a convention."""
        if convention not in self._worlds:
            self._worlds[convention] = World.of(self.solved, givens)
        return self._worlds[convention]

    def diagnoser(self, convention: str | None) -> Diagnoser:
        """The diagnoser of a question under a convention that has been marked."""
        if convention not in self._diagnosers:
            from grader.marking.diagnosis.diagnoser import Diagnoser

            self._diagnosers[convention] = Diagnoser(self._worlds[convention])
        return self._diagnosers[convention]


def _total(marks: Mapping[str, Mark]) -> Decimal:
    return sum((mark.score for mark in marks.values()), Decimal(0))


def part_report(answer: Answer, mark: Mark, world: World) -> PartReport:
    """One part's mark with how it is shown."""
    part = answer.part
    return PartReport(
        id=part.id,
        kind=part.kind.name,
        prompt=part.part.prompt,
        verdict=mark.verdict,
        score=mark.score,
        max_score=part.part.points,
        submitted=answer.written,
        read=None if answer.readings is None or answer.blank else plain_answer(answer.readings),
        expected=_expected(part, world) if part.fit is None else partial(_expected, part, world),
        rule=mark.rule,
        carried_from=mark.carried_from,
        diagnoses=mark.diagnoses,
        entries=mark.entries,
        message=mark.message,
        unit=part.part.unit,
        rubric=tuple((line.points, line.text) for line in part.part.rubric),
    )


def _expected(part: SolvedPart, world: World) -> Any:
    """The right answer as plain data; formulas as text; None for free text."""
    if part.computed and part.samples is None:
        return _listed(plain(world.key(part)))
    return part.key_entry


def _listed(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value
