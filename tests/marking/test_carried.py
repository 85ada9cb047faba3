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


# ------------------------------------------------------------------------------------------------------------- trivial


@pytest.mark.parametrize(
    ("answers", "trivial"),
    [
        ("O = [[0, 0, 0], [0, 0, 0]]\nZ = 0\n", "O"),  # the answer itself: all zeros
        ("O = [[4, 4, 4], [4, 4, 4]]\nZ = 4\n", "O"),  # the answer itself: the same everywhere
        ("O = [[-1, -2, -3], [-4, -5, -6]]\nZ = 0\n", "R"),  # an inner step: relu leaves nothing
    ],
)
def test_nothing_is_carried_from_what_was_made_trivial(answers: str, trivial: str) -> None:
    part = parts(assignment(CONV), answers)["Z"]
    assert (part.verdict, float(part.score), part.carried_from) == ("wrong", 0.0, ())
    assert "trivial" in said(part)
    assert f"make {trivial} trivial" in said(part)


def test_an_inner_value_counts_though_the_part_itself_is_not_zero() -> None:
    found = parts(assignment(CONV), "O = [[-1, -2, -3], [-4, -5, -6]]\nL = 1\n")
    assert found["L"].verdict == "wrong"
    assert "trivial" in said(found["L"])


def test_an_inner_value_inside_one_formula_counts_too() -> None:
    text = CONV.replace('L = "3 * Z + 1"', 'L = "3 * global_avg_pool(relu(O)) + 1"')
    found = parts(assignment(text), "O = [[-1, -2, -3], [-4, -5, -6]]\nL = 1\n")
    assert found["L"].verdict == "wrong"
    assert "trivial" in said(found["L"])


def test_a_zero_alone_is_trivial_and_one_number_is_never_constant() -> None:
    assert parts(assignment(TREE), "u = 0\ny = 31")["y"].verdict == "wrong"
    assert parts(assignment(TREE), "u = 1\ny = 32")["y"].verdict == "carried"


def test_a_message_about_triviality_needs_a_match() -> None:
    part = parts(assignment(CONV), "O = [[0, 0, 0], [0, 0, 0]]\nZ = 5\n")["Z"]
    assert part.verdict == "wrong"
    assert "trivial" not in said(part)


def test_what_is_constant_in_the_key_too_is_not_made_trivial() -> None:
    text = """
[questions.given]
a = [2, 2, 2]
[questions.compute]
u = "a * 1.5"
y = "sum(u)"
[questions.parts]
u = 1
y = 1
"""
    assert outcome(assignment(text), "u = [4, 4, 4]\ny = 12") == {"u": ("wrong", 0.0), "y": ("carried", 1.0)}


def test_a_right_answer_is_right_whatever_stands_before_it() -> None:
    assert parts(assignment(CONV), "O = [[0, 0, 0], [0, 0, 0]]\nZ = 8\n")["Z"].verdict == "correct"


ZEROS = """
[questions.given]
X = [[2, 3, 4], [3, 1, 5], [4, -1, -2]]
F = [[0, 3], [1, -2]]
[questions.compute]
O = "conv2d(X, F)"
R = "relu(O - 9)"
Z = "global_avg_pool(R)"
S = "Z * 2 + 1"
Q = "sqrt(Z)"
[questions.parts]
{parts}
"""
# right: O = [[10, 3], [9, 18]], R = [[1, 0], [0, 9]]; the kernel turned by 180 degrees makes all of R zero


def test_zeros_are_not_carried_by_one_cause_either() -> None:
    """Zeros all the way: conv-flip gives those of R and of all that follow, which earns nothing."""
    asked = "\n".join(f"{name} = 1" for name in "ORZSQ")
    answers = "O = '0 0; 0 0'\nR = '0 0; 0 0'\nZ = 0\nS = 1\nQ = 0"
    found = parts(assignment(ZEROS.format(parts=asked)), answers)
    assert {name: float(part.score) for name, part in found.items()} == dict.fromkeys("ORZSQ", 0.0)
    assert not {part.verdict for part in found.values()} & {"carried", "correct"}
    for name in "ZSQ":
        assert said(found[name]).count("trivial") == 1, name


def test_a_cause_that_makes_an_inner_value_zero_is_said() -> None:
    """R is not asked: the same cause as in O would carry S, through an R of zeros."""
    found = parts(assignment(ZEROS.format(parts="O = 1\nS = 1")), "O = [[8, 1], [7, 0]]\nS = 1")
    assert found["O"].verdict == "wrong"
    assert (found["S"].verdict, float(found["S"].score)) == ("wrong", 0.0)
    assert "trivial" in said(found["S"])


def test_rows_that_follow_from_zeros_earn_nothing() -> None:
    """y2 = y1 * y1 - 1/4 and y3 = y2 + 2 * y1 follow from y1 = 0, which shows nothing."""
    text = """
[questions.given]
theta = 1.5
lr = 0.25
[questions.compute]
y1 = "theta * 3 + 1"
y2 = "y1 * y1 - lr"
y3 = "y2 + 2 * y1"
all = "[y1, y2, y3]"
[questions.parts]
all = 3
"""
    part = parts(assignment(text), "all = [0, -0.25, -0.25]")["all"]
    assert part.entries is not None
    assert (float(part.score), part.entries.correct) == (0.0, 0)
    part = parts(assignment(text), "all = [4.5, 20, 29]")["all"]
    assert (float(part.score), part.entries and part.entries.correct) == (1.5, 2)


SIZES = """
[questions.given]
image = [28, 28, 1]
conv = {type = "conv2d", out_channels = 32, kernel_size = 3, stride = 2, padding = 1}
pool = {type = "max_pool2d", kernel_size = 2}
flat = {type = "flatten"}
[questions.compute]
a = "output_shape(image, conv)"
n = "a[0] * a[1] * a[2]"
k = "(n + 1) * 10"
f = "output_shape(a, flat)"
p = "output_shape(a, pool)"
m = "conv2d_macs(a, 1, 3)"
[questions.parts]
a = 1
n = 1
k = 1
f = 1
p = 1
m = 1
"""


@pytest.mark.parametrize(
    ("a", "n", "p"),
    [
        ("'13.5 x 13.5 x 32'", 5832, "'6x6x32'"),  # (28 - 3) / 2 + 1, not rounded; pooled: floor(13.5 / 2)
        ("[13.5, 13.5, 32]", 5832, "'6x6x32'"),
        ("'27/2 x 27/2 x 32'", 5832, "'6x6x32'"),
        ("'17 x 17 x 32'", 9248, "'8x8x32'"),
        ("'100 x 1 x 7'", 700, None),
        ("'12.5 x 10.4 x 1'", 130, "'6x5x1'"),
    ],
)
def test_sizes_of_any_number_are_followed(a: str, n: int, p: str | None) -> None:
    answers = f"a = {a}\nn = {n}\nk = {(n + 1) * 10}\nf = {n}\nm = {9 * n}\n" + (f"p = {p}\n" if p else "")
    found = parts(assignment(SIZES, 'shape_order = "HWC"'), answers)
    asked = ["n", "k", "f", "m", *(["p"] if p else [])]
    assert {name: found[name].verdict for name in asked} == dict.fromkeys(asked, "carried")
    assert found["n"].carried_from == ("a",)


def test_rows_follow_from_a_size_that_was_not_rounded() -> None:
    text = """
[questions.given]
start = [32, 32, 3]
layers = [
    {type = "conv2d", out_channels = 8, kernel_size = 3, stride = 2, padding = 1},
    {type = "conv2d", out_channels = 16, kernel_size = 3},
    {type = "flatten"},
    {type = "linear", out_features = 10},
]
[questions.compute]
shapes = "output_shapes(start, layers)"
params = "parameter_counts(start, layers)"
[questions.parts]
shapes = 4
params = 4
"""
    # 15.5 and 14.5 are not rounded; 14.5 * 14.5 * 16 = 3364, and 3364 * 10 + 10 parameters
    answers = "shapes = ['15.5x15.5x8', '14.5x14.5x16', 3364, 10]\nparams = [224, 1168, 0, 33650]"
    found = parts(assignment(text, 'shape_order = "HWC"'), answers)
    assert (found["shapes"].verdict, float(found["shapes"].score)) == ("partial", 1.33)
    assert (found["params"].verdict, found["params"].carried_from) == ("carried", ("shapes",))


def test_one_trivial_path_does_not_close_the_other() -> None:
    # all at once runs through u = 0; v alone is a sound path to the same number
    text = TREE.replace('y = "u + 2 * v"', 'y = "2 * v + max(u - 100, 1)"')
    part = parts(assignment(text), "u = 0\nv = 16.5\ny = 34")["y"]
    assert (part.verdict, part.carried_from) == ("carried", ("v",))


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
