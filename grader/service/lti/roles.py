"""Which role a person has in the course, from the roles that a platform lists."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_ASSISTANTS = (
    "Grader",
    "TeachingAssistant",
    "TeachingAssistantGroup",
    "TeachingAssistantOffering",
    "TeachingAssistantSection",
    "TeachingAssistantSectionAssociation",
    "TeachingAssistantTemplate",
)


class Role(StrEnum):
    """A person's role in the course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


def role_of(listed: Iterable[str]) -> Role | None:
    """The role in the course, or None if the list gives none.

    Only roles in the course count: an administrator of the platform, or a teacher of something else there, has no role
    here. An assistant is listed as an instructor with a sub-role, and often also as a plain instructor.

    >>> role_of(["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"])
    <Role.STUDENT: 'student'>
    >>> sort = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
    >>> role_of(["Instructor", sort])
    <Role.ASSISTANT: 'assistant'>
    >>> role_of(["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"])
    """
    roles = [_in_course(each) for each in listed]
    sorts = {sort for principal, sort in roles if principal == "Instructor" and sort}
    principals = {principal for principal, _ in roles}
    if sorts - set(_ASSISTANTS) or "Administrator" in principals:
        return Role.INSTRUCTOR
    if sorts:
        return Role.ASSISTANT
    if "Instructor" in principals:
        return Role.INSTRUCTOR
    return Role.STUDENT if "Learner" in principals else None


def _in_course(role: str) -> tuple[str, str]:
    """The principal role in the course and its sub-role, each empty if there is none; short names are allowed."""
    vocabulary, mark, name = role.rpartition("#")
    if not mark and ":" not in role and "/" not in role:
        return name, ""
    if vocabulary == _VOCABULARY:
        return name, ""
    if vocabulary.startswith(_VOCABULARY + "/"):
        return vocabulary.removeprefix(_VOCABULARY + "/"), name
    return "", ""
