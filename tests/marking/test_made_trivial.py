"""What a student's own earlier answers made trivial is not carried forward, and earns nothing."""

from __future__ import annotations

import pytest

from tests.marking.homework import assignment, outcome, parts, said
from tests.marking.test_carried import CONV, TREE

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
