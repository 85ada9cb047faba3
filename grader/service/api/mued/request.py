"""What a µEd request is about: a part of an assignment, or the whole paper, and the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from grader.api import document
from grader.homework.submission import MAX_STUDENT
from grader.service.course.hand_in import SUBMISSION_FILE, is_plain, read
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service

ANONYMOUS = "anonymous"
"""The student of a request that does not name one."""
WRITTEN = ("value", "text", "expression", "markdown", "code", "model", "answer")
"""The fields that hold an artefact's content, by type; the first one present is read."""


class EvaluationRequest(NamedTuple):
    """One part of an assignment, or all of it, and the submission."""

    assignment: str
    part: tuple[str, str] | None
    student: str
    answers: Mapping[str, Mapping[str, Any]]
    data: bytes
    """The submission as a file would hold it."""


def read_request(service: Service, body: Mapping[str, Any]) -> EvaluationRequest:
    """Interpret a request that fits the schema.

    Raises MissingError for anything that the course does not have, StudentError for a paper that `grader check`
    refuses.
    """
    assignment, part = _named(service, body)
    content = body["submission"]["content"]
    written = next((content[name] for name in WRITTEN if content.get(name) is not None), None)
    student = _student(body)
    if part is not None:
        question, name = part
        answers = {} if written is None else {question: {name: _plain(written)}}
    elif isinstance(written, str):
        submission = read(service, written.encode())
        if submission.assignment != assignment:
            raise MissingError
        return EvaluationRequest(assignment, None, submission.student, submission.answers, written.encode())
    else:
        found = content.get("answers", written)
        answers = found if isinstance(found, dict) else {}
    data, _ = document({"assignment": assignment, "student": student, "answers": answers}, assignment, SUBMISSION_FILE)
    return EvaluationRequest(assignment, part, student, read(service, data).answers, data)


def _named(service: Service, body: Mapping[str, Any]) -> tuple[str, tuple[str, str] | None]:
    """The assignment and the part: by the configuration, or by the task's id, such as cnn-foundations/q4.Z."""
    own = body.get("configuration") or {}
    if isinstance(own.get("assignment"), str):
        names = [own["assignment"], *(own[name] for name in ("question", "part") if isinstance(own.get(name), str))]
    else:
        id = body["submission"].get("taskId") or (body.get("task") or {}).get("taskId") or ""
        assignment, _, rest = id.partition("/")
        names = [assignment, *rest.replace("/", ".", 1).split(".", 1)] if rest else [assignment]
    found = service.assignments().get(names[0])
    if found is None or len(names) == 2:
        raise MissingError
    if len(names) == 1:
        return names[0], None
    parts = {question.id: question.parts for question in found.questions}
    if names[2] not in parts.get(names[1], {}):
        raise MissingError
    return names[0], (names[1], names[2])


def _student(body: Mapping[str, Any]) -> str:
    id = (body.get("user") or {}).get("userId") or ANONYMOUS
    fits = is_plain(id) and id.strip() and len(id) <= MAX_STUDENT
    return id if fits else ANONYMOUS


def _plain(written: Any) -> Any:
    """An answer as a submission holds it; tables, which no kind reads, become text."""
    if isinstance(written, dict) or (isinstance(written, list) and any(isinstance(one, dict) for one in written)):
        return json.dumps(written, default=_text, ensure_ascii=False)
    return "true" if written is True else "false" if written is False else written


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else repr(value)
