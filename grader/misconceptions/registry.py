"""Misconceptions and their registry: each misconception is declared above the function that is its rule.

    @misconception(
        id="conv-no-bias",
        operations=("conv2d", "conv1d"),
        equals="the bias is not added",
        repair="Add the bias of the filter to every output cell.",
    )
    def _no_bias(occurrence: Occurrence) -> Any:
        needs(occurrence.bound()["bias"] is not None)
        return occurrence.changed(bias=None)

A module of `grader.misconceptions.rules` is imported when one of its rules is needed. It is found by searching the text
of the modules, which contains every id in quotes, and for every operation its name, the name of the operation that it
is a gradient of, or the name of its family in `support.families`. A new module needs no change in any other file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache, partial
from typing import Any, TypeVar

from grader.core.registry import OPERATIONS, Modules
from grader.formula.row_wise import row_of
from grader.formula.substitution import Rule
from grader.messages import Sentence, sentence
from grader.misconceptions.support import families
from grader.structs import Struct

WELL_KNOWN = "well known"

Function = TypeVar("Function", bound=Callable[..., Any])


class Misconception(Struct):
    """A known mistake, as a rule that computes the wrong value.

    Attributes:
        id: its name in reports, statistics and `credit_for`.
        operations: what the rule is tried at: operations of the core, helpers, the operation of a row, or an
            arithmetic sign such as `"/"`, for a rule that inspects the formula; `"()"` is a shape that is written out.
        rule: takes an occurrence of one of the operations and returns the wrong value; raises one of `NOT_MADE_HERE`
            if the mistake cannot be made there.
        equals: completes "Your numbers equal what you get if ...".
        repair: a complete sentence in the imperative. Neither sentence contains a number from a key.
        source: the paper that describes it, or "well known".
        general: whether it is a general mistake of arithmetic, tried only if no mistake of a topic explains an answer.
        place: the module of the declaration and its position there; rules are tried in this order.
    """

    id: str
    operations: tuple[str, ...]
    rule: Rule
    equals: Sentence
    repair: Sentence
    source: str = WELL_KNOWN
    general: bool = False
    place: tuple[str, int] = field(default=("", 0), compare=False)


_DECLARED: dict[str, Misconception] = {}
_MODULES = Modules(["grader.misconceptions.rules"])
_opened = 0


def misconception(
    *,
    id: str,
    operations: str | tuple[str, ...],
    equals: str,
    repair: str,
    source: str = WELL_KNOWN,
    options: Mapping[str, Any] | None = None,
    general: bool = False,
) -> Callable[[Function], Function]:
    """Declare a misconception above the function that computes its wrong value.

    Declarations may be stacked: a function with keyword arguments can be the rule of several mistakes, each with its
    own `options`; they are tried from top to bottom.

    Args:
        id: unique among all misconceptions.
        operations: one name or several.
        equals: in English, without a full stop; also the key of its translation.
        repair: in English, with a full stop; also the key of its translation.
        source: the paper that describes the mistake.
        options: the function's keyword arguments.
        general: whether it is a general mistake of arithmetic, not one of a topic.

    Raises:
        TypeError: for a declaration without operations, or options that the function does not take.
        ValueError: for an id that is already declared, or a full stop that is missing or too many.
    """
    global _opened
    _opened += 1
    number = _opened
    names = (operations,) if isinstance(operations, str) else tuple(operations)
    if not all((id, names, *names, source)):
        raise TypeError(f"the misconception {id!r} needs an id, the operations at which it is made, and a source")
    if not equals or equals.endswith(".") or not repair.endswith("."):
        raise ValueError(f"the misconception {id!r}: `equals` ends without a full stop, `repair` with one")

    def declare(function: Function) -> Function:
        if id in _DECLARED:
            raise ValueError(f"the misconception {id!r} is declared twice")
        try:
            if options or not _takes_an_occurrence_alone(function):
                inspect.signature(function).bind(None, **(options or {}))
        except TypeError as problem:
            raise TypeError(f"the misconception {id!r} and {function.__qualname__}: {problem}") from problem
        rule, place = partial(function, **options) if options else function, (function.__module__, number)
        _DECLARED[id] = Misconception(id, names, rule, sentence(equals), sentence(repair), source, general, place)
        return function

    return declare


def _takes_an_occurrence_alone(function: Callable[..., Any]) -> bool:
    """Whether a plain function takes one argument; for hundreds of rules, `inspect.signature` would be too slow."""
    code = getattr(function, "__code__", None)
    return code is not None and (code.co_argcount, code.co_kwonlyargcount) == (1, 0)


@cache
def misconceptions() -> tuple[Misconception, ...]:
    """Every misconception, in the order in which rules are tried: by module, then as declared there."""
    _MODULES.import_all()
    return tuple(_in_order())


def _in_order() -> list[Misconception]:
    return sorted(_DECLARED.values(), key=lambda each: each.place)


def _words(operation: str) -> list[str]:
    """Words such that every module with rules for an operation contains at least one of them."""
    declared = OPERATIONS.get(operation)
    names = {operation, declared.gradient_of if declared and declared.gradient_of else operation}
    shared = (name for name, those in vars(families).items() if name.isupper() and not names.isdisjoint(those))
    return [*(f'"{name}"' for name in names), *shared]


@cache
def by_operation(operation: str, general: bool = False) -> tuple[Misconception, ...]:
    """The misconceptions about an operation or an arithmetic sign: those of topics, or the general ones."""
    _MODULES.import_mentioning(_words(operation))
    return tuple(each for each in _in_order() if operation in each.operations and each.general == general)


def made_in(operation: str) -> tuple[Misconception, ...]:
    """The misconceptions about an operation, or about its rows if it is computed row by row."""
    return by_operation(row_of(operation))


def by_id(id: str) -> Misconception | None:
    """The misconception with this id; None if there is none."""
    _MODULES.import_mentioning([f'"{id}"'])
    return _DECLARED.get(id)
