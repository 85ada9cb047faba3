"""Shapes in declared symbols: equal where every size is an equal formula; verdicts as a careful teacher gives them."""

from __future__ import annotations

import pickle

import pytest

from grader.errors import AuthorError
from grader.homework.solution import solve
from tests.marking.homework import assignment, outcome, parts, said

UP = """
[questions.symbols]
h = [3, 9]
w = [3, 9]
[questions.compute]
up = "((h-1)*2 - 2*0 + 1*(3-1) + 0 + 1, (w-1)*2 + 3, 2)"
half = "(h//2, w//2)"
rows = "[(h-2, w-2, 4), ((h-2)*(w-2)*4,)]"
n = "up[0]*up[1]*up[2]"
[questions.parts]
up = {points = 2, kind = "shape"}
half = 1
rows = 2
n = 1
"""


@pytest.mark.parametrize(
    "written",
    [
        "'(2h+1) x (2w+1) x 2'",
        "'(2*h+1)*(2*w+1)*2'",
        "'[2h+1, 2w+1, 2]'",
        "['2h+1', '2w+1', 2]",
        "'(2h+1)×(2w+1)×2'",
        "'(2h+1)x(2w+1)x2'",
        "'2h+1 x 2w+1 x 2'",
        "'(1, 2h+1, 2w+1, 2)'",
        "'(None, 2h+1, 2w+1, 2)'",
        r"'(2h+1) \times (2w+1) \times 2'",
        "'(2(h-1)+3) x (2(w-1)+3) x 2 = (2h+1) x (2w+1) x 2'",
    ],
)
def test_a_right_shape_in_any_form(written: str) -> None:
    assert outcome(assignment(UP), f"up = {written}")["up"] == ("correct", 2.0)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("up = '(2h-1) x (2w+1) x 2'", "wrong"),
        ("up = '(2w+1) x (2h+1) x 2'", "wrong"),
        ("up = '2h+1'", "wrong"),
        ("up = 'h x w'", "wrong"),
        ("up = '(k+1) x 3 x 2'", "unreadable"),
        ("up = ''", "missing"),
    ],
)
def test_what_is_not_right(answer: str, verdict: str) -> None:
    assert outcome(assignment(UP), answer)["up"] == (verdict, 0.0)


def test_sizes_that_are_missing_are_counted() -> None:
    assert said(parts(assignment(UP), "up = 'h x w'")["up"]) == "sizes in the shape: expected 3, received 2"


@pytest.mark.parametrize(
    "written", ["floor(h/2) x floor(w/2)", "⌊h/2⌋ × ⌊w/2⌋", r"\lfloor h/2 \rfloor \times \lfloor w/2 \rfloor"]
)
def test_floors(written: str) -> None:
    assert outcome(assignment(UP), f"half = '{written}'")["half"] == ("correct", 1.0)


def test_a_size_that_was_not_rounded_is_named() -> None:
    found = parts(assignment(UP), "half = 'h/2, w/2'")["half"]
    assert (found.verdict, [one.id for one in found.diagnoses]) == ("wrong", ["shape-no-round"])


def test_a_list_of_shapes_row_by_row() -> None:
    right = "rows = '''\n(h-2)x(w-2)x4\n4(h-2)(w-2)\n'''"
    assert outcome(assignment(UP), right)["rows"] == ("correct", 2.0)
    assert outcome(assignment(UP), "rows = ['(h-2)x(w-2)x4', '4']")["rows"][0] == "partial"
    assert outcome(assignment(UP), "rows = ['(h-2)x(w-2)x4']")["rows"][0] == "wrong"


def test_a_wrong_shape_is_carried() -> None:
    found = outcome(assignment(UP), "up = '(2h-1) x (2w-1) x 2'\nn = '2(2h-1)(2w-1)'")
    assert found["n"] == ("carried", 1.0)


def test_the_key_is_short_and_is_right_itself() -> None:
    solved = solve(assignment(UP)).questions["q"].parts
    assert solved["up"].key_entry == ["2*h + 1", "2*w + 1", "2"]
    assert solved["rows"].key_entry == [["h - 2", "w - 2", "4"], ["(h - 2)*(w - 2)*4"]]
    answers = "\n".join(f"{name} = {part.key_entry!r}" for name, part in solved.items())
    assert {verdict for verdict, _ in outcome(assignment(UP), answers).values()} == {"correct"}


def test_a_symbolic_kind_is_itself_in_another_process() -> None:
    kind = solve(assignment(UP)).questions["q"].parts["up"].kind
    assert pickle.loads(pickle.dumps(kind)) is kind
    assert kind.name == "shape"


def test_a_product_may_be_one_size() -> None:
    assert outcome(assignment(UP), "rows = ['(h-2)x(w-2)x4', '(h-2)*(w-2)*4']")["rows"][0] == "correct"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("2w + 1", None),
        ("2(w - 1) + 3", None),
        ("2*w", "q.y: expected an answer that equals what is computed, received '2*w'"),
        (
            "2k",
            "q.y: expected a formula in the declared symbols as answer, received '2k': expected the names w",
        ),
    ],
)
def test_a_written_answer_is_checked_against_what_is_computed(answer: str, error: str | None) -> None:
    questions = (
        '[questions.symbols]\nw = [2, 9]\n[questions.compute]\ny = "(w - 1)*2 + 3"\n[questions.parts]\n'
        f'y = {{points = 1, answer = "{answer}"}}'
    )
    if error is None:
        assert solve(assignment(questions)).questions["q"].parts["y"].key_entry == answer
    else:
        with pytest.raises(AuthorError) as caught:
            solve(assignment(questions))
        assert str(caught.value).startswith(error)


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("2 × (2h+1) × (2w+1)", "correct"),
        ("2, 2h+1, 2w+1", "correct"),
        ("2*(2h+1)*(2w+1)", "correct"),
        ("2*(2h+1)*(2w-1)", "partial"),
        ("2h", "wrong"),
    ],
)
def test_a_list_of_formulas_may_be_written_as_sizes_of_a_shape(written: str, verdict: str) -> None:
    symbols = "[questions.symbols]\nh = [3, 9]\nw = [3, 9]\n"
    homework = symbols + '[questions.compute]\nup = "[2, 2*h+1, 2*w+1]"\n[questions.parts]\nup = 3'
    assert outcome(assignment(homework), f"up = '{written}'")["up"][0] == verdict


def test_a_derived_key_does_not_begin_with_a_minus() -> None:
    text = """
[questions.symbols]
F = [2, 5]
D = [1, 4]
M = [20, 60]
[questions.compute]
out = "conv_output_size(M, F, 1, 0, D)"
less = "-conv_output_size(M, F)"
[questions.parts]
out = 1
less = 1
"""
    solved = solve(assignment(text)).questions["q"].parts
    assert solved["out"].key_entry == "D + M - F*D"
    assert solved["less"].key_entry == "F - M - 1"


MAPS = """
[questions.symbols]
K = [2, 9]
H = [5, 30]
W = [5, 30]
C = [1, 8]
[questions.compute]
s = "[K, H, W]"
[questions.parts]
s = {points = 2, kind = "shape"}
"""


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("K x H x W (C x H x W)", "correct"),
        ("K x H x W (CHW)", "correct"),
        ("(K, H, W) in CHW order", "correct"),
        ("[K, H, W] (C, H, W)", "correct"),
        ("H x W x K (HWC)", "correct"),
        ("H x W x K (CHW)", "wrong"),
        ("K x H x W (H - 2)", "wrong"),
    ],
)
def test_the_order_of_the_axes_behind_a_shape_is_no_factor(written: str, verdict: str) -> None:
    assert outcome(assignment(MAPS), f"s = '{written}'")["s"][0] == verdict
