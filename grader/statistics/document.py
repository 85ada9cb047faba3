"""The instructor's report on a class: one document, written as `class.json` and as `class.html`.

The lists of students are read while the report is written, so that memory does not grow with the class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import grader
from grader.misconceptions.registry import by_id
from grader.reports.json import dumps
from grader.reports.sanitise import shorten
from grader.statistics.hardness import facilities
from grader.statistics.measures import ClassStatistics, PartMark, PartSums

SCHEMA = "grader/class/1"
_VALUE = 300
_DIGITS = 4
FEWEST_THAT_AGREE = 3
SHARE_THAT_AGREES = 0.3
SHARE_OF_RIGHT = 0.5
"""Wrong answers to one part cast doubt on its key when one value has at least this count, this share of the wrong ones
and this share of the right ones: a key that many reach is unlikely to be wrong."""

AskedByAssignment = Mapping[str, Mapping[str, Any]]
"""By assignment, what `grader.reports.asked.asked` returns."""


class Records(NamedTuple):
    """What is known about an assignment; everything but `files` concerns only submissions that count and have marks."""

    assignment: str
    files: Mapping[str, int]
    """The number of submission files by status."""
    marks: Iterable[tuple[Sequence[PartMark], int]]
    """Marks of submissions, each with the number of submissions that have them."""
    marks_by_variant: Iterable[tuple[str, Sequence[PartMark]]]
    """The variant and the marks of each submission with a variant."""
    copied: Iterable[tuple[str, str, str, str, int, int]]
    """Answers that equal another variant's key: student, question, part, variant, and how many of how many entries."""
    options: Iterable[tuple[str, str, str, int]]
    """Question, part and chosen option, in the order of the options' letters, with the number of students."""
    causes: Iterable[tuple[str, int]]
    """The causes that were found, the most common first, with the number of students."""
    parts_of_causes: Iterable[tuple[str, str, int]]
    """Cause and part, the most common first, with the number of students."""
    wrong: Iterable[tuple[str, str, str, int]]
    """Question, part and value as JSON of unexplained answers, from FEWEST_THAT_AGREE students on."""


class Lists(NamedTuple):
    """The lists that grow with the class, by assignment, in the order of its submissions."""

    link: Callable[[str, str], str]
    """Where the page (or report) of a student is."""
    students: Callable[[str, str], Iterator[dict[str, str]]]
    """The students who show a cause: name, the parts concerned, and page."""
    everyone: Callable[[str], Iterator[dict[str, Any]]]
    """Every student: name, page, status, and marks if there are any."""
    left_out: Callable[[str | None], Iterator[dict[str, Any]]]
    """Files that earned no marks because something is wrong with them: file, page if it has one, status, reason.

    None means the files of no known assignment.
    """


def class_document(records: Iterable[Records], asked: AskedByAssignment, without_assignment: int = 0) -> dict[str, Any]:
    """Everything about the class, except the lists that grow with it.

    `without_assignment` counts the files that name no known assignment. The numbers are rounded to four decimals;
    nothing depends on when, where or how often the class was graded.
    """
    return {
        "schema": SCHEMA,
        "grader": grader.__version__,
        "without_assignment": without_assignment,
        "assignments": [_assignment(one, asked.get(one.assignment, {})) for one in records],
    }


def json_pieces(lists: Lists, document: Mapping[str, Any]) -> Iterator[str]:
    """`class.json`, with the students who show each cause."""

    def causes(section: Mapping[str, Any]) -> Iterator[Iterable[str]]:
        for cause in section["causes"]:
            shown = lists.students(section["assignment"], cause["id"])
            yield _with_list(cause, "who", ([dumps(who)] for who in shown))

    sections = (_with_list(section, "causes", causes(section)) for section in document["assignments"])
    yield from _with_list(document, "assignments", sections)
    yield "\n"


def _with_list(values: Mapping[str, Any], last: str, entries: Iterable[Iterable[str]]) -> Iterator[str]:
    """A JSON object whose last value is a list, written entry by entry."""
    rest = {name: value for name, value in values.items() if name != last}
    yield dumps(rest).rstrip().removesuffix("}").rstrip() + f',\n"{last}": ['
    for place, entry in enumerate(entries):
        yield ",\n" if place else "\n"
        yield from entry
    yield "\n]}"


def _assignment(records: Records, asked: Mapping[str, Any]) -> dict[str, Any]:
    counted = ClassStatistics()
    for marks, times in records.marks:
        counted.add(marks, times)
    prompts = {
        (question, part): about.get("prompt", "")
        for question, entry in asked.get("questions", {}).items()
        for part, about in entry["parts"].items()
    }
    options: dict[tuple[str, str], dict[str, Any]] = {}
    for question, part, option, count in records.options:
        options.setdefault((question, part), {"options": []})["options"].append({"option": option, "students": count})
    places = {part: place for place, part in enumerate(prompts)}
    return {
        "assignment": records.assignment,
        "title": asked.get("title", ""),
        "files": records.files,
        "marks": _marks(counted),
        "parts": [
            {
                "question": part[0],
                "part": part[1],
                "prompt": prompts.get(part, ""),
                **_part(counted.parts[part]),
                **options.get(part, {}),
            }
            for part in sorted(counted.parts, key=lambda part: (places.get(part, len(places)), part))
        ],
        **_variants(records),
        "causes": list(_causes(records)),
        "key_may_be_wrong": list(_agreements(records, counted)),
    }


def _variants(records: Records) -> dict[str, Any]:
    """For an assignment with variants: each part's facility per variant, and answers that equal another one's key."""
    found = facilities((variant, _shares(marks)) for variant, marks in records.marks_by_variant)
    if not found:
        return {}
    names = ("student", "question", "part", "variant", "entries", "of")
    return {
        "variants": [
            {
                "part": one.part or None,
                "variant": one.variant,
                "students": one.students,
                "facility": _rounded(one.facility),
                "interval": [_rounded(one.low), _rounded(one.high)],
                "p": _rounded(one.p),
                "differs": one.differs,
            }
            for one in found
        ],
        "copied": [dict(zip(names, row, strict=True)) for row in records.copied],
    }


def _shares(marks: Iterable[PartMark]) -> dict[str, float]:
    """A student's share of the points in each part that has points and a mark."""
    return {
        f"{mark.question}.{mark.part}": float(mark.score / mark.max_score)
        for mark in marks
        if mark.score is not None and mark.max_score
    }


def _marks(counted: ClassStatistics) -> dict[str, Any]:
    lower, median, upper = (_rounded(counted.quantile(Fraction(quarter, 4))) for quarter in (1, 2, 3))
    return {
        "students": counted.students,
        "with_parts_that_wait": counted.waiting,
        "provisional": counted.waiting > 0,
        "max_score": float(counted.max_score),
        "mean": _rounded(counted.mean()),
        "median": median,
        "quartiles": [lower, upper],
        "standard_deviation": _rounded(counted.deviation()),
        "histogram": [
            {"from": _rounded(low), "to": _rounded(high), "students": count} for low, high, count in counted.histogram()
        ],
    }


def _part(sums: PartSums) -> dict[str, Any]:
    value, low, high, reason = sums.discrimination()
    return {
        "max_score": float(sums.max_score),
        "students": sums.students,
        "marked": sums.count,
        "facility": _rounded(sums.facility()),
        "full_marks": _rounded(sums.full / sums.count if sums.count else None),
        "discrimination": {"value": _rounded(value), "low": _rounded(low), "high": _rounded(high), "reason": reason},
        "missing": _rounded(sums.share("missing")),
        "unreadable": _rounded(sums.share("unreadable")),
        "verdicts": dict(sorted(sums.verdicts.items())),
    }


def _causes(records: Records) -> Iterator[dict[str, Any]]:
    """Every cause found, the most common first, each with its parts."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for id, part, count in records.parts_of_causes:
        parts.setdefault(id, []).append({"part": part, "students": count})
    for id, count in records.causes:
        rule = by_id(id)
        kind, about = ("slip", "") if rule is None else ("misconception", str(rule.equals))
        yield {"id": id, "kind": kind, "about": about, "students": count, "parts": parts[id]}


def _agreements(records: Records, counted: ClassStatistics) -> Iterator[dict[str, Any]]:
    """The values on which so many wrong answers agree that the key may be wrong."""
    for question, part, value, agree in records.wrong:
        verdicts = counted.parts[question, part].verdicts
        wrong, right = verdicts["wrong"] + verdicts["partial"], verdicts["correct"]
        if agree >= max(SHARE_THAT_AGREES * wrong, SHARE_OF_RIGHT * right):
            yield {
                "question": question,
                "part": part,
                "value": json.loads(value) if len(value) <= _VALUE else shorten(value, _VALUE),
                "students": agree,
                "wrong_answers": wrong,
                "right_answers": right,
            }


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), _DIGITS) + 0.0
