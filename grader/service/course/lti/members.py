"""Adding the members of a platform's course to this one before they first sign in."""

from __future__ import annotations

from typing import NamedTuple

from grader.messages import sentence
from grader.service.course.lti.connection import Lti
from grader.service.course.lti.people import Visitor, check_course, person_of
from grader.service.course.who import Who
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import RefusedLaunchError, UnreachableError
from grader.service.lti.roster import RosterMember, members
from grader.service.store.audit import note
from grader.service.store.lti_people import PlatformCourse

AT_ONCE = 50
"""How many people are added in one transaction, so that a hand-in does not wait long for it."""


class Brought(NamedTuple):
    """The outcome: how many people were added or updated, and how many were left out."""

    people: int
    passed_over: int
    """How many are no longer active there, or could not sign in here."""


def bring_in(lti: Lti, who: Who, course: PlatformCourse) -> Brought:
    """Add or update the members of a course; nobody is removed.

    Raises UnreachableError if the platform does not list them.
    """
    platform = lti.platforms.find(course.issuer, course.client_id)
    if platform is None:
        raise UnreachableError(sentence("the platform is not in lti.toml any more"))
    listed = members(lti.client, lti.tokens, platform, course.roster)
    usable = [one for one in listed if one.active and _may_come(platform, course, one)]
    people = sum(_added(lti, platform, usable[start : start + AT_ONCE]) for start in range(0, len(usable), AT_ONCE))
    with lti.service.store.writing() as base:
        note(base, lti.service.now(), who.name, "added people", course.title or course.context, people=people)
    return Brought(people, len(listed) - people)


def _may_come(platform: Platform, course: PlatformCourse, member: RosterMember) -> bool:
    try:
        check_course(platform, course.context, member.role)
    except RefusedLaunchError:
        return False
    return True


def _added(lti: Lti, platform: Platform, some: list[RosterMember]) -> int:
    added = 0
    with lti.service.store.writing() as base:
        for one in some:
            try:
                person_of(base, platform, Visitor.listed(one), lti.service.now())
            except RefusedLaunchError:  # nothing is written for a member without an id
                continue
            added += 1
    return added
