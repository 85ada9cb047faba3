"""Values as cells: nested values of keys and of answers, laid out by index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Cell = tuple[int, ...]
"""The index of an entry, counted from zero; () for one value."""

NOT_ASKED = "any"
"""What authors and keys write for an entry that is not asked for."""


def nested_axes(value: Any) -> tuple[int, ...]:
    """How many entries a nested value has along each axis; () for one value.

    >>> nested_axes([[1, 2, 3], [4, 5, 6]]), nested_axes(7)
    ((2, 3), ())
    """
    sizes = []
    while isinstance(value, list | tuple | np.ndarray):
        sizes.append(len(value))
        if len(value) == 0:
            break
        value = value[0]
    return tuple(sizes)


def nested_cells(value: Any) -> dict[Cell, Any]:
    """Every entry of a nested value by its index, in row-major order; one entry at () for one value.

    >>> nested_cells([[1, 2]])
    {(0, 0): 1, (0, 1): 2}
    """
    return dict(walked(value, (), len(nested_axes(value))))


def walked(value: Any, at: Cell, depth: int) -> Iterator[tuple[Cell, Any]]:
    """The entries `depth` levels down, each with its index."""
    if depth == 0:
        yield at, value.item() if isinstance(value, np.generic) else value
        return
    for index, entry in enumerate(value):
        yield from walked(entry, (*at, index), depth - 1)


def take(value: Any, cell: Cell) -> Any:
    """The entry (or the inner list) at an index."""
    for index in cell:
        value = value[index]
    return value


def all_zero(value: Any) -> bool:
    """Whether every number of a value is zero; False where an entry is not a number.

    >>> all_zero([[0, 0.0]]), all_zero([]), all_zero("0")
    (True, False, False)
    """
    numbers = list(_numbers(value))
    return bool(numbers) and all(number == 0 for number in numbers)


def constant(value: Any) -> bool:
    """Whether an array of two or more numbers holds one number throughout; False for a shape.

    >>> constant([2.0, 2.0]), constant([2.0]), constant((14, 14))
    (True, False, False)
    """
    if isinstance(value, tuple) or (isinstance(value, list) and any(isinstance(item, tuple) for item in value)):
        return False
    numbers = list(_numbers(value))
    return len(numbers) > 1 and all(number == numbers[0] for number in numbers)


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, np.ndarray):
        yield from value.flat
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float):
        yield value
    else:
        yield float("nan")
