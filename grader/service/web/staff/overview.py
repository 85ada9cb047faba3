"""The overview of a course: its assignments, what was handed in and what waits."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from grader.gradebook.database.waiting import waiting_parts
from grader.gradebook.review.queue import queue
from grader.reports.sanitise import visible
from grader.service.course.policies import is_released
from grader.service.course.remark import waiting
from grader.service.course.who import Right
from grader.service.web.call import Call, Place
from grader.service.web.staff.pages import staff_page, words_of


async def staff(call: Call) -> Response:
    """The assignments of the course."""
    has_platforms = call.site.lti is not None and call.who.may(Right.MANAGE)
    rows = await call.ask(_rows, call, await call.work(waiting, call.service))
    return staff_page(call, "staff/overview.html", rows=rows, has_platforms=has_platforms)


def _rows(call: Call, changed: list[str]) -> list[dict[str, Any]]:
    return [_row(call, id, changed=id in changed) for id in call.service.assignments()]


def _row(call: Call, id: str, *, changed: bool) -> dict[str, Any]:
    service, words = call.service, words_of(call)
    policy = service.assignments()[id].policy
    with call.site.gradebook.of(id) as database:
        parts = waiting_parts(database, id)
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
        "due": "" if policy.due is None else words.language.number(policy.time_text(policy.due)),
        "feedback": words.feedback(policy.feedback, released),
        "changed": changed,
    }


def places() -> list[Place]:
    """Their addresses."""
    return [Place("/staff", staff, Right.MARK)]
