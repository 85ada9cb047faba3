"""How rules are declared: what a declaration is refused for, in which order rules are tried, what they may name."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.formula.library import Library
from grader.formula.row_wise import row_functions
from grader.formula.substitution import Occurrence
from grader.misconceptions import registry, rules
from grader.misconceptions.registry import by_id, by_operation, made_in, misconception, misconceptions
from grader.misconceptions.support import families

SIGNS = {"+", "-", "*", "/", "//", "**", "@", "%", "()"}
FOLDER = Path(rules.__file__).parent


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    misconceptions()
    monkeypatch.setattr(registry, "_DECLARED", dict(registry._DECLARED))


def declared(**changed: Any) -> Any:
    given = {"id": "new", "operations": "relu", "equals": "it is wrong", "repair": "Do it right."}
    return misconception(**{**given, **changed})


def rule(occurrence: Occurrence, **options: Any) -> Any:
    return occurrence.changed(**options)


@pytest.mark.parametrize("missing", ["id", "operations", "equals", "repair"])
def test_nothing_may_be_missing(missing: str) -> None:
    given = {"id": "new", "operations": "relu", "equals": "it is wrong", "repair": "Do it right."}
    del given[missing]
    with pytest.raises(TypeError, match=missing):
        misconception(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("changed", [{"id": ""}, {"operations": ()}, {"operations": ("relu", "")}, {"source": ""}])
def test_nothing_may_be_empty(changed: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="needs an id, the operations at which it is made, and a source"):
        declared(**changed)


@pytest.mark.parametrize("changed", [{"equals": "it is wrong."}, {"repair": "Do it right"}, {"equals": ""}])
def test_sentences_are_written_as_reports_put_them_together(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="`equals` ends without a full stop, `repair` with one"):
        declared(**changed)


def test_an_id_is_declared_once() -> None:
    with pytest.raises(ValueError, match="'conv-no-bias' is declared twice"):
        declared(id="conv-no-bias")(rule)


def test_options_are_the_functions_own() -> None:
    def _padded(occurrence: Occurrence, padding_mode: str) -> Any:
        return occurrence.changed(padding_mode=padding_mode)

    with pytest.raises(TypeError, match=r"'new' and .*_padded: missing a required argument: 'padding_mode'"):
        declared()(_padded)
    with pytest.raises(TypeError, match="unexpected keyword argument 'relu'"):
        declared(options={"padding_mode": "zeros", "relu": 1})(_padded)
    assert declared(options={"padding_mode": "zeros"})(_padded) is _padded


def test_stacked_declarations_are_tried_from_top_to_bottom() -> None:
    @declared(id="upper", options={"x": 1})
    @declared(id="lower", options={"x": 2})
    def _stacked(occurrence: Occurrence, x: int) -> Any:
        return occurrence, x

    upper, lower = registry._DECLARED["upper"], registry._DECLARED["lower"]
    assert upper.place < lower.place
    assert [each.rule("here") for each in (upper, lower)] == [("here", 1), ("here", 2)]  # type: ignore[arg-type]


def test_rules_are_tried_in_the_order_of_modules_and_lines() -> None:
    written = [
        (path.stem, keyword.value.value)
        for path in sorted(FOLDER.glob("*.py"))
        for call in declarations(ast.parse(path.read_text(encoding="utf-8")))
        for keyword in call.keywords
        if keyword.arg == "id" and isinstance(keyword.value, ast.Constant)
    ]
    assert [(each.place[0].rsplit(".", 1)[-1], each.id) for each in misconceptions()] == written


def declarations(tree: ast.Module) -> Iterator[ast.Call]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
            yield from (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "misconception")


def test_every_module_of_rules_declares_some() -> None:
    modules = Counter(each.place[0].rsplit(".", 1)[-1] for each in misconceptions())
    assert sorted(modules) == sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def test_rules_share_through_support_only() -> None:
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [module for module in imported if module.startswith("grader.misconceptions.rules")], path.name


@pytest.mark.parametrize("each", misconceptions(), ids=lambda each: each.id)
def test_a_rule_stands_at_operations_that_formulas_know(each: registry.Misconception) -> None:
    known = {*SIGNS, *Library("CHW").names, *row_functions()}
    assert set(each.operations) <= known


@pytest.mark.parametrize("each", misconceptions(), ids=lambda each: each.id)
def test_the_text_of_its_module_names_the_id_and_the_operations_of_a_rule(each: registry.Misconception) -> None:
    text = (FOLDER / f"{each.place[0].rsplit('.', 1)[-1]}.py").read_text(encoding="utf-8")
    assert f'id="{each.id}"' in text
    for operation in each.operations:
        names = {operation, operation.partition("_grad_")[0]}
        of_families = [name for name, those in vars(families).items() if name.isupper() and names & set(those)]
        words = [*(f'"{name}"' for name in names), *of_families]
        assert any(word in text for word in words), f"name {operation} in the module, or a family that holds it"


@pytest.mark.parametrize(
    ("call", "found", "left"),
    [
        ("by_operation('relu_grad_input')", "activations", "boxes"),
        ("by_operation('conv1d')", "convolution", "boxes"),
        ("by_operation('adam')", "optimizers", "boxes"),
        ("by_operation('/', general=True)", "arithmetic", "attention"),
        ("by_id('relu-no-mask')", "activations", "boxes"),
    ],
)
def test_rules_are_found_without_importing_those_of_other_operations(call: str, found: str, left: str) -> None:
    program = (
        "import sys; from grader.misconceptions.registry import *; from grader.misconceptions import registry; "
        f"first = registry.{call}; print(*(name for name in sys.modules if '.rules.' in name)); "
        f"registry.by_operation.cache_clear(); registry.misconceptions(); assert first == registry.{call} != ()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = {name.rsplit(".", 1)[-1] for name in done.stdout.split()}
    assert found in imported
    assert left not in imported


def test_rules_are_found_by_operation_and_by_id() -> None:
    known = by_id("relu-no-mask")
    assert known is not None and known in by_operation("relu_grad_input")
    assert by_id("no-such-rule") is None
    assert by_operation("no_such_operation") == ()
    assert made_in("receptive_fields") == by_operation("next_receptive_field") != ()
