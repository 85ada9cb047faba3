"""The names nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, allowed: Iterable[str], most: int = 3) -> list[str]:
    """At most `most` of the allowed names, the nearest first; empty when none is near.

    >>> nearest("conv2", ["conv2d", "relu"])
    ['conv2d']
    """
    from difflib import get_close_matches

    return get_close_matches(word[:200], [name[:200] for name in allowed], n=most, cutoff=0.6)
