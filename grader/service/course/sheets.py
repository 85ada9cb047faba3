"""A student's sheet: the form of the variant, what was typed so far, and what the student may do now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from grader.errors import StudentError
from grader.homework import policy
from grader.homework.assignment import Assignment
from grader.homework.policy import NO_EXTENSION, Standing
from grader.messages import Sentence
from grader.service.course.counting import final_score
from grader.service.course.deductions import extension_of, said_of_team
from grader.service.course.policies import best_so_far, sees_feedback
from grader.service.course.refusals import DeniedError, MissingError
from grader.service.course.service import Service
from grader.service.course.terms import terms
from grader.service.course.unsent import differs, unsent
from grader.service.forms.fields import Form, Written
from grader.service.forms.typed import normalised, submission_bytes, typed_of
from grader.service.store import drafts, submissions
from grader.service.store.people import Person
from grader.service.store.submissions import Marked


class StudentSheet(NamedTuple):
    """An assignment as one student answers it."""

    assignment: Assignment
    form: Form
    standing: Standing
    written: dict[str, Written]
    attempts: list[Marked]
    terms: tuple[Sentence, ...]
    handed_in: dict[str, str]
    """The texts of the last attempt."""
    said_of_team: Sentence | None
    """Why the student's team cannot hand in."""

    @property
    def attempt(self) -> int:
        """The number of the last attempt; 0 for none."""
        return self.attempts[-1].hand_in.attempt if self.attempts else 0

    @property
    def without_field(self) -> dict[str, str]:
        """Drafts of parts that the assignment no longer has."""
        drafted = ((name, one.text) for name, one in self.written.items() if one.saved is not None)
        return self.form.without_field(drafted)


class Overview(NamedTuple):
    """An assignment in a student's list; `counts` is None if nothing was handed in or marks are not shown yet."""

    assignment: Assignment
    standing: Standing
    attempts: list[Marked]
    sees_marks: bool
    counts: Marked | None
    has_draft: bool


def student_sheet(service: Service, person: Person, assignment: str, form: Form) -> StudentSheet:
    """The sheet of a student, filled in with the last hand-in and the fields saved since."""
    known = _assignment(service, assignment)
    with service.store.reading() as base:
        saved = drafts.of_person(base, person.id, assignment)
        attempts = submissions.of_student(base, person.student, assignment)
        extension = extension_of(base, assignment, known.policy, person.student)
        before = submissions.data_of(base, attempts[-1].hand_in.id) if attempts else None
        team = said_of_team(base, assignment, known.policy, extension, person.student)
    standing = policy.standing(known.policy, extension, service.now(), submissions.used(attempts))
    rules = tuple(terms(known.policy, extension))
    handed_in: dict[str, str] = {}
    if before is not None:
        specs = {(name.partition(".")[0], name.partition(".")[2]): part.spec for name, part in form.parts.items()}
        typed = typed_of(before, specs)
        handed_in = {f"{question}.{part}": text for question, parts in typed.items() for part, text in parts.items()}
    written = {part: Written(text) for part, text in handed_in.items()}
    written |= {part: Written(one.written, one.revision, one.saved, asked=one.asked) for part, one in saved.items()}
    return StudentSheet(known, form, standing, written, attempts, rules, handed_in, team)


def elsewhere_since(
    sheet: StudentSheet, texts: Mapping[str, str], revisions: Mapping[str, int], attempts: Mapping[str, int]
) -> dict[str, str]:
    """What another page saved or handed in since, where this page has a different text, so that neither is lost unseen.

    `revisions` and `attempts` are what this page has seen of each field: what was saved, and the last attempt; that of
    the name "" holds for all other fields.
    """
    found = {}
    for name, text in texts.items():
        saved, seen = sheet.written.get(name, Written()), revisions.get(name, 0)
        if saved.revision != seen and (saved.revision or sheet.attempts) and differs(text, normalised(saved.text)):
            found[name] = saved.text
        elif (attempts.get(name, attempts.get("", sheet.attempt)) != sheet.attempt) and differs(
            text, handed_in := normalised(sheet.handed_in.get(name, ""))
        ):
            found[name] = handed_in
    return found


def check_opened(service: Service, assignment: str) -> None:
    """Check that students may see what an assignment asks.

    Raises MissingError for an unknown assignment, DeniedError before it opens.
    """
    # An extension does not open an assignment earlier, and before that there are no attempts.
    standing = policy.standing(_assignment(service, assignment).policy, NO_EXTENSION, service.now(), 0)
    if standing.access == "not_yet" and standing.said is not None:
        raise DeniedError(standing.said)


def overview_of(service: Service, person: Person) -> list[Overview]:
    """All assignments of a student, ordered by due date."""
    found = []
    for id, assignment in service.assignments().items():
        with service.store.reading() as base:
            attempts = submissions.of_student(base, person.student, id)
            extension = extension_of(base, id, assignment.policy, person.student)
            sees = sees_feedback(service, base, id, person.student)
            drafted = _has_draft(service, base, person, id, attempts)
        standing = policy.standing(assignment.policy, extension, service.now(), submissions.used(attempts))
        counts = best_so_far(service, id, attempts) if sees else None
        found.append(Overview(assignment, standing, attempts, sees, counts, drafted))
    return sorted(found, key=_place)


def _has_draft(service: Service, base: Connection, person: Person, assignment: str, attempts: list[Marked]) -> bool:
    """Whether something is saved that differs from the last hand-in."""
    saved = drafts.of_person(base, person.id, assignment)
    if not saved:
        return False
    previewer = service.previewer(assignment)
    specs = {} if previewer is None else previewer.specs
    try:
        data = submissions.data_of(base, attempts[-1].hand_in.id) if attempts else None
        handed_in = {} if data is None else typed_of(data, specs, only=saved)
    except StudentError:  # this version does not read the file any more
        return True
    return bool(unsent(saved, handed_in))


def _place(one: Overview) -> tuple[bool, bool, str, str]:
    due = one.standing.due
    return (not one.standing.accepts, due is None, "" if due is None else due.isoformat(), one.assignment.id)


def as_file(
    form: Form, person: Person, assignment: str, answers: Mapping[str, Mapping[str, str]], received: datetime
) -> bytes:
    """What was typed as the file to hand in: only answered parts, with the variant if there is one."""
    kept = {
        question: {part: text for part, text in parts.items() if text.strip()} for question, parts in answers.items()
    }
    answered = {question: parts for question, parts in kept.items() if parts}
    now = received.replace(microsecond=0)
    return submission_bytes(assignment, person.student, now, answered, form.sheet.variant)


def points(one: Marked) -> tuple[str, str]:
    """The points of a hand-in after its late deduction, out of the maximum."""
    return f"{final_score(one):f}", one.row.max_score


def _assignment(service: Service, id: str) -> Assignment:
    found = service.assignments().get(id)
    if found is None:
        raise MissingError
    return found
