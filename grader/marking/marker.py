"""The one way from a submission to its report: a marker that knows its assignment and caches what it has marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import grader
from grader.answers.values import plain_value
from grader.formula.arithmetic import plain
from grader.homework.solution import Solution, SolvedPart, SolvedQuestion
from grader.homework.solved import nested_lists
from grader.homework.submission import Submission
from grader.marking.attempt import Answer, Attempt, answer_to, paper_decimal
from grader.marking.carrying import World
from grader.marking.question import AttemptMarker, Mark
from grader.marking.report import PartReport, QuestionReport, SubmissionReport, Variant

if TYPE_CHECKING:
    from grader.marking.diagnosis.diagnoser import Diagnoser

MOST_CACHED = 2_000
"""Question reports that a marker keeps for each question."""
LONGEST_CACHED = 20_000
"""The most characters that the answers to one question may have to be cached."""
MOST_CHARACTERS = 500_000
"""Characters of all answers whose reports a question caches; a report takes about fifty times as much memory."""


class Marker:
    """Marks submissions to one assignment, reusing the work done for earlier ones.

    A part's mark depends on its own answer and the earlier ones in its question, so equal answers to a question have
    equal reports, which are cached. Free-text answers are not part of the cache key: a person marks them, whatever they
    say.

    >>> from pathlib import Path
    >>> from grader.homework.solution import open_solution
    >>> marker = Marker(open_solution(Path("answer_keys/cnn-foundations")))
    >>> answers = {"q4": {"Z": "40/4"}}
    >>> report = marker.mark(Submission(assignment="cnn-foundations", student="student-01", answers=answers))
    >>> print(report.score, report.max_score)
    1.00 20
    """

    def __init__(self, solution: Solution) -> None:
        """A marker of a solved assignment.

        Raises:
            AuthorError: a part gives credit for a cause that does not exist.
        """
        if any(part.part.credit_for for solved in solution for part in solved.parts.values()):
            from grader.marking.diagnosis.diagnoser import check_credit_for

            check_credit_for(solution.assignment)
        self.solution = solution
        self._questions: dict[SolvedQuestion, QuestionMarker] = {}

    def mark(self, submission: Submission) -> SubmissionReport:
        """The report on a submission whose questions and parts are known to the assignment.

        Where the assignment has variants, the submission is marked under that of its student.
        """
        if self.solution.variants is None:
            return self._marked(submission, self.solution)
        chosen = self.solution.variants.chosen(submission)
        report = self._marked(submission, self.solution.variant(chosen.id))
        if not chosen.differs:
            return replace(report, variant=Variant(chosen.id))
        assert chosen.declared is not None
        other = self._marked(submission, self.solution.variant(chosen.declared))
        return replace(report, variant=Variant(chosen.id, chosen.declared, other.score))

    def warm(self) -> None:
        """Mark a wrong answer to every part, so that no student waits while rules are loaded and their values found."""
        answers = {
            name: {part: "-7.25" for part, one in solved.parts.items() if one.kind.machine}
            for name, solved in self.solution.questions.items()
        }
        self._marked(Submission(assignment=self.solution.assignment.id, student="", answers=answers), self.solution)

    def _marked(self, submission: Submission, solution: Solution) -> SubmissionReport:
        assignment = solution.assignment
        decimal = paper_decimal(solution, submission.answers)
        return SubmissionReport(
            assignment=assignment.id,
            title=assignment.title,
            student=submission.student,
            key_digest=self.solution.digest,
            grader=grader.__version__,
            questions=tuple(
                one.report(submission.answers.get(id, {}), decimal) for id, one in self.questions(solution).items()
            ),
        )

    def questions(self, solution: Solution) -> dict[str, QuestionMarker]:
        """The markers of the questions of the assignment or of a variant, shared where a question does not vary."""
        for solved in solution:
            if solved not in self._questions:
                self._questions[solved] = QuestionMarker(solved, self.solution.assignment.carried)
        return {name: self._questions[solved] for name, solved in solution.questions.items()}


class QuestionMarker:
    """Marks one question for all students, and caches what that needs: sample points, predictions, finished reports."""

    def __init__(self, solved: SolvedQuestion, carried: Decimal = Decimal(1)) -> None:
        """`carried` is the share of a part's points that a carried error earns."""
        self.solved = solved
        self.carried = carried
        self._texts = {name: part for name, part in solved.parts.items() if not part.kind.machine}
        self.world = cache(partial(World.of, solved))
        """The question under a convention."""
        self._diagnosers: dict[str | None, Diagnoser] = {}
        self._reports: dict[str, QuestionReport] = {}
        self._characters = 0

    def report(self, answers: Mapping[str, Any], decimal: str | None = None) -> QuestionReport:
        """The report on these answers, cached where equal ones were marked before.

        `decimal` is the mark that the whole paper clearly uses.
        """
        found_texts = {name: answer_to(part, answers) for name, part in self._texts.items()}
        texts = {name: answer for name, answer in found_texts.items() if answer.value is not None}
        key = (decimal or "") + repr(
            [(name, written) for name, written in answers.items() if name not in texts] + sorted(texts)
        )
        found = self._reports.get(key)
        if found is None:
            found = self.marked(answers, decimal)
            self._keep(key, found)
        if not texts:
            return found
        parts = (replace(part, **_shown(texts[part.id])) if part.id in texts else part for part in found.parts)
        return replace(found, parts=tuple(parts))

    def diagnoser(self, convention: str | None = None) -> Diagnoser:
        """The diagnoser of the question under a convention."""
        if convention not in self._diagnosers:
            from grader.marking.diagnosis.diagnoser import Diagnoser

            self._diagnosers[convention] = Diagnoser(self.world(convention))
        return self._diagnosers[convention]

    def marked(self, answers: Mapping[str, Any], decimal: str | None = None) -> QuestionReport:
        """The report on these answers, computed without the cache.

        The question is marked under its declared convention and each accepted one; the one that earns most counts.
        """
        attempt = Attempt(self.solved, answers, decimal)
        tried: dict[str | None, AttemptMarker] = {}
        for convention in (None, *self.solved.conventions):
            tried[convention] = AttemptMarker(self.world(convention), attempt, self.carried)
            if all(mark.verdict in ("correct", "missing", "pending") for mark in tried[convention].all().values()):
                break
        convention, marker = max(tried.items(), key=lambda each: each[1].score)
        marks = marker.all()
        if any(mark.verdict in ("wrong", "partial", "carried") for mark in marks.values()):
            from grader.marking.diagnosis.diagnoser import diagnosed

            marks = diagnosed(self.diagnoser(convention), marker.attempt, marks, self.carried)
        parts = tuple(_part_report(marker.attempt.answers[name], mark, marker.world) for name, mark in marks.items())
        return QuestionReport(self.solved.question.id, self.solved.question.title, parts, convention)

    def _keep(self, key: str, report: QuestionReport) -> None:
        """Cache a report; the oldest are dropped when there are too many or they are too large."""
        if len(key) > LONGEST_CACHED:
            return
        self._reports[key] = report
        self._characters += len(key)
        while len(self._reports) > MOST_CACHED or self._characters > MOST_CHARACTERS:
            oldest = next(iter(self._reports))
            del self._reports[oldest]
            self._characters -= len(oldest)


def _shown(answer: Answer) -> dict[str, Any]:
    """How a report shows an answer."""
    return {"submitted": answer.written, "read": None if answer.value is None else plain_value(answer.value)}


def _part_report(answer: Answer, mark: Mark, world: World) -> PartReport:
    """One part's mark with how it is shown."""
    part = answer.part
    return PartReport(
        id=part.id,
        kind=part.kind.name,
        prompt=part.part.prompt,
        verdict=mark.verdict,
        score=mark.score,
        max_score=part.part.points,
        expected=_expected(part, world) if part.fit is None else partial(_expected, part, world),
        rule=mark.rule,
        carried_from=mark.carried_from,
        diagnoses=mark.diagnoses,
        entries=mark.entries,
        message=mark.message,
        unit=part.part.unit,
        rubric=tuple((line.points, line.text) for line in part.part.rubric),
        choices=tuple(part.part.choices),
        **_shown(answer),
    )


def _expected(part: SolvedPart, world: World) -> Any:
    """The right answer as plain data; formulas as text; None for free text."""
    if part.computed and part.samples is None and part.text is None:
        return nested_lists(plain(world.key(part)))
    return part.key_entry
