"""Vision transformers."""

from __future__ import annotations

from grader.core.layers.layer_type import Layer, Layers
from grader.core.layers.networks import publish
from grader.core.layers.networks.parts import add, linear, named, sequential

_FEATURES = 768
_NORM: Layer = {"type": "layer_norm", "normalized_shape": _FEATURES, "eps": 1e-6}


def _vit_b_16() -> Layers:
    attention = add("attention", [_NORM, {"type": "multihead_attention", "num_heads": 12}], [])
    perceptron = add("mlp", [_NORM, linear(4 * _FEATURES), {"type": "gelu"}, linear(_FEATURES)], [])
    patches: Layer = {
        "type": "patch_embedding",
        "patch_size": 16,
        "embed_dim": _FEATURES,
        "class_token": True,
        "position_embedding": True,
    }
    return [
        named("patches", patches),
        {**sequential("encoder", [attention, perceptron]), "repeat": 12},
        _NORM,
        {"type": "select", "index": 0},
        named("head", linear(1000)),
    ]


publish("vit_b_16", (3, 224, 224), 'Dosovitskiy et al., "An Image is Worth 16x16 Words" (2021), torchvision', _vit_b_16)
