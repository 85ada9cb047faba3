"""The course's learning platforms: registrations, courses whose members may be added, and undelivered scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from grader.errors import GraderError
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible
from grader.service.course.lti.connection import Lti
from grader.service.course.lti.members import Brought, bring_in
from grader.service.course.refusals import MissingError, OvertakenError
from grader.service.course.who import Right, Who
from grader.service.lti.delivery import Address
from grader.service.lti.outbox import send_again
from grader.service.lti.refusal import UnreachableError
from grader.service.store.lti import Troubled, troubled
from grader.service.store.lti_people import PlatformCourse, courses
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.lti.pages import lti_of
from grader.service.web.pages import PageWords, page

PLATFORMS = "/staff/platforms"
WORDS: Mapping[str, Sentence] = {
    "platforms": sentence("Learning platforms"),
    "register": sentence("What to enter in the platform"),
    "login_url": sentence("Initiate login URL"),
    "launch_url": sentence("Redirect, launch and deep linking URL"),
    "keys_url": sentence("Public keyset URL"),
    "courses": sentence("Courses that people came from"),
    "no_courses": sentence("Nobody has come from a platform yet."),
    "bring_in": sentence("Bring in the members"),
    "not_listed": sentence("does not list its members"),
    "scores": sentence("Scores that have not arrived"),
    "all_arrived": sentence("Every score has arrived."),
    "again": sentence("Try again now"),
    "student": sentence("Student"),
    "assignment": sentence("Assignment"),
    "why": sentence("Why"),
    "next": sentence("Next try"),
    "given_up": sentence("none"),
}


async def show(call: EndpointCall) -> Response:
    """The platforms."""
    return await _page(call, lti_of(call))


async def again(call: EndpointCall) -> Response:
    """Retry now every score that has not arrived; what has arrived is not sent again."""
    lti = lti_of(call)
    await call.reach(_again, lti)
    return RedirectResponse(PLATFORMS, 303)


async def bring(call: EndpointCall) -> Response:
    """Add the members of a course."""
    lti = lti_of(call)
    form = await call.form()
    key = tuple(str(form.get(name, "")) for name in ("issuer", "client_id", "context"))
    try:
        found = await call.reach(_brought_in, lti, call.who, await call.ask(_course, lti, key))
    except (UnreachableError, OvertakenError) as problem:
        return await _page(call, lti, problem=problem, status=409)
    said = sentence("Added: {people:,}. Skipped: {passed:,}.", people=found.people, passed=found.passed_over)
    return await _page(call, lti, said=said)


async def _page(
    call: EndpointCall, lti: Lti, said: Sentence | None = None, problem: GraderError | None = None, status: int = 200
) -> Response:
    words = PageWords(call.service.language, WORDS)
    known, waiting = await call.ask(_known, lti)
    return page(
        call,
        "staff/platforms.html",
        words,
        status=status,
        layout="staff/frame.html",
        tool=lti.tool,
        courses=[one._replace(title=visible(one.title or one.context)) for one in known],
        scores=[_row(call, words, one) for one in waiting],
        said=None if said is None else words.say(said),
        problem=None if problem is None else words.say(problem.located),
    )


def _row(call: EndpointCall, words: PageWords, one: Troubled) -> dict[str, Any]:
    due = one.record.due
    problem = one.record.problem
    seconds = None if due is None else max(0, int(due - call.service.now().timestamp()))
    return {
        "student": one.column.student,
        "assignment": one.column.assignment,
        "why": "" if problem is None else words.say(problem),
        "next": None if seconds is None else words.say(sentence("in {minutes} min", minutes=-(-seconds // 60))),
    }


def _known(lti: Lti) -> tuple[list[PlatformCourse], list[Troubled]]:
    with lti.service.store.reading() as base:
        return courses(base), troubled(base)


def _course(lti: Lti, key: tuple[str, ...]) -> PlatformCourse:
    with lti.service.store.reading() as base:
        found = next((one for one in courses(base) if one[:3] == key and one.roster), None)
    if found is None:
        raise MissingError
    return found


def _brought_in(lti: Lti, who: Who, course: PlatformCourse) -> Brought:
    """Bring in the members of a course, unless that is under way: a slow platform would take every thread.

    Raises OvertakenError, UnreachableError.
    """
    with lti.busy(course[:3]) as is_free:
        if not is_free:
            raise OvertakenError(sentence("the members of this course are being brought in already: wait for that"))
        return bring_in(lti, who, course)


def _again(lti: Lti) -> None:
    with lti.service.store.reading() as base:
        waiting: list[Address] = [one.column.address for one in troubled(base)]
    for address in waiting:
        lti.outbox.change(address, lambda record: send_again(record, lti.now()))


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint(PLATFORMS, show, Right.MANAGE),
        Endpoint(f"{PLATFORMS}/again", again, Right.MANAGE, methods=["POST"]),
        Endpoint(f"{PLATFORMS}/members", bring, Right.MANAGE, methods=["POST"]),
    ]
