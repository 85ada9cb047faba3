"""Request bodies: strict JSON by RFC 8259, parsed once, within bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from grader.errors import StudentError
from grader.messages import Sentence, sentence

JSON = "application/json"
DEEPEST = 100
MOST_DIGITS = 4_300
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(data: bytes) -> Any:
    """The value of a JSON text in UTF-8; decimals keep their digits.

    Raises StudentError for anything else: a repeated name in an object, NaN or infinity, a lone surrogate,
    more than 100 levels.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise StudentError(
            sentence(
                "expected JSON in UTF-8, received byte 0x{byte:02x} at offset {offset}",
                byte=data[problem.start],
                offset=problem.start,
            )
        ) from None
    try:
        value = json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except json.JSONDecodeError as problem:
        said = sentence("expected JSON, in line {line}, column {column}", line=problem.lineno, column=problem.colno)
        raise StudentError(said) from None
    except RecursionError:
        raise StudentError(_too_deep()) from None
    _check(value)
    return value


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise StudentError(sentence("at most {limit:,} digits are read in a number, received more", limit=MOST_DIGITS))
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise StudentError(_no_number(text)) from None


def _constant(text: str) -> Any:
    raise StudentError(_no_number(text))


def _no_number(text: str) -> Sentence:
    return sentence("expected a JSON number, received {received}", received=text[:60])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise StudentError(sentence("the field {name!r} occurs twice", name=name[:100]))
        made[name] = value
    return made


def _check(value: Any) -> None:
    """Refuse values nested too deep, and invalid text."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for one in level:
            for entry in _entries(one):
                if isinstance(entry, str) and _SURROGATE.search(entry):
                    raise StudentError(sentence("expected text, received half a character"))
                if isinstance(entry, dict | list):
                    inner.append(entry)
        if not inner:
            return
        level = inner
    raise StudentError(_too_deep())


def _entries(one: Any) -> Iterable[Any]:
    if isinstance(one, dict):
        yield from one
        yield from one.values()
    elif isinstance(one, list):
        yield from one
    else:
        yield one


def _too_deep() -> Sentence:
    return sentence("at most {limit} levels of lists and tables are read, received more", limit=DEEPEST)
