"""The calls under `/api/v1`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from grader.api import document
from grader.errors import StudentError
from grader.gradebook.results import lines
from grader.messages import sentence
from grader.service.api.shapes import assignment_document, given_document, mark_document
from grader.service.course import hand_in, marking, remark
from grader.service.course.policies import class_of, final_score, sees_feedback
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.web.call import Call, Place

ROOT = "/api/v1"
TOML = "application/toml"
NUMBERS = ("score", "max_score", "pending_points")
"""The columns of results.csv that are numbers."""


async def assignments(call: Call) -> Response:
    """What is asked, and nothing of the key."""
    return JSONResponse(await call.ask(_assignments, call.service))


def _assignments(service: Service) -> list[dict[str, Any]]:
    return [assignment_document(service, one) for one in service.assignments().values()]


async def preview(call: Call) -> Response:
    """How an answer is read; the key takes no part in it."""
    body = await call.json({"assignment": str, "question": str, "part": str, "written": str})
    found = call.service.previewer(body["assignment"])
    if found is None or (body["question"], body["part"]) not in found:
        raise MissingError
    read = found.preview(body["question"], body["part"], body["written"])
    readings = [{"shown": one.shown, "value": one.value} for one in read.readings]
    return JSONResponse({"readings": readings, "message": read.message and call.service.language(read.message)})


async def submit(call: Call) -> Response:
    """Hand in a submission: a TOML document, or its content as JSON."""
    data = await _submitted(call)
    made = await call.work(hand_in.hand_in, call.service, call.who, data)
    return JSONResponse(await call.ask(_handed_in, call.service, call.who, made), 201)


def _handed_in(service: Service, who: Who, made: Marked) -> dict[str, Any]:
    receipt = hand_in.receipt(made.hand_in)
    return {
        "id": made.hand_in.id,
        "receipt": {
            "number": receipt.number,
            "received_at": written_moment(receipt.received_at),
            "digest": receipt.digest,
        },
        "report": visible_report(service, who, made),
    }


async def submission(call: Call) -> Response:
    """What was handed in."""
    return JSONResponse(await call.ask(_submission, call))


def _submission(call: Call) -> dict[str, Any]:
    found = of_call(call)
    one = found.hand_in
    shown = sees_marks(call.service, call.who, found)
    return {
        "id": one.id,
        "assignment": one.assignment,
        "student": one.student,
        "attempt": one.attempt,
        "receipt": {"number": one.number, "received_at": written_moment(one.received), "digest": one.digest},
        "status": found.row.status if shown else None,
        "score": float(found.row.score) if shown else None,
        "max_score": float(found.row.max_score) if shown else None,
        "deduction": float(one.deduction),
        "marks": mark_document(call.service, found) if shown and call.who.is_staff else None,
    }


async def file(call: Call) -> Response:
    """The bytes that were handed in."""
    found = await call.ask(of_call, call)
    data = await call.ask(_data, call.service, found.hand_in.id)
    headers = {"content-disposition": f'attachment; filename="{hand_in.file_name(found.hand_in)}"'}
    return Response(data, media_type=TOML, headers=headers)


def _data(service: Service, id: int) -> bytes:
    with service.store.reading() as base:
        return submissions.data_of(base, id)


async def report(call: Call) -> Response:
    """The report, as the policy and the scope of the token allow; null where they do not."""
    found = await call.ask(of_call, call)
    return JSONResponse(await call.ask(visible_report, call.service, call.who, found))


async def results(call: Call) -> Response:
    """A row a student, as in results.csv, of the hand-in that counts."""
    return JSONResponse(await call.ask(_results, call.service, call.query("assignment")))


def _results(service: Service, assignment: str) -> list[dict[str, Any]]:
    if assignment not in service.applied.course.assignments:
        raise MissingError
    with service.store.reading() as base:
        found = class_of(service, base, assignment)
    table = csv.DictReader(lines(one.row._replace(file=hand_in.file_name(one.hand_in)) for one in found))
    return [
        {name: _number(text) if name in NUMBERS else text for name, text in row.items()}
        | {"deduction": float(one.hand_in.deduction), "final_score": float(final_score(one))}
        for one, row in zip(found, table, strict=True)
    ]


def _number(text: str) -> float | None:
    return float(text) if text else None


async def mark(call: Call) -> Response:
    """Give a part a mark, over the version that was seen."""
    body = await call.json(
        {"submission": int, "question": str, "part": str, "points": (str, int, float), "comment": str, "version": int},
        optional=("comment",),
    )
    wanted = marking.Wanted(
        body["submission"],
        body["question"],
        body["part"],
        str(body["points"]),
        body.get("comment", ""),
        body["version"],
    )
    outcome = await call.work(marking.give, call.service, call.who, wanted)
    given = None if outcome.newest is None else _given(outcome.newest)
    if outcome.saved:
        return JSONResponse(given, 201)
    said = sentence("somebody gave this part another mark in between: nothing was overwritten")
    return JSONResponse({"message": call.service.language(said), "mark": given}, 409)


def _given(one: Any) -> dict[str, Any]:
    return {"submission": one.submission, **given_document(one), "given_at": written_moment(one.given)}


async def remark_all(call: Call) -> Response:
    """Every mark that would move if the assignment were applied as its files are now; with `apply=true` they move."""
    wanted = call.query("apply", "false")
    if wanted not in ("true", "false"):
        raise StudentError(sentence("expected apply=true or apply=false, received {received!r}", received=wanted[:50]))
    assignment = call.query("assignment")
    if wanted == "true":
        moved = await call.work(remark.apply_files, call.service, call.who, assignment)
    else:
        moved = await call.work(remark.moved, call.service, assignment)
    return JSONResponse({"applied": wanted == "true", "moved": [one._asdict() for one in moved]})


# -- what several of them need ----------------------------------------------------------------------------------------


def of_call(call: Call) -> Marked:
    """The hand-in that the address names, if the caller may see it.

    Raises MissingError.
    """
    id = call.path("id")
    if not id.isascii() or not id.isdecimal() or len(id) > 15:
        raise MissingError
    with call.service.store.reading() as base:
        found = submissions.one(base, int(id))
    own = found is not None and Right.HAND_IN in call.who.rights and found.hand_in.sender == call.who.name
    if found is None or not (own or call.who.may(Right.READ, found.hand_in.student)):
        raise MissingError
    return found


def sees_marks(service: Service, who: Who, found: Marked) -> bool:
    """Whether somebody sees the marks of a hand-in now: staff always, others when the policy says so."""
    if who.is_staff:
        return True
    one = found.hand_in
    with service.store.reading() as base:
        return sees_feedback(service, base, one.assignment, one.student)


def visible_report(service: Service, who: Who, found: Marked) -> Mapping[str, Any] | None:
    """The report of a hand-in, None where the caller is not to see it yet or there is none."""
    if found.row.status == "error" or not sees_marks(service, who, found):
        return None
    return hand_in.report_of(found.row)


def written_moment(moment: datetime) -> str:
    """A moment as the API writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _submitted(call: Call) -> bytes:
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == TOML:
        return await call.request.body()
    if kind != "application/json":
        raise HTTPException(415)
    body = await call.json({"assignment": str, "student": str, "answers": dict, "variant": str}, optional=("variant",))
    data, _ = document(body, body["assignment"], hand_in.FILE)
    return data


def places() -> list[Place]:
    """Every call of this version."""
    return [
        Place(f"{ROOT}/assignments", assignments, "anybody", api=True),
        Place(f"{ROOT}/preview", preview, Right.HAND_IN, methods=["POST"], api=True),
        Place(f"{ROOT}/submissions", submit, Right.HAND_IN, methods=["POST"], api=True),
        Place(f"{ROOT}/submissions/{{id}}", submission, "anybody", api=True),
        Place(f"{ROOT}/submissions/{{id}}/file", file, "anybody", api=True),
        Place(f"{ROOT}/submissions/{{id}}/report", report, "anybody", api=True),
        Place(f"{ROOT}/results", results, Right.READ, api=True),
        Place(f"{ROOT}/marks", mark, Right.MARK, methods=["POST"], api=True),
        Place(f"{ROOT}/remark", remark_all, Right.MANAGE, methods=["POST"], api=True),
    ]
