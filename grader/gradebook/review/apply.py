"""Marks by people in a report: beside the machine's mark, in its place in every total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from grader.gradebook.database.schema import PersonMark
from grader.marking.report import Report, Review


def reviewed(report: Report, people: Sequence[PersonMark]) -> Report:
    """The report with the marks that people gave; drafts, which have no points, change nothing."""
    given = {
        (one.question, one.part): Review(Decimal(one.points), one.comment, one.who, one.why)
        for one in people
        if one.points is not None
    }
    if not given:
        return report
    questions = (
        replace(
            question,
            parts=tuple(replace(part, review=given.get((question.id, part.id))) for part in question.parts),
        )
        for question in report.questions
    )
    return replace(report, questions=tuple(questions))
