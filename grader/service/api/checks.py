"""Whether JSON fits a schema: a call's body is checked by the schema that its documentation shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from grader.messages import Sentence, sentence
from grader.messages.names import described, listed

Schema = Mapping[str, Any]
"""A JSON Schema; `problem` supports the keywords that our schemas use."""
Problem = Sentence | None
_KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, Decimal),
    "integer": (int, Decimal),
}
_WORDS = {
    "object": sentence("a JSON object"),
    "array": sentence("a list"),
    "string": sentence("text"),
    "boolean": sentence("true or false"),
    "null": sentence("null"),
    "number": sentence("a number"),
    "integer": sentence("a whole number"),
}
_BODY = sentence("the body")
_FORMATS = {
    "date-time": (
        re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z"),
        sentence("a date and time with its zone, such as {example}", example="2026-03-01T23:59:00Z"),
    ),
    "uri": (
        re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*\Z"),
        sentence("an address such as {example}", example="https://…"),
    ),
}


def problem(value: Any, schema: Schema, place: str = "", definitions: Schema | None = None) -> Problem:
    """What is wrong with a value, None if it fits; `place` is its path in the body, such as `task.title`.

    `definitions` are the targets of the schema's `$ref`s, by their last path segment.
    """
    if "$ref" in schema:
        return problem(value, (definitions or {})[schema["$ref"].rpartition("/")[2]], place, definitions)
    if (found := _type(value, schema, place)) is not None:
        return found
    checks = [_allowed, *_CHECKS.get(type(value), ())]
    for check in checks:
        if (found := check(value, schema, place)) is not None:
            return found
    return next(_inside(value, schema, place, definitions or {}), None)


def _expected(place: str, expected: Sentence, value: Any) -> Sentence:
    return sentence(
        "expected {name} as {expected}, received {received}",
        name=_name(place),
        expected=expected,
        received=_received(value),
    )


def _name(place: str) -> str | Sentence:
    return place or _BODY


def _type(value: Any, schema: Schema, place: str) -> Problem:
    kinds = schema.get("type")
    if kinds is None:
        return None
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if any(_is(value, kind) for kind in kinds):
        return None
    said = _WORDS[kinds[0]]
    return _expected(place, said, value)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if not isinstance(value, _KINDS[kind]):
        return False
    return kind != "integer" or not isinstance(value, Decimal) or value == value.to_integral_value()


def _received(value: Any) -> str | Sentence:
    if value is None:
        return "null"
    if isinstance(value, bool | Decimal):
        return str(value).lower()[:60]
    return described(value)


def _allowed(value: Any, schema: Schema, place: str) -> Problem:
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if allowed is None or any(one == value and isinstance(one, bool) == isinstance(value, bool) for one in allowed):
        return None
    said = listed("null" if one is None else str(one) for one in allowed)
    return sentence(
        "expected {name} as one of {allowed}, received {received}",
        name=_name(place),
        allowed=said,
        received=_received(value),
    )


def _text(value: str, schema: Schema, place: str) -> Problem:
    most, least = schema.get("maxLength", len(value)), schema.get("minLength", 0)
    if len(value) > most:
        return sentence(
            "expected {name} of at most {limit:,} characters, received {count:,}",
            name=_name(place),
            limit=most,
            count=len(value),
        )
    if len(value) < least:
        return _expected(place, _WORDS["string"], value)
    if (form := _FORMATS.get(schema.get("format", ""))) is not None and not form[0].match(value):
        return _expected(place, form[1], value)
    if not _pattern(schema.get("pattern", "")).search(value):
        form = schema["pattern"]
        control = r"\u0000" in form
        said = (
            sentence("text without control characters") if control else sentence("text of the form {form}", form=form)
        )
        return _expected(place, said, value)
    return None


def _size(value: int | Decimal, schema: Schema, place: str) -> Problem:
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    if least <= value <= most:
        return None
    if "maximum" not in schema:
        said = sentence("a number from {least}", least=str(least))
    else:
        said = sentence("a number from {least} to {most}", least=str(least), most=str(most))
    return _expected(place, said, value)


def _fields(value: Mapping[str, Any], schema: Schema, place: str) -> Problem:
    for name in schema.get("required", ()):
        if name not in value:
            return sentence("expected the field {name}", name=_below(place, name))
    known = schema.get("properties", {})
    if schema.get("additionalProperties") is False and (unknown := [name for name in value if name not in known]):
        return sentence("unknown field {name!r}", name=_below(place, unknown[0])[:100])
    return None


_CHECKS: Mapping[type, tuple[Callable[[Any, Schema, str], Problem], ...]] = {
    str: (_text,),
    int: (_size,),
    Decimal: (_size,),
    dict: (_fields,),
}


def _inside(value: Any, schema: Schema, place: str, definitions: Schema) -> Iterator[Sentence]:
    """What is wrong with the entries of a value, or with the value under the schemas that this one combines."""
    for inner in schema.get("allOf", ()) if value is not None else ():
        if (found := problem(value, inner, place, definitions)) is not None:
            yield found
    if choices := schema.get("oneOf", schema.get("anyOf")):
        wrong = [found for inner in choices if (found := problem(value, inner, place, definitions)) is not None]
        if len(wrong) == len(choices):
            yield wrong[0]
        elif "oneOf" in schema and len(wrong) < len(choices) - 1:
            yield sentence("{name} can be read in two ways", name=_name(place))
    if isinstance(value, dict):
        known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name, entry in value.items():
            inner = known.get(name, other)
            if isinstance(inner, Mapping) and (found := problem(entry, inner, _below(place, name), definitions)):
                yield found
    if isinstance(value, list) and "items" in schema:
        for number, entry in enumerate(value):
            if (found := problem(entry, schema["items"], f"{place}[{number}]", definitions)) is not None:
                yield found


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


@lru_cache(100)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
