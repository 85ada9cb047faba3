"""What the report on a class is made from: queries about an assignment, and the lists of its students."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from grader.gradebook.database.database import Database
from grader.gradebook.database.schema import MARKED, SHOWN_STATUS, PartLine
from grader.marking.report import WAITING
from grader.reports.spreadsheet import exact
from grader.statistics.document import FEWEST_THAT_AGREE, AskedByAssignment, Lists, Records, class_document
from grader.statistics.measures import PartMark

_MARKED = f"s.standing = '' AND s.status IN {MARKED} AND s.assignment = ?"
"""The submissions that have marks and count."""


def document_of(database: Database, assignments: Iterable[str], asked: AskedByAssignment) -> dict[str, Any]:
    """The report on these assignments as a document."""
    found = (_records(database, one) for one in assignments)
    return class_document(found, asked, database.count("assignment IS NULL"))


def _records(database: Database, assignment: str) -> Records:
    """What is known of an assignment, which may have no submissions yet."""

    def found(selected: str, table: str, rest: str, *values: object) -> Iterator[Any]:
        """Rows about the submissions that have marks; `d` is the table that describes them."""
        described = f"{table} d JOIN submissions s ON s.id = d.submission" if table else "submissions s"
        wanted = f"SELECT {selected} FROM {described} WHERE {_MARKED} {rest}"
        yield from database.connection.execute(wanted, (assignment, *values))

    part = "d.question || '.' || d.part"
    return Records(
        assignment=assignment,
        files=database.statuses("assignment = ?", (assignment,)),
        marks=((_marks(marks), n) for marks, n in found("marks, count(*)", "", "GROUP BY marks ORDER BY marks")),
        marks_by_variant=((one, _marks(marks)) for one, marks in found("variant, marks", "", "AND variant != ''")),
        copied=found(
            "s.student, d.question, d.part, d.variant, d.entries, d.total",
            "copied",
            "ORDER BY s.path, d.question, d.part",
        ),
        options=found("d.question, d.part, d.option, count(*)", "chosen", "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
        causes=found("d.diagnosis, count(DISTINCT d.submission)", "findings", "GROUP BY 1 ORDER BY 2 DESC, 1"),
        parts_of_causes=found(
            f"d.diagnosis, {part}, count(*)",
            "findings",
            "GROUP BY d.diagnosis, d.question, d.part ORDER BY 3 DESC, d.question, d.part",
        ),
        wrong=found(
            "d.question, d.part, d.value, count(*)",
            "wrong",
            "GROUP BY 1, 2, 3 HAVING count(*) >= ? ORDER BY 4 DESC, 1, 2, 3",
            FEWEST_THAT_AGREE,
        ),
    )


def _marks(lines: str) -> list[PartMark]:
    return [_mark(line) for line in PartLine.read(lines)]


@lru_cache(maxsize=4096)
def _mark(line: PartLine) -> PartMark:
    """What a part earned: a person's points if there are any, else the automatic ones, if there are any."""
    question, _, part = line.name.partition(".")
    earned = line.given or ("" if line.verdict in WAITING else line.score)
    return PartMark(question, part, line.verdict, Decimal(earned) if earned else None, Decimal(line.max_score))


def lists_of(database: Database, link: Callable[[str, str], str]) -> Lists:
    """The lists that grow with the class; `link` is where the page of a student is, by assignment and student."""
    base = database.connection

    def students(assignment: str, cause: str) -> Iterator[dict[str, str]]:
        # CROSS JOIN fixes the order, from findings to files: otherwise SQLite would scan the whole class for a cause.
        rows = base.execute(
            "SELECT s.id, s.student, n.question || '.' || n.part FROM findings n"
            f" CROSS JOIN submissions s ON s.id = n.submission WHERE {_MARKED} AND n.diagnosis = ?"
            " ORDER BY s.path, n.question, n.part",
            (assignment, cause),
        )
        for (_, student), shown in groupby(rows, lambda row: row[:2]):
            parts = ", ".join(part for *_, part in shown)
            yield {"student": student, "parts": parts, "page": link(assignment, student)}

    def everyone(assignment: str) -> Iterator[dict[str, Any]]:
        rows = base.execute(
            "SELECT student, status, score, max_score FROM submissions"
            " WHERE standing = '' AND assignment = ? AND student IS NOT NULL ORDER BY path",
            (assignment,),
        )
        for student, status, score, most in rows:
            marks = (exact(score), exact(most)) if status in MARKED else None
            yield {"student": student, "page": link(assignment, student), "status": status, "marks": marks}

    def left_out(assignment: str | None) -> Iterator[dict[str, Any]]:
        rows = base.execute(
            f"SELECT file, CASE standing WHEN '' THEN student END, {SHOWN_STATUS},"
            " CASE standing WHEN '' THEN reason ELSE why END FROM submissions WHERE assignment IS ? AND ("
            "standing = 'refused' OR (standing = '' AND status IN ('rejected', 'unreadable', 'error', 'ignored'))"
            ") ORDER BY path",
            (assignment,),
        )
        for file, student, status, reason in rows:
            page = link(assignment, student) if assignment and student else None
            yield {"file": file, "page": page, "status": status, "reason": reason}

    return Lists(link, students, everyone, left_out)
