"""Formulas as they are written by hand: fractions over lines, accents, sums with limits, a sign in words."""

from __future__ import annotations

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from tests.answers.tables import refused

IN_N = AnswerSpec("formula", symbols=("n",))
IN_Y = AnswerSpec("formula", symbols=("y", "y_hat"))
FRACTION = AnswerSpec("formula", symbols=("a", "b"))


def value(written: str, spec: AnswerSpec, **point: float) -> float:
    """The value at a point of the formula that a text is read as."""
    read: float = read_answer(written, spec).value.evaluate(point)
    return read


@pytest.mark.parametrize("written", ["a\n----\nb", "  a\n―――\n  b", "q = a\n  ---\n  b", "(a)\n--\n(b)", "a/b"])
def test_a_fraction_over_three_lines_is_a_fraction(written: str) -> None:
    assert value(written, FRACTION, a=3, b=4) == 0.75


@pytest.mark.parametrize("written", ["a\n-\nb", "a\n—\nb", "    a\n1 + ---\n    b", "a\n---\nb\n---\na", "a\n---"])
def test_a_line_that_may_be_a_sign_or_a_fraction_is_asked_about(written: str) -> None:
    refused(written, FRACTION)


@pytest.mark.parametrize("written", [r"\hat{y} - y", r"\hat y - y", "ŷ - y", r"$\hat{y}-y$", "y_hat - y", "yhat - y"])
def test_a_letter_with_a_hat_is_the_symbol_declared_for_it(written: str) -> None:
    assert value(written, IN_Y, y=2, y_hat=5) == 3
    assert value(r"\hat{y} - y", AnswerSpec("formula", symbols=("y", "ŷ")), **{"y": 2, "ŷ": 5}) == 3


@pytest.mark.parametrize("written", [r"\hat{n}", r"\bar n", "n̂", r"2\tilde{n}", r"\dot{n}"])
def test_an_accent_that_is_not_declared_is_asked_about(written: str) -> None:
    refused(written, IN_N)


@pytest.mark.parametrize(
    "written",
    [
        *[r"\sum_{i=1}^{3} n", "sum_{i=1}^{3} n", "∑_{i=1}^3 n", "Σ_{i=1}^{n} n", r"\prod_{i=1}^{3} n"],
        *[r"\lim_{k \to 3} n", "n with opposite sign", "n negative", "n, with the opposite sign"],
    ],
)
def test_no_part_of_a_sum_is_the_formula_nor_a_formula_whose_sign_is_changed(written: str) -> None:
    refused(written, IN_N)


@pytest.mark.parametrize(
    "written", [r"\sum_{i=1}^n i = n(n+1)/2", r"\frac{n(n+1)}{2} = \sum_{i=1}^{n} i", "-n^2 (negative)"]
)
def test_a_sum_beside_its_value_and_a_sign_that_is_also_written(written: str) -> None:
    assert value(written, IN_N, n=4) == (-16 if "-n" in written else 10)


GRADIENT = AnswerSpec("formula", rank=1, axes=(2,), symbols=("a", "b", "x"), labels=("dL/da", "dL/db"))


@pytest.mark.parametrize(
    ("written", "values"),
    [
        *[("dL/da = 2ax, dL/db = 3bx", [20, 45]), ("dL/db = 3bx, dL/da = 2ax", [20, 45])],
        *[("dL/db = 2ax, dL/da = 3bx", [45, 20]), ("∂L/∂b = 3bx\n∂L/∂a = 2ax", [20, 45])],
        *[(r"\frac{dL}{db} = 3bx, \frac{dL}{da} = 2ax", [20, 45]), ("2ax, 3bx", [20, 45])],
        (["dL/db = 3bx", "dL/da = 2ax"], [20, 45]),
    ],
)
def test_formulas_of_a_list_go_by_their_labels(written: object, values: list[float]) -> None:
    cells = read_answer(written, GRADIENT).value
    assert [cell.evaluate({"a": 2, "b": 3, "x": 5}) for cell in cells] == values


@pytest.mark.parametrize("written", ["dL/db = 2ax, dL/db = 3bx", "dL/db = 2ax, dL/dx = 3bx", "b = 2ax, a = 3bx"])
def test_labels_that_fit_none_or_one_twice_are_asked_about(written: str) -> None:
    refused(written, GRADIENT)
