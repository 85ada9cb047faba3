"""API documents composed from several sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grader.homework.assignment import Assignment
from grader.service.course.marking import counting_marks
from grader.service.course.service import Service
from grader.service.store.marks import MarkVersion
from grader.service.store.submissions import Marked


def assignment_document(service: Service, one: Assignment) -> dict[str, Any]:
    """What an assignment asks, without its key."""
    asked = service.applied.course.asked(one.id)
    solved = service.solution(one.id).questions
    return {
        "id": one.id,
        "title": one.title,
        "questions": [
            {
                "id": question.id,
                "title": question.title,
                "parts": [
                    {
                        "id": name,
                        "kind": solved[question.id].parts[name].kind.name,
                        "points": float(part.points),
                        "prompt": shown.get("prompt", ""),
                        "choices": list(shown.get("choices", ())),
                    }
                    for name, part in question.parts.items()
                    for shown in [asked.get("questions", {}).get(question.id, {}).get("parts", {}).get(name, {})]
                ],
            }
            for question in one.questions
        ],
    }


def marks_document(service: Service, found: Marked) -> list[dict[str, Any]]:
    """The marks by people that count for a hand-in, each with its version."""
    with service.store.reading() as base:
        return [mark_document(one) for one in counting_marks(base, found.hand_in).values()]


def mark_document(one: MarkVersion) -> dict[str, Any]:
    """A mark by a person."""
    names = ("question", "part", "version", "comment", "reading", "who")
    return {**{name: getattr(one, name) for name in names}, "points": float(one.points) if one.points else None}


def written_moment(moment: datetime) -> str:
    """A moment as the API writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
