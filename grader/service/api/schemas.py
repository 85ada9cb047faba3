"""The JSON Schemas of API responses."""

from __future__ import annotations

from collections.abc import Iterable

from grader.gradebook.run.publish import RESULT_COLUMNS
from grader.homework.submission import MAX_STUDENT
from grader.service.api.checks import Schema
from grader.service.api.spec import fields, listing, number, optional, or_null, text, whole
from grader.service.course.service import Service

STUDENT_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\ufeff\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
"""A student's id: visible text without control characters."""
NUMBERS = ("score", "max_score", "pending_points")
"""The columns of results.csv that are numbers."""
MOST = 40
"""The most branches of a schema that programs can cope with."""
_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
_SHARE: Schema = {"type": "number", "description": "the share of the points that being late costs"}
_MOMENT: Schema = {"type": "string", "format": "date-time", "description": "in UTC, with milliseconds"}
REPORT: Schema = {"$ref": "#/components/schemas/Report"}
REPORT_OR_NULL = or_null(REPORT)
MESSAGE = fields(message={"type": "string", "minLength": 1, "description": "one sentence"})
"""The body of a refusal."""

ASSIGNMENTS = listing(
    fields(
        id=_TEXT,
        title=_TEXT,
        questions=listing(
            fields(
                id=_TEXT,
                title=_TEXT,
                parts=listing(
                    fields(id=_TEXT, kind=_TEXT, points={"type": "number"}, prompt=_TEXT, choices={"type": "array"})
                ),
            )
        ),
    )
)
PREVIEW = fields(
    readings=listing(fields(shown={"type": "string"}, value={"description": "the value as plain data"})),
    message={"type": ["string", "null"], "description": "what to type, where there is no reading"},
)
RECEIPT = fields(number=_TEXT, received_at=_MOMENT, digest={"type": "string", "description": "sha256 of the file"})
HANDED_IN = fields(id={"type": "integer"}, receipt=RECEIPT, report=REPORT_OR_NULL)
_GIVEN: dict[str, Schema] = {
    "question": _TEXT,
    "part": _TEXT,
    "version": {"type": "integer"},
    "comment": _TEXT,
    "reading": {"type": "string", "description": "how a person read the answer, in place of points; empty otherwise"},
    "who": _TEXT,
    "points": or_null({"type": "number"}),
}
SUBMISSION = fields(
    id={"type": "integer"},
    assignment=_TEXT,
    student=_TEXT,
    attempt={"type": "integer"},
    receipt=RECEIPT,
    status=_TEXT_OR_NULL,
    score=_NUMBER_OR_NULL,
    max_score=_NUMBER_OR_NULL,
    deduction=_SHARE,
    marks=or_null(listing(fields(**_GIVEN))),
)
RESULTS = listing(
    fields(
        **{name: _NUMBER_OR_NULL if name in NUMBERS else _TEXT for name in RESULT_COLUMNS},
        deduction=_SHARE,
        final_score={"type": "number", "description": "the score after the late deduction"},
    )
)
MARK = fields(submission={"type": "integer"}, **_GIVEN, given_at=_MOMENT)
OVERTAKEN = fields(message=MESSAGE["properties"]["message"], mark=optional(or_null(MARK)))
"""A newer mark by somebody else than the one the caller had seen."""
REMARK = fields(
    applied={"type": "boolean"},
    moved=listing(
        fields(
            submission={"type": "integer"},
            student=_TEXT,
            attempt={"type": "integer"},
            part=_TEXT,
            before=_TEXT,
            after=_TEXT,
            why=_TEXT,
        )
    ),
    finals=listing(
        fields(
            submission={"type": "integer"},
            student=_TEXT,
            attempt={"type": "integer"},
            counts={"type": "boolean"},
            attempt_before={"type": "integer"},
            before=_TEXT,
            after=_TEXT,
            deduction_before=_TEXT,
            deduction_after=_TEXT,
            why=_TEXT,
        )
    ),
    visible=fields(shown={"type": "integer"}, hidden={"type": "integer"}, answers={"type": "integer"}),
)


# -- what a body may be in one course: of assignments that have opened, as everybody may read the document -------------


def ids(service: Service) -> Schema:
    """The ids of the assignments."""
    found = list(service.opened())
    return {"type": "string", "enum": found} if found else {"type": "string"}


def previewed(service: Service) -> Schema:
    """The bodies of a preview: a branch for each assignment."""
    return _any_of(
        fields(
            assignment={"const": id},
            question={"enum": [question.id for question in one.questions]},
            part={"enum": sorted({name for question in one.questions for name in question.parts})},
            written=text("the answer as it was typed"),
        )
        for id, one in service.opened().items()
    )


def submitted(service: Service) -> Schema:
    """The bodies of a submission: a branch for each assignment."""
    anything: Schema = {"description": "a number, a text or a list"}
    return _any_of(
        fields(
            assignment={"const": id},
            student=text("who answers", pattern=STUDENT_PATTERN, maxLength=MAX_STUDENT),
            answers=fields(
                **{
                    question.id: optional(fields(**{name: optional(anything) for name in question.parts}))
                    for question in one.questions
                }
            ),
        )
        for id, one in service.opened().items()
    )


def marked(service: Service) -> Schema:
    """The bodies of a mark: a branch for all parts worth the same, in any assignment."""
    alike: dict[float, tuple[set[str], set[str]]] = {}
    for one in service.opened().values():
        for question in one.questions:
            for name, part in question.parts.items():
                questions, parts = alike.setdefault(float(part.points), (set(), set()))
                questions.add(question.id)
                parts.add(name)
    return _any_of(
        fields(
            submission=whole("the id of the hand-in"),
            question={"enum": sorted(questions)},
            part={"enum": sorted(parts)},
            points=number(minimum=0, maximum=points, multipleOf=0.01),
            comment=optional(text("what the student reads")),
            version=whole("the version of the mark that was seen, 0 where there was none"),
        )
        for points, (questions, parts) in alike.items()
    )


def _any_of(schemas: Iterable[Schema]) -> Schema:
    """Any of these; no constraint if there are too many for programs to cope with."""
    found = list(schemas)
    return {"anyOf": found} if 0 < len(found) <= MOST else {}
