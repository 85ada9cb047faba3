"""The instructor's report on a class: one document, written as `class.json` and as `class.html`.

Each figure is one query. The lists of students are read while the report is written, so that memory does not grow
with the class.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import Any

import grader
from grader.gradebook.database.schema import MARKED, SHOWN, PartLine
from grader.gradebook.results import number
from grader.gradebook.slug import slug
from grader.gradebook.statistics.hardness import facilities
from grader.gradebook.statistics.measures import ClassStatistics, PartMark, PartSums
from grader.marking.report import WAITING
from grader.misconceptions.registry import by_id
from grader.reports.json import dumps
from grader.reports.sanitise import shorten

SCHEMA = "grader/class/1"
_VALUE = 300
_DIGITS = 4
FEWEST_THAT_AGREE = 3
SHARE_THAT_AGREES = 0.3
SHARE_OF_RIGHT = 0.5
"""Wrong answers to one part cast doubt on its key when one value has at least this count, this share of the wrong ones
and this share of the right ones: a key that many reach is unlikely to be wrong."""

_MARKED = f"s.standing = '' AND s.status IN {MARKED} AND s.assignment = ?"
"""The submissions that have marks and count."""

Asked = Mapping[str, Mapping[str, Any]]
"""By assignment, what `grader.reports.html.asked` returns."""
Link = Callable[[str, str], str]
"""Where the page of a student is, by assignment and student."""


def class_document(base: sqlite3.Connection, asked: Asked | None = None, only: str | None = None) -> dict[str, Any]:
    """Everything about the class, except the lists of students who show a cause (see `students`).

    `only` names one assignment, which may have no submissions yet; otherwise all with submissions are included.

    The numbers are rounded to four decimals; nothing depends on when, where or how often the class was graded.
    """
    known = asked or {}
    wanted = "SELECT DISTINCT assignment FROM submissions WHERE assignment IS NOT NULL ORDER BY 1"
    names = [name for (name,) in base.execute(wanted)] if only is None else [only]
    return {
        "schema": SCHEMA,
        "grader": grader.__version__,
        "without_assignment": sum(_statuses(base, None).values()),
        "assignments": [_assignment(base, name, known.get(name, {})) for name in names],
    }


def json_pieces(base: sqlite3.Connection, document: Mapping[str, Any], *, pages: bool = True) -> Iterator[str]:
    """`class.json`, with the students who show each cause."""
    link = links(pages=pages)

    def causes(section: Mapping[str, Any]) -> Iterator[Iterable[str]]:
        for cause in section["causes"]:
            shown = students(base, section["assignment"], cause["id"], link)
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


# -- lists that grow with the class --------------------------------------------------------------------------------


def students(base: sqlite3.Connection, assignment: str, cause: str, link: Link) -> Iterator[dict[str, str]]:
    """The students who show a cause: name, the parts concerned, and the path of their page (or report)."""
    # CROSS JOIN fixes the order, from findings to files: SQLite would otherwise scan the whole class for each cause.
    rows = base.execute(
        "SELECT s.id, s.student, n.question || '.' || n.part FROM findings n"
        f" CROSS JOIN submissions s ON s.id = n.submission WHERE {_MARKED} AND n.diagnosis = ?"
        " ORDER BY s.path, n.question, n.part",
        (assignment, cause),
    )
    for (_, student), shown in groupby(rows, lambda row: row[:2]):
        parts = ", ".join(part for *_, part in shown)
        yield {"student": student, "parts": parts, "page": link(assignment, student)}


def everyone(base: sqlite3.Connection, assignment: str, link: Link) -> Iterator[dict[str, Any]]:
    """Every student of an assignment: name, page (or report), status, and marks if there are any."""
    rows = base.execute(
        "SELECT student, status, score, max_score FROM submissions"
        " WHERE standing = '' AND assignment = ? AND student IS NOT NULL ORDER BY path",
        (assignment,),
    )
    for student, status, score, most in rows:
        marks = (number(score), number(most)) if status in MARKED else None
        yield {"student": student, "page": link(assignment, student), "status": status, "marks": marks}


def left_out(base: sqlite3.Connection, assignment: str | None, link: Link) -> Iterator[dict[str, Any]]:
    """Files that earned no marks because something is wrong with them: file, page if it has one, status and reason.

    None means the files of no known assignment.
    """
    rows = base.execute(
        f"SELECT file, CASE standing WHEN '' THEN student END, {SHOWN}, CASE standing WHEN '' THEN reason ELSE why END"
        " FROM submissions WHERE assignment IS ? AND (standing = 'refused'"
        " OR (standing = '' AND status IN ('rejected', 'unreadable', 'error', 'ignored'))) ORDER BY path",
        (assignment,),
    )
    for file, student, status, reason in rows:
        page = link(assignment, student) if assignment and student else None
        yield {"file": file, "page": page, "status": status, "reason": reason}


def links(*, pages: bool) -> Link:
    """Paths of students' pages (or reports), relative to the class page of a results folder."""

    def link(assignment: str, student: str) -> str:
        name = slug(student)
        return f"pages/{assignment}/{name}.html" if pages else f"reports/{assignment}/{name}.json"

    return link


# -- one assignment ------------------------------------------------------------------------------------------------


def _assignment(base: sqlite3.Connection, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    counted = _statistics(base, name)
    prompts = {
        (question, part): about.get("prompt", "")
        for question, entry in asked.get("questions", {}).items()
        for part, about in entry["parts"].items()
    }
    options = _options(base, name)
    places = {part: place for place, part in enumerate(prompts)}
    parts = sorted(counted.parts, key=lambda part: (places.get(part, len(places)), part))
    return {
        "assignment": name,
        "title": asked.get("title", ""),
        "files": _statuses(base, name),
        "marks": _marks(counted),
        "parts": [
            {
                "question": part[0],
                "part": part[1],
                "prompt": prompts.get(part, ""),
                **_part(counted.parts[part]),
                **options.get(part, {}),
            }
            for part in parts
        ],
        **_variants(base, name),
        "causes": list(_causes(base, name)),
        "key_may_be_wrong": list(_agreements(base, name, counted)),
    }


def _variants(base: sqlite3.Connection, assignment: str) -> dict[str, Any]:
    """For an assignment with variants: each part's facility per variant, and answers that equal another one's key."""
    rows = base.execute(f"SELECT variant, marks FROM submissions s WHERE {_MARKED} AND variant != ''", (assignment,))
    found = facilities((variant, _shares(marks)) for variant, marks in rows)
    if not found:
        return {}
    copied = base.execute(
        "SELECT s.student, c.question, c.part, c.variant, c.entries, c.total FROM copied c"
        f" JOIN submissions s ON s.id = c.submission WHERE {_MARKED} ORDER BY s.path, c.question, c.part",
        (assignment,),
    )
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
        "copied": [dict(zip(names, row, strict=True)) for row in copied],
    }


def _shares(marks: str) -> dict[str, float]:
    """A student's share of the points in each part that has points and a mark."""
    lines = {line.name: _mark(line) for line in PartLine.read(marks)}
    return {
        name: float(mark.score / mark.max_score)
        for name, mark in lines.items()
        if mark.score is not None and mark.max_score
    }


def _options(base: sqlite3.Connection, assignment: str) -> dict[tuple[str, str], dict[str, Any]]:
    """For each part with options, how many students chose each, in the order of their letters."""
    rows = base.execute(
        "SELECT c.question, c.part, c.option, count(*) FROM chosen c JOIN submissions s ON s.id = c.submission"
        f" WHERE {_MARKED} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        (assignment,),
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for question, part, option, count in rows:
        found.setdefault((question, part), {"options": []})["options"].append({"option": option, "students": count})
    return found


def _statuses(base: sqlite3.Connection, assignment: str | None) -> dict[str, int]:
    """The number of submission files by status; None means those that name no known assignment."""
    wanted = f"SELECT {SHOWN}, count(*) FROM submissions WHERE assignment IS ? GROUP BY 1 ORDER BY 1"
    return dict(base.execute(wanted, (assignment,)).fetchall())


def _statistics(base: sqlite3.Connection, assignment: str) -> ClassStatistics:
    """The statistics of all marks of an assignment; submissions with the same marks are counted together."""
    counted = ClassStatistics()
    wanted = f"SELECT marks, count(*) FROM submissions s WHERE {_MARKED} GROUP BY marks ORDER BY marks"
    for marks, times in base.execute(wanted, (assignment,)):
        counted.add(map(_mark, PartLine.read(marks)), times)
    return counted


@lru_cache(maxsize=4096)
def _mark(line: PartLine) -> PartMark:
    """What a part earned: a person's points if there are any, else the automatic ones, if there are any."""
    question, _, part = line.name.partition(".")
    earned = line.given or ("" if line.verdict in WAITING else line.score)
    return PartMark(question, part, line.verdict, Decimal(earned) if earned else None, Decimal(line.max_score))


def _marks(counted: ClassStatistics) -> dict[str, Any]:
    return {
        "students": counted.students,
        "with_parts_that_wait": counted.waiting,
        "provisional": counted.waiting > 0,
        "max_score": float(counted.max_score),
        "mean": _rounded(counted.mean()),
        "median": _rounded(counted.median()),
        "quartiles": [_rounded(counted.quantile(Fraction(quarter, 4))) for quarter in (1, 3)],
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


def _causes(base: sqlite3.Connection, assignment: str) -> Iterator[dict[str, Any]]:
    """Every cause found, the most common first, each with its parts."""
    where = f"FROM findings n JOIN submissions s ON s.id = n.submission WHERE {_MARKED}"
    parts: dict[str, list[dict[str, Any]]] = {}
    for id, part, count in base.execute(
        f"SELECT n.diagnosis, n.question || '.' || n.part, count(*) {where}"
        " GROUP BY n.diagnosis, n.question, n.part ORDER BY 3 DESC, n.question, n.part",
        (assignment,),
    ):
        parts.setdefault(id, []).append({"part": part, "students": count})
    found = f"SELECT n.diagnosis, count(DISTINCT n.submission) {where} GROUP BY 1 ORDER BY 2 DESC, 1"
    for id, count in base.execute(found, (assignment,)):
        rule = by_id(id)
        kind, about = ("slip", "") if rule is None else ("misconception", str(rule.equals))
        yield {"id": id, "kind": kind, "about": about, "students": count, "parts": parts[id]}


def _agreements(base: sqlite3.Connection, assignment: str, counted: ClassStatistics) -> Iterator[dict[str, Any]]:
    """The values on which so many wrong answers agree that the key may be wrong."""
    rows = base.execute(
        "SELECT w.question, w.part, w.value, count(*) FROM wrong w JOIN submissions s ON s.id = w.submission"
        f" WHERE {_MARKED} GROUP BY 1, 2, 3 HAVING count(*) >= ? ORDER BY 4 DESC, 1, 2, 3",
        (assignment, FEWEST_THAT_AGREE),
    )
    for question, part, value, agree in rows:
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
