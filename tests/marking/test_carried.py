"""Errors and roundings carried forward: with which earlier answers, for how many marks, and when not."""

from __future__ import annotations

import pytest

from grader.formula.substitution import Substitution
from grader.marking import carrying, question
from tests.marking.homework import assignment, outcome, parts, said

CONV = """
[questions.given]
X = [[2, 3, 4, 1], [3, 1, 5, 0], [4, -1, -2, 6]]
F = [[0, 3], [1, -2]]
dZ = 1
[questions.compute]
O = "conv2d(X, F)"
R = "relu(O)"
Z = "global_avg_pool(R)"
L = "3 * Z + 1"
dO = "global_avg_pool_grad_input(dZ, R)"
dF = "conv2d_grad_weight(dO, X, F)"
[questions.parts]
O = 3
Z = 2
L = 1
dF = 2
"""
# by hand: O = [[10, 3, 8], [9, 18, -14]], R = [[10, 3, 8], [9, 18, 0]], Z = 8, L = 25; dO = 1/6 each;
# dF = window sums / 6: [[18, 14], [10, 9]] / 6
WRONG_O = "O = [[10, 3, 8], [9, 18, 12]]\n"  # relu keeps 12: Z = 60 / 6 = 10, L = 31
RIGHT_DF = "dF = [['18/6', '14/6'], ['10/6', '9/6']]\n"

TREE = """
[questions.given]
a = 3
b = 5
[questions.compute]
u = "a * 2 + 0.5"
v = "b * 3 + 0.5"
y = "u + 2 * v"
w = "y * y"
[questions.parts]
u = 1
v = 1
y = 4
w = 2
"""
# u = 6.5, v = 15.5, y = 37.5, w = 1406.25


def test_all_right() -> None:
    text = "O = [[10, 3, 8], [9, 18, -14]]\nZ = 8\nL = 25\n" + RIGHT_DF
    assert outcome(assignment(CONV), text) == {
        "O": ("correct", 3.0),
        "Z": ("correct", 2.0),
        "L": ("correct", 1.0),
        "dF": ("correct", 2.0),
    }


def test_an_error_is_followed_and_names_its_source() -> None:
    found = parts(assignment(CONV), WRONG_O + "Z = 10\nL = 31\n" + RIGHT_DF)
    assert {name: (part.verdict, float(part.score)) for name, part in found.items()} == {
        "O": ("partial", 2.4),  # five of six right, one repeated value would get one: (5 - 1) / (6 - 1)
        "Z": ("carried", 2.0),
        "L": ("carried", 1.0),
        "dF": ("correct", 2.0),  # the gradient does not depend on the values of O
    }
    assert found["Z"].carried_from == ("O",)
    assert "O" in said(found["Z"])
    assert "Z" in found["L"].carried_from
    assert found["dF"].carried_from == ()


def test_an_answer_that_forgets_its_own_error_is_right_all_the_same() -> None:
    assert outcome(assignment(CONV), WRONG_O + "Z = 8\nL = 25\n") == {
        "O": ("partial", 2.4),
        "Z": ("correct", 2.0),
        "L": ("correct", 1.0),
        "dF": ("missing", 0.0),
    }


def test_carried_counts_all_entries_as_right() -> None:
    part = parts(assignment(CONV), WRONG_O + "Z = 10\n")["Z"]
    assert part.entries is not None
    assert (part.entries.total, part.entries.correct, part.entries.wrong) == (1, 1, ())


@pytest.mark.parametrize(
    ("answers", "verdict", "source"),
    [
        ("u = 7.5\nv = 16.5\ny = 40.5", "carried", {"u", "v"}),  # both wrong, both used
        ("u = 7.5\nv = 15.5\ny = 38.5", "carried", {"u"}),  # one wrong, used
        ("u = 7.5\nv = 16.5\ny = 38.5", "carried", {"u"}),  # both wrong, one used: u alone
        ("u = 7.5\nv = 16.5\ny = 39.5", "carried", {"v"}),  # v alone
        ("u = 7.5\ny = 38.5", "carried", {"u"}),  # nothing is taken from a blank part
        ("u = 7.5\nv = 'no idea'\ny = 38.5", "carried", {"u"}),  # nor from an unreadable one
        ("u = 7.5\nv = 16.5\ny = 41.5", "wrong", set()),
        ("v = 16.5\ny = 41.5", "wrong", set()),
        ("u = 6.5\nv = 15.5\ny = 38.5", "wrong", set()),
        ("y = 38.5", "wrong", set()),
    ],
)
def test_all_earlier_answers_at_once_and_then_each_alone(answers: str, verdict: str, source: set[str]) -> None:
    part = parts(assignment(TREE), answers)["y"]
    assert (part.verdict, set(part.carried_from)) == (verdict, source)
    assert float(part.score) == (4.0 if verdict == "carried" else 0.0)


def test_a_chain_of_three() -> None:
    # y is wrong in its own right, w follows from it
    assert outcome(assignment(TREE), "u = 7.5\nv = 15.5\ny = 30\nw = 900") == {
        "u": ("wrong", 0.0),
        "v": ("correct", 1.0),
        "y": ("wrong", 0.0),
        "w": ("carried", 2.0),
    }


def test_an_earlier_error_reaches_past_a_blank_part() -> None:
    found = parts(assignment(TREE), "u = 7.5\nw = 1482.25")  # (7.5 + 31) ** 2
    assert (found["w"].verdict, found["w"].carried_from) == ("carried", ("u",))


def test_parts_need_not_stand_in_the_order_of_the_graph() -> None:
    text = TREE.replace("u = 1\nv = 1\ny = 4\nw = 2\n", "w = 2\ny = 4\nv = 1\nu = 1\n")
    assert outcome(assignment(text), "u = 7.5\nv = 15.5\ny = 38.5\nw = 1482.25") == {
        "w": ("carried", 2.0),
        "y": ("carried", 4.0),
        "v": ("correct", 1.0),
        "u": ("wrong", 0.0),
    }


def test_nothing_is_carried_from_a_wrong_shape() -> None:
    found = parts(assignment(CONV), "O = [[10, 3], [8, 9]]\nZ = 7.5\n")
    assert found["O"].verdict == "wrong"
    assert (found["Z"].verdict, found["Z"].carried_from) == ("wrong", ())


def test_the_share_of_the_assignment() -> None:
    homework = assignment(CONV, header="carried = 0.8")
    assert outcome(homework, WRONG_O + "Z = 10\nL = 31\n" + RIGHT_DF) == {
        "O": ("partial", 2.4),
        "Z": ("carried", 1.6),
        "L": ("carried", 0.8),
        "dF": ("correct", 2.0),
    }


LONG = """
[questions.given]
a = [1.0, 2, 3, 4, 5]
[questions.compute]
u = "a * 2"
y = "u * u"
[questions.parts]
u = 5
y = 5
"""


def test_a_part_never_earns_less_than_its_entries() -> None:
    # four of five right, c = 1: (4 - 1) / (5 - 1) of 5 is 3.75, more than half of 5
    answers = "u = [2, 4, 6, 8, 11]\ny = [4, 16, 36, 64, 121]"
    found = outcome(assignment(LONG, header="carried = 0.5"), answers)
    assert found == {"u": ("partial", 3.75), "y": ("carried", 3.75)}
    assert outcome(assignment(LONG, header="carried = 0.8"), answers)["y"] == ("carried", 4.0)
    assert outcome(assignment(LONG, header="carried = 0"), answers)["y"] == ("carried", 3.75)


# ------------------------------------------------------------------------------------------------------------- rounded

STEPS = """
[questions.given]
n = 192
[questions.compute]
std = "sqrt(2 / n)"
big = "exp(30 * std)"
sum2 = "big + std"
[questions.parts]
std = 1
big = 2
sum2 = 1
"""
# std = 0.10206, big = 21.364; from 0.102: 21.328


def test_steps_right_but_rounded_are_right_in_full() -> None:
    found = parts(assignment(STEPS, header="carried = 0.5"), "std = 0.102\nbig = 21.33\nsum2 = 21.43")
    assert {name: (part.verdict, float(part.score)) for name, part in found.items()} == {
        "std": ("correct", 1.0),
        "big": ("correct", 2.0),
        "sum2": ("correct", 1.0),
    }
    assert found["big"].carried_from == ()
    assert "std" in said(found["big"])


def test_what_follows_from_an_own_answer_is_zero_where_mathematics_says_so() -> None:
    text = """
[questions.given]
a = 0.4
[questions.compute]
u = "a * 2"
y = "u + 0.2 - 0.3"
[questions.parts]
u = 1
y = 1
"""
    # from u = 0.1, y is 5.6e-17 in floats and 0 in mathematics
    assert outcome(assignment(text), "u = 0.1\ny = 0") == {"u": ("wrong", 0.0), "y": ("carried", 1.0)}


def test_a_rounding_that_is_not_right_is_carried() -> None:
    found = parts(assignment(STEPS, header="carried = 0.5"), "std = 0.10\nbig = 20.1")
    assert (found["std"].verdict, found["big"].verdict, float(found["big"].score)) == ("wrong", "carried", 1.0)


def test_rounded_steps_after_an_error_are_carried() -> None:
    # std right but rounded, big wrong (25 in place of 21.33): sum2 = 25.102 from both
    found = parts(assignment(STEPS), "std = 0.102\nbig = 25\nsum2 = 25.102")
    assert (found["sum2"].verdict, found["sum2"].carried_from) == ("carried", ("big",))


# ---------------------------------------------------------------------------------------------------------- the judges


def test_without_substitution_these_tests_turn_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying.Attempt, "bindings", lambda *_: {})
    assert outcome(assignment(CONV), WRONG_O + "Z = 10\n")["Z"] == ("wrong", 0.0)
    assert outcome(assignment(STEPS), "std = 0.102\nbig = 21.33")["big"] == ("wrong", 0.0)


def test_without_the_guard_these_tests_turn_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "trivial_by", lambda *_: None)
    assert outcome(assignment(CONV), "O = [[0, 0, 0], [0, 0, 0]]\nZ = 0\n")["Z"] == ("carried", 2.0)


def test_the_numbers_of_this_file_by_a_second_judge() -> None:
    from grader.homework.solution import solve

    x = [[2, 3, 4, 1], [3, 1, 5, 0], [4, -1, -2, 6]]
    f = [[0, 3], [1, -2]]

    def naive(image: list[list[int]], kernel: list[list[int]]) -> list[list[int]]:
        rows, columns = len(image) - len(kernel) + 1, len(image[0]) - len(kernel[0]) + 1
        return [
            [
                sum(image[i + u][j + v] * kernel[u][v] for u in range(len(kernel)) for v in range(len(kernel[0])))
                for j in range(columns)
            ]
            for i in range(rows)
        ]

    graph = solve(assignment(CONV)).questions["q"].graph
    assert graph.evaluate().value("O").tolist() == naive(x, f) == [[10, 3, 8], [9, 18, -14]]
    ones = [[1, 1, 1], [1, 1, 1]]
    assert [[6 * cell for cell in row] for row in graph.evaluate().value("dF").tolist()] == pytest.approx(
        [pytest.approx(row) for row in naive(x, ones)]
    )
    assert graph.evaluate(Substitution(values={"O": [[10, 3, 8], [9, 18, 12]]})).value("L") == 31
