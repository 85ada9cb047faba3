"""Errors carried from lists of steps, from options, and from another reading of an earlier answer."""

from __future__ import annotations

import pytest

from tests.marking.homework import assignment, outcome, parts, said
from tests.marking.test_carried import TREE

COUNTS = """
[questions.given]
hits = 4
false = 1
missed = 2
[questions.compute]
TP = "hits + 0"
FP = "false + 0"
FN = "missed + 0"
precision = "TP/(TP + FP)"
recall = "TP/(TP + FN)"
counts = "[TP, FP, FN]"
[questions.parts]
counts = 3
precision = 1
recall = 1
"""


def test_a_list_of_steps_that_stands_last_leads_to_what_the_steps_lead_to() -> None:
    # from the student's own counts: 4/(4 + 2) and 4/(4 + 1)
    given = outcome(assignment(COUNTS), "counts = [4, 2, 1]\nprecision = '2/3'\nrecall = 0.8\n")
    assert given["precision"] == ("carried", 1.0)
    assert given["recall"] == ("carried", 1.0)


def test_of_two_lists_that_lead_to_each_other_one_is_marked_first() -> None:
    lists = """
[questions.given]
g = 5
[questions.compute]
a = "2*g"
d = "3*g"
b = "a + 1"
c = "d + 1"
one = "[a, c]"
other = "[b, d]"
[questions.parts]
one = {points = 2, credit = "all"}
other = {points = 2, credit = "all"}
"""
    found = outcome(assignment(lists), "one = [20, 16]\nother = [21, 15]\n")
    assert {verdict for verdict, _ in found.values()} <= {"carried", "partial", "wrong"}


OPTIONS = """
[questions.given]
n = 14
[questions.compute]
side = "n - 2"
more = "side + 2"
area = "side * side"
[questions.parts]
side = {points = 1, kind = "choice", choices = ["11", "12", "13"]}
more = {points = 2, kind = "choice", choices = ["13", "14", "15"], penalty = 0.5}
area = 4
"""


@pytest.mark.parametrize(
    ("side", "more", "area", "verdicts"),
    [
        ("'12'", "'14'", "144", ("correct", "correct", "correct")),
        ("'13'", "'15'", "169", ("wrong", "carried", "carried")),
        ("'A'", "'13'", "121", ("wrong", "carried", "carried")),
        ("'13'", "'13'", "144", ("wrong", "wrong", "correct")),
        ("'13'", "'14'", "121", ("wrong", "correct", "wrong")),
        ("''", "'15'", "169", ("missing", "wrong", "wrong")),
    ],
)
def test_an_option_stands_for_its_value(side: str, more: str, area: str, verdicts: tuple[str, ...]) -> None:
    found = outcome(assignment(OPTIONS), f"side = {side}\nmore = {more}\narea = {area}")
    assert tuple(verdict for verdict, _ in found.values()) == verdicts
    assert found["more"][1] == {"correct": 2.0, "carried": 2.0, "wrong": -1.0}[verdicts[1]]


COUNTED = """
[questions.given]
n = 14
[questions.compute]
side = "n - 2"
more = "side + 1"
half = "side / 8"
[questions.parts]
side = 1
more = 1
half = 1
"""


def test_every_natural_reading_of_an_earlier_answer_is_carried() -> None:
    """13x13 is one of 13 cells or of 169; both are wrong for 12, and each may be carried."""
    asked = assignment(COUNTED)
    assert outcome(asked, "side = '13x13'\nmore = 14\nhalf = 1.625") == {
        "side": ("wrong", 0.0),
        "more": ("carried", 1.0),
        "half": ("carried", 1.0),
    }
    assert outcome(asked, "side = '13x13'\nmore = 170\nhalf = 21.125")["more"] == ("carried", 1.0)
    assert outcome(asked, "side = '13x13'\nmore = 15\nhalf = 2")["more"] == ("wrong", 0.0)


def test_a_person_decides_what_follows_from_a_reading_that_is_not_natural() -> None:
    """2,125 is rather 2125 than 2.125; u = 6.5 is neither, and y = u + 31."""
    asked = assignment(TREE)
    assert outcome(asked, "u = '2,125'\nv = 15.5\ny = 2156")["y"] == ("carried", 4.0)
    assert outcome(asked, "u = '2,125'\nv = 15.5\ny = 34")["y"] == ("wrong", 0.0)
    found = parts(asked, "u = '2,125'\nv = 15.5\ny = 33.125\nw = 1097.265625")
    assert [found[name].verdict for name in ("u", "y", "w")] == ["wrong", "unreadable", "carried"]
    assert said(found["y"]) == "Whether this follows from u depends on whether that means 2125 or 2.125."
