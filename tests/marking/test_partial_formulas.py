"""Formulas that are right only at some points: asked about, never accepted, never silently wrong."""

from __future__ import annotations

import pytest

from grader.marking.report import PartReport
from tests.marking.homework import assignment, parts

QUESTION = """
[[questions]]
id = "q"
symbols = {z = [-9, 9], h = [2, 9], w = [2, 9], n = [1, 9]}
[questions.parts]
relu = {points = 1, kind = "formula", answer = "max(0, z)"}
half = {points = 1, kind = "formula", answer = "h/2"}
square = {points = 1, kind = "formula", answer = "n**2"}
quotient = {points = 1, kind = "formula", answer = "z + 1"}
"""


def report(part: str, written: str) -> PartReport:
    return parts(assignment(QUESTION), f"{part} = '{written}'")[part]


@pytest.mark.parametrize(
    "written",
    [
        *[
            "z for positive z",
            "z for z > 0",
            "z if z > 0",
            "z, z > 0",
            "z when z is positive",
            "z für z > 0",
        ],
        *[
            "z where z > 0",
            "z for 0 < z",
            "z for z > 0 and z < 9",
            "z for nonnegative z",
            "0 for z < 0",
            "z when active",
        ],
    ],
)
def test_a_formula_with_a_condition_is_part_of_an_answer(written: str) -> None:
    found = report("relu", written)
    assert found.verdict == "unreadable"
    assert "expected a formula for all values" in str(found.message[0])


@pytest.mark.parametrize(
    "written", ["2z for z > 0", "z + 1 for z > 0", "z, where z is the input", "z for all z", "z for z < 0"]
)
def test_a_formula_that_is_wrong_under_its_condition_too(written: str) -> None:
    assert report("relu", written).verdict == "wrong"


@pytest.mark.parametrize("written", ["n^2 for n > 0", "n^2 if n >= 1", "n^2 for all n", "n^2, n > 3"])
def test_a_condition_behind_a_right_formula_costs_nothing(written: str) -> None:
    assert report("square", written).verdict == "correct"


@pytest.mark.parametrize("written", ["floor(h/2)", "h//2", "ceil(h/2)", "⌊h/2⌋", "int(h/2)"])
def test_a_rounded_formula_is_not_the_exact_one(written: str) -> None:
    """Also where the key's values are fractions."""
    assert report("half", written).verdict == "wrong"


@pytest.mark.parametrize("written", ["h/2 (rounded down)", "h/2 (floor)", "h/2 rounded", "h/2 abgerundet"])
def test_rounding_in_words_is_not_dropped(written: str) -> None:
    assert report("half", written).verdict == "unreadable"


@pytest.mark.parametrize("written", ["max(0, z)/min(0, z)", "sqrt(z)^2"])
def test_a_formula_without_a_value_at_many_points(written: str) -> None:
    found = report("relu", written)
    assert found.verdict == "unreadable"
    assert "undefined or too large at" in str(found.message[0])


def test_a_formula_without_a_value_at_one_point_is_right() -> None:
    assert report("quotient", "(z^2 - 1)/(z - 1)").verdict == "correct"


@pytest.mark.parametrize("written", ["n^3 = n^2", "2n = n^2", "n*n + 1 = n^2"])
def test_two_formulas_that_are_said_to_be_equal_and_are_not(written: str) -> None:
    found = report("square", written)
    assert found.verdict == "unreadable"
    assert "which differ" in str(found.message[0])


@pytest.mark.parametrize("written", ["n*n = n^2", "f(n) = n^2", "N = n * n = n^2", "dz/dn = n^2", "n w n / w = n^2"])
def test_equal_formulas_and_labels_in_a_chain(written: str) -> None:
    assert report("square", written).verdict == "correct"
