"""Words, pairs, numbered names and brackets beside values: none wrong in silence, and no wrong one accepted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from tests.marking.homework import assignment, one, outcome

LIST = "{points = 2}"
SET = '{points = 2, kind = "set"}'


def verdict(key: str, written: str, part: str = LIST) -> str:
    return one(key, f"'''{written}'''", part).verdict


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("[-0.5, 0.25]", "negative 0.5, 0.25"),
        ("[-0.5, 0.25]", "about negative 0.5, 0.25"),
        ("[sqrt(2), sqrt(3)]", "sqrt 2, 1.7320508"),
        ("[2, 3]", "indices 2,3"),
        ("[2, 3]", "2,3 survive"),
        ("[2, 3]", "the answer is 2, 3"),
        ("[0, 5]", "weight 0,5"),
    ],
)
def test_words_before_a_list_that_is_right(key: str, written: str) -> None:
    assert verdict(key, written) == "correct"


ACTING = (
    "exp, tanh, sigmoid, sin, cos, ln, arctan, sinh, negated, inverse, swapped, exchanged, reversed, reciprocal, "
    "opposite, opposite of, negativ"
)
CHANGED = [
    ("[0.5, 0.25]", "negative 0.5, 0.25"),
    ("[0.5, 0.25]", "minus 0.5, 0.25"),
    ("[2, 3]", "sqrt 2, 3"),
    ("[0.5, 0.3]", "log 0.5, 0.3"),
    ("[2, 3]", "2, 3 reversed"),
    ("[2, 3]", "neg. 2,3"),
    ("[3, 5]", "negative (3×3), (5×5)"),
    ("[1, 2, 3, 5]", "boxes 1-3, 5"),
    *(("[2, 3]", f"{word} 2, 3") for word in ACTING.split(", ")),
]


@pytest.mark.parametrize(("key", "written"), CHANGED)
def test_words_that_change_a_list_are_not_dropped(key: str, written: str) -> None:
    assert verdict(key, written) != "correct"


@pytest.mark.parametrize("written", ["approx. 0,5", "about 0,5", "weight 0,5", "0,5 approx", "loss 0,5"])
def test_a_decimal_comma_beside_words_where_one_entry_is_asked(written: str) -> None:
    assert verdict("[0.5]", written) == "correct"


@pytest.mark.parametrize("written", ["about 0,5", "circa 0,5", "weight 0,5", "0,5 approx"])
def test_a_decimal_comma_beside_words_where_any_number_of_entries_is_asked(written: str) -> None:
    found = read_answer(written, AnswerSpec("array", rank=1)).all
    values = [[each.value for each in reading.value] for reading in found]  # type: ignore[union-attr]
    assert values == [[Fraction(1, 2)], [0, 5]]
    assert [reading.natural for reading in found] == [True, False]


def test_a_dash_before_a_number_beside_words_is_a_sign_or_a_bullet() -> None:
    assert verdict("[2.125]", "- 2,125 approx.") == "unreadable"


def test_a_group_of_three_digits_beside_a_word_keeps_both_readings() -> None:
    assert verdict("[2125]", "loss 2,125") == "correct"
    assert "2125 or as 2.125" in " ".join(map(str, one("[2.125]", "'loss 2,125'", LIST).message))


@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("[3, 3]", "((3, 3))", "correct"),
        ("[3, 3]", "(3, 3)", "correct"),
        ("[1, 1, 2, 2]", "(1, 1), (2, 2)", "unreadable"),
        ("[3, 5]", "(3, 3), (5, 5)", "correct"),
        ("[3, 5]", "((3, 3), (5, 5))", "correct"),
        ("[9, 25]", "(3, 3), (5, 5)", "unreadable"),
        ("[4, 5]", "(3, 3), (5, 5)", "partial"),
        ("[3, 3, 3, 3]", "(3,3),(3,3)", "unreadable"),
        ("[1, 0, 2, 2]", "(1, 0), (2, 2)", "unreadable"),
        ("[3, 5]", "3×3, 5×5", "correct"),
        ("[3, 5]", "3×3 and 5×5", "correct"),
        ("[3, 5]", "C1: 3×3, C2: 5×5", "correct"),
        ("[3, 5]", "3×3, 5×5 before ReLU", "unreadable"),
        ("[3, 5]", "negative 3×3, 5×5", "unreadable"),
        ("[27, 5]", "3×3×3, 5×1", "correct"),
        ("[10, 26]", "3×3+1, 5×5+1", "correct"),
        ("[9, 25]", "3×3, 5×5", "correct"),
        ("[64, 3]", "64×64, 3", "partial"),
        ("[4096, 3]", "64×64, 3", "correct"),
        ("[15, 4]", "3×5, 2×2", "correct"),
    ],
)
def test_pairs_and_products_in_a_list(key: str, written: str, expected: str) -> None:
    assert verdict(key, written) == expected


def test_one_area_for_one_side_is_still_named() -> None:
    found = one("[5]", "'5×5'", LIST)
    assert (found.verdict, [each.id for each in found.diagnoses]) == ("wrong", ["area-for-side"])


@pytest.mark.parametrize("written", ["(28, 28, 6)", "28x28x6"])
def test_a_square_with_channels_is_no_length_with_channels(written: str) -> None:
    spec = AnswerSpec("shape", order="HWC", axes=(2,))
    natural = {reading.value: reading.natural for reading in read_answer(written, spec).all}
    assert not natural.get((28, 6), False)
    one_in_front = {reading.value: reading.natural for reading in read_answer("(1, 28, 6)", spec).all}
    assert one_in_front[28, 6]


@pytest.mark.parametrize(
    "written",
    ["B2, B4", "box2, box4", "box1, box3", "#1, #3", "x-1, x-3", "e1, e3", "e5, e6", "box_1, box_3", "{b1, b3}"],
)
def test_numbered_names_may_count_from_zero_or_one(written: str) -> None:
    homework = assignment(f"[questions.compute]\nkept = '[1, 3]'\n[questions.parts]\nkept = {SET}")
    assert outcome(homework, f"kept = '{written}'")["kept"] == ("unreadable", 0.0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("box0, box3", "correct"), ("#0, #3", "correct"), ("b_0 and b_3", "correct"), ("box0, box2", "partial")],
)
def test_a_zero_shows_that_names_count_from_zero(written: str, expected: str) -> None:
    assert verdict("[0, 3]", written, SET) == expected


@pytest.mark.parametrize("written", ["e0, e3", "x-0, x-3"])
def test_powers_of_ten_and_differences_are_no_numbered_names(written: str) -> None:
    assert verdict("[0, 3]", written, SET) == "unreadable"


@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("[1, 2]", "[[1] - [2]]", "unreadable"),
        ("[1, 2]", "[[1]/[2]]", "unreadable"),
        ("[1, 2.3]", "[[1],[2],3]", "unreadable"),
        ("[1, 2, 3]", "[[[1],[2],[3]]]", "correct"),
        ("[1, 2, 3]", "[[1]; [2]; [3]]", "correct"),
        ("[[1, 2], [3, 4]]", "[[[1],[2]],[[3],[4]]]", "correct"),
        ("[[1, 2], [3, 4]]", "[[[1],[2]],[[3],4]]", "unreadable"),
    ],
)
def test_brackets_around_each_entry(key: str, written: str, expected: str) -> None:
    assert verdict(key, written) == expected


@pytest.mark.parametrize("written", ["[[1 2; 3 4]]", "[[1, 2; 3, 4]]", "[[1,2; 3,4]]", "[1 2; 3 4]"])
def test_rows_with_semicolons_in_double_brackets(written: str) -> None:
    assert verdict("[[1, 2], [3, 4]]", written) == "correct"
    assert verdict("[[1, 2, 3, 4]]", written) != "correct"


def test_decimal_commas_divided_by_semicolons_in_double_brackets() -> None:
    assert verdict("[[1.2, 3.4]]", "[[1,2; 3,4]]") == "correct"


@pytest.mark.parametrize(
    "written",
    [
        "[[1 0; 3 4]], [[0 6; 7 0]]",
        "[[[1 0; 3 4]], [[0 6; 7 0]]]",
        "[1 0; 3 4], [0 6; 7 0]",
        "[[1, 0; 3, 4]], [[0, 6; 7, 0]]",
    ],
)
def test_matrices_with_semicolons_in_double_brackets(written: str) -> None:
    assert verdict("[[[1, 0], [3, 4]], [[0, 6], [7, 0]]]", written) == "correct"
    assert verdict("[[[1, 0], [3, 4]], [[0, 6], [7, 8]]]", written) != "correct"
