"""The receipt of a hand-in, and the file that was handed in."""

from __future__ import annotations

from datetime import UTC

from starlette.responses import HTMLResponse, Response

from grader.errors import AuthorError
from grader.messages import Sentence
from grader.service.course import hand_in as handing_in
from grader.service.course.policies import policy_of
from grader.service.course.refusals import UnusableError
from grader.service.forms.fields import AnswerField, Form, Written
from grader.service.forms.pages import Links, ReceiptPage
from grader.service.forms.typed import typed_of
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.student.own import own_hand_in
from grader.service.web.student.sheet import browser_key, form_of, form_pages, frame


async def receipt(call: EndpointCall) -> Response:
    """The receipt: what was handed in, and when."""
    found, data, latest = await call.ask(_handed_in, call)
    one = found.hand_in
    said: tuple[Sentence, ...] = ()
    try:
        form = await form_of(call, one.assignment, one.student)
        zone = policy_of(call.service, one.assignment).clock(one.received).tzinfo
        fields = await call.ask(_read, form, data)
    except (AuthorError, UnusableError):
        form, zone, fields, said = None, UTC, {}, (UnusableError().said,)
    links = Links(f"/work/{one.assignment}", "", "", file=f"/file/{one.number}", feedback=f"/feedback/{one.number}")
    assert zone is not None
    made = ReceiptPage(
        form, fields, links, frame(call), one.student, browser_key(call.who, one.assignment),
        one.number, one.received, one.digest, zone, said, one.assignment, latest,
    )  # fmt: skip
    return HTMLResponse(form_pages(call.service.lang).receipt(made))


def _handed_in(call: EndpointCall) -> tuple[Marked, bytes, bool]:
    """The hand-in in the address with its bytes, and whether it is the student's last attempt."""
    found, data = own_hand_in(call)
    one = found.hand_in
    with call.service.store.reading() as base:
        last = submissions.past(base, one.assignment, one.student).last
    return found, data, last is not None and last.hand_in.id == one.id


def _read(form: Form, data: bytes) -> dict[str, AnswerField]:
    """The fields with what was handed in, and how it is read."""
    answers = typed_of(data, form.previewer.specs)
    written = {
        f"{question}.{part}": Written(text) for question, parts in answers.items() for part, text in parts.items()
    }
    return form.fields(written, form.previews(answers))


async def file(call: EndpointCall) -> Response:
    """The file that was handed in."""
    found, data = await call.ask(own_hand_in, call)
    headers = {"content-disposition": f'attachment; filename="{handing_in.file_name(found.hand_in)}"'}
    return Response(data, media_type="application/toml", headers=headers)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/receipt/{number}", receipt, "anybody"),
        Endpoint("/file/{number}", file, "anybody"),
    ]
