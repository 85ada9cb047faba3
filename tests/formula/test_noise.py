"""Which small numbers are 0: told from what they were made of, not from their size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.formula import noise
from grader.formula.graph import Graph
from grader.formula.noise import settled
from grader.formula.substitution import Substitution

X = [[0.1], [0.2], [0.4], [0.7]]
ONES = [[1.0]] * 4
GIVENS: dict[str, Any] = {
    "x": X,
    "ones": ONES,
    "units": [[1]] * 4,
    "z": [0.1, 0.2, 0.3],
    "a": 0.1,
    "t": 1e-14,
    "k": [[3, -1], [2, 5]],
    "big": [1e8, 0.1],
    "tiny": [3e-14, 1.0],
}


def value(formula: str, **more: str) -> Any:
    graph = Graph("q", GIVENS, {**more, "y": formula})
    return settled(graph.evaluate(), "y")


@pytest.mark.parametrize(
    "formula",
    [
        "a + a + a - 0.3",
        "0.1 + 0.2 - 0.3",
        "mean(z) - 0.2",
        "mean(batch_norm(x, None, None, training=True))",
        "mean(layer_norm(z, [3]))",
        "sum(x - mean(x))",
        "(big[0] + big[1]) - big[0] - big[1]",
        "1000 * (a + a + a - 0.3)",
        "1e-9 * (a + a + a - 0.3)",
        "(a + a + a - 0.3) / 7",
        "log(exp(a)) - a",
        "sum(softmax(z)) - 1",
    ],
)
def test_what_is_zero_in_mathematics(formula: str) -> None:
    assert value(formula) == 0


@pytest.mark.parametrize("upstream", ["ones", "units"])
def test_gradients_that_vanish(upstream: str) -> None:
    found = value(f"batch_norm_grad_input({upstream}, x, None, None, training=True)")
    assert np.array_equal(found, np.zeros((4, 1)))


def test_noise_in_one_entry_of_an_array() -> None:
    found = value("[0.1 + 0.2 - 0.3, 1/3, 3 * t]")
    assert list(found) == [0.0, 1 / 3, 3 * 1e-14]


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        ("3 * t", 3 * 1e-14),
        ("t * t * t", 1e-14**3),
        ("t / 1e6", 1e-20),
        ("3 * 1e-14", 3 * 1e-14),
        ("exp(0 - 40.0)", np.exp(-40.0)),
        ("t + 2 * t", 1e-14 + 2 * 1e-14),
        ("2e-5 * a**6", 2e-5 * 0.1**6),
    ],
)
def test_what_is_small_and_real(formula: str, right: float) -> None:
    assert value(formula) == pytest.approx(right, rel=1e-12)
    assert value(formula) != 0


def test_a_small_number_beside_a_large_one_stays() -> None:
    assert list(value("tiny * 1.0")) == [3e-14, 1.0]
    assert value("softmax([0.0, 50.0])")[0] == pytest.approx(np.exp(-50.0), rel=1e-9)


def test_what_follows_from_own_answers_is_settled_too() -> None:
    graph = Graph("q", GIVENS, {"u": "a * 2", "y": "u + 0.2 - 0.3"})
    own = graph.evaluate().extended(Substitution(values={"u": 0.1}))
    assert own.value("y") != 0
    assert settled(own, "y") == 0
    assert settled(graph.evaluate(), "y") == pytest.approx(0.1)


@pytest.mark.parametrize("formula", ["7", "(3, 4)", "[1, 2]", "0.5 * a", "k", "a - a"])
def test_other_values_are_returned_as_they_are(formula: str) -> None:
    graph = Graph("q", GIVENS, {"y": formula})
    evaluation = graph.evaluate()
    assert settled(evaluation, "y") is evaluation.value("y") or settled(evaluation, "y") == evaluation.value("y")


def test_without_moved_inner_values_a_mean_of_normalised_values_is_not_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "_moving", lambda *_: lambda occurrence: occurrence.right())
    assert value("mean(batch_norm(x, None, None, training=True))") != 0
