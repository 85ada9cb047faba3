"""Who asks, and what they may do."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from grader.service.store.people import Credential, Person


class Right(Enum):
    """What a page or a call needs; those about one student's work are checked against the student, too."""

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
"""What people of each role may do; students with their own work alone."""

SCOPES: dict[str, frozenset[Right]] = {
    "submit": frozenset({Right.HAND_IN}),
    "read": frozenset({Right.READ}),
    "staff": frozenset(Right),
}
"""What a token of each scope may do, for every student."""


class Who(NamedTuple):
    """Somebody who has signed in, or a program with a token."""

    name: str
    """What is recorded as the one who did it."""
    rights: frozenset[Right]
    person: Person | None = None
    secret: str = ""
    """The session or token itself, from which the token of its forms is derived."""

    @classmethod
    def of(cls, found: Credential, secret: str) -> Who:
        """Who holds a credential."""
        if found.person is None:
            return cls(found.label, SCOPES[found.scope], None, secret)
        return cls(found.person.student, ROLES[found.person.role], found.person, secret)

    @property
    def sender(self) -> str:
        """What is recorded as the one who handed in: a program whose name is a student's is not that student."""
        return self.name if self.person is not None else f"token:{self.name}"

    @property
    def is_student(self) -> bool:
        """Whether only their own work is theirs to see."""
        return self.person is not None and self.person.role == "student"

    @property
    def is_staff(self) -> bool:
        """Whether marks and keys are theirs to see."""
        return Right.MARK in self.rights

    def may(self, right: Right, student: str | None = None) -> bool:
        """Whether they have the right; for the work of this student, if one is named."""
        if right not in self.rights:
            return False
        return student is None or not self.is_student or (self.person is not None and self.person.student == student)
