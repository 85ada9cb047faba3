"""Where a name such as `X`, `conv.kernel_size` or `layers[0].padding` leads in the givens of a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.homework.givens import Givens
from grader.homework.readers import RefusedError
from grader.messages import sentence
from grader.messages.names import listed, nearest, shown
from grader.patterns import pattern

_TARGET = pattern(r"[^\W\d]\w*(?:\.\w+|\[\d{1,4}\])*")
_STEP = pattern(r"\.?(\w+)|\[(\d+)\]")
Step = str | int


def steps(target: str) -> tuple[Step, ...]:
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


def given_named(name: Step, given: Mapping[str, Any]) -> Any:
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


def _placed(holder: Any, inside: list[Step], value: Any) -> Any:
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
