"""Rows of nested layers as nodes of the graph, and rules that stand in one of them."""

from __future__ import annotations

from typing import Any

import pytest

from grader.errors import AuthorError
from grader.formula.evaluation import Evaluation
from grader.formula.graph import Graph
from grader.formula.substitution import ChangedCall, Occurrence, Rule, Site, Substitution
from grader.marking.diagnosis.hypotheses import CallMistakes
from grader.messages import sentence
from grader.misconceptions.registry import Misconception

# ------------------------------------------------------------------------------------------------------- nested layers


RESIDUAL = [
    {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "stride": 2, "bias": False},
    {
        "type": "concat",
        "name": "block",
        "branches": [[{"type": "conv2d", "out_channels": 6, "kernel_size": 1}], [{"type": "relu"}]],
    },
]
NESTED = {
    "shapes": "output_shapes(start, layers)",
    "params": "parameter_counts(start, layers)",
    "weights": "weight_counts(start, layers)",
    "biases": "bias_counts(start, layers)",
    "cost": "flops(start, layers)",
    "activations": "activation_counts(start, layers)",
    "bytes": "memory(start, layers, bytes=2)",
    "fields": "receptive_fields(layers)",
    "all": "total(params)",
    "scanned": "scan(output_shape, start, layers)",
}


def test_nested_layers_have_a_row_each() -> None:
    evaluation = Graph("q1", {"start": [3, 9, 11], "layers": RESIDUAL}, NESTED).evaluate()
    assert evaluation.value("shapes") == [(4, 4, 5), (6, 4, 5), (4, 4, 5), (10, 4, 5)]
    assert evaluation.value("scanned") == evaluation.value("shapes")
    assert evaluation.value("params") == [108, 30, 0, 0]
    assert evaluation.value("weights") == [108, 24, 0, 0]
    assert evaluation.value("biases") == [0, 6, 0, 0]
    assert evaluation.value("cost") == [2 * 20 * 108, 2 * 20 * 24, 0, 0]
    assert evaluation.value("activations") == [80, 120, 80, 200]
    assert evaluation.value("bytes") == [160, 240, 160, 400]
    assert evaluation.value("fields") == [3, 3, 3, 3]
    assert evaluation.value("all") == 138


@pytest.mark.parametrize(
    ("node", "value", "name", "expected"),
    [
        (("shapes", 0), (5, 4, 5), "shapes", [(5, 4, 5), (6, 4, 5), (5, 4, 5), (11, 4, 5)]),
        (("shapes", 0), (5, 4, 5), "params", [108, 36, 0, 0]),
        (("shapes", 1), (7, 4, 5), "shapes", [(4, 4, 5), (7, 4, 5), (4, 4, 5), (11, 4, 5)]),
        (("shapes", 3), (4, 4, 5), "activations", [80, 120, 80, 80]),
        (("shapes", 1), (7, 4, 5), "bytes", [160, 280, 160, 440]),
        (("fields", 0), 5, "fields", [5, 5, 5, 5]),
        (("fields", 1), 7, "fields", [3, 7, 3, 7]),
    ],
)
def test_an_error_in_a_row_moves_the_rows_that_read_it(node: Any, value: Any, name: str, expected: Any) -> None:
    base = Graph("q1", {"start": [3, 9, 11], "layers": RESIDUAL}, NESTED).evaluate()
    assert base.extended(Substitution(values={node: value})).value(name) == expected


def test_a_rule_in_the_row_of_a_branch_moves_what_is_joined() -> None:
    base = Graph("q1", {"start": [3, 9, 11], "layers": RESIDUAL}, NESTED).evaluate()
    base.value("shapes")
    joined = base.records[Site("shapes", 0, 3)]
    assert joined.operation == "joined_shape"
    assert joined.bound()["shapes"] == [(6, 4, 5), (4, 4, 5)]
    ignored = base.extended(Substitution(operations={Site("shapes", 0, 1): lambda call: call.bound()["input_shape"]}))
    assert ignored.value("shapes") == [(4, 4, 5), (4, 4, 5), (4, 4, 5), (8, 4, 5)]


def test_an_error_in_a_row_names_the_layer() -> None:
    layers = [*RESIDUAL, {"type": "linear", "name": "head", "out_features": 3}]
    evaluation = Graph("q1", {"start": [3, 9, 11], "layers": layers}, {"s": "output_shapes(start, layers)"}).evaluate()
    with pytest.raises(AuthorError, match=r"output_shapes: layer 5 of 5 \(head\): expected features \(n\)"):
        evaluation.value("s")
    many = Graph("q1", {"layers": [{"type": "relu", "repeat": 10**9}]}, {"s": "receptive_fields(layers)"}).evaluate()
    with pytest.raises(AuthorError, match="receptive_fields: expected at most 10000 layers"):
        many.value("s")


def test_a_row_knows_the_rows_that_it_reads() -> None:
    base = Graph("q1", {"start": [3, 9, 11], "layers": RESIDUAL}, NESTED).evaluate()
    base.value("shapes"), base.value("params")
    assert [base.records[Site("shapes", 0, row)].sources for row in range(4)] == [(-1,), (0,), (0,), (1, 2)]
    assert base.records[Site("params", 0, 2)].sources == (0,)


def test_rows_that_read_nothing_new_are_those_of_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [{"type": "conv2d", "out_channels": 4, "kernel_size": 3}, *RESIDUAL]
    compute = {"shapes": "output_shapes(start, layers)", "params": "parameter_counts(start, layers)"}
    graph = Graph("q1", {"start": [3, 12, 14], "layers": layers}, compute)
    base = graph.evaluate()
    base.value("shapes"), base.value("params")
    called: list[str] = []
    call = graph.library.call_row
    monkeypatch.setattr(graph.library, "call_row", lambda name, *rest: (called.append(name), call(name, *rest))[1])
    moved = base.extended(Substitution(values={("shapes", 2): (7, 4, 5)}))
    for name in compute:
        assert moved.value(name) == graph.evaluate(Substitution(values={("shapes", 2): (7, 4, 5)})).value(name)
    called.clear()
    again = base.extended(Substitution(values={("shapes", 2): (7, 4, 5)}))
    again.value("shapes"), again.value("params")
    # the row itself, the joined one, and the parameters behind it; not the rows before it and beside it
    assert called == ["output_shape", "joined_shape", "parameter_count"]
    assert [base.record(Site("shapes", 0, row)) is again.record(Site("shapes", 0, row)) for row in range(5)] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_row_that_comes_out_as_in_the_base_moves_nothing_behind_it() -> None:
    layers = [*RESIDUAL, {"type": "flatten"}]
    base = Graph("q1", {"start": [3, 9, 11], "layers": layers}, NESTED).evaluate()
    base.value("shapes"), base.value("params")
    same = base.extended(Substitution(operations={Site("shapes", 0, 0): lambda call: call.right()}))
    assert same.value("params") == base.value("params")
    assert set(same.records) == {Site("shapes", 0, 0)}


def test_equal_layers_at_equal_shapes_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six layers of two sorts at two shapes; branches of equal shapes are joined by what each layer says."""
    conv, branches = {"type": "conv2d", "out_channels": 3, "kernel_size": 3, "padding": 1}, [[], []]
    layers = [conv, dict(conv), conv, {"type": "add", "branches": branches}, {"type": "concat", "branches": branches}]
    graph = Graph("q1", {"start": [3, 9, 11], "layers": [*layers, conv]}, {"s": "output_shapes(start, layers)"})
    called: list[str] = []
    call = graph.library.call
    monkeypatch.setattr(graph.library, "call", lambda name, *rest: (called.append(name), call(name, *rest))[1])
    assert graph.evaluate().value("s") == [(3, 9, 11)] * 4 + [(6, 9, 11), (3, 9, 11)]
    # the start is a list, what follows are tuples; behind the branches there are twice as many channels
    assert called == ["output_shape", "output_shape", "joined_shape", "joined_shape", "output_shape"]


@pytest.mark.parametrize("start", [[1, 9, 11], [True, 9, 11], [1.0, 9, 11]])
def test_only_whole_numbers_are_looked_up(start: list[float]) -> None:
    """What equals a shape of whole numbers is judged by itself, whatever is known of that shape."""
    graph = Graph("q1", {"start": [1, 9, 11], "layers": [{"type": "relu"}]}, {"s": "output_shapes(start, layers)"})
    graph.evaluate().value("s")
    fresh = Graph("q1", {"start": start, "layers": [{"type": "relu"}]}, {"s": "output_shapes(start, layers)"})

    def outcome(evaluation: Evaluation) -> str:
        try:
            return repr(evaluation.value("s"))
        except AuthorError as error:
            return str(error)

    assert outcome(graph.evaluate(Substitution(givens={"start": start}))) == outcome(fresh.evaluate())


def raising(error: Exception) -> Rule:
    def rule(_: Occurrence) -> Any:
        raise error

    return rule


@pytest.mark.parametrize("error", [ValueError("no"), ZeroDivisionError("no"), OverflowError("no"), IndexError("no")])
def test_a_rule_that_does_not_fit_is_an_error_in_the_formula(error: Exception) -> None:
    base = Graph("q1", {"x": 3}, {"y": "x + 1"}).evaluate()
    with pytest.raises(AuthorError, match=r"y.*: \+: no"):
        base.extended(Substitution(operations={Site("y", 0): raising(error)})).value("y")


@pytest.mark.parametrize(
    "error", [TypeError("x"), AttributeError("x"), NameError("x"), KeyError("x"), AssertionError("x")]
)
def test_a_fault_in_a_rule_is_not_swallowed(error: Exception) -> None:
    base = Graph("q1", {"x": 3}, {"y": "x + 1"}).evaluate()
    with pytest.raises(type(error), match="x"):
        base.extended(Substitution(operations={Site("y", 0): raising(error)})).value("y")
    rule = Misconception("fault", ("+",), raising(error), sentence("it is wrong"), sentence("Do it right."))
    base.value("y")
    with pytest.raises(type(error), match="x"):
        CallMistakes(base).of(rule, base.records[Site("y", 0)])


def test_a_call_that_a_rule_makes_and_that_does_not_fit_is_an_error_in_the_formula() -> None:
    """The operation raises TypeError for an argument that is no number: not the rule's fault."""
    base = Graph("q1", {"x": [[1.0, 2.0], [3.0, 4.0]]}, {"y": "relu(x)"}).evaluate()
    changed = base.extended(Substitution(operations={Site("y", 0): lambda _: ChangedCall("relu", {"nothing": 1})}))
    with pytest.raises(AuthorError, match="y"):
        changed.value("y")
