"""Errors inside lists: a wrong row costs one row, in scans, in what is computed from them, in lists of names."""

from __future__ import annotations

import pytest

from grader.marking import question
from tests.marking.homework import assignment, outcome, parts, said

TABLE = """
[questions.given]
start = [64, 48, 3]
layers = [
    {type = "conv2d", out_channels = 8, kernel_size = 3, stride = 2, padding = 1},
    {type = "conv2d", out_channels = 16, kernel_size = 5},
    {type = "max_pool2d", kernel_size = 2},
    {type = "conv2d", out_channels = 32, kernel_size = 3},
    {type = "flatten"},
    {type = "linear", out_features = 10},
]
[questions.compute]
shapes = "output_shapes(start, layers)"
params = "parameter_counts(start, layers)"
fields = "receptive_fields(layers[0:4])"
[questions.parts]
shapes = 6
params = 6
fields = 4
"""
HWC = 'shape_order = "HWC"'
# 32x24x8 (224), 28x20x16 (3216), 14x10x16 (0), 12x8x32 (4640), 3072 (0), 10 (30730); fields 3, 11, 13, 21


def test_a_table_that_is_right() -> None:
    answers = """
shapes = ["32x24x8", "28x20x16", "14x10x16", "12x8x32", 3072, 10]
params = [224, 3216, 0, 4640, 0, 30730]
fields = [3, 11, 13, 21]
"""
    assert outcome(assignment(TABLE, HWC), answers) == {
        "shapes": ("correct", 6.0),
        "params": ("correct", 6.0),
        "fields": ("correct", 4.0),
    }


def test_one_wrong_row_costs_one_row() -> None:
    # row 1 keeps the size (30 in place of 28): 30x20 -> 15x10 -> 13x8x32 -> 3328 follow from it
    answers = 'shapes = ["32x24x8", "30x20x16", "15x10x16", "13x8x32", 3328, 10]\n'
    part = parts(assignment(TABLE, HWC), answers)["shapes"]
    assert part.verdict == "partial"
    assert part.entries is not None
    assert (part.entries.total, part.entries.correct, part.entries.wrong) == (6, 5, ((1,),))
    assert float(part.score) == 4.8  # (5 - 1) / (6 - 1) of 6
    assert "(1)" in said(part)


def test_two_errors_in_one_table_cost_two_rows() -> None:
    answers = 'shapes = ["32x24x8", "30x20x16", "15x10x16", "15x10x32", 4800, 10]\n'
    part = parts(assignment(TABLE, HWC), answers)["shapes"]
    assert part.entries is not None
    assert (part.verdict, part.entries.wrong, float(part.score)) == ("partial", ((1,), (3,)), 3.6)


def test_a_wrong_shape_reaches_the_parameters_only_where_they_read_it() -> None:
    answers = """
shapes = ["32x24x8", "30x20x16", "15x10x16", "13x8x32", 3328, 10]
params = [224, 3216, 0, 4640, 0, 33290]
"""
    found = parts(assignment(TABLE, HWC), answers)
    assert (found["params"].verdict, found["params"].carried_from) == ("carried", ("shapes",))
    assert float(found["params"].score) == 6.0


def test_receptive_fields_are_carried_by_rows() -> None:
    # row 1: 9 in place of 11 (jump forgotten); then 9 + 2 = 11, 11 + 8 = 19
    part = parts(assignment(TABLE, HWC), "fields = [3, 9, 11, 19]")["fields"]
    assert part.entries is not None
    assert (part.verdict, part.entries.wrong, float(part.score)) == ("partial", ((1,),), 2.67)


def test_rows_that_are_blank_are_wrong_and_the_row_after_is_judged_from_the_key() -> None:
    part = parts(assignment(TABLE, HWC), "fields = [3, '', 13, 21]")["fields"]
    assert part.entries is not None
    assert (part.verdict, part.entries.correct, part.entries.wrong) == ("partial", 3, ((1,),))
    assert float(part.score) == 2.67


def test_all_entries_or_nothing() -> None:
    text = TABLE.replace("fields = 4", 'fields = {points = 4, credit = "all"}')
    assert outcome(assignment(text, HWC), "fields = [3, 9, 11, 19]")["fields"] == ("wrong", 0.0)
    assert outcome(assignment(text, HWC), "fields = [3, 11, 13, 21]")["fields"] == ("correct", 4.0)


def test_the_share_of_carried_rows() -> None:
    # rows 2 and 3 are right by being carried, worth half of a row each: 1 + 2 * 0.5 = 2 of 4
    part = parts(assignment(TABLE, HWC + "\ncarried = 0.5"), "fields = [3, 9, 11, 19]")["fields"]
    assert part.verdict == "partial"
    assert part.entries is not None
    assert part.entries.correct == 3
    assert float(part.score) == pytest.approx(4 * (2 - 1) / 3, abs=0.005)


def test_a_zero_row_makes_what_follows_trivial() -> None:
    text = """
[questions.given]
steps = [3, 5, 2]
[questions.compute]
y = "scan(conv_transpose_output_size, 10, steps)"
[questions.parts]
y = 3
"""
    # 12, 16, 17: size + kernel - 1
    assert outcome(assignment(text), "y = [12, 16, 17]")["y"] == ("correct", 3.0)
    assert outcome(assignment(text), "y = [11, 15, 16]")["y"] == ("partial", 1.5)
    part = parts(assignment(text), "y = [0, 4, 5]")["y"]
    assert part.entries is not None
    assert (0,) in part.entries.wrong
    assert (1,) in part.entries.wrong


ALIAS = """
[questions.given]
theta = 1.5
lr = 0.25
[questions.compute]
y1 = "theta * 3 + 1"
y2 = "y1 * y1 - lr"
y3 = "y2 + 2 * y1"
all = "[y1, y2, y3]"
out = "sum(all) + 1"
[questions.parts]
all = 3
out = 2
"""
# y = 5.5, 30, 41; out = 77.5


def test_a_list_of_names_is_carried_entry_by_entry() -> None:
    assert outcome(assignment(ALIAS), "all = [5.5, 30, 41]\nout = 77.5") == {
        "all": ("correct", 3.0),
        "out": ("correct", 2.0),
    }
    # y1 = 4.5 in place of 5.5: y2 = 20, y3 = 29 follow
    found = parts(assignment(ALIAS), "all = [4.5, 20, 29]\nout = 54.5")
    part = found["all"]
    assert part.entries is not None
    assert (part.verdict, part.entries.correct, part.entries.wrong, float(part.score)) == ("partial", 2, ((0,),), 1.5)
    assert (found["out"].verdict, found["out"].carried_from) == ("carried", ("all",))


def test_names_asked_alone_and_in_a_list() -> None:
    text = ALIAS.replace("all = 3", "y1 = 1\nall = 3")
    # the list repeats the wrong y1: what follows from it is carried, y1 itself is wrong in both
    found = parts(assignment(text), "y1 = 4.5\nall = [4.5, 20, 29]")
    assert found["y1"].verdict == "wrong"
    assert found["all"].entries is not None
    assert (1,) not in found["all"].entries.wrong
    assert (2,) not in found["all"].entries.wrong


def test_without_carried_rows_these_tests_turn_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "right_rows", lambda *_: frozenset())
    part = parts(assignment(TABLE, HWC), "fields = [3, 9, 11, 19]")["fields"]
    assert part.entries is not None
    assert part.entries.wrong == ((1,), (2,), (3,))


STEPS = """
[questions.compute]
h1 = "tanh(1)"
h2 = "tanh(0.5*h1 - 1)"
h3 = "tanh(0.5*h2)"
h = "[h1, h2, h3]"
[questions.parts]
h = {points = 3, credit = "CREDIT"}
"""


@pytest.mark.parametrize("credit", ["entries", "all"])
@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("[0.762, -0.551, -0.269]", True),
        ("[0.762, -0.5504, -0.2685]", True),  # each follows from the rounded one before it
        ("[0.762, -0.55, -0.268]", True),
        ("[0.77, -0.548, -0.268]", False),  # the first is not right
        ("[0.762, -0.5504, -0.2683]", False),
    ],
)
def test_rows_that_all_follow_from_rounded_ones_are_right(answer: str, right: bool, credit: str) -> None:
    part = parts(assignment(STEPS.replace("CREDIT", credit), "carried = 0.5"), f"h = {answer}")["h"]
    assert (part.verdict == "correct") == right
    assert (float(part.score) == 3) == right
    assert "counted from zero: ." not in said(part)
    assert not right or not part.diagnoses
