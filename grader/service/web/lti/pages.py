"""Pages shown inside a learning platform's own, and refused sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.messages import Sentence, sentence
from grader.service.course.lti.connection import Lti
from grader.service.guard import HEADERS
from grader.service.lti.refusal import CookieBlockedError, RefusedLaunchError
from grader.service.web.endpoint import EndpointCall, Handler
from grader.service.web.pages import PageWords, page

POLICY = "content-security-policy"
WORDS: Mapping[str, Sentence] = {
    "open": sentence("Open in a new window"),
    "open_hint": sentence("Your homework opens in a new window. This works once, within five minutes."),
    "choose": sentence("Link an assignment"),
    "choose_hint": sentence("What you choose appears in the learning platform, with a column for its marks."),
    "link": sentence("Link"),
    "points": sentence("Points"),
    "chosen": sentence("Back to the learning platform"),
}


def lti_of(call: EndpointCall) -> Lti:
    """The connection to learning platforms.

    Raises HTTPException if the course has none.
    """
    if call.site.lti is None:
        raise HTTPException(404)
    return call.site.lti


def texts(form: FormData | Mapping[str, Any]) -> dict[str, str]:
    """The text fields of a form; of several with one name the last."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def framed(call: EndpointCall, template: str, *, status: int = 200, to: str = "", **values: Any) -> Response:
    """A page that a platform may frame, and whose form may go `to` another origin.

    Browsers ignore X-Frame-Options if a content security policy has frame-ancestors.
    """
    response = page(call, template, PageWords(call.service.language, WORDS), status=status, **values)
    origins = " ".join(lti_of(call).origins) or "'none'"
    policy = HEADERS[POLICY].replace("frame-ancestors 'none'", f"frame-ancestors {origins}")
    response.headers[POLICY] = policy.replace("form-action 'self'", f"form-action 'self' {to}".strip())
    return response


def said(handler: Handler) -> Handler:
    """Show refusals within the platform's frame."""

    @wraps(handler)
    async def answered(call: EndpointCall) -> Response:
        lti_of(call)
        try:
            return await handler(call)
        except RefusedLaunchError as problem:
            again = problem.again if isinstance(problem, CookieBlockedError) else ""
            words = PageWords(call.service.language)
            return framed(call, "lti/refused.html", status=403, said=words.say(problem.located), again=again)

    return answered
