"""Solutions written as plain arithmetic are searched for general mistakes, after those of a topic."""

from __future__ import annotations

import pytest

from tests.marking.homework import assignment, one, parts


def named(report: object) -> list[str]:
    return [each.id for each in report.diagnoses]  # type: ignore[attr-defined]


IOU = "inter = 6\na = 20\nb = 16"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("6/36", "iou-union-sum"),  # the union without taking the intersection off
        ("6/42", "sign-in-a-sum"),  # 20 + 16 + 6
        ("5", "operands-exchanged"),  # 30/6
    ],
)
def test_an_overlap_written_out(answer: str, cause: str) -> None:
    assert cause in named(one("inter/(a + b - inter)", f"'{answer}'", given=IOU))


NORMALIZED = """
[questions.given]
x = [2.5, 4.25, 9.0]
[questions.compute]
mu = "mean(x)"
spread = "mean((x - mu)**2)"
z = "(x - mu)/sqrt(spread)"
[questions.parts]
mu = 1
spread = 1
z = 1
"""


def test_a_mistake_is_sought_where_it_is_asked() -> None:
    """The deviations are -2.75, -1 and 3.75, their squares add up to 22.625; what spread shows is carried to z."""
    found = parts(assignment(NORMALIZED), "mu = 5.25\nspread = 11.3125\nz = [-0.817624, -0.297318, 1.114942]")
    assert named(found["spread"]) == ["divisor-n-minus-one"]
    assert found["z"].verdict == "carried"
    right = parts(assignment(NORMALIZED), "mu = 5.25\nspread = 7.541667\nz = [-0.364641, -0.132597, 0.497238]")
    assert named(right["z"]) == ["root-forgotten"]


def test_a_mistake_of_the_topic_goes_before_one_of_arithmetic() -> None:
    """100 (48 - 12)/48 = 75 per cent are saved; 25 remain, and 36/12 is 300 per cent."""
    given = "old = 48\nnew = 12"
    assert named(one("100*(old - new)/old", "25", given=given))[0] == "pct-remaining"
    assert named(one("100*(old - new)/old", "300", given=given))[0] == "pct-wrong-base"


def test_a_mistake_that_is_made_at_both_sides_of_an_image() -> None:
    """Two cells of padding all around make 19 of 15; on one side only 17."""
    assert "factor-left-out" in named(one("(15 + 2*2, 15 + 2*2, 8)", "'17x17x8'"))


def test_a_power_of_ten_is_a_slip() -> None:
    assert named(one("100*(1 - 36/50)", "0.28")) == ["percent-for-fraction"]


def test_numbers_that_repeat_tell_nothing() -> None:
    assert named(one("a - b", "[0.5, 0.5]", given="a = [0.5, 0.5]\nb = [2.5, 4.5]")) == []


def test_a_value_that_the_key_repeats_is_judged_like_one_number() -> None:
    """The columns are alike: their squared deviations add up to 45, over 4 values or over 3."""
    given = "x = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]\nmu = [5.5, 6.5, 7.5]"
    assert named(one("mean((x - mu)**2, axis=0)", "[15, 15, 15]", given=given)) == ["divisor-n-minus-one"]
    assert named(one("mean((x - mu)**2, axis=0)", "[7.75, 7.75, 7.75]", given=given)) == []
    assert named(one("mean((x - mu)**2, axis=0)", "[15, 15, 15.5]", given=given)) == []
