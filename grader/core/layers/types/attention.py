"""Layers of transformers, whose shapes are written (L, features), and attention over channels."""

from __future__ import annotations

import math

from grader.core.layers.layer_type import (
    REQUIRED,
    LayerOptions,
    ReceptiveField,
    Shape,
    Window,
    nothing,
    outputs,
    register,
)
from grader.core.layers.shapes import in_order, sequence, spatial, tokens


def _attended(shape: Shape, o: LayerOptions) -> Shape:
    _, features = tokens(shape, o)
    o.agree("embed_dim", features)
    heads = o.count("num_heads")
    if features % heads:
        raise ValueError(f"expected num_heads to divide the {features} features, received {heads}")
    return shape


def _projections(shape: Shape, o: LayerOptions) -> int:
    """Queries, keys, values and the output."""
    return 4 * tokens(shape, o)[1] ** 2


def _projection_biases(shape: Shape, o: LayerOptions) -> int:
    return 4 * tokens(shape, o)[1] if o.on("bias") else 0


def _attention_macs(before: Shape, _after: Shape, o: LayerOptions) -> int:
    """The projections; queries with keys, and weights with values, over all heads together."""
    length, features = tokens(before, o)
    return 4 * length * features**2 + 2 * length**2 * features


register(
    name="multihead_attention",
    summary="Lets every entry of a sequence gather from all others, in several heads: self-attention.",
    family="attention",
    options={"embed_dim": None, "num_heads": REQUIRED, "dropout": 0.0, "bias": True},
    shape=_attended,
    weights=_projections,
    biases=_projection_biases,
    macs=_attention_macs,
    activations=outputs,
    window=None,
    field=ReceptiveField.WHOLE,
    inside=None,
)


def _embedded(shape: Shape, o: LayerOptions) -> Shape:
    if len(shape) != 1:
        raise ValueError(f"expected a length (L) before the embedding layer, received {in_order(shape, o.order)}")
    return sequence(shape[0], o.count("embedding_dim"), o)


def _dictionary(_shape: Shape, o: LayerOptions) -> int:
    return o.count("num_embeddings") * o.count("embedding_dim")


register(
    name="embedding",
    summary="Looks up a learned vector for each of L numbers.",
    family="embedding",
    options={"num_embeddings": REQUIRED, "embedding_dim": REQUIRED, "padding_idx": None},
    shape=_embedded,
    weights=_dictionary,
    biases=nothing,
    macs=nothing,
    activations=outputs,
    window=None,
    field=ReceptiveField.KEPT,
    inside=None,
)


def _patch(o: LayerOptions) -> Window:
    side = o.sides("patch_size", 2)
    return Window(side, side, (1, 1))


def _patches(shape: Shape, o: LayerOptions) -> int:
    return math.prod(_patch(o).output_size(spatial(shape, 2, o)[1]))


def _in_patches(shape: Shape, o: LayerOptions) -> Shape:
    o.agree("in_channels", shape[0])
    return sequence(_patches(shape, o) + int(o.on("class_token")), o.count("embed_dim"), o)


def _patch_weights(shape: Shape, o: LayerOptions) -> int:
    """One kernel per feature, the class token, and a vector for each position."""
    length = _patches(shape, o) + int(o.on("class_token"))
    vectors = int(o.on("class_token")) + (length if o.on("position_embedding") else 0)
    return o.count("embed_dim") * (shape[0] * math.prod(_patch(o).kernel) + vectors)


def _patch_biases(_shape: Shape, o: LayerOptions) -> int:
    return o.count("embed_dim") if o.on("bias") else 0


def _patch_macs(before: Shape, _after: Shape, o: LayerOptions) -> int:
    return _patches(before, o) * o.count("embed_dim") * before[0] * math.prod(_patch(o).kernel)


register(
    name="patch_embedding",
    summary="Cuts an image into patches and maps each to features; a class token and learned positions on request.",
    family="embedding",
    options={
        "patch_size": REQUIRED,
        "embed_dim": REQUIRED,
        "in_channels": None,
        "bias": True,
        "class_token": False,
        "position_embedding": False,
    },
    shape=_in_patches,
    weights=_patch_weights,
    biases=_patch_biases,
    macs=_patch_macs,
    activations=outputs,
    window=_patch,
    field=ReceptiveField.WINDOW,
    inside=None,
)


def _selected(shape: Shape, o: LayerOptions) -> Shape:
    length, features = tokens(shape, o)
    if o.count("index", -length) >= length:
        raise ValueError(f"expected an index below the length {length}, received {o['index']}")
    return (features,)


register(
    name="select",
    summary="Takes one entry of a sequence: the class token, where index is 0.",
    family="select",
    options={"index": 0},
    shape=_selected,
    weights=nothing,
    biases=nothing,
    macs=nothing,
    activations=outputs,
    window=None,
    field=ReceptiveField.KEPT,
    inside=None,
)


def _gated(shape: Shape, o: LayerOptions) -> Shape:
    spatial(shape, 2, o)
    o.agree("input_channels", shape[0])
    _squeezed(shape, o)
    return shape


def _squeezed(shape: Shape, o: LayerOptions) -> int:
    return max(o.count_or("squeeze_channels", shape[0] // o.count("reduction")), 1)


def _gate_weights(shape: Shape, o: LayerOptions) -> int:
    return 2 * shape[0] * _squeezed(shape, o)


def _gate_biases(shape: Shape, o: LayerOptions) -> int:
    return shape[0] + _squeezed(shape, o) if o.on("bias") else 0


def _gate_macs(before: Shape, _after: Shape, o: LayerOptions) -> int:
    return _gate_weights(before, o)


register(
    name="squeeze_excite",
    summary="Scales each channel by a gate, two dense layers on the means of all channels.",
    family="squeeze and excitation",
    options={"input_channels": None, "squeeze_channels": None, "reduction": 16, "bias": True},
    shape=_gated,
    weights=_gate_weights,
    biases=_gate_biases,
    macs=_gate_macs,
    activations=outputs,
    window=None,
    field=ReceptiveField.WHOLE,
    inside=None,
)
