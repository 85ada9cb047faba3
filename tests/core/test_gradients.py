"""Every gradient of the core against central finite differences; and the tester itself, against planted faults."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grader.core as core
from tests.core.cases import CASES, GRADIENTS, convolution
from tests.core.finite import assert_gradient


@pytest.mark.parametrize(
    ("operation", "argument", "make"), GRADIENTS, ids=[f"{o}-{a}-{m.__name__}" for o, a, m in GRADIENTS]
)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_gradient_agrees_with_finite_differences(operation, argument, make, seed):
    draw = np.random.default_rng(seed)
    gradient = getattr(core, f"{operation}_grad_{argument}")
    assert_gradient(getattr(core, operation), gradient, make(draw), argument, draw)


def test_every_gradient_has_a_case():
    tested = {f"{operation}_grad_{argument}" for operation, argument, _ in GRADIENTS}
    assert tested == {name for name in core.__all__ if "_grad_" in name}
    assert len(tested) >= 101


@pytest.mark.parametrize("name", sorted(name for name in core.__all__ if "_grad_" in name))
def test_a_gradient_takes_grad_output_and_then_the_operations_own_arguments(name):
    operation, _, argument = name.partition("_grad_")
    own = list(inspect.signature(getattr(core, operation)).parameters.values())
    received = list(inspect.signature(getattr(core, name)).parameters.values())
    assert [(p.name, p.default, p.kind) for p in received[1:]] == [(p.name, p.default, p.kind) for p in own]
    assert received[0].name == "grad_output"
    assert argument in {p.name for p in own}


FAULTS = {
    "sign": lambda right: -right,
    "scale": lambda right: right * 1.001,
    "one entry": lambda right: right + np.eye(1, right.size).reshape(right.shape) * 1e-3,
    "shape": lambda right: right[None],
    "rotated": lambda right: right[..., ::-1, ::-1],
    "zero": np.zeros_like,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_turns_the_tester_red(fault, monkeypatch):
    right = core.conv2d_grad_weight
    monkeypatch.setattr(core, "conv2d_grad_weight", lambda *a, **k: FAULTS[fault](right(*a, **k)))
    draw = np.random.default_rng(1)
    with pytest.raises(AssertionError):
        assert_gradient(core.conv2d, core.conv2d_grad_weight, convolution(draw), "weight", draw)


def test_the_cases_draw_no_two_equal_axes_in_an_image_or_a_kernel():
    for seed in range(30):
        for makers, _ in CASES.values():
            for make in makers:
                arguments = make(np.random.default_rng(seed))
                for name in ("input", "weight"):
                    shape = np.shape(arguments.get(name, ()))
                    assert len(shape) < 2 or len(set(shape[-2:])) == 2, (make.__name__, name, shape)
