"""Feedback of the µEd API: one item for each part, from the report or, while marks are hidden, from the reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.marking.report import WAITING
from grader.messages import sentence
from grader.reports.verdicts import VERDICTS
from grader.service.api.mued.request import EvaluationRequest
from grader.service.course import hand_in
from grader.service.course.policies import policy_of, sees_feedback
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.forms.spelling import spelled

Items = list[dict[str, Any]]


def read_as(service: Service, request: EvaluationRequest) -> Items:
    """How each answer is read, never whether it is right: the key is not used."""
    previewer = service.previewer(request.assignment)
    if previewer is None:  # it cannot be solved any more
        raise MissingError
    parts = (
        [request.part]
        if request.part
        else [(question, part) for question in request.answers for part in request.answers[question]]
    )
    written = {
        question: {part: spelled(raw, previewer.specs.get((question, part))) for part, raw in entries.items()}
        for question, entries in request.answers.items()
    }
    items = []
    for question, part in parts:
        found = previewer.preview(question, part, written.get(question, {}).get(part, ""))
        if found.message is not None:
            title, message = sentence("not read"), service.language(found.message)
        elif not found.readings:
            title, message = sentence("missing"), service.language(sentence("nothing was written"))
        else:
            title, message = sentence("read as"), "\n".join(one.shown for one in found.readings)
        response = {f"reading-{number}": one.shown for number, one in enumerate(found.readings, 1)}
        items.append(_item(question, part, service.language(title), message, response=response or None))
    return items


def marked(service: Service, who: Who, request: EvaluationRequest) -> Items:
    """The mark of each answer with its reasons, as far as the policy shows them; otherwise how it is read.

    Runs in the service's thread. Nothing is stored, and no attempt is used, so feedback that a policy delays or limits
    is given to staff programs only.
    """
    if not _may_see(service, who, request):
        return read_as(service, request)
    row = service.marked(request.assignment, hand_in.SUBMISSION_FILE, request.data)
    report = hand_in.report_of(row)
    return [
        _verdict(service, question["id"], part)
        for question, part in _parts(report)
        if request.part is None or request.part == (question["id"], part["id"])
    ]


def _may_see(service: Service, who: Who, request: EvaluationRequest) -> bool:
    if who.may(Right.READ):
        return True
    with service.store.reading() as base:
        seen = sees_feedback(service, base, request.assignment, request.student)
    return seen and policy_of(service, request.assignment).attempts is None


def _parts(report: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for question in report["questions"]:
        for part in question["parts"]:
            yield question, part


def _verdict(service: Service, question: str, part: Mapping[str, Any]) -> dict[str, Any]:
    waits = part["verdict"] in WAITING
    title = service.language(VERDICTS[part["verdict"]].phrase)
    action = "\n".join(one["message"] for one in part["diagnoses"])
    most = part["max_score"]
    name = f"{question}.{part['id']}"
    criterion: dict[str, Any] = {"criterionId": name, "name": name}
    if not waits:
        criterion["gradeConfig"] = {"min": min(0, part["score"]), "max": most, "value": part["score"]}
    return _item(
        question,
        part["id"],
        title,
        part["message"] or title,
        suggestedAction=action or None,
        awardedPoints=None if waits else part["score"],
        criterion=criterion,
    )


def _item(question: str, part: str, title: str, message: str, **more: Any) -> dict[str, Any]:
    target = {"artefactType": "TEXT", "format": "text:plain", "locator": {"question": question, "part": part}}
    made = {"feedbackId": f"{question}.{part}", "title": title, "message": message, "target": target}
    return {**made, **{name: value for name, value in more.items() if value is not None}}
