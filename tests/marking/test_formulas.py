"""Formulas as answers: equal at the sample points, earlier parts by name, carried, rounded, in arrays."""

from __future__ import annotations

import pytest

from grader.answers.kinds import formula
from grader.errors import AuthorError
from tests.marking.homework import assignment, outcome, parts, said

FIELDS = """
[questions.compute]
R1 = "w + (w - 1) * (d - 1)"
R2 = "R1 + (w - 1) * d"
R3 = "R2 + (w - 1) * d"
out = "(n - w) // 2 + 1"
slope = "alpha * exp(x)"
[questions.symbols]
w = [2, 9]
d = [1, 4]
n = [20, 60]
alpha = [1, 5]
x = [-3, 2]
[questions.parts]
R1 = 1
R2 = 2
R3 = 3
out = 1
slope = 1
"""


@pytest.mark.parametrize(
    ("part", "formula", "right"),
    [
        ("R1", "wd - d + 1", True),
        ("R1", "w + (w-1)(d-1)", True),
        ("R1", "1 + d(w - 1)", True),
        ("R1", "d*w + 1 - d", True),
        ("R1", "R_1 = wd - d + 1", True),
        ("R1", "wd - d", False),
        ("R1", "wd + d + 1", False),
        ("R1", "w + d", False),
        ("R2", "R1 + (w-1)d", True),
        ("R2", "2wd - 2d + 1", True),
        ("R2", "1 + 2d(w-1)", True),
        ("R3", "3(wd - d) + 1", True),
        ("R3", "3(wd - d + 1)", False),
        ("R3", "R2 + R1 - 1", True),
        ("out", "(n - w) // 2 + 1", True),
        ("out", "floor((n - w)/2) + 1", True),
        ("out", "⌊(n - w)/2⌋ + 1", True),
        ("out", "(n - w)/2 + 1", False),
        ("out", "ceil((n - w - 1)/2) + 1", True),
        ("out", "ceil((n - w)/2) + 1", False),
        ("slope", "alpha e^x", True),
        ("slope", "α e^x", True),
        ("slope", "α * exp(x)", True),
        ("slope", "e^x α", True),
        ("slope", "α e^{x}", True),
        ("slope", "α (e^x - 1)", False),
        ("slope", "e^x", False),
    ],
)
def test_two_formulas_are_equal_where_they_agree(part: str, formula: str, right: bool) -> None:
    found = parts(assignment(FIELDS), f"{part} = '{formula}'")[part]
    assert found.verdict == ("correct" if right else "wrong"), said(found)
    assert found.kind == "formula"
    assert "20 points" in str(found.rule)


def test_a_difference_of_a_millionth_is_seen() -> None:
    assert parts(assignment(FIELDS), "R1 = 'wd - d + 1.000001'")["R1"].verdict == "wrong"
    assert parts(assignment(FIELDS), "R1 = 'wd - d + 1.0000000000001'")["R1"].verdict == "correct"


def test_rational_points_tell_where_integers_do_not() -> None:
    # the sine of pi times an integer is 0; here: w(w-1) is even, so the steps agree at integers only
    text = """
[questions.compute]
y = "w * (w - 1) / 2"
[questions.symbols]
w = [0, 1]
[questions.parts]
y = 1
"""
    # at the integers 0 and 1 both are 0; between them they are not
    assert parts(assignment(text), "y = '0w'")["y"].verdict == "wrong"
    assert parts(assignment(text), "y = 'w(w-1)/2'")["y"].verdict == "correct"


def test_earlier_parts_are_the_students_own() -> None:
    # R1 is wrong by one; R2 and R3 say how they follow
    found = parts(assignment(FIELDS), "R1 = 'wd - d'\nR2 = 'R1 + (w-1)d'\nR3 = 'R2 + (w-1)d'")
    assert {name: part.verdict for name, part in found.items() if name.startswith("R")} == {
        "R1": "wrong",
        "R2": "carried",
        "R3": "carried",
    }
    assert found["R2"].carried_from == ("R1",)


def test_an_error_written_out_is_carried_too() -> None:
    found = parts(assignment(FIELDS), "R1 = 'wd - d'\nR2 = '2wd - 2d'")
    assert (found["R2"].verdict, found["R2"].carried_from) == ("carried", ("R1",))


def test_a_name_of_a_part_that_is_not_answered_stands_for_the_right_one() -> None:
    assert outcome(assignment(FIELDS), "R2 = 'R1 + (w-1)d'")["R2"] == ("correct", 2.0)


def test_what_names_itself_is_no_answer() -> None:
    found = parts(assignment(FIELDS), "R1 = 'R2 - (w-1)d'\nR2 = 'R1 + (w-1)d'")
    assert not {found["R1"].verdict, found["R2"].verdict} <= {"correct", "carried"}
    alone = parts(assignment(FIELDS), "R1 = 'R1'")["R1"]
    assert alone.verdict in ("wrong", "unreadable")
    later = parts(assignment(FIELDS), "R1 = 'R3 - 2(w-1)d'")["R1"]
    assert later.verdict in ("wrong", "unreadable")


def test_a_zero_formula_is_trivial() -> None:
    text = FIELDS.replace("R1 = 1\n", "R1 = 1\n")
    found = parts(assignment(text), "R1 = '0'\nR2 = '(w-1)d'")
    assert found["R2"].verdict == "wrong"
    assert "trivial" in said(found["R2"])


@pytest.mark.parametrize(
    "formula",
    [
        "1/0",
        "sqrt(-1)",
        "log(0)",
        "9**9**9**9",
        "w^w^w^w^w",
        "1e400",
        "-" * 20_000 + "w",
        "(" * 5_000 + "w" + ")" * 5_000,
        "w" * 20_000,
        "q + 1",
        "__import__(w)",
        "w.real",
        "w; d",
        "lambda: w",
        "\\u001b[31mw",
    ],
)
def test_hostile_formulas_earn_nothing_and_cost_nothing(formula: str) -> None:
    answer = f'R1 = "{formula}"' if formula.startswith("\\u") else f"R1 = '{formula}'"
    part = parts(assignment(FIELDS), answer)["R1"]
    assert part.verdict in ("wrong", "unreadable")
    assert part.score == 0
    assert "\x1b" not in said(part)


ARRAYS = """
[questions.compute]
dw = "[g0 * x0 + g1 * x1, g0 * x1 + g1 * x2]"
table = "[[w, w, 2], [w, w * g0, 0]]"
[questions.symbols]
g0 = [-5, 5]
g1 = [-5, 5]
x0 = [-5, 5]
x1 = [-5, 5]
x2 = [-5, 5]
w = [1, 9]
[questions.parts]
dw = 2
table = 3
"""


def test_arrays_of_formulas() -> None:
    right = "dw = ['g0x0 + g1x1', 'x1 g0 + x2 g1']\ntable = [['w', 'w', 2], ['w', 'g0 w', '0']]"
    assert outcome(assignment(ARRAYS), right) == {"dw": ("correct", 2.0), "table": ("correct", 3.0)}
    found = parts(assignment(ARRAYS), "dw = ['g0x0 + g1x1', 'x1 g0']\ntable = [['w', '', 2], ['w', 'w', '1']]")
    assert found["dw"].entries is not None
    assert (found["dw"].verdict, found["dw"].entries.wrong, float(found["dw"].score)) == ("partial", ((1,),), 0.0) or (
        found["dw"].entries.wrong == ((1,),) and found["dw"].score == 0
    )
    entries = found["table"].entries
    assert entries is not None
    # w stands three times in six cells: (3 - 3) / (6 - 3)
    assert (entries.total, entries.wrong, found["table"].score) == (6, ((0, 1), (1, 1), (1, 2)), 0)


def test_an_array_of_formulas_of_the_wrong_shape() -> None:
    found = parts(assignment(ARRAYS), "dw = ['g0x0', 'x1', 'x2']")["dw"]
    assert (found.verdict, found.score) == ("wrong", 0)


def test_a_given_formula() -> None:
    text = """
[questions.symbols]
F = [1, 7]
[questions.parts]
offsets = {points = 1, kind = "formula", answer = "2F^2"}
"""
    assert outcome(assignment(text), "offsets = '2F²'")["offsets"] == ("correct", 1.0)
    assert outcome(assignment(text), "offsets = '2*F*F'")["offsets"] == ("correct", 1.0)
    assert outcome(assignment(text), "offsets = '2F'")["offsets"] == ("wrong", 0.0)


GIVEN = """
[questions.symbols]
F = [1, 7]
[questions.parts]
a = {points = 1, kind = "formula", answer = "2F^2"}
b = {points = 1, kind = "formula", answer = "2F^2 + 1"}
"""


@pytest.mark.parametrize(
    ("answers", "a", "b"),
    [
        ("a = '2F'\nb = '2F^2 + 1'", "wrong", "correct"),
        ("a = '2F^2'\nb = 'a + 1'", "correct", "correct"),
        ("a = '2F^2'\nb = 'a + 2'", "correct", "wrong"),
        ("b = 'a + 1'", "missing", "correct"),
        ("a = '2F'\nb = 'a + 1'", "wrong", "wrong"),
        ("a = '1/0'\nb = 'a + 1'", "unreadable", "correct"),
        ("a = '2F('\nb = 'a + 1'", "unreadable", "correct"),
    ],
)
def test_given_formulas_by_name(answers: str, a: str, b: str) -> None:
    found = parts(assignment(GIVEN), answers)
    assert {name: part.verdict for name, part in found.items()} == {"a": a, "b": b}


@pytest.mark.parametrize("answer", ["2G^2", "2F +", "a + 1", "9**9**9**9", ""])
def test_a_given_formula_that_cannot_be_read_is_the_authors_error(answer: str) -> None:
    with pytest.raises(AuthorError):
        parts(assignment(GIVEN.replace("2F^2 + 1", answer)), "")


def test_numbers_of_a_question_with_symbols_are_numbers() -> None:
    text = FIELDS.replace("[questions.symbols]", 'k = "2 * 3"\n[questions.symbols]', 1) + "k = 1\n"
    assert outcome(assignment(text), "k = 6")["k"] == ("correct", 1.0)


def test_with_one_point_these_tests_turn_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula, "FORMULA_RELATIVE", 10.0)
    assert parts(assignment(FIELDS), "R1 = 'wd - d'")["R1"].verdict == "correct"


def test_a_line_is_one_entry_where_as_many_are_asked() -> None:
    """`k1 g1` under one another are six products, not six rows of two cells."""
    homework = assignment("""
[questions.symbols]
g1 = [-9, 9]
g2 = [-9, 9]
k1 = [-9, 9]
k2 = [-9, 9]
[questions.compute]
d = "conv1d_grad_input([g1, g2], [1, 2, 3], [k1, k2])"
[questions.parts]
d = 1
""")
    assert outcome(homework, "d = '''k1 g1\nk2 g1 + k1 g2\nk2 g2'''") == {"d": ("correct", 1.0)}
    assert outcome(homework, "d = '''k1 g1\nk2 g2\nk2 g2'''")["d"][0] == "partial"
    assert outcome(homework, "d = '''k1 g1\nk2 g1'''")["d"][0] == "wrong"
