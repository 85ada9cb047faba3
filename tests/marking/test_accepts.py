"""Parts that have many right answers: a condition of the student's own values decides."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError
from tests.marking.homework import assignment, outcome, parts, said

LAYER = """
[questions.given]
n = 32
[questions.compute]
out = "conv_output_size(n, k, 1, p)"
[questions.parts]
k = {points = 1, example = 3, accepts = "k % 2 == 1 and k > 1"}
p = {points = 1, example = 1, accepts = "conv_output_size(n, k, 1, p) == n"}
out = 1
"""


@pytest.mark.parametrize(
    ("answers", "verdicts"),
    [
        ("k = 3\np = 1\nout = 32", ("correct", "correct", "correct")),
        ("k = 5\np = 2\nout = 32", ("correct", "correct", "correct")),
        ("k = 5\np = 1\nout = 30", ("correct", "wrong", "correct")),
        ("k = 5\np = 1\nout = 32", ("correct", "wrong", "wrong")),
        ("k = 4\np = 1\nout = 31", ("wrong", "wrong", "carried")),
        ("p = 1\nout = 32", ("missing", "correct", "correct")),
        ("k = 7\np = 3\nout = 30", ("correct", "correct", "wrong")),
        ("k = 'huge'\np = 2", ("unreadable", "unreadable", "missing")),
    ],
)
def test_the_student_s_own_values_decide(answers: str, verdicts: tuple[str, ...]) -> None:
    assert tuple(verdict for verdict, _ in outcome(assignment(LAYER), answers).values()) == verdicts


def test_what_is_said() -> None:
    found = parts(assignment(LAYER), "k = 4\np = 'much'")
    assert said(found["k"]) == "Not right (compared: any answer that meets the condition is right)."
    assert found["k"].diagnoses == ()
    found = parts(assignment(LAYER), "k = 'huge'\np = 2")
    assert said(found["p"]) == "Whether this is right depends on k, whose answer cannot be read."


KERNEL = """
[questions.parts]
K = {points = 2, example = [[1, 0, -1], [1, 0, -1], [1, 0, -1]], accepts = "sum(K) == 0 and K[0][0] != 0"}
s = {points = 1, kind = "shape", example = [3, 4, 4], accepts = "prod(s) == 48 and len(s) == 3"}
"""


@pytest.mark.parametrize(
    ("answers", "name", "verdict"),
    [
        ("K = [[1, 2, -3], [0, 0, 0], [0, 0, 0]]", "K", "correct"),
        ("K = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]", "K", "wrong"),
        ("K = [[1, 0], [0, -1]]", "K", "wrong"),
        ("K = [[1, '', 0], [0, 0, 0], [0, 0, 0]]", "K", "wrong"),  # a blank cell is not filled with the example's
        ("s = '4x3x4'", "s", "correct"),
        ("s = '48'", "s", "wrong"),
    ],
)
def test_arrays_and_shapes(answers: str, name: str, verdict: str) -> None:
    assert outcome(assignment(KERNEL), answers)[name][0] == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("w + 1", "correct"), ("2w", "correct"), ("w - 1", "wrong"), ("7", "wrong"), ("12", "correct")],
)
def test_a_formula_must_meet_the_condition_everywhere(answer: str, verdict: str) -> None:
    homework = (
        '[questions.symbols]\nw = [2, 9]\n[questions.parts]\nk = {points = 1, example = "w + 1", accepts = "k > w"}'
    )
    assert outcome(assignment(homework), f"k = '{answer}'")["k"][0] == verdict


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ('{points = 1, example = 4, accepts = "k % 2 == 1"}', "expected an example that accepts allows, received 4"),
        (
            '{points = 1, example = 4, accepts = "k % 2"}',
            "expected accepts to be a condition, such as k % 2 == 1, received 0",
        ),
        (
            '{points = 1, example = 4, accepts = "kk == 1"}',
            "unknown name 'kk': did you mean k?; known here: k",
        ),
        (
            '{points = 1, accepts = "k == 1"}',
            "a part with accepts has one right answer for the key: in [questions.compute], or as its example",
        ),
        (
            "{points = 1, example = 1}",
            "an example needs accepts, the condition for a right answer; other keys are computed",
        ),
        (
            '{points = 1, example = 1, accepts = "1 == 1"}',
            "expected accepts to be a condition of k, which it does not name",
        ),
        ('{points = 1, kind = "text", accepts = "k == 1"}', "accepts does not go with kind 'text'"),
        (
            '{points = 1, example = true, accepts = "k == 1"}',
            "expected a number, a list or a formula as example, received true",
        ),
    ],
)
def test_what_an_author_is_told(part: str, error: str) -> None:
    with pytest.raises(AuthorError) as caught:
        outcome(assignment(f"[questions.parts]\nk = {part}"), "k = 1")
    assert str(caught.value).endswith(error)
