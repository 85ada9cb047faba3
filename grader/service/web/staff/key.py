"""Changed files of an assignment, key or policy: what would move and why, then the confirmation that applies them."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response

from grader.homework.policy import Policy
from grader.reports.sanitise import visible
from grader.service.course.refusals import MissingError, OvertakenError
from grader.service.course.remark import Moves, rules_of, state_of, unusable, waiting
from grader.service.course.remarking import APPLY, LOOK, name_of, start
from grader.service.course.who import Right
from grader.service.queue.typed import text_of
from grader.service.store.progress import Progress, progress_of
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.moves import shown_moves
from grader.service.web.staff.pages import staff_page, words_of
from grader.service.web.staff.words import StaffWords

PATH = "/staff/key/{assignment}"


async def key(call: EndpointCall) -> Response:
    """The progress of the work, and its result."""
    return await _page(call)


async def _page(call: EndpointCall, busy: Any = None, status: int = 200) -> Response:
    assignment = call.path("assignment")
    if assignment not in call.service.applied.course.assignments:
        raise MissingError
    known = await call.ask(_progress, call, assignment)  # read before the files, because the work may end in between
    changed = assignment in await call.work(waiting, call.service)
    broken = (await call.work(unusable, call.service)).get(assignment)
    values = await call.ask(_values, call, assignment, known, changed)
    values["broken"] = None if broken is None or changed else words_of(call).say(broken)
    response = staff_page(call, "staff/key.html", status=status, busy=busy, **values)
    if values["running"] and busy is None:  # the message stays until somebody has read it
        response.headers["refresh"] = "1"
    return response


def _progress(call: EndpointCall, assignment: str) -> Progress | None:
    with call.service.store.reading() as base:
        return progress_of(base, name_of(assignment), call.service.now())


def _values(call: EndpointCall, assignment: str, known: Progress | None, changed: bool) -> dict[str, Any]:
    service, words = call.service, words_of(call)
    state, document = state_of(service, assignment), service.assignments().get(assignment)
    outcome = (known and known.outcome) or {}
    shown = known is not None and known.state == "done" and (known.what == APPLY or outcome["state"] == state)
    moves = Moves.of(outcome if shown else {})
    more = bool(moves.finals) or any(moves.visible)
    return {
        "id": assignment,
        "title": visible((document and document.title) or assignment),
        "changed": changed,
        "running": known is not None and known.state == "running",
        "progress": known,
        "ready": shown and known is not None and known.what == LOOK,
        "applied": shown and known is not None and known.what == APPLY and not changed,
        "outdated": known is not None and known.state == "done" and not shown and changed,
        "said": outcome.get("said"),
        "state": state,
        "moved": words.moved(len(moves.moved), more=more) if shown else "",
        "would_move": words.would_move(len(moves.moved), more=more),
        "when": _when(words, Policy() if document is None else document.policy, known),
        "rules": rules_of(service, assignment) if changed else {},
        **shown_moves(words, assignment, moves),
    }


def _when(words: StaffWords, policy: Policy, known: Progress | None) -> Any:
    return "" if known is None else words.moment(policy, known.at)


async def look_or_apply(call: EndpointCall) -> Response:
    """Start computing which marks would move, or moving those shown."""
    form = await call.form()
    assignment, step = call.path("assignment"), text_of(form, "step")
    if assignment not in call.service.applied.course.assignments or step not in (LOOK, APPLY):
        raise MissingError
    try:
        await call.ask(start, call.service, call.who, assignment, step, text_of(form, "shown"))
    except OvertakenError as problem:
        return await _page(call, words_of(call).say(problem.said), 409)
    return RedirectResponse(call.request.url.path, 303)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint(PATH, key, Right.MANAGE), Endpoint(PATH, look_or_apply, Right.MANAGE, methods=["POST"])]
