"""The scores that platforms should show: for each student who came from one, that of the hand-in that counts.

A platform shows no more than the policy shows the student: until marks may be shown, only that something was handed in.
Marks are sent when none of them waits for a person, or at once if lti.toml says `provisional`; they are those of the
feedback page, after late deductions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from grader.homework.assignment import Assignment
from grader.homework.policy import due_of, feedback_visible
from grader.service.course.counting import final_score
from grader.service.course.deductions import all_extensions
from grader.service.course.policies import best_so_far, counting, policy_of, sees_feedback
from grader.service.course.service import Service
from grader.service.lti.platforms import Platforms
from grader.service.lti.scores import COMPLETED, GRADED, PENDING, SUBMITTED, WAITS, Score
from grader.service.store import submissions
from grader.service.store.lti import Column, columns, want_score
from grader.service.store.releases import is_released
from grader.service.store.store import take_turns
from grader.service.store.submissions import Marked

AT_ONCE = 50
"""How many scores are examined in one transaction, so that a hand-in does not wait long for it."""
ColumnState = tuple[object, ...]
"""What a student's score depends on: while it is the same, so is the score."""


class Scores:
    """The scores sent to platforms, as far as this process knows; used by one thread."""

    def __init__(self, service: Service, platforms: Platforms) -> None:
        """Nothing is known yet: the first look examines everybody."""
        self.service = service
        self.platforms = platforms
        self._known: dict[Column, ColumnState] = {}

    def look(self, now: float) -> int:
        """Put the scores that changed since the last look into the outbox; return how many were examined."""
        with self.service.store.reading() as base:
            changed = [(column, state) for column, state in self._states(base) if self._known.get(column) != state]
        for start in range(0, len(changed), AT_ONCE):
            with self.service.store.writing() as base:
                self._known.update(self._wanted(base, changed[start : start + AT_ONCE], now))
        return len(changed)

    def _wanted(
        self, base: Connection, some: Sequence[tuple[Column, ColumnState]], now: float
    ) -> list[tuple[Column, ColumnState]]:
        """The columns among `some` whose scores are now in the outbox; the others will be examined again."""
        # Whatever is read from here on is newer than what other workers have put into the outbox; but if one of them
        # has applied another key or policy, this one does not know it yet.
        take_turns(base, "lti scores")
        applied = self.service.applied
        current = {id for id in {column.assignment for column, _ in some} if applied.is_current(base, id)}
        done = [(column, state) for column, state in some if column.assignment in current]
        for column, _ in done:
            self._want(base, column, now)
        return done

    def _states(self, base: Connection) -> Iterator[tuple[Column, ColumnState]]:
        by_assignment: dict[str, list[Column]] = defaultdict(list)
        for column in columns(base):
            by_assignment[column.assignment].append(column)
        for assignment, some in by_assignment.items():
            if assignment in self.service.assignments():
                yield from self._of_assignment(base, assignment, some)

    def _of_assignment(
        self, base: Connection, assignment: str, some: Sequence[Column]
    ) -> Iterator[tuple[Column, ColumnState]]:
        rules, now = policy_of(self.service, assignment), self.service.now()
        released = is_released(base, assignment)
        given = all_extensions(base, assignment, rules, {column.student for column in some})
        versions: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for id, (version, student) in submissions.state(base, assignment).items():
            versions[student].append((id, version))
        for column in some:
            if own := versions.get(column.student):
                due = due_of(rules, given[column.student])
                visible = feedback_visible(rules, due, released, now)
                yield column, (tuple(sorted(own)), visible, self.service.applied.digest)

    def _want(self, base: Connection, column: Column, now: float) -> None:
        own = submissions.of_student(base, column.student, column.assignment)
        visible = sees_feedback(self.service, base, column.assignment, column.student)
        platform = self.platforms.find(column.address.issuer, column.address.client_id)
        provisional = platform is not None and platform.provisional
        score = score_of(self.service, column.assignment, own, visible=visible, provisional=provisional)
        if score is not None:
            want_score(base, column.address, score, now)


def score_of(
    service: Service, assignment: str, own: Sequence[Marked], *, visible: bool, provisional: bool
) -> Score | None:
    """The score that a platform should show for a student; None if there is nothing to show."""
    one = counting(service, assignment, own)
    maximum = points_of(service.assignments()[assignment])
    if one is None or maximum <= 0:
        return None
    if not visible:
        return Score(None, maximum, SUBMITTED, PENDING)
    if one.row.status == "graded":
        return Score(final_score(one), maximum, COMPLETED, GRADED)
    if one.row.status == "needs_review" and provisional:
        best = best_so_far(service, assignment, own) or one
        return Score(final_score(best), maximum, SUBMITTED, WAITS)
    return Score(None, maximum, SUBMITTED, WAITS)


def points_of(assignment: Assignment) -> Decimal:
    """The points of all parts."""
    parts = (part for question in assignment.questions for part in question.parts.values())
    return sum((part.points for part in parts), Decimal())
