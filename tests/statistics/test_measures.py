"""Statistics of a class against a second judge: lists and SciPy."""

from __future__ import annotations

import math
import random
import statistics as naive
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr

from grader.statistics.measures import ClassStatistics, PartMark, hundredths, interval, marks_of_document

POINTS = (Decimal(4), Decimal("2.5"), Decimal(1), Decimal("0.75"), Decimal(6))


def made(seed: int, students: int, parts: int) -> list[list[Decimal]]:
    """A class whose students differ in strength: marks by student and part, in hundredths of a point."""
    chance = random.Random(seed)
    rows = []
    for _ in range(students):
        strength = chance.random()
        rows.append(
            [
                (POINTS[part] * Decimal(min(1.0, max(0.0, chance.gauss(strength, 0.3))))).quantize(Decimal("0.01"))
                for part in range(parts)
            ]
        )
    return rows


def marks(row: list[Decimal | None], verdicts: list[str] | None = None) -> list[PartMark]:
    return [
        PartMark("q1", f"p{place}", verdicts[place] if verdicts else "partial", score, POINTS[place])
        for place, score in enumerate(row)
    ]


def counted(rows: list[list[Any]]) -> ClassStatistics:
    found = ClassStatistics()
    for row in rows:
        found.add(marks(row))
    return found


@pytest.mark.parametrize(("seed", "students", "parts"), [(1, 4, 2), (2, 5, 3), (3, 17, 4), (4, 211, 5), (5, 1003, 3)])
def test_every_number_is_that_of_the_lists(seed: int, students: int, parts: int) -> None:
    rows = made(seed, students, parts)
    found = counted(rows)
    totals = [sum(row, Decimal(0)) for row in rows]
    assert found.students == students
    assert found.mean() == pytest.approx(float(naive.fmean(totals)), rel=1e-12)
    assert found.quantile(Fraction(1, 2)) == naive.median(totals)
    assert found.deviation() == pytest.approx(float(naive.stdev(totals)), rel=1e-12)
    for place in range(parts):
        sums = found.parts["q1", f"p{place}"]
        scores = [row[place] for row in rows]
        assert sums.facility() == pytest.approx(float(naive.fmean(scores)) / float(POINTS[place]), rel=1e-12)
        rest = [float(total - score) for total, score in zip(totals, scores, strict=True)]
        judge = pearsonr([float(score) for score in scores], rest)
        ends = judge.confidence_interval(0.95)
        said = sums.discrimination()
        assert said.reason == ""
        assert said.value == pytest.approx(judge.statistic, abs=1e-9)
        assert (said.low, said.high) == (pytest.approx(ends.low, abs=1e-9), pytest.approx(ends.high, abs=1e-9))


def test_the_item_is_taken_out_of_the_total() -> None:
    """Two parts that have nothing to do with each other: with the item in the total, both would discriminate."""
    rows = [[Decimal(a), Decimal(b)] for a in (0, 1, 2) for b in (0, 1, 2)]
    assert counted(rows).parts["q1", "p0"].discrimination().value == 0


def test_the_order_does_not_matter() -> None:
    rows = made(6, 101, 4)
    assert vars(counted(random.Random(0).sample(rows, len(rows)))) == vars(counted(rows))


def test_counting_one_submission_many_times() -> None:
    rows = made(7, 3, 3)
    many = ClassStatistics()
    for row, times in zip(rows, (5, 1, 2), strict=True):
        many.add(marks(row), times)
    assert vars(many) == vars(counted([row for row, times in zip(rows, (5, 1, 2), strict=True) for _ in range(times)]))


@pytest.mark.parametrize("students", [0, 1, 2, 3])
def test_below_four_students_there_is_no_discrimination(students: int) -> None:
    found = counted(made(8, students, 3))
    for sums in found.parts.values():
        assert sums.discrimination() == (None, None, None, "too few students")
    assert (found.deviation() is None) == (students < 2)
    assert (found.mean() is None) == (students == 0)
    assert (found.quantile(Fraction(1, 2)) is None) == (students == 0)


def test_marks_that_are_all_equal() -> None:
    rows = [[Decimal(4), Decimal(place) / 4] for place in range(6)]
    found = counted(rows)
    assert found.parts["q1", "p0"].discrimination().reason == "all marks of the part are equal"
    assert found.parts["q1", "p1"].discrimination().reason == "all marks of the rest are equal"
    alone = counted([row[:1] for row in made(9, 6, 2)])
    assert alone.parts["q1", "p0"].discrimination().reason == "all marks of the rest are equal"


def test_a_perfect_correlation() -> None:
    found = counted([[Decimal(place), Decimal(place) / 2] for place in range(5)])
    assert found.parts["q1", "p0"].discrimination() == (1.0, 1.0, 1.0, "")
    against = counted([[Decimal(place), Decimal(5 - place) / 10] for place in range(5)])
    assert against.parts["q1", "p0"].discrimination().value == -1.0


def test_what_waits_for_a_person_counts_for_nobody() -> None:
    rows: list[list[Decimal | None]] = [list(row) for row in made(10, 30, 3)]
    without = [row for place, row in enumerate(rows) if place % 5]
    found = ClassStatistics()
    for place, row in enumerate(rows):
        unreadable = place % 5 == 0
        scores = [None, *row[1:]] if unreadable else row
        found.add(marks(scores, ["unreadable" if unreadable else "partial", "partial", "partial"]))
    first = found.parts["q1", "p0"]
    assert first.facility() == counted(without).parts["q1", "p0"].facility()
    assert first.discrimination() == counted(without).parts["q1", "p0"].discrimination()
    assert first.share("unreadable") == 6 / 30
    assert found.waiting == 6


def test_a_free_text_says_nothing_before_all_are_marked() -> None:
    rows = made(11, 9, 2)
    found = counted(rows)
    found.add([PartMark("q1", "p0", "pending", None, POINTS[0]), PartMark("q1", "p1", "correct", POINTS[1], POINTS[1])])
    sums = found.parts["q1", "p0"]
    assert sums.facility() is None
    assert sums.discrimination().reason == "not all are marked by a person"
    assert found.parts["q1", "p1"].facility() is not None


def test_a_person_s_points_stand_in_the_place_of_the_machine_s() -> None:
    part = {"id": "a", "verdict": "pending", "score": 0.0, "max_score": 2.0, "review": {"points": 1.5}}
    other = {"id": "b", "verdict": "wrong", "score": 0.25, "max_score": 1.0}
    found = ClassStatistics()
    found.add(marks_of_document({"status": "graded", "questions": [{"id": "q1", "parts": [part, other]}]}))
    assert found.students == 1
    assert found.totals == {175: 1}
    assert found.parts["q1", "a"].facility() == 0.75


def test_shares_and_the_histogram() -> None:
    found = ClassStatistics()
    for score, verdict in ((0, "missing"), (0, "missing"), (4, "correct"), (1, "partial"), (4, "correct")):
        found.add([PartMark("q1", "p0", verdict, Decimal(score), Decimal(4))])
    assert found.parts["q1", "p0"].share("missing") == 0.4
    assert found.parts["q1", "p0"].full == 2
    bins = found.histogram(8)
    assert [count for _, _, count in bins] == [2, 0, 1, 0, 0, 0, 0, 2]
    assert (bins[0][0], bins[-1][1]) == (0.0, 4.0)
    assert sum(count for _, _, count in found.histogram(7)) == 5


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=40), st.integers(0, 8))
def test_quantiles_are_those_of_numpy(hundredth: list[int], eighth: int) -> None:
    found = counted([[Decimal(one) / 100] for one in hundredth])
    judged = np.quantile(np.array(hundredth) / 100, eighth / 8, method="averaged_inverted_cdf")
    assert float(found.quantile(Fraction(eighth, 8)) or 0) == pytest.approx(judged, abs=1e-9)


def test_quartiles_and_median_are_of_one_definition() -> None:
    found = counted([[Decimal(place)] for place in (1, 2, 3, 4)])
    assert [found.quantile(Fraction(place, 4)) for place in range(5)] == [
        1,
        Decimal("1.5"),
        Decimal("2.5"),
        Decimal("3.5"),
        4,
    ]
    assert ClassStatistics().quantile(Fraction(1, 4)) is None


def test_large_classes_stay_exact() -> None:
    found = ClassStatistics()
    found.add(marks([Decimal("0.01"), Decimal("0.02")]), 10**15)
    found.add(marks([Decimal("0.03"), Decimal("0.05")]), 10**15)
    assert found.parts["q1", "p0"].discrimination().value == 1.0
    assert found.quantile(Fraction(1, 2)) == Decimal("0.055")


def test_hundredths_and_the_interval() -> None:
    assert hundredths(Decimal("0.29")) == 29
    assert interval(1.0, 9) == (1.0, 1.0)
    low, high = interval(0.0, 7)
    assert (low, high) == (pytest.approx(-math.tanh(1.959963984540054 / 2)), pytest.approx(-low))
