"""Rendering pages: the service's templates, with the words of the course's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse, Response

from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.reports.templates import REPORT_TEMPLATES, environment, style
from grader.service.course.who import Right, Who
from grader.service.forms.pages import style as forms_style
from grader.service.guard import HttpRefusal
from grader.service.templates import SHARED_TEMPLATES
from grader.service.web.endpoint import EndpointCall
from grader.service.web.sessions import form_token
from grader.service.web.site import CourseSite
from grader.service.words import FixedWords, merged

WEB_TEMPLATES = Path(__file__).parent / "templates"
PAGE_WORDS: Mapping[str, Sentence] = {
    "course": sentence("Homework"),
    "skip": sentence("To the content"),
    "refused": sentence("This did not work"),
    "home": sentence("To the overview"),
    "sign_in": sentence("Sign in"),
    "sign_out": sentence("Sign out"),
    "signed_in": sentence("Signed in as"),
    "continue": sentence("Continue"),
    "enter_hint": sentence("This is a personal link. Keep it to yourself: anyone who has it can sign in as you."),
    "signed_out": sentence("You are signed out."),
    "queue": sentence("Queue"),
    "class": sentence("Class"),
    "asked_by_students": sentence("Questions about marks"),
    "upload": sentence("Upload submissions"),
    "people": sentence("People"),
    "log": sentence("Log of changes"),
    "my_work": sentence("My homework"),
}


class PageWords(FixedWords):
    """The words of pages in one language; `more` are those of one set of pages."""

    def __init__(self, language: Language, more: Mapping[str, Sentence] | None = None) -> None:
        """Translate the fixed words."""
        super().__init__(language, merged(PAGE_WORDS, more or {}))


@cache
def templates() -> Environment:
    """The templates of the pages."""
    return environment().overlay(loader=FileSystemLoader([WEB_TEMPLATES, SHARED_TEMPLATES, REPORT_TEMPLATES]))


@cache
def service_style() -> str:
    """The style sheet of all pages."""
    return str(style()) + (SHARED_TEMPLATES / "service.css").read_text(encoding="utf-8") + forms_style()


def page(
    call: EndpointCall, template: str, words: FixedWords | None = None, *, status: int = 200, **values: Any
) -> Response:
    """A page for the caller."""
    return HTMLResponse(render(call.site, call.known, template, words, **values), status)


def render(site: CourseSite, who: Who | None, template: str, words: FixedWords | None = None, **values: Any) -> str:
    """A page as text."""
    known = {
        "w": words or PageWords(site.service.language),
        "who": who,
        "is_staff": who is not None and who.is_staff,
        "may_manage": who is not None and who.may(Right.MANAGE),
        "csrf": "" if who is None else form_token(who.secret),
    }
    return templates().get_template(template).render(**known, **values)


def frame_nav(call: EndpointCall) -> str:
    """The navigation of the frame, for a page with its own templates."""
    return render(call.site, call.known, "nav.html")


def refused_page(site: CourseSite, why: HttpRefusal) -> Response:
    """Why a request is refused."""
    words = PageWords(site.service.language)
    text = render(site, None, "refused.html", words, said=words.say(why.said))
    return HTMLResponse(text, why.status, headers=why.headers)
