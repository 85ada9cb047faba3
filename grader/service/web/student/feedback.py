"""The feedback on a hand-in, as the policy allows; and a student's questions about marks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from grader.errors import StudentError
from grader.messages import sentence
from grader.reports.html import student_values
from grader.service.course import hand_in as handing_in
from grader.service.course.appeals import LONGEST_APPEAL, appeals_of, ask
from grader.service.course.policies import policy_of, sees_feedback
from grader.service.course.refusals import DeniedError, MissingError
from grader.service.store.submissions import Marked
from grader.service.store.tables import moves
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.moved import causes_in, mark_in
from grader.service.web.pages import PageWords, page
from grader.service.web.student.home import earned
from grader.service.web.student.own import own_hand_in
from grader.service.web.student.words import STUDENT_WORDS

_NOTHING = {"said": None, "part": "", "text": ""}


async def feedback(call: EndpointCall) -> Response:
    """The report on what was handed in."""
    found, _ = await call.ask(own_hand_in, call)
    return _page(call, found, await call.ask(_shown, call, found))


def _page(
    call: EndpointCall, found: Marked, shown: dict[str, Any] | None, status: int = 200, **failed: Any
) -> Response:
    words = PageWords(call.service.language, STUDENT_WORDS)
    one = found.hand_in
    values: dict[str, Any] = {
        "number": one.number,
        "assignment": one.assignment,
        "attempt": one.attempt,
        "deduction": None if one.deduction == "0" else earned(words, found),
    }
    fault = found.row.status == "error"
    return page(
        call, "feedback.html", words, status=status, **values, shown=shown, fault=fault, failed={**_NOTHING, **failed}
    )


def _shown(call: EndpointCall, found: Marked) -> dict[str, Any] | None:
    """What the page shows of the marks; None if they may not be seen yet."""
    service, one = call.service, found.hand_in
    policy = policy_of(service, one.assignment)
    with service.store.reading() as base:
        sees = call.who.is_staff or sees_feedback(service, base, one.assignment, one.student)
        if not sees or found.row.status == "error":
            return None
        wanted = select(moves).where(moves.c.submission == one.id).order_by(moves.c.id)
        moved = [_moved(PageWords(service.language, STUDENT_WORDS), each) for each in base.execute(wanted)]
        asked = appeals_of(base, one.id)
    report = handing_in.report_of(found.row)
    variant = found.row.variant or None
    values = student_values(
        report, service.applied.course.asked(one.assignment, variant), lang=service.lang, reveal=policy.reveal
    )
    return {
        "report": values,
        "moved": moved,
        "appeals": asked,
        "may_ask": policy.appeals and call.who.is_student,
        "parts": [f"{question['id']}.{part['id']}" for question in report["questions"] for part in question["parts"]],
    }


def _moved(words: PageWords, one: Any) -> dict[str, str]:
    """A mark that moved; without a part, the final score."""
    before, after = (mark_in(words, text, "/") for text in (one.before, one.after))
    return {"part": one.part, "before": before, "after": after, "why": causes_in(words.language, one.why)}


async def appeal(call: EndpointCall) -> Response:
    """Ask about the mark of a part."""
    found, _ = await call.ask(own_hand_in, call)
    if not call.who.is_student:
        raise MissingError
    form = await call.form()
    part, text = str(form.get("part", "")), str(form.get("question", "")).strip()
    shown = await call.ask(_shown, call, found)
    if shown is None or not shown["may_ask"]:
        raise DeniedError(sentence("questions about these marks are not accepted"))
    if part not in shown["parts"]:
        raise MissingError
    try:
        if not text or len(text) > LONGEST_APPEAL:
            raise StudentError(sentence("expected a question of 1 to {limit:,} characters", limit=LONGEST_APPEAL))
        await call.work(ask, call.service, call.who, found, part, text)
    except (StudentError, DeniedError) as problem:  # what was written stays in its field
        status = 422 if isinstance(problem, StudentError) else 403
        said = call.service.language(problem.said)
        return _page(call, found, shown, status, said=said, part=part, text=text)
    return RedirectResponse(f"/feedback/{found.hand_in.number}#appeals", 303)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/feedback/{number}", feedback, "anybody"),
        Endpoint("/appeal/{number}", appeal, "anybody", methods=["POST"]),
    ]
