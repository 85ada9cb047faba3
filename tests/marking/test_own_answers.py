"""Misconceptions on the student's own answers: what is left out unevaluated could not have explained them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.answers.comparison import AnswerVector, Vector
from grader.formula.substitution import Substitution
from grader.homework.solution import solve
from grader.marking.carrying import World
from grader.marking.diagnosis import own_answers
from grader.marking.diagnosis.hypotheses import Hypothesis, hypotheses
from grader.marking.diagnosis.own_answers import Difference, differing_rows, first_row, row_agrees
from grader.marking.diagnosis.predictions import PartPredictions, same_values
from tests.marking.homework import assignment, parts

TEXT = """
[questions.given]
start = [3, 64, 48]
layers = [
    {type = "conv2d", out_channels = 8, kernel_size = 3, stride = 2, padding = 1},
    {type = "conv2d", out_channels = 16, kernel_size = 5},
    {type = "max_pool2d", kernel_size = 2},
    {type = "conv2d", out_channels = 32, kernel_size = 3},
    {type = "flatten"},
    {type = "linear", out_features = 10},
]
p = [2.0, -1.0, 0.5]
g = [3.0, -2.0, 1.5]
v0 = [0.1, 0.2, -0.3]
[questions.compute]
shapes = "output_shapes(start, layers)"
counts = "parameter_counts(start, layers)"
fields = "receptive_fields(layers[0:4])"
own = "[conv_output_size(64, 3, 2, 1), conv_output_size(32, 5, 1, 2), conv_output_size(28, 2, 2)]"
a = "sgd_momentum(p, g, v0, lr=0.1, momentum=0.9)"
theta1 = "a[0]"
b = "sgd_momentum(a[0], g * 2, a[1], lr=0.1, momentum=0.9)"
theta2 = "b[0]"
steps = "[theta1, theta2]"
area = "[fields[2] * fields[2], fields[3] * fields[3]]"
[questions.parts]
shapes = 1
counts = 1
fields = 1
own = 1
theta1 = 1
theta2 = 1
steps = 1
area = 1
"""
ABOVE: dict[str, dict[Any, Any]] = {
    "shapes": {},
    "counts": {("shapes", 0): (8, 30, 22), ("shapes", 2): (16, 15, 9)},
    "fields": {},
    "own": {},
    "theta2": {"theta1": np.array([1.5, -0.5, 0.25])},
    "steps": {},
    "area": {("fields", 1): 9},
}
"""What a student answered to earlier parts, where there are any."""

LEFT_OUT = {"shapes": 0.97, "counts": 0.97, "fields": 0.97, "own": 0.4, "steps": 0.2, "area": 0.5}
"""At least how much is left out of the parts that have rows."""

Tried = list[tuple[Hypothesis, Vector]]


@cache
def tried(name: str) -> tuple[World, Tried, Vector, list[Any]]:
    """What each hypothesis gives for a part on these earlier answers, where it changes anything."""
    solved = solve(assignment(TEXT)).questions["q"]
    world, part = World.of(solved), solved.parts[name]
    made = PartPredictions(world, part)
    within = world.base.extended(Substitution(values=ABOVE[name]))
    usual = part.kind.encode([within.value(name)], part.rank)
    assert usual is not None
    values = [(one, made.value((one,), [within])) for one in hypotheses(within, name)]
    found = [(one, value) for one, value in values if value is not None and value.axes == usual.axes]
    rows = list(within.graph.cells(name, within.value(name)).values())
    return world, [(one, value) for one, value in found if not same_values(usual, value)], usual, rows


def may_give(name: str, one: Hypothesis, value: Vector) -> bool:
    """Whether a hypothesis is evaluated for an answer that is exactly this value."""
    world, _, usual, rows = tried(name)
    written = AnswerVector(value, np.zeros(len(value.cells)), 1e-6)
    difference = Difference(rows, world.solved.graph, name, differing_rows(written, usual))
    if not difference.may_be_explained(one):
        return False
    return len(value.axes) != 1 or row_agrees(first_row(one, rows, world.solved.parts[name].kind), written)


@pytest.mark.parametrize("name", ABOVE)
def test_what_explains_an_answer_is_never_left_out(name: str) -> None:
    _, found, _, _ = tried(name)
    assert found
    for one, value in found:
        assert may_give(name, one, value), one.key
        for other, same in found:
            if same_values(value, same):
                assert may_give(name, other, value), (one.key, other.key)


def left_out() -> dict[str, float]:
    """The share of hypotheses left out for an answer that another one explains, part by part."""
    shares = {}
    for name in ABOVE:
        _, found, _, _ = tried(name)
        others = [
            may_give(name, other, value)
            for _, value in found
            for other, given in found
            if not same_values(value, given)
        ]
        shares[name] = 1 - sum(others) / len(others) if others else 0.0
    return shares


def check_left_out() -> None:
    shares = left_out()
    assert all(shares[name] > least for name, least in LEFT_OUT.items()), shares


def test_most_of_what_cannot_explain_an_answer_is_left_out() -> None:
    check_left_out()


@pytest.mark.parametrize("always", [True, False])
def test_a_test_that_always_says_the_same_is_red(always: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Difference, "may_be_explained", lambda *_: always)
    if always:
        with pytest.raises(AssertionError):
            check_left_out()
    else:
        with pytest.raises(AssertionError):
            test_what_explains_an_answer_is_never_left_out("fields")


def test_a_first_row_that_is_not_compared_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__name__ + ".row_agrees", lambda *_: True)
    with pytest.raises(AssertionError):
        check_left_out()


def test_a_misconception_on_own_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum of the student's own numbers, where the mean is asked."""
    text = """
[questions.given]
x = [[1.0, 2.0], [4.0, 3.0]]
[questions.compute]
u = "x * 3"
z = "global_avg_pool(u)"
[questions.parts]
u = 1
z = 1
"""
    answers = "u = [[2.0, 5.0], [11.0, 7.0]]\nz = 25\n"
    report = parts(assignment(text), answers)["z"]
    assert [found.id for found in report.diagnoses] == ["gap-sum"]
    assert str(report.diagnoses[0].message).startswith("From your own earlier answers, you get exactly this if")
    monkeypatch.setattr(own_answers, "MAX_OWN", 0)
    assert parts(assignment(text), answers)["z"].diagnoses == ()
