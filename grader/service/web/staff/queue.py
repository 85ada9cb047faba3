"""The queue: answers to one part, equal ones together, marked by one person after the other or at once."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse, RedirectResponse, Response

from grader.gradebook.review.queue import Group, parts_in_queue, queue
from grader.messages import Sentence
from grader.service.course.decisions import decide
from grader.service.course.refusals import MissingError
from grader.service.course.who import Right
from grader.service.queue.pages import Notice, PartQueue, PartRow
from grader.service.queue.typed import TypedDecision, text_of
from grader.service.store import opened
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import QUEUE, queue_pages, staff_page, words_of

ANONYMOUS = "grader-anonymous"
"""The cookie of people who do not want to see names."""
_BACK = re.compile(r"/staff(?:/[\w.~%-]+)*(?:\?group=[\w.~%-]+)?")
_LONGEST_KEY = 200
OPENED = "/staff/opened"
"""Where the script reports that an answer is still open."""


async def queue_overview(call: EndpointCall) -> Response:
    """Every part with answers that need or needed a person."""
    rows = await call.ask(_all_rows, call)
    titles = {id: assignment.title for id, assignment in call.service.assignments().items()}
    shown = queue_pages(call).overview(rows, titles)
    return staff_page(call, "staff/queue.html", assignments=shown)


async def part(call: EndpointCall) -> Response:
    """One group of a part's answers: the one requested, or else the first that waits."""
    found = await call.ask(_part, call)
    saved = queue_pages(call).saved(found, call.query("saved"))
    group = found.named(call.query("group")) or found.waiting()
    if group is None:
        return await _done(call, found, saved)
    return await _group(call, found, group, notice=saved)


async def mark(call: EndpointCall) -> Response:
    """Save a decision, and go on to the next group that waits."""
    typed = TypedDecision.of(await call.form())._replace(who=call.who.name)
    found = await call.ask(_part, call)
    words, wanted = words_of(call), typed.wanted(found.assignment, found.name, found.part)
    decision = await call.work(decide, call.service, call.site.gradebook, call.who, wanted)
    found = await call.ask(_part, call)
    group = found.named(typed.key)
    if isinstance(decision, Sentence):
        wrong = Notice("wrong", words.say(decision))
        return await (
            _done(call, found, wrong, 422) if group is None else _group(call, found, group, typed, wrong, 422)
        )
    if group is None and decision.saved:  # with these marks, another attempt of each student counts
        return RedirectResponse(queue_pages(call).part_path(found.assignment, found.name), 303)
    if group is None:
        return await _done(call, found, Notice("wrong", words.word.gone), 409)
    if not decision.saved:
        return await _group(call, found, group, typed, Notice("stale", words.word.stale_hint), 409)
    return RedirectResponse(queue_pages(call).path_after(found, group), 303)


async def still_open(call: EndpointCall) -> Response:
    """Note that somebody still has a group open; return who else does."""
    found = await call.ask(_part, call)
    names = await call.ask(_open, call, found, call.query("group")[:_LONGEST_KEY])
    return JSONResponse({"said": words_of(call).open_with_text(names)})


async def names(call: EndpointCall) -> Response:
    """Hide the students' names from this browser, or show them."""
    form = await call.form()
    back = text_of(form, "back")
    response = RedirectResponse(back if _BACK.fullmatch(back) else QUEUE, 303)
    hide = "yes" if text_of(form, "hide") == "yes" else ""
    response.set_cookie(ANONYMOUS, hide, max_age=31_536_000 if hide else 0, **call.site.cookie_settings(path="/staff"))
    return response


# -- pieces -----------------------------------------------------------------------------------------------------------


def _all_rows(call: EndpointCall) -> dict[str, list[PartRow]]:
    return {id: _rows(call, id) for id in call.service.assignments()}


def _rows(call: EndpointCall, assignment: str) -> list[PartRow]:
    with call.site.gradebook.of(assignment) as database:
        parts = parts_in_queue(database, call.service.applied.course, assignment)
        return [PartRow.of(name, queue(database, assignment, name)) for name in parts]


def _part(call: EndpointCall) -> PartQueue:
    """The part in the address.

    Raises MissingError if it is not asked, or no answer to it needed a person.
    """
    assignment, name = call.path("assignment"), call.path("part")
    course = call.service.applied.course
    with call.site.gradebook.of(assignment) as database:
        if name not in parts_in_queue(database, course, assignment):
            raise MissingError
        return PartQueue(course, assignment, name, queue(database, assignment, name))


async def _done(call: EndpointCall, found: PartQueue, notice: Notice | None, status: int = 200) -> Response:
    rows = await call.ask(_rows, call, found.assignment)
    after = (QUEUE, words_of(call).word.queue)
    return staff_page(call, "queue_done.html", status=status, **queue_pages(call).done(found, rows, after, notice))


async def _group(
    call: EndpointCall,
    found: PartQueue,
    group: Group,
    typed: TypedDecision | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    with_it = await call.ask(_open, call, found, group.key)
    pages = queue_pages(call)
    shown = pages.group(found, group, None, anonymous=_is_anonymous(call), typed=typed)
    shown["opened"] = pages.opened(found, group, with_it, OPENED)
    return staff_page(call, "queue_part.html", status=status, notice=notice, **shown)


def _open(call: EndpointCall, found: PartQueue, key: str) -> list[str]:
    """Record that the group is open here; return who else has it open."""
    now, who = call.service.now(), call.who.name
    with call.service.store.writing() as base:
        if found.named(key) is not None:
            opened.open_answer(base, found.assignment, found.name, key, who, now)
        return opened.others(base, found.assignment, found.name, key, who, now)


def _is_anonymous(call: EndpointCall) -> bool:
    return call.request.cookies.get(ANONYMOUS) == "yes"


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    one = "/{assignment}/{part}"
    return [
        Endpoint(QUEUE, queue_overview, Right.MARK),
        Endpoint(f"{QUEUE}{one}", part, Right.MARK),
        Endpoint(f"{QUEUE}{one}", mark, Right.MARK, methods=["POST"]),
        Endpoint(f"{OPENED}{one}", still_open, Right.MARK, methods=["POST"]),
        Endpoint("/staff/names", names, Right.MARK, methods=["POST"]),
    ]
