"""A hand-in for staff: its report, the marks that people gave it, and a form to override one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from starlette.responses import RedirectResponse, Response

from grader.errors import StudentError
from grader.gradebook.database.schema import PartLine
from grader.gradebook.review.queue import asked_digest
from grader.reports.html import student_values
from grader.reports.sanitise import shorten, text_lines, visible
from grader.service.course import hand_in as handing_in
from grader.service.course.marking import MarkRequest, counting_marks, give
from grader.service.course.policies import policy_of
from grader.service.course.refusals import MissingError
from grader.service.course.who import Right
from grader.service.queue.pages import Notice
from grader.service.queue.typed import text_of
from grader.service.store import marks
from grader.service.store.marks import MarkVersion
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.class_page import student_path
from grader.service.web.staff.pages import staff_page, words_of
from grader.service.web.staff.words import StaffWords
from grader.service.web.student.own import own_hand_in


async def hand_in(call: EndpointCall) -> Response:
    """The report, with the form for the part requested."""
    found, _ = await call.ask(own_hand_in, call)
    return await _shown(call, found, call.query("part"))


async def override(call: EndpointCall) -> Response:
    """Give a part a new mark, replacing the one that was seen."""
    found, _ = await call.ask(own_hand_in, call)
    form = await call.form()
    name = text_of(form, "part")
    question, _, part = name.partition(".")
    typed = {field: text_of(form, field) for field in ("points", "comment", "version")}
    version = typed["version"]
    if not (version.isascii() and version.isdecimal() and len(version) < 9):
        raise MissingError
    request = MarkRequest(
        found.hand_in.id, question, part, typed["points"], typed["comment"], int(version), text_of(form, "asked")
    )
    words = words_of(call)
    try:
        outcome = await call.work(give, call.service, call.who, request)
    except StudentError as problem:
        return await _shown(call, found, name, typed, Notice("wrong", words.say(problem.said)), 422)
    if not outcome.saved:
        found, _ = await call.ask(own_hand_in, call)
        del typed["version"]  # saving again replaces the one that is shown now
        return await _shown(call, found, name, typed, Notice("stale", words.word.stale_hint), 409)
    return RedirectResponse(f"{path_of(found)}#marks", 303)


def path_of(found: Marked) -> str:
    """The address of a hand-in's page."""
    return f"/staff/hand-in/{found.hand_in.number}"


# -- pieces -----------------------------------------------------------------------------------------------------------


async def _shown(
    call: EndpointCall,
    found: Marked,
    part: str,
    typed: dict[str, str] | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    values = await call.ask(_values, call, found, part, typed)
    return staff_page(call, "staff/hand_in.html", status=status, notice=notice, **values)


def _values(call: EndpointCall, found: Marked, part: str, typed: dict[str, str] | None) -> dict[str, Any]:
    service, words, one = call.service, words_of(call), found.hand_in
    with service.store.reading() as base:
        history = marks.history(base, one.id)
        counting = counting_marks(base, one)
    rows = [_row(words, line, counting.get(line.name)) for line in PartLine.read(found.row.marks)]
    chosen = next((row for row in rows if row["name"] == part), None)
    course = service.applied.course
    if chosen is not None and part in course.parts(one.assignment):
        chosen["asked"] = asked_digest(course, one.assignment, part)
    policy = policy_of(service, one.assignment)
    return {
        "number": one.number,
        "path": path_of(found),
        "student": shorten(visible(one.student), 200),
        "student_path": student_path(one.assignment, one.student),
        "received": words.moment(policy, one.received),
        "reason": words.say_text(found.row.reason),
        "report": student_values(
            handing_in.report_of(found.row), course.asked(one.assignment, found.row.variant or None), lang=service.lang
        )
        if dict(found.row.texts).get(".json")
        else None,
        "rows": rows,
        "history": [_version(words, policy, mark) for mark in history],
        "chosen": None if chosen is None else {**chosen, **(typed or {})},
    }


def _row(words: StaffWords, line: PartLine, mark: MarkVersion | None) -> dict[str, Any]:
    return {
        "name": line.name,
        "verdict": words.verdict("reviewed" if line.given else line.verdict),
        "machine": words.number(line.score),
        "marks": f"{words.number(line.given or line.score)} / {words.number(line.max_score)}",
        "who": shorten(visible(mark.who), 200) if mark else "",
        "version": mark.version if mark else 0,
        "points": words.number(mark.points) if mark and mark.points else "",
        "comment": mark.comment if mark else "",
        "worth": words.worth(Decimal(line.max_score)),
    }


def _version(words: StaffWords, policy: Any, mark: MarkVersion) -> dict[str, Any]:
    return {
        "name": f"{mark.question}.{mark.part}",
        "version": words.count(mark.version),
        "points": words.read_as(shorten(visible(mark.reading), 60)) if mark.reading else words.number(mark.points),
        "comment": "\n".join(text_lines(mark.comment, 10_000)),
        "who": shorten(visible(mark.who), 200),
        "when": words.moment(policy, mark.given),
    }


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    path = "/staff/hand-in/{number}"
    return [Endpoint(path, hand_in, Right.MARK), Endpoint(path, override, Right.MARK, methods=["POST"])]
