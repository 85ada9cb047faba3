"""Remainders, comparisons and conditions: numbers exactly or up to rounding, arrays entry by entry, shapes whole."""

from __future__ import annotations

import itertools
import math
import operator

import numpy as np
import pytest

from grader.formula.graph import Graph
from grader.formula.operators import OPERATORS, STEPPED, holds
from grader.formula.sampling import Samples
from tests.formula.formulas import exact, listed, refused, value

PYTHONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@pytest.mark.parametrize("symbol", PYTHONS)
def test_numbers_are_compared_as_python_compares_them(symbol: str) -> None:
    for one, other in itertools.product((-2, 0, 1, 1.5, 10**20, 10**20 + 1), repeat=2):
        if (isinstance(one, int) and isinstance(other, int)) or abs(one - other) > 1e-6 * max(abs(one), abs(other)):
            expected = PYTHONS[symbol](one, other)
            assert value(f"{one} {symbol} {other}") is expected, (one, symbol, other)


def test_rounding_makes_no_difference() -> None:
    assert value("0.1 + 0.2 == 0.3") is True
    assert value("0.1 + 0.2 > 0.3") is False
    assert value("0.1 + 0.2 <= 0.3") is True
    assert value("1e-300 > 0") is True
    assert value(f"{10**20} == {10**20 + 1}") is False, "whole numbers are exact"


def test_arrays_are_compared_entry_by_entry_with_broadcasting() -> None:
    assert exact(listed("M > 3"), [[0, 0, 0], [1, 1, 1]])
    assert exact(listed("M >= v"), [[1, 1, 1], [1, 1, 1]])
    assert exact(listed("sum(M > 2)"), 4)
    assert exact(listed("M > 1 and not M > 4"), [[0, 1, 1], [1, 0, 0]])
    assert exact(listed("M % 4"), [[1, 2, 3], [0, 1, 2]])
    assert exact(listed("[7.5, -1] % 2"), [1.5, 1.0])


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("shape(M) == (2, 3)", True),
        ("shape(M) == [2, 3]", True),
        ("shape(M) != (3, 2)", True),
        ("shape(M) == 2", False),
        ("output_shape((1, 4, 4), table[0]) == (16,)", True),
        ("word == 'other'", False),
        ("None == None", True),
        ("flag == 1", False),
    ],
)
def test_shapes_texts_and_booleans_are_compared_whole(formula: str, expected: bool) -> None:
    assert value(formula) is expected


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("word < 'z'", "expected numbers on both sides of <"),
        ("shape(M) < (3, 4)", "expected numbers on both sides of <"),
        ("table[0] == 1", "expected numbers on both sides of =="),
        ("v == [1, 2]", "broadcast"),
        ("a % 0", "%: "),
        ("M % 0", "%: "),
        ("word and a", "expected a condition, received 'same'"),
        ("not None", "expected a condition, received None"),
        ("flag + 1", "True or False"),
    ],
)
def test_what_cannot_be_compared_is_said(formula: str, words: str) -> None:
    assert words in str(refused(formula))


def test_long_conditions_and_deep_ones_are_bounded() -> None:
    assert value(" and ".join(["a > b"] * 90)) is True
    assert "nested" in str(refused(" and ".join(["a > b"] * 200)))
    assert "nested" in str(refused("not " * 200 + "a"))
    assert "nested" in str(refused("1" + " < 2" * 200))


def test_a_condition_holds_where_every_entry_does() -> None:
    assert holds(True)
    assert holds([1, 1])
    assert holds(np.ones((2, 3)))
    assert not holds([[1, 0]])
    assert not holds(0)


def test_what_jumps_is_compared_at_whole_numbers_only() -> None:
    def stepped(formula: str) -> bool:
        ranges = {"w": (2, 9), "d": (1, 4)}
        graph = Graph("q1", {}, {"y": formula}, ranges)
        return Samples(graph.evaluate(), "y", ranges).stepped

    assert STEPPED - {"not"} <= set(OPERATORS)
    for formula in ("w % d", "where(w < d, w, d)", "round(w / d)", "w // d", "not w"):
        assert stepped(formula), formula
    for formula in ("w * d", "max(w, d)", "sin(pi * w)", "clip(w, 0, d)"):
        assert not stepped(formula), formula


def test_pi_and_e_are_known_unless_the_question_says_otherwise() -> None:
    assert value("pi") == math.pi
    assert value("log(e)") == 1.0
    assert value("2 * pi * a", pi=3) == 42
    assert Graph("q1", {}, {"e": "2 + 1", "y": "e * e"}).evaluate().value("y") == 9
    assert "unknown name 'p'" in str(refused("p"))
