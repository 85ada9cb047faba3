"""The queue of a part: its answers that need a person, equal ones grouped, each group marked by one decision."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from grader.errors import StudentError, UsageError
from grader.gradebook.database import Database, PersonMark
from grader.gradebook.database.schema import WaitingAnswer
from grader.gradebook.review.apply import answer_digest, counting, submitted_answer
from grader.gradebook.review.checks import CHECKED_POINTS, plain_text, points_given, reading_given, words_given
from grader.gradebook.run.course import Course
from grader.homework.assignment import Part
from grader.messages import Sentence, sentence

VERSION = 16
"""The length of a version, and of a digest of what is asked, in characters."""
_COMMENTS = 30


class Decision(NamedTuple):
    """A person's decision: points or a reading, with a comment and the person's name."""

    points: str | None
    comment: str
    who: str
    reading: str


class Member(NamedTuple):
    """One student with the answer of the group; `mark` is a person's mark or draft for it."""

    answer: WaitingAnswer
    mark: PersonMark | None

    @property
    def marked(self) -> bool:
        """Whether a person has decided."""
        return self.mark is not None and self.mark.settles


class Group(NamedTuple):
    """Equal answers to a part, decided together."""

    key: str
    members: tuple[Member, ...]

    @property
    def first(self) -> WaitingAnswer:
        """The answer as its first student wrote it, with the automatic remark on it and the variant of them all."""
        return self.members[0].answer

    @property
    def decided(self) -> bool:
        """Whether each of its students has a mark."""
        return all(member.marked for member in self.members)

    @property
    def given(self) -> list[tuple[Decision, int]]:
        """The distinct marks of its students, each with a count; more than one if people disagree."""
        marks = (member.mark for member in self.members if member.mark is not None and member.marked)
        return list(Counter(Decision(one.points, one.comment, one.who, one.reading) for one in marks).items())

    @property
    def draft(self) -> PersonMark | None:
        """The mark or draft of its first student with one."""
        return next((member.mark for member in self.members if member.mark is not None), None)

    @property
    def version(self) -> str:
        """A digest of its students' marks by people; empty if there are none yet."""
        marks = sorted(repr(one.mark._replace(answer="")) for one in self.members if one.mark is not None)
        known = hashlib.sha256("\n".join(marks).encode("utf-8", "backslashreplace"))
        return known.hexdigest()[:VERSION] if marks else ""


class DecisionOutcome(NamedTuple):
    """The outcome of a decision: the group as it is now, None if nobody has that answer any more."""

    saved: bool
    group: Group | None

    @classmethod
    def of_another(cls, group: Group | None, wanted: WantedDecision) -> DecisionOutcome:
        """The outcome for a group that is not as it was shown: saved if it has just this mark, which was sent twice."""
        return cls(group is not None and group.given == [(wanted.decision, len(group.members))], group)


def queue(database: Database, assignment: str, part: str) -> list[Group]:
    """The groups of a part (`question.part`) in the order of the review file, including decided ones."""
    given = database.people("assignment = ? AND question || '.' || part = ?", (assignment, part))
    marks = {student: list(some) for student, some in groupby(given, lambda one: one.student)}
    found = groupby(database.waiting_answers(assignment, part), lambda one: one.folded)
    return [Group(key, tuple(Member(one, _mark_of(one, marks)) for one in some)) for key, some in found]


def parts_in_queue(database: Database, course: Course, assignment: str) -> dict[str, Part]:
    """The parts in which answers need a person, in the order of asking; none for a broken assignment."""
    some = database.waiting_parts(assignment)
    return {name: part for name, part in course.parts(assignment).items() if name in some}


def comments(groups: Iterable[Group]) -> list[str]:
    """Comments given in a part, most frequent first: most are reused."""
    given = Counter(decision.comment for group in groups for decision, count in group.given for _ in range(count))
    return [comment for comment, _ in given.most_common(_COMMENTS + 1) if comment][:_COMMENTS]


class WantedDecision(NamedTuple):
    """A decision as typed: points, or a reading; `version` is that of the group that was shown.

    `asked` is the digest of what was shown of the part, see `asked_digest`; empty for whoever does not say it.
    """

    assignment: str
    part: str
    key: str
    version: str
    points: str
    comment: str = ""
    who: str = ""
    reading: str = ""
    asked: str = ""

    @property
    def decision(self) -> Decision:
        """The decision's points or reading, comment and name."""
        return Decision(self.points or None, self.comment, self.who, self.reading)


def asked_digest(course: Course, assignment: str, name: str) -> str:
    """A digest of what a page shows of a part (`question.part`) by which people mark: prompts, rubric and points."""
    question, _, part = name.partition(".")
    asked = course.asked(assignment).get("questions", {}).get(question, {})
    shown = (asked.get("shown"), asked.get("parts", {}).get(part), course.parts(assignment)[name].points)
    return hashlib.sha256(repr(shown).encode("utf-8", "backslashreplace")).hexdigest()[:VERSION]


def checked(wanted: WantedDecision, course: Course) -> WantedDecision | Sentence:
    """The decision with points, reading and words as stored, or what is wrong with it."""
    if wanted.asked and wanted.asked != asked_digest(course, wanted.assignment, wanted.part):
        return sentence("the assignment was changed after this page was opened: look at what the part asks now")
    reading = plain_text(wanted.reading)
    if reading:
        given = reading_given(wanted.part, course.spec(wanted.assignment, wanted.part), reading)
    else:
        given = points_given(wanted.part, course.parts(wanted.assignment)[wanted.part], wanted.points)
    comment, who = words_given("comment", wanted.comment), words_given("who", wanted.who)
    if isinstance(given, Sentence) or isinstance(comment, Sentence) or isinstance(who, Sentence):
        return next(found for found in (given, comment, who) if isinstance(found, Sentence))
    return wanted._replace(points="" if reading else given, reading=reading, comment=comment, who=who)


def decide(database: Database, wanted: WantedDecision) -> DecisionOutcome:
    """Give all students of a group the same mark, unless somebody marked one of them since the group was shown.

    `wanted` has been `checked`. Either everything is done or nothing.

    Raises UsageError for a submission that can no longer be read.
    """
    with database.transaction():
        group = group_of(database, wanted)
        if group is None or group.version != wanted.version:
            return DecisionOutcome.of_another(group, wanted)
        changes = [_change(database, one, wanted) for one in group.members]
        changes = [(old, new) for old, new in changes if old._replace(answer="") != new._replace(answer="")]
        database.overtake(old for old, _ in changes)
        database.replace_people(new for _, new in changes)
        database.put_note(CHECKED_POINTS, "")  # the files may have changed since the points were checked
    return DecisionOutcome(True, group_of(database, wanted))


def group_of(database: Database, wanted: WantedDecision) -> Group | None:
    """The group of a decision as it is now."""
    return next((one for one in queue(database, wanted.assignment, wanted.part) if one.key == wanted.key), None)


def _change(database: Database, member: Member, wanted: WantedDecision) -> tuple[PersonMark, PersonMark]:
    """The existing mark of a member's submission itself, and the one to store."""
    answer = member.answer
    question, _, part = wanted.part.partition(".")
    own = PersonMark(wanted.assignment, answer.student, question, part, answer.digest, None)
    if member.mark is not None and member.mark.digest == answer.digest:
        own = member.mark
    try:
        digest = submitted_answer(database.content(answer.submission), question, part)
    except StudentError as problem:
        raise UsageError(problem.said) from problem
    return own, own._replace(**wanted.decision._asdict(), answer=digest)


def _mark_of(answer: WaitingAnswer, marks: Mapping[str, list[PersonMark]]) -> PersonMark | None:
    """The mark that counts for an answer, else the draft of its submission."""
    known = marks.get(answer.student, [])
    drafts = (one for one in known if one.digest == answer.digest)
    return counting(known, answer.digest, answer_digest(answer.answer)) or next(drafts, None)


# -- who has an answer open, so that two people who share a folder do not mark the same one ----------------------------

OPEN_SECONDS = 120.0
"""Seconds after which an answer no longer counts as open, unless the browser reports it again."""


def open_answer(database: Database, about: tuple[str, str, str], desk: str, who: str, now: float) -> None:
    """Record that a desk has opened equal answers (assignment, part, key), and left others of that part."""
    with database.transaction() as base:
        base.execute("DELETE FROM opened WHERE at < ?", (now - OPEN_SECONDS,))
        base.execute("INSERT OR REPLACE INTO opened VALUES (?,?,?,?,?,?)", (*about, desk, who, now))


def open_elsewhere(database: Database, about: tuple[str, str, str], desk: str, now: float) -> list[str]:
    """The names at other desks that have these answers open; empty for a person who has not given one."""
    wanted = (
        "SELECT who FROM opened WHERE assignment = ? AND part = ? AND folded = ? AND desk != ? AND at >= ? ORDER BY who"
    )
    return [who for (who,) in database.connection.execute(wanted, (*about, desk, now - OPEN_SECONDS))]
