"""What a declaration of an operation must say, and what a gradient gets from its operation."""

import inspect
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

import grader.core as core
from grader.core import registry
from grader.core.registry import OPERATIONS, Modules, Operation, Registry
from grader.core.support.pointwise import pointwise
from grader.formula.helpers import HELPERS


@pytest.fixture
def own(monkeypatch):
    """A registry of one topic in place of the real one."""
    found = Registry({"toy": "Toys"})
    monkeypatch.setattr(registry, "OPERATIONS", found)
    return found


def double(input, factor=2.0):
    """Twice the input.

    Raises ValueError for what is not numeric.

    >>> double([2]).tolist()
    [4.0]
    """
    return np.asarray(input) * factor


def checked(input, factor):
    """The checked call of `double`."""
    return pointwise(input)._replace(option=factor)


def of_input():
    """The body of the gradient with respect to the input; inside a function, where no doctest is collected."""

    def double_grad_input(g, call):
        """grad_output times the factor.

        Every entry alike.

        >>> double_grad_input(1, 3)
        2.0
        """
        return g * call.option

    return double_grad_input


def named(function, name, doc=None):
    """A copy of a function under another name."""

    def copy(*args, **kwargs):
        return function(*args, **kwargs)

    copy.__name__, copy.__doc__ = name, function.__doc__ if doc is None else doc
    return copy


def test_a_complete_declaration_is_registered_and_stays_the_function(own):
    assert own.declare(topic="toy", stepped=True)(double) is double
    assert list(own) == ["double"]
    assert own["double"] == Operation("double", "toy", double, stepped=True)
    assert own["double"].summary == "Twice the input."


@pytest.mark.parametrize(
    ("topic", "doc", "what"),
    [
        ("toys", double.__doc__, "expected a topic of double among toy, received 'toys'"),
        ("", double.__doc__, "expected a topic of double among toy, received ''"),
        ("toy", "", "expected a one-line summary"),
        ("toy", double.__doc__.replace("input.", "input"), "expected a one-line summary"),
        ("toy", double.__doc__.replace("Raises", "May give"), "expected a sentence that starts with Raises"),
        ("toy", double.__doc__.replace(">>>", ""), "expected an example that calls double"),
        ("toy", double.__doc__.replace("double([2])", "np.array([4.0])"), "expected an example that calls double"),
    ],
)
def test_an_incomplete_declaration_is_refused(own, topic, doc, what):
    with pytest.raises(ValueError, match=what):
        own.declare(topic=topic)(named(double, "double", doc))
    assert not own


def test_a_second_declaration_is_refused(own):
    own.declare(topic="toy")(double)
    with pytest.raises(ValueError, match="expected one declaration of double, received a second one"):
        own.declare(topic="toy")(double)


def test_a_topic_is_part_of_every_declaration(own):
    with pytest.raises(TypeError, match="topic"):
        own.declare()


def test_a_gradient_takes_arguments_docstring_topic_and_checks_from_its_operation(own):
    own.declare(topic="toy")(double)
    grad = registry.gradient(double, checked)(of_input())
    assert own["double_grad_input"] == Operation(
        "double_grad_input", "toy", grad, gradient_of="double", argument="input"
    )
    assert str(inspect.signature(grad)).startswith("(grad_output: 'ArrayLike', input, factor=2.0)")
    assert inspect.getdoc(grad) == (
        "Gradient of `double` with respect to its input: grad_output times the factor.\n\n"
        "grad_output has the shape of the output; the other arguments are those of `double`.\n"
        "Every entry alike.\n\n"
        "Raises ValueError as `double` does, and for a grad_output of another shape.\n\n"
        ">>> double_grad_input(1, 3)\n2.0"
    )
    assert grad(1, 3) == 2.0
    assert grad([1.0], [3], 5).tolist() == [5.0]
    assert grad(factor=7, input=[3, 4], grad_output=[1.0, 2.0]).tolist() == [7.0, 14.0]
    with pytest.raises(ValueError, match=r"expected grad_output of shape \(2,\), received shape \(\)"):
        grad(1, [3, 4])
    for call in (partial(grad, 1), partial(grad, 1, 2, 3, 4), partial(grad, 1, 2, fact=3)):
        with pytest.raises(TypeError, match="argument"):
            call()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("double_grad_weight", "one of input, factor, received double_grad_weight"),
        ("grad_input", "expected a gradient named double_grad_ and one of input, factor, received grad_input"),
        ("double_grad_", "received double_grad_$"),
    ],
)
def test_a_gradient_with_respect_to_no_argument_is_refused(own, name, what):
    own.declare(topic="toy")(double)
    with pytest.raises(ValueError, match=what):
        registry.gradient(double, checked)(named(of_input(), name))
    assert list(own) == ["double"]


def test_a_gradient_needs_an_operation_and_an_example(own):
    with pytest.raises(ValueError, match="expected a declared operation before its gradient double_grad_input"):
        registry.gradient(double, checked)(of_input())
    own.declare(topic="toy")(double)
    with pytest.raises(ValueError, match="expected an example that calls double_grad_input"):
        registry.gradient(double, checked)(named(of_input(), "double_grad_input", "the factor."))


def test_every_operation_has_a_place_in_a_listing_with_its_gradients_behind_it():
    listed = list(OPERATIONS)
    assert len(listed) == len(set(listed)) == len(OPERATIONS)
    for each in OPERATIONS.values():
        if each.gradient_of is not None:
            assert listed.index(each.gradient_of) < listed.index(each.name)
            assert OPERATIONS[each.gradient_of].topic == each.topic
    assert {each.topic for each in OPERATIONS.values()} == set(OPERATIONS.topics)


def test_what_jumps_between_whole_numbers_is_declared():
    stepped = {each.name for each in OPERATIONS.values() if each.stepped}
    assert {"conv_output_size", "output_shape", "parameter_count", "conv2d_macs", "densenet_channels"} <= stepped
    assert stepped.isdisjoint({"relu", "conv2d", "he_std", "softmax", "adam"})


@pytest.mark.parametrize("declared", [OPERATIONS, HELPERS], ids=["operations", "helpers"])
def test_the_module_of_every_name_is_found_without_importing_the_others(declared):
    modules = declared._modules.declared
    assert {name: entry.function.__module__ for name, entry in declared.items()} == {
        name: modules[name] for name in declared
    }, "write a decorator on one line, and the function on the next"


def test_one_operation_imports_its_own_module_only():
    program = (
        "import sys, grader.core; grader.core.relu6(7); from grader.formula.helpers import HELPERS; 'flip' in HELPERS; "
        "print(*sorted(name for name in sys.modules if '.operations.' in name or '.helpers.' in name))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "grader.core.operations.clipped_activations" in shown
    assert "grader.formula.helpers.arrangement" in shown
    assert "grader.core.operations.convolution" not in shown
    assert "grader.formula.helpers.products" not in shown


def test_a_name_that_nobody_declares_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'grader\.core' has no attribute 'conv2e'"):
        core.conv2e  # noqa: B018
    assert "conv2e" not in OPERATIONS
    assert 7 not in OPERATIONS
    assert set(core.__all__) <= set(dir(core))


def test_without_their_text_all_modules_are_imported(monkeypatch):
    modules = Modules(["grader.formula.helpers"])
    monkeypatch.setattr(modules, "_files", lambda: iter(()))
    imported = []
    monkeypatch.setattr(modules, "import_all", lambda: imported.append(True))
    modules.import_for("flip")
    assert imported == [True]
