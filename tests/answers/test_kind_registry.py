"""A kind that lacks something, or takes another's name, cannot be registered; a registered one is complete."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import grader.answers.kinds
from grader.answers import read_answer
from grader.answers.comparison import Comparison, ToleranceLimits
from grader.answers.kinds import KINDS
from grader.answers.kinds.base import FormField, PartFields, Worded, register
from grader.answers.kinds.number import NumberKind
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings


class Complete(Worded):
    name = "complete"
    machine = True
    fields = frozenset({"answer"})
    blank = "''"

    def check(self, part: PartFields) -> None: ...

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        return Readings.of(self.name, str(raw))

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        return Comparison(((),))

    def hint(self, spec: AnswerSpec, shape_order: str) -> str:
        return ""

    def form_field(self, spec: AnswerSpec) -> FormField:
        return FormField("text")


def test_a_kind_without_a_method_cannot_be_made() -> None:
    class Lacking(Worded):
        name = "lacking"
        machine = True
        fields = frozenset[str]()
        blank = "''"

    with pytest.raises(TypeError, match=r"compare.*form_field.*hint.*read"):
        register(Lacking())  # type: ignore[abstract]
    assert "lacking" not in KINDS


def test_a_kind_without_an_attribute_cannot_be_registered() -> None:
    class Blankless(Worded):
        name = "blankless"
        machine = True
        fields = frozenset[str]()
        check = Complete.check
        read = Complete.read
        compare = Complete.compare
        hint = Complete.hint
        form_field = Complete.form_field

    with pytest.raises(TypeError, match="the kind Blankless lacks blank"):
        register(Blankless())
    assert "blankless" not in KINDS


@pytest.mark.parametrize(
    ("attributes", "error", "said"),
    [
        ({"machine": None}, TypeError, "the kind Odd lacks machine"),
        ({"fields": ("choices",)}, TypeError, "the kind Odd lacks fields"),
        ({"name": ""}, ValueError, "the kind Odd has no name"),
    ],
)
def test_an_attribute_of_another_type_counts_as_missing(
    attributes: dict[str, object], error: type[Exception], said: str
) -> None:
    odd = type("Odd", (Complete,), {"name": "odd", **attributes})
    with pytest.raises(error, match=said):
        register(odd())
    assert "odd" not in KINDS
    assert "" not in KINDS


def test_a_kind_whose_key_nobody_gives_is_refused() -> None:
    class Keyless(NumberKind):
        name = "keyless"
        computed = False

    with pytest.raises(TypeError, match="the kind Keyless lacks the key that an author writes"):
        register(Keyless())
    assert "keyless" not in KINDS


def test_a_name_is_taken_once() -> None:
    class Again(Complete):
        name = "number"

    with pytest.raises(ValueError, match="two kinds are called 'number'"):
        register(Again())
    assert type(KINDS["number"]) is not Again


def test_every_module_of_the_package_registers_one_kind() -> None:
    modules = {path.stem for path in Path(grader.answers.kinds.__path__[0]).glob("*.py")} - {"__init__", "base"}
    assert modules == set(KINDS) == {kind.name for kind in KINDS.values()}
    assert list(KINDS) == sorted(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_is_itself_in_another_process_and_equals_its_name(name: str) -> None:
    kind = KINDS[name]
    assert pickle.loads(pickle.dumps(kind)) is kind
    assert kind == name
    assert str(kind) == name
    assert kind != "another"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_blank_template_is_read_as_blank(name: str) -> None:
    spec = AnswerSpec(name, rank=2, symbols=("w",), choices=("yes", "no"))
    assert read_answer(KINDS[name].blank.strip("'"), spec).blank
    field = KINDS[name].form_field(spec)
    assert field.input in ("text", "textarea", "radio", "checkbox")
    assert field.rows >= 1
    assert KINDS[name].hint(spec, "HWC")
