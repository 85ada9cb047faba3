"""`grader operations`: what the formulas of an assignment can call, and what is known about each name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from grader.cli.boundary import speak
from grader.cli.options import emit, lang_option
from grader.errors import UsageError
from grader.messages import Sentence, sentence
from grader.messages.names import all_near

if TYPE_CHECKING:
    from grader.core.layers.layer_type import LayerType
    from grader.core.registry import Operation
    from grader.messages.languages import Say
    from grader.misconceptions.registry import Misconception

FORMS = {
    "scan": (
        "scan(operation, start, items)\n\nA list in which each entry is computed from the one before: "
        "operation(start, items[0]), and so on.\n\nEvery entry is a step of its own, so that one wrong entry of an "
        "answer costs one entry. Example: scan(output_shape, image, layers)."
    ),
    "pi": "pi\n\nThe circumference of a circle over its diameter, 3.14159...",
    "e": "e\n\nThe base of the natural logarithm, 2.71828...",
    "any": "any\n\nAn entry of an array that is not asked: nothing there is compared or counted.",
}
"""What formulas may contain besides operations and helpers."""


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@lang_option
def operations(name: str | None, lang: str) -> int:
    """List what formulas can call.

    Without NAME, all operations are listed, one line each. With NAME, that operation, helper, layer type or
    misconception is described in full.

    \b
    Examples:
      grader operations
      grader operations conv2d_grad_weight
      grader operations conv-flip --lang fa
    """
    say = speak(lang)
    if name is None:
        emit("\n".join(overview()))
    else:
        emit("\n".join(in_full(name, say)))
    return 0


def overview() -> Iterator[str]:
    """Every operation with one line, topic by topic; then the names of the helpers."""
    import grader.core  # noqa: F401 - declares all operations
    from grader.core.registry import OPERATIONS
    from grader.formula.helpers import HELPERS

    widest = max(map(len, OPERATIONS))
    for topic, heading in OPERATIONS.topics.items():
        yield f"\n{heading}"
        for each in OPERATIONS.of_topic(topic):
            yield f"  {each.name.ljust(widest)}  {each.summary}"
    yield f"\nHelpers, as in NumPy: {', '.join(HELPERS)}; scan(operation, start, items); the constants pi and e; any."
    yield "`grader operations NAME` shows one of them, a layer type or a misconception in full."


def in_full(name: str, say: Say) -> Iterator[str]:
    """Everything known under a name; UsageError with the nearest names for an unknown one."""
    import grader.core  # noqa: F401 - declares all operations
    from grader.core.layers.layer_type import layer_types
    from grader.core.registry import OPERATIONS
    from grader.formula.helpers import HELPERS
    from grader.misconceptions.registry import by_id

    if name in FORMS:
        yield FORMS[name]
        return
    called, layer, mistake = HELPERS.get(name) or OPERATIONS.get(name), layer_types().get(name), by_id(name)
    if called is None and layer is None and mistake is None:
        raise _unknown(name, [*OPERATIONS, *HELPERS, *FORMS, *layer_types(), *_misconception_ids()])
    parts = []
    if called is not None:
        parts.append("\n".join([documented(called), *known_mistakes(name, say)]))
    if layer is not None:
        parts.append(as_layer(layer))
    if mistake is not None:
        tried = say(sentence("Tried at: {operations}", operations=", ".join(mistake.operations)))
        parts.append("\n".join([*one_mistake(mistake, say), f"  {tried}"]))
    yield "\n\n".join(parts)


def _unknown(name: str, known: list[str]) -> UsageError:
    near = all_near(name, known)
    if not near:
        return UsageError(sentence("unknown operation {name!r}: `grader operations` lists all", name=name))
    said = sentence(
        "unknown operation {name!r}: the nearest are {nearest} (`grader operations` lists all)",
        name=name,
        nearest=", ".join(near),
    )
    return UsageError(said)


def _misconception_ids() -> list[str]:
    from grader.misconceptions.registry import misconceptions

    return [one.id for one in misconceptions()]


def documented(called: Operation) -> str:
    """Signature and docstring of an operation or a helper."""
    signature = inspect.signature(called.function)
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    parameters = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    return f"{called.name}{parameters}\n\n{inspect.getdoc(called.function) or ''}"


def as_layer(layer: LayerType) -> str:
    """A layer type as an assignment writes it, with its options and their defaults."""
    from grader.core.layers.layer_type import REQUIRED

    options = [name if default is REQUIRED else f"{name} = {_toml(default)}" for name, default in layer.options.items()]
    table = ", ".join([f'type = "{layer.name}"', *options])
    return f"{{{table}}}\n\n{layer.summary}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def known_mistakes(name: str, say: Say) -> Iterator[str]:
    """The misconceptions of an operation, each with what the numbers then equal, the remedy and the source."""
    from grader.misconceptions.registry import made_in
    from grader.reports.parts import turned

    found = made_in(name)
    if found:
        yield f"\n{turned(say(sentence('Misconceptions')), say)}"
    for one in found:
        yield ""
        for line in one_mistake(one, say):
            yield f"  {line}"


def one_mistake(one: Misconception, say: Say) -> Iterator[str]:
    """The id of a misconception and what is said about it."""
    from grader.reports.parts import turned

    yield one.id
    for said in (
        sentence("Your numbers equal what you get if {equals}.", equals=one.equals),
        one.repair,
        sentence("Source: {source}", source=_source(one)),
    ):
        yield f"  {turned(say(said), say)}"


def _source(one: Misconception) -> str | Sentence:
    return sentence("well known") if one.source == "well known" else one.source
