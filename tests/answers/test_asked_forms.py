"""Forms that anybody reads: options in a sentence, percentages in a calculation, what programs print."""

from __future__ import annotations

import pytest

from grader.answers import read_answer
from grader.answers.option_sets import options_from
from grader.answers.options import option_from
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

DROPOUT = ("It reduces overfitting", "It adds parameters", "It speeds up training", "None of the above")
CHANGES = ("increases", "decreases", "stays the same")


def first(written: str, spec: AnswerSpec) -> float:
    """The most natural number of a text."""
    return float(read_answer(written, spec).all[0].value.value)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "written",
    [
        *["A is correct", "only A", "I think A", "Lösung: A", "答案：A", "选择A", "答案是A", "A is the right answer"],
        *["just A", "I guess A", "选A", "A ist richtig"],
    ],
)
def test_a_letter_in_a_sentence(written: str) -> None:
    assert option_from(written, DROPOUT) == DROPOUT[0]


@pytest.mark.parametrize(
    "written", ["A is not correct", "not A is correct", "Only A and B", "I think A or B", "A is wrong"]
)
def test_a_sentence_that_chooses_no_letter(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, DROPOUT)


@pytest.mark.parametrize("written", ["decreased", "it will decrease", "decreasing", "the loss decreased"])
def test_another_form_of_an_option(written: str) -> None:
    assert option_from(written, CHANGES) == "decreases"


@pytest.mark.parametrize(
    "written",
    [
        "does not decrease",
        "increase then decreased",
        "it never decreased",
        "less decreasing",
        "decreases only if w > 0",
    ],
)
def test_another_form_that_is_denied_or_limited(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, CHANGES)


@pytest.mark.parametrize("written", ["It doesn't", "it is not", "It isn't.", "it does not, since it has none"])
def test_a_short_no(written: str) -> None:
    assert option_from(written, ("yes", "no")) == "no"


@pytest.mark.parametrize("written", ["A、D", "答案：A、D"])
def test_letters_with_an_enumeration_comma(written: str) -> None:
    assert options_from(written, DROPOUT) == (DROPOUT[0], DROPOUT[3])


@pytest.mark.parametrize("written", ["100% - 12.5%", "(35/40)*100%", "35/40 * 100 %", "80% + 7.5%"])
def test_a_calculation_with_percentages(written: str) -> None:
    assert first(written, AnswerSpec("number", unit="%")) == 87.5
    assert first(written, AnswerSpec("number")) == 0.875


def test_a_percent_sign_behind_another_product_is_asked_about() -> None:
    with pytest.raises(UnreadableError):
        read_answer("100*35/40 %", AnswerSpec("number", unit="%"))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("w.grad: tensor(-0.5000)", -0.5), ("w.grad = tensor(-0.5000)", -0.5), ("grad: np.float64(-0.5)", -0.5)],
        *[("P(X>2) = 0.25", 0.25), ("P(X ≥ 2) = 1/4", 0.25)],
    ],
)
def test_a_named_value_as_it_is_printed(written: str, value: float) -> None:
    assert first(written, AnswerSpec("number")) == value


@pytest.mark.parametrize("written", ["f(x) > 2", "P(X>2) > 0.25", "x >= 0.25"])
def test_a_comparison_stays_one(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(written, AnswerSpec("number"))


def test_the_sizes_in_the_footer_of_a_summary_are_dropped() -> None:
    footer = "Total params: 61,706 (241.04 KB)\nTrainable params: 61,706 (241.04 KB)\nNon-trainable params: 0 (0.00 B)"
    assert first(footer, AnswerSpec("integer", counts=True)) == 61_706
