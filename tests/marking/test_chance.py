"""Random wrong answers, to every part of every shipped assignment: hardly any has a cause, and known mistakes have."""

from __future__ import annotations

from collections import Counter
from functools import cache
from types import ModuleType

import pytest

from benchmarks.naming import KEYS, Asked, asked_in, at_random, injected
from grader.marking.diagnosis import evidence

ANSWERS = 1_500
"""How many answers are drawn in all."""
MOST = 0.025
LEAST = 0.95


@cache
def parts() -> Asked:
    return asked_in(KEYS.iterdir())


@cache
def within_the_limits() -> Counter[str]:
    return at_random(parts(), 1, ANSWERS)


def test_random_wrong_answers_have_no_cause() -> None:
    found = within_the_limits()
    assert found["wrong"] > 0.9 * ANSWERS
    assert found["misconception"] + found["slip"] < MOST * found["wrong"], found


@pytest.mark.parametrize(
    ("limits", "times"),
    [([(evidence, "ALPHA")], 1.5), ([(evidence, "CROWDED")], 1.25)],
    ids=["significance", "crowding"],
)
def test_without_a_limit_more_is_named_by_chance(
    limits: list[tuple[ModuleType, str]], times: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answers, marked anew: the limit keeps back a good part of what chance gives."""
    named = within_the_limits()
    for module, name in limits:
        monkeypatch.setattr(module, name, 1e6)
    found = at_random(parts(), 1, ANSWERS)
    assert found["wrong"] == named["wrong"]
    assert found["misconception"] > times * named["misconception"], (found, named)


def test_without_its_limits_the_search_names_what_chance_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALPHA", "CROWDED"):
        monkeypatch.setattr(evidence, name, 1e6)
    found = at_random(parts(), 1, ANSWERS)
    assert found["misconception"] > MOST * found["wrong"], found


def test_what_one_known_mistake_gives_is_named() -> None:
    found = list(injected(parts()))
    assert len(found) > 300
    missed = [(part.id, id, answer) for part, id, answer, named in found if not named]
    assert len(missed) <= (1 - LEAST) * len(found), missed
