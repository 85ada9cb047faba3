"""Which submission of a student counts, and the visible files: reports, and files about the class.

Every file is made from the database alone, and publishing can be repeated at any time. A report is current if the
database says that it was published from exactly the present submission, marks and options; any other is written again,
and orphaned files are removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from grader.gradebook.database import Database, SubmissionRow
from grader.gradebook.database.schema import MARKED
from grader.gradebook.review.document import REVIEW_FILE as REVIEW
from grader.gradebook.review.writing import Writer
from grader.gradebook.run.files import Results, complete
from grader.gradebook.run.marking import Order, report_name
from grader.messages import sentence
from grader.reports.spreadsheet import exact, harmless, liner

FOLDERS = {".json": "reports", ".html": "pages", ".md": "pages"}
"""The folder of each of a report's files, by file extension."""

CLASS = "class.json"
CLASS_PAGE = "class.html"
TABLE = "results.csv"
SUBJECTS = (CLASS, REVIEW, TABLE)
"""Files that can be written in parallel, the slowest first; the class page comes with `class.json`."""


def visible_files(name: str) -> dict[str, str]:
    """The files that a report may have, by file extension."""
    return {ending: f"{folder}/{name}{ending}" for ending, folder in FOLDERS.items()}


def file_of(ending: str, assignment: str, student: str) -> str:
    """One of the files of a student's report, by its extension."""
    return visible_files(report_name(assignment, student))[ending]


def keep(
    database: Database, results: Results, rows: Sequence[SubmissionRow], run: int, unchanged: Sequence[bytes] = ()
) -> None:
    """Save the rows of marked files, then move their finished reports into place."""
    database.put(rows, unchanged, run)
    in_place = []
    for one in rows:
        if one.name is None:
            continue
        files = {ending: (path, size) for ending, path, size in one.files}
        for ending, file in visible_files(one.name).items():
            if ending in files:
                results.place(file, files[ending][0])
            else:
                results.remove(file)
        in_place.append((one.name, one.source, files.get(".json", ("", -1))[1]))
    database.put_published(in_place)


def publish(database: Database, results: Results, again: Callable[[SubmissionRow], SubmissionRow | None]) -> None:
    """Make the visible reports match the database; `again` renders the report of a row, or returns None."""
    decide(database)
    for id in database.unpublished():
        row = next(database.rows("id = ?", (id,)))
        result = again(row)
        if result is not None:
            keep(database, results, [result], row.run)
    decide(database)
    for name in database.orphans():
        for file in visible_files(name).values():
            results.remove(file)
        database.forget_published(name)


def adopt(database: Database, results: Results) -> None:
    """Record the reports in a folder whose database is gone, as files of unknown origin."""
    names = set()
    for ending, folder in FOLDERS.items():
        for path in (results.folder / folder).glob(f"*/*{ending}"):
            names.add(path.relative_to(results.folder / folder).as_posix().removesuffix(ending))
    database.put_published((name, "", -1) for name in sorted(names))


# -- the whole class ------------------------------------------------------------------------------------------------


def write_class(order: Order, path: Path, subject: str) -> list[tuple[str, str]]:
    """Write one of SUBJECTS to the hidden folder; return the names of the files and where they are."""
    with Database.reading(path) as database:
        return [(name, complete(str(order.hidden), pieces)[0]) for name, pieces in _pieces(order, database, subject)]


def _pieces(order: Order, database: Database, subject: str) -> Iterator[tuple[str, Iterator[str]]]:
    if subject == TABLE:
        yield TABLE, table_lines(database.rows())
    if subject == REVIEW:
        yield REVIEW, Writer(order.course, database).lines()
    if subject == CLASS:
        from grader.gradebook.database.class_records import document_of, lists_of
        from grader.statistics.document import json_pieces

        lists = lists_of(database, partial(file_of, ".html" if order.options.pages else ".json"))
        course = order.course
        asked = {id: course.asked(id) for id in course.assignments if not course.is_broken(id)}
        document = document_of(database, database.assignments(), asked)
        yield CLASS, json_pieces(lists, document)
        if order.options.pages:
            from grader.statistics.page import page_pieces

            yield CLASS_PAGE, page_pieces(lists, document, order.options.lang)


RESULT_COLUMNS = ("file", "assignment", "student", "status", "score", "max_score", "pending_points", "reason")
"""The columns of results.csv, which has a row for each submission file."""


def table_lines(rows: Iterable[SubmissionRow]) -> Iterator[str]:
    """The lines of results.csv, each with its end."""
    line = liner()
    yield line(RESULT_COLUMNS)
    for row in rows:
        marked = not row.standing and row.status in MARKED
        numbers = [exact(text) for text in (row.score, row.max_score, row.pending)] if marked else ["", "", ""]
        names = [harmless(row.file), harmless(row.assignment or ""), harmless(row.student or "")]
        yield line([*names, row.standing or row.status, *numbers, harmless(row.why or row.reason)])


# -- several files of one student ------------------------------------------------------------------------------------

_SEVERAL = (
    "SELECT assignment, student FROM submissions WHERE name IS NOT NULL"
    " GROUP BY assignment, student HAVING count(*) > 1 ORDER BY assignment, student"
)
_ALONE = (
    "UPDATE submissions SET standing = '', why = '' WHERE standing != '' AND NOT EXISTS (SELECT 1 FROM submissions g"
    " WHERE g.assignment = submissions.assignment AND g.student = submissions.student AND g.id != submissions.id)"
)


def decide(database: Database) -> None:
    """Decide which of several files of one student counts.

    The newest by `submitted_at` counts. Where no single file is the newest, none does.
    """
    with database.transaction() as base:
        base.execute(_ALONE)
        for pair in base.execute(_SEVERAL).fetchall():
            rows = database.rows_of(*pair)
            newest = _newest(rows)
            if newest is None:
                said = sentence(
                    "submissions of one student of which none is the newest by submitted_at: {files}",
                    files=", ".join(row.file for row in rows),
                )
                outcome = ("refused", str(said))
            else:
                outcome = ("superseded", str(sentence("{file} is newer by submitted_at", file=newest.file)))
            for row in rows:
                standing, why = ("", "") if row is newest else outcome
                if (row.standing, row.why) != (standing, why):
                    base.execute("UPDATE submissions SET standing = ?, why = ? WHERE id = ?", (standing, why, row.id))


def _newest(rows: Sequence[SubmissionRow]) -> SubmissionRow | None:
    """The newest row, if every row has a time of submission and one is later than all others."""
    known = [datetime.fromisoformat(row.submitted_at) for row in rows if row.submitted_at]
    if len(known) < len(rows) or len({moment.utcoffset() is None for moment in known}) > 1:
        return None
    latest = max(known)
    return rows[known.index(latest)] if known.count(latest) == 1 else None
