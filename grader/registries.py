"""Shared by registries of classes: incomplete classes are refused; modules are imported to register theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def check(declared: type[Any], attributes: Mapping[str, type]) -> None:
    """Check that a class has these attributes and no abstract method.

    Raises:
        TypeError: it lacks some of them.
    """
    lacks = [name for name, kind in attributes.items() if not isinstance(getattr(declared, name, None), kind)]
    lacks += sorted(declared.__abstractmethods__)
    if lacks:
        raise TypeError(f"{declared.__name__} cannot be registered: it lacks {', '.join(lacks)}")


def put(registry: dict[str, Any], declared: type[Any], plural: str) -> None:
    """Make the only instance of a class, and put it into a registry by its name.

    Raises:
        ValueError: the name is taken.
    """
    if declared.name in registry:
        raise ValueError(f"two {plural} are called {declared.name!r}")
    registry[declared.name] = declared()


def import_modules(package: str, path: Iterable[str]) -> None:
    """Import every module of a package, in alphabetical order."""
    for module in sorted(found.name for found in iter_modules(path)):
        import_module(f"{package}.{module}")
