"""A student's page for staff: hand-ins, and extensions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from grader.errors import StudentError
from grader.homework.checks import plain
from grader.messages import sentence
from grader.reports.sanitise import shorten, visible
from grader.service.course.counting import final_score
from grader.service.course.extensions import LONGEST_REASON, GrantedExtension, extend, granted_extension, typed, written
from grader.service.course.policies import counting
from grader.service.course.refusals import MissingError
from grader.service.course.who import Right
from grader.service.queue.typed import text_of
from grader.service.store import submissions
from grader.service.store.people import person_named
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import files_of, staff_page, words_of
from grader.service.web.staff.words import StaffWords

PATH = "/staff/student"


async def student(call: EndpointCall) -> Response:
    """The page of a student."""
    return staff_page(
        call, "staff/student.html", **await call.ask(_student, call, call.query("id")), typed=None, said=None
    )


def _student(call: EndpointCall, id: str) -> dict[str, Any]:
    service = call.service
    with service.store.reading() as base:
        person = person_named(base, id)
        own = submissions.of_student(base, id)
        if person is None and not own:
            raise MissingError
        assignments = [_assignment(call, base, name, id, own) for name in service.assignments()]
    return {
        "id": id,
        "shown_id": shorten(visible(id), 200),
        "name": shorten(visible(person.name if person else ""), 200),
        "email": shorten(visible(person.email if person else ""), 200),
        "assignments": assignments,
    }


def _assignment(call: EndpointCall, base: Connection, name: str, student: str, own: list[Marked]) -> dict[str, Any]:
    service, words = call.service, words_of(call)
    assignment = service.assignments()[name]
    some = [one for one in own if one.hand_in.assignment == name]
    counts = counting(service, name, some)
    known = granted_extension(base, name, student)
    policy = assignment.policy
    due = known.extension.due if known else None
    return {
        "id": name,
        "title": visible(assignment.title or name),
        "files": files_of(call, name),
        "due": None if policy.due is None else words.moment(policy, policy.due),
        "zone": policy.zone or policy.time_text(service.now()).partition("(")[2].rstrip(")"),
        "attempts": [_attempt(words, policy, one, counts=one is counts) for one in some],
        "extension": None
        if known is None
        else {
            "due": "" if due is None else written(policy, due),
            "shown": None if due is None else words.moment(policy, due),
            "attempts": known.extension.attempts,
            "why": known.why,
        },
    }


def _attempt(words: StaffWords, policy: Any, one: Marked, *, counts: bool) -> dict[str, Any]:
    hand_in, row = one.hand_in, one.row
    marks = "" if not row.marks else f"{words.number(plain(final_score(one)))} / {words.number(row.max_score)}"
    return {
        "number": hand_in.number,
        "attempt": words.count(hand_in.attempt),
        "received": words.moment(policy, hand_in.received),
        "marks": marks,
        "late": hand_in.deduction != "0",
        "status": words.status(row.status),
        "counts": counts,
    }


async def extended(call: EndpointCall) -> Response:
    """Give the student an extension, or withdraw it."""
    form = await call.form()
    id, assignment = text_of(form, "id"), text_of(form, "assignment")
    wanted = {name: text_of(form, name) for name in ("due", "attempts", "why")}
    if assignment not in call.service.assignments():
        raise MissingError
    shown = await call.ask(_student, call, id)
    try:
        extension = typed(call.service.assignments()[assignment].policy, wanted["due"], wanted["attempts"])
        if len(wanted["why"]) > LONGEST_REASON:
            raise StudentError(sentence("expected a reason of at most {limit:,} characters", limit=LONGEST_REASON))
    except StudentError as problem:
        said = words_of(call).say(problem.said)
        return staff_page(
            call, "staff/student.html", status=422, **shown, typed={**wanted, "assignment": assignment}, said=said
        )
    await call.work(extend, call.service, call.who, assignment, id, GrantedExtension(extension, wanted["why"].strip()))
    return RedirectResponse(f"{PATH}?id={quote(id, safe='')}#{quote(assignment, safe='')}", 303)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint(PATH, student, Right.MARK), Endpoint("/staff/extension", extended, Right.MANAGE, methods=["POST"])]
