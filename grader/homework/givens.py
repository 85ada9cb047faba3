"""A question's givens: numbers, arrays, texts, truth values and tables, as computed with and as written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from grader.homework.readers import CheckedNames, RefusedError
from grader.messages import sentence
from grader.messages.names import described, shown
from grader.patterns import pattern

_NUMBER = pattern(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_FRACTION = pattern(r"[+-]?\d+(?:\.\d+)?\s*/\s*\d+(?:\.\d+)?", needs="/")


class Givens(dict[str, Any]):
    """Givens as graph values, with decimals as floats, and as the author wrote them."""

    def __init__(self, values: Mapping[str, Any], written: Mapping[str, Any]) -> None:
        """Store both; `written` may lack names."""
        super().__init__(values)
        self.written = written


def as_written(givens: Mapping[str, Any], name: str) -> Any:
    """A given with the author's decimals, unless the graph's value has been replaced since."""
    value = givens[name]
    written = givens.written if isinstance(givens, Givens) else {}
    return written[name] if name in written and plain_given(written[name], name) == value else value


def _given(value: dict[str, Any]) -> Givens:
    """Check givens and convert them to graph values: nothing infinite, no dates."""
    return Givens({name: plain_given(entry, name) for name, entry in value.items()}, value)


def plain_given(value: Any, *at: str | int) -> Any:
    """A given as a graph value.

    Raises RefusedError, with its place, for a value that no formula can use.
    """
    if isinstance(value, str) and at[-1:] != ("name",):
        _refuse_quoted(value, at)
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, list):
        return [plain_given(entry, *at, index) for index, entry in enumerate(value)]
    if isinstance(value, dict):
        return {str(name): plain_given(entry, *at, str(name)) for name, entry in value.items()}
    if isinstance(value, (float, Decimal)):
        if math.isfinite(number := float(value)):
            return number
        raise RefusedError(sentence("expected a finite number, received {received}", received=described(value)), *at)
    raise RefusedError(
        sentence("expected a number, text, true, false, list or table, received {received}", received=described(value)),
        *at,
    )


def _refuse_quoted(text: str, at: tuple[str | int, ...]) -> None:
    """Refuse a number in quotes: it is text, which no operation can use."""
    number = text.strip().replace("−", "-")
    if _NUMBER.fullmatch(number):
        said = sentence(
            "a number among the givens has no quotes: write {number}, received {received}",
            number=number,
            received=shown(text),
        )
        raise RefusedError(said, *at)
    if _FRACTION.fullmatch(number):
        said = sentence(
            "a fraction is computed: write {number} in [questions.compute], received the given {received}",
            number=number,
            received=shown(text),
        )
        raise RefusedError(said, *at)


GIVEN = CheckedNames(_given, {"additionalProperties": True, "type": "object"})
