"""Words beside a formula: cases and updates, which are not dropped, and common spellings, which are read."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

Z = AnswerSpec("formula", symbols=("z",))
UPDATE = AnswerSpec("formula", symbols=("w", "eta", "g"))


def values(written: str, symbols: str, **point: Any) -> list[float]:
    """What a text means at a point, the most natural reading first."""
    spec = AnswerSpec("formula", symbols=tuple(symbols.split()))
    return [reading.value.evaluate(point) for reading in read_answer(written, spec).all]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "written",
    [
        *["z if z > 0 else 0", "z if z>0, 0 otherwise", "1 if z>0 else 0", "1 for z > 0, 0 otherwise"],
        *["0 if z < 0 else z", "z for z > 0, 0 for z <= 0", "z, z > 0; 0, z <= 0", "z when positive, otherwise 0"],
        *["z für z > 0, sonst 0", "z si z > 0, sinon 0", "y = z if z > 0 else 0", "2z = z + z if z > 0 else 0"],
        *["z when z>0 and 0 when z<0", "z for z>0 and 0.1z for z<0", "z where z>0, zero elsewhere"],
        *["z (if z > 0, otherwise 0)", "z, if z>0; 0 otherwise", "z with relu", "2z (with relu)", "z after tanh"],
    ],
)
def test_cases_and_functions_in_words_are_not_dropped(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, Z)


@pytest.mark.parametrize(
    "written",
    [
        "z, z > 0",
        "z for z > 0",
        "z, since exp(z) > 0 for all z",
        "z for all z",
        "z, where z is the input",
        "z for z > 0 and z < 9",
    ],
)
def test_one_domain_or_reason_is_dropped(written: str) -> None:
    assert values(written, "z", z=7) == [7]


@pytest.mark.parametrize(
    ("written", "new", "step"),
    [("w -= eta*g", 5 - 6, 6), ("w += eta*g", 5 + 6, 6), ("w *= g", 15, 3), ("w /= g", 5 / 3, 3), ("w-=ηg;", -1, 6)],
)
def test_an_update_is_the_new_value_and_may_be_the_step(written: str, new: float, step: float) -> None:
    assert values(written, "w eta g", w=5, eta=2, g=3) == pytest.approx([new, step])


@pytest.mark.parametrize("written", ["v -= eta*g", "w -= eta*g = 3", "[w] -= eta", "-= eta*g", "w - = eta*g"])
def test_an_update_of_something_else_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, UPDATE)


@pytest.mark.parametrize("written", ["w -= 0.5", "w += 0.1*5", "x -= 2"])
def test_an_update_is_no_number(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, AnswerSpec("number"))


@pytest.mark.parametrize(("written", "value"), [("w*=0.5", 0.5), ("w^+=0.5", 0.5), ("w += 0.1*5 = 0.5", 0.5)])
def test_a_starred_name_and_a_stated_result_are_numbers(written: str, value: float) -> None:
    assert [float(one.value.value) for one in read_answer(written, AnswerSpec("number")).all] == [value]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[(one, 1 - math.tanh(0.5) ** 2) for one in ("1-\\tanh^2 z", "1 - tanh² z", "1-tanh^2(z)", "sech^2(z)")],
        *[(one, 0.5) for one in ("np.maximum(0, z)", "F.relu(z)", "nn.functional.relu(z)", "max(0, z).", "max(0,z);")],
        *[("1/cosh²(z)", 1 / math.cosh(0.5) ** 2), ("e⁻ᶻ", math.exp(-0.5)), ("sinh(z)", math.sinh(0.5))],
        *[
            ("The answer is 2z", 1),
            ("so 2z", 1),
            ("we get 2z", 1),
            ("-2z (negative)", -1),
            ("4z² (weights) + 4z (biases)", 3),
        ],
    ],
)
def test_common_spellings(written: str, value: float) -> None:
    assert values(written, "z", z=0.5) == pytest.approx([value])


def test_a_power_after_a_name_is_a_factor() -> None:
    assert values("k 2^L", "k L", k=3, L=4) == [48]


@pytest.mark.parametrize("written", ["k 2", "3 2^L", "L/k 2^L", "tanh^2 kL"])
def test_a_doubtful_product_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, AnswerSpec("formula", symbols=("k", "L")))


def test_an_iterate_with_a_plus_is_a_name() -> None:
    assert values("w+ = w - eta*g", "w eta g", w=5, eta=2, g=3) == [-1]
