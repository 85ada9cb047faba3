"""Applying changed files of an assignment, key or policy: what would move is shown first, and moves once confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection

from grader.errors import AuthorError
from grader.gradebook.database.moves import changed_causes, differences
from grader.gradebook.database.schema import PartLine, SubmissionRow
from grader.gradebook.run.course import Course
from grader.homework.checks import plain
from grader.homework.files import ASSIGNMENT_FILE
from grader.messages import Sentence, sentence
from grader.service.course.assignments import Rules, apply, outdated, same_marks
from grader.service.course.deductions import recompute
from grader.service.course.finals import ATTEMPT, DEDUCTION, Final, Visible, finals, visible
from grader.service.course.hand_in import SUBMISSION_FILE
from grader.service.course.refusals import MissingError, OvertakenError
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store import submissions
from grader.service.store.audit import note
from grader.service.store.marks import person_marks
from grader.service.store.submissions import Marked
from grader.service.store.tables import moves

NewRows = dict[int, tuple[tuple[str, str], SubmissionRow]]
"""For hand-ins, the causes of their marks, the files they were marked with, and their new rows."""


class MarkMove(NamedTuple):
    """The mark of a part before and after, and why it moves."""

    submission: int
    student: str
    attempt: int
    part: str
    before: str
    after: str
    why: str


class Moves(NamedTuple):
    """Everything that moves: marks of parts, the final scores that follow, and what students see of their hand-ins."""

    moved: list[MarkMove]
    finals: list[Final]
    visible: Visible

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Moves:
        """From the fields as JSON; what earlier versions did not store is empty."""
        moved, finals = stored.get("moved", ()), stored.get("finals", ())
        return cls(
            [MarkMove(*one) for one in moved], [Final(*one) for one in finals], Visible(*stored.get("visible", ()))
        )

    def document(self) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "moved": [one._asdict() for one in self.moved],
            "finals": [one._asdict() for one in self.finals],
            "visible": self.visible._asdict(),
        }


def waiting(service: Service) -> list[str]:
    """The assignments whose files differ from what was applied. Runs in the service's thread."""
    service.look()
    return outdated(service.applied, service.found)


def waits(service: Service, assignment: str) -> bool:
    """Whether changed files of an assignment wait to be applied, as far as known; in any thread."""
    return assignment in outdated(service.applied, service.found)


def unusable(service: Service) -> dict[str, Sentence]:
    """The assignments that cannot be used, in their files or as applied, with the reason; in the service's thread."""
    service.look()
    return known_unusable(service)


def known_unusable(service: Service) -> dict[str, Sentence]:
    """Like `unusable`, as far as known; in any thread."""
    applied, found = service.applied.course.assignments, service.found.assignments
    gone = {id: _gone(id) for id in applied if id not in found}
    broken = {id: sentence("{reason}", reason=one.broken) for id, one in found.items() if one.broken is not None}
    unsolved = {
        id: sentence("what is applied cannot be used any more: {reason}", reason=reason)
        for id, reason in service.unsolved.items()
    }
    return unsolved | gone | broken


def _gone(id: str) -> Sentence:
    return sentence("{file}: no such file", file=f"{id}/{ASSIGNMENT_FILE}")


def state_of(service: Service, assignment: str) -> str:
    """A digest of the assignment's files and of what is applied, on both of which the moves depend."""
    beside = service.applied.beside(service.found, assignment)
    return hashlib.sha256(repr(beside).encode()).hexdigest()[:16]


def moved(
    service: Service, assignment: str, advance: Callable[[int, int], None] = lambda *_: None, size: int = 20
) -> tuple[Moves, NewRows]:
    """Everything that would move if the assignment's present files were applied; nothing changes.

    Runs outside the service's thread and marks a few hand-ins at a time, so that other requests are served in between.
    `advance` is called with the numbers done and in total. The new rows are returned, to be applied.

    Raises MissingError if there is no such assignment, AuthorError if its files are missing or broken, or if a person
    gave more than a part would be worth.
    """
    wanted = service.work.submit(_wanted, service, assignment).result()
    with service.store.reading() as base:
        ids = sorted(submissions.versions(base, assignment)) if wanted.marks else []
    parts: list[MarkMove] = []
    rows: NewRows = {}
    for start in range(0, len(ids), size):
        advance(start, len(ids))
        own, some = service.work.submit(_piece, service, assignment, wanted, ids[start : start + size]).result()
        parts += own
        rows |= some
    advance(len(ids), len(ids))
    check_given(row for _, row in rows.values())
    with service.store.reading() as base:
        return _moves(base, service, assignment, wanted, parts, {id: row for id, (_, row) in rows.items()}), rows


def _moves(
    base: Connection,
    service: Service,
    assignment: str,
    wanted: _Wanted,
    parts: list[MarkMove],
    rows: Mapping[int, SubmissionRow],
) -> Moves:
    """The moves of parts in order, with what follows from them and from the rules."""
    following = sorted(finals(base, assignment, wanted.rules, rows), key=lambda one: (one.student, one.attempt))
    seen = visible(base, assignment, wanted.rules, service.now())
    return Moves(sorted(parts, key=lambda one: (one.student, one.attempt)), following, seen)


def rules_of(service: Service, assignment: str) -> dict[str, list[str]]:
    """The rules of the policy that differ between what is applied and the files, before and after, by name."""
    found = service.found.assignments.get(assignment)
    return {} if found is None or found.broken is not None else Rules.of(service.applied, found).changes()


def _piece(service: Service, assignment: str, wanted: _Wanted, ids: list[int]) -> tuple[list[MarkMove], NewRows]:
    found: list[MarkMove] = []
    rows: NewRows = {}
    with service.store.reading() as base:
        for one, row in _again(service, base, assignment, wanted, ids):
            found += _differences(one, row)
            rows[one.hand_in.id] = ((one.row.causes, wanted.course.digest), row)
    return found, rows


def apply_files(
    service: Service, who: Who, assignment: str, shown: str | None = None, known: NewRows | None = None
) -> Moves:
    """Apply the assignment's present files and move what follows from them; return what moved.

    `shown` is the state whose moves were shown. `known` are rows computed before, which are reused if nothing that they
    depend on has changed. Runs in the service's thread, as one transaction. Raises as `moved`, and OvertakenError if
    the files have changed since they were shown.
    """
    _wanted(service, assignment)
    if shown is not None and shown != state_of(service, assignment):
        raise OvertakenError(sentence("the files changed since these moves were shown: look again"))
    now = service.now()
    with service.marking(assignment) as base:
        wanted = _Wanted.of(service, assignment)
        again = list(_again(service, base, assignment, wanted, known=known))
        check_given(row for _, row in again)
        parts = [move for one, row in again for move in _differences(one, row)]
        made = _moves(base, service, assignment, wanted, parts, {one.hand_in.id: row for one, row in again})
        for one, row in again:
            if not submissions.same(row, one.row):
                submissions.remark(base, one.hand_in.id, row, one.version)
        for note_of_move in _notes(made):
            base.execute(moves.insert().values(moved=now, **note_of_move))
        apply(base, service.found.assignments[assignment], now)
        changed = recompute(base, assignment, wanted.rules.after)
        counted = {"moved": len(made.moved), "finals": len(made.finals), "deductions": changed}
        note(base, now, who.name, "applied", assignment, **counted, **wanted.rules.noted())
    service.look()
    return made


def _notes(made: Moves) -> Iterator[dict[str, Any]]:
    """The moves that students are told of: each part, and a final score that moves for more than its parts.

    A final score is noted at the hand-in that it is of, without a part.
    """
    for move in made.moved:
        yield {name: getattr(move, name) for name in ("submission", "part", "before", "after", "why")}
    for final in made.finals:
        if {ATTEMPT, DEDUCTION} & set(final.causes):
            told = {name: getattr(final, name) for name in ("submission", "before", "after", "why")}
            yield {"part": "", **told}


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


class _Wanted(NamedTuple):
    """What is to be applied: the course in the files, the rules before and after, and whether marks depend on it."""

    course: Course
    rules: Rules
    marks: bool

    @classmethod
    def of(cls, service: Service, assignment: str) -> _Wanted:
        found = service.found.assignments[assignment]
        return cls(service.found, Rules.of(service.applied, found), not same_marks(service.applied, found))


def _wanted(service: Service, assignment: str) -> _Wanted:
    service.look()
    found = service.found
    if assignment not in found.assignments:
        raise AuthorError(_gone(assignment)) if assignment in service.applied.course.assignments else MissingError
    found.assignments[assignment].marker()  # raises here if it is broken
    return _Wanted.of(service, assignment)


def _again(
    service: Service,
    base: Connection,
    assignment: str,
    wanted: _Wanted,
    ids: list[int] | None = None,
    known: NewRows | None = None,
) -> Iterator[tuple[Marked, SubmissionRow]]:
    """The hand-ins to an assignment, or some of them, each with its new row; none if no mark depends on the change."""
    if not wanted.marks:
        return
    for one in submissions.of_assignment(base, assignment, ids):
        before, row = (known or {}).get(one.hand_in.id, (None, one.row))
        if before != (one.row.causes, wanted.course.digest):
            people = tuple(person_marks(base, assignment, one.hand_in.student))
            data = submissions.data_of(base, one.hand_in.id)
            row = service.marked(assignment, SUBMISSION_FILE, data, people, wanted.course)
        yield one, row


def _differences(one: Marked, row: SubmissionRow) -> list[MarkMove]:
    """The parts of a hand-in whose marks differ between two rows."""
    why = changed_causes(one.row.causes, row.causes)
    id, student, attempt = one.hand_in.id, one.hand_in.student, one.hand_in.attempt
    return [MarkMove(id, student, attempt, *moved, why) for moved in differences(one.row.marks, row.marks)]
