"""Value classes that are cheap to declare: a command declares some eighty of them before it reads its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, dataclass_transform


class _Late:
    """`__init__` or `__dataclass_fields__` of a class, made when it is first asked for.

    Several threads may ask at once: each sets an equal method, and none ever finds that of a base class.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, cls: type[Struct]) -> Any:
        """The method or the fields, now in place of this."""
        setattr(cls, self.name, getattr(_model_of(cls), self.name))
        return getattr(cls if instance is None else instance, self.name)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Struct:
    """Base class of value classes: a subclass is a dataclass without a decorator.

    `dataclass(frozen=True)` compiles six methods for each class, which took a tenth of the time of `grader check`. Here
    only `__init__` is compiled, for the first instance, and the others are shared. Immutability is left to the type
    checker.

    >>> class Point(Struct):
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, y=0), Point(1) == Point(2), {Point(1): "a"}[Point(1)]
    (Point(x=1, y=0), True, False, 'a')
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _declared: ClassVar[Mapping[str, Any]] = {}
    """The default of each field, a `Field`, or MISSING; those of the base classes first."""
    _by_name: ClassVar[bool] = False
    """Whether fields are given by name only."""
    _values: ClassVar[attrgetter[Any]]

    def __init_subclass__(cls, *, eq: bool = True, frozen: bool = True, kw_only: bool = False) -> None:
        """Declare the fields.

        Without `eq` an instance equals only itself; without `frozen` its fields may change, and it has no hash; with
        `kw_only` its fields are given by name.
        """
        own = [name for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar")]
        cls._declared = {**cls._declared, **{name: cls.__dict__.get(name, MISSING) for name in own}}
        cls._by_name = kw_only
        cls._values = attrgetter("__class__", *(name for name, each in cls._declared.items() if _compared(each)))
        for name in ("__init__", "__dataclass_fields__"):
            setattr(cls, name, _Late(name))
        if not eq:
            cls.__eq__ = object.__eq__  # type: ignore[method-assign]
            cls.__hash__ = object.__hash__  # type: ignore[method-assign]
        elif not frozen:
            cls.__hash__ = None  # type: ignore[assignment]

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


dataclass(init=False, repr=False, eq=False)(Struct)  # `dataclasses` asks base classes, too


def _compared(declared: Any) -> bool:
    return declared.compare if isinstance(declared, Field) else True


def _model_of(cls: type[Struct]) -> type:
    """A dataclass with the fields of a class, whose `__init__` the class can use.

    `make_dataclass` would take three times as long; without a docstring, `dataclass` would inspect a signature for it.
    """
    members: dict[str, Any] = {name: each for name, each in cls._declared.items() if each is not MISSING}
    members |= {"__doc__": cls.__doc__ or "", "__annotations__": dict.fromkeys(cls._declared, Any)}
    if hasattr(cls, "__post_init__"):
        members["__post_init__"] = cls.__post_init__
    declare = dataclass(repr=False, eq=False, match_args=False, kw_only=cls._by_name)
    return declare(type(cls.__qualname__, (), members))
