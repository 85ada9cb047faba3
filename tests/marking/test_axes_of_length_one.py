"""Axes of length 1: a list stands for a row and for a column; a transposed matrix stays a mistake."""

from __future__ import annotations

import pytest

from tests.marking.homework import assignment, outcome

ROWS = """
[questions.symbols]
a = [2, 9]
b = [2, 9]
[questions.compute]
f = "[[a + b, a*b]]"
g = "[[[a, b, 1], [b, a, 2]]]"
n = "[[5, 6]]"
c = "[[5], [6]]"
[questions.parts]
f = 2
g = 2
n = 2
c = 2
"""


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("f = ['a + b', 'a b']", True),
        ("f = [['a + b', 'ab']]", True),
        ("f = [['a + b'], ['ab']]", False),
        ("g = [['a', 'b', '1'], ['b', 'a', '2']]", True),
        ("n = [5, 6]", True),
        ("n = ['5', '6']", True),
        ("n = [[5], [6]]", False),
        ("c = ['5', '6']", True),
        ("c = [[5, 6]]", False),
    ],
)
def test_a_list_where_an_axis_of_length_one_is_asked(answer: str, right: bool) -> None:
    verdict, score = outcome(assignment(ROWS), answer)[answer[0]]
    assert (verdict, score) == (("correct", 2.0) if right else ("wrong", 0.0))
