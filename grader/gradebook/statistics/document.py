"""The instructor's report on a class: one document, written as `class.json` and as `class.html`.

Both are written piece by piece: the lists of students are read from the store while they are written.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import grader
from grader.gradebook.results import number
from grader.gradebook.slug import slug
from grader.gradebook.statistics import queries
from grader.gradebook.statistics.measures import ClassStatistics, PartSums
from grader.misconceptions.registry import by_id
from grader.reports.json import dumps
from grader.reports.sanitise import shorten

SCHEMA = "grader/class/1"
_VALUE = 300
_DIGITS = 4

Asked = Mapping[str, Mapping[str, Any]]
"""Of each assignment what `grader.reports.html.asked` says."""


def class_document(base: sqlite3.Connection, asked: Asked | None = None) -> dict[str, Any]:
    """All that is said of the class, but for the lists of the students who show a cause (see `students`).

    The numbers are rounded to four decimals; nothing depends on when, where or how often the class was graded.
    """
    known = asked or {}
    return {
        "schema": SCHEMA,
        "grader": grader.__version__,
        "without_assignment": sum(queries.statuses(base, None).values()),
        "assignments": [_assignment(base, name, known.get(name, {})) for name in queries.assignments(base)],
    }


def students(base: sqlite3.Connection, assignment: str, cause: str, *, pages: bool = True) -> Iterator[dict[str, str]]:
    """The students who show a cause: name, the parts in which, and where their page (or their report) is."""
    for shows in queries.who_shows(base, assignment, cause):
        yield {"student": shows.student, "parts": shows.parts, "page": link(assignment, shows.student, pages=pages)}


class StudentLine(NamedTuple):
    """One student in the list of all: name, where the page (or the report) is, status, and marks if there are any."""

    student: str
    page: str
    status: str
    score: str | None
    max_score: str | None


def everyone(base: sqlite3.Connection, assignment: str, *, pages: bool = True) -> Iterator[StudentLine]:
    """Every student of an assignment."""
    for student, status, score, most in queries.everyone(base, assignment):
        marks = (number(score), number(most)) if status in ("graded", "needs_review") else (None, None)
        yield StudentLine(student, link(assignment, student, pages=pages), status, *marks)


def link(assignment: str, student: str, *, pages: bool = True) -> str:
    """Where a student's page is, seen from the class page."""
    name = slug(student)
    return f"pages/{assignment}/{name}.html" if pages else f"reports/{assignment}/{name}.json"


def json_pieces(base: sqlite3.Connection, document: Mapping[str, Any], *, pages: bool = True) -> Iterator[str]:
    """`class.json`, with the students who show each cause."""
    head = {name: value for name, value in document.items() if name != "assignments"}
    yield dumps(head).rstrip().removesuffix("}").rstrip() + ',\n"assignments": ['
    for place, section in enumerate(document["assignments"]):
        rest = {name: value for name, value in section.items() if name != "causes"}
        yield (",\n" if place else "\n") + dumps(rest).rstrip().removesuffix("}").rstrip() + ',\n"causes": ['
        for turn, cause in enumerate(section["causes"]):
            yield (",\n" if turn else "\n") + dumps(cause).rstrip().removesuffix("}").rstrip() + ',\n"who": ['
            for index, who in enumerate(students(base, section["assignment"], cause["id"], pages=pages)):
                yield (",\n" if index else "\n") + dumps(who)
            yield "\n]}"
        yield "\n]}"
    yield "\n]}\n"


def _assignment(base: sqlite3.Connection, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    counted = queries.statistics(base, name)
    prompts = {
        (question, part): about.get("prompt", "")
        for question, entry in asked.get("questions", {}).items()
        for part, about in entry.get("parts", {}).items()
    }
    return {
        "assignment": name,
        "title": asked.get("title", ""),
        "files": queries.statuses(base, name),
        "marks": _marks(counted),
        "parts": [
            {"question": question, "part": part, "prompt": prompts.get((question, part), ""), **_part(sums)}
            for (question, part), sums in _ordered(counted, asked)
        ],
        "causes": [_cause(found) for found in queries.findings(base, name)],
        "key_may_be_wrong": [_agreement(found) for found in queries.agreements(base, name, counted)],
    }


def _ordered(counted: ClassStatistics, asked: Mapping[str, Any]) -> list[tuple[tuple[str, str], PartSums]]:
    """The parts in the order in which they are asked, whatever the order of the submissions."""
    order = [(question, part) for question, entry in asked.get("questions", {}).items() for part in entry["parts"]]
    places = {name: place for place, name in enumerate(order)}
    return sorted(counted.parts.items(), key=lambda entry: (places.get(entry[0], len(places)), entry[0]))


def _marks(counted: ClassStatistics) -> dict[str, Any]:
    quartiles = [counted.quantile(Fraction(quarter, 4)) for quarter in (1, 3)]
    return {
        "students": counted.students,
        "with_parts_that_wait": counted.waiting,
        "provisional": counted.waiting > 0,
        "max_score": float(counted.max_score),
        "mean": _rounded(counted.mean()),
        "median": _rounded(counted.median()),
        "quartiles": [_rounded(value) for value in quartiles],
        "standard_deviation": _rounded(counted.deviation()),
        "histogram": [
            {"from": _rounded(low), "to": _rounded(high), "students": count} for low, high, count in counted.histogram()
        ],
    }


def _part(sums: PartSums) -> dict[str, Any]:
    found = sums.discrimination()
    return {
        "max_score": float(sums.max_score),
        "students": sums.students,
        "marked": sums.count,
        "facility": _rounded(sums.facility()),
        "full_marks": _rounded(sums.full / sums.count if sums.count else None),
        "discrimination": {
            "value": _rounded(found.value),
            "low": _rounded(found.low),
            "high": _rounded(found.high),
            "reason": found.reason,
        },
        "missing": _rounded(sums.share("missing")),
        "unreadable": _rounded(sums.share("unreadable")),
        "verdicts": dict(sorted(sums.verdicts.items())),
    }


def _cause(found: queries.Finding) -> dict[str, Any]:
    rule = by_id(found.id)
    return {
        "id": found.id,
        "kind": "slip" if rule is None else "misconception",
        "about": "" if rule is None else str(rule.equals),
        "students": found.students,
        "parts": [{"part": part, "students": count} for part, count in found.parts],
    }


def _agreement(found: queries.Agreement) -> dict[str, Any]:
    try:
        value = json.loads(found.value)
    except ValueError:
        value = found.value
    return {
        "question": found.question,
        "part": found.part,
        "value": value if len(found.value) <= _VALUE else shorten(found.value, _VALUE),
        "students": found.students,
        "wrong_answers": found.wrong,
        "right_answers": found.right,
    }


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), _DIGITS) + 0.0
