"""Marks by people: beside the machine's mark in the report, in its place in every total."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from grader.gradebook.memo import WAITING, Marked, marks_of
from grader.homework.checks import plain
from grader.marking.report import PartReport, QuestionReport
from grader.messages import sentence
from grader.messages.languages import Say


class PersonMark(NamedTuple):
    """What a person gave one part of one submission (which its digest names); no points: a draft."""

    assignment: str
    student: str
    question: str
    part: str
    digest: str
    points: str | None
    comment: str = ""
    who: str = ""
    why: str = ""


Reviews = Mapping[tuple[str, str], PersonMark]


def by_part(marks: Iterable[PersonMark]) -> Reviews:
    """The marks that count, by question and part."""
    return {(one.question, one.part): one for one in marks if one.points is not None}


def fingerprint(marks: Sequence[PersonMark]) -> str:
    """A short digest of marks by people; empty for none."""
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:16] if marks else ""


def score(question: str, part: PartReport, reviews: Reviews) -> Decimal:
    """What the part counts: the person's points where a person gave some."""
    review = reviews.get((question, part.id))
    return part.score if review is None else Decimal(review.points or 0)


def counted(report: QuestionReport, reviews: Reviews) -> QuestionReport:
    """The question's report with people's points in the place of the machine's."""
    return replace(report, parts=tuple(replace(part, score=score(report.id, part, reviews)) for part in report.parts))


def reviewed(report: QuestionReport, marked: Marked, reviews: Reviews) -> Marked:
    """The question's marks with people's in them; the text of the report is made elsewhere."""
    return replace(
        marked,
        score=sum((score(report.id, part, reviews) for part in report.parts), Decimal(0)),
        pending=sum(
            (
                part.max_score
                for part in report.parts
                if part.verdict in WAITING and (report.id, part.id) not in reviews
            ),
            Decimal(0),
        ),
        marks=marks_of(report, {part: str(one.points) for (name, part), one in reviews.items() if name == report.id}),
        wrong=tuple((part, value) for part, value in marked.wrong if (report.id, part) not in reviews),
    )


def shown(document: dict[str, Any], reviews: Reviews) -> dict[str, Any]:
    """The JSON document with each person's mark beside the machine's."""
    for question in document["questions"]:
        for part in question["parts"]:
            review = reviews.get((question["id"], part["id"]))
            if review is not None:
                said = {"comment": review.comment, "who": review.who, "why": review.why}
                part["review"] = {
                    "points": float(review.points or 0),
                    **{name: text for name, text in said.items() if text},
                }
    return document


def lines(question: QuestionReport, reviews: Reviews, say: Say = str) -> list[str]:
    """What people gave to the parts of a question, as sentences for people."""
    said = []
    for part in question.parts:
        review = reviews.get((question.id, part.id))
        if review is not None:
            given = sentence(
                "{part}: {who} gave {points} of {most}",
                part=part.id,
                who=review.who or say(sentence("a person")),
                points=review.points,
                most=plain(part.max_score),
            )
            said.append(": ".join(filter(None, [say(given), review.why, review.comment])))
    return said
