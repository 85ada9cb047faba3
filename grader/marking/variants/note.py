"""The note to staff on the variant that a submission was marked under; students do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.homework.checks import plain
from grader.messages import Sentence, sentence
from grader.messages.names import shown

if TYPE_CHECKING:
    from grader.marking.report import Report


def staff_note(report: Report) -> Sentence | None:
    """The note that a submission declares a variant not its student's, and what it would have earned there."""
    if report.variant is None or report.variant.declared in (None, report.variant.id):
        return None
    return sentence(
        "declares variant {declared}, but {student} has {own}: marked under {own}, {points} of {most} points; "
        "under {declared} it would be {other}",
        declared=report.variant.declared,
        student=shown(report.student),
        own=report.variant.id,
        points=plain(report.score),
        most=plain(report.max_score),
        other=plain(report.variant.score),
    )
