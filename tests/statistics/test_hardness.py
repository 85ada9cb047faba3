"""Facility per variant: intervals against SciPy, the permutation test against its definition and simulated classes."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest

from grader.statistics.hardness import LEVEL, WHOLE, facilities, wilson


def simulated(seed: int, students: int, variants: int, harder: float) -> list[tuple[str, dict[str, float]]]:
    """A class of equal students but for their ability; the first variant is harder by so many logits."""
    generator = np.random.default_rng(seed)
    difficulty = generator.normal(-0.8, 0.7, 8)
    found = []
    for _ in range(students):
        variant = int(generator.integers(variants))
        logits = generator.normal() - difficulty - (harder if variant == 0 else 0.0)
        right = generator.random(8) < 1 / (1 + np.exp(-logits))
        found.append((f"v{variant + 1:02d}", {f"q1.p{n}": float(one) for n, one in enumerate(right)}))
    return found


def warned(seed: int, students: int, variants: int, harder: float) -> bool:
    return any(one.differs for one in facilities(simulated(seed, students, variants, harder)))


def test_a_class_with_equal_variants_is_seldom_warned_of():
    assert sum(warned(seed, 90, 6, 0.0) for seed in range(100)) <= 5


def test_a_class_with_a_variant_made_harder_is_mostly_warned_of():
    assert sum(warned(seed, 90, 6, 2.0) for seed in range(100)) >= 80


def test_the_harder_variant_is_the_one_that_is_named():
    found = [one for one in facilities(simulated(3, 120, 4, 3.0)) if one.differs]
    whole = next(one for one in found if one.part == WHOLE)
    assert whole.variant == "v01"
    assert whole.facility < min(one.facility for one in facilities(simulated(3, 120, 4, 3.0)) if one.variant == "v02")


@pytest.mark.parametrize(("right", "count"), [(0, 3), (1, 3), (5, 10), (9, 10), (10, 10), (133, 200)])
def test_the_interval_is_wilsons(right: int, count: int):
    expected = binomtest(right, count).proportion_ci(method="wilson")
    assert wilson(right / count, count) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_probability_is_the_share_of_dealings_with_so_large_a_difference():
    """Every dealing of seven marks to two variants, by the definition."""
    marks = [0.0, 0.25, 0.25, 0.5, 1.0, 1.0, 0.75]
    variants = ["v01", "v01", "v01", "v01", "v02", "v02", "v02"]
    mean, spread = np.mean(marks), np.var(marks, ddof=1)

    def largest(chosen: set[int]) -> float:
        sizes = (4, 3)
        groups = ([marks[i] for i in range(7) if i in chosen], [marks[i] for i in range(7) if i not in chosen])
        return max(
            abs(np.mean(group) - mean) / math.sqrt(spread * (1 / size - 1 / 7))
            for group, size in zip(groups, sizes, strict=True)
        )

    own = largest({0, 1, 2, 3})
    dealings = [largest(set(chosen)) >= own - 1e-9 for chosen in itertools.combinations(range(7), 4)]
    found = facilities(zip(variants, ({"q.a": mark} for mark in marks), strict=True))
    assert [one.p for one in found] == pytest.approx([sum(dealings) / len(dealings)] * 4, abs=0.03)


def test_parts_that_wait_are_left_out_and_one_variant_alone_is_nothing_to_compare():
    assert facilities([("v01", {"q.a": 1.0}), ("v01", {"q.a": 0.0})]) == []
    found = facilities([("v01", {"q.a": 1.0}), ("v02", {"q.a": 0.0, "q.b": 0.5}), ("v02", {}), ("v02", {"q.b": 1.0})])
    assert [(one.part, one.variant, one.students, one.facility) for one in found] == [
        ("q.a", "v01", 1, 1.0),
        ("q.a", "v02", 1, 0.0),
        ("q.b", "v02", 2, 0.75),
        (WHOLE, "v01", 1, 1.0),
        (WHOLE, "v02", 2, pytest.approx(0.625)),
    ]
    assert not any(one.differs for one in found)


def test_marks_that_are_all_equal_differ_nowhere():
    found = facilities((variant, {"q.a": 1.0}) for variant in ("v01", "v02") * 20)
    assert {one.p for one in found} == {1.0}
    assert LEVEL < 0.05
