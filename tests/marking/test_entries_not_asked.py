"""Entries that are not asked: anything may stand there, nothing is compared, nothing is counted."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError
from grader.homework.keys import build_key_text
from tests.marking.homework import assignment, one, outcome, parts, said

GAPS = """
[questions.given]
x = [[1, 2], [3, 4]]
[questions.compute]
O = "[[1, any, 3], [4, 5, any]]"
F = "[0.5, any, 0.25]"
M = "where([[1, 0], [1, 1]], x, any)"
[questions.parts]
O = 4
F = 2
M = 3
"""


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("O", "[[1, '?', 3], [4, 5, 'any']]"),
        ("O", "[[1, 7, 3], [4, 5, 0]]"),
        ("O", "'1 ? 3; 4 5 ?'"),
        ("O", "'''\n1 x 3\n4 5 -\n'''"),
        ("O", "[[1, 'abc', 3], [4, 5, 'see above']]"),
        ("O", "'[[1, any, 3], [4, 5, any]]'"),
        ("F", "'0.5, any, 0.25'"),
        ("F", "'0.5, , 0.25'"),
        ("M", "[[1, ''], [3, 4]]"),
    ],
)
def test_anything_may_stand_there(name: str, written: str) -> None:
    assert outcome(assignment(GAPS), f"{name} = {written}")[name][0] == "correct"


def test_only_what_is_asked_is_counted() -> None:
    found = parts(assignment(GAPS), "O = [[1, '', 3], [4, 6, '']]")["O"]
    assert (found.verdict, float(found.score)) == ("partial", 2.67)  # (3 - 1) / (4 - 1) of 4 points
    assert said(found).startswith("3 of 4 entries are right; not right, counted from zero: (1, 1). One value")
    assert found.entries is not None and found.entries.total == 4


def test_what_is_asked_must_be_readable() -> None:
    found = parts(assignment(GAPS), "O = [['a', 1, 3], [4, 5, 6]]")["O"]
    assert (found.verdict, said(found)) == (
        "unreadable",
        "expected a number, received 'a', in entry (0, 0), counted from zero",
    )


def test_the_key_says_any_and_is_right_itself() -> None:
    text = build_key_text(assignment(GAPS))
    assert '[1, "any", 3]' in text
    answers = text[text.index("[answers.q]") :]
    assert {verdict for verdict, _ in outcome(assignment(GAPS), answers).values()} == {"correct"}


@pytest.mark.parametrize("key", ["any", "sum([any, 1])", "[any, any]"])
def test_a_part_without_an_entry_that_is_asked_is_refused(key: str) -> None:
    with pytest.raises(AuthorError, match=r"q\.y: expected"):
        one(key, "1")


WRAPPED = """
[questions.given]
X = [[1, 2, -1, 3], [0, 1, 2, -2], [3, -1, 1, 0]]
K = [[2, 1], [0, -1]]
[questions.compute]
full = "conv2d(X, K)"
O = "where([[1, 1, 0], [1, 0, 1]], full, any)"
[questions.parts]
O = 4
"""


@pytest.mark.parametrize(("blank", "other"), [("''", "'?'"), ("99", "-7"), ("'any'", "0")])
def test_a_known_mistake_is_named_by_the_entries_that_are_asked(blank: str, other: str) -> None:
    """By hand: turned by 180 degrees, K is [[-1, 0], [1, 2]]."""
    homework = assignment(WRAPPED)
    turned = [[-1 + 0 + 2, -2 + 1 + 4], [0 + 3 - 2, -2 + 1 + 0]]  # the asked cells (0, 0), (0, 1) and (1, 0), (1, 2)
    (a, b), (c, d) = turned
    found = parts(homework, f"O = [[{a}, {b}, {blank}], [{c}, {other}, {d}]]")["O"]
    assert [one.id for one in found.diagnoses] == ["conv-flip"]
    assert "4 of 4 entries" in str(found.diagnoses[0].message)
    assert not parts(homework, f"O = [[8, {b}, {blank}], [17, {other}, 23]]")["O"].diagnoses
