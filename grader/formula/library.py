"""The functions a formula may call: operations of the reference core and the helpers, with their signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.formula.row_wise import SCAN, row_functions

if TYPE_CHECKING:
    from grader.core.registry import Operation


MOST_ROWS = 20_000
"""How many values of rows are cached."""


class Library:
    """Operations and helpers by name; calls them with the shape order of the assignment."""

    def __init__(self, shape_order: str) -> None:
        """`shape_order` is HWC or CHW: how shapes are written."""
        self.shape_order = shape_order
        self._rows: dict[tuple[Any, ...], Any] = {}

    def __contains__(self, name: object) -> bool:
        """Whether a formula may call this name."""
        return isinstance(name, str) and _declared(name) is not None

    @property
    def names(self) -> list[str]:
        """All names that can be called, `scan` included."""
        from grader.core.registry import OPERATIONS
        from grader.formula.helpers import HELPERS

        return [*OPERATIONS, *HELPERS, SCAN.name]

    def check(self, name: str, arguments: int, keywords: list[str]) -> None:
        """Raise TypeError, with the reason, when a call cannot fit the function's signature."""
        _signature(name).bind(*[None] * arguments, **dict.fromkeys(keywords))

    def call(self, name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """The function's value."""
        signature = _signature(name)
        if "order" in signature.parameters and "order" not in keywords:
            keywords = {**keywords, "order": self.shape_order}
        if not arguments and keywords:
            arguments, keywords = _positional(signature, keywords)
        with np.errstate(all="ignore"):  # an overflow shows in the value, which is checked where it matters
            return _function(name)(*arguments, **keywords)

    def call_row(self, name: str, arguments: tuple[Any, ...], layer: str) -> Any:
        """The value of a row's operation on a shape (or those of branches) and a layer, cached.

        A network repeats few layers at few shapes, and every hypothesis meets them again. `layer` identifies the layer.
        """
        before, _, *more = arguments
        try:
            shape = before if type(before) is tuple and _WHOLE.issuperset(map(type, before)) else _key(before)
            key = (name, layer, shape, *map(_key, more))
        except TypeError:
            return self.call(name, arguments, {})
        if key not in self._rows:
            if len(self._rows) >= MOST_ROWS:
                self._rows.clear()
            self._rows[key] = self.call(name, arguments, {})
        return self._rows[key]

    def bind(self, name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """Every argument by name, defaults and the shape order filled in."""
        names, defaults = _plain_parameters(name)
        if names is None or len(arguments) > len(names):
            bound = _signature(name).bind(*arguments, **keywords)
            bound.apply_defaults()
            return dict(bound.arguments)
        found = {**defaults, **dict(zip(names, arguments, strict=False)), **keywords}
        if "order" in found and "order" not in keywords and len(arguments) <= names.index("order"):
            found["order"] = self.shape_order
        return found

    def arguments(self, name: str) -> list[str] | None:
        """The names of a function's arguments; None where it also takes arguments outside its signature."""
        return _plain_parameters(name)[0]

    def position(self, name: str, argument: str) -> int | None:
        """The position of an argument in the signature; None for an argument that the function does not have."""
        parameters = list(_signature(name).parameters)
        return parameters.index(argument) if argument in parameters else None

    @staticmethod
    def stepped(name: str) -> bool:
        """Whether a function is declared as stepped between integers, so that only integer points are meaningful."""
        found = _declared(name)
        return found is not None and found.stepped


_WHOLE = frozenset({int})


def _key(value: Any) -> Any:
    """Integers and lists of integers in hashable form; TypeError for anything else."""
    if type(value) is int:
        return value
    if type(value) is tuple or type(value) is list:
        return (type(value), *map(_key, value))
    raise TypeError


@cache
def _declared(name: str) -> Operation | None:
    """What formulas may call under a name; a helper takes precedence over an operation."""
    from grader.core.registry import OPERATIONS
    from grader.formula.helpers import HELPERS

    return HELPERS.get(name) or OPERATIONS.get(name)


@cache
def _function(name: str) -> Callable[..., Any]:
    """The function under a name: one for formulas, or the operation of a row, which only row-wise lists call."""
    found = _declared(name)
    return row_functions()[name] if found is None else found.function


@cache
def _plain_parameters(name: str) -> tuple[list[str] | None, dict[str, Any]]:
    """The parameters of a function and their defaults; no names where it takes any number of arguments."""
    parameters = _signature(name).parameters.values()
    if any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in parameters):
        return None, {}
    defaults = {each.name: each.default for each in parameters if each.default is not each.empty}
    return [each.name for each in parameters], defaults


@cache
def _signature(name: str) -> inspect.Signature:
    return inspect.signature(_function(name))


def _positional(signature: inspect.Signature, named: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The positional-only arguments, taken out of those given by name."""
    rest, first = dict(named), []
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL and name in rest:
            first.extend(rest.pop(name))
        elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY and name in rest:
            first.append(rest.pop(name))
    return tuple(first), rest
