"""Callers, and what they may do."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from grader.service.store.people import Credential, Person


class Right(Enum):
    """What a page or a call needs; rights to one student's work are checked against the student, too."""

    HAND_IN = auto()
    """Hand in and preview: for oneself, or for anybody."""
    READ = auto()
    """Read what was handed in: one's own, or everybody's."""
    MARK = auto()
    """Give marks."""
    MANAGE = auto()
    """Apply keys, release feedback, change deadlines, people and tokens."""


ROLES: dict[str, frozenset[Right]] = {
    "student": frozenset({Right.HAND_IN, Right.READ}),
    "assistant": frozenset({Right.READ, Right.MARK}),
    "instructor": frozenset(Right),
}
"""What people of each role may do; students only with their own work."""

SCOPES: dict[str, frozenset[Right]] = {
    "submit": frozenset({Right.HAND_IN}),
    "read": frozenset({Right.READ}),
    "staff": frozenset(Right),
}
"""What a token of each scope may do, for every student."""


class Who(NamedTuple):
    """A person who has signed in, or a program with a token."""

    name: str
    """The name in the audit log."""
    rights: frozenset[Right]
    person: Person | None = None
    secret: str = ""
    """The secret of the session or token, from which the form token is derived."""

    @classmethod
    def of(cls, found: Credential, secret: str) -> Who:
        """The holder of a credential."""
        if found.person is None:
            return cls(found.label, SCOPES[found.scope], None, secret)
        return cls(found.person.student, ROLES[found.person.role], found.person, secret)

    @property
    def sender(self) -> str:
        """The recorded sender of a hand-in; a program with a student's name is not taken for that student."""
        return self.name if self.person is not None else f"token:{self.name}"

    @property
    def is_student(self) -> bool:
        """Whether they may see only their own work."""
        return self.person is not None and self.person.role == "student"

    @property
    def is_staff(self) -> bool:
        """Whether they may see marks and keys."""
        return Right.MARK in self.rights

    def may(self, right: Right, student: str | None = None) -> bool:
        """Whether they have the right, for this student's work if one is named."""
        if right not in self.rights:
            return False
        return student is None or not self.is_student or (self.person is not None and self.person.student == student)
