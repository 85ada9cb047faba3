"""Students' questions about marks, and staff's answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from grader.errors import StudentError
from grader.reports.sanitise import shorten, text_lines, visible
from grader.service.api.spec import LARGEST_INTEGER
from grader.service.course.appeals import LONGEST_APPEAL, Appeal, all_appeals, answer
from grader.service.course.refusals import MissingError, OvertakenError
from grader.service.course.who import Right
from grader.service.queue.typed import text_of
from grader.service.store import submissions
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import staff_page, words_of

PATH = "/staff/appeals"
_ANSWERED = 200


async def appeals(call: EndpointCall) -> Response:
    """The questions that wait for an answer, then the answered ones."""
    return await _page(call)


async def _page(call: EndpointCall, failed: dict[str, Any] | None = None, status: int = 200) -> Response:
    rows = await call.ask(_rows, call)
    waiting = [row for row in rows if not row["answer"]]
    answered = [row for row in rows if row["answer"]][::-1][:_ANSWERED]
    return staff_page(call, "staff/appeals.html", status=status, waiting=waiting, answered=answered, failed=failed)


def _rows(call: EndpointCall) -> list[dict[str, Any]]:
    with call.service.store.reading() as base:
        return [row for one in all_appeals(base) if (row := _row(call, base, one)) is not None]


def _row(call: EndpointCall, base: Connection, one: Appeal) -> dict[str, Any] | None:
    found = submissions.one(base, one.submission)
    assignment = None if found is None else call.service.assignments().get(found.hand_in.assignment)
    if found is None or assignment is None:
        return None
    words = words_of(call)
    return {
        "id": one.id,
        "student": shorten(visible(found.hand_in.student), 200),
        "title": visible(assignment.title or assignment.id),
        "number": found.hand_in.number,
        "name": one.name,
        "asked": "\n".join(text_lines(one.asked, LONGEST_APPEAL)),
        "asked_at": words.moment(assignment.policy, one.asked_at),
        "answer": "\n".join(text_lines(one.answer, LONGEST_APPEAL)),
        "answered_at": "" if one.answered_at is None else words.moment(assignment.policy, one.answered_at),
        "who": shorten(visible(one.who), 200),
    }


async def answered(call: EndpointCall) -> Response:
    """Answer a student's question."""
    form = await call.form()
    id, text = text_of(form, "id"), text_of(form, "answer").strip()
    if not (id.isascii() and id.isdecimal() and len(id) <= 10 and int(id) <= LARGEST_INTEGER):
        raise MissingError
    try:
        await call.work(answer, call.service, call.who, int(id), text)
    except (StudentError, OvertakenError) as problem:
        failed = {"id": int(id), "answer": text[:LONGEST_APPEAL], "said": words_of(call).say(problem.said)}
        return await _page(call, failed, 409 if isinstance(problem, OvertakenError) else 422)
    return RedirectResponse(PATH, 303)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint(PATH, appeals, Right.MARK), Endpoint(PATH, answered, Right.MARK, methods=["POST"])]
