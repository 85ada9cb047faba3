"""What is shown of a formula is what is marked: its MathML, read back by another reader, has the formula's value."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.answers import read_answer
from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from grader.service.forms.mathematics import reading_html

SPEC = AnswerSpec("formula", symbols=("n", "k_1"))
POINT = {"n": 1.7, "k_1": 2.3}
SIGNS = {"−": "-", "·": "*", "×": "*", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}
NAMES = {
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "max": max,
    "min": min,
    "exp": math.exp,
    "π": math.pi,
}

LEAVES = st.sampled_from(["n", "k_1", "2", "3", "0.5", "1/3", "pi"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.flatmap(lambda two: st.sampled_from([f"({two[0]}) {sign} ({two[1]})" for sign in "+-*/"])),
        pair.flatmap(lambda two: st.sampled_from([f"{two[0]} {sign} {two[1]}" for sign in "+-*"])),
        pair.map(lambda two: f"({two[0]})^({two[1]})"),
        pair.map(lambda two: f"max({two[0]}, {two[1]})"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"(-{one})^2"),
        inner.map(lambda one: f"sqrt({one})"),
        inner.map(lambda one: f"floor({one})"),
        inner.map(lambda one: f"exp({one})"),
    )


FORMULAS = st.recursive(LEAVES, grown, max_leaves=8)


def as_python(element: ElementTree.Element) -> str:
    """A formula in MathML as an expression, by the rules by which people read it."""
    inside = [as_python(child) for child in element]
    match element.tag:
        case "mfrac":
            return f"(({inside[0]})/({inside[1]}))"
        case "msup":
            return f"{inside[0]}**({inside[1]})"
        case "msqrt":
            return f"sqrt({''.join(inside)})"
        case "msub":
            return "_".join(inside)
        case "mo":
            return SIGNS.get(str(element.text), str(element.text))
        case "mi" | "mn":
            return str(element.text)
        case "math" | "mrow":
            return "".join(inside)
    raise AssertionError(element.tag)


def value_of(html: str) -> float:
    return float(eval(as_python(ElementTree.fromstring(html)), {"__builtins__": {}}, {**NAMES, **POINT}))


@settings(max_examples=300)
@given(FORMULAS)
def test_what_is_shown_has_the_value_of_what_is_marked(written: str) -> None:
    try:
        formula: Any = read_answer(written, SPEC).value
        wanted = float(formula.evaluate(POINT))
    except (UnreadableError, ArithmeticError, ValueError):
        assume(False)
    html = str(reading_html(formula, KINDS["formula"], SPEC))
    assume(abs(wanted) < 1e9)
    found = value_of(html)
    assert not isinstance(found, complex)
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)
