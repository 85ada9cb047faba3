"""Value classes that are cheap to declare: a command declares some eighty of them before it reads its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, dataclass_transform


class _LateFields:
    """What `dataclasses` must know of a class, made when `fields` or `replace` first asks for it."""

    def __get__(self, instance: object, cls: type) -> dict[str, Field[Any]]:
        """The fields, now in place of this."""
        dataclass(init=False, repr=False, eq=False)(cls)
        found: dict[str, Field[Any]] = cls.__dict__["__dataclass_fields__"]
        return found


class _LateInit:
    """The `__init__` of a class, compiled when its first instance is made."""

    def __get__(self, instance: object, cls: type[Struct]) -> Callable[..., None]:
        """The compiled method, now in place of this."""
        cls.__init__ = _initialiser(cls)  # type: ignore[method-assign]
        found: Callable[..., None] = cls.__init__ if instance is None else cls.__init__.__get__(instance, cls)
        return found


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
        for name, late in (("__dataclass_fields__", _LateFields()), ("__init__", _LateInit())):
            setattr(cls, name, late)
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


def _initialiser(cls: type[Struct]) -> Any:
    """The `__init__` that sets every field of a class and then calls `__post_init__` if there is one.

    It is compiled from the names of the fields, as `dataclass` compiles it: setting them in a loop takes three times as
    long for each instance.
    """
    names: dict[str, Any] = {"MISSING": MISSING}
    parameters, lines = [], []
    for name, declared in cls._declared.items():
        default, factory = (
            (declared.default, declared.default_factory) if isinstance(declared, Field) else (declared, MISSING)
        )
        value = name
        if factory is not MISSING:
            names[f"make_{name}"] = factory
            value, parameter = f"make_{name}() if {name} is MISSING else {name}", f"{name}=MISSING"
        elif default is not MISSING:
            names[f"default_{name}"] = default
            parameter = f"{name}=default_{name}"
        else:
            parameter = name
        parameters.append(parameter)
        lines.append(f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    head = ", ".join(["self", *(["*"] if cls._by_name else []), *parameters])
    exec("\n".join([f"def __init__({head}):", *(lines or [" pass"])]), names)
    made = names["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return made
