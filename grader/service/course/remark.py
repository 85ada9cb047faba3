"""Re-marking after a key was fixed: the moves of marks are shown first, and applied once confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from grader.errors import AuthorError
from grader.gradebook.database.moves import changed_causes, differences
from grader.gradebook.database.schema import PartLine, SubmissionRow
from grader.gradebook.run.course import Course
from grader.homework.checks import plain
from grader.homework.files import ASSIGNMENT_FILE
from grader.messages import Sentence, sentence
from grader.service.course.assignments import apply, document, outdated, policy_changes
from grader.service.course.deductions import recompute
from grader.service.course.hand_in import FILE
from grader.service.course.refusals import MissingError, OvertakenError
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store import submissions
from grader.service.store.audit import note
from grader.service.store.marks import person_marks
from grader.service.store.submissions import Marked
from grader.service.store.tables import moves

Marks = dict[int, tuple[tuple[str, str], SubmissionRow]]
"""For hand-ins, the causes of their marks, the files they were marked with, and their new rows."""


class Move(NamedTuple):
    """The mark of a part before and after, and why it moves."""

    submission: int
    student: str
    attempt: int
    part: str
    before: str
    after: str
    why: str


def waiting(service: Service) -> list[str]:
    """The assignments whose files differ from what was applied. Runs in the service's thread."""
    service.look()
    return outdated(service.applied, service.found)


def unusable(service: Service) -> dict[str, Sentence]:
    """The assignments that cannot be used, in their files or as applied, with the reason; in the service's thread."""
    service.look()
    gone = {id: _gone(id) for id in service.applied.course.assignments if id not in service.found.assignments}
    broken = {id: one.broken for id, one in service.found.assignments.items() if one.broken is not None}
    unsolved = {
        id: sentence("what is applied cannot be used any more: {reason}", reason=reason)
        for id, reason in service.unsolved.items()
    }
    return unsolved | gone | {id: sentence("{reason}", reason=reason) for id, reason in broken.items()}


def _gone(id: str) -> Sentence:
    return sentence("{file}: no such file", file=f"{id}/{ASSIGNMENT_FILE}")


def state_of(service: Service, assignment: str) -> str:
    """A digest of the assignment's files and of what is applied, on both of which the moves depend."""
    pair = (service.applied.course.assignments.get(assignment), service.found.assignments.get(assignment))
    return hashlib.sha256(repr(pair).encode()).hexdigest()[:16]


def moved(
    service: Service, assignment: str, advance: Callable[[int, int], None] = lambda *_: None, size: int = 20
) -> tuple[list[Move], Marks]:
    """Every mark that would move if the assignment's present files were applied; nothing changes.

    Runs outside the service's thread and marks a few hand-ins at a time, so that other requests are served in between.
    `advance` is called with the numbers done and in total. The new rows are returned, to be applied.

    Raises MissingError if there is no such assignment, AuthorError if its files are missing or broken, or if a person
    gave more than a part would be worth.
    """
    course = service.work.submit(_found, service, assignment).result()
    with service.store.reading() as base:
        ids = sorted(submissions.versions(base, assignment))
    found: list[Move] = []
    rows: Marks = {}
    for start in range(0, len(ids), size):
        advance(start, len(ids))
        own, some = service.work.submit(_piece, service, assignment, course, ids[start : start + size]).result()
        found += own
        rows |= some
    advance(len(ids), len(ids))
    check_given(row for _, row in rows.values())
    return sorted(found, key=lambda one: (one.student, one.attempt)), rows


def _piece(service: Service, assignment: str, course: Course, ids: list[int]) -> tuple[list[Move], Marks]:
    found: list[Move] = []
    rows: Marks = {}
    with service.store.reading() as base:
        for one, row in _again(service, base, assignment, course, ids):
            found += _differences(one, row)
            rows[one.hand_in.id] = ((one.row.causes, course.digest), row)
    return found, rows


def apply_files(
    service: Service, who: Who, assignment: str, shown: str | None = None, known: Marks | None = None
) -> list[Move]:
    """Apply the assignment's present files and move the marks; return what moved.

    `shown` is the state whose moves were shown. `known` are rows computed before, which are reused if nothing that they
    depend on has changed. Runs in the service's thread, as one transaction. Raises as `moved`, and OvertakenError if
    the files have changed since they were shown.
    """
    found = _found(service, assignment)
    if shown is not None and shown != state_of(service, assignment):
        raise OvertakenError(sentence("the files changed since these moves were shown: look again"))
    made: list[Move] = []
    now = service.now()
    with service.marking(assignment) as base:
        again = list(_again(service, base, assignment, found, known=known))
        check_given(row for _, row in again)
        for one, row in again:
            own = _differences(one, row)
            made += own
            if not submissions.same(row, one.row):
                submissions.remark(base, one.hand_in.id, row, one.version)
            for move in own:
                values = {"before": move.before, "after": move.after, "why": move.why, "part": move.part}
                base.execute(moves.insert().values(submission=one.hand_in.id, moved=now, **values))
        policy = policy_changes(service.applied, found.assignments[assignment])
        apply(base, found.assignments[assignment], now)
        changed = recompute(base, assignment, document(found.assignments[assignment]).policy)
        note(base, now, who.name, "applied", assignment, moved=len(made), deductions=changed, **policy)
    service.look()
    return made


def check_given(rows: Iterable[SubmissionRow]) -> None:
    """Check that no mark by a person exceeds what its part is worth, as the files may have lowered points.

    Raises AuthorError for the first part with such a mark.
    """
    given: dict[tuple[str, str], dict[str, Decimal]] = {}
    for row in rows:
        for line in PartLine.read(row.marks):
            if line.given and (points := Decimal(line.given)) > Decimal(line.max_score):
                own = given.setdefault((line.name, line.max_score), {})
                own[row.student or ""] = max(points, own.get(row.student or "", points))
    for (part, most), students in given.items():
        raise AuthorError(
            sentence(
                "people gave {count:,} of the students up to {points} points for {part}, which is worth {most} in the "
                "files: correct the marks or the files",
                count=len(students),
                points=plain(max(students.values())),
                part=part,
                most=plain(Decimal(most)),
            )
        )


def _found(service: Service, assignment: str) -> Course:
    service.look()
    found = service.found
    if assignment not in found.assignments:
        raise AuthorError(_gone(assignment)) if assignment in service.applied.course.assignments else MissingError
    found.assignments[assignment].marker()  # raises here if it is broken
    return found


def _again(
    service: Service,
    base: Connection,
    assignment: str,
    course: Course,
    ids: list[int] | None = None,
    known: Marks | None = None,
) -> Iterator[tuple[Marked, SubmissionRow]]:
    """The hand-ins to an assignment, or some of them, each with its new row."""
    for one in submissions.of_assignment(base, assignment, ids):
        before, row = (known or {}).get(one.hand_in.id, (None, one.row))
        if before != (one.row.causes, course.digest):
            people = tuple(person_marks(base, assignment, one.hand_in.student))
            row = service.marked(assignment, FILE, submissions.data_of(base, one.hand_in.id), people, course)
        yield one, row


def _differences(one: Marked, row: SubmissionRow) -> list[Move]:
    """The parts of a hand-in whose marks differ between two rows."""
    why = changed_causes(one.row.causes, row.causes)
    id, student, attempt = one.hand_in.id, one.hand_in.student, one.hand_in.attempt
    return [Move(id, student, attempt, *moved, why) for moved in differences(one.row.marks, row.marks)]
