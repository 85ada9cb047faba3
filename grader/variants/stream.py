"""Numbers from a seed: the same on every machine, whatever the versions of Python and NumPy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

from grader.homework.givens import leaves
from grader.homework.vary import Draw

T = TypeVar("T")


class Stream:
    """Random integers: SHA-256 of a name and a counter, four bytes at a time.

    >>> stream = Stream("autumn", "q4", 0)
    >>> [stream.below(10) for _ in range(8)]
    [9, 8, 9, 9, 8, 2, 1, 2]
    """

    def __init__(self, *name: str | int) -> None:
        """A stream of its own for each name."""
        self._words = _words("\0".join(map(str, name)).encode())

    def below(self, count: int) -> int:
        """An integer from 0 to below `count`, all equally likely; words that favour the lower ones are rejected."""
        limit = 2**32 - 2**32 % count
        return next(word for word in self._words if word < limit) % count

    def of(self, values: Sequence[T]) -> T:
        """One of some values, all equally likely."""
        return values[self.below(len(values))]

    def places(self, count: int, among: int) -> set[int]:
        """A set of `count` different positions, all sets equally likely (Floyd's algorithm)."""
        found: set[int] = set()
        for last in range(among - count, among):
            place = self.below(last + 1)
            found.add(last if place in found else place)
        return found


def _words(name: bytes) -> Iterator[int]:
    block = 0
    while True:
        made = hashlib.sha256(name + b"\0" + str(block).encode()).digest()
        yield from (int.from_bytes(made[start : start + 4]) for start in range(0, 32, 4))
        block += 1


def drawn(base: object, draw: Draw, stream: Stream) -> object:
    """A value to replace the base's: one of the choices, or an array of the same form with every entry drawn again."""
    if draw.choose is not None:
        return stream.of(draw.choose)
    assert draw.integers is not None
    low, high = draw.integers
    entries = list(leaves(base))
    zeros = set() if draw.zeros is None else stream.places(draw.zeros, len(entries))
    range_ = [number for number in range(low, high + 1) if number or draw.zeros is None]
    decimal = any(isinstance(one, float) for one in entries)
    numbers = (0 if place in zeros else stream.of(range_) for place in range(len(entries)))
    return _filled(base, (float(number) if decimal else number for number in numbers))


def _filled(base: object, numbers: Iterator[float]) -> object:
    if isinstance(base, list):
        return [_filled(one, numbers) for one in base]
    return next(numbers)
