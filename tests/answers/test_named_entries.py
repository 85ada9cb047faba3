"""Lists whose entries have names: every form tells by name; exchanged values are never taken in the order written."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.reading import guess_spec
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

LABELLED = AnswerSpec("array", 1, axes=(2,), labels=("mean", "std"))
UPDATED = AnswerSpec("array", 1, axes=(2,), labels=("w", "b"))
SLOPES = AnswerSpec("array", 1, axes=(2,), labels=("dw", "db"))
MOMENTS = AnswerSpec("array", 1, axes=(2,), labels=("mu", "var"))
CHANCES = AnswerSpec("array", 1, axes=(2,), labels=("pa", "pb"))
CONVOLUTION = AnswerSpec("array", 1, True, axes=(2,), labels=("stride", "padding"))
SCORES = AnswerSpec("array", 1, axes=(3,), labels=("acc", "prec", "rec"))
CONFUSION = AnswerSpec("array", 1, True, axes=(4,), labels=("TP", "FP", "FN", "TN"))
PAIR = AnswerSpec("array", 1, axes=(2,))
TRIPLE = AnswerSpec("array", 1, axes=(3,))
MATRIX = AnswerSpec("array", 2, axes=(2, 2))
TENSOR = AnswerSpec("array", 3, axes=(2, 2, 2))

FORMS: list[Any] = [
    "{b}={y},{a}={x}",
    "{b} = {y}, {a} = {x}",
    "({b}={y}, {a}={x})",
    "{{'{b}': {y}, '{a}': {x}}}",
    "dict({b}={y}, {a}={x})",
    "{y} ({b}), {x} ({a})",
    "{y} for {b}, {x} for {a}",
    "({b}, {a}) = ({y}, {x})",
    "[{b}, {a}] = [{y}, {x}]",
    "{b}, {a} = {y}, {x}",
    "{b} and {a} are {y} and {x}",
    "[{y}, {x}] ({b}, {a})",
    "({y}, {x}) = ({b}, {a})",
    "{b} := {y}; {a} := {x}",
    "{b} <- {y}, {a} <- {x}",
    "{b} → {y}, {a} → {x}",
    "{b}={y} | {a}={x}",
    "{b}: {y} / {a}: {x}",
    "{b} = {y} and {a} = {x}",
    "* {b} = {y}\n* {a} = {x}",
    "- **{b}**: {y}\n- **{a}**: {x}",
    "1. {b}: {y}\n2. {a}: {x}",
    "a) {b} = {y} b) {a} = {x}",
    "{b}: **{y}**, {a}: **{x}**",
    "${b} = {y}$, ${a} = {x}$",
    "| {b} | {y} |\n|---|---|\n| {a} | {x} |",
    "| {b} | {a} |\n|---|---|\n| {y} | {x} |",
    "| name | value |\n|---|---|\n| {b} | {y} |\n| {a} | {x} |",
    "{b}\t{y}\n{a}\t{x}",
    "The {b} is {y} and the {a} is {x}.",
    "{b} is equal to {y}, {a} is equal to {x}",
    "{b}: 2*{y}/2 = {y}, {a}: {x}",
    ["{b} = {y}", "{a} = {x}"],
    ["{y} ({b})", "{x} ({a})"],
]


def filled(form: Any, a: str, b: str, x: str, y: str) -> Any:
    """A form with two names and their values."""
    if isinstance(form, list):
        return [filled(line, a, b, x, y) for line in form]
    return form.format(a=a, b=b, x=x, y=y)


def plain(raw: Any, spec: AnswerSpec) -> Any:
    """The first reading as numbers."""

    def numbers(value: Any) -> Any:
        return [numbers(one) for one in value] if isinstance(value, tuple) else value and float(value.value)

    return numbers(read_answer(raw, spec).value)


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
@pytest.mark.parametrize(
    ("first", "second", "spec"),
    [("mean", "std", LABELLED), ("w", "b", UPDATED), ("y1", "y2", PAIR), ("W_{1}", "W_{2}", PAIR)],
)
def test_entries_go_by_their_names(form: Any, first: str, second: str, spec: AnswerSpec) -> None:
    assert plain(filled(form, first, second, "0.5", "2.5"), spec) == [0.5, 2.5]
    assert plain(filled(form, second, first, "2.5", "0.5"), spec) == [0.5, 2.5]
    assert plain(filled(form, first, second, "2.5", "0.5"), spec) == [2.5, 0.5]


@pytest.mark.parametrize(
    ("raw", "spec", "values"),
    [
        ("TP=3 TN=4 FP=1 FN=2", CONFUSION, [3, 1, 2, 4]),
        ("(TP, TN, FP, FN) = (3, 4, 1, 2)", CONFUSION, [3, 1, 2, 4]),
        ("{'TP': 3, 'TN': 4, 'FP': 1, 'FN': 2}", CONFUSION, [3, 1, 2, 4]),
        ("3 true positives, 1 false positive, 2 false negatives and 4 true negatives", CONFUSION, [3, 1, 2, 4]),
        ("There are 3 true positives, 4 true negatives, 1 false positive, 2 false negatives.", CONFUSION, [3, 1, 2, 4]),
        ("TP, FP, FN, TN: 3 1 2 4", CONFUSION, [3, 1, 2, 4]),
        ("8 TP 2 FP 1 FN 0 TN", CONFUSION, [8, 2, 1, 0]),
        ("recall: 0.6; accuracy: 0.8; precision: 0.7", SCORES, [0.8, 0.7, 0.6]),
        ("padding=1,stride=2", CONVOLUTION, [2, 1]),
        ("a padding of 1 and a stride of 2", CONVOLUTION, [2, 1]),
        ("p = 1, s = 2", CONVOLUTION, [2, 1]),
        ("b^{(1)} = 2.5, w^{(1)} = 0.5", UPDATED, [0.5, 2.5]),
        ("b_new = 2.5, w_new = 0.5", UPDATED, [0.5, 2.5]),
        ("b' = 2.5, w' = 0.5", UPDATED, [0.5, 2.5]),
        ("dL/db = 2.5, dL/dw = 0.5", SLOPES, [0.5, 2.5]),
        (r"\frac{\partial L}{\partial b} = 2.5, \frac{\partial L}{\partial w} = 0.5", SLOPES, [0.5, 2.5]),
        ("σ² = 2.5, μ = 1.25", MOMENTS, [1.25, 2.5]),
        ("variance: 2.5, mean: 1.25", MOMENTS, [1.25, 2.5]),
        ("P(B) = 0.2, P(A) = 0.8", CHANCES, [0.8, 0.2]),
        ("p_b: 0.2, p_a: 0.8", CHANCES, [0.8, 0.2]),
        ("std=2,5; mean=0,5", LABELLED, [0.5, 2.5]),
        ("0.5, 2.5", LABELLED, [0.5, 2.5]),
        ("y3: 0.5, y1: 0.2, y2: 0.3", TRIPLE, [0.2, 0.3, 0.5]),
        ("Layer 2: 0.3, Layer 1: 0.2, Layer 3: 0.5", TRIPLE, [0.2, 0.3, 0.5]),
        ("class 2: 0.5, class 0: 0.2, class 1: 0.3", TRIPLE, [0.2, 0.3, 0.5]),
        ("2) 0.3\n1) 0.2\n3) 0.5", TRIPLE, [0.2, 0.3, 0.5]),
        ("{2: 0.3, 1: 0.2, 3: 0.5}", TRIPLE, [0.2, 0.3, 0.5]),
        ("| 2 | 0.3 |\n| 1 | 0.2 |\n| 3 | 0.5 |", TRIPLE, [0.2, 0.3, 0.5]),
        ("y2, y1, y3 = 0.3, 0.2, 0.5", TRIPLE, [0.2, 0.3, 0.5]),
        ("second: 0.3, first: 0.2, third: 0.5", TRIPLE, [0.2, 0.3, 0.5]),
        ("y2 is 0.3, y1 is 0.2, y3 is 0.5", TRIPLE, [0.2, 0.3, 0.5]),
        ("y1 = 0.2 and y2 = 0.3 and y3 = 0.5", TRIPLE, [0.2, 0.3, 0.5]),
    ],
)
def test_names_as_people_write_them(raw: Any, spec: AnswerSpec, values: list[float]) -> None:
    assert plain(raw, spec) == values


@pytest.mark.parametrize(
    ("raw", "spec", "message"),
    [
        ("std 0.5, mean 2.5, max 3", LABELLED, "expected the labels mean, std, each once, received 'max'"),
        ("0.5 [std] ... 2.5", LABELLED, "expected the labels mean, std, each once, received 'std'"),
        ("mean = 0.5, range = 2.5", LABELLED, "expected the labels mean, std, each once, received 'range'"),
        ("w_old = 0.5, w_new = 2.5", UPDATED, "expected the labels w, b, each once, received 'w_old'"),
        ("σ² = 2.5, σ = 1.25", MOMENTS, "expected the labels mu, var, each once, received 'σ'"),
        ("y3: 0.5, y1: 0.2, y5: 0.3", TRIPLE, "expected the entries in the order of their numbers"),
        ("y2 y1 y3 / 0.3 0.2 0.5", TRIPLE, "expected the entries in the order of their numbers"),
        ("row 2: 3 4\nrow 1: 1 2", MATRIX, "expected the entries in the order of their numbers"),
        (
            "channel 2: [[1,2],[3,4]], channel 1: [[5,6],[7,8]]",
            TENSOR,
            "expected the entries in the order of their num",
        ),
        ("channel 2:\n1 2\n3 4\nchannel 1:\n5 6\n7 8", TENSOR, "expected the entries in the order of their numbers"),
    ],
)
def test_names_that_do_not_tell_are_asked_about(raw: str, spec: AnswerSpec, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_answer(raw, spec)
    assert str(caught.value).startswith(message)


def test_names_in_order_stay_as_they_were() -> None:
    assert plain("row 1: 1 2\nrow 2: 3 4", MATRIX) == [[1, 2], [3, 4]]
    assert plain("w21=3,w22=4,w11=1,w12=2", MATRIX) == [[1, 2], [3, 4]]
    assert plain("channel 1: [[1,2],[3,4]], channel 2: [[5,6],[7,8]]", TENSOR) == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    assert plain("2:1, 1:2, 1:1", TRIPLE) == plain("2, 1/2, 1", TRIPLE)


def test_brackets_without_names_name_nothing() -> None:
    assert guess_spec(":,0{") is not None
    assert [entry.value for entry in read_answer("2, 1 ()", AnswerSpec("array", 1)).value] == [2, 1]
