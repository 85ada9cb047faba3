"""Words beside one number that change it or take it back; every expected value is what a careful person reads."""

from __future__ import annotations

import math

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

NUMBER = AnswerSpec("number")
COUNT = AnswerSpec("integer", counts=True)


def numbers(written: str, spec: AnswerSpec = NUMBER) -> list[float]:
    """What a text may mean, the most natural first."""
    return [float(reading.value.value) for reading in read_answer(written, spec).all]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "written",
    [
        *[
            "log of 45",
            "negative log 45",
            "minus log 45",
            "the logarithm 45",
            "argmax 45",
            "cot 45",
            "mod 45",
            "sec 45",
        ],
        *["softmax 45", "exponential 45", "cosine of 45", "lg 45", "gelu 45", "log base 2 of 8", "square root of 16"],
    ],
)
def test_a_function_in_words_is_not_dropped(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, NUMBER)


@pytest.mark.parametrize(
    "written",
    [
        *["0.5 (negative)", "0.5 with negative sign", "negative: 0.5", "minus: 0.5", "45 negative", "0.5 (minus)"],
        *["the sign is negative: 0.5", "0.5, negative sign", "0.5 (it is negative)", "0.5 (mit negativem Vorzeichen)"],
    ],
)
def test_a_sign_in_words_is_not_dropped(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, NUMBER)


@pytest.mark.parametrize("written", ["14 (x2)", "14 (*2)", "14 (/ 2)", "14 (twice)", "4 (squared)", "0.5 (inverse)"])
def test_what_is_still_to_be_done_with_a_number_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, NUMBER)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("4 (squared error)", 4), ("14 (2*7)", 14), ("0.5 (1/2)", 0.5), ("14 (x = 2)", 14), ("14 (twice 7)", 14)],
        *[("neg 0.5", -0.5), ("minus 0.5", -0.5), ("-0.5 (negative)", -0.5), ("-0.5 with negative sign", -0.5)],
        *[("negative: -0.5", -0.5), ("negative -0.5", -0.5), ("w = negative 0.5", -0.5)],
        *[
            ("class 0 (negative)", 0),
            ("negative log likelihood: 1.2", 1.2),
            ("log loss 0.5", 0.5),
            ("softmax: 0.5", 0.5),
        ],
        *[("after sigmoid 0.3", 0.3), ("0.3 after softmax", 0.3), ("sigmoid output 0.5", 0.5), ("mean 0.5", 0.5)],
    ],
)
def test_words_that_describe_a_number_are_dropped(written: str, value: float) -> None:
    assert numbers(written) == [value]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[
            (one, math.sqrt(0.5))
            for one in ("cos 45°", "cos(45°)", "sin 45 degrees", "\\cos 45^\\circ", "sin(45 Grad)")
        ],
        *[("tan 45°", 1), ("1/2 = sin(30°)", 0.5), ("2 cos(60^{\\circ})", 1)],
    ],
)
def test_a_function_of_degrees(written: str, value: float) -> None:
    assert numbers(written) == pytest.approx([value])


def test_a_whole_number_in_a_function_may_be_in_degrees() -> None:
    assert numbers("cos 45") == pytest.approx([math.cos(45), math.sqrt(0.5)])


@pytest.mark.parametrize(
    "written",
    [
        *["14 (should be 13)", "14 (actually 13)", "14 (no, 13)", "14 (13 is better)", "14 (correction: 13)"],
        *["14 correction: 13", "14, actually 13", "14 no 13", "14 (changed to 13)", "14 (was 13)", "14 (wrong, 13)"],
        *["14 -> no, 13", "14, I mean 13", "14 (eigentlich 13)", "14 px (actually 13)", "14 (alternatively 13)"],
    ],
)
def test_a_number_that_is_taken_back_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, COUNT)


@pytest.mark.parametrize(
    "written",
    [
        *["14 (should be 14)", "14 (correct to 2 digits)", "14 (no padding)", "14 (layer no. 3)", "14 (13.5 is odd)"],
        *["14 (rounded from 14.5)", "14 (no bias: 13)", "14 (7 + 7, was not hard)"],
    ],
)
def test_a_remark_with_another_number_is_dropped(written: str) -> None:
    assert numbers(written, COUNT)[0] == 14
