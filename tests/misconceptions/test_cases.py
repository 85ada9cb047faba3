"""Every rule of the catalogue against its case file: where it fires and which number it gives, where it is silent.

A case names givens and formulas as an assignment does. `right` and `wrong` are written as formulas, or as (nested)
lists of numbers and formulas; where they were worked out is said in `source`. A case with `symbols` is compared at
several points of their ranges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli

from grader.formula.evaluation import Evaluation
from grader.formula.graph import Graph
from grader.formula.substitution import Alternatives, NotApplicableError, Rule, Site, Substitution
from grader.misconceptions.registry import Misconception, misconceptions

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(FOLDER.glob("*.toml"))
RULES = {rule.id: rule for rule in misconceptions()}
POINTS = 3
CASE_FIELDS = {"given", "compute", "part", "right", "wrong", "symbols", "shape_order", "source"}


def rows() -> list[tuple[str, dict[str, Any]]]:
    """Every `[[rule]]` of every file, with the name of its file."""
    return [(file.stem, row) for file in FILES for row in tomli.loads(file.read_text(encoding="utf-8"))["rule"]]


def cases(kind: str) -> list[Any]:
    found = []
    for _, row in rows():
        for number, case in enumerate(row.get(kind, [])):
            found.append(pytest.param(row["id"], case, id=f"{row['id']}-{number}"))
    return found


def graph_of(case: Mapping[str, Any]) -> Graph:
    return Graph("case", case["given"], case["compute"], case.get("symbols"), case.get("shape_order", "CHW"))


def points(case: Mapping[str, Any]) -> list[dict[str, int]]:
    """Where the symbols stand in each comparison; once, with no symbols, where there are none."""
    symbols = case.get("symbols", {})
    if not symbols:
        return [{}]
    draw = np.random.default_rng(7)
    return [{name: int(draw.integers(low, high + 1)) for name, (low, high) in symbols.items()} for _ in range(POINTS)]


def written(value: Any, case: Mapping[str, Any], point: Mapping[str, int]) -> Any:
    """A value of a case file: a formula, a number, or a list of them."""
    if isinstance(value, list):
        return [written(item, case, point) for item in value]
    if isinstance(value, str):
        graph = Graph("case", {}, {"written": value}, case.get("symbols"), case.get("shape_order", "CHW"))
        return graph.evaluate(Substitution(givens=point)).value("written")
    return value


def sites(base: Evaluation, rule: Misconception) -> list[Site]:
    return [site for site, occurrence in base.records.items() if occurrence.operation in rule.operations]


def fixed(alternative: Any) -> Rule:
    return lambda _occurrence: alternative


def alternatives(base: Evaluation, rule: Misconception, site: Site) -> Iterator[Rule]:
    """The rule at one site; where it is a family, each of its members."""
    occurrence = base.record(site)
    assert occurrence is not None
    try:
        result = rule.rule(occurrence)
    except NotApplicableError:
        return
    for value in result.values if isinstance(result, Alternatives) else (result,):
        yield fixed(value)


def predictions(graph: Graph, rule: Misconception, part: str, point: Mapping[str, int]) -> list[Any]:
    """What the part becomes with the rule at one site, for every site, and at all sites at once."""
    base = graph.evaluate(Substitution(givens=point))
    base.value(part)
    found = sites(base, rule)
    substitutions = [{site: act} for site in found for act in alternatives(base, rule, site)]
    if len(found) > 1:
        substitutions.append(dict.fromkeys(found, rule.rule))
    return [base.extended(Substitution(operations=operations)).value(part) for operations in substitutions]


def flat(value: Any) -> Any:
    """Lists and tuples alike; a batch that is None stands in no comparison."""
    if isinstance(value, list | tuple):
        return [flat(item) for item in value if item is not None]
    return value


def equal(one: Any, other: Any) -> bool:
    """The same shape, and entries within 1e-9 relative (1e-12 absolute, where a right entry is 0)."""
    left, right = flat(one), flat(other)
    ragged = [isinstance(value, list) and len({np.shape(item) for item in value}) > 1 for value in (left, right)]
    if any(ragged):
        return all(ragged) and len(left) == len(right) and all(map(equal, left, right))
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))


def test_there_are_cases() -> None:
    assert FILES
    assert all(rows())


def test_every_rule_has_both_kinds_of_case_and_every_case_a_rule() -> None:
    listed = [row["id"] for _, row in rows()]
    assert sorted(listed) == sorted(RULES)
    assert [row["id"] for _, row in rows() if not row.get("fires") or not row.get("silent")] == []


def test_cases_have_known_fields_and_say_where_their_numbers_come_from() -> None:
    for _, row in rows():
        assert set(row) == {"id", "fires", "silent"}, row["id"]
        for case in row["fires"]:
            assert set(case) <= CASE_FIELDS, row["id"]
            assert case["source"], row["id"]
        for case in row["silent"]:
            assert set(case) <= CASE_FIELDS - {"right", "wrong"}, row["id"]


@pytest.mark.parametrize(("name", "case"), cases("fires"))
def test_the_rule_gives_the_wrong_value(name: str, case: dict[str, Any]) -> None:
    graph, part = graph_of(case), case["part"]
    for point in points(case):
        right, wrong = (written(case[field], case, point) for field in ("right", "wrong"))
        assert equal(graph.evaluate(Substitution(givens=point)).value(part), right)
        assert not equal(right, wrong)
        predicted = predictions(graph, RULES[name], part, point)
        assert any(equal(value, wrong) for value in predicted), f"expected {wrong}, received {predicted}"


@pytest.mark.parametrize(("name", "case"), cases("silent"))
def test_the_rule_changes_nothing_elsewhere(name: str, case: dict[str, Any]) -> None:
    graph, part = graph_of(case), case["part"]
    for point in points(case):
        right = graph.evaluate(Substitution(givens=point)).value(part)
        assert all(equal(value, right) for value in predictions(graph, RULES[name], part, point))


def test_the_judge_can_fail() -> None:
    # a planted fault: a wrong value that the rule does not give must not pass
    case = {"given": {"x": [1, -2]}, "compute": {"y": "relu_grad_input([5, 6], x)"}, "part": "y"}
    predicted = predictions(graph_of(case), RULES["relu-no-mask"], "y", {})
    assert len(predicted) == 1
    assert not equal(predicted[0], [5, 0])
    assert not equal(predicted[0], [[5, 6]])
    assert equal(predicted[0], [5, 6])
