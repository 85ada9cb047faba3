"""Rendering the staff pages."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.responses import Response

from grader.messages.languages import LANGUAGES
from grader.service.course.remark import known_unusable, waits
from grader.service.queue.pages import QueuePages
from grader.service.web.endpoint import EndpointCall
from grader.service.web.pages import page
from grader.service.web.staff.words import StaffWords

QUEUE = "/staff/queue"
"""Where parts are."""


@cache
def words(lang: str) -> StaffWords:
    """The words in a language."""
    return StaffWords(LANGUAGES[lang])


def words_of(call: EndpointCall) -> StaffWords:
    """The words in the language of the course."""
    return words(call.service.lang)


def queue_pages(call: EndpointCall) -> QueuePages:
    """The marking pages."""
    return QueuePages(words_of(call), QUEUE)


def files_of(call: EndpointCall, assignment: str) -> dict[str, Any]:
    """Whether changed files of an assignment wait, or why they cannot be used, for `staff/files.html`."""
    said = known_unusable(call.service).get(assignment)
    broken = None if said is None else words_of(call).say(said)
    return {"id": assignment, "waits": waits(call.service, assignment), "broken": broken}


def staff_page(call: EndpointCall, template: str, *, status: int = 200, **values: Any) -> Response:
    """A staff page, in the staff frame."""
    known = {"layout": "staff/frame.html", "names_path": "/staff/names"}
    return page(call, template, words_of(call), status=status, **{**known, **values})
