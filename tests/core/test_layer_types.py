"""The registry of layer types: what is not fully declared, or declared twice, does not come in."""

import pytest

import grader.core as core
from grader.core.layers.layer_type import (
    REQUIRED,
    Field,
    Options,
    layer_types,
    nothing,
    outputs,
    register,
    unchanged,
)

COMPLETE = {
    "name": "a_new_layer",
    "summary": "Does nothing.",
    "family": "identity",
    "options": {},
    "shape": unchanged,
    "weights": nothing,
    "biases": nothing,
    "macs": nothing,
    "activations": outputs,
    "window": None,
    "field": Field.KEPT,
    "inside": None,
}


@pytest.fixture
def registry():
    """The registry, as it was before the test."""
    before = dict(layer_types())
    yield layer_types()
    for name in set(layer_types()) - set(before):
        del layer_types()[name]
    assert layer_types() == before


@pytest.mark.parametrize("attribute", [name for name in COMPLETE if name != "name"])
def test_a_type_that_does_not_say_all_is_refused(registry, attribute):
    declared = {name: value for name, value in COMPLETE.items() if name != attribute}
    with pytest.raises(TypeError, match=f"'a_new_layer' does not declare {attribute}"):
        register(**declared)
    assert "a_new_layer" not in registry


@pytest.mark.usefixtures("registry")
def test_a_complete_type_can_be_used_at_once():
    register(**COMPLETE)
    assert core.output_shapes((3, 4, 5), [{"type": "a_new_layer"}]) == [(3, 4, 5)]
    assert core.receptive_fields([{"type": "a_new_layer"}]) == [1]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"name": "relu"}, ValueError, "the layer type 'relu' is declared twice"),
        ({"parameters": nothing}, TypeError, "declares parameters: no layer type has that"),
        ({"field": Field.WINDOW}, TypeError, "grows by a window, but no window"),
    ],
)
def test_what_contradicts_itself_is_refused(changed, error, said):
    with pytest.raises(error, match=said):
        register(**{**COMPLETE, **changed})


@pytest.mark.parametrize("name", layer_types())
def test_every_type_explains_itself(name):
    kind = layer_types()[name]
    assert kind.summary[0].isupper() or kind.summary[0] in "x1m"
    assert kind.summary.endswith(".")
    assert kind.family
    assert not {"type", "name"} & set(kind.options)


def test_options_are_the_given_ones_else_the_defaults():
    o = Options({"type": "conv2d", "kernel_size": [3, 2], "name": "stem"})
    assert (o["padding_mode"], o.sides("kernel_size", 2), o.sides("stride", 2)) == ("zeros", (3, 2), (1, 1))
    assert o.kind.options["out_channels"] is REQUIRED
    window = o.window()
    assert (window.covered, window.output_size((9, 8))) == ((3, 2), (7, 7))
    assert Options({"type": "relu"}).window() is None
