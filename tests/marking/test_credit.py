"""What right entries earn: beyond one repeated value, rounded once, added exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.marking import credit
from tests.marking.homework import assignment, graded, one, said

# -------------------------------------------------------------------------------------------------------------- credit


@pytest.mark.parametrize(
    ("key", "answer", "score"),
    [
        ("[1, 2, 3, 4]", "[1, 2, 3, 5]", 2.67),  # c = 1: (3 - 1) / (4 - 1) of 4
        ("[1, 2, 3, 4]", "[1, 5, 6, 7]", 0.0),
        ("[1, 2, 3, 4]", "[1, 2, 6, 7]", 1.33),
        ("[0, 0, 0, 4]", "[0, 0, 0, 0]", 0.0),  # all zeros against a sparse key
        ("[0, 0, 0, 4]", "[0, 0, 0, 4]", 4.0),
        ("[0, 0, 0, 4, 5]", "[0, 0, 0, 0, 5]", 2.0),
        ("[0, 0, 0, 4, 5]", "[0, 0, 1, 4, 5]", 2.0),
        ("[7, 7, 7, 7]", "[7, 7, 7, 1]", 0.0),  # n = c: entries earn nothing, only all of them
        ("[7, 7, 7, 7]", "[7, 7, 7, 7]", 4.0),
        ("[5]", "[5]", 4.0),
        ("[0.5, 0.5, 1.5]", "[0.5, 0.5, 2.5]", 0.0),
    ],
)
def test_entries_earn_beyond_one_repeated_value(key: str, answer: str, score: float) -> None:
    part = one(key, answer, "4")
    assert float(part.score) == score
    if 0 < score < 4:
        assert part.verdict == "partial"
    if score == 4:
        assert part.verdict == "correct"


def test_the_report_says_where_the_repeated_value_matters() -> None:
    told = said(one("[0, 0, 0, 4, 5]", "[0, 0, 1, 4, 5]", "4"))
    assert "3 of 5" in told
    assert "repeated" in told


@pytest.mark.parametrize(
    ("key", "answer", "told"),
    [
        (
            "[[10, 3], [9, 18]]",
            "[[10, 3], [8, 17]]",
            "One value repeated in every entry would get 1 of 4 right, so marks are earned by the entries beyond that: "
            "1 of 3.",
        ),
        (
            "[0, 0, 0, 4, 5, 6, 7, 8, 9]",
            "[0, 1, 1, 4, 5, 1, 1, 1, 1]",
            "One value repeated in every entry would get 3 of 9 right, and no more than that are right here, "
            "so no entry earns marks.",
        ),
        (
            "[0, 0, 0, 4, 5]",
            "[0, 0, 1, 4, 5]",
            "One value repeated in every entry would get 3 of 5 right, so marks are earned by the entries beyond that: "
            "1 of 2.",
        ),
        (
            "[7, 7, 7]",
            "[7, 7, 1]",
            "One value repeated in every entry would be right, so only all 3 entries earn marks.",
        ),
    ],
)
def test_right_entries_are_always_told_why_they_earn_marks_or_none(key: str, answer: str, told: str) -> None:
    part = one(key, answer, "6")
    assert part.verdict == "partial"
    assert told in said(part)


def test_credit_all() -> None:
    part = one("[1, 2, 3, 4]", "[1, 2, 3, 5]", '{points = 4, credit = "all"}')
    assert (part.verdict, float(part.score)) == ("wrong", 0.0)
    assert part.entries is not None
    assert part.entries.correct == 3


def entries_of(values: list[int]) -> str:
    return "[" + ", ".join(map(str, values)) + "]"


@settings(max_examples=40, deadline=None)
@given(
    key=st.lists(st.integers(0, 3), min_size=2, max_size=9),
    flips=st.lists(st.booleans(), min_size=9, max_size=9),
    points=st.integers(1, 400).map(lambda cents: Decimal(cents) / 100),
)
def test_credit_by_a_second_judge(key: list[int], flips: list[bool], points: Decimal) -> None:
    answer = [entry + 10 if flip else entry for entry, flip in zip(key, flips, strict=False)]
    part = one(entries_of(key), entries_of(answer), str(points))
    n, right = len(key), sum(map(int.__eq__, key, answer))
    c = max(key.count(entry) for entry in key)
    share = Fraction(1) if right == n else max(Fraction(0), Fraction(right - c, n - c) if n > c else Fraction(0))
    hundredths = Fraction(points) * share * 100
    assert part.score * 100 == (2 * hundredths + 1) // 2  # half up
    assert part.verdict == ("correct" if right == n else "partial" if right else "wrong")
    assert (part.entries and part.entries.correct) == right


def test_a_wrong_denominator_turns_these_tests_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credit, "entry_share", lambda right, total, _most: Fraction(right) / total)
    assert float(one("[0, 0, 0, 4, 5]", "[0, 0, 1, 4, 5]", "4").score) != 2.0


# ---------------------------------------------------------------------------------------------------------------- sums


def test_marks_are_rounded_once_per_part_half_up_and_added_exactly() -> None:
    # half of 0.01 is 0.005: half up is 0.01, three times
    text = """
[questions.compute]
x = "[1, 2, 3]"
y = "[1, 2, 3]"
z = "[1, 2, 3]"
[questions.parts]
x = 0.01
y = 0.01
z = 0.01
"""
    found = graded(assignment(text), "x = [1, 2, 9]\ny = [1, 2, 9]\nz = [1, 2, 9]")
    assert [part.score for part in found.parts] == [Decimal("0.01")] * 3
    assert found.score == Decimal("0.03")


def test_tenths_add_exactly() -> None:
    text = "[questions.compute]\n" + "".join(f'x{i} = "{i}"\n' for i in range(1, 11))
    text += "[questions.parts]\n" + "".join(f"x{i} = 0.1\n" for i in range(1, 11))
    report = graded(assignment(text), "\n".join(f"x{i} = {i}" for i in range(1, 11)))
    assert (report.score, report.max_score) == (Decimal("1.0"), Decimal("1.0"))
    assert report.earned_all


def test_thirds_of_marks() -> None:
    assert one("[1, 2, 3, 4]", "[1, 2, 3, 5]", "1").score == Decimal("0.67")
    assert one("[1, 2, 3, 4]", "[1, 2, 6, 5]", "1").score == Decimal("0.33")
    assert credit.marks(Decimal("0.25"), Fraction(1, 2)) == Decimal("0.13")
    assert credit.marks(Decimal("2.675"), Fraction(1)) == Decimal("2.675")  # full marks are the part's points


def test_more_right_entries_never_earn_less() -> None:
    key = [0, 0, 4, 5, 6]
    scores = [one(entries_of(key), entries_of(key[:right] + [9] * (5 - right)), "5").score for right in range(6)]
    assert all(before <= after for before, after in pairwise(scores))
