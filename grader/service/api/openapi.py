"""The documentation of the API as an OpenAPI document: made from the declarations of the endpoints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

import grader
from grader.reports.schemas import written_schema
from grader.service.api.bodies import JSON
from grader.service.api.checks import Schema
from grader.service.api.schemas import MESSAGE
from grader.service.api.spec import LARGEST_INTEGER, Spec
from grader.service.course.service import Service
from grader.service.course.who import SCOPES, Right
from grader.service.web.endpoint import Endpoint, EndpointCall

PATH = "/api/v1/openapi.json"
_SAID = {
    400: "an address with control characters, or a body of two lengths",
    401: "no token, or one that does not work",
    403: "not for this token, or not now",
    404: "there is no such thing, or it is not for this token to see",
    409: "somebody was faster, or the files of the assignment are broken",
    413: "the body is too long, or took too long",
    415: "another content type",
    422: "the request does not fit, as the one sentence says",
    429: "too many requests: Retry-After says when to ask again",
}
DOCUMENT = Spec("This document", {"type": "object"})


async def openapi(call: EndpointCall) -> Response:
    """The document, with the ids of the served course."""
    endpoints = [one for one in call.request.app.router.routes if isinstance(one, Endpoint)]
    return JSONResponse(await call.ask(document, endpoints, call.service, call.site.address))


def document(endpoints: Iterable[Endpoint], service: Service, address: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the calls among these endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        if endpoint.spec is not None and endpoint.path.startswith("/api/v1/"):
            methods = [method.lower() for method in sorted(endpoint.methods or ()) if method != "HEAD"]
            paths.setdefault(endpoint.path, {}).update(
                {method: _operation(endpoint, endpoint.spec, service) for method in methods}
            )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Homework of a course",
            "version": grader.__version__,
            "description": "Errors are JSON with one sentence. Identifiers are those of the course that is served.",
        },
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": {"Message": MESSAGE, **report_schemas()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`grader tokens create NAME --scope submit|read|staff` prints one, once",
                }
            },
        },
    }


def _operation(endpoint: Endpoint, spec: Spec, service: Service) -> dict[str, Any]:
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_INTEGER},
        }
        for name in endpoint.param_convertors
    ]
    for query in spec.queries:
        needed = query.default is None
        schema = query.schema if query.narrowed is None else query.narrowed(service)
        parameters.append(
            {"name": query.name, "in": "query", "required": needed, "description": query.said, "schema": schema}
        )
    made: dict[str, Any] = {
        "operationId": endpoint.handler.__name__,
        "summary": spec.said,
        "description": _who(endpoint),
        "parameters": parameters,
        "responses": _responses(endpoint, spec),
    }
    if spec.body is not None:
        made["requestBody"] = _body(spec, spec.body, service)
    if endpoint.needs != "nothing":
        made["security"] = [{"token": []}]
    return made


def _who(endpoint: Endpoint) -> str:
    if endpoint.needs == "nothing":
        return "Without a token."
    scopes = [name for name, rights in SCOPES.items() if endpoint.needs == "anybody" or endpoint.needs in rights]
    return f"With a token of the scope {' or '.join(scopes)}."


def _body(spec: Spec, general: Schema, service: Service) -> dict[str, Any]:
    schema = (spec.narrowed(service) if spec.narrowed is not None else {}) or general
    content: dict[str, Any] = {JSON: {"schema": schema}}
    for media, said in spec.others.items():
        content[media] = {"schema": {"type": "string", "description": said}}
    return {"required": True, "content": content}


def _responses(endpoint: Endpoint, spec: Spec) -> dict[str, Any]:
    made: dict[str, Any] = {
        str(spec.status): {
            "description": spec.said,
            "content": {media: {"schema": spec.answer} for media in (spec.media, *spec.medias)},
        }
    }
    if spec.headers:
        made[str(spec.status)]["headers"] = {
            name: {"description": said, "schema": {"type": "string"}} for name, said in spec.headers.items()
        }
    message: Schema = {"$ref": "#/components/schemas/Message"}
    for status in sorted(refusals(endpoint, spec)):
        own = spec.refusal if spec.refusals[:1] == (status,) else None
        made[str(status)] = {"description": _SAID[status], "content": {JSON: {"schema": own or message}}}
    # What is no request at all, or too long for one, is refused before there is an address to answer for.
    made["400"]["content"]["text/plain"] = {"schema": {"type": "string"}}
    made["default"] = {"description": "any other refusal", "content": {JSON: {"schema": message}}}
    return made


def refusals(endpoint: Endpoint, spec: Spec) -> set[int]:
    """The statuses with which a call may be refused."""
    found = {*spec.refusals, 400, 429}
    if endpoint.needs != "nothing":
        found.add(401)
    if isinstance(endpoint.needs, Right):
        found.add(403)
    if spec.body is not None:
        found |= {413, 415, 422}
    if spec.queries:
        found.add(422)
    return found


def report_schemas() -> dict[str, Schema]:
    """The schema of reports with each of its definitions as a component."""
    text = json.dumps(written_schema("report"))
    whole: Mapping[str, Any] = json.loads(text.replace('"#/$defs/', '"#/components/schemas/Report.'))
    definitions = {f"Report.{name}": schema for name, schema in whole["$defs"].items()}
    return {"Report": {name: whole[name] for name in ("title", "oneOf")}, **definitions}


def endpoints() -> list[Endpoint]:
    """The address of the document."""
    return [Endpoint(PATH, openapi, "nothing", spec=DOCUMENT)]
