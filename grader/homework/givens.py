"""A question's givens: numbers, arrays, texts, truth values and tables, as computed with and as written.

A target such as `X`, `conv.kernel_size` or `layers[0].padding` leads to a place in them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from grader.homework.readers import CheckedNames, RefusedError
from grader.messages import sentence
from grader.messages.names import described, listed, nearest, shown
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


_TARGET = pattern(r"[^\W\d]\w*(?:\.\w+|\[\d{1,4}\])*")
_STEP = pattern(r"\.?(\w+)|\[(\d+)\]")
TargetStep = str | int


def steps(target: str) -> tuple[TargetStep, ...]:
    """The given and the way into it: `X`, `conv.kernel_size`, `layers[0].padding`.

    Raises RefusedError for anything else.
    """
    if not _TARGET.fullmatch(target):
        said = sentence(
            "expected a given or an option of a given layer, such as {example}, received {received}",
            example='X or "conv.kernel_size"',
            received=shown(target),
        )
        raise RefusedError(said)
    return tuple(int(index) if index else name for name, index in _STEP.findall(target))


def entry(given: Mapping[str, Any], target: str) -> Any:
    """A target's value in some givens; None for an option that is not written.

    Raises RefusedError for a given, an option or an entry that does not exist.
    """
    name, *inside = steps(target)
    value: Any = given_named(name, given)
    for step in inside:
        if isinstance(value, dict):
            value = _option(value, str(step))
        elif isinstance(value, list) and str(step).isdecimal():
            if int(step) >= len(value):
                said = sentence("{target}: expected an entry below {count}", target=shown(target), count=len(value))
                raise RefusedError(said)
            value = value[int(step)]
        else:
            said = sentence("{target}: expected a layer before {step}", target=shown(target), step=shown(str(step)))
            raise RefusedError(said)
    return value


def given_named(name: TargetStep, given: Mapping[str, Any]) -> Any:
    """The value of a given.

    Raises RefusedError, with the nearest name, for an unknown one.
    """
    if name in given:
        return given[str(name)]
    guess = nearest(str(name), given)
    if guess is None:
        said = sentence(
            "{name} is not a given of the question; given: {allowed}", name=shown(name), allowed=listed(given)
        )
    else:
        said = sentence(
            "{name} is not a given of the question: did you mean {nearest!r}? given: {allowed}",
            name=shown(name),
            nearest=guess,
            allowed=listed(given),
        )
    raise RefusedError(said)


def _option(layer: Mapping[str, Any], option: str) -> Any:
    """The option of a layer, None where it is not written."""
    from grader.core.layers.layer_type import layer_types

    known = layer_types().get(str(layer.get("type")))
    allowed = list(layer) if known is None else [*known.options, "repeat"]
    if option not in allowed or option in ("type", "name"):
        said = sentence(
            "the layer {type} has no option {option}; its options: {allowed}",
            type=shown(layer.get("type", "")),
            option=shown(option),
            allowed=listed(allowed),
        )
        raise RefusedError(said)
    return layer.get(option)


def put(given: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The givens with the drawn values at their targets."""
    changed = Givens(given, given.written if isinstance(given, Givens) else {})
    for target, value in drawn.items():
        name, *inside = steps(target)
        changed[str(name)] = _placed(changed[str(name)], inside, value)
    return changed


def _placed(holder: Any, inside: list[TargetStep], value: Any) -> Any:
    if not inside:
        return value
    step, rest = inside[0], inside[1:]
    if isinstance(holder, dict):
        return {**holder, str(step): _placed(holder.get(str(step)), rest, value)}
    index = int(step)
    return [_placed(one, rest, value) if place == index else one for place, one in enumerate(holder)]


def form(value: Any) -> Any:
    """The form that a drawn value shares with the base's: number, text, or list of the same length."""
    if isinstance(value, list):
        return [form(one) for one in value]
    if isinstance(value, dict):
        return {name: form(one) for name, one in value.items()}
    if isinstance(value, bool):
        return "true or false"
    return "number" if isinstance(value, int | float) else "text"


def brief(value: Any) -> str:
    """A given on one short line."""
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def leaves(value: Any) -> Iterator[Any]:
    """The entries of a nested list, row by row."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value
