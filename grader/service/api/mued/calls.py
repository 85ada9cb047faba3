"""The three calls of the µEd API, and their OpenAPI document."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

import grader
from grader.errors import StudentError
from grader.messages import sentence
from grader.service.api import mued
from grader.service.api.bodies import JSON
from grader.service.api.mued import MUED_ROOT, MUED_VERSION, schemas
from grader.service.api.mued.feedback import marked, read_as
from grader.service.api.mued.request import read_request
from grader.service.api.spec import Spec
from grader.service.course.service import Service
from grader.service.course.who import Right
from grader.service.guard import HttpRefusal
from grader.service.web.endpoint import Endpoint, EndpointCall

VERSION_HEADER = "x-api-version"
SAID = {VERSION_HEADER: MUED_VERSION}
_STATUS = {404: 403, 415: 400, 422: 400}
"""The specification's error names; a missing resource and another person's are not distinguished."""


class VersionError(StudentError):
    """A different version of the specification was requested."""


EVALUATE = Spec("Evaluate the answer to one part, or a whole paper", schemas.FEEDBACK, body=schemas.REQUEST)
HEALTH = Spec("Whether the service works", schemas.HEALTH)
INFO = Spec("What the service can do", schemas.INFO)
DOCUMENT = Spec("The OpenAPI document of these calls", {"type": "object"})


async def evaluate(call: EndpointCall) -> Response:
    """Feedback on a submission, at once: a `callbackUrl` is never called."""
    _check_version(call)
    body = await EVALUATE.read(call)
    request = await call.ask(read_request, call.service, body)
    if (body.get("preSubmissionFeedback") or {}).get("enabled"):
        items = await call.ask(read_as, call.service, request)
    else:
        items = await call.work(marked, call.service, call.who, request)
    return JSONResponse(items, headers=SAID)


async def health(call: EndpointCall) -> Response:
    """The process answers."""
    _check_version(call)
    return JSONResponse({"status": "OK", **_information(call)}, headers=SAID)


async def info(call: EndpointCall) -> Response:
    """What the service can do."""
    _check_version(call)
    return JSONResponse(_information(call), headers=SAID)


def _information(call: EndpointCall) -> dict[str, Any]:
    return {
        "version": grader.__version__,
        "requirements": {"requiresAuthorizationHeader": True, "requiresLlmConfiguration": False},
        "capabilities": {
            "supportsEvaluate": True,
            "supportsPreSubmissionFeedback": True,
            "supportsFormativeFeedback": True,
            "supportsSummativeFeedback": True,
            "supportsDataPolicy": "NOT_SUPPORTED",
            "supportsStreaming": False,
            "supportedArtefactProfiles": [
                {"type": "TEXT", "supportedFormats": ["plain", "markdown"]},
                {"type": "MATH", "supportedFormats": ["plain", "latex"]},
            ],
            "supportedLanguages": [call.service.lang],
            "supportedAPIVersions": [MUED_VERSION],
        },
    }


def _check_version(call: EndpointCall) -> None:
    wanted = call.request.headers.get(VERSION_HEADER, MUED_VERSION)
    if wanted != MUED_VERSION:
        raise VersionError(
            sentence(
                "expected version {version} of the µEd API, received {received}",
                version=MUED_VERSION,
                received=wanted[:50],
            )
        )


def refused(said: str, why: HttpRefusal, path: str) -> Response:
    """A refusal in the shape of the specification."""
    status = _STATUS.get(why.status, why.status) if path == MUED_ROOT else why.status
    phrase = HTTPStatus(status)
    body = {"title": phrase.phrase, "message": said, "code": phrase.name}
    return JSONResponse(body, status, headers={**SAID, **why.headers})


async def document(call: EndpointCall) -> Response:
    """The OpenAPI document: the supported part of the specification."""
    return JSONResponse(await call.ask(openapi, call.service, call.site.address))


def openapi(service: Service, address: str) -> dict[str, Any]:
    """The document for an address."""
    found = [endpoint for endpoint in endpoints() if endpoint.spec is not None and endpoint.spec is not DOCUMENT]
    return {
        "openapi": "3.1.0",
        "info": {"title": "µEd API: evaluate", "version": MUED_VERSION, "description": mued.__doc__},
        "servers": [{"url": address}],
        "paths": {
            endpoint.path: {
                "get" if endpoint.spec.body is None else "post": _operation(endpoint, endpoint.spec, service)
            }
            for endpoint in found
            if endpoint.spec is not None
        },
        "components": {
            "schemas": {"Error": schemas.ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, spec: Spec, service: Service) -> dict[str, Any]:
    refusals = {"406": "another version", "429": "too many requests", "default": "any other refusal"}
    made: dict[str, Any] = {"operationId": endpoint.handler.__name__, "summary": spec.said, "parameters": _HEADERS}
    if spec.body is not None:
        content = {"schema": spec.body, "examples": _examples(service)}
        made["requestBody"] = {"required": True, "content": {JSON: content}}
        made["security"] = [{"token": []}]
        refusals |= {"400": "it does not fit", "401": "no token", "403": "no such task, or not for this token"}
        refusals |= {"413": "the body is too long"}
    responses = {"200": {"description": spec.said, "content": {JSON: {"schema": spec.answer}}}}
    error = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    made["responses"] = responses | {status: {"description": why, "content": error} for status, why in refusals.items()}
    return made


def _examples(service: Service) -> dict[str, Any]:
    """A request about the first part of each assignment that has opened, as everybody may read the document."""
    made: dict[str, Any] = {}
    for id, one in service.opened().items():
        question = one.questions[0]
        task = f"{id}/{question.id}.{next(iter(question.parts))}"
        submission = {"taskId": task, "type": "TEXT", "format": "plain", "content": {"text": "1/2"}}
        made[id] = {"value": {"submission": submission, "preSubmissionFeedback": {"enabled": True}}}
    return made


_HEADERS = [
    {"name": "X-Api-Version", "in": "header", "schema": {"type": "string", "enum": [MUED_VERSION]}},
    {"name": "X-Request-Id", "in": "header", "schema": {"type": "string"}},
]


def endpoints() -> list[Endpoint]:
    """The addresses of the calls, as in the specification."""
    return [
        Endpoint(MUED_ROOT, evaluate, Right.HAND_IN, methods=["POST"], spec=EVALUATE),
        Endpoint(f"{MUED_ROOT}/health", health, "nothing", spec=HEALTH),
        Endpoint(f"{MUED_ROOT}/info", info, "nothing", spec=INFO),
        Endpoint(f"{MUED_ROOT}/openapi.json", document, "nothing", spec=DOCUMENT),
    ]
