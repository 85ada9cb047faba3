"""The assignments of a course, as in their files and as applied; marks come from the applied ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

import grader
from grader.errors import AuthorError
from grader.gradebook.run.course import Course, CourseAssignment
from grader.homework.assignment import Assignment
from grader.homework.files import ASSIGNMENT_FILE, read_assignment
from grader.homework.policy import Late, Policy
from grader.homework.solution import Solution
from grader.service.store.tables import assignments
from grader.structs import Struct

_STORED = ("id", "data", "variants", "assignment_digest", "key_digest", "title")

_ONE = select(assignments).where(assignments.c.id == bindparam("id"))


class Applied(Struct):
    """A course as applied: all marks come from it until staff apply later changes to the files."""

    course: Course
    graders: dict[str, str]
    """The version of the grader that each assignment was applied with."""

    @classmethod
    def load(cls, base: Connection) -> Applied:
        """Load the applied course from the database."""
        found = base.execute(select(assignments).order_by(assignments.c.id)).all()
        known = {one.id: CourseAssignment(**{name: getattr(one, name) for name in _STORED}) for one in found}
        return cls(Course(known), {one.id: one.grader for one in found})

    def is_current(self, base: Connection, id: str) -> bool:
        """Whether one assignment is still applied in this state in the database."""
        found = base.execute(_ONE, {"id": id}).one_or_none()
        if found is None:
            return id not in self.course.assignments
        known = CourseAssignment(**{name: getattr(found, name) for name in _STORED})
        return self.course.assignments.get(id) == known and self.graders[id] == found.grader

    def beside(self, found: Course, id: str) -> tuple[object, ...]:
        """An assignment as applied, by which version of the grader, and in the files: what moves depend on."""
        return self.course.assignments.get(id), self.graders.get(id), found.assignments.get(id)

    def documents(self) -> Iterator[tuple[str, Assignment]]:
        """Each assignment as a document, without those that this version of the grader cannot read any more."""
        for id, one in self.course.assignments.items():
            with suppress(AuthorError):
                yield id, document(one)

    @cached_property
    def digest(self) -> str:
        """A digest of everything applied, including what no mark depends on, such as a deadline."""
        files = {id: hashlib.sha256(one.data).hexdigest() for id, one in self.course.assignments.items()}
        return self.course.digest + "|".join(f"{id} {version} {files[id]}" for id, version in self.graders.items())

    def solution(self, id: str) -> Solution:
        """The solution of an assignment."""
        return self.course.assignments[id].marker().solution


@lru_cache(maxsize=100)
def document(one: CourseAssignment) -> Assignment:
    """An assignment as a document.

    Raises AuthorError for one that this version of the grader cannot read.
    """
    return read_assignment(one.data, f"{one.id}/{ASSIGNMENT_FILE}")


def apply(base: Connection, one: CourseAssignment, now: datetime) -> None:
    """Apply an assignment: marks come from this state of it from now on."""
    values = {name: getattr(one, name) for name in _STORED} | {"applied": now, "grader": grader.__version__}
    if not base.execute(update(assignments).where(assignments.c.id == one.id).values(**values)).rowcount:
        base.execute(assignments.insert().values(**values))


def outdated(applied: Applied, found: Course) -> list[str]:
    """The assignments, except broken ones, whose files differ from what is applied or that an older version applied."""
    known = applied.course.assignments
    return [
        id
        for id, one in found.assignments.items()
        if one.broken is None and (known.get(id) != one or applied.graders.get(id) != grader.__version__)
    ]


class Rules(NamedTuple):
    """The policy of an assignment as applied, and in its files."""

    before: Policy
    after: Policy

    @classmethod
    def of(cls, applied: Applied, found: CourseAssignment) -> Rules:
        """The rules before and after an assignment is applied.

        Without any before, all are the default ones; if this version of the grader cannot read what was applied, those
        in the files.
        """
        known, after = applied.course.assignments.get(found.id), document(found).policy
        try:
            return cls(Policy() if known is None else document(known).policy, after)
        except AuthorError:
            return cls(after, after)

    def changes(self) -> dict[str, list[str]]:
        """Each rule that differs, before and after, by name and as written in the file; empty for none."""
        pairs = ((name, getattr(self.before, name), getattr(self.after, name)) for name in Policy.__annotations__)
        return {name: [_written(old), _written(new)] for name, old, new in pairs if old != new}

    def noted(self) -> dict[str, dict[str, list[str]]]:
        """The changes as details for the log."""
        changes = self.changes()
        return {"policy": changes} if changes else {}


def _written(rule: object) -> str:
    """A rule as written in the file."""
    if isinstance(rule, Late):
        return f"{{per_day = {rule.per_day}, at_most = {rule.at_most}}}"
    if isinstance(rule, bool):
        return str(rule).lower()
    return "" if rule is None else str(rule)


def same_marks(applied: Applied, found: CourseAssignment) -> bool:
    """Whether applying an assignment would leave all marks and reports as they are, as only rules of it changed."""
    before = applied.course.assignments.get(found.id)
    if before is None or applied.graders.get(found.id) != grader.__version__:
        return False
    digests = (before.assignment_digest, before.key_digest) == (found.assignment_digest, found.key_digest)
    rules = Rules.of(applied, found)
    return digests and rules.before.reveal == rules.after.reveal
