"""How these tests evaluate one formula, and read the error of one that is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.errors import AuthorError
from grader.formula.graph import Graph

GIVENS: dict[str, Any] = {
    "a": 7,
    "b": 2,
    "half": 0.5,
    "v": [1, 2, 3],
    "M": [[1, 2, 3], [4, 5, 6]],
    "word": "same",
    "flag": True,
    "table": [{"type": "flatten"}, {"type": "linear", "out_features": 10}],
}


def value(formula: str, **givens: Any) -> Any:
    return Graph("q1", {**GIVENS, **givens}, {"y": formula}).evaluate().value("y")


def listed(formula: str, **givens: Any) -> Any:
    """The value as nested lists and numbers."""
    found = value(formula, **givens)
    return found.tolist() if isinstance(found, np.ndarray) else found


def exact(found: Any, expected: Any) -> bool:
    """Equal in value and in type, all the way down: 2 is not 2.0, a tuple is not a list."""
    if type(found) is not type(expected):
        return False
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(exact, found, expected))
    return bool(found == expected)


def refused(formula: str, **givens: Any) -> AuthorError:
    """The error of a formula, whether it is refused before or while it is evaluated; it says question and name."""
    with pytest.raises(AuthorError) as caught:
        value(formula, **givens)
    error = caught.value
    assert (error.place.question, error.place.name) == ("q1", "y")
    assert str(error).startswith("q1.y: ")
    assert "\n" not in str(error)
    assert len(str(error)) < 3000
    return error
