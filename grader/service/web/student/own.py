"""A hand-in by the number of its receipt, for those who may see it."""

from __future__ import annotations

import re

from grader.service.course.refusals import MissingError
from grader.service.course.who import Right
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.store.tables import submissions as table
from grader.service.web.endpoint import EndpointCall

_NUMBER = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}")


def own_hand_in(call: EndpointCall) -> tuple[Marked, bytes]:
    """The hand-in in the address, and its bytes.

    Raises MissingError if there is none, or it is another person's.
    """
    number = call.path("number")
    if not _NUMBER.fullmatch(number):
        raise MissingError
    with call.service.store.reading() as base:
        found = next(submissions.marked(base, table.c.number == number), None)
        if found is None or not call.who.may(Right.READ, found.hand_in.student):
            raise MissingError
        return found, submissions.data_of(base, found.hand_in.id)
