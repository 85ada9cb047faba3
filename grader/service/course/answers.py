"""The answers of a class to one question: equal ones together, with their students."""

from __future__ import annotations

from typing import NamedTuple

from grader.gradebook.review.apply import folded
from grader.reports.json import dumps
from grader.service.course.hand_in import report_of
from grader.service.course.policies import class_of
from grader.service.course.service import Service


class EqualAnswers(NamedTuple):
    """Equal answers to a part with the same mark; `who` are their students, each with the number of the hand-in."""

    written: str
    verdict: str
    points: str
    who: tuple[tuple[str, str], ...]


def answers_to(service: Service, assignment: str, question: str) -> dict[str, list[EqualAnswers]]:
    """The answers to each part of a question, by part, the most frequent first."""
    found: dict[str, dict[tuple[str, str, str], EqualAnswers]] = {}
    with service.store.reading() as base:
        for one in class_of(service, base, assignment):
            if not one.row.marks:
                continue
            for entry in report_of(one.row)["questions"]:
                for part in entry["parts"] if entry["id"] == question else ():
                    submitted, review = part["submitted"], part.get("review")
                    written = submitted if isinstance(submitted, str) else "" if submitted is None else dumps(submitted)
                    points = str((review or part)["points" if review else "score"])
                    verdict = "reviewed" if review else part["verdict"]
                    known = found.setdefault(part["id"], {})
                    key = (folded(written), verdict, points)
                    answer = known.get(key) or EqualAnswers(written, verdict, points, ())
                    who = (*answer.who, (one.hand_in.student, one.hand_in.number))
                    known[key] = answer._replace(who=who)
    return {part: sorted(known.values(), key=lambda one: -len(one.who)) for part, known in found.items()}
