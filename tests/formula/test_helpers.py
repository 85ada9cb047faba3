"""The helpers against NumPy, Python and torch's conventions written out; whole numbers stay exact."""

from __future__ import annotations

import inspect
import math
import statistics
from typing import Any

import numpy as np
import pytest

from grader.formula.helpers import HELPERS
from tests.formula.formulas import exact, listed, refused, value

WANTED = """
abs cos sin tan var std median argmax argmin argsort sort clip sign round log2 log10 where concatenate stack ones full
eye diag arange one_hot dot norm outer cumsum prod trace flip rot90 len
sum mean max min shape transpose reshape flatten zeros kron sqrt exp log floor ceil
"""
DRAW = np.random.default_rng(83)
X = DRAW.normal(size=(3, 4, 5))


def test_the_helpers_are_the_contracts_and_nothing_else() -> None:
    assert sorted(HELPERS) == sorted(WANTED.split())


@pytest.mark.parametrize("name", HELPERS)
def test_every_helper_says_what_it_does_and_shows_it(name: str) -> None:
    text = inspect.getdoc(HELPERS[name].function) or ""
    assert text.splitlines()[0].endswith(".")
    assert f">>> {name}(" in text
    assert HELPERS[name].function.__name__ == name


REDUCTIONS = ("sum", "prod", "mean", "var", "std", "median", "argmax", "argmin")


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_take_their_axis_by_place_and_by_name(name: str) -> None:
    judge = getattr(np, name)
    np.testing.assert_allclose(value(f"{name}(X)", X=X), judge(X), rtol=1e-12)
    for axis in (0, 1, 2, -1):
        np.testing.assert_allclose(value(f"{name}(X, {axis})", X=X), judge(X, axis=axis), rtol=1e-12)
        np.testing.assert_allclose(value(f"{name}(X, axis={axis})", X=X), judge(X, axis=axis), rtol=1e-12)
    if name not in ("argmax", "argmin"):
        np.testing.assert_allclose(value(f"{name}(X, (0, 2))", X=X), judge(X, axis=(0, 2)), rtol=1e-12)
    assert "axis" in str(refused(f"{name}(v, 1)"))
    assert "empty" in str(refused(f"{name}([])"))


def test_spreads_are_those_of_statistics() -> None:
    row = [2, 3, 5, 11]
    assert value("var(r)", r=row) == statistics.pvariance(row)
    assert value("std(r)", r=row) == pytest.approx(statistics.pstdev(row))
    assert value("var(r, unbiased=True)", r=row) == pytest.approx(statistics.variance(row))
    assert value("std(r, 0, True)", r=row) == pytest.approx(statistics.stdev(row))
    assert "unbiased" in str(refused("var(v, 0, 1)"))


def test_larger_and_smaller_go_entry_by_entry_between_arrays() -> None:
    assert exact(listed("max([-1, 2, -3], 0)"), [0, 2, 0])
    assert exact(listed("max(M, v)"), [[1, 2, 3], [4, 5, 6]])
    assert exact(listed("min(M, [[2], [5]])"), [[1, 2, 2], [4, 5, 5]])
    assert exact(listed("min(a, b, half)"), 0.5)
    assert exact(listed("max(10 ** 20, 10 ** 20 + 1)"), 10**20 + 1)
    assert exact(listed("max(v)"), 3)
    assert "broadcast" in str(refused("max(v, [1, 2])"))
    assert "one array with axis" in str(refused("max(v, v, axis=0)"))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("abs(-3)", 3),
        ("abs([-3, 2.5])", [3.0, 2.5]),
        ("sign([-7, 0, 7])", [-1, 0, 1]),
        ("sign(-0.25)", -1),
        ("round(2.5)", 2),
        ("round(7)", 7),
        ("round([0.26, 0.34], 1)", [0.3, 0.3]),
        ("round(1234, -2)", 1200),
        ("clip([-5, 3, 9], 0, 6)", [0, 3, 6]),
        ("clip(0.5, 0, 1)", 0.5),
        ("where(True, 1, 2)", 1),
        ("where(v > 1, v, -v)", [-1, 2, 3]),
        ("where([[1], [0]], v, 0)", [[1, 2, 3], [0, 0, 0]]),
        ("where(v == 2, half, v)", [1.0, 0.5, 3.0]),
        ("len(v)", 3),
        ("len(table)", 2),
        ("len((2, 3, 4, 5))", 4),
        ("prod([10 ** 20, 3])", 3 * 10**20),
        ("prod(shape(M))", 6),
        ("argmax([1, 3, 3])", 1),
        ("argmin(M, 1)", [0, 0]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("sort(M, 0, descending=True)", [[4, 5, 6], [1, 2, 3]]),
        ("argsort([2, 1, 1])", [1, 2, 0]),
        ("argsort([2, 1, 2], descending=True)", [0, 2, 1]),
        ("concatenate([v, [9]])", [1, 2, 3, 9]),
        ("concatenate([M, [[9], [8]]], 1)", [[1, 2, 3, 9], [4, 5, 6, 8]]),
        ("concatenate([v, [0.5]])", [1.0, 2.0, 3.0, 0.5]),
        ("stack([v, v])", [[1, 2, 3], [1, 2, 3]]),
        ("stack([v, v], axis=1)", [[1, 1], [2, 2], [3, 3]]),
        ("ones((1, 2))", [[1.0, 1.0]]),
        ("full(2, 7)", [7, 7]),
        ("full((1, 2), half)", [[0.5, 0.5]]),
        ("eye(2, 3)", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        ("diag([1, 2])", [[1, 0], [0, 2]]),
        ("diag(M)", [1, 5]),
        ("arange(3)", [0, 1, 2]),
        ("arange(5, 1, -2)", [5, 3]),
        ("arange(0, 1, 0.25)", [0.0, 0.25, 0.5, 0.75]),
        ("one_hot(2, 4)", [0, 0, 1, 0]),
        ("one_hot([0, 2], 3)", [[1, 0, 0], [0, 0, 1]]),
        ("dot(v, v)", 14),
        ("dot(M, v)", [14, 32]),
        ("dot(a, b)", 14),
        ("outer(v, [1, 10])", [[1, 10], [2, 20], [3, 30]]),
        ("trace(M)", 6),
        ("cumsum(v)", [1, 3, 6]),
        ("cumsum(M, 1)", [[1, 3, 6], [4, 9, 15]]),
        ("flip(v)", [3, 2, 1]),
        ("flip(M, 0)", [[4, 5, 6], [1, 2, 3]]),
        ("rot90(M)", [[3, 6], [2, 5], [1, 4]]),
        ("rot90(M, 2)", [[6, 5, 4], [3, 2, 1]]),
        ("norm([3, 4])", 5.0),
        ("norm([[3, 4], [0, 2]], 1)", [5.0, 2.0]),
        ("norm([3, -4], p=1)", 7.0),
        ("norm([3, -4], p='inf')", 4.0),
        ("norm([0, 0])", 0.0),
        ("log2(8)", 3.0),
        ("log10([10, 1000])", [1.0, 3.0]),
        ("cos(0)", 1.0),
    ],
)
def test_values(formula: str, expected: Any) -> None:
    found = listed(formula)
    assert exact(found, expected), found


def test_angles_are_radians() -> None:
    for name, judge in (("sin", math.sin), ("cos", math.cos), ("tan", math.tan)):
        assert value(f"{name}(pi / 6)") == judge(math.pi / 6)
        np.testing.assert_allclose(value(f"{name}(M)"), [[judge(x) for x in row] for row in ([1, 2, 3], [4, 5, 6])])


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("ones(10 ** 9)", "expected at most 4000000 entries"),
        ("full((10 ** 5, 10 ** 5), 1)", "expected at most 4000000 entries"),
        ("eye(10 ** 5)", "expected at most 4000000 entries"),
        ("arange(10 ** 12)", "expected at most 4000000 entries"),
        ("arange(0, 1, 1e-300)", "entries"),
        ("diag(arange(10 ** 5))", "expected at most 4000000 entries"),
        ("one_hot(arange(10 ** 4), 10 ** 4)", "expected at most 4000000 entries"),
        ("one_hot([], 10 ** 12)", "expected at most 4000000 entries"),
        ("outer(arange(10 ** 4), arange(10 ** 4))", "expected at most 4000000 entries"),
        ("max(reshape(arange(10 ** 4), (10 ** 4, 1)), arange(10 ** 4))", "expected at most 4000000 entries"),
        ("where(reshape(arange(10 ** 4), (10 ** 4, 1)), arange(10 ** 4), 0)", "expected at most 4000000 entries"),
        ("dot(reshape(arange(10 ** 4), (10 ** 4, 1)), reshape(arange(10 ** 4), (1, 10 ** 4)))", "at most 4000000"),
        ("prod(full(10 ** 5, 10 ** 9))", "expected a product of at most 100000 bits"),
        ("arange(1, 2, 0)", "a step other than 0"),
        ("eye(2.5)", "expected rows to be a whole number"),
        ("one_hot(3, 3)", "expected class indices from 0 to 2, received 3"),
        ("one_hot([0.5], 3)", "expected class indices from 0 to 2, received 0.5"),
        ("full(2, word)", "expected value to be a number, received 'same'"),
        ("len(3)", "expected a list, received 3"),
        ("round(2.5, half)", "expected decimals to be a whole number"),
        ("rot90(M, half)", "expected k to be a whole number"),
        ("trace(v)", "expected a matrix, received an array of shape (3,)"),
        ("norm(v, p=0)", "expected p to be a number above 0"),
        ("concatenate([])", "expected a list of arrays"),
        ("concatenate([[1], [[2]]])", "concatenate: "),
        ("stack([[1], [2, 3]])", "stack: "),
        ("sort(v, descending=1)", "expected descending to be True or False"),
        ("abs(word)", "abs: "),
        ("log(0)", "log: expected numbers above 0, received 0"),
        ("log2([1, 4, -2, 0])", "log2: expected numbers above 0, received -2"),
        ("sqrt([[1, 4], [-0.25, 2]])", "sqrt: expected numbers of at least 0, received -0.25"),
        ("exp(1000)", "exp: expected numbers whose exponential is below 1.8e308, received 1000"),
        ("clip(v, [1, 2], 3)", "broadcast"),
        ("where(word, 1, 2)", "expected a condition, received 'same'"),
    ],
)
def test_what_is_too_large_or_does_not_fit_is_refused(formula: str, words: str) -> None:
    assert words in str(refused(formula))
