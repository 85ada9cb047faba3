"""Reports made by hand, for every renderer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from grader.marking.report import Diagnosis, Entries, PartReport, QuestionReport, SubmissionReport
from grader.messages import sentence


def make_part(**changed: Any) -> PartReport:
    """A part that is right, but for what is changed."""
    plain: dict[str, Any] = {
        "id": "O",
        "kind": "array",
        "prompt": "The output",
        "verdict": "correct",
        "score": Decimal(4),
        "max_score": Decimal(4),
        "submitted": [[10, 3, 1], [9, 18, 2]],
        "read": [[10, 3, 1], [9, 18, 2]],
        "expected": [[10, 3, 1], [9, 18, 2]],
        "rule": sentence("within 1e-6 relative"),
        "entries": Entries(6, 6),
    }
    return PartReport(**{**plain, **changed})


def make_report(*parts: PartReport, **changed: Any) -> SubmissionReport:
    """A report with one question of these parts."""
    plain: dict[str, Any] = {
        "assignment": "cnn-foundations",
        "title": "Homework 4",
        "student": "student-01",
        "key_digest": "0123abcd",
        "grader": "0.1.0",
        "questions": (QuestionReport("q4", "Convolution", parts),),
    }
    return SubmissionReport(**{**plain, **changed})


WRONG = make_part(
    id="dF",
    verdict="partial",
    score=Decimal("0.67"),
    submitted=[["9/2", 1]],
    read=[[4.5, 1.0]],
    expected=[[2.25, 1.0]],
    carried_from=("O",),
    entries=Entries(2, 1, ((0, 0),)),
    diagnoses=(
        Diagnosis(
            id="gap-side",
            kind="misconception",
            group=1,
            message=sentence("equals one over the side of the map"),
            explained=1,
            of=2,
            unexplained=((0, 1),),
        ),
    ),
    message=(sentence("expected {expected}, received {received}", expected="a mean", received="a sum"),),
)
TEXT = make_part(
    id="why",
    kind="text",
    verdict="pending",
    score=Decimal(0),
    max_score=Decimal("1.50"),
    submitted="because",
    read=None,
    expected=None,
    rule=None,
    entries=None,
    rubric=((Decimal("1.5"), "bilinear sampling"),),
)
SHAPE = make_part(
    id="size",
    kind="shape",
    verdict="missing",
    score=Decimal(0),
    submitted=None,
    read=None,
    expected=[14, 15, 32],
    entries=None,
    message=(sentence("Not answered."),),
)


REPORT = make_report(make_part(), WRONG, TEXT, SHAPE)
"""One part of each sort: right, partly right, for a person, missing."""
