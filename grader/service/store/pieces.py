"""Many names, a few at a time: a database takes a limited number of them in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AT_ONCE = 500


def pieces(names: Sequence[str], size: int = AT_ONCE) -> Iterator[Sequence[str]]:
    """The names in their order, so many at a time.

    >>> list(pieces(["a", "b", "c"], 2))
    [['a', 'b'], ['c']]
    """
    return (names[start : start + size] for start in range(0, len(names), size))
