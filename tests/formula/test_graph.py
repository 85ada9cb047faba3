"""The graph of a question: order, names, row-wise lists, and evaluation under substitutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.errors import AuthorError
from grader.formula.graph import Graph
from grader.formula.substitution import Occurrence, Site, Substitution
from tests.formula.formulas import exact, listed, refused

LAYERS = [
    {"type": "conv2d", "out_channels": 5, "kernel_size": 3, "stride": 2, "padding": 1},
    {"type": "max_pool2d", "kernel_size": 2},
    {"type": "flatten"},
    {"type": "linear", "out_features": 10},
]


# ---------------------------------------------------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("[1, 2] + [10, 20]", [11, 22]),
        ("[1, 2] * 3", [3, 6]),
        ("3 * [1, 2]", [3, 6]),
        ("[1, 2] - [1, 1]", [0, 1]),
        ("[4, 6] // [2, 4]", [2, 1]),
        ("[1, 2] ** 2", [1, 4]),
        ("2 ** [1, 2]", [2, 4]),
        ("-[1, 2]", [-1, -2]),
        ("[3, 4] / 2", [1.5, 2.0]),
        ("[1, 2] + 0.5", [1.5, 2.5]),
        ("[[1, 2, 3], [4, 5, 6]] + [10, 20, 30]", [[11, 22, 33], [14, 25, 36]]),
        ("[[1], [2]] + [10, 20, 30]", [[11, 21, 31], [12, 22, 32]]),
        ("[10 ** 20, 1] + 1", [10**20 + 1, 2]),
        ("[3 ** 50] * [3 ** 50]", [3**100]),
        ("sum([10 ** 20, 1])", 10**20 + 1),
        ("max([10 ** 20 + 1, 10 ** 20])", 10**20 + 1),
        ("(2, 3) * 2", (4, 6)),
        ("(2, 3) + (1, 1)", (3, 4)),
        ("(7, 9) // 2", (3, 4)),
        ("7 // 2", 3),
        ("2 ** 70 + 1", 2**70 + 1),
    ],
)
def test_lists_count_elementwise_and_integers_stay_exact(formula: str, expected: Any) -> None:
    assert exact(listed(formula), expected), listed(formula)


def test_plus_never_concatenates() -> None:
    assert listed("v + v") == [2, 4, 6]
    refused("[1, 2] + [1, 2, 3]")
    refused("'a' + 'b'")
    refused("'a' * 3")
    refused("[1, 2] + 'a'")
    refused("[[1, 2], [3]] + 1")
    refused("None + 1")
    refused("table * 2")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("sum(M)", 21),
        ("sum(M, axis=0)", [5, 7, 9]),
        ("sum(M, axis=1)", [6, 15]),
        ("sum(M, axis=-1)", [6, 15]),
        ("mean(M)", 3.5),
        ("mean(M, axis=0)", [2.5, 3.5, 4.5]),
        ("max(M)", 6),
        ("max(M, axis=1)", [3, 6]),
        ("max(a, b)", 7),
        ("min(a, b, 1)", 1),
        ("min(M, axis=0)", [1, 2, 3]),
        ("shape(M)", (2, 3)),
        ("shape(M)[1]", 3),
        ("transpose(M)", [[1, 4], [2, 5], [3, 6]]),
        ("shape(transpose(zeros((2, 3, 4)), (2, 0, 1)))", (4, 2, 3)),
        ("reshape(M, (3, 2))", [[1, 2], [3, 4], [5, 6]]),
        ("reshape(M, [6])", [1, 2, 3, 4, 5, 6]),
        ("reshape(M, (-1,))", [1, 2, 3, 4, 5, 6]),
        ("flatten(M)", [1, 2, 3, 4, 5, 6]),
        ("zeros((2, 3))", [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        ("zeros(2)", [0.0, 0.0]),
        ("kron([[1, 2]], [[1, 0], [0, 1]])", [[1, 0, 2, 0], [0, 1, 0, 2]]),
        ("sqrt(9)", 3.0),
        ("sqrt([4, 9, 16])", [2.0, 3.0, 4.0]),
        ("exp(0)", 1.0),
        ("log(1)", 0.0),
        ("floor(2.7)", 2),
        ("ceil(2.1)", 3),
        ("floor(-0.5)", -1),
        ("floor([1.5, 2.5])", [1, 2]),
        ("ceil(7 / 2)", 4),
    ],
)
def test_helpers(formula: str, expected: Any) -> None:
    assert exact(listed(formula), expected), listed(formula)


def test_several_axes_at_once() -> None:
    assert listed("sum(reshape([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], (2, 3, 2)), axis=(0, 2))") == [18, 26, 34]


# --------------------------------------------------------------------------------------------------------------- names


def test_formulas_stand_in_any_order() -> None:
    graph = Graph("q1", {"x": 3}, {"c": "b + 1", "b": "a * 2", "a": "x + 1"})
    assert [graph.evaluate().value(name) for name in "cba"] == [9, 8, 4]
    assert graph.ancestors("c") == {"a", "b"}
    assert graph.ancestors("a") == frozenset()


def test_calls_and_names_live_apart() -> None:
    graph = Graph("q1", {"relu": [-1, 2]}, {"he_std": "he_std(192)", "sum": "sum(relu(relu))", "max": "sum + he_std"})
    evaluation = graph.evaluate()
    assert evaluation.value("he_std") == pytest.approx((2 / 192) ** 0.5, rel=1e-12)
    assert evaluation.value("sum") == 2
    assert evaluation.value("max") == pytest.approx(2 + (2 / 192) ** 0.5, rel=1e-12)


def test_a_cycle_is_named() -> None:
    with pytest.raises(AuthorError) as caught:
        Graph("q1", {}, {"a": "b + 1", "b": "c + 1", "c": "a + 1", "d": "1"})
    text = str(caught.value)
    assert caught.value.place.question == "q1"
    assert caught.value.place.name in {"a", "b", "c"}
    assert "cycle" in text
    for name in "abc":
        assert name in text.split("cycle")[1]
    with pytest.raises(AuthorError, match="cycle"):
        Graph("q1", {}, {"a": "a + 1"})


def test_unused_givens_and_steps_are_allowed() -> None:
    assert Graph("q1", {"x": 1, "unused": 2}, {"y": "x", "step": "x + 1"}).evaluate().value("y") == 1


def test_a_step_that_fails_costs_only_those_who_read_it() -> None:
    evaluation = Graph("q1", {"x": 0}, {"bad": "1 / x", "good": "x + 1"}).evaluate()
    assert evaluation.value("good") == 1
    with pytest.raises(AuthorError) as caught:
        evaluation.value("bad")
    assert (caught.value.place.name, caught.value.place.column) == ("bad", 1)


def test_the_error_of_a_step_names_the_step_and_not_its_reader() -> None:
    evaluation = Graph("q1", {"x": 0}, {"step": "2 + 1 / x", "y": "step + 1"}).evaluate()
    with pytest.raises(AuthorError) as caught:
        evaluation.value("y")
    assert (caught.value.place.name, caught.value.place.column) == ("step", 5)


def test_a_name_both_given_and_computed_is_refused() -> None:
    with pytest.raises(AuthorError) as caught:
        Graph("q1", {"x": 1}, {"x": "2"})
    assert "'x'" in str(caught.value)


def test_givens_are_not_changed_by_evaluation() -> None:
    givens = {"v": [1, 2, 3]}
    graph = Graph("q1", givens, {"y": "v * 2", "z": "v[::-1]"})
    graph.evaluate().value("y")
    graph.evaluate().value("z")
    assert givens == {"v": [1, 2, 3]}


# ------------------------------------------------------------------------------------------------------ row-wise lists


@pytest.mark.parametrize(
    ("order", "start", "shapes", "params"),
    [
        ("HWC", [28, 20, 3], [(14, 10, 5), (7, 5, 5), (175,), (10,)], [140, 0, 0, 1760]),
        ("CHW", [3, 28, 20], [(5, 14, 10), (5, 7, 5), (175,), (10,)], [140, 0, 0, 1760]),
    ],
)
def test_shapes_stand_in_the_order_of_the_assignment(order: str, start: list[int], shapes: Any, params: Any) -> None:
    compute = {
        "by_scan": "scan(output_shape, start, layers)",
        "by_name": "output_shapes(start, layers)",
        "params": "parameter_counts(start, layers)",
        "macs": "macs(start, layers)",
        "one": "output_shape(start, layers[0])",
        "count": "parameter_count(start, layers[0])",
    }
    evaluation = Graph("q1", {"start": start, "layers": LAYERS}, compute, shape_order=order).evaluate()
    assert exact(evaluation.value("by_scan"), shapes)
    assert exact(evaluation.value("by_name"), shapes)
    assert exact(evaluation.value("params"), params)
    assert exact(evaluation.value("macs"), [14 * 10 * 5 * 3 * 9, 0, 0, 1750])
    assert exact(evaluation.value("one"), shapes[0])
    assert exact(evaluation.value("count"), 140)


def test_receptive_fields_by_hand() -> None:
    # 1 + 2 = 3, jump 2; 3 + 1 * 2 = 5, jump 4; 5 + 2 * 2 * 4 = 21
    layers = [
        {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "stride": 2},
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "conv2d", "out_channels": 6, "kernel_size": 3, "dilation": 2},
    ]
    graph = Graph("q1", {"layers": layers}, {"r": "receptive_fields(layers)", "last": "receptive_field(layers)"})
    assert exact(graph.evaluate().value("r"), [3, 5, 21])
    assert exact(graph.evaluate().value("last"), 21)


def test_scan_takes_any_operation_and_any_number_of_items() -> None:
    graph = Graph(
        "q1", {"sizes": [3, 5, 2]}, {"s": "scan(conv_output_size, 30, sizes)", "none": "scan(conv_output_size, 3, [])"}
    )
    assert graph.evaluate().value("s") == [28, 24, 23]
    assert graph.evaluate().value("none") == []


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("scan(conv_output_size, 30)", ["scan"]),
        ("scan(output_shap, v, table)", ["output_shap", "output_shape"]),
        ("scan(3, v, table)", ["scan", "operation"]),
        ("scan(a, v, table)", ["scan", "operation"]),
        ("scan(batch_norm, v, table)", ["batch_norm"]),
        ("scan(conv_output_size, 30, 3)", ["list"]),
        ("scan(conv_output_size, 30, [3, 99])", ["conv_output_size"]),
    ],
)
def test_a_wrong_scan_is_refused(formula: str, words: list[str]) -> None:
    text = str(refused(formula))
    for word in words:
        assert word in text


@pytest.mark.parametrize("formula", ["scan(conv_output_size, 30, sizes)", "[x, y, z]"])
def test_every_row_is_a_node_of_its_own(formula: str) -> None:
    # a value in place of row 0 moves the rows after it in a scan, and no other row of a list of names
    compute = {"s": formula, "x": "27 + 1", "y": "x - 4", "z": "y - 1"}
    graph = Graph("q1", {"sizes": [3, 5, 2]}, compute)
    base = graph.evaluate()
    assert base.value("s") == [28, 24, 23]
    node = graph.cells("s", [28, 24, 23])[(0,)]
    assert node == (("s", 0) if "scan" in formula else "x")
    assert base.extended(Substitution(values={node: 20})).value("s") == [20, 16, 15]


def test_a_row_of_parameters_reads_the_shape_before_it() -> None:
    compute = {"shapes": "output_shapes(start, layers)", "params": "parameter_counts(start, layers)"}
    graph = Graph("q1", {"start": [28, 20, 3], "layers": LAYERS}, compute, shape_order="HWC")
    wrong = {("shapes", 2): (200,)}
    evaluation = graph.evaluate(Substitution(values=wrong))
    assert evaluation.value("shapes") == [(14, 10, 5), (7, 5, 5), (200,), (10,)]
    assert evaluation.value("params") == [140, 0, 0, 2010]


# -------------------------------------------------------------------------------------------------------- substitution


CHAIN = {"b": "a + step", "c": "b * b", "d": "c - a", "e": "a * 10"}


def chain(a: float, step: float, **values: float) -> dict[str, float]:
    """The same chain, evaluated by hand-written code: the second judge."""
    found: dict[str, float] = {}
    found["b"] = values.get("b", a + step)
    found["c"] = values.get("c", found["b"] * found["b"])
    found["d"] = values.get("d", found["c"] - a)
    found["e"] = values.get("e", a * 10)
    return found


@pytest.mark.parametrize("values", [{}, {"b": 5}, {"c": 11}, {"b": 5, "d": 0}, {"b": 5, "c": 100}, {"e": 3}])
@pytest.mark.parametrize("givens", [{}, {"a": 40}, {"step": -1}, {"a": 3, "step": 4}])
def test_values_and_givens_in_place(values: dict[str, int], givens: dict[str, int]) -> None:
    graph = Graph("q1", {"a": 7, "step": 2}, CHAIN)
    expected = chain(**{"a": 7, "step": 2, **givens}, **values)
    substitution = Substitution(values=values, givens=givens)
    for evaluation in (graph.evaluate(substitution), graph.evaluate(substitution, graph.evaluate())):
        assert {name: evaluation.value(name) for name in "dcbe"} == expected
    assert {name: graph.evaluate().value(name) for name in CHAIN} == chain(7, 2)


def test_substitutions_stack() -> None:
    graph = Graph("q1", {"a": 7, "step": 2}, CHAIN)
    once = graph.evaluate(Substitution(givens={"a": 40}))
    assert once.extended(Substitution(values={"b": 5})).value("d") == 25 - 40
    assert once.value("d") == 42 * 42 - 40


def test_an_operation_in_place_at_one_site() -> None:
    compute = {"O": "conv2d(X, F)", "P": "conv2d(X, F)", "Z": "global_avg_pool(O)"}
    graph = Graph("q1", {"X": [[1, 2, 4], [3, 1, 5]], "F": [[1, 2]]}, compute)
    base = graph.evaluate()
    base.value("Z"), base.value("P")

    def flipped(occurrence: Occurrence) -> Any:
        assert occurrence.operation == "conv2d"
        assert set(occurrence.bound()) >= {"input", "weight", "stride", "padding"}
        return occurrence.changed("convolve2d", input=occurrence.bound()["input"], weight=occurrence.bound()["weight"])

    substituted = base.extended(Substitution(operations={Site("O", 0): flipped}))
    assert np.array_equal(base.value("O"), [[5, 10], [5, 11]])
    assert np.array_equal(substituted.value("O"), [[4, 8], [7, 7]])
    assert substituted.value("Z") == 6.5
    assert np.array_equal(substituted.value("P"), base.value("P"))
    assert base.value("Z") == 7.75


def test_an_operation_inside_a_formula_and_in_one_row() -> None:
    graph = Graph("q1", {"sizes": [3, 5, 2]}, {"s": "scan(conv_output_size, 30, sizes)", "y": "1 + sqrt(4 * 4)"})
    base = graph.evaluate()
    base.value("s"), base.value("y")
    rows = base.extended(Substitution(operations={Site("s", 0, 1): lambda occurrence: occurrence.right() + 1}))
    assert rows.value("s") == [28, 25, 24]


def test_symbols_take_any_value() -> None:
    graph = Graph("q1", {"k": 3}, {"R1": "w", "R2": "R1 + (w - 1) * d", "size": "k + 1"}, {"w": (2, 9), "d": (1, 4)})
    assert graph.symbolic == {"R1", "R2"}
    evaluation = graph.evaluate(Substitution(givens={"w": 5, "d": 2}))
    assert (evaluation.value("R2"), evaluation.value("size")) == (13, 4)
