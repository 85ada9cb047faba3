"""The registry of layer types: what is not fully declared, or declared twice, does not come in."""

import pytest

import grader.core as core
from grader.core.layers.layer_type import (
    REQUIRED,
    LayerOptions,
    ReceptiveField,
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
    "field": ReceptiveField.KEPT,
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


@pytest.mark.parametrize("attribute", [name for name in COMPLETE if name not in ("name", "window", "inside")])
def test_a_type_that_says_something_else_is_refused(registry, attribute):
    with pytest.raises(TypeError, match=f"'a_new_layer' declares {attribute} as something else"):
        register(**{**COMPLETE, attribute: None})
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
        ({"field": ReceptiveField.WINDOW}, TypeError, "grows by a window, but no window"),
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
    o = LayerOptions({"type": "conv2d", "kernel_size": [3, 2], "name": "stem"})
    assert (o["padding_mode"], o.sides("kernel_size", 2), o.sides("stride", 2)) == ("zeros", (3, 2), (1, 1))
    assert o.kind.options["out_channels"] is REQUIRED
    window = o.window()
    assert (window.covered, window.output_size((9, 8))) == ((3, 2), (7, 7))
    assert LayerOptions({"type": "relu"}).window() is None


@pytest.mark.parametrize(
    ("layer", "shape", "out", "weights", "biases", "macs"),
    [
        ({"type": "conv3d", "out_channels": 6, "kernel_size": (1, 2, 3), "stride": (1, 2, 1), "groups": 2},
         (4, 5, 8, 7), (6, 5, 4, 5), 6 * 2 * 6, 6, 6 * 5 * 4 * 5 * 2 * 6),
        ({"type": "conv3d", "out_channels": 6, "kernel_size": 3, "padding": (1, 0, (2, 1))},
         (4, 5, 8, 7), (6, 5, 6, 8), 6 * 4 * 27, 6, 6 * 5 * 6 * 8 * 4 * 27),
        ({"type": "conv_transpose1d", "out_channels": 3, "kernel_size": 4, "stride": 3, "output_padding": 1},
         (2, 5), (3, 17), 24, 3, 2 * 5 * 3 * 4),
        ({"type": "conv_transpose3d", "out_channels": 3, "kernel_size": 2, "stride": 2},
         (5, 2, 3, 4), (3, 4, 6, 8), 5 * 3 * 8, 3, 5 * 24 * 3 * 8),
        ({"type": "max_pool1d", "kernel_size": 3, "ceil_mode": True}, (4, 10), (4, 4), 0, 0, 0),
        ({"type": "avg_pool3d", "kernel_size": (1, 2, 3)}, (4, 5, 8, 7), (4, 5, 4, 2), 0, 0, 0),
        ({"type": "lp_pool2d", "norm_type": 2, "kernel_size": 3, "stride": 2}, (4, 8, 7), (4, 3, 3), 0, 0, 0),
        ({"type": "max_unpool2d", "kernel_size": 3, "stride": 2, "padding": 1}, (4, 8, 7), (4, 15, 13), 0, 0, 0),
        ({"type": "adaptive_avg_pool3d", "output_size": (None, 2, 1)}, (4, 5, 8, 7), (4, 5, 2, 1), 0, 0, 0),
        ({"type": "pad", "padding": (1, 2, 0, -3)}, (4, 8, 7), (4, 5, 10), 0, 0, 0),
        ({"type": "pad", "padding": 2}, (4, 8, 7), (4, 12, 11), 0, 0, 0),
        ({"type": "interpolate", "scale_factor": 1.5}, (4, 8, 7), (4, 12, 10), 0, 0, 0),
        ({"type": "upsample", "size": (9, 3), "mode": "bilinear"}, (4, 8, 7), (4, 9, 3), 0, 0, 0),
        ({"type": "pixel_shuffle", "upscale_factor": 2}, (12, 5, 7), (3, 10, 14), 0, 0, 0),
        ({"type": "pixel_unshuffle", "downscale_factor": 2}, (3, 10, 14), (12, 5, 7), 0, 0, 0),
        ({"type": "channel_shuffle", "groups": 3}, (12, 5, 7), (12, 5, 7), 0, 0, 0),
        ({"type": "unfold", "kernel_size": (2, 3), "stride": 2}, (4, 8, 7), (24, 12), 0, 0, 0),
        ({"type": "fold", "output_size": (8, 7), "kernel_size": (2, 3), "stride": 2}, (24, 12), (4, 8, 7), 0, 0, 0),
        ({"type": "relu6"}, (4, 8, 7), (4, 8, 7), 0, 0, 0),
        ({"type": "rms_norm", "normalized_shape": 7}, (4, 7), (4, 7), 7, 0, 0),
        ({"type": "layer_norm", "normalized_shape": [7]}, (4, 7), (4, 7), 7, 7, 0),
        ({"type": "local_response_norm", "size": 5}, (4, 8, 7), (4, 8, 7), 0, 0, 0),
        ({"type": "batch_norm3d"}, (4, 5, 8, 7), (4, 5, 8, 7), 4, 4, 0),
        ({"type": "linear", "out_features": 3}, (5, 7), (5, 3), 21, 3, 5 * 21),
        ({"type": "multihead_attention", "num_heads": 3}, (5, 12), (5, 12), 4 * 144, 48, 4 * 5 * 144 + 2 * 25 * 12),
        ({"type": "embedding", "num_embeddings": 11, "embedding_dim": 3}, (5,), (5, 3), 33, 0, 0),
        ({"type": "patch_embedding", "patch_size": 4, "embed_dim": 6}, (3, 8, 12), (6, 6), 288, 6, 6 * 288),
        ({"type": "patch_embedding", "patch_size": 4, "embed_dim": 6, "class_token": True, "position_embedding": True},
         (3, 8, 12), (7, 6), 288 + 6 + 42, 6, 6 * 288),
        ({"type": "select"}, (5, 7), (7,), 0, 0, 0),
        ({"type": "squeeze_excite", "reduction": 4}, (12, 5, 7), (12, 5, 7), 2 * 12 * 3, 15, 72),
        ({"type": "squeeze_excite", "squeeze_channels": 5, "bias": False}, (12, 5, 7), (12, 5, 7), 120, 0, 120),
        ({"type": "rnn_cell", "hidden_size": 5}, (3,), (5,), 40, 10, 40),
        ({"type": "lstm_cell", "hidden_size": 5}, (3,), (5,), 160, 40, 160),
        ({"type": "gru_cell", "hidden_size": 5, "bias": False}, (3,), (5,), 120, 0, 120),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_a_layer_of_each_type_is(layer, shape, out, weights, biases, macs):
    sequences = ("multihead_attention", "select", "linear", "rms_norm", "layer_norm")
    assert core.output_shape(shape, layer) == out
    assert core.weight_counts(shape, [layer]) == [weights]
    assert core.bias_counts(shape, [layer]) == [biases]
    assert core.parameter_count(shape, layer) == weights + biases
    assert core.macs(shape, [layer]) == [macs]
    turned = shape if layer["type"] in sequences else (*shape[1:], shape[0])
    there = out if layer["type"] in (*sequences, "embedding", "patch_embedding") else (*out[1:], out[0])
    if layer["type"] != "pad":
        assert core.output_shape(turned, layer, order="HWC") == there
        assert core.parameter_count(turned, layer, order="HWC") == weights + biases
        assert core.macs(turned, [layer], order="HWC") == [macs]


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        ({"type": "conv3d", "out_channels": 6, "kernel_size": 3}, (4, 8, 7), r"a volume \(C, D, H, W\)"),
        ({"type": "conv3d", "out_channels": 6, "kernel_size": (3, 3)}, (4, 5, 8, 7), "3 of them, received 2 entries"),
        ({"type": "max_unpool2d", "kernel_size": 2, "padding": "same"}, (4, 8, 7), "received 'same'"),
        ({"type": "pad", "padding": (1, 2, 3)}, (4, 8, 7), "in pairs"),
        ({"type": "pad", "padding": -4}, (4, 8, 7), "leaves a cell"),
        ({"type": "pad", "padding": (0, 7), "mode": "reflect"}, (4, 8, 7), "reflect padding of at most 6"),
        ({"type": "pad", "padding": (-3, 5), "mode": "circular"}, (4, 8, 7), "circular padding of at most 4"),
        (
            {"type": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": (8, 2), "padding_mode": "reflect"},
            (4, 8, 7),
            "reflect padding of at most 7 on an axis of 8 cells, received 8",
        ),
        (
            {"type": "conv1d", "out_channels": 6, "kernel_size": 3, "padding": (2, 9), "padding_mode": "circular"},
            (4, 8),
            "circular padding of at most 8 on an axis of 8 cells, received 9",
        ),
        ({"type": "prelu", "num_parameters": 3}, (4, 8, 7), "num_parameters to be 1 or 4, one per channel, received 3"),
        ({"type": "interpolate"}, (4, 8, 7), "either size or scale_factor"),
        ({"type": "interpolate", "scale_factor": 0.1}, (4, 8, 7), "at least 1, received 0"),
        ({"type": "pixel_shuffle", "upscale_factor": 3}, (4, 8, 7), "squared divides, received 4"),
        ({"type": "channel_shuffle", "groups": 3}, (4, 8, 7), "expected groups to divide the 4 channels"),
        ({"type": "fold", "output_size": 9, "kernel_size": 2}, (24, 12), "expected 64 columns"),
        ({"type": "multihead_attention", "num_heads": 5}, (5, 12), "num_heads to divide the 12 features"),
        ({"type": "multihead_attention", "num_heads": 5}, (4, 8, 7), r"a sequence \(L, features\) before"),
        ({"type": "select", "index": 5}, (5, 12), "an index below the length 5"),
        ({"type": "embedding", "num_embeddings": 5, "embedding_dim": 3}, (5, 12), r"a length \(L\) before"),
        ({"type": "lstm_cell", "hidden_size": 5, "input_size": 4}, (3,), "input_size = 3"),
    ],
)  # fmt: skip
def test_what_a_layer_cannot_take(layer, shape, said):
    with pytest.raises(ValueError, match=said):
        core.output_shape(shape, layer)


def test_fields_of_layers_on_other_axes():
    signal = [{"type": "conv1d", "kernel_size": 3, "stride": 2}, {"type": "max_pool1d", "kernel_size": 2}]
    assert core.receptive_fields(signal) == [3, 5]
    volume = [{"type": "conv3d", "kernel_size": (1, 2, 3)}, {"type": "relu6"}, {"type": "avg_pool3d", "kernel_size": 2}]
    assert core.receptive_fields(volume) == [(1, 2, 3), (1, 2, 3), (2, 3, 4)]
    for kind in ("upsample", "multihead_attention", "squeeze_excite", "conv_transpose1d"):
        with pytest.raises(ValueError, match=f"received {kind}"):
            core.receptive_fields([{"type": kind}])
    with pytest.raises(ValueError, match="windows on the same axes, received one on 2"):
        core.receptive_fields([volume[0], {"type": "conv2d", "kernel_size": (3, 2)}])
