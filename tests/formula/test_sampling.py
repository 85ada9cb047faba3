"""The points at which formulas are compared: seeded, in range, integer and rational, defined."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError
from grader.formula.graph import Graph
from grader.formula.library import Library
from grader.formula.sampling import SAMPLED_POINTS, Samples

RANGES = {"w": (2, 9), "d": (1, 4)}


def samples(formula: str, ranges: dict[str, tuple[int, int]] = RANGES, node: str = "y") -> Samples:
    graph = Graph("q1", {}, {"y": formula}, ranges)
    return Samples(graph.evaluate(), node, ranges)


def points(found: Samples, integer: bool) -> list[dict[str, float]]:
    frames = [found.at(index, integer) for index in range(SAMPLED_POINTS)]
    return [{name: frame.given(name) for name in RANGES} for frame in frames if frame is not None]


def test_twenty_points() -> None:
    assert SAMPLED_POINTS == 20
    assert len(points(samples("w * d"), True)) == 20
    assert len(points(samples("w * d"), False)) == 20


def test_the_points_are_seeded() -> None:
    assert points(samples("w * d"), True) == points(samples("w * d"), True)
    assert points(samples("w * d"), False) == points(samples("w + d"), False)


def test_integers_lie_in_the_declared_ranges() -> None:
    found = points(samples("w * d"), True)
    assert all(
        type(point[name]) is int and low <= point[name] <= high
        for point in found
        for name, (low, high) in RANGES.items()
    )
    assert len({tuple(point.values()) for point in found}) > 8


def test_rational_points_lie_between() -> None:
    found = points(samples("w * d"), False)
    assert all(low <= point[name] <= high for point in found for name, (low, high) in RANGES.items())
    assert sum(float(point["w"]).is_integer() for point in found) < 15


@pytest.mark.parametrize(
    ("formula", "stepped"),
    [
        ("w * d", False),
        ("w // d", True),
        ("floor(w / d)", True),
        ("ceil(w)", True),
        ("sqrt(w)", False),
        ("conv_output_size(w, 1)", True),
    ],
)
def test_steps_are_known(formula: str, stepped: bool) -> None:
    assert samples(formula).stepped is stepped


def test_points_where_the_key_is_undefined_are_drawn_again() -> None:
    found = points(samples("1 / (w - 5) + sqrt(w - 5)"), True)
    assert len(found) == 20
    assert all(point["w"] > 5 for point in found)


def test_a_formula_defined_nowhere_is_the_authors_error() -> None:
    with pytest.raises(AuthorError) as caught:
        samples("sqrt(-w)").first()
    assert (caught.value.place.question, caught.value.place.name) == ("q1", "y")


@pytest.mark.parametrize("name", ["reshape", "kron", "relu", "unknown_size"])
def test_what_jumps_is_declared_and_never_read_off_a_name(name):
    assert not Library("CHW").stepped(name)
