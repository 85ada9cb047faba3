"""Whether `grader operations` lists what formulas may use, and answers an unknown name."""

from __future__ import annotations

import pytest

from grader.cli.main import run


def test_operations_lists_every_operation_once(capsys: pytest.CaptureFixture[str]) -> None:
    import grader.core

    assert run(["operations"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert sorted(listed) == sorted(grader.core.__all__)
    assert run(["operations", "conv2d"]) == 0
    assert capsys.readouterr().out.startswith("conv2d(input, weight")


@pytest.mark.parametrize(("name", "rule"), [("receptive_field", "rf-product"), ("conv2d", "conv-flip")])
def test_an_operation_is_shown_with_its_misconceptions(
    capsys: pytest.CaptureFixture[str], name: str, rule: str
) -> None:
    assert run(["operations", name]) == 0
    assert f"\n  {rule}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mean", "mean(values, axis=None)"),
        ("leaky_relu_grad_input", "leaky_relu_grad_input(grad_output, input, negative_slope=0.01)"),
        ("dropout", '{type = "dropout", p = 0.5, inplace = false}'),
        ("linear", '{type = "linear", in_features = None, out_features, bias = true}'),
        ("conv-flip", "Tried at: conv2d"),
    ],
)
def test_operations_knows_helpers_gradients_layer_types_and_misconceptions(
    capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert run(["operations", name]) == 0
    assert said in capsys.readouterr().out


def test_an_unknown_name_is_answered_with_the_nearest_of_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    for name, nearest in (("con2d", "conv2d"), ("dropot", "dropout"), ("conv-flop", "conv-flip"), ("flor", "floor")):
        assert run(["operations", name]) == 2
        assert nearest in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"), [("scan", "one before"), ("any", "not asked"), ("pi", "3.14159"), ("e", "2.71828")]
)
def test_operations_knows_what_formulas_hold_besides(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["operations", name]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(name) and said in shown
