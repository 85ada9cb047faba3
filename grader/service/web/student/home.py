"""The student's list of homework; staff are redirected to their overview."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from starlette.responses import RedirectResponse, Response

from grader.homework.checks import plain
from grader.service.course.counting import final_score
from grader.service.course.sheets import Overview, overview_of
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.pages import PageWords, page
from grader.service.web.student.words import STUDENT_WORDS


async def home(call: EndpointCall) -> Response:
    """The first page after signing in."""
    if not call.who.is_student:
        return RedirectResponse("/staff", 303)
    found = await call.ask(overview_of, call.service, call.who.person)
    words = PageWords(call.service.language, STUDENT_WORDS)
    return page(call, "home.html", words, rows=[_row(words, one) for one in found])


def _row(words: PageWords, one: Overview) -> dict[str, Any]:
    policy, standing = one.assignment.policy, one.standing
    return {
        "id": one.assignment.id,
        "title": one.assignment.title or one.assignment.id,
        "due": None if standing.due is None else words.moment(policy, standing.due),
        "standing": getattr(words.word, standing.access),
        "said": None if standing.said is None else words.say(standing.said),
        "accepts": standing.accepts,
        "draft": one.has_draft,
        "attempts": len(one.attempts),
        "last": one.attempts[-1].hand_in.number if one.attempts else None,
        "counts": None if one.counts is None else one.counts.hand_in.number,
        "marks": None if one.counts is None else earned(words, one.counts),
    }


def earned(words: PageWords, one: Marked) -> str:
    """`14.5 / 20`, after the late deduction."""
    return (
        f"{words.language.number(plain(final_score(one)))} / {words.language.number(plain(Decimal(one.row.max_score)))}"
    )


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint("/", home, "anybody")]
