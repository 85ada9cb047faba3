"""What a call takes and returns: one declaration, used to check requests and to make the documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.errors import StudentError
from grader.messages import sentence
from grader.service.api.bodies import JSON
from grader.service.api.checks import Schema

if TYPE_CHECKING:
    from grader.service.course.service import Service
    from grader.service.web.endpoint import EndpointCall

LARGEST_INTEGER = 2**31 - 1
"""The largest id or version: PostgreSQL's largest integer."""
PLAIN = r"^[^\u0000]*$"
"""Text that every database can hold."""


class Query(NamedTuple):
    """A value after the question mark."""

    name: str
    said: str
    schema: Schema
    default: str | None = None
    """The default; None if the value is required."""
    narrowed: Callable[[Service], Schema] | None = None
    """Its schema for a particular course, for the documentation."""


class Spec(NamedTuple):
    """One call: `said` summarises it in a line; what it takes, and its successful response."""

    said: str
    answer: Schema
    status: int = 200
    media: str = JSON
    body: Schema | None = None
    queries: tuple[Query, ...] = ()
    refusals: tuple[int, ...] = ()
    """Further statuses that it may return, besides those implied by its endpoint."""
    refusal: Schema | None = None
    """The schema of a refusal with the first of them, if it is more than a message."""
    medias: tuple[str, ...] = ()
    """Other content types of the response than `media`."""
    headers: Mapping[str, str] = {}
    """Headers of the response, with what they say."""
    others: Mapping[str, str] = {}
    """Other content types of the body, with their schemas."""
    narrowed: Callable[[Service], Schema] | None = None
    """The schema of the body for a particular course with its ids, for the documentation."""

    async def read(self, call: EndpointCall) -> dict[str, Any]:
        """The body as JSON that fits the schema.

        Raises StudentError for a body that does not fit, HTTPException for another content type.
        """
        assert self.body is not None
        return await call.json(self.body)

    def asked(self, call: EndpointCall) -> dict[str, str]:
        """The values after the question mark.

        Raises StudentError if one is missing, repeated, or not allowed.
        """
        return {one.name: self._asked(call, one) for one in self.queries}

    def _asked(self, call: EndpointCall, one: Query) -> str:
        found = call.request.query_params.getlist(one.name)
        if not found and one.default is not None:
            return one.default
        if len(found) != 1:
            raise StudentError(sentence("expected {name}=… once after the question mark", name=one.name))
        if one.schema.get("type") == "boolean" and found[0] not in ("true", "false"):
            said = sentence(
                "expected {name}=true or {name}=false, received {received}", name=one.name, received=found[0][:50]
            )
            raise StudentError(said)
        return found[0]


def fields(**of: Schema) -> dict[str, Any]:
    """The schema of an object with exactly these fields; those marked `optional` may be absent."""
    known = {name: {key: value for key, value in schema.items() if key != "optional"} for name, schema in of.items()}
    needed = [name for name, schema in of.items() if not schema.get("optional")]
    return {"type": "object", "additionalProperties": False, "required": needed, "properties": known}


def listing(of: Schema) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": of}


def text(said: str = "", **more: Any) -> dict[str, Any]:
    """The schema of a text that every database can hold."""
    return {"type": "string", "pattern": PLAIN, **({"description": said} if said else {}), **more}


def whole(said: str = "", least: int = 0) -> dict[str, Any]:
    """The schema of an id or a count."""
    described = {"description": said} if said else {}
    return {"type": "integer", "minimum": least, "maximum": LARGEST_INTEGER, **described}


def number(said: str = "", **more: Any) -> dict[str, Any]:
    """The schema of a number."""
    return {"type": "number", **({"description": said} if said else {}), **more}


def optional(schema: Schema) -> dict[str, Any]:
    """The schema of a field that may be absent."""
    return {**schema, "optional": True}


def or_null(schema: Schema) -> dict[str, Any]:
    """The schema of this or null."""
    return {"anyOf": [schema, {"type": "null"}]}
