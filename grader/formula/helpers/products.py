"""Helpers that multiply arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.arithmetic import MAX_ELEMENTS, as_array, plain
from grader.formula.helpers.registry import helper


@helper(topic="product")
def kron(left: Any, right: Any) -> Any:
    """The Kronecker product: every entry of the left array times the whole right one.

    Raises ValueError for a product that is too large.

    >>> kron([1, 2], [1, 10])
    [1, 10, 2, 20]
    """
    one, other = as_array(left), as_array(right)
    if one.size * other.size > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {one.size * other.size}")
    return plain(np.kron(one, other))
