"""What applying an assignment does to final scores of existing hand-ins, and to what students see of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection

from grader.gradebook.database.moves import changed_causes
from grader.gradebook.database.schema import SubmissionRow
from grader.homework.checks import plain
from grader.homework.policy import Policy, due_of, feedback_visible
from grader.service.course.assignments import Rules
from grader.service.course.counting import counting_by, final_score
from grader.service.course.deductions import all_extensions, changed_deductions
from grader.service.store import submissions
from grader.service.store.releases import is_released
from grader.service.store.submissions import Marked

ATTEMPT, DEDUCTION = "attempt", "deduction"
"""Why a final score moves, besides the causes of marks: another attempt counts, or lateness costs something else."""


class Final(NamedTuple):
    """A final score before and after, and why it moves.

    It is the student's final score, unless `counts` is false: then it is that of an attempt that does not count, whose
    late deduction changes.
    """

    submission: int
    student: str
    attempt: int
    counts: bool
    attempt_before: int
    """The attempt that counted before."""
    before: str
    after: str
    deduction_before: str
    deduction_after: str
    """The share of the points that was lost for lateness, and that is lost."""
    why: str

    @property
    def causes(self) -> list[str]:
        """Why it moves, one by one."""
        return self.why.split(", ")


class Visible(NamedTuple):
    """How many students see something else of what they handed in."""

    shown: int = 0
    """To so many students feedback becomes visible."""
    hidden: int = 0
    """From so many students feedback is hidden."""
    answers: int = 0
    """So many students see feedback that shows right answers otherwise, by `reveal`."""


def finals(
    base: Connection, assignment: str, rules: Rules, rows: Mapping[int, SubmissionRow] | None = None
) -> Iterator[Final]:
    """The final scores that move under other rules, and with the new rows of hand-ins, by student."""
    costs = changed_deductions(base, assignment, rules.after)
    for _, own in groupby(submissions.scores(base, assignment), lambda one: one.hand_in.student):
        before = list(own)
        yield from _of_student(before, [_after(one, rows or {}, costs) for one in before], rules)


def _after(one: Marked, rows: Mapping[int, SubmissionRow], costs: Mapping[int, Decimal]) -> Marked:
    """A hand-in with its new row and its new deduction, if it gets any."""
    id = one.hand_in.id
    hand_in = one.hand_in._replace(deduction=f"{costs[id]:f}") if id in costs else one.hand_in
    return Marked(hand_in, rows.get(id, one.row), one.version)


def _of_student(before: Sequence[Marked], after: Sequence[Marked], rules: Rules) -> Iterator[Final]:
    old, new = counting_by(rules.before.best, before), counting_by(rules.after.best, after)
    for was, now in zip(before, after, strict=True):
        if now is new and old is not None:
            if (old is not was) or _score(was) != _score(now) or _deduction(was) != _deduction(now):
                yield _final(old, was, now, counts=True)
        elif _deduction(was) != _deduction(now):
            yield _final(was, was, now, counts=False)


def _final(old: Marked, was: Marked, now: Marked, *, counts: bool) -> Final:
    """A move from the score of `old` to that of `now`, which was `was` before."""
    moved = (was.row.score, was.row.max_score) != (now.row.score, now.row.max_score)
    why = [changed_causes(was.row.causes, now.row.causes)] if moved else []
    why += [ATTEMPT] if old is not was else []
    why += [DEDUCTION] if _deduction(was) != _deduction(now) else []
    one = now.hand_in
    deductions = (_deduction(old), _deduction(now))
    scores = (_score(old), _score(now))
    return Final(one.id, one.student, one.attempt, counts, old.hand_in.attempt, *scores, *deductions, ", ".join(why))


def _score(one: Marked) -> str:
    """`14.5/20`; `-` without marks."""
    return f"{plain(final_score(one))}/{plain(Decimal(one.row.max_score))}" if one.row.marks else "-"


def _deduction(one: Marked) -> str:
    return plain(Decimal(one.hand_in.deduction))


def visible(base: Connection, assignment: str, rules: Rules, now: datetime) -> Visible:
    """How many of the students with hand-ins see something else of them under other rules, at this moment."""
    students = {student for _, student in submissions.state(base, assignment).values()}
    before = _seeing(base, assignment, rules.before, students, now)
    after = _seeing(base, assignment, rules.after, students, now)
    answers = len(after) if rules.before.reveal != rules.after.reveal else 0
    return Visible(len(after - before), len(before - after), answers)


def _seeing(base: Connection, assignment: str, rules: Policy, students: Collection[str], now: datetime) -> set[str]:
    """The students who see their marks."""
    released, given = is_released(base, assignment), all_extensions(base, assignment, rules, students)
    return {one for one in students if feedback_visible(rules, due_of(rules, given[one]), released, now)}


def has_effects(base: Connection, assignment: str, rules: Rules, now: datetime) -> bool:
    """Whether other rules would move a final score or a deduction, or change what students see of their hand-ins."""
    return any(visible(base, assignment, rules, now)) or any(True for _ in finals(base, assignment, rules))
