"""Splitting many names into batches, as a database accepts a limited number in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AT_ONCE = 500


def pieces(names: Sequence[str], size: int = AT_ONCE) -> Iterator[Sequence[str]]:
    """The names in order, in batches of `size`.

    >>> list(pieces(["a", "b", "c"], 2))
    [['a', 'b'], ['c']]
    """
    return (names[start : start + size] for start in range(0, len(names), size))
