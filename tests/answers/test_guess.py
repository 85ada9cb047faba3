"""What kind an answer looks like when there is no assignment, and how it is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grader.answers import guess_spec, plain, read_answer, shown
from grader.answers.spec import AnswerSpec

GUESSES = [
    (7, "integer", 0),
    (Decimal("0.5"), "number", 0),
    ("9/4", "number", 0),
    ("73,856", "number", 0),
    ("2.87 * 10^-5", "number", 0),
    ("تقریباً 90٪", "number", 0),
    ("24 * 3 + 32 = 104", "number", 0),
    ("(None, 14 x 13 x 32)", "shape", 0),
    ("14*13*32", "shape", 0),
    ("128×127, 64×63", "shapes", 0),
    (["14x13", "7x6", "unchanged"], "shapes", 0),
    ([1, "1/2", 3], "array", 1),
    ([4736, "پارامتری ندارد"], "array", 1),
    ([[1, 2, 3], [4, 5, 6]], "array", 2),
    ("1 2 3\n4 5 6", "array", 2),
    ("[1, 2, 3; 4, 5, 6]", "array", 2),
    ("wd - w - 2d + 3", "formula", 0),
    ("αe^x", "formula", 0),
    (["g0 x0 + g1 x1", "g0 x1"], "formula", 1),
    ("x 0 y\n0 z 0", "formula", 2),
    ("no", "text", 0),
    ("the kernel is symmetric", "text", 0),
    (True, "text", 0),
    ({"a": 1}, "text", 0),
]


@pytest.mark.parametrize(("raw", "kind", "rank"), GUESSES)
def test_guesses(raw: object, kind: str, rank: int) -> None:
    wanted = guess_spec(raw)
    assert (wanted.kind, wanted.rank) == (kind, rank)


SHOWN = [
    ("9/4", AnswerSpec("number"), "9/4", 2.25),
    ("0.10", AnswerSpec("number"), "0.10", 0.1),
    ("12.4 million", AnswerSpec("number"), "12400000", 12400000),
    ("90%", AnswerSpec("number", unit="%"), "90", 90),
    ("0.9^100", AnswerSpec("number"), "2.6561398887587476e-05", 0.9**100),
    ("", AnswerSpec("number"), "blank", None),
    ("14x13", AnswerSpec("shape"), "(14, 13)", [14, 13]),
    ("(None, 32)", AnswerSpec("shape"), "(32,)", [32]),
    (["14x13", ""], AnswerSpec("shapes"), "(14, 13)\nblank", [[14, 13], None]),
    (
        [["9/4", 1, 2], [-1, "", "0.5"]],
        AnswerSpec("array", 2),
        "9/4      1    2\n -1  blank  0.5",
        [[2.25, 1, 2], [-1, None, 0.5]],
    ),
    ([1, "1/2"], AnswerSpec("array", 1), "1  1/2", [1, 0.5]),
    ([[[1], [2]]], AnswerSpec("array", 3), "1\n2", [[[1], [2]]]),
    ("2F^2", AnswerSpec("formula", symbols=("F",)), "2F^2", "2F^2"),
    ("Yes", AnswerSpec("choice", choices=("yes", "no")), "yes", "yes"),
]


@pytest.mark.parametrize(("raw", "wanted", "text", "data"), SHOWN)
def test_what_was_read_is_shown(raw: object, wanted: AnswerSpec, text: str, data: object) -> None:
    answer = read_answer(raw, wanted)
    assert shown(answer) == text
    assert plain(answer) == (pytest.approx(data, rel=1e-12) if isinstance(data, float) else data)
