"""A key is fixed: what would move is shown first, and moves when somebody says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from grader.gradebook.database.moves import changed_causes, differences
from grader.gradebook.database.schema import SubmissionRow
from grader.gradebook.run.course import Course
from grader.service.course.assignments import apply, outdated
from grader.service.course.hand_in import FILE
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store import submissions
from grader.service.store.audit import note
from grader.service.store.marks import person_marks
from grader.service.store.submissions import Marked
from grader.service.store.tables import moves


class Move(NamedTuple):
    """A part's mark before and after, and why it moves."""

    submission: int
    student: str
    attempt: int
    part: str
    before: str
    after: str
    why: str


def waiting(service: Service) -> list[str]:
    """The assignments whose files are no longer what was applied; it runs in the service's thread."""
    service.look()
    return outdated(service.applied, service.found)


def moved(service: Service, assignment: str) -> list[Move]:
    """Every mark that would move if the assignment were applied as its files are now; nothing changes.

    It runs in the service's thread. Raises MissingError for an assignment without files, AuthorError for a broken one.
    """
    found = _found(service, assignment)
    with service.store.reading() as base:
        return [move for one, row in _again(service, base, assignment, found) for move in _differences(one, row)]


def apply_files(service: Service, who: Who, assignment: str) -> list[Move]:
    """Apply the assignment as its files are now, and move the marks; what moved.

    It runs in the service's thread, and all of it is one transaction. Raises as `moved`.
    """
    found = _found(service, assignment)
    made: list[Move] = []
    now = service.now()
    with service.marking(assignment) as base:
        for one, row in list(_again(service, base, assignment, found)):
            own = _differences(one, row)
            made += own
            submissions.remark(base, one.hand_in.id, row, one.version)
            for move in own:
                values = {"before": move.before, "after": move.after, "why": move.why, "part": move.part}
                base.execute(moves.insert().values(submission=one.hand_in.id, moved=now, **values))
        apply(base, found.assignments[assignment], now)
        note(base, now, who.name, "applied", assignment, moved=len(made))
    service.look()
    return made


def _found(service: Service, assignment: str) -> Course:
    service.look()
    found = service.found
    if assignment not in found.assignments:
        raise MissingError
    found.assignments[assignment].marker()  # where it is broken, that is said here
    return found


def _again(
    service: Service, base: Connection, assignment: str, course: Course
) -> Iterator[tuple[Marked, SubmissionRow]]:
    """Every hand-in with the row that it would have."""
    for one in submissions.of_assignment(base, assignment):
        people = tuple(person_marks(base, assignment, one.hand_in.student))
        yield one, service.marked(assignment, FILE, submissions.data_of(base, one.hand_in.id), people, course)


def _differences(one: Marked, row: SubmissionRow) -> list[Move]:
    """The parts of a hand-in whose marks differ."""
    why = changed_causes(one.row.causes, row.causes)
    id, student, attempt = one.hand_in.id, one.hand_in.student, one.hand_in.attempt
    return [Move(id, student, attempt, *moved, why) for moved in differences(one.row.marks, row.marks)]
