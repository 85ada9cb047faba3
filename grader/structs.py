"""Frozen dataclasses that are cheap to declare: a command declares some eighty of them before it reads its input."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Struct:
    """Base class of immutable value classes: a subclass is a dataclass without a decorator.

    `dataclass(frozen=True)` compiles six methods for each class, which took a tenth of the time of `grader check`. Here
    only `__init__` is compiled; the others are shared. Immutability is left to the type checker.

    >>> class Point(Struct):
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, y=0), Point(1) == Point(2), {Point(1): "a"}[Point(1)]
    (Point(x=1, y=0), True, False, 'a')
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _values: ClassVar[attrgetter[Any]]

    def __init_subclass__(cls, *, eq: bool = True) -> None:
        """Declare the fields; without `eq` an instance equals only itself."""
        dataclass(repr=False, eq=False)(cls)
        cls._values = attrgetter("__class__", *(each.name for each in fields(cls) if each.compare))
        if not eq:
            cls.__eq__ = object.__eq__  # type: ignore[method-assign]
            cls.__hash__ = object.__hash__  # type: ignore[method-assign]

    def __eq__(self, other: object) -> bool:
        """Whether the other is of the same class and holds equal values."""
        if self is other:
            return True
        return bool(self._values(self) == self._values(other)) if self.__class__ is other.__class__ else NotImplemented

    def __hash__(self) -> int:
        """A hash of the values."""
        return hash(self._values(self))

    def __repr__(self) -> str:
        """The class with its fields and their values."""
        shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return f"{type(self).__qualname__}({shown})"
