"""`grader operations`: what the formulas of an assignment can call."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from grader.cli.boundary import speak
from grader.cli.options import LangOption, emit
from grader.errors import UsageError
from grader.messages import Sentence, sentence
from grader.messages.languages import SOURCE
from grader.messages.names import all_near

if TYPE_CHECKING:
    from grader.messages.languages import Say
    from grader.misconceptions.rule import Misconception

_ORDER = (
    "convolution",
    "true_convolution",
    "convolution1d",
    "transposed",
    "deformable",
    "kernels",
    "pooling",
    "global_pooling",
    "linear",
    "activations",
    "softmaxes",
    "batch_normalization",
    "layer_normalization",
    "losses",
    "optimizers",
    "layers",
    "receptive",
    "sizes",
)


def operations(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", show_default=False, help="One operation, to be shown in full.")
    ] = None,
    lang: LangOption = SOURCE,
) -> int:
    """List what formulas can call.

    All operations with one line each, or one of them in full.

    \b
    Examples:
      grader operations
      grader operations conv2d_grad_weight
      grader operations conv2d --lang fa
    """
    import grader.core

    say = speak(lang)
    table: dict[str, Callable[..., Any]] = {each: getattr(grader.core, each) for each in grader.core.__all__}
    if name is not None:
        emit("\n".join([in_full(name, table), *known_mistakes(name, say)]))
        return 0
    widest = max(map(len, table))
    for module, members in _groups(table):
        emit(f"\n{_first_line(sys.modules[module])}")
        for each in members:
            emit(f"  {each.ljust(widest)}  {_first_line(table[each])}")
    from grader.formula.helpers import HELPERS

    emit(f"\nHelpers, as in NumPy: {', '.join(HELPERS)}; and scan(operation, start, items).")
    emit("`grader operations NAME` shows one operation in full.")
    return 0


def _groups(table: dict[str, Callable[..., Any]]) -> list[tuple[str, list[str]]]:
    """The operations by the module that defines them: convolution first, then as a course goes on."""
    found: dict[str, list[str]] = {}
    for each, function in table.items():
        found.setdefault(function.__module__, []).append(each)

    def place(module: str) -> int:
        name = module.rpartition(".")[2]
        return _ORDER.index(name) if name in _ORDER else len(_ORDER)

    return sorted(found.items(), key=lambda group: place(group[0]))


def in_full(name: str, table: dict[str, Callable[..., Any]]) -> str:
    """Signature and docstring of one operation; UsageError with the nearest names for an unknown one."""
    if name not in table:
        near = all_near(name, table)
        if near:
            raise UsageError(
                sentence(
                    "unknown operation {name!r}: the nearest are {nearest} (`grader operations` lists all)",
                    name=name,
                    nearest=", ".join(near),
                )
            )
        raise UsageError(sentence("unknown operation {name!r}: `grader operations` lists all", name=name))
    function = table[name]
    signature = inspect.signature(function)
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    parameters = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    return f"{name}{parameters}\n\n{inspect.getdoc(function) or ''}"


def known_mistakes(name: str, say: Say) -> Iterator[str]:
    """The misconceptions of an operation, each with what the numbers then equal, the repair and the source."""
    from grader.misconceptions.index import made_in
    from grader.reports.parts import turned

    found = made_in(name)
    if found:
        heading = say(sentence("Misconceptions"))
        yield f"\n{turned(heading, say)}"
    for one in found:
        yield f"\n  {one.id}"
        for said in (
            sentence("Your numbers equal what you get if {equals}.", equals=one.equals),
            one.repair,
            sentence("Source: {source}", source=_source(one)),
        ):
            yield f"    {turned(say(said), say)}"


def _source(one: Misconception) -> str | Sentence:
    return sentence("well known") if one.source == "well known" else one.source


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").strip().partition("\n")[0]
