"""A table of answers (exported from a form or an LMS) becomes submissions: one row per student, one column per part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import tomli
import tomli_w

from grader.errors import GraderError, Place, StudentError, UsageError
from grader.gradebook.run.files import slug, write_whole
from grader.homework.assignment import Assignment
from grader.homework.files import check_names, read_submission
from grader.homework.submission import nobody, unnamed
from grader.lms.students import STUDENT_COLUMN, Candidates, is_nobody, plain
from grader.lms.table_file import read_cells
from grader.lms.times import read_times
from grader.messages import Sentence, sentence
from grader.messages.names import listed, nearest, shown
from grader.structs import Struct

SUBMITTED = "submitted_at"
POINTS_POSSIBLE = "points possible"
"""The second row of Canvas's gradebook, which is not a student."""
SUBMITTED_HEADERS = (
    *("submitted at", "timestamp", "completion time", "completed", "completed on", "submitted", "submitted on"),
    *("submission time", "time submitted", "date submitted", "submitdate", "end date", "enddate", "recordeddate"),
    *("zeitstempel", "fertigstellungszeit", "beendet", "horodateur", "heure de fin", "terminé", "marca temporal"),
    *("hora de finalización", "تاریخ ارسال", "زمان ارسال"),
)
"""Headers of the column of submission times in forms and learning platforms."""


class Columns(Struct):
    """Which column holds what: indices by role, and the headers that are ignored."""

    student: int
    submitted: int | None
    parts: Mapping[int, tuple[str, str]]
    unknown: tuple[str, ...]
    headers: tuple[str, ...]
    namesakes: Set[int] = frozenset()
    """Rows with one name that are different people, if students are identified by name."""


class Planned(Struct):
    """One submission to write: its row, its file and its text, or why it cannot be written."""

    row: int
    student: str
    file: str
    text: str = ""
    answered: int = 0
    refused: str = ""
    repeats: int = 0
    """An earlier row of the same student with the same content; this one is left out."""
    untimed: str = ""
    """A time that is ambiguous, and so left out."""


class AnswerTable(NamedTuple):
    """A table as read; a row of Canvas without a student has no cells."""

    name: str
    headers: list[str]
    rows: list[list[str]]

    def refused(self, said: Sentence) -> UsageError:
        """An error about the table."""
        return UsageError(said, Place(file=self.name))

    def place(self, header: str) -> int:
        """The column with this header.

        Raises UsageError where there is none.
        """
        if header not in self.headers:
            columns = listed(self.headers)
            raise self.refused(
                sentence("no column {header}; the columns are {headers}", header=shown(header), headers=columns)
            )
        return self.headers.index(header)


def read_table(path: Path) -> AnswerTable:
    """The table in a CSV file with a line of headers.

    Raises UsageError for anything else.
    """
    rows = read_cells(path)
    if not rows or not any(map(str.strip, rows[0])):
        raise UsageError(sentence("expected a first line with headers, received none"), Place(file=path.name))
    students = [any(map(str.strip, row)) and row[0].strip().casefold() != POINTS_POSSIBLE for row in rows]
    answers = [row if student else [] for row, student in zip(rows[1:], students[1:], strict=True)]
    return AnswerTable(path.name, [cell.strip() for cell in rows[0]], answers)


def read_map(path: Path) -> dict[str, str]:
    """Read the meanings of headers: `"Question 4, Z" = "q4.Z"`, one per line; an empty text leaves the column out.

    Raises UsageError for anything else.
    """
    try:
        values = tomli.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except ValueError as problem:
        raise UsageError(sentence("not TOML: {reason}", reason=str(problem)), Place(file=path.name)) from None
    for name, target in values.items():
        if not isinstance(target, str):
            said = sentence(
                "expected a header in quotes and what it stands for, such as 'Question 4: Z' = 'q4.Z', received {name}",
                name=shown(name),
            )
            raise UsageError(said, Place(file=path.name))
    return values


def columns(
    table: AnswerTable, assignment: Assignment, named: Mapping[str, str] | None = None, student: str | None = None
) -> Columns:
    """What each column is: by the map, else by its header.

    Raises UsageError for a repeated part, a table without a column for students, or a map with unknown names.
    """
    parts = {
        f"{question.id}.{name}": (question.id, name) for question in assignment.questions for name in question.parts
    }
    targets = _targets(table, parts, named or {})
    if student is not None:
        place = table.place(student)
        targets = {index: target for index, target in targets.items() if target != STUDENT_COLUMN} | {
            place: STUDENT_COLUMN
        }
    _find_submitted(table, targets)
    candidates = Candidates(table.headers, table.rows, targets)
    if STUDENT_COLUMN not in targets.values():
        found = candidates.choose(table.name)
        if found is not None:
            targets[found] = STUDENT_COLUMN
    targets = {index: target for index, target in targets.items() if target}
    places = {target: index for index, target in targets.items()}
    twice = next((target for index, target in targets.items() if places[target] != index), None)
    if twice is not None:
        raise table.refused(sentence("two columns stand for {target}", target=shown(twice)))
    if STUDENT_COLUMN not in places:
        said = sentence(
            "no column for the student: name it with --student; the columns are {headers}",
            headers=listed(table.headers),
        )
        raise table.refused(said)
    asked = {index: parts[target] for index, target in sorted(targets.items()) if target in parts}
    if not asked:
        said = sentence(
            "no column is a part of {assignment}: expected headers such as {example}, or a map with --map",
            assignment=assignment.id,
            example=next(iter(parts)),
        )
        raise table.refused(said)
    unknown = tuple(header for index, header in enumerate(table.headers) if header and index not in targets)
    namesakes = candidates.namesakes(places[STUDENT_COLUMN])
    return Columns(places[STUDENT_COLUMN], places.get(SUBMITTED), asked, unknown, tuple(table.headers), namesakes)


def _targets(table: AnswerTable, parts: Mapping[str, Any], named: Mapping[str, str]) -> dict[int, str]:
    for header, target in named.items():
        table.place(header)
        if target and target not in parts and target not in (STUDENT_COLUMN, SUBMITTED):
            guess = nearest(target, parts)
            said = sentence(
                "{header} stands for {target}, which is not asked: did you mean {nearest}? asked: {allowed}",
                header=shown(header),
                target=shown(target),
                nearest=shown(guess or next(iter(parts))),
                allowed=listed(parts),
            )
            raise UsageError(said)
    known = {**{name: name for name in parts}, **named}
    return {index: known[header] for index, header in enumerate(table.headers) if header in known}


def _find_submitted(table: AnswerTable, targets: dict[int, str]) -> None:
    """Find the first column of times, in the order of the usual headers, if none was named."""
    if SUBMITTED in targets.values():
        return
    folded = [plain(header) for header in table.headers]
    free = [header for place, header in enumerate(folded) if place not in targets]
    found = next((header for header in SUBMITTED_HEADERS if header in free), None)
    if found is None:
        return
    if folded.count(found) > 1:
        raise table.refused(sentence("two columns stand for {target}", target=shown(SUBMITTED)))
    targets[folded.index(found)] = SUBMITTED


def planned(table: AnswerTable, found: Columns, assignment: Assignment) -> Iterator[Planned]:
    """A submission for every non-blank row; each is read back as `grader check` would read it."""
    taken: set[str] = set()
    texts: dict[tuple[str, str], int] = {}
    at = found.submitted
    times = [row[at] if at is not None and at < len(row) else "" for row in table.rows]
    for number, (row, time, moment) in enumerate(zip(table.rows, times, read_times(times), strict=True), start=2):
        if not row:
            continue
        cells = {index: cell.replace("\r\n", "\n").strip() for index, cell in enumerate(row)}
        student = cells.get(found.student, "")
        file = _free(slug(student), taken)
        text = refused = ""
        try:
            document = _document(cells, found, assignment, moment)
            text = tomli_w.dumps(document, multiline_strings=True)
            check_names(read_submission(text.encode(), file), assignment, file)
            if number in found.namesakes:
                raise StudentError(
                    sentence("another row has this name and another id: name the column of ids with --student")
                )
        except GraderError as problem:
            text, refused = "", str(problem.said)
        earlier = texts.setdefault((student, text), number)
        if earlier != number and text:
            yield Planned(number, student, file, repeats=earlier)
            continue
        taken.add(file)
        answered = sum(bool(cells.get(index)) for index in found.parts)
        yield Planned(number, student, file, text, answered, refused, untimed=time.strip() if moment is None else "")


def _free(name: str, taken: set[str]) -> str:
    """A file name that no other row has: a student's second file gets a number."""
    file, number = f"{name}.toml", 1
    while file in taken:
        number += 1
        file = f"{name}-{number}.toml"
    return file


def _document(
    cells: Mapping[int, str], found: Columns, assignment: Assignment, moment: datetime | None
) -> dict[str, Any]:
    """The submission in a row.

    Raises StudentError if it names no student, or has more cells than the table has headers.
    """
    student = cells.get(found.student, "")
    if not student or is_nobody(student):
        raise StudentError(sentence("no student"))
    if unnamed(student):
        raise StudentError(nobody())
    if any(cell for index, cell in cells.items() if index >= len(found.headers)):
        raise StudentError(sentence("more cells than headers"))
    answers: dict[str, dict[str, str]] = {}
    for index, (question, part) in found.parts.items():
        if cells.get(index):
            answers.setdefault(question, {})[part] = cells[index]
    submitted = {} if moment is None else {SUBMITTED: moment}
    return {"assignment": assignment.id, "student": student, **submitted, "answers": answers}


def write(plans: list[Planned], out: Path, overwrite: bool) -> tuple[int, int]:
    """Write the submissions; return how many were written, and how many already existed unchanged.

    Raises UsageError, and writes nothing, where a file with other content would be lost.
    """
    wanted = [plan for plan in plans if not plan.refused and not plan.repeats]
    same = {plan.file for plan in wanted if _content(out / plan.file) == plan.text.encode()}
    others = [plan.file for plan in wanted if plan.file not in same and (out / plan.file).exists()]
    if others and not overwrite:
        said: Sentence = sentence(
            "files with other content are in {out} ({count}): {files}; nothing was written (see --overwrite)",
            count=len(others),
            out=shown(str(out)),
            files=listed(others),
        )
        raise UsageError(said)
    for plan in wanted:
        if plan.file not in same:
            write_whole(out / plan.file, [plan.text])
    return len(wanted) - len(same), len(same)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
