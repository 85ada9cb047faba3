"""Which person of this course a platform's user is, and with which role.

Nobody is matched by an e-mail address: people choose theirs at many platforms. A person is identified by the
platform's id, or, if lti.toml says so, as the student of the roster whose id the platform vouches for.

A platform assigns roles per course, and anybody who may create a course there is an instructor in it. So staff are
accepted only from the courses named in lti.toml, and the roster's role takes precedence, unless lti.toml trusts the
platform more.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from grader.homework.submission import MAX_STUDENT
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.lti.launch import Launch
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import refused
from grader.service.lti.roles import Role
from grader.service.lti.roster import RosterMember
from grader.service.store import lti_people
from grader.service.store.audit import note
from grader.service.store.people import Person, add_person, person_named, person_with
from grader.service.store.store import take_turns


class Visitor(NamedTuple):
    """A person as described by a platform."""

    subject: str
    role: Role
    name: str
    email: str
    sourcedid: str

    @classmethod
    def launched(cls, launch: Launch) -> Visitor:
        """The person who was signed in."""
        return cls(launch.subject, launch.role, _name(launch), launch.email, launch.sourcedid)

    @classmethod
    def listed(cls, member: RosterMember) -> Visitor:
        """A member of a course."""
        return cls(member.user, member.role, _name(member), member.email, member.sourcedid)


def check_course(platform: Platform, context: str, role: Role) -> None:
    """Check that people with this role may come from a course of a platform.

    Raises RefusedLaunchError.
    """
    if context in platform.context_ids:
        return
    if platform.context_ids:
        said = sentence("the course {id} of the platform is not among the context_ids in lti.toml", id=shown(context))
        raise refused(said)
    if role is not Role.STUDENT:
        said = sentence(
            "staff come from courses that lti.toml names: context_ids = [{id}] is missing there", id=shown(context)
        )
        raise refused(said)


def own_id(issuer: str, subject: str) -> str:
    """The id of a person known only by a platform's id.

    >>> own_id("https://lms.example", "7")
    'lti-9abc36d6d400c1b4'
    """
    return "lti-" + hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "replace")).hexdigest()[:16]


def person_of(base: Connection, platform: Platform, visitor: Visitor, now: datetime) -> Person:
    """The person for a platform's user, added or updated; `base` is a writing transaction.

    Raises RefusedLaunchError for a student without an id if the platform should provide it.
    """
    take_turns(base, "people")
    row = lti_people.person_of(base, platform.issuer, visitor.subject)
    before = None if row is None else person_with(base, row)
    id = _id(platform, visitor, before)
    known = person_named(base, id)
    person = _brought_up_to_date(base, platform, visitor, id, known, now)
    if known is None or known.role != person.role or (before is not None and before.id != person.id):
        note(base, now, "lti", "linked", id, role=person.role, issuer=platform.issuer)
    lti_people.put_person(base, platform.issuer, visitor.subject, person.id, visitor.role, now)
    return person


def _id(platform: Platform, visitor: Visitor, before: Person | None) -> str:
    """The id of the person in this course."""
    if platform.student_id and visitor.sourcedid:
        if len(visitor.sourcedid) > MAX_STUDENT:
            raise refused(sentence("the platform's id of a student has more than {most} letters", most=MAX_STUDENT))
        return visitor.sourcedid
    if before is not None:
        return before.student
    if platform.student_id and visitor.role is Role.STUDENT:
        raise refused(sentence("the platform does not say your id as a student (lis.person_sourcedid): ask your staff"))
    return own_id(platform.issuer, visitor.subject)


def _brought_up_to_date(
    base: Connection, platform: Platform, visitor: Visitor, id: str, known: Person | None, now: datetime
) -> Person:
    if known is None or id == own_id(platform.issuer, visitor.subject):
        return add_person(base, id, visitor.name or None, visitor.role, now, visitor.email or None)
    if platform.trust_roles:
        return add_person(base, id, known.name or visitor.name, visitor.role, now, known.email or visitor.email)
    return known


def _name(one: Launch | RosterMember) -> str:
    return one.name or f"{one.given_name} {one.family_name}".strip()
