"""Late deductions of hand-ins, recomputed when the policy or an extension changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, bindparam, select, update

from grader.homework import policy
from grader.homework.policy import Extension, Policy
from grader.messages import Sentence, sentence
from grader.messages.names import listed
from grader.service.store.submissions import past
from grader.service.store.tables import extensions, results, submissions
from grader.service.store.teams import all_teams, team_of

_EXTENSIONS = select(extensions.c.due, extensions.c.attempts).where(
    extensions.c.assignment == bindparam("assignment"),
    extensions.c.student.in_(bindparam("students", expanding=True)),
)

_JUDGED = (submissions.c.id, submissions.c.student, submissions.c.judged, submissions.c.deduction)


def together(base: Connection, assignment: str, rules: Policy, student: str) -> list[str]:
    """The students who hand in together, including this one: the team, if the assignment has teams."""
    return team_of(base, assignment, student) if rules.teams else [student]


def extension_of(base: Connection, assignment: str, rules: Policy, student: str) -> Extension:
    """A student's extension; in a team, the latest due date and the most attempts of any member."""
    students = together(base, assignment, rules, student)
    found = base.execute(_EXTENSIONS, {"assignment": assignment, "students": students}).all()
    dues = [one.due for one in found if one.due is not None]
    return Extension(max(dues, default=None), max((one.attempts for one in found), default=0))


def all_extensions(base: Connection, assignment: str, rules: Policy, students: Collection[str]) -> dict[str, Extension]:
    """The extension of each student, as `extension_of` finds them one by one."""
    wanted = select(extensions.c.student, extensions.c.due, extensions.c.attempts)
    given = {one.student: one for one in base.execute(wanted.where(extensions.c.assignment == assignment))}
    teams = all_teams(base, assignment) if rules.teams and given else {}
    found: dict[str, Extension] = {}
    for student in students:
        own = [given[one] for one in teams.get(student, {student}) if one in given]
        dues = [one.due for one in own if one.due is not None]
        found[student] = Extension(max(dues, default=None), max((one.attempts for one in own), default=0))
    return found


def said_of_team(
    base: Connection, assignment: str, rules: Policy, extension: Extension, student: str
) -> Sentence | None:
    """Why a team cannot hand in: members who have no attempt left, as every member gets the same attempt.

    `extension` is the team's, see `extension_of`.
    """
    allowed = policy.allowed_by(rules, extension)
    others = [one for one in together(base, assignment, rules, student) if one != student]
    if allowed is None:
        return None
    without = [one for one in others if past(base, assignment, one).used >= allowed]
    if not without:
        return None
    return sentence(
        "no attempt is left for {students}: a team hands in only if every member has one left",
        students=listed(without),
    )


def costs(rules: Policy, extension: Extension, judged: datetime | None) -> Decimal:
    """The share of its points that a hand-in loses; none if the time of handing in is unknown."""
    return Decimal(0) if judged is None else policy.deduction(rules, extension, judged)


def changed_deductions(
    base: Connection, assignment: str, rules: Policy, students: Collection[str] | None = None
) -> dict[int, Decimal]:
    """The late deductions by a policy that differ from the stored ones, by hand-in: of all students, or of some."""
    wanted = select(*_JUDGED).where(submissions.c.assignment == assignment)
    if students is not None:
        wanted = wanted.where(submissions.c.student.in_(students))
    found = base.execute(wanted).all()
    known = all_extensions(base, assignment, rules, {one.student for one in found})
    now = {one.id: costs(rules, known[one.student], one.judged) for one in found}
    return {one.id: now[one.id] for one in found if now[one.id] != Decimal(one.deduction)}


def recompute(base: Connection, assignment: str, rules: Policy, students: Collection[str] | None = None) -> int:
    """Recompute the late deductions of all hand-ins to an assignment, or of some students; return how many changed."""
    changed = changed_deductions(base, assignment, rules, students)
    for id, now in changed.items():
        base.execute(update(submissions).where(submissions.c.id == id).values(deduction=f"{now:f}"))
        # Caches of the hand-ins that count reload a student whose version has changed.
        base.execute(update(results).where(results.c.submission == id).values(version=results.c.version + 1))
    return len(changed)
