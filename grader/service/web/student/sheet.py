"""The answer sheet: previews, drafts, confirmation, handing in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from grader.errors import StudentError
from grader.messages import Sentence, sentence
from grader.messages.languages import LANGUAGES
from grader.service.api.bodies import JSON
from grader.service.api.spec import LARGEST_INTEGER, fields, optional, text, whole
from grader.service.course import hand_in as handing_in
from grader.service.course.refusals import DeniedError, MissingError, UnusableError
from grader.service.course.saving import TypedField
from grader.service.course.saving import save as save_typed
from grader.service.course.service import Service
from grader.service.course.sheets import StudentSheet, as_file, check_opened, elsewhere_since, student_sheet
from grader.service.course.unsent import differs
from grader.service.course.who import Right, Who
from grader.service.forms.fields import DIGEST, Form, Written
from grader.service.forms.pages import (
    ATTEMPT,
    CHANGE,
    HAND_IN,
    READ,
    SEEN,
    SHEET,
    STEP,
    ConfirmPage,
    FormPages,
    Frame,
    HandInPage,
    Links,
    script,
    seen,
)
from grader.service.forms.previews import SHORT_ANSWER, Previewer
from grader.service.forms.typed import MOST_TYPED, normalised
from grader.service.store.people import Person, hashed
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.handing_in import accept
from grader.service.web.pages import frame_nav
from grader.service.web.reading import read_while_typed
from grader.service.web.sessions import form_token

_JSON = 700_000
"""Bytes of a draft or a preview, with its JSON."""
_PREVIEW = fields(part=text(), written=text())
_REVISION = {**whole(), "maximum": LARGEST_INTEGER - 1}  # the next one is stored
_ASKED = {**text(), "maxLength": DIGEST}
_SAVE = fields(part=text(), written=text(), revision=_REVISION, attempt=optional(whole()), asked=optional(_ASKED))


_CHANGED = sentence(
    "the assignment was changed after this page was opened. Look at the questions and your answers before you go on."
)


@lru_cache(maxsize=len(LANGUAGES))
def form_pages(lang: str) -> FormPages:
    """The pages of a language."""
    return FormPages(LANGUAGES[lang])


async def sheet(call: EndpointCall) -> Response:
    """The answer sheet, with what was saved as a draft."""
    found = await _sheet(call)
    return await _sheet_page(call, found, found.written)


async def posted(call: EndpointCall) -> Response:
    """A step of the sheet's form: show readings, show the confirmation page, hand in, or go back."""
    found = await _sheet(call)
    form = await call.form()
    posted = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    answers, lost = found.form.answers(posted), found.form.without_field(posted)
    texts = {f"{question}.{part}": text for question, parts in answers.items() for part, text in parts.items()}
    written = {name: _posted(found.written.get(name, Written()), text) for name, text in texts.items()}
    elsewhere = elsewhere_since(found, texts, seen(str(form.get(SEEN, ""))), seen(f"={form.get(ATTEMPT, '')}"))
    is_other = form.get(SHEET, found.form.digest) != found.form.digest
    if elsewhere or is_other or lost:
        refusal = _CHANGED if is_other or lost else _overtaken(call, elsewhere)
        return await _sheet_page(call, found, written, refused=refusal, status=409, elsewhere=elsewhere, lost=lost)
    if apart := found.form.apart(posted):
        for name, cells in apart.items():
            written[name] = replace(written[name], cells=cells)
        return await _sheet_page(call, found, written, refused=_two_answers(call, apart), status=409)
    step = form.get(STEP)
    if step == HAND_IN:
        return await _hand_in(call, found, answers, written)
    if step in (CHANGE, READ):
        return await _sheet_page(call, found, written)
    previews = await call.ask(found.form.previews, answers)
    fields = found.form.fields(written, previews)
    said = _said(found)
    made = ConfirmPage(found.form, fields, _links(found), frame(call), call.who.name, said, found.attempt)
    return HTMLResponse(form_pages(call.service.lang).confirm(made))


def _posted(saved: Written, text: str) -> Written:
    """A field as posted: the draft, or another text, which was typed on the page that was posted."""
    return Written(text, saved.revision, asked=None if differs(text, normalised(saved.text)) else saved.asked)


def _overtaken(call: EndpointCall, elsewhere: Mapping[str, str]) -> Sentence:
    return sentence(
        "changed in another window or on another device: {names}. Look at both texts before you go on.",
        names=call.service.language.comma.join(elsewhere),
    )


def _two_answers(call: EndpointCall, names: Iterable[str]) -> Sentence:
    return sentence(
        "the rows and the text differ, and both were changed: {names}. Clear one of the two; the other is your answer.",
        names=call.service.language.comma.join(names),
    )


async def _hand_in(
    call: EndpointCall, found: StudentSheet, answers: Mapping[str, Any], written: dict[str, Written]
) -> Response:
    try:
        file = partial(as_file, found.form, _person(call), found.assignment.id, answers, call.received)
        made = await accept(call, file, typed=True)
    except (StudentError, DeniedError, UnusableError) as problem:
        return await _sheet_page(call, found, written, refused=problem.said, status=422)
    return RedirectResponse(f"/receipt/{made.hand_in.number}", 303)


async def upload(call: EndpointCall) -> Response:
    """Hand in a file."""
    found = await _sheet(call)
    form = await call.form(files=1)
    file = form.get("file")
    try:
        if not isinstance(file, UploadFile):
            raise StudentError(sentence("expected a file"))
        made = await accept(call, partial(_own_file, call.service, await file.read(), found.assignment.id))
    except (StudentError, DeniedError, UnusableError) as problem:
        return await _sheet_page(call, found, found.written, refused=problem.located, status=422)
    return RedirectResponse(f"/receipt/{made.hand_in.number}", 303)


def _own_file(service: Service, data: bytes, assignment: str) -> bytes:
    """A file, if it is a submission to this assignment.

    Raises StudentError for another one.
    """
    handing_in.read(service, data, assignment)
    return data


async def preview(call: EndpointCall) -> Response:
    """How an answer is read while it is typed; the key is not used."""
    if call.who.is_student:
        check_opened(call.service, call.path("assignment"))
    body = await call.json(_PREVIEW, most=_JSON)
    previewer = call.service.previewer(call.path("assignment"))
    question, _, part = body["part"].partition(".")
    if previewer is None or (question, part) not in previewer:
        raise MissingError
    read = partial(_remembered if len(body["written"]) <= SHORT_ANSWER else _rendered, call.service.lang)
    content = await read_while_typed(call, read, previewer, question, part, body["written"])
    return Response(content, media_type=JSON)


def _rendered(lang: str, previewer: Previewer, question: str, part: str, written: str) -> str:
    """A preview as the page's script gets it."""
    return json.dumps(form_pages(lang).preview(previewer.preview(question, part, written)), ensure_ascii=False)


# Cached because the students of a class type many of the same answers.
_remembered = lru_cache(maxsize=5_000)(_rendered)


async def save(call: EndpointCall) -> Response:
    """Save what was typed into a field, over the revision that the page has seen."""
    person = _person(call)
    check_opened(call.service, call.path("assignment"))
    body = await call.json(_SAVE, most=_JSON)
    previewer = call.service.previewer(call.path("assignment"))
    question, _, part = body["part"].partition(".")
    if previewer is None or (question, part) not in previewer:
        raise MissingError
    if len(body["written"]) > MOST_TYPED:
        said = sentence("expected an answer of at most {limit:,} characters", limit=MOST_TYPED)
        raise StudentError(said)
    typed = TypedField(body["part"], body["written"], body["revision"], body.get("attempt"), body.get("asked"))
    saved = await call.save(save_typed, call.service, person, call.path("assignment"), typed)
    if saved.is_saved:
        return JSONResponse({"revision": saved.draft.revision})
    newer = {"written": saved.draft.written, "revision": saved.draft.revision}
    more = {"asked": saved.draft.asked, "attempt": saved.attempt}
    return JSONResponse(newer | {name: value for name, value in more.items() if value is not None}, 409)


async def sheet_script(call: EndpointCall) -> Response:
    """The script of the sheet."""
    del call
    return Response(script(), media_type="text/javascript", headers={"cache-control": "public, max-age=3600"})


# -- pieces ------------------------------------------------------------------------------------------------------------


async def _sheet(call: EndpointCall) -> StudentSheet:
    """The sheet of the student who asks.

    Raises as `check_opened`.
    """
    person, assignment = _person(call), call.path("assignment")
    check_opened(call.service, assignment)
    form = await form_of(call, assignment, person.student)
    return await call.ask(student_sheet, call.service, person, assignment, form)


async def form_of(call: EndpointCall, assignment: str, student: str) -> Form:
    """The form of a student; only one that is not known yet waits for the service's thread."""
    if (known := call.service.known_form(assignment, student)) is not None:
        return known
    return await call.work(call.service.form, assignment, student)


def _person(call: EndpointCall) -> Person:
    """The student who made the request.

    Raises MissingError for staff, who have no sheets.
    """
    if call.who.person is None or not call.who.is_student:
        raise MissingError
    return call.who.person


async def _sheet_page(
    call: EndpointCall,
    found: StudentSheet,
    written: Mapping[str, Written],
    *,
    refused: Sentence | None = None,
    status: int = 200,
    elsewhere: Mapping[str, str] | None = None,
    lost: Mapping[str, str] | None = None,
) -> Response:
    policy, standing = found.assignment.policy, found.standing
    when = standing.due or call.service.now()
    zone = policy.clock(when).tzinfo
    assert zone is not None
    made = HandInPage(
        found.form,
        found.form.fields(written, await call.ask(found.form.read, written)),
        _links(found),
        frame(call),
        call.who.name,
        browser_key(call.who, found.assignment.id),
        standing.due,
        zone,
        standing.attempts_left,
        _said(found),
        refused,
        found.terms,
        elsewhere or {},
        found.attempt,
        found.without_field | dict(lost or {}),
    )
    return HTMLResponse(form_pages(call.service.lang).hand_in(made), status)


def _said(found: StudentSheet) -> tuple[Sentence, ...]:
    return tuple(said for said in (found.standing.said, found.said_of_team) if said is not None)


def _links(found: StudentSheet) -> Links:
    id = found.assignment.id
    return Links(f"/work/{id}", f"/preview/{id}", f"/drafts/{id}", upload=f"/upload/{id}")


def frame(call: EndpointCall) -> Frame:
    """What surrounds a page: the token of its forms, and its navigation."""
    return Frame(form_token(call.who.secret), Markup(frame_nav(call)))


def browser_key(who: Who, assignment: str) -> str:
    """The browser's storage key for drafts, which differs between people without identifying them."""
    return hashed(f"{who.name}\0{assignment}")[:16]


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/work/{assignment}", sheet, Right.HAND_IN),
        Endpoint("/work/{assignment}", posted, Right.HAND_IN, methods=["POST"]),
        Endpoint("/upload/{assignment}", upload, Right.HAND_IN, methods=["POST"]),
        Endpoint("/preview/{assignment}", preview, Right.HAND_IN, methods=["POST"]),
        Endpoint("/drafts/{assignment}", save, Right.HAND_IN, methods=["POST"]),
        Endpoint("/hand-in.js", sheet_script, "nothing"),
    ]
