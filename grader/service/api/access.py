"""Which hand-ins, and which of their marks, a caller of the API may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.service.api.spec import LARGEST_INTEGER
from grader.service.course import hand_in
from grader.service.course.policies import sees_feedback
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import EndpointCall


def of_call(call: EndpointCall) -> Marked:
    """The hand-in in the address, if the caller may see it: a program that may only hand in sees its own.

    Raises MissingError.
    """
    id = call.path("id")
    if not id.isascii() or not id.isdecimal() or len(id) > 10 or int(id) > LARGEST_INTEGER:
        raise MissingError
    with call.service.store.reading() as base:
        found = submissions.one(base, int(id))
    own = found is not None and Right.HAND_IN in call.who.rights and found.hand_in.sender == call.who.sender
    if found is None or not (own or call.who.may(Right.READ, found.hand_in.student)):
        raise MissingError
    return found


def sees_marks(service: Service, who: Who, found: Marked) -> bool:
    """Whether a caller may see a hand-in's marks now: always with the right to read the class, else by the policy."""
    if who.may(Right.READ) and not who.is_student:
        return True
    one = found.hand_in
    with service.store.reading() as base:
        return sees_feedback(service, base, one.assignment, one.student)


def visible_report(service: Service, who: Who, found: Marked) -> Mapping[str, Any] | None:
    """The report of a hand-in; None where the caller may not see it yet or there is none."""
    text = report_text(service, who, found)
    report: Mapping[str, Any] | None = None if text is None else json.loads(text)
    return report


def report_text(service: Service, who: Who, found: Marked) -> str | None:
    """The report of a hand-in, byte for byte as `grader check` writes it; None as for `visible_report`."""
    if found.row.status == "error" or not sees_marks(service, who, found):
        return None
    return hand_in.report_text(found.row)
