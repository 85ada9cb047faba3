"""Extensions: more time or more attempts for one student."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from grader.errors import StudentError
from grader.homework.dates import moment
from grader.homework.policy import Extension, Policy
from grader.homework.readers import RefusedError
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.course.deductions import recompute, together
from grader.service.course.policies import policy_of
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store.audit import note
from grader.service.store.tables import extensions

MOST_ATTEMPTS = 100
"""The most extra attempts for a student."""
LONGEST_REASON = 1_000
"""The most characters of the reason."""


class GrantedExtension(NamedTuple):
    """An extension with its reason."""

    extension: Extension
    why: str


def granted_extension(base: Connection, assignment: str, student: str) -> GrantedExtension | None:
    """The extension of a student; None if there is none."""
    where = (extensions.c.assignment == assignment, extensions.c.student == student)
    columns = (extensions.c.due, extensions.c.attempts, extensions.c.why)
    found = base.execute(select(*columns).where(*where)).one_or_none()
    return None if found is None else GrantedExtension(Extension(found.due, found.attempts), found.why)


def typed(rules: Policy, due: str, attempts: str) -> Extension:
    """Parse an extension as typed: a time, with an offset or in the assignment's time zone, and a number.

    Raises StudentError for invalid input.
    """
    number = attempts.strip() or "0"
    if not (number.isdecimal() and len(number) <= 3 and int(number) <= MOST_ATTEMPTS):
        said = sentence(
            "expected attempts from 0 to {most}, received {received}", most=MOST_ATTEMPTS, received=shown(attempts)
        )
        raise StudentError(said)
    if not due.strip():
        return Extension(None, int(number))
    digits = "".join(str(int(char)) if char.isdecimal() else char for char in due.strip())
    try:
        if _is_date(digits):
            raise ValueError  # it would mean the beginning of the day, and the student would lose the day
        written = datetime.fromisoformat(digits)
        if written.tzinfo is None and rules.zone is None:
            written = written.replace(tzinfo=rules.clock(datetime.now(UTC)).tzinfo)
        return Extension(moment(written, rules.zone), int(number))
    except RefusedError as problem:
        raise StudentError(problem.said) from None
    except ValueError:
        said = sentence(
            "expected a date and time such as 2026-03-01T23:59, received {received}", received=shown(due.strip())
        )
        raise StudentError(said) from None


def written(rules: Policy, due: datetime) -> str:
    """A due time as people type it: as `typed` reads it back, with its offset where a local time would mean another."""
    local = rules.clock(due)
    text = local.strftime("%Y-%m-%dT%H:%M")
    try:
        if typed(rules, text, "").due == due:
            return text
    except StudentError:  # a local time that comes twice
        pass
    return local.isoformat(timespec="seconds")


def _is_date(text: str) -> bool:
    """Whether a text is a date without a time."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def extend(service: Service, who: Who, assignment: str, student: str, wanted: GrantedExtension) -> None:
    """Replace a student's extension, or remove it.

    Late deductions of the student's or the team's hand-ins are recomputed. Runs in the service's thread.
    """
    now = service.now()
    with service.marking(assignment) as base:
        key = (extensions.c.assignment == assignment, extensions.c.student == student)
        base.execute(delete(extensions).where(*key))
        due, attempts = wanted.extension
        if due is not None or attempts:
            values = {"due": due, "attempts": attempts, "why": wanted.why}
            base.execute(extensions.insert().values(assignment=assignment, student=student, **values))
        rules = policy_of(service, assignment)
        recompute(base, assignment, rules, together(base, assignment, rules, student))
        note(base, now, who.name, "extended", assignment, student=student, due=due, attempts=attempts)
