"""The kind of a part, inferred from the key; what the author is told where there is none; the key as an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.errors import AuthorError
from grader.homework.solution import solve
from tests.formula.formulas import exact
from tests.marking.homework import assignment, value_of


@pytest.mark.parametrize(
    ("formula", "kind", "value"),
    [
        ("7", "integer", 7),
        ("conv_output_size(28, 3)", "integer", 26),
        ("2 ** 70", "integer", 2**70),
        ("sum([1, 2])", "integer", 3),
        ("floor(2.5)", "integer", 2),
        ("7.0", "number", 7.0),
        ("6 / 3", "number", 2.0),
        ("sqrt(4)", "number", 2.0),
        ("global_avg_pool([[1, 2], [3, 4]])", "number", 2.5),
        ("(14, 15, 32)", "shape", (14, 15, 32)),
        ("(32,)", "shape", (32,)),
        ("shape([[1, 2, 3], [4, 5, 6]])", "shape", (2, 3)),
        ("output_shape([3, 28, 20], {LAYER})", "shape", (5, 26, 18)),
        ("output_shapes([3, 28, 20], [{LAYER}])", "shapes", [(5, 26, 18)]),
        ("[(1, 2), (3,)]", "shapes", [(1, 2), (3,)]),
        ("[(1, 2), 3]", "shapes", [(1, 2), (3,)]),
        ("[1, 2, 3]", "array", [1, 2, 3]),
        ("[[1, 2, 3], [4, 5, 6]]", "array", [[1, 2, 3], [4, 5, 6]]),
        ("parameter_counts([3, 28, 20], [{LAYER}])", "array", [140]),
    ],
)
def test_the_kind_is_inferred(formula: str, kind: str, value: Any) -> None:
    given = 'layer = {type = "conv2d", out_channels = 5, kernel_size = 3}'
    part = value_of(formula.replace("{LAYER}", "layer"), given)
    assert part.kind == kind
    assert exact(part.value, value)


def test_arrays_of_any_rank() -> None:
    part = value_of("zeros((2, 3, 4, 5)) + 0.5")
    assert (part.kind, part.rank, part.value.shape) == ("array", 4, (2, 3, 4, 5))
    part = value_of("[0.5, 1]")
    assert part.kind == "array"
    assert np.array_equal(part.value, [0.5, 1])


def test_the_shape_order_of_the_assignment() -> None:
    text = """
[questions.given]
layer = {type = "conv2d", out_channels = 5, kernel_size = 3}
start = [28, 20, 3]
[questions.compute]
y = "output_shape(start, layer)"
[questions.parts]
y = 1
"""
    hwc = solve(assignment(text, 'shape_order = "HWC"')).questions["q"].parts["y"]
    assert hwc.value == (26, 18, 5)
    chw = solve(assignment(text.replace("[28, 20, 3]", "[3, 28, 20]"))).questions["q"].parts["y"]
    assert chw.value == (5, 26, 18)


def test_formulas_are_inferred_from_symbols() -> None:
    text = """
[questions.compute]
R = "w + 2 * d"
rows = "[[w, d], [w * d, 2]]"
n = "3"
[questions.symbols]
w = [2, 9]
d = [1, 4]
[questions.parts]
R = 1
rows = 1
n = 1
"""
    found = solve(assignment(text)).questions["q"].parts
    assert {name: (part.kind, part.rank) for name, part in found.items()} == {
        "R": ("formula", 0),
        "rows": ("formula", 2),
        "n": ("integer", 0),
    }


@pytest.mark.parametrize(
    ("formula", "kind", "value"),
    [
        ("6 / 3", "integer", 2),
        ("7", "number", 7.0),
        ("[3, 4]", "shape", (3, 4)),
        ("28", "shape", (28,)),
        ("28 / 2", "shape", (14,)),
        ("(64, 28 / 2, floor(28 / 3))", "shape", (64, 14, 9)),
        ("[(3, 28 / 2), 8 / 2]", "shapes", [(3, 14), (4,)]),
    ],
)
def test_the_author_may_say_the_kind(formula: str, kind: str, value: Any) -> None:
    text = f'[questions.compute]\ny = "{formula}"\n[questions.parts]\ny = {{points = 1, kind = "{kind}"}}\n'
    part = solve(assignment(text)).questions["q"].parts["y"]
    assert part.kind == kind
    assert exact(part.value, value)


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("7 / 2", '{points = 1, kind = "integer"}'),
        ("[1, 2]", '{points = 1, kind = "number"}'),
        ("[0.5, 2]", '{points = 1, kind = "shape"}'),
        ("True", "1"),
        ("None", "1"),
        ("'text'", "1"),
        ("[]", "1"),
        ("[[1, 2], [3]]", "1"),
        ("max_pool2d([[1, 2], [3, 4]], 5)", "1"),
    ],
)
def test_a_key_that_is_no_answer_is_the_authors_error(formula: str, part: str) -> None:
    text = f'[questions.compute]\ny = """{formula}"""\n[questions.parts]\ny = {part}\n'
    with pytest.raises(AuthorError) as caught:
        solve(assignment(text))
    assert (caught.value.place.question, caught.value.place.name) == ("q", "y")
    assert "\n" not in str(caught.value)


def test_a_convention_that_breaks_the_graph_is_the_authors_error() -> None:
    text = """
[questions.given]
n = 4
[questions.compute]
y = "12 / n"
[questions.parts]
y = 1
[[questions.accept]]
name = "none"
given = {n = 0}
"""
    with pytest.raises(AuthorError) as caught:
        solve(assignment(text))
    assert caught.value.place.question == "q"
    assert "none" in str(caught.value)


def test_the_key_is_an_answer_that_earns_everything() -> None:
    import tomli_w

    from tests.marking.homework import graded
    from tests.marking.test_verdicts import ALL

    solution = solve(assignment(ALL)).questions["q"].parts
    answers = {name: part.key_entry for name, part in solution.items() if part.key_entry is not None}
    assert "why" not in answers
    report = graded(assignment(ALL), tomli_w.dumps({"answers": {"q": answers}}))
    assert report.score == 10
    assert report.earned_all
