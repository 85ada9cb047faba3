"""The people of the course: who may sign in and as what, new sign-in links, and the log of changes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from grader.errors import GraderError, StudentError
from grader.homework.submission import MAX_STUDENT
from grader.messages import Sentence, sentence
from grader.reports.sanitise import shorten, visible
from grader.service.course.people import unfit
from grader.service.course.refusals import DeniedError, MissingError
from grader.service.course.service import Service
from grader.service.course.who import ROLES, Right, Who
from grader.service.queue.typed import text_of
from grader.service.store.audit import entries, note
from grader.service.store.people import LINK_LASTS, Person, add_person, everybody, new_secret, person_named, revoke
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.roster import add_roster
from grader.service.web.staff.class_page import student_path
from grader.service.web.staff.pages import staff_page, words_of

PATH = "/staff/people"
SHOWN = "shown"
"""The field with the person whom the form shows: only theirs can be emptied."""
FIELDS = ("student", "name", "email", "role", SHOWN)
_ENTRIES = 1_000


async def people(call: EndpointCall) -> Response:
    """Everybody, with forms; the one in which a person is changed shows them."""
    return await _page(call, typed=await call.ask(_known, call.service, call.query("student")))


def _known(service: Service, id: str) -> dict[str, str]:
    """The form filled in with a person, whose fields may be emptied; an empty form if there is no such person."""
    with service.store.reading() as base:
        person = person_named(base, id) if id and "\0" not in id else None
    if person is None:
        return dict.fromkeys(FIELDS, "")
    return {**{name: getattr(person, name) for name in FIELDS if name != SHOWN}, SHOWN: person.student}


async def _page(call: EndpointCall, status: int = 200, **more: Any) -> Response:
    rows = await call.ask(_rows, call)
    values = {"said": None, "left_out": (), "link": None, "linked": "", "typed": dict.fromkeys(FIELDS, ""), **more}
    return staff_page(call, "staff/people.html", status=status, rows=rows, roles=list(ROLES), **values)


def _rows(call: EndpointCall) -> list[dict[str, Any]]:
    words = words_of(call)
    with call.service.store.reading() as base:
        return [
            {
                "id": one.student,
                "shown": shorten(visible(one.student), 200),
                "name": shorten(visible(one.name), 200),
                "email": shorten(visible(one.email), 200),
                "role": words.role(one.role),
                "path": student_path("", one.student).partition("#")[0],
                "is_self": one.student == call.who.name,
            }
            for one in everybody(base)
        ]


async def added(call: EndpointCall) -> Response:
    """Add a person, or everybody in a table."""
    form = await call.form(files=1)
    table = form.get("roster")
    typed = {name: text_of(form, name).strip() for name in FIELDS}
    try:
        if isinstance(table, UploadFile) and table.filename:
            if typed["student"]:
                raise StudentError(
                    sentence("expected one person or a table of people, received both: nobody was added")
                )
            left_out = await call.work(_add_table, call, table.filename, await table.read())
            if left_out:
                call.site.sessions.forget()
                return await _page(call, left_out=[words_of(call).say(one) for one in left_out])
        else:
            await call.work(_add, call.service, call.who, typed)
    except (StudentError, GraderError) as problem:
        return await _page(call, 422, said=words_of(call).say(problem.located), typed=typed)
    call.site.sessions.forget()
    return RedirectResponse(PATH, 303)


def _add_table(call: EndpointCall, name: str, data: bytes) -> list[Sentence]:
    """Add the people in a table; return what is to be said about rows that are left out."""
    left_out: list[Sentence] = []
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        path = Path(folder) / f"roster{Path(name).suffix.lower()[:6] or '.csv'}"
        path.write_bytes(data)
        add_roster(call.service.store, path, call.service.now(), call.who.name, left_out.append)
    return left_out


def _add(service: Service, who: Who, typed: dict[str, str]) -> None:
    id, role = typed["student"], typed["role"]
    if not id or len(id) > MAX_STUDENT:
        said = sentence("expected an id of 1 to {limit:,} characters", limit=MAX_STUDENT)
        raise StudentError(said)
    if (wrong := unfit(typed)) is not None:
        raise StudentError(wrong)
    if role not in ROLES:
        raise MissingError
    if id == who.name and role != "instructor":
        raise DeniedError(sentence("you cannot take your own rights away: another instructor can"))
    with service.store.writing() as base:
        empty = "" if typed[SHOWN] == id else None
        add_person(base, id, typed["name"] or empty, role, service.now(), typed["email"] or empty)
        note(base, service.now(), who.name, "added people", id, role=role)


async def linked(call: EndpointCall) -> Response:
    """Make a new sign-in link; it is shown once."""
    form = await call.form()
    person, secret = await call.work(_link, call.service, call.who, text_of(form, "id"))
    link = f"{call.site.address}/enter?token={secret}"
    return await _page(call, link=link, linked=shorten(visible(person.student), 200))


def _link(service: Service, who: Who, id: str) -> tuple[Person, str]:
    with service.store.writing() as base:
        person = person_named(base, id)
        if person is None:
            raise MissingError
        note(base, service.now(), who.name, "made a sign-in link", id)
        return person, new_secret(base, "link", service.now(), person=person.id, lasts=LINK_LASTS)


async def revoked(call: EndpointCall) -> Response:
    """Revoke every link and session of a person."""
    form = await call.form()
    await call.work(_revoke, call.service, call.who, text_of(form, "id"))
    call.site.sessions.forget()
    return RedirectResponse(PATH, 303)


def _revoke(service: Service, who: Who, id: str) -> None:
    if id == who.name:
        raise DeniedError(sentence("you cannot take your own rights away: another instructor can"))
    with service.store.writing() as base:
        person = person_named(base, id)
        if person is None:
            raise MissingError
        revoke(base, service.now(), person=person.id)
        note(base, service.now(), who.name, "revoked the links of", id)


async def log(call: EndpointCall) -> Response:
    """Who changed what."""
    return staff_page(call, "staff/log.html", rows=await call.ask(_log, call), most=words_of(call).count(_ENTRIES))


def _log(call: EndpointCall) -> list[dict[str, str]]:
    with call.service.store.reading() as base:
        return [
            {
                "at": one.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                "what": words_of(call).change(one.what),
                **{name: shorten(visible(getattr(one, name)), 300) for name in ("who", "subject", "details")},
            }
            for one in entries(base, _ENTRIES)
        ]


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint(PATH, people, Right.MANAGE),
        Endpoint(PATH, added, Right.MANAGE, methods=["POST"]),
        Endpoint(f"{PATH}/link", linked, Right.MANAGE, methods=["POST"]),
        Endpoint(f"{PATH}/revoke", revoked, Right.MANAGE, methods=["POST"]),
        Endpoint("/staff/log", log, Right.MANAGE),
    ]
