"""The overview of a course: its assignments, what was handed in and what waits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from starlette.responses import Response

from grader.gradebook.review.queue import queue
from grader.reports.sanitise import visible
from grader.service.course.remark import unusable, waiting
from grader.service.course.who import Right
from grader.service.store.releases import is_released
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import staff_page, words_of

_BLANK = dict.fromkeys(("handed_in", "decisions", "waiting", "due", "feedback"), "")
"""What is shown of an assignment that this version of the grader cannot read."""


async def staff(call: EndpointCall) -> Response:
    """The assignments of the course."""
    has_platforms = call.site.lti is not None and call.who.may(Right.MANAGE)
    changed, broken = await call.work(waiting, call.service), await call.work(unusable, call.service)
    rows = await call.ask(_rows, call, changed, broken)
    said = [words_of(call).say(one) for one in broken.values()]
    return staff_page(call, "staff/overview.html", rows=rows, broken=said, has_platforms=has_platforms)


def _rows(call: EndpointCall, changed: Collection[str], broken: Collection[str]) -> list[dict[str, Any]]:
    known = call.service.assignments()
    found = {id: _row(call, id) if id in known else _BLANK for id in call.service.applied.course.assignments}
    return [
        {"id": id, "title": id, **row, "changed": id in changed, "broken": id in broken} for id, row in found.items()
    ]


def _row(call: EndpointCall, id: str) -> dict[str, Any]:
    service, words = call.service, words_of(call)
    policy = service.assignments()[id].policy
    with call.site.gradebook.of(id) as database:
        parts = database.waiting_parts(id)
        decisions = sum(not group.decided for name in parts for group in queue(database, id, name))
        students = sum(1 for _ in database.rows("assignment = ?", (id,)))
    with service.store.reading() as base:
        released = is_released(base, id)
    return {
        "id": id,
        "title": visible(service.assignments()[id].title or id),
        "handed_in": words.number(students),
        "decisions": words.number(decisions),
        "waiting": decisions > 0,
        "due": "" if policy.due is None else words.moment(policy, policy.due),
        "feedback": words.feedback(policy.feedback, released),
    }


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint("/staff", staff, Right.MARK)]
