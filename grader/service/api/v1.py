"""The calls under `/api/v1`."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any

from starlette.responses import JSONResponse, Response

from grader.api import document
from grader.gradebook.review.checks import LONGEST_TEXT
from grader.gradebook.run.publish import table_lines
from grader.homework.submission import MAX_STUDENT
from grader.lms.formats import EXPORTERS
from grader.messages import sentence
from grader.service.api import schemas
from grader.service.api.access import of_call, report_text, sees_marks, visible_report
from grader.service.api.bodies import JSON
from grader.service.api.schemas import NUMBERS, STUDENT_PATTERN
from grader.service.api.shapes import assignment_document, mark_document, marks_document, written_moment
from grader.service.api.spec import Query, Spec, fields, number, optional, text, whole
from grader.service.course import hand_in, marking, remark
from grader.service.course.counting import final_score
from grader.service.course.exports import MEDIA, ExportRequest, export
from grader.service.course.policies import class_of
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.forms.previews import Previewer
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.handing_in import accept
from grader.service.web.reading import read_while_typed

ROOT = "/api/v1"
TOML = "application/toml"
NOTES = "X-Export-Notes"


ASSIGNMENT = Query("assignment", "the id of the assignment", text(), narrowed=schemas.ids)
ASSIGNMENTS = Spec("What the assignments of the course ask; nothing of their keys", schemas.ASSIGNMENTS)


async def assignments(call: EndpointCall) -> Response:
    """What the assignments ask, without the key."""
    return JSONResponse(await call.ask(_assignments, call.service))


def _assignments(service: Service) -> list[dict[str, Any]]:
    unsolved = service.unsolved
    return [assignment_document(service, one) for id, one in service.assignments().items() if id not in unsolved]


PREVIEW = Spec(
    "How an answer is read, never whether it is right",
    schemas.PREVIEW,
    body=fields(assignment=text(), question=text(), part=text(), written=text("the answer as it was typed")),
    refusals=(404,),
    narrowed=schemas.previewed,
)


async def preview(call: EndpointCall) -> Response:
    """How an answer is read; the key is not used."""
    body = await PREVIEW.read(call)
    found = call.service.previewer(body["assignment"])
    if found is None or (body["question"], body["part"]) not in found:
        raise MissingError
    read = await read_while_typed(call, Previewer.preview, found, body["question"], body["part"], body["written"])
    readings = [{"shown": one.shown, "value": one.value} for one in read.readings]
    said = sentence("nothing was written") if read.blank else read.message
    return JSONResponse({"readings": readings, "message": said and call.service.language(said)})


SUBMIT = Spec(
    "Hand in a submission; when the receipt is there, it is on disk",
    schemas.HANDED_IN,
    201,
    body=fields(
        assignment=text(),
        student=text("who answers", pattern=STUDENT_PATTERN, maxLength=MAX_STUDENT),
        answers={"type": "object", "additionalProperties": {"type": "object"}},
        variant=optional(text("the variant that was worked on, as the template says it")),
    ),
    others={TOML: "the file that `grader check` grades"},
    narrowed=schemas.submitted,
)


async def submit(call: EndpointCall) -> Response:
    """Hand in a submission: a TOML document, or its content as JSON."""
    data = await _submitted(call)
    made = await accept(call, lambda: data)
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


SUBMISSION = Spec("What was handed in, with its marks where they are to be seen", schemas.SUBMISSION, refusals=(404,))


async def submission(call: EndpointCall) -> Response:
    """What was handed in."""
    return JSONResponse(await call.ask(_submission, call))


def _submission(call: EndpointCall) -> dict[str, Any]:
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
        "marks": marks_document(call.service, found) if shown and call.who.is_staff else None,
    }


FILE = Spec("The bytes that were handed in", {"type": "string"}, media=TOML, refusals=(404,))


async def file(call: EndpointCall) -> Response:
    """The bytes that were handed in."""
    found = await call.ask(of_call, call)
    data = await call.ask(_data, call.service, found.hand_in.id)
    headers = {"content-disposition": f'attachment; filename="{hand_in.file_name(found.hand_in)}"'}
    return Response(data, media_type=TOML, headers=headers)


def _data(service: Service, id: int) -> bytes:
    with service.store.reading() as base:
        return submissions.data_of(base, id)


REPORT = Spec(
    "The report, as the policy and the scope of the token allow; null where they do not",
    schemas.REPORT_OR_NULL,
    refusals=(404,),
)


async def report(call: EndpointCall) -> Response:
    """The report, as the policy and the scope of the token allow; null where they do not."""
    found = await call.ask(of_call, call)
    text = await call.ask(report_text, call.service, call.who, found)
    return JSONResponse(None) if text is None else Response(text.encode(), media_type=JSON)


RESULTS = Spec(
    "One row per student, as in results.csv, for the hand-in that counts",
    schemas.RESULTS,
    queries=(ASSIGNMENT,),
    refusals=(404,),
)


async def results(call: EndpointCall) -> Response:
    """One row per student, as in results.csv, for the hand-in that counts."""
    return JSONResponse(await call.ask(_results, call.service, RESULTS.asked(call)["assignment"]))


def _results(service: Service, assignment: str) -> list[dict[str, Any]]:
    if assignment not in service.applied.course.assignments:
        raise MissingError
    with service.store.reading() as base:
        found = class_of(service, base, assignment)
    table = csv.DictReader(table_lines(one.row._replace(file=hand_in.file_name(one.hand_in)) for one in found))
    return [
        {name: _number(text) if name in NUMBERS else text for name, text in row.items()}
        | _plain(one)
        | {"deduction": float(one.hand_in.deduction), "final_score": float(final_score(one))}
        for one, row in zip(found, table, strict=True)
    ]


def _plain(one: Marked) -> dict[str, str]:
    """The texts of a row, which spreadsheets get with a quote before what would begin a formula."""
    row = one.row
    file = hand_in.file_name(one.hand_in)
    return {
        "file": file,
        "assignment": row.assignment or "",
        "student": row.student or "",
        "reason": row.why or row.reason,
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


EXPORT = Spec(
    "The marks of the class as a file, as `grader export` writes it; of several files a ZIP archive",
    {"type": "string", "format": "binary"},
    media=MEDIA["csv"],
    medias=(MEDIA["zip"],),
    queries=(
        ASSIGNMENT,
        Query("format", "the format of the file", {"type": "string", "enum": list(EXPORTERS)}),
        Query("provisional", "also marks that are not final", {"type": "boolean", "default": False}, "false"),
    ),
    refusals=(404,),
    headers={NOTES: "what to know before the file is used: a list of texts, as JSON"},
)


async def exports(call: EndpointCall) -> Response:
    """The marks of the class as a file, with what to know before it is used."""
    asked = EXPORT.asked(call)
    request = ExportRequest(asked["assignment"], asked["format"], asked["provisional"] == "true")
    found = await call.ask(export, call.service, request)
    notes = json.dumps([call.service.language(one) for one in found.notes])
    return Response(found.data, media_type=found.media, headers={**found.headers, NOTES: notes})


MARK = Spec(
    "Give a part a mark, over the version that was seen",
    schemas.MARK,
    body=fields(
        submission=whole("the id of the hand-in"),
        question=text(),
        part=text(),
        points=number(minimum=0, maximum=1_000_000),
        comment=optional(text("what the student reads", maxLength=LONGEST_TEXT)),
        version=whole("the version of the mark that was seen, 0 where there was none"),
    ),
    refusals=(409, 404),
    refusal=schemas.OVERTAKEN,
    narrowed=schemas.marked,
)


async def mark(call: EndpointCall) -> Response:
    """Give a part a mark, replacing the version that the caller has seen."""
    body = await MARK.read(call)
    request = marking.MarkRequest(
        body["submission"],
        body["question"],
        body["part"],
        _points(body["points"]),
        body.get("comment", ""),
        body["version"],
    )
    outcome = await call.work(marking.give, call.service, call.who, request)
    newest = None if outcome.newest is None else _mark_document(outcome.newest)
    if outcome.saved:
        return JSONResponse(newest)
    said = sentence("somebody else has given this part another mark in the meantime: nothing was overwritten")
    return JSONResponse({"message": call.service.language(said), "mark": newest}, 409)


def _points(written: Decimal | int) -> str:
    """Points as text; clients may send sums of binary fractions such as 0.30000000000000004."""
    rounded = round(Decimal(written), 2) + 0
    return f"{rounded if abs(rounded - written) < Decimal('1e-9') else written:f}"


def _mark_document(one: Any) -> dict[str, Any]:
    return {"submission": one.submission, **mark_document(one), "given_at": written_moment(one.given)}


REMARK = Spec(
    "Every mark and final score that would move if the assignment were applied as its files are now, and to how many "
    "students feedback would be shown or hidden; with apply=true all that happens",
    schemas.REMARK,
    queries=(ASSIGNMENT, Query("apply", "whether the marks move", {"type": "boolean", "default": False}, "false")),
    refusals=(409, 404),
)


async def remark_all(call: EndpointCall) -> Response:
    """Everything that would move if the assignment's present files were applied; with `apply=true` they are."""
    assignment, wanted = REMARK.asked(call).values()
    moved, rows = await call.ask(remark.moved, call.service, assignment)
    if wanted == "true":
        moved = await call.work(remark.apply_files, call.service, call.who, assignment, None, rows)
    return JSONResponse({"applied": wanted == "true", **moved.document()})


async def _submitted(call: EndpointCall) -> bytes:
    if call.content_type == TOML:
        return await call.request.body()
    body = await SUBMIT.read(call)
    data, _ = document(body, body["assignment"], hand_in.SUBMISSION_FILE)
    return data


def endpoints() -> list[Endpoint]:
    """Every call of this version."""
    one = f"{ROOT}/submissions/{{id}}"
    return [
        Endpoint(f"{ROOT}/assignments", assignments, "anybody", spec=ASSIGNMENTS),
        Endpoint(f"{ROOT}/preview", preview, Right.HAND_IN, methods=["POST"], spec=PREVIEW),
        Endpoint(f"{ROOT}/submissions", submit, Right.HAND_IN, methods=["POST"], spec=SUBMIT),
        Endpoint(one, submission, "anybody", spec=SUBMISSION),
        Endpoint(f"{one}/file", file, "anybody", spec=FILE),
        Endpoint(f"{one}/report", report, "anybody", spec=REPORT),
        Endpoint(f"{ROOT}/results", results, Right.READ, spec=RESULTS),
        Endpoint(f"{ROOT}/exports", exports, Right.READ, spec=EXPORT),
        Endpoint(f"{ROOT}/marks", mark, Right.MARK, methods=["POST"], spec=MARK),
        Endpoint(f"{ROOT}/remark", remark_all, Right.MANAGE, methods=["POST"], spec=REMARK),
    ]
