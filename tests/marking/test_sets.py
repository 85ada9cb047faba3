"""Sets: order does not count, every entry as often as it is asked; every verdict is a careful teacher's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError
from tests.marking.homework import assignment, one, outcome, parts, said

SETS = """
[questions.given]
boxes = [[0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]]
scores = [0.9, 0.8, 0.7]
[questions.compute]
kept = "nms(boxes, scores, 0.5)"
n = "len(kept)"
points = "[(0, 1), (2, 3), (2, 3)]"
[questions.parts]
kept = {points = 2, kind = "set"}
n = 1
points = {points = 3, kind = "set"}
"""


@pytest.mark.parametrize("written", ["'2, 0'", "'{0,2}'", "[2, 0]", "'0 and 2'", "'0 2'", "'{2; 0}'", "'set([0, 2])'"])
def test_a_set_in_any_order_and_any_brackets(written: str) -> None:
    assert outcome(assignment(SETS), f"kept = {written}")["kept"] == ("correct", 2.0)


@pytest.mark.parametrize("written", ["'indices 0,2'", "'boxes 0,2 survive'", "'kept: 0,2'"])
def test_words_beside_a_set(written: str) -> None:
    assert outcome(assignment(SETS), f"kept = {written}")["kept"] == ("correct", 2.0)


@pytest.mark.parametrize(
    "written", ["'(2,3), (0,1), (2,3)'", "[[2,3],[0,1],[2,3]]", "'0,1; 2,3; 2,3'", "['(0, 1)', '(2, 3)', '(2, 3)']"]
)
def test_coordinates(written: str) -> None:
    assert outcome(assignment(SETS), f"points = {written}")["points"] == ("correct", 3.0)


@pytest.mark.parametrize("written", ["'(0,1) and (2,3)'", "'(0,1) & (2,3)'", "'(0,1), (2,3)'", "'{(0,1),(2,3)}'"])
def test_pairs_where_numbers_are_asked_are_no_decimal_commas(written: str) -> None:
    assert outcome(assignment(SETS), f"kept = {written}")["kept"] == ("unreadable", 0.0)


@pytest.mark.parametrize("written", ["'(0,2)'", "'[0,2]'", "'(2), (0)'"])
def test_brackets_around_numbers(written: str) -> None:
    assert outcome(assignment(SETS), f"kept = {written}")["kept"] == ("correct", 2.0)


@pytest.mark.parametrize(
    ("written", "score"), [("'(0,1), (2,3)'", 2.0), ("'(0,1), (2,3), (3,2)'", 1.0), ("'(0,1)'", 1.0)]
)
def test_right_entries_less_surplus_ones(written: str, score: float) -> None:
    assert outcome(assignment(SETS), f"points = {written}")["points"] == ("partial", score)


def test_what_does_not_belong_takes_one_off_and_is_carried() -> None:
    found = parts(assignment(SETS), "kept = '0, 1, 2'\nn = 3")
    assert (found["kept"].verdict, float(found["kept"].score)) == ("partial", 1.0)
    assert said(found["kept"]) == (
        "Right entries: 2 of 2; entries that do not belong there: 1, and each takes one off."
    )
    assert [one.id for one in found["kept"].diagnoses] == ["nms-nothing-dropped"]
    assert found["n"].verdict == "carried"


def test_nothing_is_an_answer_and_blank_is_none() -> None:
    homework = '[questions.compute]\ny = "[]"\n[questions.parts]\ny = {points = 1, kind = "set"}'
    answers = {
        written: outcome(assignment(homework), f"y = {written}")["y"] for written in ("'none'", "[]", "'{}'", "''")
    }
    assert answers == {"'none'": ("correct", 1), "[]": ("correct", 1), "'{}'": ("correct", 1), "''": ("missing", 0)}
    assert outcome(assignment(homework), "y = 3")["y"] == ("wrong", 0.0)


def test_labels_stand_for_places() -> None:
    part = '{points = 2, kind = "set", labels = ["TP", "FP", "FN"]}'
    assert one("[0, 2]", "'fn and TP'", part).verdict == "correct"
    assert one("[0, 2]", "'TP'", part).score == 1
    assert said(one("[0, 2]", "'TP, XX'", part)) == "expected labels out of TP, FP, FN, received 'XX'"
    with pytest.raises(AuthorError, match="places in the list of labels, from 0 to 2"):
        one("[0, 3]", "'TP'", part)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6), st.lists(st.integers(-9, 9), min_size=1, max_size=6))
def test_marks_are_those_of_multisets(key: list[int], answer: list[int]) -> None:
    rest: list[Any] = list(answer)
    right = 0
    for entry in key:
        if entry in rest:
            rest.remove(entry)
            right += 1
    expected = max(0, right - len(rest)) / len(key)
    report = one(str(key), str(answer), f'{{points = {len(key)}, kind = "set"}}')
    assert float(report.score) == pytest.approx(expected * len(key), abs=0.006)
    assert (report.verdict == "correct") == (sorted(key) == sorted(answer))
